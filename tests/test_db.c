/* engine/store: statements and transactions through the connection interface */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/stores.h"
#include "tests/suites.h"

#define PERSON                                                        \
	"CREATE TABLE person (id INTEGER PRIMARY KEY,"                \
	" email TEXT NOT NULL UNIQUE, age INTEGER CHECK (age >= 0));" \
	"CREATE TABLE car (vin TEXT PRIMARY KEY,"                     \
	" owner INTEGER NOT NULL REFERENCES person ON DELETE RESTRICT);"

static void sentence_has(const char *part)
{
	ck_assert_msg(strstr(status_text(), part) != NULL, "%s", status_text());
}

START_TEST(values_come_back_as_they_went_in)
{
	struct db *db = stores_new("CREATE TABLE t (a, b, c, d, e, f)");
	struct stmt *s;
	struct val v;

	ck_assert_int_eq(
	    db_exec(db, "INSERT INTO t VALUES ($2, $1, $3, $4, $5, $6)",
		ARGS(INT(INT64_MIN), TEXT("o'x"), NIL, REAL(0.5),
		    BLOB("\0z", 2), TEXT(""))),
	    ST_OK);
	ck_assert_int_eq(db_query(db, "SELECT * FROM t", NOARGS, &s), ST_OK);
	ck_assert_int_eq(db_row(s), ST_OK);
	ck_assert_int_eq(db_columns(s), 6);
	ck_assert_str_eq(db_column_name(s, 1), "b");
	ck_assert_str_eq(db_text(s, 0), "o'x");
	ck_assert_int_eq(db_int(s, 1), INT64_MIN);
	ck_assert_int_eq(db_val(s, 2).type, VAL_NULL);
	ck_assert_ptr_null(db_text(s, 2));
	ck_assert(db_val(s, 3).r == 0.5);
	v = db_val(s, 4);
	ck_assert_int_eq(v.type, VAL_BLOB);
	ck_assert_uint_eq(v.n, 2);
	ck_assert_mem_eq(v.p, "\0z", 2);
	v = db_val(s, 5);
	ck_assert_int_eq(v.type, VAL_TEXT);
	ck_assert_uint_eq(v.n, 0);
	ck_assert_int_eq(db_row(s), ST_NOTFOUND);
	/* It does not start over by itself. */
	ck_assert_int_eq(db_row(s), ST_NOTFOUND);
	db_done(s);
	db_close(db);
}
END_TEST

START_TEST(a_query_may_outlive_its_values)
{
	struct db *db = stores_new("CREATE TABLE t (a)");
	char name[] = "ada";
	struct stmt *s;

	ck_assert_int_eq(
	    db_query(db, "SELECT $1", ARGS(TEXT(name)), &s), ST_OK);
	memcpy(name, "bob", 3);
	ck_assert_int_eq(db_row(s), ST_OK);
	ck_assert_str_eq(db_text(s, 0), "ada");
	ck_assert_int_eq(db_again(s, ARGS(TEXT(name))), ST_OK);
	ck_assert_int_eq(db_row(s), ST_OK);
	ck_assert_str_eq(db_text(s, 0), "bob");
	db_done(s);
	db_close(db);
}
END_TEST

START_TEST(a_wrong_number_of_values_is_refused)
{
	struct db *db = stores_new("CREATE TABLE t (a)");
	struct stmt *s;

	ck_assert_int_eq(
	    db_query(db, "SELECT $1, $2", ARGS(INT(1)), &s), ST_DB);
	sentence_has("crm: 1 values for 2 parameters in: SELECT $1, $2");
	ck_assert_int_eq(
	    db_query(db, "SELECT $1", ARGS(INT(1), INT(2)), &s), ST_DB);
	ck_assert_int_eq(
	    db_query(db, "SELECT $1, $3", ARGS(INT(1), INT(2)), &s), ST_DB);
	sentence_has("crm: parameter $2 is missing");
	ck_assert_int_eq(db_query(db, "", NOARGS, &s), ST_DB);
	ck_assert_int_eq(db_query(db, "SELEC 1", NOARGS, &s), ST_DB);
	sentence_has("crm: near \"SELEC\": syntax error in: SELEC 1");
	/* A word in double quotes is a name, never a text. */
	ck_assert_int_eq(
	    db_query(db, "SELECT \"b\" FROM t", NOARGS, &s), ST_DB);
	sentence_has("no such column: b");
	db_close(db);
}
END_TEST

