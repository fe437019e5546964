/* lethe.yml's `requests:`, as the clock wants it. */
#include "engine/rights/terms.h"

#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/zone.h"
#include "engine/model/node.h"
#include "engine/rights/scan.h"

enum status terms_load(
    struct installation *in, struct holidays *holidays, struct clock_terms *out)
{
	struct clock_terms t = { .target = in->config.requests.target,
		.due = in->config.requests.due,
		.extension = in->config.requests.extension,
		.ask_within = in->config.requests.ask_within,
		.warn_days = in->config.requests.warn_days };
	enum status st;

	st = calendar_rule_parse(in->config.requests.calendar_rule, &t.rule);
	if (st != ST_OK)
		return st;
	t.roll = strcmp(in->config.requests.calendar_roll, "none") == 0
		     ? CLOCK_ROLL_NONE
		     : CLOCK_ROLL_WORKING_DAY;
	if (in->config.requests.holidays) {
		st = holidays_load(
		    in->config.requests.holidays, NULL, &in->diag, holidays);
		if (st != ST_OK)
			return st;
		t.holidays = holidays;
	}
	*out = t;
	return ST_OK;
}

/* ---- do the holidays reach far enough? ---- */

/* Take over the earliest year and the latest day. */
static void worse(const struct clock *c, int *year, int32_t *due)
{
	if (c->unknown_year && (*year == 0 || c->unknown_year < *year))
		*year = c->unknown_year;
	if (c->unknown_year && c->due > *due)
		*due = c->due;
}

static enum status warn(
    const struct installation *in, int year, int32_t due, json_t *warnings)
{
	const char *file = in->config.requests.holidays;
	char day[CIVIL_TEXT];
	json_t *text;

	civil_format(due, day);
	text = json_sprintf("requests: due dates reach %s, and no holiday of "
			    "%d is known: %s%s: until then such dates are not "
			    "rolled, and so too early rather than too late",
	    day, year,
	    file ? "add that year to "
		 : "name a file of them in lethe.yml, `requests: {calendar: "
		   "{holidays: FILE}}`",
	    file ? file : "");
	return json_push(warnings, text);
}

static enum status check_retention(
    const struct installation *in, json_t *warnings)
{
	struct period p = in->config.requests.retention;

	if (p.months || p.days || p.seconds)
		return ST_OK;
	return json_push(warnings,
	    json_string("requests: the data of closed requests is kept for "
			"ever: say how long in lethe.yml, `requests: "
			"{retention: P3Y}`"));
}

enum status terms_check(struct installation *in, int64_t now, json_t *warnings)
{
	static const struct list_filter open = { .which = LIST_OPEN };
	int32_t today = zone_day(in->zone, now), due = CLOCK_NO_DAY;
	const struct clock_facts f = { .law = REQUEST_BOTH,
		.received = today,
		.notice = today,
		.closed = CLOCK_NO_DAY };
	struct holidays holidays = { NULL, 0 };
	struct scan all = { 0 };
	struct clock_terms t;
	struct clock c;
	int year = 0;
	enum status st = terms_load(in, &holidays, &t);

	if (st == ST_OK) {
		c = clock_compute(&t, &f, today);
		worse(&c, &year, &due);
		st = scan_read(in, &open, now, &all);
	}
	for (size_t i = 0; st == ST_OK && i < all.clock_count; i++)
		worse(&all.clocks[i], &year, &due);
	if (st == ST_OK && year && t.roll == CLOCK_ROLL_WORKING_DAY)
		st = warn(in, year, due, warnings);
	if (st == ST_OK)
		st = check_retention(in, warnings);
	scan_release(&all);
	holidays_release(&holidays);
	return st;
}
