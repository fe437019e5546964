/*
 * The main job, whole: made-up installations (world.h) are purged at rising
 * instants, sometimes stopped in the middle, and judged record by record by
 * an oracle that shares no code with the engine (oracle.c).
 *
 * Guards invariant 1 (never early: nothing goes that the oracle keeps),
 * 2 (never silent: UNDECIDED and OVERDUE are counted alike), 3 (everything
 * that went is in exactly one evidence row) and 4 (plan, run, explain and
 * forecast give the oracle's answer).
 *
 * LETHE_ROUNDS=1000 for more rounds, LETHE_SEED=N to begin with another one;
 * a failure names its seed.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/plan/explain.h"
#include "engine/plan/forecast.h"
#include "engine/plan/plan.h"
#include "engine/purge/purge.h"
#include "tests/suites.h"
#include "tests/world.h"

#define FORECAST_DAYS 35

struct stage {
	struct world *world;
	char config[300];
	unsigned long long seed;
	struct installation in;
	struct schedule schedule;
};

#define HERE(s)    (s)->seed
#define SEED(text) "seed %llu: " text

static void open_stage(struct stage *s)
{
	MUST(installation_load(s->config, &s->in) == ST_OK, SEED("%s"), HERE(s),
	    status_text());
	if (schedule_init(&s->schedule, &s->in, NULL, &s->in.diag) == ST_OK)
		return;
	diag_print(&s->in.diag, stderr);
	ck_abort_msg(SEED("%s"), HERE(s), status_text());
}

static void close_stage(struct stage *s)
{
	schedule_release(&s->schedule);
	installation_release(&s->in);
}

static const char *store_name(const struct world_collection *c)
{
	return c->store ? "two" : "one";
}

/* ---- the plan ---- */

struct counts {
	int64_t all, of[ORACLE__MAX];
};

static struct counts count(const struct world *w, int collection, int64_t now)
{
	const struct world_collection *c = &w->collections[collection];
	struct counts n;
	size_t i;

	memset(&n, 0, sizeof(n));
	for (i = 0; i < c->count; i++) {
		if (c->records[i].gone)
			continue;
		n.all++;
		n.of[oracle_judge(w, collection, &c->records[i], now, NULL)]++;
	}
	return n;
}

static void check_item(
    struct stage *s, const struct plan_item *p, int collection, int64_t now)
{
	struct counts n = count(s->world, collection, now);
	int64_t due = n.of[ORACLE_DUE] + n.of[ORACLE_OVERDUE];

	int64_t active = p->active - n.of[ORACLE_ACTIVE];
	int64_t retain = p->retain - n.of[ORACLE_RETAIN];

	MUST(p->records == n.all && p->due == due &&
		 p->overdue == n.of[ORACLE_OVERDUE] &&
		 p->undecided == n.of[ORACLE_UNDECIDED] && active >= 0 &&
		 retain >= 0 && active + retain == n.of[ORACLE_EITHER],
	    SEED("c%d at %lld: found %lld, due %lld/%lld, undecided %lld, "
		 "active %lld, retain %lld; expected %lld, due %lld/%lld, "
		 "undecided %lld, active %lld, retain %lld"),
	    HERE(s), collection, (long long)now, (long long)p->records,
	    (long long)p->due, (long long)p->overdue, (long long)p->undecided,
	    (long long)p->active, (long long)p->retain, (long long)n.all,
	    (long long)due, (long long)n.of[ORACLE_OVERDUE],
	    (long long)n.of[ORACLE_UNDECIDED], (long long)n.of[ORACLE_ACTIVE],
	    (long long)n.of[ORACLE_RETAIN]);
}

static void check_plan(struct stage *s, int64_t now)
{
	struct plan plan;
	size_t i;

	MUST(plan_init(&plan, &s->schedule, now, NULL, PLAN_ALL) == ST_OK,
	    SEED("%s"), HERE(s), status_text());
	MUST(plan.count == (size_t)s->world->collection_count,
	    SEED("a collection is missing"), HERE(s));
	for (i = 0; i < plan.count; i++) {
		const char *name = plan.items[i].rule->collection->name;

		check_item(s, &plan.items[i], name[1] - '0', now);
	}
	plan_release(&plan);
}

/* ---- explain ---- */

static void check_explained(
    struct stage *s, int collection, const struct world_record *r, int64_t now)
{
	const struct world_collection *c = &s->world->collections[collection];
	enum oracle_verdict want;
	char k1[32], k2[32], date[ZONE_TEXT] = "";
	const char *const key[] = { k1, k2 };
	const struct rule *rule;
	int64_t from = 0;
	json_t *o = NULL;

