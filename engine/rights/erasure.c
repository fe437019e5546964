/* Erasure on request: planned, decided on, carried out. */
#include "engine/rights/erasure.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/purge/erase.h"
#include "engine/rights/copies.h"
#include "engine/rights/erasure_book.h"
#include "engine/rights/message.h"
#include "engine/rights/notification.h"
#include "engine/rights/restriction_part.h"
#include "engine/rights/transition.h"

/* An objection is about the clusters that it restricts; what it restricts them
 * by keeps nothing of them. */
struct aim {
	json_t *parts;
	const char **clusters;
	const char **ends;
};

static void aim_release(struct aim *a)
{
	json_decref(a->parts);
	free(a->clusters);
	free(a->ends);
}

static enum status aim_of(
    struct installation *in, const struct request *r, struct aim *a)
{
	const json_t *part;
	enum status st;
	size_t i, n;

	if (r->type != REQUEST_OBJECTION)
		return ST_OK;
	if ((st = part_list(in, r->number, r->id, &a->parts)) != ST_OK)
		return st;
	n = json_array_size(a->parts);
	a->clusters = calloc(n + 1, sizeof(*a->clusters));
	a->ends = calloc(n + 1, sizeof(*a->ends));
	if (a->clusters == NULL || a->ends == NULL)
		return fail(ST_NOMEM, "out of memory");
	json_array_foreach(a->parts, i, part)
	{
		a->clusters[i] = json_text(part, "cluster");
		a->ends[i] = json_text(part, "restriction");
	}
	return ST_OK;
}

static struct erase_subject subject_of(const struct request *r,
    const struct erasure *e, const struct aim *a, int64_t now)
{
	return (struct erase_subject){ { r->identity, r->value }, now,
		e->targets.len > 0 ? &e->targets : NULL, a->clusters, a->ends };
}

static int erases(const struct request *r)
{
	return r->type == REQUEST_ERASURE || r->type == REQUEST_OBJECTION;
}

static enum status check_type(const struct request *r)
{
	if (erases(r))
		return ST_OK;
	return fail(ST_USAGE,
	    "%s is no request for erasure and no objection: only those have a "
	    "plan of what goes",
	    r->id);
}

/* ---- the plan ---- */

static enum status plannable(
    const struct rights_actor *by, const struct request *r)
{
	enum status st = check_type(r);

	if (st != ST_OK)
		return st;
	if (!(by->roles & REQUEST_BY_OFFICER))
		return fail(ST_DENIED,
		    "your role does not allow that an erasure is planned: ask "
		    "an officer");
	if (!r->verified_at)
		return fail(ST_DENIED,
		    "the person's identity has not been verified: `lethe "
		    "request verify`");
	if (!request_is_open(r->state))
		return fail(ST_DENIED,
		    "the request is %s: `lethe request reopen` it first",
		    request_state_name(r->state));
	return ST_OK;
}

/* People see how many, not hashes by the thousand. */
static enum status for_people(json_t *plan, const char *id, json_t **out)
{
	json_t *o = json_deep_copy(plan), *item;
	size_t i;

	if (o == NULL)
		return fail(ST_NOMEM, "out of memory");
	json_array_foreach(json_object_get(o, "items"), i, item)(void)
	    json_object_del(item, "hashes");
	*out = o;
	return json_put(o, "request", json_string(id));
}

static enum status keep_plan(struct installation *in,
    const struct rights_actor *by, const char *id, const json_t *plan)
{
	struct step s = { 0 };
	enum status st = step_begin(&s, in, by, id);

	if (st == ST_OK)
		st = plannable(by, &s.r);
	if (st == ST_OK)
		st = erasure_write(&s, plan);
	if (st == ST_OK)
		st = events_note(&s, REQUEST_PLAN, s.r.state, NULL, NULL);
	return step_end(&s, st, NULL);
}

static const char *stage_of(const struct erasure *e)
{
	if (e->done_at)
		return "done";
	if (e->targets.len > 0)
		return "begun";
	if (e->approved && strcmp(e->approved, e->hash) == 0)
		return "approved";
	return e->decided && strcmp(e->decided, e->hash) == 0 ? "decided"
							      : "planned";
}

enum status rights_plan_read(
    struct installation *in, const char *id, json_t **out)
{
	struct erasure e = { .targets = BUF_INIT, .kept = BUF_INIT };
	struct request r = { 0 };
	json_t *plan = NULL;
	char at[INSTANT_TEXT];
	enum status st;

