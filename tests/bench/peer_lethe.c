/* Plain SQLite, and the same library on our VFS: as stores are, with a seal
 * file that tells of every page, or `unsealed`. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "engine/crypto/crypto.h"
#include "engine/store/vfs.h"
#include "engine/store/vfs_seal.h"
#include "tests/bench/bench_vfs.h"

static sqlite3 *open_ours(const char *path)
{
	const uint8_t id[16] = "bench";
	struct secret_key *key = NULL;
	unsigned int handle = 0;
	sqlite3 *db = NULL;
	char uri[1000];

	if (crypto_init() != ST_OK || vfs_register() != ST_OK ||
	    secret_random(&key) != ST_OK ||
	    vfs_key_add(key, id, AEAD_AES256_OCB, &handle) != ST_OK)
		die(NULL, status_text());
	secret_free(key);
	(void)snprintf(
	    uri, sizeof(uri), "file:%s?vfs=" VFS_NAME "&key=%u", path, handle);
	if (sqlite3_open_v2(uri, &db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI,
		NULL) != SQLITE_OK ||
	    vfs_prepare(db) != ST_OK)
		die(db, "open");
	vfs_key_drop(handle);
	return db;
}

sqlite3 *open_peer(const char *peer, const char *path)
{
	sqlite3 *db = NULL;

	if (strcmp(peer, "lethe") == 0 || strcmp(peer, "unsealed") == 0) {
		db = open_ours(path);
		if (strcmp(peer, "lethe") == 0 && vfs_seal_begin(db) != ST_OK)
			die(db, status_text());
		return db;
	}
	if (sqlite3_open(path, &db) != SQLITE_OK)
		die(db, "open");
	run(db, "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL");
	return db;
}
