/* Times in columns: one value, and the text that bounds many. */
#include "engine/store/db_time.h"

#include <math.h>
#include <string.h>

#include "engine/base/when.h"

#define FIRST_SECOND INT64_C(-62135596800) /* of the year 1 */
#define LAST_SECOND  DB_TIME_LAST_SECOND
#define LAST_DAY     DB_TIME_LAST_DAY
#define BOUND_TEXT   DB_TIME_BOUND

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

struct when db_time_of(struct val v)
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

int db_time_is_readable(struct when w)
{
	switch (w.kind) {
	case WHEN_NONE: return 0;
	case WHEN_DATE: return w.day >= WHEN_FIRST_DAY;
	case WHEN_INSTANT: return w.seconds >= WHEN_FIRST_SECOND;
	}
	return 0;
}

int db_time_is_integer(const struct db_column *type)
{
	return type->type && strcasestr(type->type, "INT");
}

struct when db_when(const struct db_column *type, struct val v)
{
	if (type && db_time_is_integer(type) && v.type == VAL_TEXT)
		return (struct when){ WHEN_NONE, 0, 0 };
	return db_time_of(v);
}

/* ---- bounds ---- */

int64_t db_time_clamp(int64_t n, int64_t least, int64_t most)
{
	return n < least ? least : n > most ? most : n;
}

static void day_bound(int64_t day, char out[BOUND_TEXT])
{
	civil_format(
	    (int32_t)db_time_clamp(day, WHEN_FIRST_DAY, LAST_DAY), out);
}

static void instant_bound(int64_t seconds, char out[BOUND_TEXT])
{
	civil_format_instant(
	    db_time_clamp(seconds, WHEN_FIRST_SECOND, LAST_SECOND), out);
	out[BOUND_TEXT - 2] = '\0'; /* the Z */
}

static int64_t utc_day(int64_t seconds)
{
	/* Shifted to be positive, so that the division rounds down. */
	return (seconds - FIRST_SECOND) / CIVIL_DAY_SECONDS +
	       FIRST_SECOND / CIVIL_DAY_SECONDS;
}

/*
 * Everything due sorts below it.  Canonical text sorts as its instant; any
 * other may be up to a day off by its offset, and has 't' or a blank for 'T',
 * so that only its date tells.
 */
void db_time_due_bound(int32_t last_day, int64_t before, enum db_effort effort,
    char out[BOUND_TEXT])
{
	int64_t second =
	    db_time_clamp(before, WHEN_FIRST_SECOND, LAST_SECOND + 1);
	char other[BOUND_TEXT];

	if (second + CIVIL_DAY_SECONDS > LAST_SECOND || last_day >= LAST_DAY) {
		memcpy(out, ":", 2); /* what follows every digit */
		return;
	}
	day_bound((int64_t)last_day + 1, out);
	if (effort == DB_BY_INDEX)
		instant_bound(second, other);
	else
		day_bound(utc_day(second + CIVIL_DAY_SECONDS) + 1, other);
	if (strcmp(other, out) > 0)
		memcpy(out, other, sizeof(other));
}

/* Nothing later sorts below it.  A fraction is rounded up: what is later may
 * begin a second before. */
void db_time_later_bound(int32_t last_day, int64_t before,
    enum db_effort effort, char out[BOUND_TEXT])
{
	int64_t second =
	    db_time_clamp(before, WHEN_FIRST_SECOND, LAST_SECOND) - 1;
	char other[BOUND_TEXT];

	day_bound((int64_t)last_day + 1, out);
	if (effort == DB_BY_INDEX)
		instant_bound(second, other);
	else
		day_bound(utc_day(second - CIVIL_DAY_SECONDS), other);
	if (strcmp(other, out) < 0)
		memcpy(out, other, sizeof(other));
}
