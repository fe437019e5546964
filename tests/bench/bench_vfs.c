/*
 * What encryption costs: the phases of a retention store's life, on plain
 * SQLite or on a peer.  Usage: bench_vfs PEER FILE ROWS CACHE_KIB; FILE is
 * replaced.  Prints of each phase the seconds of wall clock and of CPU as one
 * JSON object.
 *
 *	insert         rows of about 200 bytes, two indexes, 20k rows a commit
 *	lookups        by the random index, rows/100 of them
 *	scan           every payload
 *	purge_one      the older half by one DELETE
 *	purge_batches  the older half of what is left, 10k rows a commit
 */
#include "tests/bench/bench_vfs.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

struct moment {
	double wall;
	double cpu;
};

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static struct moment now(void)
{
	struct timespec t;
	struct rusage r;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	(void)getrusage(RUSAGE_SELF, &r);
	return (struct moment){ (double)t.tv_sec + (double)t.tv_nsec / 1e9,
		seconds(r.ru_utime) + seconds(r.ru_stime) };
}

void die(sqlite3 *db, const char *what)
{
	(void)fprintf(stderr, "bench_vfs: %s: %s\n", what,
	    db ? sqlite3_errmsg(db) : "failed");
	exit(1);
}

void run(sqlite3 *db, const char *sql)
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

static void remove_old(const char *path)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-seal" };
	char name[1000];

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
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

static void configure(sqlite3 *db, const char *cache_kib)
{
	char sql[200];

	(void)snprintf(sql, sizeof(sql),
	    "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
	    "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -%lld",
	    atoll(cache_kib));
	run(db, sql);
}

static void purge_one(sqlite3 *db, int64_t below)
{
	char sql[200];

	(void)snprintf(sql, sizeof(sql),
	    "DELETE FROM event WHERE recorded_at < %lld;"
	    "PRAGMA wal_checkpoint(TRUNCATE)",
	    (long long)below);
	run(db, sql);
}

static void print(const struct moment *t)
{
	static const char *const names[] = { "insert", "lookups", "scan",
		"purge_one", "purge_batches" };

	for (size_t i = 0; i < 5; i++)
		(void)printf("%s\"%s\":{\"wall\":%.4f,\"cpu\":%.4f}",
		    i ? "," : "{", names[i], t[i + 1].wall - t[i].wall,
		    t[i + 1].cpu - t[i].cpu);
	(void)puts("}");
}

int main(int argc, char **argv)
{
	int64_t rows = argc == 5 ? atoll(argv[3]) : 0;
	struct moment t[6];
	sqlite3 *db;

	if (rows <= 0) {
		(void)fprintf(
		    stderr, "usage: bench_vfs PEER FILE ROWS CACHE_KIB\n");
		return 2;
	}
	remove_old(argv[2]);
	db = open_peer(argv[1], argv[2]);
	configure(db, argv[4]);
	t[0] = now();
	insert(db, rows);
	t[1] = now();
	look_up(db, rows);
	t[2] = now();
	run(db, "SELECT sum(length(payload)) FROM event");
	t[3] = now();
	purge_one(db, rows / 2);
	t[4] = now();
	purge_batches(db, rows * 3 / 4);
	t[5] = now();
	print(t);
	(void)sqlite3_close(db);
	remove_old(argv[2]);
	return 0;
}
