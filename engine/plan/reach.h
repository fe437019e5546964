#ifndef PLAN_REACH_H
#define PLAN_REACH_H

#include <stddef.h>

#include "engine/base/json.h"
#include "engine/installation/installation.h"

/*
 * Which records belong to a person: everything that the datasets' references
 * reach from the records that bear the person's identity, across stores, to a
 * fixpoint over visited keys.  Costs what the person has.
 *
 * A reference is walked from the referenced record to those that refer to it,
 * and along it only where it leads to what is the person's alone: `direction`
 * says which ("from": the value comes from there, so the referring record
 * belongs to whom the referenced one belongs to; "to": the referenced record
 * belongs to the referring one's person).  A `valid` interval is respected: a
 * record belongs to whoever held the referenced one at its time.
 */
struct reach_subject {
	const char *identity; /* a `fides_meta.identity`: "customer_id" */
	const char *value;
};

struct reach_record {
	struct installation_store *store;
	const struct collection *collection;
	const struct db_table *table;
	const struct val *key; /* as stored, in the order of keys_of() */
	size_t key_count;
	int shared; /* lethe: {shared: true}: others have it too */
};

/*
 * Call ${each} once for every record of ${who}; what it returns other than
 * ST_OK ends the walk.  The key is valid during the call.  Opens the stores.
 * ${each} may write to the store of the record that it sees.
 * ST_USAGE: no field of any dataset bears that identity.
 */
typedef enum status (*reach_each)(void *ctx, const struct reach_record *r);
enum status reach_walk(struct installation *in, const struct reach_subject *who,
    reach_each each, void *ctx) MUST_CHECK;

/*
 * {"identity","value","collections":[{"store","dataset","collection","shared",
 * "records","keys":[{...primary key...}]}]}: those without a record are left
 * out.
 */
enum status reach_json(struct installation *in, const struct reach_subject *who,
    json_t **out) MUST_CHECK;

#endif /* !PLAN_REACH_H */
