#ifndef PURGE_BATCH_H
#define PURGE_BATCH_H

#include "engine/crypto/secret.h"
#include "engine/plan/plan.h"

/* Deletion of what a plan found due in one collection. */

/*
 * Which of the records that are due may go: ${may_go} sees the values of the
 * key columns and says ST_OK, or ST_NOTFOUND for one that stays; any other
 * status ends the item.
 */
struct purge_filter {
	enum status (*may_go)(void *ctx, const struct val *key);
	void *ctx;
};

struct purge_context {
	const struct schedule *schedule;
	const char *run;
	const char *rule_set;
	const struct secret_key *evidence_key;
	int64_t batch;                     /* records at most */
	const struct purge_filter *filter; /* NULL: all that is due */
	/* asked before each batch; other than ST_OK ends the item.  May be
	 * NULL. */
	enum status (*may_go_on)(void *ctx);
	void *may_go_on_ctx;
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
