#ifndef RIGHTS_ADDRESS_H
#define RIGHTS_ADDRESS_H

#include "engine/plan/reach.h"

/* What a record has in its field ${column}, as text; ${*out} NULL: nothing.
 * The caller frees. */
enum status address_read(
    const struct reach_record *r, const char *column, char **out) MUST_CHECK;

#endif /* !RIGHTS_ADDRESS_H */
