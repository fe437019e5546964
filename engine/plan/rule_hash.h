#ifndef PLAN_RULE_HASH_H
#define PLAN_RULE_HASH_H

#include "engine/base/json.h"
#include "engine/plan/rule.h"

/*
 * What people approve of a rule: everything that decides what it deletes and
 * when, and nothing else.  A title, a comment, a revision, or another way to
 * write the same thing is not a change.
 */

/*
 * The rule as JSON: {"store","collection","cluster","calendar","whole",
 * "fields","retention_period","ends","action","de_identify","on_referenced"}.
 * "whole" is true where the cluster has the collection, "fields" then names
 * those that other clusters have, and else its own.  "ends" has the starting
 * points, each with its period and the reference path that it is found by.
 */
enum status rule_hash_json(const struct rule *r, json_t **out) MUST_CHECK;

/* SHA-256 over the canonical text of that, hexadecimal. */
#define RULE_HASH_TEXT 65
enum status rule_hash(
    const struct rule *r, char out[RULE_HASH_TEXT]) MUST_CHECK;

#endif /* !PLAN_RULE_HASH_H */
