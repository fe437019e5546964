#ifndef PURGE_BATCH_H
#define PURGE_BATCH_H

#include "engine/crypto/secret.h"
#include "engine/plan/plan.h"

/* Deletion of what a plan found due in one collection. */

struct purge_context {
	const struct schedule *schedule;
	const char *run;
	const char *rule_set;
	const struct secret_key *evidence_key;
	int64_t batch; /* records at most */
	/* called after each batch; may be NULL */
	void (*progress)(
	    void *ctx, const struct plan_item *item, int64_t deleted);
	void *progress_ctx;
};

/*
 * Delete what is due under ${item}, in batches of about 100 ms of write lock,
 * each one transaction that holds the deletion, its evidence, the counts and
 * what the records leave behind.  Records to which a foreign key of the
 * database still points wait.  ${*deleted} counts what is committed, also
 * where it ends with an error.
 */
enum status purge_item(const struct purge_context *c,
    const struct plan_item *item, int64_t as_of, int64_t *deleted) MUST_CHECK;

#endif /* !PURGE_BATCH_H */
