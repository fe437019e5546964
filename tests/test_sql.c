/* engine/store/sql.c: statements made at run time */
#include <string.h>

#include "engine/store/db.h"
#include "tests/suites.h"

START_TEST(names_are_quoted_and_values_are_bound)
{
	struct sql q = SQL_INIT;

	sql_add(&q, "SELECT ");
	sql_column(&q, "t", "a\"b");
	sql_add(&q, " FROM ");
	sql_name(&q, "group");
	sql_add(&q, " WHERE x = ");
	sql_bind_text(&q, "'; DROP TABLE t --");
	sql_add(&q, " AND y < ");
	sql_bind_int(&q, 7);
	ck_assert_int_eq(buf_status(&q.text), ST_OK);
	ck_assert_str_eq(buf_text(&q.text),
	    "SELECT \"t\".\"a\"\"b\" FROM \"group\" WHERE x = $1 AND y < $2");
	ck_assert_uint_eq(q.count, 2);
	ck_assert_str_eq(q.vals[0].p, "'; DROP TABLE t --");
	ck_assert_int_eq(q.vals[1].i, 7);
	sql_release(&q);
}
END_TEST

START_TEST(a_statement_owns_copies_of_its_values)
{
	struct sql q = SQL_INIT;
	char text[] = "before";

	sql_bind_text(&q, text);
	sql_bind(&q, BLOB("\0\1", 2));
	sql_bind(&q, NIL);
	sql_bind(&q, REAL(0.25));
	memcpy(text, "behind", 6);
	ck_assert_str_eq(q.vals[0].p, "before");
	ck_assert_uint_eq(q.vals[1].n, 2);
	ck_assert_mem_eq(q.vals[1].p, "\0\1", 2);
	ck_assert_int_eq(q.vals[2].type, VAL_NULL);
	ck_assert(q.vals[3].r == 0.25);
	sql_release(&q);
}
END_TEST

START_TEST(a_joined_part_is_numbered_anew)
{
	struct sql q = SQL_INIT, part = SQL_INIT;
	int i;

	sql_bind_int(&q, 0);
	for (i = 1; i <= 11; i++) {
		sql_add(&part, ", ");
		sql_bind_int(&part, i);
	}
	/* Neither a name nor a text is a parameter. */
	sql_name(&part, "price$1\"$2");
	sql_add(&part, " || '$3''$4'");
	sql_join(&q, &part);
	ck_assert_str_eq(buf_text(&q.text),
	    "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12"
	    "\"price$1\"\"$2\" || '$3''$4'");
	ck_assert_uint_eq(q.count, 12);
	for (i = 0; i < 12; i++)
		ck_assert_int_eq(q.vals[i].i, i);
	sql_release(&part);
	sql_release(&q);
}
END_TEST

START_TEST(a_statement_is_asked_of_one_record_after_the_other)
{
	const struct val next[] = { TEXT("longer than before"), INT(5) };
	struct sql q = SQL_INIT, part = SQL_INIT;

	sql_bind_at(&part, 1, INT(2));
	sql_add(&part, ", ");
	sql_bind_int(&part, 3);
	sql_bind_at(&q, 0, TEXT("a"));
	sql_add(&q, ", ");
	sql_join(&q, &part);
	sql_add(&q, ", ");
	sql_bind_at(&q, 0, TEXT("a"));
	sql_refill(&q, next);
	ck_assert_int_eq(buf_status(&q.text), ST_OK);
	ck_assert_str_eq(buf_text(&q.text), "$1, $2, $3, $4");
	ck_assert_str_eq(q.vals[0].p, "longer than before");
	ck_assert_int_eq(q.vals[1].i, 5);
	ck_assert_int_eq(q.vals[2].i, 3);
	ck_assert_str_eq(q.vals[3].p, "longer than before");
	sql_release(&part);
	sql_release(&q);
}
END_TEST

START_TEST(a_part_that_failed_fails_the_whole)
{
	struct sql q = SQL_INIT, part = SQL_INIT;

	test_alloc_fuse(0);
	sql_add(&part, "x");
	test_alloc_fuse(-1);
	sql_add(&q, "SELECT ");
	sql_join(&q, &part);
	ck_assert_int_eq(buf_status(&q.text), ST_NOMEM);
	sql_release(&part);
	sql_release(&q);
}
END_TEST

START_TEST(a_cleared_statement_starts_over)
{
	struct sql q = SQL_INIT;

	sql_bind_text(&q, "old");
	sql_clear(&q);
	sql_bind_text(&q, "new");
	ck_assert_str_eq(buf_text(&q.text), "$1");
	ck_assert_uint_eq(q.count, 1);
	sql_release(&q);
	sql_release(&q);
}
END_TEST

START_TEST(out_of_memory_sticks)
{
	struct sql q = SQL_INIT, part = SQL_INIT;
	enum status st;
	int i, blown = 1;
	long n;

	for (i = 0; i < 20; i++)
		sql_bind_text(&part, "value");
	for (n = 0; blown; n++) {
		test_alloc_fuse(n);
		sql_add(&q, "SELECT ");
		sql_bind_text(&q, "one");
		sql_join(&q, &part);
		blown = test_alloc_blown();
		test_alloc_fuse(-1);
		st = buf_status(&q.text);
		sql_release(&q);
		ck_assert_int_eq(st, blown ? ST_NOMEM : ST_OK);
	}
	ck_assert_int_gt(n, 20);
	sql_release(&part);
}
END_TEST

Suite *sql_suite(void)
{
	Suite *s = suite_create("sql");
	TCase *t = tcase_create("all");

	tcase_add_test(t, names_are_quoted_and_values_are_bound);
	tcase_add_test(t, a_statement_owns_copies_of_its_values);
	tcase_add_test(t, a_joined_part_is_numbered_anew);
	tcase_add_test(t, a_statement_is_asked_of_one_record_after_the_other);
	tcase_add_test(t, a_part_that_failed_fails_the_whole);
	tcase_add_test(t, a_cleared_statement_starts_over);
	tcase_add_test(t, out_of_memory_sticks);
	suite_add_tcase(s, t);
	return s;
}
