/* The desk: what needs somebody today. */
#include <string.h>

#include "engine/purge/plans.h"
#include "engine/purge/stop.h"
#include "engine/rights/erasure.h"
#include "engine/rights/notification.h"
#include "engine/rights/outbox.h"
#include "engine/web/pages.h"
#include "engine/web/site.h"

/* Of each kind of request so many are named; the list has the others. */
#define ROWS 5

static enum status put_list(struct exchange *x, const char *name,
    const char *standing, const char *state)
{
	const struct list_filter f = { .which = LIST_OPEN,
		.standing = standing,
		.state = state,
		.sort = LIST_BY_DUE,
		.limit = ROWS };
	json_t *list = NULL;
	enum status st;

	st = board_list(x->site->board, x->in, &f, x->now, &list);
	return st == ST_OK ? json_put(x->data, name, list) : st;
}

static enum status put_requests(struct exchange *x)
{
	json_t *summary = NULL;
	enum status st;

	st = board_summary(x->site->board, x->in, x->now, &summary);
	if (st == ST_OK)
		st = json_put(x->data, "summary", summary);
	if (st == ST_OK)
		st = put_list(x, "overdue", "overdue", NULL);
	if (st == ST_OK)
		st = put_list(x, "at_risk", "at_risk", NULL);
	return st == ST_OK ? put_list(x, "approval", NULL, "awaiting_approval")
			   : st;
}

static enum status put_plans(struct exchange *x)
{
	json_t *all = NULL, *waiting = NULL, *plan;
	enum status st = plans_list_json(x->in, &all);
	size_t i;

	if (st == ST_OK)
		st = json_made(json_array(), &waiting);
	json_array_foreach(json_object_get(all, "plans"), i, plan)
	{
		if (st == ST_OK &&
		    strcmp(json_text(plan, "state"), "waiting") == 0)
			st = json_push(waiting, json_incref(plan));
	}
	json_decref(all);
	if (st == ST_OK)
		return json_put(x->data, "plans", waiting);
	json_decref(waiting);
	return st;
}

static enum status put_rest(struct exchange *x)
{
	json_t *stopped = NULL, *outbox = NULL, *stores = NULL;
	json_t *recipients = NULL, *freed = NULL;
	enum status st = stop_read(x->in, &stopped);

	if (st == ST_OK)
		st = json_put(
		    x->data, "stopped", stopped ? stopped : json_null());
	if (st == ST_OK)
		st = outbox_summary(x->in, &outbox);
	if (st == ST_OK)
		st = json_put(x->data, "outbox", outbox);
	if (st == ST_OK)
		st = notification_summary(x->in, &recipients);
	if (st == ST_OK)
		st = json_put(x->data, "recipients", recipients);
	if (st == ST_OK)
		st = rights_erase_freed(x->in, &freed);
	if (st == ST_OK)
		st = json_put(x->data, "freed", freed);
	if (st == ST_OK)
		st = pulse_read(x->site->pulse, &stores);
	return st == ST_OK ? json_put(x->data, "stores", stores) : st;
}

static int has(const json_t *o, const char *list)
{
	return json_array_size(json_object_get(o, list)) > 0;
}

/* Nothing of it all.  While the stores are being counted nobody knows. */
static int is_calm(const json_t *o)
{
	const json_t *stores = json_object_get(o, "stores");
	const json_t *summary = json_object_get(o, "summary");

	return json_is_object(stores) && !has(o, "plans") &&
	       !json_is_object(json_object_get(o, "stopped")) &&
	       !json_int(summary, "overdue") && !json_int(summary, "at_risk") &&
	       !json_int(json_object_get(o, "approval"), "total") &&
	       !json_int(json_object_get(o, "outbox"), "dead") &&
	       !json_int(json_object_get(o, "recipients"), "open") &&
	       !has(o, "freed") && !json_int(stores, "overdue") &&
	       !json_int(stores, "undecided") &&
	       !json_int(stores, "unmapped") && !has(stores, "failed_runs") &&
	       !has(stores, "unreachable") &&
	       !json_object_get(stores, "problem");
}

enum status page_desk(struct exchange *x)
{
	char now[INSTANT_TEXT];
	enum status st;

	civil_format_instant(x->now, now);
	st = json_make(&x->data, "{s:s}", "as_of", now);
	if (st == ST_OK)
		st = put_requests(x);
	if (st == ST_OK)
		st = put_plans(x);
	if (st == ST_OK)
		st = put_rest(x);
	if (st == ST_OK)
		st = json_put(x->data, "calm", json_boolean(is_calm(x->data)));
	/* Who may not see requests sees how many there are. */
	return st == ST_OK
		   ? json_put(x->data, "may_see_requests",
			 json_boolean(
			     (x->session.roles & (WEB_INTAKE | WEB_OFFICER |
						     WEB_APPROVER)) != 0))
		   : st;
}
