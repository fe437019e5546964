/* Days and instants around the cut-offs. */
#include "engine/demo/demo_time.h"

#include <assert.h>
#include <string.h>

#include "engine/base/civil.h"

static const struct {
	struct period period;
	enum calendar_from from;
} rules[DEMO_RULE__MAX] = {
	[DEMO_P0D] = { { 0, 0, 0 }, CALENDAR_FROM_EVENT },
	[DEMO_P4W] = { { 0, 28, 0 }, CALENDAR_FROM_EVENT },
	[DEMO_P3M] = { { 3, 0, 0 }, CALENDAR_FROM_EVENT },
	[DEMO_P6M] = { { 6, 0, 0 }, CALENDAR_FROM_EVENT },
	[DEMO_P1Y] = { { 12, 0, 0 }, CALENDAR_FROM_EVENT },
	[DEMO_P3Y] = { { 36, 0, 0 }, CALENDAR_FROM_EVENT },
	[DEMO_P5Y] = { { 60, 0, 0 }, CALENDAR_FROM_EVENT },
	[DEMO_P10Y_BOOKS] = { { 120, 0, 0 }, CALENDAR_FROM_END_OF_YEAR },
};

enum status demo_clock_init(struct demo_clock *c, int64_t now)
{
	struct calendar calendar = { CALENDAR_JP_CIVIL_CODE, NULL };
	enum status st;

	*c = (struct demo_clock){ .now = now };
	if ((st = zone_open("Asia/Tokyo", &c->zone)) != ST_OK)
		return st;
	calendar.zone = c->zone;
	c->today = zone_day(c->zone, now);
	for (int i = 0; i < DEMO_RULE__MAX; i++)
		c->cutoffs[i] = calendar_cutoff(
		    &calendar, now, rules[i].from, rules[i].period);
	return ST_OK;
}

void demo_clock_release(struct demo_clock *c) { zone_free(c->zone); }

int32_t demo_days_after(int32_t event, const char *period)
{
	struct period p = { 0, 0, 0 };
	enum status st = period_parse(period, &p);

	assert(st == ST_OK); /* our own literals */
	(void)st;
	return calendar_last_day(CALENDAR_JP_CIVIL_CODE, event, p);
}

/* The last day of the month of ${day}. */
static int32_t month_end(int32_t day)
{
	struct civil c = civil_date(day);

	c.day = civil_month_length(c.year, c.month);
	return civil_day(c);
}

/* The newest 29 February (or 28 February of a year without one) that is not
 * after ${day}. */
static int32_t february(int32_t day, int last)
{
	struct civil c = { civil_date(day).year, 2, last };

	while (civil_month_length(c.year, 2) != last || civil_day(c) > day)
		c.year--;
	return civil_day(c);
}

enum edge {
	ANY_KEPT,
	ANY_DUE,
	LAST_DUE,
	FIRST_KEPT,
	LEAP_DAY,
	FEBRUARY_28,
	MONTH_END_DUE,
	MONTH_END_KEPT,
};

static int32_t edge_day(int32_t due, enum edge edge)
{
	switch (edge) {
	case LAST_DUE: return due;
	case FIRST_KEPT: return due + 1;
	case LEAP_DAY: return february(due, 29);
	case FEBRUARY_28: return february(due, 28);
	case MONTH_END_DUE:
		return month_end(due) == due ? due : due - civil_date(due).day;
	case MONTH_END_KEPT: return month_end(due + 1);
	case ANY_KEPT:
	case ANY_DUE: break;
	}
	return DEMO_DAY_NONE;
}

int32_t demo_turn(const struct demo_clock *c, enum demo_rule rule, int turn,
    struct demo_dice *d, int32_t from, int32_t until)
{
	static const enum edge turns[DEMO_TURNS] = { LAST_DUE, FIRST_KEPT,
		ANY_KEPT, LEAP_DAY, ANY_KEPT, MONTH_END_KEPT, ANY_KEPT, ANY_DUE,
		ANY_KEPT, MONTH_END_DUE, ANY_KEPT, FIRST_KEPT, FEBRUARY_28,
		ANY_KEPT, LAST_DUE, ANY_KEPT };
	enum edge edge = turns[turn % DEMO_TURNS];
	int32_t due = c->cutoffs[rule].last_day, day;

	if (until > c->today)
		until = c->today;
	if (edge == ANY_KEPT && from <= due)
		from = due + 1;
	if (edge == ANY_DUE && until > due)
		until = due;
	if (edge == ANY_DUE && from < due - 500)
		from = due - 500;
	if (from > until)
		return DEMO_DAY_NONE;
	day = edge == ANY_KEPT || edge == ANY_DUE
		  ? (int32_t)demo_dice_range(d, from, until)
		  : edge_day(due, edge);
	return day >= from && day <= until ? day : DEMO_DAY_NONE;
}

/* ${seconds} after local midnight; what would be later than now becomes some
 * earlier time of that day. */
static int64_t at(const struct demo_clock *c, int32_t day, int64_t seconds)
{
	int64_t midnight = zone_midnight(c->zone, day);
	int64_t gone = c->now - midnight;

	return midnight + (seconds > gone ? seconds % (gone + 1) : seconds);
}

int64_t demo_instant(const struct demo_clock *c, enum demo_rule rule,
    int32_t day, struct demo_dice *d)
{
	const struct calendar_cutoff *cut = &c->cutoffs[rule];
	int64_t seconds = demo_dice_range(d, 6 * 3600, 23 * 3600);

	if (day == cut->last_day)
		return cut->before - demo_dice_range(d, 1, 60);
	if (day == cut->last_day + 1)
		return cut->before;
	return at(c, day, seconds);
}

int64_t demo_office_hours(
    const struct demo_clock *c, int32_t day, struct demo_dice *d)
{
	return at(c, day, demo_dice_range(d, 9 * 60, 18 * 60) * 60);
}

void demo_time_utc(int64_t t, char out[DEMO_TIME_TEXT])
{
	civil_format_instant(t, out);
}

void demo_time_offset(int64_t t, int hours, char out[DEMO_TIME_TEXT])
{
	int h = hours < 0 ? -hours : hours;
	char offset[] = { hours < 0 ? '-' : '+', (char)('0' + h / 10),
		(char)('0' + h % 10), ':', '0', '0', '\0' };

	civil_format_instant(t + hours * INT64_C(3600), out);
	memcpy(out + INSTANT_TEXT - 2, offset, sizeof(offset)); /* on the Z */
}