	world_key_text(c, r->key[0], k1);
	world_key_text(c, r->key[1], k2);
	want = oracle_judge(s->world, collection, r, now, &from);
	MUST(explain_json(&s->schedule, store_name(c), c->name, key,
		 c->tuple ? 2 : 1, now, &o) == ST_OK,
	    SEED("explain %s %s at %lld (expected %s): %s"), HERE(s), c->name,
	    k1, (long long)now, oracle_name(want), status_text());
	MUST(want == ORACLE_EITHER ||
		 strcmp(json_text(o, "verdict"), oracle_name(want)) == 0,
	    SEED("explain %s %s at %lld: found %s, expected %s"), HERE(s),
	    c->name, k1, (long long)now, json_text(o, "verdict"),
	    oracle_name(want));
	rule = schedule_rule(&s->schedule, store_name(c), c->name);
	if (from != INT64_MIN)
		zone_format(rule->terms.calendar.zone, from, date);
	MUST(strcmp(json_text(o, "deletable_from"), date) == 0,
	    SEED("explain %s %s: deletable from %s, expected %s"), HERE(s),
	    c->name, k1, json_text(o, "deletable_from"), date);
	json_decref(o);
}

static void check_explain(struct stage *s, int64_t now)
{
	struct world *w = s->world;
	int c, i;

	for (i = 0; i < 40; i++) {
		const struct world_collection *col;
		const struct world_record *r;

		c = (int)world_roll(w, w->collection_count);
		col = &w->collections[c];
		r = &col->records[world_roll(w, (int64_t)col->count)];
		if (!r->gone)
			check_explained(s, c, r, now);
	}
}

/* ---- forecast ---- */