START_TEST(a_statement_is_used_again_without_its_values)
{
	struct db *db = stores_new("CREATE TABLE t (a)");
	struct stmt *s, *other;
	int i;

	for (i = 0; i < 100; i++) {
		ck_assert_int_eq(
		    db_query(db, "SELECT $1", ARGS(INT(i)), &s), ST_OK);
		/* The same words twice at a time are two statements. */
		ck_assert_int_eq(
		    db_query(db, "SELECT $1", ARGS(INT(-i)), &other), ST_OK);
		ck_assert_int_eq(db_row(s), ST_OK);
		ck_assert_int_eq(db_row(other), ST_OK);
		ck_assert_int_eq(db_int(s, 0), i);
		ck_assert_int_eq(db_int(other, 0), -i);
		db_done(s);
		db_done(other);
	}
	/* It finds the table anew when that has changed. */
	stores_do(db, "INSERT INTO t VALUES (1)");
	ck_assert_int_eq(stores_count(db, "SELECT count(*) FROM t"), 1);
	stores_do(db, "DROP TABLE t");
	stores_do(db, "CREATE TABLE t (b)");
	ck_assert_int_eq(stores_count(db, "SELECT count(*) FROM t"), 0);
	db_close(db);
}
END_TEST

START_TEST(changes_are_counted)
{
	struct db *db = stores_new("CREATE TABLE t (a)");
	struct sql q = SQL_INIT;
	int64_t n = -1;

	stores_do(db, "INSERT INTO t VALUES (1), (2), (3)");
	sql_add(&q, "DELETE FROM t WHERE a > ");
	sql_bind_int(&q, 1);
	ck_assert_int_eq(db_exec_sql(db, &q, &n), ST_OK);
	ck_assert_int_eq(n, 2);
	ck_assert_int_eq(db_exec_(db, "SELECT a FROM t", NOARGS, &n), ST_OK);
	ck_assert_int_eq(n, 0);
	ck_assert_int_eq(db_one_int(db, "SELECT a FROM t WHERE a > $1",
			     ARGS(INT(5)), 42, &n),
	    ST_OK);
	ck_assert_int_eq(n, 42);
	sql_release(&q);
	db_close(db);
}
END_TEST

START_TEST(a_conflict_names_the_column_and_no_value)
{
	static const struct {
		const char *words, *part;
	} cases[] = {
		{ "INSERT INTO person VALUES (1, $1, 1)",
		    "crm: UNIQUE constraint failed: person.id" },
		{ "INSERT INTO person VALUES (2, $1, 1)",
		    "crm: UNIQUE constraint failed: person.email" },
		{ "INSERT INTO person SELECT 2, nullif($1, 'secret@x'), 1",
		    "crm: NOT NULL constraint failed: person.email" },
		{ "INSERT INTO person VALUES (2, $1 || 'y', -4711)",
		    "crm: CHECK constraint failed" },
		{ "INSERT INTO car VALUES ($1, 4711)",
		    "crm: FOREIGN KEY constraint failed" },
		{ "DELETE FROM person WHERE email = $1",
		    "crm: FOREIGN KEY constraint failed" },
		{ "INSERT INTO person VALUES ($1, 'z', 4711)", "crm: a key" },
	};
	struct db *db = stores_new(PERSON);
	size_t i;

	stores_do(db, "INSERT INTO person VALUES (1, 'secret@x', 5)");
	stores_do(db, "INSERT INTO car VALUES ('v', 1)");
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ck_assert_int_eq(
		    db_exec_(db, cases[i].words, ARGS(TEXT("secret@x")), NULL),
		    ST_CONFLICT);
		sentence_has(cases[i].part);
		ck_assert_ptr_null(strstr(status_text(), "secret"));
		ck_assert_ptr_null(strstr(status_text(), "4711"));
	}
	db_close(db);
}
END_TEST

