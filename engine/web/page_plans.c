/* Plans that runs stopped after, and their approval. */
#include <stdlib.h>
#include <string.h>

#include "engine/plan/rule.h"
#include "engine/purge/plans.h"
#include "engine/web/pages.h"
#include "engine/web/site.h"

enum status page_plans(struct exchange *x)
{
	return plans_list_json(x->in, &x->data);
}

/* May the session's user approve it?  The store asks again. */
static enum status put_may(struct exchange *x)
{
	struct stored_plan p = { .body = NULL };
	int waits = strcmp(json_text(x->data, "state"), "waiting") == 0;
	int64_t already = 0;
	enum status st = plans_find(x->in, x->id, &p);

	if (st == ST_OK)
		st = plans_approved_by(x->in, &p, x->session.user, &already);
	stored_plan_release(&p);
	if (st == ST_OK)
		st = json_put(x->data, "may_approve",
		    json_boolean(waits && !already &&
				 (x->session.roles & WEB_APPROVER)));
	return st == ST_OK ? json_put(x->data, "approved_by_you",
				 json_boolean(already != 0))
			   : st;
}

enum status page_plan(struct exchange *x)
{
	enum status st = plans_show_json(x->in, x->id, &x->data);

	return st == ST_OK ? put_may(x) : st;
}

enum status do_approve_plan(struct exchange *x)
{
	struct stored_plan p = { .body = NULL };
	struct schedule s = { .rules = NULL };
	struct diag d = DIAG_INIT;
	char *path;
	enum status st;

	x->spent = 1;
	if ((st = installation_open_audit(x->in)) != ST_OK)
		return st;
	st = plans_find(x->in, x->id, &p);
	if (st == ST_OK)
		st = schedule_init(&s, x->in, NULL, &d);
	if (st == ST_OK)
		st = plans_approve(x->in, &s, &p, x->session.user);
	schedule_release(&s);
	stored_plan_release(&p);
	diag_release(&d);
	if (st != ST_OK)
		return st;
	if ((path = str_format("/plans/%s", x->id)) == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = exchange_go(x, path);
	free(path);
	return st == ST_OK ? page_plan(x) : st;
}
