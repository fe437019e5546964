/*
 * The schedule: every cluster's rule for every collection that it covers, in
 * the order in which records may go.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/plan/schedule_internal.h"

/* ---- order ---- */

static int database_refers(const struct rule *child, const struct rule *to)
{
	size_t i;

	for (i = 0; i < child->table->foreign_key_count; i++) {
		if (strcmp(child->table->foreign_keys[i].table,
			to->table->name) == 0)
			return 1;
	}
	return 0;
}

static int dataset_refers(const struct rule *child, const struct rule *to)
{
	const char *key = child->store->dataset->key;
	size_t f, i;

	for (f = 0; f < child->collection->field_count; f++) {
		const struct field *fd = &child->collection->fields[f];

		for (i = 0; i < fd->reference_count; i++) {
			const struct reference *r = &fd->references[i];

			if (r->direction != DATASET_TO &&
			    strcmp(r->dataset, key) == 0 &&
			    strcmp(r->collection, to->collection->name) == 0)
				return 1;
		}
	}
	return 0;
}

static int has_children(const struct rule *rules, size_t count, size_t at,
    int (*refers)(const struct rule *child, const struct rule *to))
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (rules[i].table != rules[at].table &&
		    rules[i].store == rules[at].store &&
		    refers(&rules[i], &rules[at]))
			return 1;
	}
	return 0;
}

/* The next that may go; in a cycle, what the database enforces counts before
 * what the dataset says. */
static size_t pick_next(const struct rule *rest, size_t count)
{
	size_t i;

	for (i = 0; i < count; i += rest[i].parts) {
		if (!has_children(rest, count, i, dataset_refers) &&
		    !has_children(rest, count, i, database_refers))
			return i;
	}
	for (i = 0; i < count; i += rest[i].parts) {
		if (!has_children(rest, count, i, database_refers))
			return i;
	}
	return 0;
}

/* Children before parents; the parts of a collection stay together. */
static void order(struct rule *rules, size_t count)
{
	struct rule tmp;
	size_t next, i, k, parts;

	for (next = 0; next < count; next += parts) {
		struct rule *rest = rules + next;

		i = pick_next(rest, count - next);
		parts = rest[i].parts;
		for (k = 0; k < parts; k++) {
			tmp = rest[i + k];
			memmove(rest + k + 1, rest + k, i * sizeof(*rest));
			rest[k] = tmp;
		}
	}
}

/* ---- all ---- */

enum status schedule_init(struct schedule *s, struct installation *in,
    const char *store, struct diag *d)
{
	struct installation_store *only = NULL;
	enum status st = ST_OK;
	size_t i;

	memset(s, 0, sizeof(*s));
	s->installation = in;
	if (store && (st = installation_find_store(in, store, &only)) != ST_OK)
		return st;
	for (i = 0; st == ST_OK && i < in->store_count; i++) {
		if (only == NULL || only == &in->stores[i])
			st = schedule_add_store(s, in, &in->stores[i], d);
	}
	if (st == ST_OK && d->errors == 0)
		st = schedule_set_reduces(s, d);
	if (st == ST_OK)
		st = diag_status(d);
	if (st == ST_OK)
		order(s->rules, s->count);
	else
		schedule_release(s);
	return st;
}

enum status schedule_again(
    const struct schedule *first, struct installation *in, struct schedule *out)
{
	const struct installation_store *stores = first->installation->stores;
	size_t i;

	*out = *first;
	out->of = first;
	out->installation = in;
	out->rules = calloc(first->count + 1, sizeof(*out->rules));
	if (out->rules == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; i < first->count; i++) {
		out->rules[i] = first->rules[i];
		out->rules[i].store =
		    &in->stores[first->rules[i].store - stores];
	}
	return ST_OK;
}

void schedule_release(struct schedule *s)
{
	size_t i;

	for (i = 0; s->of == NULL && i < s->count; i++)
		schedule_release_rule(&s->rules[i]);
	free(s->rules);
	if (s->of == NULL)
		free(s->unmapped);
	memset(s, 0, sizeof(*s));
}

const struct rule *schedule_rule(
    const struct schedule *s, const char *store, const char *collection)
{
	size_t i;

	for (i = 0; i < s->count; i++) {
		if (s->rules[i].part == 0 &&
		    strcmp(s->rules[i].store->config->name, store) == 0 &&
		    strcmp(s->rules[i].collection->name, collection) == 0)
			return &s->rules[i];
	}
	return NULL;
}

/* The hop of a path that leads to ${c}; path.count: none. */
static size_t hop_to(const struct path *p, const struct collection *c)
{
	size_t i;

	for (i = 0; i < p->count && p->hops[i].to != c; i++)
		;
	return i;
}

static int is_left(
    const struct rule_leaves *list, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (strcmp(list[i].name, name) == 0)
			return 1;
	}
	return 0;
}

static struct rule_leaves leaves_of(
    const struct rule *x, const struct rule_clock *k, size_t hop)
{
	struct rule_leaves l = { .for_rule = x, .clock = k, .hop = hop };

	l.name = k->memory[hop];
	l.columns = k->path.hops[hop].to_columns;
	l.column_count = k->path.hops[hop].count;
	if (hop + 1 == k->path.count)
		l.value = k->terms.start->field;
	return l;
}

enum status schedule_leaves(const struct schedule *s, const struct rule *r,
    struct rule_leaves **out, size_t *count)
{
	struct rule_leaves *list;
	size_t n = 0, i, k, hop, most = 1;

	for (i = 0; i < s->count; i++)
		most += s->rules[i].clock_count;
	if ((list = calloc(most, sizeof(*list))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; i < s->count; i++) {
		const struct rule *x = &s->rules[i];

		for (k = 0; x->store == r->store && k < x->clock_count; k++) {
			const struct rule_clock *c = &x->clocks[k];

			hop = hop_to(&c->path, r->collection);
			/* A date without the time for which its record stood
			 * would end what was never its own. */
			if (hop < c->path.count &&
			    c->path.hops[hop].interval_count == 0 &&
			    !is_left(list, n, c->memory[hop]))
				list[n++] = leaves_of(x, c, hop);
		}
	}
	*out = list;
	*count = n;
	return ST_OK;
}
