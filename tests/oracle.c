/*
 * What the clocks say of a record: design, section 4.  The values of a
 * starting point are looked for from record to record, along the references.
 */
#include "tests/oracle.h"

#include <string.h>

const char *oracle_name(enum oracle_verdict v)
{
	static const char *const names[] = { "ACTIVE", "RETAIN", "HELD",
		"RESTRICTED", "DUE", "OVERDUE", "UNDECIDED",
		"ACTIVE or RETAIN" };

	return names[v];
}

int oracle_is_due(enum oracle_verdict v)
{
	return v == ORACLE_DUE || v == ORACLE_OVERDUE;
}

/* ---- the values of a starting point ---- */

/* A clock that is read for one record, and what was found. */
struct reading {
	const struct world *world;
	const struct world_cluster *cluster;
	const struct world_clock *clock;
	int64_t now;
	int nulls, unreadable, dates;
	int ahead, after_today; /* begin after now, after this day */
	int before_today;       /* ... or earlier today, as an instant */
	int is_today;           /* a bare date */
	int64_t first_end, last_end;
};

static enum world_zone zone_of(const struct reading *x)
{
	return x->world->policies[x->cluster->policy].zone;
}

static int64_t end_of(
    const struct reading *x, const struct moment *at, struct world_period p)
{
	int japanese = x->world->policies[x->cluster->policy].japanese;
	int64_t event, y, m, d;

	if (at->kind == MOMENT_INSTANT && p.months == 0 && p.days == 0 &&
	    !x->clock->year_end)
		return at->seconds;
	event = at->kind == MOMENT_DATE
		    ? at->day
		    : oracle_local_day(zone_of(x), at->seconds);
	if (x->clock->year_end) {
		oracle_civil(event, &y, &m, &d);
		event = oracle_day(y, 12, 31);
	}
	return oracle_midnight(
	    zone_of(x), oracle_last_day(japanese, event, p) + 1);
}

static void take_begin(struct reading *x, const struct moment *at)
{
	int64_t today = oracle_local_day(zone_of(x), x->now);

	if (at->kind == MOMENT_DATE) {
		x->ahead += at->day > today;
		x->after_today += at->day > today;
		x->is_today += at->day == today;
		x->before_today += at->day < today;
	} else {
		x->ahead += at->seconds > x->now;
		x->after_today +=
		    oracle_local_day(zone_of(x), at->seconds) > today;
		x->before_today += at->seconds <= x->now;
	}
}

static void take(struct reading *x, const struct world_record *r)
{
	const struct moment *at = &r->at[x->clock->time];
	int64_t end, kept;

	x->nulls += at->kind == MOMENT_NULL;
	x->unreadable += at->kind == MOMENT_UNREADABLE;
	if (at->kind == MOMENT_NULL || at->kind == MOMENT_UNREADABLE)
		return;
	take_begin(x, at);
	end = end_of(x, at, x->clock->regular);
	if (x->cluster->has_retention) {
		kept = end_of(x, at, x->cluster->retention);
		end = kept > end ? kept : end;
	}
	if (x->dates == 0 || end < x->first_end)
		x->first_end = end;
	if (x->dates == 0 || end > x->last_end)
		x->last_end = end;
	x->dates++;
}

/* ---- along the references ---- */

static int depth(const struct world *w, int c)
{
	int n = 0;

	for (; w->collections[c].parent >= 0; c = w->collections[c].parent)
		n++;
	return n;
}

int oracle_meet(const struct world *w, int a, int b)
{
	while (a != b) {
		if (depth(w, a) >= depth(w, b))
			a = w->collections[a].parent;
		else
			b = w->collections[b].parent;
	}
	return a;
}

int oracle_refers(const struct world *w, int child,
    const struct world_record *r, const int64_t *key)
{
	int p = w->collections[child].parent;

	if (r->ref_null || r->ref[0] != key[0])
		return 0;
	return !w->collections[p].has[COLUMN_K2] || r->ref[1] == key[1];
}

