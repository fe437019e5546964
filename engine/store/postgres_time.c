/*
 * Times in columns.  Of the native types and of numbers, a comparison says all
 * and an index finds it.  Text may hold any form of engine/base/when.h, or
 * none: a regular expression that lets through only what is a day of the
 * calendar and an hour of the clock stands before each conversion, so that bad
 * text is no time and never an error; and before that, a range of text that an
 * index can walk (see db_time.h).
 */
#include <string.h>

#include "engine/base/when.h"
#include "engine/store/column_kind.h"
#include "engine/store/db_time.h"
#include "engine/store/postgres.h"

#define FIRST_SECOND WHEN_FIRST_SECOND
#define LAST_SECOND  DB_TIME_LAST_SECOND
#define LAST_DAY     DB_TIME_LAST_DAY

/* ---- what is asked of which column ---- */

enum form {
	FORM_NONE, /* of a type that holds no times */
	FORM_DATE,
	FORM_TIMESTAMP,   /* without a zone: UTC */
	FORM_TIMESTAMPTZ, /* an instant */
	FORM_NUMBER,      /* Unix seconds */
	FORM_TEXT,
	FORM_KEPT, /* a value of ours: jsonb, a number or text */
};

struct asked {
	struct postgres *pg;
	struct sql *q;
	const struct db_column *type;
	const char *table;
	const char *column;
	enum form form;
};

static int begins(const char *type, const char *word, size_t n)
{
	return strncasecmp(type, word, n) == 0;
}

static enum form form_of(const struct db_column *type)
{
	const char *t = type->type;

	if (t == NULL)
		return FORM_KEPT;
	if (strcasecmp(t, "date") == 0)
		return FORM_DATE;
	if (begins(t, "timestamp", 9))
		return strcasestr(t, "with time zone") ? FORM_TIMESTAMPTZ
						       : FORM_TIMESTAMP;
	switch (column_kind_of(t)) {
	case COLUMN_INTEGER:
	case COLUMN_REAL:
	case COLUMN_NUMERIC: return FORM_NUMBER;
	case COLUMN_TEXT: return FORM_TEXT;
	case COLUMN_ANY:
	case COLUMN_BOOLEAN:
	case COLUMN_BLOB:
	case COLUMN_JSON: break;
	}
	return FORM_NONE;
}

/* The column; of a kept value its text. */
static void add_column(const struct asked *a)
{
	sql_column(a->q, a->table, a->column);
	if (a->form == FORM_KEPT)
		sql_add(a->q, " #>> '{}'");
}

/* ---- bounds ---- */

static void add_day(const struct asked *a, int64_t day)
{
	char text[DB_TIME_BOUND];

	civil_format(
	    (int32_t)db_time_clamp(day, WHEN_FIRST_DAY - 1, LAST_DAY), text);
	sql_add(a->q, "CAST(");
	sql_bind_text(a->q, text);
	sql_add(a->q, " AS date)");
}

static void add_second(const struct asked *a, int64_t second)
{
	int64_t n = db_time_clamp(second, FIRST_SECOND - 1, LAST_SECOND);
	char text[DB_TIME_BOUND];

	sql_add(a->q, "CAST(");
	if (a->form == FORM_TIMESTAMP || a->form == FORM_TIMESTAMPTZ) {
		civil_format_instant(n, text);
		sql_bind_text(a->q, text);
		if (a->form == FORM_TIMESTAMP)
			sql_add(a->q, " AS timestamp)");
		else
			sql_add(a->q, " AS timestamptz)");
		return;
	}
	sql_bind_int(a->q, n);
	sql_add(a->q, " AS bigint)");
}

/* ---- times in text ---- */

/* Years from 1899 (an offset may carry into 1900); 29 February by the
 * Gregorian rule. */
#define DAYS                                                            \
	"((1899|19[0-9]{2}|[2-9][0-9]{3})-"                             \
	"((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"                    \
	"|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))" \
	"|((19|[2-9][0-9])(0[48]|[2468][048]|[13579][26])"              \
	"|([2468][048]|[3579][26])00)-02-29)"
#define CLOCK  "([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)([.][0-9]{1,9})?"
#define OFFSET "([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"

