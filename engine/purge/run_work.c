/*
 * What the workers of a run do.  A store is a group: whoever works on it has it
 * to himself.  What all of them write is written here, under one mutex.
 */
#include "engine/purge/run.h"

#include <stdlib.h>
#include <unistd.h>

#include "engine/purge/batch.h"
#include "engine/purge/stop.h"
#include "engine/purge/workers.h"

/* ---- what all write ---- */

static void enter(struct run *r) { (void)pthread_mutex_lock(&r->mutex); }
static void leave(struct run *r) { (void)pthread_mutex_unlock(&r->mutex); }

static void add_done(struct run *r, size_t item, const struct purge_counts *n)
{
	struct purge_counts *sum = &r->outcome.results[item].done;

	enter(r);
	sum->deleted += n->deleted;
	sum->de_identified += n->de_identified;
	sum->minimised += n->minimised;
	leave(r);
}

static void progress(void *ctx, const struct plan_item *item, int64_t n)
{
	struct run *r = ctx;

	enter(r);
	r->progressed += n;
	if (r->options->progress)
		r->options->progress(r->options->progress_ctx,
		    item->rule->terms.cluster->name, r->progressed,
		    plan_due(&r->plan));
	leave(r);
}

static int is_stopped(struct run *r)
{
	int yes;

	enter(r);
	yes = r->stopped != NULL;
	leave(r);
	return yes;
}

static void not_scrubbed(struct run *r)
{
	enter(r);
	r->outcome.scrubbed = 0;
	leave(r);
}

static void not_verified(struct run *r)
{
	enter(r);
	r->outcome.verified = 0;
	leave(r);
}

/* ---- groups ---- */

/* What a worker has in hand: a store of its lane. */
struct hand {
	struct run *run;
	struct lane *lane;
	struct installation_store *store;
	size_t at; /* of the store */
};

static enum status take(
    struct run *r, size_t worker, size_t group, struct hand *out)
{
	struct hand h = { r, &r->lanes[worker], NULL, group };
	enum status st = lane_store(h.lane, group, &h.store);

	if (st == ST_OK)
		*out = h;
	return st;
}

static int takes(const struct run *r, size_t group)
{
	return run_takes(r, &r->in->stores[group]);
}

/* Is the item one of the store in hand? */
static int is_here(const struct hand *h, size_t item)
{
	return h->run->plan.items[item].rule->store ==
	       &h->run->in->stores[h->at];
}

static enum status do_stores(struct run *r, struct work w)
{
	w.groups = r->in->store_count;
	w.ctx = r;
	return workers_do(&w, r->jobs);
}

/* ---- planning ---- */

static enum status count_items(struct hand *h)
{
	struct run *r = h->run;
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < r->plan.count; i++) {
		struct plan_item *item = &r->plan.items[i], own;

		if (!is_here(h, i))
			continue;
		own = lane_item(h->lane, item);
		st = plan_count(&own, r->as_of, r->detail);
		own.rule = item->rule; /* in the plan it is the run's */
		*item = own;
	}
	return st;
}

static enum status begin_count(
    void *ctx, size_t worker, size_t group, size_t *parts)
{
	struct hand h;
	enum status st;

	(void)parts;
	if (!takes(ctx, group))
		return ST_OK;
	st = take(ctx, worker, group, &h);
	return st == ST_OK ? count_items(&h) : st;
}

enum status run_count(struct run *r, enum plan_detail detail)
{
	r->detail = detail;
	return do_stores(r, (struct work){ .begin = begin_count });
}

/* ---- execution ---- */

/* The emergency stop, asked before every batch by each worker. */
static enum status may_go_on(void *ctx)
{
	struct hand *h = ctx;
	json_t *stop = NULL;
	enum status st = stop_read(h->lane->in, &stop);

	if (st == ST_OK && stop) {
		enter(h->run);
		st = run_stop_by(h->run, stop);
		leave(h->run);
		if (st == ST_OK)
			st = ST_DENIED;
	}
	json_decref(stop);
	return st;
}

static enum status execute_item(
    struct hand *h, struct purge_context *c, size_t i)
{
	struct run *r = h->run;
	struct plan_item own = lane_item(h->lane, &r->plan.items[i]);
	struct purge_filter filter = { selection_may_go, NULL };
	struct purge_counts done = { 0, 0, 0 };
	enum status st;

	/* What refers to a parent may only go in this run: ask it anyway. */
	if (own.due == 0 && !own.rule->referenced)
		return ST_OK;
	if (r->file) {
		if (r->selections[i].count == 0)
			return ST_OK;
		filter.ctx = &r->selections[i];
		c->filter = &filter;
	}
	st = holds_keep_fresh(
	    h->lane->in, h->store, &h->lane->watches[h->at]);
	if (st == ST_OK)
		st = purge_item(c, &own, r->as_of, &done);
	c->filter = NULL;
	add_done(r, i, &done);
	return st;
}

