/* engine/store/postgres_delete.c, postgres_change.c, postgres_copy.c */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/server.h"
#include "tests/suites.h"

static enum status see(void *ctx, const struct val *key)
{
	int64_t *stays = ctx;

	return key[0].i <= *stays ? ST_NOTFOUND : ST_OK;
}

static int64_t delete_some(struct db *d, int64_t limit, int64_t stays)
{
	static const char *const keys[] = { "id" };
	struct sql where = SQL_INIT;
	struct db_batch b = { .table = "a",
		.keys = keys,
		.key_count = 1,
		.where = &where,
		.order = "id",
		.limit = limit,
		.each = see,
		.ctx = &stays };
	int64_t n = -1;

	sql_add(&where, "t.id <= ");
	sql_bind_int(&where, 600);
	MUST(db_delete_batch(d, &b, &n) == ST_OK, "%s", status_text());
	sql_release(&where);
	return n;
}

static const char *const tables[] = {
	"CREATE TABLE a (id BIGINT PRIMARY KEY, part BIGINT);",
	"CREATE TABLE a (id BIGINT, part BIGINT) PARTITION BY LIST (part);"
	"CREATE TABLE \"a 0\" PARTITION OF a FOR VALUES IN (0);"
	"CREATE TABLE a1 PARTITION OF a FOR VALUES IN (1, 2);",
};

START_TEST(a_batch_deletes_what_it_shows_in_any_partition)
{
	server_do(db, tables[_i]);
	DO(db, "INSERT INTO a SELECT i, i % 3 FROM generate_series(1, 1000)"
	       " AS i");
	ck_assert_int_eq(db_begin(db, DB_WRITE), ST_OK);
	ck_assert_int_eq(delete_some(db, 100, 0), 100);
	/* 300 stay, and are passed over by as many batches as it takes. */
	ck_assert_int_eq(delete_some(db, 100, 400), 100);
	ck_assert_int_eq(delete_some(db, 1000, 400), 100);
	ck_assert_int_eq(delete_some(db, 1000, 400), 0);
	ck_assert_int_eq(db_commit(db), ST_OK);
	ck_assert_int_eq(COUNT("SELECT count(*) FROM a"), 700);
	ck_assert_int_eq(COUNT("SELECT count(*) FROM a WHERE id <= 400"), 300);
}
END_TEST

START_TEST(records_that_somebody_works_on_are_passed_over)
{
	struct db *other = server_open();

	server_do(db, tables[0]);
	DO(db, "INSERT INTO a SELECT i, 0 FROM generate_series(1, 600) AS i");
	/* An application, which knows nothing of our lock. */
	DO(other, "SET lock_timeout = '1s'");
	ck_assert_int_eq(db_exec(other, "BEGIN", NOARGS), ST_OK);
	ck_assert_int_eq(
	    db_exec(other, "UPDATE a SET part = 1 WHERE id < 11", NOARGS),
	    ST_OK);
	ck_assert_int_eq(db_begin(db, DB_WRITE), ST_OK);
	ck_assert_int_eq(delete_some(db, 1000, 0), 590);
	ck_assert_int_eq(db_commit(db), ST_OK);
	ck_assert_int_eq(db_exec(other, "COMMIT", NOARGS), ST_OK);
	ck_assert_int_eq(db_begin(db, DB_WRITE), ST_OK);
	ck_assert_int_eq(delete_some(db, 1000, 0), 10);
	db_rollback(db);
	db_close(other);
}
END_TEST

static enum status twice(void *ctx, const struct val *row, struct val *changed)
{
	static char text[40];

	(void)ctx;
	if (row[0].i == 2)
		return ST_NOTFOUND;
	(void)snprintf(text, sizeof(text), "\\\"{%.*s}, ", (int)row[2].n,
	    (const char *)row[2].p);
	changed[0] = row[0].i == 3 ? NIL : INT(2 * row[1].i);
	changed[1] = TEXT(text);
	return ST_OK;
}

START_TEST(a_batch_changes_what_it_shows)
{
	static const char *const keys[] = { "id" };
	static const char *const columns[] = { "n", "x y" };
	struct sql where = SQL_INIT;
	struct db_change c = { .table = "a",
		.keys = keys,
		.key_count = 1,
		.columns = columns,
		.column_count = 2,
		.where = &where,
		.limit = 100,
		.each = twice };
	int64_t n = -1;

	DO(db, "CREATE TABLE a (id BIGINT PRIMARY KEY, n INTEGER,"
	       " \"x y\" varchar(20));"
	       "INSERT INTO a SELECT i, i, i FROM generate_series(1, 4) AS i");
	sql_add(&where, "t.id > 0");
	ck_assert_int_eq(db_begin(db, DB_WRITE), ST_OK);
	MUST(db_change_batch(db, &c, &n) == ST_OK, "%s", status_text());
	ck_assert_int_eq(db_commit(db), ST_OK);
	ck_assert_int_eq(n, 3);
	ck_assert_int_eq(COUNT("SELECT sum(n) FROM a"), 2 + 2 + 8);
	ck_assert_int_eq(COUNT("SELECT count(*) FROM a WHERE \"x y\" ="
			       " '\\\"{' || id || '}, '"),
	    3);
	sql_release(&where);
}
END_TEST

