#ifndef PURGE_REPORT_H
#define PURGE_REPORT_H

#include <stdint.h>

#include "engine/base/json.h"
#include "engine/purge/batch.h"
#include "engine/purge/plans.h"
#include "engine/purge/selection.h"

/* What a run did to one collection, beside what its plan said. */
struct purge_result {
	struct purge_counts done;
	int64_t left;                     /* due when the run had ended */
	int64_t overdue;                  /* of those */
	struct selection_counts selected; /* of a plan file */
};

struct purge_outcome {
	const char *run;
	int dry_run;
	int begun;                      /* no brake stopped it before */
	int by_file;                    /* it carried out a plan file */
	const struct stored_plan *kept; /* or NULL */
	const json_t *stopped;          /* what stopped it, or NULL */
	const struct plan *plan;
	struct purge_result *results; /* one for each item of the plan */
	int asked;                    /* all that was due was asked again */
	int verified;                 /* nothing is due that could have gone */
	int64_t segments;             /* that went whole */
	int64_t partitions;           /* of attached databases, too */
	int scrubbed;        /* what was deleted cannot be read from any file */
	json_t *suspensions; /* holds_summary(); owned */
	json_t *unreachable; /* unreachable.h; owned */
	json_t *log_pruned;  /* pruning.h; owned; NULL: not asked */
	int64_t suspensions_behind; /* dry run: rows that a run would write */
	double seconds;
};

/* The report as purge.h describes it. */
enum status report_json(const struct purge_outcome *o, json_t **out) MUST_CHECK;

/*
 * The installation's metrics for Prometheus' text format at ${path}, replaced
 * whole: what is overdue, undecided and unmapped, what went, whether the run
 * was stopped, and when the last one ended well (Unix seconds; 0: none has).
 */
enum status report_metrics(
    const json_t *report, const char *path, int64_t last_success) MUST_CHECK;

#endif /* !PURGE_REPORT_H */
