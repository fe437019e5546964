/*
 * Periods that work against each other.  Two ends can only be compared where
 * they run from the same starting point; a cluster's is the last of its ends.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/plan/check_parts.h"

struct end {
	size_t starting_point;
	struct period period;
};

/* The end number ${at} of a cluster; 0: there are no more, or none. */
static int end_of(const struct policy_cluster *c, size_t at, struct end *out)
{
	if (c->unlimited)
		return 0;
	if (c->starting_point != SIZE_MAX) {
		out->starting_point = c->starting_point;
		out->period = c->regular_deletion_period;
		return at == 0;
	}
	if (at >= c->purpose_count)
		return 0;
	out->starting_point = c->purposes[at].starting_point;
	out->period = c->purposes[at].period;
	return 1;
}

/* Is ${c} sure to end before ${period} has passed from that starting point? */
static int ends_within(const struct policy_cluster *c, struct end limit)
{
	struct end e;
	size_t i;

	for (i = 0; end_of(c, i, &e); i++) {
		if (e.starting_point != limit.starting_point ||
		    period_most_days(e.period) >=
			period_least_days(limit.period))
			return 0;
	}
	return i > 0;
}

/* Is each end of ${a} outlived by one of ${b}? */
static int ends_before(
    const struct policy_cluster *a, const struct policy_cluster *b)
{
	struct end x, y;
	size_t i, k;

	for (i = 0; end_of(a, i, &x); i++) {
		for (k = 0; end_of(b, k, &y); k++) {
			if (x.starting_point == y.starting_point &&
			    period_most_days(x.period) <
				period_least_days(y.period))
				break;
		}
		if (!end_of(b, k, &y))
			return 0;
	}
	return i > 0;
}

/* ---- references ---- */

/* Records of ${child} refer to those of ${parent}, both with clusters. */
struct link {
	const struct policy *p;
	const struct policy_cluster *child;
	const struct policy_cluster *parent;
	const char *child_name; /* "crm.services.contract_id" */
	const char *parent_name;
	int enforced; /* by the database */
};

static enum status check_enforced(const struct link *l, json_t *warnings)
{
	const char *till = l->parent->on_referenced == POLICY_WAIT
			       ? "they wait for it"
			       : "all but their keys is emptied until then";
	struct end e;

	if (!end_of(l->child, 0, &e) && end_of(l->parent, 0, &e))
		return check_warn(warnings,
		    str_format("%s:%d: nothing ends cluster `%s`, and the "
			       "database enforces its reference from %s to %s: "
			       "records of `%s` that it needs never go whole",
			l->child->at.file, l->child->at.line, l->child->name,
			l->child_name, l->parent_name, l->parent->name));
	if (!ends_before(l->parent, l->child))
		return ST_OK;
	return check_warn(warnings,
	    str_format("%s:%d: cluster `%s` ends after `%s` from the same "
		       "starting point, and the database enforces its "
		       "reference from %s to %s: records of `%s` outlive their "
		       "own period, %s",
		l->child->at.file, l->child->at.line, l->child->name,
		l->parent->name, l->child_name, l->parent_name, l->parent->name,
		till));
}

static enum status check_link(const struct link *l, json_t *warnings)
{
	if (l->child == l->parent)
		return ST_OK;
	if (l->enforced)
		return check_enforced(l, warnings);
	if (!ends_before(l->parent, l->child))
		return ST_OK;
	return check_warn(warnings,
	    str_format("%s:%d: cluster `%s` ends after `%s` from the same "
		       "starting point, and %s refers to %s: what stays refers "
		       "to records that are gone, and may no longer be found "
		       "for its person",
		l->child->at.file, l->child->at.line, l->child->name,
		l->parent->name, l->child_name, l->parent_name));
}

static const struct policy_cluster *cluster_of(
    const struct policy *p, const char *dataset, const char *collection)
{
	const struct policy_cluster *c = NULL;

	if (policy_cluster_of(p, dataset, collection, NULL, &c) != ST_OK)
		status_clear();
	return c;
}

/* From a field of one collection to another collection. */
struct reference_ends {
	const char *dataset, *collection, *field;
	const char *to_dataset, *to_collection;
	int enforced;
};

static enum status check_ends(
    const struct policy *p, const struct reference_ends *r, json_t *warnings)
{
	struct link l = { .p = p, .enforced = r->enforced };
	char *child, *parent;
	enum status st = ST_OK;

	l.child = cluster_of(p, r->dataset, r->collection);
	l.parent = cluster_of(p, r->to_dataset, r->to_collection);
	if (l.child == NULL || l.parent == NULL)
		return ST_OK;
	child = str_format("%s.%s.%s", r->dataset, r->collection, r->field);
	parent = str_format("%s.%s", r->to_dataset, r->to_collection);
	l.child_name = child;
	l.parent_name = parent;
	if (child == NULL || parent == NULL)
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_OK)
		st = check_link(&l, warnings);
	free(child);
	free(parent);
	return st;
}

