/* Which columns are asked for, and have no index. */
#include <stdlib.h>
#include <string.h>

#include "engine/plan/check_parts.h"

struct indexes {
	json_t *warnings;
	json_t *seen; /* {"store.table.column": true} */
};

/* Any of ${columns}, since they are compared together. */
struct need {
	const struct installation_store *store;
	const char *table;
	const char *const *columns;
	size_t count;
	int by_expression; /* an index on an expression may serve */
};

static int begins_with(const struct db_table *t, const char *column)
{
	size_t i;

	for (i = 0; i < t->column_count; i++) {
		if (t->columns[i].key == 1 &&
		    strcmp(t->columns[i].name, column) == 0)
			return 1;
	}
	for (i = 0; i < t->index_count; i++) {
		const struct db_index *x = &t->indexes[i];

		if (!x->partial && x->count > 0 && x->columns[0] &&
		    strcmp(x->columns[0], column) == 0)
			return 1;
	}
	return 0;
}

static int has_expression(const struct db_table *t)
{
	size_t i;

	for (i = 0; i < t->index_count; i++) {
		if (t->indexes[i].count > 0 && t->indexes[i].columns[0] == NULL)
			return 1;
	}
	return 0;
}

static int is_served(const struct need *n)
{
	const struct db_table *t = db_schema_table(&n->store->schema, n->table);
	size_t i;

	/* What is not there is said elsewhere; a field inside a column of
	 * JSON is none. */
	if (t == NULL || db_table_column(t, n->columns[0]) == NULL)
		return 1;
	for (i = 0; i < n->count; i++) {
		if (begins_with(t, n->columns[i]))
			return 1;
	}
	return n->by_expression && has_expression(t);
}

/* ${why} and what follows go on from "no index begins with table.column". */
PRINTF(3, 4)
static enum status need_index(
    struct indexes *x, const struct need *n, const char *why, ...)
{
	struct buf b = BUF_INIT;
	enum status st;
	va_list ap;
	char *key;

	if (is_served(n))
		return ST_OK;
	key = str_format(
	    "%s.%s.%s", n->store->config->name, n->table, n->columns[0]);
	if (key == NULL)
		return fail(ST_NOMEM, "out of memory");
	if (json_object_get(x->seen, key)) {
		free(key);
		return ST_OK;
	}
	st = json_put(x->seen, key, json_true());
	free(key);
	if (st != ST_OK)
		return st;
	buf_addf(&b, "store `%s`: no index begins with %s.%s, which ",
	    n->store->config->name, n->table, n->columns[0]);
	va_start(ap, why);
	buf_addv(&b, why, ap);
	va_end(ap);
	return check_warn(x->warnings, buf_take(&b));
}

/* ---- what rules ask ---- */

static enum status rule_needs(struct indexes *x, const struct rule *r,
    const char *table, const char *column)
{
	struct need n = { r->store, table, &column, 1, 0 };

	return need_index(x, &n,
	    "the rule of `%s` asks for: every run reads the whole table",
	    r->terms.cluster->name);
}

static enum status check_clock(
    struct indexes *x, const struct rule *r, const struct rule_clock *c)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < c->path.count; i++) {
		const struct path_hop *h = &c->path.hops[i];

		st = rule_needs(x, r, h->to->name, h->to_columns[0]);
		if (st == ST_OK && i == 0)
			st = rule_needs(
			    x, r, r->table->name, h->from_columns[0]);
	}
	return st == ST_OK ? rule_needs(x, r, c->table, c->terms.start->field)
			   : st;
}

static enum status check_rule(struct indexes *x, const struct rule *r)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < r->clock_count; i++)
		st = check_clock(x, r, &r->clocks[i]);
	return st;
}

/* ---- what foreign keys ask ---- */

static enum status check_foreign_keys(
    struct indexes *x, const struct installation_store *store)
{
	enum status st = ST_OK;
	size_t i, k;

	for (i = 0; i < store->schema.count; i++) {
		const struct db_table *t = &store->schema.tables[i];

		for (k = 0; st == ST_OK && k < t->foreign_key_count; k++) {
			const struct db_foreign_key *f = &t->foreign_keys[k];
			const char *column = f->from[0];
			struct need n = { store, t->name, &column, 1, 0 };

			st = need_index(x, &n,
			    "its foreign key to `%s` asks for: every deletion "
			    "there reads the whole table",
			    f->table);
		}
	}
	return st;
}

