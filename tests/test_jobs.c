/*
 * Purges of several stores at a time: one that is slow, one that fails, a stop
 * and a hold in the middle, kills.  Whatever the number of workers, the report,
 * the failure that is told, the evidence and what is left are the same.
 *
 * Guards invariants 2 (a failure is told, whoever is faster) and 3 (nothing
 * without evidence, whatever crashed when).
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/audit/log.h"
#include "engine/holds/holds.h"
#include "engine/purge/purge.h"
#include "engine/purge/stop.h"
#include "tests/suites.h"

#define STORES  3
#define RECORDS 300 /* in each store; one in three stays */
#define GO      (2 * RECORDS / 3)

static const char *const names[STORES] = { "a", "b", "c" };

static const char config[] =
    "installation: jobs\n"
    "time_zone: Asia/Tokyo\n"
    "data_dir: ./var\n"
    "key: {file: ./lethe.key}\n"
    "policies: [policy.yml]\n"
    "stores:\n"
    "  a: {driver: sqlite, dataset: a.yml, schema: a.sql}\n"
    "  b: {driver: sqlite, dataset: b.yml, schema: b.sql}\n"
    "  c: {driver: sqlite, dataset: c.yml, schema: c.sql}\n"
    "purge: {batch: 20, approvals: 0, max_share: 1}\n";

static const char schema[] =
    "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);\n"
    "CREATE TABLE notes (id INTEGER PRIMARY KEY,\n"
    "  person INTEGER REFERENCES people (id), at DATE);\n"
    "CREATE INDEX notes_at ON notes (at);\n"
    "CREATE INDEX notes_person ON notes (person);\n";

/* Of a store that refuses to let anything go. */
static const char refuses[] =
    "CREATE TRIGGER refuse BEFORE DELETE ON notes BEGIN\n"
    "  SELECT RAISE(ABORT, 'no'); END;\n";

static const char dataset[] =
    "dataset:\n"
    "  - fides_key: %s\n"
    "    name: Notes\n"
    "    collections:\n"
    "      - name: people\n"
    "        fields:\n"
    "          - {name: id, fides_meta: {primary_key: true}}\n"
    "          - {name: name, data_categories: [user.name]}\n"
    "      - name: notes\n"
    "        fields:\n"
    "          - {name: id, fides_meta: {primary_key: true}}\n"
    "          - name: person\n"
    "            fides_meta:\n"
    "              references:\n"
    "                - {dataset: %s, field: people.id, direction: from}\n"
    "          - {name: at, data_categories: [user.account]}\n";

static const char policy[] =
    "policy: jobs\n"
    "revision: 1\n"
    "title: A test\n"
    "calendar: {rule: jp_civil_code, time_zone: Asia/Tokyo}\n"
    "purposes:\n"
    "  p: {title: A test, legal_basis: contract}\n"
    "starting_points:\n"
    "  written: {kind: collection, at: at}\n"
    "  last_a: {kind: end_of_relationship, at: a.notes.at}\n"
    "  last_b: {kind: end_of_relationship, at: b.notes.at}\n"
    "  last_c: {kind: end_of_relationship, at: c.notes.at}\n"
    "clusters:\n"
    "  notes_data:\n"
    "    purposes: [p]\n"
    "    covers: [a.notes, b.notes, c.notes]\n"
    "    deletion_rule: {starting_point: written,"
    " regular_deletion_period: P1Y}\n";

/* ---- the installation ---- */

static void put(const char *folder, const char *name, const char *text)
{
	char path[300];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	MUST(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0, "%s", path);
}

static void put_policy(const char *folder)
{
	char text[3000];
	size_t n, i;

	n = (size_t)snprintf(text, sizeof(text), "%s", policy);
	for (i = 0; i < STORES; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "  people_%s:\n"
		    "    purposes: [p]\n"
		    "    covers: [%s.people]\n"
		    "    on_referenced: wait\n"
		    "    deletion_rule: {starting_point: last_%s,"
		    " regular_deletion_period: P1Y}\n",
		    names[i], names[i], names[i]);
	put(folder, "policy.yml", text);
}