static int64_t due_at(const struct world *w, int cluster, int64_t now)
{
	struct counts n;
	int64_t sum = 0;
	int c;

	for (c = 0; c < w->collection_count; c++) {
		if (w->collections[c].cluster != cluster)
			continue;
		n = count(w, c, now);
		sum += n.of[ORACLE_DUE] + n.of[ORACLE_OVERDUE];
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

/* ---- what is there, and what is proven ---- */

static struct world_record *find_record(
    struct world_collection *c, const char *k1, const char *k2)
{
	char t1[32], t2[32];
	size_t i;

	for (i = 0; i < c->count; i++) {
		world_key_text(c, c->records[i].key[0], t1);
		world_key_text(c, c->records[i].key[1], t2);
		if (strcmp(t1, k1) == 0 && (!c->tuple || strcmp(t2, k2) == 0))
			return &c->records[i];
	}
	return NULL;
}

/* Set ${there} for every record that the store still has. */
static void read_keys(struct stage *s, int collection, char *there)
{
	struct world_collection *c = &s->world->collections[collection];
	const struct rule *r =
	    schedule_rule(&s->schedule, store_name(c), c->name);
	struct sql q = SQL_INIT;
	struct stmt *rows = NULL;
	struct world_record *found;
	enum status st;

	memset(there, 0, c->count);
	if (c->tuple)
		sql_add(&q, "SELECT CAST(k1 AS TEXT), CAST(k2 AS TEXT) FROM ");
	else
		sql_add(&q, "SELECT CAST(k1 AS TEXT), '' FROM ");
	sql_name(&q, c->name);
	st = db_query_sql(r->store->db, &q, &rows);
	while (st == ST_OK && (st = db_row(rows)) == ST_OK) {
		found = find_record(c, db_text(rows, 0), db_text(rows, 1));
		MUST(found != NULL, SEED("%s: a record out of nowhere"),
		    HERE(s), c->name);
		there[found - c->records] = 1;
	}
	MUST(st == ST_NOTFOUND, SEED("%s"), HERE(s), status_text());
	db_done(rows);
	sql_release(&q);
}

static int compare_hashes(const void *a, const void *b)
{
	return memcmp(a, b, 16);
}

/* Every record that is gone is in exactly one evidence row. */
static void check_evidence(struct stage *s, int collection)
{
	const struct world_collection *c = &s->world->collections[collection];
	const struct rule *r =
	    schedule_rule(&s->schedule, store_name(c), c->name);
	uint8_t hashes[WORLD_RECORDS + 1][16];
	struct stmt *rows = NULL;
	size_t gone = 0, n = 0, i;
	struct val v;
	enum status st;

	for (i = 0; i < c->count; i++)
		gone += (size_t)c->records[i].gone;
	st = db_query(r->store->db,
	    "SELECT hashes, records FROM lethe_evidence WHERE collection = $1",
	    ARGS(TEXT(c->name)), &rows);
	while (st == ST_OK && (st = db_row(rows)) == ST_OK) {
		v = db_val(rows, 0);
		MUST(v.n == 16 * (size_t)db_int(rows, 1) &&
			 n + v.n / 16 <= WORLD_RECORDS,
		    SEED("%s: evidence of more than was there"), HERE(s),
		    c->name);
		memcpy(hashes[n], v.p, v.n);
		n += v.n / 16;
	}
	db_done(rows);
	MUST(n == gone, SEED("%s: %zu gone and %zu in evidence"), HERE(s),
	    c->name, gone, n);
	qsort(hashes, n, 16, compare_hashes);
	for (i = 1; i < n; i++)
		MUST(memcmp(hashes[i - 1], hashes[i], 16) != 0,
		    SEED("%s: a record twice in evidence"), HERE(s), c->name);
}

/* ---- runs ---- */

struct run_of {
	int64_t now;
	int cluster; /* -1: all */
};

/* Which records a whole run must take along: those that may go, and then
 * those that only they held back. */
static void expect_gone(struct world *w, const struct run_of *run, char *going)
{
	struct world_record *r;
	int c, more = 1;
	size_t i;

	memset(going, 0, WORLD_COLLECTIONS * WORLD_RECORDS);
	while (more) {
		more = 0;
		for (c = 0; c < w->collection_count; c++) {
			if (run->cluster >= 0 &&
			    w->collections[c].cluster != run->cluster)
				continue;
			for (i = 0; i < w->collections[c].count; i++) {
				r = &w->collections[c].records[i];
				if (r->gone ||
				    !oracle_may_go(w, c, r, run->now))
					continue;
				r->gone = 1;
				going[c * WORLD_RECORDS + (int)i] = 1;
				more = 1;
			}
		}
	}
	for (c = 0; c < w->collection_count; c++)
		for (i = 0; i < w->collections[c].count; i++)
			if (going[c * WORLD_RECORDS + (int)i])
				w->collections[c].records[i].gone = 0;
}

enum ending { RUN_WHOLE, RUN_STOPPED };

/* Compare the stores with what was expected, and take note. */
static void settle(struct stage *s, const struct run_of *run, const char *going,
    enum ending ending)
{
	struct world *w = s->world;
	char there[WORLD_RECORDS];
	char key[32];
	size_t i;
	int c;

	for (c = 0; c < w->collection_count; c++) {
		struct world_collection *col = &w->collections[c];

		read_keys(s, c, there);
		for (i = 0; i < col->count; i++) {
			struct world_record *r = &col->records[i];
			int goes = going[c * WORLD_RECORDS + (int)i];

			world_key_text(col, r->key[0], key);
			MUST(!(r->gone && there[i]), SEED("%s %s came back"),
			    HERE(s), col->name, key);
			MUST(r->gone || there[i] || goes,
			    SEED("%s %s went at %lld and is %s"), HERE(s),
			    col->name, key, (long long)run->now,
			    oracle_name(oracle_judge(w, c, r, run->now, NULL)));
			MUST(!there[i] || !goes || ending == RUN_STOPPED,
			    SEED("%s %s is due at %lld and still there"),
			    HERE(s), col->name, key, (long long)run->now);
			r->gone = !there[i];
		}
		check_evidence(s, c);
	}
}

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

static void purge(struct stage *s, const struct run_of *run, enum ending ending)
{
	char going[WORLD_COLLECTIONS * WORLD_RECORDS];

	expect_gone(s->world, run, going);
	if (ending == RUN_STOPPED)
		purge_killed(s, run, (int)world_roll(s->world, 12));
	else
		purge_whole(s, run);
	open_stage(s);
	settle(s, run, going, ending);
	check_plan(s, run->now);
	close_stage(s);
}

/* ---- rounds ---- */

static void play(struct world *w, unsigned long long seed, const char *folder)
{
	struct stage s = { .world = w, .seed = seed };
	struct run_of run = { 0, -1 };
	int i;

	(void)snprintf(s.config, sizeof(s.config), "%s/lethe.yml", folder);
	world_init(w, seed);
	world_build(w, folder);
	for (i = 0; i < WORLD_INSTANTS; i++) {
		run.now = w->instants[i];
		open_stage(&s);
		check_plan(&s, run.now);
		check_explain(&s, run.now);
		check_forecast(&s, run.now);
		close_stage(&s);
		if (world_roll(w, 4) == 0) {
			run.cluster = (int)world_roll(w, w->cluster_count);
			purge(&s, &run, RUN_WHOLE);
			run.cluster = -1;
		}
		if (world_roll(w, 3) == 0)
			purge(&s, &run, RUN_STOPPED);
		purge(&s, &run, RUN_WHOLE);
	}
}

static unsigned long long number(const char *name, unsigned long long missing)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 10) : missing;
}

START_TEST(an_installation_does_what_its_rules_say)
{
	unsigned long long first = number("LETHE_SEED", 1);
	unsigned long long rounds = number("LETHE_ROUNDS", 40), i;
	struct world *w = malloc(sizeof(*w));

	MUST(w != NULL, "out of memory");
	for (i = 0; i < rounds; i++)
		play(w, first + i, test_folder());
	free(w);
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
