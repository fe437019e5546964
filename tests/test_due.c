/* engine/store/sqlite_time.c: the times of columns, by index and exactly */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "tests/stores.h"
#include "tests/suites.h"

#define ROWS   2000
#define ROUNDS 15

static const char *const types[] = { "TEXT", "VARCHAR(30)", "INTEGER", "",
	"DATE", "DATETIME", "REAL", "ANY", "BLOB" };
#define TYPES (int)(sizeof(types) / sizeof(*types))

/* Values lie close around this one, so that every edge is met. */
static int64_t centre;

static int64_t pick(int64_t low, int64_t high)
{
	return low + (int64_t)((uint64_t)random() % (uint64_t)(high - low + 1));
}

static int64_t near_centre(void)
{
	static const int64_t spans[] = { 2, 3600, 200000, 40000000,
		2000000000 };
	int64_t span = spans[pick(0, 4)];

	return centre + pick(-span, span);
}

/* The seconds as text that is wrong by an offset which it names. */
static void with_offset(char *out, size_t size, int64_t seconds)
{
	int64_t minutes = pick(-1439, 1439);
	char text[INSTANT_TEXT], fraction[16] = "";

	civil_format_instant(seconds + minutes * 60, text);
	if (pick(0, 1))
		(void)snprintf(
		    fraction, sizeof(fraction), ".%03d", (int)pick(0, 999));
	text[10] = "Tt "[pick(0, 2)];
	(void)snprintf(out, size, "%.19s%s%c%02d:%02d", text, fraction,
	    minutes < 0 ? '-' : '+', (int)(llabs(minutes) / 60),
	    (int)(llabs(minutes) % 60));
}

static void digits(char *out, size_t size)
{
	static const char *const signs[] = { "", "", "", "+", "-", "0", "00" };
	int64_t most = 1;
	int i, n = (int)pick(1, 11);

	for (i = 0; i < n; i++)
		most *= 10;
	(void)snprintf(out, size, "%s%lld", signs[pick(0, 6)],
	    (long long)(pick(0, 2) ? pick(0, most - 1) : near_centre()));
}

static void junk(char *out, size_t size)
{
	static const char *const texts[] = { "", " ", "n/a", "0000-00-00",
		"9999", "2026", "20260", "2026-02-30", "2026-13-01",
		"2026-03-01T", "2026-03-01T25:00:00Z", "2026-03-01T10:00:00",
		"2026-3-1", "0001-01-01", "1899-12-31", "1900-01-01",
		"1900-01-01T00:00:00+01:00", "9999-12-31",
		"9999-12-31T23:59:59Z", "9999-12-31T23:59:59-01:00", "99991",
		"-2208988801", "-2208988800", "253402300799", "253402300800",
		"99999999999999999999", "2026/03/01", "2026.5", "1e9", "+", "-",
		"2026-03-01 ", "\xff\xfe" };

	(void)snprintf(out, size, "%s",
	    texts[pick(0, sizeof(texts) / sizeof(*texts) - 1)]);
}

/* Any value that somebody might have put into a column. */
static struct val any_value(char *text, size_t size)
{
	char instant[INSTANT_TEXT];
	int64_t seconds = near_centre();

	civil_format_instant(seconds, instant);
	switch (pick(0, 11)) {
	case 0: return NIL;
	case 1: return INT(seconds);
	case 2: return INT(pick(-10, 10) * INT64_C(100000000000));
	case 3: return REAL((double)seconds + (double)pick(0, 7) / 8);
	case 4: return REAL((double)pick(-10, 10) * 1e300);
	case 5: return BLOB("2020-01-01", 10);
	case 6: (void)snprintf(text, size, "%.10s", instant); break;
	case 7:
		instant[10] = ' ';
		(void)snprintf(text, size, "%.19s", instant);
		break;
	case 8: (void)snprintf(text, size, "%s", instant); break;
	case 9: with_offset(text, size, seconds); break;
	case 10: digits(text, size); break;
	default: junk(text, size); break;
	}
	return TEXT(text);
}

/* ---- what is right ---- */

