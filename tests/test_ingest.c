/* engine/records: ingest and dump, against a store */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/crypto/crypto.h"
#include "engine/records/dump.h"
#include "engine/records/ingest.h"
#include "engine/store/count.h"
#include "engine/store/migrate.h"
#include "engine/store/sqlite.h"
#include "engine/store/times.h"
#include "tests/suites.h"

static const char schema[] =
    "CREATE TABLE parents (id TEXT NOT NULL PRIMARY KEY);"
    "CREATE TABLE people ("
    "  id TEXT NOT NULL PRIMARY KEY, n INTEGER, r REAL, m NUMERIC, b BOOLEAN,"
    "  at TEXT, day DATE, seconds INTEGER, raw BLOB, extra TEXT, free,"
    "  code TEXT NOT NULL DEFAULT 'none', parent TEXT REFERENCES parents (id)"
    "    DEFERRABLE INITIALLY DEFERRED,"
    "  computed TEXT, UNIQUE (n), CHECK (n < 1000000));"
    "CREATE TABLE pairs (b INTEGER NOT NULL, a TEXT NOT NULL, x,"
    "  PRIMARY KEY (a, b)) WITHOUT ROWID;"
    "CREATE TABLE single (v TEXT)";

static const char dataset[] =
    "dataset:\n"
    "  - fides_key: crm\n"
    "    collections:\n"
    "      - name: people\n"
    "        lethe: {ignore: [free]}\n"
    "        fields:\n"
    "          - {name: id, data_categories: [user.unique_id]}\n"
    "          - {name: n, data_categories: [system.operations]}\n"
    "          - {name: r, data_categories: [user.location]}\n"
    "          - {name: m, data_categories: [system.operations]}\n"
    "          - {name: b, data_categories: [user]}\n"
    "          - {name: at, data_categories: [user]}\n"
    "          - {name: day, data_categories: [user]}\n"
    "          - {name: seconds, data_categories: [user]}\n"
    "          - {name: raw, data_categories: [user]}\n"
    "          - name: extra\n"
    "            fields: [{name: x, data_categories: [user]}]\n"
    "          - name: code\n"
    "            data_categories: [user]\n"
    "            fides_meta: {length: 6}\n"
    "          - name: computed\n"
    "            data_categories: [user]\n"
    "            fides_meta: {read_only: true}\n"
    "          - {name: parent, data_categories: [user]}\n"
    "      - name: pairs\n"
    "        fields:\n"
    "          - {name: a, data_categories: [user]}\n"
    "          - {name: b, data_categories: [user]}\n"
    "          - {name: x, data_categories: [user]}\n"
    "      - name: single\n"
    "        fields: [{name: v, data_categories: [user]}]\n";

/* A store, a dataset and a collection of them. */
struct site {
	struct secret_key *key;
	struct db *db;
	struct db_schema schema;
	struct dataset *dataset;
	struct diag diag;
	struct ingest_target target;
	struct ingest_report report;
	char folder[80];
};

static void set_target(struct site *s, const char *collection)
{
	static const char *const times[] = { "at", "seconds", "elsewhere" };

	ingest_target_release(&s->target);
	ck_assert_int_eq(
	    ingest_target_init(&s->target, "crm",
		db_schema_table(&s->schema, collection),
		dataset_collection(s->dataset, collection), times, 3),
	    ST_OK);
}

static struct site *site_new(void)
{
	struct sqlite_spec spec = { .name = "crm",
		.algorithm = AEAD_AES256_OCB };
	struct site *s = calloc(1, sizeof(*s));
	char path[120];
	size_t count;

