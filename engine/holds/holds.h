#ifndef HOLDS_HOLDS_H
#define HOLDS_HOLDS_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/json.h"
#include "engine/installation/installation.h"

/*
 * Suspensions of deletion: legal holds, and restrictions of processing (GDPR
 * Art. 18), which keep the data for as long as they last.  The registry in the
 * control database says what is suspended and why; what each reaches is
 * written beside the records (engine/plan/suspension.h), where the purge asks.
 *
 * Placing takes effect at once, because keeping is the safe side.  The
 * registry comes first, then the stores, then the audit log: whoever is killed
 * in between, the next holds_refresh() finishes it, and no purge begins
 * without one.  What was suspended stays so until its release, even where the
 * references that led to it are gone.
 */

/* What is suspended: one of a subject, a record, a cluster; with a subject,
 * ${cluster} narrows it to the subject's part of that cluster. */
struct holds_scope {
	const char *identity; /* a subject: "customer_id" ... */
	const char *value;
	const char *store; /* a record: its place ... */
	const char *collection;
	const char *const *key; /* ... and one text for each column */
	size_t key_count;
	const char *cluster;
};
#define HOLDS_NO_DAY INT32_MIN
struct holds_order {
	struct holds_scope scope;
	const char *reason;    /* a word of reason.h, which gives the kind */
	const char *authority; /* who demands it; needed for a hold */
	const char *note;      /* or NULL */
	const char *owner;     /* who looks after it; NULL: the actor */
	/* looked at again: days since 1970-01-01; or HOLDS_NO_DAY: after the
	 * time that lethe.yml gives */
	int32_t review;
	const char *request; /* the case that brings it about, or NULL ... */
	int64_t part;        /* ... and which of its parts */
};

/*
 * Place one.  When it returns, what it reaches is suspended in every store.
 * ${*out}: the suspension as registry.h describes it, with "records" (how many
 * are suspended now) and "collections":[{"store","collection","cluster",
 * "records"}].  0 records are no mistake: data may come.  ST_USAGE for what
 * does not exist or is missing.  A failure after the registry's row says so:
 * it is placed then, and every purge waits until it is in the stores.
 */
enum status holds_place(struct installation *in, const struct holds_order *o,
    const char *actor, json_t **out) MUST_CHECK;

/*
 * Release it, or, where lethe.yml wants two people, ask for that.  ${reason}
 * is needed from the first; ST_DENIED where the same person comes twice.
 * ${*out}: the suspension, with, once it is released, "freed":[{"store",
 * "collection","cluster","records","due","overdue","undecided","active",
 * "retain"}] (those that nothing else suspends; OVERDUE ones are DUE too) and
 * "records", their sum.  What is due goes with the next purge.
 */
enum status holds_release(struct installation *in, const char *id,
    const char *actor, const char *reason, json_t **out) MUST_CHECK;

/*
 * holds_release() refuses a restriction that a case brought about: the person
 * is told first.  This is for the case itself.
 */
enum status holds_lift(struct installation *in, const char *id,
    const char *actor, const char *reason, json_t **out) MUST_CHECK;

/*
 * {"suspensions":[... each with "records"],"holds","restrictions",
 * "reviews_overdue"}; released ones too with HOLDS_ALL.
 */
enum holds_which { HOLDS_ACTIVE, HOLDS_ALL };
enum status holds_list(struct installation *in, enum holds_which which,
    int64_t now, json_t **out) MUST_CHECK;

/* {"holds","restrictions","reviews_overdue","liftings_due"}: how many are
 * active at ${now}.  A review is overdue from the day after its date; a lifting
 * is due once the notice of it has run out. */
enum status holds_summary(
    struct installation *in, int64_t now, json_t **out) MUST_CHECK;

/* Append a sentence to ${warnings} for each active suspension whose subject,
 * record or cluster is not there (any more). */
enum status holds_check(struct installation *in, json_t *warnings) MUST_CHECK;

/* ---- the stores ---- */

/* What the databases were at when the stores were last compared. */
struct holds_watch {
	int64_t *versions; /* one for each store, the control database last */
	size_t count;
};
void holds_watch_release(struct holds_watch *w);
/* Over the same connections, for another store (holds_keep_fresh()). */
enum status holds_watch_copy(
    struct holds_watch *to, const struct holds_watch *from) MUST_CHECK;

/*
 * Bring every store to what the registry says: one write transaction for each
 * store that differs, none for the others.  Records that came in since are
 * suspended too; what was released, and what is gone, is dropped.  Then the
 * audit log.  ${w} may be NULL.  ST_UNREACHABLE where something is suspended
 * and a store, or a part that the references lead through, does not answer:
 * then nobody knows what must stay, and nothing may go.
 */
enum status holds_refresh(
    struct installation *in, struct holds_watch *w) MUST_CHECK;

/*
 * The same for ${store} alone, if another connection has committed to any of
 * the databases since ${w}, which is of this store, was last given to one of
 * the two; the others are read, because references lead through them, and no
 * more.  The log is told by the next holds_refresh().
 */
enum status holds_keep_fresh(struct installation *in,
    const struct installation_store *store, struct holds_watch *w) MUST_CHECK;

/* How many rows holds_refresh() would write now; writes nothing. */
enum status holds_behind(struct installation *in, int64_t *rows) MUST_CHECK;

#endif /* !HOLDS_HOLDS_H */
