/* engine/records: what a file has to be like, and what a store then holds */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/store/times.h"
#include "tests/site.h"

/* ---- values ---- */

/* One value for one column, and what stands in the store then; NULL: it is
 * refused, and the sentence holds ${want}'s text. */
static const struct {
	const char *column, *csv, *type, *stored;
} values[] = {
	{ "n", "42", "integer", "42" },
	{ "n", "-9223372036854775808", "integer", "-9223372036854775808" },
	{ "n", "", "null", NULL },
	{ "n", "\"\"", NULL, "found text of 0 characters, expected an int" },
	{ "n", "1.0", NULL, "found text `1.0`, expected an integer" },
	{ "n", "9223372036854775808", NULL, "64 bits" },
	{ "n", "x", NULL, "found text `x`" },
	{ "n", "1000000", NULL, "CHECK" },
	{ "r", "35.68", "real", "35.68" },
	{ "r", "5", "real", "5.0" },
	{ "r", "1e400", NULL, "found text of 5 characters, expected a number" },
	{ "r", "\"35,68\"", NULL, "found text of 5 characters" },
	{ "m", "19.99", "real", "19.99" },
	{ "m", "12", "integer", "12" },
	{ "m", "1234567890.123456789", NULL, "hold exactly" },
	{ "b", "true", "integer", "1" },
	{ "b", "FALSE", "integer", "0" },
	{ "b", "1", "integer", "1" },
	{ "b", "yes", NULL, "expected true or false" },
	{ "at", "2026-03-01T20:00:00+01:00", "text", "2026-03-01T19:00:00Z" },
	{ "at", "2026-03-01 20:00:00", "text", "2026-03-01T20:00:00Z" },
	{ "at", "2026-03-01t20:00:00.500z", "text", "2026-03-01T20:00:00.5Z" },
	{ "at", "2026-03-01T20:00:60Z", "text", "2026-03-01T20:01:00Z" },
	{ "at", "2026-03-01", "text", "2026-03-01" },
	{ "at", "1767225600", "text", "2026-01-01T00:00:00Z" },
	{ "at", "0", "text", "1970-01-01T00:00:00Z" },
	{ "at", "20260301", NULL, "expected a date with hyphens" },
	{ "at", "2026", NULL, "expected a date with hyphens" },
	{ "at", "01.03.2026", NULL, "found `99.99.9999` (9: a digit" },
	{ "at", "2026-02-30", NULL, "does not exist" },
	{ "at", "0000-01-01", NULL, "does not exist" },
	{ "at", "1767225600000", NULL, "found `9999999999999`" },
	{ "at", "1 Mar 2026", NULL, "found `9 aaa 9999`" },
	{ "at", "\"\"", NULL, "found text of 0 characters" },
	{ "day", "2026-03-01", "text", "2026-03-01" },
	{ "day", "soon", NULL, "found `aaaa`" },
	{ "seconds", "1767225600", "integer", "1767225600" },
	{ "seconds", "2026-01-01T00:00:00Z", "integer", "1767225600" },
	{ "seconds", "2026-01-01", NULL, "Unix seconds or a whole instant" },
	{ "seconds", "2026-01-01T00:00:00.5Z", NULL, "whole instant" },
	{ "raw", "AP8=", "blob", "\\x00FF" },
	{ "raw", "\"\"", "blob", "\\x" },
	{ "raw", "no", NULL, "base64" },
	{ "extra", "\"{\"\"y\"\": [1, 0.1], \"\"x\"\":null}\"", "text",
	    "{\"x\":null,\"y\":[1,0.1]}" },
	{ "extra", "5", NULL, "found text of 1 character, expected a JSON" },
	{ "free", "007", "text", "007" },
	{ "code", "\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5-12", "text",
	    "\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5-12" },
	{ "code", "\"\"", "text", "" },
	{ "code", "CANARY7", NULL, "7 characters, expected at most 6" },
	{ "code", "", NULL, "takes no NULL" },
	{ "parent", "nobody", NULL, "FOREIGN KEY" },
	{ "computed", "x", NULL, "read-only" },
};

