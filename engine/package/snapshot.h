#ifndef PACKAGE_SNAPSHOT_H
#define PACKAGE_SNAPSHOT_H

#include <stdint.h>

#include "engine/base/json.h"
#include "engine/package/collect.h"
#include "engine/rights/rights.h"

/*
 * An answer tells what was held when the request came in (EDPB 01/2022, 37 to
 * 39), and the rules go on deleting meanwhile.  So what of the person falls
 * due before the answer does is kept aside at intake: a sealed file in
 * ${data_dir}/exports under a key of its own, as packages are, and nothing of
 * it anywhere else.  A purge neither waits for it nor knows of it.
 *
 * Where something falls due that leads on to other records (a customer, who
 * held a vehicle when), these could not be found any more: then all of the
 * person's records are kept aside.
 *
 * It is taken along into each package of the request (collect.h), and goes
 * with its key when the request is closed, in whatever way, when the person is
 * erased, or when `requests: {snapshot_retention}` has passed: package_sweep().
 */

/*
 * Keep aside what falls due before ${id} does; of requests other than for
 * access and portability, and of closed ones, nothing.  ${*out} is null then,
 * or {"taken_at","until","records"}.  The log has `snapshot_taken`.
 */
enum status snapshot_take(struct installation *in,
    const struct rights_actor *by, const char *id, json_t **out) MUST_CHECK;

/*
 * Before a purge as of ${as_of}: take those that are missing for open requests,
 * because the answer is late, or the program was killed at intake.  ${*out}
 * is {"taken","failed"}: one that fails stops neither the others nor the
 * purge.
 */
enum status snapshot_renew(struct installation *in,
    const struct rights_actor *by, int64_t as_of, json_t **out) MUST_CHECK;

/* ---- for collect.c ---- */

/* Has ${request} one that can be read?  Then ${set->seen} is there. */
enum status snapshot_begin(struct collection_set *set) MUST_CHECK;
/* Remember that the record ${row} is there as it is. */
enum status snapshot_see(struct collection_set *set, const struct collected *c,
    const struct val *row) MUST_CHECK;
/* Add what was kept aside and has not been seen. */
enum status snapshot_add(struct collection_set *set) MUST_CHECK;

#endif /* !PACKAGE_SNAPSHOT_H */
