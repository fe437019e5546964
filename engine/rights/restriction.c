/* Restrictions on request: their parts, and how they are placed. */
#include "engine/rights/restriction.h"

#include <stdlib.h>
#include <string.h>

#include "engine/holds/reached.h"
#include "engine/holds/reason.h"
#include "engine/holds/scope.h"
#include "engine/plan/reach.h"
#include "engine/rights/notification.h"
#include "engine/rights/restriction_part.h"

#define OBJECTION "art18_1d_objection_pending"

static int is_objection(const struct request *r)
{
	return r->type == REQUEST_OBJECTION;
}

static enum status check_type(const struct request *r)
{
	if (r->type == REQUEST_RESTRICTION || is_objection(r))
		return ST_OK;
	return fail(ST_USAGE,
	    "%s is no request for restriction and no objection: only those "
	    "restrict",
	    r->id);
}

/* ---- the plan ---- */

static enum status check_ground(const struct request *r, const char *ground)
{
	const struct holds_reason *reason = NULL;
	enum status st;

	if (ground == NULL)
		return fail(ST_USAGE,
		    "a restriction has a ground: give --ground CODE; `lethe "
		    "hold --help` lists them");
	if ((st = holds_reason_find(ground, &reason)) != ST_OK)
		return st;
	if (reason->kind != SUSPENSION_RESTRICTION)
		return fail(ST_USAGE,
		    "`%s` is a ground for a hold, not for a restriction",
		    ground);
	if (is_objection(r) && strcmp(ground, OBJECTION) != 0)
		return fail(ST_USAGE,
		    "an objection restricts while it is pending: its ground is " OBJECTION);
	return ST_OK;
}

static enum status check(struct installation *in, const struct request *r,
    const struct rights_restriction *what)
{
	struct holds_scope scope = what->scope;
	enum status st = check_type(r);

	if (st == ST_OK)
		st = check_ground(r, what->ground);
	if (st == ST_OK && r->approved_by)
		st = fail(ST_DENIED,
		    "%s is decided: what it restricts is planned before that",
		    r->id);
	if (st == ST_OK && is_objection(r) && what->scope.store)
		st = fail(ST_USAGE,
		    "an objection is about purposes, not about single "
		    "records: give --cluster, or nothing");
	if (scope.store == NULL) {
		scope.identity = r->identity;
		scope.value = r->value;
	}
	return st == ST_OK ? scope_check(in, &scope) : st;
}

static int is_interest(const char *basis)
{
	return strcmp(basis, "legitimate_interests") == 0 ||
	       strcmp(basis, "public_task") == 0;
}

/* Art. 21(1) is about what rests on Art. 6(1)(e) or (f). */
static int objectionable(const struct policy *p, const struct policy_cluster *c)
{
	for (size_t i = 0; i < c->purpose_count; i++) {
		const char *basis =
		    p->purposes[c->purposes[i].purpose].legal_basis;

		if (basis && is_interest(basis))
			return 1;
	}
	return 0;
}

static enum status add_objectionable(struct step *s)
{
	const struct installation *in = s->in;
	struct rights_restriction one = { .ground = OBJECTION };
	enum status st = ST_OK;
	int any = 0;

	for (size_t i = 0; i < in->policy_count; i++) {
		const struct policy *p = &in->policies[i];

		for (size_t k = 0; st == ST_OK && k < p->cluster_count; k++) {
			if (!objectionable(p, &p->clusters[k]))
				continue;
			one.scope.cluster = p->clusters[k].name;
			st = part_add(s, &one);
			any = 1;
		}
	}
	if (st == ST_OK && !any)
		return fail(ST_USAGE,
		    "no cluster has a purpose of legitimate interests or of a "
		    "public task: there is nothing to object to by Art. 21(1)");
	return st;
}

static enum status add_parts(
    struct step *s, const struct rights_restriction *what)
{
	if (is_objection(&s->r) && !what->scope.cluster && !what->scope.store)
		return add_objectionable(s);
	return part_add(s, what);
}

