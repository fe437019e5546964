/* An erasure that was approved, carried out, and what it leaves in the log. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/base64.h"
#include "engine/base/civil.h"
#include "engine/holds/registry.h"
#include "engine/installation/seals.h"
#include "engine/installation/units.h"
#include "engine/plan/asked_left.h"
#include "engine/purge/erasing.h"
#include "engine/purge/run_rules.h"
#include "engine/subjects/subjects.h"

/* ---- against the plan ---- */

static const struct {
	const char *word;
	enum evidence_action action;
} actions[] = {
	{ "delete", EVIDENCE_DELETE },
	{ "de_identify", EVIDENCE_DE_IDENTIFY },
	{ "minimise", EVIDENCE_MINIMISE },
};

static int is_item(
    const json_t *o, const struct rule *r, enum evidence_action action)
{
	return strcmp(json_text(o, "store"), r->store->config->name) == 0 &&
	       strcmp(json_text(o, "collection"), r->collection->name) == 0 &&
	       strcmp(json_text(o, "cluster"), r->terms.cluster->name) == 0 &&
	       strcmp(json_text(o, "action"), actions[action].word) == 0;
}

/* What the plan has of it. */
static enum status planned(const struct erasing *e, const json_t *plan,
    size_t rule, enum evidence_action action, struct buf *out)
{
	const struct rule *r = &e->run.schedule.rules[rule];
	const json_t *o;
	size_t i;

	buf_clear(out);
	json_array_foreach(json_object_get(plan, "items"), i, o)
	{
		if (is_item(o, r, action))
			return base64_decode(out, json_text(o, "hashes"),
			    strlen(json_text(o, "hashes")));
	}
	return ST_OK;
}

/*
 * Nothing goes that was not approved; and nothing that was to go stays, be it
 * suspended meanwhile or for another reason.  What was changed before the
 * erasure was cut off is not changed again.
 */
static int as_planned(const struct erasing *e, size_t rule,
    enum evidence_action action, const struct buf *plan)
{
	const struct erase_sets *s = &e->sets[rule];
	const struct buf *done = &s->done[action];

	if (!erasing_all_in(done, plan))
		return 0;
	if (action == EVIDENCE_DELETE)
		return erasing_none_in(plan, &s->stays);
	return e->subject->targets != NULL || erasing_all_in(plan, done);
}

static enum status compare(const struct erasing *e, const json_t *plan)
{
	struct buf hashes = BUF_INIT;
	enum status st = ST_OK;
	int same;
	size_t i, k;

	same = strcmp(json_text(plan, "rule_set"), e->run.in->rule_set) == 0;
	for (i = 0; same && i < e->run.schedule.count; i++) {
		for (k = 0; same && st == ST_OK && k < ERASE_ACTIONS; k++) {
			st = planned(e, plan, i, actions[k].action, &hashes);
			if (st == ST_OK)
				same = as_planned(
				    e, i, actions[k].action, &hashes);
		}
	}
	buf_release(&hashes);
	if (st != ST_OK || same)
		return st;
	return fail(ST_CONFLICT,
	    "what would be erased is no longer what was approved, since "
	    "records, rules or holds have changed: nothing was erased; look "
	    "again with `lethe request plan`, and decide anew");
}

/* ---- the log ---- */

/* The plan's items as those of a run, so that the log says of them what it
 * says of every run's. */
static enum status list_items(struct erasing *e)
{
	const struct schedule *s = &e->run.schedule;
	struct plan *p = &e->run.plan;
	size_t i, k;

	p->items = calloc(s->count + 1, sizeof(*p->items));
	e->run.outcome.results =
	    calloc(s->count + 1, sizeof(*e->run.outcome.results));
	if (p->items == NULL || e->run.outcome.results == NULL)
		return fail(ST_NOMEM, "out of memory");
	p->schedule = s;
	p->as_of = e->run.as_of;
	for (i = 0; i < s->count; i++) {
		const struct rule *r = &s->rules[i];

		for (k = 0; k < e->asked.count; k++) {
			if (e->asked.lists[k].store == r->store &&
			    e->asked.lists[k].collection == r->collection)
				break;
		}
		if (k < e->asked.count)
			p->items[p->count++].rule = r;
	}
	return ST_OK;
}