static void load(const char *folder, struct installation *in)
{
	char path[300];

	(void)snprintf(path, sizeof(path), "%s/lethe.yml", folder);
	MUST(installation_load(path, in) == ST_OK, "%s", status_text());
}

static struct db *store(struct installation *in, size_t i)
{
	MUST(installation_open_store(in, &in->stores[i]) == ST_OK, "%s",
	    status_text());
	return in->stores[i].db;
}

static void fill(struct db *db)
{
	MUST(db_begin(db, DB_WRITE) == ST_OK &&
		 db_exec(db,
		     "WITH RECURSIVE n (i) AS"
		     " (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)"
		     " INSERT INTO people SELECT i, 'Name ' || i FROM n",
		     ARGS(INT(RECORDS))) == ST_OK &&
		 db_exec(db,
		     "INSERT INTO notes SELECT id, id, CASE WHEN id % 3"
		     " THEN date('2015-01-01', id || ' days')"
		     " ELSE '2999-01-01' END FROM people",
		     NOARGS) == ST_OK &&
		 db_commit(db) == ST_OK,
	    "%s", status_text());
}

/* The stores whose letters are in ${refusing} let nothing go. */
static void build(const char *folder, const char *refusing)
{
	struct installation in;
	char text[2000], file[20];
	size_t i;

	put(folder, "lethe.yml", config);
	put_policy(folder);
	for (i = 0; i < STORES; i++) {
		(void)snprintf(text, sizeof(text), dataset, names[i], names[i]);
		(void)snprintf(file, sizeof(file), "%s.yml", names[i]);
		put(folder, file, text);
		(void)snprintf(text, sizeof(text), "%s%s", schema,
		    strchr(refusing, *names[i]) ? refuses : "");
		(void)snprintf(file, sizeof(file), "%s.sql", names[i]);
		put(folder, file, text);
	}
	load(folder, &in);
	MUST(installation_init(&in, NULL, NULL) == ST_OK, "%s", status_text());
	for (i = 0; i < STORES; i++)
		fill(store(&in, i));
	installation_release(&in);
}

static void build_new(char folder[100], const char *refusing)
{
	(void)snprintf(folder, 100, "%s", test_folder());
	build(folder, refusing);
}

static void copy_new(const char *from, char folder[100])
{
	char command[300];

	(void)snprintf(folder, 100, "%s", test_folder());
	(void)snprintf(command, sizeof(command), "cp -a %s/. %s", from, folder);
	ck_assert_int_eq(system(command), 0);
}

/* ---- what is there ---- */

static int64_t ask(struct db *db, const char *words)
{
	int64_t n = -1;

	MUST(db_one_int_(db, words, NOARGS, -1, &n) == ST_OK, "%s",
	    status_text());
	return n;
}

static int64_t gone_from(struct db *db)
{
	return ask(db, "SELECT coalesce(sum(records), 0)"
		       " FROM lethe_evidence WHERE action = 'delete'");
}

/* Every record is there, or in evidence. */
static void check_store(struct db *db)
{
	ck_assert_int_eq(ask(db, "SELECT (SELECT count(*) FROM people)"
				 " + (SELECT count(*) FROM notes)") +
			     gone_from(db),
	    2 * RECORDS);
}

static enum status add_entry(void *ctx, const char *body)
{
	int64_t *records = ctx;
	json_t *o = json_loads(body, 0, NULL);

	*records += json_int(o, "records");
	json_decref(o);
	return ST_OK;
}

/* ${gone}: from each store, or -1: whatever it is.  All of it is in the log,
 * once, when a run has ended. */