	(void)snprintf(s->folder, sizeof(s->folder), "%s", test_folder());
	(void)snprintf(path, sizeof(path), "%s/crm.yml", s->folder);
	ck_assert_int_eq(
	    file_create(path, dataset, sizeof(dataset) - 1, 0600), ST_OK);
	if (dataset_load(path, &s->diag, &s->dataset, &count) != ST_OK)
		diag_print(&s->diag, stdout);
	ck_assert_ptr_nonnull(s->dataset);
	(void)snprintf(path, sizeof(path), "%s/crm.db", s->folder);
	spec.path = path;
	ck_assert_int_eq(crypto_init(), ST_OK);
	ck_assert_int_eq(secret_random(&s->key), ST_OK);
	spec.key = s->key;
	ck_assert_int_eq(sqlite_open(&spec, SQLITE_MODE_CREATE, &s->db), ST_OK);
	ck_assert_int_eq(db_script(s->db, schema), ST_OK);
	ck_assert_int_eq(migrate_run(s->db, embedded, "schemas/store/"), ST_OK);
	ck_assert_int_eq(db_introspect(s->db, &s->schema), ST_OK);
	set_target(s, "people");
	return s;
}

static void site_free(struct site *s)
{
	ingest_report_release(&s->report);
	ingest_target_release(&s->target);
	db_schema_release(&s->schema);
	dataset_release(s->dataset);
	free(s->dataset);
	diag_release(&s->diag);
	db_close(s->db);
	secret_free(s->key);
	free(s);
}

static enum status ingest(struct site *s, const char *name, const char *text,
    enum db_insert_mode mode)
{
	struct ingest_source source = { .format = INGEST_BY_NAME };
	char path[120];

	(void)snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	ck_assert_int_eq(file_replace(path, text, strlen(text), 0600), ST_OK);
	source.path = path;
	ingest_report_release(&s->report);
	return ingest_file(s->db, &s->target, &source, mode, &s->report);
}

static char *dump(struct site *s, enum dump_format format)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	ck_assert_int_eq(dump_collection(s->db, s->target.table,
			     s->target.collection, format, f, NULL),
	    ST_OK);
	(void)fclose(f);
	return text;
}

static void check_dump(
    struct site *s, enum dump_format format, const char *want)
{
	char *text = dump(s, format);

	ck_assert_str_eq(text, want);
	free(text);
}

static void check_count(struct site *s, int64_t want)
{
	int64_t kept = -1, there = -1;

	ck_assert_int_eq(count_get(s->db, s->target.table->name, &kept), ST_OK);
	ck_assert_int_eq(kept, want);
	ck_assert_int_eq(count_anew(s->db, s->target.table->name), ST_OK);
	ck_assert_int_eq(
	    count_get(s->db, s->target.table->name, &there), ST_OK);
	ck_assert_int_eq(there, want);
}

static void print_report(const struct site *s)
{
	printf("%s\n", status_text());
	for (size_t i = 0; i < s->report.problem_count; i++)
		printf("  %s\n", s->report.problems[i]);
}

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
	st = ingest(s, "one.csv", buf_text(&file), DB_INSERT);
	if (values[_i].type) {
		if (st != ST_OK)
			print_report(s);
		ck_assert_int_eq(st, ST_OK);
		check_stored(
		    s, values[_i].column, values[_i].type, values[_i].stored);
		check_count(s, 1);
	} else {
		ck_assert(st == ST_INVALID || st == ST_CONFLICT);
		why = s->report.problem_count ? s->report.problems[0]
					      : status_text();
		if (strstr(why, values[_i].stored) == NULL)
			print_report(s);
		ck_assert_ptr_nonnull(strstr(why, values[_i].stored));
		ck_assert_ptr_null(strstr(why, "CANARY"));
		check_count(s, 0);
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
	st = ingest(s, "one.jsonl", buf_text(&file), DB_INSERT);
	if (st != ST_OK)
		print_report(s);
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
	    ingest(s, "h.csv", headers[_i].text, DB_INSERT), ST_INVALID);
	ck_assert_uint_eq(s->report.problem_count, 1);
	if (strstr(s->report.problems[0], headers[_i].where) == NULL)
		print_report(s);
	ck_assert_ptr_nonnull(strstr(s->report.problems[0], "h.csv:1: "));
	ck_assert_ptr_nonnull(strstr(s->report.problems[0], headers[_i].where));
	ck_assert_ptr_null(strstr(s->report.problems[0], "CANARY"));
	site_free(s);
}
END_TEST

