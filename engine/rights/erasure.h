#ifndef RIGHTS_ERASURE_H
#define RIGHTS_ERASURE_H

#include "engine/rights/rights.h"
#include "engine/rights/step.h"

/*
 * Erasure on request (GDPR Art. 17), from its plan to what becomes of the rest;
 * and that of an objection which is upheld (Art. 17(1)(c)), of the clusters
 * that it is about (restriction.h).
 * A decision and its approval are about one plan, by its hash; what would be
 * done has to be that still when it is carried out (engine/purge/erase.h).
 */

/*
 * Make the plan anew, which takes back what was decided on another.  ${*out}:
 * the plan as erase_plan() gives it, without "hashes", and "request".  Needs a
 * request for erasure whose person is verified.
 */
enum status rights_plan(struct installation *in, const struct rights_actor *by,
    const char *id, json_t **out) MUST_CHECK;

/*
 * The plan as it was last made, for whoever may see the request: {"request",
 * "made_at","made_by","stage","plan","report"}.  "plan" as above; "stage" is
 * "planned", "decided", "approved", "begun" (it was cut off: once more ends it)
 * or "done"; "report" that of erase_run(), null until it is done.  Without a
 * plan all but "request" are null.
 */
enum status rights_plan_read(
    struct installation *in, const char *id, json_t **out) MUST_CHECK;

/*
 * Carry out what was approved, and fulfil the request, in part where something
 * is kept.  ${*out} as rights_show(), with "erasure": the report of
 * erase_run().  Killed at any instant, once more ends it.  RIGHTS_TELL: once
 * what was kept has gone too, a message says so to the address on file.
 */
enum rights_tell { RIGHTS_TELL_NOT, RIGHTS_TELL };
enum status rights_execute(struct installation *in,
    const struct rights_actor *by, const char *id, enum rights_tell tell,
    json_t **out) MUST_CHECK;

/*
 * After a run of the rules: requests of which nothing that was kept is there
 * any more get an event, and whoever asked for it a message; each once.  Of
 * each request one record is asked for, and all of them only when that has
 * gone: keys of others that went before it are forgotten with it.
 * ${*requests}: how many.
 */
enum status rights_erase_rest(struct installation *in,
    const struct rights_actor *by, int64_t *requests) MUST_CHECK;

/* [ID]: requests whose erasure left out what was held, and the hold has ended
 * since: `lethe request reopen` takes them up again, with a plan and a decision
 * of its own. */
enum status rights_erase_freed(
    struct installation *in, json_t **out) MUST_CHECK;

/* ---- in a step ---- */

/* What is decided is about the plan as it stands.  ST_DENIED: there is none,
 * or ${s->r.outcome} does not go with what it keeps. */
enum status erasure_decide(struct step *s) MUST_CHECK;
/* ST_CONFLICT: it was decided on another plan. */
enum status erasure_approve(struct step *s) MUST_CHECK;
/* ST_DENIED: it has not been carried out. */
enum status erasure_done(struct step *s) MUST_CHECK;

/* What ${s->by} could do now about the plan of ${s->r}, of any type. */
struct erasure_may {
	int plan;    /* make it, or make it anew */
	int decide;  /* it stands, and nobody has decided on it yet */
	int execute; /* what was approved can be carried out */
};
enum status erasure_offers(
    const struct step *s, struct erasure_may *out) MUST_CHECK;

#endif /* !RIGHTS_ERASURE_H */
