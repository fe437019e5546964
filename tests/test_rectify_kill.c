/*
 * engine/rights: a rectification over two stores, killed at any instant.  Each
 * field is then as it was or as it is to be, and once more ends it.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/rights/rectify.h"
#include "engine/rights/step.h"
#include "tests/holds.h"
#include "tests/suites.h"

static struct holds_site site;
#define IN (&site.in)

static void setup(void) { holds_site_init(&site, 1); }
static void teardown(void) { holds_site_release(&site); }

static struct rights_actor by(void)
{
	return (
	    struct rights_actor){ "os:ada", REQUEST_BY_OPERATOR, when_now() };
}

static void propose(const char *id, const char *store, const char *collection,
    const char *key, const char *field, const char *value)
{
	const struct rights_change c = { "complete", store, collection, &key, 1,
		field, value, "seen on a bill" };
	struct rights_actor ada = by();
	json_t *out = NULL;

	MUST(rights_propose(IN, &ada, id, &c, &out) == ST_OK, "%s",
	    status_text());
	json_decref(out);
}

/* Up to its approval: a name in crm, a page in web. */
static const char *approved(void)
{
	static char id[BOOK_ID];
	struct rights_actor ada = by();
	const struct rights_order o = { REQUEST_RECTIFICATION, REQUEST_GDPR,
		REQUEST_EMAIL, "person_id", "P1", ada.now, NULL };
	const struct rights_decision d = { REQUEST_TO_FULFIL, NULL, NULL,
		NULL };
	json_t *out = NULL;

	MUST(rights_open(IN, &ada, &o, &out) == ST_OK, "%s", status_text());
	(void)snprintf(id, sizeof(id), "%s", json_text(out, "id"));
	json_decref(out);
	MUST(rights_verify(IN, &ada, id, "login", ada.now, NULL) == ST_OK, "%s",
	    status_text());
	propose(id, "crm", "people", "P1", "name", "Aki");
	propose(id, "web", "visits", "1", "page", "/home");
	MUST(rights_decide(IN, &ada, id, &d, NULL) == ST_OK, "%s",
	    status_text());
	return id;
}

static enum status correct(const char *id)
{
	struct rights_actor ada = by();

	return rights_correct(IN, &ada, id, NULL);
}

static int64_t names(void)
{
	return holds_site_count(
	    &site, CRM, "SELECT count(*) FROM people WHERE name = 'Aki'");
}

static int64_t pages(void)
{
	return holds_site_count(
	    &site, WEB, "SELECT count(*) FROM visits WHERE page = '/home'");
}

static void check_done(const char *id)
{
	json_t *out = NULL;

	ck_assert_int_eq(names(), 1);
	ck_assert_int_eq(pages(), 1);
	ck_assert_int_eq(holds_site_entries(&site, "request_corrected"), 1);
	ck_assert_int_eq(holds_site_entries(&site, "request_fulfilled"), 1);
	ck_assert_int_eq(rights_show(IN, id, when_now(), &out), ST_OK);
	ck_assert_str_eq(json_text(out, "state"), "fulfilled");
	json_decref(out);
}

/* In a process of its own, which is killed after ${us} microseconds. */
static void killed_after(const char *id, long us)
{
	const struct timespec wait = { us / 1000000, us % 1000000 * 1000 };
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		struct installation *in = calloc(1, sizeof(*in));

		holds_site_open(&site, in);
		site.in = *in;
		_exit(correct(id) == ST_OK ? 0 : 1);
	}
	(void)nanosleep(&wait, NULL);
	(void)kill(child, SIGKILL);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
}

START_TEST(whoever_is_killed_is_finished_by_the_next)
{
	const char *id = approved();
	enum status st;

	killed_after(id, 4000L * (_i + 1));
	holds_site_close(&site);
	holds_site_open(&site, IN);
	st = correct(id);
	/* It had come to its end: once is enough. */
	MUST(st == ST_OK || st == ST_DENIED, "%s", status_text());
	MUST(events_ship(IN) == ST_OK, "%s", status_text());
	check_done(id);
}
END_TEST

/* As whoever was killed between the two commits leaves it. */
static void begin(void)
{
	MUST(installation_open_audit(IN) == ST_OK &&
		 db_exec(IN->control,
		     "UPDATE request_rectification SET begun_at = 1",
		     NOARGS) == ST_OK,
	    "%s", status_text());
	holds_site_do(
	    &site, WEB, "UPDATE visits SET page = '/home' WHERE id = 1");
}

START_TEST(what_one_store_has_committed_is_not_done_again)
{
	const char *id = approved();
	struct rights_actor ada = by();
	json_t *out = NULL;

	begin();
	/* Nothing else is proposed or decided meanwhile. */
	ck_assert_int_eq(rights_take_back(IN, &ada, id, 1, &out), ST_DENIED);
	MUST(correct(id) == ST_OK, "%s", status_text());
	check_done(id);
}
END_TEST

START_TEST(one_conflict_leaves_both_stores_as_they_are)
{
	const char *id = approved();

	holds_site_do(
	    &site, WEB, "UPDATE visits SET page = '/else' WHERE id = 1");
	ck_assert_int_eq(correct(id), ST_CONFLICT);
	ck_assert_int_eq(names(), 0);
	/* Not begun: what is there already was not written by this. */
	holds_site_do(
	    &site, WEB, "UPDATE visits SET page = '/home' WHERE id = 1");
	ck_assert_int_eq(correct(id), ST_CONFLICT);
	ck_assert_int_eq(names(), 0);
	ck_assert_int_eq(holds_site_entries(&site, "request_corrected"), 0);
}
END_TEST

START_TEST(a_third_value_is_a_conflict_also_once_it_has_begun)
{
	const char *id = approved();

	begin();
	holds_site_do(&site, CRM, "UPDATE people SET name = 'Bo'");
	ck_assert_int_eq(correct(id), ST_CONFLICT);
	ck_assert_int_eq(names(), 0);
	holds_site_do(&site, CRM, "UPDATE people SET name = NULL");
	MUST(correct(id) == ST_OK, "%s", status_text());
	check_done(id);
}
END_TEST

Suite *rectify_kill_suite(void)
{
	Suite *s = suite_create("rectify_kill");
	TCase *t = tcase_create("rectify_kill");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(
	    t, whoever_is_killed_is_finished_by_the_next, 0, 16);
	tcase_add_test(t, what_one_store_has_committed_is_not_done_again);
	tcase_add_test(t, one_conflict_leaves_both_stores_as_they_are);
	tcase_add_test(t, a_third_value_is_a_conflict_also_once_it_has_begun);
	suite_add_tcase(s, t);
	return s;
}