static void check_stored(
    struct site *s, const char *column, const char *type, const char *stored)
{
	struct sql q = SQL_INIT;
	struct stmt *row;

	sql_add(&q, "SELECT typeof(v), CASE typeof(v) WHEN 'blob' THEN"
		    " '\\x' || hex(v) ELSE CAST(v AS TEXT) END FROM"
		    " (SELECT ");
	sql_name(&q, column);
	sql_add(&q, " AS v FROM people)");
	ck_assert_int_eq(db_query_sql(s->db, &q, &row), ST_OK);
	ck_assert_int_eq(db_row(row), ST_OK);
	ck_assert_str_eq(db_text(row, 0), type);
	if (stored)
		ck_assert_str_eq(db_text(row, 1), stored);
	db_done(row);
	sql_release(&q);
}

START_TEST(a_column_takes_what_it_is_for)
{
	struct site *s = site_new();
	struct buf file = BUF_INIT;
	const char *why;
	enum status st;

	buf_addf(&file, "id,%s\nk,%s\n", values[_i].column, values[_i].csv);
	st = site_ingest(s, "one.csv", buf_text(&file), DB_INSERT);
	if (values[_i].type) {
		if (st != ST_OK)
			site_print(s);
		ck_assert_int_eq(st, ST_OK);
		check_stored(
		    s, values[_i].column, values[_i].type, values[_i].stored);
		site_check_count(s, 1);
	} else {
		ck_assert(st == ST_INVALID || st == ST_CONFLICT);
		why = s->report.problem_count ? s->report.problems[0]
					      : status_text();
		if (strstr(why, values[_i].stored) == NULL)
			site_print(s);
		ck_assert_ptr_nonnull(strstr(why, values[_i].stored));
		ck_assert_ptr_null(strstr(why, "CANARY"));
		site_check_count(s, 0);
	}
	buf_release(&file);
	site_free(s);
}
END_TEST

/* The same for JSON: what its types make a difference to. */
static const struct {
	const char *column, *json, *type, *stored;
} typed[] = {
	{ "n", "true", "integer", "1" },
	{ "n", "\"7\"", "integer", "7" },
	{ "n", "1.0", NULL, "found a number `1.0`" },
	{ "n", "123456789012345678901234567890", NULL, "64 bits" },
	{ "n", "{}", NULL, "found a JSON object or array" },
	{ "r", "0.1", "real", "0.1" },
	{ "r", "true", NULL, "found true, expected a number" },
	{ "m", "12345678901234567890", NULL, "hold exactly" },
	{ "m", "false", "integer", "0" },
	{ "b", "false", "integer", "0" },
	{ "b", "2", NULL, "expected true or false" },
	{ "at", "1767225600", "text", "2026-01-01T00:00:00Z" },
	{ "at", "1767225600.5", NULL, "found `9999999999.9`" },
	{ "at", "true", NULL, "found true" },
	{ "seconds", "1767225600", "integer", "1767225600" },
	{ "raw", "{\"base64\": \"AP8=\"}", "blob", "\\x00FF" },
	{ "raw", "{\"base64\": 1}", NULL, "base64" },
	{ "extra", "{\"y\": {}, \"x\": [1e2]}", "text",
	    "{\"x\":[100.0],\"y\":{}}" },
	{ "extra", "[]", "text", "[]" },
	{ "extra", "1", NULL, "a JSON object or array" },
	{ "free", "5", "integer", "5" },
	{ "free", "5.0", "real", "5.0" },
	{ "free", "\"5\"", "text", "5" },
	{ "free", "[1]", NULL, "data_type: object" },
	{ "code", "\"a\\u0022\"", "text", "a\"" },
	{ "code", "12", NULL, "found a number, expected text" },
	{ "code", "null", NULL, "takes no NULL" },
};

