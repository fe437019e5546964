/* engine/store/postgres_val.c, postgres_time.c, postgres_schema.c */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/db_time.h"
#include "tests/server.h"
#include "tests/suites.h"

static const struct {
	const char *type, *text;
	enum val_type kind;
	const char *back;
} values[] = {
	{ "bigint", "-9223372036854775808", VAL_INT, "-9223372036854775808" },
	{ "boolean", "true", VAL_INT, "1" },
	{ "numeric(10,2)", "5.00", VAL_INT, "5" },
	{ "numeric", "0.1", VAL_REAL, "0.1" },
	{ "numeric", "12345678901234567890", VAL_TEXT, "12345678901234567890" },
	{ "double precision", "2.5", VAL_REAL, "2.5" },
	{ "text", "", VAL_TEXT, "" },
	{ "character(5)", "ab", VAL_TEXT, "ab" },
	{ "uuid", "7f000001-0000-4000-8000-000000000001", VAL_TEXT,
	    "7f000001-0000-4000-8000-000000000001" },
	{ "date", "2024-02-29", VAL_TEXT, "2024-02-29" },
	{ "timestamp with time zone", "2024-02-29T12:00:00.5+09:00", VAL_TEXT,
	    "2024-02-29T03:00:00.5Z" },
	{ "timestamp without time zone", "2024-02-29 12:00:00", VAL_TEXT,
	    "2024-02-29 12:00:00" },
	{ "jsonb", "{\"a\": 1}", VAL_TEXT, "{\"a\": 1}" },
	{ "bytea", "\\x00ff", VAL_BLOB, "\\x00ff" },
};

/* Also as a key of ours, which must be the text that the value is. */
START_TEST(a_value_comes_back_as_it_went_and_is_its_own_key)
{
	struct db_schema schema;
	struct sql q = SQL_INIT;
	struct stmt *s = NULL;
	struct val v, given = TEXT(values[_i].text);
	char create[200];

	(void)snprintf(
	    create, sizeof(create), "CREATE TABLE a (v %s)", values[_i].type);
	server_do(db, create);
	if (values[_i].kind == VAL_BLOB)
		given = BLOB("\0\377", 2);
	ck_assert_int_eq(
	    db_exec(db, "INSERT INTO a VALUES ($1)", ARGS(given)), ST_OK);
	ck_assert_int_eq(db_introspect(db, &schema), ST_OK);
	sql_add(&q, "SELECT v, ");
	db_add_key(db, &q, &schema.tables[0].columns[0], "a");
	sql_add(&q, " FROM a");
	ck_assert_int_eq(db_query_sql(db, &q, &s), ST_OK);
	ck_assert_int_eq(db_row(s), ST_OK);
	v = db_val(s, 0);
	ck_assert_int_eq(v.type, values[_i].kind);
	if (v.type == VAL_BLOB)
		ck_assert_mem_eq(v.p, given.p, 2);
	else if (v.type == VAL_TEXT)
		ck_assert_mem_eq(v.p, values[_i].back, v.n);
	else
		ck_assert_double_eq(v.type == VAL_INT ? (double)v.i : v.r,
		    strtod(values[_i].back, NULL));
	if (values[_i].type[0] != 'j')
		ck_assert_str_eq(db_text(s, 1), values[_i].back);
	db_done(s);
	sql_release(&q);
	db_schema_release(&schema);
}
END_TEST

/* In a text: what each driver must take for a time, and what not. */
static const char *const texts[] = { "2024-02-29", "2023-02-29", "1900-02-29",
	"2000-02-29", "2100-02-29", "2024-04-31", "2024-13-01", "2024-00-10",
	"1899-12-31", "1900-01-01", "9999-12-31", "0000-02-29", "10000-01-01",
	"2024-01-01T00:00:00Z", "2024-01-01t00:00:00z", "2024-01-01 00:00:00",
	"2024-01-01T00:00:00", "2024-01-01 00:00:00+09:00",
	"2024-01-01T23:59:60Z", "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z",
	"2024-01-01T00:00:00.000Z", "2024-01-01T00:00:00.001Z",
	"2024-01-01T00:00:00.1234567890Z", "2024-01-01T00:00:00.Z",
	"2023-12-31T23:59:59.5Z", "2024-01-01T00:00:00+23:59",
	"2024-01-01T00:00:00-23:59", "2024-01-01T00:00:00+24:00",
	"2024-01-01T00:00:00+0900", "1899-12-31T23:00:00-05:00",
	"1900-01-01T00:00:00+05:00", "9999-12-31T23:59:59Z",
	"9999-12-31T23:59:59.5Z", "1704067200", "20240101", "", " ", "soon",
	"2024-01-01\n", "2024-1-1", "2024-01-01T00:00Z",
	"'; DROP TABLE a; --" };

