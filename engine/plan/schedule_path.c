/* Where a clock's starting point stands, and the path to it. */
#include "engine/plan/schedule_internal.h"

#include <stdlib.h>
#include <string.h>

#include "engine/installation/cut.h"
#include "engine/store/column_kind.h"

/* ---- what is left behind ---- */

static void add_list(struct buf *b, const char **columns, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		buf_addf(b, "%s%s", i ? "," : "", columns[i]);
}

static void add_intervals(struct buf *b, const struct path_hop *h)
{
	size_t i;

	for (i = 0; i < h->interval_count; i++)
		buf_addf(b, "[%s,%s,%s]", h->intervals[i].at,
		    h->intervals[i].from, h->intervals[i].until);
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
			add_intervals(&b, h);
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

/* ---- intervals ---- */

enum time_kind { TIME_DATES, TIME_INSTANTS, TIME_SECONDS };

static enum time_kind time_kind_of(const char *type)
{
	enum column_kind kind = column_kind_of(type);

	if (kind == COLUMN_INTEGER || kind == COLUMN_REAL ||
	    kind == COLUMN_NUMERIC)
		return TIME_SECONDS;
	return strcasestr(type, "DATE") && !strcasestr(type, "DATETIME")
		   ? TIME_DATES
		   : TIME_INSTANTS;
}

static const char *time_kind_name(enum time_kind kind)
{
	switch (kind) {
	case TIME_DATES: return "dates";
	case TIME_INSTANTS: return "instants as text";
	case TIME_SECONDS: return "Unix seconds";
	}
	return "?";
}

static void say_kinds(const struct rule_clock *k, const struct path_interval *v,
    const struct db_column *const columns[3], struct diag *d)
{
	diag_error(d, k->terms.start->at,
	    "starting point `%s`: its path holds for a time (`valid`) and "
	    "compares `%s` (%s), `%s` (%s) and `%s` (%s), which does not say "
	    "when a day begins: declare all three as DATE in the store, or "
	    "all three as TEXT with instants in them",
	    k->terms.start->name, v->at,
	    time_kind_name(time_kind_of(columns[0]->type)), v->from,
	    time_kind_name(time_kind_of(columns[1]->type)), v->until,
	    time_kind_name(time_kind_of(columns[2]->type)));
}

/* A column that the store lacks is said where it is opened. */
static void set_interval(const struct rule_clock *k, struct path_interval *v,
    const struct db_table *before, const struct db_table *reached,
    struct diag *d)
{
	const struct db_table *at =
	    v->at_side == PATH_BEFORE ? before : reached;
	const struct db_table *held =
	    v->at_side == PATH_BEFORE ? reached : before;
	const struct db_column *const columns[3] = {
		db_table_column(at, v->at),
		db_table_column(held, v->from),
		db_table_column(held, v->until),
	};
	enum time_kind kind;

	if (!columns[0] || !columns[1] || !columns[2])
		return;
	kind = time_kind_of(columns[0]->type);
	v->seconds = kind == TIME_SECONDS;
	if (time_kind_of(columns[1]->type) != kind ||
	    time_kind_of(columns[2]->type) != kind)
		say_kinds(k, v, columns, d);
}

/*
 * What is remembered of a record that is gone is known by its key and not by
 * its time.  The latest of more values than there were keeps longer; the
 * earliest of them would delete too early.
 */
static void set_intervals(
    const struct rule *r, const struct rule_clock *k, struct diag *d)
{
	const struct policy_starting_point *s = k->terms.start;
	const struct db_table *before = r->table, *reached;
	size_t i, n, any = 0;

	for (i = 0; i < k->path.count; i++, before = reached) {
		struct path_hop *h = &k->path.hops[i];

		reached = db_schema_table(&r->store->schema, h->to->name);
		any += h->interval_count;
		if (before == NULL || reached == NULL)
			continue;
		for (n = 0; n < h->interval_count; n++)
			set_interval(k, &h->intervals[n], before, reached, d);
	}
	if (any && s->pick == POLICY_EARLIEST)
		diag_error(d, s->at,
		    "starting point `%s`: its path from `%s.%s` holds for a "
		    "time only (`valid`), and what is remembered of a record "
		    "that is gone is not: with `pick: earliest` another "
		    "holder's could end it too early: say `pick: latest`, or "
		    "name another path under `via`",
		    s->name, r->store->dataset->key, r->collection->name);
}

/* ---- the path ---- */

/* It leads from record to record inside of one file. */
static void check_cut(
    const struct rule *r, const struct rule_clock *k, struct diag *d)
{
	const char *cut =
	    cut_is(r->store, r->collection->name) ? r->collection->name : NULL;
	size_t i;

	for (i = 0; cut == NULL && i < k->path.count; i++) {
		if (cut_is(r->store, k->path.hops[i].to->name))
			cut = k->path.hops[i].to->name;
	}
	if (cut)
		diag_error(d, k->terms.start->at,
		    "starting point `%s`: the way to it from `%s.%s` leads "
		    "through `%s`, which is cut into segments: give that "
		    "cluster a field of its own records, or remove "
		    "`segment_by`",
		    k->terms.start->name, r->store->dataset->key,
		    r->collection->name, cut);
}

enum status schedule_set_path(const struct reference_graph *g,
    const struct rule *r, struct rule_clock *k, struct diag *d)
{
	const struct policy_starting_point *s = k->terms.start;
	const struct collection *far = r->collection;
	const struct db_table *table;
	enum status st;

	if (s->dataset && strcmp(s->dataset, r->store->dataset->key) != 0) {
		diag_error(d, s->at,
		    "starting point `%s` stands in `%s`, and cluster `%s` "
		    "covers `%s.%s` in another store: give that cluster a "
		    "starting point of its own store",
		    s->name, s->dataset, r->terms.cluster->name,
		    r->store->dataset->key, r->collection->name);
		return ST_OK;
	}
	if (s->dataset)
		far = dataset_collection(r->store->dataset, s->collection);
	table = far ? db_schema_table(&r->store->schema, far->name) : NULL;
	k->value = table ? db_table_column(table, s->field) : NULL;
	k->table = table ? table->name : NULL;
	if (k->value == NULL) {
		diag_error(d, s->at,
		    "starting point `%s`: `%s.%s` has no field `%s`", s->name,
		    r->store->dataset->key, far ? far->name : s->collection,
		    s->field);
		return ST_OK;
	}
	if (far == r->collection)
		return ST_OK;
	st = path_find(g, r->collection, far, s->via, s->via_count, &k->path);
	if (st == ST_NOTFOUND || st == ST_CONFLICT) {
		diag_error(d, s->at, "starting point `%s`: %s", s->name,
		    status_text());
		return ST_OK;
	}
	if (st != ST_OK)
		return st;
	check_cut(r, k, d);
	set_intervals(r, k, d);
	return set_memory(r, k);
}
