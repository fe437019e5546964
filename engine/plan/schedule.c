/*
 * The schedule: every cluster's rule for every collection that it covers, in
 * the order in which records may go.
 */
#include <stdlib.h>
#include <string.h>

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

static void rule_release(struct rule *r)
{
	size_t i;

	for (i = 0; r->memory && i < r->path.count; i++)
		free(r->memory[i]);
	free(r->memory);
	path_release(&r->path);
	free(r->keys);
}

static enum status set_keys(struct compiler *c, struct rule *r)
{
	const struct db_table *t = r->table;
	size_t place, i;

	r->keys = calloc(t->column_count + 1, sizeof(*r->keys));
	if (r->keys == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (place = 1; place <= t->column_count; place++) {
		for (i = 0; i < t->column_count; i++) {
			if (t->columns[i].key == (int)place)
				r->keys[r->key_count++] = t->columns[i].name;
		}
	}
	for (i = 0; r->key_count == 0 && i < r->collection->field_count; i++) {
		const struct field *f = &r->collection->fields[i];

		if (f->primary_key && db_table_column(t, f->name))
			r->keys[r->key_count++] = f->name;
	}
	if (r->key_count == 0)
		diag_error(c->d, r->collection->at,
		    "collection `%s` has no primary key, so that no record of "
		    "it can be named: give the table one, or mark a field with "
		    "fides_meta: {primary_key: true}",
		    r->collection->name);
	return ST_OK;
}

static void add_list(struct buf *b, const char **columns, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		buf_addf(b, "%s%s", i ? "," : "", columns[i]);
}

/* "policy/starting point/collection.column", and the rest of the path: rules
 * that go on alike from there share what is kept. */
static char *memory_name(const struct rule *r, size_t hop)
{
	struct buf b = BUF_INIT;
	size_t i;

	buf_addf(&b, "%s/%s/", r->policy->name, r->terms.start->name);
	for (i = hop; i < r->path.count; i++) {
		const struct path_hop *h = &r->path.hops[i];

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

static enum status set_memory(struct rule *r)
{
	size_t i;

	r->memory = calloc(r->path.count, sizeof(*r->memory));
	if (r->memory == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; i < r->path.count; i++) {
		if ((r->memory[i] = memory_name(r, i)) == NULL)
			return fail(ST_NOMEM, "out of memory");
	}
	return ST_OK;
}

/* Where the starting point stands; what is wrong goes to the diagnostics. */
static enum status set_path(struct compiler *c, struct rule *r)
{
	const struct policy_starting_point *s = r->terms.start;
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
	r->value = table ? db_table_column(table, s->field) : NULL;
	if (r->value == NULL) {
		diag_error(c->d, s->at,
		    "starting point `%s`: `%s.%s` has no field `%s`", s->name,
		    c->store->dataset->key, far ? far->name : s->collection,
		    s->field);
		return ST_OK;
	}
	if (far == r->collection)
		return ST_OK;
	st = path_find(
	    &c->graph, r->collection, far, s->via, s->via_count, &r->path);
	if (st == ST_NOTFOUND || st == ST_CONFLICT) {
		diag_error(c->d, s->at, "starting point `%s`: %s", s->name,
		    status_text());
		return ST_OK;
	}
	return st == ST_OK ? set_memory(r) : st;
}

/* What this engine does not carry out is refused when it loads, not found
 * out in the middle of a run. */
static void check_supported(struct compiler *c, const struct policy_cluster *cl,
    const struct collection *col)
{
	size_t i;

	if (cl->action != POLICY_DELETE)
		diag_error(c->d, cl->at,
		    "cluster `%s`: this version deletes and does not "
		    "de-identify: remove `action`",
		    cl->name);
	if (cl->starting_point == SIZE_MAX && cl->unlimited == NULL)
		diag_error(c->d, cl->at,
		    "cluster `%s`: this version takes one deletion rule for a "
		    "cluster, not an end for each purpose: split the cluster",
		    cl->name);
	for (i = 0; i < cl->cover_count; i++) {
		const struct policy_cover *cv = &cl->covers[i];

		if (cv->field && cv->collection &&
		    strcmp(cv->collection, col->name) == 0 &&
		    strcmp(cv->dataset, c->store->dataset->key) == 0)
			diag_error(c->d, cv->at,
			    "cluster `%s`: this version takes whole "
			    "collections, not the field `%s`",
			    cl->name, cv->path);
	}
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
	if (cl->starting_point != SIZE_MAX)
		r->terms.start = &p->starting_points[cl->starting_point];
	if ((st = set_keys(c, r)) != ST_OK)
		return st;
	return r->terms.start ? set_path(c, r) : ST_OK;
}

static enum status compile_collection(
    struct compiler *c, const struct collection *col)
{
	const struct db_table *table;
	const struct policy_cluster *cl;
	enum status st = ST_OK;
	size_t i;

	table = db_schema_table(&c->store->schema, col->name);
	if (table == NULL) {
		diag_error(c->d, col->at,
		    "store `%s` has no table `%s`: correct the name, or add "
		    "the table to the store",
		    c->store->config->name, col->name);
		return ST_OK;
	}
	check_fields(c, table, col);
	for (i = 0; st == ST_OK && i < c->in->policy_count; i++) {
		const struct policy *p = &c->in->policies[i];

		st = policy_cluster_of(
		    p, c->store->dataset->key, col->name, NULL, &cl);
		if (st == ST_NOTFOUND) {
			st = ST_OK;
			continue;
		}
		if (st != ST_OK)
			return st;
		check_supported(c, cl, col);
		st = add_rule(c, p, cl, col, table);
	}
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
		if (i != at && rules[i].store == rules[at].store &&
		    refers(&rules[i], &rules[at]))
			return 1;
	}
	return 0;
}

/* Children before parents; in a cycle, what the database enforces counts
 * before what the dataset says. */
static void order(struct rule *rules, size_t count)
{
	struct rule tmp;
	size_t next, i;

	for (next = 0; next < count; next++) {
		struct rule *rest = rules + next;
		size_t n = count - next;

		for (i = 0; i < n; i++) {
			if (!has_children(rest, n, i, dataset_refers) &&
			    !has_children(rest, n, i, database_refers))
				break;
		}
		if (i == n) {
			for (i = 0; i < n; i++) {
				if (!has_children(rest, n, i, database_refers))
					break;
			}
		}
		i = i == n ? 0 : i;
		tmp = rest[i];
		memmove(rest + 1, rest, i * sizeof(*rest));
		rest[0] = tmp;
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
		if (strcmp(s->rules[i].store->config->name, store) == 0 &&
		    strcmp(s->rules[i].collection->name, collection) == 0)
			return &s->rules[i];
	}
	return NULL;
}

/* The hop of ${x}'s path that leads to ${c}; path.count: none. */
static size_t hop_to(const struct rule *x, const struct collection *c)
{
	size_t i;

	for (i = 0; i < x->path.count && x->path.hops[i].to != c; i++)
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

enum status schedule_leaves(const struct schedule *s, const struct rule *r,
    struct rule_leaves **out, size_t *count)
{
	struct rule_leaves *list;
	size_t n = 0, i, hop;

	if ((list = calloc(s->count + 1, sizeof(*list))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; i < s->count; i++) {
		const struct rule *x = &s->rules[i];

		hop = hop_to(x, r->collection);
		if (x->store != r->store || hop == x->path.count ||
		    is_left(list, n, x->memory[hop]))
			continue;
		list[n].for_rule = x;
		list[n].hop = hop;
		list[n].name = x->memory[hop];
		list[n].columns = x->path.hops[hop].to_columns;
		list[n].column_count = x->path.hops[hop].count;
		if (hop + 1 == x->path.count)
			list[n].value = x->terms.start->field;
		n++;
	}
	*out = list;
	*count = n;
	return ST_OK;
}
