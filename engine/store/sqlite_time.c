/*
 * Times in columns.  SQLite has no type for them, so a column may hold any of
 * the forms of engine/base/when.h, side by side.  Functions judge one value
 * exactly; before them stands a range that an index can walk, which holds
 * every value in question and, of a store whose times are written in one form,
 * hardly any other:
 *
 *   INTEGER columns   numbers below the instant;
 *   all others        text below a date: what is due begins with an earlier
 *                     one, in whichever form and with whichever offset; and
 *                     every number, since numbers sort before text.
 */
#include <math.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/when.h"
#include "engine/store/sqlite.h"

#define FIRST_SECOND INT64_C(-62135596800) /* of the year 1 */
#define LAST_SECOND  INT64_C(253402300799) /* of the year 9999 */
#define LAST_DAY     2932896               /* 9999-12-31 */
/* The largest offset that text can have: +23:59. */
#define MOST_OFFSET (CIVIL_DAY_SECONDS - 60)

/* ---- one value ---- */

static struct when instant(int64_t seconds)
{
	struct when w = { WHEN_INSTANT, 0, seconds };

	if (seconds < FIRST_SECOND || seconds > LAST_SECOND)
		w = (struct when){ WHEN_NONE, 0, 0 };
	return w;
}

/* Every form of text begins with "YYYY-".  Digits alone do not sort as time,
 * so that no range would find them: in text they are none. */
static int begins_with_year(struct val v)
{
	return v.n >= 10 && ((const char *)v.p)[4] == '-';
}

static struct when time_of(struct val v)
{
	struct when w = { WHEN_NONE, 0, 0 };

	if (v.type == VAL_INT)
		return instant(v.i);
	if (v.type == VAL_REAL && fabs(v.r) < 1e12)
		return instant((int64_t)ceil(v.r));
	if (v.type != VAL_TEXT || !begins_with_year(v) ||
	    when_parse(v.p, v.n, &w) != ST_OK)
		w = (struct when){ WHEN_NONE, 0, 0 };
	return w;
}

static struct when value_when(sqlite3_value *value)
{
	struct val v = { .type = VAL_NULL };

	switch (sqlite3_value_type(value)) {
	case SQLITE_INTEGER:
		v.type = VAL_INT;
		v.i = sqlite3_value_int64(value);
		break;
	case SQLITE_FLOAT:
		v.type = VAL_REAL;
		v.r = sqlite3_value_double(value);
		break;
	case SQLITE_TEXT:
		v.type = VAL_TEXT;
		v.p = sqlite3_value_blob(value);
		v.n = (size_t)sqlite3_value_bytes(value);
		break;
	default: break;
	}
	return time_of(v);
}

static int is_since_1900(struct when w)
{
	switch (w.kind) {
	case WHEN_NONE: return 0;
	case WHEN_DATE: return w.day >= WHEN_FIRST_DAY;
	case WHEN_INSTANT: return w.seconds >= WHEN_FIRST_SECOND;
	}
	return 0;
}

/* lethe_due(value, last day, before) */
static void due(sqlite3_context *ctx, int count, sqlite3_value **args)
{
	struct when w = value_when(args[0]);
	int yes = is_since_1900(w);

	(void)count;
	if (w.kind == WHEN_DATE)
		yes = yes && w.day <= sqlite3_value_int64(args[1]);
	else
		yes = yes && w.seconds < sqlite3_value_int64(args[2]);
	sqlite3_result_int(ctx, yes);
}

/* lethe_later(value, last day, before) */
static void later(sqlite3_context *ctx, int count, sqlite3_value **args)
{
	struct when w = value_when(args[0]);
	int yes = is_since_1900(w);

	(void)count;
	if (w.kind == WHEN_DATE)
		yes = yes && w.day > sqlite3_value_int64(args[1]);
	else
		yes = yes && w.seconds >= sqlite3_value_int64(args[2]);
	sqlite3_result_int(ctx, yes);
}

/* lethe_unreadable(value) */
static void unreadable(sqlite3_context *ctx, int count, sqlite3_value **args)
{
	(void)count;
	sqlite3_result_int(ctx, sqlite3_value_type(args[0]) != SQLITE_NULL &&
				    !is_since_1900(value_when(args[0])));
}

enum status sqlite_time_register(struct sqlite *s)
{
	static const struct {
		const char *name;
		int args;
		void (*call)(sqlite3_context *, int, sqlite3_value **);
	} functions[] = {
		{ "lethe_due", 3, due },
		{ "lethe_later", 3, later },
		{ "lethe_unreadable", 1, unreadable },
	};
	int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
	int rc = SQLITE_OK;
	size_t i;

	for (i = 0; rc == SQLITE_OK && i < 3; i++)
		rc = sqlite3_create_function_v2(s->handle, functions[i].name,
		    functions[i].args, flags, NULL, functions[i].call, NULL,
		    NULL, NULL);
	return rc == SQLITE_OK ? ST_OK : sqlite_fail(s, rc);
}

/* ---- ranges ---- */

/* A column under construction: "table"."column" op value, joined by OR. */
struct ranges {
	struct sql *q;
	const char *table;
	const char *column;
	int count;
};

static void begin_range(struct ranges *r)
{
	if (r->count++)
		sql_add(r->q, " OR ");
	sql_column(r->q, r->table, r->column);
}

