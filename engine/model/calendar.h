#ifndef MODEL_CALENDAR_H
#define MODEL_CALENDAR_H

#include <stdint.h>

#include "engine/base/period.h"
#include "engine/base/status.h"
#include "engine/base/when.h"
#include "engine/base/zone.h"

/*
 * How law counts periods.  The day of the event is never counted; a period
 * ends with the whole of its last day, so that something may go at local
 * 00:00 of the day after: never early, not by a second.
 *
 * CALENDAR_EU_1182_71: Regulation (EEC, Euratom) 1182/71, Art. 3(1), 3(2)(c):
 * the same date of the target month, or its last day.
 * CALENDAR_JP_CIVIL_CODE: Civil Code (JP) Art. 140, 141, 143: the day before
 * the date that corresponds to the first counted day.
 */
enum calendar_rule {
	CALENDAR_EU_1182_71,
	CALENDAR_JP_CIVIL_CODE,
	CALENDAR_RULE__MAX
};
const char *calendar_rule_name(enum calendar_rule rule);
enum status calendar_rule_parse(
    const char *name, enum calendar_rule *out) MUST_CHECK;

struct calendar {
	enum calendar_rule rule;
	const struct zone *zone; /* borrowed */
};

/* Where a starting point shifts to before the period runs. */
enum calendar_from { CALENDAR_FROM_EVENT, CALENDAR_FROM_END_OF_YEAR };

/* The last day of a period of months and days that an event on ${event} sets
 * off.  Both rules are monotone in ${event}.  A negative period counts back. */
int32_t calendar_last_day(
    enum calendar_rule rule, int32_t event, struct period p);

/* The last day of the ${n}th period (1, 2, ...) in a row, counted from the
 * event each time and not from a clamped date before: no drift. */
int32_t calendar_recurrence(
    enum calendar_rule rule, int32_t event, struct period p, int n);

/* What a period makes of one starting point. */
struct calendar_end {
	int32_t event_day;      /* after ${from} */
	int32_t last_day;       /* the last that counts; P0D: the event's */
	int64_t deletable_from; /* first instant of DUE */
};
struct calendar_end calendar_end(const struct calendar *c, struct when event,
    enum calendar_from from, struct period p);

/*
 * The same, the other way round: which events have run out at ${now}.  Dates
 * up to ${last_day}, instants before ${before}.  For every time value v:
 * v is within the cut-off exactly when calendar_end(v).deletable_from <= now.
 */
struct calendar_cutoff {
	int32_t last_day;
	int64_t before;
};
struct calendar_cutoff calendar_cutoff(const struct calendar *c, int64_t now,
    enum calendar_from from, struct period p);

#endif /* !MODEL_CALENDAR_H */
