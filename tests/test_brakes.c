/*
 * engine/purge: the brakes, plans and their approval, and plan files.  What
 * changes between a plan and its execution is skipped and counted, and nothing
 * that was not planned goes.
 *
 * Guards invariants 1 (never early, whatever the clock says), 2 (a skipped
 * record shows) and 3 (what went before a stop has its evidence).
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/audit/log.h"
#include "engine/purge/brakes.h"
#include "engine/purge/clock.h"
#include "engine/purge/plans.h"
#include "engine/purge/purge.h"
#include "engine/purge/stop.h"
#include "tests/suites.h"

#define RECORDS 300 /* two in three are due */

static const char config[] =
    "installation: brakes\n"
    "time_zone: Asia/Tokyo\n"
    "data_dir: ./var\n"
    "key: {file: ./lethe.key}\n"
    "policies: [policy.yml]\n"
    "stores:\n"
    "  crm: {driver: sqlite, dataset: crm.yml, schema: crm.sql}\n"
    "purge: {batch: 40, approvals: %d, max_share: %s}\n";

static const char schema[] =
    "CREATE TABLE people (id INTEGER PRIMARY KEY, gone DATE);\n"
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, at DATE,\n"
    "  person INTEGER REFERENCES people (id));\n"
    "CREATE INDEX notes_at ON notes (at);\n"
    "CREATE INDEX notes_person ON notes (person);\n"
    "CREATE INDEX people_gone ON people (gone);\n";

static const char dataset[] =
    "dataset:\n"
    "  - fides_key: crm\n"
    "    name: Customers\n"
    "    collections:\n"
    "      - name: people\n"
    "        fields:\n"
    "          - {name: id, fides_meta: {primary_key: true}}\n"
    "          - {name: gone, data_categories: [user.account]}\n"
    "      - name: notes\n"
    "        fields:\n"
    "          - {name: id, fides_meta: {primary_key: true}}\n"
    "          - {name: at, data_categories: [user.account]}\n"
    "          - name: person\n"
    "            fides_meta:\n"
    "              references:\n"
    "                - {dataset: crm, field: people.id, direction: from}\n";

static const char policy[] =
    "policy: brakes\n"
    "revision: 1\n"
    "title: A test\n"
    "calendar: {rule: jp_civil_code, time_zone: Asia/Tokyo}\n"
    "purposes:\n"
    "  p: {title: A test, legal_basis: contract}\n"
    "starting_points:\n"
    "  gone: {kind: end_of_relationship, at: gone, null_means: open}\n"
    "  noted: {kind: collection, at: at}\n"
    "clusters:\n"
    "  people_data:\n"
    "    purposes: [p]\n"
    "    covers: [crm.people]\n"
    "    on_referenced: wait\n"
    "    deletion_rule: {starting_point: gone, regular_deletion_period: P1Y}\n"
    "  notes_data:\n"
    "    purposes: [p]\n"
    "    covers: [crm.notes]\n"
    "    deletion_rule: {starting_point: noted, regular_deletion_period: %s}\n";

/* ---- an installation in a folder of its own ---- */

struct fixture {
	char folder[100];
	char path[140]; /* of its lethe.yml */
	char plan[140]; /* of a plan file */
	json_t *report;
	json_t *stopped; /* of the last run */
};

static void put(const struct fixture *f, const char *name, const char *text)
{
	char path[200];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", f->folder, name);
	file = fopen(path, "w");
	MUST(file && fputs(text, file) >= 0 && fclose(file) == 0, "%s", path);
}

static void put_config(
    const struct fixture *f, int approvals, const char *max_share)
{
	char text[sizeof(config) + 40];

	(void)snprintf(text, sizeof(text), config, approvals, max_share);
	put(f, "lethe.yml", text);
}

static void put_policy(const struct fixture *f, const char *period)
{
	char text[sizeof(policy) + 40];

	(void)snprintf(text, sizeof(text), policy, period);
	put(f, "policy.yml", text);
}

