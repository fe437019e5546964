#ifndef PLAN_SUSPENSION_H
#define PLAN_SUSPENSION_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/json.h"
#include "engine/plan/rule.h"

/*
 * Suspensions as they stand beside the records (lethe_suspension,
 * lethe_suspended_cluster): which records of a store a hold or a restriction
 * keeps.  The registry of both is in the control database (engine/holds), which
 * writes what they reach into the stores; what deletes asks here, in its own
 * transaction.
 */
enum suspension_kind { SUSPENSION_HOLD, SUSPENSION_RESTRICTION };

/* "hold" or "restriction". */
const char *suspension_kind_name(enum suspension_kind kind);

/* What a cluster of a collection is called in our tables. */
struct suspension_place {
	const char *collection; /* the table's name */
	const char *cluster;
};

/* Suspend one record, or (${key} NULL) the whole cluster; twice is once.
 * Inside a write transaction. */
enum status suspension_add(struct db *db, const struct suspension_place *place,
    const struct val *key, size_t key_count, const char *id,
    enum suspension_kind kind) MUST_CHECK;

/* Take ${id} away from every record of the store. */
enum status suspension_clear(struct db *db, const char *id) MUST_CHECK;

/* What holds of a rule's records, read once for the statements of one
 * transaction: a condition that cannot hit is left out of them. */
struct suspensions {
	int records; /* single records are suspended */
	int held;    /* the cluster is, whole */
	int restricted;
};
enum status suspension_read(
    const struct rule *r, struct suspensions *out) MUST_CHECK;

/* Add " AND ..." : t is not suspended. */
void suspension_where_not(
    const struct rule *r, const struct suspensions *s, struct sql *q);

/*
 * Add "(...) AS s CROSS JOIN t WHERE ...": a FROM that finds the records of a
 * rule that are suspended one by one (not those of whole clusters) from the
 * suspensions' side, each once; s.kind is 'hold' where any of them is one.
 * Ends in the WHERE clause, to go on with " AND ...".
 */
void suspension_from(const struct rule *r, struct sql *q);

/* How many records are held, and how many of the others restricted. */
enum status suspension_count(const struct rule *r, const struct suspensions *s,
    int64_t *held, int64_t *restricted) MUST_CHECK;

/*
 * What suspends the record with ${key} (as stored, one value for each of the
 * rule's keys), holds first: [{"id","kind","reason","authority","owner",
 * "review","placed_at"}].  All but the first two are null where the control
 * database does not know the id.
 */
enum status suspensions_json(struct installation *in, const struct rule *r,
    const struct val *key, json_t **out) MUST_CHECK;

#endif /* !PLAN_SUSPENSION_H */
