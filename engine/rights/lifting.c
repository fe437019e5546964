/* The end of a restriction: announced, waited for, carried out. */
#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/zone.h"
#include "engine/rights/message.h"
#include "engine/rights/notification.h"
#include "engine/rights/restriction_part.h"

struct lifting {
	int announced; /* and not lifted */
	int64_t lifts_at;
	char *reason;
};

static enum status read(
    struct installation *in, int64_t request, struct lifting *out)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT lifts_at, reason FROM request_lifting"
	    " WHERE request = $1 AND lifted_at IS NULL",
	    ARGS(INT(request)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		out->announced = 1;
		out->lifts_at = db_int(s, 0);
		st = step_set(&out->reason, db_text(s, 1));
	}
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

/* From the end of today on, so that every one of the days is a whole one. */
static int64_t lifts_at(const struct step *s)
{
	struct period p = s->in->config.requests.lifting_notice;
	int32_t today = zone_day(s->in->zone, s->by->now), day;

	p.days +=
	    (int32_t)((p.seconds + CIVIL_DAY_SECONDS - 1) / CIVIL_DAY_SECONDS);
	p.seconds = 0;
	day = calendar_last_day(CALENDAR_EU_1182_71, today, p);
	return zone_midnight(s->in->zone, (day > today ? day : today) + 1);
}

/* ---- announced ---- */

static enum status write_letter(
    struct step *s, const struct lifting_order *o, const char *to)
{
	const char *language =
	    o->language ? o->language : s->in->config.requests.language;
	struct letter l = { NULL, NULL };
	enum status st;

	st =
	    letter_make(s->in, &s->r, LETTER_LIFTING, language, s->by->now, &l);
	if (st == ST_OK)
		st = letter_keep(s, LETTER_LIFTING, language, &l, to);
	letter_release(&l);
	return st;
}

static enum status any_active(struct step *s)
{
	int64_t n = 0;
	enum status st;

	st = db_one_int(s->in->control,
	    "SELECT count(*) FROM suspension WHERE request = $1"
	    " AND released_at IS NULL",
	    ARGS(TEXT(s->r.id)), 0, &n);
	if (st == ST_OK && n == 0)
		return fail(ST_DENIED,
		    "%s restricts nothing: there is nothing to lift", s->r.id);
	return st;
}

static enum status announce(struct installation *in,
    const struct rights_actor *by, const char *id,
    const struct lifting_order *o, const char *to)
{
	struct step s = { 0 };
	enum status st = step_begin(&s, in, by, id);

	if (st == ST_OK)
		st = step_go(&s, REQUEST_ANNOUNCE_LIFTING, o->reason, NULL);
	if (st == ST_OK)
		st = any_active(&s);
	if (st == ST_OK)
		st = db_exec(in->control,
		    "INSERT INTO request_lifting (request, reason,"
		    " announced_at, lifts_at) VALUES ($1, $2, $3, $4)"
		    " ON CONFLICT (request) DO UPDATE SET reason = $2,"
		    " announced_at = $3, lifts_at = $4, lifted_at = NULL",
		    ARGS(INT(s.r.number), TEXT(o->reason), INT(by->now),
			INT(lifts_at(&s))));
	if (st == ST_OK)
		st = write_letter(&s, o, to);
	return step_end(&s, st, NULL);
}

static enum status tell(struct installation *in, const struct rights_actor *by,
    const struct request *r, const struct lifting_order *o)
{
	char *to = NULL;
	enum status st = request_reason_check(REQUEST_WHY_LIFT, o->reason);

	if (st == ST_OK && o->letter == LETTER_SEND)
		st = message_address(in, r->identity, r->value, &to);
	if (st == ST_OK && o->letter == LETTER_SEND && to == NULL)
		st = fail(ST_USAGE,
		    "no e-mail address is on file: `--keep` keeps the letter "
		    "with the case, to go on paper");
	if (st == ST_OK)
		st = announce(in, by, r->id, o, to);
	free(to);
	return st;
}

/* ---- lifted ---- */

static enum status too_early(const struct installation *in, int64_t at)
{
	char text[ZONE_TEXT];

	zone_format(in->zone, at, text);
	return fail(ST_DENIED,
	    "the person was told that it will be lifted, and has until %s: "
	    "lift it then",
	    text);
}