	if ((st = book_read(in, id, &r)) != ST_OK)
		return st;
	st = erasure_read(in, r.number, &e);
	civil_format_instant(e.made_at, at);
	if (st == ST_NOTFOUND)
		st = json_make(out, "{s:s, s:n, s:n, s:n, s:n, s:n}", "request",
		    id, "made_at", "made_by", "stage", "plan", "report");
	else if (st == ST_OK && (st = for_people(e.body, id, &plan)) == ST_OK)
		st = json_make(out, "{s:s, s:s, s:s, s:s, s:O, s:O?}",
		    "request", id, "made_at", at, "made_by", e.made_by, "stage",
		    stage_of(&e), "plan", plan, "report", e.report);
	json_decref(plan);
	erasure_release(&e);
	request_release(&r);
	return st;
}

enum status rights_plan(struct installation *in, const struct rights_actor *by,
    const char *id, json_t **out)
{
	struct erasure e = { .targets = BUF_INIT, .kept = BUF_INIT };
	struct request r = { 0 };
	struct erase_subject who;
	struct aim aim = { NULL, NULL, NULL };
	json_t *plan = NULL;
	enum status st = book_read(in, id, &r);

	if (st == ST_OK)
		st = plannable(by, &r);
	if (st == ST_OK)
		st = aim_of(in, &r, &aim);
	if (st == ST_OK && (st = erasure_read(in, r.number, &e)) == ST_NOTFOUND)
		st = ST_OK;
	who = subject_of(&r, &e, &aim, by->now);
	if (st == ST_OK)
		st = erase_plan(in, &who, &plan);
	if (st == ST_OK)
		st = keep_plan(in, by, id, plan);
	if (st == ST_OK)
		st = for_people(plan, id, out);
	json_decref(plan);
	aim_release(&aim);
	erasure_release(&e);
	request_release(&r);
	return st;
}

/* ---- decision ---- */

static enum status no_plan(const struct request *r)
{
	return fail(ST_DENIED,
	    "nobody has looked at what would be erased: `lethe request plan "
	    "%s` first",
	    r->id);
}

static enum status fits(const struct request *r, const json_t *plan)
{
	long long kept = json_int(plan, "kept_records");
	long long goes = json_int(plan, "records");

	if (r->outcome == REQUEST_TO_FULFIL && kept > 0)
		return fail(ST_DENIED,
		    "the plan keeps %lld records: decide `--outcome "
		    "fulfil_partly` with the reason for them",
		    kept);
	if (r->outcome == REQUEST_TO_FULFIL_PARTLY && kept == 0)
		return fail(ST_DENIED,
		    "the plan keeps nothing: decide `--outcome fulfil`");
	/* An objection is upheld also where nothing is there yet. */
	if (goes == 0 && r->type == REQUEST_ERASURE)
		return fail(ST_DENIED,
		    "the plan erases nothing: decide `--outcome %s`",
		    kept ? "refuse" : "no_match");
	return ST_OK;
}

static int carries_out(const struct request *r)
{
	return erases(r) && (r->outcome == REQUEST_TO_FULFIL ||
				r->outcome == REQUEST_TO_FULFIL_PARTLY);
}

enum status erasure_decide(struct step *s)
{
	struct erasure e = { .targets = BUF_INIT, .kept = BUF_INIT };
	enum status st;

	if (!carries_out(&s->r))
		return ST_OK;
	st = erasure_read(s->in, s->r.number, &e);
	if (st == ST_NOTFOUND)
		st = no_plan(&s->r);
	else if (st == ST_OK && e.done_at)
		st = no_plan(&s->r);
	else if (st == ST_OK)
		st = fits(&s->r, e.body);
	if (st == ST_OK)
		st = db_exec(s->in->control,
		    "UPDATE request_plan SET decided_hash = hash,"
		    " approved_hash = NULL WHERE request = $1",
		    ARGS(INT(s->r.number)));
	erasure_release(&e);
	return st;
}

enum status erasure_approve(struct step *s)
{
	int64_t n = 0;
	enum status st;

	if (!carries_out(&s->r))
		return ST_OK;
	st = db_exec_(s->in->control,
	    "UPDATE request_plan SET approved_hash = hash WHERE request = $1"
	    " AND decided_hash = hash",
	    ARGS(INT(s->r.number)), &n);
	if (st == ST_OK && n == 0)
		return fail(ST_CONFLICT,
		    "the erasure was planned anew since it was decided: "
		    "`lethe request decide %s --return --note WHY`",
		    s->r.id);
	return st;
}

