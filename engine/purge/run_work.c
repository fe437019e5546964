/*
 * What the workers of a run do.  A store is a group, its files (the store
 * itself, or the rest and the segments) are the group's parts: no record of one
 * keeps a record of another from going.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/installation/units.h"
#include "engine/plan/unreachable.h"
#include "engine/purge/drop.h"
#include "engine/purge/drop_partition.h"
#include "engine/purge/hand.h"
#include "engine/purge/workers.h"

static int takes(const struct run *r, size_t group)
{
	return run_takes(r, &r->in->stores[group]);
}

static enum status do_stores(struct run *r, struct work w)
{
	w.groups = r->in->store_count;
	w.ctx = r;
	return workers_do(&w, r->jobs);
}

/* A store that is not there costs only itself. */
static enum status away(struct run *r, size_t group, enum status st)
{
	return unreachable_store(
	    r->unreachable[group], st, r->in->stores[group].config->name);
}

static enum status each_item(
    struct hand *h, enum status (*act)(struct hand *h, size_t item))
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < h->run->plan.count; i++) {
		if (hand_has(h, i))
			st = act(h, i);
	}
	return st;
}

/* ---- planning ---- */

/* Whose item it is stays as it is: the others ask for that meanwhile. */
static void keep_counts(struct plan_item *to, const struct plan_item *from)
{
	to->cutoff = from->cutoff;
	to->records = from->records;
	to->due = from->due;
	to->overdue = from->overdue;
	to->held = from->held;
	to->restricted = from->restricted;
	to->undecided = from->undecided;
	to->active = from->active;
	to->retain = from->retain;
}

static enum status count(struct hand *h, size_t i)
{
	struct run *r = h->run;
	struct plan_item own = hand_item(h, i);
	enum status st = plan_count(&own, r->as_of, r->detail, h->unreachable);

	keep_counts(&r->plan.items[i], &own);
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
	st = hand_take(ctx, worker, group, &h);
	if (st == ST_OK)
		st = each_item(&h, count);
	return away(ctx, group, st);
}

enum status run_count(struct run *r, enum plan_detail detail)
{
	r->detail = detail;
	return do_stores(r, (struct work){ .begin = begin_count });
}

/* ---- the files of a store ---- */

/* By name: a segment that comes in meanwhile moves the others. */
static enum status list_units(const struct hand *h, struct run_units *out)
{
	struct run_units u = { NULL, units_count(h->store) };
	size_t i;

	if ((u.names = calloc(u.count, sizeof(*u.names))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 1; i < u.count; i++)
		memcpy(u.names[i], segments_at(h->store->segments, i - 1)->name,
		    sizeof(u.names[i]));
	*out = u;
	return ST_OK;
}

/* Use the file ${part}, as the lane knows it.  ST_NOTFOUND: it is gone. */
static enum status use(const struct hand *h, size_t part)
{
	const char *name = h->run->units[h->at].names[part];
	size_t u;

	for (u = 1; *name && u < units_count(h->store); u++) {
		if (strcmp(segments_at(h->store->segments, u - 1)->name,
			name) == 0)
			return units_use(h->store, u);
	}
	if (*name)
		return fail(ST_NOTFOUND,
		    "the segment %s/%s is gone: run the purge again",
		    h->store->config->name, name);
	units_rest(h->store);
	return ST_OK;
}

/* ---- execution ---- */

/* In one file, whatever its place in the plan's order of collections. */
static enum status execute_here(struct hand *h, struct purge_context *c,
    size_t i, size_t part, struct purge_counts *done)
{
	struct plan_item own = hand_item(h, i);
	enum status st;
	int idle = 0;

	if ((st = use(h, part)) != ST_OK)
		return st;
	if ((st = purge_idle(own.rule, h->run->as_of, &idle)) != ST_OK || idle)
		return st;
	units_rest(h->store);
	st = holds_keep_fresh(h->lane->in, h->store, &h->lane->watches[h->at]);
	if (st == ST_OK)
		st = use(h, part);
	return st == ST_OK ? purge_item(c, &own, h->run->as_of, done) : st;
}

static enum status execute_item(
    struct hand *h, struct purge_context *c, size_t i, size_t part)
{
	struct run *r = h->run;
	const struct plan_item *item = &r->plan.items[i];
	struct purge_filter filter = { selection_may_go, NULL };
	struct purge_counts done = { 0, 0, 0 };
	enum status st;

	/* What refers to a parent may only go in this run: ask it anyway. */
	if (item->due == 0 && !item->rule->referenced)
		return ST_OK;
	if (r->file) {
		if (r->selections[i].count == 0)
			return ST_OK;
		filter.ctx = &r->selections[i];
		c->filter = &filter;
	}
	st = unreachable_note(h->unreachable,
	    execute_here(h, c, i, part, &done), hand_item(h, i).rule, NULL);
	units_rest(h->store);
	c->filter = NULL;
	hand_done(h, i, &done);
	return st;
}

static enum status execute_items(struct hand *h, size_t part)
{
	struct run *r = h->run;
	struct purge_context c = {
		.schedule = h->lane->schedule,
		.run = r->id,
		.rule_set = r->in->rule_set,
		.batch = r->in->config.purge.batch,
		.may_go_on = hand_may_go_on,
		.may_go_on_ctx = h,
		.progress = hand_progress,
		.progress_ctx = h,
		.unreachable = h->unreachable,
	};
	struct keyring_key key;
	enum status st;
	size_t i;