/* Digits are no time as text, nor is any text in a column of integers. */
static int sorts_as_time(const char *type, struct val v)
{
	return v.type != VAL_TEXT ||
	       (v.n > 4 && ((const char *)v.p)[4] == '-' &&
		   !strstr(type, "INT"));
}

static struct when judge(const char *type, struct val v)
{
	struct when w = { WHEN_NONE, 0, 0 };
	char text[32] = "";

	if (!sorts_as_time(type, v) || (v.type == VAL_REAL && fabs(v.r) > 1e15))
		return w;
	if (v.type == VAL_INT)
		(void)snprintf(text, sizeof(text), "%lld", (long long)v.i);
	if (v.type == VAL_REAL)
		(void)snprintf(text, sizeof(text), "%.0f", ceil(v.r));
	if (*text)
		v = TEXT(text);
	if (v.type != VAL_TEXT || when_parse(v.p, v.n, &w) != ST_OK)
		return (struct when){ WHEN_NONE, 0, 0 };
	return w;
}

static int is_time(struct when w)
{
	return (w.kind == WHEN_DATE && w.day >= WHEN_FIRST_DAY) ||
	       (w.kind == WHEN_INSTANT && w.seconds >= WHEN_FIRST_SECOND);
}

static int is_due(struct when w, int32_t last_day, int64_t before)
{
	return is_time(w) &&
	       (w.kind == WHEN_DATE ? w.day <= last_day : w.seconds < before);
}

/* ---- tables ---- */

static struct db *fill(const char *type, int indexed)
{
	struct db *db;
	struct stmt *s;
	char words[100], text[100];
	int i;

	(void)snprintf(words, sizeof(words),
	    "CREATE TABLE t (id INTEGER PRIMARY KEY, c %s);", type);
	db = stores_new(words);
	if (indexed)
		stores_do(db, "CREATE INDEX i ON t (c)");
	ck_assert_int_eq(db_begin(db, DB_WRITE), ST_OK);
	ck_assert_int_eq(
	    db_query(db, "INSERT INTO t (c) VALUES ($1)", ARGS(NIL), &s),
	    ST_OK);
	for (i = 0; i < ROWS; i++) {
		ck_assert_int_eq(
		    db_again(s, ARGS(any_value(text, sizeof(text)))), ST_OK);
		ck_assert_int_eq(db_row(s), ST_NOTFOUND);
	}
	db_done(s);
	ck_assert_int_eq(db_commit(db), ST_OK);
	return db;
}

/* Every record's judgement by ${q}, which ends in a condition, in order. */
static void select_ids(struct db *db, const struct sql *condition, char *hit)
{
	struct sql q = SQL_INIT;
	struct stmt *s;
	enum status st;

	memset(hit, 0, ROWS + 1);
	sql_add(&q, "SELECT id FROM t WHERE ");
	sql_join(&q, condition);
	ck_assert_msg(db_query_sql(db, &q, &s) == ST_OK, "%s", status_text());
	while ((st = db_row(s)) == ST_OK) {
		ck_assert_int_eq(hit[db_int(s, 0)], 0);
		hit[db_int(s, 0)] = 1;
	}
	ck_assert_int_eq(st, ST_NOTFOUND);
	db_done(s);
	sql_release(&q);
}

/* No line of the plan may read every record. */
static void check_plan(struct db *db, const struct sql *condition)
{
	struct sql q = SQL_INIT;
	struct stmt *s;
	int searches = 0;

	sql_add(&q, "EXPLAIN QUERY PLAN SELECT id FROM t WHERE ");
	sql_join(&q, condition);
	ck_assert_int_eq(db_query_sql(db, &q, &s), ST_OK);
	while (db_row(s) == ST_OK) {
		ck_assert_ptr_null(strstr(db_text(s, 3), "SCAN"));
		searches += strstr(db_text(s, 3), "INDEX i ") != NULL;
	}
	ck_assert_int_gt(searches, 0);
	db_done(s);
	sql_release(&q);
}

