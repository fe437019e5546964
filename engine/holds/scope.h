#ifndef HOLDS_SCOPE_H
#define HOLDS_SCOPE_H

#include "engine/holds/holds.h"

/* ST_USAGE, with the nearest known word, where a scope names what no dataset
 * or policy has, or is none at all.  That a record or a subject is there is not
 * asked: it may come. */
enum status scope_check(
    struct installation *in, const struct holds_scope *s) MUST_CHECK;

/* Is there a cluster of that name in the policies? */
int scope_has_cluster(const struct installation *in, const char *cluster);

#endif /* !HOLDS_SCOPE_H */
