/*
 * Evidence on its way from the stores' outboxes into the log, while processes
 * die, disks fill up and others are at it too.  Guards invariant 3 (each
 * deletion in exactly one entry) and that no two checkpoints of a log disagree
 * and none is smaller than one before.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/audit/stored.h"
#include "engine/audit/verify.h"
#include "tests/house.h"
#include "tests/logs.h"
#include "tests/suites.h"

#define WORKERS 2
#define SEEN    64

static struct logs site;

static void setup(void) { logs_make(&site); }
static void teardown(void) { logs_close(&site); }

/* ---- a store's outbox ---- */

static struct db *open_store(const char *name)
{
	struct db *db = NULL;

	logs_db(&site, name, "schemas/store/", &db);
	return db;
}

static enum status add_rows(struct db *store, int64_t rows)
{
	return db_exec(store,
	    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL"
	    " SELECT i + 1 FROM n WHERE i < $1)"
	    " INSERT INTO lethe_evidence (run, at, policy, cluster,"
	    " collection, action, rule_set, cutoff, records, digest)"
	    " SELECT 'r', 1700000000, 'p', 'c', 'customers', 'delete', 'h',"
	    " 't', i, x'01ff' FROM n",
	    ARGS(INT(rows)));
}

static int64_t number(struct db *db, struct sql *q)
{
	int64_t n = -1;

	ck_assert_int_eq(db_one_int_sql(db, q, 0, &n), ST_OK);
	sql_release(q);
	return n;
}

static int64_t shipped(const char *source)
{
	struct sql q = SQL_INIT;

	sql_add(&q, "SELECT count(*) FROM entry WHERE source = ");
	sql_bind_text(&q, source);
	return number(audit_db(site.audit), &q);
}

static int64_t rows_of(struct db *store)
{
	struct sql q = SQL_INIT;

	sql_add(&q, "SELECT count(*) FROM lethe_evidence");
	return number(store, &q);
}

/* Every row that stands in the outbox is in the log once it was shipped, and
 * in one entry: the numbers are those of the rows. */
static void expect_once(const char *source, struct db *store)
{
	struct sql q = SQL_INIT;
	int64_t n;

	ck_assert_int_eq(
	    audit_ship(site.audit, store, source, "crm", "os:x", &n), ST_OK);
	ck_assert_int_eq(shipped(source), rows_of(store));
	sql_add(
	    &q, "SELECT count(DISTINCT evidence) FROM entry WHERE source = ");
	sql_bind_text(&q, source);
	ck_assert_int_eq(number(audit_db(site.audit), &q), rows_of(store));
}

static void expect_sound(const char *since)
{
	struct verify_since s = { "an earlier", since,
		since ? strlen(since) : 0 };
	struct verify_report r;

	ck_assert_msg(verify_log(site.audit, audit_key(site.audit),
			  since ? &s : NULL, NULL, &r) == ST_OK,
	    "%s", status_text());
}

/* ---- a full disk ---- */

/* In a process of its own: how far files may grow cannot be taken back. */
static int ship_with_room(rlim_t bytes)
{
	struct rlimit room = { bytes, bytes };
	struct db *store;
	int status = 0;
	pid_t child;
	int64_t n;

	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		logs_open(&site);
		store = open_store("crm");
		(void)signal(SIGXFSZ, SIG_IGN);
		if (setrlimit(RLIMIT_FSIZE, &room) != 0)
			_exit(2);
		_exit(audit_ship(site.audit, store, "crm", "crm", "os:x", &n) ==
			      ST_OK
			  ? 0
			  : 1);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) < 2);
	return WEXITSTATUS(status) == 0;
}

START_TEST(a_disk_that_fills_up_loses_and_doubles_nothing)
{
	struct db *store = open_store("crm");
	rlim_t room = 0;
	int done = 0, refused = 0;
	char *before;

	ck_assert_int_eq(add_rows(store, 600), ST_OK);
	db_close(store);
	before = logs_checkpoint(&site);
	while (!done) {
		logs_shut(&site);
		done = ship_with_room(room);
		logs_open(&site);
		refused += !done;
		ck_assert_int_eq(shipped("crm"), done ? 600 : 0);
		expect_sound(before);
		room += 16384;
	}
	ck_assert_int_gt(refused, 5);
	store = open_store("crm");
	expect_once("crm", store);
	db_close(store);
	free(before);
}
END_TEST

/* ---- several at once, and killed ---- */

static const char *const names[WORKERS] = { "crm", "web" };

/* Deletes and ships for ever; both ship both stores. */
static void work(void)
{
	struct db *stores[WORKERS];
	enum status st;
	int64_t n, i;

	logs_open(&site);
	for (i = 0; i < WORKERS; i++)
		stores[i] = open_store(names[i]);
	for (;;) {
		for (i = 0; i < WORKERS; i++) {
			st = add_rows(stores[i], 40);
			if (st == ST_OK)
				st = audit_ship(site.audit, stores[i], names[i],
				    names[i], "os:x", &n);
			if (st == ST_OK)
				st = audit_append(
				    site.audit, 5, "os:x", "test", NULL);
			if (st != ST_OK && st != ST_BUSY)
				_exit(1);
		}
	}
}

static pid_t start(void)
{
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0)
		work();
	return child;
}

static void wait_ms(long ms)
{
	const struct timespec t = { 0, ms * 1000000 };

	(void)nanosleep(&t, NULL);
}

