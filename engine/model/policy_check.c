/*
 * Policies against datasets: what they name exists, and every collection that
 * holds personal data has one rule.  Which cluster something falls in is said
 * here and nowhere else.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/model/policy_read.h"

struct check {
	struct diag *d;
	const struct policy *const *policies;
	size_t policy_count;
	struct dataset_names names;
};

/* How closely ${cover} names the field (NULL: the collection); 0: not at all.
 * Of two that name the same thing, the longer path is the closer. */
static size_t closeness(const struct policy_cover *cover, const char *dataset,
    const char *collection, const char *field)
{
	if (strcmp(cover->dataset, dataset) != 0)
		return 0;
	if (cover->collection == NULL)
		return 1;
	if (strcmp(cover->collection, collection) != 0)
		return 0;
	if (cover->field == NULL)
		return 2;
	if (field == NULL || !category_is(field, cover->field))
		return 0;
	return 2 + strlen(cover->field);
}

enum status policy_cluster_of(const struct policy *p, const char *dataset,
    const char *collection, const char *field,
    const struct policy_cluster **out)
{
	const struct policy_cluster *found = NULL;
	size_t best = 0;

	for (size_t i = 0; i < p->cluster_count; i++) {
		const struct policy_cluster *c = &p->clusters[i];

		for (size_t k = 0; k < c->cover_count; k++) {
			size_t n = closeness(
			    &c->covers[k], dataset, collection, field);

			if (n > best) {
				best = n;
				found = c;
			}
		}
	}
	if (found == NULL)
		return fail(ST_NOTFOUND,
		    "%s.%s%s%s is in no cluster of the policy %s", dataset,
		    collection, field ? "." : "", field ? field : "", p->name);
	*out = found;
	return ST_OK;
}

static int has_cluster(
    const struct check *k, const char *dataset, const char *collection)
{
	const struct policy_cluster *found;

	for (size_t i = 0; i < k->policy_count; i++)
		if (policy_cluster_of(k->policies[i], dataset, collection, NULL,
			&found) == ST_OK)
			return 1;
	status_clear();
	return 0;
}

/* A collection without anything personal needs no rule; with it, a cluster
 * for the records as such, whatever becomes of single fields. */
static void check_collection(
    const struct check *k, const struct dataset *ds, const struct collection *c)
{
	for (size_t i = 0; i < c->field_count; i++) {
		if (!field_is_personal(&c->fields[i]))
			continue;
		if (!has_cluster(k, ds->key, c->name))
			diag_error(k->d, c->at,
			    "collection `%s.%s` is in no cluster: add it to "
			    "`covers` of the cluster whose rule it follows",
			    ds->key, c->name);
		return;
	}
}

static void check_cover(const struct check *k, const struct policy_cover *cover)
{
	if (cover->field)
		(void)dataset_names_find_field(&k->names, cover->at,
		    cover->dataset, cover->collection, cover->field);
	else if (cover->collection)
		(void)dataset_names_find_collection(
		    &k->names, cover->at, cover->dataset, cover->collection);
	else
		(void)dataset_names_find(&k->names, cover->at, cover->dataset);
}

/* Does the field (NULL: the collection) fall in ${cluster}? */
static int governs(const struct policy *p, const struct policy_cluster *cluster,
    const struct dataset *ds, const struct collection *c, const char *field)
{
	const struct policy_cluster *found;

	return policy_cluster_of(p, ds->key, c->name, field, &found) == ST_OK &&
	       found == cluster;
}

static int governs_any(const struct policy *p,
    const struct policy_cluster *cluster, const struct dataset *ds,
    const struct collection *c)
{
	for (size_t i = 0; i < cluster->cover_count; i++) {
		const struct policy_cover *cover = &cluster->covers[i];

		if (strcmp(cover->dataset, ds->key) == 0 &&
		    (cover->collection == NULL ||
			strcmp(cover->collection, c->name) == 0) &&
		    governs(p, cluster, ds, c, cover->field))
			return 1;
	}
	return 0;
}

