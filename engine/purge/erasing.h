#ifndef PURGE_ERASING_H
#define PURGE_ERASING_H

#include "engine/plan/asked.h"
#include "engine/purge/erase.h"
#include "engine/purge/run.h"

/* An erasure on its way, between erase.c (its transactions), erase_plan.c (what
 * is said of it) and erase_run.c (what it leaves in the log). */

#define ERASE_ACTIONS 3 /* enum evidence_action */

/* What became of a rule's records, as keyed hashes: sorted once all are in. */
struct erase_sets {
	struct buf done[ERASE_ACTIONS];
	struct buf stays; /* the record is still there */
};
struct erasing {
	struct run run; /* one lane: the caller's */
	const struct erase_subject *subject;
	struct asked asked;
	size_t *gone;       /* of each list of it: records that were deleted */
	struct asked stays; /* what is still there afterwards */
	struct erase_sets *sets; /* one for each rule of the schedule */
	struct db **open;        /* in a write transaction */
	size_t open_count;
	/* of each key that was deleted, after the end: how many were asked for
	 * once more, and how many were there */
	size_t asked_again;
	size_t found_again;
	int64_t suspensions; /* that there were when the stores had all */
};

/* Nobody else is at it, and all rules are there.  ${e} is zeroed. */
enum status erasing_init(struct erasing *e, struct installation *in,
    const struct erase_subject *s) MUST_CHECK;
void erasing_release(struct erasing *e);

/* Do it, in transactions that stay open. */
enum status erasing_act(struct erasing *e) MUST_CHECK;
void erasing_undo(struct erasing *e);
enum status erasing_commit(struct erasing *e) MUST_CHECK;

/* How many hashes. */
size_t erasing_count(const struct buf *hashes);
/* 1 where every hash of ${a} is in ${b}; where none of them is. */
int erasing_all_in(const struct buf *a, const struct buf *b);
int erasing_none_in(const struct buf *a, const struct buf *b);

#endif /* !PURGE_ERASING_H */