static int is_true(const struct sql *where)
{
	struct sql q = SQL_INIT;
	int64_t n = -1;

	sql_add(&q, "SELECT count(*) FROM a AS t WHERE ");
	sql_join(&q, where);
	MUST(db_one_int_sql(db, &q, 0, &n) == ST_OK, "%s", status_text());
	sql_release(&q);
	return n == 1;
}

/* The conditions must say of the one value in a.v what db_when() says. */
static void compare(const struct db_column *c, struct val v, const char *text)
{
	static const enum db_effort efforts[] = { DB_BY_INDEX, DB_EVERY };
	const int64_t before = 1704067200; /* 2024-01-01T00:00:00Z */
	const int32_t last_day = 19722;    /* 2023-12-31 */
	struct when w = db_when(c, v);
	int readable = db_time_is_readable(w), due, said[3];
	struct sql q[3] = { SQL_INIT, SQL_INIT, SQL_INIT };

	due = readable &&
	      (w.kind == WHEN_DATE ? w.day <= last_day : w.seconds < before);
	for (size_t i = 0; i < 2; i++) {
		/* What an index finds holds for canonical text alone. */
		if (efforts[i] == DB_BY_INDEX && v.type == VAL_TEXT)
			continue;
		ck_assert_int_eq(db_add_due(db, &q[0], c, "t", "v", last_day,
				     before, efforts[i]),
		    ST_OK);
		ck_assert_int_eq(db_add_later(db, &q[1], c, "t", "v", last_day,
				     before, efforts[i]),
		    ST_OK);
		ck_assert_int_eq(db_add_unreadable(db, &q[2], c, "t", "v",
				     DB_NULL_NOT, efforts[i]),
		    ST_OK);
		for (int k = 0; k < 3; k++) {
			said[k] = is_true(&q[k]);
			sql_clear(&q[k]);
		}
		MUST(said[0] == due, "%s due: %d", text, said[0]);
		MUST(said[1] == (readable && !due), "%s later: %d", text,
		    said[1]);
		MUST(said[2] == (!readable && v.type != VAL_NULL),
		    "%s unreadable: %d", text, said[2]);
	}
	for (int k = 0; k < 3; k++)
		sql_release(&q[k]);
}

static void compare_all(const char *type, const char *const *list, size_t n)
{
	const struct db_column none = { .name = NULL };
	struct db_schema schema;
	struct stmt *s = NULL;
	char create[200];

	(void)snprintf(create, sizeof(create),
	    "DROP TABLE IF EXISTS a; CREATE TABLE a (v %s)", type);
	server_do(db, create);
	ck_assert_int_eq(db_introspect(db, &schema), ST_OK);
	for (size_t i = 0; i < n; i++) {
		DO(db, "DELETE FROM a");
		MUST(db_exec(db, "INSERT INTO a VALUES ($1)",
			 ARGS(TEXT(list[i]))) == ST_OK,
		    "%s", status_text());
		ck_assert_int_eq(
		    db_query(db, "SELECT v FROM a", NOARGS, &s), ST_OK);
		ck_assert_int_eq(db_row(s), ST_OK);
		compare(strcmp(type, "jsonb") == 0
			    ? &none
			    : &schema.tables[0].columns[0],
		    db_val(s, 0), list[i]);
		db_done(s);
	}
	db_schema_release(&schema);
}

START_TEST(text_is_a_time_or_none_and_never_an_error)
{
	size_t n = sizeof(texts) / sizeof(*texts);

	compare_all("text", texts, n);
	compare_all("jsonb", texts, n);
	compare_all("text COLLATE \"en-x-icu\"", texts, n);
}
END_TEST

