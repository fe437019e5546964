/*
 * Batches of deletions.  One SELECT stays open and is read a chunk at a time;
 * the records of a chunk are shown, then deleted by the key that their table
 * is stored by: in one statement where that is one column, which costs a third
 * less.  The SELECT stands behind them by then, so it neither misses nor
 * repeats a record, nor passes twice over what is kept.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/store/sqlite.h"

#define CHUNK 256 /* also the least that a budget leaves */
#define CLOCK 3   /* times the budget that may pass by the clock */

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
	int64_t start_cpu_ns;
	int64_t start_ns;
	struct sql select;
	struct sql delete;
	struct chunk chunk;
};

/* ---- statements ---- */

/* A table may have a column of its own called rowid. */
static enum status find_rowid(
    struct db *db, const char *table, const char **out)
{
	static const char *const names[] = { "rowid", "oid", "_rowid_" };
	enum status st;
	int64_t taken;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		st = db_one_int(db,
		    "SELECT 1 FROM pragma_table_xinfo($1)"
		    " WHERE name = $2 COLLATE NOCASE",
		    ARGS(TEXT(table), TEXT(names[i])), 0, &taken);
		if (st != ST_OK)
			return st;
		if (!taken) {
			*out = names[i];
			return ST_OK;
		}
	}
	return fail(ST_DB,
	    "%s: columns of %s are called rowid, oid and _rowid_: rename one",
	    db->name, table);
}

/* One more column that identifies a record: selected, and compared. */
static void add_identity(struct batch *x, const char *column)
{
	if (x->chunk.identity++) {
		sql_add(&x->select, ", ");
		sql_add(&x->delete, ") AND ");
	}
	sql_column(&x->select, "t", column);
	sql_name(&x->delete, column);
	sql_add(&x->delete, " IN (");
	sql_bind(&x->delete, NIL);
}

static enum status add_primary_key(struct db *db, struct batch *x)
{
	struct stmt *s;
	enum status st;

	st = db_query(db,
	    "SELECT name FROM pragma_table_info($1) WHERE pk ORDER BY pk",
	    ARGS(TEXT(x->b->table)), &s);
	if (st != ST_OK)
		return st;
	while ((st = db_row(s)) == ST_OK)
		add_identity(x, db_text(s, 0));
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

/* How the table is stored: by a row number, or by its primary key. */
static enum status add_identities(struct db *db, struct batch *x)
{
	int64_t without_rowid;
	const char *rowid;
	enum status st;

	st = db_one_int(db,
	    "SELECT wr FROM pragma_table_list"
	    " WHERE schema = 'main' AND type = 'table'"
	    " AND name = $1 COLLATE NOCASE",
	    ARGS(TEXT(x->b->table)), -1, &without_rowid);
	if (st != ST_OK)
		return st;
	if (without_rowid < 0)
		return fail(
		    ST_DB, "%s: there is no table %s", db->name, x->b->table);
	if (without_rowid)
		return add_primary_key(db, x);
	st = find_rowid(db, x->b->table, &rowid);
	if (st == ST_OK)
		add_identity(x, rowid);
	return st;
}

/*
 * The index to walk is named: the planner, which knows nothing of how the
 * values lie, might take another, or sort all that is due for every batch.
 */
static enum status add_index(struct db *db, struct batch *x)
{
	struct stmt *s;
	enum status st;

	if (x->b->order == NULL)
		return ST_OK;
	st = db_query(db,
	    "SELECT l.name FROM pragma_index_list($1) AS l,"
	    " pragma_index_info(l.name) AS i"
	    " WHERE i.seqno = 0 AND i.name = $2 AND NOT l.partial"
	    " ORDER BY l.seq LIMIT 1",
	    ARGS(TEXT(x->b->table), TEXT(x->b->order)), &s);
	if (st != ST_OK)
		return st;
	if ((st = db_row(s)) == ST_OK) {
		sql_add(&x->select, " INDEXED BY ");
		sql_name(&x->select, db_text(s, 0));
	}
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status build(struct db *db, struct batch *x)
{
	const struct db_batch *b = x->b;
	enum status st;
	size_t i;

	sql_add(&x->select, "SELECT ");
	sql_add(&x->delete, "DELETE FROM ");
	sql_name(&x->delete, b->table);
	sql_add(&x->delete, " WHERE ");
	if ((st = add_identities(db, x)) != ST_OK)
		return st;
	/* One column: a chunk at once; what is left over stays NULL. */
	for (i = 1; x->chunk.identity == 1 && i < CHUNK; i++) {
		sql_add(&x->delete, ", ");
		sql_bind(&x->delete, NIL);
	}
	sql_add(&x->delete, ")");
	for (i = 0; i < b->key_count; i++) {
		sql_add(&x->select, ", ");
		sql_column(&x->select, "t", b->keys[i]);
	}
	sql_add(&x->select, " FROM ");
	sql_name(&x->select, b->table);
	sql_add(&x->select, " AS t");
	if ((st = add_index(db, x)) != ST_OK)
		return st;
	sql_add(&x->select, " WHERE ");
	sql_join(&x->select, b->where);
	return buf_status(&x->delete.text);
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

static int64_t clock_ns(clockid_t id)
{
	struct timespec ts;

	(void)clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/*
 * The budget counts from the first record found: a condition on what other
 * records say is worked out once for each batch, however few it then deletes.
 */
static void start_clock(struct batch *x)
{
	x->start_cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	x->start_ns = clock_ns(CLOCK_MONOTONIC);
}

static int is_late(const struct batch *x)
{
	int64_t budget = x->b->budget_ns;

	return budget > 0 &&
	       (clock_ns(CLOCK_THREAD_CPUTIME_ID) - x->start_cpu_ns > budget ||
		   clock_ns(CLOCK_MONOTONIC) - x->start_ns > CLOCK * budget);
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
	st = db_query_sql(db, &x->select, &select);
	if (st == ST_OK)
		st = sqlite_prepare(db, buf_text(&x->delete.text), &delete);
	while (st == ST_OK && !(done > 0 && is_late(x))) {
		st = fill_chunk(c, select, x->b->limit - done);
		if (st != ST_OK || c->count == 0)
			break;
		if (done == 0)
			start_clock(x);
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
		.select = SQL_INIT,
		.delete = SQL_INIT,
		.chunk = { .bytes = BUF_INIT } };
	enum status st;

	if ((st = build(db, &x)) == ST_OK)
		st = run(db, &x, deleted);
	sql_release(&x.select);
	sql_release(&x.delete);
	buf_release(&x.chunk.bytes);
	free(x.chunk.cells);
	return st;
}
