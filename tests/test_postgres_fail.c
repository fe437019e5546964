/* engine/store/postgres.c, postgres_fail.c: transactions, and what goes wrong
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/server.h"
#include "tests/suites.h"

START_TEST(what_a_type_cannot_hold_equals_nothing_and_is_not_stored)
{
	DO(db, "CREATE TABLE a (id int4, u uuid);"
	       "INSERT INTO a VALUES (1, NULL)");
	for (int i = 0; i < 3; i++) {
		struct val v = i == 0   ? TEXT("GEHEIM")
			       : i == 1 ? INT(1ll << 40)
					: REAL(1.5);
		int64_t n = -1;

		ck_assert_int_eq(
		    db_one_int(db, "SELECT count(*) FROM a WHERE id = $1",
			ARGS(v), -1, &n),
		    ST_OK);
		ck_assert_int_eq(n, 0);
		ck_assert_int_eq(
		    db_exec(db, "INSERT INTO a (id) VALUES ($1)", ARGS(v)),
		    ST_CONFLICT);
		ck_assert_ptr_null(strstr(status_text(), "GEHEIM"));
	}
	ck_assert_int_eq(
	    db_exec(db, "INSERT INTO a (u) VALUES ($1)",
		ARGS((struct val){ .type = VAL_TEXT, .p = "a\0b", .n = 3 })),
	    ST_CONFLICT);
	MUST(strstr(status_text(), "NUL"), "%s", status_text());
}
END_TEST

static void cut(void)
{
	struct db *other = server_open();
	int64_t pid = (int64_t)PQbackendPID(postgres_of(db)->conn), n = 0;

	ck_assert_int_eq(db_one_int(other,
			     "SELECT pg_terminate_backend(CAST($1 AS integer))",
			     ARGS(INT(pid)), 0, &n),
	    ST_OK);
	ck_assert_int_eq(n, 1);
	db_close(other);
}

START_TEST(a_lost_connection_is_made_anew_where_nothing_was_half_done)
{
	struct stmt *s = NULL;

	DO(db, "CREATE TABLE a (id BIGINT PRIMARY KEY, part BIGINT)");
	DO(db, "INSERT INTO a VALUES (1, 1)");
	ck_assert_int_eq(
	    db_query(db, "SELECT id FROM a WHERE id = $1", ARGS(INT(1)), &s),
	    ST_OK);
	cut();
	ck_assert_int_eq(db_row(s), ST_IO); /* it had been asked already */
	MUST(strstr(status_text(), "crm: the connection to database"), "%s",
	    status_text());
	ck_assert_int_eq(COUNT("SELECT count(*) FROM a"), 1);
	ck_assert_int_eq(db_again(s, ARGS(INT(1))), ST_IO);
	db_done(s);

	cut();
	ck_assert_int_eq(db_begin(db, DB_WRITE), ST_OK);
	ck_assert_int_eq(
	    db_exec(db, "INSERT INTO a VALUES (2, 1)", NOARGS), ST_OK);
	cut();
	ck_assert_int_eq(
	    db_exec(db, "INSERT INTO a VALUES (3, 1)", NOARGS), ST_IO);
	MUST(strstr(status_text(), "what was not committed is undone"), "%s",
	    status_text());
	ck_assert_int_ne(db_commit(db), ST_OK);
	db_rollback(db);
	ck_assert_int_eq(COUNT("SELECT count(*) FROM a"), 1);
}
END_TEST

START_TEST(a_read_transaction_sees_one_state_and_writes_nothing)
{
	struct db *other = server_open();

	DO(db, "CREATE TABLE a (id BIGINT PRIMARY KEY, part BIGINT)");
	ck_assert_int_eq(db_begin(db, DB_READ), ST_OK);
	DO(other, "INSERT INTO a VALUES (1, 1)");
	ck_assert_int_eq(COUNT("SELECT count(*) FROM a"), 0);
	ck_assert_int_eq(
	    db_exec(db, "INSERT INTO a VALUES (2, 1)", NOARGS), ST_DB);
	db_rollback(db);
	ck_assert_int_eq(COUNT("SELECT count(*) FROM a"), 1);
	db_close(other);
}
END_TEST

