/*
 * engine/purge: the brakes, and what lifts them.
 *
 * Guards invariants 1 (never early, whatever the clock says) and 3 (what went
 * before a stop has its evidence).
 */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/purge/clock.h"
#include "engine/purge/stop.h"
#include "tests/braked.h"

/* ---- the brakes ---- */

START_TEST(a_new_rule_waits_for_approval_and_a_changed_one_again)
{
	struct braked f;

	braked_set_up(&f);
	braked_must_stop(&f, "new or changed rules: ");
	ck_assert_int_eq(braked_notes(&f), BRAKED_RECORDS);
	ck_assert_int_eq(braked_approve(&f, "os:a"), ST_OK);
	ck_assert_int_eq(braked_approve(&f, "os:a"), ST_DENIED);
	braked_must_run(&f, 200);
	braked_must_run(&f, 0);
	/* One rule changes: only that one is named. */
	braked_policy(&f, "P2Y");
	braked_must_stop(&f, "new or changed rules: notes_data");
	ck_assert_ptr_null(
	    strstr(json_text(f.stopped, "reason"), "people_data"));
	/* Back to what was approved: nothing to ask. */
	braked_policy(&f, "P1Y");
	braked_must_run(&f, 0);
	braked_check_evidence(&f, 200);
	braked_tear_down(&f);
}
END_TEST

START_TEST(a_restricted_run_looks_at_its_own_rules)
{
	struct braked f;

	braked_set_up(&f);
	ck_assert_int_eq(
	    PURGE(&f, .cluster = "people_data", .approve = 1), ST_OK);
	ck_assert_int_eq(PURGE(&f, .cluster = "people_data"), ST_OK);
	ck_assert_int_eq(PURGE(&f, .cluster = "notes_data"), ST_DENIED);
	ck_assert_str_eq(
	    json_text(f.stopped, "reason"), "new or changed rules: notes_data");
	braked_must_stop(&f, "new or changed rules: notes_data");
	braked_tear_down(&f);
}
END_TEST

START_TEST(two_approvals_are_of_two_people)
{
	struct braked f;

	braked_set_up(&f);
	braked_config(&f, 2, "1");
	braked_must_stop(&f, "new or changed rules");
	ck_assert_int_eq(braked_approve(&f, "os:a"), ST_OK);
	ck_assert_int_eq(braked_approve(&f, "os:a"), ST_DENIED);
	ck_assert_ptr_nonnull(strstr(status_text(), "another one"));
	braked_must_stop(&f, "1 of 2 approvals");
	/* The run's own is one more, and of a third person none. */
	ck_assert_int_eq(PURGE(&f, .approve = 1), ST_OK);
	ck_assert_int_eq(json_int(f.report, "deleted"), 200);
	ck_assert_int_eq(braked_approve(&f, "os:c"), ST_DENIED);
	ck_assert_ptr_nonnull(strstr(status_text(), "carried out by run"));
	braked_tear_down(&f);
}
END_TEST

START_TEST(an_approval_is_for_the_rules_that_were_shown)
{
	struct braked f;

	braked_set_up(&f);
	braked_must_stop(&f, "new or changed rules");
	braked_policy(&f, "P10Y");
	ck_assert_int_eq(braked_approve(&f, "os:a"), ST_DENIED);
	ck_assert_ptr_nonnull(strstr(status_text(), "`notes_data`"));
	ck_assert_ptr_nonnull(strstr(status_text(), "lethe purge"));
	braked_must_stop(&f, "new or changed rules");
	ck_assert_int_eq(
	    braked_ask(&f, CONTROL,
		"SELECT count(*) FROM plan WHERE replaced_by IS NOT NULL"),
	    1);
	ck_assert_int_eq(braked_approve(&f, "os:a"), ST_OK);
	braked_must_run(&f, 200);
	braked_tear_down(&f);
}
END_TEST

