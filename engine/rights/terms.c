/* lethe.yml's `requests:`, as the clock wants it. */
#include "engine/rights/terms.h"

#include <string.h>

#include "engine/model/node.h"

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
