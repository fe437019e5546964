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
#include <time.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/holds/holds.h"
#include "engine/purge/erase.h"
#include "engine/purge/purge.h"
#include "tests/oracle.h"
#include "tests/stage.h"

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
	/* of a plan that was written before; NULL: whatever is due */
	const struct oracle_plan *plan;
	const char *file;
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
	pid_t child;

	o.jobs = 1 + (int)(s->seed % 4);
	child = fork();

	if (child == 0) {
		MUST(installation_load(s->config, &s->in) == ST_OK, "load");
		_exit(purge_run(&s->in, &o, &report) != ST_OK);
	}
	MUST(waitpid(child, &status, 0) == child, "waitpid");
	MUST(WIFSIGNALED(status) || WEXITSTATUS(status) == 0,
	    SEED("a run that was to be stopped failed"), HERE(s));
}

/* How many records of a collection are in the world and not in ${after}, or
 * have a part there that is not reduced yet here. */
static int64_t changed(const struct world *w, const struct world *after,
    int collection, int part, int gone)
{
	const struct world_collection *c = &w->collections[collection];
	int64_t n = 0;
	size_t i;

	for (i = 0; i < c->count; i++) {
		const struct world_record *r = &c->records[i];
		const struct world_record *then =
		    &after->collections[collection].records[i];

		n += gone ? then->gone && !r->gone
			  : then->reduced[part] && !r->reduced[part];
	}
	return n;
}

static void check_report_item(struct stage *s, const struct world *after,
    const json_t *item, const struct run_of *run)
{
	const struct world *w = s->world;
	int cluster = atoi(json_text(item, "cluster") + 1);
	int c = json_text(item, "collection")[1] - '0';
	int part = stage_part(s, c, cluster);
	int changes = w->clusters[cluster].de_identify;
	int64_t gone = part == 0 ? changed(w, after, c, part, 1) : 0;
	int64_t reduced = changed(w, after, c, part, 0);
	int64_t left = stage_due(after, c, part, run->now);

	MUST(json_int(item, "deleted") == gone &&
		 json_int(item, "de_identified") == (changes ? reduced : 0) &&
		 json_int(item, "minimised") == (changes ? 0 : reduced) &&
		 (run->plan || json_int(item, "waiting") == left),
	    SEED("report of c%d, g%d at %lld: deleted %lld, de-identified "
		 "%lld, minimised %lld, waiting %lld; expected %lld, %lld "
		 "reduced, %lld waiting"),
	    HERE(s), c, cluster, (long long)run->now, json_int(item, "deleted"),
	    json_int(item, "de_identified"), json_int(item, "minimised"),
	    json_int(item, "waiting"), (long long)gone, (long long)reduced,
	    (long long)left);
}

static void check_report(struct stage *s, const struct world *after,
    const json_t *report, const struct run_of *run)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(report, "clusters"), i, item)
	    check_report_item(s, after, item, run);
	MUST(json_is_true(json_object_get(report, "scrubbed")) &&
		 json_is_true(json_object_get(report, "verified")),
	    SEED("not scrubbed, or not verified"), HERE(s));
}

static void purge_whole(
    struct stage *s, const struct run_of *run, const struct world *expected)
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
	o.execute_file = run->file;
	o.jobs = 1 + (int)(s->seed % 4);
	MUST(installation_load(s->config, &in) == ST_OK, "load");
	MUST(purge_run(&in, &o, &report) == ST_OK, SEED("purge at %lld: %s"),
	    HERE(s), (long long)run->now, status_text());
	check_report(s, expected, report, run);
	json_decref(report);
	installation_release(&in);
}

static void purge(
    struct stage *s, const struct run_of *run, enum stage_ending ending)
{
	struct world *expected = malloc(sizeof(*expected));

	MUST(expected != NULL, "out of memory");
	*expected = *s->world;
	oracle_run(expected, run->cluster, run->now, run->plan);
	if (ending == STAGE_STOPPED)
		purge_killed(s, run, (int)world_roll(s->world, 12));
	else
		purge_whole(s, run, expected);
	stage_open(s);
	stage_settle(s, expected, run->now, ending);
	stage_plan(s, run->now);
	stage_close(s);
	free(expected);
}

/* ---- erasures ---- */

