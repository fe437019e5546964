#ifndef PURGE_PLAN_JSON_H
#define PURGE_PLAN_JSON_H

#include "engine/base/json.h"
#include "engine/crypto/hash.h"
#include "engine/plan/plan.h"

/*
 * A plan as people look at it and as it is kept: {"installation","rule_set",
 * "as_of","store","cluster","items":[{"cluster","store","collection","action",
 * "cutoff","rule","records","due","overdue","held","restricted",
 * "undecided","active","retain"}]}.
 * "rule" is the rule's hash.  ${store} and ${cluster} (NULL: "") are what the
 * plan is restricted to.
 */
enum status plan_json(const struct plan *p, const char *store,
    const char *cluster, json_t **out) MUST_CHECK;

/* SHA-256 over the canonical text, hexadecimal. */
enum status plan_json_hash(
    const json_t *plan, char out[SHA256_TEXT]) MUST_CHECK;

/* The item of the same rule's place in ${plan}, or NULL. */
const json_t *plan_json_item(const json_t *plan, const struct rule *r);
/* The same by name. */
const json_t *plan_json_find(const json_t *plan, const char *store,
    const char *collection, const char *cluster);

#endif /* !PURGE_PLAN_JSON_H */
