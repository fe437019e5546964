/*
 * One record's verdict.  Of several values of a starting point the rule picks
 * one: an open end or an unreadable value counts before any date, because
 * what is not known must not delete.
 */
#include "engine/plan/verdict.h"

#include <string.h>

const char *verdict_name(enum verdict v)
{
	static const char *const names[VERDICT__MAX] = {
		[VERDICT_ACTIVE] = "ACTIVE",
		[VERDICT_RETAIN] = "RETAIN",
		[VERDICT_HELD] = "HELD",
		[VERDICT_RESTRICTED] = "RESTRICTED",
		[VERDICT_DUE] = "DUE",
		[VERDICT_OVERDUE] = "OVERDUE",
		[VERDICT_UNDECIDED] = "UNDECIDED",
		[VERDICT_UNMAPPED] = "UNMAPPED",
	};

	return (unsigned int)v < VERDICT__MAX ? names[v] : "?";
}

static struct calendar_cutoff earlier(
    struct calendar_cutoff a, struct calendar_cutoff b)
{
	if (b.last_day < a.last_day)
		a.last_day = b.last_day;
	if (b.before < a.before)
		a.before = b.before;
	return a;
}

size_t verdict_clocks(const struct policy_cluster *cluster)
{
	size_t i, n = 0;

	if (cluster->starting_point != SIZE_MAX)
		return 1;
	for (i = 0; cluster->unlimited == NULL && i < cluster->purpose_count;
	     i++)
		n += cluster->purposes[i].starting_point != SIZE_MAX;
	return n;
}

struct verdict_clock verdict_clock_of(
    const struct verdict_rule *rule, const struct policy *policy, size_t at)
{
	const struct policy_cluster *c = rule->cluster;
	struct verdict_clock clock = { .rule = *rule };
	size_t i;

	if (c->starting_point != SIZE_MAX) {
		clock.start = &policy->starting_points[c->starting_point];
		clock.period = c->regular_deletion_period;
		return clock;
	}
	for (i = 0; i < c->purpose_count; i++) {
		const struct policy_cluster_purpose *p = &c->purposes[i];

		if (p->starting_point == SIZE_MAX || at-- > 0)
			continue;
		clock.start = &policy->starting_points[p->starting_point];
		clock.period = p->period;
		clock.purpose = &policy->purposes[p->purpose];
		break;
	}
	return clock;
}

struct calendar_cutoff verdict_cutoff(
    const struct verdict_clock *clock, int64_t now)
{
	const struct policy_cluster *c = clock->rule.cluster;
	struct calendar_cutoff cut;

	cut = calendar_cutoff(
	    &clock->rule.calendar, now, clock->start->from, clock->period);
	if (c->has_retention)
		cut =
		    earlier(cut, calendar_cutoff(&clock->rule.calendar, now,
				     clock->start->from, c->retention_period));
	return cut;
}

static struct calendar_end end_of(
    const struct verdict_clock *clock, struct when event)
{
	const struct policy_cluster *c = clock->rule.cluster;
	struct calendar_end end, kept;

	end = calendar_end(
	    &clock->rule.calendar, event, clock->start->from, clock->period);
	if (!c->has_retention)
		return end;
	kept = calendar_end(&clock->rule.calendar, event, clock->start->from,
	    c->retention_period);
	return kept.deletable_from > end.deletable_from ? kept : end;
}

static int readable(struct when w)
{
	switch (w.kind) {
	case WHEN_NONE: break;
	case WHEN_DATE: return w.day >= WHEN_FIRST_DAY;
	case WHEN_INSTANT: return w.seconds >= WHEN_FIRST_SECOND;
	}
	return 0;
}

/*
 * Where a value stands among others of its starting point, by time alone and
 * not by the end that a period would give: periods clamp different days to
 * one, and clusters with different periods share what is remembered.  A date
 * is over with its day, so it stands behind every instant of it.
 */
static int64_t place_in_time(const struct verdict_clock *clock, struct when w)
{
	if (w.kind == WHEN_DATE)
		return 2 * zone_midnight(clock->rule.calendar.zone, w.day + 1) -
		       1;
	return 2 * w.seconds;
}

static int is_later(
    const struct verdict_clock *clock, struct when a, struct when b)
{
	int64_t pa = place_in_time(clock, a), pb = place_in_time(clock, b);

	return clock->start->pick == POLICY_LATEST ? pb > pa : pb < pa;
}

/* What decides alone stands above what decides only among its like. */
static int rank(
    const struct policy_starting_point *s, const struct verdict_value *v)
{
	if (v->is_null && s->null_means == POLICY_NULL_OPEN)
		return s->pick == POLICY_LATEST ? 3 : 0;
	return v->is_null || !readable(v->when) ? 2 : 1;
}

int verdict_outranks(const struct verdict_clock *clock,
    const struct verdict_value *a, const struct verdict_value *b)
{
	int ra = rank(clock->start, a), rb = rank(clock->start, b);

	if (ra != rb || ra != 1)
		return rb > ra;
	return is_later(clock, a->when, b->when);
}

/* Does a starting point lie in the future? */
static int is_ahead(
    const struct verdict_clock *clock, struct when event, int64_t now)
{
	if (event.kind == WHEN_DATE)
		return event.day > zone_day(clock->rule.calendar.zone, now);
	return event.seconds > now;
}

struct tally {
	size_t nulls;
	size_t unreadable;
	size_t ahead;
	size_t begun;
	size_t picked; /* SIZE_MAX: none */
	struct when event;
};

