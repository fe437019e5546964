/* A report's numbers: counted, and as much of them as may be shown. */
#include <stdlib.h>
#include <string.h>

#include "engine/report/report_parts.h"

/* ---- counting ---- */

/* The number called ${cell}, made when it is first met. */
static enum status number_for(struct report *r, const char *cell, int64_t count,
    struct report_number **out)
{
	const json_t *found = json_object_get(r->cells, cell), *last;
	struct report_number **grown, *n;

	if (found) {
		*out = r->numbers[json_integer_value(found)];
		return ST_OK;
	}
	if (r->number_count == r->number_size) {
		r->number_size = r->number_size ? 2 * r->number_size : 64;
		grown = reallocarray(
		    r->numbers, r->number_size, sizeof(struct report_number *));
		if (grown == NULL)
			return fail(ST_NOMEM, "out of memory");
		r->numbers = grown;
	}
	if ((n = calloc(1, sizeof(*n))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	last = json_object_get(r->ledger.numbers, cell);
	n->n.count = count;
	n->n.last = last ? json_integer_value(json_array_get(last, 0)) : -1;
	n->last_at = last ? json_integer_value(json_array_get(last, 1)) : 0;
	*out = r->numbers[r->number_count] = n;
	return json_put(
	    r->cells, cell, json_integer((json_int_t)r->number_count++));
}

static void categories_at(
    const struct lattice *l, unsigned int mask, size_t at, size_t *categories)
{
	for (size_t i = l->fields; i-- > 0;) {
		if (!(mask >> i & 1))
			continue;
		categories[i] = at % l->sizes[i];
		at /= l->sizes[i];
	}
}

static enum status add_table(struct report *r, const struct report_set *set,
    struct lattice *l, unsigned int mask)
{
	size_t size = lattice_size(l, mask);
	enum status st = ST_OK;

	l->tables[mask] = calloc(size + 1, sizeof(struct suppress_number *));
	if (l->tables[mask] == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (size_t i = 0; st == ST_OK && i < size; i++) {
		size_t categories[LATTICE_FIELDS] = { 0 };
		struct report_number *n = NULL;
		char *cell = NULL;

		categories_at(l, mask, i, categories);
		st = aggregate_cell(
		    &set->counts, set->cuts, mask, categories, &cell);
		if (st == ST_OK)
			st = number_for(
			    r, cell, set->counts.counts[mask][i], &n);
		if (st == ST_OK)
			l->tables[mask][i] = &n->n;
		free(cell);
	}
	return st;
}

static enum status count_set(struct report *r, const json_t *by,
    struct report_set *set, struct lattice *l)
{
	struct aggregate_query q = {
		.store = r->store,
		.collection = r->collection,
		.table = r->table,
		.cluster = r->cluster->name,
		.zone = r->policy->zone,
		.cuts = set->cuts,
		.count = json_array_size(by),
		.person = &r->person,
		.min = r->min,
		.named = r->ledger.numbers,
	};
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < q.count; i++)
		st = cut_init(&set->cuts[i],
		    json_string_value(json_array_get(by, i)), r->collection,
		    r->table);
	if (st == ST_OK)
		st = aggregate_count(&q, &set->counts);
	if (st != ST_OK)
		return st;
	l->fields = q.count;
	for (size_t i = 0; i < q.count; i++)
		l->sizes[i] = json_array_size(set->counts.categories[i]);
	for (unsigned int mask = 0; st == ST_OK && mask < LATTICE_TABLES;
	     mask++) {
		if (lattice_shows(q.count, mask))
			st = add_table(r, set, l, mask);
	}
	return st;
}

/* People are counted once, however many records and files they have. */
static enum status check_cut(const struct report *r)
{
	if (segments_count(r->store->segments) == 0 ||
	    r->collection->segment_by == NULL)
		return ST_OK;
	return fail(ST_INVALID,
	    "%s.%s is cut into segments, over which people cannot be counted "
	    "yet: report by a collection that is not",
	    r->store->config->name, r->collection->name);
}

enum status report_count(struct report *r)
{
	enum status st;
	size_t i;

	r->set_count = json_array_size(r->ledger.sets);
	r->sets = calloc(r->set_count + 1, sizeof(*r->sets));
	r->lattices = calloc(r->set_count + 1, sizeof(*r->lattices));
	if (r->sets == NULL || r->lattices == NULL)
		return fail(ST_NOMEM, "out of memory");
	if ((st = check_cut(r)) != ST_OK)
		return st;
	st = db_begin(r->store->db, DB_READ);
	for (i = 0; st == ST_OK && i < r->set_count; i++)
		st = count_set(r, json_array_get(r->ledger.sets, i),
		    &r->sets[i], &r->lattices[i]);
	db_rollback(r->store->db);
	if (st == ST_OK)
		st = lattice_decide(r->lattices, r->set_count, r->min);
	return st;
}

/* ---- what is shown ---- */

static enum status show_value(json_t *values, const json_t *category)
{
	json_t *v = json_array_get(category, 0);

	return json_push(
	    values, v ? json_incref(v) : json_pack("{s:b}", "other", 1));
}

/* One number as JSON; what is shown of today is kept. */
static enum status show_number(struct report *r, const char *cell,
    const struct report_number *n, json_t *out)
{
	int64_t value = suppress_display(&n->n, r->min), at = r->now;
	char as_of[ZONE_TEXT];
	enum status st = ST_OK;

	if (value < 0) {
		r->withheld++;
		st = json_put(out, "count", json_null());
		return st == ST_OK ? json_put(out, "as_of", json_null()) : st;
	}
	r->shown++;
	if (value == n->n.last)
		at = n->last_at;
	else
		st = ledger_keep_number(&r->ledger, cell, value, r->now);
	zone_format(r->in->zone, at, as_of);
	if (st == ST_OK)
		st = json_put(out, "count", json_integer((json_int_t)value));
	return st == ST_OK ? json_put(out, "as_of", json_string(as_of)) : st;
}

/* The set that shows all of ${by}, and as what fields of it. */
static const struct report_set *set_of(
    const struct report *r, const json_t *by, size_t *index, size_t *fields)
{
	for (size_t i = 0; i < r->set_count; i++) {
		size_t found = 0, k, n;

		for (n = 0; n < json_array_size(by); n++) {
			for (k = 0; k < r->lattices[i].fields; k++) {
				if (strcmp(r->sets[i].cuts[k].spec,
					json_string_value(
					    json_array_get(by, n))) == 0) {
					fields[n] = k;
					found++;
				}
			}
		}
		if (found == json_array_size(by)) {
			*index = i;
			return &r->sets[i];
		}
	}
	return NULL;
}

struct page {
	const struct report_set *set;
	const struct lattice *lattice;
	size_t fields[LATTICE_FIELDS]; /* of the set, in the order asked for */
	size_t count;
};

/* The numbers by those of the page's fields that ${which} has. */
static enum status show_table(struct report *r, const struct page *p,
    unsigned int which, int is_total, json_t *list)
{
	unsigned int mask = 0;
	enum status st = ST_OK;
	size_t i, k;

	for (k = 0; k < p->count; k++)
		mask |= which >> k & 1 ? 1U << p->fields[k] : 0;
	if (p->lattice->tables[mask] == NULL)
		return ST_OK;
	for (i = 0; st == ST_OK && i < lattice_size(p->lattice, mask); i++) {
		size_t categories[LATTICE_FIELDS] = { 0 };
		json_t *values = json_array(), *by = json_array();
		json_t *o = json_object();
		struct report_number *n = NULL;
		char *cell = NULL;

		categories_at(p->lattice, mask, i, categories);
		st = aggregate_cell(
		    &p->set->counts, p->set->cuts, mask, categories, &cell);
		for (k = 0; st == ST_OK && k < p->count; k++) {
			size_t f = p->fields[k];

			if (!(which >> k & 1))
				continue;
			st = json_push(by, json_string(p->set->cuts[f].spec));
			if (st == ST_OK)
				st = show_value(values,
				    json_array_get(p->set->counts.categories[f],
					categories[f]));
		}
		if (st == ST_OK)
			st = number_for(r, cell, 0, &n);
		if (st == ST_OK && is_total)
			st = json_put(o, "by", json_incref(by));
		if (st == ST_OK)
			st = json_put(o, "values", json_incref(values));
		if (st == ST_OK)
			st = show_number(r, cell, n, o);
		if (st == ST_OK)
			st = json_push(list, json_incref(o));
		json_decref(o);
		json_decref(by);
		json_decref(values);
		free(cell);
	}
	return st;
}

static enum status show(
    struct report *r, const json_t *by, json_t *cells, json_t *totals)
{
	unsigned int all = (1U << json_array_size(by)) - 1, which;
	struct page p = { .count = json_array_size(by) };
	enum status st = ST_OK;
	size_t index = 0;

	p.set = set_of(r, by, &index, p.fields);
	if (p.set == NULL)
		return fail(ST_DENIED, "the report is part of no other");
	p.lattice = &r->lattices[index];
	for (which = 0; st == ST_OK && which < all; which++)
		st = show_table(r, &p, which, 1, totals);
	r->withheld = r->shown = 0;
	if (st == ST_OK)
		st = show_table(r, &p, all, 0, cells);
	return st;
}

enum status report_page(struct report *r, const json_t *by, json_t **out)
{
	json_t *cells = json_array(), *totals = json_array(), *counted;
	enum status st;

	if (cells && totals)
		st = show(r, by, cells, totals);
	else
		st = fail(ST_NOMEM, "out of memory");
	counted =
	    r->person.field ? json_string(r->person.field->name) : json_null();
	if (st == ST_OK)
		st = json_make(out,
		    "{s:s, s:s, s:s, s:O, s:s, s:O, s:I, s:O, s:O, s:I}",
		    "cluster", r->cluster->name, "title",
		    text_in(&r->cluster->title, r->request->language),
		    "collection", r->name, "by", by, "unit",
		    r->person.field ? "persons" : "records", "counted_by",
		    counted, "min", (json_int_t)r->min, "cells", cells,
		    "totals", totals, "withheld", (json_int_t)r->withheld);
	json_decref(counted);
	json_decref(cells);
	json_decref(totals);
	return st;
}
