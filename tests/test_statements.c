/*
 * Every statement that the engine makes, on the shipped installation, looked
 * at by SQLite's own planner.  Guards invariant 8: what is asked of a store
 * costs what is found, not what is stored.  The exceptions are listed.
 */
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/plan/explain.h"
#include "engine/plan/forecast.h"
#include "engine/plan/suspension.h"
#include "engine/purge/purge.h"
#include "tests/suites.h"

/* What may read a whole table, by what its statement says, and why. */
static const struct {
	const char *statement;
	const char *scan;
	const char *why;
} exceptions[] = {
	/* what there is, not what is in it */
	{ "pragma_", "SCAN ", "the schema" },
	{ "sqlite_schema", "SCAN ", "the schema" },
	{ "lethe_migration", "SCAN lethe_migration", "a row for each file" },
	{ "FROM lethe_segment", "SCAN lethe_segment", "the list of segments" },
	{ "FROM lethe_intent", "SCAN lethe_intent", "what is not settled" },
	/* as many rows as were found due, or left behind */
	{ "temp.lethe_collected", "SCAN c", "what was found due" },
	{ "DELETE FROM lethe_starting_point", "SCAN m",
	    "what was left behind" },
	{ "FROM lethe_suspension AS s", "SCAN s", "what is suspended" },
	{ "DELETE FROM lethe_reduced", "SCAN c", "the clusters of a mark" },
	/* that a record is reached by nothing is found by asking each: a run
	 * does so in small collections, and where no answer means UNDECIDED */
	{ " AND TRUE)", "SCAN t", "ACTIVE and UNDECIDED by other records" },
};
#define EXCEPTIONS (sizeof(exceptions) / sizeof(exceptions[0]))

/* ---- what is prepared ---- */

static struct {
	int on;
	size_t statements;
	size_t findings;
	char first[4000];
} seen;

static int excepted(const char *statement, const char *scan)
{
	size_t i;

	if (strstr(scan, "CONSTANT ROW"))
		return 1;
	for (i = 0; i < EXCEPTIONS; i++) {
		if (strstr(statement, exceptions[i].statement) &&
		    strncmp(scan, exceptions[i].scan,
			strlen(exceptions[i].scan)) == 0)
			return 1;
	}
	return 0;
}

int __real_sqlite3_prepare_v2(
    sqlite3 *, const char *, int, sqlite3_stmt **, const char **);
int __wrap_sqlite3_prepare_v2(
    sqlite3 *, const char *, int, sqlite3_stmt **, const char **);

/* Workers of a run ask at the same time. */
static pthread_mutex_t looking = PTHREAD_MUTEX_INITIALIZER;

static void look(sqlite3 *db, const char *sql)
{
	static const char explain[] = "EXPLAIN QUERY PLAN ";
	size_t size = sizeof(explain) + strlen(sql);
	char *text = malloc(size);
	sqlite3_stmt *s = NULL;

	ck_assert_ptr_nonnull(text);
	(void)snprintf(text, size, "%s%s", explain, sql);
	if (__real_sqlite3_prepare_v2(db, text, -1, &s, NULL) != SQLITE_OK) {
		free(text); /* BEGIN, COMMIT, PRAGMA ... */
		return;
	}
	while (sqlite3_step(s) == SQLITE_ROW) {
		const char *what = (const char *)sqlite3_column_text(s, 3);

		seen.statements++;
		if (strncmp(what, "SCAN", 4) != 0 || excepted(sql, what))
			continue;
		if (getenv("LETHE_SCANS"))
			printf("%s\n\t%s\n", what, sql);
		if (seen.findings++ == 0)
			(void)snprintf(seen.first, sizeof(seen.first), "%s\n%s",
			    what, sql);
	}
	(void)sqlite3_finalize(s);
	free(text);
}

int __wrap_sqlite3_prepare_v2(
    sqlite3 *db, const char *sql, int n, sqlite3_stmt **out, const char **tail)
{
	/* the stores: not what people decided, in the control database */
	if (seen.on && strstr(sqlite3_db_filename(db, "main"), "/stores/")) {
		(void)pthread_mutex_lock(&looking);
		look(db, sql);
		(void)pthread_mutex_unlock(&looking);
	}
	return __real_sqlite3_prepare_v2(db, sql, n, out, tail);
}

/* ---- what is done ---- */

struct fixture {
	char config[200];
	struct installation in;
	struct schedule schedule;
};

/* The program beside this one writes and ingests the demonstration. */
static void make_demo(const char *folder)
{
	char self[200], command[500];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	ck_assert_int_gt(n, 0);
	self[n] = '\0';
	*strrchr(self, '/') = '\0';
	(void)snprintf(command, sizeof(command),
	    "%s/lethe demo %s/demo --customers 60 >%s/out 2>&1", self, folder,
	    folder);
	ck_assert_int_eq(system(command), 0);
}

