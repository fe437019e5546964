/* What ingest checks as times, and what it computes. */
#include "engine/installation/installation.h"

#include <stdlib.h>
#include <string.h>

/* ---- times ---- */

/* Does the starting point stand in this collection, for this policy? */
static int reads(const struct policy *p, size_t point, const char *dataset,
    const char *collection)
{
	const struct policy_starting_point *s = &p->starting_points[point];
	const struct policy_cluster *c = NULL;

	if (s->dataset)
		return strcmp(s->dataset, dataset) == 0 &&
		       strcmp(s->collection, collection) == 0;
	if (policy_cluster_of(p, dataset, collection, NULL, &c) != ST_OK)
		return 0;
	return c->starting_point == point;
}

/* The bounds that ${f} compares with, where they stand in this collection. */
static size_t bounds(const struct field *f, const char *dataset,
    const char *collection, const char **out)
{
	const char *from, *until;
	size_t n = 0;

	from = dataset_path_field(f->valid_from, dataset, collection);
	until = dataset_path_field(f->valid_until, dataset, collection);
	if (from)
		out[n++] = from;
	if (until)
		out[n++] = until;
	return n;
}

/* Those of the intervals of all fields there are; ${out} NULL: how many there
 * can be at most. */
static size_t all_bounds(const struct installation *in, const char *dataset,
    const char *collection, const char **out)
{
	size_t d, c, f, n = 0;

	for (d = 0; d < in->dataset_count; d++) {
		const struct dataset *ds = &in->datasets[d];

		for (c = 0; c < ds->collection_count; c++) {
			const struct collection *col = &ds->collections[c];

			for (f = 0; f < col->field_count; f++)
				n += out ? bounds(&col->fields[f], dataset,
					       collection, out + n)
					 : 2;
		}
	}
	return n;
}

enum status installation_times(const struct installation *in,
    const struct installation_store *store, const struct collection *collection,
    const char ***out, size_t *count)
{
	const char **list, *dataset = store->dataset->key;
	size_t i, k, n, most = 1 + all_bounds(in, NULL, NULL, NULL);

	for (i = 0; i < in->policy_count; i++)
		most += in->policies[i].starting_point_count;
	if ((list = calloc(most, sizeof(*list))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	n = all_bounds(in, dataset, collection->name, list);
	for (i = 0; i < in->policy_count; i++) {
		const struct policy *p = &in->policies[i];

		for (k = 0; k < p->starting_point_count; k++) {
			if (reads(p, k, dataset, collection->name))
				list[n++] = p->starting_points[k].field;
		}
	}
	status_clear();
	*out = list;
	*count = n;
	return ST_OK;
}

/* The next starting point with a term from ${*k} of the policy ${*i} on, that
 * stands in the collection; NULL: no more. */
static const struct policy_starting_point *next_computed(
    const struct installation *in, const char *dataset, const char *collection,
    size_t *i, size_t *k)
{
	for (; *i < in->policy_count; ++*i, *k = 0) {
		const struct policy *p = &in->policies[*i];

		while (*k < p->starting_point_count) {
			const struct policy_starting_point *x =
			    &p->starting_points[(*k)++];

			if (x->term && strcmp(x->dataset, dataset) == 0 &&
			    strcmp(x->collection, collection) == 0)
				return x;
		}
	}
	return NULL;
}

enum status installation_computed(const struct installation *in,
    const struct installation_store *store, const struct collection *collection,
    struct policy_computed **out, size_t *count)
{
	const char *dataset = store->dataset->key;
	const struct policy_starting_point *x;
	struct policy_computed *list = NULL, *grown;
	size_t i = 0, k = 0, n = 0;

	while ((x = next_computed(in, dataset, collection->name, &i, &k))) {
		grown = reallocarray(list, n + 1, sizeof(*list));
		if (grown == NULL) {
			free(list);
			return fail(ST_NOMEM, "out of memory");
		}
		list = grown;
		list[n++] = (struct policy_computed){ x,
			{ in->policies[i].rule, in->policies[i].zone } };
	}
	*out = list;
	*count = n;
	return ST_OK;
}
