/*
 * engine/purge: plans in files.  What changes between a plan and its execution
 * is skipped and counted, and nothing that was not planned goes.
 *
 * Guards invariant 2: a skipped record shows.
 */
#include <string.h>

#include "engine/purge/stop.h"
#include "tests/braked.h"

/* The rules are approved by a run for which nothing is due yet. */
static void plan_file(struct braked *f)
{
	MUST(PURGE(f, .approve = 1, .as_of = 1) == ST_OK, "%s", status_text());
	MUST(braked_purge(f, (struct purge_options){ .mode = PURGE_DRY_RUN,
				 .plan_file = f->plan }) == ST_OK,
	    "%s", status_text());
}

/* planned, deleted, gone, held, changed, waiting, unplanned */
static void check_item(
    const struct braked *f, const char *collection, const int64_t want[7])
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
	struct braked f;

	braked_set_up(&f);
	braked_sql(&f, STORE,
	    "INSERT INTO people VALUES (1, '2016-01-01'), (2, '2016-01-01'),"
	    " (3, '2016-01-01');"
	    "INSERT INTO notes VALUES (900, '2999-01-01', 3);"
	    "UPDATE lethe_count SET records = 3 WHERE collection = 'people';"
	    "UPDATE lethe_count SET records = 301 WHERE collection = 'notes'");
	plan_file(&f);
	ck_assert_int_eq(braked_notes(&f), 301);
	/* 1, 2, 4 gone, 5, 7 begun anew, 30 more, as old as the others. */
	braked_sql(&f, STORE,
	    "DELETE FROM notes WHERE id IN (1, 2, 4);"
	    "UPDATE notes SET at = '2999-01-01' WHERE id IN (5, 7);"
	    "WITH RECURSIVE n (i) AS (SELECT 1001 UNION ALL SELECT i + 1 FROM n"
	    " WHERE i < 1030) INSERT INTO notes SELECT i, '2016-02-29', NULL FROM n;"
	    "DELETE FROM people WHERE id = 1;"
	    "UPDATE lethe_count SET records = 2 WHERE collection = 'people';"
	    "UPDATE lethe_count SET records = 328 WHERE collection = 'notes'");
	MUST(PURGE(&f, .execute_file = f.plan) == ST_OK, "%s", status_text());
	check_item(&f, "notes", (int64_t[]){ 200, 195, 3, 0, 2, 0, 30 });
	/* Person 3 is due, and a note that stays refers to it. */
	check_item(&f, "people", (int64_t[]){ 3, 1, 1, 0, 0, 1, 0 });
	ck_assert_int_eq(
	    braked_ask(&f, STORE, "SELECT sum(id) FROM people"), 3);
	ck_assert_int_eq(braked_notes(&f), 328 - 195);
	ck_assert_int_eq(braked_ask(&f, STORE,
			     "SELECT count(*) FROM notes"
			     " WHERE id > 1000 OR id IN (5, 7) OR at > '2900'"),
	    328 - 195);
	braked_check_evidence(&f, 196);
	/* What was left alone is OVERDUE: exit code 4. */
	ck_assert(purge_needs_attention(f.report));
	/* Once. */
	ck_assert_int_eq(PURGE(&f, .execute_file = f.plan), ST_DENIED);
	ck_assert_ptr_nonnull(strstr(status_text(), "carried out already"));
	braked_tear_down(&f);
}
END_TEST

