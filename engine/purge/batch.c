/* What is due, done in bounded batches, each with its evidence. */
#include "engine/purge/batch.h"

#include <stdlib.h>

#include "engine/installation/units.h"
#include "engine/plan/keys.h"
#include "engine/plan/rule_unit.h"
#include "engine/plan/unreachable.h"
#include "engine/purge/evidence.h"
#include "engine/purge/intent.h"
#include "engine/purge/remember.h"
#include "engine/purge/transform.h"
#include "engine/store/count.h"
#include "engine/store/reduced.h"

/* Of changing in one go: other writers wait as long, and for the commit. */
#define BATCH_NS INT64_C(100000000)

/* Records whose keys are held at once, and those of one statement. */
#define COLLECT_MOST 250000
#define COLLECT_PART 4096

#define MOST_TRIES 5

/* One pass over a rule's records: they go, or what is in them does. */
struct pass {
	const struct purge_context *context;
	const struct plan_item *item;
	const struct rule *rule;
	enum rule_class class;
	int64_t as_of;
	struct evidence *evidence;
	struct rule_leaves *leaves;
	size_t leaves_count;
	struct transform *transform;
	/* what a batch shows of each record: key columns; and where it goes,
	 * for each of leaves its columns, and its value where it stands in
	 * this collection */
	const char **columns;
	size_t column_count;
	int marked; /* some records of the collection were reduced */
	int64_t *done;
	const struct db_part *part; /* that is worked alone; or NULL */
	struct intent *intent;      /* of a batch on another server */
	int declared;               /* it is committed */
	int unsettled;              /* the one before may be open */
};

/* ---- what is shown ---- */

static enum status list_columns(struct pass *p)
{
	const struct rule *r = p->rule;
	size_t n = r->key_count + 1, i, k;

	for (i = 0; i < p->leaves_count; i++)
		n += p->leaves[i].column_count + (p->leaves[i].value != NULL);
	if ((p->columns = calloc(n, sizeof(*p->columns))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; i < r->key_count; i++)
		p->columns[p->column_count++] = r->keys[i];
	for (i = 0; i < p->leaves_count; i++) {
		const struct rule_leaves *l = &p->leaves[i];

		for (k = 0; k < l->column_count; k++)
			p->columns[p->column_count++] = l->columns[k];
		if (l->value)
			p->columns[p->column_count++] = l->value;
	}
	return ST_OK;
}

/* ---- records that go ---- */

/* That it was reduced once is forgotten with it. */
static enum status unmark(const struct pass *p, const struct val *key)
{
	const struct rule *r = p->rule;

	return p->marked ? reduced_forget(r->store->db, r->table, r->keys,
			       r->key_count, key)
			 : ST_OK;
}

/* ST_NOTFOUND: the plan that is carried out does not have it. */
static enum status filtered(const struct pass *p, const struct val *key)
{
	const struct purge_filter *f = p->context->filter;

	return f ? f->may_go(f->ctx, key) : ST_OK;
}

static enum status leave_behind(const struct pass *p, const struct val *row)
{
	const struct val *next = row + p->rule->key_count;
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < p->leaves_count; i++) {
		const struct rule_leaves *l = &p->leaves[i];

		if (l->value)
			st = remember(l, next, next[l->column_count]);
		else
			st = remember_reached(l, p->rule, row, next);
		next += l->column_count + (l->value != NULL);
	}
	return st;
}

/* A record goes: its hash, and what it leaves behind. */
static enum status each_deleted(void *ctx, const struct val *row)
{
	struct pass *p = ctx;
	enum status st = filtered(p, row);

	if (st == ST_OK)
		st = evidence_add(p->evidence, row);
	if (st == ST_OK)
		st = leave_behind(p, row);
	return st == ST_OK ? unmark(p, row) : st;
}

/* It is about to go on another server.  What it leaves behind must be here
 * before; until it is gone, it says the same as the record. */
static enum status each_declared(void *ctx, const struct val *row)
{
	struct pass *p = ctx;
	enum status st = filtered(p, row);

	if (st == ST_OK)
		st = intent_add(p->intent, row);
	return st == ST_OK ? leave_behind(p, row) : st;
}

/* It goes there, if it was declared. */
static enum status each_intended(void *ctx, const struct val *row)
{
	uint8_t hash[PSEUDONYM_LEN];
	struct pass *p = ctx;
	enum status st;

