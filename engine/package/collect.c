/* The search for a person's records, and what becomes of each. */
#include "engine/package/collect.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/zone.h"
#include "engine/installation/units.h"
#include "engine/package/kept.h"
#include "engine/package/kept_aside.h"
#include "engine/package/record.h"
#include "engine/package/snapshot.h"
#include "engine/plan/keys.h"
#include "engine/rights/item.h"

/* ---- collections ---- */

static size_t place_of(
    const struct installation *in, const struct collection *c)
{
	size_t place = 1;

	for (size_t i = 0; i < in->dataset_count; i++)
		for (size_t k = 0; k < in->datasets[i].collection_count; k++) {
			if (&in->datasets[i].collections[k] == c)
				return place;
			place++;
		}
	return place;
}

static void find_cluster(const struct installation *in,
    const struct dataset *ds, const char *collection, const char *field,
    const struct policy **policy, const struct policy_cluster **cluster)
{
	for (size_t i = 0; i < in->policy_count; i++)
		if (policy_cluster_of(&in->policies[i], ds->key, collection,
			field, cluster) == ST_OK) {
			*policy = &in->policies[i];
			return;
		}
	status_clear();
}

/* Provided by the person, or by using the thing (WP 242), and held because of
 * a contract or consent; what was derived from it is not. */
static int is_portable(const struct policy *p, const struct policy_cluster *c)
{
	if (c == NULL || c->origin == NULL ||
	    (strcmp(c->origin, "data_subject") != 0 &&
		strcmp(c->origin, "observed") != 0))
		return 0;
	for (size_t i = 0; i < c->purpose_count; i++) {
		const char *basis =
		    p->purposes[c->purposes[i].purpose].legal_basis;

		if (strcmp(basis, "contract") == 0 ||
		    strcmp(basis, "consent") == 0)
			return 1;
	}
	return 0;
}

static void init_column(const struct installation *in,
    const struct collected *c, struct collected_column *x,
    const struct db_column *column)
{
	column_init(&x->column, column, c->collection, 0);
	if (x->column.field && !field_is_personal(x->column.field))
		return;
	find_cluster(in, c->dataset, c->collection->name, column->name,
	    &x->policy, &x->cluster);
	x->portable = is_portable(x->policy, x->cluster);
}

/* It tells records apart, and says nothing of anybody. */
static int is_plain_key(const struct collected_column *x)
{
	return x->column.db->key > 0 && x->cluster == NULL;
}

static enum status name_copies(
    const struct collection_set *set, struct collected *c)
{
	char stem[80], *csv = NULL, *json = NULL;
	enum status st;

	collected_stem(c, stem, sizeof(stem));
	json = str_format("%s.json", stem);
	csv = str_format("%s.csv", stem);
	st = json && csv ? ST_OK : fail(ST_NOMEM, "out of memory");
	if (st == ST_OK)
		st = copy_new(set->folder, json, &c->json);
	if (st == ST_OK)
		st = copy_new(set->folder, csv, &c->csv);
	free(json);
	free(csv);
	return st;
}

static void free_collected(struct collected *c)
{
	for (size_t i = 0; c->columns && i < c->column_count; i++)
		column_release(&c->columns[i].column);
	free(c->columns);
	kept_end(c);
	sql_release(&c->row);
	copy_free(c->json);
	copy_free(c->csv);
	buf_release(&c->rows);
	free(c);
}

static enum status fill(const struct collection_set *set,
    const struct reach_record *r, struct collected *c)
{
	c->store = r->store->config->name;
	c->dataset = r->store->dataset;
	c->collection = r->collection;
	c->table = r->table;
	c->place = place_of(set->in, r->collection);
	c->rule = schedule_rule(set->schedule, c->store, c->collection->name);
	c->columns = calloc(r->table->column_count + 1, sizeof(*c->columns));
	if (c->columns == NULL)
		return fail(ST_NOMEM, "out of memory");
	find_cluster(set->in, c->dataset, c->collection->name, NULL, &c->policy,
	    &c->cluster);
	for (size_t i = 0; i < r->table->column_count; i++) {
		struct collected_column *x = &c->columns[c->column_count];

		init_column(set->in, c, x, &r->table->columns[i]);
		if (set->what == COLLECT_ALL || x->portable || is_plain_key(x))
			c->column_count++;
		else
			column_release(&x->column);
	}
	return name_copies(set, c);
}

static enum status begin(const struct collection_set *set, struct collected *c)
{
	char at[ZONE_TEXT];

