/* engine/store: opening files that are not well, scrubbing, checking */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/stores.h"
#include "tests/suites.h"

#define PARENTS                                                              \
	"CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, born INT);" \
	"CREATE TABLE car (vin TEXT, owner INTEGER REFERENCES person);"      \
	"CREATE INDEX by_name ON person (name);"                             \
	"INSERT INTO person VALUES (4711, 'Ada', 1815);"

static void sentence_has(const char *part)
{
	ck_assert_msg(strstr(status_text(), part) != NULL, "%s", status_text());
}

static const char *beside(const char *suffix)
{
	static char name[300];

	(void)snprintf(name, sizeof(name), "%s%s", stores_path(), suffix);
	return name;
}

static off_t size_of(const char *file)
{
	struct stat sb;

	return stat(file, &sb) == 0 ? sb.st_size : -1;
}

static void flip(off_t at)
{
	int fd = open(stores_path(), O_RDWR);
	char c;

	ck_assert_int_eq(pread(fd, &c, 1, at), 1);
	c ^= 1;
	ck_assert_int_eq(pwrite(fd, &c, 1, at), 1);
	(void)close(fd);
}

START_TEST(files_are_for_their_owner_only)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	struct db *db;
	struct stat sb;
	size_t i;

	(void)umask(0);
	db = stores_new(PARENTS);
	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(stat(beside(suffixes[i]), &sb), 0);
		ck_assert_int_eq(sb.st_mode & 0777, 0600);
	}
	ck_assert_int_ne(access(beside("-journal"), F_OK), 0);
	db_close(db);
}
END_TEST

START_TEST(a_file_is_neither_made_nor_overwritten_by_mistake)
{
	struct db *db = stores_new(PARENTS);

	db_close(db);
	ck_assert_int_eq(stores_open(SQLITE_MODE_CREATE, &db), ST_CONFLICT);
	ck_assert_int_eq(truncate(stores_path(), 0), 0);
	ck_assert_int_eq(stores_open(SQLITE_MODE_OPEN, &db), ST_NOTFOUND);
	sentence_has("is empty");
	ck_assert_int_eq(unlink(stores_path()), 0);
	ck_assert_int_eq(stores_open(SQLITE_MODE_OPEN, &db), ST_NOTFOUND);
	ck_assert_int_eq(size_of(stores_path()), -1);
	ck_assert_int_eq(mkdir(stores_path(), 0700), 0);
	ck_assert_int_ne(stores_open(SQLITE_MODE_OPEN, &db), ST_OK);
	sentence_has("crm: ");
	ck_assert_int_eq(stores_open(SQLITE_MODE_CREATE, &db), ST_IO);
	sentence_has("crm: make ");
}
END_TEST

START_TEST(another_key_does_not_open_it)
{
	struct db *db = stores_new(PARENTS);

	db_close(db);
	stores_tear_down();
	stores_set_up();
	ck_assert_int_eq(stores_open(SQLITE_MODE_OPEN, &db), ST_INTEGRITY);
	sentence_has("crm: crm.db: page 1 cannot be authenticated");
}
END_TEST

START_TEST(a_path_may_hold_any_character)
{
	struct secret_key *key;
	struct sqlite_spec spec = { .name = "odd",
		.algorithm = AEAD_AES256_GCM };
	struct db *db = NULL;
	char path[300], here[600], absolute[1000];

	ck_assert_int_eq(secret_random(&key), ST_OK);
	(void)snprintf(
	    path, sizeof(path), "%s/a?b#c%%41 d&key=1", test_folder());
	spec.path = path;
	spec.key = key;
	ck_assert_int_eq(sqlite_open(&spec, SQLITE_MODE_CREATE, &db), ST_OK);
	ck_assert_int_eq(db_script(db, PARENTS), ST_OK);
	db_close(db);
	ck_assert_int_gt(size_of(path), 0);
	ck_assert_ptr_nonnull(getcwd(here, sizeof(here)));
	(void)snprintf(absolute, sizeof(absolute), "/%s/%s", here, path);
	spec.path = absolute;
	ck_assert_msg(sqlite_open(&spec, SQLITE_MODE_OPEN, &db) == ST_OK, "%s",
	    status_text());
	ck_assert_int_eq(stores_count(db, "SELECT count(*) FROM person"), 1);
	db_close(db);
	secret_free(key);
}
END_TEST

/* ---- scrubbing ---- */

START_TEST(scrubbing_empties_the_journal)
{
	struct db *db = stores_new(PARENTS);

	stores_do(db, "DELETE FROM person");
	ck_assert_int_gt(size_of(beside("-wal")), 0);
	ck_assert_int_eq(db_begin(db, DB_READ), ST_OK);
	ck_assert_int_eq(db_scrub(db), ST_DB);
	db_rollback(db);
	ck_assert_int_eq(db_scrub(db), ST_OK);
	ck_assert_int_eq(size_of(beside("-wal")), 0);
	ck_assert_int_eq(db_scrub(db), ST_OK);
	db_close(db);
}
END_TEST

/* How many pages hold ${text}, decrypted: the file itself shows nothing. */
static int pages_with(struct db *db, const char *text)
{
	sqlite3_file *f = NULL;
	sqlite3_int64 size = 0, at;
	char page[4096];
	int found = 0;

	ck_assert_int_eq(stores_file_has(stores_path(), text), 0);
	ck_assert_int_eq(sqlite3_file_control(sqlite_of(db)->handle, "main",
			     SQLITE_FCNTL_FILE_POINTER, &f),
	    0);
	ck_assert_int_eq(f->pMethods->xFileSize(f, &size), 0);
	for (at = 0; at < size; at += 4096) {
		ck_assert_int_eq(f->pMethods->xRead(f, page, 4096, at), 0);
		found += memmem(page, 4096, text, strlen(text)) != NULL;
	}
	return found;
}

