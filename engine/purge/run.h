#ifndef PURGE_RUN_H
#define PURGE_RUN_H

#include <pthread.h>
#include <time.h>

#include "engine/holds/holds.h"
#include "engine/installation/seals.h"
#include "engine/purge/lane.h"
#include "engine/purge/plans.h"
#include "engine/purge/purge.h"
#include "engine/purge/report.h"
#include "engine/purge/selection.h"

/* A run, among purge.c, run_plan.c (its brakes and plan files), run_work.c (its
 * workers) and run_log.c (what it leaves in log, control database and data
 * folder). */

#define RUN_TEXT 80

/* The files of a store that are worked on: "" for the rest, which is first, or
 * for the store itself, then the segments' names. */
struct run_units {
	char (*names)[SEGMENT_NAME];
	size_t count;
};

struct run {
	struct installation *in;
	const struct purge_options *options;
	int64_t as_of; /* these three by the options, or by the file */
	const char *store;
	const char *cluster;
	int lock; /* descriptor; -1: none */
	char id[RUN_TEXT];
	char *actor;
	struct schedule schedule;
	struct plan plan;
	json_t *file; /* the plan file that is carried out, or NULL */
	/* one for each item, where there is a plan file; else NULL */
	struct selection *selections;
	struct stored_plan
	    kept; /* the plan that lets it go on; no body: none */
	/* {"reason","plan","lift"}: what stopped it; NULL: nothing */
	json_t *stopped;
	struct holds_watch holds;
	struct timespec started;
	struct lane *lanes; /* one for each of its workers */
	size_t jobs;
	enum plan_detail detail; /* of what is counted */
	struct run_units *units; /* one for each store, once it has begun */
	/* What of it cannot be reached (unreachable.h), one for each store,
	 * written by the one who has it. */
	json_t **unreachable;

	/* What workers write: ${stopped} above, and these.  Behind the mutex,
	 * but for what ${plan} and ${outcome} have of a single item, which is
	 * written by the one who has its store. */
	pthread_mutex_t mutex;
	struct purge_outcome outcome;
	int64_t progressed; /* records */
};

/* ---- run_plan.c ---- */

/* Read the file to carry out and see that it fits; opens control database. */
enum status run_read_file(struct run *r) MUST_CHECK;
/* Its records, or those that are due, once the plan is there. */
enum status run_select(struct run *r) MUST_CHECK;
/* Write the plan to the options' file and keep it. */
enum status run_write_file(struct run *r) MUST_CHECK;
/* Where something stops it, ${r->stopped} is set, and ST_OK.  ST_INVALID: a
 * store would refuse what the plan does to records that stay (trial.h). */
enum status run_brakes(struct run *r) MUST_CHECK;
/* ${stop} (stop.h) is what stops it, unless something does already. */
enum status run_stop_by(struct run *r, const json_t *stop) MUST_CHECK;

/* ---- run_work.c: by as many workers as it has lanes ---- */

/* Count what its plan lists. */
enum status run_count(struct run *r, enum plan_detail detail) MUST_CHECK;
/*
 * Carry the plan out, store by store: what is due, in the order of the plan;
 * then what nobody needs any more is forgotten, the store scrubbed, and every
 * due condition asked again.  A store that fails, or that somebody holds up,
 * keeps no other from its end; the failure is that of the first, in the order
 * of lethe.yml.  Where the emergency stop ended it, ${r->stopped} is set, and
 * ST_OK.
 */
enum status run_work(struct run *r) MUST_CHECK;

/* ---- run_log.c ---- */

/*
 * Whether the files of ${name} (seals.h) are what was sealed last, as ${in}
 * has them, which is the run's installation or a worker's.  ST_INTEGRITY is in
 * the log then.
 */
enum status run_check_seals(const struct run *r, struct installation *in,
    const char *name, enum seals_depth depth) MUST_CHECK;
/* See that evidence can be shipped, and ship what is there. */
enum status run_open(struct run *r) MUST_CHECK;
/* Bring the evidence of its stores into the log. */
enum status run_ship(struct run *r) MUST_CHECK;
/* The same of the file of ${s}, a store of ${in}, that is in use. */
enum status run_ship_unit(const struct run *r, struct installation *in,
    struct installation_store *s) MUST_CHECK;
/* Log that it begins, or was stopped before; and its row. */
enum status run_begin(struct run *r) MUST_CHECK;
/* It ended, or was stopped: log, row, metrics, stamp. */
enum status run_finish(struct run *r, const json_t *report) MUST_CHECK;
/* It failed with ${why}. */
enum status run_fail(struct run *r, enum status why) MUST_CHECK;

/* ---- run_reach.c: what of it cannot be reached ---- */

/* Nothing so far. */
enum status run_reach_new(struct run *r) MUST_CHECK;
void run_reach_free(struct run *r);
/* Bring what was left out, or lost, into the outcome, in the order of stores.
 */
enum status run_join(struct run *r) MUST_CHECK;
/* See what became of what an earlier run was deleting on other servers. */
enum status run_settle(struct run *r) MUST_CHECK;

/* Is ${s} part of it? */
int run_takes(const struct run *r, const struct installation_store *s);

#endif /* !PURGE_RUN_H */
