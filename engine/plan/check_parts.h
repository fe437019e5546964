#ifndef PLAN_CHECK_PARTS_H
#define PLAN_CHECK_PARTS_H

#include "engine/base/json.h"
#include "engine/plan/rule.h"

/* Between the files of check: each adds sentences to ${warnings}. */

/* Takes ${text}, NULL where memory ran out; one that is there already is not
 * said again. */
enum status check_warn(json_t *warnings, char *text) MUST_CHECK;

/*
 * Columns without an index that begins with them, of those that the rules, the
 * foreign keys, and the search for a person's records (references and
 * identities) ask for: each column once.
 */
enum status check_indexes(
    const struct schedule *s, json_t *warnings) MUST_CHECK;

/*
 * Reference paths through records that a rule of their own deletes: what they
 * led to is kept as it stood, and without the time for which it did (`valid`).
 */
enum status check_paths(const struct schedule *s, json_t *warnings) MUST_CHECK;

/*
 * Periods that work against each other, as far as they run from the same
 * starting point: a record that goes before those that refer to it, a
 * retention period that the row it stands in falls short of, one that may be
 * longer than the regular deletion period.  None of them makes the engine
 * delete anything too early: it waits.  The stores are open.
 */
enum status check_periods(
    const struct installation *in, json_t *warnings) MUST_CHECK;

#endif /* !PLAN_CHECK_PARTS_H */