static void load(const struct fixture *f, struct installation *in)
{
	MUST(installation_load(f->path, in) == ST_OK &&
		 installation_unlock(in) == ST_OK &&
		 installation_open_store(in, &in->stores[0]) == ST_OK &&
		 installation_open_control(in) == ST_OK &&
		 installation_open_audit(in) == ST_OK,
	    "%s", status_text());
}

enum where { STORE, CONTROL };
static void sql(const struct fixture *f, enum where where, const char *words)
{
	struct installation in;

	load(f, &in);
	MUST(db_script(where == STORE ? in.stores[0].db : in.control, words) ==
		 ST_OK,
	    "%s", status_text());
	installation_release(&in);
}

static int64_t ask(const struct fixture *f, enum where where, const char *words)
{
	struct installation in;
	struct sql q = SQL_INIT;
	int64_t n = -1;

	load(f, &in);
	sql_add_(&q, words);
	MUST(db_one_int_sql(where == STORE ? in.stores[0].db : in.control, &q,
		 -1, &n) == ST_OK,
	    "%s", status_text());
	sql_release(&q);
	installation_release(&in);
	return n;
}

static void set_up(struct fixture *f)
{
	struct installation in;

	memset(f, 0, sizeof(*f));
	(void)snprintf(f->folder, sizeof(f->folder), "%s", test_folder());
	(void)snprintf(f->path, sizeof(f->path), "%s/lethe.yml", f->folder);
	(void)snprintf(f->plan, sizeof(f->plan), "%s/plan.json", f->folder);
	put_config(f, 1, "1");
	put_policy(f, "P1Y");
	put(f, "crm.sql", schema);
	put(f, "crm.yml", dataset);
	MUST(installation_load(f->path, &in) == ST_OK &&
		 installation_init(&in, NULL, NULL) == ST_OK,
	    "%s", status_text());
	installation_release(&in);
	sql(f, STORE,
	    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
	    " LIMIT 300)"
	    " INSERT INTO notes SELECT i, CASE WHEN i % 3 THEN '2016-02-29'"
	    " ELSE '2999-01-01' END, NULL FROM n;"
	    "INSERT INTO lethe_count (collection, records)"
	    " VALUES ('notes', 300), ('people', 0)"
	    " ON CONFLICT (collection) DO UPDATE SET records = 300;"
	    "UPDATE lethe_count SET records = 0 WHERE collection = 'people';");
}

static void tear_down(struct fixture *f)
{
	json_decref(f->report);
	memset(f, 0, sizeof(*f));
}

/* A run by ${options}, as of now; the report stays until the next one. */
static enum status purge_with(struct fixture *f, struct purge_options o)
{
	struct installation in;
	enum status st;

	json_decref(f->report);
	f->report = NULL;
	load(f, &in);
	if (o.as_of == 0)
		o.as_of = when_now();
	st = purge_run(&in, &o, &f->report);
	f->stopped = json_object_get(f->report, "stopped");
	installation_release(&in);
	return st;
}
#define PURGE(f, ...) \
	purge_with(   \
	    f, (struct purge_options){ .mode = PURGE_EXECUTE, __VA_ARGS__ })

static void must_stop(struct fixture *f, const char *reason)
{
	ck_assert_int_eq(PURGE(f, .approve = 0), ST_DENIED);
	MUST(json_is_object(f->stopped), "not stopped: %s", status_text());
	MUST(strstr(json_text(f->stopped, "reason"), reason),
	    "`%s` is not `%s`", json_text(f->stopped, "reason"), reason);
	ck_assert_ptr_nonnull(strstr(status_text(), "lethe "));
	ck_assert_int_eq(json_int(f->report, "deleted"), 0);
}