static void below(struct ranges *r, struct val high)
{
	begin_range(r);
	sql_add(r->q, " < ");
	sql_bind(r->q, high);
}

static void from(struct ranges *r, struct val low)
{
	begin_range(r);
	sql_add(r->q, " >= ");
	sql_bind(r->q, low);
}

static void between(struct ranges *r, struct val low, struct val high)
{
	from(r, low);
	sql_add(r->q, " AND ");
	sql_column(r->q, r->table, r->column);
	sql_add(r->q, " < ");
	sql_bind(r->q, high);
}

static int64_t at_least(int64_t n, int64_t least)
{
	return n < least ? least : n;
}

static int64_t at_most(int64_t n, int64_t most) { return n > most ? most : n; }

/* The first date that nothing due begins with; LAST_DAY + 1 if there is none.
 */
static int32_t first_later_day(int32_t last_day, int64_t before)
{
	int64_t local, day = last_day;

	before = at_most(at_least(before, WHEN_FIRST_SECOND), LAST_SECOND + 1);
	/* Shifted to be positive, so that the division rounds down. */
	local = before - 1 + MOST_OFFSET - FIRST_SECOND;
	day = at_least(
	    day, local / CIVIL_DAY_SECONDS + FIRST_SECOND / CIVIL_DAY_SECONDS);
	day = at_least(day + 1, WHEN_FIRST_DAY);
	return (int32_t)at_most(day, LAST_DAY + 1);
}

/* A date that nothing later begins before, whatever its offset. */
static int32_t first_day_of_later(int32_t last_day, int64_t before)
{
	int64_t utc, day;

	before = at_most(at_least(before, WHEN_FIRST_SECOND), LAST_SECOND);
	utc = before - MOST_OFFSET - FIRST_SECOND;
	day = utc / CIVIL_DAY_SECONDS + FIRST_SECOND / CIVIL_DAY_SECONDS;
	return (int32_t)at_least(
	    at_most(day, (int64_t)last_day + 1), WHEN_FIRST_DAY);
}

/* SQLite converts text that looks like a number where the declared type
 * contains INT (Datatypes In SQLite, 3.1). */
static int holds_integers(const struct db_column *type)
{
	return type->type && strcasestr(type->type, "INT");
}

struct when db_when(const struct db_column *type, struct val v)
{
	if (type && holds_integers(type) && v.type == VAL_TEXT)
		return (struct when){ WHEN_NONE, 0, 0 };
	return time_of(v);
}

static void add_call(struct sql *q, const char *table, const char *column,
    int32_t last_day, int64_t before)
{
	sql_column(q, table, column);
	sql_add(q, ", ");
	sql_bind_int(q, last_day);
	sql_add(q, ", ");
	sql_bind_int(q, before);
	sql_add(q, "))");
}

enum status sqlite_add_due(struct db *db, struct sql *q,
    const struct db_column *type, const char *table, const char *column,
    int32_t last_day, int64_t before)
{
	struct ranges r = { q, table, column, 0 };
	int32_t day = first_later_day(last_day, before);
	char bound[CIVIL_TEXT] = ":"; /* what follows every digit */

	(void)db;
	if (day <= LAST_DAY)
		civil_format(day, bound);
	sql_add(q, "(");
	if (holds_integers(type))
		below(&r, INT(before));
	else
		below(&r, TEXT(bound));
	sql_add(q, " AND lethe_due(");
	add_call(q, table, column, last_day, before);
	return buf_status(&q->text);
}

enum status sqlite_add_later(struct db *db, struct sql *q,
    const struct db_column *type, const char *table, const char *column,
    int32_t last_day, int64_t before)
{
	struct ranges r = { q, table, column, 0 };
	char bound[CIVIL_TEXT];

	(void)db;
	civil_format(first_day_of_later(last_day, before), bound);
	sql_add(q, "((");
	/* A fraction is rounded up: what is later may be a bit smaller. */
	between(&r, INT(before - 1), TEXT(""));
	if (!holds_integers(type))
		from(&r, TEXT(bound));
	sql_add(q, ") AND lethe_later(");
	add_call(q, table, column, last_day, before);
	return buf_status(&q->text);
}

enum status sqlite_add_unreadable(struct db *db, struct sql *q,
    const struct db_column *type, const char *table, const char *column,
    enum db_effort effort)
{
	struct ranges r = { q, table, column, 0 };

	(void)db;
	sql_add(q, "(");
	if (effort == DB_BY_INDEX) {
		sql_add(q, "(");
		below(&r, INT(WHEN_FIRST_SECOND));
		if (holds_integers(type)) {
			from(&r, INT(LAST_SECOND));
		} else {
			between(&r, INT(LAST_SECOND), TEXT(""));
			between(&r, TEXT(""), TEXT("1900-01-02"));
			from(&r, TEXT("9999-12-31T"));
		}
		sql_add(q, ") AND ");
	}
	sql_add(q, "(lethe_unreadable(");
	sql_column(q, table, column);
	if (holds_integers(type)) {
		sql_add(q, ") OR typeof(");
		sql_column(q, table, column);
		sql_add(q, ") = 'text'");
	} else {
		sql_add(q, ")");
	}
	sql_add(q, "))");
	return buf_status(&q->text);
}