static int64_t *member(struct purge_counts *c, enum evidence_action action)
{
	switch (action) {
	case EVIDENCE_DELETE: return &c->deleted;
	case EVIDENCE_DE_IDENTIFY: return &c->de_identified;
	case EVIDENCE_MINIMISE: return &c->minimised;
	}
	return &c->deleted;
}

/* What the evidence in the file that is in use says of the run. */
static enum status count_here(const struct run *run, const struct rule *r,
    enum evidence_action action, int64_t *n)
{
	int64_t here = 0;
	enum status st;

	st = db_one_int(r->store->db,
	    "SELECT sum(records) FROM lethe_evidence WHERE run = $1"
	    " AND collection = $2 AND cluster = $3 AND action = $4",
	    ARGS(TEXT(run->id), TEXT(r->collection->name),
		TEXT(r->terms.cluster->name), TEXT(actions[action].word)),
	    0, &here);
	*n += here;
	return st;
}

static enum status count_item(
    struct run *run, size_t i, enum evidence_action action)
{
	const struct rule *r = run->plan.items[i].rule;
	int64_t *n = member(&run->outcome.results[i].done, action);
	enum status st = ST_OK;
	size_t u;

	for (u = 0; st == ST_OK && u < units_count(r->store); u++) {
		if ((st = units_use(r->store, u)) == ST_OK)
			st = count_here(run, r, action, n);
	}
	units_rest(r->store);
	run->plan.items[i].due += *n;
	return st;
}

/* Whoever was killed in the middle did some of it before. */
static enum status count(struct erasing *e)
{
	struct run *run = &e->run;
	enum status st = ST_OK;
	size_t i, k;

	for (i = 0; i < run->plan.count; i++) {
		for (k = 0; st == ST_OK && k < ERASE_ACTIONS; k++)
			st = count_item(run, i, actions[k].action);
	}
	return st;
}

static enum status is_there(void *ctx, const char *body)
{
	(void)body;
	*(int *)ctx = 1;
	return ST_OK;
}

/* The log is told first, then the control database: whoever was cut off
 * between the two finds it told. */
static enum status is_logged(
    const struct run *run, const char *action, int *yes)
{
	const struct audit_filter f = {
		.action = action, .run = run->id, .limit = 1
	};

	*yes = 0;
	return audit_list(run->in->audit, &f, is_there, yes);
}

static enum status log_started(struct erasing *e, const struct erase_order *o)
{
	struct run *run = &e->run;
	char as_of[INSTANT_TEXT];
	json_t *details = NULL;
	enum status st;

	civil_format_instant(run->as_of, as_of);
	st = json_make(&details, "{s:s, s:s, s:s, s:s, s:s, s:I, s:n, s:s}",
	    "object", o->request, "run", run->id, "request", o->request,
	    "as_of", as_of, "rule_set", run->in->rule_set, "due",
	    json_int(o->plan, "records"), "plan", "hash",
	    json_text(o->plan, "hash"));
	if (st == ST_OK)
		st = run_rules_begin(run, details);
	if (st == ST_OK)
		st = audit_append(run->in->audit, when_now(), run->actor,
		    "purge_started", details);
	json_decref(details);
	return st;
}

static enum status begin(struct erasing *e, const struct erase_order *o)
{
	struct run *run = &e->run;
	int64_t known = 0;
	int logged = 0;
	enum status st;

	st = db_one_int(run->in->control, "SELECT 1 FROM run WHERE id = $1",
	    ARGS(TEXT(run->id)), 0, &known);
	if (st != ST_OK || known)
		return st;
	st = is_logged(run, "purge_started", &logged);
	if (st == ST_OK && !logged)
		st = log_started(e, o);
	if (st != ST_OK)
		return st;
	return db_exec(run->in->control,
	    "INSERT INTO run (id, started_at, as_of, rule_set, request)"
	    " VALUES ($1, $2, $3, $4, $5)",
	    ARGS(TEXT(run->id), INT(when_now()), INT(run->as_of),
		TEXT(run->in->rule_set), TEXT(o->request)));
}

