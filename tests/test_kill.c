/*
 * Purges that are killed: at any instant, again and again, until one gets
 * through.  After each kill every record is either still there or in exactly
 * one evidence row; in the end all is as if nobody had killed anything.
 *
 * Guards invariant 3 (nothing without evidence, whatever crashed when) and 1
 * (what is not due is never touched).  LETHE_RECORDS=300000 for more records.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/audit/log.h"
#include "engine/plan/check.h"
#include "engine/purge/purge.h"
#include "tests/attached.h"
#include "tests/suites.h"

static const char config[] =
    "installation: kill\n"
    "time_zone: Asia/Tokyo\n"
    "data_dir: ./var\n"
    "key: {file: ./lethe.key}\n"
    "policies: [policy.yml]\n"
    "stores:\n"
    "  crm: {driver: sqlite, dataset: crm.yml, schema: crm.sql}\n"
    "purge: {batch: 500}\n";

static const char schema[] =
    "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);\n"
    "CREATE TABLE contracts (id INTEGER PRIMARY KEY,\n"
    "  person INTEGER REFERENCES people (id), ends TEXT);\n"
    "CREATE INDEX contracts_person ON contracts (person);\n"
    "CREATE INDEX contracts_ends ON contracts (ends);\n";

static const char dataset[] =
    "dataset:\n"
    "  - fides_key: crm\n"
    "    name: Customers\n"
    "    collections:\n"
    "      - name: people\n"
    "        fields:\n"
    "          - {name: id, fides_meta: {primary_key: true}}\n"
    "          - {name: name, data_categories: [user.name]}\n"
    "      - name: contracts\n"
    "        fields:\n"
    "          - {name: id, fides_meta: {primary_key: true}}\n"
    "          - name: person\n"
    "            fides_meta:\n"
    "              references:\n"
    "                - {dataset: crm, field: people.id, direction: from}\n"
    "          - {name: ends, data_categories: [user.account]}\n";

static const char policy[] =
    "policy: kill\n"
    "revision: 1\n"
    "title: A test\n"
    "calendar: {rule: jp_civil_code, time_zone: Asia/Tokyo}\n"
    "purposes:\n"
    "  p: {title: A test, legal_basis: contract}\n"
    "starting_points:\n"
    "  last: {kind: end_of_relationship, at: crm.contracts.ends}\n"
    "  end: {kind: end_of_relationship, at: ends}\n"
    "clusters:\n"
    "  people_data:\n"
    "    purposes: [p]\n"
    "    covers: [crm.people]\n"
    "    deletion_rule:\n"
    "      {starting_point: last, regular_deletion_period: P1Y}\n"
    "  contract_data:\n"
    "    purposes: [p]\n"
    "    covers: [crm.contracts]\n"
    "    deletion_rule: {starting_point: end, regular_deletion_period: P1Y}\n";

static const char *const tables[] = { "people", "contracts" };

static void put(const char *folder, const char *name, const char *text)
{
	char path[300];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	MUST(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0, "%s", path);
}

static void load(const char *folder, struct installation *in)
{
	char path[300];

	(void)snprintf(path, sizeof(path), "%s/lethe.yml", folder);
	MUST(installation_load(path, in) == ST_OK, "%s", status_text());
}

static struct db *store(struct installation *in)
{
	MUST(installation_open_store(in, &in->stores[0]) == ST_OK, "%s",
	    status_text());
	return in->stores[0].db;
}

/* One person in three has a contract that still runs, and stays with it. */
static void build(const char *folder, int64_t people)
{
	struct installation in;
	struct db *db;

	put(folder, "lethe.yml", config);
	put(folder, "crm.sql", schema);
	put(folder, "crm.yml", dataset);
	put(folder, "policy.yml", policy);
	load(folder, &in);
	MUST(installation_init(&in, NULL, NULL) == ST_OK, "%s", status_text());
	db = store(&in);
	MUST(
	    db_begin(db, DB_WRITE) == ST_OK &&
		db_exec(db,
		    "WITH RECURSIVE n (i) AS"
		    " (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < $1)"
		    " INSERT INTO people SELECT i, 'Name ' || i FROM n",
		    ARGS(INT(people - 1))) == ST_OK &&
		db_exec(db,
		    "INSERT INTO contracts"
		    " SELECT 2 * id, id, '2015-04-01' FROM people"
		    " UNION ALL SELECT 2 * id + 1, id,"
		    " CASE WHEN id % 3 <> 0 THEN '2016-02-29' ELSE '2999-01-01' END"
		    " FROM people",
		    NOARGS) == ST_OK &&
		db_commit(db) == ST_OK,
	    "%s", status_text());
	installation_release(&in);
}

static int64_t ask(struct db *db, const char *table)
{
	struct sql q = SQL_INIT;
	int64_t n = -1;

	sql_add(&q, "SELECT count(*) FROM ");
	sql_name(&q, table);
	MUST(db_one_int_sql(db, &q, -1, &n) == ST_OK, "%s", status_text());
	sql_release(&q);
	return n;
}

/* ---- what must hold after every kill ---- */

static int compare_hashes(const void *a, const void *b)
{
	return memcmp(a, b, 16);
}

