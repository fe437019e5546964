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
#include "engine/store/db_time.h"
#include "engine/store/sqlite.h"

/* ---- one value ---- */

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
	return db_time_of(v);
}

/* lethe_due(value, last day, before) */
static void due(sqlite3_context *ctx, int count, sqlite3_value **args)
{
	struct when w = value_when(args[0]);
	int yes = db_time_is_readable(w);

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
	int yes = db_time_is_readable(w);

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
				    !db_time_is_readable(value_when(args[0])));
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

static void is_null(struct ranges *r)
{
	begin_range(r);
	sql_add(r->q, " IS NULL");
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
    int32_t last_day, int64_t before, enum db_effort effort)
{
	struct ranges r = { q, table, column, 0 };
	char bound[DB_TIME_BOUND];

	(void)db;
	db_time_due_bound(last_day, before, effort, bound);
	sql_add(q, "(");
	if (db_time_is_integer(type))
		below(&r, INT(before));
	else
		below(&r, TEXT(bound));
	sql_add(q, " AND lethe_due(");
	add_call(q, table, column, last_day, before);
	return buf_status(&q->text);
}

enum status sqlite_add_later(struct db *db, struct sql *q,
    const struct db_column *type, const char *table, const char *column,
    int32_t last_day, int64_t before, enum db_effort effort)
{
	struct ranges r = { q, table, column, 0 };
	char bound[DB_TIME_BOUND];

	(void)db;
	db_time_later_bound(last_day, before, effort, bound);
	sql_add(q, "((");
	/* A fraction is rounded up: what is later may be a bit smaller. */
	between(&r,
	    INT(db_time_clamp(before, WHEN_FIRST_SECOND, INT64_MAX) - 1),
	    TEXT(""));
	if (!db_time_is_integer(type))
		from(&r, TEXT(bound));
	sql_add(q, ") AND lethe_later(");
	add_call(q, table, column, last_day, before);
	return buf_status(&q->text);
}

/* What sorts outside the years 1900 to 9999. */
static void outside(struct ranges *r, const struct db_column *type)
{
	below(r, INT(WHEN_FIRST_SECOND));
	if (db_time_is_integer(type)) {
		from(r, INT(DB_TIME_LAST_SECOND));
	} else {
		between(r, INT(DB_TIME_LAST_SECOND), TEXT(""));
		between(r, TEXT(""), TEXT("1900-01-02"));
		from(r, TEXT("9999-12-31T"));
	}
}

enum status sqlite_add_unreadable(struct db *db, struct sql *q,
    const struct db_column *type, const char *table, const char *column,
    enum db_null null, enum db_effort effort)
{
	struct ranges by_index = { q, table, column, 0 };
	struct ranges exact = { q, table, column, 0 };
	/* "IS NULL" of a NOT NULL column would keep SQLite from the index. */
	int too = null == DB_NULL_TOO && !type->not_null;

	(void)db;
	sql_add(q, "(");
	if (effort == DB_BY_INDEX) {
		sql_add(q, "(");
		if (too)
			is_null(&by_index);
		outside(&by_index, type);
		sql_add(q, ") AND ");
	}
	sql_add(q, "(");
	if (too) {
		is_null(&exact);
		sql_add(q, " OR ");
	}
	sql_add(q, "lethe_unreadable(");
	sql_column(q, table, column);
	if (db_time_is_integer(type)) {
		sql_add(q, ") OR typeof(");
		sql_column(q, table, column);
		sql_add(q, ") = 'text'");
	} else {
		sql_add(q, ")");
	}
	sql_add(q, "))");
	return buf_status(&q->text);
}
