#ifndef PURGE_CLOCK_H
#define PURGE_CLOCK_H

#include <stdint.h>

#include "engine/store/db.h"

/*
 * The latest instant that any run has seen, in the control database: a clock
 * that jumped would delete too early, or nothing at all.  Unix seconds.
 */
#define CLOCK_MAY_LAG  300                  /* behind the last run */
#define CLOCK_MAY_LEAD (7 * INT64_C(86400)) /* ahead of it */
#define CLOCK_NEVER    INT64_MIN            /* no run yet */

enum status clock_read(struct db *control, int64_t *seen) MUST_CHECK;

/* 1 where ${now} is no plausible time after ${seen}. */
int clock_jumped(int64_t seen, int64_t now);

/* A run saw ${now}; the latest counts, unless people vouched for ${now}. */
enum clock_trust { CLOCK_LATEST, CLOCK_VOUCHED };
enum status clock_keep(
    struct db *control, int64_t now, enum clock_trust trust) MUST_CHECK;

#endif /* !PURGE_CLOCK_H */
