/* Restricted records, for those who must leave them alone. */
#include "engine/holds/restrictions.h"

#include <stdlib.h>
#include <string.h>

#include "engine/audit/log.h"
#include "engine/base/base64.h"
#include "engine/base/buf.h"
#include "engine/base/civil.h"
#include "engine/base/utf8.h"
#include "engine/holds/holds.h"
#include "engine/holds/registry.h"
#include "engine/installation/units.h"
#include "engine/plan/keys.h"

struct listing {
	struct installation *in;
	struct installation_store *store;
	json_t *active; /* rows of the registry */
	json_t *list;
};

static const json_t *row_of(const struct listing *l, const char *id)
{
	const json_t *row;
	size_t i;

	json_array_foreach(l->active, i, row)
	{
		if (strcmp(json_text(row, "id"), id) == 0)
			return row;
	}
	return NULL;
}

/* Names of the cluster's purposes, in the first policy that has it. */
static enum status purposes(
    const struct installation *in, const char *cluster, json_t *list)
{
	const struct policy_cluster *c;
	enum status st = ST_OK;
	size_t i, k, n;

	for (i = 0; i < in->policy_count; i++) {
		const struct policy *p = &in->policies[i];

		for (k = 0; k < p->cluster_count; k++) {
			c = &p->clusters[k];
			if (strcmp(c->name, cluster) != 0)
				continue;
			for (n = 0; st == ST_OK && n < c->purpose_count; n++)
				st = json_push(list,
				    json_string(
					p->purposes[c->purposes[n].purpose]
					    .name));
			return st;
		}
	}
	return ST_OK;
}

/* As records are dumped: {"base64": "..."} where it is not UTF-8. */
static json_t *bytes(struct val v)
{
	struct buf text = BUF_INIT;
	json_t *o = NULL;

	if (v.type == VAL_TEXT && utf8_valid(v.p, v.n))
		return json_stringn(v.p, v.n);
	base64_add(&text, v.p, v.n);
	if (buf_status(&text) == ST_OK)
		o = json_pack("{s:s}", "base64", buf_text(&text));
	buf_release(&text);
	return o;
}

static json_t *value(struct val v)
{
	switch (v.type) {
	case VAL_INT: return json_integer(v.i);
	case VAL_REAL: return json_real(v.r);
	case VAL_TEXT:
	case VAL_BLOB: return bytes(v);
	case VAL_NULL:
	case VAL_END: break;
	}
	return json_null();
}

/* As many columns as the collection's key has. */
static enum status key_json(
    const struct listing *l, struct stmt *s, json_t **out)
{
	const char *name = db_text(s, 0);
	const struct db_table *t = db_schema_table(&l->store->schema, name);
	const struct collection *c =
	    dataset_collection(l->store->dataset, name);
	const char **keys = NULL;
	size_t count = 0, i;
	json_t *key = NULL;
	enum status st = ST_OK;

	if (t && c)
		st = keys_of(c, t, &keys, &count);
	free(keys);
	if (st == ST_OK)
		st = json_make(&key, "[]");
	for (i = 0; st == ST_OK && i < count && i < KEYS_MOST; i++)
		st = json_push(key, value(db_val(s, (int)(3 + i))));
	if (st == ST_OK)
		*out = key;
	else
		json_decref(key);
	return st;
}

/* Columns: collection, cluster, suspension, and of a record its key. */
static enum status push(struct listing *l, struct stmt *s, int is_record)
{
	const json_t *row = row_of(l, db_text(s, 2));
	json_t *key = json_null(), *one = NULL;
	enum status st = ST_OK;

	/* Released a moment ago: the next refresh drops it. */
	if (row == NULL)
		return ST_OK;
	if (is_record)
		st = key_json(l, s, &key);
	if (st == ST_OK)
		st =
		    json_make(&one, "{s:s, s:s, s:s, s:[], s:o, s:s, s:s, s:s}",
			"store", l->store->config->name, "collection",
			db_text(s, 0), "cluster", db_text(s, 1), "purposes",
			"key", key, "since", json_text(row, "placed_at"),
			"reason", json_text(row, "reason"), "restriction",
			json_text(row, "id"));
	if (st == ST_OK)
		st = purposes(
		    l->in, db_text(s, 1), json_object_get(one, "purposes"));
	if (st == ST_OK)
		return json_push(l->list, one);
	json_decref(one);
	return st;
}

static enum status list_here(struct listing *l)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(l->store->db,
	    "SELECT collection, cluster, suspension FROM"
	    " lethe_suspended_cluster WHERE kind = 'restriction'"
	    " ORDER BY collection, cluster, suspension",
	    NOARGS, &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = push(l, s, 0);
	db_done(s);
	if (st != ST_NOTFOUND)
		return st;
	s = NULL;
	st = db_query(l->store->db,
	    "SELECT collection, cluster, suspension, k1, k2, k3, k4"
	    " FROM lethe_suspension WHERE kind = 'restriction'"
	    " ORDER BY collection, cluster, k1, k2, k3, k4, suspension",
	    NOARGS, &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = push(l, s, 1);
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status list_store(struct listing *l)
{
	enum status st = installation_open_store(l->in, l->store);
	size_t u;

	for (u = 0; st == ST_OK && u < units_count(l->store); u++) {
		if ((st = units_use(l->store, u)) == ST_OK)
			st = list_here(l);
	}
	if (st == ST_OK)
		units_rest(l->store);
	return st;
}

static enum status note(
    struct installation *in, const char *actor, int64_t now, size_t count)
{
	json_t *details = NULL;
	enum status st = installation_open_audit(in);

	if (st == ST_OK)
		st = json_make(&details, "{s:s, s:I}", "object", "restrictions",
		    "records", (json_int_t)count);
	if (st == ST_OK)
		st = audit_append(
		    in->audit, now, actor, "restrictions_listed", details);
	json_decref(details);
	return st;
}

enum status restrictions_list(
    struct installation *in, const char *actor, int64_t now, json_t **out)
{
	struct listing l = { .in = in };
	char as_of[INSTANT_TEXT];
	enum status st;
	size_t i;

	civil_format_instant(now, as_of);
	if ((st = holds_refresh(in, NULL)) != ST_OK)
		return st;
	st = registry_read(in, REGISTRY_ACTIVE, NULL, now, &l.active);
	if (st == ST_OK)
		st = json_make(&l.list, "[]");
	for (i = 0; st == ST_OK && i < in->store_count; i++) {
		l.store = &in->stores[i];
		st = list_store(&l);
	}
	if (st == ST_OK)
		st = note(in, actor, now, json_array_size(l.list));
	if (st == ST_OK)
		st = json_make(
		    out, "{s:s, s:O}", "as_of", as_of, "restrictions", l.list);
	json_decref(l.active);
	json_decref(l.list);
	return st;
}