START_TEST(a_large_share_stops_up_to_what_was_shown)
{
	struct braked f;

	braked_set_up(&f);
	braked_config(&f, 0, "0.6");
	/* 900 more, 600 of them due: 800 of 1200 are more than 0.6. */
	braked_must_run(&f, 200);
	braked_sql(&f, STORE,
	    "WITH RECURSIVE n (i) AS (SELECT 1001 UNION ALL SELECT i + 1 FROM n"
	    " WHERE i < 1900)"
	    " INSERT INTO notes SELECT i, CASE WHEN i % 3 <> 0 THEN '2016-02-29'"
	    " ELSE '2999-01-01' END, NULL FROM n;"
	    "UPDATE lethe_count SET records = 1000 WHERE collection = 'notes'");
	braked_must_run(&f, 600); /* 600 of 1000 are not more */
	braked_sql(&f, STORE,
	    "WITH RECURSIVE n (i) AS (SELECT 5001 UNION ALL SELECT i + 1 FROM n"
	    " WHERE i < 6000)"
	    " INSERT INTO notes SELECT i, '2016-02-29', NULL FROM n;"
	    "UPDATE lethe_count SET records = 1400 WHERE collection = 'notes'");
	braked_must_stop(&f, "1000 of the 1400 records of crm.notes would go");
	ck_assert_int_eq(braked_approve(&f, "os:a"), ST_OK);
	/* 101 more than it shows are too many, 100 are not. */
	braked_sql(&f, STORE,
	    "WITH RECURSIVE n (i) AS (SELECT 9001 UNION ALL SELECT i + 1 FROM n"
	    " WHERE i < 9101)"
	    " INSERT INTO notes SELECT i, '2016-02-29', NULL FROM n;"
	    "UPDATE lethe_count SET records = 1501 WHERE collection = 'notes'");
	braked_must_stop(&f, "1101 of the 1501 records");
	ck_assert_int_eq(braked_approve(&f, "os:a"), ST_OK);
	braked_sql(&f, STORE,
	    "INSERT INTO notes VALUES (20000, '2016-02-29', NULL);"
	    "UPDATE lethe_count SET records = 1502 WHERE collection = 'notes'");
	braked_must_run(&f, 1102);
	braked_check_evidence(&f, 1902);
	braked_tear_down(&f);
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
	struct braked f;
	int64_t seen = 0;

	braked_set_up(&f);
	MUST(PURGE(&f, .approve = 1) == ST_OK, "%s", status_text());
	braked_load(&f, &in);
	MUST(clock_read(in.control, &seen) == ST_OK &&
		 clock_keep(in.control, when_now() - jumps[_i],
		     CLOCK_VOUCHED) == ST_OK,
	    "%s", status_text());
	ck_assert_int_le(when_now() - seen, 60);
	installation_release(&in);
	braked_must_stop(&f, "the clock says ");
	/* It does not believe itself the next time. */
	braked_must_stop(&f, "the clock says ");
	/* As of an instant in the past is no matter of the clock. */
	ck_assert_int_eq(braked_approve(&f, "os:a"), ST_OK);
	braked_must_run(&f, 0);
	braked_must_run(&f, 0);
	ck_assert_int_eq(PURGE(&f, .as_of = when_now() - 30 * 86400), ST_OK);
	/* Lifted once: the next jump stops again. */
	braked_load(&f, &in);
	MUST(clock_keep(in.control, when_now() - jumps[_i], CLOCK_VOUCHED) ==
		 ST_OK,
	    "%s", status_text());
	installation_release(&in);
	braked_must_stop(&f, "the clock says ");
	braked_tear_down(&f);
}
END_TEST

START_TEST(the_latest_instant_is_kept)
{
	struct installation in;
	struct braked f;
	int64_t seen = 0;

	braked_set_up(&f);
	braked_load(&f, &in);
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
	braked_tear_down(&f);
}
END_TEST

/* ---- stop and resume ---- */

START_TEST(a_run_at_work_stops_before_its_next_batch)
{
	struct installation in;
	struct braked f;
	json_t *stop = NULL;

	braked_set_up(&f);
	ck_assert_int_eq(PURGE(&f, .approve = 1, .progress = braked_stop_now,
			     .progress_ctx = &f),
	    ST_DENIED);
	ck_assert_int_eq(json_int(f.report, "deleted"), 40);
	ck_assert(json_is_true(json_object_get(f.report, "scrubbed")));
	ck_assert_ptr_nonnull(strstr(
	    json_text(f.stopped, "reason"), "os:b stopped all purges at "));
	ck_assert_int_eq(braked_notes(&f), BRAKED_RECORDS - 40);
	braked_check_evidence(&f, 40);
	ck_assert_int_eq(
	    braked_ask(&f, CONTROL, "SELECT exit_code FROM run"), 3);
	braked_must_stop(&f, "look at this");
	braked_load(&f, &in);
	ck_assert_int_eq(stop_set(&in, "os:b", NULL), ST_CONFLICT);
	MUST(stop_lift(&in, "os:c") == ST_OK, "%s", status_text());
	ck_assert_int_eq(stop_lift(&in, "os:c"), ST_CONFLICT);
	ck_assert_int_eq(stop_read(&in, &stop), ST_OK);
	ck_assert_ptr_null(stop);
	installation_release(&in);
	/* What was approved then was not carried out to its end: it holds. */
	braked_must_run(&f, 160);
	braked_check_evidence(&f, 200);
	braked_tear_down(&f);
}
END_TEST

/* ---- killed ---- */

/* At any instant of a run that a brake stops: at most one plan, and nothing
 * is touched; then it can be approved and carried out. */
START_TEST(a_run_that_is_killed_while_it_keeps_its_plan_keeps_one)
{
	struct braked f;
	int i, status = 0, kills = 0;
	pid_t child;

	braked_set_up(&f);
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
		    braked_ask(&f, CONTROL, "SELECT count(*) FROM plan"), 1);
		ck_assert_int_eq(braked_notes(&f), BRAKED_RECORDS);
	}
	ck_assert_int_gt(kills, 0);
	braked_must_stop(&f, "new or changed rules");
	ck_assert_int_eq(
	    braked_ask(&f, CONTROL, "SELECT count(*) FROM plan"), 1);
	ck_assert_int_eq(braked_approve(&f, "os:a"), ST_OK);
	braked_must_run(&f, 200);
	braked_check_evidence(&f, 200);
	braked_tear_down(&f);
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
	tcase_add_test(
	    t, a_run_that_is_killed_while_it_keeps_its_plan_keeps_one);
	suite_add_tcase(s, t);
	return s;
}
