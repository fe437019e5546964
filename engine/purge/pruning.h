#ifndef PURGE_PRUNING_H
#define PURGE_PRUNING_H

#include <stdint.h>

#include "engine/base/json.h"
#include "engine/installation/installation.h"

/*
 * The audit log kept for as long as lethe.yml says (`audit: {retention}`): a
 * log that is kept too long is itself data that should have gone.  Counted in
 * civil days of the installation's zone, like every period.  Entries stay
 * beyond it that something still reads: those of the last run and of the last
 * seals of the stores, and what requests and suspensions may not have told the
 * log yet.
 */
enum pruning_mode { PRUNING_LOOK, PRUNING_CARRY_OUT };

/*
 * Remove what is due at ${as_of}, Unix seconds, or only look.  ${*out}:
 * {"retention","before","entries","first","dry_run","scrubbed"}: the period, or
 * null where there is none and nothing goes; entries of before the instant
 * "before" are due; how many went, or would; the number that the log begins
 * with then; whether what went can be read from no file any more, null where
 * nothing went.
 * ST_DENIED, unless looking: purges are stopped, no run has vouched for the
 * clock yet, or it has jumped since.  ST_USAGE: later than the clock.
 */
enum status pruning_run(struct installation *in, int64_t as_of,
    enum pruning_mode mode, json_t **out) MUST_CHECK;

#endif /* !PURGE_PRUNING_H */
