/*
 * engine/installation/seals*.c: files of many kinds put back, more of them than
 * one entry holds, and what memory, a kill or a slow writer does to a seal.
 *
 * Guards invariants 2 (a failure is told: no older file passes for the newest,
 * and none that is the newest is refused) and 3 (whatever was killed when).
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/audit/log.h"
#include "engine/base/civil.h"
#include "engine/installation/seals.h"
#include "tests/cut.h"
#include "tests/suites.h"

static struct cut_site cut;

static void setup(void) { cut_site_init(&cut, "P1D"); }
static void teardown(void) { cut_site_release(&cut); }

static void ingest(const char *csv)
{
	enum status st = cut_site_ingest(&cut, "positions", csv, CUT_UPSERT);

	MUST(st == ST_OK, "%s", status_text());
}

static void three_days(const char *vin)
{
	char csv[300];

	(void)snprintf(csv, sizeof(csv),
	    "id,vin,at\na,%s,2026-01-01T12:00:00Z\n"
	    "b,%s,2026-01-02T12:00:00Z\nc,%s,2026-01-03T12:00:00Z\n",
	    vin, vin, vin);
	ingest(csv);
}

/* With nothing open, as a backup is taken and put back; then open anew. */
static void shell(const char *words)
{
	char command[600];

	installation_release(&cut.in);
	(void)snprintf(
	    command, sizeof(command), "cd %s && %s", cut.folder, words);
	MUST(system(command) == 0, "%s", command); /* NOLINT(cert-env33-c) */
	cut_site_again(&cut);
}

static void seal(void)
{
	MUST(seals_set(&cut.in, NULL, "run") == ST_OK, "%s", status_text());
}

static void all_newest(void)
{
	json_t *list = NULL, *item;
	size_t i;

	MUST(seals_check(&cut.in, NULL, SEALS_PAGES, &list) == ST_OK, "%s",
	    status_text());
	json_array_foreach(list, i, item)
	    MUST(json_is_string(json_object_get(item, "sealed_at")), "%s",
		json_text(item, "file"));
	json_decref(list);
}

/* ${file} alone is refused, with ${words}. */
static void refused(const char *file, const char *words)
{
	json_t *list = NULL, *item;
	size_t i, found = 0;

	ck_assert_int_eq(
	    seals_check(&cut.in, NULL, SEALS_LIST, &list), ST_INTEGRITY);
	MUST(strstr(status_text(), words), "%s", status_text());
	json_array_foreach(list, i, item)
	{
		if (json_is_null(json_object_get(item, "problem")))
			continue;
		ck_assert_str_eq(json_text(item, "file"), file);
		found++;
	}
	ck_assert_uint_eq(found, 1);
	json_decref(list);
}

/* ---- what is put back alone ---- */

START_TEST(one_segment_put_back_is_named)
{
	three_days("old");
	seal();
	shell("mkdir old && cp var/stores/tele/2026-01-02.db* old");
	three_days("new");
	seal();
	all_newest();
	shell("cp -r var last && rm var/stores/tele/2026-01-02.db* &&"
	      " cp old/* var/stores/tele");
	refused("store/tele/2026-01-02", "older one");
	shell("rm -r var && cp -r last var");
	all_newest();
}
END_TEST

START_TEST(a_segment_that_was_dropped_is_not_missed)
{
	json_t *report, *list = NULL;

	three_days("a");
	ingest("id,vin,at\nd,a,2999-01-01T00:00:00Z\n");
	seal();
	ck_assert_int_eq(seals_check(&cut.in, NULL, SEALS_LIST, &list), ST_OK);
	ck_assert_uint_eq(json_array_size(list), 6);
	json_decref(list);
	report = cut_site_purge(&cut, "2026-01-31T00:00:00+09:00");
	ck_assert_int_eq(json_int(report, "segments_dropped"), 2);
	json_decref(report);
	list = NULL;
	ck_assert_int_eq(seals_check(&cut.in, NULL, SEALS_PAGES, &list), ST_OK);
	ck_assert_uint_eq(json_array_size(list), 4);
	json_decref(list);
	seal();
	all_newest();
}
END_TEST