static void must_run(struct fixture *f, int64_t deleted)
{
	MUST(PURGE(f, .approve = 0) == ST_OK, "%s", status_text());
	ck_assert(json_is_null(f->stopped));
	ck_assert_int_eq(json_int(f->report, "deleted"), deleted);
}

/* Approve the plan that the last run waits for. */
static enum status approve(struct fixture *f, const char *actor)
{
	struct stored_plan p = { .body = NULL };
	struct installation in;
	struct schedule s;
	enum status st;

	load(f, &in);
	MUST(schedule_init(&s, &in, NULL, &in.diag) == ST_OK &&
		 plans_find(&in,
		     json_text(json_object_get(f->report, "plan"), "id"),
		     &p) == ST_OK,
	    "%s", status_text());
	st = plans_approve(&in, &s, &p, actor);
	stored_plan_release(&p);
	schedule_release(&s);
	installation_release(&in);
	return st;
}

static int64_t notes(const struct fixture *f)
{
	return ask(f, STORE, "SELECT count(*) FROM notes");
}

/* What has evidence, and what the store lacks, are the same number. */
static void check_evidence(const struct fixture *f, int64_t gone)
{
	ck_assert_int_eq(
	    ask(f, STORE, "SELECT ifnull(sum(records), 0) FROM lethe_evidence"),
	    gone);
	ck_assert_int_eq(ask(f, STORE, "SELECT sum(records) FROM lethe_count"),
	    ask(f, STORE,
		"SELECT (SELECT count(*) FROM notes) +"
		" (SELECT count(*) FROM people)"));
}

/* ---- the brakes ---- */

START_TEST(a_new_rule_waits_for_approval_and_a_changed_one_again)
{
	struct fixture f;

	set_up(&f);
	must_stop(&f, "new or changed rules: ");
	ck_assert_int_eq(notes(&f), RECORDS);
	ck_assert_int_eq(approve(&f, "os:a"), ST_OK);
	ck_assert_int_eq(approve(&f, "os:a"), ST_DENIED);
	must_run(&f, 200);
	must_run(&f, 0);
	/* One rule changes: only that one is named. */
	put_policy(&f, "P2Y");
	must_stop(&f, "new or changed rules: notes_data");
	ck_assert_ptr_null(
	    strstr(json_text(f.stopped, "reason"), "people_data"));
	/* Back to what was approved: nothing to ask. */
	put_policy(&f, "P1Y");
	must_run(&f, 0);
	check_evidence(&f, 200);
	tear_down(&f);
}
END_TEST

START_TEST(a_restricted_run_looks_at_its_own_rules)
{
	struct fixture f;

	set_up(&f);
	ck_assert_int_eq(
	    PURGE(&f, .cluster = "people_data", .approve = 1), ST_OK);
	ck_assert_int_eq(PURGE(&f, .cluster = "people_data"), ST_OK);
	ck_assert_int_eq(PURGE(&f, .cluster = "notes_data"), ST_DENIED);
	ck_assert_str_eq(
	    json_text(f.stopped, "reason"), "new or changed rules: notes_data");
	must_stop(&f, "new or changed rules: notes_data");
	tear_down(&f);
}
END_TEST

START_TEST(two_approvals_are_of_two_people)
{
	struct fixture f;

	set_up(&f);
	put_config(&f, 2, "1");
	must_stop(&f, "new or changed rules");
	ck_assert_int_eq(approve(&f, "os:a"), ST_OK);
	ck_assert_int_eq(approve(&f, "os:a"), ST_DENIED);
	ck_assert_ptr_nonnull(strstr(status_text(), "another one"));
	must_stop(&f, "1 of 2 approvals");
	/* The run's own is one more, and of a third person none. */
	ck_assert_int_eq(PURGE(&f, .approve = 1), ST_OK);
	ck_assert_int_eq(json_int(f.report, "deleted"), 200);
	ck_assert_int_eq(approve(&f, "os:c"), ST_DENIED);
	ck_assert_ptr_nonnull(strstr(status_text(), "carried out by run"));
	tear_down(&f);
}
END_TEST