static const struct {
	const char *type;
	const char *list[9];
} natives[] = {
	{ "date",
	    { "2023-12-31", "2024-01-01", "1899-12-31", "1900-01-01",
		"9999-12-31", "10000-01-01", "infinity", "-infinity", NULL } },
	{ "timestamptz",
	    { "2023-12-31 23:59:59+00", "2023-12-31 23:59:59.5+00",
		"2024-01-01 00:00:00+00", "1899-12-31 23:59:59.5+00",
		"1899-12-31 23:59:59+00", "9999-12-31 23:59:59+00", "infinity",
		"0044-03-15 00:00:00+00 BC", NULL } },
	{ "timestamp", { "2023-12-31 23:59:59", "2024-01-01 00:00:00",
			   "2023-12-31 23:59:59.000001", "infinity", NULL } },
	{ "bigint",
	    { "1704067199", "1704067200", "-2208988801", "-2208988800",
		"253402300799", "253402300800", "1704067199000", NULL } },
	{ "int4", { "1704067199", "1704067200", "-2147483648", NULL } },
	{ "numeric", { "1704067199", "1704067199.5", "1704067200",
			 "-2208988800.5", NULL } },
	{ "double precision",
	    { "1704067199", "1704067199.5", "1704067200", NULL } },
	{ "uuid", { "7f000001-0000-4000-8000-000000000001", NULL } },
	{ "boolean", { NULL } },
};

START_TEST(native_times_are_judged_as_values_are)
{
	size_t n = 0;

	while (natives[_i].list[n])
		n++;
	compare_all(natives[_i].type, natives[_i].list, n);
}
END_TEST

START_TEST(a_schema_is_read_as_it_is)
{
	const struct db_table *t;
	struct db_schema s;

	DO(db, "CREATE TYPE kind AS ENUM ('a');"
	       "CREATE DOMAIN points AS integer NOT NULL;"
	       "CREATE TABLE parent (id uuid PRIMARY KEY, kind kind,"
	       " points points, list text[], at timestamptz,"
	       " name varchar(20) COLLATE \"en-x-icu\" CHECK (name <> ''));"
	       "CREATE TABLE child (id bigint, part date NOT NULL,"
	       " n integer GENERATED ALWAYS AS (id + 1) STORED,"
	       " parent uuid REFERENCES parent ON DELETE CASCADE,"
	       " PRIMARY KEY (part, id)) PARTITION BY RANGE (part);"
	       "CREATE TABLE child_2024 PARTITION OF child"
	       " FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');"
	       "CREATE INDEX on_parent ON child (parent) WHERE parent IS NOT NULL;"
	       "CREATE TABLE lethe_own (id INTEGER);");
	ck_assert_int_eq(db_introspect(db, &s), ST_OK);
	ck_assert_uint_eq(s.count, 2);
	t = db_schema_table(&s, "child");
	ck_assert_int_eq(db_table_column(t, "id")->key, 2);
	ck_assert_int_eq(db_table_column(t, "n")->generated, 1);
	ck_assert_uint_eq(t->foreign_key_count, 1);
	ck_assert_str_eq(t->foreign_keys[0].table, "parent");
	ck_assert_str_eq(t->foreign_keys[0].from[0], "parent");
	ck_assert_str_eq(t->foreign_keys[0].to[0], "id");
	ck_assert_str_eq(t->foreign_keys[0].on_delete, "CASCADE");
	ck_assert_uint_eq(t->index_count, 2);
	ck_assert_int_eq(t->indexes[1].partial, 1);
	t = db_schema_table(&s, "parent");
	ck_assert_str_eq(db_table_column(t, "kind")->type, "enum");
	ck_assert_str_eq(db_table_column(t, "list")->type, "array");
	ck_assert_str_eq(db_table_column(t, "points")->type, "integer");
	ck_assert_int_eq(db_table_column(t, "points")->not_null, 1);
	ck_assert_int_eq(db_table_column(t, "name")->checked, 1);
	ck_assert_int_eq(db_table_column(t, "name")->by_language, 1);
	ck_assert_int_eq(db_table_column(t, "at")->by_language, 0);
	db_schema_release(&s);
}
END_TEST

Suite *postgres_values_suite(void)
{
	Suite *s = suite_create("postgres_values");
	TCase *t = server_case(s);

	tcase_add_loop_test(t, a_value_comes_back_as_it_went_and_is_its_own_key,
	    0, (int)(sizeof(values) / sizeof(*values)));
	tcase_add_test(t, text_is_a_time_or_none_and_never_an_error);
	tcase_add_loop_test(t, native_times_are_judged_as_values_are, 0,
	    (int)(sizeof(natives) / sizeof(*natives)));
	tcase_add_test(t, a_schema_is_read_as_it_is);
	return s;
}
