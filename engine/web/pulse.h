#ifndef WEB_PULSE_H
#define WEB_PULSE_H

#include "engine/base/json.h"
#include "engine/installation/installation.h"

/*
 * How the stores stand, counted by a thread of its own: what a page cannot
 * wait for where there are many records.
 */
struct pulse;
#define PULSE_SECONDS 60 /* from one count to the next */

/* Starts the thread; ${first} is unlocked and outlives it. */
enum status pulse_start(
    const struct installation *first, struct pulse **out) MUST_CHECK;
/* Ends it, after the count that is under way. */
void pulse_stop(struct pulse *p);

/* Count again at once: something was changed. */
void pulse_wake(struct pulse *p);

/*
 * The last count, a copy for the caller: {"as_of","due","overdue","undecided",
 * "unmapped","collections":[{"store","collection","cluster","overdue",
 * "undecided"}] (those with any),"suspensions","unreachable","failed_runs":[{
 * "run","started_at","records","exit_code"}],"last_run"}.  Null before the
 * first, and {"as_of","problem"} where counting failed.  A run has failed whose
 * exit code is 1 or more and not 3 or 4; "exit_code" is null where it has no
 * end.
 */
enum status pulse_read(struct pulse *p, json_t **out) MUST_CHECK;

/* The same of an overview (engine/purge/overview.h). */
enum status pulse_figures(const json_t *all, json_t **out) MUST_CHECK;

#endif /* !WEB_PULSE_H */
