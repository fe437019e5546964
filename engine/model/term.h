#ifndef MODEL_TERM_H
#define MODEL_TERM_H

#include <stdint.h>

#include "engine/model/calendar.h"

/*
 * The term of a service: a base period from the day that sets it off, which
 * itself is not counted; one automatic extension unless it is cancelled in
 * time; and an end before that where the service is ended.
 *
 * Days are days since 1970-01-01.  Forwards the calendar rule counts; no law
 * has a rule for counting back, so ${notice} goes back to the same date or to
 * the last day of its month, and the whole of that day still counts.
 */
#define TERM_NO_DAY INT32_MAX

struct term {
	int is_limited;          /* 0: nothing but ${ended} ends it */
	struct period base;      /* of months and days, as all three */
	struct period extension; /* nothing: no extension */
	struct period notice;
};
struct term_days {
	int32_t from;      /* first registration, or the last day of a term
			      that this one follows */
	int32_t cancelled; /* TERM_NO_DAY: not cancelled */
	int32_t ended;     /* deactivated; TERM_NO_DAY: not ended */
};
/* Each TERM_NO_DAY where there is none. */
struct term_end {
	int32_t base_end;  /* last day of the base period */
	int32_t longest;   /* last day if it is extended and not ended */
	int32_t cancel_by; /* last day on which a cancellation counts */
	int32_t last_day;  /* what comes of it */
};
struct term_end term_end(enum calendar_rule rule, const struct term *term,
    const struct term_days *days);

#endif /* !MODEL_TERM_H */
