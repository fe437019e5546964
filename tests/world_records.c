/*
 * Records of a made-up installation: times in every form whose periods end
 * close to the instants at which it is looked at.
 */
#include <stdio.h>
#include <string.h>

#include "tests/oracle.h"

/* The clock that a time is made for. */
struct reader {
	const struct world_cluster *cluster;
	const struct world_clock *clock;
};

/* The day whose period would end close to one of the instants. */
static int64_t make_day(struct world *w, const struct reader *x)
{
	int64_t at = w->instants[world_roll(w, WORLD_INSTANTS)];
	int64_t day, y, m, d, length;

	day = oracle_local_day(w->policies[x->cluster->policy].zone, at);
	day += world_roll(w, 4) - 2 - x->clock->regular.days;
	oracle_civil(day, &y, &m, &d);
	m = y * 12 + m - 1 - x->clock->regular.months;
	length = oracle_day(m / 12 + (m % 12 == 11), (m + 1) % 12 + 1, 1) -
		 oracle_day(m / 12, m % 12 + 1, 1);
	day = oracle_day(m / 12, m % 12 + 1, d > length ? length : d);
	if (x->clock->year_end && world_chance(w, 50))
		day -= world_roll(w, 366);
	if (world_chance(w, 10))
		day += world_roll(w, 2000) - 1000;
	return day;
}

static void write_instant(struct world *w, struct moment *m, char out[64])
{
	static const int offsets[] = { 0, 9 * 60, -5 * 60, 330, 60 };
	int offset = offsets[world_roll(w, 5)], form = (int)world_roll(w, 4);
	int64_t local, y, mo, d, s;
	const char *fraction = world_chance(w, 15) ? ".25" : "";

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

/* A literal of the column of ${type}, and the moment that it means. */
struct place {
	enum world_time type;
	int ingested;
	struct moment *at;
	char *stored; /* 64 bytes */
};

static void make_instant(
    struct world *w, const struct reader *x, const struct place *p)
{
	static const int64_t about[] = { -1, 0, 1, 43200, 86399 };
	enum world_zone zone = w->policies[x->cluster->policy].zone;
	struct world_period regular = x->clock->regular;

	p->at->kind = MOMENT_INSTANT;
	if (regular.months == 0 && regular.days == 0 && world_chance(w, 70))
		p->at->seconds = w->instants[world_roll(w, WORLD_INSTANTS)] +
				 world_roll(w, 3) - 1;
	else
		p->at->seconds = oracle_midnight(zone, make_day(w, x)) +
				 about[world_roll(w, 5)];
	if (p->type == TIME_INTEGER) {
		(void)snprintf(
		    p->stored, 64, "%lld", (long long)p->at->seconds);
		return;
	}
	write_instant(w, p->at, p->stored);
	/* Digits are a time only where the column keeps them numbers. */
	if (p->stored[0] != '"' && (p->ingested || p->type == TIME_TEXT))
		write_z(p->at, p->stored);
}

static void make_time(
    struct world *w, const struct reader *x, const struct place *p)
{
	static const char *const nonsense[] = { "\"soon\"", "\"\"",
		"\"2019-02-30\"", "\"1899-12-31\"", "\"1850-06-01T00:00:00Z\"",
		"\"2019-05-01T25:00:00Z\"", "\"9999-99-99\"" };
	int64_t y, m, d;

	if (world_chance(w, 6)) {
		(void)snprintf(p->stored, 64, "null");
		return;
	}
	if (!p->ingested && p->type != TIME_INTEGER && world_chance(w, 4)) {
		p->at->kind = MOMENT_UNREADABLE;
		(void)snprintf(p->stored, 64, "%s", nonsense[world_roll(w, 7)]);
		return;
	}
	if (p->type == TIME_INTEGER || world_chance(w, 50)) {
		make_instant(w, x, p);
		return;
	}
	p->at->kind = MOMENT_DATE;
	p->at->day = make_day(w, x);
	oracle_civil(p->at->day, &y, &m, &d);
	(void)snprintf(
	    p->stored, 64, "\"%04d-%02d-%02d\"", (int)y, (int)m, (int)d);
}

/* Does the cluster govern something of the collection? */
static int governs(const struct world_collection *c, int cluster)
{
	int i;

	for (i = 0; i < c->parts; i++) {
		if (c->clusters[i] == cluster)
			return 1;
	}
	return 0;
}

/* One of the clocks that run from this collection's time, if there is one. */
static struct reader pick_reader(struct world *w, int c, int time)
{
	const struct world_cluster *any =
	    &w->clusters[w->collections[c].clusters[0]];
	struct reader found = { any, &any->clocks[0] };
	int i, k, seen = 0;

	for (i = 0; i < w->cluster_count; i++) {
		const struct world_cluster *cl = &w->clusters[i];

		for (k = 0; k < cl->clock_count; k++) {
			if (cl->clocks[k].time != time ||
			    (cl->clocks[k].start != c &&
				(cl->clocks[k].start >= 0 ||
				    !governs(&w->collections[c], i))))
				continue;
			if (world_roll(w, ++seen) == 0)
				found = (struct reader){ cl, &cl->clocks[k] };
		}
	}
	return found;
}

static void make_reference(
    struct world *w, struct world_collection *c, struct world_record *r)
{
	const struct world_collection *p = &w->collections[c->parent];
	const struct world_record *target =
	    &p->records[world_roll(w, (int64_t)p->count)];

	r->ref[0] = target->key[0];
	r->ref[1] = target->key[1];
	if (world_chance(w, 5))
		r->ref_null = 1 + (c->has[COLUMN_R2] && world_chance(w, 50));
	else if (!c->enforced && world_chance(w, 5))
		r->ref[0] += 1000; /* nobody there */
}

static void make_content(
    struct world *w, const struct world_collection *c, struct world_record *r)
{
	int i;

	for (i = 0; i < WORLD_FIELDS; i++) {
		r->content[i] = 100 + world_roll(w, 20);
		if (world_chance(w, 15) && !c->not_null[i])
			r->content[i] = 0;
	}
}

void world_make_records(struct world *w, int number)
{
	struct world_collection *c = &w->collections[number];
	int tuple = c->has[COLUMN_K2], k;
	size_t i;

	c->count = (size_t)(3 + world_roll(w, WORLD_RECORDS - 3));
	for (i = 0; i < c->count; i++) {
		struct world_record *r = &c->records[i];

		r->key[0] = (tuple ? (int64_t)(i / 3) : (int64_t)i) + 1;
		r->key[1] = tuple ? (int64_t)(i % 3) : 0;
		if (c->parent >= 0)
			make_reference(w, c, r);
		if (c->has[COLUMN_S] && world_chance(w, 40))
			r->self = 1 + world_roll(w, (int64_t)i + 1);
		for (k = 0; k < w->times; k++) {
			struct reader x = pick_reader(w, number, k);
			struct place p = { c->type[k], c->ingested, &r->at[k],
				r->stored[k] };

			make_time(w, &x, &p);
		}
		make_content(w, c, r);
	}
}

void world_change_times(struct world *w, int number, struct world_record *r)
{
	struct world_collection *c = &w->collections[number];
	int k;

	for (k = 0; k < w->times; k++) {
		struct reader x = pick_reader(w, number, k);
		struct place p = { c->type[k], 1, &r->at[k], r->stored[k] };

		/* Times of every form would not be what ingest vouches for. */
		memset(p.at, 0, sizeof(*p.at));
		make_time(w, &x, &p);
		if (p.at->kind == MOMENT_INSTANT && p.stored[0] == '"')
			write_z(p.at, p.stored);
	}
}
