/* engine/records: what is dumped is what was ingested */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/site.h"

static const char hostile_csv[] =
    "id,n,r,m,b,at,day,seconds,raw,extra,free,code,parent\n"
    "\"\",0,-0.5,0,0,1969-12-31T23:59:59Z,2024-02-29,-1,\"\",{},\"\",\"\",\n"
    "\"a\nb\",-9223372036854775808,1e+300,-1,1,,,,AAEC,\"[\"\"x,y\"\"]\","
    "\"line\r\nend\",\",\",\n"
    "\"q\"\"q\",,0.1,19.99,,,,,,,,\" a \",\n"
    "\xf0\x9f\x9a\x97,999999,5.0,,,,,,,,\xe6\x97\xa5,\"\"\"\",\n";

static const char hostile_jsonl[] =
    "{\"id\":\"\",\"n\":0,\"r\":-0.5,\"m\":0,\"b\":0,"
    "\"at\":\"1969-12-31T23:59:59Z\",\"day\":\"2024-02-29\",\"seconds\":-1,"
    "\"raw\":{\"base64\":\"\"},\"extra\":{},\"free\":\"\",\"code\":\"\","
    "\"parent\":null}\n"
    "{\"id\":\"a\\nb\",\"n\":-9223372036854775808,\"r\":1e+300,\"m\":-1,"
    "\"b\":1,\"at\":null,\"day\":null,\"seconds\":null,"
    "\"raw\":{\"base64\":\"AAEC\"},\"extra\":[\"x,y\"],"
    "\"free\":\"line\\r\\nend\",\"code\":\",\",\"parent\":null}\n"
    "{\"id\":\"q\\\"q\",\"n\":null,\"r\":0.1,\"m\":19.99,\"b\":null,"
    "\"at\":null,\"day\":null,\"seconds\":null,\"raw\":null,\"extra\":null,"
    "\"free\":9223372036854775807,\"code\":\" a \",\"parent\":null}\n"
    "{\"id\":\"\xf0\x9f\x9a\x97\",\"n\":999999,\"r\":5.0,\"m\":null,"
    "\"b\":null,\"at\":null,\"day\":null,\"seconds\":null,\"raw\":null,"
    "\"extra\":null,\"free\":\"\\u0001\\\\\",\"code\":\"\\\"\","
    "\"parent\":null}\n";

static void there_and_back(
    const char *name, const char *given, enum dump_format format)
{
	struct site *s = site_new();
	char *first, *second;
	enum status st;

	/* It is read-only and so does not come back in. */
	site_alter(s, "ALTER TABLE people DROP COLUMN computed");
	st = site_ingest(s, name, given, DB_INSERT);
	if (st != ST_OK)
		site_print(s);
	ck_assert_int_eq(st, ST_OK);
	first = site_dump(s, format);
	ck_assert_str_eq(first, given);
	ck_assert_int_eq(
	    db_script(s->db, "DELETE FROM people; DELETE FROM lethe_count"),
	    ST_OK);
	ck_assert_int_eq(site_ingest(s, name, first, DB_INSERT), ST_OK);
	second = site_dump(s, format);
	ck_assert_str_eq(second, first);
	free(first);
	free(second);
	site_free(s);
}

START_TEST(csv_comes_back_as_it_went)
{
	there_and_back("f.csv", hostile_csv, DUMP_CSV);
}
END_TEST

START_TEST(jsonl_comes_back_as_it_went)
{
	there_and_back("f.jsonl", hostile_jsonl, DUMP_JSONL);
}
END_TEST