static enum status plan(struct installation *in, const struct rights_actor *by,
    const char *id, const struct rights_restriction *what)
{
	struct step s = { 0 };
	enum status st = step_begin(&s, in, by, id);

	if (st == ST_OK)
		st = step_go(&s, REQUEST_PLAN_RESTRICTION, what->ground, NULL);
	if (st == ST_OK)
		st = add_parts(&s, what);
	return step_end(&s, st, NULL);
}

/* ---- placed ---- */

/* Killed behind the registry's row, it is found there again. */
static enum status place(struct installation *in, const struct rights_actor *by,
    const struct request *r, const json_t *part)
{
	const char *key[KEYS_MOST] = { NULL };
	struct holds_order o = { .reason = json_text(part, "ground"),
		.review = HOLDS_NO_DAY,
		.request = r->id,
		.part = json_int(part, "part") };
	json_t *placed = NULL;
	enum status st;

	if (strcmp(json_text(part, "state"), "planned") != 0)
		return ST_OK;
	part_scope(part, r, key, &o.scope);
	st = holds_place(in, &o, by->name, &placed);
	json_decref(placed);
	return st;
}

static enum status place_all(struct installation *in,
    const struct rights_actor *by, const struct request *r)
{
	json_t *parts = NULL;
	const json_t *part;
	enum status st = part_list(in, r->number, r->id, &parts);
	size_t i;

	json_array_foreach(parts, i, part)
	{
		if (st == ST_OK)
			st = place(in, by, r, part);
	}
	json_decref(parts);
	/* One that somebody was killed over is in every store then, too. */
	return st == ST_OK ? holds_refresh(in, NULL) : st;
}

struct counting {
	const struct installation *in;
	const char *cluster; /* NULL: any */
	int64_t records;
};

static int covers(const struct policy_cluster *c, const struct reach_record *r)
{
	for (size_t i = 0; i < c->cover_count; i++) {
		const struct policy_cover *x = &c->covers[i];

		if (strcmp(x->dataset, r->store->dataset->key) == 0 &&
		    (x->collection == NULL ||
			strcmp(x->collection, r->collection->name) == 0))
			return 1;
	}
	return 0;
}

static enum status count_record(void *ctx, const struct reach_record *r)
{
	struct counting *c = ctx;
	int in = c->cluster == NULL;

	for (size_t i = 0; !in && i < c->in->policy_count; i++) {
		const struct policy *p = &c->in->policies[i];

		for (size_t k = 0; k < p->cluster_count; k++)
			in |= strcmp(p->clusters[k].name, c->cluster) == 0 &&
			      covers(&p->clusters[k], r);
	}
	c->records += in;
	return ST_OK;
}

static enum status count_part(struct installation *in, const struct request *r,
    const json_t *part, int64_t *records)
{
	const struct reach_subject who = { r->identity, r->value };
	struct counting c = { .in = in,
		.cluster =
		    json_string_value(json_object_get(part, "cluster")) };
	json_t *row = NULL;
	enum status st;

	if (!json_is_array(json_object_get(part, "key"))) {
		st = reach_walk(in, &who, count_record, &c);
		*records = c.records;
		return st;
	}
	st = part_row(part, r, &row);
	if (st == ST_OK)
		st = reached_count(in, row, records);
	json_decref(row);
	return st;
}

static enum status count_all(
    struct installation *in, const struct request *r, json_t *parts)
{
	enum status st = ST_OK;
	int64_t records = 0;
	json_t *part;
	size_t i;

	json_array_foreach(parts, i, part)
	{
		if (st == ST_OK)
			st = count_part(in, r, part, &records);
		if (st == ST_OK)
			st = json_put(part, "records", json_integer(records));
	}
	return st;
}

static enum status parts_json(
    struct installation *in, const struct request *r, json_t **out)
{
	json_t *parts = NULL;
	enum status st = part_list(in, r->number, r->id, &parts);

