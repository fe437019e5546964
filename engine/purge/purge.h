#ifndef PURGE_PURGE_H
#define PURGE_PURGE_H

#include <stdint.h>

#include "engine/base/json.h"
#include "engine/installation/installation.h"

/*
 * One purge run: lock, load and check, plan, execute, verify, evidence,
 * report.  Killed at any instant, the next run continues; nothing is lost,
 * doubled or unlogged.
 */
enum purge_mode { PURGE_EXECUTE, PURGE_DRY_RUN };
struct purge_options {
	enum purge_mode mode;
	int64_t as_of;
	const char *store;   /* NULL: all */
	const char *cluster; /* NULL: all */
	/* called as records go; may be NULL */
	void (*progress)(
	    void *ctx, const char *cluster, int64_t deleted, int64_t due);
	void *progress_ctx;
};

/*
 * ${*report}: {"run","as_of","dry_run","rule_set","clusters":[{"cluster",
 * "store","collection","action","cutoff","due","deleted","de_identified",
 * "minimised","held","restricted","undecided","active","retain","waiting"}],
 * "unmapped":[{"store","table","column"}],"verified","scrubbed","overdue",
 * "undecided","suspensions":{"holds","restrictions","reviews_overdue",
 * "behind"},"seconds"}.  "behind" is for dry runs: how many rows a run would
 * write to bring the stores to what the registry of suspensions says; only
 * then does the run keep more, or less, than the dry run shows.  ST_BUSY:
 * another run holds the lock.  ST_INVALID: what policies, datasets and stores
 * disagree on is in ${in->diag}.  ST_USAGE: a run later than the clock.
 */
enum status purge_run(struct installation *in, const struct purge_options *o,
    json_t **report) MUST_CHECK;

/* Does a report say that something is OVERDUE, UNDECIDED, UNMAPPED, not
 * verified or not yet scrubbed? */
int purge_needs_attention(const json_t *report);

#endif /* !PURGE_PURGE_H */
