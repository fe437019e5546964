/* engine/store/vfs_fresh*.c, vfs_seal.c: what is put back is found. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/store/vfs_fresh.h"
#include "engine/store/vfs_seal.h"
#include "tests/vfs_support.h"

static unsigned int key;
static char path[100], old[140];
static const uint8_t none[DB_MARK];

static void setup(void)
{
	vt_setup();
	key = vt_key(1, AEAD_AES256_OCB);
	(void)snprintf(path, sizeof(path), "%s/live.db", test_folder());
	(void)snprintf(old, sizeof(old), "%s-old", path);
}

static sqlite3 *sealed(void)
{
	sqlite3 *db = vt_create(path, key);

	vt_fill(db, 400, "row");
	vt_run(db, "PRAGMA wal_checkpoint(TRUNCATE)");
	ck_assert_msg(vfs_seal_begin(db) == ST_OK, "%s", status_text());
	return db;
}

static void shell(const char *command)
{
	ck_assert_int_eq(system(command), 0); /* NOLINT(cert-env33-c) */
}

static void put_back(const char *suffix)
{
	char command[400];

	(void)snprintf(command, sizeof(command), "cp %s%s %s%s", old, suffix,
	    path, suffix);
	shell(command);
}

static void change(sqlite3 *db)
{
	vt_run(db, "UPDATE person SET name = name || 'x' WHERE id % 3 = 0");
}

/* Open, read everything; SQLite's code for what does not work. */
static int look(void)
{
	sqlite3 *db;
	int rc;

	rc = vt_try_open(VFS_NAME, path, key, "", &db);
	if (rc == SQLITE_OK)
		rc = vt_try(db, "SELECT total(length(name)) FROM person");
	if (rc == SQLITE_OK && vfs_verify(db, NULL) != ST_OK)
		rc = SQLITE_IOERR_DATA;
	(void)sqlite3_close(db);
	return rc;
}

static void found(const char *words)
{
	ck_assert_int_eq(look(), SQLITE_IOERR_DATA);
	ck_assert_msg(
	    strstr(status_text(), words) != NULL, "%s", status_text());
}

/* ---- pages ---- */

START_TEST(an_older_page_is_named_when_it_is_read)
{
	char command[400];
	sqlite3 *db = sealed();

	vt_copy_store(path, old);
	change(db);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	ck_assert_int_eq(look(), SQLITE_OK);
	/* a leaf of the table */
	(void)snprintf(command, sizeof(command),
	    "dd if=%s of=%s bs=4096 count=1 skip=4 seek=4 conv=notrunc"
	    " status=none",
	    old, path);
	shell(command);
	found("live.db: page 5 is an older one");
	/* and with the list of pages made to fit */
	put_back("-seal");
	found("older one");
	put_back("");
	ck_assert_int_eq(look(), SQLITE_OK); /* the whole: only a mark tells */
}
END_TEST

START_TEST(a_list_that_was_changed_does_not_add_up)
{
	sqlite3 *db = sealed();

	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	(void)snprintf(old, sizeof(old), "%s-seal", path);
	/* of a page that is not there: nobody reads it */
	vt_turn_bit(old, FRESH_LIST_AT + FRESH_NONCE * 300);
	found("list of newest pages");
}
END_TEST

START_TEST(a_seal_file_that_was_changed_is_refused)
{
	sqlite3 *db = sealed();

	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	(void)snprintf(old, sizeof(old), "%s-seal", path);
	vt_turn_bit(old, 40);
	vt_turn_bit(old, FRESH_AREA + 40);
	found("cannot be authenticated");
}
END_TEST

/* ---- the WAL ---- */

/* A store with changes in its WAL, as a kill leaves it; the connection goes on
 * in a child that ends without closing. */
