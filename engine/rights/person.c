/* Two identities, one person? */
#include "engine/rights/person.h"

#include "engine/plan/value.h"

#include <string.h>

#include "engine/base/buf.h"
#include "engine/base/json.h"

/* Records that bear an identity, as "store collection key": few for each
 * person, however many records lie behind them. */
struct names {
	json_t *set;
};

static int names_people(const struct collection *c)
{
	for (size_t i = 0; i < c->field_count; i++)
		if (c->fields[i].identity)
			return 1;
	return 0;
}

static void add_value(struct buf *b, struct val v)
{
	buf_addf(b, "\n%d:%lld:", (int)v.type, (long long)v.i);
	for (size_t i = 0; v.p && i < v.n; i++)
		buf_addf(b, "%02x", ((const unsigned char *)v.p)[i]);
}

static enum status add_name(void *ctx, const struct reach_record *r)
{
	struct names *n = ctx;
	struct buf b = BUF_INIT;
	enum status st;

	if (r->shared || !names_people(r->collection))
		return ST_OK;
	buf_addf(&b, "%s\n%s", r->store->config->name, r->collection->name);
	for (size_t i = 0; i < r->key_count; i++)
		add_value(&b, r->key[i]);
	if ((st = buf_status(&b)) == ST_OK)
		st = json_put(n->set, buf_text(&b), json_true());
	buf_release(&b);
	return st;
}

static enum status names_of(
    struct installation *in, const struct reach_subject *who, struct names *out)
{
	enum status st = json_made(json_object(), &out->set);

	return st == ST_OK ? reach_walk(in, who, add_name, out) : st;
}

static int meet(const struct names *a, const struct names *b)
{
	const char *name;
	json_t *value;

	json_object_foreach(
	    a->set, name, value) if (json_object_get(b->set, name)) return 1;
	return 0;
}

enum status person_same(struct installation *in, const struct reach_subject *a,
    const struct reach_subject *b, int *same)
{
	struct names mine = { NULL }, theirs = { NULL };
	enum status st = ST_OK;

	*same = strcmp(a->identity, b->identity) == 0 &&
		strcmp(a->value, b->value) == 0;
	if (*same)
		return ST_OK;
	st = names_of(in, a, &mine);
	if (st == ST_OK && json_object_size(mine.set))
		st = names_of(in, b, &theirs);
	if (st == ST_OK && theirs.set)
		*same = meet(&mine, &theirs);
	json_decref(mine.set);
	json_decref(theirs.set);
	return st;
}

struct having {
	const struct installation_store *store;
	const struct collection *collection;
	const json_t *key;
	int found;
};

static enum status compare_key(void *ctx, const struct reach_record *r)
{
	struct having *h = ctx;

	if (r->store != h->store || r->collection != h->collection)
		return ST_OK;
	for (size_t i = 0; i < r->key_count; i++) {
		const json_t *text = json_array_get(h->key, i);

		if (value_compare(r->key[i], TEXT(json_string_value(text))))
			return ST_OK;
	}
	h->found = r->shared ? 2 : 1;
	return ST_OK;
}

enum status person_has(struct installation *in, const struct reach_subject *who,
    const struct installation_store *store, const struct collection *collection,
    const json_t *key, int *found)
{
	struct having h = { store, collection, key, 0 };
	enum status st = reach_walk(in, who, compare_key, &h);

	*found = h.found;
	return st;
}
