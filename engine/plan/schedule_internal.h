#ifndef PLAN_SCHEDULE_INTERNAL_H
#define PLAN_SCHEDULE_INTERNAL_H

#include "engine/plan/rule.h"

/* How a schedule comes about, for schedule*.c. */

/* Add the rules of one store, which is opened, and what of it no dataset
 * describes.  What is wrong goes to ${d}. */
enum status schedule_add_store(struct schedule *s, struct installation *in,
    struct installation_store *store, struct diag *d) MUST_CHECK;

/* Where the starting point of ${k}, a clock of ${r}, stands: the path in ${g}
 * and the names under which it is remembered. */
enum status schedule_set_path(const struct reference_graph *g,
    const struct rule *r, struct rule_clock *k, struct diag *d) MUST_CHECK;

/* Once all rules are there: what changes in records that stay. */
enum status schedule_set_reduces(struct schedule *s, struct diag *d) MUST_CHECK;

void schedule_release_rule(struct rule *r);

#endif /* !PLAN_SCHEDULE_INTERNAL_H */
