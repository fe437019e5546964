#ifndef RIGHTS_RESTRICTION_PART_H
#define RIGHTS_RESTRICTION_PART_H

#include "engine/plan/keys.h"
#include "engine/rights/restriction.h"

/* The parts of what a case restricts, as they stand in the control database. */

/* Add one, unless the same is there; inside a write transaction. */
enum status part_add(
    struct step *s, const struct rights_restriction *what) MUST_CHECK;

/* [{"part","ground","store","collection","key","cluster","restriction",
 * "state"}]: "state" is "planned", and of its restriction "active",
 * "release_asked" or "released". */
enum status part_list(struct installation *in, int64_t request, const char *id,
    json_t **out) MUST_CHECK;

/* How many there are, and how many of them are only planned. */
enum status part_count(struct installation *in, int64_t request, const char *id,
    int64_t *parts, int64_t *open) MUST_CHECK;

/* "lifting" into ${o}: {"reason","announced_at","lifts_at","lifted_at"}, or
 * null. */
enum status lifting_put(
    struct installation *in, int64_t request, json_t *o) MUST_CHECK;

/* Its scope, in texts of ${part} and of ${r}; ${key} has room for them. */
void part_scope(const json_t *part, const struct request *r,
    const char *key[KEYS_MOST], struct holds_scope *out);
/* One that is a record, as the registry would have it. */
enum status part_row(
    const json_t *part, const struct request *r, json_t **out) MUST_CHECK;

#endif /* !RIGHTS_RESTRICTION_PART_H */
