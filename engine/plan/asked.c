/* The records of one person, and rules that are about them alone. */
#include "engine/plan/asked.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/installation/units.h"
#include "engine/plan/keys.h"

/* ---- keys as bytes: the type, then what it needs ---- */

static void put_val(struct buf *b, struct val v)
{
	char type = (char)v.type;

	buf_add(b, &type, 1);
	switch (v.type) {
	case VAL_INT: buf_add(b, &v.i, sizeof(v.i)); break;
	case VAL_REAL: buf_add(b, &v.r, sizeof(v.r)); break;
	case VAL_TEXT:
	case VAL_BLOB:
		buf_add(b, &v.n, sizeof(v.n));
		buf_add(b, v.p, v.n);
		break;
	case VAL_NULL:
	case VAL_END: break;
	}
}

/* Bytes that are read from the front. */
struct bytes {
	const char *at;
	size_t left;
};

static int get(struct bytes *b, void *out, size_t n)
{
	if (b->left < n)
		return 0;
	memcpy(out, b->at, n);
	b->at += n;
	b->left -= n;
	return 1;
}

static int get_val(struct bytes *b, struct val *out)
{
	struct val v = { .type = VAL_NULL };
	char type;

	if (!get(b, &type, 1) || type <= (char)VAL_END || type > (char)VAL_BLOB)
		return 0;
	v.type = (enum val_type)type;
	if (v.type == VAL_INT && !get(b, &v.i, sizeof(v.i)))
		return 0;
	if (v.type == VAL_REAL && !get(b, &v.r, sizeof(v.r)))
		return 0;
	if (v.type == VAL_TEXT || v.type == VAL_BLOB) {
		if (!get(b, &v.n, sizeof(v.n)) || v.n > b->left)
			return 0;
		v.p = b->at;
		b->at += v.n;
		b->left -= v.n;
	}
	*out = v;
	return 1;
}

enum status asked_each(const struct asked_list *l,
    enum status (*each)(void *ctx, const struct val *key), void *ctx)
{
	struct bytes b = { l->keys.data, l->keys.len };
	struct val key[KEYS_MOST];
	enum status st = ST_OK;
	size_t i, k;

	for (i = 0; st == ST_OK && i < l->count; i++) {
		for (k = 0; k < l->key_count; k++) {
			if (!get_val(&b, &key[k]))
				return fail(ST_INTEGRITY,
				    "the records of a request are not what was "
				    "written");
		}
		st = each(ctx, key);
	}
	return st;
}

/* ---- lists ---- */

static int is_place(const struct asked_list *l, const struct asked_list *p)
{
	return l->store == p->store && l->collection == p->collection &&
	       l->shared == p->shared && strcmp(l->segment, p->segment) == 0;
}

/* The one that was added to last is nearly always the one. */
const struct asked_list *asked_find(
    const struct asked *a, const struct asked_list *place)
{
	for (size_t i = a->count; i > 0; i--)
		if (is_place(&a->lists[i - 1], place))
			return &a->lists[i - 1];
	return NULL;
}

static enum status list_of(
    struct asked *a, const struct asked_list *place, struct asked_list **out)
{
	const struct asked_list *known = asked_find(a, place);
	struct asked_list *l;

	if (known) {
		*out = &a->lists[known - a->lists];
		return ST_OK;
	}
	l = reallocarray(a->lists, a->count + 1, sizeof(*l));
	if (l == NULL)
		return fail(ST_NOMEM, "out of memory");
	a->lists = l;
	l += a->count++;
	*l = *place;
	l->count = 0;
	l->keys = (struct buf)BUF_INIT;
	*out = l;
	return ST_OK;
}

enum status asked_use(const struct asked_list *l)
{
	return units_use_segment(l->store, l->segment);
}

enum status asked_add(
    struct asked *a, const struct asked_list *place, const struct val *key)
{
	struct asked_list *l = NULL;
	enum status st = list_of(a, place, &l);
	size_t k;

	if (st != ST_OK)
		return st;
	for (k = 0; k < l->key_count; k++)
		put_val(&l->keys, key[k]);
	l->count++;
	return buf_status(&l->keys);
}

static enum status take(void *ctx, const struct reach_record *r)
{
	struct asked_list place = { .store = r->store,
		.collection = r->collection,
		.shared = r->shared,
		.key_count = r->key_count };

	if (r->segment)
		(void)snprintf(place.segment, sizeof(place.segment), "%s",
		    r->segment->name);
	return asked_add(ctx, &place, r->key);
}