static enum status lift_one(struct installation *in,
    const struct rights_actor *by, const json_t *part, const char *reason)
{
	const char *state = json_text(part, "state");
	json_t *out = NULL;
	enum status st;

	if (strcmp(state, "active") != 0 && strcmp(state, "release_asked") != 0)
		return ST_OK;
	st = holds_lift(
	    in, json_text(part, "restriction"), by->name, reason, &out);
	json_decref(out);
	return st;
}

/* Whoever was told of the restriction. */
static enum status tell_recipients(struct step *s, const json_t *reach)
{
	struct notification_order o = { .kind = NOTIFY_LIFTED,
		.request = s->r.number,
		.who = { s->r.identity, s->r.value },
		.reach = reach,
		.at = s->by->now,
		.actor = s->by->name };
	json_t *told = NULL;
	enum status st =
	    notification_told(s->in, s->r.number, NOTIFY_RESTRICTION, &told);

	o.recipients = told;
	if (st == ST_OK)
		st = notification_prepare(s->in, &o);
	if (st == ST_OK)
		st = notification_go(
		    s->in, s->r.number, s->by->now, s->by->name);
	json_decref(told);
	return st;
}

static enum status finish(struct installation *in,
    const struct rights_actor *by, const struct request *r)
{
	const struct reach_subject who = { r->identity, r->value };
	struct step s = { 0 };
	json_t *reach = NULL;
	enum status st = notification_reach(in, &who, &reach);

	if (st == ST_OK)
		st = step_begin(&s, in, by, r->id);

	if (st == ST_OK)
		st = db_exec(in->control,
		    "UPDATE request_lifting SET lifted_at = $2"
		    " WHERE request = $1 AND lifted_at IS NULL",
		    ARGS(INT(s.r.number), INT(by->now)));
	if (st == ST_OK)
		st = step_go(&s, REQUEST_LIFT, "notice_over", NULL);
	if (st == ST_OK)
		st = tell_recipients(&s, reach);
	json_decref(reach);
	return step_end(&s, st, NULL);
}

static enum status lift(struct installation *in, const struct rights_actor *by,
    const struct request *r, const struct lifting *l)
{
	unsigned int facts = REQUEST_HAS_REASON;
	int64_t parts = 0, open = 0;
	enum request_state to;
	json_t *list = NULL;
	const json_t *part;
	enum status st;
	size_t i;

	if (by->now < l->lifts_at)
		return too_early(in, l->lifts_at);
	st = transition_find(r->state, REQUEST_LIFT, by->roles, facts, &to);
	if (st == ST_OK)
		st = part_list(in, r->number, r->id, &list);
	json_array_foreach(list, i, part)
	{
		if (st == ST_OK)
			st = lift_one(in, by, part, l->reason);
	}
	json_decref(list);
	/* Where the registry was told and somebody was killed. */
	if (st == ST_OK)
		st = holds_refresh(in, NULL);
	if (st == ST_OK)
		st = part_count(in, r->number, r->id, &parts, &open);
	/* With two people, the second has yet to come. */
	return st == ST_OK && open == parts ? finish(in, by, r) : st;
}

enum status rights_lift(struct installation *in, const struct rights_actor *by,
    const char *id, const struct lifting_order *o, json_t **out)
{
	struct lifting l = { 0, 0, NULL };
	struct request r = { 0 };
	enum status st = book_read(in, id, &r);

	if (st == ST_OK)
		st = read(in, r.number, &l);
	if (st == ST_OK)
		st = l.announced ? lift(in, by, &r, &l) : tell(in, by, &r, o);
	if (st == ST_OK)
		st = rights_show(in, id, by->now, out);
	free(l.reason);
	request_release(&r);
	return st;
}

/* ---- shown ---- */

enum status lifting_put(struct installation *in, int64_t request, json_t *o)
{
	char announced[INSTANT_TEXT], lifts[INSTANT_TEXT], lifted[INSTANT_TEXT];
	json_t *lifting = json_null();
	struct stmt *s = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT reason, announced_at, lifts_at, lifted_at"
	    " FROM request_lifting WHERE request = $1",
	    ARGS(INT(request)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		civil_format_instant(db_int(s, 1), announced);
		civil_format_instant(db_int(s, 2), lifts);
		civil_format_instant(db_int(s, 3), lifted);
		st = json_make(&lifting, "{s:s, s:s, s:s, s:s?}", "reason",
		    db_text(s, 0), "announced_at", announced, "lifts_at", lifts,
		    "lifted_at", db_text(s, 3) ? lifted : NULL);
	}
	db_done(s);
	if (st != ST_OK && st != ST_NOTFOUND)
		return st;
	return json_put(o, "lifting", lifting);
}
