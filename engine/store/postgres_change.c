/*
 * Batches of changes: found and locked, shown, then changed by one statement,
 * which gets the new values as one array of text for each column.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/store/postgres_batch.h"

#define MOST 4096 /* records, which all are kept in memory */

struct change {
	const struct db_change *c;
	struct postgres *pg;
	struct postgres_batch found;
	struct val *row;     /* keys, columns as they are */
	struct val *changed; /* the new values of columns */
	struct buf oids;     /* arrays, as text */
	struct buf tids;
	struct buf *values; /* one array for each column */
	int64_t count;
};

/* "{a,b" to "{a,b,"c"": quotes, and backslashes before both kinds. */
static void add_element(struct buf *array, const char *text)
{
	buf_addc(array, array->len ? ',' : '{');
	if (text == NULL) {
		buf_adds(array, "NULL");
		return;
	}
	buf_addc(array, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_addc(array, '\\');
		buf_addc(array, *text);
	}
	buf_addc(array, '"');
}

static enum status add_value(struct change *x, size_t column)
{
	struct buf text = BUF_INIT;
	enum status st;
	int null = 0;

	st = postgres_val_encode(x->pg, x->changed[column], 0, 0, &text, &null);
	if (st == ST_OK)
		add_element(&x->values[column], null ? NULL : buf_text(&text));
	if (text.data)
		explicit_bzero(text.data, text.size);
	buf_release(&text);
	return st == ST_OK ? buf_status(&x->values[column]) : st;
}

static enum status show(void *ctx, struct stmt *s)
{
	struct change *x = ctx;
	const struct db_change *c = x->c;
	enum status st;
	size_t i;

	for (i = 0; i < c->key_count + c->column_count; i++)
		x->row[i] = db_val(s, (int)(POSTGRES_SHOWN + i));
	for (i = 0; i < c->column_count; i++)
		x->changed[i] = NIL;
	st = c->each(c->ctx, x->row, x->changed);
	if (st == ST_NOTFOUND) {
		x->found.passed++;
		return ST_OK;
	}
	for (i = 0; st == ST_OK && i < c->column_count; i++)
		st = add_value(x, i);
	if (st != ST_OK)
		return st;
	add_element(&x->oids, db_text(s, POSTGRES_OID));
	add_element(&x->tids, db_text(s, POSTGRES_TID));
	x->count++;
	return ST_OK;
}

/* "column" = CAST(d.cN AS its type) */
static enum status add_set(
    struct db *db, const struct change *x, size_t at, struct sql *q)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(db,
	    "SELECT format_type(a.atttypid, a.atttypmod)"
	    " FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid"
	    " WHERE c.relnamespace = (SELECT oid FROM pg_namespace"
	    "  WHERE nspname = current_schema())"
	    " AND c.relname = $1 AND a.attname = $2",
	    ARGS(TEXT(x->c->table), TEXT(x->c->columns[at])), &s);
	if (st == ST_OK)
		st = db_row(s);
	if (st == ST_OK) {
		sql_name(q, x->c->columns[at]);
		buf_addf(&q->text, " = CAST(d.c%zu AS %s)", at, db_text(s, 0));
	}
	db_done(s);
	if (st == ST_NOTFOUND)
		return fail(ST_DB, "%s: %s has no column %s", db->name,
		    x->c->table, x->c->columns[at]);
	return st;
}

/* The arrays, as the rows of d. */
static void add_rows(struct change *x, struct sql *q)
{
	size_t i;

	buf_addc(&x->oids, '}');
	buf_addc(&x->tids, '}');
	sql_add(q, " FROM unnest(CAST(");
	sql_bind_text(q, buf_text(&x->oids));
	sql_add(q, " AS oid[]), CAST(");
	sql_bind_text(q, buf_text(&x->tids));
	sql_add(q, " AS tid[])");
	for (i = 0; i < x->c->column_count; i++) {
		buf_addc(&x->values[i], '}');
		sql_add(q, ", CAST(");
		sql_bind_text(q, buf_text(&x->values[i]));
		sql_add(q, " AS text[])");
	}
	sql_add(q, ") AS d (part, place");
	for (i = 0; i < x->c->column_count; i++)
		buf_addf(&q->text, ", c%zu", i);
	sql_add(q, ") WHERE t.tableoid = d.part AND t.ctid = d.place");
}

static enum status change_all(struct db *db, struct change *x)
{
	struct sql q = SQL_INIT;
	enum status st = ST_OK;
	int64_t n = 0;
	size_t i;

	sql_add(&q, "UPDATE ");
	sql_name(&q, x->c->table);
	sql_add(&q, " AS t SET ");
	for (i = 0; st == ST_OK && i < x->c->column_count; i++) {
		if (i)
			sql_add(&q, ", ");
		st = add_set(db, x, i, &q);
	}
	add_rows(x, &q);
	if (st == ST_OK)
		st = db_exec_sql(db, &q, &n);
	sql_release(&q);
	if (st == ST_OK && n != x->count)
		st = postgres_batch_refused(db, x->c->table, "changed");
	return st;
}

static enum status build(struct change *x)
{
	const struct db_change *c = x->c;
	struct db_batch b = { .table = c->table,
		.key_count = c->key_count + c->column_count,
		.where = c->where,
		.order = c->order };
	const char **shown = calloc(b.key_count + 1, sizeof(*shown));
	enum status st;
	size_t i;

	x->row = calloc(b.key_count + 1, sizeof(*x->row));
	x->changed = calloc(c->column_count + 1, sizeof(*x->changed));
	x->values = calloc(c->column_count + 1, sizeof(*x->values));
	if (!shown || !x->row || !x->changed || !x->values) {
		free(shown);
		return fail(ST_NOMEM, "out of memory");
	}
	for (i = 0; i < b.key_count; i++)
		shown[i] = i < c->key_count ? c->keys[i]
					    : c->columns[i - c->key_count];
	b.keys = shown;
	st = postgres_batch_build(&b, &x->found);
	free(shown);
	return st;
}

static enum status run(struct db *db, struct change *x)
{
	int64_t most = x->pg->batch_rows;
	enum status st;

	if (most == 0 || x->c->budget_ns == 0 || most > MOST)
		most = MOST;
	if (most > x->c->limit)
		most = x->c->limit;
	do
		st = postgres_batch_find(db, &x->found, most, show, x);
	while (st == ST_OK && x->count == 0 && x->found.found == most);
	if (st == ST_OK && x->count > 0)
		st = change_all(db, x);
	if (st == ST_OK)
		postgres_batch_learn(x->pg, &x->found, x->c->budget_ns);
	return st;
}

enum status postgres_change_batch(
    struct db *db, const struct db_change *c, int64_t *changed)
{
	struct change x = {
		.c = c, .pg = postgres_of(db), .found = POSTGRES_BATCH_INIT
	};
	enum status st = ST_OK;
	size_t i;

	*changed = 0;
	if (c->limit < 1)
		return ST_OK;
	if ((st = build(&x)) == ST_OK)
		st = run(db, &x);
	if (st == ST_OK)
		*changed = x.count;
	for (i = 0; x.values && i < c->column_count; i++) {
		if (x.values[i].data)
			explicit_bzero(x.values[i].data, x.values[i].size);
		buf_release(&x.values[i]);
	}
	buf_release(&x.oids);
	buf_release(&x.tids);
	free(x.values);
	free(x.changed);
	free(x.row);
	postgres_batch_release(&x.found);
	return st;
}
