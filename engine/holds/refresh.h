#ifndef HOLDS_REFRESH_H
#define HOLDS_REFRESH_H

#include "engine/installation/installation.h"

/* holds_refresh() without the audit log, which is told how many records a
 * suspension is about once they are counted. */
enum status refresh_stores(struct installation *in) MUST_CHECK;

#endif /* !HOLDS_REFRESH_H */