	st = evidence_hash(p->evidence, row, hash);
	if (st == ST_OK)
		st = intent_has(p->intent, hash);
	if (st == ST_OK)
		st = evidence_add(p->evidence, row);
	return st == ST_OK ? unmark(p, row) : st;
}

static enum status count_less(const struct rule *r, int64_t n)
{
	/* Counting anew would ask every server. */
	if (r->table->part_count > 0)
		return count_add_kept(r->store->db, r->table->name, -n);
	return count_add(r->store->db, r->table->name, -n);
}

static enum status delete_some(
    struct pass *p, const struct sql *where, int64_t *n)
{
	const struct rule *r = p->rule;
	struct db_batch b = {
		.table = r->table->name,
		.part = p->part,
		.keys = p->columns,
		.key_count = p->column_count,
		.where = where,
		.limit = p->context->batch,
		.budget_ns = BATCH_NS,
		.all_go = p->context->filter == NULL && p->leaves_count == 0 &&
			  !p->marked,
		.each = each_deleted,
		.ctx = p,
	};
	enum status st;

	if (rule_is_range(r))
		b.order = r->clocks[0].terms.start->field;
	if (p->intent && !p->declared) {
		b.each = each_declared;
		return db_show_batch(r->store->db, &b, n);
	}
	if (p->intent)
		b.each = each_intended, b.all_go = 0;
	st = db_delete_batch(r->store->db, &b, n);
	return st == ST_OK && *n > 0 ? count_less(r, *n) : st;
}

/* ---- records that stay ---- */

static enum status mark(const struct pass *p, const struct val *key)
{
	const struct rule *r = p->rule;
	struct val k[KEYS_MOST];

	keys_fill(key, r->key_count, k);
	return db_exec(r->store->db,
	    "INSERT INTO lethe_reduced (collection, cluster, k1, k2, k3, k4,"
	    " at) VALUES ($1, $2, $3, $4, $5, $6, $7)"
	    " ON CONFLICT DO NOTHING",
	    ARGS(TEXT(r->table->name), TEXT(r->terms.cluster->name), k[0], k[1],
		k[2], k[3], INT(when_now())));
}

static enum status each_changed(
    void *ctx, const struct val *row, struct val *changed)
{
	struct pass *p = ctx;
	const struct rule *r = p->rule;
	struct val key[KEYS_MOST];
	enum status st = filtered(p, row);

	if (st == ST_OK)
		st = evidence_add(p->evidence, row);
	if (st == ST_OK)
		st = transform_row(p->transform, row + r->key_count, changed);
	if (st != ST_OK)
		return st;
	reduce_key(&r->reduce, r->keys, r->key_count, row, changed, key);
	return mark(p, key);
}

static enum status change_some(
    struct pass *p, const struct sql *where, int64_t *n)
{
	const struct rule *r = p->rule;
	struct db_change c = {
		.table = r->table->name,
		.part = p->part,
		.keys = r->keys,
		.key_count = r->key_count,
		.where = where,
		.limit = p->context->batch,
		.budget_ns = BATCH_NS,
		.each = each_changed,
		.ctx = p,
	};
	const char **columns;
	enum status st;
	size_t i;

	columns = calloc(r->reduce.count + 1, sizeof(*columns));
	if (columns == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; i < r->reduce.count; i++)
		columns[i] = r->reduce.columns[i].column->name;
	c.columns = columns;
	c.column_count = r->reduce.count;
	st = db_change_batch(r->store->db, &c, n);
	free(columns);
	return st;
}

/* ---- batches ---- */

/* What is asked of the store is asked in the transaction that acts on it. */
static enum status act(struct pass *p, int64_t first, int64_t last, int64_t *n)
{
	struct sql where = SQL_INIT;
	enum status st;

	st = last > 0
		 ? rule_where_collected(
		       p->rule, p->class, p->as_of, first, last, &where)
		 : rule_where(p->rule, p->class, p->as_of, DB_BY_INDEX, &where);
	if (st == ST_OK)
		st = p->class == RULE_GOES ? delete_some(p, &where, n)
					   : change_some(p, &where, n);
	sql_release(&where);
	return st;
}

static enum status write_evidence(struct pass *p)
{
	const struct purge_context *c = p->context;
	enum status st = ST_OK;