START_TEST(an_approval_is_for_the_rules_that_were_shown)
{
	struct fixture f;

	set_up(&f);
	must_stop(&f, "new or changed rules");
	put_policy(&f, "P10Y");
	ck_assert_int_eq(approve(&f, "os:a"), ST_DENIED);
	ck_assert_ptr_nonnull(strstr(status_text(), "`notes_data`"));
	ck_assert_ptr_nonnull(strstr(status_text(), "lethe purge"));
	must_stop(&f, "new or changed rules");
	ck_assert_int_eq(
	    ask(&f, CONTROL,
		"SELECT count(*) FROM plan WHERE replaced_by IS NOT NULL"),
	    1);
	ck_assert_int_eq(approve(&f, "os:a"), ST_OK);
	must_run(&f, 200);
	tear_down(&f);
}
END_TEST

START_TEST(a_large_share_stops_up_to_what_was_shown)
{
	struct fixture f;

	set_up(&f);
	put_config(&f, 0, "0.6");
	/* 900 more, 600 of them due: 800 of 1200 are more than 0.6. */
	must_run(&f, 200);
	sql(&f, STORE,
	    "WITH RECURSIVE n (i) AS (SELECT 1001 UNION ALL SELECT i + 1 FROM n"
	    " LIMIT 900)"
	    " INSERT INTO notes SELECT i, CASE WHEN i % 3 THEN '2016-02-29'"
	    " ELSE '2999-01-01' END, NULL FROM n;"
	    "UPDATE lethe_count SET records = 1000 WHERE collection = 'notes'");
	must_run(&f, 600); /* 600 of 1000 are not more */
	sql(&f, STORE,
	    "WITH RECURSIVE n (i) AS (SELECT 5001 UNION ALL SELECT i + 1 FROM n"
	    " LIMIT 1000)"
	    " INSERT INTO notes SELECT i, '2016-02-29', NULL FROM n;"
	    "UPDATE lethe_count SET records = 1400 WHERE collection = 'notes'");
	must_stop(&f, "1000 of the 1400 records of crm.notes would go");
	ck_assert_int_eq(approve(&f, "os:a"), ST_OK);
	/* 101 more than it shows are too many, 100 are not. */
	sql(&f, STORE,
	    "WITH RECURSIVE n (i) AS (SELECT 9001 UNION ALL SELECT i + 1 FROM n"
	    " LIMIT 101)"
	    " INSERT INTO notes SELECT i, '2016-02-29', NULL FROM n;"
	    "UPDATE lethe_count SET records = 1501 WHERE collection = 'notes'");
	must_stop(&f, "1101 of the 1501 records");
	ck_assert_int_eq(approve(&f, "os:a"), ST_OK);
	sql(&f, STORE,
	    "INSERT INTO notes VALUES (20000, '2016-02-29', NULL);"
	    "UPDATE lethe_count SET records = 1502 WHERE collection = 'notes'");
	must_run(&f, 1102);
	check_evidence(&f, 1902);
	tear_down(&f);
}
END_TEST

START_TEST(what_a_jump_of_the_clock_is)
{
	ck_assert(!clock_jumped(CLOCK_NEVER, 5));
	ck_assert(!clock_jumped(1000, 1000 - CLOCK_MAY_LAG));
	ck_assert(clock_jumped(1000, 1000 - CLOCK_MAY_LAG - 1));
	ck_assert(!clock_jumped(1000, 1000 + CLOCK_MAY_LEAD));
	ck_assert(clock_jumped(1000, 1000 + CLOCK_MAY_LEAD + 1));
	ck_assert_int_eq(CLOCK_MAY_LAG, 5 * 60);
	ck_assert_int_eq(CLOCK_MAY_LEAD, 7 * 24 * 3600);
}
END_TEST

