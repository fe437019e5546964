/* What recipients know a person by, and which of them have to be told. */
#include <stdlib.h>
#include <string.h>

#include "engine/rights/address.h"
#include "engine/rights/notification_who.h"

/* Of one kind: nobody has more, and a mistake must not tell of thousands. */
#define VALUES_MOST 20

struct reaching {
	const struct installation *in;
	json_t *identities;
	json_t *clusters;
};

static int has(const json_t *list, const char *text)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		if (strcmp(json_string_value(one), text) == 0)
			return 1;
	}
	return 0;
}

static enum status add_once(json_t *list, const char *text)
{
	return has(list, text) ? ST_OK : json_push(list, json_string(text));
}

/* ---- clusters ---- */

/* ${field} NULL: any of the collection's. */
static int covers(const struct policy_cluster *c, const char *dataset,
    const char *collection, const char *field)
{
	for (size_t i = 0; i < c->cover_count; i++) {
		const struct policy_cover *x = &c->covers[i];

		if (strcmp(x->dataset, dataset) == 0 &&
		    (x->collection == NULL ||
			strcmp(x->collection, collection) == 0) &&
		    (x->field == NULL || field == NULL ||
			strcmp(x->field, field) == 0))
			return 1;
	}
	return 0;
}

enum status notification_clusters(const struct installation *in,
    const char *dataset, const char *collection, const char *field,
    json_t *list)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < in->policy_count; i++) {
		const struct policy *p = &in->policies[i];

		for (size_t k = 0; st == ST_OK && k < p->cluster_count; k++)
			if (covers(&p->clusters[k], dataset, collection, field))
				st = add_once(list, p->clusters[k].name);
	}
	return st;
}

/* ---- identities ---- */

static int is_wanted(const struct installation *in, const char *identity)
{
	for (size_t i = 0; i < in->config.recipient_count; i++) {
		const char *by = in->config.recipients[i].identity;

		if (by && strcmp(by, identity) == 0)
			return 1;
	}
	return 0;
}

static enum status take(
    struct reaching *x, const struct reach_record *r, const struct field *f)
{
	json_t *values = json_object_get(x->identities, f->identity);
	char *text = NULL;
	enum status st = ST_OK;

	if (values == NULL) {
		st = json_put(x->identities, f->identity, json_array());
		values = json_object_get(x->identities, f->identity);
	}
	if (st == ST_OK && json_array_size(values) < VALUES_MOST)
		st = address_read(r, f->name, &text);
	if (st == ST_OK && text)
		st = add_once(values, text);
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
	return st;
}

static enum status look(void *ctx, const struct reach_record *r)
{
	struct reaching *x = ctx;
	const struct collection *c = r->collection;
	enum status st;

	st = notification_clusters(
	    x->in, r->store->dataset->key, c->name, NULL, x->clusters);
	for (size_t i = 0; st == ST_OK && !r->shared && i < c->field_count; i++)
		if (c->fields[i].identity &&
		    is_wanted(x->in, c->fields[i].identity))
			st = take(x, r, &c->fields[i]);
	return st;
}

enum status notification_reach(
    struct installation *in, const struct reach_subject *who, json_t **out)
{
	struct reaching x = { in, json_object(), json_array() };
	enum status st = x.identities && x.clusters
			     ? ST_OK
			     : fail(ST_NOMEM, "out of memory");

	if (st == ST_OK)
		st = reach_walk(in, who, look, &x);
	if (st == ST_OK)
		st = json_make(out, "{s:O, s:O}", "identities", x.identities,
		    "clusters", x.clusters);
	json_decref(x.identities);
	json_decref(x.clusters);
	return st;
}

/* ---- recipients ---- */

static int names(char *const *list, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i], name) == 0)
			return 1;
	return 0;
}

static int receives(const struct policy *p, const struct policy_cluster *c,
    const char *recipient)
{
	for (size_t i = 0; i < c->purpose_count; i++) {
		const struct policy_purpose *x =
		    &p->purposes[c->purposes[i].purpose];

		if (names(x->recipients, x->recipient_count, recipient))
			return 1;
	}
	return 0;
}

enum status notification_received(const struct installation *in,
    const char *recipient, const json_t *clusters, json_t *out)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < in->policy_count; i++) {
		const struct policy *p = &in->policies[i];

		for (size_t k = 0; st == ST_OK && k < p->cluster_count; k++)
			if (has(clusters, p->clusters[k].name) &&
			    receives(p, &p->clusters[k], recipient))
				st = add_once(out, p->clusters[k].name);
	}
	return st;
}

enum status notification_everybody(const struct installation *in, json_t **out)
{
	json_t *list = NULL;
	enum status st = json_made(json_array(), &list);

	for (size_t i = 0; i < in->policy_count; i++)
		for (size_t k = 0;
		     st == ST_OK && k < in->policies[i].recipient_count; k++)
			st = add_once(list, in->policies[i].recipients[k].name);
	if (st == ST_OK)
		*out = list;
	else
		json_decref(list);
	return st;
}

int notification_names(const json_t *list, const char *name)
{
	return has(list, name);
}
