/* Which records of a list are still there. */
#include "engine/plan/asked_left.h"

#include <stdlib.h>
#include <string.h>

#include "engine/installation/units.h"
#include "engine/plan/keys.h"

/* Keys in one statement: no database refuses so many terms. */
#define AT_ONCE 200

struct looking {
	const struct asked_list *place;
	const struct db_table *table;
	const char **keys;
	size_t key_count;
	int64_t since;
	struct sql terms;
	size_t count; /* of them */
	struct asked *left;
};

static void add_columns(const struct looking *l, struct sql *q)
{
	for (size_t k = 0; k < l->key_count; k++) {
		if (k)
			sql_add(q, ", ");
		sql_column(q, "t", l->keys[k]);
	}
}

static void add_not_reduced(const struct looking *l, struct sql *q)
{
	struct db *db = l->place->store->db;

	sql_add(q, " AND NOT EXISTS (SELECT 1 FROM lethe_reduced AS d WHERE"
		   " d.collection = ");
	sql_bind_text(q, l->table->name);
	sql_add(q, " AND d.at >= ");
	sql_bind_int(q, l->since);
	keys_match(db, l->table, l->keys, l->key_count, "d", q);
	sql_add(q, ")");
}

static enum status ask(const struct looking *l, struct stmt **out)
{
	struct db *db = l->place->store->db;
	struct sql q = SQL_INIT;
	enum status st;

	sql_add(&q, "SELECT ");
	add_columns(l, &q);
	sql_add(&q, " FROM ");
	db_add_from(&q, l->table->name, NULL);
	sql_add(&q, " WHERE (");
	sql_join(&q, &l->terms);
	sql_add(&q, ")");
	if (l->since != INT64_MAX)
		add_not_reduced(l, &q);
	st = db_query_sql(db, &q, out);
	sql_release(&q);
	return st;
}

static enum status take(void *ctx, struct stmt *s)
{
	struct looking *l = ctx;
	struct val key[KEYS_MOST];

	for (size_t k = 0; k < l->key_count; k++)
		key[k] = db_val(s, (int)k);
	return asked_add(l->left, l->place, key);
}

static enum status look_now(struct looking *l)
{
	struct stmt *s = NULL;
	enum status st;

	if (l->count == 0)
		return ST_OK;
	st = ask(l, &s);
	if (st == ST_OK)
		st = db_each(s, take, l);
	sql_clear(&l->terms);
	l->count = 0;
	return st;
}

static enum status add_key(void *ctx, const struct val *key)
{
	struct looking *l = ctx;
	struct sql *q = &l->terms;

	if (l->count++)
		sql_add(q, " OR ");
	sql_add(q, "(");
	for (size_t k = 0; k < l->key_count; k++) {
		if (k)
			sql_add(q, " AND ");
		sql_column(q, "t", l->keys[k]);
		sql_add(q, " = ");
		sql_bind(q, key[k]);
	}
	sql_add(q, ")");
	return l->count == AT_ONCE ? look_now(l) : ST_OK;
}

static enum status look_here(struct looking *l)
{
	struct installation_store *s = l->place->store;
	enum status st;

	l->table = db_schema_table(&s->schema, l->place->collection->name);
	if (l->table == NULL)
		return ST_OK;
	st = keys_of(l->place->collection, l->table, &l->keys, &l->key_count);
	if (st == ST_OK && l->key_count == l->place->key_count)
		st = asked_each(l->place, add_key, l);
	if (st == ST_OK)
		st = look_now(l);
	sql_release(&l->terms);
	free(l->keys);
	return st;
}

enum status asked_left(struct installation *in, const struct asked_list *list,
    int64_t reduced_since, struct asked *left)
{
	struct looking l = { .place = list,
		.since = reduced_since,
		.terms = SQL_INIT,
		.left = left };
	enum status st = installation_open_store(in, list->store);

	if (st != ST_OK)
		return st;
	if ((st = asked_use(list)) == ST_OK)
		st = look_here(&l);
	else if (st == ST_NOTFOUND)
		st = ST_OK;
	units_rest(list->store);
	return st;
}

/* ---- lists against lists ---- */

struct first {
	const struct asked_list *place;
	struct asked *out;
};

static enum status take_one(void *ctx, const struct val *key)
{
	struct first *f = ctx;
	enum status st = asked_add(f->out, f->place, key);

	return st == ST_OK ? ST_NOTFOUND : st;
}

enum status asked_first(const struct asked *a, struct asked *out)
{
	struct first f = { .out = out };
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < a->count; i++) {
		f.place = &a->lists[i];
		st = asked_each(f.place, take_one, &f);
	}
	return st == ST_NOTFOUND ? ST_OK : st;
}

/* Keys side by side, which point into their list. */
struct row {
	struct val key[KEYS_MOST];
};
struct rows {
	struct row *rows;
	size_t count;
	size_t key_count;
};

static enum status take_row(void *ctx, const struct val *key)
{
	struct rows *r = ctx;

	memcpy(r->rows[r->count++].key, key, r->key_count * sizeof(*key));
	return ST_OK;
}

static enum status rows_of(const struct asked_list *l, struct rows *out)
{
	struct rows r = { .key_count = l->key_count };
	enum status st;

	if ((r.rows = calloc(l->count + 1, sizeof(*r.rows))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	if ((st = asked_each(l, take_row, &r)) == ST_OK)
		*out = r;
	else
		free(r.rows);
	return st;
}

static int compare_bytes(const struct val *a, const struct val *b)
{
	size_t n = a->n < b->n ? a->n : b->n;
	int order = n ? memcmp(a->p, b->p, n) : 0;

	return order ? order : (a->n > b->n) - (a->n < b->n);
}

static int compare_val(const struct val *a, const struct val *b)
{
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	switch (a->type) {
	case VAL_INT: return (a->i > b->i) - (a->i < b->i);
	case VAL_REAL: return (a->r > b->r) - (a->r < b->r);
	case VAL_TEXT:
	case VAL_BLOB: return compare_bytes(a, b);
	case VAL_NULL:
	case VAL_END: return 0;
	}
	return 0;
}

/* What a row has no key in is zero in all of them. */
static int compare_row(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int order = 0;

	for (size_t k = 0; order == 0 && k < KEYS_MOST; k++)
		order = compare_val(&x->key[k], &y->key[k]);
	return order;
}

static size_t more(const struct rows *a, struct rows *without)
{
	size_t i, n = 0;

	qsort(
	    without->rows, without->count, sizeof(*without->rows), compare_row);
	for (i = 0; i < a->count; i++)
		n += bsearch(&a->rows[i], without->rows, without->count,
			 sizeof(*without->rows), compare_row) == NULL;
	return n;
}

static enum status list_more(
    const struct asked_list *l, const struct asked_list *without, size_t *count)
{
	struct rows a = { .rows = NULL }, b = { .rows = NULL };
	enum status st;

	if (without == NULL) {
		*count += l->count;
		return ST_OK;
	}
	if ((st = rows_of(l, &a)) == ST_OK)
		st = rows_of(without, &b);
	if (st == ST_OK)
		*count += more(&a, &b);
	free(a.rows);
	free(b.rows);
	return st;
}

enum status asked_more(
    const struct asked *a, const struct asked *without, size_t *count)
{
	enum status st = ST_OK;
	size_t i, n = 0;

	for (i = 0; st == ST_OK && i < a->count; i++)
		st = list_more(
		    &a->lists[i], asked_find(without, &a->lists[i]), &n);
	if (st == ST_OK)
		*count = n;
	return st;
}
