/* By when a request must be answered. */
#include "engine/rights/clock.h"

#include "engine/base/civil.h"

const char *clock_standing_name(enum clock_standing s)
{
	static const char *const names[CLOCK_STANDING__MAX] = { "closed",
		"late", "suspended", "running", "at_risk", "overdue" };

	return names[s];
}

/* ---- working days ---- */

/* Saturday is a working day under Art. 142 of the Civil Code (JP), or at least
 * that is disputed: then the earlier date counts. */
static int is_weekend(enum calendar_rule rule, int32_t day)
{
	int weekday = civil_weekday(day);

	return weekday == 6 || (weekday == 5 && rule == CALENDAR_EU_1182_71);
}

static int is_free(
    const struct clock_terms *t, enum calendar_rule rule, int32_t day)
{
	return is_weekend(rule, day) ||
	       (t->holidays && holidays_has(t->holidays, day));
}

static void note_unknown(struct clock *c, int year)
{
	if (c->unknown_year == 0 || year < c->unknown_year)
		c->unknown_year = year;
}

/* Reg. 1182/71 Art. 3(4); Civil Code (JP) Art. 142. */
static int32_t roll(const struct clock_terms *t, enum calendar_rule rule,
    int32_t last, struct clock *c)
{
	int32_t day = last;
	int year;

	if (t->roll == CLOCK_ROLL_NONE)
		return last;
	for (;; day++) {
		year = civil_date(day).year;
		if (t->holidays == NULL || !holidays_know(t->holidays, year)) {
			note_unknown(c, year);
			return last;
		}
		if (!is_free(t, rule, day))
			return day;
	}
}

int clock_asks_in_time(
    const struct clock_terms *t, int32_t received, int32_t asked)
{
	int32_t day;
	int worked = 0;

	if (asked < received)
		return 0;
	for (day = received + 1; day <= asked && worked <= t->ask_within; day++)
		worked += !is_free(t, CALENDAR_EU_1182_71, day);
	return worked <= t->ask_within;
}

/* ---- standing still ---- */

/* The day on which it went on; ${today} where it has not. */
static int32_t stop_end(const struct clock_stop *s, int32_t today)
{
	int32_t end = s->ended == CLOCK_NO_DAY ? today : s->ended;

	if (s->lapses != CLOCK_NO_DAY && s->lapses < end)
		end = s->lapses;
	return end;
}

static int is_standing(const struct clock_stop *s, int32_t today)
{
	return s->ended == CLOCK_NO_DAY &&
	       (s->lapses == CLOCK_NO_DAY || today <= s->lapses);
}

/* How many days before ${end} none of the first ${n} has covered: their union
 * counts, however they overlap. */
static int32_t days_added(const struct clock_facts *f, size_t n,
    const struct clock_terms *t, int32_t today)
{
	int32_t from = f->stops[n].asked, end = stop_end(&f->stops[n], today);
	int32_t added = 0;
	size_t i;

	for (; from < end; from++) {
		for (i = 0; i < n; i++)
			if (clock_asks_in_time(
				t, f->received, f->stops[i].asked) &&
			    f->stops[i].asked <= from &&
			    from < stop_end(&f->stops[i], today))
				break;
		added += i == n;
	}
	return added;
}

/* Sets ${stood}, and ${*last} to when the last of them ended. */
static int add_stops(const struct clock_terms *t, const struct clock_facts *f,
    int32_t today, struct clock *c, int32_t *last)
{
	int standing = 0;

	*last = CLOCK_NO_DAY;
	for (size_t i = 0; i < f->stop_count; i++) {
		const struct clock_stop *s = &f->stops[i];

		if (!clock_asks_in_time(t, f->received, s->asked))
			continue;
		c->stood += days_added(f, i, t, today);
		if (stop_end(s, today) > *last)
			*last = stop_end(s, today);
		standing |= is_standing(s, today);
	}
	return standing;
}

/* ---- dates ---- */

static void lengthen(struct period *p, const struct period *by)
{
	p->months += by->months;
	p->days += by->days;
	p->seconds += by->seconds;
}

static int32_t earlier(int32_t a, int32_t b)
{
	return a == CLOCK_NO_DAY || (b != CLOCK_NO_DAY && b < a) ? b : a;
}

/* Under one rule; what is set already stays where it is earlier. */
static void count(const struct clock_terms *t, const struct clock_facts *f,
    enum calendar_rule rule, int32_t answered, struct clock *c)
{
	struct period p = t->due;
	int32_t resumed, restarted;

	c->notice_due = earlier(c->notice_due,
	    roll(t, rule, calendar_last_day(rule, f->received, p), c));
	if (f->notice != CLOCK_NO_DAY && f->notice <= c->notice_due)
		lengthen(&p, &t->extension);
	resumed = roll(
	    t, rule, calendar_last_day(rule, f->received, p) + c->stood, c);
	c->resumed = earlier(c->resumed, resumed);
	if (answered == CLOCK_NO_DAY)
		return;
	restarted = roll(t, rule, calendar_last_day(rule, answered, p), c);
	c->restarted = earlier(c->restarted, restarted);
}

enum clock_standing clock_stand(const struct clock_terms *t,
    const struct clock *c, int32_t closed, int32_t today)
{
	if (closed != CLOCK_NO_DAY)
		return closed > c->due ? CLOCK_LATE : CLOCK_CLOSED;
	if (today > c->due)
		return CLOCK_OVERDUE;
	if (today > c->target || c->due - today < t->warn_days)
		return CLOCK_AT_RISK;
	return CLOCK_RUNNING;
}

struct clock clock_compute(
    const struct clock_terms *t, const struct clock_facts *f, int32_t today)
{
	struct clock c = { .due = CLOCK_NO_DAY,
		.resumed = CLOCK_NO_DAY,
		.restarted = CLOCK_NO_DAY,
		.notice_due = CLOCK_NO_DAY };
	int32_t at = f->closed == CLOCK_NO_DAY ? today : f->closed, answered;
	int standing = add_stops(t, f, at, &c, &answered);

	if (f->law != REQUEST_APPI)
		count(t, f, t->rule, answered, &c);
	if (f->law != REQUEST_GDPR)
		count(t, f, CALENDAR_JP_CIVIL_CODE, answered, &c);
	c.due = earlier(c.resumed, c.restarted);
	c.target = calendar_last_day(t->rule, f->received, t->target) + c.stood;
	if (f->notice != CLOCK_NO_DAY)
		c.extension =
		    f->notice <= c.notice_due ? CLOCK_EXTENDED : CLOCK_VOID;
	c.standing = clock_stand(t, &c, f->closed, today);
	if (standing && f->closed == CLOCK_NO_DAY &&
	    c.standing != CLOCK_OVERDUE)
		c.standing = CLOCK_SUSPENDED;
	return c;
}