	if ((st = keyring_find(h->lane->in->keys, "evidence", &key)) != ST_OK)
		return st;
	c.evidence_key = key.secret;
	for (i = 0; st == ST_OK && i < r->plan.count; i++) {
		if (hand_has(h, i))
			st = execute_item(h, &c, i, part);
	}
	return st;
}

/* A stop is no failure of the store. */
static enum status unless_stopped(const struct hand *h, enum status st)
{
	return st == ST_DENIED && hand_is_stopped(h) ? ST_OK : st;
}

/* A reader that holds an older state keeps deleted pages alive: that is a
 * state of its own, reported and left to the next run. */
static enum status scrub(const struct hand *h)
{
	enum status st = db_scrub(h->store->db);

	if (st == ST_BUSY) {
		hand_not_scrubbed(h);
		st = ST_OK;
	}
	return st;
}

/* What dies whole goes first: by one worker, since it is the rest that says
 * so.  A plan file names records: each of them goes by itself. */
static enum status begin_work(
    void *ctx, size_t worker, size_t group, size_t *parts)
{
	struct run *r = ctx;
	struct hand h;
	enum status st;

	if (!takes(r, group))
		return ST_OK;
	st = hand_take(r, worker, group, &h);
	if (st == ST_OK)
		st = run_check_seals(r, h.lane->in,
		    r->in->stores[group].config->name, SEALS_LIST);
	if (st == ST_OK && r->file == NULL)
		st =
		    unless_stopped(&h, h.store->segments ? drop_segments(&h)
							 : drop_partitions(&h));
	if (st == ST_OK)
		st = list_units(&h, &r->units[group]);
	*parts = r->file ? 1 : r->units[group].count;
	return away(r, group, st);
}

/* The rest is written to until the end: it is scrubbed then. */
static enum status work_on(struct hand *h, size_t unit)
{
	enum status st = unless_stopped(h, execute_items(h, unit));

	if (st == ST_OK && unit > 0 && (st = use(h, unit)) == ST_OK)
		st = scrub(h);
	units_rest(h->store);
	return st;
}

/* What became of the records of a plan file is noted in one place for all
 * files of a store, so that they are one worker's. */
static enum status part_work(
    void *ctx, size_t worker, size_t group, size_t part)
{
	struct run *r = ctx;
	struct hand h;
	enum status st;
	size_t u;

	st = hand_take(r, worker, group, &h);
	if (st == ST_OK && r->file == NULL)
		st = work_on(&h, part);
	for (u = 0; r->file && st == ST_OK && u < r->units[group].count; u++)
		st = work_on(&h, u);
	return away(r, group, st);
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
		db_rollback(db);
		st = unreachable_note(h->unreachable, st, rule, NULL);
	}
	return st;
}

/* What became of the records of a plan file. */
static enum status account(struct hand *h, size_t i)
{
	struct run *r = h->run;
	struct plan_item own = hand_item(h, i);
	enum status st;

	selection_over(&r->selections[i], &own);
	st = selection_account(
	    &r->selections[i], r->as_of, &r->outcome.results[i].selected);
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
	struct plan_item after = { .rule = hand_item(h, i).rule };
	int64_t undone = 0;
	enum status st;

	if ((st = plan_count(&after, r->as_of, PLAN_DUE, h->unreachable)) !=
	    ST_OK)
		return st;
	result->left = after.due - result->selected.unplanned;
	result->overdue = after.overdue;
	if (result->left > 0)
		st = unreachable_note(h->unreachable,
		    count_undone(after.rule, r->as_of, &undone), after.rule,
		    NULL);
	if (undone > result->selected.unplanned)
		hand_not_verified(h);
	return st;
}

static enum status end_store(struct hand *h)
{
	struct run *r = h->run;
	enum status st = ST_OK;

	if (!hand_is_stopped(h))
		st = forget(h);
	if (st == ST_OK)
		st = away(r, h->at, scrub(h));
	if (st == ST_OK && r->file)
		st = each_item(h, account);
	return st == ST_OK ? each_item(h, verify) : st;
}

static enum status end_work(void *ctx, size_t worker, size_t group)
{
	struct run *r = ctx;
	struct hand h;
	enum status st;

	if (!takes(r, group))
		return ST_OK;
	st = hand_take(r, worker, group, &h);
	if (st == ST_OK)
		st = end_store(&h);
	return away(r, group, st);
}

enum status run_work(struct run *r)
{
	struct work w = {
		.begin = begin_work, .part = part_work, .end = end_work
	};
	enum status st;

	r->units = calloc(r->in->store_count + 1, sizeof(*r->units));
	if (r->units == NULL)
		return fail(ST_NOMEM, "out of memory");
	r->outcome.scrubbed = 1;
	r->outcome.verified = 1;
	if ((st = do_stores(r, w)) == ST_OK)
		st = run_join(r);
	if (json_array_size(r->outcome.unreachable) > 0)
		r->outcome.verified = 0;
	r->outcome.asked = st == ST_OK;
	return st;
}