START_TEST(json_has_types)
{
	struct site *s = site_new();
	struct buf file = BUF_INIT;
	enum status st;

	buf_addf(&file, "{\"id\":\"k\",\"%s\":%s}", typed[_i].column,
	    typed[_i].json);
	st = site_ingest(s, "one.jsonl", buf_text(&file), DB_INSERT);
	if (st != ST_OK)
		site_print(s);
	if (typed[_i].type) {
		ck_assert_int_eq(st, ST_OK);
		check_stored(
		    s, typed[_i].column, typed[_i].type, typed[_i].stored);
	} else {
		ck_assert_int_eq(st, ST_INVALID);
		ck_assert_ptr_nonnull(
		    strstr(s->report.problems[0], typed[_i].stored));
	}
	buf_release(&file);
	site_free(s);
}
END_TEST

/* ---- names ---- */

static const struct {
	const char *text, *where;
} headers[] = {
	{ "", ":1: found an empty file" },
	{ "id,cod\n", ":1: field `cod`: people has no such field: did you "
		      "mean `code`?" },
	{ "ID,n\n", ":1: field `ID`: people has no such field: did you mean "
		    "`id`?" },
	{ "id,zzzzzz\n", "`zzzzzz`: people has no such field: correct" },
	{ "id,n,n\n", ":1: field `n`: named twice" },
	{ "n\n",
	    ":1: field `id`: missing, expected it as part of the primary" },
	{ "id,computed\n", ":1: field `computed`: read-only" },
	{ "id,\n", ":1: name 2 of the line has 0 characters" },
	{ "id,CANARY@example.jp\n",
	    ":1: name 2 of the line has 17 characters" },
	{ "CANARY,2026-01-01\n", ":1: none of the names is a field of people" },
	{ "id,\"n\n",
	    ":1: field 2: the quote that opens here is never closed" },
};

START_TEST(a_header_names_fields)
{
	struct site *s = site_new();

	ck_assert_int_eq(
	    site_ingest(s, "h.csv", headers[_i].text, DB_INSERT), ST_INVALID);
	ck_assert_uint_eq(s->report.problem_count, 1);
	if (strstr(s->report.problems[0], headers[_i].where) == NULL)
		site_print(s);
	ck_assert_ptr_nonnull(strstr(s->report.problems[0], "h.csv:1: "));
	ck_assert_ptr_nonnull(strstr(s->report.problems[0], headers[_i].where));
	ck_assert_ptr_null(strstr(s->report.problems[0], "CANARY"));
	site_free(s);
}
END_TEST

START_TEST(a_column_that_the_store_computes_is_left_out)
{
	struct site *s = site_new();

	site_alter(s, "ALTER TABLE people ADD COLUMN twice AS (n * 2) VIRTUAL");
	ck_assert_int_eq(
	    site_ingest(s, "f.csv", "id,n,twice\n1,2,4\n", DB_INSERT),
	    ST_INVALID);
	ck_assert_ptr_nonnull(strstr(s->report.problems[0],
	    "field `twice`: the store computes it: leave the column out"));
	ck_assert_int_eq(
	    site_ingest(s, "f.csv", "id,n\n1,2\n", DB_INSERT), ST_OK);
	site_check_count(s, 1);
	site_free(s);
}
END_TEST

START_TEST(a_column_that_no_rule_covers_is_noted)
{
	struct site *s = site_new();

	site_alter(s, "ALTER TABLE people ADD COLUMN stray TEXT");
	ck_assert_int_eq(site_ingest(s, "f.jsonl",
			     "{\"id\":\"1\",\"stray\":\"x\"}\n"
			     "{\"stray\":\"x\",\"id\":\"2\",\"free\":1}\n",
			     DB_INSERT),
	    ST_OK);
	ck_assert_uint_eq(s->report.note_count, 1);
	ck_assert_ptr_nonnull(
	    strstr(s->report.notes[0], "field `stray`: not in the dataset"));
	site_free(s);
}
END_TEST

