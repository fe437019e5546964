/* A request for whoever works on it, and how it is found. */
#include "engine/rights/case.h"

#include <string.h>

#include "engine/base/civil.h"
#include "engine/plan/identity.h"
#include "engine/rights/carry_out.h"
#include "engine/rights/letter.h"
#include "engine/rights/step.h"

/* ---- one ---- */

static json_t *day_json(int32_t day)
{
	char text[CIVIL_TEXT];

	if (day == CLOCK_NO_DAY)
		return json_null();
	civil_format(day, text);
	return json_string(text);
}

static enum status put_stops(const struct request *r, json_t *o)
{
	json_t *list = NULL, *one = NULL;
	enum status st = json_made(json_array(), &list);

	for (size_t i = 0; st == ST_OK && i < r->stop_count; i++) {
		st = json_make(&one, "{s:o, s:o, s:o}", "asked_date",
		    day_json(r->stops[i].asked), "ended_date",
		    day_json(r->stops[i].ended), "lapses_date",
		    day_json(r->stops[i].lapses));
		if (st == ST_OK)
			st = json_push(list, one);
	}
	if (st == ST_OK)
		return json_put(o, "stops", list);
	json_decref(list);
	return st;
}

static json_t *word_json(const char *word)
{
	return word ? json_string(word) : json_null();
}

/* Of all that may be done, what to do first. */
static const char *next_of(
    const struct step *s, const json_t *may, const struct erasure_may *erasure)
{
	static const char *const first[] = { "verify", "resume", "approve",
		"execute" };

	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
		if (json_is_true(json_object_get(may, first[i])))
			return first[i];
	if (s->r.state == REQUEST_AWAITING_APPROVAL)
		return "wait";
	if (erasure->plan && !erasure->decide)
		return "plan";
	if (json_is_true(json_object_get(may, "decide")) &&
	    (!s->r.approved_by || erasure->decide))
		return "decide";
	return s->r.state == REQUEST_IN_PROGRESS && s->r.approved_by &&
		       (s->by->roles & REQUEST_BY_OFFICER)
		   ? "answer"
		   : NULL;
}

static int may_go(const struct step *s, enum request_action action)
{
	enum request_state to;
	enum status st = transition_find(s->r.state, action, s->by->roles,
	    step_facts(s, action, "r", "n"), &to);

	status_clear();
	return st == ST_OK;
}

/* What is done between the decision and the end. */
static enum status put_work(
    const struct step *s, json_t *may, const struct erasure_may *erasure)
{
	const struct request *r = &s->r;
	int copies =
	    r->type == REQUEST_ACCESS || r->type == REQUEST_PORTABILITY;
	int erases = r->type == REQUEST_ERASURE || r->type == REQUEST_OBJECTION;
	int changes = carry_out_changes(r->type);
	int ends = may_go(s, r->outcome == REQUEST_TO_FULFIL_PARTLY
				 ? REQUEST_FULFIL_PARTLY
				 : REQUEST_FULFIL);
	enum status st;

	st = json_put(may, "execute",
	    json_boolean(erases ? erasure->execute : ends && changes));
	if (st == ST_OK)
		st = json_put(may, "fulfil", json_boolean(ends && !changes));
	if (st == ST_OK)
		st = json_put(may, "package",
		    json_boolean(copies && may_go(s, REQUEST_PACKAGE)));
	if (st == ST_OK)
		st = json_put(may, "letter",
		    json_boolean(s->by->roles & REQUEST_BY_OFFICER));
	return st == ST_OK ? json_put(may, "data",
				 json_boolean(r->verified_at &&
					      request_is_open(r->state)))
			   : st;
}

static enum status put_may(const struct step *s, json_t *o)
{
	static const struct {
		const char *name;
		enum request_action action;
	} verbs[] = {
		{ "verify", REQUEST_VERIFY },
		{ "suspend", REQUEST_SUSPEND },
		{ "resume", REQUEST_RESUME },
		{ "extend", REQUEST_EXTEND },
		{ "decide", REQUEST_DECIDE },
		{ "approve", REQUEST_APPROVE },
		{ "return", REQUEST_RETURN },
		{ "withdraw", REQUEST_WITHDRAW },
		{ "reopen", REQUEST_REOPEN },
		{ "send_code", REQUEST_ASK_IDENTITY },
	};
	struct erasure_may erasure;
	json_t *may = NULL;
	enum status st = json_made(json_object(), &may);