START_TEST(what_was_deleted_is_overwritten)
{
	struct db *db = stores_new("CREATE TABLE t (a);");

	stores_do(db, "INSERT INTO t VALUES ('canary-4c8f2e'),"
		      " (hex(zeroblob(9000)) || 'canary-4c8f2e')");
	ck_assert_int_eq(db_scrub(db), ST_OK);
	ck_assert_int_eq(pages_with(db, "canary-4c8f2e"), 2);
	stores_do(db, "DELETE FROM t");
	ck_assert_int_eq(db_scrub(db), ST_OK);
	ck_assert_int_eq(pages_with(db, "canary-4c8f2e"), 0);
	db_close(db);
}
END_TEST

START_TEST(a_reader_puts_the_scrub_off)
{
	struct db *db = stores_new(PARENTS);
	struct db *other = stores_again();

	ck_assert_int_eq(db_begin(other, DB_READ), ST_OK);
	stores_do(db, "DELETE FROM person");
	sqlite_of(db)->patience_ns = 20 * 1000000;
	ck_assert_int_eq(db_scrub(db), ST_BUSY);
	sentence_has("crm: deleted, not yet scrubbed");
	ck_assert_int_eq(db_commit(other), ST_OK);
	ck_assert_int_eq(db_scrub(db), ST_OK);
	db_close(other);
	db_close(db);
}
END_TEST

START_TEST(nothing_is_scrubbed_where_overwriting_is_off)
{
	struct db *db = stores_new(PARENTS);

	stores_do(db, "PRAGMA secure_delete=OFF");
	ck_assert_int_eq(db_scrub(db), ST_DB);
	sentence_has("secure_delete");
	stores_do(db, "PRAGMA secure_delete=FAST");
	ck_assert_int_eq(db_scrub(db), ST_DB);
	db_close(db);
}
END_TEST

/* ---- checking ---- */

START_TEST(a_whole_store_is_called_so)
{
	struct db *db = stores_new(PARENTS);
	int64_t pages = 0;

	ck_assert_int_eq(db_integrity(db, &pages), ST_OK);
	ck_assert_int_ge(pages, 4);
	ck_assert_int_eq(db_begin(db, DB_READ), ST_OK);
	ck_assert_int_eq(db_integrity(db, &pages), ST_DB);
	db_close(db);
}
END_TEST

START_TEST(a_flipped_byte_is_found_wherever_it_is)
{
	struct db *db = stores_new(PARENTS);
	off_t size;

	ck_assert_int_eq(db_scrub(db), ST_OK);
	db_close(db);
	size = size_of(stores_path());
	flip(size - 1);
	db = stores_again();
	ck_assert_int_eq(db_integrity(db, NULL), ST_INTEGRITY);
	sentence_has("crm: crm.db: page 4 cannot be authenticated");
	db_close(db);
}
END_TEST

START_TEST(an_index_that_lacks_a_record_is_found)
{
	struct db *db = stores_new(PARENTS);

	(void)sqlite3_db_config(
	    sqlite_of(db)->handle, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
	stores_do(db, "PRAGMA writable_schema=ON");
	stores_do(db, "UPDATE sqlite_schema SET sql ="
		      " 'CREATE INDEX by_name ON person (born)'"
		      " WHERE name = 'by_name'");
	db_close(db);
	db = stores_again();
	ck_assert_int_eq(db_integrity(db, NULL), ST_INTEGRITY);
	sentence_has("crm: the structure is damaged");
	sentence_has("by_name");
	ck_assert_ptr_null(strstr(status_text(), "4711"));
	db_close(db);
}
END_TEST

START_TEST(a_reference_to_nothing_is_found)
{
	struct db *db = stores_new(PARENTS);

	(void)sqlite3_db_config(
	    sqlite_of(db)->handle, SQLITE_DBCONFIG_ENABLE_FKEY, 0, NULL);
	stores_do(db, "INSERT INTO car VALUES ('secret', 99)");
	ck_assert_int_eq(db_integrity(db, NULL), ST_INTEGRITY);
	ck_assert_str_eq(status_text(),
	    "crm: records of car refer to records of person that are not "
	    "there");
	db_close(db);
}
END_TEST

Suite *care_suite(void)
{
	Suite *s = suite_create("care");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, stores_set_up, stores_tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, files_are_for_their_owner_only);
	tcase_add_test(t, a_file_is_neither_made_nor_overwritten_by_mistake);
	tcase_add_test(t, another_key_does_not_open_it);
	tcase_add_test(t, a_path_may_hold_any_character);
	tcase_add_test(t, scrubbing_empties_the_journal);
	tcase_add_test(t, what_was_deleted_is_overwritten);
	tcase_add_test(t, a_reader_puts_the_scrub_off);
	tcase_add_test(t, nothing_is_scrubbed_where_overwriting_is_off);
	tcase_add_test(t, a_whole_store_is_called_so);
	tcase_add_test(t, a_flipped_byte_is_found_wherever_it_is);
	tcase_add_test(t, an_index_that_lacks_a_record_is_found);
	tcase_add_test(t, a_reference_to_nothing_is_found);
	suite_add_tcase(s, t);
	return s;
}