/* ---- what the search for a person asks ---- */

static const char search[] =
    "asks for: every search for a person's records reads the whole table";

static enum status check_identities(struct indexes *x,
    const struct installation_store *store, const struct collection *c)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < c->field_count; i++) {
		const struct field *f = &c->fields[i];
		const char *column = f->name;
		/* These two are compared in a form of their own. */
		int form = f->identity &&
			   (strcmp(f->identity, "email") == 0 ||
			       strcmp(f->identity, "phone_number") == 0);
		struct need n = { store, c->name, &column, 1, form };

		if (f->identity)
			st = need_index(
			    x, &n, "the identity `%s` %s", f->identity, search);
	}
	return st;
}

static enum status need_side(struct indexes *x,
    const struct installation_store *store, const struct reference_edge *e,
    const struct collection *side, const struct field **fields)
{
	const char *columns[16];
	struct need n = { store, side->name, columns, 0, 0 };

	for (; n.count < e->count && n.count < 16; n.count++)
		columns[n.count] = fields[n.count]->name;
	return need_index(x, &n, "the reference from `%s` to `%s` %s",
	    e->from->name, e->to->name, search);
}

/* Inside one dataset, where several columns may be one reference. */
static enum status check_edges(
    struct indexes *x, const struct installation_store *store)
{
	struct reference_graph g;
	enum status st;
	size_t i;

	if ((st = reference_graph_init(store->dataset, &g)) != ST_OK)
		return st;
	for (i = 0; st == ST_OK && i < g.count; i++) {
		const struct reference_edge *e = &g.edges[i];

		st = need_side(x, store, e, e->from, e->from_fields);
		if (st == ST_OK)
			st = need_side(x, store, e, e->to, e->to_fields);
	}
	reference_graph_release(&g);
	return st;
}

static const struct installation_store *store_of(
    const struct installation *in, const char *dataset)
{
	size_t i;

	for (i = 0; i < in->store_count; i++) {
		if (strcmp(in->stores[i].dataset->key, dataset) == 0)
			return &in->stores[i];
	}
	return NULL;
}

/* A reference into another store: one column each. */
static enum status check_crossing(struct indexes *x,
    const struct installation *in, const struct installation_store *store,
    const struct collection *c, const struct field *f,
    const struct reference *r)
{
	const char *own = f->name, *other = r->field;
	struct need here = { store, c->name, &own, 1, 0 };
	struct need there = { store_of(in, r->dataset), r->collection, &other,
		1, 0 };
	enum status st;

	if (there.store == NULL || there.store == store)
		return ST_OK;
	st = need_index(x, &here, "the reference from `%s` to `%s` %s", c->name,
	    r->collection, search);
	return st == ST_OK
		   ? need_index(x, &there, "the reference from `%s` to `%s` %s",
			 c->name, r->collection, search)
		   : st;
}

static enum status check_collection(struct indexes *x,
    const struct installation *in, const struct installation_store *store,
    const struct collection *c)
{
	enum status st = check_identities(x, store, c);
	size_t i, k;

	for (i = 0; i < c->field_count; i++) {
		const struct field *f = &c->fields[i];

		for (k = 0; st == ST_OK && k < f->reference_count; k++)
			st = check_crossing(
			    x, in, store, c, f, &f->references[k]);
	}
	return st;
}

/* ---- all ---- */

static enum status check_store(struct indexes *x, const struct installation *in,
    const struct installation_store *store)
{
	enum status st;
	size_t i;

	st = check_foreign_keys(x, store);
	if (st == ST_OK)
		st = check_edges(x, store);
	for (i = 0; st == ST_OK && i < store->dataset->collection_count; i++)
		st = check_collection(
		    x, in, store, &store->dataset->collections[i]);
	return st;
}

enum status check_indexes(const struct schedule *s, json_t *warnings)
{
	const struct installation *in = s->installation;
	struct indexes x = { warnings, json_object() };
	enum status st = x.seen ? ST_OK : fail(ST_NOMEM, "out of memory");
	size_t i;

	for (i = 0; st == ST_OK && i < s->count; i++)
		st = check_rule(&x, &s->rules[i]);
	for (i = 0; st == ST_OK && i < in->store_count; i++)
		st = check_store(&x, in, &in->stores[i]);
	json_decref(x.seen);
	return st;
}
