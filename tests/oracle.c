/*
 * What must become of a record, read off the rules and not off the engine:
 * requirements, section 5 (closed forms of both counting rules, local 00:00
 * of the day after), design, section 4.  Slow and plain on purpose.
 */
#include "tests/world.h"

#include <string.h>

#define DAY INT64_C(86400)

const char *oracle_name(enum oracle_verdict v)
{
	static const char *const names[] = { "ACTIVE", "RETAIN", "DUE",
		"OVERDUE", "UNDECIDED", "ACTIVE or RETAIN" };

	return names[v];
}

/* ---- dates ---- */

static int is_leap(int64_t y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static int64_t month_length(int64_t y, int64_t m)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };

	return m == 2 && is_leap(y) ? 29 : lengths[m - 1];
}

int64_t oracle_day(int64_t year, int64_t month, int64_t day)
{
	int64_t days = 0, y, m;

	for (y = 1970; y < year; y++)
		days += is_leap(y) ? 366 : 365;
	for (y = 1969; y >= year; y--)
		days -= is_leap(y) ? 366 : 365;
	for (m = 1; m < month; m++)
		days += month_length(year, m);
	return days + day - 1;
}

void oracle_civil(int64_t day, int64_t *year, int64_t *month, int64_t *mday)
{
	int64_t y = 1970, m = 1;

	while (day < 0)
		day += is_leap(--y) ? 366 : 365;
	while (day >= (is_leap(y) ? 366 : 365))
		day -= is_leap(y++) ? 366 : 365;
	while (day >= month_length(y, m))
		day -= month_length(y, m++);
	*year = y;
	*month = m;
	*mday = day + 1;
}

/* ---- zones ---- */

static int64_t weekday(int64_t day) /* 0 = Sunday; 1970-01-01 was Thursday */
{
	return ((day + 4) % 7 + 7) % 7;
}

static int64_t last_sunday(int64_t year, int64_t month)
{
	int64_t day = oracle_day(year, month, month_length(year, month));

	return day - weekday(day);
}

static int64_t nth_sunday(int64_t year, int64_t month, int n)
{
	int64_t day = oracle_day(year, month, 1);

	return day + (7 - weekday(day)) % 7 + 7 * (n - 1);
}

static int64_t offset_of(enum world_zone zone, int64_t instant)
{
	int64_t y, m, d, day = instant / DAY - (instant % DAY < 0);
	int64_t first, last;

	oracle_civil(day, &y, &m, &d);
	switch (zone) {
	case ZONE_TOKYO: return 9 * 3600;
	case ZONE_UTC: return 0;
	case ZONE_BERLIN: /* since 1996 */
		if (instant >= last_sunday(y, 3) * DAY + 3600 &&
		    instant < last_sunday(y, 10) * DAY + 3600)
			return 7200;
		return 3600;
	case ZONE_NEW_YORK: /* since 1987, and since 2007 */
		first = y < 2007 ? nth_sunday(y, 4, 1) : nth_sunday(y, 3, 2);
		last = y < 2007 ? last_sunday(y, 10) : nth_sunday(y, 11, 1);
		if (instant >= first * DAY + 7 * 3600 &&
		    instant < last * DAY + 6 * 3600)
			return -4 * 3600;
		return -5 * 3600;
	}
	return 0;
}

int64_t oracle_midnight(enum world_zone zone, int64_t day)
{
	int64_t guess = day * DAY - offset_of(zone, day * DAY);

	/* Neither zone changes its clocks at 00:00. */
	return day * DAY - offset_of(zone, guess);
}

int64_t oracle_local_day(enum world_zone zone, int64_t instant)
{
	int64_t local = instant + offset_of(zone, instant);

	return local / DAY - (local % DAY < 0);
}

/* ---- periods ---- */

static int64_t last_day(int japanese, int64_t event, struct world_period p)
{
	int64_t y, m, d, length, month;

	oracle_civil(event, &y, &m, &d);
	month = y * 12 + m - 1 + p.months;
	length = month_length(month / 12, month % 12 + 1);
	if ((japanese && d == month_length(y, m)) || d > length)
		d = length;
	return oracle_day(month / 12, month % 12 + 1, d) + p.days;
}

static int64_t end_of(const struct world *w, const struct world_cluster *c,
    const struct moment *at, struct world_period p)
{
	const struct world_policy *policy = &w->policies[c->policy];
	int64_t event, y, m, d;

	if (at->kind == MOMENT_INSTANT && p.months == 0 && p.days == 0 &&
	    !c->year_end)
		return at->seconds;
	event = at->kind == MOMENT_DATE
		    ? at->day
		    : oracle_local_day(policy->zone, at->seconds);
	if (c->year_end) {
		oracle_civil(event, &y, &m, &d);
		event = oracle_day(y, 12, 31);
	}
	return oracle_midnight(
	    policy->zone, last_day(policy->japanese, event, p) + 1);
}

/* ---- the values of a starting point ---- */

struct found {
	int any, nulls, unreadable, dates;
	int ahead, after_today; /* begin after now, after this day */
	int before_today;       /* ... or earlier today, as an instant */
	int is_today;           /* a bare date */
	int64_t first_end, last_end;
};

