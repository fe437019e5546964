/* What is overdue, and what nobody can decide, as of a day. */
#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/zone.h"
#include "engine/web/pages.h"
#include "engine/web/site.h"

enum status page_statement(struct exchange *x)
{
	char today[CIVIL_TEXT];
	enum status st;

	civil_format(zone_day(x->in->zone, x->now), today);
	st = errands_read(x->site->errands, ERRAND_STATEMENT, NULL, &x->data);
	return st == ST_OK ? json_put(x->data, "today", json_string(today))
			   : st;
}

/* The end of the day ${text} in the installation's zone; of today, now. */
static enum status as_of(
    const struct exchange *x, const char *text, int64_t *out)
{
	int32_t day = 0;

	if (text == NULL || civil_parse(text, strlen(text), &day) != ST_OK)
		return fail(ST_USAGE, "`date` is not a day such as 2026-03-01");
	*out = zone_day(x->in->zone, x->now) == day
		   ? x->now
		   : zone_midnight(x->in->zone, day + 1) - 1;
	return ST_OK;
}

enum status do_statement(struct exchange *x)
{
	struct errand_order order = { .what = ERRAND_STATEMENT,
		.actor = x->session.user,
		.role = page_role(x),
		.at = x->now };
	enum status st = as_of(x, exchange_field(x, "date"), &order.as_of);

	if (st == ST_OK)
		st = errands_begin(x->site->errands, &order);
	if (st == ST_OK)
		st = exchange_go(x, "/statement");
	return st == ST_OK ? page_statement(x) : st;
}