START_TEST(the_control_database_put_back_alone_is_named)
{
	three_days("a");
	seal();
	shell("mkdir old && cp var/control.db* old");
	MUST(db_begin(cut.in.control, DB_WRITE) == ST_OK &&
		 db_exec(cut.in.control,
		     "INSERT INTO run (id, started_at, as_of, rule_set)"
		     " VALUES ('r', 1, 1, '')",
		     NOARGS) == ST_OK &&
		 db_commit(cut.in.control) == ST_OK,
	    "%s", status_text());
	seal();
	all_newest();
	shell("rm var/control.db* && cp old/control.db* var");
	/* The log is ahead of what it knows, and whoever verifies is told. */
	refused("control", "control is not the file that was sealed");
}
END_TEST

/* ---- what does not open ---- */

static const char *const unopened[] = {
	"dd if=/dev/zero of=var/stores/tele/2026-01-02.db bs=4096 count=1 "
	"conv=notrunc status=none",
	"rm var/stores/tele/2026-01-02.db*",
};

START_TEST(a_segment_that_does_not_open_is_named)
{
	three_days("a");
	seal();
	shell(unopened[_i]);
	refused("store/tele/2026-01-02", "2026-01-02");
}
END_TEST

/* ---- more files than an entry holds ---- */

static enum status count_parts(void *ctx, const char *body)
{
	json_t *o = json_loads(body, 0, NULL);
	int *parts = ctx;

	ck_assert_int_eq(json_int(o, "part"), *parts);
	ck_assert_int_eq(json_int(o, "parts"), 2);
	(*parts)++;
	json_decref(o);
	return ST_OK;
}

START_TEST(more_than_a_hundred_files_are_sealed_in_parts)
{
	struct buf csv = BUF_INIT;
	int parts = 0;

	buf_adds(&csv, "id,vin,at\n");
	for (int i = 0; i < 104; i++)
		buf_addf(&csv, "k%d,v,2026-%02d-%02dT12:00:00Z\n", i,
		    1 + i / 28, 1 + i % 28);
	ingest(buf_text(&csv));
	buf_release(&csv);
	seal();
	MUST(audit_list(cut.in.audit,
		 &(struct audit_filter){ .action = "stores_sealed" },
		 count_parts, &parts) == ST_OK,
	    "%s", status_text());
	ck_assert_int_eq(parts, 2);
	all_newest();
	shell("mkdir old && cp var/stores/tele/2026-04-20.db* old");
	ingest("id,vin,at\nk103,new,2026-04-20T12:00:00Z\n");
	seal();
	shell("rm var/stores/tele/2026-04-20.db* && cp old/* var/stores/tele");
	refused("store/tele/2026-04-20", "older one");
}
END_TEST

/* ---- memory ---- */

static enum status check(void)
{
	json_t *list = NULL;
	enum status st = seals_check(&cut.in, NULL, SEALS_LIST, &list);

	json_decref(list);
	return st;
}
static enum status set(void) { return seals_set(&cut.in, NULL, "run"); }

static void starve(enum status (*what)(void), const char *name)
{
	enum status st;
	long nth = 0;
	int blown;

	do {
		cut_site_again(&cut);
		MUST(installation_open_audit(&cut.in) == ST_OK, "open");
		test_alloc_fuse(nth++);
		st = what();
		blown = test_alloc_blown();
		test_alloc_fuse(-1);
		MUST(st == ST_OK || (blown && st == ST_NOMEM),
		    "%s, allocation %ld: %d %s", name, nth - 1, (int)st,
		    status_text());
	} while (blown);
	ck_assert_int_gt(nth, 5);
	cut_site_again(&cut);
	all_newest();
}

