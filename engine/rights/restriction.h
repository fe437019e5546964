#ifndef RIGHTS_RESTRICTION_H
#define RIGHTS_RESTRICTION_H

#include "engine/holds/holds.h"
#include "engine/rights/letter.h"
#include "engine/rights/rights.h"
#include "engine/rights/step.h"

/*
 * Restriction of processing on request (GDPR Art. 18; APPI 35), and what an
 * objection (Art. 21(1)) does at once.  A case has parts, each of which becomes
 * a restriction of its own (engine/holds/holds.h) bound to the case; it lasts
 * until the case lifts it, longer than any deletion period.
 */

/* One part: neither a record nor a cluster: all of the person's. */
struct rights_restriction {
	const char *ground;       /* of a restriction (engine/holds/reason.h) */
	struct holds_scope scope; /* its subject is the case's, always */
};

/*
 * Add a part to what the case is to restrict; before it is decided.  ${*out}:
 * {"request","parts":[{"part","ground","store","collection","key","cluster",
 * "records","restriction","state"}]}, "records" those that each reaches now.
 * Of an objection, whose ground is given already (art18_1d_objection_pending),
 * what it is about is restricted when this returns, until its decision: ${what}
 * narrows it to a cluster, else it is every cluster with a purpose of
 * legitimate interests or of a public task.  Upheld, its clusters are erased
 * (erasure.h), and stay restricted: what comes in later is not used either.
 */
enum status rights_restrict(struct installation *in,
    const struct rights_actor *by, const char *id,
    const struct rights_restriction *what, json_t **out) MUST_CHECK;

/* The parts as they stand. */
enum status rights_restriction_parts(
    struct installation *in, const char *id, json_t **out) MUST_CHECK;

/*
 * Restrict what was decided on, and fulfil the case.  Killed at any instant,
 * once more ends it; nothing is restricted twice.  ${*out} as rights_show().
 */
enum status rights_execute_restriction(struct installation *in,
    const struct rights_actor *by, const char *id, json_t **out) MUST_CHECK;

/*
 * Lift what the closed case ${id} has restricted.  First the person is told
 * (Art. 18(3)): a letter is sent to the address on file, or with LETTER_KEEP
 * kept to go on paper, and the time runs that lethe.yml's `requests:
 * {lifting_notice: P7D}` gives, from the end of that day.  After it, once more
 * lifts it; ST_DENIED before.  ${reason}: a code for the first time.  Where two
 * people must release, the second does.  ${*out} as rights_show().
 */
struct lifting_order {
	const char *reason;
	const char *language; /* of the letter; NULL: lethe.yml's */
	enum letter_do letter;
};
enum status rights_lift(struct installation *in, const struct rights_actor *by,
    const char *id, const struct lifting_order *o, json_t **out) MUST_CHECK;

/* ---- in a step ---- */

/* ST_DENIED: nothing was planned, or, of an objection, nothing is restricted
 * while it is decided; or the reason does not go with it. */
enum status restriction_decide(struct step *s) MUST_CHECK;
/* ST_DENIED: a part of it is not restricted yet. */
enum status restriction_done(struct step *s) MUST_CHECK;

#endif /* !RIGHTS_RESTRICTION_H */