/* "CASE WHEN text is a date THEN that day END" */
static void add_text_day(const struct asked *a)
{
	sql_add(a->q, "CASE WHEN ");
	add_column(a);
	sql_add(a->q, " ~ '^" DAYS "$' THEN CAST(");
	add_column(a);
	sql_add(a->q, " AS date) END");
}

/* "+ N * the number that stands at ..." */
static void add_part(const struct asked *a, const char *place, const char *unit)
{
	sql_add(a->q, " + CAST(substr(");
	add_column(a);
	buf_adds(&a->q->text, place);
	sql_add(a->q, ") AS bigint)");
	buf_adds(&a->q->text, unit);
}

/* "CASE WHEN text is an instant THEN its second, rounded up, END" */
static void add_text_second(const struct asked *a)
{
	struct sql *q = a->q;

	sql_add(q, "CASE WHEN ");
	add_column(a);
	sql_add(q, " ~ '^" DAYS "([Tt]" CLOCK OFFSET "| " CLOCK OFFSET
		   "?)$' THEN (CAST(substr(");
	add_column(a);
	sql_add(q, ", 1, 10) AS date) - DATE '1970-01-01') * BIGINT '86400'");
	add_part(a, ", 12, 2", " * 3600");
	add_part(a, ", 15, 2", " * 60");
	add_part(a, ", 18, 2", "");
	sql_add(q, " + CASE WHEN ");
	add_column(a);
	sql_add(q, " ~ '[.][0-9]*[1-9]' THEN 1 ELSE 0 END"
		   " - CASE WHEN ");
	add_column(a);
	sql_add(q, " ~ '[+-][0-9]{2}:[0-9]{2}$' THEN"
		   " (CAST(left(right(");
	add_column(a);
	sql_add(q, ", 5), 2) AS bigint) * 3600 + CAST(right(");
	add_column(a);
	sql_add(q, ", 2) AS bigint) * 60) * CASE left(right(");
	add_column(a);
	sql_add(q, ", 6), 1) WHEN '-' THEN -1 ELSE 1 END ELSE 0 END END");
}

/* A day or a second of the text between two. */
static void add_text_between(const struct asked *a, int64_t first_day,
    int64_t last_day, int64_t first, int64_t last)
{
	sql_add(a->q, "(");
	add_text_day(a);
	sql_add(a->q, " BETWEEN ");
	add_day(a, first_day);
	sql_add(a->q, " AND ");
	add_day(a, last_day);
	sql_add(a->q, " OR ");
	add_text_second(a);
	sql_add(a->q, " BETWEEN ");
	add_second(a, first);
	sql_add(a->q, " AND ");
	add_second(a, last);
	sql_add(a->q, ")");
}

/* Before it, for an index: alone it would hold more than asked. */
static void add_text_range(
    const struct asked *a, const char *words, const char *bound)
{
	add_column(a);
	if (a->type->by_language || !a->pg->by_bytes)
		sql_add(a->q, " COLLATE \"C\"");
	buf_adds(&a->q->text, words);
	sql_bind_text(a->q, bound);
	sql_add(a->q, " AND ");
}

/* ---- any column ---- */

/* Seconds after ${from} and up to ${last}: a fraction is rounded up. */
static void add_seconds(const struct asked *a, int64_t from, int64_t last)
{
	sql_add(a->q, "(");
	if (a->form == FORM_KEPT)
		sql_add(a->q, "CAST(");
	add_column(a);
	if (a->form == FORM_KEPT)
		sql_add(a->q, " AS numeric)");
	sql_add(a->q, " > ");
	add_second(a, from);
	sql_add(a->q, " AND ");
	if (a->form == FORM_KEPT)
		sql_add(a->q, "CAST(");
	add_column(a);
	if (a->form == FORM_KEPT)
		sql_add(a->q, " AS numeric)");
	sql_add(a->q, " <= ");
	add_second(a, last);
	sql_add(a->q, ")");
}

static void add_days(const struct asked *a, int64_t first, int64_t last)
{
	sql_add(a->q, "(");
	add_column(a);
	sql_add(a->q, " >= ");
	add_day(a, first);
	sql_add(a->q, " AND ");
	add_column(a);
	sql_add(a->q, " <= ");
	add_day(a, last);
	sql_add(a->q, ")");
}

