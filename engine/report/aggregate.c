/*
 * Two passes over the records in the order of their people: one finds the
 * categories, the next fills the tables.  What a person has been counted in
 * bears the person's number, so that nothing of a person is kept but the
 * identity of the one at hand.
 */
#include "engine/report/aggregate.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/utf8.h"
#include "engine/plan/keys.h"
#include "engine/store/restricted.h"

#define VALUES_MOST 100000

struct tally {
	int64_t count;
	int64_t person; /* who was counted last */
};

struct value {
	struct tally tally;
	char *key; /* "v" and the category, or "n": none */
	size_t category;
};
struct axis {
	json_t *ids; /* key: place in ${values} */
	struct value *values;
	size_t count;
	size_t size;
};
struct counting {
	const struct aggregate_query *q;
	struct aggregate *out;
	struct axis axes[LATTICE_FIELDS];
	struct tally *tables[LATTICE_TABLES];
	struct buf label;
	struct buf last; /* the person at hand, type first */
	int64_t person;
};

static void tally_add(struct tally *t, int64_t person)
{
	t->count += t->person != person;
	t->person = person;
}

/* ---- the records ---- */

static enum status select_records(
    const struct aggregate_query *q, struct sql *sql)
{
	const char **keys = NULL;
	size_t key_count = 0;
	enum status st;

	st = keys_of(q->collection, q->table, &keys, &key_count);
	if (st != ST_OK)
		return st;
	sql_add(sql, "SELECT ");
	if (q->person->field)
		person_column(q->person, sql);
	else
		sql_add(sql, "NULL");
	for (size_t i = 0; i < q->count; i++) {
		sql_add(sql, ", ");
		sql_column(sql, "t", q->cuts[i].column->name);
	}
	sql_add(sql, " FROM ");
	person_from(q->person, q->table->name, sql);
	sql_add(sql, " WHERE TRUE");
	restricted_where_not(q->store->db,
	    &(const struct restricted){ q->table, keys, key_count }, q->cluster,
	    sql);
	if (q->person->field)
		sql_add(sql, " ORDER BY 1");
	free(keys);
	return ST_OK;
}

/* A new number for each person; without any, for each record. */
static enum status meet(struct counting *c, struct val v)
{
	char type = (char)v.type;
	struct buf now = BUF_INIT;
	enum status st;

	buf_add(&now, &type, 1);
	if (v.type == VAL_INT)
		buf_add(&now, &v.i, sizeof(v.i));
	else if (v.type == VAL_REAL)
		buf_add(&now, &v.r, sizeof(v.r));
	else if (v.type != VAL_NULL)
		buf_add(&now, v.p, v.n);
	st = buf_status(&now);
	if (st != ST_OK || c->q->person->field == NULL || c->last.len == 0 ||
	    now.len != c->last.len ||
	    memcmp(now.data, c->last.data, now.len) != 0)
		c->person++;
	buf_release(&c->last);
	c->last = now;
	return st;
}

static enum status pass(
    struct counting *c, enum status (*each)(struct counting *c, struct stmt *s))
{
	struct sql sql = SQL_INIT;
	struct stmt *s = NULL;
	enum status st;

	c->person = 0;
	buf_clear(&c->last);
	st = select_records(c->q, &sql);
	if (st == ST_OK)
		st = db_query_sql(c->q->store->db, &sql, &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		if ((st = meet(c, db_val(s, 0))) == ST_OK)
			st = each(c, s);
	}
	db_done(s);
	sql_release(&sql);
	return st == ST_NOTFOUND ? ST_OK : st;
}

/* ---- the first pass: values ---- */

static enum status add_value(struct axis *a, const char *key, size_t *id)
{
	struct value *grown;
	json_t *found = json_object_get(a->ids, key);

	if (found) {
		*id = (size_t)json_integer_value(found);
		return ST_OK;
	}
	if (a->count == VALUES_MOST)
		return fail(ST_LIMIT,
		    "a field has more than %d values: cut it coarser, as in "
		    "`created_at:year`",
		    VALUES_MOST);
	if (a->count == a->size) {
		a->size = a->size ? 2 * a->size : 64;
		grown = reallocarray(a->values, a->size, sizeof(*grown));
		if (grown == NULL)
			return fail(ST_NOMEM, "out of memory");
		a->values = grown;
	}
	a->values[a->count] = (struct value){ .key = strdup(key) };
	if (a->values[a->count].key == NULL)
		return fail(ST_NOMEM, "out of memory");
	*id = a->count++;
	return json_put(a->ids, key, json_integer((json_int_t)*id));
}

