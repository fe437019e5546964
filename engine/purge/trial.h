#ifndef PURGE_TRIAL_H
#define PURGE_TRIAL_H

#include "engine/crypto/secret.h"
#include "engine/plan/reduce.h"

/*
 * A reduction tried on records of the live collection, in a write transaction
 * that is rolled back: constraints that only values can break (CHECK, triggers)
 * show when a policy is checked and before a run, not in the middle of one.
 */

/* How many records are tried. */
#define TRIAL_RECORDS 256

/*
 * Try ${r} on ${t}'s collection in ${db}, which must have no transaction open.
 * A constraint that refuses is an error in ${d}, and ST_INVALID; a collection
 * without records and with a CHECK on what changes is a warning.
 */
enum status trial_run(struct db *db, const struct reduce_target *t,
    const struct reduce *r, const struct secret_key *key,
    struct diag *d) MUST_CHECK;

#endif /* !PURGE_TRIAL_H */