/* As ingest stores it: then the shorter range must hold it too. */
static int is_canonical(struct val v)
{
	char text[WHEN_TEXT];

	return v.type != VAL_TEXT ||
	       (when_canonical(v.p, v.n, text) == ST_OK &&
		   strlen(text) == v.n && memcmp(text, v.p, v.n) == 0);
}

/* What ${hit} says of every record is right, and of those that ${effort} is
 * meant for nothing is missing. */
static void check_hits(struct db *db, const struct db_column *column,
    const char *hit, int32_t last_day, int64_t before, int later,
    enum db_effort effort)
{
	struct stmt *s;

	ck_assert_int_eq(
	    db_query(db, "SELECT id, c FROM t", NOARGS, &s), ST_OK);
	while (db_row(s) == ST_OK) {
		struct when w = judge(column->type, db_val(s, 1));
		int right = is_time(w) && is_due(w, last_day, before) != later;
		int found = hit[db_int(s, 0)];

		if (found != right &&
		    (found || effort == DB_EVERY || is_canonical(db_val(s, 1))))
			ck_abort_msg("column %s, day %d, before %lld, later "
				     "%d, effort %d, value '%s': %d",
			    column->type, last_day, (long long)before, later,
			    (int)effort, db_text(s, 1), right);
	}
	db_done(s);
}

static void check_due(struct db *db, const struct db_column *column,
    int indexed, int32_t last_day, int64_t before)
{
	static const enum db_effort efforts[] = { DB_EVERY, DB_BY_INDEX };
	struct sql q = SQL_INIT;
	char hit[ROWS + 1];
	int i, later;

	for (i = 0; i < 4; i++) {
		later = i / 2;
		ck_assert_int_eq(
		    (later ? db_add_later : db_add_due)(db, &q, column, "t",
			"c", last_day, before, efforts[i % 2]),
		    ST_OK);
		if (indexed)
			check_plan(db, &q);
		select_ids(db, &q, hit);
		check_hits(
		    db, column, hit, last_day, before, later, efforts[i % 2]);
		sql_clear(&q);
	}
	sql_release(&q);
}

/* The column's type and whether it has an index come from ${_i}. */
static struct db *open_case(
    int i, struct db_schema *schema, const struct db_column **column)
{
	struct db *db;

	srandom((unsigned int)i);
	centre = pick(0, 3) ? pick(INT64_C(1500000000), INT64_C(2400000000))
			    : pick(WHEN_FIRST_SECOND, INT64_C(9000000000));
	db = fill(types[i % TYPES], i / TYPES % 2);
	ck_assert_int_eq(db_introspect(db, schema), ST_OK);
	*column = db_table_column(db_schema_table(schema, "t"), "c");
	return db;
}

START_TEST(what_sql_finds_due_is_what_is_due)
{
	struct db_schema schema;
	const struct db_column *column;
	struct db *db = open_case(_i, &schema, &column);
	int i;

	for (i = 0; i < ROUNDS; i++) {
		int64_t before = near_centre();
		int32_t day = (int32_t)(before / CIVIL_DAY_SECONDS);

		if (before < 0)
			day--;
		check_due(db, column, _i / TYPES % 2,
		    day + (int32_t)pick(-2, 1), before);
	}
	check_due(db, column, _i / TYPES % 2, INT32_MAX, INT64_MAX);
	check_due(db, column, _i / TYPES % 2, INT32_MIN, INT64_MIN);
	check_due(db, column, _i / TYPES % 2, INT32_MAX, INT64_MIN);
	db_schema_release(&schema);
	db_close(db);
}
END_TEST

