#ifndef RIGHTS_TERMS_H
#define RIGHTS_TERMS_H

#include "engine/installation/installation.h"
#include "engine/rights/clock.h"

/* What lethe.yml says of the clock.  ${holidays} is filled where it names a
 * file, and lives as long as ${*out}. */
enum status terms_load(struct installation *in, struct holidays *holidays,
    struct clock_terms *out) MUST_CHECK;

#endif /* !RIGHTS_TERMS_H */
