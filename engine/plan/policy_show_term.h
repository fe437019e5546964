#ifndef PLAN_POLICY_SHOW_TERM_H
#define PLAN_POLICY_SHOW_TERM_H

#include "engine/base/json.h"
#include "engine/model/policy.h"
#include "engine/plan/document.h"

/*
 * The starting points whose day ingest computes, for policy_show.c:
 * [{"starting_point","title","field","parts":[{"part","field","period",
 * "words"}],"longest","longest_words"}].  "part" is what the policy file calls
 * it; "words" is the field that gives it, or the period.
 */
enum status policy_terms_json(
    const struct policy *p, const char *language, json_t **out) MUST_CHECK;

/* That list, written for people. */
void policy_terms_write(
    const json_t *list, const char *language, struct document *d);

#endif /* !PLAN_POLICY_SHOW_TERM_H */