static void take(const struct world *w, const struct world_cluster *c,
    const struct moment *at, int64_t now, struct found *f)
{
	enum world_zone zone = w->policies[c->policy].zone;
	int64_t end, kept, today = oracle_local_day(zone, now);

	f->any++;
	switch (at->kind) {
	case MOMENT_NULL: f->nulls++; return;
	case MOMENT_UNREADABLE: f->unreadable++; return;
	case MOMENT_DATE:
		f->ahead += at->day > today;
		f->after_today += at->day > today;
		f->is_today += at->day == today;
		f->before_today += at->day < today;
		break;
	case MOMENT_INSTANT:
		f->ahead += at->seconds > now;
		f->after_today += oracle_local_day(zone, at->seconds) > today;
		f->before_today += at->seconds <= now;
		break;
	}
	end = end_of(w, c, at, c->regular);
	if (c->has_retention) {
		kept = end_of(w, c, at, c->retention);
		end = kept > end ? kept : end;
	}
	if (f->dates == 0 || end < f->first_end)
		f->first_end = end;
	if (f->dates == 0 || end > f->last_end)
		f->last_end = end;
	f->dates++;
}

static int depth(const struct world *w, int c)
{
	int n = 0;

	for (; w->collections[c].parent >= 0; c = w->collections[c].parent)
		n++;
	return n;
}

/* Where two collections' ways to the root meet. */
static int meet(const struct world *w, int a, int b)
{
	while (a != b) {
		if (depth(w, a) >= depth(w, b))
			a = w->collections[a].parent;
		else
			b = w->collections[b].parent;
	}
	return a;
}

static int refers(const struct world *w, int child,
    const struct world_record *r, const int64_t *key)
{
	int p = w->collections[child].parent;

	if (r->ref_null || r->ref[0] != key[0])
		return 0;
	return !w->collections[p].tuple || r->ref[1] == key[1];
}

/* ${child} is the next collection on the way from ${at} down to the goal. */
static int step_down(const struct world *w, int at, int goal)
{
	while (w->collections[goal].parent != at)
		goal = w->collections[goal].parent;
	return goal;
}

static void down(const struct world *w, const struct world_cluster *cl, int at,
    const int64_t *key, int64_t now, struct found *f)
{
	int child = step_down(w, at, cl->start);
	const struct world_collection *c = &w->collections[child];
	size_t i;

	for (i = 0; i < c->count; i++) {
		if (!refers(w, child, &c->records[i], key))
			continue;
		if (child == cl->start)
			take(w, cl, &c->records[i].at, now, f);
		else
			down(w, cl, child, c->records[i].key, now, f);
	}
}

/* From a record up to where the ways meet, then down.  The record in which
 * they meet need not be there: its key is what both sides name. */
static void walk(const struct world *w, const struct world_cluster *cl, int at,
    const struct world_record *r, int64_t now, struct found *f)
{
	int top = meet(w, at, cl->start);
	const struct world_collection *p;
	size_t i;

	if (at == top) {
		if (at == cl->start)
			take(w, cl, &r->at, now, f);
		else
			down(w, cl, at, r->key, now, f);
		return;
	}
	if (r->ref_null)
		return;
	if (w->collections[at].parent == top && top != cl->start) {
		down(w, cl, top, r->ref, now, f);
		return;
	}
	p = &w->collections[w->collections[at].parent];
	for (i = 0; i < p->count; i++) {
		if (refers(w, at, r, p->records[i].key))
			walk(w, cl, w->collections[at].parent, &p->records[i],
			    now, f);
	}
}

/* ---- verdicts ---- */

enum oracle_verdict oracle_judge(const struct world *w, int collection,
    const struct world_record *r, int64_t now, int64_t *from)
{
	const struct world_cluster *c =
	    &w->clusters[w->collections[collection].cluster];
	struct found f;
	int64_t end;

	memset(&f, 0, sizeof(f));
	if (from)
		*from = INT64_MIN;
	if (c->unlimited)
		return ORACLE_ACTIVE;
	if (c->start < 0)
		take(w, c, &r->at, now, &f);
	else
		walk(w, c, collection, r, now, &f);
	/* What is not known does not delete; what is open has not ended. */
	if (c->open && !c->earliest && f.nulls)
		return ORACLE_ACTIVE;
	if (f.unreadable || (!c->open && f.nulls))
		return ORACLE_UNDECIDED;
	if (f.dates == 0)
		return c->open ? ORACLE_ACTIVE : ORACLE_UNDECIDED;
	end = c->earliest ? f.first_end : f.last_end;
	if (from)
		*from = end;
	if (f.is_today && f.ahead > f.after_today &&
	    (c->earliest ? !f.before_today : !f.after_today))
		return ORACLE_EITHER;
	if (c->earliest ? f.ahead == f.dates : f.ahead > 0)
		return ORACLE_ACTIVE;
	if (now < end)
		return ORACLE_RETAIN;
	return now > end + w->window_seconds ? ORACLE_OVERDUE : ORACLE_DUE;
}

int oracle_may_go(const struct world *w, int collection,
    const struct world_record *r, int64_t now)
{
	enum oracle_verdict v = oracle_judge(w, collection, r, now, NULL);
	int c;
	size_t i;

	if (v != ORACLE_DUE && v != ORACLE_OVERDUE)
		return 0;
	for (c = 0; c < w->collection_count; c++) {
		const struct world_collection *k = &w->collections[c];

		for (i = 0; i < k->count; i++) {
			const struct world_record *o = &k->records[i];

			if (o->gone)
				continue;
			if (k->enforced && k->parent == collection &&
			    refers(w, c, o, r->key))
				return 0;
			if (c == collection && o != r && o->self == r->key[0] &&
			    k->has_self)
				return 0;
		}
	}
	return 1;
}
