/* engine/store: the connection interface on SQLite */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/sqlite.h"
#include "tests/suites.h"

static struct db *open_new(const char *schema)
{
	struct sqlite_spec spec = { .name = "crm" };
	static char path[200];
	struct db *db = NULL;

	(void)snprintf(path, sizeof(path), "%s/crm.db", test_folder());
	spec.path = path;
	ck_assert_int_eq(sqlite_open(&spec, SQLITE_MODE_CREATE, &db), ST_OK);
	ck_assert_int_eq(db_script(db, schema), ST_OK);
	return db;
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
}
END_TEST

Suite *db_suite(void)
{
	Suite *s = suite_create("db");
	TCase *t = tcase_create("all");

	tcase_add_test(t, values_come_back_as_they_went_in);
	suite_add_tcase(s, t);
	return s;
}
