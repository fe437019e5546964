#ifndef RIGHTS_CLOCK_H
#define RIGHTS_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/period.h"
#include "engine/model/calendar.h"
#include "engine/model/holidays.h"
#include "engine/rights/request.h"

/*
 * By when a request must be answered.  Pure arithmetic on civil days of the
 * controller's zone (days since 1970-01-01); nothing is stored here.
 *
 * The day of receipt is not counted.  The target is a promise, counted in
 * days and never rolled; the due date is the law's, one month later, and where
 * the last day is no working day the next one, if the installation rolls.
 * Only suspensions, the extension and the end move anything: whatever else
 * goes wrong, the clock runs.
 *
 * Suspension (EDPB 01/2022, 158): the clock stands still from the day on which
 * identity or clarification is asked for to the day on which it is there, if it
 * was asked for in time.  The law does not say how the rest is counted.  Both
 * ways are computed, going on (the days that it stood still are added before
 * rolling) and beginning anew (from the last answer on); the earlier counts.
 *
 * Extension (Art. 12(3)): counted from receipt in one sum with the first
 * period, not from its clamped end.  Its notice must be sent within the first
 * period, which suspension does not lengthen; else the extension is void.
 */
#define CLOCK_NO_DAY INT32_MIN

enum clock_roll { CLOCK_ROLL_NONE, CLOCK_ROLL_WORKING_DAY };
struct clock_terms {
	enum calendar_rule rule; /* under the GDPR; the APPI has its own */
	enum clock_roll roll;
	const struct holidays *holidays; /* borrowed; NULL: none are known */
	struct period target;
	struct period due;
	struct period extension;
	int ask_within; /* working days in which asking is in time */
	int warn_days;  /* at risk so many days before the end */
};

/* One time that something was asked of the person. */
struct clock_stop {
	int32_t asked;
	int32_t ended;  /* CLOCK_NO_DAY: not answered yet */
	int32_t lapses; /* it counts no longer than this; or CLOCK_NO_DAY */
};

struct clock_facts {
	enum request_law law;
	int32_t received;
	int32_t notice; /* the extension's, sent on; or CLOCK_NO_DAY */
	int32_t closed; /* or CLOCK_NO_DAY: open */
	const struct clock_stop *stops;
	size_t stop_count;
};

enum clock_extension { CLOCK_NOT_EXTENDED, CLOCK_EXTENDED, CLOCK_VOID };
enum clock_standing {
	CLOCK_CLOSED,    /* in time */
	CLOCK_LATE,      /* closed after it was due */
	CLOCK_SUSPENDED, /* stands still */
	CLOCK_RUNNING,
	CLOCK_AT_RISK, /* the target has passed, or the end is near */
	CLOCK_OVERDUE,
	CLOCK_STANDING__MAX
};
struct clock {
	int32_t target;
	int32_t due;       /* the last day: the earlier of the next two */
	int32_t resumed;   /* due, were the clock to go on */
	int32_t restarted; /* due, began it anew; CLOCK_NO_DAY: not suspended */
	int32_t notice_due; /* the last day for the notice of an extension */
	int32_t stood;      /* days that it stood still */
	enum clock_extension extension;
	enum clock_standing standing;
	/* The earliest year of whose holidays nothing is known though a date
	 * was to be rolled; that date was left where it is, the earlier.
	 * 0: none */
	int unknown_year;
};

/* How it stands on the day ${today}. */
struct clock clock_compute(
    const struct clock_terms *t, const struct clock_facts *f, int32_t today);

/*
 * Without a stop and without an extension the dates depend on law and receipt
 * alone, so that many requests can share one ${c}.  How such a request, closed
 * on ${closed} or open (CLOCK_NO_DAY), stands on ${today}.
 */
enum clock_standing clock_stand(const struct clock_terms *t,
    const struct clock *c, int32_t closed, int32_t today);

/* 1 if asking on ${asked} stops the clock. */
int clock_asks_in_time(
    const struct clock_terms *t, int32_t received, int32_t asked);

/* "closed", "late", "suspended", "running", "at_risk", "overdue". */
const char *clock_standing_name(enum clock_standing s);

#endif /* !RIGHTS_CLOCK_H */
