#ifndef PURGE_DROP_ENDS_H
#define PURGE_DROP_ENDS_H

#include "engine/purge/hand.h"

/*
 * Do all clusters of ${r}'s collection (a rule of the lane; NULL: none) let
 * every record of the unit in use go, by its bounds?  ${*in_plan}: its own
 * cluster has an item in the run's plan, the ${*at}-th.
 */
enum status drop_ends(const struct hand *h, const struct rule *r, int *in_plan,
    size_t *at, int *all) MUST_CHECK;

#endif /* !PURGE_DROP_ENDS_H */