START_TEST(a_trigger_that_keeps_a_record_is_no_success)
{
	static const char *const keys[] = { "id" };
	int64_t stays = 0, n = -1;
	struct sql where = SQL_INIT;
	struct db_batch b = { .table = "a",
		.keys = keys,
		.key_count = 1,
		.where = &where,
		.limit = 10,
		.each = see,
		.ctx = &stays };

	server_do(db, tables[0]);
	DO(db, "CREATE FUNCTION keep () RETURNS trigger LANGUAGE plpgsql AS"
	       " 'BEGIN RETURN NULL; END';"
	       "CREATE TRIGGER keep BEFORE DELETE ON a FOR EACH ROW"
	       " EXECUTE FUNCTION keep ();"
	       "INSERT INTO a VALUES (1, 1)");
	sql_add(&where, "TRUE");
	ck_assert_int_eq(db_begin(db, DB_WRITE), ST_OK);
	ck_assert_int_eq(db_delete_batch(db, &b, &n), ST_CONFLICT);
	db_rollback(db);
	sql_release(&where);
}
END_TEST

/* ---- many records ---- */

START_TEST(records_go_in_by_copy_and_the_refused_one_is_named)
{
	static const char *const columns[] = { "id", "t", "b" };
	struct db_insert *ins = NULL;
	struct db_schema s;

	DO(db, "CREATE TABLE a (id INTEGER PRIMARY KEY, t TEXT CHECK"
	       " (t <> 'SECRET'), b BLOB)");
	ck_assert_int_eq(db_introspect(db, &s), ST_OK);
	ck_assert_int_eq(db_begin(db, DB_WRITE), ST_OK);
	ck_assert_int_eq(
	    db_insert_open(db, &s.tables[0], columns, 3, DB_INSERT, &ins),
	    ST_OK);
	for (int i = 1; i <= 20000; i++)
		ck_assert_int_eq(
		    db_insert_row(ins,
			ARGS(INT(i), TEXT("a\tb\\\n\rc\\N"), BLOB("\0\\", 2))),
		    ST_OK);
	ck_assert_int_eq(db_insert_row(ins, ARGS(INT(0), NIL, NIL)), ST_OK);
	ck_assert_int_eq(db_insert_flush(ins), ST_OK);
	db_insert_close(ins);
	ck_assert_int_eq(db_commit(db), ST_OK);
	ck_assert_int_eq(COUNT("SELECT count(*) FROM a WHERE b = '\\x005c'"
			       " AND t = E'a\\tb\\\\\\n\\rc\\\\N'"),
	    20000);
	ck_assert_int_eq(COUNT("SELECT count(*) FROM a WHERE t IS NULL"), 1);

	ck_assert_int_eq(db_begin(db, DB_WRITE), ST_OK);
	ck_assert_int_eq(
	    db_insert_open(db, &s.tables[0], columns, 3, DB_INSERT, &ins),
	    ST_OK);
	for (int i = 0; i < 9; i++) {
		db_insert_mark(ins, 100 + i);
		ck_assert_int_eq(
		    db_insert_row(ins, ARGS(INT(30000 + i),
					   TEXT(i == 6 ? "SECRET" : "x"), NIL)),
		    ST_OK);
	}
	ck_assert_int_eq(db_insert_flush(ins), ST_CONFLICT);
	ck_assert_int_eq(db_insert_refused(ins), 106);
	ck_assert_ptr_null(strstr(status_text(), "SECRET"));
	ck_assert_ptr_nonnull(strstr(status_text(), "\"a\""));
	db_insert_close(ins);
	db_rollback(db);
	ck_assert_int_eq(COUNT("SELECT count(*) FROM a"), 20001);
	db_schema_release(&s);
}
END_TEST

Suite *postgres_batch_suite(void)
{
	Suite *s = suite_create("postgres_batch");
	TCase *t = server_case(s);

	tcase_add_loop_test(
	    t, a_batch_deletes_what_it_shows_in_any_partition, 0, 2);
	tcase_add_test(t, records_that_somebody_works_on_are_passed_over);
	tcase_add_test(t, a_batch_changes_what_it_shows);
	tcase_add_test(t, a_trigger_that_keeps_a_record_is_no_success);
	tcase_add_test(t, records_go_in_by_copy_and_the_refused_one_is_named);
	return s;
}
