/*
 * Times in columns.  SQLite has no type for them, so a column may hold any of
 * the forms of engine/base/when.h, side by side.  Two functions judge one
 * value exactly; before them stand ranges that an index can walk, which hold
 * every value that can be due and, of a store whose times are all written in
 * one form, hardly any other:
 *
 *   numbers    from the first second of 1900 to the instant;
 *   text       below a date: what is due begins with an earlier one, in
 *              whichever form and with whichever offset;
 *   digits     Unix seconds as text do not sort as time.  Those that sort
 *              above that date lie between the years, never inside of one
 *              ("2026-..." < "20270" < "2027-..."), and there nothing else
 *              does; so each gap between years is a range of its own.
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
/* Ranges in one condition; further gaps are read with what lies in them. */
#define MOST_GAPS 60

/* ---- one value ---- */

static struct when instant(int64_t seconds)
{
	struct when w = { WHEN_INSTANT, 0, seconds };

	if (seconds < FIRST_SECOND || seconds > LAST_SECOND)
		w = (struct when){ WHEN_NONE, 0, 0 };
	return w;
}

struct when db_when(struct val v)
{
	struct when w = { WHEN_NONE, 0, 0 };

	if (v.type == VAL_INT)
		return instant(v.i);
	if (v.type == VAL_REAL && fabs(v.r) < 1e12)
		return instant((int64_t)ceil(v.r));
	if (v.type == VAL_TEXT && when_parse(v.p, v.n, &w) != ST_OK)
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
	return db_when(v);
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

/* lethe_unreadable(value) */
static void unreadable(sqlite3_context *ctx, int count, sqlite3_value **args)
{
	(void)count;
	sqlite3_result_int(ctx, sqlite3_value_type(args[0]) != SQLITE_NULL &&
				    !is_since_1900(value_when(args[0])));
}

enum status sqlite_time_register(struct sqlite *s)
{
	int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
	int rc;

	rc = sqlite3_create_function_v2(
	    s->handle, "lethe_due", 3, flags, NULL, due, NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_create_function_v2(s->handle, "lethe_unreadable",
		    1, flags, NULL, unreadable, NULL, NULL, NULL);
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

/* What lies between the years from that of ${day} on. */
static void add_gaps(struct ranges *r, int32_t day)
{
	int first = civil_date(day).year, last, year;
	char low[24], high[24];

	last = civil_date((int32_t)(when_now() / CIVIL_DAY_SECONDS)).year + 1;
	last = (int)at_most(at_least(last, first), first + MOST_GAPS);
	for (year = first; year <= last + 1 && year < 9999; year++) {
		/* '.' is what follows '-'. */
		(void)sqlite3_snprintf(sizeof(low), low, "%04d.", year);
		(void)sqlite3_snprintf(sizeof(high), high, "%04d-",
		    year <= last ? year + 1 : 9999);
		between(r, TEXT(low), TEXT(high));
	}
	between(r, TEXT("9999."), TEXT(":"));
}

/* How SQLite converts what is stored (Datatypes In SQLite, 3.1). */
enum affinity { AFFINITY_TEXT, AFFINITY_NUMBER, AFFINITY_NONE };
static enum affinity affinity(const char *type)
{
	static const struct {
		const char *part;
		enum affinity affinity;
	} rules[] = {
		{ "INT", AFFINITY_NUMBER }, { "CHAR", AFFINITY_TEXT },
		{ "CLOB", AFFINITY_TEXT }, { "TEXT", AFFINITY_TEXT },
		{ "BLOB", AFFINITY_NONE },
		{ "ANY", AFFINITY_NONE }, /* STRICT; else too wide a range */
	};
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (strcasestr(type, rules[i].part))
			return rules[i].affinity;
	return *type ? AFFINITY_NUMBER : AFFINITY_NONE;
}

enum status sqlite_add_due(struct db *db, struct sql *q,
    const struct db_column *type, const char *table, const char *column,
    int32_t last_day, int64_t before)
{
	enum affinity as = affinity(type->type);
	struct ranges r = { q, table, column, 0 };
	int32_t day = first_later_day(last_day, before);
	char bound[CIVIL_TEXT] = ":"; /* what follows every digit */

	(void)db;
	if (day <= LAST_DAY)
		civil_format(day, bound);
	sql_add(q, "((");
	if (as == AFFINITY_TEXT)
		below(&r, TEXT(bound));
	else {
		between(&r, INT(WHEN_FIRST_SECOND), INT(before));
		between(&r, TEXT(""), TEXT(bound));
	}
	/* Digits become numbers in a column of numbers. */
	if (as != AFFINITY_NUMBER && day <= LAST_DAY)
		add_gaps(&r, day);
	sql_add(q, ") AND lethe_due(");
	sql_column(q, table, column);
	sql_add(q, ", ");
	sql_bind_int(q, last_day);
	sql_add(q, ", ");
	sql_bind_int(q, before);
	sql_add(q, "))");
	return buf_status(&q->text);
}

enum status sqlite_add_unreadable(struct db *db, struct sql *q,
    const struct db_column *type, const char *table, const char *column,
    enum db_effort effort)
{
	struct ranges r = { q, table, column, 0 };
	struct val first = TEXT("1900-01-02"), last = TEXT("9999-12-31T");

	(void)db;
	sql_add(q, "(");
	if (effort == DB_BY_INDEX) {
		sql_add(q, "(");
		if (affinity(type->type) == AFFINITY_TEXT)
			below(&r, first);
		else {
			below(&r, INT(WHEN_FIRST_SECOND));
			between(&r, INT(LAST_SECOND + 1), TEXT(""));
			between(&r, TEXT(""), first);
		}
		from(&r, last);
		sql_add(q, ") AND ");
	}
	sql_add(q, "lethe_unreadable(");
	sql_column(q, table, column);
	sql_add(q, "))");
	return buf_status(&q->text);
}
