/*
 * Batches of records: how they are found, what names each, and when a batch
 * has taken long enough.
 */
#include "engine/store/sqlite_batch.h"

#include <time.h>

#define CLOCK 3 /* times the budget that may pass by the clock */

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
static void add_identity(struct sqlite_batch *x, const char *column)
{
	if (x->identity++) {
		sql_add(&x->select, ", ");
		sql_add(&x->act, ") AND ");
	}
	sql_column(&x->select, "t", column);
	sql_name(&x->act, column);
	sql_add(&x->act, " IN (");
	sql_bind(&x->act, NIL);
}

static enum status add_primary_key(
    struct db *db, const char *table, struct sqlite_batch *x)
{
	struct stmt *s;
	enum status st;

	st = db_query(db,
	    "SELECT name FROM pragma_table_info($1) WHERE pk ORDER BY pk",
	    ARGS(TEXT(table)), &s);
	if (st != ST_OK)
		return st;
	while ((st = db_row(s)) == ST_OK)
		add_identity(x, db_text(s, 0));
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

/* How the table is stored: by a row number, or by its primary key. */
static enum status add_identities(
    struct db *db, const char *table, struct sqlite_batch *x)
{
	int64_t without_rowid;
	const char *rowid;
	enum status st;

	st = db_one_int(db,
	    "SELECT wr FROM pragma_table_list"
	    " WHERE schema = 'main' AND type = 'table'"
	    " AND name = $1 COLLATE NOCASE",
	    ARGS(TEXT(table)), -1, &without_rowid);
	if (st != ST_OK)
		return st;
	if (without_rowid < 0)
		return fail(ST_DB, "%s: there is no table %s", db->name, table);
	if (without_rowid)
		return add_primary_key(db, table, x);
	st = find_rowid(db, table, &rowid);
	if (st == ST_OK)
		add_identity(x, rowid);
	return st;
}

/*
 * The index to walk is named: the planner, which knows nothing of how the
 * values lie, might take another, or sort all that is due for every batch.
 */
static enum status add_index(
    struct db *db, const struct db_batch *b, struct sqlite_batch *x)
{
	struct stmt *s;
	enum status st;

	if (b->order == NULL)
		return ST_OK;
	st = db_query(db,
	    "SELECT l.name FROM pragma_index_list($1) AS l,"
	    " pragma_index_info(l.name) AS i"
	    " WHERE i.seqno = 0 AND i.name = $2 AND NOT l.partial"
	    " ORDER BY l.seq LIMIT 1",
	    ARGS(TEXT(b->table), TEXT(b->order)), &s);
	if (st != ST_OK)
		return st;
	if ((st = db_row(s)) == ST_OK) {
		sql_add(&x->select, " INDEXED BY ");
		sql_name(&x->select, db_text(s, 0));
	}
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

enum status sqlite_batch_build(
    struct db *db, const struct db_batch *b, struct sqlite_batch *x)
{
	enum status st;
	size_t i;

	x->budget_ns = b->budget_ns;
	sql_add(&x->select, "SELECT ");
	sql_add(&x->act, " WHERE ");
	if ((st = add_identities(db, b->table, x)) != ST_OK)
		return st;
	for (i = 0; i < b->key_count; i++) {
		sql_add(&x->select, ", ");
		sql_column(&x->select, "t", b->keys[i]);
	}
	sql_add(&x->select, " FROM ");
	sql_name(&x->select, b->table);
	sql_add(&x->select, " AS t");
	if ((st = add_index(db, b, x)) != ST_OK)
		return st;
	sql_add(&x->select, " WHERE ");
	sql_join(&x->select, b->where);
	return buf_status(&x->select.text);
}

void sqlite_batch_release(struct sqlite_batch *x)
{
	sql_release(&x->select);
	sql_release(&x->act);
}

/* ---- time ---- */

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
void sqlite_batch_start(struct sqlite_batch *x)
{
	x->start_cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	x->start_ns = clock_ns(CLOCK_MONOTONIC);
}

int sqlite_batch_is_late(const struct sqlite_batch *x)
{
	int64_t budget = x->budget_ns;

	return budget > 0 &&
	       (clock_ns(CLOCK_THREAD_CPUTIME_ID) - x->start_cpu_ns > budget ||
		   clock_ns(CLOCK_MONOTONIC) - x->start_ns > CLOCK * budget);
}
