/* When a service ends. */
#include "engine/model/term.h"

static int is_nothing(struct period p) { return p.months == 0 && p.days == 0; }

static struct period back(struct period p)
{
	return (struct period){ -p.months, -p.days, 0 };
}

static struct period sum(struct period a, struct period b)
{
	return (struct period){ a.months + b.months, a.days + b.days, 0 };
}

struct term_end term_end(enum calendar_rule rule, const struct term *term,
    const struct term_days *days)
{
	struct term_end end = { TERM_NO_DAY, TERM_NO_DAY, TERM_NO_DAY,
		days->ended };

	if (!term->is_limited)
		return end;
	end.base_end = calendar_last_day(rule, days->from, term->base);
	/* From the event again: a clamped base end would shift what follows. */
	end.longest = calendar_last_day(
	    rule, days->from, sum(term->base, term->extension));
	if (!is_nothing(term->extension))
		end.cancel_by = calendar_last_day(
		    CALENDAR_EU_1182_71, end.base_end, back(term->notice));
	end.last_day =
	    days->cancelled <= end.cancel_by && days->cancelled != TERM_NO_DAY
		? end.base_end
		: end.longest;
	if (days->ended < end.last_day)
		end.last_day = days->ended;
	return end;
}
