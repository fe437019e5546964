/* Deletion in bounded batches, each with its evidence. */
#include "engine/purge/batch.h"

#include <stdlib.h>

#include "engine/purge/evidence.h"
#include "engine/purge/remember.h"
#include "engine/store/count.h"

/* Of deleting in one go: other writers wait as long, and for the commit. */
#define BATCH_NS INT64_C(100000000)

struct work {
	const struct rule *rule;
	const struct purge_filter *filter;
	struct evidence *evidence;
	struct rule_leaves *leaves;
	size_t leaves_count;
	/* key columns, then for each of leaves its columns, and its value
	 * where it stands in this collection */
	const char **columns;
	size_t column_count;
};

static enum status list_columns(struct work *w)
{
	const struct rule *r = w->rule;
	size_t n = r->key_count, i, k;

	for (i = 0; i < w->leaves_count; i++)
		n += w->leaves[i].column_count + (w->leaves[i].value != NULL);
	if ((w->columns = calloc(n, sizeof(*w->columns))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; i < r->key_count; i++)
		w->columns[w->column_count++] = r->keys[i];
	for (i = 0; i < w->leaves_count; i++) {
		const struct rule_leaves *l = &w->leaves[i];

		for (k = 0; k < l->column_count; k++)
			w->columns[w->column_count++] = l->columns[k];
		if (l->value)
			w->columns[w->column_count++] = l->value;
	}
	return ST_OK;
}

/* A record goes: its hash, and what it leaves behind. */
static enum status each(void *ctx, const struct val *row)
{
	struct work *w = ctx;
	const struct val *next = row + w->rule->key_count;
	enum status st = ST_OK;
	size_t i;

	if (w->filter)
		st = w->filter->may_go(w->filter->ctx, row);
	if (st == ST_OK)
		st = evidence_add(w->evidence, row);
	for (i = 0; st == ST_OK && i < w->leaves_count; i++) {
		const struct rule_leaves *l = &w->leaves[i];

		if (l->value)
			st = remember(l, next, next[l->column_count]);
		else
			st = remember_reached(l, w->rule, row, next);
		next += l->column_count + (l->value != NULL);
	}
	return st;
}

/* One transaction.  ${*deleted} 0: nothing is left. */
static enum status one_batch(const struct purge_context *c, struct work *w,
    const struct sql *where, int64_t *deleted)
{
	const struct rule *r = w->rule;
	struct db_batch b = {
		.table = r->table->name,
		.keys = w->columns,
		.key_count = w->column_count,
		.where = where,
		.order = r->path.count ? NULL : r->terms.start->field,
		.limit = c->batch,
		.budget_ns = BATCH_NS,
		.each = each,
		.ctx = w,
	};
	enum status st;

	*deleted = 0;
	if ((st = db_begin(r->store->db, DB_WRITE)) != ST_OK)
		return st;
	st = db_delete_batch(r->store->db, &b, deleted);
	if (st == ST_OK && *deleted > 0)
		st = evidence_write(w->evidence, when_now());
	if (st == ST_OK && *deleted > 0)
		st = count_add(r->store->db, r->table->name, -*deleted);
	if (st == ST_OK && *deleted > 0)
		st = db_commit(r->store->db);
	else
		db_rollback(r->store->db);
	if (st != ST_OK) {
		db_rollback(r->store->db);
		evidence_drop(w->evidence);
		*deleted = 0;
	}
	return st;
}

enum status purge_item(const struct purge_context *c,
    const struct plan_item *item, int64_t as_of, int64_t *deleted)
{
	struct work w = { .rule = item->rule, .filter = c->filter };
	struct sql where = SQL_INIT;
	enum db_effort effort = DB_EVERY;
	int64_t n = 0;
	enum status st;

	*deleted = 0;
	st = rule_effort(w.rule, &effort);
	if (st == ST_OK)
		st = rule_where(w.rule, RULE_DUE, as_of, effort, &where);
	rule_unreferenced(w.rule, &where);
	if (st == ST_OK)
		st = schedule_leaves(
		    c->schedule, w.rule, &w.leaves, &w.leaves_count);
	if (st == ST_OK)
		st = list_columns(&w);
	if (st == ST_OK)
		st = evidence_new(
		    item, c->run, c->rule_set, c->evidence_key, &w.evidence);
	while (st == ST_OK) {
		if (c->may_go_on &&
		    (st = c->may_go_on(c->may_go_on_ctx)) != ST_OK)
			break;
		st = one_batch(c, &w, &where, &n);
		*deleted += n;
		if (n == 0)
			break;
		if (c->progress)
			c->progress(c->progress_ctx, item, *deleted);
	}
	evidence_free(w.evidence);
	free(w.columns);
	free(w.leaves);
	sql_release(&where);
	return st;
}