static enum status value_of(
    struct counting *c, size_t field, struct val v, size_t *id)
{
	struct buf key = BUF_INIT;
	enum status st;

	if (cut_label(&c->q->cuts[field], c->q->zone, v, &c->label) &&
	    utf8_valid(buf_text(&c->label), c->label.len) &&
	    strlen(buf_text(&c->label)) == c->label.len) {
		buf_addc(&key, 'v');
		buf_adds(&key, buf_text(&c->label));
	} else {
		buf_addc(&key, 'n');
	}
	if ((st = buf_status(&key)) == ST_OK)
		st = add_value(&c->axes[field], buf_text(&key), id);
	buf_release(&key);
	return st;
}

static enum status see_values(struct counting *c, struct stmt *s)
{
	enum status st = ST_OK;
	size_t id = 0;

	for (size_t i = 0; st == ST_OK && i < c->q->count; i++) {
		st = value_of(c, i, db_val(s, (int)i + 1), &id);
		if (st == ST_OK)
			tally_add(&c->axes[i].values[id].tally, c->person);
	}
	return st;
}

/* ---- categories ---- */

static json_t *category_of(const char *key)
{
	return key[0] == 'v' ? json_pack("[s]", key + 1) : json_pack("[n]");
}

/* What earlier reports named stays named, whoever is left there. */
static enum status add_named(struct counting *c, size_t field)
{
	const char *cell, *text;
	json_t *unused, *o, *category;
	struct buf key = BUF_INIT;
	enum status st = ST_OK;
	size_t id = 0;

	json_object_foreach(c->q->named, cell, unused)
	{
		if ((o = json_loads(cell, 0, NULL)) == NULL)
			return fail(ST_INTEGRITY, "a cell is not JSON");
		category = json_object_get(o, c->q->cuts[field].spec);
		text = json_string_value(json_array_get(category, 0));
		buf_clear(&key);
		buf_addc(&key, text ? 'v' : 'n');
		buf_adds(&key, text ? text : "");
		if (json_object_size(o) == 1 && json_array_size(category) == 1)
			st = add_value(&c->axes[field], buf_text(&key), &id);
		json_decref(o);
		if (st != ST_OK)
			break;
	}
	buf_release(&key);
	return st;
}

static int was_named(const struct counting *c, size_t field, json_t *category)
{
	json_t *o = json_pack("{s:O}", c->q->cuts[field].spec, category);
	char *cell = o ? json_dumps(o, JSON_SORT_KEYS | JSON_COMPACT) : NULL;
	int is = cell && json_object_get(c->q->named, cell) != NULL;

	free(cell);
	json_decref(o);
	return is;
}

static int by_key(const void *a, const void *b)
{
	return strcmp(
	    (*(struct value *const *)a)->key, (*(struct value *const *)b)->key);
}

static enum status name_value(
    struct counting *c, size_t field, struct value *v, int *others)
{
	json_t *list = c->out->categories[field];
	json_t *category = category_of(v->key);

	if (category == NULL)
		return fail(ST_NOMEM, "out of memory");
	v->category = json_array_size(list);
	if (v->tally.count >= c->q->min || was_named(c, field, category))
		return json_push(list, category);
	v->category = SIZE_MAX;
	*others = 1;
	json_decref(category);
	return ST_OK;
}

static enum status name_categories(struct counting *c, size_t field)
{
	struct axis *a = &c->axes[field];
	struct value **sorted = calloc(a->count + 1, sizeof(struct value *));
	json_t *list = c->out->categories[field] = json_array();
	enum status st = ST_OK;
	json_t *rest;
	int others = 0;
	size_t i;

	if (sorted == NULL || list == NULL)
		st = fail(ST_NOMEM, "out of memory");
	for (i = 0; st == ST_OK && i < a->count; i++)
		sorted[i] = &a->values[i];
	if (st == ST_OK)
		qsort(sorted, a->count, sizeof(struct value *), by_key);
	for (i = 0; st == ST_OK && i < a->count; i++)
		st = name_value(c, field, sorted[i], &others);
	for (i = 0; st == ST_OK && i < a->count; i++) {
		if (sorted[i]->category == SIZE_MAX)
			sorted[i]->category = json_array_size(list);
	}
	if (st == ST_OK && (rest = json_array()) == NULL)
		st = fail(ST_NOMEM, "out of memory");
	else if (st == ST_OK && (others || was_named(c, field, rest)))
		st = json_push(list, rest);
	else if (st == ST_OK)
		json_decref(rest);
	free(sorted);
	return st;
}