	if (st == ST_OK)
		st = count_all(in, r, parts);
	if (st == ST_OK)
		st = json_make(
		    out, "{s:s, s:O}", "request", r->id, "parts", parts);
	json_decref(parts);
	return st;
}

enum status rights_restriction_parts(
    struct installation *in, const char *id, json_t **out)
{
	struct request r = { 0 };
	enum status st = book_read(in, id, &r);

	if (st == ST_OK)
		st = check_type(&r);
	if (st == ST_OK)
		st = parts_json(in, &r, out);
	request_release(&r);
	return st;
}

/* ---- recipients ---- */

/* The clusters of a part in which the person has anything. */
static enum status add_clusters(const struct installation *in,
    const json_t *part, const json_t *reach, json_t *out)
{
	const char *cluster =
	    json_string_value(json_object_get(part, "cluster"));
	const json_t *one;
	size_t i;
	enum status st = ST_OK;

	for (size_t k = 0; json_is_array(json_object_get(part, "key")) &&
			   st == ST_OK && k < in->store_count;
	     k++)
		if (strcmp(in->stores[k].config->name,
			json_text(part, "store")) == 0)
			st = notification_clusters(in,
			    in->stores[k].dataset->key,
			    json_text(part, "collection"), NULL, out);
	if (json_is_array(json_object_get(part, "key")))
		return st;
	json_array_foreach(json_object_get(reach, "clusters"), i, one)
	{
		if (st == ST_OK &&
		    (cluster == NULL ||
			strcmp(cluster, json_string_value(one)) == 0))
			st =
			    json_push(out, json_string(json_string_value(one)));
	}
	return st;
}

static enum status tell_recipients(struct step *s, const json_t *reach)
{
	struct notification_order o = { .kind = NOTIFY_RESTRICTION,
		.request = s->r.number,
		.who = { s->r.identity, s->r.value },
		.reach = reach,
		.at = s->by->now,
		.actor = s->by->name };
	json_t *parts = NULL, *clusters = json_array();
	const json_t *part;
	enum status st = part_list(s->in, s->r.number, s->r.id, &parts);
	size_t i;

	json_array_foreach(parts, i, part)
	{
		if (st == ST_OK)
			st = add_clusters(s->in, part, reach, clusters);
	}
	o.clusters = clusters;
	if (st == ST_OK)
		st = notification_prepare(s->in, &o);
	if (st == ST_OK)
		st = notification_go(
		    s->in, s->r.number, s->by->now, s->by->name);
	json_decref(parts);
	json_decref(clusters);
	return st;
}

/* ---- the request ---- */

static enum status note_placed(struct installation *in,
    const struct rights_actor *by, const struct request *r, const char *ground)
{
	const struct reach_subject who = { r->identity, r->value };
	struct step s = { 0 };
	json_t *reach = NULL;
	enum status st = notification_reach(in, &who, &reach);

	if (st == ST_OK)
		st = step_begin(&s, in, by, r->id);
	if (st == ST_OK)
		st = step_go(&s, REQUEST_RESTRICT, ground, NULL);
	if (st == ST_OK)
		st = tell_recipients(&s, reach);
	json_decref(reach);
	return step_end(&s, st, NULL);
}

enum status rights_restrict(struct installation *in,
    const struct rights_actor *by, const char *id,
    const struct rights_restriction *what, json_t **out)
{
	struct rights_restriction w = *what;
	struct request r = { 0 };
	enum status st = book_read(in, id, &r);

	if (w.ground == NULL && is_objection(&r))
		w.ground = OBJECTION;
	if (st == ST_OK)
		st = check(in, &r, &w);
	if (st == ST_OK)
		st = plan(in, by, id, &w);
	if (st == ST_OK && is_objection(&r)) {
		st = place_all(in, by, &r);
		if (st == ST_OK)
			st = note_placed(in, by, &r, w.ground);
	}
	if (st == ST_OK)
		st = parts_json(in, &r, out);
	request_release(&r);
	return st;
}

/* What the table of transitions would say at the end, it says before anything
 * is restricted. */
