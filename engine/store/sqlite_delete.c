/*
 * Batches of deletions.  One SELECT stays open and is read a chunk at a time;
 * the records of a chunk are shown, then deleted by the key that their table
 * is stored by: in one statement where that is one column, which costs a third
 * less.  The SELECT stands behind them by then, so it neither misses nor
 * repeats a record, nor passes twice over what is kept.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/store/sqlite_batch.h"

#define CHUNK SQLITE_BATCH_LEAST

/* A record's cells: the columns that identify it, then the keys to show. */
struct chunk {
	struct val *cells;
	size_t width;
	size_t identity;
	size_t count;
	struct buf bytes; /* what texts and blobs point into */
};

struct batch {
	const struct db_batch *b;
	struct sqlite_batch found;
	struct chunk chunk;
};

/* ---- statements ---- */

static enum status build(struct db *db, struct batch *x)
{
	struct sql *delete = &x->found.act;
	enum status st;
	size_t i;

	sql_add(delete, "DELETE FROM ");
	sql_name(delete, x->b->table);
	st = sqlite_batch_build(db, x->b, &x->found);
	if (st != ST_OK)
		return st;
	x->chunk.identity = x->found.identity;
	/* One column: a chunk at once; what is left over stays NULL. */
	for (i = 1; x->chunk.identity == 1 && i < CHUNK; i++) {
		sql_add(delete, ", ");
		sql_bind(delete, NIL);
	}
	sql_add(delete, ")");
	return buf_status(&delete->text);
}

/* ---- chunks ---- */

/* Keep the row that ${s} is at.  Bytes may move while they are added, so the
 * cells hold places until all are there. */
static void keep_row(struct chunk *c, struct stmt *s)
{
	struct val *cells = c->cells + c->count * c->width;
	size_t i;

	for (i = 0; i < c->width; i++) {
		cells[i] = db_val(s, (int)i);
		if (cells[i].type != VAL_TEXT && cells[i].type != VAL_BLOB)
			continue;
		buf_add(&c->bytes, cells[i].p, cells[i].n);
		cells[i].i = (int64_t)(c->bytes.len - cells[i].n);
	}
	c->count++;
}

static enum status fill_chunk(struct chunk *c, struct stmt *s, int64_t most)
{
	enum status st = ST_OK;
	size_t i;

	c->count = 0;
	buf_clear(&c->bytes);
	while (c->count < CHUNK && (int64_t)c->count < most) {
		if ((st = db_row(s)) != ST_OK)
			break;
		keep_row(c, s);
	}
	for (i = 0; i < c->count * c->width; i++)
		if (c->cells[i].type == VAL_TEXT ||
		    c->cells[i].type == VAL_BLOB)
			c->cells[i].p = buf_text(&c->bytes) + c->cells[i].i;
	if (st != ST_OK && st != ST_NOTFOUND)
		return st;
	return buf_status(&c->bytes);
}

/* Those that stay leave the chunk. */
static enum status show_chunk(struct batch *x)
{
	struct chunk *c = &x->chunk;
	size_t kept = 0, i;
	enum status st;

	for (i = 0; i < c->count; i++) {
		struct val *cells = c->cells + i * c->width;

		st = x->b->each(x->b->ctx, cells + c->identity);
		if (st == ST_NOTFOUND)
			continue;
		if (st != ST_OK)
			return st;
		if (kept < i)
			memcpy(c->cells + kept * c->width, cells,
			    c->width * sizeof(*cells));
		kept++;
	}
	c->count = kept;
	return ST_OK;
}

/* One statement for all of the chunk, or one for each record of it. */
static enum status delete_chunk(const struct batch *x, struct stmt *delete)
{
	const struct chunk *c = &x->chunk;
	struct val ids[CHUNK];
	enum status st = ST_NOTFOUND;
	size_t i;

	for (i = 0; i < CHUNK; i++)
		ids[i] = i < c->count ? c->cells[i * c->width] : NIL;
	if (c->identity == 1) {
		st = sqlite_bind(delete, ids, CHUNK, BIND_KEPT);
		if (st == ST_OK)
			st = db_row(delete);
	}
	for (i = 0; c->identity > 1 && st == ST_NOTFOUND && i < c->count; i++) {
		st = sqlite_bind(
		    delete, c->cells + i * c->width, c->identity, BIND_KEPT);
		if (st == ST_OK)
			st = db_row(delete);
	}
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status run(struct db *db, struct batch *x, int64_t *deleted)
{
	struct stmt *select = NULL, *delete = NULL;
	struct chunk *c = &x->chunk;
	int64_t done = 0;
	enum status st;

	c->width = c->identity + x->b->key_count;
	if ((c->cells = calloc(CHUNK * c->width, sizeof(*c->cells))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = db_query_sql(db, &x->found.select, &select);
	if (st == ST_OK)
		st = sqlite_prepare(db, buf_text(&x->found.act.text), &delete);
	while (st == ST_OK && !(done > 0 && sqlite_batch_is_late(&x->found))) {
		st = fill_chunk(c, select, x->b->limit - done);
		if (st != ST_OK || c->count == 0)
			break;
		if (done == 0)
			sqlite_batch_start(&x->found);
		if ((st = show_chunk(x)) == ST_OK && c->count > 0)
			st = delete_chunk(x, delete);
		if (st == ST_OK)
			done += (int64_t)c->count;
	}
	db_done(select);
	db_done(delete);
	if (st == ST_OK)
		*deleted = done;
	return st;
}

enum status sqlite_delete_batch(
    struct db *db, const struct db_batch *b, int64_t *deleted)
{
	struct batch x = { .b = b,
		.found = SQLITE_BATCH_INIT,
		.chunk = { .bytes = BUF_INIT } };
	enum status st;

	if ((st = build(db, &x)) == ST_OK)
		st = run(db, &x, deleted);
	sqlite_batch_release(&x.found);
	buf_release(&x.chunk.bytes);
	free(x.chunk.cells);
	return st;
}