/* What is between these days, or these seconds. */
static void add_between(const struct asked *a, int64_t first_day,
    int64_t last_day, int64_t first, int64_t last)
{
	switch (a->form) {
	case FORM_NONE: sql_add(a->q, "FALSE"); break;
	case FORM_DATE: add_days(a, first_day, last_day); break;
	case FORM_TIMESTAMP:
	case FORM_TIMESTAMPTZ:
	case FORM_NUMBER: add_seconds(a, first - 1, last); break;
	case FORM_TEXT:
		add_text_between(a, first_day, last_day, first, last);
		break;
	case FORM_KEPT:
		sql_add(a->q, "CASE jsonb_typeof(");
		sql_column(a->q, a->table, a->column);
		sql_add(a->q, ") WHEN 'number' THEN ");
		add_seconds(a, first - 1, last);
		sql_add(a->q, " WHEN 'string' THEN ");
		add_text_between(a, first_day, last_day, first, last);
		sql_add(a->q, " ELSE FALSE END");
		break;
	}
}

static struct asked asked_of(struct db *db, struct sql *q,
    const struct db_column *type, const char *table, const char *column)
{
	return (struct asked){ postgres_of(db), q, type, table, column,
		form_of(type) };
}

enum status postgres_add_due(struct db *db, struct sql *q,
    const struct db_column *type, const char *table, const char *column,
    int32_t last_day, int64_t before, enum db_effort effort)
{
	struct asked a = asked_of(db, q, type, table, column);
	char bound[DB_TIME_BOUND];

	sql_add(q, "(");
	if (a.form == FORM_TEXT) {
		db_time_due_bound(last_day, before, effort, bound);
		add_text_range(&a, " < ", bound);
	}
	add_between(&a, WHEN_FIRST_DAY, last_day, FIRST_SECOND, before - 1);
	sql_add(q, ")");
	return buf_status(&q->text);
}

enum status postgres_add_later(struct db *db, struct sql *q,
    const struct db_column *type, const char *table, const char *column,
    int32_t last_day, int64_t before, enum db_effort effort)
{
	int64_t first_day = (int64_t)last_day + 1;
	struct asked a = asked_of(db, q, type, table, column);
	char bound[DB_TIME_BOUND];

	sql_add(q, "(");
	if (a.form == FORM_TEXT) {
		db_time_later_bound(last_day, before, effort, bound);
		add_text_range(&a, " >= ", bound);
	}
	if (first_day < WHEN_FIRST_DAY)
		first_day = WHEN_FIRST_DAY;
	add_between(&a, first_day, LAST_DAY,
	    before < FIRST_SECOND ? FIRST_SECOND : before, LAST_SECOND);
	sql_add(q, ")");
	return buf_status(&q->text);
}

/* What sorts outside the years 1900 to 9999, for an index. */
static void add_text_outside(const struct asked *a)
{
	sql_add(a->q, "(");
	add_text_range(a, " < ", "1900-01-02");
	sql_add(a->q, "TRUE OR ");
	add_text_range(a, " >= ", "9999-12-31T");
	sql_add(a->q, "TRUE) AND ");
}

enum status postgres_add_unreadable(struct db *db, struct sql *q,
    const struct db_column *type, const char *table, const char *column,
    enum db_null null, enum db_effort effort)
{
	struct asked a = asked_of(db, q, type, table, column);

	sql_add(q, "(");
	if (null == DB_NULL_TOO && !type->not_null) {
		sql_column(q, table, column);
		sql_add(q, " IS NULL OR ");
	}
	sql_add(q, "(");
	if (a.form == FORM_TEXT && effort == DB_BY_INDEX)
		add_text_outside(&a);
	sql_column(q, table, column);
	sql_add(q, " IS NOT NULL AND ");
	add_between(&a, WHEN_FIRST_DAY, LAST_DAY, FIRST_SECOND, LAST_SECOND);
	sql_add(q, " IS NOT TRUE))");
	return buf_status(&q->text);
}
