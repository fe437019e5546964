#ifndef PLAN_POLICY_DIFF_H
#define PLAN_POLICY_DIFF_H

#include <stdint.h>

#include "engine/base/json.h"
#include "engine/plan/rule.h"

/*
 * What it would change if the policy ${name} said what it says in ${after}
 * rather than what it says in ${before}: two schedules over the same open
 * stores (installation_load_with()).  The purge's own conditions of both,
 * counted against each other at ${as_of}; nothing is written.
 * {"policy","as_of","before":{"file","revision"},"after":{...},
 * "changes":[...],"clusters":[{"cluster","becomes_due","stops_being_due",
 * "due_before","due_after","within":[{"days","before","after"}...],
 * "collections":[{"store","collection","moved_from",...the counts}]}],
 * "becomes_due","stops_being_due","warnings":[...]}; changes are those of
 * policy_changes.h, "within" is what will be due by then.  A collection counts
 * for the cluster that it is in afterwards, one that none covers any more for
 * the one before.
 */
enum status policy_diff_json(const struct schedule *before,
    const struct schedule *after, const char *name, int64_t as_of,
    json_t **out) MUST_CHECK;

#endif /* !PLAN_POLICY_DIFF_H */
