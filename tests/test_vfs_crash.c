/*
 * engine/store/vfs*.c: power cuts and kills after every single write.
 *
 * One scenario is run over a recorder.  For every prefix of what it did to the
 * disk the files are rebuilt as a crash could have left them, opened, and must
 * hold exactly the transactions whose COMMIT had returned; the one in flight
 * may be there whole.  LETHE_CRASH_ALL=1 takes more seeds, and fails every
 * write instead of some.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/vfs_seal.h"
#include "tests/crash.h"
#include "tests/vfs_support.h"

#define SECTOR  512
#define MAX_TXN 64

static char digests[MAX_TXN + 1][200]; /* what the store holds after each */
static int txns;

static uint64_t seed;

static unsigned int draw(unsigned int below)
{
	seed = seed * 6364136223846793005U + 1442695040888963407U;
	return (unsigned int)(seed >> 33) % below;
}

static void setup(void)
{
	vt_setup();
	crash_register();
}

/* ---- the scenario ---- */

static void digest(sqlite3 *db, char out[200])
{
	vt_text(db,
	    "SELECT count(*) || ':' || total(id * (version + 1)) || ':' ||"
	    " total(length(name)) FROM person",
	    out);
}

static int transact(sqlite3 *db, const char *sql)
{
	int rc;

	crash_mark(txns + 1); /* from here on it may be there */
	vt_run(db, "BEGIN IMMEDIATE");
	if ((rc = vt_try(db, sql)) == SQLITE_OK)
		rc = vt_try(db, "COMMIT");
	if (rc != SQLITE_OK) {
		if (!sqlite3_get_autocommit(db))
			(void)vt_try(db, "ROLLBACK");
		return rc;
	}
	txns++;
	crash_mark(-txns); /* from here on it must */
	digest(db, digests[txns]);
	return SQLITE_OK;
}

static const char *const steps[] = {
	"INSERT INTO person (name) SELECT printf('%0900d', id) FROM person"
	" LIMIT 20",
	"UPDATE person SET version = version + 1 WHERE id % 3 = 0",
	/* more than the cache holds, and pages come back: frames are
	 * overwritten within the transaction, and get their checksums anew */
	"UPDATE person SET version = version + 1;"
	"UPDATE person SET name = name || 'x' WHERE id % 2;"
	"UPDATE person SET version = version + 1",
	"checkpoint PASSIVE",
	"INSERT INTO person (name) VALUES (hex(zeroblob(6000)))",
	"UPDATE person SET version = version + 1 WHERE id % 5 = 0",
	"checkpoint PASSIVE",
	/* after a whole checkpoint the WAL starts over */
	"UPDATE person SET version = version + 2 WHERE id % 7 = 0",
	"rollback",
	"INSERT INTO person (name) SELECT name FROM person LIMIT 15",
	"UPDATE person SET version = 7 WHERE id % 2 = 0",
	/* purge */
	"DELETE FROM person WHERE id % 2 = 1",
	"checkpoint TRUNCATE",
	/* the same from the first frame on */
	"UPDATE person SET version = version + 1;"
	"UPDATE person SET name = name || 'z';"
	"UPDATE person SET version = version + 1",
	"INSERT INTO person (name) VALUES ('after')",
	"DELETE FROM person WHERE id < 20",
	"checkpoint RESTART",
	"UPDATE person SET version = version + 1",
	"INSERT INTO person (name) VALUES ('last')",
};

static int step(sqlite3 *db, const char *what)
{
	char sql[100];

	if (strncmp(what, "checkpoint ", 11) == 0) {
		(void)snprintf(
		    sql, sizeof(sql), "PRAGMA wal_checkpoint(%s)", what + 11);
		return vt_try(db, sql);
	}
	if (strcmp(what, "rollback") != 0)
		return transact(db, what);
	vt_run(db, "BEGIN IMMEDIATE");
	(void)vt_try(db, "UPDATE person SET name = name || 'y'");
	return sqlite3_get_autocommit(db) ? SQLITE_OK : vt_try(db, "ROLLBACK");
}

/* A store with some rows, checkpointed, over the recorder. */
static sqlite3 *begin(const char *path, unsigned int key)
{
	sqlite3 *db;

	ck_assert_int_eq(vt_try_open(CRASH_VFS, path, key, "", &db), SQLITE_OK);
	ck_assert_int_eq(vfs_prepare(db), ST_OK);
	vt_pragmas(db);
	vt_run(db, "PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = 10");
	vt_fill(db, 60, "row");
	vt_run(db, "PRAGMA wal_checkpoint(TRUNCATE)");
	ck_assert_msg(vfs_seal_begin(db) == ST_OK, "%s", status_text());
	txns = 0;
	digest(db, digests[0]);
	return db;
}