struct erasing {
	struct stage *stage;
	char who[32];
	char kept[340]; /* file: the run, and what was found */
	json_t *plan;
};

static enum status keep(void *ctx, const char *run, const struct buf *targets)
{
	const struct erasing *e = ctx;
	struct buf b = BUF_INIT;
	enum status st;

	buf_addf(&b, "%s\n", run);
	buf_add(&b, targets->data, targets->len);
	st = buf_status(&b);
	if (st == ST_OK)
		st = file_replace(e->kept, b.data, b.len, 0600);
	buf_release(&b);
	return st;
}

/* A new one, or what a killed one had begun. */
static enum status erase(struct erasing *e, int64_t now, json_t **report)
{
	struct buf stays = BUF_INIT, begun = BUF_INIT, targets = BUF_INIT;
	struct erase_order o = { .subject = { .who = { "person", e->who },
				     .as_of = now },
		.request = "Q-20260101-00000000",
		.actor = "a tester",
		.plan = e->plan,
		.keep = keep,
		.ctx = e,
		.stays = &stays };
	struct installation in;
	size_t line;
	enum status st;

	if (file_exists(e->kept)) {
		MUST(file_read(e->kept, 1 << 20, &begun) == ST_OK, "%s",
		    status_text());
		line = strcspn(begun.data, "\n");
		buf_add(&targets, begun.data + line + 1, begun.len - line - 1);
		begun.data[line] = '\0';
		o.run = begun.data;
		o.subject.targets = &targets;
	}
	MUST(installation_load(e->stage->config, &in) == ST_OK, "load");
	st = erase_run(&in, &o, report);
	installation_release(&in);
	buf_release(&stays);
	buf_release(&begun);
	buf_release(&targets);
	return st;
}

/* In a process of its own, which may not come to its end.  1: it did. */
static int erase_killed(struct erasing *e, int64_t now)
{
	struct timespec wait = { 0, world_roll(e->stage->world, 60) * 1000000 };
	json_t *report = NULL;
	int status = 0;
	pid_t child = fork();

	if (child == 0)
		_exit(erase(e, now, &report) != ST_OK);
	(void)nanosleep(&wait, NULL);
	(void)kill(child, SIGKILL);
	MUST(waitpid(child, &status, 0) == child, "waitpid");
	MUST(WIFSIGNALED(status) || WEXITSTATUS(status) == 0,
	    SEED("an erasure that was to be stopped failed"), HERE(e->stage));
	return !WIFSIGNALED(status);
}

static int64_t all_changed(
    const struct world *w, const struct world *after, int gone)
{
	int64_t n = 0;
	int c, part;

	for (c = 0; c < w->collection_count; c++) {
		for (part = 0; part < (gone ? 1 : w->collections[c].parts);
		     part++)
			n += changed(w, after, c, part, gone);
	}
	return n;
}

static void check_erased(struct erasing *e, const json_t *report,
    const struct world *after, const struct world *before)
{
	long long reduced =
	    json_int(report, "de_identified") + json_int(report, "minimised");

	MUST(json_int(report, "deleted") == all_changed(before, after, 1) &&
		 reduced == all_changed(before, after, 0) &&
		 json_is_true(json_object_get(report, "scrubbed")) &&
		 json_is_true(json_object_get(report, "verified")),
	    SEED("erasure of %s: deleted %lld, reduced %lld, expected %lld and "
		 "%lld; scrubbed, verified?"),
	    HERE(e->stage), e->who, json_int(report, "deleted"), reduced,
	    (long long)all_changed(before, after, 1),
	    (long long)all_changed(before, after, 0));
}

static void carry_out(struct erasing *e, int64_t now, const struct world *after)
{
	struct stage *s = e->stage;
	json_t *report = NULL;

	if (world_chance(s->world, 30) && erase_killed(e, now))
		return;
	MUST(erase(e, now, &report) == ST_OK, SEED("erasure of %s at %lld: %s"),
	    HERE(s), e->who, (long long)now, status_text());
	if (!file_exists(e->kept))
		check_erased(e, report, after, s->world);
	json_decref(report);
}

