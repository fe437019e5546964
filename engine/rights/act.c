/* The verbs of requests: each sets what changes and takes its transition. */
#include <string.h>

#include "engine/base/utf8.h"
#include "engine/model/diag.h"
#include "engine/rights/step.h"

static enum status check_note(const char *note)
{
	if (note == NULL || utf8_valid(note, strlen(note)))
		return ST_OK;
	return fail(ST_USAGE, "--note is not UTF-8");
}

/* A verb that is a transition and nothing else. */
static enum status only(struct installation *in, const struct rights_actor *by,
    const char *id, enum request_action action, const char *note, json_t **out)
{
	struct step s = { 0 };
	enum status st;

	if ((st = check_note(note)) != ST_OK)
		return st;
	st = step_begin(&s, in, by, id);
	if (st == ST_OK)
		st = step_go(&s, action, NULL, note);
	return step_end(&s, st, out);
}

/* ---- identity ---- */

enum status rights_ask(struct installation *in, const struct rights_actor *by,
    const char *id, int64_t at, const char *note, json_t **out)
{
	struct step s = { 0 };
	int32_t day = 0;
	enum status st;

	if ((st = check_note(note)) != ST_OK)
		return st;
	st = step_begin(&s, in, by, id);
	if (st == ST_OK)
		st = step_day(&s, at, &day);
	if (st == ST_OK)
		st = step_go(&s, REQUEST_ASK_IDENTITY, NULL, note);
	if (st == ST_OK)
		st = book_stop_begin(
		    in, s.r.number, BOOK_IDENTITY, day, CLOCK_NO_DAY);
	return step_end(&s, st, out);
}

static enum status check_method(const char *method)
{
	const char *const *methods = request_methods;
	const char *near;

	for (int i = 0; method && methods[i]; i++)
		if (strcmp(methods[i], method) == 0)
			return ST_OK;
	near = method ? diag_nearest(method, methods) : NULL;
	return fail(ST_USAGE,
	    "by what was the person identified? give --method login, "
	    "call_back, document_seen, in_person or representative%s%s%s",
	    near ? " (did you mean `" : "", near ? near : "",
	    near ? "`?)" : "");
}

enum status rights_verify(struct installation *in,
    const struct rights_actor *by, const char *id, const char *method,
    int64_t at, json_t **out)
{
	struct step s = { 0 };
	int32_t day = 0;
	enum status st;

	if ((st = check_method(method)) != ST_OK)
		return st;
	st = step_begin(&s, in, by, id);
	if (st == ST_OK)
		st = step_day(&s, at, &day);
	if (st == ST_OK)
		st = step_go(&s, REQUEST_VERIFY, method, NULL);
	if (st == ST_OK)
		st = book_stop_end(in, s.r.number, BOOK_IDENTITY, day);
	s.r.verified_at = at;
	if (st == ST_OK)
		st = step_set(&s.r.verified_how, method);
	if (st == ST_OK)
		st = step_set(&s.r.verified_by, by->name);
	return step_end(&s, st, out);
}

enum status rights_fail_identity(struct installation *in,
    const struct rights_actor *by, const char *id, const char *note,
    json_t **out)
{
	return only(in, by, id, REQUEST_FAIL_IDENTITY, note, out);
}

/* ---- the clock ---- */

enum status rights_suspend(struct installation *in,
    const struct rights_actor *by, const char *id, int64_t at, const char *note,
    json_t **out)
{
	struct step s = { 0 };
	int32_t day = 0;
	enum status st;

	if ((st = check_note(note)) != ST_OK)
		return st;
	st = step_begin(&s, in, by, id);
	if (st == ST_OK)
		st = step_day(&s, at, &day);
	if (st == ST_OK)
		st = step_go(&s, REQUEST_SUSPEND, NULL, note);
	if (st == ST_OK)
		st = book_stop_begin(
		    in, s.r.number, BOOK_CLARIFICATION, day, CLOCK_NO_DAY);
	return step_end(&s, st, out);
}

