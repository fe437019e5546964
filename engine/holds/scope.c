/* What a suspension may be about. */
#include "engine/holds/scope.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/utf8.h"
#include "engine/plan/keys.h"

/* Names to suggest one of; what does not fit in is not suggested. */
#define NAMES 256
struct names {
	const char *list[NAMES + 1];
	size_t count;
};

static void names_add(struct names *n, const char *name)
{
	if (n->count < NAMES)
		n->list[n->count++] = name;
	n->list[n->count] = NULL;
}

static enum status no_such(
    const char *what, const char *word, const struct names *n)
{
	const char *near = diag_nearest(word, n->list);

	return fail(ST_USAGE, "%s `%s`%s%s%s", what, word,
	    near ? ": did you mean `" : "", near ? near : "", near ? "`?" : "");
}

/* ---- clusters ---- */

int scope_has_cluster(const struct installation *in, const char *cluster)
{
	size_t i, k;

	for (i = 0; i < in->policy_count; i++) {
		for (k = 0; k < in->policies[i].cluster_count; k++) {
			if (strcmp(in->policies[i].clusters[k].name, cluster) ==
			    0)
				return 1;
		}
	}
	return 0;
}

static enum status check_cluster(
    const struct installation *in, const char *cluster)
{
	struct names n = { .count = 0 };
	size_t i, k;

	if (scope_has_cluster(in, cluster))
		return ST_OK;
	for (i = 0; i < in->policy_count; i++) {
		for (k = 0; k < in->policies[i].cluster_count; k++)
			names_add(&n, in->policies[i].clusters[k].name);
	}
	return no_such("no cluster of the policies is called", cluster, &n);
}

/* ---- subjects ---- */

static enum status check_identity(
    const struct installation *in, const char *identity)
{
	struct names n = { .count = 0 };
	size_t i, k, f;

	for (i = 0; i < in->dataset_count; i++) {
		const struct dataset *ds = &in->datasets[i];

		for (k = 0; k < ds->collection_count; k++) {
			const struct collection *c = &ds->collections[k];

			for (f = 0; f < c->field_count; f++) {
				const char *have = c->fields[f].identity;

				if (have && strcmp(have, identity) == 0)
					return ST_OK;
				if (have)
					names_add(&n, have);
			}
		}
	}
	return no_such(
	    "no field of the datasets bears the identity", identity, &n);
}

static enum status check_subject(
    const struct installation *in, const struct holds_scope *s)
{
	if (s->value == NULL || *s->value == '\0')
		return fail(ST_USAGE,
		    "--subject names a person as IDENTITY=VALUE, such as "
		    "customer_id=C-000001");
	if (!utf8_valid(s->value, strlen(s->value)))
		return fail(ST_USAGE, "the subject is not UTF-8");
	return check_identity(in, s->identity);
}

/* ---- records ---- */

static enum status no_collection(
    const struct installation_store *s, const char *collection)
{
	struct names n = { .count = 0 };
	size_t i;

	for (i = 0; i < s->dataset->collection_count; i++)
		names_add(&n, s->dataset->collections[i].name);
	return no_such(
	    "no collection of the store's dataset is called", collection, &n);
}

static enum status check_key(const struct installation_store *store,
    const struct collection *c, const struct holds_scope *s)
{
	const struct db_table *t = db_schema_table(&store->schema, c->name);
	const char **keys = NULL;
	size_t count = 0, i;
	enum status st;

	if (t == NULL)
		return fail(ST_INVALID,
		    "store `%s` has no table `%s`, though the dataset "
		    "describes it: add it to the store",
		    s->store, c->name);
	st = keys_of(c, t, &keys, &count);
	free(keys);
	if (st != ST_OK)
		return st;
	if (count == 0 || count > KEYS_MOST)
		return fail(ST_USAGE,
		    "a record of %s.%s cannot be named: it has %zu key "
		    "columns, expected 1 to %d",
		    s->store, c->name, count, KEYS_MOST);
	if (s->key_count != count)
		return fail(ST_USAGE,
		    "the key of %s.%s has %zu column%s: found %zu value%s",
		    s->store, c->name, count, count == 1 ? "" : "s",
		    s->key_count, s->key_count == 1 ? "" : "s");
	for (i = 0; i < count; i++) {
		if (!utf8_valid(s->key[i], strlen(s->key[i])))
			return fail(ST_USAGE, "the key is not UTF-8");
	}
	return ST_OK;
}

static enum status check_record(
    struct installation *in, const struct holds_scope *s)
{
	struct installation_store *store = NULL;
	const struct collection *c;
	enum status st;

	if ((st = installation_find_store(in, s->store, &store)) != ST_OK)
		return st;
	if ((c = dataset_collection(store->dataset, s->collection)) == NULL)
		return no_collection(store, s->collection);
	if ((st = installation_open_store(in, store)) != ST_OK)
		return st;
	return check_key(store, c, s);
}

enum status scope_check(struct installation *in, const struct holds_scope *s)
{
	enum status st = ST_OK;

	if (s->store ? s->identity || s->cluster : !s->identity && !s->cluster)
		return fail(ST_USAGE,
		    "a suspension is about a subject (--subject "
		    "IDENTITY=VALUE), a record (--record STORE COLLECTION "
		    "KEY...), a cluster (--cluster CLUSTER), or a subject's "
		    "part of a cluster (--subject and --cluster)");
	if (s->store)
		return check_record(in, s);
	if (s->identity)
		st = check_subject(in, s);
	if (st == ST_OK && s->cluster)
		st = check_cluster(in, s->cluster);
	return st;
}