static int64_t evidence_of(struct db *db, const char *table, int64_t most)
{
	unsigned char(*hashes)[16] = malloc((size_t)most * 16);
	struct stmt *rows = NULL;
	int64_t n = 0, i;
	struct val v;
	enum status st;

	MUST(hashes != NULL, "out of memory");
	st = db_query(db,
	    "SELECT hashes, records FROM lethe_evidence WHERE collection = $1",
	    ARGS(TEXT(table)), &rows);
	while (st == ST_OK && (st = db_row(rows)) == ST_OK) {
		v = db_val(rows, 0);
		MUST((int64_t)v.n == 16 * db_int(rows, 1) &&
			 n + (int64_t)v.n / 16 <= most,
		    "%s: more evidence than records", table);
		memcpy(hashes[n], v.p, v.n);
		n += (int64_t)v.n / 16;
	}
	db_done(rows);
	qsort(hashes, (size_t)n, 16, compare_hashes);
	for (i = 1; i < n; i++)
		MUST(memcmp(hashes[i - 1], hashes[i], 16) != 0,
		    "%s: one record in two evidence rows", table);
	free(hashes);
	return n;
}

static void check_sums(const char *folder, int64_t people)
{
	struct installation in;
	struct schedule s;
	json_t *o = NULL;
	struct db *db;
	int64_t all;
	size_t i;

	load(folder, &in);
	db = store(&in);
	for (i = 0; i < 2; i++) {
		all = i ? 2 * people : people;
		ck_assert_int_eq(
		    ask(db, tables[i]) + evidence_of(db, tables[i], all), all);
	}
	/* Every page is authentic, and the counts kept are those there. */
	MUST(schedule_init(&s, &in, NULL, &in.diag) == ST_OK, "%s",
	    status_text());
	MUST(check_json(&in, &s, CHECK_INTEGRITY, &o) == ST_OK, "%s",
	    status_text());
	json_decref(o);
	schedule_release(&s);
	installation_release(&in);
}

/* ---- runs ---- */

static enum status run_purge(const char *folder)
{
	struct purge_options o = {
		.mode = PURGE_EXECUTE, .as_of = when_now(), .approve = 1
	};
	struct installation in;
	json_t *report = NULL;
	enum status st;

	load(folder, &in);
	st = purge_run(&in, &o, &report);
	json_decref(report);
	installation_release(&in);
	return st;
}