static void check(const char *folder, const int64_t gone[STORES], int shipped)
{
	int64_t all = 0, logged = 0;
	struct installation in;
	size_t i;

	load(folder, &in);
	for (i = 0; i < STORES; i++) {
		struct db *db = store(&in, i);

		check_store(db);
		all += gone_from(db);
		if (gone[i] >= 0)
			ck_assert_int_eq(gone_from(db), gone[i]);
	}
	MUST(installation_open_audit(&in) == ST_OK &&
		 audit_list(in.audit,
		     &(struct audit_filter){ .action = "delete" }, add_entry,
		     &logged) == ST_OK,
	    "%s", status_text());
	if (shipped)
		ck_assert_int_eq(logged, all);
	installation_release(&in);
}

static const int64_t everything[] = { 2 * GO, 2 * GO, 2 * GO };
static const int64_t anything[] = { -1, -1, -1 };

/* ---- runs ---- */

static enum status purge_with(
    const char *folder, struct purge_options o, json_t **report)
{
	struct installation in;
	json_t *made = NULL;
	enum status st;

	o.as_of = o.as_of ? o.as_of : when_now();
	load(folder, &in);
	st = purge_run(&in, &o, &made);
	if (report)
		*report = made;
	else
		json_decref(made);
	installation_release(&in);
	return st;
}
#define PURGE(folder, report, ...)                                        \
	purge_with(folder,                                                \
	    (struct purge_options){ .mode = PURGE_EXECUTE, __VA_ARGS__ }, \
	    report)

/* Without what no two runs share. */
static char *comparable(json_t *report)
{
	char *text;

	MUST(report != NULL, "%s", status_text());
	ck_assert_int_eq(json_object_del(report, "run"), 0);
	ck_assert_int_eq(json_object_del(report, "seconds"), 0);
	text = json_dumps(report, JSON_SORT_KEYS);
	json_decref(report);
	return text;
}

#define AS_OF INT64_C(1790000000)

START_TEST(the_report_is_the_same_for_any_number_of_workers)
{
	struct purge_options o = { .mode = PURGE_DRY_RUN, .as_of = AS_OF };
	char built[100], folder[100];
	char *planned = NULL, *done = NULL, *text;
	json_t *report = NULL;
	int jobs;

	build_new(built, "");
	for (jobs = 1; jobs <= 8; jobs++) {
		copy_new(built, folder);
		o.jobs = jobs;
		ck_assert_int_eq(purge_with(folder, o, &report), ST_OK);
		text = comparable(report);
		if (planned)
			ck_assert_str_eq(text, planned);
		free(planned);
		planned = text;
		ck_assert_int_eq(
		    PURGE(folder, &report, .as_of = AS_OF, .jobs = jobs),
		    ST_OK);
		ck_assert(json_is_true(json_object_get(report, "verified")));
		ck_assert(json_is_true(json_object_get(report, "scrubbed")));
		text = comparable(report);
		if (done)
			ck_assert_str_eq(text, done);
		free(done);
		done = text;
		check(folder, everything, 1);
	}
	free(planned);
	free(done);
}
END_TEST

/* ---- a slow store ---- */

static void wait_for(struct db *db, int64_t gone)
{
	struct timespec ts = { 0, 5000000 };
	int tries;

	for (tries = 0; gone_from(db) < gone; tries++) {
		MUST(tries < 1700, "it waits for the slow one");
		(void)nanosleep(&ts, NULL);
	}
}

START_TEST(a_slow_store_holds_no_other_up)
{
	struct installation in;
	int go[2], status = 0;
	char folder[100], c;
	struct db *slow;
	pid_t child;

	build_new(folder, "");
	ck_assert_int_eq(pipe(go), 0);
	if ((child = fork()) == 0) {
		/* A database that is open does not survive a fork. */
		MUST(read(go[0], &c, 1) == 1, "read");
		_exit(PURGE(folder, NULL, .jobs = 2) != ST_OK);
	}
	load(folder, &in);
	slow = store(&in, 0);
	MUST(db_begin(slow, DB_WRITE) == ST_OK, "%s", status_text());
	ck_assert_int_eq(write(go[1], "g", 1), 1);
	/* All of the others is gone, and in evidence, while it is held. */
	wait_for(store(&in, 1), 2 * GO);
	wait_for(store(&in, 2), 2 * GO);
	ck_assert_int_eq(gone_from(slow), 0);
	db_rollback(slow);
	MUST(waitpid(child, &status, 0) == child, "waitpid");
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	(void)close(go[0]);
	(void)close(go[1]);
	installation_release(&in);
	check(folder, everything, 1);
}
END_TEST

