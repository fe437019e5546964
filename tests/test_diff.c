/*
 * engine/plan/policy_diff.c: what it counts is the difference of what explain
 * says of every record, one by one, under either version of the policy.
 */
#include <stdio.h>
#include <string.h>

#include "engine/plan/explain.h"
#include "engine/plan/policy_diff.h"
#include "tests/suites.h"
#include "tests/world.h"

#define ROUNDS 12

/* ---- another version of a world's policies ---- */

static void change_cluster(struct world *w, struct world_cluster *c)
{
	static const struct world_period periods[] = { { 0, 0 }, { 0, 28 },
		{ 1, 0 }, { 6, 0 }, { 12, 0 }, { 36, 0 } };

	struct world_clock *k = &c->clocks[0];

	k->regular = periods[world_roll(w, 6)];
	k->earliest = world_roll(w, 2) == 0;
	k->open = world_roll(w, 2) == 0;
	k->year_end = world_roll(w, 4) == 0;
	c->has_retention = 0;
	if (!c->by_purpose)
		c->clock_count = world_roll(w, 6) != 0;
}

static int members(const struct world *w, int cluster)
{
	int i, n = 0;

	for (i = 0; i < w->collection_count; i++)
		n += w->collections[i].clusters[0] == cluster;
	return n;
}

/* Move a collection to another cluster of its policy and store. */
static void move(struct world *w, struct world_collection *c)
{
	const struct world_cluster *from = &w->clusters[c->clusters[0]];
	int to = (int)world_roll(w, w->cluster_count);

	if (members(w, c->clusters[0]) > 1 &&
	    w->clusters[to].policy == from->policy &&
	    w->clusters[to].store == from->store)
		c->clusters[0] = to;
}

static void change(struct world *w)
{
	int i;

	for (i = 0; i < w->cluster_count; i++) {
		if (world_roll(w, 3) > 0)
			change_cluster(w, &w->clusters[i]);
	}
	for (i = 0; i < w->collection_count; i++)
		move(w, &w->collections[i]);
}

/* ---- one by one ---- */

static int is_due(const struct schedule *s, const struct world_collection *c,
    const struct world_record *r, int64_t now)
{
	char k1[32], k2[32];
	const char *const key[] = { k1, k2 };
	const char *verdict;
	json_t *o = NULL;
	int due;

	world_key_text(c, r->key[0], k1);
	world_key_text(c, r->key[1], k2);
	MUST(explain_json(s, world_store_name(c->store), c->name, key,
		 c->has[COLUMN_K2] ? 2 : 1, now, &o) == ST_OK,
	    "%s", status_text());
	verdict = json_text(o, "verdict");
	due = strcmp(verdict, "DUE") == 0 || strcmp(verdict, "OVERDUE") == 0;
	json_decref(o);
	return due;
}

struct sums {
	long long before, after, becomes, stops;
};

static struct sums count(const struct schedule *a, const struct schedule *b,
    const struct world_collection *c, int64_t now)
{
	struct sums n = { 0, 0, 0, 0 };
	size_t i;

	for (i = 0; i < c->count; i++) {
		int x = is_due(a, c, &c->records[i], now);
		int y = is_due(b, c, &c->records[i], now);

		n.before += x;
		n.after += y;
		n.becomes += y && !x;
		n.stops += x && !y;
	}
	return n;
}

static const json_t *entry_of(
    const json_t *o, const char *collection, const json_t **cluster)
{
	const json_t *c, *x;
	size_t i, k;

	json_array_foreach(json_object_get(o, "clusters"), i, c)
	{
		json_array_foreach(json_object_get(c, "collections"), k, x)
		{
			*cluster = c;
			if (strcmp(json_text(x, "collection"), collection) == 0)
				return x;
		}
	}
	return NULL;
}

static void check_counts(
    const json_t *o, const struct sums *n, const char *what, uint64_t seed)
{
	MUST(json_int(o, "due_before") == n->before &&
		 json_int(o, "due_after") == n->after &&
		 json_int(o, "becomes_due") == n->becomes &&
		 json_int(o, "stops_being_due") == n->stops,
	    "seed %llu: %s: due %lld -> %lld, +%lld -%lld; expected %lld -> "
	    "%lld, +%lld -%lld",
	    (unsigned long long)seed, what, json_int(o, "due_before"),
	    json_int(o, "due_after"), json_int(o, "becomes_due"),
	    json_int(o, "stops_being_due"), n->before, n->after, n->becomes,
	    n->stops);
}