static void changed_and_killed(int times)
{
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		sqlite3 *db = vt_open(path, key);

		vt_pragmas(db);
		vt_run(db, "PRAGMA wal_autocheckpoint = 0");
		for (int i = 0; i < times; i++)
			change(db);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

START_TEST(a_wal_that_was_removed_is_missed)
{
	char wal[120];

	ck_assert_int_eq(sqlite3_close(sealed()), SQLITE_OK);
	changed_and_killed(1);
	vt_copy_store(path, old);
	(void)snprintf(wal, sizeof(wal), "%s-wal", path);
	ck_assert_int_eq(unlink(wal), 0);
	found("live.db-wal: the file was removed or emptied");
	put_back("-wal");
	ck_assert_int_eq(look(), SQLITE_OK);
}
END_TEST

START_TEST(an_older_wal_is_known_as_such)
{
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_close(sealed()), SQLITE_OK);
	changed_and_killed(1);
	vt_copy_store(path, old);
	db = vt_open(path, key); /* checkpoints, and deletes the WAL */
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	/* All that it has is in the file: nobody looks at it. */
	put_back("-wal");
	db = vt_open(path, key);
	change(db);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	put_back("-wal");
	ck_assert_int_eq(look(), SQLITE_OK);
	changed_and_killed(1);
	put_back("-wal");
	found("live.db-wal: the file is an older one");
}
END_TEST

/* The beginning of a WAL is authentic; what was sealed was longer. */
START_TEST(a_wal_cut_back_behind_its_seal_is_known)
{
	struct db_seal seal;
	char wal[120];
	int64_t early;
	sqlite3 *db;
	int status;

	ck_assert_int_eq(sqlite3_close(sealed()), SQLITE_OK);
	changed_and_killed(1);
	(void)snprintf(wal, sizeof(wal), "%s-wal", path);
	early = vt_size(wal);
	if (fork() == 0) {
		db = vt_open(path, key);
		vt_pragmas(db);
		vt_run(db, "PRAGMA wal_autocheckpoint = 0");
		change(db);
		ck_assert_int_eq(vfs_seal_set(db, none, &seal), ST_OK);
		_exit(seal.journal != 1);
	}
	(void)wait(&status);
	ck_assert_int_eq(status, 0);
	vt_cut(wal, early);
	found("live.db-wal: the file is an older one, or was cut off");
}
END_TEST

/* ---- marks ---- */

START_TEST(a_mark_is_kept_until_the_next_one)
{
	struct db_seal first, now, next;
	sqlite3 *db = sealed();

	ck_assert_int_eq(vfs_seal_set(db, none, &first), ST_OK);
	ck_assert_int_eq(memcmp(first.before, none, DB_MARK), 0);
	for (int i = 0; i < 3; i++) {
		change(db);
		vt_run(db, "PRAGMA wal_checkpoint(TRUNCATE)");
	}
	ck_assert_int_eq(vfs_seal_read(db, &now), ST_OK);
	ck_assert_int_eq(memcmp(first.mark, now.mark, DB_MARK), 0);
	ck_assert_int_gt(now.generation, first.generation);
	ck_assert_int_ne(memcmp(first.digest, now.digest, DB_DIGEST), 0);
	ck_assert_int_eq(vfs_seal_set(db, first.mark, &next), ST_OK);
	ck_assert_int_eq(memcmp(next.before, first.mark, DB_MARK), 0);
	ck_assert_int_ne(memcmp(next.mark, first.mark, DB_MARK), 0);
	ck_assert_int_eq(vfs_seal_check(db, 0, 10), ST_OK);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}
END_TEST

START_TEST(a_store_without_the_file_has_no_seal)
{
	sqlite3 *db = vt_create(path, key);
	struct db_seal seal;

	vt_fill(db, 20, "row");
	ck_assert_int_eq(vfs_seal_read(db, &seal), ST_NOTFOUND);
	ck_assert_int_eq(vfs_seal_set(db, none, &seal), ST_NOTFOUND);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}
END_TEST

/* ---- no false alarm ---- */

/* SQLite locks the main file then, and no slot: no lock says that others may
 * have changed the seal file since. */
START_TEST(the_last_to_close_knows_what_others_did)
{
	struct db_seal seal;
	sqlite3 *first = sealed(), *other = vt_open(path, key);

	change(first);
	change(other);
	ck_assert_int_eq(vfs_seal_set(other, none, &seal), ST_OK);
	vt_run(other, "PRAGMA wal_checkpoint(PASSIVE)");
	change(other);
	ck_assert_int_eq(sqlite3_close(other), SQLITE_OK);
	ck_assert_int_eq(sqlite3_close(first), SQLITE_OK);
	ck_assert_msg(look() == SQLITE_OK, "%s", status_text());
}
END_TEST

