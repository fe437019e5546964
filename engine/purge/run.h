#ifndef PURGE_RUN_H
#define PURGE_RUN_H

#include <time.h>

#include "engine/holds/holds.h"
#include "engine/purge/plans.h"
#include "engine/purge/purge.h"
#include "engine/purge/report.h"
#include "engine/purge/selection.h"

/* A run, among purge.c, run_plan.c (its brakes and plan files) and run_log.c
 * (what it leaves in log, control database and data folder). */

#define RUN_TEXT 80

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
	struct purge_outcome outcome;
	struct holds_watch holds;
	struct timespec started;
	int64_t progressed; /* by the items before the one at hand */
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
/* The emergency stop alone, as purge_context.may_go_on asks it: ST_DENIED. */
enum status run_may_go_on(void *run) MUST_CHECK;
/* What became of the records of a plan file. */
enum status run_account(struct run *r) MUST_CHECK;

/* ---- run_log.c ---- */

/* Before anything is read of the stores: they are what was sealed last. */
enum status run_check_seals(struct run *r) MUST_CHECK;
/* See that evidence can be shipped, and ship what is there. */
enum status run_open(struct run *r) MUST_CHECK;
/* Bring the evidence of its stores into the log. */
enum status run_ship(struct run *r) MUST_CHECK;
/* The same of the file of ${s} that is in use. */
enum status run_ship_unit(
    struct run *r, struct installation_store *s) MUST_CHECK;
/* Log that it begins, or was stopped before; and its row. */
enum status run_begin(struct run *r) MUST_CHECK;
/* It ended, or was stopped: log, row, metrics, stamp. */
enum status run_finish(struct run *r, const json_t *report) MUST_CHECK;
/* It failed with ${why}. */
enum status run_fail(struct run *r, enum status why) MUST_CHECK;

/* Is ${s} part of it? */
int run_takes(const struct run *r, const struct installation_store *s);

#endif /* !PURGE_RUN_H */
