#ifndef PURGE_REPORT_H
#define PURGE_REPORT_H

#include <stdint.h>

#include "engine/base/json.h"
#include "engine/purge/batch.h"

/* What a run did to one collection, beside what its plan said. */
struct purge_result {
	struct purge_counts done;
	int64_t left;    /* due when the run had ended */
	int64_t overdue; /* of those */
};

struct purge_outcome {
	const char *run;
	int dry_run;
	const struct plan *plan;
	struct purge_result *results; /* one for each item of the plan */
	int verified;                 /* nothing is due that could have gone */
	int scrubbed; /* what was deleted cannot be read from any file */
	double seconds;
};

/* The report as purge.h describes it. */
enum status report_json(const struct purge_outcome *o, json_t **out) MUST_CHECK;

/*
 * The installation's metrics for Prometheus' text format at ${path}, replaced
 * whole: what is overdue, undecided and unmapped, what went, and when the last
 * run ended well.
 */
enum status report_metrics(
    const json_t *report, const char *path, int64_t now) MUST_CHECK;

#endif /* !PURGE_REPORT_H */