START_TEST(a_failure_at_run_time_quotes_no_value)
{
	struct db *db =
	    stores_new("CREATE TABLE t (a);"
		       "CREATE TRIGGER r BEFORE INSERT ON t WHEN new.a = 7"
		       " BEGIN SELECT raise(ABORT, 'a secret'); END;");
	struct stmt *s;

	ck_assert_int_eq(db_query(db, "SELECT json_extract('{}', $1)",
			     ARGS(TEXT("$[secret")), &s),
	    ST_OK);
	ck_assert_int_eq(db_row(s), ST_DB);
	ck_assert_ptr_null(strstr(status_text(), "secret"));
	sentence_has("crm: ");
	db_done(s);
	ck_assert_int_eq(db_exec(db, "INSERT INTO t VALUES ($1)", ARGS(INT(7))),
	    ST_CONFLICT);
	ck_assert_ptr_null(strstr(status_text(), "secret"));
	db_close(db);
}
END_TEST

START_TEST(a_full_disk_is_called_so_and_rolls_back)
{
	struct db *db = stores_new("CREATE TABLE t (a)");
	int i;

	stores_do(db, "INSERT INTO t VALUES ('kept')");
	stores_do(db, "PRAGMA max_page_count = 12");
	ck_assert_int_eq(db_begin(db, DB_WRITE), ST_OK);
	for (i = 0; i < 20; i++)
		if (db_exec(db, "INSERT INTO t VALUES (zeroblob(5000))",
			NOARGS) != ST_OK)
			break;
	ck_assert_int_lt(i, 20);
	ck_assert_str_eq(
	    status_text(), "crm: disk full: make room, then repeat");
	/* SQLite has rolled back: what follows must not commit by itself. */
	ck_assert_int_eq(
	    db_exec(db, "INSERT INTO t VALUES ('lost')", NOARGS), ST_DB);
	sentence_has("crm: the transaction was rolled back");
	ck_assert_int_eq(db_commit(db), ST_DB);
	db_rollback(db);
	ck_assert_int_eq(stores_count(db, "SELECT count(*) FROM t"), 1);
	db_close(db);
}
END_TEST

/* ---- transactions ---- */

START_TEST(transactions_keep_or_forget)
{
	struct db *db = stores_new("CREATE TABLE t (a)");

	db_rollback(db);
	ck_assert_int_eq(db_commit(db), ST_DB);
	ck_assert_int_eq(db_begin(db, DB_WRITE), ST_OK);
	ck_assert_int_eq(db_begin(db, DB_READ), ST_DB);
	stores_do(db, "INSERT INTO t VALUES (1)");
	db_rollback(db);
	ck_assert_int_eq(stores_count(db, "SELECT count(*) FROM t"), 0);
	ck_assert_int_eq(db_begin(db, DB_WRITE), ST_OK);
	stores_do(db, "INSERT INTO t VALUES (1)");
	ck_assert_int_eq(db_commit(db), ST_OK);
	db_rollback(db);
	ck_assert_int_eq(stores_count(db, "SELECT count(*) FROM t"), 1);
	db_close(db);
}
END_TEST

START_TEST(a_reading_transaction_sees_one_state_and_writes_nothing)
{
	struct db *db = stores_new("CREATE TABLE t (a)");
	struct db *other = stores_again();

	ck_assert_int_eq(db_begin(other, DB_READ), ST_OK);
	stores_do(db, "INSERT INTO t VALUES (1)");
	ck_assert_int_eq(stores_count(other, "SELECT count(*) FROM t"), 0);
	ck_assert_int_eq(db_exec(other, "DELETE FROM t", NOARGS), ST_DB);
	sentence_has("only reads");
	ck_assert_int_eq(db_commit(other), ST_OK);
	ck_assert_int_eq(stores_count(other, "SELECT count(*) FROM t"), 1);
	db_close(other);
	db_close(db);
}
END_TEST

