/*
 * What reduced records are called.  Single records of which anything personal
 * is left can be singled out, linked or guessed at (WP29 Opinion 05/2014),
 * whatever was done to it; so only those are anonymised of which nothing is.
 * All of the record counts: also the fields of other clusters.
 */
#include "engine/plan/reduce.h"

#include <stdlib.h>
#include <string.h>

#include "engine/plan/identify.h"

const char *reduce_label_name(enum reduce_label label)
{
	return label == REDUCE_ANONYMISED ? "anonymised" : "pseudonymised";
}

static int empties(enum policy_method method)
{
	return method == POLICY_METHOD_NULL || method == POLICY_METHOD_CONSTANT;
}

/* A nested field goes with the column that it stands in. */
static int is_of(const char *column, const struct field *f)
{
	size_t len = f ? strcspn(f->name, ".") : 0;

	return f && strlen(column) == len && memcmp(column, f->name, len) == 0;
}

/* ---- of a live collection ---- */

static int is_emptied(const struct reduce *r, const struct field *f)
{
	for (size_t i = 0; i < r->count; i++)
		if (is_of(r->columns[i].column->name, f))
			return empties(r->columns[i].method);
	return 0;
}

static int is_ignored(const struct collection *c, const char *column)
{
	for (size_t i = 0; i < c->ignore_count; i++)
		if (strcmp(c->ignore[i], column) == 0)
			return 1;
	return 0;
}

enum reduce_label reduce_label_of(
    const struct reduce_target *t, const struct reduce *r)
{
	for (size_t i = 0; i < t->collection->field_count; i++) {
		const struct field *f = &t->collection->fields[i];

		if (identify_field(t->datasets, t->dataset_count, f, NULL) !=
			IDENTIFIES_NOT &&
		    !is_emptied(r, f))
			return REDUCE_PSEUDONYMISED;
	}
	/* Nobody knows what is in a column that no dataset describes. */
	for (size_t i = 0; i < t->table->column_count; i++) {
		const char *name = t->table->columns[i].name;

		if (collection_field(t->collection, name) == NULL &&
		    !is_ignored(t->collection, name))
			return REDUCE_PSEUDONYMISED;
	}
	return REDUCE_ANONYMISED;
}

/* ---- of a policy ---- */

struct promise {
	const struct policy *policy;
	const struct policy_cluster *cluster;
	const struct dataset *const *datasets;
	size_t count;
};

/* ${f} NULL: of the collection itself. */
static int governs(const struct promise *p, const struct dataset *ds,
    const struct collection *c, const struct field *f)
{
	const struct policy_cluster *found;

	if (policy_cluster_of(p->policy, ds->key, c->name, f ? f->name : NULL,
		&found) == ST_OK)
		return found == p->cluster;
	status_clear();
	return 0;
}

static int will_be_emptied(const struct promise *p, const struct dataset *ds,
    const struct collection *c, const struct field *f)
{
	const struct policy_cluster *cl = p->cluster;

	for (size_t i = 0; i < cl->de_identify_count; i++)
		if (is_of(cl->de_identify[i].field, f))
			return governs(p, ds, c, f) &&
			       empties(cl->de_identify[i].method);
	return 0;
}

static int leaves_anything(const struct promise *p, const struct dataset *ds,
    const struct collection *c)
{
	int ours = governs(p, ds, c, NULL), left = 0;

	for (size_t i = 0; i < c->field_count; i++) {
		const struct field *f = &c->fields[i];

		ours |= governs(p, ds, c, f);
		left |= identify_field(p->datasets, p->count, f, NULL) !=
			    IDENTIFIES_NOT &&
			!will_be_emptied(p, ds, c, f);
	}
	return ours && left;
}

enum status reduce_label_of_cluster(const struct policy *p,
    const struct policy_cluster *cluster, const struct dataset *datasets,
    size_t count, enum reduce_label *out)
{
	struct promise x = { p, cluster, NULL, count };
	const struct dataset **list = calloc(count + 1, sizeof(*list));

	if (list == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (size_t i = 0; i < count; i++)
		list[i] = &datasets[i];
	x.datasets = list;
	*out = REDUCE_ANONYMISED;
	for (size_t d = 0; d < count; d++)
		for (size_t i = 0; i < datasets[d].collection_count; i++)
			if (leaves_anything(
				&x, &datasets[d], &datasets[d].collections[i]))
				*out = REDUCE_PSEUDONYMISED;
	free(list);
	return ST_OK;
}