/* The clock cannot be set here, so the last run is: ${_i} seconds ago. */
static const int64_t jumps[] = { -2 * 3600, 8 * 86400 };
START_TEST(a_clock_that_jumped_stops_until_it_is_vouched_for)
{
	struct installation in;
	struct fixture f;
	int64_t seen = 0;

	set_up(&f);
	MUST(PURGE(&f, .approve = 1) == ST_OK, "%s", status_text());
	load(&f, &in);
	MUST(clock_read(in.control, &seen) == ST_OK &&
		 clock_keep(in.control, when_now() - jumps[_i],
		     CLOCK_VOUCHED) == ST_OK,
	    "%s", status_text());
	ck_assert_int_le(when_now() - seen, 60);
	installation_release(&in);
	must_stop(&f, "the clock says ");
	/* It does not believe itself the next time. */
	must_stop(&f, "the clock says ");
	/* As of an instant in the past is no matter of the clock. */
	ck_assert_int_eq(approve(&f, "os:a"), ST_OK);
	must_run(&f, 0);
	must_run(&f, 0);
	ck_assert_int_eq(PURGE(&f, .as_of = when_now() - 30 * 86400), ST_OK);
	/* Lifted once: the next jump stops again. */
	load(&f, &in);
	MUST(clock_keep(in.control, when_now() - jumps[_i], CLOCK_VOUCHED) ==
		 ST_OK,
	    "%s", status_text());
	installation_release(&in);
	must_stop(&f, "the clock says ");
	tear_down(&f);
}
END_TEST

START_TEST(the_latest_instant_is_kept)
{
	struct installation in;
	struct fixture f;
	int64_t seen = 0;

	set_up(&f);
	load(&f, &in);
	MUST(clock_read(in.control, &seen) == ST_OK, "%s", status_text());
	ck_assert(seen == CLOCK_NEVER);
	MUST(clock_keep(in.control, 50, CLOCK_LATEST) == ST_OK &&
		 clock_keep(in.control, 40, CLOCK_LATEST) == ST_OK &&
		 clock_read(in.control, &seen) == ST_OK,
	    "%s", status_text());
	ck_assert_int_eq(seen, 50);
	MUST(clock_keep(in.control, 40, CLOCK_VOUCHED) == ST_OK &&
		 clock_read(in.control, &seen) == ST_OK,
	    "%s", status_text());
	ck_assert_int_eq(seen, 40);
	installation_release(&in);
	tear_down(&f);
}
END_TEST

/* ---- stop and resume ---- */

/* After the first batch, somebody elsewhere stops all purges. */
static void stop_now(
    void *ctx, const char *cluster, int64_t deleted, int64_t due)
{
	const struct fixture *f = ctx;
	struct installation in;

	(void)cluster;
	(void)deleted;
	(void)due;
	load(f, &in);
	MUST(stop_set(&in, "os:b", "look at this") == ST_OK, "%s",
	    status_text());
	installation_release(&in);
}

START_TEST(a_run_at_work_stops_before_its_next_batch)
{
	struct installation in;
	struct fixture f;
	json_t *stop = NULL;

	set_up(&f);
	ck_assert_int_eq(
	    PURGE(&f, .approve = 1, .progress = stop_now, .progress_ctx = &f),
	    ST_DENIED);
	ck_assert_int_eq(json_int(f.report, "deleted"), 40);
	ck_assert(json_is_true(json_object_get(f.report, "scrubbed")));
	ck_assert_ptr_nonnull(strstr(
	    json_text(f.stopped, "reason"), "os:b stopped all purges at "));
	ck_assert_int_eq(notes(&f), RECORDS - 40);
	check_evidence(&f, 40);
	ck_assert_int_eq(ask(&f, CONTROL, "SELECT exit_code FROM run"), 3);
	must_stop(&f, "look at this");
	load(&f, &in);
	ck_assert_int_eq(stop_set(&in, "os:b", NULL), ST_CONFLICT);
	MUST(stop_lift(&in, "os:c") == ST_OK, "%s", status_text());
	ck_assert_int_eq(stop_lift(&in, "os:c"), ST_CONFLICT);
	ck_assert_int_eq(stop_read(&in, &stop), ST_OK);
	ck_assert_ptr_null(stop);
	installation_release(&in);
	/* What was approved then was not carried out to its end: it holds. */
	must_run(&f, 160);
	check_evidence(&f, 200);
	tear_down(&f);
}
END_TEST