static void open_all(struct fixture *f)
{
	MUST(
	    installation_load(f->config, &f->in) == ST_OK, "%s", status_text());
	MUST(installation_unlock(&f->in) == ST_OK, "%s", status_text());
	MUST(schedule_init(&f->schedule, &f->in, NULL, &f->in.diag) == ST_OK,
	    "%s", status_text());
}

static void close_all(struct fixture *f)
{
	schedule_release(&f->schedule);
	installation_release(&f->in);
}

/* One record of each collection is held, and one is marked as reduced, so
 * that nothing is left out of the conditions. */
static void suspend(const struct rule *r)
{
	const struct suspension_place place = { r->table->name,
		r->terms.cluster->name };
	const struct val key[] = { TEXT("1"), TEXT("2"), TEXT("3"), TEXT("4") };
	struct db *db = r->store->db;

	MUST(db_begin(db, DB_WRITE) == ST_OK, "%s", status_text());
	MUST(suspension_add(db, &place, key, r->key_count, "H-1",
		 SUSPENSION_HOLD) == ST_OK,
	    "%s", status_text());
	MUST(db_exec(db,
		 "INSERT INTO lethe_reduced (collection, cluster, k1, at)"
		 " VALUES ($1, $2, 'nobody', 0)",
		 ARGS(TEXT(place.collection), TEXT(place.cluster))) == ST_OK,
	    "%s", status_text());
	MUST(db_commit(db) == ST_OK, "%s", status_text());
}

/* Of a record that is there. */
static void explain_one(const struct schedule *s, const struct rule *r)
{
	const char *key[4] = { NULL };
	struct sql q = SQL_INIT;
	struct stmt *row = NULL;
	json_t *o = NULL;
	size_t i;

	sql_add(&q, "SELECT ");
	for (i = 0; i < r->key_count; i++) {
		if (i)
			sql_add(&q, ", ");
		sql_column(&q, "t", r->keys[i]);
	}
	sql_add(&q, " FROM ");
	rule_from(r, &q);
	sql_add(&q, " LIMIT 1");
	MUST(
	    db_query_sql(r->store->db, &q, &row) == ST_OK, "%s", status_text());
	if (db_row(row) == ST_OK) {
		for (i = 0; i < r->key_count; i++)
			key[i] = db_text(row, (int)i);
		seen.on = 1;
		MUST(
		    explain_json(s, r->store->config->name, r->collection->name,
			key, r->key_count, when_now(), &o) == ST_OK,
		    "%s", status_text());
		seen.on = 0;
	}
	json_decref(o);
	db_done(row);
	sql_release(&q);
}

static void run(struct fixture *f, enum purge_mode mode)
{
	struct purge_options o = {
		.mode = mode, .as_of = when_now(), .approve = 1
	};
	json_t *report = NULL;

	MUST(purge_run(&f->in, &o, &report) == ST_OK, "%s", status_text());
	ck_assert_int_gt(
	    mode == PURGE_EXECUTE ? json_int(report, "deleted") : 1, 0);
	json_decref(report);
}

static void check_found(const char *what)
{
	MUST(seen.statements > 0, "%s: nothing was looked at", what);
	MUST(seen.findings == 0, "%s: %zu times a whole table is read: %s",
	    what, seen.findings, seen.first);
	memset(&seen, 0, sizeof(seen));
}

START_TEST(no_statement_reads_what_it_does_not_find)
{
	const char *folder = test_folder();
	struct fixture f;
	json_t *o = NULL;
	size_t i;

	memset(&f, 0, sizeof(f));
	make_demo(folder);
	(void)snprintf(f.config, sizeof(f.config), "%s/demo/lethe.yml", folder);
	open_all(&f);
	for (i = 0; i < f.schedule.count; i++)
		suspend(&f.schedule.rules[i]);
	for (i = 0; i < f.schedule.count; i++)
		explain_one(&f.schedule, &f.schedule.rules[i]);
	check_found("explain");
	seen.on = 1;
	MUST(forecast_json(&f.schedule, when_now(), 3, NULL, &o) == ST_OK, "%s",
	    status_text());
	json_decref(o);
	check_found("forecast");
	close_all(&f);
	open_all(&f);
	schedule_release(&f.schedule);
	seen.on = 1;
	run(&f, PURGE_EXECUTE);
	check_found("purge");
	installation_release(&f.in);
}
END_TEST

Suite *statements_suite(void)
{
	Suite *s = suite_create("statements");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, no_statement_reads_what_it_does_not_find);
	suite_add_tcase(s, t);
	return s;
}
