#ifndef HOLDS_REACHED_H
#define HOLDS_REACHED_H

#include "engine/base/json.h"
#include "engine/installation/installation.h"

/*
 * What active suspensions reach, set out in temporary tables of each store's
 * connection, so that it is compared with what stands there by SQL:
 *
 *	lethe_part	(collection, cluster): the parts that a store has
 *	lethe_active	(suspension, kind, cluster, whole): what is active;
 *			cluster NULL: every part of a record; whole: the
 *			cluster itself
 *	lethe_reached	(collection, k1..k4, suspension): the records
 *
 * Of a store that is cut into segments, the rest has them, and beside its own
 * records those of the segments: lethe_reached_in (the same, and segment).
 */

/* Set them out for ${active} (rows of the registry), in every store; opens
 * them. */
enum status reached_fill(
    struct installation *in, const json_t *active) MUST_CHECK;

/* The three tables for the segment of ${s} that is in use, once they are set
 * out for the store. */
enum status reached_carry(const struct installation *in,
    const struct installation_store *s, const json_t *active) MUST_CHECK;

/* How many records the suspension ${row} reaches now, in all stores. */
enum status reached_count(
    struct installation *in, const json_t *row, int64_t *records) MUST_CHECK;

#endif /* !HOLDS_REACHED_H */
