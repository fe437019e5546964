/* One request: what is known of it, and what can be done. */
#include <string.h>

#include "engine/package/package.h"
#include "engine/rights/case.h"
#include "engine/rights/question.h"
#include "engine/web/pages.h"
#include "engine/web/site.h"

static enum status put_choices(struct exchange *x)
{
	json_t *list = NULL;
	enum status st;

	st = page_choices("verified_how", request_methods, NULL, &list);
	if (st == ST_OK)
		st = json_put(x->data, "methods", list);
	if (st == ST_OK)
		st = page_choices("extension_reason",
		    request_reasons(REQUEST_WHY_EXTEND), NULL, &list);
	if (st == ST_OK)
		st = json_put(x->data, "extension_reasons", list);
	if (st == ST_OK)
		st = page_choices(
		    "reason", request_reasons(REQUEST_WHY_REFUSE), NULL, &list);
	return st == ST_OK ? json_put(x->data, "reasons", list) : st;
}

static int is_erasing(const json_t *one)
{
	const char *type = json_text(one, "type");

	return strcmp(type, "erasure") == 0 || strcmp(type, "objection") == 0;
}

static enum status put_any(struct exchange *x)
{
	const json_t *may = json_object_get(x->data, "may");
	/* The others have pages of their own. */
	static const char *const here[] = { "verify", "suspend", "resume",
		"extend", "decide", "approve", "return", "withdraw", "reopen",
		"send_code", "package", "fulfil", NULL };
	int any = json_is_true(json_object_get(may, "execute")) &&
		  !is_erasing(x->data);

	for (size_t i = 0; here[i]; i++)
		any |= json_is_true(json_object_get(may, here[i]));
	if (json_put(x->data, "execute_here",
		json_boolean(json_is_true(json_object_get(may, "execute")) &&
			     !is_erasing(x->data))) != ST_OK)
		return ST_NOMEM;
	return json_put(x->data, "may_any", json_boolean(any));
}

/* ---- what leads elsewhere ---- */

/* The pages about this request. */
static enum status put_parts(struct exchange *x)
{
	const json_t *may = json_object_get(x->data, "may");
	json_t *list = NULL;
	enum status st = json_make(&list, "[]");

	if (st == ST_OK && json_is_true(json_object_get(may, "data")))
		st = json_push(list, json_pack("{s:s}", "part", "data"));
	if (st == ST_OK && is_erasing(x->data))
		st = json_push(list, json_pack("{s:s}", "part", "erasure"));
	if (st == ST_OK && json_is_true(json_object_get(may, "letter")))
		st = json_push(list, json_pack("{s:s}", "part", "letter"));
	if (st == ST_OK)
		return json_put(x->data, "parts", list);
	json_decref(list);
	return st;
}

/* Where what is to be done next is done; nowhere where there is only to
 * wait. */
static enum status put_next(struct exchange *x)
{
	const char *next = json_text(x->data, "next");
	const char *part = "#do";
	json_t *path;

	if (!*next || strcmp(next, "wait") == 0)
		return ST_OK;
	if (is_erasing(x->data) &&
	    (strcmp(next, "plan") == 0 || strcmp(next, "execute") == 0))
		part = "/erasure";
	if ((path = json_sprintf("/requests/%s%s", x->id, part)) == NULL)
		return fail(ST_NOMEM, "out of memory");
	if (json_put(x->data, "next_path", path) != ST_OK)
		return ST_NOMEM;
	return json_put(x->data, "next_link", json_string(next));
}

static enum status read_case(struct exchange *x)
{
	const struct rights_actor by = page_actor(x);
	enum status st = rights_case(x->in, &by, x->id, &x->data);

	if (st == ST_USAGE)
		x->status = 404;
	return st;
}

/* Every look at a person's request is an entry, before it is shown. */
enum status page_request(struct exchange *x)
{
	enum status st = read_case(x);

	if (st == ST_OK)
		st = page_log(x, "request_shown",
		    json_pack("{s:s, s:s}", "object", "request", "id", x->id));
	if (st == ST_OK)
		st = put_choices(x);
	if (st == ST_OK)
		st = put_any(x);
	if (st == ST_OK)
		st = put_parts(x);
	return st == ST_OK ? put_next(x) : st;
}

/* ---- forms ---- */

/* Copies that nobody may download any more, and what was kept aside, go at
 * once. */
static enum status sweep(struct exchange *x, enum status st)
{
	const struct rights_actor by = page_actor(x);
	int64_t deleted = 0;

	return st == ST_OK ? package_sweep(x->in, &by, &deleted) : st;
}

enum status page_case_done(struct exchange *x, enum status st)
{
	json_t *one = NULL;
	char *path;

	if (st == ST_USAGE &&
	    rights_show(x->in, x->id, x->now, &one) == ST_USAGE)
		x->status = 404;
	json_decref(one);
	if ((st = sweep(x, st)) != ST_OK)
		return st;
	if ((path = str_format("/requests/%s", x->id)) == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = exchange_go(x, path);
	free(path);
	return st;
}

enum status do_verify(struct exchange *x)
{
	const struct rights_actor by = page_actor(x);

	return page_case_done(
	    x, rights_verify(x->in, &by, x->id, exchange_field(x, "method"),
		   x->now, &x->data));
}

enum status do_suspend(struct exchange *x)
{
	const struct rights_actor by = page_actor(x);

	const char *note = exchange_field(x, "note");

	return page_case_done(
	    x, exchange_field(x, "ask")
		   ? rights_question(x->in, &by, x->id, note, &x->data)
		   : rights_suspend(x->in, &by, x->id, x->now, note, &x->data));
}

enum status do_resume(struct exchange *x)
{
	const struct rights_actor by = page_actor(x);

	return page_case_done(
	    x, rights_resume(x->in, &by, x->id, x->now, &x->data));
}

enum status do_extend(struct exchange *x)
{
	const struct rights_actor by = page_actor(x);

	return page_case_done(
	    x, rights_extend(x->in, &by, x->id, exchange_field(x, "reason"),
		   x->now, &x->data));
}

static enum status decide(struct exchange *x, enum request_outcome outcome)
{
	const struct rights_actor by = page_actor(x);
	const struct rights_decision d = { outcome, exchange_field(x, "reason"),
		exchange_field(x, "authority"), exchange_field(x, "note") };

	return page_case_done(
	    x, rights_decide(x->in, &by, x->id, &d, &x->data));
}

enum status do_decide(struct exchange *x)
{
	const char *name = exchange_field(x, "outcome");
	enum request_outcome outcome;
	enum status st = request_outcome_parse(name ? name : "", &outcome);

	if (st != ST_OK)
		return st;
	if (outcome == REQUEST_TO_REFUSE)
		return fail(ST_USAGE, "a refusal has a form of its own");
	return decide(x, outcome);
}

enum status do_refuse(struct exchange *x)
{
	return decide(x, REQUEST_TO_REFUSE);
}

enum status do_approve(struct exchange *x)
{
	const struct rights_actor by = page_actor(x);

	return page_case_done(x, rights_approve(x->in, &by, x->id, &x->data));
}

enum status do_return(struct exchange *x)
{
	const struct rights_actor by = page_actor(x);

	return page_case_done(x, rights_return(x->in, &by, x->id,
				     exchange_field(x, "note"), &x->data));
}

enum status do_withdraw(struct exchange *x)
{
	const struct rights_actor by = page_actor(x);

	return page_case_done(x, rights_withdraw(x->in, &by, x->id,
				     exchange_field(x, "note"), &x->data));
}