/* A bare starting point is read from the records themselves. */
static void check_bare(const struct check *k, const struct policy *p,
    const struct policy_cluster *cluster, size_t index)
{
	const struct policy_starting_point *sp;

	if (index >= p->starting_point_count)
		return;
	sp = &p->starting_points[index];
	if (sp->dataset)
		return;
	for (size_t i = 0; i < k->names.count; i++) {
		const struct dataset *ds = k->names.all[i];

		for (size_t j = 0; j < ds->collection_count; j++) {
			const struct collection *c = &ds->collections[j];

			if (collection_field(c, sp->field) == NULL &&
			    governs_any(p, cluster, ds, c))
				diag_error(k->d, cluster->at,
				    "`%s`: its starting point `%s` is read "
				    "from the field `%s`, which `%s.%s` does "
				    "not have",
				    cluster->name, sp->name, sp->field, ds->key,
				    c->name);
		}
	}
}

static int has_field(const struct check *k, const struct policy *p,
    const struct policy_cluster *cluster, const char *field)
{
	for (size_t i = 0; i < k->names.count; i++) {
		const struct dataset *ds = k->names.all[i];

		for (size_t j = 0; j < ds->collection_count; j++)
			if (collection_field(&ds->collections[j], field) &&
			    governs(p, cluster, ds, &ds->collections[j], field))
				return 1;
	}
	return 0;
}

static void check_cluster(const struct check *k, const struct policy *p,
    const struct policy_cluster *c)
{
	for (size_t i = 0; i < c->cover_count; i++)
		check_cover(k, &c->covers[i]);
	check_bare(k, p, c, c->starting_point);
	for (size_t i = 0; i < c->purpose_count; i++)
		check_bare(k, p, c, c->purposes[i].starting_point);
	for (size_t i = 0; i < c->de_identify_count; i++)
		if (!has_field(k, p, c, c->de_identify[i].field))
			diag_error(k->d, c->de_identify[i].at,
			    "`de_identify`: `%.60s` is no field of what the "
			    "cluster covers",
			    c->de_identify[i].field);
}

static void check_policy(const struct check *k, const struct policy *p)
{
	for (size_t i = 0; i < p->starting_point_count; i++) {
		const struct policy_starting_point *sp = &p->starting_points[i];

		if (sp->dataset)
			(void)dataset_names_find_field(&k->names, sp->at,
			    sp->dataset, sp->collection, sp->field);
		for (size_t j = 0; j < sp->via_count; j++)
			(void)dataset_names_find_path(
			    &k->names, sp->at, sp->via[j]);
	}
	for (size_t i = 0; i < p->cluster_count; i++)
		check_cluster(k, p, &p->clusters[i]);
}

/* What ${p} covers, into ${names} where there are any; how many. */
static size_t add_covers(const struct policy *p, struct diag_name *names)
{
	size_t n = 0;

	for (size_t i = 0; i < p->cluster_count; i++) {
		const struct policy_cluster *c = &p->clusters[i];

		for (size_t j = 0; j < c->cover_count; j++, n++) {
			if (names == NULL)
				continue;
			names[n].text = c->covers[j].path;
			names[n].at = c->covers[j].at;
		}
	}
	return n;
}

/* The same policy twice, or the same thing in clusters of two policies. */
static void check_twice(const struct check *k)
{
	struct diag_name *names;
	size_t n = k->policy_count;

	for (size_t i = 0; i < k->policy_count; i++)
		n += add_covers(k->policies[i], NULL);
	if ((names = read_array(k->d, n, sizeof(*names))) == NULL)
		return;
	n = 0;
	for (size_t i = 0; i < k->policy_count; i++)
		n += add_covers(k->policies[i], names + n);
	diag_duplicates(k->d, names, n, "cover");
	for (n = 0; n < k->policy_count; n++) {
		const struct policy *p = k->policies[n];
		struct place at = { diag_file(k->d, p->path), 0, 0 };

		names[n].text = p->name;
		names[n].at = at;
	}
	diag_duplicates(k->d, names, n, "policy");
	free(names);
}

void policy_check(const struct policy *const *policies, size_t policy_count,
    const struct dataset *const *datasets, size_t dataset_count, struct diag *d)
{
	const struct check k = { d, policies, policy_count,
		{ datasets, dataset_count, d } };

	check_twice(&k);
	for (size_t i = 0; i < policy_count; i++)
		check_policy(&k, policies[i]);
	policy_check_ends(policies, policy_count, &k.names);
	for (size_t i = 0; i < dataset_count; i++)
		for (size_t j = 0; j < datasets[i]->collection_count; j++)
			check_collection(
			    &k, datasets[i], &datasets[i]->collections[j]);
}