	zone_format(set->in->zone, c->taken_at, at);
	return record_begin(c, c->taken_at ? at : set->as_of);
}

static enum status add_collected(struct collection_set *set,
    const struct reach_record *r, int64_t taken_at, struct collected **out)
{
	struct collected **more =
	    reallocarray(set->list, set->count + 1, sizeof(*more));
	struct collected *c;
	enum status st;

	if (more)
		set->list = more;
	if (more == NULL || (c = calloc(1, sizeof(*c))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	c->taken_at = taken_at;
	if ((st = fill(set, r, c)) == ST_OK)
		st = begin(set, c);
	if (st != ST_OK) {
		free_collected(c);
		return st;
	}
	set->list[set->count++] = c;
	*out = c;
	return ST_OK;
}

enum status collected_of(struct collection_set *set,
    const struct reach_record *r, int64_t taken_at, struct collected **out)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->list[i]->collection == r->collection &&
		    (set->list[i]->taken_at != 0) == (taken_at != 0) &&
		    strcmp(set->list[i]->store, r->store->config->name) == 0) {
			*out = set->list[i];
			return ST_OK;
		}
	return add_collected(set, r, taken_at, out);
}

/* ---- records ---- */

static void make_query(
    const struct reach_record *r, struct collected *c, const char *const *keys)
{
	struct sql *q = &c->row;

	sql_add(q, "SELECT ");
	for (size_t i = 0; i < c->column_count; i++) {
		if (i > 0)
			sql_add(q, ", ");
		sql_name(q, c->columns[i].column.db->name);
	}
	sql_add(q, " FROM ");
	sql_name(q, r->table->name);
	for (size_t i = 0; i < r->key_count; i++) {
		if (i > 0)
			sql_add(q, " AND ");
		else
			sql_add(q, " WHERE ");
		sql_name(q, keys[i]);
		sql_add(q, " = ");
		sql_bind_at(q, i, r->key[i]);
	}
}

static int is_redacted(const json_t *fields, const char *name)
{
	const json_t *x;
	size_t i;

	json_array_foreach(fields, i, x)
	{
		if (strcmp(json_string_value(x), name) == 0)
			return 1;
	}
	return 0;
}

static enum status decision_of(const struct collection_set *set,
    const struct reach_record *r, const json_t **out)
{
	char *name = NULL;
	enum status st;

	if (json_object_size(set->items) == 0)
		return ST_OK;
	st = item_name(r->store->config->name, r->collection->name, r->key,
	    r->key_count, &name);
	if (st == ST_OK)
		*out = json_object_get(set->items, name);
	free(name);
	return st;
}

enum status collected_add(struct collection_set *set, struct collected *c,
    const struct reach_record *r, struct val *row, const struct kept *kept)
{
	const json_t *d = NULL, *fields;
	enum status st = decision_of(set, r, &d);

	if (st != ST_OK)
		return st;
	if (strcmp(json_text(d, "decision"), "withhold") == 0) {
		set->withheld++;
		c->withheld++;
		return ST_OK;
	}
	fields = json_object_get(d, "fields");
	for (size_t i = 0; i < c->column_count; i++)
		if (is_redacted(fields, c->columns[i].column.db->name))
			row[i] = NIL;
	st = record_add(set, c, row, r->shared, kept, fields);
	set->records += st == ST_OK;
	return st;
}

static enum status take_row(struct collection_set *set, struct collected *c,
    struct stmt *s, const struct reach_record *r, const struct kept *kept)
{
	struct val *row = calloc(c->column_count + 1, sizeof(*row));
	enum status st;

	if (row == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (size_t i = 0; i < c->column_count; i++)
		row[i] = db_val(s, (int)i);
	if (set->keep)
		st = set->keep(set->keep_for, c, row, r->shared, kept);
	else if ((st = snapshot_see(set, c, row)) == ST_OK)
		st = collected_add(set, c, r, row, kept);
	free(row);
	return st;
}

static enum status prepare(const struct reach_record *r, struct collected *c)
{
	const char **keys = NULL;
	size_t count = 0;
	enum status st;

	if (c->row.text.len) {
		sql_refill(&c->row, r->key);
		return ST_OK;
	}
	st = keys_of(r->collection, r->table, &keys, &count);
	if (st == ST_OK && (count == 0 || count != r->key_count))
		st = fail(ST_INVALID, "%s.%s: its records have no key",
		    c->store, c->collection->name);
	if (st == ST_OK)
		make_query(r, c, keys);
	free(keys);
	return st;
}

static enum status read_row(const struct reach_record *r,
    struct collection_set *set, struct collected *c, const struct kept *kept)
{
	struct stmt *s = NULL;
	enum status st = prepare(r, c);