static void plan_erasure(struct erasing *e, int64_t now)
{
	const struct erase_subject who = { .who = { "person", e->who },
		.as_of = now };
	struct installation in;

	MUST(installation_load(e->stage->config, &in) == ST_OK, "load");
	MUST(erase_plan(&in, &who, &e->plan) == ST_OK,
	    SEED("plan of an erasure: %s"), HERE(e->stage), status_text());
	installation_release(&in);
}

/* Somebody asks; what is not theirs, is held or must be kept stays. */
static void erase_person(struct stage *s, int64_t now)
{
	struct world *w = s->world, *expected = malloc(sizeof(*expected));
	const struct world_collection *people = &w->collections[0];
	struct erasing e = { .stage = s };
	int64_t key;

	MUST(expected != NULL, "out of memory");
	*expected = *w;
	key = people->records[world_roll(w, (int64_t)people->count)].key[0];
	world_key_text(people, key, e.who);
	(void)snprintf(e.kept, sizeof(e.kept), "%s.erasure", s->config);
	(void)unlink(e.kept);
	if (oracle_ask(expected, key, now)) {
		oracle_run(expected, -1, now, NULL);
		expected->request.is_made = 0;
		plan_erasure(&e, now);
		MUST(json_int(e.plan, "records") ==
			 all_changed(w, expected, 1) +
			     all_changed(w, expected, 0),
		    SEED("plan of the erasure of %s at %lld: %lld records"),
		    HERE(s), e.who, (long long)now,
		    json_int(e.plan, "records"));
		carry_out(&e, now, expected);
		stage_open(s);
		stage_settle(s, expected, now, STAGE_WHOLE);
		stage_close(s);
		json_decref(e.plan);
	}
	free(expected);
}

/* ---- plan files ---- */

static void write_plan(struct stage *s, const char *file, int64_t now)
{
	struct purge_options o = {
		.mode = PURGE_DRY_RUN, .as_of = now, .plan_file = file
	};
	struct installation in;
	json_t *report = NULL;

	MUST(installation_load(s->config, &in) == ST_OK, "load");
	MUST(purge_run(&in, &o, &report) == ST_OK, SEED("plan at %lld: %s"),
	    HERE(s), (long long)now, status_text());
	json_decref(report);
	installation_release(&in);
}

/* Some records get other times, some are deleted by others. */
static void change_records(struct stage *s)
{
	struct world *w = s->world;
	struct oracle_part p = { 0, 0, NULL };
	size_t i;

	stage_open(s);
	for (; p.collection < w->collection_count; p.collection++) {
		struct world_collection *c = &w->collections[p.collection];

		for (i = 0; i < c->count; i++) {
			struct world_record *r = &c->records[i];

			p.record = r;
			if (r->gone || stage_is_reduced(r) ||
			    !world_chance(w, 25))
				continue;
			r->lost =
			    world_chance(w, 30) && !oracle_is_referenced(w, &p);
			r->gone = r->lost;
			if (!r->lost)
				world_change_times(w, p.collection, r);
			world_rewrite(w, &s->in, p.collection, r);
		}
	}
	stage_note(s);
	stage_close(s);
}

/* A plan is carried out after things have changed. */
static void purge_planned(struct stage *s, int64_t now)
{
	struct oracle_plan plan;
	struct run_of run = { now, -1, &plan, NULL };
	char file[330];

	(void)snprintf(file, sizeof(file), "%s.plan", s->config);
	run.file = file;
	oracle_plan(s->world, -1, now, &plan);
	write_plan(s, file, now);
	change_records(s);
	change_suspensions(s);
	purge(s, &run, STAGE_WHOLE);
}

/* ---- rounds ---- */

static void play(struct stage *s, const char *folder, unsigned features)
{
	struct world *w = s->world;
	struct run_of run = { 0, -1, NULL, NULL };
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
		stage_open(s);
		stage_ask(s, run.now);
		stage_close(s);
		/* Later it would matter what stood there when others went. */
		if (world_roll(w, 2) == 0 && i == 0 &&
		    (w->features & WORLD_PLANS))
			purge_planned(s, run.now);
		if (world_roll(w, 4) == 0) {
			run.cluster = (int)world_roll(w, w->cluster_count);
			if (world_uses(w, run.cluster))
				purge(s, &run, STAGE_WHOLE);
			run.cluster = -1;
		}
		if (w->has_people)
			erase_person(s, run.now);
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
