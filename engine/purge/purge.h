#ifndef PURGE_PURGE_H
#define PURGE_PURGE_H

#include <stdint.h>

#include "engine/base/json.h"
#include "engine/installation/installation.h"

/*
 * One purge run: lock, load and check, plan, brakes, execute, verify,
 * evidence, report.  Killed at any instant, the next run continues; nothing is
 * lost, doubled or unlogged.
 */
enum purge_mode { PURGE_EXECUTE, PURGE_DRY_RUN };
struct purge_options {
	enum purge_mode mode;
	int64_t as_of;
	const char *store;   /* NULL: all */
	const char *cluster; /* NULL: all */
	/* Stores and segments that are worked on at a time: 0: as lethe.yml
	 * says, or as many as there are processors; CONFIG_JOBS at most. */
	int jobs;
	int approve; /* what stops it, as one approval by its actor */
	/* Write the plan of a dry run to this file and keep it; or NULL. */
	const char *plan_file;
	/* Carry out what this file plans and nothing else; or NULL.  It says
	 * as of when, and for which store and cluster. */
	const char *execute_file;
	/* called as records go, by one thread at a time, which need not be the
	 * caller's; may be NULL */
	void (*progress)(
	    void *ctx, const char *cluster, int64_t deleted, int64_t due);
	void *progress_ctx;
};

/*
 * ${*report}: {"run","as_of","dry_run","rule_set","clusters":[{"cluster",
 * "store","collection","action","label","cutoff","due","deleted","de_identified",
 * "minimised","held","restricted","undecided","active","retain","waiting"}],
 * "unmapped":[{"store","table","column"}],"unreachable":[{"store",
 * "collection","partition","server","reason"}],"verified","scrubbed","deleted",
 * "segments_dropped","partitions_dropped","overdue","undecided","log_pruned","plan",
 * "stopped","suspensions":{"holds",
 * "restrictions","reviews_overdue","behind"},"seconds"}.  "active" and "retain"
 * are null where a run would have to read a large collection to tell them
 * apart.  "label" is what records are that the cluster de-identifies there:
 * "pseudonymised" or "anonymised", or null.  "plan" is {"id","hash"} of the
 * plan that it wrote, carried out or waits for, or null.  "behind" is for dry
 * runs: how many rows a run would write to bring the stores to what the
 * registry of suspensions says; only then does the run keep more, or less, than
 * the dry run shows.  Clusters of a run that carried out a file also have
 * "planned", "skipped":{"gone","held", "changed"} and "unplanned".
 * "log_pruned" is what went of the audit log itself (pruning.h), null where the
 * run is not about everything.
 *
 * What could not be reached is in "unreachable" (engine/plan/unreachable.h) and
 * in no count; all else is done, and the next run does the rest.
 *
 * ST_DENIED with a report whose "stopped" is {"reason","plan","lift"}: a brake
 * stopped it before it began, or the emergency stop between two batches; what
 * was deleted by then is in the report.  ST_BUSY: another run holds the lock.
 * ST_INVALID: what policies, datasets and stores disagree on is in
 * ${in->diag}, also what only values show (trial.h); or a plan file was
 * changed.  ST_USAGE: a run later than the
 * clock.
 */
enum status purge_run(struct installation *in, const struct purge_options *o,
    json_t **report) MUST_CHECK;

/* Is a run at work now that is not a dry one? */
enum status purge_is_at_work(struct installation *in, int *yes) MUST_CHECK;

/* Does a report say that something is OVERDUE, UNDECIDED, UNMAPPED,
 * unreachable, not verified or not yet scrubbed? */
int purge_needs_attention(const json_t *report);

#endif /* !PURGE_PURGE_H */