START_TEST(a_key_left_out_leaves_the_field)
{
	struct site *s = site_new();

	ck_assert_int_eq(site_ingest(s, "f.jsonl",
			     "{\"id\":\"1\",\"n\":1,\"code\":\"a\"}\n"
			     "{\"n\":2,\"id\":\"2\"}\n{\"id\":\"3\"}\n"
			     "{\"id\":\"4\",\"n\":4,\"code\":\"b\"}\n",
			     DB_INSERT),
	    ST_OK);
	ck_assert_int_eq(s->report.records, 4);
	ck_assert_int_eq(site_ingest(s, "g.jsonl",
			     "{\"id\":\"1\",\"r\":0.5}\n"
			     "{\"id\":\"5\",\"n\":null}\n",
			     DB_UPSERT),
	    ST_OK);
	site_check_count(s, 5);
	site_target(s, "people");
	site_check_dump(s, DUMP_CSV,
	    "id,n,r,m,b,at,day,seconds,raw,extra,free,code,parent,computed\n"
	    "1,1,0.5,,,,,,,,,a,,\n"
	    "2,2,,,,,,,,,,none,,\n"
	    "3,,,,,,,,,,,none,,\n"
	    "4,4,,,,,,,,,,b,,\n"
	    "5,,,,,,,,,,,none,,\n");
	site_free(s);
}
END_TEST

/* Sixteen layouts are kept; more than that are made anew. */
START_TEST(any_number_of_key_sets_is_taken)
{
	static const char *const keys[] = { "n", "r", "m", "b", "seconds" };
	struct site *s = site_new();
	struct buf file = BUF_INIT;

	for (int i = 0; i < 320; i++) {
		buf_addf(&file, "{\"id\":\"%d\"", i);
		for (int k = 0; k < 5; k++)
			if (i >> k & 1)
				buf_addf(&file, ",\"%s\":%d", keys[k],
				    k == 0 ? i : 1);
		buf_adds(&file, "}\n");
	}
	ck_assert_int_eq(
	    site_ingest(s, "f.jsonl", buf_text(&file), DB_INSERT), ST_OK);
	site_check_count(s, 320);
	buf_release(&file);
	site_free(s);
}
END_TEST

/* ---- all or nothing ---- */

START_TEST(one_bad_line_keeps_nothing)
{
	struct site *s = site_new();

	ck_assert_int_eq(
	    site_ingest(s, "a.csv", "id,n\na,1\n", DB_INSERT), ST_OK);
	ck_assert_int_eq(
	    site_ingest(s, "f.csv",
		"id,n,at\nb,2,\nc,x,soon\n\"d\n\n\",3,\"\"\ne,4,\n", DB_INSERT),
	    ST_INVALID);
	site_check_count(s, 1);
	ck_assert_int_eq(s->report.records, 0);
	ck_assert_ptr_nonnull(strstr(status_text(), "nothing was kept"));
	ck_assert_uint_eq(s->report.problem_count, 3);
	ck_assert_ptr_nonnull(strstr(
	    s->report.problems[0], "f.csv:3: field `n`: found text `x`"));
	ck_assert_ptr_nonnull(
	    strstr(s->report.problems[1], "f.csv:3: field `at`: found `aaaa`"));
	ck_assert_ptr_nonnull(
	    strstr(s->report.problems[2], "f.csv:4: field `at`: found text"));
	site_free(s);
}
END_TEST

START_TEST(twenty_problems_are_enough)
{
	struct site *s = site_new();
	struct buf file = BUF_INIT;

	buf_adds(&file, "id,n\n");
	for (int i = 0; i < 100; i++)
		buf_addf(&file, "k%d,x\n", i);
	ck_assert_int_eq(
	    site_ingest(s, "f.csv", buf_text(&file), DB_INSERT), ST_INVALID);
	ck_assert_uint_eq(s->report.problem_count, INGEST_MOST_PROBLEMS);
	ck_assert_ptr_nonnull(strstr(status_text(), "20 problems and perhaps"));
	buf_release(&file);
	site_free(s);
}
END_TEST

