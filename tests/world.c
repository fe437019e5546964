/* A made-up installation: collections, references, times, rules. */
#include "tests/world.h"

#include <stdio.h>
#include <string.h>

static uint64_t next(struct world *w) /* SplitMix64 */
{
	uint64_t z = (w->dice += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

int64_t world_roll(struct world *w, int64_t n)
{
	return (int64_t)(next(w) % (uint64_t)n);
}

/* True in ${percent} of all cases. */
static int chance(struct world *w, int percent)
{
	return world_roll(w, 100) < percent;
}

/* ---- rules ---- */

static struct world_period make_period(struct world *w)
{
	static const struct world_period periods[] = { { 0, 0 }, { 0, 1 },
		{ 0, 7 }, { 0, 28 }, { 0, 30 }, { 1, 0 }, { 2, 0 }, { 3, 0 },
		{ 6, 0 }, { 11, 0 }, { 12, 0 }, { 18, 0 }, { 36, 0 },
		{ 120, 0 }, { 1, 10 } };

	return periods[world_roll(w, 15)];
}

static int least_days(struct world_period p) { return p.months * 28 + p.days; }

/* A starting point in another collection of the same store, or a bare one. */
static int make_start(struct world *w, int store)
{
	int c = (int)world_roll(w, w->collection_count);

	return w->collections[c].store == store && chance(w, 70) ? c : -1;
}

static int make_cluster(struct world *w, int store)
{
	struct world_cluster *c = &w->clusters[w->cluster_count];

	memset(c, 0, sizeof(*c));
	c->policy = (int)world_roll(w, WORLD_POLICIES);
	c->store = store;
	c->start = make_start(w, store);
	c->earliest = chance(w, 35);
	c->open = chance(w, 60);
	c->year_end = chance(w, 20);
	c->unlimited = chance(w, 5);
	c->regular = make_period(w);
	c->retention = make_period(w);
	c->has_retention =
	    chance(w, 40) && least_days(c->retention) <= least_days(c->regular);
	return w->cluster_count++;
}

static int pick_cluster(struct world *w, int store)
{
	int c;

	if (w->cluster_count > 0 && chance(w, 30)) {
		c = (int)world_roll(w, w->cluster_count);
		if (w->clusters[c].store == store)
			return c;
	}
	return make_cluster(w, store);
}

static void make_instants(struct world *w)
{
	static const int64_t steps[] = { 1, 3600, 86399, 86400, 86401, 172800,
		2678400, 31622400 };
	int64_t day = oracle_day(2012 + world_roll(w, 12),
	    1 + world_roll(w, 12), 1 + world_roll(w, 28));
	enum world_zone zone = w->policies[world_roll(w, WORLD_POLICIES)].zone;
	int i;

	if (chance(w, 30))
		day = oracle_day(2013 + world_roll(w, 11), 1, 1) +
		      world_roll(w, 4) - 2;
	w->instants[0] = oracle_midnight(zone, day);
	if (chance(w, 50))
		w->instants[0] += world_roll(w, 86400);
	else if (chance(w, 50))
		w->instants[0] -= 1;
	for (i = 1; i < WORLD_INSTANTS; i++)
		w->instants[i] = w->instants[i - 1] + steps[world_roll(w, 8)];
}

/* ---- records ---- */

/* The day whose period would end close to one of the instants. */
static int64_t make_day(struct world *w, const struct world_cluster *c)
{
	int64_t at = w->instants[world_roll(w, WORLD_INSTANTS)];
	int64_t day, y, m, d, length;

	day = oracle_local_day(w->policies[c->policy].zone, at);
	day += world_roll(w, 4) - 2 - c->regular.days;
	oracle_civil(day, &y, &m, &d);
	m = y * 12 + m - 1 - c->regular.months;
	length = oracle_day(m / 12 + (m % 12 == 11), (m + 1) % 12 + 1, 1) -
		 oracle_day(m / 12, m % 12 + 1, 1);
	day = oracle_day(m / 12, m % 12 + 1, d > length ? length : d);
	if (c->year_end && chance(w, 50))
		day -= world_roll(w, 366);
	if (chance(w, 10))
		day += world_roll(w, 2000) - 1000;
	return day;
}

static void write_instant(struct world *w, struct moment *m, char out[64])
{
	static const int offsets[] = { 0, 9 * 60, -5 * 60, 330, 60 };
	int offset = offsets[world_roll(w, 5)], form = (int)world_roll(w, 4);
	int64_t local, y, mo, d, s;
	const char *fraction = chance(w, 15) ? ".25" : "";

	if (form == 1)
		offset = 0;
	local = m->seconds + offset * 60;
	s = local % 86400 + (local % 86400 < 0 ? 86400 : 0);
	oracle_civil((local - s) / 86400, &y, &mo, &d);
	(void)snprintf(out, 40, "\"%04d-%02d-%02d%c%02d:%02d:%02d%s", (int)y,
	    (int)mo, (int)d, form == 1 ? ' ' : 'T', (int)(s / 3600),
	    (int)(s / 60 % 60), (int)(s % 60), fraction);
	if (form == 0)
		(void)snprintf(out, 64, "%lld%s", (long long)m->seconds,
		    *fraction ? ".5" : "");
	else if (form == 1)
		(void)snprintf(out + strlen(out), 2, "\"");
	else
		(void)snprintf(out + strlen(out), 20, "%c%02d:%02d\"",
		    offset < 0 ? '-' : '+',
		    (offset < 0 ? -offset : offset) / 60,
		    (offset < 0 ? -offset : offset) % 60);
	m->seconds += *fraction != '\0';
}

static void write_z(const struct moment *m, char out[64])
{
	int64_t y, mo, d, s = m->seconds % 86400;

	s += s < 0 ? 86400 : 0;
	oracle_civil((m->seconds - s) / 86400, &y, &mo, &d);
	(void)snprintf(out, 64, "\"%04d-%02d-%02dT%02d:%02d:%02dZ\"", (int)y,
	    (int)mo, (int)d, (int)(s / 3600), (int)(s / 60 % 60),
	    (int)(s % 60));
}

static void make_instant(struct world *w, const struct world_collection *c,
    const struct world_cluster *cl, struct world_record *r)
{
	static const int64_t about[] = { -1, 0, 1, 43200, 86399 };
	enum world_zone zone = w->policies[cl->policy].zone;

	r->at.kind = MOMENT_INSTANT;
	if (cl->regular.months == 0 && cl->regular.days == 0 && chance(w, 70))
		r->at.seconds = w->instants[world_roll(w, WORLD_INSTANTS)] +
				world_roll(w, 3) - 1;
	else
		r->at.seconds = oracle_midnight(zone, make_day(w, cl)) +
				about[world_roll(w, 5)];
	if (c->type == TIME_INTEGER) {
		(void)snprintf(r->stored, sizeof(r->stored), "%lld",
		    (long long)r->at.seconds);
		return;
	}
	write_instant(w, &r->at, r->stored);
	/* Digits are a time only where the column keeps them numbers. */
	if (r->stored[0] != '"' && (c->ingested || c->type == TIME_TEXT))
		write_z(&r->at, r->stored);
}

static void make_time(struct world *w, const struct world_collection *c,
    const struct world_cluster *cl, struct world_record *r)
{
	static const char *const nonsense[] = { "\"soon\"", "\"\"",
		"\"2019-02-30\"", "\"1899-12-31\"", "\"1850-06-01T00:00:00Z\"",
		"\"2019-05-01T25:00:00Z\"", "\"9999-99-99\"" };
	int64_t y, m, d;

	if (chance(w, 6)) {
		(void)snprintf(r->stored, sizeof(r->stored), "null");
		return;
	}
	if (!c->ingested && c->type != TIME_INTEGER && chance(w, 4)) {
		r->at.kind = MOMENT_UNREADABLE;
		(void)snprintf(r->stored, sizeof(r->stored), "%s",
		    nonsense[world_roll(w, 7)]);
		return;
	}
	if (c->type == TIME_INTEGER || chance(w, 50)) {
		make_instant(w, c, cl, r);
		return;
	}
	r->at.kind = MOMENT_DATE;
	r->at.day = make_day(w, cl);
	oracle_civil(r->at.day, &y, &m, &d);
	(void)snprintf(r->stored, sizeof(r->stored), "\"%04d-%02d-%02d\"",
	    (int)y, (int)m, (int)d);
}

/* A cluster that runs from this collection's time, if there is one. */
static const struct world_cluster *reader(struct world *w, int c)
{
	int i, first = (int)world_roll(w, w->cluster_count);

	for (i = 0; i < w->cluster_count; i++) {
		const struct world_cluster *cl =
		    &w->clusters[(first + i) % w->cluster_count];

		if (cl->start == c)
			return cl;
	}
	return &w->clusters[w->collections[c].cluster];
}

static void make_reference(
    struct world *w, struct world_collection *c, struct world_record *r)
{
	const struct world_collection *p = &w->collections[c->parent];
	const struct world_record *target =
	    &p->records[world_roll(w, (int64_t)p->count)];

	r->ref[0] = target->key[0];
	r->ref[1] = target->key[1];
	if (chance(w, 5))
		r->ref_null = 1 + (p->tuple && chance(w, 50));
	else if (!c->enforced && chance(w, 5))
		r->ref[0] += 1000; /* nobody there */
}

static void make_records(struct world *w, int number)
{
	struct world_collection *c = &w->collections[number];
	size_t i;

	c->count = (size_t)(3 + world_roll(w, WORLD_RECORDS - 3));
	for (i = 0; i < c->count; i++) {
		struct world_record *r = &c->records[i];

		r->key[0] = c->tuple ? (int64_t)(i / 3) : (int64_t)i;
		r->key[0] += 1;
		r->key[1] = c->tuple ? (int64_t)(i % 3) : 0;
		if (c->parent >= 0)
			make_reference(w, c, r);
		if (c->has_self && i > 0 && chance(w, 40))
			r->self = 1 + world_roll(w, (int64_t)i);
		make_time(w, c, reader(w, number), r);
	}
}

/* ---- the world ---- */

static void make_collection(struct world *w, int number, int store, int root)
{
	struct world_collection *c = &w->collections[number];

	(void)snprintf(c->name, sizeof(c->name), "c%d", number);
	c->store = store;
	c->parent = -1;
	if (number > root)
		c->parent = root + (int)world_roll(w, number - root);
	c->tuple = chance(w, 25);
	c->text_key = chance(w, 40);
	c->has_self = !c->tuple && chance(w, 20);
	c->without_rowid = chance(w, 25);
	c->indexed = chance(w, 70);
	c->ingested = chance(w, 50);
	c->type = (enum world_time)world_roll(w, 4);
	if (c->parent >= 0) {
		c->text_ref =
		    !w->collections[c->parent].text_key && chance(w, 10);
		c->enforced = !c->text_ref && chance(w, 35);
	}
}

void world_init(struct world *w, uint64_t seed)
{
	int i, split;

	memset(w, 0, sizeof(*w));
	w->dice = seed;
	for (i = 0; i < WORLD_POLICIES; i++) {
		w->policies[i].zone = (enum world_zone)world_roll(w, 4);
		w->policies[i].japanese = chance(w, 50);
	}
	w->store_count = 1 + (int)world_roll(w, WORLD_STORES);
	w->collection_count = 3 + (int)world_roll(w, WORLD_COLLECTIONS - 2);
	split = w->store_count == 1 ? w->collection_count : 2;
	for (i = 0; i < w->collection_count; i++)
		make_collection(w, i, i >= split, i >= split ? split : 0);
	for (i = 0; i < w->collection_count; i++)
		w->collections[i].cluster =
		    pick_cluster(w, w->collections[i].store);
	w->window_seconds = chance(w, 70) ? 86400 : 3600;
	w->batch = (int)(1 + world_roll(w, 12));
	make_instants(w);
	for (i = 0; i < w->collection_count; i++)
		make_records(w, i);
}

void world_key_text(const struct world_collection *c, int64_t key, char out[32])
{
	(void)snprintf(
	    out, 32, "%s%lld", c->text_key ? "K" : "", (long long)key);
}