/* ---- plan files ---- */

/* The rules are approved by a run for which nothing is due yet. */
static void plan_file(struct fixture *f)
{
	MUST(PURGE(f, .approve = 1, .as_of = 1) == ST_OK, "%s", status_text());
	MUST(purge_with(f, (struct purge_options){ .mode = PURGE_DRY_RUN,
			       .plan_file = f->plan }) == ST_OK,
	    "%s", status_text());
}

/* planned, deleted, gone, held, changed, waiting, unplanned */
static void check_item(
    const struct fixture *f, const char *collection, const int64_t want[7])
{
	const json_t *item, *skipped;
	size_t i;

	json_array_foreach(json_object_get(f->report, "clusters"), i, item)
	{
		if (strcmp(json_text(item, "collection"), collection) != 0)
			continue;
		skipped = json_object_get(item, "skipped");
		ck_assert_int_eq(json_int(item, "planned"), want[0]);
		ck_assert_int_eq(json_int(item, "deleted"), want[1]);
		ck_assert_int_eq(json_int(skipped, "gone"), want[2]);
		ck_assert_int_eq(json_int(skipped, "held"), want[3]);
		ck_assert_int_eq(json_int(skipped, "changed"), want[4]);
		ck_assert_int_eq(json_int(item, "waiting"), want[5]);
		ck_assert_int_eq(json_int(item, "unplanned"), want[6]);
		return;
	}
	ck_abort_msg("%s is not in the report", collection);
}

START_TEST(what_changed_since_the_plan_is_skipped_and_counted)
{
	struct fixture f;

	set_up(&f);
	sql(&f, STORE,
	    "INSERT INTO people VALUES (1, '2016-01-01'), (2, '2016-01-01'),"
	    " (3, '2016-01-01');"
	    "INSERT INTO notes VALUES (900, '2999-01-01', 3);"
	    "UPDATE lethe_count SET records = 3 WHERE collection = 'people';"
	    "UPDATE lethe_count SET records = 301 WHERE collection = 'notes'");
	plan_file(&f);
	ck_assert_int_eq(notes(&f), 301);
	/* 1, 2, 4 gone, 5, 7 begun anew, 30 more, as old as the others. */
	sql(&f, STORE,
	    "DELETE FROM notes WHERE id IN (1, 2, 4);"
	    "UPDATE notes SET at = '2999-01-01' WHERE id IN (5, 7);"
	    "WITH RECURSIVE n (i) AS (SELECT 1001 UNION ALL SELECT i + 1 FROM n"
	    " LIMIT 30) INSERT INTO notes SELECT i, '2016-02-29', NULL FROM n;"
	    "DELETE FROM people WHERE id = 1;"
	    "UPDATE lethe_count SET records = 2 WHERE collection = 'people';"
	    "UPDATE lethe_count SET records = 328 WHERE collection = 'notes'");
	MUST(PURGE(&f, .execute_file = f.plan) == ST_OK, "%s", status_text());
	check_item(&f, "notes", (int64_t[]){ 200, 195, 3, 0, 2, 0, 30 });
	/* Person 3 is due, and a note that stays refers to it. */
	check_item(&f, "people", (int64_t[]){ 3, 1, 1, 0, 0, 1, 0 });
	ck_assert_int_eq(ask(&f, STORE, "SELECT sum(id) FROM people"), 3);
	ck_assert_int_eq(notes(&f), 328 - 195);
	ck_assert_int_eq(ask(&f, STORE,
			     "SELECT count(*) FROM notes"
			     " WHERE id > 1000 OR id IN (5, 7) OR at > '2900'"),
	    328 - 195);
	check_evidence(&f, 196);
	/* What was left alone is OVERDUE: exit code 4. */
	ck_assert(purge_needs_attention(f.report));
	/* Once. */
	ck_assert_int_eq(PURGE(&f, .execute_file = f.plan), ST_DENIED);
	ck_assert_ptr_nonnull(strstr(status_text(), "carried out already"));
	tear_down(&f);
}
END_TEST

