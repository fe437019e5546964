#ifndef PLAN_POLICY_SHOW_H
#define PLAN_POLICY_SHOW_H

#include "engine/base/json.h"
#include "engine/installation/installation.h"
#include "engine/plan/document.h"

/*
 * The policies in readable form, in ${language}: {"policies":[{"policy",
 * "revision","title","calendar","time_zone","clusters":[{"cluster","title",
 * "source","own_rule","own_rule_reason","origin","origin_title","action",
 * "label","de_identify":[{"field","method","words"}],"rule","unlimited","covers":[...],
 * "purposes":[{"purpose","title","legal_basis","reference","recipients":[{
 * "recipient","title","role","region"}],"starting_point","period","rule"}],
 * "starting_point":{...},"regular_deletion_period","retention_period",
 * "retention_words"}],"terms":[...]}]}.  "rule" is in words.  "label" is
 * "pseudonymised" or "anonymised" (reduce_label_of_cluster()), null where the
 * cluster deletes. "terms" is that of policy_show_term.h.  A purpose has the
 * last three where it has an end of its own.
 */
enum status policy_show_json(const struct installation *in,
    const char *language, json_t **out) MUST_CHECK;

/* What policy_show_json() gave, written for people. */
void policy_show_write(
    const json_t *o, const char *language, struct document *d);

#endif /* !PLAN_POLICY_SHOW_H */
