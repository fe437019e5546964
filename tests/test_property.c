/*
 * The main job, whole: made-up installations (world.h) are purged at rising
 * instants, sometimes stopped in the middle, and judged record by record by
 * an oracle that shares no code with the engine (oracle.h).
 *
 * Guards invariant 1 (never early: nothing goes that the oracle keeps),
 * 2 (never silent: UNDECIDED and OVERDUE are counted alike), 3 (everything
 * that went is in exactly one evidence row) and 4 (plan, run, explain and
 * forecast give the oracle's answer).
 *
 * LETHE_ROUNDS=1000 for more rounds, LETHE_SEED=N to begin with another one,
 * LETHE_WORLD=MASK for less in a world; a failure names its seed.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/holds/holds.h"
#include "engine/plan/explain.h"
#include "engine/plan/forecast.h"
#include "engine/plan/plan.h"
#include "engine/purge/purge.h"
#include "tests/oracle.h"
#include "tests/stage.h"

#define FORECAST_DAYS 35

/* ---- the plan ---- */

struct counts {
	int64_t all, of[ORACLE__MAX];
};

static struct counts count(
    const struct world *w, int collection, int part, int64_t now)
{
	const struct world_collection *c = &w->collections[collection];
	struct counts n;
	size_t i;

	memset(&n, 0, sizeof(n));
	for (i = 0; i < c->count; i++) {
		struct oracle_part p = { collection, part, &c->records[i] };

		if (p.record->gone)
			continue;
		n.all++;
		n.of[oracle_judge(w, &p, now)]++;
	}
	return n;
}

static int64_t due_of(const struct counts *n)
{
	return n->of[ORACLE_DUE] + n->of[ORACLE_OVERDUE];
}

static void check_item(struct stage *s, const struct plan_item *p,
    int collection, int part, int64_t now)
{
	struct counts n = count(s->world, collection, part, now);
	int64_t active = p->active - n.of[ORACLE_ACTIVE];
	int64_t retain = p->retain - n.of[ORACLE_RETAIN];

	MUST(p->records == n.all && p->due == due_of(&n) &&
		 p->overdue == n.of[ORACLE_OVERDUE] &&
		 p->undecided == n.of[ORACLE_UNDECIDED] &&
		 p->held == n.of[ORACLE_HELD] &&
		 p->restricted == n.of[ORACLE_RESTRICTED] && active >= 0 &&
		 retain >= 0 && active + retain == n.of[ORACLE_EITHER],
	    SEED(
		"c%d/%d at %lld: found %lld, due %lld/%lld, undecided %lld, "
		"active %lld, retain %lld, held %lld/%lld; expected %lld, due %lld/%lld, "
		"undecided %lld, active %lld, retain %lld, held %lld/%lld"),
	    HERE(s), collection, part, (long long)now, (long long)p->records,
	    (long long)p->due, (long long)p->overdue, (long long)p->undecided,
	    (long long)p->active, (long long)p->retain, (long long)p->held,
	    (long long)p->restricted, (long long)n.all, (long long)due_of(&n),
	    (long long)n.of[ORACLE_OVERDUE], (long long)n.of[ORACLE_UNDECIDED],
	    (long long)n.of[ORACLE_ACTIVE], (long long)n.of[ORACLE_RETAIN],
	    (long long)n.of[ORACLE_HELD], (long long)n.of[ORACLE_RESTRICTED]);
}

/* What a cluster governs of a collection. */
static int part_of(struct stage *s, int collection, int cluster)
{
	const struct world_collection *c = &s->world->collections[collection];
	int i;

	for (i = 0; i < c->parts && c->clusters[i] != cluster; i++)
		;
	MUST(i < c->parts, SEED("%s is not under g%d"), HERE(s), c->name,
	    cluster);
	return i;
}

static void check_plan(struct stage *s, int64_t now)
{
	const struct world *w = s->world;
	size_t i, parts = 0;
	struct plan plan;
	int c;

	MUST(plan_init(&plan, &s->schedule, now, NULL, PLAN_ALL) == ST_OK,
	    SEED("%s"), HERE(s), status_text());
	for (c = 0; c < w->collection_count; c++)
		parts += (size_t)w->collections[c].parts;
	MUST(plan.count == parts, SEED("a collection is missing"), HERE(s));
	for (i = 0; i < plan.count; i++) {
		const struct rule *r = plan.items[i].rule;

		c = r->collection->name[1] - '0';
		check_item(s, &plan.items[i], c,
		    part_of(s, c, atoi(r->terms.cluster->name + 1)), now);
	}
	plan_release(&plan);
}