/* ---- the second pass: tables ---- */

static struct lattice shape(const struct aggregate *a)
{
	struct lattice l = { .fields = a->fields };

	for (size_t i = 0; i < a->fields; i++)
		l.sizes[i] = json_array_size(a->categories[i]);
	return l;
}

static enum status fill(struct counting *c, struct stmt *s)
{
	struct lattice l = shape(c->out);
	size_t categories[LATTICE_FIELDS] = { 0 }, id = 0;
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < c->q->count; i++) {
		st = value_of(c, i, db_val(s, (int)i + 1), &id);
		if (st == ST_OK)
			categories[i] = c->axes[i].values[id].category;
	}
	for (unsigned int mask = 0; st == ST_OK && mask < 1U << l.fields;
	     mask++)
		tally_add(&c->tables[mask][lattice_index(&l, mask, categories)],
		    c->person);
	return st;
}

static enum status make_tables(struct counting *c)
{
	struct lattice l = shape(c->out);
	unsigned int mask;

	if (lattice_size(&l, (1U << l.fields) - 1) > AGGREGATE_MOST)
		return fail(ST_LIMIT,
		    "the report would have more than %d combinations: take "
		    "fewer fields, or cut them coarser",
		    AGGREGATE_MOST);
	for (mask = 0; mask < 1U << l.fields; mask++) {
		size_t n = lattice_size(&l, mask) + 1;

		c->tables[mask] = calloc(n, sizeof(struct tally));
		c->out->counts[mask] = calloc(n, sizeof(int64_t));
		if (c->tables[mask] == NULL || c->out->counts[mask] == NULL)
			return fail(ST_NOMEM, "out of memory");
	}
	return ST_OK;
}

static void take_counts(struct counting *c)
{
	struct lattice l = shape(c->out);

	for (unsigned int mask = 0; mask < 1U << l.fields; mask++) {
		for (size_t i = 0; i < lattice_size(&l, mask); i++)
			c->out->counts[mask][i] = c->tables[mask][i].count;
	}
}

static void counting_release(struct counting *c)
{
	size_t i, k;

	for (i = 0; i < LATTICE_FIELDS; i++) {
		json_decref(c->axes[i].ids);
		for (k = 0; k < c->axes[i].count; k++)
			free(c->axes[i].values[k].key);
		free(c->axes[i].values);
	}
	for (i = 0; i < LATTICE_TABLES; i++)
		free(c->tables[i]);
	buf_release(&c->label);
	buf_release(&c->last);
}

enum status aggregate_count(
    const struct aggregate_query *q, struct aggregate *out)
{
	struct counting c = { .q = q, .out = out };
	enum status st = ST_OK;
	size_t i;

	*out = (struct aggregate){ .fields = q->count };
	for (i = 0; st == ST_OK && i < q->count; i++) {
		if ((c.axes[i].ids = json_object()) == NULL)
			st = fail(ST_NOMEM, "out of memory");
	}
	if (st == ST_OK)
		st = pass(&c, see_values);
	for (i = 0; st == ST_OK && i < q->count; i++) {
		if ((st = add_named(&c, i)) == ST_OK)
			st = name_categories(&c, i);
	}
	if (st == ST_OK)
		st = make_tables(&c);
	if (st == ST_OK)
		st = pass(&c, fill);
	if (st == ST_OK)
		take_counts(&c);
	else
		aggregate_release(out);
	counting_release(&c);
	return st;
}

void aggregate_release(struct aggregate *a)
{
	size_t i;

	for (i = 0; i < LATTICE_FIELDS; i++)
		json_decref(a->categories[i]);
	for (i = 0; i < LATTICE_TABLES; i++)
		free(a->counts[i]);
	*a = (struct aggregate){ 0 };
}

enum status aggregate_cell(const struct aggregate *a, const struct cut *cuts,
    unsigned int mask, const size_t *categories, char **out)
{
	json_t *o = json_object(), *category;
	enum status st = o ? ST_OK : fail(ST_NOMEM, "out of memory");

	for (size_t i = 0; st == ST_OK && i < a->fields; i++) {
		if (!(mask >> i & 1))
			continue;
		category = json_array_get(a->categories[i], categories[i]);
		st = json_put(o, cuts[i].spec, json_incref(category));
	}
	if (st == ST_OK)
		st = json_canonical(o, out);
	json_decref(o);
	return st;
}
