/* Batches of records: how they are found and locked, and how many fit. */
#include "engine/store/postgres_batch.h"

#include <time.h>

#define LEAST INT64_C(256)
#define MOST  INT64_C(100000)

static int64_t now_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

enum status postgres_batch_build(
    const struct db_batch *b, struct postgres_batch *x)
{
	struct sql *q = &x->select;
	size_t i;

	sql_add(q, "SELECT CAST(CAST(t.tableoid AS regclass) AS text),"
		   " CAST(t.tableoid AS text), CAST(t.ctid AS text)");
	for (i = 0; i < b->key_count; i++) {
		sql_add(q, ", ");
		sql_column(q, "t", b->keys[i]);
	}
	sql_add(q, " FROM ");
	sql_name(q, b->table);
	sql_add(q, " AS t WHERE ");
	sql_join(q, b->where);
	if (b->order) {
		sql_add(q, " ORDER BY ");
		sql_column(q, "t", b->order);
	}
	return buf_status(&q->text);
}

void postgres_batch_release(struct postgres_batch *x)
{
	sql_release(&x->select);
}

static enum status find(struct db *db, struct postgres_batch *x, int64_t most,
    const char *lock, struct stmt **out)
{
	struct sql q = SQL_INIT;
	enum status st;

	sql_join(&q, &x->select);
	sql_add(&q, " LIMIT ");
	sql_bind_int(&q, most);
	sql_add(&q, " OFFSET ");
	sql_bind_int(&q, x->passed);
	buf_adds(&q.text, lock);
	st = db_query_sql(db, &q, out);
	sql_release(&q);
	return st;
}

enum status postgres_batch_find(struct db *db, struct postgres_batch *x,
    int64_t most, enum status (*each)(void *ctx, struct stmt *s), void *ctx)
{
	static const char *const locks[] = { " FOR UPDATE OF t SKIP LOCKED",
		" FOR UPDATE OF t" };
	struct stmt *s = NULL;
	enum status st = ST_OK;
	size_t i;

	x->found = 0;
	for (i = 0; st == ST_OK && x->found == 0 && i < 2; i++) {
		st = find(db, x, most, locks[i], &s);
		while (st == ST_OK && (st = db_row(s)) == ST_OK) {
			if (x->found++ == 0)
				x->start_ns = now_ns();
			st = each(ctx, s);
		}
		db_done(s);
		s = NULL;
		st = st == ST_NOTFOUND ? ST_OK : st;
	}
	return st;
}

void postgres_batch_learn(
    struct postgres *pg, const struct postgres_batch *x, int64_t budget_ns)
{
	int64_t took = now_ns() - x->start_ns, rows;

	if (budget_ns <= 0 || x->found < LEAST || took <= 0)
		return;
	rows = (int64_t)((double)x->found * (double)budget_ns / (double)took);
	if (rows > 2 * x->found)
		rows = 2 * x->found;
	pg->batch_rows = rows < LEAST ? LEAST : rows > MOST ? MOST : rows;
}

enum status postgres_batch_refused(
    const struct db *db, const char *table, const char *what)
{
	return fail(ST_CONFLICT,
	    "%s: a trigger of %s kept a record from being %s: remove the "
	    "trigger",
	    db->name, table, what);
}