/* Its own end would be a fault that it found. */
static void stop(pid_t child)
{
	int status = 0;

	ck_assert_int_eq(kill(child, SIGKILL), 0);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static uint64_t size_of(const char *note)
{
	struct checkpoint c;

	ck_assert_int_eq(
	    checkpoint_open(audit_key(site.audit), note, strlen(note), &c),
	    ST_OK);
	return c.size;
}

/* Until the log is larger than it was: who is killed before having done
 * anything tries nothing, and a slow build starts slowly. */
static void wait_for_growth(uint64_t *size)
{
	uint64_t now = *size;
	char *note;
	int tries;

	for (tries = 0; now <= *size; tries++) {
		ck_assert_int_lt(tries, 8000);
		wait_ms(5);
		note = logs_checkpoint(&site);
		now = size_of(note);
		free(note);
	}
	*size = now;
}

START_TEST(two_who_are_killed_leave_one_log)
{
	char *seen[SEEN] = { NULL };
	struct db *stores[WORKERS];
	pid_t children[WORKERS];
	uint64_t size = 0;
	size_t i;

	for (i = 0; i < WORKERS; i++)
		db_close(open_store(names[i]));
	logs_shut(&site);
	for (i = 0; i < WORKERS; i++)
		children[i] = start();
	logs_open(&site);
	for (i = 0; i < SEEN; i++) {
		wait_ms(5 + (long)(i * 7 % 31));
		seen[i] = logs_checkpoint(&site);
		if (i % 3 != 2)
			continue;
		wait_for_growth(&size);
		stop(children[i % WORKERS]);
		children[i % WORKERS] = start();
	}
	for (i = 0; i < WORKERS; i++)
		stop(children[i]);
	/* Never smaller, and each the beginning of the log as it is now. */
	for (i = 1; i < SEEN; i++)
		ck_assert_uint_ge(size_of(seen[i]), size_of(seen[i - 1]));
	ck_assert_uint_gt(size_of(seen[SEEN - 1]), size_of(seen[0]));
	for (i = 0; i < SEEN; i += 9)
		expect_sound(seen[i]);
	expect_sound(seen[SEEN - 1]);
	for (i = 0; i < WORKERS; i++) {
		stores[i] = open_store(names[i]);
		ck_assert_int_gt(rows_of(stores[i]), 0);
		expect_once(names[i], stores[i]);
		db_close(stores[i]);
	}
	for (i = 0; i < SEEN; i++)
		free(seen[i]);
}
END_TEST

/* The same number is signed for one state only, whoever comes first. */
START_TEST(a_size_is_signed_once)
{
	struct logs other = site;
	char *mine, *theirs;
	struct checkpoint a, b;

	logs_open(&other);
	ck_assert_int_eq(db_begin(audit_db(other.audit), DB_WRITE), ST_OK);
	/* Somebody else's turn: nothing is signed meanwhile. */
	mine = logs_checkpoint(&site);
	db_rollback(audit_db(other.audit));
	ck_assert_int_eq(
	    audit_append(other.audit, 5, "os:y", "test", NULL), ST_OK);
	ck_assert_int_eq(
	    audit_append(site.audit, 5, "os:x", "test", NULL), ST_OK);
	theirs = logs_checkpoint(&other);
	ck_assert_int_eq(
	    checkpoint_open(audit_key(site.audit), mine, strlen(mine), &a),
	    ST_OK);
	ck_assert_int_eq(
	    checkpoint_open(audit_key(site.audit), theirs, strlen(theirs), &b),
	    ST_OK);
	ck_assert_uint_eq(b.size, a.size + 2);
	expect_sound(mine);
	logs_shut(&other);
	free(mine);
	free(theirs);
}
END_TEST

/* ---- a purge ---- */

static struct house *house(void)
{
	struct house *h = house_of_visits();

	house_sql(h, "INSERT INTO visits VALUES (1, '2020-01-01');");
	return h;
}

static void expect_nothing_done(struct house *h)
{
	ck_assert_int_eq(house_number(h, "SELECT count(*) FROM visits"), 1);
	ck_assert_int_eq(
	    house_number(h, "SELECT count(*) FROM lethe_evidence"), 0);
}

static enum status purge(struct house *h)
{
	const struct purge_options o = {
		.as_of = 1700000000, .mode = PURGE_EXECUTE, .approve = 1
	};
	json_t *report = NULL;
	enum status st = purge_run(&h->in, &o, &report);

	json_decref(report);
	return st;
}

START_TEST(nothing_is_deleted_while_another_holds_the_log)
{
	struct house *h = house();
	struct installation other = { 0 };

	ck_assert_int_eq(installation_load(h->config, &other), ST_OK);
	ck_assert_int_eq(installation_open_audit(&other), ST_OK);
	ck_assert_int_eq(db_begin(audit_db(other.audit), DB_WRITE), ST_OK);
	ck_assert_int_eq(purge(h), ST_BUSY);
	ck_assert_ptr_nonnull(
	    strstr(status_text(), "the audit log cannot be written"));
	expect_nothing_done(h);
	db_rollback(audit_db(other.audit));
	installation_release(&other);
	house_free(h);
}
END_TEST

Suite *outbox_suite(void)
{
	Suite *s = suite_create("outbox");
	TCase *t = tcase_create("shipping"), *p = tcase_create("purge");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_disk_that_fills_up_loses_and_doubles_nothing);
	tcase_add_test(t, two_who_are_killed_leave_one_log);
	tcase_add_test(t, a_size_is_signed_once);
	suite_add_tcase(s, t);
	tcase_set_timeout(p, 60);
	tcase_add_test(p, nothing_is_deleted_while_another_holds_the_log);
	suite_add_tcase(s, p);
	return s;
}