/* ---- explain ---- */

/* Of one part: ${o} is that of the record, or one of its "parts". */
static void check_explained(
    struct stage *s, const struct oracle_part *p, const json_t *o, int64_t now)
{
	const struct world_collection *c =
	    &s->world->collections[p->collection];
	enum oracle_verdict want = oracle_explain(s->world, p, now);
	const struct rule *r = stage_rule(s, p->collection, p->part);
	const char *found = json_text(o, "verdict");
	char key[32], date[ZONE_TEXT] = "";
	int64_t from = 0;

	world_key_text(c, p->record->key[0], key);
	(void)oracle_clocks(s->world, p, now, &from);
	MUST(want == ORACLE_EITHER || strcmp(found, oracle_name(want)) == 0,
	    SEED("explain %s %s, g%d at %lld: found %s, expected %s"), HERE(s),
	    c->name, key, c->clusters[p->part], (long long)now, found,
	    oracle_name(want));
	if (from != INT64_MIN)
		zone_format(r->terms.calendar.zone, from, date);
	MUST((r->clock_count > 1 && (s->world->features & WORLD_DATES) == 0) ||
		 strcmp(json_text(o, "deletable_from"), date) == 0,
	    SEED("explain %s %s, g%d at %lld: deletable from %s, expected %s"),
	    HERE(s), c->name, key, c->clusters[p->part], (long long)now,
	    json_text(o, "deletable_from"), date);
}

static void check_record(
    struct stage *s, int collection, const struct world_record *r, int64_t now)
{
	const struct world_collection *c = &s->world->collections[collection];
	struct oracle_part p = { collection, 0, r };
	const json_t *parts, *one;
	char k1[32], k2[32];
	const char *const key[] = { k1, k2 };
	json_t *o = NULL;
	size_t i;

	world_key_text(c, r->key[0], k1);
	world_key_text(c, r->key[1], k2);
	MUST(explain_json(&s->schedule, world_store_name(c->store), c->name,
		 key, c->has[COLUMN_K2] ? 2 : 1, now, &o) == ST_OK,
	    SEED("explain %s %s at %lld (expected %s): %s"), HERE(s), c->name,
	    k1, (long long)now, oracle_name(oracle_judge(s->world, &p, now)),
	    status_text());
	check_explained(s, &p, o, now);
	parts = json_object_get(o, "parts");
	MUST(json_array_size(parts) + 1 == (size_t)c->parts,
	    SEED("explain %s: %zu parts"), HERE(s), c->name,
	    json_array_size(parts) + 1);
	json_array_foreach(parts, i, one)
	{
		p.part =
		    part_of(s, collection, atoi(json_text(one, "cluster") + 1));
		check_explained(s, &p, one, now);
	}
	json_decref(o);
}

static void check_explain(struct stage *s, int64_t now)
{
	struct world *w = s->world;
	int i;

	for (i = 0; i < 40; i++) {
		int number = (int)world_roll(w, w->collection_count);
		const struct world_collection *c = &w->collections[number];
		const struct world_record *r =
		    &c->records[world_roll(w, (int64_t)c->count)];

		if (!r->gone)
			check_record(s, number, r, now);
	}
}

/* ---- forecast ---- */

static int64_t due_at(const struct world *w, int cluster, int64_t now)
{
	struct counts n;
	int64_t sum = 0;
	int c, part;

	for (c = 0; c < w->collection_count; c++) {
		for (part = 0; part < w->collections[c].parts; part++) {
			if (w->collections[c].clusters[part] != cluster)
				continue;
			n = count(w, c, part, now);
			sum += due_of(&n);
		}
	}
	return sum;
}

static void check_days(
    struct stage *s, const json_t *o, int cluster, int64_t now)
{
	const struct world *w = s->world;
	enum world_zone zone = w->policies[w->clusters[cluster].policy].zone;
	int64_t day = oracle_local_day(zone, now), y, m, d, before, after;
	const json_t *days = json_object_get(o, "days"), *one;
	size_t at = 0;
	char date[40];
	int i;