/* By itself, or with its whole cluster. */
START_TEST(what_is_suspended_since_the_plan_is_counted_as_held)
{
	struct fixture f;

	set_up(&f);
	sql(&f, STORE,
	    "INSERT INTO people VALUES (1, '2016-01-01'), (2, '2016-01-01');"
	    "UPDATE lethe_count SET records = 2 WHERE collection = 'people'");
	plan_file(&f);
	sql(&f, STORE,
	    "INSERT INTO lethe_suspension"
	    " (collection, cluster, k1, suspension, kind)"
	    " VALUES ('notes', 'notes_data', 8, 'H-1', 'hold'),"
	    " ('notes', 'notes_data', 10, 'H-1', 'restriction'),"
	    " ('notes', 'another', 11, 'H-1', 'hold');"
	    "INSERT INTO lethe_suspended_cluster"
	    " VALUES ('people', 'people_data', 'H-1', 'hold');"
	    "UPDATE notes SET at = '2999-01-01' WHERE id IN (8, 10);"
	    "UPDATE people SET gone = NULL");
	MUST(PURGE(&f, .execute_file = f.plan) == ST_OK, "%s", status_text());
	check_item(&f, "notes", (int64_t[]){ 200, 198, 0, 2, 0, 0, 0 });
	check_item(&f, "people", (int64_t[]){ 2, 0, 0, 2, 0, 0, 0 });
	ck_assert_int_eq(
	    ask(&f, STORE, "SELECT count(*) FROM notes WHERE id IN (8, 10)"),
	    2);
	check_evidence(&f, 198);
	tear_down(&f);
}
END_TEST

START_TEST(a_plan_file_of_other_rules_is_refused)
{
	struct fixture f;

	set_up(&f);
	plan_file(&f);
	put_policy(&f, "P2Y");
	ck_assert_int_eq(PURGE(&f, .execute_file = f.plan), ST_DENIED);
	ck_assert_ptr_nonnull(strstr(status_text(), "--plan FILE"));
	ck_assert_int_eq(notes(&f), RECORDS);
	put_policy(&f, "P1Y");
	MUST(PURGE(&f, .execute_file = f.plan) == ST_OK, "%s", status_text());
	check_item(&f, "notes", (int64_t[]){ 200, 200, 0, 0, 0, 0, 0 });
	ck_assert(!purge_needs_attention(f.report));
	tear_down(&f);
}
END_TEST

START_TEST(brakes_hold_a_plan_file_until_it_is_approved)
{
	struct fixture f;

	set_up(&f);
	MUST(purge_with(&f, (struct purge_options){ .mode = PURGE_DRY_RUN,
				.plan_file = f.plan }) == ST_OK,
	    "%s", status_text());
	ck_assert_int_eq(PURGE(&f, .execute_file = f.plan), ST_DENIED);
	ck_assert_ptr_nonnull(strstr(status_text(), "lethe plan approve P-"));
	ck_assert_int_eq(notes(&f), RECORDS);
	ck_assert_int_eq(approve(&f, "os:a"), ST_OK);
	MUST(PURGE(&f, .execute_file = f.plan) == ST_OK, "%s", status_text());
	ck_assert_int_eq(json_int(f.report, "deleted"), 200);
	/* Its rules are approved for the runs to come. */
	must_run(&f, 0);
	tear_down(&f);
}
END_TEST

