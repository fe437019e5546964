/* Debian's SQLCipher, with a raw key: no key derivation is timed. */
#include <string.h>

#include "tests/bench/bench_vfs.h"

sqlite3 *open_peer(const char *peer, const char *path)
{
	sqlite3 *db = NULL;

	if (strcmp(peer, "sqlcipher") != 0)
		die(NULL, "this program knows the peer sqlcipher");
	if (sqlite3_open(path, &db) != SQLITE_OK)
		die(db, "open");
	run(db, "PRAGMA key = \"x'000102030405060708090a0b0c0d0e0f"
		"101112131415161718191a1b1c1d1e1f'\";"
		"PRAGMA cipher_page_size = 4096; PRAGMA journal_mode = WAL");
	return db;
}