START_TEST(running_out_of_memory_is_told_and_alarms_nobody)
{
	three_days("a");
	seal();
	three_days("b");
	starve(check, "check");
	starve(set, "set");
}
END_TEST

/* ---- kills ---- */

START_TEST(a_mark_that_the_log_does_not_have_yet_is_known)
{
	struct db_seal s;
	uint8_t logged[DB_MARK];
	struct db *control;

	three_days("a");
	seal();
	control = cut.in.control;
	MUST(db_seal_read(control, &s) == ST_OK, "%s", status_text());
	memcpy(logged, s.mark, DB_MARK);
	/* Twice, as a run that dies there twice leaves it. */
	for (int i = 0; i < 2; i++)
		MUST(db_seal_set(control, logged, &s) == ST_OK, "%s",
		    status_text());
	all_newest();
	seal();
	all_newest();
}
END_TEST

/* The child's change, and its seal, which dies at the ${nth} allocation. */
static void change_and_seal(long nth)
{
	char vin[24];

	cut_site_again(&cut);
	(void)snprintf(vin, sizeof(vin), "v%ld", nth);
	three_days(vin);
	test_alloc_kill(nth);
	if (seals_set(&cut.in, NULL, "run") != ST_OK)
		_exit(1);
	_exit(0);
}

START_TEST(a_run_killed_anywhere_in_its_seal_alarms_nobody)
{
	long nth = 1;
	int status = 0;
	pid_t pid;

	three_days("a");
	seal();
	do {
		installation_release(&cut.in);
		memset(&cut.in, 0, sizeof(cut.in));
		ck_assert_int_ge(pid = fork(), 0);
		if (pid == 0)
			change_and_seal(nth);
		MUST(waitpid(pid, &status, 0) == pid, "waitpid");
		MUST(WIFSIGNALED(status) || WEXITSTATUS(status) == 0,
		    "allocation %ld: a seal failed", nth);
		cut_site_again(&cut);
		all_newest();
		nth++;
	} while (WIFSIGNALED(status));
	ck_assert_int_gt(nth, 10);
}
END_TEST

/* ---- writers ---- */

START_TEST(marks_are_compared_while_somebody_writes)
{
	struct installation other;
	char path[200];

	three_days("a");
	seal();
	all_newest(); /* and open */
	(void)snprintf(path, sizeof(path), "%s/lethe.yml", cut.folder);
	MUST(installation_load(path, &other) == ST_OK &&
		 installation_unlock(&other) == ST_OK &&
		 installation_open_store(&other, &other.stores[0]) == ST_OK &&
		 db_begin(other.stores[0].db, DB_WRITE) == ST_OK,
	    "%s", status_text());
	(void)alarm(5); /* far less than anybody's patience with a writer */
	MUST(seals_check(&cut.in, NULL, SEALS_MARKS, NULL) == ST_OK, "%s",
	    status_text());
	(void)alarm(0);
	db_rollback(other.stores[0].db);
	installation_release(&other);
}
END_TEST

Suite *seals_suite(void)
{
	Suite *s = suite_create("seals");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 600);
	tcase_add_test(t, one_segment_put_back_is_named);
	tcase_add_test(t, a_segment_that_was_dropped_is_not_missed);
	tcase_add_test(t, the_control_database_put_back_alone_is_named);
	tcase_add_loop_test(t, a_segment_that_does_not_open_is_named, 0,
	    sizeof(unopened) / sizeof(unopened[0]));
	tcase_add_test(t, more_than_a_hundred_files_are_sealed_in_parts);
	tcase_add_test(t, running_out_of_memory_is_told_and_alarms_nobody);
	tcase_add_test(t, a_mark_that_the_log_does_not_have_yet_is_known);
	tcase_add_test(t, a_run_killed_anywhere_in_its_seal_alarms_nobody);
	tcase_add_test(t, marks_are_compared_while_somebody_writes);
	suite_add_tcase(s, t);
	return s;
}
