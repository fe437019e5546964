#ifndef HOLDS_REFRESH_H
#define HOLDS_REFRESH_H

#include "engine/installation/installation.h"

/* holds_refresh() without the audit log, which is told how many records a
 * suspension is about once they are counted.  ${id} NULL: all of them; else
 * the reach of that one alone, since what others reach does not change with
 * it. */
enum status refresh_stores(struct installation *in, const char *id) MUST_CHECK;

#endif /* !HOLDS_REFRESH_H */