	if (c->wrote)
		st = c->wrote(c->wrote_ctx, p->item,
		    evidence_action_of(p->evidence),
		    evidence_hashes(p->evidence));
	return st == ST_OK ? evidence_write(p->evidence, when_now()) : st;
}

/* Inside the caller's transaction. */
static enum status one_batch_inside(
    struct pass *p, int64_t first, int64_t last, int64_t *n)
{
	enum status st;

	*n = 0;
	st = act(p, first, last, n);
	return st == ST_OK && *n > 0 ? write_evidence(p) : st;
}

/* One transaction.  ${*n} 0: nothing is left. */
static enum status one_batch(
    struct pass *p, int64_t first, int64_t last, int64_t *n)
{
	struct db *db = p->rule->store->db;
	enum status st;

	*n = 0;
	if ((st = db_begin(db, DB_WRITE)) != ST_OK)
		return st;
	st = act(p, first, last, n);
	if (st == ST_OK && *n > 0)
		st = write_evidence(p);
	if (st == ST_OK && p->intent)
		st = intent_close(p->intent);
	if (st == ST_OK && (*n > 0 || p->intent))
		st = db_commit(db);
	else
		db_rollback(db);
	if (st != ST_OK) {
		db_rollback(db);
		evidence_drop(p->evidence);
		*n = 0;
	}
	return st;
}

static enum status declare(
    struct pass *p, int64_t first, int64_t last, int64_t *n)
{
	struct db *db = p->rule->store->db;
	enum status st;

	*n = 0;
	if ((st = db_begin(db, DB_WRITE)) != ST_OK)
		return st;
	st = act(p, first, last, n);
	if (st == ST_OK && *n > 0)
		st = intent_declare(p->intent);
	if (st == ST_OK && *n > 0)
		st = db_commit(db);
	db_rollback(db);
	return st;
}

/* Two transactions (intent.h); what became of the batch before is known before
 * anything else is declared. */
static enum status one_batch_away(
    struct pass *p, int64_t first, int64_t last, int64_t *n)
{
	enum status st = ST_OK;

	*n = 0;
	if (p->unsettled)
		st = intent_settle(p->rule->store, p->rule->collection->name,
		    p->part, p->context->run, NULL, p->done);
	if (st == ST_OK)
		st = intent_new(p->evidence, p->rule, p->part, &p->intent);
	if (st != ST_OK)
		return st;
	p->declared = 0;
	p->unsettled = 1;
	st = declare(p, first, last, n);
	p->declared = 1;
	if (st == ST_OK && *n > 0)
		st = one_batch(p, first, last, n);
	p->unsettled = st != ST_OK;
	intent_free(p->intent);
	p->intent = NULL;
	return st;
}

static enum status one_batch_anywhere(
    struct pass *p, int64_t first, int64_t last, int64_t *n)
{
	if (p->part && p->part->server && p->class == RULE_GOES)
		return one_batch_away(p, first, last, n);
	return one_batch(p, first, last, n);
}

/* What the database undid because of others, or with the connection, is whole
 * again: once more. */
static enum status one_batch_again(
    struct pass *p, int64_t first, int64_t last, int64_t *n)
{
	enum status st;
	int tries;

	if (p->context->whole)
		return one_batch_inside(p, first, last, n);
	st = one_batch_anywhere(p, first, last, n);
	for (tries = 1; (st == ST_BUSY || st == ST_UNREACHABLE) &&
			tries < MOST_TRIES && db_undone(p->rule->store->db);
	     tries++)
		st = one_batch_anywhere(p, first, last, n);
	return st;
}

static enum status all_batches(
    struct pass *p, int64_t first, int64_t last, int64_t *done)
{
	const struct purge_context *c = p->context;
	enum status st = ST_OK;
	int64_t n = 1;

	while (st == ST_OK && n > 0) {
		if (c->may_go_on &&
		    (st = c->may_go_on(c->may_go_on_ctx)) != ST_OK)
			break;
		st = one_batch_again(p, first, last, &n);
		*done += n;
		*p->done += n;
		if (n > 0 && c->progress)
			c->progress(c->progress_ctx, p->item, n);
	}
	return st;
}

/* What is found by asking all that is due at once is found once, and then
 * asked again of each record. */
static enum status in_parts(struct pass *p)
{
	int64_t found = 0, done = 1, first;
	enum status st = ST_OK;

