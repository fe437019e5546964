/* engine/store: making and opening stores, migrations */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/store/migrate.h"
#include "engine/store/store.h"
#include "tests/stores.h"
#include "tests/suites.h"

#define FOLDER "schemas/store/"

static const char schema[] = "CREATE TABLE person (id INTEGER PRIMARY KEY);"
			     "INSERT INTO person VALUES (1), (2), (3);";
/* Never ends. */
static const char stuck[] =
    "CREATE TABLE person (id INTEGER PRIMARY KEY, x);"
    "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c)"
    " INSERT INTO person SELECT i, hex(zeroblob(2000)) FROM c;";

static char ring[200], key_file[200], path[200], fresh[220];
static struct keyring *keys;
static struct store_spec spec = { .name = "crm",
	.key = "store/crm",
	.driver = STORE_SQLITE,
	.path = path,
	.cache_bytes = 1 << 20 };

static void sentence_has(const char *part)
{
	ck_assert_msg(strstr(status_text(), part) != NULL, "%s", status_text());
}

static struct keyring *open_ring(void)
{
	struct keyring_unlock u = { KEYRING_KEY_FILE, key_file };
	struct keyring *k = NULL;

	ck_assert_int_eq(keyring_open(ring, &u, &k), ST_OK);
	return k;
}

static void set_up(void)
{
	struct keyring_unlock u = { KEYRING_KEY_FILE, key_file };
	const char *folder = test_folder();

	(void)snprintf(ring, sizeof(ring), "%s/keyring", folder);
	(void)snprintf(key_file, sizeof(key_file), "%s/lethe.key", folder);
	(void)snprintf(path, sizeof(path), "%s/stores/crm.db", folder);
	(void)snprintf(fresh, sizeof(fresh), "%s/stores/crm.db.new", folder);
	ck_assert_int_eq(keyring_new_key_file(key_file), ST_OK);
	ck_assert_int_eq(keyring_create(ring, &u, &keys), ST_OK);
}

static void tear_down(void) { keyring_free(keys); }

static enum status create(void)
{
	return store_create(&spec, keys, schema, FOLDER, NULL);
}

static struct db *open_store(void)
{
	struct db *db = NULL;

	ck_assert_msg(
	    store_open(&spec, keys, &db) == ST_OK, "%s", status_text());
	return db;
}

/* The store is there, whole, and nothing else is. */
static void check_whole(void)
{
	struct db *db = open_store();

	ck_assert_int_eq(stores_count(db, "SELECT count(*) FROM person"), 3);
	ck_assert_int_eq(stores_count(db, "SELECT count(*) FROM lethe_migration"
					  " WHERE name = '0001-engine.sql'"),
	    1);
	ck_assert_int_eq(
	    stores_count(db, "SELECT count(*) FROM lethe_count"), 0);
	ck_assert_int_eq(db_integrity(db, NULL), ST_OK);
	db_close(db);
	ck_assert_int_eq(file_exists(fresh), 0);
}

START_TEST(a_store_is_made_once)
{
	struct db *db = NULL;
	struct stat sb;

	(void)umask(0);
	ck_assert_int_eq(store_open(&spec, keys, &db), ST_NOTFOUND);
	sentence_has("crm: there is no such store yet: type lethe init");
	ck_assert_msg(create() == ST_OK, "%s", status_text());
	check_whole();
	ck_assert_int_eq(stat(path, &sb), 0);
	ck_assert_int_eq(sb.st_mode & 0777, 0600);
	/* Again: what is in it stays. */
	db = open_store();
	stores_do(db, "DELETE FROM person WHERE id = 2");
	db_close(db);
	ck_assert_int_eq(create(), ST_OK);
	db = open_store();
	ck_assert_int_eq(stores_count(db, "SELECT count(*) FROM person"), 2);
	db_close(db);
}
END_TEST

START_TEST(a_lost_store_is_not_made_anew)
{
	struct db *db = NULL;

	ck_assert_int_eq(create(), ST_OK);
	ck_assert_int_eq(truncate(path, 0), 0);
	ck_assert_int_eq(store_open(&spec, keys, &db), ST_NOTFOUND);
	sentence_has("restore the file from a backup");
	ck_assert_int_eq(create(), ST_NOTFOUND);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(store_open(&spec, keys, &db), ST_NOTFOUND);
	sentence_has("crm: ");
	sentence_has("is missing or empty, but its key is there");
	ck_assert_int_eq(create(), ST_NOTFOUND);
	ck_assert_int_eq(file_exists(path), 0);
	ck_assert_int_eq(file_exists(fresh), 0);
}
END_TEST

