#ifndef PLAN_POLICY_WORDS_H
#define PLAN_POLICY_WORDS_H

#include "engine/base/buf.h"
#include "engine/base/json.h"
#include "engine/model/policy.h"

/* Parts of a policy in the words of a language: what the policy gives in it,
 * and the fixed words of words.h around that. */

/* The title, or ${name} where there is none. */
const char *policy_title(
    const struct text *title, const char *language, const char *name);

/* Add "Expiry of the contract + 1 year". */
void policy_end_words(struct buf *b, const struct policy *p,
    size_t starting_point, struct period period, const char *language);
/* Add the rule of a cluster: its end, the last of its purposes' ends, or why
 * it has none. */
void policy_rule_words(struct buf *b, const struct policy *p,
    const struct policy_cluster *c, const char *language);
/* Add what de-identifying does to a field: "rounded, decimals: 1". */
void policy_method_words(
    struct buf *b, const struct policy_de_identify *x, const char *language);

/* The recipient of that name; every name of a loaded policy has one. */
const struct policy_recipient *policy_recipient_of(
    const struct policy *p, const char *name);
/* {"recipient","title","role","region"} */
enum status policy_recipient_json(const struct policy_recipient *r,
    const char *language, json_t **out) MUST_CHECK;
/* A list of those that ${u} names. */
enum status policy_recipients_json(const struct policy *p,
    const struct policy_purpose *u, const char *language,
    json_t **out) MUST_CHECK;
/* Where a cluster's data comes from, in words; "" where it is not said. */
const char *policy_origin_words(const struct policy *p,
    const struct policy_cluster *c, const char *language);

/* "P1Y" under ${key} of ${o}; null where ${given} is 0. */
enum status policy_put_period(
    json_t *o, const char *key, int given, struct period period) MUST_CHECK;

#endif /* !PLAN_POLICY_WORDS_H */
