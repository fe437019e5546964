#ifndef PURGE_BATCH_H
#define PURGE_BATCH_H

#include "engine/crypto/secret.h"
#include "engine/plan/plan.h"
#include "engine/purge/evidence.h"

/* What a plan found due in one collection, carried out. */

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
	/* called after each batch with what it did; may be NULL */
	void (*progress)(void *ctx, const struct plan_item *item, int64_t n);
	void *progress_ctx;
	json_t *unreachable; /* what could not be reached (unreachable.h) */
	/* The caller has a write transaction open on the file in use: all of
	 * it is one, and the caller's to commit. */
	int whole;
	/* called inside it with the hashes that go into evidence; may be NULL
	 */
	enum status (*wrote)(void *ctx, const struct plan_item *item,
	    enum evidence_action action, const struct buf *hashes);
	void *wrote_ctx;
};

/* How many records are committed, also where it ends with an error. */
struct purge_counts {
	int64_t deleted;
	int64_t de_identified;
	int64_t minimised;
};

/* Has the file of the rule's store that is in use nothing to do?  What its
 * bounds and counts say is enough. */
enum status purge_idle(
    const struct rule *r, int64_t as_of, int *idle) MUST_CHECK;

/*
 * Do what is due under ${item} in the file that is in use, in batches of about
 * 100 ms of write lock, each one transaction that holds the deletion or change,
 * its evidence, the counts and what the records leave behind.  Every condition
 * is asked again in that transaction: what has changed or was suspended since
 * the plan stays.  Records to which a foreign key of the database still points
 * are not deleted.
 *
 * A collection with parts on other servers is worked part by part, so that no
 * transaction changes two of them, and a server that does not answer costs
 * only its own part, which is named in ${c->unreachable}.
 */
enum status purge_item(const struct purge_context *c,
    const struct plan_item *item, int64_t as_of,
    struct purge_counts *done) MUST_CHECK;

#endif /* !PURGE_BATCH_H */
