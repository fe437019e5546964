#ifndef PURGE_TRIAL_H
#define PURGE_TRIAL_H

#include "engine/crypto/secret.h"
#include "engine/plan/plan.h"

/*
 * Reductions tried on records of the live collections, each in a write
 * transaction that is rolled back: constraints that only values can break
 * (CHECK, triggers) show when a policy is checked and before a run, not in the
 * middle of one.  A constraint that refuses is an error of the policy in ${d}.
 */

/* How many records of a collection are tried. */
#define TRIAL_RECORDS 256

/*
 * What ${r} does to records that stay, if it ever does; its store must have no
 * transaction open.  ${key} is the evidence key.  ST_INVALID where it is
 * refused; a collection without records and with a CHECK on what changes is a
 * warning.
 */
enum status trial_run(const struct rule *r, const struct secret_key *key,
    struct diag *d) MUST_CHECK;

/* Every rule of ${s}, whatever is wrong with the first.  ST_INVALID as above.
 */
enum status trial_all(const struct schedule *s, struct diag *d) MUST_CHECK;

/* The same for those rules of a plan that have something to do. */
enum status trial_plan(const struct plan *p, struct diag *d) MUST_CHECK;

#endif /* !PURGE_TRIAL_H */