static enum status executable(
    const struct rights_actor *by, const struct request *r)
{
	unsigned int facts = REQUEST_HAS_REASON;
	enum request_state to;

	if (r->verified_at)
		facts |= REQUEST_IS_VERIFIED;
	if (r->approved_by && (r->outcome == REQUEST_TO_FULFIL ||
				  r->outcome == REQUEST_TO_FULFIL_PARTLY))
		facts |= REQUEST_IS_APPROVED;
	return transition_find(r->state, REQUEST_FULFIL, by->roles, facts, &to);
}

static enum status finish(struct installation *in,
    const struct rights_actor *by, const struct request *r, json_t **out)
{
	const struct reach_subject who = { r->identity, r->value };
	struct step s = { 0 };
	json_t *reach = NULL;
	enum status st = notification_reach(in, &who, &reach);

	if (st == ST_OK)
		st = step_begin(&s, in, by, r->id);
	if (st == ST_OK)
		st = step_go(&s, REQUEST_RESTRICT, NULL, NULL);
	if (st == ST_OK)
		st = tell_recipients(&s, reach);
	json_decref(reach);
	if (st == ST_OK)
		st = step_go(&s,
		    s.r.outcome == REQUEST_TO_FULFIL_PARTLY
			? REQUEST_FULFIL_PARTLY
			: REQUEST_FULFIL,
		    s.r.reason, NULL);
	return step_end(&s, st, out);
}

enum status rights_execute_restriction(struct installation *in,
    const struct rights_actor *by, const char *id, json_t **out)
{
	struct request r = { 0 };
	enum status st = book_read(in, id, &r);

	if (st == ST_OK)
		st = executable(by, &r);
	if (st == ST_OK)
		st = place_all(in, by, &r);
	if (st == ST_OK)
		st = finish(in, by, &r, out);
	request_release(&r);
	return st;
}

/* ---- in a step ---- */

static int carries_out(const struct request *r)
{
	return r->outcome == REQUEST_TO_FULFIL ||
	       r->outcome == REQUEST_TO_FULFIL_PARTLY;
}

/* The balancing is of the controller's grounds, or of legal claims. */
static enum status check_balance(const struct request *r)
{
	if (r->outcome != REQUEST_TO_REFUSE || r->reason == NULL ||
	    strcmp(r->reason, "no_ground") != 0)
		return ST_OK;
	return fail(ST_DENIED,
	    "an objection needs no ground: what is processed goes on for "
	    "overriding_grounds or legal_claims alone");
}

enum status restriction_decide(struct step *s)
{
	int64_t parts = 0, open = 0;
	enum status st;

	if (s->r.type != REQUEST_RESTRICTION && !is_objection(&s->r))
		return ST_OK;
	if (is_objection(&s->r) && (st = check_balance(&s->r)) != ST_OK)
		return st;
	if (!carries_out(&s->r) && !is_objection(&s->r))
		return ST_OK;
	if (s->r.outcome == REQUEST_TO_FIND_NOTHING)
		return ST_OK;
	st = part_count(s->in, s->r.number, s->r.id, &parts, &open);
	if (st == ST_OK && is_objection(&s->r) && (parts == 0 || open > 0))
		return fail(ST_DENIED,
		    "what an objection is about is restricted until it is "
		    "decided: `lethe request restrict %s` first",
		    s->r.id);
	if (st == ST_OK && parts == 0)
		return fail(ST_DENIED,
		    "nobody has said what is to be restricted: `lethe request "
		    "restrict %s` first",
		    s->r.id);
	return st;
}

enum status restriction_done(struct step *s)
{
	int64_t parts = 0, open = 0;
	enum status st;

	if (s->r.type != REQUEST_RESTRICTION || !carries_out(&s->r))
		return ST_OK;
	st = part_count(s->in, s->r.number, s->r.id, &parts, &open);
	if (st == ST_OK && open > 0)
		return fail(ST_DENIED,
		    "nothing has been restricted yet: `lethe request execute "
		    "%s`",
		    s->r.id);
	return st;
}