START_TEST(what_cannot_be_read_is_found)
{
	struct db_schema schema;
	const struct db_column *column;
	struct db *db = open_case(_i, &schema, &column);
	struct sql every = SQL_INIT, some = SQL_INIT, null = SQL_INIT;
	char all[ROWS + 1], few[ROWS + 1], none[ROWS + 1];
	struct stmt *s;
	int odd, outside, found = 0;
	const char *text;

	ck_assert_int_eq(db_add_unreadable(db, &every, column, "t", "c",
			     DB_NULL_NOT, DB_EVERY),
	    ST_OK);
	ck_assert_int_eq(db_add_unreadable(db, &some, column, "t", "c",
			     DB_NULL_NOT, DB_BY_INDEX),
	    ST_OK);
	ck_assert_int_eq(db_add_unreadable(db, &null, column, "t", "c",
			     DB_NULL_TOO, DB_BY_INDEX),
	    ST_OK);
	if (_i / TYPES % 2) {
		check_plan(db, &some);
		check_plan(db, &null);
	}
	select_ids(db, &null, none);
	select_ids(db, &every, all);
	select_ids(db, &some, few);
	ck_assert_int_eq(
	    db_query(db, "SELECT id, c FROM t", NOARGS, &s), ST_OK);
	while (db_row(s) == ST_OK) {
		struct val v = db_val(s, 1);

		odd = v.type != VAL_NULL && !is_time(judge(column->type, v));
		ck_assert_int_eq(all[db_int(s, 0)], odd);
		/* What does not begin with a year sorts outside of them. */
		text = v.type == VAL_TEXT ? db_text(s, 1) : "";
		outside = v.type == VAL_BLOB || v.type == VAL_INT ||
			  v.type == VAL_REAL || strcmp(text, "1900") < 0 ||
			  strcmp(text, "99990") >= 0;
		ck_assert_int_le(few[db_int(s, 0)], odd);
		if (odd && outside)
			ck_assert_msg(few[db_int(s, 0)], "%s", text);
		ck_assert_int_eq(none[db_int(s, 0)],
		    few[db_int(s, 0)] || v.type == VAL_NULL);
		found += few[db_int(s, 0)];
	}
	ck_assert_int_gt(found, 20);
	db_done(s);
	sql_release(&every);
	sql_release(&some);
	sql_release(&null);
	db_schema_release(&schema);
	db_close(db);
}
END_TEST

START_TEST(a_value_is_the_time_that_it_says)
{
	static char integer[] = "BIGINT";
	const struct db_column whole = { .type = integer };
	struct when w;

	w = db_when(NULL, TEXT("2026-03-01T20:00:00.5+01:00"));
	ck_assert_int_eq(w.kind, WHEN_INSTANT);
	ck_assert_int_eq(w.seconds, 1772391601);
	w = db_when(NULL, TEXT("2026-03-01"));
	ck_assert_int_eq(w.kind, WHEN_DATE);
	ck_assert_int_eq(w.day, 20513);
	ck_assert_int_eq(db_when(&whole, TEXT("2026-03-01")).kind, WHEN_NONE);
	ck_assert_int_eq(db_when(NULL, TEXT("1772391601")).kind, WHEN_NONE);
	ck_assert_int_eq(db_when(NULL, INT(-1)).seconds, -1);
	ck_assert_int_eq(db_when(NULL, REAL(1.25)).seconds, 2);
	ck_assert_int_eq(db_when(NULL, REAL(-1.25)).seconds, -1);
	ck_assert_int_eq(db_when(NULL, INT(INT64_MAX)).kind, WHEN_NONE);
	ck_assert_int_eq(db_when(NULL, REAL(NAN)).kind, WHEN_NONE);
	ck_assert_int_eq(db_when(NULL, REAL(-INFINITY)).kind, WHEN_NONE);
	ck_assert_int_eq(db_when(NULL, NIL).kind, WHEN_NONE);
	ck_assert_int_eq(db_when(NULL, BLOB("2026-03-01", 10)).kind, WHEN_NONE);
	ck_assert_int_eq(db_when(NULL, TEXT("soon")).kind, WHEN_NONE);
}
END_TEST

Suite *due_suite(void)
{
	Suite *s = suite_create("due");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, stores_set_up, stores_tear_down);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, a_value_is_the_time_that_it_says);
	tcase_add_loop_test(t, what_sql_finds_due_is_what_is_due, 0, 4 * TYPES);
	tcase_add_loop_test(t, what_cannot_be_read_is_found, 0, 2 * TYPES);
	suite_add_tcase(s, t);
	return s;
}