	before = due_at(w, cluster, now);
	MUST(json_int(o, "due_now") == before,
	    SEED("forecast g%d: due now %lld, expected %lld"), HERE(s), cluster,
	    json_int(o, "due_now"), (long long)before);
	for (i = 0; i < FORECAST_DAYS; i++, before = after) {
		/* what a run in the last second of that day would find */
		after =
		    due_at(w, cluster, oracle_midnight(zone, day + i + 1) - 1);
		if (after == before)
			continue;
		oracle_civil(day + i, &y, &m, &d);
		(void)snprintf(date, sizeof(date), "%04d-%02d-%02d", (int)y,
		    (int)m, (int)d);
		one = json_array_get(days, at++);
		MUST(strcmp(json_text(one, "date"), date) == 0 &&
			 json_int(one, "records") == after - before,
		    SEED("forecast g%d: %s has %lld, expected %s with %lld"),
		    HERE(s), cluster, json_text(one, "date"),
		    json_int(one, "records"), date,
		    (long long)(after - before));
	}
	MUST(at == json_array_size(days), SEED("forecast g%d: days too many"),
	    HERE(s), cluster);
}

static void check_forecast(struct stage *s, int64_t now)
{
	const json_t *o;
	json_t *all = NULL;
	size_t i;

	MUST(forecast_json(&s->schedule, now, FORECAST_DAYS, &all) == ST_OK,
	    SEED("%s"), HERE(s), status_text());
	json_array_foreach(json_object_get(all, "clusters"), i, o)
	    check_days(s, o, atoi(json_text(o, "cluster") + 1), now);
	json_decref(all);
}

/* ---- suspensions ---- */

static void suspend(struct stage *s, struct world_suspension *x)
{
	const struct world_collection *c =
	    &s->world->collections[x->collection];
	char cluster[20], k1[32], k2[32];
	const char *const key[] = { k1, k2 };
	struct holds_order o = { .reason = x->restriction ? "art18_1b_unlawful"
							  : "litigation",
		.authority = "a court",
		.review = HOLDS_NO_DAY };
	json_t *placed = NULL;

	(void)snprintf(cluster, sizeof(cluster), "g%d", x->cluster);
	world_key_text(c, x->key[0], k1);
	world_key_text(c, x->key[1], k2);
	if (x->cluster >= 0) {
		o.scope.cluster = cluster;
	} else {
		o.scope.store = world_store_name(c->store);
		o.scope.collection = c->name;
		o.scope.key = key;
		o.scope.key_count = c->has[COLUMN_K2] ? 2 : 1;
	}
	MUST(holds_place(&s->in, &o, "a tester", &placed) == ST_OK, SEED("%s"),
	    HERE(s), status_text());
	(void)snprintf(x->id, sizeof(x->id), "%s", json_text(placed, "id"));
	json_decref(placed);
}

static void release(struct stage *s, struct world_suspension *x)
{
	json_t *freed = NULL;

	MUST(holds_release(&s->in, x->id, "a tester", "it is over", &freed) ==
		 ST_OK,
	    SEED("%s"), HERE(s), status_text());
	x->released = 1;
	json_decref(freed);
}

/* Some more, and some less. */
static void change_suspensions(struct stage *s)
{
	struct world *w = s->world;
	int n = (int)world_roll(w, 5), i;

	if ((w->features & WORLD_SUSPEND) == 0)
		return;
	stage_open(s);
	for (i = 0; i < w->suspension_count; i++) {
		if (!w->suspensions[i].released && world_chance(w, 40))
			release(s, &w->suspensions[i]);
	}
	while (n-- > 0 && world_suspend(w))
		suspend(s, &w->suspensions[w->suspension_count - 1]);
	stage_close(s);
}

/* ---- runs ---- */

struct run_of {
	int64_t now;
	int cluster; /* -1: all */
};

static void stop_here(
    void *ctx, const char *cluster, int64_t deleted, int64_t due)
{
	int *batches = ctx;

	(void)cluster;
	(void)deleted;
	(void)due;
	if ((*batches)-- == 0)
		(void)raise(SIGKILL);
}

