/* engine/purge/trial.c: what only records show of a reduction. */
#include <stdlib.h>
#include <string.h>

#include "engine/purge/trial.h"
#include "tests/house.h"
#include "tests/suites.h"

static const char rides[] =
    "    collections:\n"
    "      - name: rides\n"
    "        fields:\n"
    "          - {name: id, data_categories: [system.operations], "
    "fides_meta: {primary_key: true}}\n"
    "          - {name: vin, data_categories: [user.unique_id]}\n"
    "          - {name: ended_on, data_categories: [user.behavior]}\n"
    "      - name: calls\n"
    "        fields:\n"
    "          - {name: id, data_categories: [system.operations], "
    "fides_meta: {primary_key: true}}\n"
    "          - {name: text, data_categories: [user.content]}\n"
    "          - {name: ended_on, data_categories: [user.behavior]}\n";
static const char policy[] = "starting_points:\n"
			     "  ended: {kind: collection, at: ended_on}\n"
			     "clusters:\n"
			     "  rides:\n"
			     "    covers: [shop.rides]\n"
			     "    purposes: [sale]\n"
			     "    deletion_rule: {starting_point: ended, "
			     "regular_deletion_period: P4W}\n"
			     "    action: {de_identify: {vin: keyed_hash}}\n"
			     "  calls:\n"
			     "    covers: [shop.calls]\n"
			     "    purposes: [sale]\n"
			     "    deletion_rule: {starting_point: ended, "
			     "regular_deletion_period: P4W}\n"
			     "    action: {de_identify: {text: null}}\n";
static const char tables[] =
    "CREATE TABLE rides (id TEXT PRIMARY KEY NOT NULL,"
    " vin TEXT CHECK (length(vin) = 17), ended_on DATE);"
    "CREATE TABLE calls (id TEXT PRIMARY KEY NOT NULL, text TEXT,"
    " ended_on DATE);";
static const char without_check[] =
    "CREATE TABLE rides (id TEXT PRIMARY KEY NOT NULL, vin TEXT,"
    " ended_on DATE);"
    "CREATE TABLE calls (id TEXT PRIMARY KEY NOT NULL, text TEXT,"
    " ended_on DATE);";

#define RIDE \
	"INSERT INTO rides VALUES ('1', 'WBA12345678901234', '2024-01-01');"
#define CALL   "INSERT INTO calls VALUES ('1', 'hello', '2024-01-01');"
#define NO     "BEGIN SELECT RAISE(ABORT, 'WBA no'); END;"
#define REFUSE "CREATE TRIGGER refuse BEFORE UPDATE ON calls " NO

static int says(const struct house *h, const char *text)
{
	for (size_t i = 0; i < h->in.diag.count; i++)
		if (strstr(h->in.diag.items[i].text, text))
			return 1;
	return 0;
}

/* As `lethe check` does it. */
static enum status try_all(struct house *h)
{
	struct schedule s;
	enum status st;

	ck_assert_int_eq(schedule_init(&s, &h->in, NULL, &h->in.diag), ST_OK);
	st = trial_all(&s, &h->in.diag);
	schedule_release(&s);
	return st;
}

static enum status purge(struct house *h, enum purge_mode mode)
{
	struct purge_options o = {
		.mode = mode, .as_of = 1735689600, .approve = 1
	};
	json_t *report = NULL;
	enum status st;

	if (mode == PURGE_DRY_RUN)
		o.approve = 0;
	st = purge_run(&h->in, &o, &report);
	json_decref(report);
	return st;
}

START_TEST(a_check_shows_once_there_are_records)
{
	struct house *h = house_new(rides, policy, tables);

	ck_assert_int_eq(try_all(h), ST_OK);
	ck_assert_uint_eq(h->in.diag.errors, 0);
	ck_assert(says(h, "cluster `rides`: `shop.rides` has a CHECK"));
	ck_assert(!says(h, "`shop.calls` has a CHECK"));
	house_sql(h, RIDE);
	ck_assert_int_eq(try_all(h), ST_INVALID);
	ck_assert_uint_eq(h->in.diag.errors, 1);
	ck_assert(says(h, "cluster `rides`: `shop.rides` does not take"));
	ck_assert(says(h, "CHECK constraint failed"));
	ck_assert(!says(h, "WBA12345"));
	house_free(h);
}
END_TEST

START_TEST(all_that_is_refused_is_said)
{
	struct house *h = house_new(rides, policy, tables);

	house_sql(h, RIDE CALL REFUSE);
	ck_assert_int_eq(try_all(h), ST_INVALID);
	ck_assert_uint_eq(h->in.diag.errors, 2);
	ck_assert(says(h, "the schema refused a change"));
	ck_assert(!says(h, "WBA no"));
	house_free(h);
}
END_TEST

START_TEST(a_trial_leaves_no_trace)
{
	struct house *h = house_new(rides, policy, without_check);

	house_sql(h, RIDE CALL);
	ck_assert_int_eq(try_all(h), ST_OK);
	ck_assert_uint_eq(h->in.diag.errors, 0);
	ck_assert(!says(h, "could not be tried"));
	ck_assert_int_eq(
	    house_number(h, "SELECT count(*) FROM rides, calls"
			    " WHERE vin LIKE 'WBA%' AND text = 'hello'"),
	    1);
	ck_assert_int_eq(
	    house_number(h, "SELECT count(*) FROM lethe_reduced"), 0);
	/* No transaction is left open. */
	ck_assert_int_eq(db_begin(h->in.stores[0].db, DB_WRITE), ST_OK);
	db_rollback(h->in.stores[0].db);
	house_free(h);
}
END_TEST

/* Nothing is begun: the other cluster, which could go, is as it was. */
START_TEST(a_run_tries_before_it_touches_anything)
{
	struct house *h = house_new(rides, policy, _i ? without_check : tables);

	if (_i)
		house_sql(h, RIDE CALL REFUSE);
	else
		house_sql(h, RIDE CALL);
	ck_assert_int_eq(purge(h, PURGE_DRY_RUN), ST_OK);
	ck_assert_uint_eq(h->in.diag.errors, 0);
	ck_assert_int_eq(purge(h, PURGE_EXECUTE), ST_INVALID);
	ck_assert_uint_eq(h->in.diag.errors, 1);
	ck_assert(says(h, "does not take its records"));
	ck_assert_int_eq(
	    house_number(h, "SELECT count(*) FROM rides, calls"
			    " WHERE vin LIKE 'WBA%' AND text = 'hello'"),
	    1);
	ck_assert_int_eq(
	    house_number(h, "SELECT count(*) FROM lethe_evidence"), 0);
	house_free(h);
}
END_TEST

START_TEST(a_run_tries_only_what_it_does)
{
	struct house *h = house_new(rides, policy, tables);

	house_sql(h, "INSERT INTO rides VALUES ('1', 'WBA12345678901234',"
		     " '2024-12-31');" CALL);
	ck_assert_int_eq(purge(h, PURGE_EXECUTE), ST_OK);
	ck_assert_int_eq(
	    house_number(h, "SELECT count(*) FROM calls WHERE text IS NULL"),
	    1);
	house_free(h);
}
END_TEST

Suite *trial_suite(void)
{
	Suite *s = suite_create("trial");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_check_shows_once_there_are_records);
	tcase_add_test(t, all_that_is_refused_is_said);
	tcase_add_test(t, a_trial_leaves_no_trace);
	tcase_add_loop_test(t, a_run_tries_before_it_touches_anything, 0, 2);
	tcase_add_test(t, a_run_tries_only_what_it_does);
	suite_add_tcase(s, t);
	return s;
}
