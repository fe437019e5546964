#ifndef PURGE_ERASE_H
#define PURGE_ERASE_H

#include <stdint.h>

#include "engine/base/buf.h"
#include "engine/base/json.h"
#include "engine/installation/installation.h"
#include "engine/plan/reach.h"

/*
 * A person's records erased on request: the rules of the policy with what they
 * say of erasure (plan/asked.h), carried out by the machinery of a purge, with
 * the same evidence, de-identification, suspensions and references.
 *
 * A plan is the erasure itself, tried and rolled back; so that what it shows is
 * what happens.  The erasure is one write transaction in each file of each
 * store.  Before the first of them commits, what went in all of them is held
 * against the plan that people approved: a record more, or one that is to stay
 * now, and nothing is changed.  Keys are known before anything goes and kept
 * until all of it has gone, since with the first record the references to the
 * others may be lost: whoever was killed goes on from there.
 */
struct erase_subject {
	struct reach_subject who;
	int64_t as_of;
	/* what an erasure that was cut off had found (erase_keep); or NULL */
	const struct buf *targets;
	/* of these clusters alone; names, ended by NULL; NULL: of all */
	const char *const *clusters;
	/* restrictions that this ends, and that therefore keep nothing: ids,
	 * ended by NULL; NULL: none */
	const char *const *ends;
};

/*
 * What would be done now.  ${*plan}: {"rule_set","as_of","hash","records",
 * "kept_records","items":[{"store","collection","policy","cluster","action",
 * "label","ground","dpv","records","hashes"}],"kept":[{"store","collection",
 * "cluster","why","dpv","law","purposes":[...],"records","until",
 * "suspensions":[{"id","kind","reason"}]}]}.  "hashes" are keyed hashes of keys
 * in base64.  "why": "legal_obligation" or another exception of Art. 17(3);
 * "held", "restricted", "shared", "undecided"; "needed" (its period has not
 * begun); "referenced" (only what other records need of it).  "until" is the
 * last instant at which any of them may go, null where nobody knows yet.
 * "hash" is over all but "as_of".  ST_BUSY: a purge or another erasure is at
 * work, or somebody writes.
 */
enum status erase_plan(struct installation *in, const struct erase_subject *s,
    json_t **plan) MUST_CHECK;

struct erase_order {
	struct erase_subject subject;
	const char *request; /* for the log: no personal data */
	const char *actor;
	const json_t *plan; /* that was approved */
	const char *run;    /* of what was cut off; NULL: a new one */
	/* called before the first commit, to keep the run and what was found
	 * until the erasure has ended */
	enum status (*keep)(
	    void *ctx, const char *run, const struct buf *targets);
	void *ctx;
	/* gets the keys of what is kept of the person's own, as asked_write()
	 */
	struct buf *stays;
};

/*
 * Carry it out.  ${*report}: {"run","deleted","de_identified","minimised",
 * "verified","scrubbed","asked_again","found_again"}: after the commit each key
 * that was deleted was asked for once more, and so many were there; "verified"
 * is false where any was.  ST_CONFLICT: what it would do is no longer what the
 * plan says; nothing was changed, and a new look is needed.  ST_BUSY: a purge
 * or another erasure is at work.  Whatever else fails, once more ends it.
 */
enum status erase_run(struct installation *in, const struct erase_order *o,
    json_t **report) MUST_CHECK;

#endif /* !PURGE_ERASE_H */
