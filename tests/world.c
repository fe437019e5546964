/* A made-up installation: collections, references, rules, suspensions. */
#include "tests/world.h"

#include <stdio.h>
#include <string.h>

#include "tests/attached.h"
#include "tests/oracle.h"

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

int world_chance(struct world *w, int percent)
{
	return world_roll(w, 100) < percent;
}

/* The same with a feature that may be left out. */
static int may(struct world *w, enum world_feature feature, int percent)
{
	int yes = world_chance(w, percent);

	return yes && (w->features & (unsigned)feature) != 0;
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

static void make_clock(struct world *w, int store, struct world_clock *k)
{
	int c = (int)world_roll(w, w->collection_count);

	/* In another collection of the same store, or a bare one. */
	k->start = w->collections[c].store == store && world_chance(w, 70) &&
			   w->cut[store] == CUT_NOT
		       ? c
		       : -1;
	k->time = (int)world_roll(w, w->times);
	k->earliest = world_chance(w, 35);
	k->open = world_chance(w, 60);
	k->year_end = world_chance(w, 20);
	k->regular = make_period(w);
}

static int make_cluster(struct world *w, int store, int policy)
{
	struct world_cluster *c = &w->clusters[w->cluster_count];
	int i;

	memset(c, 0, sizeof(*c));
	c->policy = policy;
	c->store = store;
	c->by_purpose = may(w, WORLD_PURPOSES, 35);
	c->clock_count = 1 + (int)world_roll(w, WORLD_CLOCKS);
	for (i = 0; i < WORLD_CLOCKS; i++)
		make_clock(w, store, &c->clocks[i]);
	c->retention = make_period(w);
	c->has_retention =
	    world_chance(w, 40) && !c->by_purpose &&
	    least_days(c->retention) <= least_days(c->clocks[0].regular);
	if (!c->by_purpose)
		c->clock_count = !world_chance(w, 5);
	c->de_identify = may(w, WORLD_DE_IDENTIFY, 25);
	c->wait = !may(w, WORLD_MINIMISE, 70);
	c->on_request = (enum world_on_request)world_roll(w, 3);
	if (c->has_retention)
		c->on_request = ERASE_KEEP;
	return w->cluster_count++;
}

static int pick_cluster(struct world *w, int store)
{
	int c, policy = (int)world_roll(w, WORLD_POLICIES);

	if (w->cluster_count > 0 && world_chance(w, 30)) {
		c = (int)world_roll(w, w->cluster_count);
		if (w->clusters[c].store == store)
			return c;
	}
	return make_cluster(w, store, policy);
}

static void make_instants(struct world *w)
{
	static const int64_t steps[] = { 1, 3600, 86399, 86400, 86401, 172800,
		2678400, 31622400 };
	int64_t day = oracle_day(2012 + world_roll(w, 12),
	    1 + world_roll(w, 12), 1 + world_roll(w, 28));
	enum world_zone zone = w->policies[world_roll(w, WORLD_POLICIES)].zone;
	int i;

	if (world_chance(w, 30))
		day = oracle_day(2013 + world_roll(w, 11), 1, 1) +
		      world_roll(w, 4) - 2;
	w->instants[0] = oracle_midnight(zone, day);
	if (world_chance(w, 50))
		w->instants[0] += world_roll(w, 86400);
	else if (world_chance(w, 50))
		w->instants[0] -= 1;
	for (i = 1; i < WORLD_INSTANTS; i++)
		w->instants[i] = w->instants[i - 1] + steps[world_roll(w, 8)];
}

/* ---- collections ---- */

const char *world_column_name(enum world_column column)
{
	static const char *const names[] = { "k1", "k2", "at", "bt", "r1", "r2",
		"s", "u", "f0", "f1", "f2" };

	return names[column];
}

static void make_columns(struct world *w, struct world_collection *c)
{
	int i;

	c->has[COLUMN_K1] = 1;
	c->has[COLUMN_K2] = world_chance(w, 25);
	c->has[COLUMN_AT] = 1;
	c->has[COLUMN_BT] = w->times > 1;
	c->has[COLUMN_R1] = c->parent >= 0;
	c->has[COLUMN_R2] =
	    c->parent >= 0 && w->collections[c->parent].has[COLUMN_K2];
	c->has[COLUMN_S] = world_chance(w, 20) && !c->has[COLUMN_K2] &&
			   w->cut[c->store] == CUT_NOT;
	c->has[COLUMN_U] = may(w, WORLD_BY_UNIQUE, 25) && !c->has[COLUMN_K2] &&
			   w->cut[c->store] == CUT_NOT;
	for (i = 0; i < WORLD_FIELDS; i++)
		c->has[COLUMN_F0 + i] = world_chance(w, 60);
	c->impersonal = world_chance(w, 20);
	for (i = 0; i < WORLD_TIMES; i++)
		c->type[i] = (enum world_time)world_roll(w, 4);
	/* What holds anything at all holds it as text there. */
	for (i = 0; attached() && i < WORLD_TIMES; i++)
		c->type[i] = (enum world_time)0;
}

static void make_collection(struct world *w, int number, int store, int root)
{
	struct world_collection *c = &w->collections[number];
	const struct world_collection *p = NULL;
	int action = 1 + (int)world_roll(w, 4);

	(void)snprintf(c->name, sizeof(c->name), "c%d", number);
	c->store = store;
	c->is_cut = c->is_cut && w->cut[store] != CUT_NOT;
	c->parent = -1;
	if (number > root) {
		c->parent = root + (int)world_roll(w, number - root);
		p = &w->collections[c->parent];
	}
	make_columns(w, c);
	c->text_key = world_chance(w, 40);
	c->without_rowid = world_chance(w, 25);
	c->indexed = world_chance(w, 70);
	c->ingested = world_chance(w, 50);
	c->text_ref = world_chance(w, 10) && p && !p->text_key && !attached();
	c->enforced = world_chance(w, 35) && p && !c->text_ref &&
		      w->cut[store] == CUT_NOT;
	c->by_u = world_chance(w, 60) && p && p->has[COLUMN_U];
	if (may(w, WORLD_ON_DELETE, 70))
		c->on_delete = (enum world_on_delete)action;
}

/* ---- parts ---- */

int world_uses(const struct world *w, int cluster)
{
	int c, i;

	for (c = 0; c < w->collection_count; c++) {
		for (i = 0; i < w->collections[c].parts; i++) {
			if (w->collections[c].clusters[i] == cluster)
				return 1;
		}
	}
	return 0;
}

/* A cluster of the same policy for some columns; -1: none fits. */
static int pick_part(struct world *w, const struct world_collection *c)
{
	int policy = w->clusters[c->clusters[0]].policy, found, i;

	found = pick_cluster(w, c->store);
	for (i = 0; i < c->parts; i++)
		if (c->clusters[i] == found)
			return -1;
	if (found == w->cluster_count - 1 && !world_uses(w, found))
		w->clusters[found].policy = policy;
	return w->clusters[found].policy == policy ? found : -1;
}

static void make_part(struct world *w, struct world_collection *c)
{
	static const enum world_column columns[] = { COLUMN_F0, COLUMN_F1,
		COLUMN_F2, COLUMN_BT, COLUMN_AT, COLUMN_R1, COLUMN_U };
	int want = may(w, WORLD_PARTED, 45), cluster = pick_part(w, c), i,
	    n = 0;

	if (!want || cluster < 0)
		return;
	for (i = 0; i < 7; i++) {
		if (!world_chance(w, i < 3 ? 60 : 12) || !c->has[columns[i]] ||
		    c->part_of[columns[i]] != 0)
			continue;
		c->part_of[columns[i]] = c->parts;
		n++;
	}
	if (n == 0)
		return;
	c->clusters[c->parts++] = cluster;
	if (w->features & WORLD_EMPTY)
		return;
	/* Something to empty in both. */
	c->has[COLUMN_F0] = c->has[COLUMN_F1] = 1;
	c->part_of[COLUMN_F0] = 0;
	if (c->parts == 2)
		c->part_of[COLUMN_F1] = 1;
	c->impersonal = c->impersonal && c->parts < 3;
	c->has[COLUMN_F2] |= c->parts == 3;
	if (c->parts == 3)
		c->part_of[COLUMN_F2] = 2;
}

/* What de-identifying does to the fields that a cluster has somewhere. */
static void make_methods(struct world *w, int number)
{
	struct world_cluster *cl = &w->clusters[number];
	int c, i, n = 0, before, part, everywhere = 1;

	for (c = 0; c < w->collection_count; c++) {
		const struct world_collection *k = &w->collections[c];

		before = n;
		for (i = 0; i < WORLD_FIELDS; i++) {
			enum world_method m =
			    (enum world_method)(1 + world_roll(w, 4));

			if (!k->has[COLUMN_F0 + i] ||
			    k->clusters[k->part_of[COLUMN_F0 + i]] != number)
				continue;
			cl->methods[i] = i == 1 ? METHOD_NULL : m;
			n++;
		}
		for (part = 0; part < k->parts; part++)
			everywhere =
			    everywhere &&
			    (k->clusters[part] != number || n > before);
	}
	cl->de_identify = cl->de_identify && n > 0 &&
			  (everywhere || (w->features & WORLD_EMPTY));
}

/* What is emptied with NULL can be NULL. */
static void make_not_null(struct world *w, struct world_collection *c)
{
	int i;

	for (i = 0; i < WORLD_FIELDS; i++) {
		const struct world_cluster *cl =
		    &w->clusters[c->clusters[c->part_of[COLUMN_F0 + i]]];

		c->not_null[i] =
		    world_chance(w, 25) &&
		    !(cl->de_identify && cl->methods[i] == METHOD_NULL);
	}
}

/* ---- suspensions ---- */

int world_suspend(struct world *w)
{
	struct world_suspension *s = &w->suspensions[w->suspension_count];
	int c = (int)world_roll(w, w->collection_count);
	const struct world_collection *k = &w->collections[c];
	const struct world_record *r =
	    &k->records[world_roll(w, (int64_t)k->count)];

	if (w->suspension_count == WORLD_SUSPENSIONS)
		return 0;
	memset(s, 0, sizeof(*s));
	s->restriction = world_chance(w, 40);
	s->cluster = k->clusters[world_roll(w, k->parts)];
	if (world_chance(w, 85))
		s->cluster = -1;
	s->collection = c;
	s->key[0] = r->key[0];
	s->key[1] = r->key[1];
	w->suspension_count++;
	return 1;
}

/* ---- the world ---- */

static void make_rules(struct world *w)
{
	int i;

	for (i = 0; i < w->collection_count; i++) {
		struct world_collection *c = &w->collections[i];

		c->clusters[0] = pick_cluster(w, c->store);
		c->parts = 1;
	}
	for (i = 0; i < w->collection_count; i++) {
		if (!(w->features & WORLD_EMPTY))
			w->collections[i].has[COLUMN_F0] = 1;
		make_part(w, &w->collections[i]);
		if (w->collections[i].parts > 1)
			make_part(w, &w->collections[i]);
	}
	for (i = 0; i < w->cluster_count; i++)
		make_methods(w, i);
	for (i = 0; i < w->collection_count; i++)
		make_not_null(w, &w->collections[i]);
}

/* By dice of their own: all else stays what the seed made of it before. */
static void make_cuts(struct world *w, uint64_t seed)
{
	int i;

	w->dice = ~seed;
	for (i = 0; i < WORLD_STORES; i++)
		if (may(w, WORLD_SEGMENTS, 25))
			w->cut[i] =
			    (enum world_cut)(1 + world_roll(w, CUT__MAX - 1));
	for (i = 0; i < WORLD_COLLECTIONS; i++)
		w->collections[i].is_cut = world_chance(w, 75);
	w->dice = seed;
}

static int is_of_people(const struct world *w, int c)
{
	while (c > 0)
		c = w->collections[c].parent;
	return c == 0;
}

/* What is de-identified must not keep saying whose it is: the person's own key,
 * or what refers to it. */
static int may_have_people(const struct world *w)
{
	static const enum world_column names[] = { COLUMN_K1, COLUMN_R1,
		COLUMN_S };
	int c, i;

	for (c = 0; c < w->collection_count; c++) {
		const struct world_collection *k = &w->collections[c];

		for (i = 0; is_of_people(w, c) && i < 3; i++) {
			if (k->has[names[i]] &&
			    w->clusters[k->clusters[k->part_of[names[i]]]]
				.de_identify)
				return 0;
		}
	}
	return (w->features & WORLD_ERASURES) != 0;
}

void world_init(struct world *w, uint64_t seed, unsigned features)
{
	int i, split;

	memset(w, 0, sizeof(*w));
	w->features = features;
	make_cuts(w, seed);
	for (i = 0; i < WORLD_POLICIES; i++) {
		w->policies[i].zone = (enum world_zone)world_roll(w, 4);
		w->policies[i].japanese = world_chance(w, 50);
	}
	w->store_count = 1 + (int)world_roll(w, WORLD_STORES);
	w->times = 1 + (int)world_roll(w, WORLD_TIMES);
	w->collection_count = 3 + (int)world_roll(w, WORLD_COLLECTIONS - 2);
	split = w->store_count == 1 ? w->collection_count : 2;
	for (i = 0; i < w->collection_count; i++)
		make_collection(w, i, i >= split, i >= split ? split : 0);
	make_rules(w);
	w->has_people = may_have_people(w);
	w->window_seconds = world_chance(w, 70) ? 86400 : 3600;
	w->batch = (int)(1 + world_roll(w, 12));
	make_instants(w);
	for (i = 0; i < w->collection_count; i++)
		world_make_records(w, i);
}

void world_key_text(const struct world_collection *c, int64_t key, char out[32])
{
	(void)snprintf(
	    out, 32, "%s%lld", c->text_key ? "K" : "", (long long)key);
}