enum status rights_resume(struct installation *in,
    const struct rights_actor *by, const char *id, int64_t at, json_t **out)
{
	struct step s = { 0 };
	int32_t day = 0;
	enum status st;

	st = step_begin(&s, in, by, id);
	if (st == ST_OK)
		st = step_day(&s, at, &day);
	if (st == ST_OK)
		st = step_go(&s, REQUEST_RESUME, NULL, NULL);
	if (st == ST_OK)
		st = book_stop_end(in, s.r.number, BOOK_CLARIFICATION, day);
	return step_end(&s, st, out);
}

enum status rights_extend(struct installation *in,
    const struct rights_actor *by, const char *id, const char *reason,
    int64_t at, json_t **out)
{
	struct step s = { 0 };
	int32_t day = 0;
	enum status st;

	st = request_reason_check(REQUEST_WHY_EXTEND, reason);
	if (st != ST_OK)
		return st;
	st = step_begin(&s, in, by, id);
	if (st == ST_OK)
		st = step_day(&s, at, &day);
	if (st == ST_OK)
		st = step_go(&s, REQUEST_EXTEND, reason, NULL);
	s.r.notice_day = day;
	if (st == ST_OK)
		st = step_set(&s.r.extension_reason, reason);
	return step_end(&s, st, out);
}

/* ---- the end, and after ---- */

enum status rights_withdraw(struct installation *in,
    const struct rights_actor *by, const char *id, const char *note,
    json_t **out)
{
	return only(in, by, id, REQUEST_WITHDRAW, note, out);
}

/* Which of two stays open must not cost the person time. */
static enum status check_pair(const struct request *r, const struct request *of)
{
	if (r->number == of->number)
		return fail(ST_USAGE, "a request is not a duplicate of itself");
	if (r->type != of->type || strcmp(r->identity, of->identity) != 0 ||
	    strcmp(r->value, of->value) != 0)
		return fail(ST_USAGE,
		    "%s is of another type or of somebody else: `lethe request "
		    "show` lists duplicate_candidates",
		    of->id);
	if (!request_is_open(of->state))
		return fail(ST_USAGE,
		    "%s is closed, and a repeated request is answered anew",
		    of->id);
	if (of->received_at > r->received_at)
		return fail(ST_USAGE,
		    "%s was received later: close that one as the duplicate",
		    of->id);
	return ST_OK;
}

enum status rights_mark_duplicate(struct installation *in,
    const struct rights_actor *by, const char *id, const char *of, json_t **out)
{
	struct step s = { 0 };
	struct request other = { 0 };
	enum status st;

	st = step_begin(&s, in, by, id);
	if (st == ST_OK)
		st = book_read(in, of, &other);
	if (st == ST_OK)
		st = check_pair(&s.r, &other);
	if (st == ST_OK)
		st = step_go(&s, REQUEST_MARK_DUPLICATE, NULL, NULL);
	if (st == ST_OK)
		st = step_set(&s.r.duplicate_of, of);
	request_release(&other);
	return step_end(&s, st, out);
}

enum status rights_reopen(struct installation *in,
    const struct rights_actor *by, const char *id, const char *note,
    json_t **out)
{
	struct step s = { 0 };
	enum status st;

	if ((st = check_note(note)) != ST_OK)
		return st;
	st = step_begin(&s, in, by, id);
	if (st == ST_OK)
		st = step_go(&s, REQUEST_REOPEN, NULL, note);
	/* It is decided anew. */
	s.r.outcome = REQUEST_UNDECIDED;
	if (st == ST_OK)
		st = step_set(&s.r.reason, NULL);
	if (st == ST_OK)
		st = step_set(&s.r.decided_by, NULL);
	if (st == ST_OK)
		st = step_set(&s.r.approved_by, NULL);
	return step_end(&s, st, out);
}