	for (size_t i = 0; st == ST_OK && i < sizeof(verbs) / sizeof(verbs[0]);
	     i++)
		st = json_put(may, verbs[i].name,
		    json_boolean(may_go(s, verbs[i].action)));
	if (st == ST_OK)
		st = erasure_offers(s, &erasure);
	if (st == ST_OK)
		st = json_put(may, "plan", json_boolean(erasure.plan));
	if (st == ST_OK)
		st = put_work(s, may, &erasure);
	if (st == ST_OK)
		st = json_put(o, "next", word_json(next_of(s, may, &erasure)));
	if (st == ST_OK)
		return json_put(o, "may", may);
	json_decref(may);
	return st;
}

/* In one transaction, so that what may be done goes with what is shown. */
static enum status case_json(struct step *s, const char *id, json_t *o)
{
	json_t *letters = NULL;
	enum status st = book_read(s->in, id, &s->r);

	if (st == ST_OK)
		st = put_stops(&s->r, o);
	if (st == ST_OK)
		st = put_may(s, o);
	if (st == ST_OK)
		st = letter_list(s->in, s->r.number, &letters);
	return st == ST_OK ? json_put(o, "letters", letters) : st;
}

enum status rights_case(struct installation *in, const struct rights_actor *by,
    const char *id, json_t **out)
{
	struct step s = { .in = in, .by = by };
	json_t *o = NULL;
	enum status st;

	if ((st = installation_open_control(in)) != ST_OK)
		return st;
	if ((st = db_begin(in->control, DB_READ)) == ST_OK)
		st = rights_show(in, id, by->now, &o);
	if (st == ST_OK)
		st = case_json(&s, id, o);
	db_rollback(in->control);
	request_release(&s.r);
	if (st == ST_OK)
		*out = o;
	else
		json_decref(o);
	return st;
}

/* ---- found by whose it is ---- */

static enum status add_case(struct stmt *s, json_t *list)
{
	char day[CIVIL_TEXT];
	json_t *one = NULL;
	enum status st;

	civil_format((int32_t)db_int(s, 3), day);
	st = json_make(&one, "{s:s, s:s, s:s, s:s}", "id", db_text(s, 0),
	    "type", db_text(s, 1), "state", db_text(s, 2), "receipt_date", day);
	return st == ST_OK ? json_push(list, one) : st;
}

static enum status read_cases(
    struct installation *in, const struct buf *as, json_t *list)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT id, type, state, received_day FROM request_person AS p"
	    " JOIN request AS r ON r.number = p.request"
	    " WHERE p.value IN ($1, $2, $3) AND p.value = CASE p.identity"
	    " WHEN 'email' THEN $2 WHEN 'phone_number' THEN $3 ELSE $1 END"
	    " ORDER BY p.request DESC LIMIT 100",
	    ARGS(TEXT(buf_text(&as[0])), TEXT(buf_text(&as[1])),
		TEXT(buf_text(&as[2]))),
	    &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = add_case(s, list);
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

enum status rights_cases_of(
    struct installation *in, const char *value, json_t **out)
{
	static const char *const kinds[] = { "other", "email", "phone_number" };
	struct buf as[3] = { BUF_INIT, BUF_INIT, BUF_INIT };
	json_t *list = NULL;
	enum status st = installation_open_control(in);

	for (size_t i = 0; st == ST_OK && i < 3; i++) {
		st = identity_canonical(kinds[i], value, strlen(value), &as[i]);
		if (st == ST_OK)
			st = buf_status(&as[i]);
	}
	if (st == ST_OK)
		st = json_made(json_array(), &list);
	if (st == ST_OK)
		st = read_cases(in, as, list);
	if (st == ST_OK)
		st = json_make(out, "{s:O}", "requests", list);
	json_decref(list);
	for (size_t i = 0; i < 3; i++)
		buf_release(&as[i]);
	return st;
}
