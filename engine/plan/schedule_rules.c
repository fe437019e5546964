/* The rules of one store's collections, from its policies and live tables. */
#include "engine/plan/schedule_internal.h"

#include <stdlib.h>
#include <string.h>

#include "engine/plan/keys.h"

/* What stays the same while one store is compiled. */
struct compiler {
	struct schedule *schedule;
	struct installation *in;
	struct installation_store *store;
	struct reference_graph graph;
	struct diag *d;
};

/* ---- the live store against its dataset ---- */

static int listed(char *const *list, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (strcmp(list[i], name) == 0)
			return 1;
	}
	return 0;
}

static enum status add_unmapped(struct schedule *s, const char *store,
    const char *table, const char *column)
{
	struct unmapped *u;

	u = reallocarray(s->unmapped, s->unmapped_count + 1, sizeof(*u));
	if (u == NULL)
		return fail(ST_NOMEM, "out of memory");
	s->unmapped = u;
	u[s->unmapped_count].store = store;
	u[s->unmapped_count].table = table;
	u[s->unmapped_count++].column = column;
	return ST_OK;
}

static enum status unmapped_columns(struct compiler *c,
    const struct db_table *table, const struct collection *col)
{
	const char *store = c->store->config->name;
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < table->column_count; i++) {
		const char *name = table->columns[i].name;

		if (collection_field(col, name) == NULL &&
		    !listed(col->ignore, col->ignore_count, name))
			st =
			    add_unmapped(c->schedule, store, table->name, name);
	}
	return st;
}

static enum status find_unmapped(struct compiler *c)
{
	const struct db_schema *live = &c->store->schema;
	const struct dataset *ds = c->store->dataset;
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < live->count; i++) {
		const struct db_table *t = &live->tables[i];
		const struct collection *col = dataset_collection(ds, t->name);

		if (col)
			st = unmapped_columns(c, t, col);
		else if (!listed(ds->ignore, ds->ignore_count, t->name))
			st = add_unmapped(
			    c->schedule, c->store->config->name, t->name, NULL);
	}
	return st;
}

/* Every field of the dataset must be a column. */
static void check_fields(struct compiler *c, const struct db_table *table,
    const struct collection *col)
{
	size_t i;

	for (i = 0; i < col->field_count; i++) {
		const struct field *f = &col->fields[i];

		if (strchr(f->name, '.') || db_table_column(table, f->name))
			continue;
		diag_error(c->d, f->at,
		    "store `%s` has no column `%s.%s`: correct the name, or "
		    "add the column to the store",
		    c->store->config->name, col->name, f->name);
	}
}

/* ---- one rule ---- */

static void clock_release(struct rule_clock *c)
{
	size_t i;

	for (i = 0; c->memory && i < c->path.count; i++)
		free(c->memory[i]);
	free(c->memory);
	path_release(&c->path);
}

void schedule_release_rule(struct rule *r)
{
	size_t i;

	for (i = 0; i < r->clock_count; i++)
		clock_release(&r->clocks[i]);
	free(r->clocks);
	free(r->keys);
	reduce_release(&r->reduce);
}

static enum status set_keys(struct compiler *c, struct rule *r)
{
	enum status st;

	st = keys_of(r->collection, r->table, &r->keys, &r->key_count);
	if (st == ST_OK && r->key_count == 0)
		diag_error(c->d, r->collection->at,
		    "collection `%s` has no primary key, so that no record of "
		    "it can be named: give the table one, or mark a field with "
		    "fides_meta: {primary_key: true}",
		    r->collection->name);
	if (st == ST_OK && r->key_count > KEYS_MOST)
		diag_error(c->d, r->collection->at,
		    "collection `%s` has a primary key of %zu columns: %d is "
		    "the most: give the table a shorter one",
		    r->collection->name, r->key_count, KEYS_MOST);
	return st;
}

static enum status set_clocks(struct compiler *c, struct rule *r)
{
	size_t n = verdict_clocks(r->terms.cluster);
	enum status st = ST_OK;

	r->clocks = calloc(n + 1, sizeof(*r->clocks));
	if (r->clocks == NULL)
		return fail(ST_NOMEM, "out of memory");
	while (st == ST_OK && r->clock_count < n) {
		struct rule_clock *k = &r->clocks[r->clock_count];

		k->terms =
		    verdict_clock_of(&r->terms, r->policy, r->clock_count++);
		st = schedule_set_path(&c->graph, r, k, c->d);
	}
	return st;
}

static int is_referenced(
    const struct db_schema *schema, const struct db_table *to)
{
	size_t i, k;

	for (i = 0; i < schema->count; i++) {
		const struct db_table *t = &schema->tables[i];

		for (k = 0; k < t->foreign_key_count; k++) {
			if (strcmp(t->foreign_keys[k].table, to->name) == 0)
				return 1;
		}
	}
	return 0;
}

