#ifndef PURGE_DROP_ENDS_H
#define PURGE_DROP_ENDS_H

#include "engine/purge/run.h"

/*
 * Do all clusters of ${r}'s collection (NULL: none) let every record of the
 * unit in use go, by its bounds?  ${*item}: that of its own cluster, the
 * ${*at}-th of the plan.
 */
enum status drop_ends(struct run *run, const struct rule *r,
    const struct plan_item **item, size_t *at, int *all) MUST_CHECK;

#endif /* !PURGE_DROP_ENDS_H */