/* Returns how many records became due or stopped being it. */
static long long check_policy(const struct world w[2], int policy,
    const struct schedule *a, const struct schedule *b, int64_t now,
    uint64_t seed)
{
	struct sums all = { 0, 0, 0, 0 }, n;
	const json_t *entry, *cluster = NULL;
	char name[20], want[20];
	json_t *o = NULL;
	int i;

	(void)snprintf(name, sizeof(name), "policy-%d", policy);
	MUST(policy_diff_json(a, b, name, now, &o) == ST_OK, "%s",
	    status_text());
	for (i = 0; i < w[0].collection_count; i++) {
		const struct world_collection *c = &w[0].collections[i];
		int to = w[1].collections[i].clusters[0];

		if (w[0].clusters[c->clusters[0]].policy != policy)
			continue;
		entry = entry_of(o, c->name, &cluster);
		MUST(entry != NULL, "%s is missing", c->name);
		n = count(a, b, c, now);
		check_counts(entry, &n, c->name, seed);
		(void)snprintf(want, sizeof(want), "g%d", to);
		ck_assert_str_eq(json_text(cluster, "cluster"), want);
		(void)snprintf(want, sizeof(want), "g%d", c->clusters[0]);
		ck_assert_str_eq(json_text(entry, "moved_from"),
		    to == c->clusters[0] ? "" : want);
		all.before += n.before;
		all.after += n.after;
		all.becomes += n.becomes;
		all.stops += n.stops;
	}
	check_counts(o, &all, name, seed);
	json_decref(o);
	return all.becomes + all.stops;
}

/* ---- rounds ---- */

static void load_version(struct installation *first, const char *folder,
    int policy, struct installation *in, struct schedule *s)
{
	char path[300];

	(void)snprintf(path, sizeof(path), "%s/policy%d.yml", folder, policy);
	if (installation_load_with(first, path, in) == ST_OK &&
	    schedule_init(s, in, NULL, &in->diag) == ST_OK)
		return;
	diag_print(&in->diag, stderr);
	ck_abort_msg("%s: %s", path, status_text());
}

static long long compare(const struct world w[2], struct installation *first,
    char folders[2][100], int policy, uint64_t seed)
{
	struct installation in[2];
	struct schedule s[2];
	long long changed = 0;
	int i;

	for (i = 0; i < 2; i++)
		load_version(first, folders[i], policy, &in[i], &s[i]);
	for (i = 0; i < WORLD_INSTANTS; i += 2)
		changed +=
		    check_policy(w, policy, &s[0], &s[1], w->instants[i], seed);
	for (i = 0; i < 2; i++) {
		schedule_release(&s[i]);
		installation_release(&in[i]);
	}
	return changed;
}

static int has_clusters(const struct world *w, int policy)
{
	int i;

	for (i = 0; i < w->cluster_count; i++) {
		if (w->clusters[i].policy == policy && world_uses(w, i))
			return 1;
	}
	return 0;
}

static long long play(uint64_t seed)
{
	static struct world w[2];
	char folders[2][100], path[300];
	struct installation first;
	long long changed = 0;
	int i;

	world_init(&w[0], seed, WORLD_PURPOSES);
	w[1] = w[0];
	change(&w[1]);
	for (i = 0; i < 2; i++) {
		(void)snprintf(
		    folders[i], sizeof(folders[i]), "%s", test_folder());
		world_build(&w[i], folders[i]);
	}
	(void)snprintf(path, sizeof(path), "%s/lethe.yml", folders[0]);
	MUST(installation_load(path, &first) == ST_OK, "%s", status_text());
	for (i = 0; i < WORLD_POLICIES; i++) {
		if (has_clusters(w, i))
			changed += compare(w, &first, folders, i, seed);
	}
	installation_release(&first);
	return changed;
}

START_TEST(a_difference_is_that_of_single_records)
{
	long long changed = 0;
	uint64_t seed;

	for (seed = 1; seed <= ROUNDS; seed++)
		changed += play(seed);
	/* Worlds in which nothing changes would prove nothing. */
	ck_assert_int_gt(changed, 100);
}
END_TEST

Suite *diff_suite(void)
{
	Suite *s = suite_create("diff");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 300);
	tcase_add_test(t, a_difference_is_that_of_single_records);
	suite_add_tcase(s, t);
	return s;
}