enum status erasure_done(struct step *s)
{
	int64_t at = 0;
	enum status st;

	if (!carries_out(&s->r))
		return ST_OK;
	st = db_one_int(s->in->control,
	    "SELECT done_at FROM request_plan WHERE request = $1",
	    ARGS(INT(s->r.number)), 0, &at);
	if (st == ST_OK && at == 0)
		return fail(ST_DENIED,
		    "nothing has been erased yet: `lethe request execute %s`",
		    s->r.id);
	return st;
}

/* ---- execution ---- */

struct execution {
	struct installation *in;
	const struct rights_actor *by;
	const char *id;
	int64_t number;
	json_t *copies; /* requests that have packages of the person */
	const struct request *r;
	const json_t *plan;
	json_t *reach; /* what recipients know the person by, while it is known
			*/
};

/* Of what goes. */
static enum status clusters_of(const json_t *plan, json_t **out)
{
	json_t *list = NULL;
	const json_t *item;
	enum status st = json_made(json_array(), &list);
	size_t i;

	json_array_foreach(json_object_get(plan, "items"), i, item)
	{
		if (st == ST_OK)
			st = json_push(
			    list, json_string(json_text(item, "cluster")));
	}
	if (st == ST_OK)
		*out = list;
	else
		json_decref(list);
	return st;
}

static enum status prepare_recipients(const struct execution *x)
{
	struct notification_order o = { .kind = NOTIFY_ERASURE,
		.request = x->number,
		.who = { x->r->identity, x->r->value },
		.reach = x->reach,
		.at = x->by->now,
		.actor = x->by->name };
	json_t *clusters = NULL;
	enum status st;

	if (x->reach == NULL)
		return ST_OK;
	if ((st = clusters_of(x->plan, &clusters)) != ST_OK)
		return st;
	o.clusters = clusters;
	st = notification_prepare(x->in, &o);
	json_decref(clusters);
	return st;
}

/* From here on no copy of what goes is handed out either. */
static enum status keep(void *ctx, const char *run, const struct buf *targets)
{
	const struct execution *x = ctx;
	enum status st = db_begin(x->in->control, DB_WRITE);

	if (st == ST_OK)
		st = erasure_begin(x->in, x->number, run, targets, x->by->now);
	if (st == ST_OK)
		st = copies_revoke(x->in, x->copies, x->by->now);
	if (st == ST_OK)
		st = prepare_recipients(x);
	if (st == ST_OK)
		st = db_commit(x->in->control);
	db_rollback(x->in->control);
	return st;
}

static enum request_action ending(const struct request *r)
{
	return r->outcome == REQUEST_TO_FULFIL_PARTLY ? REQUEST_FULFIL_PARTLY
						      : REQUEST_FULFIL;
}

/* What the table of transitions would say at the end, it says before anything
 * is erased. */
static enum status executable(const struct rights_actor *by,
    const struct request *r, const struct erasure *e)
{
	unsigned int facts = REQUEST_HAS_REASON | REQUEST_IS_NOT_SUSPENDED;
	enum request_state to;

	if (r->verified_at)
		facts |= REQUEST_IS_VERIFIED;
	if (r->approved_by && carries_out(r))
		facts |= REQUEST_IS_APPROVED;
	if (r->state == REQUEST_IN_PROGRESS && e->hash == NULL)
		return no_plan(r);
	if (e->approved && strcmp(e->approved, e->hash) != 0)
		facts &= ~(unsigned int)REQUEST_IS_APPROVED;
	if (e->approved == NULL)
		facts &= ~(unsigned int)REQUEST_IS_APPROVED;
	return transition_find(r->state, ending(r), by->roles, facts, &to);
}

enum status erasure_offers(const struct step *s, struct erasure_may *out)
{
	struct erasure e = { .targets = BUF_INIT, .kept = BUF_INIT };
	enum status st;

	*out = (struct erasure_may){ 0, 0, 0 };
	if (!erases(&s->r) || s->r.state != REQUEST_IN_PROGRESS)
		return ST_OK;
	if ((st = erasure_read(s->in, s->r.number, &e)) == ST_NOTFOUND)
		st = ST_OK;
	if (st != ST_OK)
		return st;
	/* What was cut off goes on; it is not planned anew. */
	out->plan = e.targets.len == 0 && plannable(s->by, &s->r) == ST_OK;
	out->decide = e.hash && !e.done_at && e.decided == NULL;
	out->execute = e.hash && !e.done_at && carries_out(&s->r) &&
		       executable(s->by, &s->r, &e) == ST_OK;
	status_clear();
	erasure_release(&e);
	return ST_OK;
}

