/*
 * What encryption costs: the phases of a retention store's life, on plain
 * SQLite or on ours.  Usage: bench_vfs plain|lethe FILE ROWS CACHE_KIB; FILE
 * is replaced.  Prints the seconds of each phase as one JSON object.
 *
 *	insert         rows of about 200 bytes, two indexes, 20k rows a commit
 *	lookups        by the random index, rows/100 of them
 *	scan           every payload
 *	purge_one      the older half by one DELETE
 *	purge_batches  the older half of what is left, 10k rows a commit
 */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engine/crypto/crypto.h"
#include "engine/store/vfs.h"

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(sqlite3 *db, const char *what)
{
	(void)fprintf(stderr, "bench_vfs: %s: %s %s\n", what,
	    db ? sqlite3_errmsg(db) : "", status_text());
	exit(1);
}

static void run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		die(db, sql);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s;

	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		die(db, sql);
	return s;
}

/* One step to the end with up to two numbers bound. */
static void step(sqlite3 *db, sqlite3_stmt *s, int64_t a, int64_t b)
{
	int rc;

	(void)sqlite3_bind_int64(s, 1, a);
	(void)sqlite3_bind_int64(s, 2, b);
	while ((rc = sqlite3_step(s)) == SQLITE_ROW)
		continue;
	if (rc != SQLITE_DONE || sqlite3_reset(s) != SQLITE_OK)
		die(db, "step");
}

static sqlite3 *open_sealed(const char *path)
{
	const uint8_t id[16] = "bench";
	struct secret_key *key = NULL;
	unsigned int handle = 0;
	sqlite3 *db = NULL;
	char uri[1000];

	if (crypto_init() != ST_OK || vfs_register() != ST_OK ||
	    secret_random(&key) != ST_OK ||
	    vfs_key_add(key, id, AEAD_AES256_OCB, &handle) != ST_OK)
		die(NULL, "set up");
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

static sqlite3 *open_plain(const char *path)
{
	sqlite3 *db = NULL;

	if (sqlite3_open(path, &db) != SQLITE_OK)
		die(db, "open");
	run(db, "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL");
	return db;
}

static void remove_old(const char *path)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	char name[1000];

	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		(void)unlink(name);
	}
}

/* Random, and the same in every run (splitmix64). */
static int64_t subject_of(int64_t i, int64_t rows)
{
	uint64_t z = ((uint64_t)i + 1) * 0x9e3779b97f4a7c15U;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
	z = (z ^ z >> 27) * 0x94d049bb133111ebU;
	return (int64_t)((z ^ z >> 31) % (uint64_t)(1 + rows / 50));
}

static void insert(sqlite3 *db, int64_t rows)
{
	sqlite3_stmt *s;

	run(db, "CREATE TABLE event (id INTEGER PRIMARY KEY,"
		" recorded_at INTEGER, subject_id INTEGER, payload BLOB);"
		"CREATE INDEX event_at ON event (recorded_at);"
		"CREATE INDEX event_subject ON event (subject_id)");
	s = prepare(db,
	    "INSERT INTO event (recorded_at, subject_id, payload)"
	    " VALUES (?1, ?2, printf('%016x', ?1 * 40503) || zeroblob(150))");
	for (int64_t i = 0; i < rows; i++) {
		if (i % 20000 == 0)
			run(db, "BEGIN");
		step(db, s, i, subject_of(i, rows));
		if (i % 20000 == 19999 || i == rows - 1)
			run(db, "COMMIT");
	}
	(void)sqlite3_finalize(s);
	run(db, "PRAGMA wal_checkpoint(TRUNCATE)");
}

static void look_up(sqlite3 *db, int64_t rows)
{
	sqlite3_stmt *s = prepare(
	    db, "SELECT sum(length(payload)) FROM event WHERE subject_id = ?1");

	for (int64_t i = 0; i < rows / 100; i++)
		step(db, s, subject_of(rows + i, rows), 0);
	(void)sqlite3_finalize(s);
}

static void purge_batches(sqlite3 *db, int64_t below)
{
	sqlite3_stmt *s = prepare(db,
	    "DELETE FROM event WHERE id IN (SELECT id FROM event"
	    " WHERE recorded_at < ?1 ORDER BY recorded_at LIMIT ?2)");

	do {
		step(db, s, below, 10000);
	} while (sqlite3_changes(db) > 0);
	(void)sqlite3_finalize(s);
	run(db, "PRAGMA wal_checkpoint(TRUNCATE)");
}

int main(int argc, char **argv)
{
	int64_t rows = argc == 5 ? atoll(argv[3]) : 0;
	double t[6];
	char sql[200];
	sqlite3 *db;

	if (rows <= 0) {
		(void)fprintf(stderr,
		    "usage: bench_vfs plain|lethe FILE ROWS CACHE_KIB\n");
		return 2;
	}
	remove_old(argv[2]);
	db = strcmp(argv[1], "lethe") == 0 ? open_sealed(argv[2])
					   : open_plain(argv[2]);
	(void)snprintf(sql, sizeof(sql),
	    "PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;"
	    "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -%lld",
	    atoll(argv[4]));
	run(db, sql);
	t[0] = now();
	insert(db, rows);
	t[1] = now();
	look_up(db, rows);
	t[2] = now();
	run(db, "SELECT sum(length(payload)) FROM event");
	t[3] = now();
	(void)snprintf(sql, sizeof(sql),
	    "DELETE FROM event WHERE recorded_at < %lld;"
	    "PRAGMA wal_checkpoint(TRUNCATE)",
	    (long long)rows / 2);
	run(db, sql);
	t[4] = now();
	purge_batches(db, rows * 3 / 4);
	t[5] = now();
	(void)printf("{\"insert\":%.4f,\"lookups\":%.4f,\"scan\":%.4f,"
		     "\"purge_one\":%.4f,\"purge_batches\":%.4f}\n",
	    t[1] - t[0], t[2] - t[1], t[3] - t[2], t[4] - t[3], t[5] - t[4]);
	(void)sqlite3_close(db);
	remove_old(argv[2]);
	return 0;
}