/* ---- the world stopped ---- */

static struct crash_image all, synced;
static size_t last_sync[CRASH__FILES]; /* operations before it are durable */

static void advance(size_t i)
{
	const struct crash_op *op = crash_op(i);
	enum crash_file f = op->file;
	struct crash_image one = { 0 };

	crash_apply(&all, op, 0, op->len);
	if (op->kind != CRASH_SYNC)
		return;
	last_sync[f] = i;
	crash_image_copy(&one, &synced);
	crash_image_copy(&synced, &all);
	/* the other file is not synced by that */
	for (int o = 0; o < CRASH__FILES; o++) {
		const struct crash_op back = { CRASH_TRUNCATE,
			(enum crash_file)o, 0, 0, NULL };
		const struct crash_op put = { CRASH_WRITE, (enum crash_file)o,
			0, one.len[o], one.data[o] };

		if (o == (int)f)
			continue;
		crash_apply(&synced, &back, 0, 0);
		crash_apply(&synced, &put, 0, one.len[o]);
		synced.exists[o] = one.exists[o];
	}
	crash_image_release(&one);
}

/* Apply a write sector by sector, in runs that reached the disk and runs that
 * did not, so that whole frames are among both. */
static void scatter(struct crash_image *im, const struct crash_op *op)
{
	int keep = draw(2) == 0;
	size_t from = 0, n;

	if (op->kind != CRASH_WRITE && keep)
		crash_apply(im, op, 0, 0);
	for (; from < op->len; from += n) {
		n = SECTOR - ((size_t)op->offset + from) % SECTOR;
		if (n > op->len - from)
			n = op->len - from;
		if (keep)
			crash_apply(im, op, from, n);
		if (draw(8) == 0)
			keep = !keep;
	}
}

enum way { KILL, TORN, LOST, SCATTERED, WAY__MAX };
static const char *const way_names[WAY__MAX] = { "killed", "last write torn",
	"unsynced writes lost", "unsynced sectors scattered" };

/* The disk after the first ${n} operations; 0: nothing new to see. */
static int stop_at(size_t n, enum way way, struct crash_image *out)
{
	const struct crash_op *last = crash_op(n - 1);
	size_t cut;

	if (way == KILL) {
		crash_image_copy(out, &all);
		return last->kind != CRASH_SYNC;
	}
	if (way == TORN) { /* ${all} is one operation behind */
		if (last->kind != CRASH_WRITE || last->len <= SECTOR)
			return 0;
		crash_image_copy(out, &all);
		cut = (draw((unsigned int)last->len) / SECTOR + 1) * SECTOR;
		cut -= (size_t)last->offset % SECTOR;
		crash_apply(out, last, 0, cut < last->len ? cut : last->len);
		return 1;
	}
	crash_image_copy(out, &synced);
	for (size_t i = 0; i < n && way == SCATTERED; i++)
		if (i >= last_sync[crash_op(i)->file])
			scatter(out, crash_op(i));
	return 1;
}

