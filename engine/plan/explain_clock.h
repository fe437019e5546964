#ifndef PLAN_EXPLAIN_CLOCK_H
#define PLAN_EXPLAIN_CLOCK_H

#include "engine/base/json.h"
#include "engine/plan/rule.h"

/* One clock of a record that is explained, for explain.c. */

/* The starting point's values, copied out of the store. */
struct explain_values {
	struct verdict_value *list;
	char **texts; /* as stored; NULL for NULL */
	char **from;  /* "record", "reference" or "memory" */
	size_t count;
};

/* What they come to; all of it is released by the caller, also after an error.
 */
struct explain_clock {
	const struct rule_clock *clock;
	struct sql ask; /* for its values; made with the first record's key */
	struct explain_values values;
	struct judgement judgement;
};
/* Does the record itself have the value?  Then it is taken from its row, as
 * db_add_kept() gives it, before it is judged. */
int explain_clock_is_own(const struct rule_clock *c);
enum status explain_clock_take(
    struct explain_clock *a, struct val value) MUST_CHECK;
enum status explain_judge(const struct rule *r, const struct val *key,
    int64_t now, struct explain_clock *a) MUST_CHECK;

/* Empty it, but for the question. */
void explain_clock_clear(struct explain_clock *a);

/* Put "starting_point" into ${o}. */
enum status explain_add_start(json_t *o, const struct rule *r,
    const struct rule_clock *c, const struct judgement *j,
    const struct explain_values *v) MUST_CHECK;
/* Put "last_day", "deletable_from", "deletion_due", where there is an event. */
enum status explain_add_dates(
    json_t *o, const struct rule *r, const struct judgement *j) MUST_CHECK;
/* Put "reasons": ${reasons} has one a line. */
enum status explain_add_reasons(
    json_t *o, const struct buf *reasons) MUST_CHECK;
/* Append the clock as an object of "purposes". */
enum status explain_add_clock(json_t *list, const struct rule *r,
    const struct explain_clock *a) MUST_CHECK;

#endif /* !PLAN_EXPLAIN_CLOCK_H */