static int64_t now_us(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* 1: it was killed; 0: it had ended by then. */
static int killed_after(const char *folder, int64_t us)
{
	struct timespec ts = { us / 1000000, us % 1000000 * 1000 };
	int status = 0;
	pid_t child = fork();

	if (child == 0)
		_exit(run_purge(folder) != ST_OK);
	(void)nanosleep(&ts, NULL);
	(void)kill(child, SIGKILL);
	MUST(waitpid(child, &status, 0) == child, "waitpid");
	MUST(WIFSIGNALED(status) || WEXITSTATUS(status) == 0,
	    "a run that nobody killed failed");
	return WIFSIGNALED(status);
}

/* ---- the end ---- */

static enum status add_entry(void *ctx, const char *body)
{
	int64_t *sums = ctx; /* entries, records */
	json_t *o = json_loads(body, 0, NULL);

	sums[0]++;
	sums[1] += json_int(o, "records");
	json_decref(o);
	return ST_OK;
}

/* The log has every evidence row exactly once. */
static void check_log(const char *folder, int64_t gone)
{
	struct installation in;
	int64_t sums[2] = { 0, 0 }, records = 0, distinct = 0;
	struct db *db;

	load(folder, &in);
	db = store(&in);
	MUST(installation_open_audit(&in) == ST_OK, "%s", status_text());
	MUST(audit_list(in.audit, &(struct audit_filter){ .action = "delete" },
		 add_entry, sums) == ST_OK,
	    "%s", status_text());
	MUST(db_one_int(db, "SELECT sum(records) FROM lethe_evidence", NOARGS,
		 0, &records) == ST_OK &&
		 db_one_int(audit_db(in.audit),
		     "SELECT count(DISTINCT evidence) FROM entry"
		     " WHERE action = 'delete'",
		     NOARGS, 0, &distinct) == ST_OK,
	    "%s", status_text());
	ck_assert_int_eq(sums[0], ask(db, "lethe_evidence"));
	ck_assert_int_eq(sums[0], distinct);
	ck_assert_int_eq(sums[1], records);
	ck_assert_int_eq(records, gone);
	installation_release(&in);
}

/* Only those stay whose contract runs, and nothing is remembered that nobody
 * needs: the state of a run that was left alone. */
static void check_end(const char *folder, int64_t people)
{
	int64_t kept = (people + 2) / 3, wrong = -1;
	struct installation in;
	struct db *db;

	load(folder, &in);
	db = store(&in);
	ck_assert_int_eq(ask(db, "people"), kept);
	ck_assert_int_eq(ask(db, "contracts"), kept);
	MUST(db_one_int(db,
		 "SELECT count(*) FROM people AS p, contracts AS c"
		 " WHERE (c.person = p.id AND c.id <> 2 * p.id + 1)"
		 " OR (c.person = p.id AND p.id % 3 <> 0)",
		 NOARGS, -1, &wrong) == ST_OK,
	    "%s", status_text());
	ck_assert_int_eq(wrong, 0);
	ck_assert_int_eq(ask(db, "lethe_starting_point"), kept);
	installation_release(&in);
	check_sums(folder, people);
	check_log(folder, 3 * people - 2 * kept);
}

static int64_t records(int64_t missing)
{
	const char *text = getenv("LETHE_RECORDS");

	return text ? strtoll(text, NULL, 10) : missing;
}

START_TEST(a_purge_that_is_killed_goes_on_where_it_stood)
{
	int64_t people = records(6000) / 3, whole, kills = 0, i;
	char folder[100], copy[100], command[300];
	unsigned int dice = 7;

	(void)snprintf(folder, sizeof(folder), "%s", test_folder());
	(void)snprintf(copy, sizeof(copy), "%s", test_folder());
	build(folder, people);
	(void)snprintf(command, sizeof(command), "cp -a %s/. %s", folder, copy);
	ck_assert_int_eq(system(command), 0);

	/* The run that nobody disturbs; it also says how long one takes. */
	whole = now_us();
	MUST(run_purge(copy) == ST_OK, "%s", status_text());
	whole = now_us() - whole;
	check_end(copy, people);

	for (i = 0; i < 15; i++) {
		/* every other one soon: what is killed early leaves more */
		kills +=
		    killed_after(folder, (int64_t)(rand_r(&dice) % 1000) *
					     whole / (i % 2 ? 3000 : 9000));
		check_sums(folder, people);
	}
	ck_assert_int_gt(kills, 1);
	MUST(run_purge(folder) == ST_OK, "%s", status_text());
	check_end(folder, people);
}
END_TEST

/* Between any two batches, and between the last one and the log. */
static void die(void *ctx, const char *cluster, int64_t deleted, int64_t due)
{
	int *left = ctx;

	(void)cluster;
	(void)deleted;
	(void)due;
	if ((*left)-- == 0)
		(void)raise(SIGKILL);
}

START_TEST(a_purge_that_dies_between_batches_is_shipped_by_the_next_one)
{
	struct purge_options o = {
		.mode = PURGE_EXECUTE, .progress = die, .approve = 1
	};
	int batches, status = 0;
	struct installation in;
	json_t *report = NULL;
	char folder[100];
	pid_t child;

	(void)snprintf(folder, sizeof(folder), "%s", test_folder());
	build(folder, 1500);
	o.as_of = when_now();
	for (batches = 0; batches < 3; batches++) {
		if ((child = fork()) == 0) {
			o.progress_ctx = &batches;
			load(folder, &in);
			_exit(purge_run(&in, &o, &report) != ST_OK);
		}
		MUST(waitpid(child, &status, 0) == child, "waitpid");
		ck_assert(WIFSIGNALED(status));
		check_sums(folder, 1500);
	}
	MUST(run_purge(folder) == ST_OK, "%s", status_text());
	check_end(folder, 1500);
}
END_TEST

START_TEST(a_reader_that_looks_back_delays_the_scrubbing_and_not_the_deletion)
{
	struct purge_options o = { .mode = PURGE_EXECUTE, .approve = 1 };
	struct installation reader, in;
	json_t *report = NULL;
	char folder[100];
	struct db *db;

	if (attached()) /* its readers are not ours to wait for */
		return;
	(void)snprintf(folder, sizeof(folder), "%s", test_folder());
	build(folder, 300);
	o.as_of = when_now();
	load(folder, &reader);
	db = store(&reader);
	MUST(db_begin(db, DB_READ) == ST_OK, "%s", status_text());
	ck_assert_int_eq(ask(db, "people"), 300);

	load(folder, &in);
	MUST(purge_run(&in, &o, &report) == ST_OK, "%s", status_text());
	ck_assert(json_is_false(json_object_get(report, "scrubbed")));
	ck_assert(json_is_true(json_object_get(report, "verified")));
	ck_assert(purge_needs_attention(report));
	json_decref(report);
	installation_release(&in);
	ck_assert_int_eq(ask(db, "people"), 300);
	db_rollback(db);
	ck_assert_int_eq(ask(db, "people"), 100);

	load(folder, &in);
	MUST(purge_run(&in, &o, &report) == ST_OK, "%s", status_text());
	ck_assert(json_is_true(json_object_get(report, "scrubbed")));
	ck_assert(!purge_needs_attention(report));
	json_decref(report);
	installation_release(&in);
	installation_release(&reader);
	check_end(folder, 300);
}
END_TEST

Suite *kill_suite(void)
{
	Suite *s = suite_create("kill");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 900);
	tcase_add_test(t, a_purge_that_is_killed_goes_on_where_it_stood);
	tcase_add_test(
	    t, a_purge_that_dies_between_batches_is_shipped_by_the_next_one);
	tcase_add_test(t,
	    a_reader_that_looks_back_delays_the_scrubbing_and_not_the_deletion);
	suite_add_tcase(s, t);
	return s;
}