static void check(const char *path, unsigned int key,
    const struct crash_image *im, size_t n, enum way way, int must, int may)
{
	int64_t pages = 0;
	char got[200];
	sqlite3 *db;

	crash_image_write(im, path);
	db = vt_open(path, key);
	/* Preparing a store that exists must not take it out of WAL mode,
	 * page 1 torn or not. */
	ck_assert_int_eq(vfs_prepare(db), ST_OK);
	ck_assert_int_eq(
	    vt_try(db, "PRAGMA journal_mode = MEMORY"), SQLITE_ERROR);
	vt_run(db, "PRAGMA synchronous = OFF");
	digest(db, got);
	ck_assert_msg(
	    strcmp(got, digests[must]) == 0 || strcmp(got, digests[may]) == 0,
	    "stopped after %zu, %s: %s, expected %s (%d) or %s (%d)", n,
	    way_names[way], got, digests[must], must, digests[may], may);
	vt_check_integrity(db);
	ck_assert_msg(vfs_verify(db, &pages) == ST_OK, "after %zu, %s: %s", n,
	    way_names[way], status_text());
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

static void stop_everywhere(const char *path, unsigned int key, unsigned int of)
{
	struct crash_image im = { 0 };
	int must = 0, may = 0;

	memset(last_sync, 0, sizeof(last_sync));
	for (size_t n = 1; n <= crash_count(); n++) {
		const struct crash_op *op = crash_op(n - 1);

		if (op->kind == CRASH_MARK) {
			if (op->offset < 0)
				must = (int)-op->offset;
			may = (int)llabs(op->offset);
			continue;
		}
		for (int way = WAY__MAX; way-- > 0;) {
			if (way == KILL)
				advance(n - 1);
			if (draw(of) == 0 && stop_at(n, (enum way)way, &im))
				check(path, key, &im, n, (enum way)way, must,
				    may);
		}
	}
	ck_assert_int_eq(must, txns);
	crash_image_release(&im);
}

START_TEST(a_crash_anywhere_loses_nothing_that_was_committed)
{
	const char *folder = test_folder(),
		   *thorough = getenv("LETHE_CRASH_ALL");
	unsigned int key = vt_key(1, AEAD_AES256_OCB);
	char live[100], copy[100];
	struct crash_image start;
	sqlite3 *db;

	(void)snprintf(live, sizeof(live), "%s/live.db", folder);
	(void)snprintf(copy, sizeof(copy), "%s/copy.db", folder);
	db = begin(live, key);
	/* With the WAL empty there is nothing to lose by reading past it. */
	vt_copy_store(live, copy);
	crash_image_read(&start, copy);
	crash_record();
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		ck_assert_int_eq(step(db, steps[i]), SQLITE_OK);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	crash_stop();
	printf("%zu operations, %d transactions\n", crash_count(), txns);
	for (seed = 1; seed <= (thorough ? 20U : 2U); seed++) {
		uint64_t kept = seed;

		memset(&all, 0, sizeof(all));
		memset(&synced, 0, sizeof(synced));
		crash_image_copy(&all, &start);
		crash_image_copy(&synced, &start);
		stop_everywhere(copy, key, 1);
		crash_image_release(&all);
		crash_image_release(&synced);
		seed = kept;
	}
	crash_record();
	crash_image_release(&start);
}
END_TEST

/* ---- no space left ---- */

/* What ${path} holds, as another connection sees it. */
static void check_versions(const char *path, unsigned int key, int64_t want)
{
	sqlite3 *db = vt_open(path, key);

	vt_check_integrity(db);
	ck_assert_int_eq(
	    vt_int(db, "SELECT count(DISTINCT version) FROM kept"), 1);
	ck_assert_int_eq(vt_int(db, "SELECT max(version) FROM kept"), want);
	ck_assert_int_eq(vfs_verify(db, NULL), ST_OK);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

/* No sync at a commit, so that it has only its own writes to tell; CHECK, so
 * that a statement that fails is undone alone; version 1 uncommitted. */
static sqlite3 *begin_unsynced(
    const char *path, unsigned int key, const char *pragma)
{
	sqlite3 *db = begin(path, key);

	vt_run(db, "CREATE TABLE kept (id INTEGER PRIMARY KEY,"
		   " name TEXT CHECK (length(name) > 0), version INTEGER);"
		   "INSERT INTO kept SELECT id, name, 0 FROM person;"
		   "PRAGMA wal_checkpoint(TRUNCATE);"
		   "PRAGMA synchronous = NORMAL");
	vt_run(db, pragma);
	vt_run(db, "BEGIN IMMEDIATE; UPDATE kept SET version = 1");
	return db;
}

/*
 * A statement fails and the transaction goes on, as SQLite allows: then COMMIT
 * must not return for what was written before, held back, and lost.
 */
static int carry_on(const char *path, unsigned int key, long nth)
{
	sqlite3 *db = begin_unsynced(path, key, "PRAGMA cache_size = 5");
	int reached, rc;

	crash_fill_disk_at(nth);
	(void)vt_try(db, "UPDATE kept SET name = name || 'x'");
	reached = crash_disk_was_full();
	crash_fill_disk_at(-1);
	rc = SQLITE_ERROR;
	if (!sqlite3_get_autocommit(db) &&
	    (rc = vt_try(db, "COMMIT")) != SQLITE_OK &&
	    !sqlite3_get_autocommit(db))
		vt_run(db, "ROLLBACK");
	check_versions(path, key, rc == SQLITE_OK);
	vt_run(db, "UPDATE kept SET version = 2");
	check_versions(path, key, 2);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	return reached;
}

static int commit_short(
    const char *path, unsigned int key, long nth, const char *pragma)
{
	sqlite3 *db = begin_unsynced(path, key, pragma);
	int reached, rc;
	char copy[120];

	vt_run(db, "UPDATE kept SET name = name || 'x'");
	crash_fill_disk_at(nth);
	rc = vt_try(db, "COMMIT");
	reached = crash_disk_was_full();
	crash_fill_disk_at(-1);
	if (rc != SQLITE_OK && !sqlite3_get_autocommit(db))
		vt_run(db, "ROLLBACK");
	check_versions(path, key, rc == SQLITE_OK);
	/* and for a recovery, which looks at the checksums */
	(void)snprintf(copy, sizeof(copy), "%s-copy", path);
	vt_copy_store(path, copy);
	check_versions(copy, key, rc == SQLITE_OK);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	return reached;
}

START_TEST(a_transaction_that_goes_on_after_a_full_disk_loses_nothing)
{
	unsigned int key = vt_key(1, AEAD_AES256_OCB);
	char path[100];
	long n = 0;

	do
		(void)snprintf(path, sizeof(path), "%s/on.db", test_folder());
	while (carry_on(path, key, n++));
	ck_assert_int_gt(n, 5);
}
END_TEST

START_TEST(a_commit_that_returns_is_in_the_file)
{
	static const char *const caches[] = { "PRAGMA cache_size = 5",
		"PRAGMA cache_size = 1000" };
	unsigned int key = vt_key(1, AEAD_AES256_OCB);
	char path[100];
	long n = 0;

	do
		(void)snprintf(path, sizeof(path), "%s/c.db", test_folder());
	while (commit_short(path, key, n++, caches[_i]));
	ck_assert_int_gt(n, 1);
}
END_TEST

/* Run the scenario with the disk full from the ${nth} write on, or one sync
 * failing, until there is space again; 1 once it was not reached. */
static int run_short(
    const char *path, unsigned int key, long nth, void (*break_at)(long nth))
{
	sqlite3 *db = begin(path, key);
	char got[200];
	int reached;

	break_at(nth);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		int rc = step(db, steps[i]);

		ck_assert(rc == SQLITE_OK || (rc & 0xff) == SQLITE_FULL ||
			  (rc & 0xff) == SQLITE_IOERR);
		if (rc != SQLITE_OK && strncmp(steps[i], "checkpoint", 10) != 0)
			break;
	}
	reached = crash_disk_was_full();
	break_at(-1);
	digest(db, got);
	ck_assert_str_eq(got, digests[txns]);
	vt_run(db, "UPDATE person SET version = version + 1");
	digest(db, digests[txns]);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	db = vt_open(path, key);
	digest(db, got);
	ck_assert_str_eq(got, digests[txns]);
	vt_check_integrity(db);
	ck_assert_int_eq(vfs_verify(db, NULL), ST_OK);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	return reached;
}

static void run_short_everywhere(void (*break_at)(long nth), long stride)
{
	unsigned int key = vt_key(1, AEAD_AES256_OCB);
	char path[100];
	long n = 0;

	do {
		(void)snprintf(path, sizeof(path), "%s/full.db", test_folder());
		n += getenv("LETHE_CRASH_ALL") ? 1 : stride;
	} while (run_short(path, key, n - 1, break_at));
}

START_TEST(a_full_disk_fails_the_transaction_and_nothing_else)
{
	run_short_everywhere(crash_fill_disk_at, 7);
}
END_TEST

START_TEST(a_failed_sync_fails_the_transaction_and_nothing_else)
{
	run_short_everywhere(crash_fail_sync_at, 1);
}
END_TEST

Suite *vfs_crash_suite(void)
{
	Suite *s = suite_create("vfs_crash");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_set_timeout(t, 3600);
	tcase_add_test(t, a_crash_anywhere_loses_nothing_that_was_committed);
	tcase_add_test(t, a_full_disk_fails_the_transaction_and_nothing_else);
	tcase_add_test(
	    t, a_transaction_that_goes_on_after_a_full_disk_loses_nothing);
	tcase_add_loop_test(t, a_commit_that_returns_is_in_the_file, 0, 2);
	tcase_add_test(t, a_failed_sync_fails_the_transaction_and_nothing_else);
	suite_add_tcase(s, t);
	return s;
}