/* ---- stores that fail ---- */

START_TEST(of_two_that_fail_the_first_is_told_first_and_the_third_is_done)
{
	static const int64_t gone[] = { 0, 2 * GO, 0 };
	char built[100], folder[100], first[500] = "";
	const char *second;
	int jobs;

	build_new(built, "ac");
	for (jobs = 1; jobs <= 4; jobs++) {
		copy_new(built, folder);
		ck_assert_int_eq(
		    PURGE(folder, NULL, .jobs = jobs), ST_CONFLICT);
		second = strstr(status_text(), "; and ");
		ck_assert_ptr_nonnull(second);
		ck_assert_int_eq(strncmp(status_text(), "a: ", 3), 0);
		ck_assert_int_eq(strncmp(second, "; and c: ", 9), 0);
		if (jobs > 1)
			ck_assert_str_eq(status_text(), first);
		(void)snprintf(first, sizeof(first), "%s", status_text());
		check(folder, gone, 1);
	}
}
END_TEST

/* ---- in the middle ---- */

/* The first batch of all: others may be at theirs. */
struct middle {
	const char *folder;
	int calls;
	void (*act)(const char *folder);
};
static void first_batch(
    void *ctx, const char *cluster, int64_t deleted, int64_t due)
{
	struct middle *m = ctx;

	(void)cluster;
	MUST(deleted > 0 && deleted <= due, "%lld of %lld", (long long)deleted,
	    (long long)due);
	if (m->calls++ == 0)
		m->act(m->folder);
}

static void stop_all(const char *folder)
{
	struct installation in;

	load(folder, &in);
	MUST(stop_set(&in, "os:b", "look at this") == ST_OK, "%s",
	    status_text());
	installation_release(&in);
}

static void resume(const char *folder)
{
	struct installation in;

	load(folder, &in);
	MUST(stop_lift(&in, "os:b") == ST_OK, "%s", status_text());
	installation_release(&in);
}

START_TEST(a_stop_ends_all_workers_at_their_next_batch)
{
	struct middle m = { NULL, 0, stop_all };
	json_t *report = NULL;
	char folder[100];

	build_new(folder, "");
	m.folder = folder;
	ck_assert_int_eq(PURGE(folder, &report, .jobs = _i,
			     .progress = first_batch, .progress_ctx = &m),
	    ST_DENIED);
	ck_assert_ptr_nonnull(strstr(status_text(), "os:b stopped all purges"));
	ck_assert(json_is_object(json_object_get(report, "stopped")));
	/* Each of them may have been at one. */
	ck_assert_int_ge(json_int(report, "deleted"), 20);
	ck_assert_int_le(json_int(report, "deleted"), 20 * 2 * _i);
	check(folder, anything, 1);
	json_decref(report);
	resume(folder);
	ck_assert_int_eq(PURGE(folder, NULL, .jobs = _i), ST_OK);
	check(folder, everything, 1);
}
END_TEST

/* The last that would go of each store. */
#define LAST "299"

static void hold_last(const char *folder)
{
	const char *key[] = { LAST };
	struct holds_order o = { .reason = "litigation",
		.authority = "a court",
		.review = HOLDS_NO_DAY,
		.scope = {
		    .collection = "notes", .key = key, .key_count = 1 } };
	struct installation in;
	json_t *placed = NULL;
	size_t i;

	load(folder, &in);
	for (i = 0; i < STORES; i++) {
		o.scope.store = names[i];
		MUST(holds_place(&in, &o, "os:c", &placed) == ST_OK, "%s",
		    status_text());
		json_decref(placed);
	}
	installation_release(&in);
}

