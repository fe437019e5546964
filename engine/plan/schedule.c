/*
 * The schedule: every cluster's rule for every collection that it covers, in
 * the order in which records may go.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/plan/keys.h"
#include "engine/plan/reduce.h"
#include "engine/plan/rule.h"

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

static void rule_release(struct rule *r)
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

static void add_list(struct buf *b, const char **columns, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		buf_addf(b, "%s%s", i ? "," : "", columns[i]);
}

/* "policy/starting point/collection.column", and the rest of the path: rules
 * that go on alike from there share what is kept. */
static char *memory_name(
    const struct rule *r, const struct rule_clock *k, size_t hop)
{
	struct buf b = BUF_INIT;
	size_t i;

	buf_addf(&b, "%s/%s/", r->policy->name, k->terms.start->name);
	for (i = hop; i < k->path.count; i++) {
		const struct path_hop *h = &k->path.hops[i];

		if (i > hop) {
			buf_adds(&b, " ");
			add_list(&b, h->from_columns, h->count);
			buf_adds(&b, ">");
		}
		buf_addf(&b, "%s.", h->to->name);
		add_list(&b, h->to_columns, h->count);
	}
	return buf_take(&b);
}

static enum status set_memory(const struct rule *r, struct rule_clock *k)
{
	size_t i;

	k->memory = calloc(k->path.count, sizeof(*k->memory));
	if (k->memory == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; i < k->path.count; i++) {
		if ((k->memory[i] = memory_name(r, k, i)) == NULL)
			return fail(ST_NOMEM, "out of memory");
	}
	return ST_OK;
}

/* Where the starting point stands; what is wrong goes to the diagnostics. */
static enum status set_path(
    struct compiler *c, const struct rule *r, struct rule_clock *k)
{
	const struct policy_starting_point *s = k->terms.start;
	const struct collection *far = r->collection;
	const struct db_table *table;
	enum status st;

	if (s->dataset && strcmp(s->dataset, c->store->dataset->key) != 0) {
		diag_error(c->d, s->at,
		    "starting point `%s` stands in `%s`, and cluster `%s` "
		    "covers `%s.%s` in another store: give that cluster a "
		    "starting point of its own store",
		    s->name, s->dataset, r->terms.cluster->name,
		    c->store->dataset->key, r->collection->name);
		return ST_OK;
	}
	if (s->dataset)
		far = dataset_collection(c->store->dataset, s->collection);
	table = far ? db_schema_table(&c->store->schema, far->name) : NULL;
	k->value = table ? db_table_column(table, s->field) : NULL;
	k->table = table ? table->name : NULL;
	if (k->value == NULL) {
		diag_error(c->d, s->at,
		    "starting point `%s`: `%s.%s` has no field `%s`", s->name,
		    c->store->dataset->key, far ? far->name : s->collection,
		    s->field);
		return ST_OK;
	}
	if (far == r->collection)
		return ST_OK;
	st = path_find(
	    &c->graph, r->collection, far, s->via, s->via_count, &k->path);
	if (st == ST_NOTFOUND || st == ST_CONFLICT) {
		diag_error(c->d, s->at, "starting point `%s`: %s", s->name,
		    status_text());
		return ST_OK;
	}
	return st == ST_OK ? set_memory(r, k) : st;
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
		st = set_path(c, r, k);
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
			    c->store->dataset->key, col->name,
			    field ? "." : "", field ? field : "", found->name,
			    cl->name);
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

/* ---- what changes in records that stay ---- */

/* Everything of the store that judging reads, and what reads it. */
struct kept {
	struct reduce_kept *list;
	size_t count;
	size_t size;
};

static enum status keep(struct kept *k, const char *column,
    enum reduce_use use, const char *by)
{
	struct reduce_kept *list;

	if (k->count == k->size) {
		list = reallocarray(
		    k->list, k->size * 2 + 16, sizeof(*list));
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

/* What the clock ${c} of ${r} reads of the table ${table}. */
static enum status keep_clock(struct kept *k, const struct rule *r,
    const struct rule_clock *c, const char *table)
{
	const char *at = r->table->name, *by = r->terms.cluster->name;
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < c->path.count; i++) {
		const struct path_hop *h = &c->path.hops[i];

		if (strcmp(at, table) == 0)
			st = keep_columns(k, h->from_columns, h->count, by);
		at = h->to->name;
		if (st == ST_OK && strcmp(at, table) == 0)
			st = keep_columns(k, h->to_columns, h->count, by);
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

		for (c = 0; st == ST_OK && x->store == r->store &&
			    c < x->clock_count;
		     c++)
			st = keep_clock(
			    k, x, &x->clocks[c], r->table->name);
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
	if ((st = list_kept(s, r, &kept)) == ST_OK) {
		const struct reduce_target t = { r->policy, r->terms.cluster,
			r->store->config->name, r->store->dataset->key,
			r->collection, &r->store->schema, r->table, datasets,
			s->installation->dataset_count, kept.list,
			kept.count };

		st = r->terms.cluster->action == POLICY_DE_IDENTIFY
			 ? reduce_de_identify(&t, d, &r->reduce)
			 : reduce_minimise(&t, d, &r->reduce);
	}
	free(kept.list);
	/* said in ${d}, with whatever else is wrong */
	return st == ST_INVALID ? ST_OK : st;
}

static enum status set_reduces(struct schedule *s, struct diag *d)
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

static enum status compile_store(struct schedule *s, struct installation *in,
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
			st = compile_store(s, in, &in->stores[i], d);
	}
	if (st == ST_OK && d->errors == 0)
		st = set_reduces(s, d);
	if (st == ST_OK)
		st = diag_status(d);
	if (st == ST_OK)
		order(s->rules, s->count);
	else
		schedule_release(s);
	return st;
}

void schedule_release(struct schedule *s)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		rule_release(&s->rules[i]);
	free(s->rules);
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
			if (hop < c->path.count &&
			    !is_left(list, n, c->memory[hop]))
				list[n++] = leaves_of(x, c, hop);
		}
	}
	*out = list;
	*count = n;
	return ST_OK;
}
