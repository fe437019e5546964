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
 * The same of records that are at hand, one after the other: ${r} is the rule
 * of their collection (schedule_rule()).  The questions are made once for each
 * file of the store.  Within the caller's transaction, so that all answers are
 * of one state; of what is suspended, that of the first record in the file.
 */
struct explainer;
enum status explainer_new(struct installation *in, const struct rule *r,
    int64_t as_of, struct explainer **out) MUST_CHECK;
/* NULL is fine. */
void explainer_free(struct explainer *e);
/* Judge a record, in the file that is in use; ${key} as stored.  ${*print}, the
 * explainer's until its next call, is the same for records of which
 * explainer_json() says the same but for the starting points' values. */
enum status explainer_look(struct explainer *e, const struct val *key,
    const struct buf **print) MUST_CHECK;
/* What was found of it, as explain_json() tells it. */
enum status explainer_json(const struct explainer *e, json_t **out) MUST_CHECK;

/* "contract_expiry + P1Y (P1Y from contract_expiry, jp_civil_code)". */
enum status explain_rule_text(const struct rule *r, char **out) MUST_CHECK;

#endif /* !PLAN_EXPLAIN_H */