START_TEST(writers_wait_for_each_other_and_then_give_up)
{
	struct db *other = server_open();

	DO(db, "SET lock_timeout = '100ms'");
	ck_assert_int_eq(db_begin(other, DB_WRITE), ST_OK);
	ck_assert_int_eq(db_begin(db, DB_WRITE), ST_BUSY);
	ck_assert_int_eq(db_undone(db), 0);
	db_rollback(other);
	ck_assert_int_eq(db_begin(db, DB_WRITE), ST_OK);
	db_rollback(db);
	db_close(other);
}
END_TEST

START_TEST(what_others_undid_can_be_repeated)
{
	struct db *other = server_open();

	DO(db, "CREATE TABLE a (id BIGINT PRIMARY KEY, part BIGINT)");
	DO(db, "INSERT INTO a VALUES (1, 1)");
	ck_assert_int_eq(db_begin(db, DB_WRITE), ST_OK);
	ck_assert_int_eq(
	    db_exec(db, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
		NOARGS) == ST_OK,
	    0);
	db_rollback(db);
	ck_assert_int_eq(db_begin(db, DB_WRITE), ST_OK);
	ck_assert_int_eq(
	    db_exec(db, "DO 'BEGIN RAISE serialization_failure; END'", NOARGS),
	    ST_BUSY);
	ck_assert_int_eq(db_undone(db), 1);
	db_rollback(db);
	ck_assert_int_eq(db_begin(db, DB_WRITE), ST_OK);
	ck_assert_int_eq(db_undone(db), 0);
	db_rollback(db);
	db_close(other);
}
END_TEST

START_TEST(grants_that_are_missing_are_named)
{
	static const char *const names[] = { "a", "missing" };
	struct buf out = BUF_INIT;
	char text[300];

	DO(db, "CREATE TABLE a (id BIGINT PRIMARY KEY, part BIGINT)");
	ck_assert_int_eq(db_grants(db, names, 2, &out), ST_OK);
	ck_assert_str_eq(buf_text(&out), "");
	(void)snprintf(text, sizeof(text),
	    "CREATE ROLE \"r %d\"; GRANT USAGE ON SCHEMA t%d TO \"r %d\";"
	    "GRANT SELECT ON a TO \"r %d\"; SET ROLE \"r %d\"",
	    (int)getpid(), (int)getpid(), (int)getpid(), (int)getpid(),
	    (int)getpid());
	server_do(db, text);
	ck_assert_int_eq(db_grants(db, names, 2, &out), ST_OK);
	(void)snprintf(text, sizeof(text),
	    "GRANT CREATE ON SCHEMA t%d TO \"r %d\";\n"
	    "GRANT UPDATE, DELETE ON t%d.a TO \"r %d\";\n",
	    (int)getpid(), (int)getpid(), (int)getpid(), (int)getpid());
	ck_assert_str_eq(buf_text(&out), text);
	ck_assert_int_eq(db_exec(db, "DELETE FROM a", NOARGS), ST_DENIED);
	MUST(strstr(status_text(), "lethe check"), "%s", status_text());
	DO(db, "RESET ROLE");
	buf_release(&out);
}
END_TEST

Suite *postgres_fail_suite(void)
{
	Suite *s = suite_create("postgres_fail");
	TCase *t = server_case(s);

	tcase_add_test(
	    t, what_a_type_cannot_hold_equals_nothing_and_is_not_stored);
	tcase_add_test(
	    t, a_lost_connection_is_made_anew_where_nothing_was_half_done);
	tcase_add_test(t, a_read_transaction_sees_one_state_and_writes_nothing);
	tcase_add_test(t, writers_wait_for_each_other_and_then_give_up);
	tcase_add_test(t, what_others_undid_can_be_repeated);
	tcase_add_test(t, grants_that_are_missing_are_named);
	return s;
}
