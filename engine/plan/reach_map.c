/* Datasets and live tables as nodes and steps. */
#include "engine/plan/reach_map.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/plan/keys.h"
#include "engine/plan/path.h"

/* ---- nodes ---- */

enum status reach_map_column(
    struct reach_node *n, const char *name, size_t *out)
{
	const struct db_column *c = db_table_column(n->table, name);
	const struct db_column **more;
	size_t i;

	if (c == NULL)
		return fail(ST_INVALID,
		    "the store `%s` has no column %s.%s: run `lethe check`",
		    n->store->config->name, n->collection->name, name);
	for (i = 0; i < n->column_count; i++) {
		if (n->columns[i] == c) {
			*out = i;
			return ST_OK;
		}
	}
	more = reallocarray(n->columns, n->column_count + 1, sizeof(*more));
	if (more == NULL)
		return fail(ST_NOMEM, "out of memory");
	n->columns = more;
	n->columns[n->column_count] = c;
	*out = n->column_count++;
	return ST_OK;
}

static enum status add_key(struct reach_node *n)
{
	const char **keys = NULL;
	enum status st;
	size_t i, place;

	if ((st = keys_of(n->collection, n->table, &keys, &n->key_count)) !=
	    ST_OK)
		return st;
	if (n->key_count == 0)
		st = fail(ST_INVALID,
		    "%s.%s has no primary key: mark its fields `primary_key` "
		    "in the dataset",
		    n->store->dataset->key, n->collection->name);
	for (i = 0; st == ST_OK && i < n->key_count; i++)
		st = reach_map_column(n, keys[i], &place);
	free(keys);
	return st;
}

static enum status add_node(struct reach_map *m,
    struct installation_store *store, const struct collection *c)
{
	struct reach_node *n = &m->nodes[m->node_count];

	n->store = store;
	n->collection = c;
	n->number = m->node_count++;
	n->master = SIZE_MAX;
	n->table = db_schema_table(&store->schema, c->name);
	if (n->table == NULL)
		return fail(ST_INVALID,
		    "the store `%s` has no table %s: run `lethe check`",
		    store->config->name, c->name);
	return add_key(n);
}

static enum status add_nodes(struct reach_map *m, struct installation *in)
{
	enum status st = ST_OK;
	size_t i, k, most = 1;

	for (i = 0; i < in->store_count; i++)
		most += in->stores[i].dataset->collection_count;
	if ((m->nodes = calloc(most, sizeof(*m->nodes))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; i < in->store_count; i++) {
		const struct dataset *ds = in->stores[i].dataset;

		for (k = 0; st == ST_OK && k < ds->collection_count; k++)
			st = add_node(m, &in->stores[i], &ds->collections[k]);
	}
	return st;
}

static struct reach_node *find_node(
    const struct reach_map *m, const struct collection *c)
{
	size_t i;

	for (i = 0; i < m->node_count && m->nodes[i].collection != c; i++)
		;
	return &m->nodes[i];
}

/* ---- steps ---- */

/* The interval of ${f}, where it limits the reference to ${named}. */
static enum status add_interval(struct reach_step *s, struct reach_node *bearer,
    struct reach_node *named, const struct field *f)
{
	const char *dataset = named->store->dataset->key;
	const char *name = named->collection->name;
	const char *from = dataset_path_field(f->valid_from, dataset, name);
	const char *until = dataset_path_field(f->valid_until, dataset, name);
	struct reach_interval *v = &s->intervals[s->interval_count];
	enum status st;

	if (from == NULL || until == NULL)
		return ST_OK;
	s->interval_count++;
	st = reach_map_column(bearer, f->valid_at, &v->at);
	if (st == ST_OK)
		st = reach_map_column(named, from, &v->from);
	if (st == ST_OK)
		st = reach_map_column(named, until, &v->until);
	return st;
}

/* Down, from what is referred to; up, from what refers. */
static enum status add_step(
    struct reach_map *m, const struct reference_edge *e, enum reach_way way)
{
	struct reach_step *s = &m->steps[m->step_count];
	struct reach_node *bearer = find_node(m, e->from);
	struct reach_node *named = find_node(m, e->to);
	enum status st = ST_OK;
	size_t i, a, b;

	s->from = way == REACH_DOWN ? named : bearer;
	s->to = way == REACH_DOWN ? bearer : named;
	s->way = way;
	s->declared = e->direction != DATASET_EITHER;
	s->followed = !s->from->collection->shared ||
		      (way == REACH_UP && s->to->collection->shared);
	if (way == REACH_DOWN && !s->followed)
		return ST_OK;
	m->step_count++;
	if (e->count > REACH_TUPLE)
		return fail(ST_LIMIT,
		    "%s.%s: a reference of %zu columns, %d at most",
		    bearer->store->dataset->key, e->from->name, e->count,
		    REACH_TUPLE);
	s->count = e->count;
	for (i = 0; st == ST_OK && i < e->count; i++) {
		st = reach_map_column(bearer, e->from_fields[i]->name, &a);
		if (st == ST_OK)
			st = reach_map_column(named, e->to_fields[i]->name, &b);
		if (st == ST_OK)
			st = add_interval(s, bearer, named, e->from_fields[i]);
		if (st != ST_OK)
			return st;
		s->from_columns[i] = way == REACH_DOWN ? b : a;
		s->to_columns[i] = way == REACH_DOWN ? a : b;
	}
	s->to->ways += s->followed ? 1 : 0;
	s->to->tracked |= way == REACH_UP;
	s->from->tracked |= s->followed;
	return ST_OK;
}

static enum status add_steps(
    struct reach_map *m, const struct reference_graph *g)
{
	enum status st = ST_OK;
	size_t i;

