#ifndef PLAN_EXPLAIN_H
#define PLAN_EXPLAIN_H

#include <stdint.h>

#include "engine/base/json.h"
#include "engine/plan/rule.h"

/*
 * Why a record stays or goes at ${as_of}: {"verdict","store","collection",
 * "cluster","rule","starting_point":{"name","value","from"},"last_day",
 * "deletable_from","deletion_due","label","reasons":[...],
 * "suspensions":[...],"purposes":[{"purpose","verdict","starting_point","period","last_day",
 * "deletable_from","reasons"}],"parts":[...]}.  The dates are those of the
 * clock that decides; "purposes" has all of them where a cluster has several;
 * "parts" the same object for each further cluster that governs fields of the
 * record; "label" is "pseudonymised" or "anonymised" where it was
 * de-identified, else null.  ${key} has one value for each primary key column.
 * ST_NOTFOUND where there is no such record.
 *
 * The record is judged twice, by the dates and by the purge's own condition;
 * should they ever disagree, that is an error and not an answer.
 */
enum status explain_json(const struct schedule *s, const char *store,
    const char *collection, const char *const *key, size_t key_count,
    int64_t as_of, json_t **out) MUST_CHECK;

/*
 * The same of a record that is at hand: ${r} is the rule of its collection
 * (schedule_rule()), ${key} as stored.  In the file of the store that is in use
 * and within the caller's transaction, so that all answers are of one state.
 */
enum status explain_record(struct installation *in, const struct rule *r,
    const struct val *key, int64_t as_of, json_t **out) MUST_CHECK;

/* "contract_expiry + P1Y (P1Y from contract_expiry, jp_civil_code)". */
enum status explain_rule_text(const struct rule *r, char **out) MUST_CHECK;

#endif /* !PLAN_EXPLAIN_H */
