#ifndef PURGE_BRAKES_H
#define PURGE_BRAKES_H

#include <stdint.h>

#include "engine/base/buf.h"
#include "engine/base/json.h"
#include "engine/plan/plan.h"
#include "engine/purge/plans.h"

/*
 * What stops a run before it touches anything, and what an approved plan lifts:
 *
 * rule   a rule is new or has changed since it was last approved
 * share  more than `max_share` of a collection would go
 * clock  the clock has jumped since the last run
 */
#define BRAKES_LEAST_RECORDS 1000 /* in a collection, for `share` */

/*
 * Ask all of them at the instant ${now} of the clock.  ${most}, if not NULL,
 * says how many records of each item would go.  ${*stops} is a list, empty
 * where nothing stops: {"brake":"rule","cluster","store","collection","rule"},
 * {"brake":"share","cluster","store","collection","due","records"},
 * {"brake":"clock","seen","now"}.
 */
enum status brakes_check(struct installation *in, const struct plan *p,
    const int64_t *most, int64_t now, json_t **stops) MUST_CHECK;

/*
 * Would ${p}, once approved, lift all of ${stops} for ${run}?  Its rules are
 * the same; it stopped for the clock itself; of no collection more goes than
 * it shows, and a tenth, because what is due grows until it is approved.  The
 * plan of a file names its records and its instant: it lifts all.
 */
enum status brakes_lifts(const struct stored_plan *p, const struct plan *run,
    const json_t *stops, int *yes) MUST_CHECK;

/* 1 if the clock is among them. */
int brakes_have_clock(const json_t *stops);

/* "new or changed rules: a, b; 1800 of the 2001 records ..." */
void brakes_sentence(const json_t *stops, struct buf *out);

#endif /* !PURGE_BRAKES_H */
