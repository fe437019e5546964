/*
 * How law counts periods, forwards and backwards.
 *
 * Forwards, one starting point gives one end.  Backwards, an instant gives
 * the last starting point that has run out by then, so that a purge is a range
 * in an index.  Both are the same function only if it is monotone: a later
 * event must never end earlier.  The rules are, and event_day() makes the
 * clock so.
 */
#include "engine/model/calendar.h"

#include <assert.h>
#include <string.h>

#include "engine/base/civil.h"

static const char *const rule_names[CALENDAR_RULE__MAX] = {
	[CALENDAR_EU_1182_71] = "eu_1182_71",
	[CALENDAR_JP_CIVIL_CODE] = "jp_civil_code",
};

const char *calendar_rule_name(enum calendar_rule rule)
{
	return rule_names[rule];
}

enum status calendar_rule_parse(const char *name, enum calendar_rule *out)
{
	for (int i = 0; i < CALENDAR_RULE__MAX; i++) {
		if (strcmp(name, rule_names[i]) == 0) {
			*out = (enum calendar_rule)i;
			return ST_OK;
		}
	}
	return fail(ST_INVALID,
	    "calendar rule \"%.40s\": unknown: use eu_1182_71 or jp_civil_code",
	    name);
}

/* 1 where Japanese law goes to the end of the target month: the first counted
 * day is the first of a month, so the day before its correspondent is the
 * last of one. */
static int sticks_to_end(enum calendar_rule rule, struct civil c)
{
	switch (rule) {
	case CALENDAR_JP_CIVIL_CODE:
		return c.day == civil_month_length(c.year, c.month);
	case CALENDAR_EU_1182_71:
	case CALENDAR_RULE__MAX: break;
	}
	return 0;
}

/* ${months} may be negative: then it counts back. */
static int32_t add_months(enum calendar_rule rule, int32_t day, int64_t months)
{
	struct civil c = civil_date(day);
	int64_t month = (int64_t)c.year * 12 + c.month - 1 + months;
	int sticks = sticks_to_end(rule, c);
	int length;

	c.year = (int)(month / 12 - (month % 12 < 0));
	c.month = (int)(month - (int64_t)c.year * 12) + 1;
	length = civil_month_length(c.year, c.month);
	if (sticks || c.day > length)
		c.day = length;
	return civil_day(c);
}

static int32_t add(
    enum calendar_rule rule, int32_t event, int64_t months, int64_t days)
{
	return (int32_t)(add_months(rule, event, months) + days);
}

int32_t calendar_last_day(
    enum calendar_rule rule, int32_t event, struct period p)
{
	return add(rule, event, p.months, p.days);
}

int32_t calendar_recurrence(
    enum calendar_rule rule, int32_t event, struct period p, int n)
{
	return add(rule, event, (int64_t)p.months * n, (int64_t)p.days * n);
}

/*
 * The last day that has begun at ${instant}.  Where clocks go back over
 * midnight the date does too (America/St_Johns, until 2011, from 00:01), and
 * a later instant would have an earlier date; a day that has begun stays so.
 */
static int32_t begun_day(const struct zone *z, int64_t instant)
{
	int32_t day = zone_day(z, instant);

	while (zone_midnight(z, day + 1) <= instant)
		day++;
	return day;
}

static int32_t end_of_year(int32_t day)
{
	return civil_day((struct civil){ civil_date(day).year, 12, 31 });
}

struct calendar_end calendar_end(const struct calendar *c, struct when event,
    enum calendar_from from, struct period p)
{
	struct calendar_end end;

	assert(event.kind != WHEN_NONE && p.seconds == 0);
	end.event_day = event.kind == WHEN_DATE
			    ? event.day
			    : begun_day(c->zone, event.seconds);
	if (from == CALENDAR_FROM_END_OF_YEAR)
		end.event_day = end_of_year(end.event_day);
	end.last_day = calendar_last_day(c->rule, end.event_day, p);
	if (p.months == 0 && p.days == 0 && from == CALENDAR_FROM_EVENT &&
	    event.kind == WHEN_INSTANT)
		end.deletable_from = event.seconds;
	else
		end.deletable_from = zone_midnight(c->zone, end.last_day + 1);
	return end;
}

/* The last event whose period has ended with ${last}.  Counting back misses
 * by what months differ in length, so look around there. */
static int32_t last_event(
    enum calendar_rule rule, int32_t last, struct period p)
{
	int32_t event = add(rule, last, -(int64_t)p.months, -(int64_t)p.days);

	while (calendar_last_day(rule, event, p) > last)
		event--;
	while (calendar_last_day(rule, event + 1, p) <= last)
		event++;
	return event;
}

/* The same where events shift to the end of their year first. */
static int32_t last_event_of_year(
    enum calendar_rule rule, int32_t last, struct period p)
{
	int32_t event = last_event(rule, last, p);
	int32_t year_end = end_of_year(event);

	if (event == year_end)
		return event;
	return civil_day((struct civil){ civil_date(event).year - 1, 12, 31 });
}

struct calendar_cutoff calendar_cutoff(const struct calendar *c, int64_t now,
    enum calendar_from from, struct period p)
{
	int32_t over = begun_day(c->zone, now) - 1; /* the last whole day */
	struct calendar_cutoff cut;

	assert(p.seconds == 0);
	if (from == CALENDAR_FROM_END_OF_YEAR)
		cut.last_day = last_event_of_year(c->rule, over, p);
	else
		cut.last_day = last_event(c->rule, over, p);
	if (p.months == 0 && p.days == 0 && from == CALENDAR_FROM_EVENT)
		cut.before = now + 1;
	else
		cut.before = zone_midnight(c->zone, cut.last_day + 1);
	return cut;
}
