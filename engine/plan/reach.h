#ifndef PLAN_REACH_H
#define PLAN_REACH_H

#include <stddef.h>

#include "engine/base/json.h"
#include "engine/installation/installation.h"

/*
 * Which records belong to a person: what bears the person's identity, and what
 * the datasets' references lead to from there, across stores, to a fixpoint
 * over visited keys.
 *
 * A reference is walked down, from a record to those that refer to it, where
 * its direction is `from` (their value comes from there) or not given; and up,
 * to the record that it refers to, where it is `to` (the value goes there) or
 * not given.  Four rules keep one person's records from another:
 *
 * 1. A record is the person's ALONE if it bears the identity, or if a step
 *    down leads to it from a record that is.  What a step up leads to is the
 *    person's too, but alone only once every record that refers to it upwards
 *    is the person's alone: then nobody else has it.  (References without a
 *    direction are not asked where nothing else leads to the collection that
 *    bears them: what is there belongs to what it refers to.)  Records that
 *    refer to each other in a ring therefore stay as they are.
 * 2. Records of a collection marked `shared` are never anybody's alone.
 * 3. All steps lead on from what is the person's alone; from anything else
 *    only those up to what is marked `shared`.  So no way leads through what
 *    several people have to what one of them has, marked or not.
 * 4. A record that names somebody else is somebody else's, whatever leads to
 *    it: the payment of one customer from another's account.  What names
 *    people is an identity that is the whole key of a collection that is not
 *    shared and not part of another (no reference `from` to it):
 *    customer_id is, email and vin are not, for a person may have two.  The
 *    person's names are the one asked for, and those of the records of such
 *    collections that bear the identity asked for: then all that bears them is
 *    the person's, so that e-mail and customer number find the same.  Where
 *    none is known, a reference without a direction leads to nothing that
 *    names anybody.
 *
 * Whoever shares an identity (one e-mail address in a family) is one person
 * here: to tell them apart is the identity check's, before anything is handed
 * out.
 *
 * `valid` limits the reference to the collection of its `from` and `until`,
 * and no other of the field: the record belongs to the holder for whom
 * from <= at < until.  until NULL is still, from NULL since ever; a date is
 * local 00:00 in the installation's zone.  Where `at` is NULL or cannot be
 * read, or a bound cannot be read, the record is nobody's by this reference;
 * such records are not counted here (`lethe check` counts what is unreadable
 * among starting points).
 *
 * Columns compare as the store compares a value with the column that is
 * searched, also across stores: 12 finds '12' and '12' finds 12, whatever the
 * column's type.  Nothing is a pattern.  NULL matches nothing.  Nested fields
 * (with a dot) are no columns and lead nowhere.
 *
 * Costs what the person has, where the columns of references and identities
 * have indexes: a statement for each visited record and step.  Remembered are
 * the records visited; but collections that a single reference leads to, and
 * nothing on from, are streamed: there the mass of records is.
 */
struct reach_subject {
	const char *identity; /* a `fides_meta.identity`: "customer_id" */
	const char *value;
};

struct reach_record {
	struct installation_store *store;
	const struct collection *collection;
	const struct db_table *table;
	const struct segment *segment; /* of the store, or NULL */
	const struct val *key; /* as stored, in the order of keys_of() */
	size_t key_count;
	/* marked so (lethe: {shared: true}), or a record that is not known to
	 * be the person's refers to it: others may have it too */
	int shared;
};

/*
 * Call ${each} once for every record of ${who}; what it returns other than
 * ST_OK ends the walk.  The key is valid during the call.  Opens the stores.
 * A store that has an open transaction is read inside it, any other as it was
 * at the beginning (of one that is cut, the list of its files; each file as it
 * is when its turn comes); so ${each} writes only to stores that the caller
 * opened a write transaction on, and there to any table but those of the
 * records. ST_USAGE: no field of any dataset bears that identity.
 */
typedef enum status (*reach_each)(void *ctx, const struct reach_record *r);
enum status reach_walk(struct installation *in, const struct reach_subject *who,
    reach_each each, void *ctx) MUST_CHECK;

/*
 * {"identity","value","collections":[{"store","dataset","collection","shared",
 * "records","keys":[{...primary key...}]}]}: those without a record are left
 * out; "shared" where any of the records is.  Keys of bytes are as SQL writes
 * them: "X'00FF'".
 */
enum status reach_json(struct installation *in, const struct reach_subject *who,
    json_t **out) MUST_CHECK;

#endif /* !PLAN_REACH_H */