START_TEST(a_dump_is_in_the_order_of_the_key)
{
	struct site *s = site_new();

	site_target(s, "pairs");
	ck_assert_int_eq(site_ingest(s, "f.csv",
			     "x,b,a\n1,2,y\n2,1,y\n3,10,x\n4,9,x\n", DB_INSERT),
	    ST_OK);
	site_check_dump(s, DUMP_CSV, "b,a,x\n9,x,4\n10,x,3\n1,y,2\n2,y,1\n");
	site_check_dump(s, DUMP_JSONL,
	    "{\"b\":9,\"a\":\"x\",\"x\":\"4\"}\n"
	    "{\"b\":10,\"a\":\"x\",\"x\":\"3\"}\n"
	    "{\"b\":1,\"a\":\"y\",\"x\":\"2\"}\n"
	    "{\"b\":2,\"a\":\"y\",\"x\":\"1\"}\n");
	site_target(s, "single");
	ck_assert_int_eq(
	    site_ingest(s, "f.csv", "v\n\n\"\"\nx\n\n", DB_INSERT), ST_OK);
	site_check_count(s, 4);
	site_check_dump(s, DUMP_CSV, "v\n\n\"\"\nx\n\n");
	site_free(s);
}
END_TEST

START_TEST(what_ingest_would_refuse_is_dumped_all_the_same)
{
	struct site *s = site_new();
	char *text;

	ck_assert_int_eq(
	    db_exec(s->db,
		"INSERT INTO people (id, seconds, r, raw, extra, free) VALUES"
		" (CAST(x'ff' AS TEXT), 'many', 9e999, 'text', '{\"b\" : 1,"
		" \"a\":12345678901234567890}', x'00')",
		NOARGS),
	    ST_OK);
	text = site_dump(s, DUMP_JSONL);
	ck_assert_ptr_nonnull(strstr(
	    text, "{\"id\":{\"base64\":\"/w==\"},\"n\":null,\"r\":9e999,"));
	ck_assert_ptr_nonnull(strstr(
	    text, "\"seconds\":\"many\",\"raw\":\"text\",\"extra\":\"{"));
	ck_assert_ptr_nonnull(strstr(text, "\"free\":{\"base64\":\"AA==\"}"));
	free(text);
	site_free(s);
}
END_TEST

START_TEST(a_full_disk_ends_a_dump)
{
	struct site *s = site_new();
	FILE *full = fopen("/dev/full", "w");

	ck_assert_ptr_nonnull(full);
	ck_assert_int_eq(site_ingest(s, "f.csv", "id\na\n", DB_INSERT), ST_OK);
	ck_assert_int_eq(dump_collection(s->db, NULL, s->target.table,
			     s->target.collection, DUMP_CSV, NULL, full, NULL),
	    ST_FULL);
	(void)fclose(full);
	site_free(s);
}
END_TEST

START_TEST(running_out_of_memory_ends_a_dump)
{
	struct site *s = site_new();
	enum status st = ST_NOMEM;
	FILE *null = fopen("/dev/null", "w");

	ck_assert_int_eq(site_ingest(s, "f.jsonl",
			     "{\"id\":\"a\",\"extra\":{\"x\":[1]},"
			     "\"raw\":{\"base64\":\"AAEC\"}}",
			     DB_INSERT),
	    ST_OK);
	for (long nth = 0; st == ST_NOMEM; nth++) {
		ck_assert_int_lt(nth, 200);
		test_alloc_fuse(nth);
		st = dump_collection(s->db, NULL, s->target.table,
		    s->target.collection, DUMP_JSONL, NULL, null, NULL);
		test_alloc_fuse(-1);
	}
	ck_assert_int_eq(st, ST_OK);
	(void)fclose(null);
	site_free(s);
}
END_TEST

Suite *dump_suite(void)
{
	Suite *s = suite_create("dump");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, csv_comes_back_as_it_went);
	tcase_add_test(t, jsonl_comes_back_as_it_went);
	tcase_add_test(t, a_dump_is_in_the_order_of_the_key);
	tcase_add_test(t, what_ingest_would_refuse_is_dumped_all_the_same);
	tcase_add_test(t, a_full_disk_ends_a_dump);
	tcase_add_test(t, running_out_of_memory_ends_a_dump);
	suite_add_tcase(s, t);
	return s;
}