/* It has an end in the log only once. */
static enum status has_ended(struct erasing *e, int *yes)
{
	int64_t at = 0;
	enum status st;

	st = db_one_int(e->run.in->control,
	    "SELECT finished_at FROM run WHERE id = $1", ARGS(TEXT(e->run.id)),
	    0, &at);
	*yes = at != 0;
	return st;
}

static enum status log_finished(struct erasing *e, const struct erase_order *o)
{
	struct run *run = &e->run;
	json_t *details = NULL;
	enum status st;

	asked_mark(&run->schedule, &e->asked);
	st = json_make(&details, "{s:s, s:s, s:s, s:b, s:b, s:I, s:I}",
	    "object", o->request, "run", run->id, "request", o->request,
	    "verified", run->outcome.verified, "scrubbed",
	    run->outcome.scrubbed, "asked_again", (json_int_t)e->asked_again,
	    "found_again", (json_int_t)e->found_again);
	if (st == ST_OK)
		st = run_rules_end(run, "purge_finished", details);
	json_decref(details);
	asked_mark(&run->schedule, NULL);
	return st;
}

static enum status end(struct erasing *e, const struct erase_order *o)
{
	struct run *run = &e->run;
	int known = 0;
	enum status st = has_ended(e, &known);

	if (st != ST_OK || known)
		return st;
	st = is_logged(run, "purge_finished", &known);
	if (st == ST_OK && !known)
		st = log_finished(e, o);
	if (st != ST_OK)
		return st;
	return db_exec(run->in->control,
	    "UPDATE run SET finished_at = $2, exit_code = 0 WHERE id = $1",
	    ARGS(TEXT(run->id), INT(when_now())));
}

/* ---- afterwards ---- */

static enum status scrub(struct erasing *e)
{
	struct installation *in = e->run.in;
	enum status st = ST_OK;
	size_t i, k, u;

	for (i = 0; st == ST_OK && i < in->store_count; i++) {
		struct installation_store *s = &in->stores[i];

		for (k = 0; k < e->asked.count; k++) {
			if (e->asked.lists[k].store == s)
				break;
		}
		for (u = 0;
		     k < e->asked.count && st == ST_OK && u < units_count(s);
		     u++) {
			if ((st = units_use(s, u)) == ST_OK)
				st = db_scrub(s->db);
			if (st == ST_BUSY) {
				e->run.outcome.scrubbed = 0;
				st = ST_OK;
			}
		}
		units_rest(s);
	}
	return st;
}

/* Each key that was deleted is asked for once more. */
static enum status ask_again(struct erasing *e)
{
	struct asked left = { .lists = NULL };
	const struct asked *all = &e->asked;
	enum status st = ST_OK;
	size_t i;

	e->asked_again = 0;
	for (i = 0; st == ST_OK && i < all->count; i++) {
		if (all->lists[i].shared)
			continue;
		e->asked_again += all->lists[i].count;
		st = asked_left(e->run.in, &all->lists[i], INT64_MAX, &left);
	}
	for (i = 0; i < e->stays.count; i++)
		e->asked_again -= e->stays.lists[i].count;
	if (st == ST_OK)
		st = asked_more(&left, &e->stays, &e->found_again);
	asked_release(&left);
	return st;
}

/* A new look at the person: nothing is found that was erased.  Less is, where
 * what led to it is gone; so the keys themselves are looked for, too. */
static enum status verify(struct erasing *e)
{
	struct asked after = { .lists = NULL };
	size_t i, found = 0, left = 0;
	enum status st;

	st = asked_of(e->run.in, &e->subject->who, &after);
	for (i = 0; st == ST_OK && i < after.count; i++)
		found += after.lists[i].count;
	for (i = 0; i < e->stays.count; i++)
		left += e->stays.lists[i].count;
	for (i = 0; i < e->asked.count; i++)
		left += e->asked.lists[i].shared ? e->asked.lists[i].count : 0;
	asked_release(&after);
	if (st == ST_OK)
		st = ask_again(e);
	if (found > left || e->found_again > 0)
		e->run.outcome.verified = 0;
	return st;
}