START_TEST(a_column_that_no_rule_covers_is_noted)
{
	struct site *s = site_new();

	db_schema_release(&s->schema);
	ck_assert_int_eq(
	    db_script(s->db, "ALTER TABLE people ADD COLUMN stray TEXT"),
	    ST_OK);
	ck_assert_int_eq(db_introspect(s->db, &s->schema), ST_OK);
	set_target(s, "people");
	ck_assert_int_eq(ingest(s, "f.jsonl",
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

	ck_assert_int_eq(ingest(s, "f.jsonl",
			     "{\"id\":\"1\",\"n\":1,\"code\":\"a\"}\n"
			     "{\"n\":2,\"id\":\"2\"}\n{\"id\":\"3\"}\n"
			     "{\"id\":\"4\",\"n\":4,\"code\":\"b\"}\n",
			     DB_INSERT),
	    ST_OK);
	ck_assert_int_eq(s->report.records, 4);
	ck_assert_int_eq(ingest(s, "g.jsonl",
			     "{\"id\":\"1\",\"r\":0.5}\n"
			     "{\"id\":\"5\",\"n\":null}\n",
			     DB_UPSERT),
	    ST_OK);
	check_count(s, 5);
	set_target(s, "people");
	check_dump(s, DUMP_CSV,
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
	    ingest(s, "f.jsonl", buf_text(&file), DB_INSERT), ST_OK);
	check_count(s, 320);
	buf_release(&file);
	site_free(s);
}
END_TEST

/* ---- all or nothing ---- */

START_TEST(one_bad_line_keeps_nothing)
{
	struct site *s = site_new();

	ck_assert_int_eq(ingest(s, "a.csv", "id,n\na,1\n", DB_INSERT), ST_OK);
	ck_assert_int_eq(
	    ingest(s, "f.csv",
		"id,n,at\nb,2,\nc,x,soon\n\"d\n\n\",3,\"\"\ne,4,\n", DB_INSERT),
	    ST_INVALID);
	check_count(s, 1);
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
	    ingest(s, "f.csv", buf_text(&file), DB_INSERT), ST_INVALID);
	ck_assert_uint_eq(s->report.problem_count, INGEST_MOST_PROBLEMS);
	ck_assert_ptr_nonnull(strstr(status_text(), "20 problems and perhaps"));
	buf_release(&file);
	site_free(s);
}
END_TEST

START_TEST(a_key_that_is_there_twice_is_named)
{
	struct site *s = site_new();

	ck_assert_int_eq(
	    ingest(s, "f.csv", "id\na\nb\na\nc\n", DB_INSERT), ST_CONFLICT);
	ck_assert_uint_eq(s->report.problem_count, 1);
	ck_assert_ptr_nonnull(strstr(s->report.problems[0],
	    "f.csv:4: crm: UNIQUE constraint failed: people.id"));
	check_count(s, 0);
	ck_assert_int_eq(ingest(s, "a.csv", "id\na\nb\n", DB_INSERT), ST_OK);
	ck_assert_int_eq(
	    ingest(s, "g.csv", "id\nc\nb\n", DB_INSERT), ST_CONFLICT);
	ck_assert_ptr_nonnull(strstr(s->report.problems[0], "g.csv:3: "));
	check_count(s, 2);
	ck_assert_int_eq(
	    ingest(s, "g.csv", "id,n\nc,1\nb,2\nb,3\n", DB_UPSERT), ST_OK);
	check_count(s, 3);
	check_stored(s, "n", "null", NULL);
	site_free(s);
}
END_TEST

START_TEST(what_fails_at_the_end_keeps_nothing)
{
	struct site *s = site_new();

	ck_assert_int_eq(
	    ingest(s, "f.csv", "id,parent\na,\nb,nobody\n", DB_INSERT),
	    ST_CONFLICT);
	ck_assert_ptr_nonnull(strstr(status_text(), "nothing was kept: crm:"));
	check_count(s, 0);
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
	check_count(s, 0);
	source.progress = NULL;
	ck_assert_int_eq(
	    ingest_file(s->db, &s->target, &source, DB_INSERT, &s->report),
	    ST_OK);
	check_count(s, s->report.records);
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

	ck_assert_int_eq(ingest(s, "f.csv", "id,at\na,5\n", DB_INSERT), ST_OK);
	ck_assert_int_eq(is_vouched(s, "at"), 1);
	ck_assert_int_eq(is_vouched(s, "day"), 1);
	ck_assert_int_eq(is_vouched(s, "n"), 0);
	ck_assert_int_eq(db_script(s->db, "DELETE FROM lethe_time"), ST_OK);
	ck_assert_int_eq(ingest(s, "f.csv", "id\nb\n", DB_INSERT), ST_OK);
	ck_assert_int_eq(is_vouched(s, "at"), 0);
	site_free(s);
}
END_TEST

START_TEST(a_default_is_not_vouched_for)
{
	struct site *s = site_new();

	db_schema_release(&s->schema);
	ck_assert_int_eq(
	    db_script(s->db, "ALTER TABLE people DROP COLUMN at;"
			     "ALTER TABLE people ADD COLUMN at DEFAULT 'soon'"),
	    ST_OK);
	ck_assert_int_eq(db_introspect(s->db, &s->schema), ST_OK);
	set_target(s, "people");
	ck_assert_int_eq(
	    ingest(s, "f.jsonl", "{\"id\":\"a\",\"at\":5}\n{\"id\":\"b\"}\n",
		DB_INSERT),
	    ST_OK);
	ck_assert_int_eq(is_vouched(s, "at"), 0);
	ck_assert_int_eq(is_vouched(s, "day"), 1);
	site_free(s);
}
END_TEST

START_TEST(a_format_goes_by_name)
{
	struct site *s = site_new();

	ck_assert_int_eq(ingest(s, "f.txt", "id\n", DB_INSERT), ST_USAGE);
	ck_assert_int_eq(ingest(s, "f", "id\n", DB_INSERT), ST_USAGE);
	ck_assert_int_eq(ingest(s, "f.csv", "id\n", DB_INSERT), ST_OK);
	ck_assert_int_eq(ingest(s, "f.jsonl", "", DB_INSERT), ST_OK);
	check_count(s, 0);
	site_free(s);
}
END_TEST

/* ---- there and back ---- */

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

/* `computed` is read-only and so does not come back in. */
static void drop_computed(struct site *s)
{
	db_schema_release(&s->schema);
	ck_assert_int_eq(
	    db_script(s->db, "ALTER TABLE people DROP COLUMN computed"), ST_OK);
	ck_assert_int_eq(db_introspect(s->db, &s->schema), ST_OK);
	set_target(s, "people");
}

static void there_and_back(
    const char *name, const char *given, enum dump_format format)
{
	struct site *s = site_new();
	char *first, *second;
	enum status st;

	drop_computed(s);
	st = ingest(s, name, given, DB_INSERT);
	if (st != ST_OK)
		print_report(s);
	ck_assert_int_eq(st, ST_OK);
	first = dump(s, format);
	ck_assert_str_eq(first, given);
	ck_assert_int_eq(
	    db_script(s->db, "DELETE FROM people; DELETE FROM lethe_count"),
	    ST_OK);
	ck_assert_int_eq(ingest(s, name, first, DB_INSERT), ST_OK);
	second = dump(s, format);
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

	set_target(s, "pairs");
	ck_assert_int_eq(ingest(s, "f.csv",
			     "x,b,a\n1,2,y\n2,1,y\n3,10,x\n4,9,x\n", DB_INSERT),
	    ST_OK);
	check_dump(s, DUMP_CSV, "b,a,x\n9,x,4\n10,x,3\n1,y,2\n2,y,1\n");
	check_dump(s, DUMP_JSONL,
	    "{\"b\":9,\"a\":\"x\",\"x\":\"4\"}\n"
	    "{\"b\":10,\"a\":\"x\",\"x\":\"3\"}\n"
	    "{\"b\":1,\"a\":\"y\",\"x\":\"2\"}\n"
	    "{\"b\":2,\"a\":\"y\",\"x\":\"1\"}\n");
	set_target(s, "single");
	ck_assert_int_eq(
	    ingest(s, "f.csv", "v\n\n\"\"\nx\n\n", DB_INSERT), ST_OK);
	check_count(s, 4);
	check_dump(s, DUMP_CSV, "v\n\n\"\"\nx\n\n");
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
	text = dump(s, DUMP_JSONL);
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
	ck_assert_int_eq(ingest(s, "f.csv", "id\na\n", DB_INSERT), ST_OK);
	ck_assert_int_eq(dump_collection(s->db, s->target.table,
			     s->target.collection, DUMP_CSV, full, NULL),
	    ST_FULL);
	(void)fclose(full);
	site_free(s);
}
END_TEST

/* ---- out of memory ---- */

START_TEST(running_out_of_memory_keeps_nothing)
{
	static const char *const names[] = { "f.csv", "f.jsonl", "g.csv" };
	static const char *const texts[] = { "id,at,extra,raw\na,5,[1],AAEC\n",
		"{\"id\":\"a\",\"at\":5,\"extra\":{\"b\":1,\"a\":2}}\n"
		"{\"id\":\"b\",\"n\":5}\n",
		"id,n\na,x\nb,y\n\"" };
	struct site *s = site_new();
	struct ingest_source source = { .format = INGEST_BY_NAME };
	enum status st = ST_NOMEM;
	char path[120];
	long nth;

	(void)snprintf(path, sizeof(path), "%s/%s", s->folder, names[_i]);
	ck_assert_int_eq(
	    file_create(path, texts[_i], strlen(texts[_i]), 0600), ST_OK);
	source.path = path;
	for (nth = 0; st == ST_NOMEM; nth++) {
		ck_assert_int_lt(nth, 500);
		ingest_report_release(&s->report);
		test_alloc_fuse(nth);
		st = ingest_file(
		    s->db, &s->target, &source, DB_INSERT, &s->report);
		test_alloc_fuse(-1);
		if (st == ST_NOMEM)
			check_count(s, 0);
	}
	ck_assert_int_eq(st, _i == 2 ? ST_INVALID : ST_OK);
	ck_assert_int_gt(nth, 10);
	site_free(s);
}
END_TEST

START_TEST(running_out_of_memory_ends_a_dump)
{
	struct site *s = site_new();
	enum status st = ST_NOMEM;
	FILE *null = fopen("/dev/null", "w");

	ck_assert_int_eq(ingest(s, "f.jsonl",
			     "{\"id\":\"a\",\"extra\":{\"x\":[1]},"
			     "\"raw\":{\"base64\":\"AAEC\"}}",
			     DB_INSERT),
	    ST_OK);
	for (long nth = 0; st == ST_NOMEM; nth++) {
		ck_assert_int_lt(nth, 200);
		test_alloc_fuse(nth);
		st = dump_collection(s->db, s->target.table,
		    s->target.collection, DUMP_JSONL, null, NULL);
		test_alloc_fuse(-1);
	}
	ck_assert_int_eq(st, ST_OK);
	(void)fclose(null);
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
	tcase_add_test(t, csv_comes_back_as_it_went);
	tcase_add_test(t, jsonl_comes_back_as_it_went);
	tcase_add_test(t, a_dump_is_in_the_order_of_the_key);
	tcase_add_test(t, what_ingest_would_refuse_is_dumped_all_the_same);
	tcase_add_test(t, a_full_disk_ends_a_dump);
	tcase_add_loop_test(t, running_out_of_memory_keeps_nothing, 0, 3);
	tcase_add_test(t, running_out_of_memory_ends_a_dump);
	suite_add_tcase(s, t);
	return s;
}
