/* What is suspended: holds, and restrictions of processing. */
#include <string.h>

#include "engine/base/civil.h"
#include "engine/holds/holds.h"
#include "engine/holds/reason.h"
#include "engine/web/pages.h"
#include "engine/web/site.h"

/* Restrictions come of requests, which are told of it; here is placed what an
 * authority or a dispute demands. */
static enum status put_reasons(struct exchange *x)
{
	json_t *list = NULL, *one = NULL;
	enum status st = json_made(json_array(), &list);

	for (size_t i = 0; st == ST_OK && holds_reasons[i].code; i++) {
		if (holds_reasons[i].kind != SUSPENSION_HOLD)
			continue;
		st = json_make(&one, "{s:s}", "reason", holds_reasons[i].code);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	if (st == ST_OK)
		return json_put(x->data, "reasons", list);
	json_decref(list);
	return st;
}

/* It names people: who looked is an entry before it is shown. */
enum status page_holds(struct exchange *x)
{
	const char *which = exchange_asked(x, "which");
	int all = which && strcmp(which, "all") == 0;
	enum status st;

	if (which && !all)
		return fail(ST_USAGE, "`which` is `all`, or not there");
	st =
	    holds_list(x->in, all ? HOLDS_ALL : HOLDS_ACTIVE, x->now, &x->data);
	if (st == ST_OK)
		st = page_log(x, "holds_listed",
		    json_pack("{s:s, s:I}", "object", "holds", "suspensions",
			(json_int_t)json_array_size(
			    json_object_get(x->data, "suspensions"))));
	if (st == ST_OK)
		st = json_put(x->data, "all", json_boolean(all));
	if (st == ST_OK)
		st = put_reasons(x);
	return st == ST_OK ? page_identities(x) : st;
}

static enum status review_of(struct exchange *x, int32_t *out)
{
	const char *text = exchange_field(x, "review");

	*out = HOLDS_NO_DAY;
	if (text == NULL || civil_parse(text, strlen(text), out) == ST_OK)
		return ST_OK;
	return fail(ST_USAGE, "`review` is not a day such as 2027-03-31");
}

enum status do_hold(struct exchange *x)
{
	struct holds_order o = {
		.scope = { .identity = exchange_field(x, "identity"),
		    .value = exchange_field(x, "value"),
		    .cluster = exchange_field(x, "cluster") },
		.reason = exchange_field(x, "reason"),
		.authority = exchange_field(x, "authority"),
		.note = exchange_field(x, "note"),
	};
	enum status st = review_of(x, &o.review);

	if (st == ST_OK && (o.scope.value == NULL || o.scope.identity == NULL))
		st = fail(ST_USAGE, "whose data? give `identity` and `value`");
	if (st == ST_OK && o.reason == NULL)
		st = fail(ST_USAGE, "`reason` is missing");
	if (st == ST_OK)
		st = holds_place(x->in, &o, x->session.user, &x->data);
	return st == ST_OK ? exchange_go(x, "/holds") : st;
}

enum status do_release(struct exchange *x)
{
	enum status st = holds_release(x->in, x->id, x->session.user,
	    exchange_field(x, "reason"), &x->data);

	if (st == ST_USAGE && exchange_field(x, "reason"))
		x->status = 404;
	return st == ST_OK ? exchange_go(x, "/holds") : st;
}