START_TEST(a_key_that_is_there_twice_is_named)
{
	struct site *s = site_new();

	ck_assert_int_eq(site_ingest(s, "f.csv", "id\na\nb\na\nc\n", DB_INSERT),
	    ST_CONFLICT);
	ck_assert_uint_eq(s->report.problem_count, 1);
	ck_assert_ptr_nonnull(strstr(s->report.problems[0],
	    "f.csv:4: crm: UNIQUE constraint failed: people.id"));
	site_check_count(s, 0);
	ck_assert_int_eq(
	    site_ingest(s, "a.csv", "id\na\nb\n", DB_INSERT), ST_OK);
	ck_assert_int_eq(
	    site_ingest(s, "g.csv", "id\nc\nb\n", DB_INSERT), ST_CONFLICT);
	ck_assert_ptr_nonnull(strstr(s->report.problems[0], "g.csv:3: "));
	site_check_count(s, 2);
	ck_assert_int_eq(
	    site_ingest(s, "g.csv", "id,n\nc,1\nb,2\nb,3\n", DB_UPSERT), ST_OK);
	site_check_count(s, 3);
	check_stored(s, "n", "null", NULL);
	site_free(s);
}
END_TEST

START_TEST(what_fails_at_the_end_keeps_nothing)
{
	struct site *s = site_new();

	ck_assert_int_eq(
	    site_ingest(s, "f.csv", "id,parent\na,\nb,nobody\n", DB_INSERT),
	    ST_CONFLICT);
	ck_assert_ptr_nonnull(strstr(status_text(), "nothing was kept: crm:"));
	site_check_count(s, 0);
	site_free(s);
}
END_TEST

static enum status stop(void *ctx, const struct ingest_progress *p)
{
	int *calls = ctx;

	ck_assert(p->total < 0 || p->bytes <= p->total);
	if (++*calls < 2)
		return ST_OK;
	return fail(ST_DENIED, "interrupted");
}

START_TEST(an_interrupted_ingest_keeps_nothing)
{
	struct site *s = site_new();
	int calls = 0;
	struct ingest_source source = { .progress = stop, .ctx = &calls };
	struct buf file = BUF_INIT;
	char path[120];

	buf_adds(&file, "id\n");
	while (file.len < 3 << 20)
		buf_addf(&file, "key-%zu\n", file.len);
	(void)snprintf(path, sizeof(path), "%s/big.csv", s->folder);
	ck_assert_int_eq(file_create(path, file.data, file.len, 0600), ST_OK);
	source.path = path;
	ck_assert_int_eq(
	    ingest_file(s->db, &s->target, &source, DB_INSERT, &s->report),
	    ST_DENIED);
	ck_assert_ptr_nonnull(strstr(status_text(), "interrupted"));
	site_check_count(s, 0);
	source.progress = NULL;
	ck_assert_int_eq(
	    ingest_file(s->db, &s->target, &source, DB_INSERT, &s->report),
	    ST_OK);
	site_check_count(s, s->report.records);
	buf_release(&file);
	site_free(s);
}
END_TEST

static int is_vouched(struct site *s, const char *column)
{
	enum db_effort effort;

	ck_assert_int_eq(times_effort(s->db, "people", column, &effort), ST_OK);
	return effort == DB_BY_INDEX;
}

START_TEST(ingest_vouches_for_the_times_it_has_checked)
{
	struct site *s = site_new();

	ck_assert_int_eq(
	    site_ingest(s, "f.csv", "id,at\na,5\n", DB_INSERT), ST_OK);
	ck_assert_int_eq(is_vouched(s, "at"), 1);
	ck_assert_int_eq(is_vouched(s, "day"), 1);
	ck_assert_int_eq(is_vouched(s, "n"), 0);
	ck_assert_int_eq(db_script(s->db, "DELETE FROM lethe_time"), ST_OK);
	ck_assert_int_eq(site_ingest(s, "f.csv", "id\nb\n", DB_INSERT), ST_OK);
	ck_assert_int_eq(is_vouched(s, "at"), 0);
	site_free(s);
}
END_TEST