/* By itself, or with its whole cluster. */
START_TEST(what_is_suspended_since_the_plan_is_counted_as_held)
{
	struct braked f;

	braked_set_up(&f);
	braked_sql(&f, STORE,
	    "INSERT INTO people VALUES (1, '2016-01-01'), (2, '2016-01-01');"
	    "UPDATE lethe_count SET records = 2 WHERE collection = 'people'");
	plan_file(&f);
	braked_sql(&f, STORE,
	    "INSERT INTO lethe_suspension"
	    " (collection, cluster, k1, suspension, kind)"
	    " VALUES ('notes', 'notes_data', 8, 'H-1', 'hold'),"
	    " ('notes', 'notes_data', 10, 'H-1', 'restriction'),"
	    " ('notes', 'another', 11, 'H-1', 'hold');"
	    "INSERT INTO lethe_suspended_cluster"
	    " VALUES ('people', 'people_data', 'H-1', 'hold')");
	MUST(PURGE(&f, .execute_file = f.plan) == ST_OK, "%s", status_text());
	check_item(&f, "notes", (int64_t[]){ 200, 198, 0, 2, 0, 0, 0 });
	check_item(&f, "people", (int64_t[]){ 2, 0, 0, 2, 0, 0, 0 });
	ck_assert_int_eq(braked_ask(&f, STORE,
			     "SELECT count(*) FROM notes WHERE id IN (8, 10)"),
	    2);
	braked_check_evidence(&f, 198);
	braked_tear_down(&f);
}
END_TEST

START_TEST(a_plan_file_of_other_rules_is_refused)
{
	struct braked f;

	braked_set_up(&f);
	plan_file(&f);
	braked_policy(&f, "P2Y");
	ck_assert_int_eq(PURGE(&f, .execute_file = f.plan), ST_DENIED);
	ck_assert_ptr_nonnull(strstr(status_text(), "--plan FILE"));
	ck_assert_int_eq(braked_notes(&f), BRAKED_RECORDS);
	braked_policy(&f, "P1Y");
	MUST(PURGE(&f, .execute_file = f.plan) == ST_OK, "%s", status_text());
	check_item(&f, "notes", (int64_t[]){ 200, 200, 0, 0, 0, 0, 0 });
	ck_assert(!purge_needs_attention(f.report));
	braked_tear_down(&f);
}
END_TEST

START_TEST(brakes_hold_a_plan_file_until_it_is_approved)
{
	struct braked f;

	braked_set_up(&f);
	MUST(braked_purge(&f, (struct purge_options){ .mode = PURGE_DRY_RUN,
				  .plan_file = f.plan }) == ST_OK,
	    "%s", status_text());
	ck_assert_int_eq(PURGE(&f, .execute_file = f.plan), ST_DENIED);
	ck_assert_ptr_nonnull(strstr(status_text(), "lethe plan approve P-"));
	ck_assert_int_eq(braked_notes(&f), BRAKED_RECORDS);
	ck_assert_int_eq(braked_approve(&f, "os:a"), ST_OK);
	MUST(PURGE(&f, .execute_file = f.plan) == ST_OK, "%s", status_text());
	ck_assert_int_eq(json_int(f.report, "deleted"), 200);
	/* Its rules are approved for the runs to come. */
	braked_must_run(&f, 0);
	braked_tear_down(&f);
}
END_TEST

START_TEST(a_plan_file_that_was_stopped_goes_on)
{
	struct installation in;
	struct braked f;

	braked_set_up(&f);
	plan_file(&f);
	ck_assert_int_eq(PURGE(&f, .execute_file = f.plan,
			     .progress = braked_stop_now, .progress_ctx = &f),
	    ST_DENIED);
	ck_assert_int_eq(json_int(f.report, "deleted"), 40);
	braked_load(&f, &in);
	MUST(stop_lift(&in, "os:c") == ST_OK, "%s", status_text());
	installation_release(&in);
	MUST(PURGE(&f, .execute_file = f.plan) == ST_OK, "%s", status_text());
	check_item(&f, "notes", (int64_t[]){ 200, 160, 40, 0, 0, 0, 0 });
	braked_check_evidence(&f, 200);
	braked_tear_down(&f);
}
END_TEST

Suite *plan_file_suite(void)
{
	Suite *s = suite_create("plan_file");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, what_changed_since_the_plan_is_skipped_and_counted);
	tcase_add_test(t, what_is_suspended_since_the_plan_is_counted_as_held);
	tcase_add_test(t, a_plan_file_of_other_rules_is_refused);
	tcase_add_test(t, brakes_hold_a_plan_file_until_it_is_approved);
	tcase_add_test(t, a_plan_file_that_was_stopped_goes_on);
	suite_add_tcase(s, t);
	return s;
}
