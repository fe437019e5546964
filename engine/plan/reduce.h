#ifndef PLAN_REDUCE_H
#define PLAN_REDUCE_H

#include <stddef.h>
#include <stdint.h>

#include "engine/model/dataset.h"
#include "engine/model/diag.h"
#include "engine/model/policy.h"
#include "engine/store/db.h"

/*
 * Records that stay and are reduced: which of their columns change, and how.
 * A cluster de-identifies its fields where it says so, or empties them where
 * the record has to stay for others.  All that a policy can get wrong in it
 * shows here, against the live schema, before a record is touched; what only
 * records can show is tried on some of them (engine/purge/trial.h).
 */

/*
 * A column that judging records needs: it stays as it is.  The columns by which
 * the cluster's own rule begins its path are none where nobody else needs them:
 * what is reduced is not judged again under that rule.
 */
enum reduce_use {
	REDUCE_STARTS, /* a starting point is read from it */
	REDUCE_LEADS,  /* a rule's reference path matches it */
	REDUCE_WHOSE,  /* it says whose a record is: this one, or another */
};
struct reduce_kept {
	const char *column;
	enum reduce_use use;
	const char *by; /* the starting point or cluster, for the sentence */
};

/* One cluster's part of one collection, in its live store. */
struct reduce_target {
	const struct policy *policy;
	const struct policy_cluster *cluster;
	const char *store;   /* its name in lethe.yml */
	const char *dataset; /* its fides_key */
	const struct collection *collection;
	const struct db_schema *schema; /* of the whole store */
	const struct db_table *table;
	/* all of the installation, to follow references */
	const struct dataset *const *datasets;
	size_t dataset_count;
	const struct reduce_kept *kept;
	size_t kept_count;
};

/* What becomes of one column. */
struct reduce_column {
	const struct db_column *column;
	const struct field *field;
	enum policy_method method;
	/* POLICY_METHOD_CONSTANT: in the column's type; text is the policy's */
	struct val constant;
	int64_t amount;
	enum policy_date_part part;
	/* for what cannot be rounded or is no time: '' where NULL is refused */
	struct val unreadable;
};

enum reduce_label {
	/* somebody who has the key, or knows what is left, can still tell */
	REDUCE_PSEUDONYMISED,
	/* nothing personal is left in the record but constants */
	REDUCE_ANONYMISED,
};
const char *reduce_label_name(enum reduce_label label);

struct reduce {
	struct reduce_column *columns;
	size_t count;
	enum reduce_label label;
	/* a CHECK or a unique expression may speak of what changes: only
	 * trying shows whether the new values pass */
	int needs_trial;
};

/*
 * The columns that ${t->cluster}, whose action is to de-identify, changes in
 * the collection.  Everything that cannot work and every field that would go on
 * identifying a person is an error in ${d}: then ST_INVALID.  The caller
 * releases ${*out}.
 */
enum status reduce_de_identify(const struct reduce_target *t, struct diag *d,
    struct reduce *out) MUST_CHECK;

/*
 * The columns of the cluster's fields that are emptied where the record itself
 * must stay.  Keys, columns of foreign keys on either side, columns that
 * judging needs, generated columns and fields with nothing personal are left
 * alone.  A column that takes no NULL gets '' or 0; where it cannot (it is
 * unique, checked, or a time) that is an error in ${d}, and ST_INVALID.
 */
enum status reduce_minimise(const struct reduce_target *t, struct diag *d,
    struct reduce *out) MUST_CHECK;

void reduce_release(struct reduce *r);

/* What a record of ${t} is called once ${r} was done to it. */
enum reduce_label reduce_label_of(
    const struct reduce_target *t, const struct reduce *r);
/*
 * What the records are called that ${cluster} de-identifies, by policy and
 * datasets alone: of several collections, the weaker.  A column that no dataset
 * describes, which is UNMAPPED, makes a live record pseudonymised in any case.
 */
enum status reduce_label_of_cluster(const struct policy *p,
    const struct policy_cluster *cluster, const struct dataset *datasets,
    size_t count, enum reduce_label *out) MUST_CHECK;

/*
 * The key that a record has after the change: of ${keys} (columns) with the
 * values ${old}, those that change taken from ${changed} (in the order of
 * ${r->columns}).
 */
void reduce_key(const struct reduce *r, const char *const *keys,
    size_t key_count, const struct val *old, const struct val *changed,
    struct val *out);

#endif /* !PLAN_REDUCE_H */
