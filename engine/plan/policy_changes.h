#ifndef PLAN_POLICY_CHANGES_H
#define PLAN_POLICY_CHANGES_H

#include "engine/base/json.h"
#include "engine/model/policy.h"

/*
 * What two versions of a policy say differently, as a list of {"kind","name",
 * "what","before","after","effect"}: kind is "policy", "recipient", "purpose",
 * "starting_point" or "cluster", what the key, or "added" and "removed".
 * ${effect} is false where records fall due as before: titles, sources,
 * recipients, legal bases.  The order of the files does not matter.
 */
enum status policy_changes_json(const struct policy *before,
    const struct policy *after, json_t **out) MUST_CHECK;

#endif /* !PLAN_POLICY_CHANGES_H */
