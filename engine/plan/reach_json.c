/* A person's records as JSON: counts and keys by collection. */
#include <stdlib.h>
#include <string.h>

#include "engine/plan/keys.h"
#include "engine/plan/reach.h"

/* What is found in one collection. */
struct group {
	const struct installation_store *store;
	const struct collection *collection;
	const char **names; /* of the key */
	json_t *keys;
	int shared;
};
struct groups {
	struct group *list; /* stores and collections in their order */
	size_t count;
};

static void groups_release(struct groups *g)
{
	size_t i;

	for (i = 0; i < g->count; i++) {
		free(g->list[i].names);
		json_decref(g->list[i].keys);
	}
	free(g->list);
}

static enum status groups_init(struct groups *g, const struct installation *in)
{
	size_t i, k, most = 1;

	for (i = 0; i < in->store_count; i++)
		most += in->stores[i].dataset->collection_count;
	g->count = 0;
	if ((g->list = calloc(most, sizeof(*g->list))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; i < in->store_count; i++) {
		const struct dataset *ds = in->stores[i].dataset;

		for (k = 0; k < ds->collection_count; k++) {
			g->list[g->count].store = &in->stores[i];
			g->list[g->count++].collection = &ds->collections[k];
		}
	}
	return ST_OK;
}

/* Bytes stand as SQL writes them: X'00FF'. */
static enum status json_of(struct val v, json_t **out)
{
	struct buf hex = BUF_INIT;
	const unsigned char *p = v.p;
	enum status st;
	size_t i;

	switch (v.type) {
	case VAL_INT: return json_made(json_integer(v.i), out);
	case VAL_REAL: return json_made(json_real(v.r), out);
	case VAL_TEXT: return json_made(json_stringn(v.n ? v.p : "", v.n), out);
	case VAL_END:
	case VAL_NULL: return json_made(json_null(), out);
	case VAL_BLOB: break;
	}
	buf_adds(&hex, "X'");
	for (i = 0; i < v.n; i++)
		buf_addf(&hex, "%02X", p[i]);
	buf_adds(&hex, "'");
	st = buf_status(&hex);
	if (st == ST_OK)
		st = json_made(json_string(buf_text(&hex)), out);
	buf_release(&hex);
	return st;
}

static enum status key_json(
    const struct group *g, const struct reach_record *r, json_t **out)
{
	json_t *key = json_object(), *value;
	enum status st = ST_OK;
	size_t i;

	if (key == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; st == ST_OK && i < r->key_count; i++) {
		st = json_of(r->key[i], &value);
		if (st == ST_OK)
			st = json_put(key, g->names[i], value);
	}
	if (st == ST_OK)
		*out = key;
	else
		json_decref(key);
	return st;
}

static enum status open_group(struct group *g, const struct reach_record *r)
{
	size_t count;

	if (g->keys)
		return ST_OK;
	if ((g->keys = json_array()) == NULL)
		return fail(ST_NOMEM, "out of memory");
	return keys_of(r->collection, r->table, &g->names, &count);
}

static enum status add(void *ctx, const struct reach_record *r)
{
	const struct groups *gs = ctx;
	struct group *g = gs->list;
	json_t *key = NULL;
	enum status st;

	while (g->collection != r->collection)
		g++;
	g->shared |= r->shared;
	if ((st = open_group(g, r)) != ST_OK)
		return st;
	if ((st = key_json(g, r, &key)) != ST_OK)
		return st;
	return json_push(g->keys, key);
}

static enum status collections_json(const struct groups *g, json_t *list)
{
	enum status st = ST_OK;
	json_t *o = NULL;
	size_t i;

	for (i = 0; st == ST_OK && i < g->count; i++) {
		const struct group *e = &g->list[i];

		if (e->keys == NULL)
			continue;
		st = json_make(&o, "{s:s, s:s, s:s, s:b, s:I, s:O}", "store",
		    e->store->config->name, "dataset", e->store->dataset->key,
		    "collection", e->collection->name, "shared", e->shared,
		    "records", (json_int_t)json_array_size(e->keys), "keys",
		    e->keys);
		if (st == ST_OK)
			st = json_push(list, o);
	}
	return st;
}

enum status reach_json(
    struct installation *in, const struct reach_subject *who, json_t **out)
{
	struct groups g = { NULL, 0 };
	json_t *list = NULL;
	enum status st;

	st = groups_init(&g, in);
	if (st == ST_OK)
		st = reach_walk(in, who, add, &g);
	if (st == ST_OK)
		st = json_made(json_array(), &list);
	if (st == ST_OK)
		st = collections_json(&g, list);
	if (st == ST_OK)
		st = json_make(out, "{s:s, s:s, s:O}", "identity",
		    who->identity, "value", who->value, "collections", list);
	json_decref(list);
	groups_release(&g);
	return st;
}