static unsigned int seed;

static unsigned int draw(unsigned int below)
{
	seed = seed * 1664525U + 1013904223U;
	return (seed >> 8) % below;
}

static const char *const acts[] = {
	"UPDATE person SET name = name || 'y' WHERE id % 7 = abs(random()) % 7",
	"INSERT INTO person (name) SELECT name FROM person LIMIT 40",
	"DELETE FROM person WHERE id % 11 = abs(random()) % 11",
	"DELETE FROM person WHERE id > 300",
	"BEGIN IMMEDIATE; UPDATE person SET name = name || 'z'; ROLLBACK",
	"PRAGMA wal_checkpoint(PASSIVE)",
	"PRAGMA wal_checkpoint(TRUNCATE)",
	"PRAGMA wal_checkpoint(RESTART)",
	"PRAGMA incremental_vacuum; VACUUM",
	"SELECT total(length(name)) FROM person",
};
#define ACTS (sizeof(acts) / sizeof(*acts))

/* A process that works, beside others, until it closes or is killed. */
static void work(unsigned int s)
{
	struct db_seal seal;
	sqlite3 *db;
	int rc;

	seed = s;
	db = vt_open(path, key);
	(void)sqlite3_busy_timeout(db, 20000);
	vt_pragmas(db);
	if (draw(2))
		vt_run(db, "PRAGMA wal_autocheckpoint = 20;"
			   "PRAGMA cache_size = 10");
	for (unsigned int i = 3 + draw(12); i > 0; i--) {
		rc = vt_try(db, acts[draw(ACTS)]);
		if (rc != SQLITE_OK && (rc & 0xff) != SQLITE_BUSY)
			_exit(2);
		if (!sqlite3_get_autocommit(db))
			(void)vt_try(db, "ROLLBACK");
		if (draw(6) == 0 && vfs_seal_set(db, none, &seal) != ST_OK)
			_exit(3);
	}
	if (draw(2))
		_exit(sqlite3_close(db) == SQLITE_OK ? 0 : 4);
	_exit(0);
}

/* Three processes at once; one may be killed in the middle of what it does. */
static void round_of(unsigned int s)
{
	pid_t pids[3];
	int status;

	for (unsigned int i = 0; i < 3; i++) {
		pids[i] = fork();
		ck_assert_int_ge(pids[i], 0);
		if (pids[i] == 0)
			work(s * 3 + i);
	}
	if (draw(2)) {
		(void)usleep(1000 * draw(30));
		(void)kill(pids[draw(3)], SIGKILL);
	}
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert_msg(WIFSIGNALED(status) || WEXITSTATUS(status) == 0,
		    "seed %u: process %d ended with %d", s, i,
		    WEXITSTATUS(status));
	}
}

START_TEST(honest_histories_raise_no_alarm)
{
	unsigned int rounds = getenv("LETHE_CRASH_ALL") ? 2000 : 200;

	ck_assert_int_eq(sqlite3_close(sealed()), SQLITE_OK);
	seed = 1;
	for (unsigned int i = 1; i <= rounds; i++) {
		seed = i * 77;
		round_of(i);
		ck_assert_msg(
		    look() == SQLITE_OK, "round %u: %s", i, status_text());
	}
}
END_TEST

Suite *vfs_seal_suite(void)
{
	Suite *s = suite_create("vfs_seal");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_set_timeout(t, 1200);
	tcase_add_test(t, an_older_page_is_named_when_it_is_read);
	tcase_add_test(t, a_list_that_was_changed_does_not_add_up);
	tcase_add_test(t, a_seal_file_that_was_changed_is_refused);
	tcase_add_test(t, a_wal_that_was_removed_is_missed);
	tcase_add_test(t, an_older_wal_is_known_as_such);
	tcase_add_test(t, a_wal_cut_back_behind_its_seal_is_known);
	tcase_add_test(t, a_mark_is_kept_until_the_next_one);
	tcase_add_test(t, a_store_without_the_file_has_no_seal);
	tcase_add_test(t, the_last_to_close_knows_what_others_did);
	tcase_add_test(t, honest_histories_raise_no_alarm);
	suite_add_tcase(s, t);
	return s;
}
