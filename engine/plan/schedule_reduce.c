/* What changes in records that stay, and what must not. */
#include "engine/plan/schedule_internal.h"

#include <stdlib.h>
#include <string.h>

/* Everything of the store that judging reads, and what reads it. */
struct kept {
	struct reduce_kept *list;
	size_t count;
	size_t size;
};

static enum status keep(
    struct kept *k, const char *column, enum reduce_use use, const char *by)
{
	struct reduce_kept *list;

	if (k->count == k->size) {
		list = reallocarray(k->list, k->size * 2 + 16, sizeof(*list));
		if (list == NULL)
			return fail(ST_NOMEM, "out of memory");
		k->list = list;
		k->size = k->size * 2 + 16;
	}
	k->list[k->count++] = (struct reduce_kept){ column, use, by };
	return ST_OK;
}

static enum status keep_columns(
    struct kept *k, const char **columns, size_t count, const char *by)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < count; i++)
		st = keep(k, columns[i], REDUCE_LEADS, by);
	return st;
}

/* The columns that a hop compares as times, at one of its ends. */
static enum status keep_intervals(struct kept *k, const struct path_hop *h,
    enum path_side side, const char *by)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < h->interval_count; i++) {
		const struct path_interval *v = &h->intervals[i];

		if (v->at_side == side) {
			st = keep(k, v->at, REDUCE_LEADS, by);
			continue;
		}
		st = keep(k, v->from, REDUCE_LEADS, by);
		if (st == ST_OK)
			st = keep(k, v->until, REDUCE_LEADS, by);
	}
	return st;
}

static enum status keep_hop(struct kept *k, const struct path_hop *h,
    enum path_side side, const char *by)
{
	enum status st;

	st = side == PATH_BEFORE
		 ? keep_columns(k, h->from_columns, h->count, by)
		 : keep_columns(k, h->to_columns, h->count, by);
	return st == ST_OK ? keep_intervals(k, h, side, by) : st;
}

/*
 * What the clock ${c} of ${r} reads of the table of ${of}.  What is reduced for
 * good is not judged again by its own rule: the columns by which that began its
 * path may change.
 */
static enum status keep_clock(struct kept *k, const struct rule *r,
    const struct rule_clock *c, const struct rule *of)
{
	size_t own = r == of && rule_reduces_for_good(of);
	const char *at = r->table->name, *by = r->terms.cluster->name;
	const char *table = of->table->name;
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < c->path.count; i++) {
		const struct path_hop *h = &c->path.hops[i];

		if (i >= own && strcmp(at, table) == 0)
			st = keep_hop(k, h, PATH_BEFORE, by);
		at = h->to->name;
		if (st == ST_OK && strcmp(at, table) == 0)
			st = keep_hop(k, h, PATH_REACHED, by);
	}
	if (st == ST_OK && strcmp(at, table) == 0)
		st = keep(k, c->terms.start->field, REDUCE_STARTS,
		    c->terms.start->name);
	return st;
}

static enum status list_kept(
    const struct schedule *s, const struct rule *r, struct kept *k)
{
	enum status st = ST_OK;
	size_t i, c;

	for (i = 0; st == ST_OK && i < s->count; i++) {
		const struct rule *x = &s->rules[i];

		for (c = 0;
		     st == ST_OK && x->store == r->store && c < x->clock_count;
		     c++)
			st = keep_clock(k, x, &x->clocks[c], r);
	}
	return st;
}

/* ---- whose records are ---- */

/* "dataset.collection.field": the field, where it is one of ${r}'s. */
static const char *own_field(const struct rule *r, const char *path)
{
	const char *key = r->store->dataset->key, *name = r->collection->name;
	size_t n = strlen(key), m = strlen(name);

	if (strncmp(path, key, n) != 0 || path[n] != '.' ||
	    strncmp(path + n + 1, name, m) != 0 || path[n + 1 + m] != '.')
		return NULL;
	return path + n + 1 + m + 1;
}

