#ifndef RIGHTS_TERMS_H
#define RIGHTS_TERMS_H

#include "engine/base/json.h"
#include "engine/installation/installation.h"
#include "engine/rights/clock.h"

/* What lethe.yml says of the clock.  ${holidays} is filled where it names a
 * file, and lives as long as ${*out}. */
enum status terms_load(struct installation *in, struct holidays *holidays,
    struct clock_terms *out) MUST_CHECK;

/*
 * Append to the array ${warnings} what dates could not be rolled by: the file
 * of holidays ends before the last day on which a request that is open, or
 * comes in today (${now}) and is extended, can be due; or that their data has
 * no rule.
 */
enum status terms_check(
    struct installation *in, int64_t now, json_t *warnings) MUST_CHECK;

#endif /* !RIGHTS_TERMS_H */