static enum status execute_items(struct hand *h)
{
	struct run *r = h->run;
	struct purge_context c = {
		.schedule = h->lane->schedule,
		.run = r->id,
		.rule_set = r->in->rule_set,
		.batch = r->in->config.purge.batch,
		.may_go_on = may_go_on,
		.may_go_on_ctx = h,
		.progress = progress,
		.progress_ctx = r,
	};
	struct keyring_key key;
	enum status st;
	size_t i;

	if ((st = keyring_find(h->lane->in->keys, "evidence", &key)) != ST_OK)
		return st;
	c.evidence_key = key.secret;
	for (i = 0; st == ST_OK && i < r->plan.count; i++) {
		if (is_here(h, i))
			st = execute_item(h, &c, i);
	}
	return st == ST_DENIED && is_stopped(r) ? ST_OK : st;
}

/* ---- afterwards ---- */

static int remembers(const struct rule *r)
{
	size_t i;

	for (i = 0; i < r->clock_count; i++) {
		if (r->clocks[i].path.count)
			return 1;
	}
	return 0;
}

/* What no record needs any more of what others left behind; also of what went
 * in a run that was killed before it came here. */
static enum status forget(struct hand *h)
{
	const struct schedule *s = h->lane->schedule;
	struct db *db = h->store->db;
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < s->count; i++) {
		const struct rule *rule = &s->rules[i];

		if (rule->store != h->store || !remembers(rule))
			continue;
		st = db_begin(db, DB_WRITE);
		if (st == ST_OK)
			st = rule_forget(s, rule);
		if (st == ST_OK)
			st = db_commit(db);
		if (st != ST_OK)
			db_rollback(db);
	}
	return st;
}

/* A reader that holds an older state keeps deleted pages alive: that is a
 * state of its own, reported and left to the next run. */
static enum status scrub(struct hand *h)
{
	enum status st = db_scrub(h->store->db);

	if (st == ST_BUSY) {
		not_scrubbed(h->run);
		st = ST_OK;
	}
	return st;
}

/* What became of the records of a plan file. */
static enum status account(struct hand *h, size_t i)
{
	struct run *r = h->run;
	struct plan_item own = lane_item(h->lane, &r->plan.items[i]);
	enum status st;

	selection_over(&r->selections[i], &own);
	st = selection_account(&r->selections[i], r->as_of,
	    &r->outcome.results[i].selected);
	selection_over(&r->selections[i], &r->plan.items[i]);
	return st;
}

/* What could be done to a record of this rule now, and was not. */
static enum status count_undone(
    const struct rule *r, int64_t as_of, int64_t *records)
{
	int64_t goes = 0, reduces = 0;
	enum status st;

	st = rule_count(r, RULE_GOES, as_of, DB_BY_INDEX, &goes);
	if (st == ST_OK)
		st = rule_count(r, RULE_REDUCES, as_of, DB_BY_INDEX, &reduces);
	*records = goes + reduces;
	return st;
}

/* Ask its due condition again.  What is left waits for records that refer to
 * it; if it was planned and could be done, it has come in meanwhile, and the
 * run is not verified. */
static enum status verify(struct hand *h, size_t i)
{
	struct run *r = h->run;
	struct purge_result *result = &r->outcome.results[i];
	struct plan_item planned = lane_item(h->lane, &r->plan.items[i]);
	struct plan_item after = { .rule = planned.rule };
	int64_t undone = 0;
	enum status st;

	if ((st = plan_count(&after, r->as_of, PLAN_DUE)) != ST_OK)
		return st;
	result->left = after.due - result->selected.unplanned;
	result->overdue = after.overdue;
	if (result->left > 0)
		st = count_undone(after.rule, r->as_of, &undone);
	if (undone > result->selected.unplanned)
		not_verified(r);
	return st;
}

static enum status each_item(
    struct hand *h, enum status (*act)(struct hand *h, size_t item))
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < h->run->plan.count; i++) {
		if (is_here(h, i))
			st = act(h, i);
	}
	return st;
}

static enum status begin_work(
    void *ctx, size_t worker, size_t group, size_t *parts)
{
	struct hand h;
	enum status st;

	(void)parts;
	if (!takes(ctx, group))
		return ST_OK;
	st = take(ctx, worker, group, &h);
	return st == ST_OK ? execute_items(&h) : st;
}

static enum status end_work(void *ctx, size_t worker, size_t group)
{
	struct run *r = ctx;
	struct hand h;
	enum status st;

	if (!takes(r, group))
		return ST_OK;
	if ((st = take(r, worker, group, &h)) != ST_OK)
		return st;
	if (!is_stopped(r) && (st = forget(&h)) != ST_OK)
		return st;
	if ((st = scrub(&h)) != ST_OK)
		return st;
	if (r->file && (st = each_item(&h, account)) != ST_OK)
		return st;
	return each_item(&h, verify);
}

enum status run_work(struct run *r)
{
	r->outcome.scrubbed = 1;
	r->outcome.verified = 1;
	return do_stores(
	    r, (struct work){ .begin = begin_work, .end = end_work });
}