START_TEST(a_default_is_not_vouched_for)
{
	struct site *s = site_new();

	site_alter(s, "ALTER TABLE people DROP COLUMN at;"
		      "ALTER TABLE people ADD COLUMN at DEFAULT 'soon'");
	ck_assert_int_eq(
	    site_ingest(s, "f.jsonl",
		"{\"id\":\"a\",\"at\":5}\n{\"id\":\"b\"}\n", DB_INSERT),
	    ST_OK);
	ck_assert_int_eq(is_vouched(s, "at"), 0);
	ck_assert_int_eq(is_vouched(s, "day"), 1);
	site_free(s);
}
END_TEST

START_TEST(a_format_goes_by_name)
{
	struct site *s = site_new();

	ck_assert_int_eq(site_ingest(s, "f.txt", "id\n", DB_INSERT), ST_USAGE);
	ck_assert_int_eq(site_ingest(s, "f", "id\n", DB_INSERT), ST_USAGE);
	ck_assert_int_eq(site_ingest(s, "f.csv", "id\n", DB_INSERT), ST_OK);
	ck_assert_int_eq(site_ingest(s, "f.jsonl", "", DB_INSERT), ST_OK);
	site_check_count(s, 0);
	site_free(s);
}
END_TEST

/* ---- out of memory ---- */

START_TEST(running_out_of_memory_keeps_nothing)
{
	static const struct {
		const char *name, *text;
	} files[] = {
		{ "f.csv", "id,at,extra,raw\na,5,[1],AAEC\n" },
		{ "f.jsonl", "{\"id\":\"a\",\"at\":5,\"extra\":{\"b\":1}}\n"
			     "{\"id\":\"b\",\"n\":5}\n" },
		{ "g.csv", "id,n\na,x\nb,y\n\"" },
	};
	struct site *s = site_new();
	struct ingest_source source = { .format = INGEST_BY_NAME };
	enum status st = ST_NOMEM;
	char path[120];
	long nth;

	(void)snprintf(path, sizeof(path), "%s/%s", s->folder, files[_i].name);
	ck_assert_int_eq(
	    file_create(path, files[_i].text, strlen(files[_i].text), 0600),
	    ST_OK);
	source.path = path;
	for (nth = 0; st == ST_NOMEM; nth++) {
		ck_assert_int_lt(nth, 500);
		ingest_report_release(&s->report);
		test_alloc_fuse(nth);
		st = ingest_file(
		    s->db, &s->target, &source, DB_INSERT, &s->report);
		test_alloc_fuse(-1);
		if (st == ST_NOMEM)
			site_check_count(s, 0);
	}
	ck_assert_int_eq(st, _i == 2 ? ST_INVALID : ST_OK);
	ck_assert_int_gt(nth, 10);
	site_free(s);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

Suite *ingest_suite(void)
{
	Suite *s = suite_create("ingest");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, a_column_takes_what_it_is_for, 0, COUNT(values));
	tcase_add_loop_test(t, json_has_types, 0, COUNT(typed));
	tcase_add_loop_test(t, a_header_names_fields, 0, COUNT(headers));
	tcase_add_test(t, a_column_that_the_store_computes_is_left_out);
	tcase_add_test(t, a_column_that_no_rule_covers_is_noted);
	tcase_add_test(t, a_key_left_out_leaves_the_field);
	tcase_add_test(t, any_number_of_key_sets_is_taken);
	tcase_add_test(t, one_bad_line_keeps_nothing);
	tcase_add_test(t, twenty_problems_are_enough);
	tcase_add_test(t, a_key_that_is_there_twice_is_named);
	tcase_add_test(t, what_fails_at_the_end_keeps_nothing);
	tcase_add_test(t, an_interrupted_ingest_keeps_nothing);
	tcase_add_test(t, ingest_vouches_for_the_times_it_has_checked);
	tcase_add_test(t, a_default_is_not_vouched_for);
	tcase_add_test(t, a_format_goes_by_name);
	tcase_add_loop_test(t, running_out_of_memory_keeps_nothing, 0, 3);
	suite_add_tcase(s, t);
	return s;
}