START_TEST(a_store_without_its_key_is_left_alone)
{
	struct stat before, after;
	struct db *db = NULL;

	ck_assert_int_eq(create(), ST_OK);
	ck_assert_int_eq(stat(path, &before), 0);
	ck_assert_int_eq(keyring_destroy(keys, "store/crm"), ST_OK);
	ck_assert_int_eq(store_open(&spec, keys, &db), ST_NOTFOUND);
	sentence_has("restore the keyring");
	ck_assert_int_eq(create(), ST_NOTFOUND);
	ck_assert_int_eq(stat(path, &after), 0);
	ck_assert_uint_eq(before.st_ino, after.st_ino);
	ck_assert_int_eq(before.st_size, after.st_size);
}
END_TEST

START_TEST(a_schema_that_is_wrong_can_be_mended)
{
	ck_assert_int_eq(
	    store_create(&spec, keys, "CREATE TABLE (", FOLDER, NULL), ST_DB);
	sentence_has("crm: the schema: ");
	ck_assert_int_eq(file_exists(path), 0);
	ck_assert_int_eq(create(), ST_OK);
	check_whole();
}
END_TEST

/* ---- interruptions ---- */

/* What a process that was killed leaves behind, step by step. */
START_TEST(an_interrupted_making_is_finished)
{
	struct store_spec aside = spec;
	char whole[220], place[240];

	(void)snprintf(whole, sizeof(whole), "%s.aside", path);
	(void)snprintf(place, sizeof(place), "%s.new", whole);
	aside.path = whole;
	ck_assert_int_eq(file_make_folder(path, 0700), ST_OK);
	ck_assert_int_eq(rmdir(path), 0);
	if (_i >= 0) /* the place is there */
		ck_assert_int_eq(file_create(fresh, "", 0, 0600), ST_OK);
	if (_i >= 1) /* the key */
		ck_assert_int_eq(
		    keyring_add(keys, "store/crm", AEAD_AES256_OCB), ST_OK);
	if (_i == 2) /* garbage, say a write that never got to the disk */
		ck_assert_int_eq(
		    file_replace(fresh, "garbage", 7, 0600), ST_OK);
	if (_i == 3) { /* all of it but its name */
		ck_assert_int_eq(file_create(place, "", 0, 0600), ST_OK);
		ck_assert_int_eq(
		    store_create(&aside, keys, schema, FOLDER, NULL), ST_OK);
		ck_assert_int_eq(rename(whole, fresh), 0);
	}
	ck_assert_msg(create() == ST_OK, "%s", status_text());
	check_whole();
}
END_TEST

static pid_t create_in_child(const char *with)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(store_create(&spec, keys, with, FOLDER, NULL) == ST_OK
			  ? 0
			  : 1);
	return pid;
}

static void nap(long ns)
{
	struct timespec ts = { 0, ns };

	(void)nanosleep(&ts, NULL);
}

START_TEST(a_killed_making_is_finished)
{
	char wal[240];
	pid_t pid;
	int i;

	(void)snprintf(wal, sizeof(wal), "%s-wal", fresh);
	pid = create_in_child(stuck);
	for (i = 0; i < 2000 && !file_exists(wal); i++)
		nap(5000000);
	nap(20000000);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	ck_assert_int_eq(file_exists(wal), 1);
	ck_assert_int_eq(file_exists(path), 0);
	ck_assert_msg(create() == ST_OK, "%s", status_text());
	check_whole();
	ck_assert_int_eq(file_exists(wal), 0);
}
END_TEST

START_TEST(kills_at_any_moment_leave_none_or_a_whole_store)
{
	int status, made = 0, i;
	pid_t pid;

	for (i = 0; i < 200 && !made; i++) {
		pid = create_in_child(schema);
		nap(i * 300000L);
		(void)kill(pid, SIGKILL);
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		made = WIFEXITED(status);
		if (made)
			ck_assert_int_eq(WEXITSTATUS(status), 0);
		if (file_exists(path)) {
			ck_assert_int_eq(keyring_refresh(keys), ST_OK);
			check_whole();
		}
	}
	ck_assert_msg(create() == ST_OK, "%s", status_text());
	check_whole();
}
END_TEST