static enum status check_foreign_keys(const struct policy *p,
    const struct installation_store *store, json_t *warnings)
{
	const char *dataset = store->dataset->key;
	enum status st = ST_OK;
	size_t i, k;

	for (i = 0; i < store->schema.count; i++) {
		const struct db_table *t = &store->schema.tables[i];

		for (k = 0; st == ST_OK && k < t->foreign_key_count; k++) {
			const struct db_foreign_key *f = &t->foreign_keys[k];
			struct reference_ends r = { dataset, t->name,
				f->from[0], dataset, f->table, 1 };

			st = check_ends(p, &r, warnings);
		}
	}
	return st;
}

static int is_enforced(const struct installation_store *store,
    const struct collection *c, const struct field *f,
    const struct reference *r)
{
	const struct db_table *t = db_schema_table(&store->schema, c->name);
	size_t i, k;

	if (t == NULL || strcmp(r->dataset, store->dataset->key) != 0)
		return 0;
	for (i = 0; i < t->foreign_key_count; i++) {
		const struct db_foreign_key *x = &t->foreign_keys[i];

		for (k = 0; k < x->count; k++) {
			if (strcmp(x->from[k], f->name) == 0 &&
			    strcmp(x->table, r->collection) == 0)
				return 1;
		}
	}
	return 0;
}

/* `direction: to` says that the other record is this one's, not the other way
 * round. */
static enum status check_references(const struct policy *p,
    const struct installation_store *store, const struct collection *c,
    json_t *warnings)
{
	enum status st = ST_OK;
	size_t i, k;

	for (i = 0; i < c->field_count; i++) {
		const struct field *f = &c->fields[i];

		for (k = 0; st == ST_OK && k < f->reference_count; k++) {
			const struct reference *x = &f->references[k];
			struct reference_ends r = { store->dataset->key,
				c->name, f->name, x->dataset, x->collection,
				0 };

			if (x->direction != DATASET_TO &&
			    !is_enforced(store, c, f, x))
				st = check_ends(p, &r, warnings);
		}
	}
	return st;
}

/* ---- retention periods ---- */

/* Single fields that must be kept, in a row that may not be. */
static enum status check_parts(const struct policy *p, const struct dataset *ds,
    const struct collection *c, json_t *warnings)
{
	const struct policy_cluster *row = cluster_of(p, ds->key, c->name);
	const struct policy_cluster *part;
	enum status st = ST_OK;
	size_t i;

	for (i = 0; row && st == ST_OK && i < c->field_count; i++) {
		struct end kept;

		if (policy_cluster_of(p, ds->key, c->name, c->fields[i].name,
			&part) != ST_OK ||
		    part == row || !part->has_retention ||
		    part->starting_point == SIZE_MAX)
			continue;
		kept.starting_point = part->starting_point;
		kept.period = part->retention_period;
		if (ends_within(row, kept))
			st = check_warn(warnings,
			    str_format("%s:%d: cluster `%s` has to be kept "
				       "longer than `%s`, in whose rows of "
				       "%s.%s it stands, may live: the rows "
				       "stay, with their keys, until then",
				part->at.file, part->at.line, part->name,
				row->name, ds->key, c->name));
	}
	status_clear();
	return st;
}

/* The loader refuses what is longer for sure; P1Y may be 366 days. */
static enum status check_retention(
    const struct policy_cluster *c, json_t *warnings)
{
	const struct period *least = &c->retention_period;
	const struct period *most = &c->regular_deletion_period;
	char a[PERIOD_TEXT], b[PERIOD_TEXT];

	if (!c->has_retention || c->starting_point == SIZE_MAX ||
	    period_most_days(*least) <= period_least_days(*most) ||
	    memcmp(least, most, sizeof(*least)) == 0)
		return ST_OK;
	period_format(*least, a);
	period_format(*most, b);
	return check_warn(warnings,
	    str_format("%s:%d: cluster `%s`: the retention_period %s can be "
		       "longer than the regular_deletion_period %s, depending "
		       "on the day that it begins: data would have to be kept "
		       "longer than it may: give both in the same unit",
		c->at.file, c->at.line, c->name, a, b));
}

/* ---- all ---- */

static enum status check_policy(
    const struct installation *in, const struct policy *p, json_t *warnings)
{
	enum status st = ST_OK;
	size_t i, k;

	for (i = 0; st == ST_OK && i < p->cluster_count; i++)
		st = check_retention(&p->clusters[i], warnings);
	for (i = 0; st == ST_OK && i < in->store_count; i++) {
		const struct installation_store *s = &in->stores[i];

		st = check_foreign_keys(p, s, warnings);
		for (k = 0; st == ST_OK && k < s->dataset->collection_count;
		     k++) {
			const struct collection *c =
			    &s->dataset->collections[k];

			st = check_references(p, s, c, warnings);
			if (st == ST_OK)
				st = check_parts(p, s->dataset, c, warnings);
		}
	}
	return st;
}

enum status check_periods(const struct installation *in, json_t *warnings)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < in->policy_count; i++)
		st = check_policy(in, &in->policies[i], warnings);
	return st;
}
