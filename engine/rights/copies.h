#ifndef RIGHTS_COPIES_H
#define RIGHTS_COPIES_H

#include "engine/plan/reach.h"

/*
 * The packages that wait to be downloaded, and what was kept aside at intake,
 * as erasure sees them: rows of the tables `package` and `snapshot`.  What is
 * revoked is handed out no more; files and keys are destroyed by
 * package_sweep().
 */

/* Which requests have copies of the person ${who}, by whatever identity they
 * were asked for: ["Q-...", ...].  While the person's records are there. */
enum status copies_of(struct installation *in, const struct reach_subject *who,
    json_t **ids) MUST_CHECK;

/* Revoke them, in the caller's write transaction of the control database. */
enum status copies_revoke(
    struct installation *in, const json_t *ids, int64_t now) MUST_CHECK;

/* 1 in ${*begun} if an erasure, of whomever, began at ${since} or later: what
 * was read before may be gone now. */
enum status copies_overtaken(
    struct installation *in, int64_t since, int *begun) MUST_CHECK;

#endif /* !RIGHTS_COPIES_H */
