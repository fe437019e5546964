#ifndef PURGE_STOP_H
#define PURGE_STOP_H

#include <stdint.h>

#include "engine/base/json.h"
#include "engine/installation/installation.h"

/*
 * The emergency stop: while it is set, no purge begins, and one that is at
 * work ends before its next batch.
 */

/*
 * Set it.  ${reason} (may be NULL) is for people and stays in the control
 * database; the audit log has only who and when.  ST_CONFLICT where it is set.
 */
enum status stop_set(
    struct installation *in, const char *actor, const char *reason) MUST_CHECK;

/* Lift it; ST_CONFLICT where it is not set. */
enum status stop_lift(struct installation *in, const char *actor) MUST_CHECK;

/*
 * {"at","actor","reason"}, or NULL in ${*out} while nothing is stopped.  Cheap
 * enough to ask before every batch.
 */
enum status stop_read(struct installation *in, json_t **out) MUST_CHECK;

#endif /* !PURGE_STOP_H */