static enum status forget_subjects(struct erasing *e)
{
	struct run *run = &e->run;
	int64_t gone = 0;
	enum status st;

	st = subjects_forget(run->in, run->id, run->actor, &gone);
	if (st == ST_OK && gone > 0 &&
	    (st = db_scrub(run->in->control)) == ST_BUSY) {
		run->outcome.scrubbed = 0;
		st = ST_OK;
	}
	return st;
}

static enum status finish(struct erasing *e, const struct erase_order *o)
{
	struct run *run = &e->run;
	enum status st;

	if ((st = scrub(e)) != ST_OK || (st = verify(e)) != ST_OK ||
	    (st = count(e)) != ST_OK || (st = forget_subjects(e)) != ST_OK ||
	    (st = run_ship(run)) != ST_OK ||
	    (st = seals_set(run->in, NULL, run->id)) != ST_OK)
		return st;
	return end(e, o);
}

/* ---- the whole ---- */

/* Whoever places one waits for the stores, which are ours until the end; so
 * that none of them has it yet. */
static enum status no_new_hold(struct erasing *e)
{
	int64_t now = 0;
	enum status st = registry_placed(e->run.in, &now);

	if (st != ST_OK || now == e->suspensions)
		return st;
	return fail(ST_BUSY, "a suspension was placed just now: nothing was "
			     "erased, try again");
}

static enum status keep(struct erasing *e, const struct erase_order *o)
{
	struct buf targets = BUF_INIT;
	enum status st = asked_write(&e->asked, &targets);

	if (st == ST_OK)
		st = o->keep(o->ctx, e->run.id, &targets);
	if (targets.data)
		explicit_bzero(targets.data, targets.size);
	buf_release(&targets);
	return st;
}

static enum status carry_out(struct erasing *e, const struct erase_order *o)
{
	struct run *run = &e->run;
	enum status st;

	run->actor = strdup(o->actor);
	if (run->actor == NULL)
		return fail(ST_NOMEM, "out of memory");
	if (o->run)
		(void)snprintf(run->id, sizeof(run->id), "%s", o->run);
	if ((st = run_open(run)) != ST_OK || (st = erasing_act(e)) != ST_OK ||
	    (st = compare(e, o->plan)) != ST_OK ||
	    (st = list_items(e)) != ST_OK || (st = keep(e, o)) != ST_OK ||
	    (st = no_new_hold(e)) != ST_OK || (st = begin(e, o)) != ST_OK ||
	    (st = erasing_commit(e)) != ST_OK)
		return st;
	run->outcome.begun = 1;
	run->outcome.asked = 1;
	run->outcome.verified = 1;
	run->outcome.scrubbed = 1;
	return finish(e, o);
}

static enum status report(const struct erasing *e, json_t **out)
{
	struct purge_counts all = { 0, 0, 0 };
	size_t i;

	for (i = 0; i < e->run.plan.count; i++) {
		const struct purge_counts *n = &e->run.outcome.results[i].done;

		all.deleted += n->deleted;
		all.de_identified += n->de_identified;
		all.minimised += n->minimised;
	}
	return json_make(out, "{s:s, s:I, s:I, s:I, s:b, s:b, s:I, s:I}", "run",
	    e->run.id, "deleted", (json_int_t)all.deleted, "de_identified",
	    (json_int_t)all.de_identified, "minimised",
	    (json_int_t)all.minimised, "verified", e->run.outcome.verified,
	    "scrubbed", e->run.outcome.scrubbed, "asked_again",
	    (json_int_t)e->asked_again, "found_again",
	    (json_int_t)e->found_again);
}

enum status erase_run(
    struct installation *in, const struct erase_order *o, json_t **out)
{
	struct erasing e = { .subject = NULL };
	enum status st = erasing_init(&e, in, &o->subject);

	if (st == ST_OK)
		st = carry_out(&e, o);
	if (st == ST_OK)
		st = asked_write(&e.stays, o->stays);
	if (st == ST_OK)
		st = report(&e, out);
	erasing_release(&e);
	return st;
}
