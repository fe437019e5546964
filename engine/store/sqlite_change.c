/*
 * Batches of changes.  The SELECT is read to the batch's end before the first
 * UPDATE: a changed key moves its record in the tree that the SELECT walks,
 * where it would be met, and changed, once more.
 */
#include <stdlib.h>

#include "engine/store/sqlite_batch.h"

#define MOST 4096 /* records, which all are kept in memory */

struct changes {
	const struct db_change *c;
	struct sqlite_batch found;
	/* for each record its new values, then what identifies it: in the
	 * order in which the UPDATE takes them */
	struct val *cells;
	size_t width;
	struct buf bytes; /* what texts and blobs point into */
	struct val *row;  /* the record at hand: keys, columns as they are */
};

static enum status build(struct db *db, struct changes *x)
{
	const struct db_change *c = x->c;
	struct sql *update = &x->found.act;
	struct db_batch b = { .table = c->table,
		.key_count = c->key_count + c->column_count,
		.where = c->where,
		.order = c->order,
		.budget_ns = c->budget_ns };
	const char **shown;
	enum status st;
	size_t i;

	if ((shown = calloc(b.key_count, sizeof(*shown))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; i < c->key_count; i++)
		shown[i] = c->keys[i];
	sql_add(update, "UPDATE ");
	sql_name(update, c->table);
	sql_add(update, " SET ");
	for (i = 0; i < c->column_count; i++) {
		shown[c->key_count + i] = c->columns[i];
		if (i)
			sql_add(update, ", ");
		sql_name(update, c->columns[i]);
		sql_add(update, " = ");
		sql_bind(update, NIL);
	}
	b.keys = shown;
	st = sqlite_batch_build(db, &b, &x->found);
	sql_add(update, ")");
	x->width = c->column_count + x->found.identity;
	free(shown);
	return st == ST_OK ? buf_status(&update->text) : st;
}

/* Bytes may move while they are added, so a cell holds their place until all
 * are there. */
static void keep(struct changes *x, struct val *cell)
{
	if (cell->type != VAL_TEXT && cell->type != VAL_BLOB)
		return;
	buf_add(&x->bytes, cell->p, cell->n);
	cell->i = (int64_t)(x->bytes.len - cell->n);
}

/* The record that ${s} is at, into ${cells}; ST_NOTFOUND: left as it is. */
static enum status read_record(
    struct changes *x, struct stmt *s, struct val *cells)
{
	size_t shown = x->c->key_count + x->c->column_count;
	enum status st;
	size_t i;

	for (i = 0; i < shown; i++)
		x->row[i] = db_val(s, (int)(x->found.identity + i));
	for (i = 0; i < x->c->column_count; i++)
		cells[i] = NIL;
	if ((st = x->c->each(x->c->ctx, x->row, cells)) != ST_OK)
		return st;
	for (i = 0; i < x->found.identity; i++)
		cells[x->c->column_count + i] = db_val(s, (int)i);
	for (i = 0; i < x->width; i++)
		keep(x, &cells[i]);
	return ST_OK;
}

static enum status read_all(struct db *db, struct changes *x, int64_t *count)
{
	int64_t most = x->c->limit < MOST ? x->c->limit : MOST, seen = 0, n = 0;
	struct stmt *s;
	enum status st;

	if ((st = db_query_sql(db, &x->found.select, &s)) != ST_OK)
		return st;
	while (st == ST_OK && n < most) {
		if (seen >= SQLITE_BATCH_LEAST &&
		    sqlite_batch_is_late(&x->found))
			break;
		if ((st = db_row(s)) != ST_OK)
			break;
		if (seen++ == 0)
			sqlite_batch_start(&x->found);
		st = read_record(x, s, x->cells + (size_t)n * x->width);
		if (st == ST_OK)
			n++;
		else if (st == ST_NOTFOUND)
			st = ST_OK;
	}
	db_done(s);
	*count = n;
	if (st != ST_OK && st != ST_NOTFOUND)
		return st;
	return buf_status(&x->bytes);
}

/* A trigger may ignore a change without a word: what it keeps would then count
 * as changed. */
static enum status refused(struct db *db, const struct changes *x)
{
	return fail(ST_CONFLICT,
	    "%s: a trigger of %s kept a record from being changed: remove the "
	    "trigger",
	    db->name, x->c->table);
}

static enum status change_all(struct db *db, struct changes *x, int64_t count)
{
	struct val *cell = x->cells, *end = cell + (size_t)count * x->width;
	enum status st;
	struct stmt *s;

	for (; cell < end; cell++) {
		if (cell->type == VAL_TEXT || cell->type == VAL_BLOB)
			cell->p = buf_text(&x->bytes) + cell->i;
	}
	st = sqlite_prepare(db, buf_text(&x->found.act.text), &s);
	if (st != ST_OK)
		return st;
	for (cell = x->cells; st == ST_OK && cell < end; cell += x->width) {
		st = sqlite_bind(s, cell, x->width, BIND_KEPT);
		if (st == ST_OK && (st = db_row(s)) == ST_NOTFOUND)
			st = sqlite_changes(s) == 1 ? ST_OK : refused(db, x);
	}
	db_done(s);
	return st;
}

enum status sqlite_change_batch(
    struct db *db, const struct db_change *c, int64_t *changed)
{
	struct changes x = {
		.c = c, .found = SQLITE_BATCH_INIT, .bytes = BUF_INIT
	};
	int64_t n = 0;
	enum status st;

	st = build(db, &x);
	if (st == ST_OK) {
		x.cells = calloc(MOST * x.width, sizeof(*x.cells));
		x.row = calloc(c->key_count + c->column_count, sizeof(*x.row));
		if (x.cells == NULL || x.row == NULL)
			st = fail(ST_NOMEM, "out of memory");
	}
	if (st == ST_OK)
		st = read_all(db, &x, &n);
	if (st == ST_OK && n > 0)
		st = change_all(db, &x, n);
	if (st == ST_OK)
		*changed = n;
	sqlite_batch_release(&x.found);
	buf_release(&x.bytes);
	free(x.cells);
	free(x.row);
	return st;
}