START_TEST(a_second_writer_waits_and_then_gives_up)
{
	struct db *db = stores_new("CREATE TABLE t (a)");
	struct db *other = stores_again();

	ck_assert_int_eq(db_begin(db, DB_WRITE), ST_OK);
	stores_do(db, "INSERT INTO t VALUES (1)");
	/* Reading goes on meanwhile. */
	ck_assert_int_eq(stores_count(other, "SELECT count(*) FROM t"), 0);
	sqlite_of(other)->patience_ns = 50 * 1000000;
	ck_assert_int_eq(db_begin(other, DB_WRITE), ST_BUSY);
	sentence_has("crm: somebody else is writing");
	ck_assert_int_eq(
	    db_exec(other, "INSERT INTO t VALUES (2)", NOARGS), ST_BUSY);
	ck_assert_int_eq(db_commit(db), ST_OK);
	ck_assert_int_eq(db_begin(other, DB_WRITE), ST_OK);
	ck_assert_int_eq(stores_count(other, "SELECT count(*) FROM t"), 1);
	db_rollback(other);
	db_close(other);
	db_close(db);
}
END_TEST

START_TEST(a_script_is_one_transaction)
{
	struct db *db = stores_new("CREATE TABLE t (a)");

	ck_assert_int_eq(
	    db_script(db, "INSERT INTO t VALUES (1); INSERT INTO u VALUES (1)"),
	    ST_DB);
	sentence_has("crm: the schema: no such table: u");
	ck_assert_int_eq(stores_count(db, "SELECT count(*) FROM t"), 0);
	/* Inside another it is part of that one. */
	ck_assert_int_eq(db_begin(db, DB_WRITE), ST_OK);
	ck_assert_int_eq(db_script(db, "INSERT INTO t VALUES (1)"), ST_OK);
	db_rollback(db);
	ck_assert_int_eq(stores_count(db, "SELECT count(*) FROM t"), 0);
	db_close(db);
}
END_TEST

START_TEST(a_script_cannot_undo_what_keeps_the_store_safe)
{
	static const char *const scripts[] = {
		"PRAGMA secure_delete=OFF",
		"PRAGMA foreign_keys=OFF",
		"COMMIT",
		"BEGIN",
		"ROLLBACK",
		"SAVEPOINT a",
		"ATTACH 'build/scratch/evil.db' AS evil",
		"VACUUM INTO 'build/scratch/evil.db'",
		"SELECT load_extension('x')",
		"CREATE VIRTUAL TABLE words USING fts5 (text)",
		"PRAGMA writable_schema=ON; DELETE FROM sqlite_schema",
	};
	struct db *db = stores_new("CREATE TABLE t (a)");
	size_t i;

	for (i = 0; i < sizeof(scripts) / sizeof(*scripts); i++)
		ck_assert_int_eq(db_script(db, scripts[i]), ST_DB);
	ck_assert_int_eq(
	    db_exec(db, "ATTACH 'build/scratch/evil.db' AS evil", NOARGS),
	    ST_DB);
	ck_assert_int_eq(stores_count(db, "PRAGMA secure_delete"), 1);
	ck_assert_int_eq(stores_count(db, "PRAGMA foreign_keys"), 1);
	ck_assert_int_eq(stores_count(db, "PRAGMA synchronous"), 2);
	ck_assert_int_eq(stores_count(db, "PRAGMA wal_autocheckpoint"), 8192);
	ck_assert_int_eq(
	    stores_count(db, "PRAGMA journal_size_limit"), 8192 * 4096);
	ck_assert_int_eq(stores_count(db, "PRAGMA temp_store"), 2);
	ck_assert_int_eq(stores_count(db, "PRAGMA trusted_schema"), 0);
	ck_assert_int_eq(stores_count(db, "PRAGMA cell_size_check"), 1);
	db_close(db);
}
END_TEST

/* ---- memory ---- */