START_TEST(what_is_held_meanwhile_stays_in_every_store)
{
	struct middle m = { NULL, 0, hold_last };
	struct installation in;
	char folder[100];
	size_t i;

	build_new(folder, "");
	m.folder = folder;
	ck_assert_int_eq(PURGE(folder, NULL, .jobs = _i,
			     .progress = first_batch, .progress_ctx = &m),
	    ST_OK);
	load(folder, &in);
	for (i = 0; i < STORES; i++) {
		struct db *db = store(&in, i);

		check_store(db);
		ck_assert_int_eq(
		    ask(db, "SELECT count(*) FROM notes WHERE id = " LAST), 1);
		ck_assert_int_eq(
		    ask(db, "SELECT count(*) FROM notes"), RECORDS - GO + 1);
	}
	installation_release(&in);
}
END_TEST

/* ---- kills ---- */

static void die(void *ctx, const char *cluster, int64_t deleted, int64_t due)
{
	int *left = ctx;

	(void)cluster;
	(void)deleted;
	(void)due;
	if ((*left)-- == 0)
		(void)raise(SIGKILL);
}

START_TEST(a_run_that_dies_at_any_batch_is_continued)
{
	char folder[100];
	int batches, status = 0, kills = 0;
	pid_t child;

	build_new(folder, "");
	for (batches = 0; batches < 12; batches++) {
		if ((child = fork()) == 0) {
			int left = batches;

			_exit(PURGE(folder, NULL, .jobs = 1 + batches % 4,
				  .progress = die,
				  .progress_ctx = &left) != ST_OK);
		}
		MUST(waitpid(child, &status, 0) == child, "waitpid");
		kills += WIFSIGNALED(status);
		check(folder, anything, 0);
	}
	ck_assert_int_gt(kills, 1);
	ck_assert_int_eq(PURGE(folder, NULL, .jobs = 3), ST_OK);
	check(folder, everything, 1);
}
END_TEST

START_TEST(a_run_that_is_killed_at_any_instant_is_continued)
{
	struct timespec ts = { 0, 0 };
	unsigned int dice = 11;
	char folder[100];
	int status = 0, i;
	pid_t child;

	build_new(folder, "");
	for (i = 0; i < 10; i++) {
		if ((child = fork()) == 0)
			_exit(PURGE(folder, NULL, .jobs = 3) != ST_OK);
		ts.tv_nsec = rand_r(&dice) % 120 * 1000000L;
		(void)nanosleep(&ts, NULL);
		(void)kill(child, SIGKILL);
		MUST(waitpid(child, &status, 0) == child, "waitpid");
		MUST(WIFSIGNALED(status) || WEXITSTATUS(status) == 0,
		    "a run that nobody killed failed");
		check(folder, anything, 0);
	}
	ck_assert_int_eq(PURGE(folder, NULL, .jobs = 3), ST_OK);
	check(folder, everything, 1);
}
END_TEST

Suite *jobs_suite(void)
{
	Suite *s = suite_create("jobs");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 900);
	tcase_add_test(t, the_report_is_the_same_for_any_number_of_workers);
	tcase_add_test(t, a_slow_store_holds_no_other_up);
	tcase_add_test(
	    t, of_two_that_fail_the_first_is_told_first_and_the_third_is_done);
	tcase_add_loop_test(
	    t, a_stop_ends_all_workers_at_their_next_batch, 1, 4);
	tcase_add_loop_test(
	    t, what_is_held_meanwhile_stays_in_every_store, 1, 4);
	tcase_add_test(t, a_run_that_dies_at_any_batch_is_continued);
	tcase_add_test(t, a_run_that_is_killed_at_any_instant_is_continued);
	suite_add_tcase(s, t);
	return s;
}
