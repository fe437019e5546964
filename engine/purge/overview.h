#ifndef PURGE_OVERVIEW_H
#define PURGE_OVERVIEW_H

#include <stdint.h>

#include "engine/base/json.h"
#include "engine/installation/installation.h"

/*
 * How the installation stands at ${as_of}: {"installation","as_of",
 * "stores":[{"store","collections":[{"collection","cluster","records","due",
 * "overdue","held","restricted","undecided","active","retain"}]}],
 * "runs":[{"run","started_at","finished_at","records","exit_code"}],"stopped",
 * "plans_waiting":[id],"clock","due","overdue","undecided","unmapped",
 * "suspensions":{"holds","restrictions","reviews_overdue"},"unreachable":[...]
 * (engine/plan/unreachable.h)}.  The last five
 * runs, newest first; one that was killed in the middle has no end.  "stopped"
 * is {"at","actor","reason"} while `lethe stop` holds, else null; "clock" the
 * latest instant that a run has seen, or null.
 */
enum status overview_json(
    struct installation *in, int64_t as_of, json_t **out) MUST_CHECK;

#endif /* !PURGE_OVERVIEW_H */