/* The person's address, while there is a record to read it from. */
static enum status address(struct execution *x, const struct request *r,
    const struct erasure *e, enum rights_tell tell, char **out)
{
	if (tell == RIGHTS_TELL_NOT || e->tell)
		return ST_OK;
	return message_address(x->in, r->identity, r->value, out);
}

static enum status remember_address(const struct execution *x, const char *to)
{
	if (to == NULL)
		return ST_OK;
	return db_exec(x->in->control,
	    "UPDATE request_plan SET tell = $2 WHERE request = $1",
	    ARGS(INT(x->number), TEXT(to)));
}

static enum status note_done(
    struct step *s, const json_t *report, const struct buf *kept)
{
	/* What an objection was not about is not waited for. */
	int rest = kept->len > 0 && s->r.type == REQUEST_ERASURE;
	char *text = NULL;
	enum status st = json_canonical(report, &text);

	if (st == ST_OK)
		st = db_exec(s->in->control,
		    "UPDATE request_plan SET done_at = $2, report = $3,"
		    " targets = NULL, kept = coalesce($4, kept),"
		    " witness = NULL"
		    " WHERE request = $1",
		    ARGS(INT(s->r.number), INT(s->by->now), TEXT(text),
			rest ? BLOB(kept->data, kept->len) : NIL));
	free(text);
	return st;
}

static enum status fulfil(struct execution *x, const json_t *report,
    const struct buf *kept, json_t **out)
{
	struct step s = { 0 };
	enum status st = step_begin(&s, x->in, x->by, x->id);

	if (st == ST_OK)
		st = note_done(&s, report, kept);
	if (st == ST_OK)
		st = step_go(&s, ending(&s.r), s.r.reason, NULL);
	if (st == ST_OK)
		st = notification_go(x->in, x->number, x->by->now, x->by->name);
	return step_end(&s, st, out);
}

static enum status execute(struct execution *x, const struct request *r,
    const struct erasure *e, json_t **out)
{
	struct buf kept = BUF_INIT;
	struct aim aim = { NULL, NULL, NULL };
	struct erase_order o = {

		.request = r->id,
		.actor = x->by->name,
		.plan = e->body,
		.run = e->targets.len > 0 ? e->run : NULL,
		.keep = keep,
		.ctx = x,
		.stays = &kept,
	};
	json_t *report = NULL;
	enum status st = aim_of(x->in, r, &aim);

	o.subject = subject_of(r, e, &aim, x->by->now);
	if (st == ST_OK)
		st = erase_run(x->in, &o, &report);
	if (st == ST_OK)
		st = fulfil(x, report, &kept, out);
	if (st == ST_OK)
		st = json_put(*out, "erasure", json_incref(report));
	json_decref(report);
	aim_release(&aim);
	if (kept.data)
		explicit_bzero(kept.data, kept.size);
	buf_release(&kept);
	return st;
}

enum status rights_execute(struct installation *in,
    const struct rights_actor *by, const char *id, enum rights_tell tell,
    json_t **out)
{
	struct erasure e = { .targets = BUF_INIT, .kept = BUF_INIT };
	struct execution x = { .in = in, .by = by, .id = id };
	struct request r = { 0 };
	char *to = NULL;
	enum status st = book_read(in, id, &r);

	x.number = r.number;
	if (st == ST_OK)
		st = check_type(&r);
	if (st == ST_OK && (st = erasure_read(in, r.number, &e)) == ST_NOTFOUND)
		st = ST_OK;
	if (st == ST_OK)
		st = executable(by, &r, &e);
	if (st == ST_OK)
		st = address(&x, &r, &e, tell, &to);
	if (st == ST_OK)
		st = remember_address(&x, to);
	if (st == ST_OK)
		st = copies_of(in,
		    &(struct reach_subject){ r.identity, r.value }, &x.copies);
	x.r = &r;
	x.plan = e.body;
	/* Of what was cut off it was read before anything went. */
	if (st == ST_OK && e.targets.len == 0)
		st = notification_reach(in,
		    &(struct reach_subject){ r.identity, r.value }, &x.reach);
	if (st == ST_OK)
		st = execute(&x, &r, &e, out);
	json_decref(x.reach);
	json_decref(x.copies);
	free(to);
	erasure_release(&e);
	request_release(&r);
	return st;
}
