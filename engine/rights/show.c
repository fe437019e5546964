/* One request as JSON. */
#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/zone.h"
#include "engine/rights/notification.h"
#include "engine/rights/restriction_part.h"
#include "engine/rights/step.h"
#include "engine/rights/terms.h"

static enum status put_day(json_t *o, const char *name, int32_t day)
{
	char text[CIVIL_TEXT];

	if (day == CLOCK_NO_DAY)
		return json_put(o, name, json_null());
	civil_format(day, text);
	return json_put(o, name, json_string(text));
}

/* ---- the clock ---- */

static enum status put_facts(json_t *o, const struct clock *c)
{
	int extended = c->extension == CLOCK_EXTENDED;
	int is_void = c->extension == CLOCK_VOID;
	enum status st;

	st = json_put(o, "extended", json_boolean(extended));
	if (st == ST_OK)
		st = json_put(o, "extension_void", json_boolean(is_void));
	if (st == ST_OK)
		st = json_put(o, "suspended",
		    json_boolean(c->standing == CLOCK_SUSPENDED));
	if (st == ST_OK)
		st = json_put(o, "standing",
		    json_string(clock_standing_name(c->standing)));
	if (st == ST_OK)
		st = json_put(o, "stood_days", json_integer(c->stood));
	if (st != ST_OK)
		return st;
	return json_put(o, "holidays_missing",
	    c->unknown_year ? json_integer(c->unknown_year) : json_null());
}

static enum status put_clock(
    struct installation *in, const struct request *r, int64_t as_of, json_t *o)
{
	struct clock_facts f = { r->law, r->received_day, r->notice_day,
		r->closed_day, r->stops, r->stop_count };
	struct holidays holidays = { NULL, 0 };
	struct clock_terms t;
	struct clock c;
	enum status st;

	if ((st = terms_load(in, &holidays, &t)) != ST_OK)
		return st;
	c = clock_compute(&t, &f, zone_day(in->zone, as_of));
	holidays_release(&holidays);
	st = put_day(o, "receipt_date", r->received_day);
	if (st == ST_OK)
		st = put_day(o, "target_date", c.target);
	if (st == ST_OK)
		st = put_day(o, "due_date", c.due);
	if (st == ST_OK)
		st = put_day(o, "notice_due", c.notice_due);
	if (st == ST_OK)
		st = put_day(o, "resumed_due_date", c.resumed);
	if (st == ST_OK)
		st = put_day(o, "restarted_due_date", c.restarted);
	if (st == ST_OK)
		st = put_day(o, "closed_date", r->closed_day);
	return st == ST_OK ? put_facts(o, &c) : st;
}

/* ---- the person ---- */

static enum status add_other(
    struct stmt *s, const struct request *r, json_t *others, json_t *candidates)
{
	enum request_state state;
	enum status st = request_state_parse(db_text(s, 2), &state);

	if (st == ST_OK)
		st = json_push(others, json_string(db_text(s, 0)));
	if (st == ST_OK && request_is_open(state) &&
	    strcmp(db_text(s, 1), request_type_name(r->type)) == 0)
		st = json_push(candidates, json_string(db_text(s, 0)));
	return st;
}

static enum status put_others(
    struct installation *in, const struct request *r, json_t *o)
{
	json_t *others = json_array(), *candidates = json_array();
	struct stmt *s = NULL;
	enum status st;

	if (others == NULL || candidates == NULL)
		st = fail(ST_NOMEM, "out of memory");
	else
		st = db_query(in->control,
		    "SELECT id, type, state FROM request_person AS p"
		    " JOIN request AS r ON r.number = p.request"
		    " WHERE p.value = $1 AND p.identity = $2"
		    " AND p.request <> $3 ORDER BY p.request",
		    ARGS(TEXT(r->value), TEXT(r->identity), INT(r->number)),
		    &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = add_other(s, r, others, candidates);
	db_done(s);
	st = st == ST_NOTFOUND ? ST_OK : st;
	if (st == ST_OK)
		st = json_put(o, "others", json_incref(others));
	if (st == ST_OK)
		st = json_put(
		    o, "duplicate_candidates", json_incref(candidates));
	json_decref(others);
	json_decref(candidates);
	return st;
}

/* ---- all of it ---- */

static enum status put_identity(const struct request *r, json_t *o)
{
	char at[INSTANT_TEXT];
	enum status st;

	civil_format_instant(r->verified_at, at);
	st = json_put(o, "verified", json_boolean(r->verified_at != 0));
	if (st != ST_OK)
		return st;
	return json_put(
	    o, "verified_at", r->verified_at ? json_string(at) : json_null());
}

static enum status request_json(const struct request *r, json_t **out)
{
	char received[INSTANT_TEXT];

	civil_format_instant(r->received_at, received);
	return json_make(out,
	    "{s:s, s:s, s:s, s:s, s:s, s:s, s:s?, s:s?, s:s?, s:s?, s:s?, "
	    "s:s?, s:s?, s:s?, s:s?, s:{s:s, s:s}, s:s?}",
	    "id", r->id, "type", request_type_name(r->type), "state",
	    request_state_name(r->state), "law", request_law_name(r->law),
	    "channel", request_channel_name(r->channel), "received_at",
	    received, "verified_how", r->verified_how, "verified_by",
	    r->verified_by, "extension_reason", r->extension_reason, "outcome",
	    r->outcome ? request_outcome_name(r->outcome) : NULL, "reason",
	    r->reason, "authority", r->authority, "decided_by", r->decided_by,
	    "approved_by", r->approved_by, "duplicate_of", r->duplicate_of,
	    "subject", "identity", r->identity, "value", r->value, "words",
	    r->words);
}

enum status rights_show(
    struct installation *in, const char *id, int64_t as_of, json_t **out)
{
	struct request r = { 0 };
	json_t *o = NULL, *history = NULL, *parts = NULL;
	enum status st;

	if ((st = book_read(in, id, &r)) != ST_OK)
		return st;
	st = request_json(&r, &o);
	if (st == ST_OK)
		st = put_identity(&r, o);
	if (st == ST_OK)
		st = put_clock(in, &r, as_of, o);
	if (st == ST_OK)
		st = put_others(in, &r, o);
	if (st == ST_OK)
		st = part_list(in, r.number, r.id, &parts);
	if (st == ST_OK)
		st = json_put(o, "restrictions", parts);
	if (st == ST_OK)
		st = lifting_put(in, r.number, o);
	if (st == ST_OK)
		st = notification_put(in, r.number, o);
	if (st == ST_OK)
		st = events_json(in, r.number, &history);
	if (st == ST_OK)
		st = json_put(o, "history", history);
	request_release(&r);
	if (st == ST_OK)
		*out = o;
	else
		json_decref(o);
	return st;
}

enum status rights_type(
    struct installation *in, const char *id, enum request_type *out)
{
	struct request r = { 0 };
	enum status st = book_read(in, id, &r);

	if (st == ST_OK)
		*out = r.type;
	request_release(&r);
	return st;
}