enum status asked_of(
    struct installation *in, const struct reach_subject *who, struct asked *out)
{
	struct asked a = { .lists = NULL };
	enum status st = reach_walk(in, who, take, &a);

	if (st == ST_OK)
		*out = a;
	else
		asked_release(&a);
	return st;
}

void asked_release(struct asked *a)
{
	size_t i;

	for (i = 0; i < a->count; i++) {
		if (a->lists[i].keys.data)
			explicit_bzero(
			    a->lists[i].keys.data, a->lists[i].keys.size);
		buf_release(&a->lists[i].keys);
	}
	free(a->lists);
	*a = (struct asked){ .lists = NULL };
}

/* ---- as bytes ---- */

static void put_text(struct buf *b, const char *text)
{
	put_val(b, TEXT(text));
}

enum status asked_write(const struct asked *a, struct buf *out)
{
	size_t i;

	for (i = 0; i < a->count; i++) {
		const struct asked_list *l = &a->lists[i];

		put_text(out, l->store->config->name);
		put_text(out, l->collection->name);
		put_text(out, l->segment);
		put_val(out, INT(l->shared));
		put_val(out, INT((int64_t)l->key_count));
		put_val(out, INT((int64_t)l->count));
		put_val(out, BLOB(l->keys.data, l->keys.len));
	}
	return buf_status(out);
}

static int text_is(struct val v, const char *text)
{
	return v.n == strlen(text) && memcmp(v.p, text, v.n) == 0;
}

static int find_place(
    struct installation *in, const struct val *head, struct asked_list *l)
{
	size_t i, k;

	for (i = 0; i < in->store_count; i++) {
		struct installation_store *s = &in->stores[i];

		for (k = 0; k < s->dataset->collection_count; k++) {
			if (text_is(head[0], s->config->name) &&
			    text_is(head[1], s->dataset->collections[k].name)) {
				l->store = s;
				l->collection = &s->dataset->collections[k];
				return 1;
			}
		}
	}
	return 0;
}

static enum status read_list(
    struct installation *in, struct bytes *b, struct asked *a)
{
	static const enum val_type types[] = { VAL_TEXT, VAL_TEXT, VAL_TEXT,
		VAL_INT, VAL_INT, VAL_INT, VAL_BLOB };
	struct val v[sizeof(types) / sizeof(*types)];
	struct asked_list place = { .store = NULL }, *l = NULL;
	enum status st;
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (!get_val(b, &v[i]) || v[i].type != types[i])
			break;
	}
	if (i < sizeof(types) / sizeof(*types) || !find_place(in, v, &place) ||
	    v[2].n >= sizeof(place.segment) || v[4].i < 0 ||
	    v[4].i > KEYS_MOST || v[5].i < 0)
		return fail(ST_INTEGRITY,
		    "the records of a request are not what was written");
	memcpy(place.segment, v[2].p, v[2].n);
	place.shared = v[3].i != 0;
	place.key_count = (size_t)v[4].i;
	if ((st = list_of(a, &place, &l)) != ST_OK)
		return st;
	l->count = (size_t)v[5].i;
	buf_add(&l->keys, v[6].p, v[6].n);
	return buf_status(&l->keys);
}

enum status asked_read(
    struct installation *in, const void *bytes, size_t len, struct asked *out)
{
	struct bytes b = { bytes, len };
	struct asked a = { .lists = NULL };
	enum status st = ST_OK;

	while (st == ST_OK && b.left > 0)
		st = read_list(in, &b, &a);
	if (st == ST_OK)
		*out = a;
	else
		asked_release(&a);
	return st;
}

/* ---- rules ---- */

void asked_mark(struct schedule *s, const struct asked *a)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		s->rules[i].asked = a;
}

const struct asked_list *asked_here(const struct rule *r)
{
	const struct segment *g = units_segment(r->store);
	const char *segment = g ? g->name : "";
	size_t i;

	for (i = 0; r->asked && i < r->asked->count; i++) {
		const struct asked_list *l = &r->asked->lists[i];

		if (l->store == r->store && l->collection == r->collection &&
		    !l->shared && strcmp(l->segment, segment) == 0)
			return l;
	}
	return NULL;
}

int asked_wants(const struct asked *a, const char *cluster)
{
	for (size_t i = 0; a->clusters && a->clusters[i]; i++)
		if (strcmp(a->clusters[i], cluster) == 0)
			return 1;
	return a->clusters == NULL;
}
