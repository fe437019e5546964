/* What a request would erase, and erasing it. */
#include <string.h>

#include "engine/rights/case.h"
#include "engine/rights/erasure.h"
#include "engine/rights/letter_parts.h"
#include "engine/web/pages.h"
#include "engine/web/site.h"

/* So long a form waits for what it began; what takes longer has a page that
 * says so. */
#define AT_ONCE 2000

/* ---- the page ---- */

/* The title of its cluster, and the day of what is known to the second. */
static enum status dress_item(const struct exchange *x, json_t *item)
{
	const char *until = json_text(item, "until");
	const char *title =
	    letter_cluster(x->in, x->language, json_text(item, "cluster"));
	enum status st = json_put(item, "title", json_string(title));

	if (st == ST_OK && *until)
		st = json_put(item, "until_date",
		    json_stringn(until, strcspn(until, "T")));
	return st;
}

static enum status dress_plan(const struct exchange *x, const json_t *plan)
{
	static const char *const lists[] = { "items", "kept", NULL };
	enum status st = ST_OK;
	json_t *item;
	size_t i;

	for (const char *const *list = lists; *list; list++)
		json_array_foreach(json_object_get(plan, *list), i, item)
		{
			if (st == ST_OK)
				st = dress_item(x, item);
		}
	return st;
}

/* What is under way, and why the last one came to nothing: until there is a
 * newer plan than that. */
static enum status put_errand(
    struct exchange *x, const json_t *plan, enum errand what, const char *name)
{
	json_t *o = NULL;
	const json_t *last;
	const char *outcome;
	enum status st = errands_read(x->site->errands, what, x->id, &o);

	if (st == ST_OK)
		st = json_put(x->data, name, o);
	if (st != ST_OK)
		return st;
	if (json_is_object(json_object_get(o, "work")))
		return json_put(x->data, "busy", json_true());
	last = json_object_get(o, "last");
	outcome = json_text(last, "outcome");
	if (!*outcome || strcmp(outcome, "made") == 0 ||
	    strcmp(outcome, "executed") == 0 ||
	    strcmp(json_text(last, "at"), json_text(plan, "made_at")) < 0)
		return ST_OK;
	return json_put(x->data, "failed", json_deep_copy(last));
}

/* Of whoever may see certificates. */
static enum status put_certificate(struct exchange *x, const json_t *plan)
{
	const char *run = json_text(json_object_get(plan, "report"), "run");

	if (!*run || !(x->session.roles & (WEB_OFFICER | WEB_AUDITOR)))
		return json_put(x->data, "certificate", json_null());
	return json_put(x->data, "certificate", json_string(run));
}

static enum status read_case(struct exchange *x, json_t **out)
{
	const struct rights_actor by = page_actor(x);
	const char *type;
	enum status st = rights_case(x->in, &by, x->id, out);

	if (st == ST_USAGE)
		x->status = 404;
	if (st != ST_OK)
		return st;
	type = json_text(*out, "type");
	if (strcmp(type, "erasure") == 0 || strcmp(type, "objection") == 0)
		return ST_OK;
	x->status = 404;
	return fail(ST_NOTFOUND, "%s is no request for erasure", x->id);
}

static enum status read_page(struct exchange *x, const json_t *one)
{
	json_t *plan = NULL;
	enum status st = rights_plan_read(x->in, x->id, &plan);

	if (st == ST_OK)
		st = dress_plan(x, json_object_get(plan, "plan"));
	if (st == ST_OK)
		st = json_make(&x->data,
		    "{s:s, s:O, s:O, s:O, s:b, s:O, s:b, s:n}", "id", x->id,
		    "type", json_object_get(one, "type"), "state",
		    json_object_get(one, "state"), "may",
		    json_object_get(one, "may"), "to_decide",
		    strcmp(json_text(one, "next"), "decide") == 0, "erasure",
		    plan, "busy", 0, "failed");
	if (st == ST_OK)
		st = put_errand(x, plan, ERRAND_PLAN, "planning");
	if (st == ST_OK)
		st = put_errand(x, plan, ERRAND_EXECUTE, "execution");
	if (st == ST_OK)
		st = put_certificate(x, plan);
	json_decref(plan);
	return st;
}

enum status page_erasure(struct exchange *x)
{
	json_t *one = NULL;
	enum status st = read_case(x, &one);

	if (st == ST_OK)
		st = page_log(x, "request_shown",
		    json_pack("{s:s, s:s}", "object", "plan", "id", x->id));
	if (st == ST_OK)
		st = read_page(x, one);
	json_decref(one);
	return st;
}

/* ---- forms ---- */

static enum status check_may(struct exchange *x, const char *what)
{
	json_t *one = NULL;
	enum status st = read_case(x, &one);

	if (st == ST_OK &&
	    !json_is_true(json_object_get(json_object_get(one, "may"), what)))
		st = fail(ST_DENIED,
		    strcmp(what, "plan") == 0
			? "it cannot be planned now: the person must be "
			  "verified, and the request open and in your hands"
			: "there is nothing to carry out: the plan as it "
			  "stands must be decided on and approved");
	json_decref(one);
	return st;
}

static enum status carry_out(
    struct exchange *x, const char *may, enum errand what)
{
	const struct errand_order order = { .what = what,
		.actor = x->session.user,
		.role = page_role(x),
		.at = x->now,
		.request = x->id,
		.rights = page_actor(x).roles,
		.tell = exchange_field(x, "tell") != NULL };
	char *path;
	enum status st = check_may(x, may);

	if (st == ST_OK)
		st = errands_begin(x->site->errands, &order);
	if (st != ST_OK)
		return st;
	errands_wait(x->site->errands, what, AT_ONCE);
	if ((path = str_format("/requests/%s/erasure", x->id)) == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = exchange_go(x, path);
	free(path);
	return st == ST_OK ? page_erasure(x) : st;
}

enum status do_plan_erasure(struct exchange *x)
{
	return carry_out(x, "plan", ERRAND_PLAN);
}

enum status do_execute(struct exchange *x)
{
	return carry_out(x, "execute", ERRAND_EXECUTE);
}
