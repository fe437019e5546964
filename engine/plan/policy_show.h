#ifndef PLAN_POLICY_SHOW_H
#define PLAN_POLICY_SHOW_H

#include "engine/base/json.h"
#include "engine/installation/installation.h"

/*
 * The policies in readable form, in ${language}: {"policies":[{"policy",
 * "revision","title","calendar","time_zone","clusters":[{"cluster","title",
 * "source","own_rule","covers":[...],"purposes":[{"title","legal_basis",
 * "recipients":[...]}],"starting_point":{...},"regular_deletion_period",
 * "retention_period","rule"}]}]}.
 */
enum status policy_show_json(const struct installation *in,
    const char *language, json_t **out) MUST_CHECK;

#endif /* !PLAN_POLICY_SHOW_H */
