#ifndef DEMO_DEMO_TIME_H
#define DEMO_DEMO_TIME_H

#include <stdint.h>

#include "engine/base/status.h"
#include "engine/demo/demo_dice.h"
#include "engine/model/calendar.h"

/*
 * The days and instants of made-up records.  Dates are days since 1970 in
 * Tokyo, instants Unix seconds.  The demonstration knows the policy's periods,
 * so that it can put records on both sides of each cut-off; a test holds them
 * against policies/connected-drive-jp.yml.
 */
enum demo_rule {
	DEMO_P0D,
	DEMO_P4W,
	DEMO_P3M,
	DEMO_P6M,
	DEMO_P1Y,
	DEMO_P3Y,
	DEMO_P5Y,
	DEMO_P10Y_BOOKS, /* from 31 December */
	DEMO_RULE__MAX
};
#define DEMO_DAY_NONE  INT32_MAX
#define DEMO_TIME_NONE INT64_MAX

struct demo_clock {
	struct zone *zone; /* owned */
	int64_t now;
	int32_t today;
	struct calendar_cutoff cutoffs[DEMO_RULE__MAX];
};

enum status demo_clock_init(struct demo_clock *c, int64_t now) MUST_CHECK;
void demo_clock_release(struct demo_clock *c);

/* The end of a period under the Civil Code. */
int32_t demo_days_after(int32_t event, const char *period);

/*
 * One of ${turn} different days around the cut-off of ${rule}: its last day
 * that is due, the first that is kept, 28 and 29 February, ends of months, and
 * days in no way special; DEMO_DAY_NONE unless ${from} <= day <= ${until}.
 * Six of DEMO_TURNS turns are due.
 */
#define DEMO_TURNS 16
int32_t demo_turn(const struct demo_clock *c, enum demo_rule rule, int turn,
    struct demo_dice *d, int32_t from, int32_t until);

/* An instant of ${day} that is not after now: the last minute of the cut-off's
 * last day and the first second of the next, else some time of the day. */
int64_t demo_instant(const struct demo_clock *c, enum demo_rule rule,
    int32_t day, struct demo_dice *d);
/* Some time between 9 and 18 o'clock. */
int64_t demo_office_hours(
    const struct demo_clock *c, int32_t day, struct demo_dice *d);

/* "2026-03-01T11:00:00Z", or the same with another offset. */
#define DEMO_TIME_TEXT 26
void demo_time_utc(int64_t t, char out[DEMO_TIME_TEXT]);
void demo_time_offset(int64_t t, int hours, char out[DEMO_TIME_TEXT]);

#endif /* !DEMO_DEMO_TIME_H */