/* In a process of its own, killed after ${batches} of them. */
static void purge_killed(struct stage *s, const struct run_of *run, int batches)
{
	struct purge_options o = { .mode = PURGE_EXECUTE,
		.as_of = run->now,
		.approve = 1,
		.progress = stop_here,
		.progress_ctx = &batches };
	json_t *report = NULL;
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		MUST(installation_load(s->config, &s->in) == ST_OK, "load");
		_exit(purge_run(&s->in, &o, &report) != ST_OK);
	}
	MUST(waitpid(child, &status, 0) == child, "waitpid");
	MUST(WIFSIGNALED(status) || WEXITSTATUS(status) == 0,
	    SEED("a run that was to be stopped failed"), HERE(s));
}

static void purge_whole(struct stage *s, const struct run_of *run)
{
	struct purge_options o = {
		.mode = PURGE_EXECUTE, .as_of = run->now, .approve = 1
	};
	struct installation in;
	json_t *report = NULL;
	char cluster[20];

	(void)snprintf(cluster, sizeof(cluster), "g%d", run->cluster);
	if (run->cluster >= 0)
		o.cluster = cluster;
	MUST(installation_load(s->config, &in) == ST_OK, "load");
	MUST(purge_run(&in, &o, &report) == ST_OK, SEED("purge at %lld: %s"),
	    HERE(s), (long long)run->now, status_text());
	MUST(json_is_true(json_object_get(report, "scrubbed")),
	    SEED("not scrubbed"), HERE(s));
	json_decref(report);
	installation_release(&in);
}

static void purge(
    struct stage *s, const struct run_of *run, enum stage_ending ending)
{
	struct world *expected = malloc(sizeof(*expected));

	MUST(expected != NULL, "out of memory");
	*expected = *s->world;
	oracle_run(expected, run->cluster, run->now);
	if (ending == STAGE_STOPPED)
		purge_killed(s, run, (int)world_roll(s->world, 12));
	else
		purge_whole(s, run);
	stage_open(s);
	stage_settle(s, expected, run->now, ending);
	check_plan(s, run->now);
	stage_close(s);
	free(expected);
}

/* ---- rounds ---- */

static int used(const struct world *w, int cluster)
{
	int c, part;

	for (c = 0; c < w->collection_count; c++) {
		for (part = 0; part < w->collections[c].parts; part++) {
			if (w->collections[c].clusters[part] == cluster)
				return 1;
		}
	}
	return 0;
}

static void look(struct stage *s, int64_t now)
{
	stage_open(s);
	check_plan(s, now);
	check_explain(s, now);
	check_forecast(s, now);
	stage_close(s);
}

static void play(struct stage *s, const char *folder, unsigned features)
{
	struct world *w = s->world;
	struct run_of run = { 0, -1 };
	int i;

	(void)snprintf(s->config, sizeof(s->config), "%s/lethe.yml", folder);
	world_init(w, s->seed, features);
	world_build(w, folder);
	stage_open(s);
	stage_note(s);
	stage_close(s);
	for (i = 0; i < WORLD_INSTANTS; i++) {
		run.now = w->instants[i];
		change_suspensions(s);
		look(s, run.now);
		if (world_roll(w, 4) == 0) {
			run.cluster = (int)world_roll(w, w->cluster_count);
			if (used(w, run.cluster))
				purge(s, &run, STAGE_WHOLE);
			run.cluster = -1;
		}
		if (world_roll(w, 3) == 0)
			purge(s, &run, STAGE_STOPPED);
		purge(s, &run, STAGE_WHOLE);
	}
}

static unsigned long long number(const char *name, unsigned long long missing)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : missing;
}

START_TEST(an_installation_does_what_its_rules_say)
{
	unsigned long long first = number("LETHE_SEED", 1);
	unsigned long long rounds = number("LETHE_ROUNDS", 40);
	unsigned features = (unsigned)number("LETHE_WORLD", WORLD_FEATURES);
	struct stage *s = calloc(1, sizeof(*s));

	MUST(s != NULL, "out of memory");
	s->world = calloc(1, sizeof(*s->world));
	MUST(s->world != NULL, "out of memory");
	for (s->seed = first; s->seed < first + rounds; s->seed++)
		play(s, test_folder(), features);
	free(s->world);
	free(s);
}
END_TEST

Suite *property_suite(void)
{
	Suite *s = suite_create("property");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 3600);
	tcase_add_test(t, an_installation_does_what_its_rules_say);
	suite_add_tcase(s, t);
	return s;
}