	if (st == ST_OK)
		st = db_query_sql(r->store->db, &c->row, &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = take_row(set, c, s, r, kept);
	else if (st == ST_NOTFOUND)
		st = fail(ST_INTEGRITY,
		    "%s.%s: a record that was found is not there", c->store,
		    c->collection->name);
	db_done(s);
	return st;
}

/* The file that the record is in; the walk may be in another one. */
static enum status use_file(const struct reach_record *r)
{
	size_t u = 0;

	if (r->segment == units_segment(r->store))
		return ST_OK;
	while (r->segment && segments_at(r->store->segments, u++) != r->segment)
		;
	return units_use(r->store, u);
}

static enum status add_record(struct collection_set *set,
    const struct reach_record *r, struct collected *c)
{
	struct kept kept = { NULL, NULL, 0 };
	enum status st = kept_find(set, c, r->key, &kept);

	return st == ST_OK ? read_row(r, set, c, &kept) : st;
}

static int is_left_out(
    const struct collection_set *set, const struct collected *c)
{
	return set->what == COLLECT_PORTABLE && !collected_portable(c);
}

static enum status each(void *ctx, const struct reach_record *r)
{
	struct collection_set *set = ctx;
	const struct segment *segment = r->store->segment;
	struct db *db = r->store->db;
	struct collected *c = NULL;
	enum status st = use_file(r);

	if (st == ST_OK)
		st = collected_of(set, r, 0, &c);
	if (st == ST_OK && is_left_out(set, c))
		set->left_out++;
	else if (st == ST_OK)
		st = add_record(set, r, c);
	r->store->segment = segment;
	r->store->db = db;
	return st;
}

static int by_place(const void *a, const void *b)
{
	const struct collected *const *x = a, *const *y = b;

	if ((*x)->place != (*y)->place)
		return (*x)->place < (*y)->place ? -1 : 1;
	if (strcmp((*x)->store, (*y)->store) != 0)
		return strcmp((*x)->store, (*y)->store);
	return ((*x)->taken_at != 0) - ((*y)->taken_at != 0);
}

/* Kept aside, and all of it was still there. */
static int is_empty(const struct collected *c)
{
	return c->taken_at != 0 && c->records + c->withheld == 0;
}

/* Nothing of these stands in the package, not even that they exist. */
static void leave_out(struct collection_set *set)
{
	size_t kept = 0;

	for (size_t i = 0; i < set->count; i++) {
		if (is_left_out(set, set->list[i]) || is_empty(set->list[i]))
			free_collected(set->list[i]);
		else
			set->list[kept++] = set->list[i];
	}
	set->count = kept;
}

enum status collect_person(
    struct collection_set *set, const struct reach_subject *who)
{
	enum status st = snapshot_begin(set);

	if (st == ST_OK && set->request)
		st = item_decisions(set->in, set->request, &set->items);
	if (st == ST_OK)
		st = reach_walk(set->in, who, each, set);
	if (st == ST_OK)
		st = snapshot_add(set);
	for (size_t i = 0; i < set->count; i++)
		kept_end(set->list[i]);
	leave_out(set);
	if (st == ST_OK && set->records == 0 && set->left_out > 0)
		st = fail(ST_DENIED,
		    "none of the person's data is portable (GDPR Art. 20: "
		    "provided or observed, on consent or contract): refuse "
		    "with that reason, and offer access");
	if (set->count > 0)
		qsort(set->list, set->count, sizeof(*set->list), by_place);
	for (size_t i = 0; st == ST_OK && i < set->count; i++)
		st = record_end(set->list[i]);
	return st;
}

void collection_set_release(struct collection_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		free_collected(set->list[i]);
	free(set->list);
	json_decref(set->items);
	set->items = NULL;
	aside_seen_free(set->seen);
	set->seen = NULL;
	set->list = NULL;
	set->count = 0;
}

int collected_portable(const struct collected *c)
{
	size_t personal = 0, portable = 0;

	for (size_t i = 0; i < c->column_count; i++) {
		personal += c->columns[i].cluster != NULL;
		portable += c->columns[i].portable != 0;
	}
	return portable == 0 ? 0 : portable == personal ? 2 : 1;
}
