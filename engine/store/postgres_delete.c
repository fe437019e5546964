/*
 * Batches of deletions: found and locked, shown, then deleted by their places,
 * in one statement for each partition.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/store/postgres_batch.h"

/* The records of one partition that go. */
struct part {
	char *name; /* as SQL writes it */
	struct buf tids;
	int64_t count;
};

struct deletion {
	const struct db_batch *b;
	struct postgres_batch found;
	struct val *key;
	struct part *parts;
	size_t part_count;
};

static enum status find_part(
    struct deletion *x, const char *name, struct part **out)
{
	struct part *more;
	size_t i;

	for (i = x->part_count; i-- > 0;) {
		if (strcmp(x->parts[i].name, name) == 0) {
			*out = &x->parts[i];
			return ST_OK;
		}
	}
	more = reallocarray(x->parts, x->part_count + 1, sizeof(*more));
	if (more == NULL)
		return fail(ST_NOMEM, "out of memory");
	x->parts = more;
	*out = more += x->part_count;
	*more = (struct part){ strdup(name), BUF_INIT, 0 };
	if (more->name == NULL)
		return fail(ST_NOMEM, "out of memory");
	x->part_count++;
	return ST_OK;
}

static enum status show(void *ctx, struct stmt *s)
{
	struct deletion *x = ctx;
	struct part *p = NULL;
	enum status st;
	size_t i;

	for (i = 0; i < x->b->key_count; i++)
		x->key[i] = db_val(s, (int)(POSTGRES_SHOWN + i));
	st = x->b->each(x->b->ctx, x->key);
	if (st == ST_NOTFOUND) {
		x->found.passed++;
		return ST_OK;
	}
	if (st == ST_OK)
		st = find_part(x, db_text(s, POSTGRES_RELATION), &p);
	if (st != ST_OK)
		return st;
	buf_adds(&p->tids, p->count++ ? ",\"" : "{\"");
	buf_adds(&p->tids, db_text(s, POSTGRES_TID));
	buf_addc(&p->tids, '"');
	return buf_status(&p->tids);
}

static enum status delete_part(
    struct db *db, struct deletion *x, struct part *p)
{
	struct sql q = SQL_INIT;
	int64_t gone = 0;
	enum status st;

	buf_addc(&p->tids, '}');
	sql_add(&q, "DELETE FROM ");
	buf_adds(&q.text, p->name); /* by the server, in quotes */
	sql_add(&q, " WHERE ctid = ANY (CAST(");
	sql_bind_text(&q, buf_text(&p->tids));
	sql_add(&q, " AS tid[]))");
	st = db_exec_sql(db, &q, &gone);
	sql_release(&q);
	if (st == ST_OK && gone != p->count)
		st = postgres_batch_refused(db, x->b->table, "deleted");
	return st;
}

static enum status delete_all(
    struct db *db, struct deletion *x, int64_t *deleted)
{
	enum status st = ST_OK;
	int64_t n = 0;
	size_t i;

	for (i = 0; st == ST_OK && i < x->part_count; i++) {
		st = delete_part(db, x, &x->parts[i]);
		n += x->parts[i].count;
	}
	if (st == ST_OK)
		*deleted = n;
	return st;
}

/* Until some go, or no more are found. */
static enum status run(struct db *db, struct deletion *x, int64_t *deleted)
{
	struct postgres *pg = postgres_of(db);
	int64_t most = pg->batch_rows;
	enum status st;

	if (most == 0 || x->b->budget_ns == 0 || most > x->b->limit)
		most = x->b->limit;
	if (pg->batch_rows == 0 && x->b->budget_ns > 0 && most > 1000)
		most = 1000;
	do
		st = postgres_batch_find(db, &x->found, most, show, x);
	while (st == ST_OK && x->part_count == 0 && x->found.found == most);
	if (st == ST_OK)
		st = delete_all(db, x, deleted);
	if (st == ST_OK)
		postgres_batch_learn(pg, &x->found, x->b->budget_ns);
	return st;
}

enum status postgres_delete_batch(
    struct db *db, const struct db_batch *b, int64_t *deleted)
{
	struct deletion x = { .b = b, .found = POSTGRES_BATCH_INIT };
	enum status st;
	size_t i;

	*deleted = 0;
	if (b->limit < 1)
		return ST_OK;
	if ((x.key = calloc(b->key_count + 1, sizeof(*x.key))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	if ((st = postgres_batch_build(b, &x.found)) == ST_OK)
		st = run(db, &x, deleted);
	for (i = 0; i < x.part_count; i++) {
		free(x.parts[i].name);
		buf_release(&x.parts[i].tids);
	}
	free(x.parts);
	free(x.key);
	postgres_batch_release(&x.found);
	return st;
}