/* Everything once; whatever fails must say so and leave nothing behind. */
static enum status scenario(void)
{
	struct db_schema schema = { NULL, 0 };
	static const char *const columns[] = { "id", "email" };
	struct val vals[] = { INT(2), TEXT("b@x") };
	struct db_insert *ins = NULL;
	struct db *db = NULL;
	struct stmt *s = NULL;
	enum status st;

	if ((st = stores_open(SQLITE_MODE_OPEN, &db)) != ST_OK)
		return st;
	if ((st = db_introspect(db, &schema)) == ST_OK &&
	    (st = db_begin(db, DB_WRITE)) == ST_OK &&
	    (st = db_insert_open(db, db_schema_table(&schema, "person"),
		 columns, 2, DB_UPSERT, &ins)) == ST_OK)
		st = db_insert_row(ins, vals);
	db_insert_close(ins);
	if (st == ST_OK)
		st = db_query(db, "SELECT email || $1 FROM person",
		    ARGS(TEXT("more")), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		(void)db_text(s, 0);
	db_done(s);
	if (st == ST_NOTFOUND)
		st = db_commit(db);
	db_rollback(db);
	if (st == ST_OK)
		st = db_scrub(db);
	if (st == ST_OK)
		st = db_integrity(db, NULL);
	db_schema_release(&schema);
	db_close(db);
	return st;
}

START_TEST(running_out_of_memory_is_survived)
{
	enum status st;
	int blown = 1;
	long n;

	db_close(stores_new(PERSON "INSERT INTO person VALUES (1, 'a@x', 1);"));
	for (n = 0; blown; n++) {
		test_alloc_fuse(n);
		st = scenario();
		blown = test_alloc_blown();
		test_alloc_fuse(-1);
		ck_assert_msg(!blown || st == ST_NOMEM, "%ld: %s: %s", n,
		    status_name(st), status_text());
	}
	ck_assert_msg(st == ST_OK, "%s", status_text());
	ck_assert_int_gt(n, 50);
}
END_TEST

START_TEST(sqlite_running_out_of_memory_is_survived)
{
	enum status st;
	long n, failed = 0;
	int blown = 1;

	stores_sqlite_fuse_init();
	db_close(stores_new(PERSON "INSERT INTO person VALUES (1, 'a@x', 1);"));
	for (n = 0; blown; n++) {
		stores_sqlite_fuse(n);
		st = scenario();
		blown = stores_sqlite_blown();
		stores_sqlite_fuse(-1);
		/* SQLite can do without some. */
		failed += st != ST_OK;
		ck_assert_msg(st == ST_OK || st == ST_NOMEM, "%ld: %s: %s", n,
		    status_name(st), status_text());
	}
	ck_assert_msg(st == ST_OK, "%s", status_text());
	ck_assert_int_gt(failed, 100);
}
END_TEST

Suite *db_suite(void)
{
	Suite *s = suite_create("db");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, stores_set_up, stores_tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, values_come_back_as_they_went_in);
	tcase_add_test(t, a_query_may_outlive_its_values);
	tcase_add_test(t, a_wrong_number_of_values_is_refused);
	tcase_add_test(t, a_statement_is_used_again_without_its_values);
	tcase_add_test(t, changes_are_counted);
	tcase_add_test(t, a_conflict_names_the_column_and_no_value);
	tcase_add_test(t, a_failure_at_run_time_quotes_no_value);
	tcase_add_test(t, a_full_disk_is_called_so_and_rolls_back);
	tcase_add_test(t, transactions_keep_or_forget);
	tcase_add_test(
	    t, a_reading_transaction_sees_one_state_and_writes_nothing);
	tcase_add_test(t, a_second_writer_waits_and_then_gives_up);
	tcase_add_test(t, a_script_is_one_transaction);
	tcase_add_test(t, a_script_cannot_undo_what_keeps_the_store_safe);
	tcase_add_test(t, running_out_of_memory_is_survived);
	tcase_add_test(t, sqlite_running_out_of_memory_is_survived);
	suite_add_tcase(s, t);
	return s;
}