static struct tally tally(const struct verdict_clock *clock,
    const struct verdict_value *values, size_t count, int64_t now)
{
	struct tally t = { .picked = SIZE_MAX, .event = { WHEN_NONE, 0, 0 } };
	size_t i;

	for (i = 0; i < count; i++) {
		struct when w = values[i].when;

		if (values[i].is_null) {
			t.nulls++;
			continue;
		}
		if (!readable(w)) {
			t.unreadable++;
			continue;
		}
		*(is_ahead(clock, w, now) ? &t.ahead : &t.begun) += 1;
		if (t.picked == SIZE_MAX || is_later(clock, t.event, w)) {
			t.picked = i;
			t.event = w;
		}
	}
	return t;
}

/* What stands before any date.  1: decided. */
static int decided_without(const struct verdict_clock *clock,
    const struct tally *t, struct judgement *j)
{
	const struct policy_starting_point *s = clock->start;
	int open = s->null_means == POLICY_NULL_OPEN;
	int none = t->nulls == 0 && t->unreadable == 0 && t->picked == SIZE_MAX;

	if (open && t->nulls > 0 &&
	    (s->pick == POLICY_LATEST ||
		(t->picked == SIZE_MAX && t->unreadable == 0))) {
		j->verdict = VERDICT_ACTIVE;
		buf_addf(&j->reasons,
		    "%s is empty in %zu record%s, which means open\n", s->name,
		    t->nulls, t->nulls == 1 ? "" : "s");
		return 1;
	}
	if (t->unreadable > 0 || (!open && t->nulls > 0)) {
		j->verdict = VERDICT_UNDECIDED;
		if (t->unreadable > 0)
			buf_addf(&j->reasons,
			    "%s is not a time from 1900 on in %zu record%s: "
			    "correct the data\n",
			    s->name, t->unreadable,
			    t->unreadable == 1 ? "" : "s");
		if (!open && t->nulls > 0)
			buf_addf(&j->reasons,
			    "%s is empty in %zu record%s: fill it in, or say "
			    "in the policy what an empty one means\n",
			    s->name, t->nulls, t->nulls == 1 ? "" : "s");
		return 1;
	}
	if (none) {
		j->verdict = open ? VERDICT_ACTIVE : VERDICT_UNDECIDED;
		buf_addf(&j->reasons, "no record gives %s%s\n", s->name,
		    open ? ", which means open" : "");
		return 1;
	}
	return 0;
}

static void by_date(const struct verdict_clock *clock, const struct tally *t,
    int64_t now, struct judgement *j)
{
	char last[CIVIL_TEXT], from[ZONE_TEXT];

	j->event = t->event;
	j->value = t->picked;
	j->end = end_of(clock, t->event);
	j->deletion_due = j->end.deletable_from + clock->rule.window_seconds;
	civil_format(j->end.last_day, last);
	zone_format(clock->rule.calendar.zone, j->end.deletable_from, from);
	if (clock->start->pick == POLICY_LATEST ? t->ahead > 0
						: t->begun == 0) {
		j->verdict = VERDICT_ACTIVE;
		/* A term that runs is no mistake: ingest computed its end. */
		buf_addf(&j->reasons,
		    clock->start->term
			? "%s lies ahead: the term has not ended yet\n"
			: "warning: %s lies in the future: check the data\n",
		    clock->start->name);
	} else if (now < j->end.deletable_from) {
		j->verdict = VERDICT_RETAIN;
		buf_addf(&j->reasons,
		    "the last day of the period is %s; it may go from %s\n",
		    last, from);
	} else if (now <= j->deletion_due) {
		j->verdict = VERDICT_DUE;
		buf_addf(&j->reasons,
		    "the period ended with %s; it may go since %s\n", last,
		    from);
	} else {
		j->verdict = VERDICT_OVERDUE;
		buf_addf(&j->reasons,
		    "the period ended with %s; it should have gone within the "
		    "deletion-run window after %s\n",
		    last, from);
	}
}

enum status verdict_judge(const struct verdict_clock *clock,
    const struct verdict_value *values, size_t count, int64_t now,
    struct judgement *out)
{
	struct judgement j;
	struct tally t;
	enum status st;

	memset(&j, 0, sizeof(j));
	j.value = SIZE_MAX;
	t = tally(clock, values, count, now);
	if (!decided_without(clock, &t, &j))
		by_date(clock, &t, now, &j);
	if ((st = buf_status(&j.reasons)) != ST_OK) {
		buf_release(&j.reasons);
		return st;
	}
	*out = j;
	return ST_OK;
}

/* What stands before what, of the clocks of one rule. */
static int weight(enum verdict v)
{
	switch (v) {
	case VERDICT_UNDECIDED: return 3;
	case VERDICT_ACTIVE: return 2;
	case VERDICT_RETAIN: return 1;
	case VERDICT_HELD:
	case VERDICT_RESTRICTED:
	case VERDICT_DUE:
	case VERDICT_OVERDUE:
	case VERDICT_UNMAPPED:
	case VERDICT__MAX: break;
	}
	return 0;
}

size_t verdict_decides(const struct judgement *judgements, size_t count)
{
	size_t i, best = SIZE_MAX;

	for (i = 0; i < count; i++) {
		const struct judgement *a = &judgements[i], *b;
		int more;

		if (best == SIZE_MAX) {
			best = i;
			continue;
		}
		b = &judgements[best];
		more = weight(a->verdict) - weight(b->verdict);
		if (more > 0 || (more == 0 && a->end.deletable_from >
						  b->end.deletable_from))
			best = i;
	}
	return best;
}