START_TEST(a_plan_file_that_was_stopped_goes_on)
{
	struct installation in;
	struct fixture f;

	set_up(&f);
	plan_file(&f);
	ck_assert_int_eq(PURGE(&f, .execute_file = f.plan, .progress = stop_now,
			     .progress_ctx = &f),
	    ST_DENIED);
	ck_assert_int_eq(json_int(f.report, "deleted"), 40);
	load(&f, &in);
	MUST(stop_lift(&in, "os:c") == ST_OK, "%s", status_text());
	installation_release(&in);
	MUST(PURGE(&f, .execute_file = f.plan) == ST_OK, "%s", status_text());
	check_item(&f, "notes", (int64_t[]){ 200, 160, 40, 0, 0, 0, 0 });
	check_evidence(&f, 200);
	tear_down(&f);
}
END_TEST

/* ---- killed ---- */

/* At any instant of a run that a brake stops: at most one plan, and nothing
 * is touched; then it can be approved and carried out. */
START_TEST(a_run_that_is_killed_while_it_keeps_its_plan_keeps_one)
{
	struct fixture f;
	int i, status = 0, kills = 0;
	pid_t child;

	set_up(&f);
	for (i = 0; i < 20; i++) {
		if ((child = fork()) == 0)
			_exit(PURGE(&f, .approve = 0) != ST_DENIED);
		(void)usleep((useconds_t)(i * 1500));
		(void)kill(child, SIGKILL);
		MUST(waitpid(child, &status, 0) == child, "waitpid");
		MUST(WIFSIGNALED(status) || WEXITSTATUS(status) == 0,
		    "a run that nobody killed went on");
		kills += WIFSIGNALED(status);
		ck_assert_int_le(
		    ask(&f, CONTROL, "SELECT count(*) FROM plan"), 1);
		ck_assert_int_eq(notes(&f), RECORDS);
	}
	ck_assert_int_gt(kills, 0);
	must_stop(&f, "new or changed rules");
	ck_assert_int_eq(ask(&f, CONTROL, "SELECT count(*) FROM plan"), 1);
	ck_assert_int_eq(approve(&f, "os:a"), ST_OK);
	must_run(&f, 200);
	check_evidence(&f, 200);
	tear_down(&f);
}
END_TEST

Suite *brakes_suite(void)
{
	Suite *s = suite_create("brakes");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_test(
	    t, a_new_rule_waits_for_approval_and_a_changed_one_again);
	tcase_add_test(t, a_restricted_run_looks_at_its_own_rules);
	tcase_add_test(t, two_approvals_are_of_two_people);
	tcase_add_test(t, an_approval_is_for_the_rules_that_were_shown);
	tcase_add_test(t, a_large_share_stops_up_to_what_was_shown);
	tcase_add_test(t, what_a_jump_of_the_clock_is);
	tcase_add_loop_test(
	    t, a_clock_that_jumped_stops_until_it_is_vouched_for, 0, 2);
	tcase_add_test(t, the_latest_instant_is_kept);
	tcase_add_test(t, a_run_at_work_stops_before_its_next_batch);
	tcase_add_test(t, what_changed_since_the_plan_is_skipped_and_counted);
	tcase_add_test(t, what_is_suspended_since_the_plan_is_counted_as_held);
	tcase_add_test(t, a_plan_file_of_other_rules_is_refused);
	tcase_add_test(t, brakes_hold_a_plan_file_until_it_is_approved);
	tcase_add_test(t, a_plan_file_that_was_stopped_goes_on);
	tcase_add_test(
	    t, a_run_that_is_killed_while_it_keeps_its_plan_keeps_one);
	suite_add_tcase(s, t);
	return s;
}