START_TEST(two_that_make_it_at_once_make_one)
{
	pid_t pids[4];
	int i, status;

	for (i = 0; i < 4; i++)
		pids[i] = create_in_child(schema);
	for (i = 0; i < 4; i++) {
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert_int_eq(status, 0);
	}
	/* This process's keyring has not heard of the key yet. */
	ck_assert_int_eq(create(), ST_OK);
	check_whole();
}
END_TEST

START_TEST(no_plaintext_reaches_the_disk)
{
	static const char canary[] = "canary-77d1";
	struct db *db;
	char wal[240];

	ck_assert_int_eq(store_create(&spec, keys,
			     "CREATE TABLE t (a);"
			     "INSERT INTO t VALUES ('canary-77d1')",
			     FOLDER, NULL),
	    ST_OK);
	db = open_store();
	stores_do(db, "INSERT INTO t VALUES ('canary-77d1')");
	(void)snprintf(wal, sizeof(wal), "%s-wal", path);
	ck_assert_int_eq(file_exists(wal), 1);
	ck_assert_int_eq(stores_file_has(wal, canary), 0);
	ck_assert_int_eq(stores_file_has(path, canary), 0);
	ck_assert_int_eq(stores_file_has(path, "SQLite format"), 0);
	db_close(db);
}
END_TEST

/* ---- migrations ---- */

#define FILE_(p, t)                                          \
	{                                                    \
		p, (const unsigned char *)(t), sizeof(t) - 1 \
	}

static const struct embedded first[] = {
	FILE_("schemas/other.sql", "CREATE TABLE other (x);"),
	FILE_("schemas/m/0002-b.sql",
	    "CREATE TABLE lethe_b (x); INSERT INTO lethe_b"
	    " SELECT count(*) FROM lethe_a;"),
	FILE_("schemas/m/0001-a.sql",
	    "CREATE TABLE lethe_a (x); INSERT INTO lethe_a VALUES (1);"),
	FILE_("schemas/m/sub/0009-z.sql", "CREATE TABLE z (x);"),
	FILE_("schemas/m/0001-a.txt", "not SQL"),
	{ NULL, NULL, 0 },
};
static const struct embedded later[] = {
	FILE_("schemas/m/0001-a.sql",
	    "CREATE TABLE lethe_a (x); INSERT INTO lethe_a VALUES (1);"),
	FILE_("schemas/m/0002-b.sql",
	    "CREATE TABLE lethe_b (x); INSERT INTO lethe_b"
	    " SELECT count(*) FROM lethe_a;"),
	FILE_("schemas/m/0003-c.sql",
	    "CREATE TABLE lethe_c (x); INSERT INTO lethe_b VALUES (7);"),
	{ NULL, NULL, 0 },
};
static const struct embedded changed[] = {
	FILE_("schemas/m/0001-a.sql", "CREATE TABLE lethe_a (y);"),
	FILE_("schemas/m/0002-b.sql", "CREATE TABLE lethe_b (x);"),
	{ NULL, NULL, 0 },
};
static const struct embedded broken[] = {
	FILE_("schemas/m/0001-a.sql", "CREATE TABLE lethe_a (x);"),
	FILE_("schemas/m/0002-b.sql", "CREATE TABLE lethe_b (x); oops;"),
	{ NULL, NULL, 0 },
};
static const struct embedded mended[] = {
	FILE_("schemas/m/0001-a.sql", "CREATE TABLE lethe_a (x);"),
	FILE_("schemas/m/0002-b.sql", "CREATE TABLE lethe_b (x);"),
	{ NULL, NULL, 0 },
};

static struct db *open_empty(void)
{
	ck_assert_int_eq(store_create(&spec, keys, NULL, NULL, NULL), ST_OK);
	return open_store();
}

