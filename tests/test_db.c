/* engine/store: the connection interface on SQLite */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/crypto/crypto.h"
#include "engine/store/sqlite.h"
#include "tests/suites.h"

/* A new store in a folder of its own; its path stays valid. */
static struct secret_key *key;
static char path[200];

static enum status open_as(
    enum sqlite_mode mode, const char *name, struct db **out)
{
	struct sqlite_spec spec = { .name = name,
		.path = path,
		.key = key,
		.algorithm = AEAD_AES256_OCB };

	return sqlite_open(&spec, mode, out);
}

static struct db *open_again(void)
{
	struct db *db = NULL;

	ck_assert_int_eq(open_as(SQLITE_MODE_OPEN, "crm", &db), ST_OK);
	return db;
}

static struct db *open_new(const char *schema)
{
	struct db *db = NULL;

	(void)snprintf(path, sizeof(path), "%s/crm.db", test_folder());
	ck_assert_int_eq(open_as(SQLITE_MODE_CREATE, "crm", &db), ST_OK);
	ck_assert_int_eq(db_script(db, schema), ST_OK);
	return db;
}

static void set_up(void)
{
	ck_assert_int_eq(crypto_init(), ST_OK);
	ck_assert_int_eq(secret_random(&key), ST_OK);
}

static void tear_down(void)
{
	secret_free(key);
	key = NULL;
}

START_TEST(values_come_back_as_they_went_in)
{
	struct db *db = open_new("CREATE TABLE t (a, b, c, d, e)");
	struct stmt *s;
	struct val v;

	ck_assert_int_eq(
	    db_exec(db, "INSERT INTO t VALUES ($2, $1, $3, $4, $5)",
		ARGS(INT(-7), TEXT("o'x"), NIL, REAL(0.5), BLOB("\0z", 2))),
	    ST_OK);
	ck_assert_int_eq(db_query(db, "SELECT * FROM t", NOARGS, &s), ST_OK);
	ck_assert_int_eq(db_row(s), ST_OK);
	ck_assert_int_eq(db_columns(s), 5);
	ck_assert_str_eq(db_column_name(s, 1), "b");
	ck_assert_str_eq(db_text(s, 0), "o'x");
	ck_assert_int_eq(db_int(s, 1), -7);
	ck_assert_int_eq(db_val(s, 2).type, VAL_NULL);
	ck_assert_ptr_null(db_text(s, 2));
	ck_assert(db_val(s, 3).r == 0.5);
	v = db_val(s, 4);
	ck_assert_int_eq(v.type, VAL_BLOB);
	ck_assert_mem_eq(v.p, "\0z", 2);
	ck_assert_int_eq(db_row(s), ST_NOTFOUND);
	ck_assert_int_eq(db_row(s), ST_NOTFOUND);
	db_done(s);
	db_close(db);
	db_close(open_again());
}
END_TEST

Suite *db_suite(void)
{
	Suite *s = suite_create("db");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, values_come_back_as_they_went_in);
	suite_add_tcase(s, t);
	return s;
}