int oracle_below(const struct world *w, int at, int goal)
{
	while (w->collections[goal].parent != at)
		goal = w->collections[goal].parent;
	return goal;
}

static void down(struct reading *x, int at, const int64_t *key)
{
	int start = x->clock->start;
	int child = oracle_below(x->world, at, start);
	const struct world_collection *c = &x->world->collections[child];
	size_t i;

	for (i = 0; i < c->count; i++) {
		if (c->records[i].lost ||
		    !oracle_refers(x->world, child, &c->records[i], key))
			continue;
		if (child == start)
			take(x, &c->records[i]);
		else
			down(x, child, c->records[i].key);
	}
}

/* From a record up to where the ways meet, then down. */
static void walk(struct reading *x, int at, const struct world_record *r)
{
	const struct world *w = x->world;
	int start = x->clock->start, top = oracle_meet(w, at, start);
	int parent = w->collections[at].parent;
	const struct world_collection *p;
	size_t i;

	if (at == top) {
		if (at == start)
			take(x, r);
		else
			down(x, at, r->key);
		return;
	}
	if (r->ref_null)
		return;
	if (oracle_skips(w, at, top, start)) {
		down(x, top, r->ref);
		return;
	}
	p = &w->collections[parent];
	for (i = 0; i < p->count; i++) {
		if (!p->records[i].lost &&
		    oracle_refers(w, at, r, p->records[i].key))
			walk(x, parent, &p->records[i]);
	}
}

/* The record in which the ways meet need not be there: what refers to it from
 * both sides names the same columns of it. */
int oracle_skips(const struct world *w, int at, int top, int start)
{
	return top != start && w->collections[at].parent == top &&
	       w->collections[at].by_u ==
		   w->collections[oracle_below(w, top, start)].by_u;
}

/* ---- verdicts ---- */

static enum oracle_verdict read_clock(
    struct reading *x, const struct oracle_part *p, int64_t *from)
{
	const struct world_clock *c = x->clock;
	int64_t end;

	*from = INT64_MIN;
	if (c->start < 0)
		take(x, p->record);
	else
		walk(x, p->collection, p->record);
	/* What is not known does not delete; what is open has not ended. */
	if (c->open && !c->earliest && x->nulls)
		return ORACLE_ACTIVE;
	if (x->unreadable || (!c->open && x->nulls))
		return ORACLE_UNDECIDED;
	if (x->dates == 0)
		return c->open ? ORACLE_ACTIVE : ORACLE_UNDECIDED;
	end = c->earliest ? x->first_end : x->last_end;
	*from = end;
	if (x->is_today && x->ahead > x->after_today &&
	    (c->earliest ? !x->before_today : !x->after_today))
		return ORACLE_EITHER;
	if (c->earliest ? x->ahead == x->dates : x->ahead > 0)
		return ORACLE_ACTIVE;
	return x->now < end ? ORACLE_RETAIN : ORACLE_DUE;
}

enum oracle_verdict oracle_clocks(const struct world *w,
    const struct oracle_part *p, int64_t now, int64_t *from)
{
	const struct world_cluster *c =
	    &w->clusters[w->collections[p->collection].clusters[p->part]];
	int said[ORACLE__MAX] = { 0 }, i, all = 1;
	int64_t last = INT64_MIN, end;

	for (i = 0; i < c->clock_count; i++) {
		struct reading x = { .world = w,
			.cluster = c,
			.clock = &c->clocks[i],
			.now = now };

		said[read_clock(&x, p, &end)]++;
		all = all && end != INT64_MIN;
		last = end > last ? end : last;
	}
	if (from)
		*from = all ? last : INT64_MIN;
	if (said[ORACLE_UNDECIDED])
		return ORACLE_UNDECIDED;
	if (said[ORACLE_ACTIVE] || c->clock_count == 0)
		return ORACLE_ACTIVE;
	if (said[ORACLE_EITHER])
		return ORACLE_EITHER;
	if (said[ORACLE_RETAIN])
		return ORACLE_RETAIN;
	return now > last + w->window_seconds ? ORACLE_OVERDUE : ORACLE_DUE;
}
