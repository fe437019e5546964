/*
 * Civil dates, zones and periods in closed form (Regulation 1182/71 and the
 * Japanese Civil Code): slow and plain on purpose, and not the engine's.
 */
#include "tests/oracle.h"

#define DAY INT64_C(86400)

/* ---- dates ---- */

static int is_leap(int64_t y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static int64_t month_length(int64_t y, int64_t m)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };

	return m == 2 && is_leap(y) ? 29 : lengths[m - 1];
}

int64_t oracle_day(int64_t year, int64_t month, int64_t day)
{
	int64_t days = 0, y, m;

	for (y = 1970; y < year; y++)
		days += is_leap(y) ? 366 : 365;
	for (y = 1969; y >= year; y--)
		days -= is_leap(y) ? 366 : 365;
	for (m = 1; m < month; m++)
		days += month_length(year, m);
	return days + day - 1;
}

void oracle_civil(int64_t day, int64_t *year, int64_t *month, int64_t *mday)
{
	int64_t y = 1970, m = 1;

	while (day < 0)
		day += is_leap(--y) ? 366 : 365;
	while (day >= (is_leap(y) ? 366 : 365))
		day -= is_leap(y++) ? 366 : 365;
	while (day >= month_length(y, m))
		day -= month_length(y, m++);
	*year = y;
	*month = m;
	*mday = day + 1;
}

/* ---- zones ---- */

static int64_t weekday(int64_t day) /* 0 = Sunday; 1970-01-01 was Thursday */
{
	return ((day + 4) % 7 + 7) % 7;
}

static int64_t last_sunday(int64_t year, int64_t month)
{
	int64_t day = oracle_day(year, month, month_length(year, month));

	return day - weekday(day);
}

static int64_t nth_sunday(int64_t year, int64_t month, int n)
{
	int64_t day = oracle_day(year, month, 1);

	return day + (7 - weekday(day)) % 7 + 7 * (n - 1);
}

static int64_t offset_of(enum world_zone zone, int64_t instant)
{
	int64_t y, m, d, day = instant / DAY - (instant % DAY < 0);
	int64_t first, last;

	oracle_civil(day, &y, &m, &d);
	switch (zone) {
	case ZONE_TOKYO: return 9 * 3600;
	case ZONE_UTC: return 0;
	case ZONE_BERLIN: /* since 1996 */
		if (instant >= last_sunday(y, 3) * DAY + 3600 &&
		    instant < last_sunday(y, 10) * DAY + 3600)
			return 7200;
		return 3600;
	case ZONE_NEW_YORK: /* since 1987, and since 2007 */
		first = y < 2007 ? nth_sunday(y, 4, 1) : nth_sunday(y, 3, 2);
		last = y < 2007 ? last_sunday(y, 10) : nth_sunday(y, 11, 1);
		if (instant >= first * DAY + 7 * 3600 &&
		    instant < last * DAY + 6 * 3600)
			return -4 * 3600;
		return -5 * 3600;
	}
	return 0;
}

int64_t oracle_midnight(enum world_zone zone, int64_t day)
{
	int64_t guess = day * DAY - offset_of(zone, day * DAY);

	/* Neither zone changes its clocks at 00:00. */
	return day * DAY - offset_of(zone, guess);
}

int64_t oracle_local_day(enum world_zone zone, int64_t instant)
{
	int64_t local = instant + offset_of(zone, instant);

	return local / DAY - (local % DAY < 0);
}

/* ---- periods ---- */

int64_t oracle_last_day(int japanese, int64_t event, struct world_period p)
{
	int64_t y, m, d, length, month;

	oracle_civil(event, &y, &m, &d);
	month = y * 12 + m - 1 + p.months;
	length = month_length(month / 12, month % 12 + 1);
	if ((japanese && d == month_length(y, m)) || d > length)
		d = length;
	return oracle_day(month / 12, month % 12 + 1, d) + p.days;
}
