#ifndef AUDIT_PRUNE_H
#define AUDIT_PRUNE_H

#include "engine/audit/log.h"
#include "engine/audit/tile.h"
#include "engine/base/civil.h"
#include "engine/base/period.h"
#include "engine/crypto/hash.h"

/*
 * The log's own retention.  Its oldest entries go, a whole bundle of 256 at a
 * time; every hash stays, so that each entry that is left, and every checkpoint
 * that was ever signed, can still be proved.  The entry `log_pruned` says what
 * went, in the transaction that removes it:
 *
 *   {"object","from","below","entries","rule","before","size","root","shipped"}
 *
 * entries from "from" to before "below" are gone, all of them older than the
 * instant "before" by the period "rule"; "size" and "root" are the log's just
 * before; "shipped" is the hash of what is still known of the evidence that
 * they had.
 */
#define PRUNE_ACTION "log_pruned"

struct prune_rule {
	int64_t before;    /* entries of before this instant may go */
	uint64_t stay;     /* of which those from this number on stay */
	struct period age; /* what they were due by */
};

/* What went so far. */
struct prune_state {
	uint64_t below; /* entries before this one; 0: nothing was pruned */
	char at[INSTANT_TEXT];
	char rule[PERIOD_TEXT];
	char shipped[SHA256_TEXT];
};
enum status prune_read(struct audit *a, struct prune_state *out) MUST_CHECK;

/* What the entry ${body} says of that; ST_NOTFOUND, without a sentence, where
 * it is about something else. */
enum status prune_parse(
    const char *body, size_t len, struct prune_state *out) MUST_CHECK;

/* The "shipped" of the log as it is now. */
enum status prune_shipped(struct audit *a, char out[SHA256_TEXT]) MUST_CHECK;

/* ${*below} gets where the log would begin; the same as now: nothing is due. */
enum status prune_due(
    struct audit *a, const struct prune_rule *rule, uint64_t *below) MUST_CHECK;

/*
 * Remove what is due.  At most PRUNE_STEP entries in one transaction, each with
 * an entry of its own; killed in between, the next call continues.  ${*entries}
 * gets how many went, also where it fails.  The caller scrubs.
 */
#define PRUNE_STEP 65536
enum status prune(struct audit *a, const struct prune_rule *rule, int64_t now,
    const char *actor, int64_t *entries) MUST_CHECK;

#endif /* !AUDIT_PRUNE_H */