	m->steps = calloc(2 * g->count + 1, sizeof(*m->steps));
	if (m->steps == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; st == ST_OK && i < g->count; i++) {
		const struct reference_edge *e = &g->edges[i];

		if (e->direction == DATASET_FROM && e->from != e->to)
			find_node(m, e->from)->part = 1;
		if (e->direction != DATASET_TO)
			st = add_step(m, e, REACH_DOWN);
		if (st == ST_OK && e->direction != DATASET_FROM)
			st = add_step(m, e, REACH_UP);
	}
	return st;
}

/* ---- identities ---- */

static size_t find_name(const struct reach_map *m, const char *identity)
{
	size_t i;

	for (i = 0; i < m->name_count; i++) {
		if (strcmp(m->names[i], identity) == 0)
			return i;
	}
	return SIZE_MAX;
}

/* The identity that is the whole key of a collection, if it names people. */
static enum status add_master(struct reach_map *m, struct reach_node *n)
{
	const struct collection *c = n->collection;
	const struct field *f = collection_field(c, n->columns[0]->name);
	const char **more;

	if (f == NULL || f->identity == NULL || n->key_count != 1 ||
	    c->shared || n->part)
		return ST_OK;
	n->master = find_name(m, f->identity);
	if (n->master != SIZE_MAX)
		return ST_OK;
	more = reallocarray(m->names, m->name_count + 1, sizeof(*more));
	if (more == NULL)
		return fail(ST_NOMEM, "out of memory");
	m->names = more;
	m->names[m->name_count] = f->identity;
	n->master = m->name_count++;
	return ST_OK;
}

static enum status add_bearer(
    const struct reach_map *m, struct reach_node *n, const struct field *f)
{
	size_t kind = find_name(m, f->identity);
	enum status st;

	if (kind == SIZE_MAX)
		return ST_OK;
	n->names[n->name_count].kind = kind;
	st = reach_map_column(n, f->name, &n->names[n->name_count].column);
	if (st == ST_OK)
		n->name_count++;
	return st;
}

/* What bears a name, and how many identities may find its records. */
static enum status add_bearers(
    const struct reach_map *m, struct reach_node *n, const char *identity)
{
	const struct collection *c = n->collection;
	enum status st = ST_OK;
	size_t i;

	n->names = calloc(c->field_count + 1, sizeof(*n->names));
	if (n->names == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; st == ST_OK && i < c->field_count; i++) {
		const struct field *f = &c->fields[i];

		if (f->identity == NULL || strchr(f->name, '.'))
			continue;
		if (strcmp(f->identity, identity) == 0 ||
		    find_name(m, f->identity) != SIZE_MAX)
			n->ways++;
		st = add_bearer(m, n, f);
	}
	n->tracked |= n->ways > 1;
	return st;
}

static enum status add_identities(struct reach_map *m, const char *identity)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < m->node_count; i++)
		st = add_master(m, &m->nodes[i]);
	for (i = 0; st == ST_OK && i < m->node_count; i++)
		st = add_bearers(m, &m->nodes[i], identity);
	return st;
}

/* ---- the map ---- */

#define KINDS 64

static enum status known_identity(
    const struct reach_map *m, const char *identity)
{
	const char *names[KINDS + 1], *near;
	size_t i, f, n = 0;

	for (i = 0; i < m->node_count; i++) {
		const struct collection *c = m->nodes[i].collection;

		for (f = 0; f < c->field_count; f++) {
			const char *kind = c->fields[f].identity;

			if (kind == NULL || strchr(c->fields[f].name, '.'))
				continue;
			if (strcmp(kind, identity) == 0)
				return ST_OK;
			if (n < KINDS)
				names[n++] = kind;
		}
	}
	names[n] = NULL;
	near = diag_nearest(identity, names);
	return fail(ST_USAGE,
	    "no field of any dataset has the identity `%.60s`%s%s%s: give one "
	    "that a dataset names under `identity`",
	    identity, near ? ", did you mean `" : "", near ? near : "",
	    near ? "`?" : "");
}

enum status reach_map_init(
    struct reach_map *m, struct installation *in, const char *identity)
{
	struct reference_graph g = { NULL, 0, NULL, 0 };
	enum status st;

	memset(m, 0, sizeof(*m));
	st = reference_graph_init_all(in->datasets, in->dataset_count, &g);
	if (st == ST_OK)
		st = add_nodes(m, in);
	if (st == ST_OK)
		st = known_identity(m, identity);
	if (st == ST_OK)
		st = add_steps(m, &g);
	if (st == ST_OK)
		st = add_identities(m, identity);
	reference_graph_release(&g);
	if (st != ST_OK)
		reach_map_release(m);
	return st;
}

void reach_map_release(struct reach_map *m)
{
	size_t i;

	for (i = 0; i < m->step_count; i++) {
		db_done(m->steps[i].onwards);
		db_done(m->steps[i].back);
	}
	for (i = 0; i < m->node_count; i++) {
		free(m->nodes[i].columns);
		free(m->nodes[i].names);
	}
	free(m->steps);
	free(m->nodes);
	free(m->names);
	memset(m, 0, sizeof(*m));
}