/* An interval without its end would go on for ever. */
static enum status keep_valid(const struct rule *r, const struct dataset *ds,
    const struct collection *c, const struct field *f, struct kept *k)
{
	const char *from, *until;
	enum status st = ST_OK;

	if (f->valid_at == NULL)
		return ST_OK;
	if (ds == r->store->dataset && c == r->collection)
		st = keep(k, f->valid_at, REDUCE_WHOSE, c->name);
	from = f->valid_from ? own_field(r, f->valid_from) : NULL;
	until = f->valid_until ? own_field(r, f->valid_until) : NULL;
	if (st == ST_OK && from)
		st = keep(k, from, REDUCE_WHOSE, c->name);
	if (st == ST_OK && until)
		st = keep(k, until, REDUCE_WHOSE, c->name);
	return st;
}

/* What is emptied and stays is still its person's, to be found and held; what
 * is de-identified is nobody's. */
static enum status keep_references(const struct rule *r,
    const struct dataset *ds, const struct collection *c, const struct field *f,
    struct kept *k)
{
	enum status st = ST_OK;
	size_t i;

	if (r->terms.cluster->action == POLICY_DE_IDENTIFY)
		return ST_OK;
	for (i = 0; st == ST_OK && i < f->reference_count; i++) {
		const struct reference *ref = &f->references[i];

		if (ds == r->store->dataset && c == r->collection)
			st = keep(k, f->name, REDUCE_WHOSE, c->name);
		if (st == ST_OK &&
		    strcmp(ref->dataset, r->store->dataset->key) == 0 &&
		    strcmp(ref->collection, r->collection->name) == 0)
			st = keep(k, ref->field, REDUCE_WHOSE, c->name);
	}
	return st;
}

static enum status keep_whose(
    const struct schedule *s, const struct rule *r, struct kept *k)
{
	const struct installation *in = s->installation;
	enum status st = ST_OK;
	size_t d, c, f;

	for (d = 0; d < in->dataset_count; d++) {
		const struct dataset *ds = &in->datasets[d];

		for (c = 0; c < ds->collection_count; c++) {
			const struct collection *col = &ds->collections[c];

			for (f = 0; st == ST_OK && f < col->field_count; f++) {
				const struct field *fd = &col->fields[f];

				st = keep_valid(r, ds, col, fd, k);
				if (st == ST_OK)
					st = keep_references(r, ds, col, fd, k);
			}
		}
	}
	return st;
}

/* Does a record of this rule ever stay behind when its time is over? */
static int may_stay(const struct rule *r)
{
	const struct policy_cluster *c = r->terms.cluster;

	return r->parts > 1 || c->action == POLICY_DE_IDENTIFY ||
	       (r->referenced && c->on_referenced == POLICY_MINIMISE);
}

static enum status set_reduce(const struct schedule *s,
    const struct dataset *const *datasets, struct rule *r, struct diag *d)
{
	struct kept kept = { NULL, 0, 0 };
	enum status st;

	if (!may_stay(r) || r->clock_count == 0)
		return ST_OK;
	st = list_kept(s, r, &kept);
	if (st == ST_OK)
		st = keep_whose(s, r, &kept);
	if (st == ST_OK) {
		const struct reduce_target t = { r->policy, r->terms.cluster,
			r->store->config->name, r->store->dataset->key,
			r->collection, &r->store->schema, r->table, datasets,
			s->installation->dataset_count, kept.list, kept.count };

		st = r->terms.cluster->action == POLICY_DE_IDENTIFY
			 ? reduce_de_identify(&t, d, &r->reduce)
			 : reduce_minimise(&t, d, &r->reduce);
	}
	free(kept.list);
	/* said in ${d}, with whatever else is wrong */
	return st == ST_INVALID ? ST_OK : st;
}

enum status schedule_set_reduces(struct schedule *s, struct diag *d)
{
	const struct installation *in = s->installation;
	const struct dataset **datasets;
	enum status st = ST_OK;
	size_t i;

	datasets = calloc(in->dataset_count + 1, sizeof(*datasets));
	if (datasets == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; i < in->dataset_count; i++)
		datasets[i] = &in->datasets[i];
	for (i = 0; st == ST_OK && i < s->count; i++)
		st = set_reduce(s, datasets, &s->rules[i], d);
	free(datasets);
	return st;
}
