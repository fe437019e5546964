#ifndef INSTALLATION_CUT_H
#define INSTALLATION_CUT_H

#include "engine/installation/installation.h"

/*
 * Can the collections with `segment_by` of this open store be cut?  What one
 * file cannot see in another nobody enforces: ST_INVALID for a foreign key
 * from or to such a collection, and for a UNIQUE that is neither the primary
 * key nor has the field that it is cut by.
 */
enum status cut_check(const struct installation_store *store) MUST_CHECK;

/* Is this collection cut? */
int cut_is(const struct installation_store *store, const char *collection);

#endif /* !INSTALLATION_CUT_H */