START_TEST(migrations_run_once_and_in_order)
{
	struct db *db = open_empty();

	ck_assert_msg(
	    migrate_run(db, first, "schemas/m/") == ST_OK, "%s", status_text());
	ck_assert_int_eq(stores_count(db, "SELECT x FROM lethe_b"), 1);
	ck_assert_int_eq(
	    stores_count(db, "SELECT count(*) FROM lethe_migration"), 2);
	ck_assert_int_eq(stores_count(db, "SELECT count(*) FROM sqlite_schema"
					  " WHERE name IN ('other', 'z')"),
	    0);
	ck_assert_int_eq(migrate_run(db, first, "schemas/m/"), ST_OK);
	ck_assert_int_eq(stores_count(db, "SELECT count(*) FROM lethe_a"), 1);
	ck_assert_int_eq(migrate_run(db, later, "schemas/m/"), ST_OK);
	ck_assert_int_eq(stores_count(db, "SELECT max(x) FROM lethe_b"), 7);
	/* An older program does not know these tables. */
	ck_assert_int_eq(migrate_run(db, first, "schemas/m/"), ST_DENIED);
	sentence_has("crm: made by a newer Lethe (0003-c.sql)");
	ck_assert_int_eq(migrate_run(db, changed, "schemas/m/"), ST_INTEGRITY);
	db_close(db);
}
END_TEST

START_TEST(a_migration_that_fails_leaves_nothing_of_itself)
{
	struct db *db = open_empty();

	ck_assert_int_eq(migrate_run(db, broken, "schemas/m/"), ST_DB);
	ck_assert_int_eq(
	    stores_count(db, "SELECT count(*) FROM lethe_migration"), 1);
	ck_assert_int_eq(stores_count(db, "SELECT count(*) FROM sqlite_schema"
					  " WHERE name = 'lethe_b'"),
	    0);
	ck_assert_int_eq(migrate_run(db, mended, "schemas/m/"), ST_OK);
	ck_assert_int_eq(stores_count(db, "SELECT count(*) FROM lethe_b"), 0);
	db_close(db);
}
END_TEST

START_TEST(running_out_of_memory_leaves_none_or_a_whole_store)
{
	struct db *db;
	enum status st;
	int blown = 1;
	long n;

	for (n = 0; blown; n++) {
		test_alloc_fuse(n);
		st = create();
		blown = test_alloc_blown();
		test_alloc_fuse(-1);
		ck_assert_msg(!blown || st == ST_NOMEM, "%ld: %s: %s", n,
		    status_name(st), status_text());
	}
	ck_assert_msg(st == ST_OK, "%s", status_text());
	check_whole();
	for (n = 0, blown = 1; blown; n++) {
		db = NULL;
		test_alloc_fuse(n);
		st = store_open(&spec, keys, &db);
		blown = test_alloc_blown();
		test_alloc_fuse(-1);
		db_close(db);
		ck_assert_int_eq(st, blown ? ST_NOMEM : ST_OK);
	}
}
END_TEST

START_TEST(keyrings_need_not_be_opened_for_long)
{
	struct db *db;

	ck_assert_int_eq(create(), ST_OK);
	db = open_store();
	keyring_free(keys);
	keys = NULL;
	stores_do(db, "INSERT INTO person VALUES (9)");
	ck_assert_int_eq(db_scrub(db), ST_OK);
	db_close(db);
	keys = open_ring();
	db = open_store();
	ck_assert_int_eq(stores_count(db, "SELECT count(*) FROM person"), 4);
	db_close(db);
}
END_TEST

Suite *store_suite(void)
{
	Suite *s = suite_create("store");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, a_store_is_made_once);
	tcase_add_test(t, a_lost_store_is_not_made_anew);
	tcase_add_test(t, a_store_without_its_key_is_left_alone);
	tcase_add_test(t, a_schema_that_is_wrong_can_be_mended);
	tcase_add_loop_test(t, an_interrupted_making_is_finished, 0, 4);
	tcase_add_test(t, a_killed_making_is_finished);
	tcase_add_test(t, kills_at_any_moment_leave_none_or_a_whole_store);
	tcase_add_test(t, two_that_make_it_at_once_make_one);
	tcase_add_test(t, no_plaintext_reaches_the_disk);
	tcase_add_test(t, migrations_run_once_and_in_order);
	tcase_add_test(t, a_migration_that_fails_leaves_nothing_of_itself);
	tcase_add_test(t, running_out_of_memory_leaves_none_or_a_whole_store);
	tcase_add_test(t, keyrings_need_not_be_opened_for_long);
	suite_add_tcase(s, t);
	return s;
}