static enum status add_rule(struct compiler *c, const struct policy *p,
    const struct policy_cluster *cl, const struct collection *col,
    const struct db_table *table)
{
	struct schedule *s = c->schedule;
	const struct period *w = &c->in->config.purge.window;
	struct rule *rules, *r;
	enum status st;

	rules = reallocarray(s->rules, s->count + 1, sizeof(*rules));
	if (rules == NULL)
		return fail(ST_NOMEM, "out of memory");
	s->rules = rules;
	r = &rules[s->count++];
	memset(r, 0, sizeof(*r));
	r->policy = p;
	r->store = c->store;
	r->collection = col;
	r->table = table;
	r->terms.cluster = cl;
	r->terms.calendar.rule = p->rule;
	r->terms.calendar.zone = p->zone;
	r->terms.window_seconds =
	    w->seconds + (int64_t)w->days * CIVIL_DAY_SECONDS;
	r->referenced = is_referenced(&c->store->schema, table);
	if ((st = set_keys(c, r)) != ST_OK)
		return st;
	return set_clocks(c, r);
}

/* The cluster of a field (NULL: of the collection); in two policies is one
 * too many. */
static enum status find_cluster(struct compiler *c,
    const struct collection *col, const char *field, const struct policy **p,
    const struct policy_cluster **out)
{
	const struct policy_cluster *found = NULL;
	enum status st;
	size_t i;

	for (i = 0; i < c->in->policy_count; i++) {
		const struct policy_cluster *cl;

		st = policy_cluster_of(&c->in->policies[i],
		    c->store->dataset->key, col->name, field, &cl);
		if (st == ST_OK && found)
			diag_error(c->d, cl->at,
			    "`%s.%s%s%s` is in the cluster `%s` and in `%s` of "
			    "another policy: leave it in one",
			    c->store->dataset->key, col->name, field ? "." : "",
			    field ? field : "", found->name, cl->name);
		if (st != ST_OK || found)
			continue;
		found = cl;
		*p = &c->in->policies[i];
	}
	status_clear();
	*out = found;
	return found ? ST_OK : ST_NOTFOUND;
}

static int has_part(
    const struct schedule *s, size_t first, const struct policy_cluster *cl)
{
	size_t i;

	for (i = first; i < s->count; i++) {
		if (s->rules[i].terms.cluster == cl)
			return 1;
	}
	return 0;
}

/* The collection's own rule, then those of fields in other clusters. */
static enum status add_parts(struct compiler *c, const struct collection *col,
    const struct db_table *table)
{
	struct schedule *s = c->schedule;
	const struct policy_cluster *cl = NULL;
	const struct policy *p = NULL;
	size_t first = s->count, i;
	enum status st;

	/* Nothing personal in it. */
	if ((st = find_cluster(c, col, NULL, &p, &cl)) == ST_NOTFOUND)
		return ST_OK;
	if (st == ST_OK)
		st = add_rule(c, p, cl, col, table);
	for (i = 0; st == ST_OK && i < col->field_count; i++) {
		const char *name = col->fields[i].name;

		if (strchr(name, '.'))
			continue;
		st = find_cluster(c, col, name, &p, &cl);
		if (st == ST_OK && !has_part(s, first, cl))
			st = add_rule(c, p, cl, col, table);
	}
	for (i = first; i < s->count; i++) {
		s->rules[i].part = i - first;
		s->rules[i].parts = s->count - first;
	}
	return st;
}

static enum status compile_collection(
    struct compiler *c, const struct collection *col)
{
	const struct db_table *table;

	table = db_schema_table(&c->store->schema, col->name);
	if (table == NULL) {
		diag_error(c->d, col->at,
		    "store `%s` has no table `%s`: correct the name, or add "
		    "the table to the store",
		    c->store->config->name, col->name);
		return ST_OK;
	}
	check_fields(c, table, col);
	return add_parts(c, col, table);
}

/* ---- the store ---- */

enum status schedule_add_store(struct schedule *s, struct installation *in,
    struct installation_store *store, struct diag *d)
{
	struct compiler c = { .schedule = s, .in = in, .store = store, .d = d };
	enum status st;
	size_t i;

	if ((st = installation_open_store(in, store)) != ST_OK)
		return st;
	if ((st = reference_graph_init(store->dataset, &c.graph)) != ST_OK)
		return st;
	for (i = 0; st == ST_OK && i < store->dataset->collection_count; i++)
		st = compile_collection(&c, &store->dataset->collections[i]);
	if (st == ST_OK)
		st = find_unmapped(&c);
	reference_graph_release(&c.graph);
	return st;
}