	while (st == ST_OK && done > 0) {
		done = 0;
		st = rule_collect(
		    p->rule, p->class, p->as_of, COLLECT_MOST, &found);
		for (first = 1; st == ST_OK && first <= found;
		     first += COLLECT_PART)
			st = all_batches(
			    p, first, first + COLLECT_PART - 1, &done);
		/* What was deleted may have been all that kept another. */
		if (found < COLLECT_MOST && !p->rule->referenced)
			break;
	}
	return st;
}

static enum status run_pass(struct pass *p)
{
	int64_t done = 0;

	/* A batch of changes reads a bounded number of records, which could
	 * all be such as the filter leaves; a part is read to its end. */
	if (p->class == RULE_REDUCES && p->context->filter)
		return in_parts(p);
	return rule_is_range(p->rule) ? all_batches(p, 0, 0, &done)
				      : in_parts(p);
}

static enum status run_parts(struct pass *p)
{
	const struct db_table *t = p->rule->table;
	enum status st = ST_OK;
	size_t i;

	if (t->part_count == 0)
		return run_pass(p);
	if (p->context->whole)
		return fail(ST_DENIED,
		    "%s.%s has parts on other servers, which no transaction "
		    "spans: erase them there",
		    p->rule->store->config->name, p->rule->collection->name);
	for (i = 0; st == ST_OK && i < t->part_count; i++) {
		p->part = &t->parts[i];
		p->unsettled = 0;
		rule_narrow(p->rule, p->part);
		st = run_pass(p);
		rule_narrow(p->rule, NULL);
		st = unreachable_note(
		    p->context->unreachable, st, p->rule, p->part);
	}
	return st;
}

/* ---- passes ---- */

static enum status begin(struct pass *p, enum evidence_action action)
{
	const struct purge_context *c = p->context;

	return evidence_new(p->item, action, c->run, c->rule_set,
	    c->evidence_key, &p->evidence);
}

static void end(struct pass *p)
{
	evidence_free(p->evidence);
	transform_free(p->transform);
	free(p->columns);
	free(p->leaves);
}

static enum status delete_rows(struct pass p, int64_t *deleted)
{
	enum status st;

	p.class = RULE_GOES;
	p.done = deleted;
	st = schedule_leaves(
	    p.context->schedule, p.rule, &p.leaves, &p.leaves_count);
	if (st == ST_OK)
		st = list_columns(&p);
	if (st == ST_OK)
		st = reduced_any(
		    p.rule->store->db, p.rule->table->name, &p.marked);
	if (st == ST_OK)
		st = begin(&p, EVIDENCE_DELETE);
	if (st == ST_OK)
		st = run_parts(&p);
	end(&p);
	return st;
}

static enum status reduce_rows(
    struct pass p, enum evidence_action action, int64_t *reduced)
{
	enum status st;

	p.class = RULE_REDUCES;
	p.done = reduced;
	st = transform_new(&p.rule->reduce, p.rule->terms.calendar.zone,
	    p.context->evidence_key, &p.transform);
	if (st == ST_OK)
		st = begin(&p, action);
	if (st == ST_OK)
		st = run_parts(&p);
	end(&p);
	return st;
}

enum status purge_item(const struct purge_context *c,
    const struct plan_item *item, int64_t as_of, struct purge_counts *done)
{
	const struct rule *r = item->rule;
	const struct pass p = {
		.context = c, .item = item, .rule = r, .as_of = as_of
	};
	enum status st = ST_OK;

	*done = (struct purge_counts){ 0, 0, 0 };
	if (r->part == 0 && r->terms.cluster->action == POLICY_DELETE)
		st = delete_rows(p, &done->deleted);
	if (st != ST_OK || r->reduce.count == 0)
		return st;
	if (r->terms.cluster->action == POLICY_DE_IDENTIFY)
		return reduce_rows(
		    p, EVIDENCE_DE_IDENTIFY, &done->de_identified);
	return reduce_rows(p, EVIDENCE_MINIMISE, &done->minimised);
}

enum status purge_idle(const struct rule *r, int64_t as_of, int *idle)
{
	int64_t records = 0;
	enum status st;

	*idle = rule_unit_at(r, as_of) == RULE_UNIT_RUNS;
	if (*idle || units_segment(r->store) == NULL)
		return ST_OK;
	st = count_get(r->store->db, r->table->name, &records);
	*idle = records == 0;
	return st;
}
