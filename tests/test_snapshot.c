/* engine/package: what falls due before the answer is kept aside */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/package/snapshot.h"
#include "engine/purge/purge.h"
#include "engine/rights/erasure.h"
#include "tests/packages.h"
#include "tests/suites.h"

#define IN     (&packages_site.in)
#define SECRET "Planted-Page-5501"
#define LIVE   "004-web-visits.json"
#define ASIDE  "004-web-visits-at_intake.json"
#define DAY    INT64_C(86400)

/* P1's visit 1 is overdue, and visit 2 will be due before the answer is. */
static void setup(void)
{
	packages_setup();
	holds_site_do(&packages_site, WEB,
	    "UPDATE visits SET page = '" SECRET "' WHERE id = 1");
}

static long long taken(const char *id)
{
	struct rights_actor ada = packages_by(0);
	json_t *o = NULL;
	long long n;

	MUST(snapshot_take(IN, &ada, id, &o) == ST_OK, "%s", status_text());
	n = json_is_null(o) ? -1 : json_int(o, "records");
	json_decref(o);
	return n;
}

static void purge(void)
{
	const struct purge_options o = { .mode = PURGE_EXECUTE,
		.as_of = when_now() };
	json_t *report = NULL;

	MUST(purge_run(IN, &o, &report) == ST_OK, "%s", status_text());
	json_decref(report);
	ck_assert_int_eq(holds_site_count(&packages_site, WEB,
			     "SELECT count(*) FROM visits WHERE id = 1"),
	    0);
}

static size_t records(const json_t *file)
{
	return json_array_size(json_object_get(file, "records"));
}

static const char *page(const json_t *file, size_t i)
{
	return json_text(
	    json_object_get(
		json_array_get(json_object_get(file, "records"), i), "values"),
	    "page");
}

static long long rows(const char *which)
{
	return strcmp(which, "all") == 0
		   ? holds_site_registry(
			 &packages_site, "SELECT count(*) FROM snapshot")
		   : holds_site_registry(&packages_site,
			 "SELECT count(*) FROM snapshot WHERE name IS NOT NULL"
			 " AND deleted_at IS NULL");
}

static int64_t swept(int64_t later)
{
	struct rights_actor ada = packages_by(later);
	int64_t n = -1;

	MUST(package_sweep(IN, &ada, &n) == ST_OK, "%s", status_text());
	return n;
}

START_TEST(a_purge_between_neither_waits_nor_empties_the_answer)
{
	const char *id = packages_verified("P1");
	json_t *live, *aside;

	ck_assert_int_eq(taken(id), 3);
	purge();
	live = packages_data(id, LIVE);
	aside = packages_data(id, ASIDE);
	/* What is there still is there once. */
	ck_assert_uint_eq(records(live), 2);
	ck_assert(json_is_false(json_object_get(live, "at_intake")));
	ck_assert_uint_eq(records(aside), 1);
	ck_assert(json_is_true(json_object_get(aside, "at_intake")));
	ck_assert_str_eq(page(aside, 0), SECRET);
	ck_assert_str_ne(json_text(aside, "as_of"), "");
	json_decref(live);
	json_decref(aside);
	ck_assert_int_eq(
	    holds_site_entries(&packages_site, "snapshot_taken"), 1);
}
END_TEST

/* What was judged at intake is told in the words of the package. */
START_TEST(the_copy_speaks_the_persons_language)
{
	const struct package_order german = { "de", NULL };
	const char *id = packages_verified("P1");
	char command[500];
	struct buf zip = BUF_INIT;
	json_t *a;

	ck_assert_int_eq(taken(id), 3);
	purge();
	a = packages_built(id, &german, packages_by(0));
	packages_taken(json_text(a, "token"), &zip);
	(void)snprintf(
	    command, sizeof(command), "%s/de.zip", packages_site.folder);
	ck_assert_int_eq(file_replace(command, zip.data, zip.len, 0600), ST_OK);
	(void)snprintf(command, sizeof(command),
	    "cd %s && unzip -p de.zip '*/data/" ASIDE "' >aside &&"
	    " grep -q 'die Frist ist um' aside && ! grep -q period aside",
	    packages_site.folder);
	ck_assert_int_eq(system(command), 0);
	buf_release(&zip);
	json_decref(a);
}
END_TEST

START_TEST(nothing_that_is_still_there_stands_twice)
{
	const char *id = packages_verified("P1");

	ck_assert_int_eq(taken(id), 3);
	ck_assert_ptr_null(packages_data(id, ASIDE));
}
END_TEST

/* Reduced, not deleted: the answer has it as it was, and as it is. */
START_TEST(what_was_changed_since_stands_as_it_was)
{
	const char *id = packages_verified("P1");
	json_t *aside;

	ck_assert_int_eq(taken(id), 3);
	holds_site_do(
	    &packages_site, WEB, "UPDATE visits SET page = NULL WHERE id = 1");
	aside = packages_data(id, ASIDE);
	ck_assert_uint_eq(records(aside), 1);
	ck_assert_str_eq(page(aside, 0), SECRET);
	json_decref(aside);
}
END_TEST

/* The person's own record goes, which leads to all others. */
START_TEST(what_leads_on_takes_all_along)
{
	const char *id;
	json_t *live, *aside;

	holds_site_do(&packages_site, CRM,
	    "UPDATE contracts SET ends = '2020-01-31' WHERE person = 'P1'");
	holds_site_do(&packages_site, WEB,
	    "UPDATE visits SET at = '2999-01-01' WHERE id = 3");
	id = packages_verified("P1");
	ck_assert_int_eq(taken(id), 6);
	purge();
	ck_assert_int_eq(holds_site_count(&packages_site, CRM,
			     "SELECT count(*) FROM people WHERE id = 'P1'"),
	    0);
	live = packages_data(id, LIVE);
	aside = packages_data(id, ASIDE);
	ck_assert_ptr_null(live);
	ck_assert_uint_eq(records(aside), 3);
	json_decref(aside);
}
END_TEST

START_TEST(nothing_of_another_person_is_kept_aside)
{
	const char *id = packages_verified("P2");
	json_t *aside;

	holds_site_do(&packages_site, WEB,
	    "UPDATE visits SET at = '2020-01-01' WHERE id = 4");
	ck_assert_int_eq(taken(id), 1);
	purge();
	aside = packages_data(id, ASIDE);
	ck_assert_uint_eq(records(aside), 1);
	ck_assert_str_ne(page(aside, 0), SECRET);
	json_decref(aside);
}
END_TEST

START_TEST(nothing_of_it_stands_on_the_disk_or_in_the_log)
{
	char command[400], *log;
	const char *id = packages_verified("P1");

	ck_assert_int_eq(taken(id), 3);
	(void)snprintf(command, sizeof(command), "! grep -rqa " SECRET " %s",
	    packages_site.folder);
	ck_assert_int_eq(system(command), 0);
	log = holds_site_log(&packages_site);
	ck_assert_ptr_null(strstr(log, SECRET));
	free(log);
	ck_assert_int_eq(packages_exports(), 1);
	ck_assert_int_eq(packages_keys(), 1);
}
END_TEST

START_TEST(other_requests_and_nobodys_have_none)
{
	ck_assert_int_eq(
	    taken(packages_verified_for(REQUEST_ERASURE, "person_id", "P1")),
	    -1);
	ck_assert_int_eq(rows("all"), 0);
	ck_assert_int_eq(taken(packages_verified("P404")), 0);
	ck_assert_int_eq(rows("all"), 1);
	ck_assert_int_eq(packages_exports(), 0);
	ck_assert_int_eq(packages_keys(), 0);
}
END_TEST

/* ---- how it ends ---- */

static void gone(const char *why)
{
	struct stmt *s = NULL;

	ck_assert_int_eq(packages_exports(), 0);
	ck_assert_int_eq(packages_keys(), 0);
	ck_assert_int_eq(rows("open"), 0);
	ck_assert_int_eq(
	    holds_site_entries(&packages_site, "snapshot_deleted"), 1);
	MUST(db_query(IN->control, "SELECT why FROM snapshot", NOARGS, &s) ==
		     ST_OK &&
		 db_row(s) == ST_OK,
	    "%s", status_text());
	ck_assert_str_eq(db_text(s, 0), why);
	db_done(s);
}

START_TEST(withdrawal_ends_it)
{
	struct rights_actor ada = packages_by(0);
	const char *id = packages_verified("P1");

	ck_assert_int_eq(taken(id), 3);
	ck_assert_int_eq(swept(0), 0);
	ck_assert_int_eq(rights_withdraw(IN, &ada, id, NULL, NULL), ST_OK);
	ck_assert_int_eq(swept(0), 1);
	gone("closed");
	ck_assert_int_eq(swept(0), 0);
}
END_TEST

START_TEST(refusal_ends_it)
{
	const struct rights_decision d = { REQUEST_TO_REFUSE,
		"rights_of_others", "PPC", "A word." };
	struct rights_actor ada = packages_by(0);
	const char *id = packages_verified("P1");

	ck_assert_int_eq(taken(id), 3);
	MUST(rights_decide(IN, &ada, id, &d, NULL) == ST_OK, "%s",
	    status_text());
	ck_assert_int_eq(swept(0), 1);
	gone("closed");
}
END_TEST

START_TEST(delivery_ends_it_and_not_the_package)
{
	const struct rights_decision d = { REQUEST_TO_FULFIL, NULL, NULL,
		NULL };
	struct rights_actor ada = packages_by(0);
	const char *id = packages_verified("P1");
	struct buf bytes = BUF_INIT;
	json_t *a;

	ck_assert_int_eq(taken(id), 3);
	a = packages_built(id, &packages_english, ada);
	MUST(rights_decide(IN, &ada, id, &d, NULL) == ST_OK &&
		 rights_fulfil(IN, &ada, id, NULL, NULL) == ST_OK,
	    "%s", status_text());
	ck_assert_int_eq(swept(0), 1);
	ck_assert_int_eq(rows("open"), 0);
	ck_assert_int_eq(packages_exports(), 1);
	packages_taken(json_text(a, "token"), &bytes);
	buf_release(&bytes);
	json_decref(a);
}
END_TEST

START_TEST(its_own_retention_ends_it)
{
	const char *id = packages_verified("P1");

	ck_assert_int_eq(taken(id), 3);
	ck_assert_int_eq(swept(179 * DAY), 0);
	ck_assert_int_eq(swept(180 * DAY), 1);
	gone("expired");
}
END_TEST

START_TEST(an_erasure_takes_it_along)
{
	const struct rights_decision all = { REQUEST_TO_FULFIL, NULL, NULL,
		NULL };
	struct rights_actor ada = packages_by(0);
	char access[24];
	const char *id = packages_verified("P1");
	json_t *out = NULL;

	(void)snprintf(access, sizeof(access), "%s", id);
	ck_assert_int_eq(taken(access), 3);
	id = packages_verified_for(REQUEST_ERASURE, "nick", PLANTED);
	MUST(rights_plan(IN, &ada, id, &out) == ST_OK, "%s", status_text());
	json_decref(out);
	MUST(rights_decide(IN, &ada, id, &all, NULL) == ST_OK, "%s",
	    status_text());
	ada.name = "os:eve";
	if (rights_approve(IN, &ada, id, NULL) != ST_OK)
		status_clear(); /* one was enough */
	MUST(rights_execute(IN, &ada, id, RIGHTS_TELL_NOT, &out) == ST_OK, "%s",
	    status_text());
	json_decref(out);
	/* Revoked already: nothing of it comes back, swept or not. */
	out = packages_built(access, &packages_english, packages_by(10));
	ck_assert_int_eq(json_int(out, "records"), 0);
	json_decref(out);
	(void)swept(0);
	ck_assert_int_eq(rows("open"), 0);
	ck_assert_int_eq(
	    holds_site_entries(&packages_site, "snapshot_deleted"), 1);
}
END_TEST

/* ---- what is missing ---- */

static long long renewed(const char *what)
{
	struct rights_actor ada = packages_by(0);
	json_t *o = NULL;
	long long n;

	MUST(snapshot_renew(IN, &ada, ada.now, &o) == ST_OK, "%s",
	    status_text());
	n = json_int(o, what);
	json_decref(o);
	return n;
}

START_TEST(a_purge_takes_those_that_are_missing_and_no_others)
{
	struct rights_actor ada = packages_by(0);
	char first[24];

	(void)snprintf(first, sizeof(first), "%s", packages_verified("P1"));
	ck_assert_int_eq(taken(packages_verified("P404")), 0);
	ck_assert_int_eq(renewed("taken"), 1);
	ck_assert_int_eq(renewed("taken"), 0);
	/* The answer is late. */
	MUST(db_exec(IN->control,
		 "UPDATE snapshot SET until_at = 1 WHERE name IS NOT NULL",
		 NOARGS) == ST_OK,
	    "%s", status_text());
	ck_assert_int_eq(renewed("taken"), 1);
	/* Reopened: what was closed has none any more. */
	MUST(rights_withdraw(IN, &ada, first, NULL, NULL) == ST_OK, "%s",
	    status_text());
	ck_assert_int_eq(swept(0), 2);
	ck_assert_int_eq(renewed("taken"), 0);
	MUST(rights_reopen(IN, &ada, first, "asked again", NULL) == ST_OK, "%s",
	    status_text());
	ck_assert_int_eq(renewed("taken"), 1);
	ck_assert_int_eq(renewed("failed"), 0);
}
END_TEST

/* ---- whatever happens ---- */

static void take_and_die(const char *id, long nth)
{
	struct rights_actor ada = packages_by(0);
	struct installation in;
	json_t *out = NULL;

	holds_site_load(&packages_site, &in);
	test_alloc_kill(nth);
	if (snapshot_take(&in, &ada, id, &out) != ST_OK)
		_exit(1);
	_exit(0);
}

START_TEST(killed_at_any_time_the_next_purge_takes_it)
{
	const char *id = packages_verified("P1");
	int status = -1, ends = 0;
	json_t *aside;

	for (long nth = 1; !ends && nth < 1000000; nth += 1 + nth / 4) {
		pid_t child = fork();

		if (child == 0)
			take_and_die(id, nth);
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		ends = WIFEXITED(status) && WEXITSTATUS(status) == 0;
		ck_assert(ends || WIFSIGNALED(status));
		/* A row stands for a file that is whole. */
		(void)swept(0);
		ck_assert_int_eq(packages_exports(), rows("open"));
		ck_assert_int_eq(packages_keys(), rows("open"));
		if (!ends && rows("open"))
			break;
	}
	(void)renewed("taken");
	ck_assert_int_ge(rows("open"), 1);
	purge();
	aside = packages_data(id, ASIDE);
	ck_assert_uint_eq(records(aside), 1);
	json_decref(aside);
}
END_TEST

START_TEST(a_changed_one_is_no_answer)
{
	struct rights_actor ada = packages_by(0);
	const char *id = packages_verified("P1");
	char command[500];
	json_t *out = NULL;

	ck_assert_int_eq(taken(id), 3);
	(void)snprintf(command, sizeof(command),
	    "f=$(ls %s/var/exports/[0-9a-f]*) && truncate -s -1 \"$f\"",
	    packages_site.folder);
	ck_assert_int_eq(system(command), 0);
	ck_assert_int_eq(
	    package_build(IN, &ada, id, &packages_english, &out), ST_INTEGRITY);
}
END_TEST

START_TEST(out_of_memory_leaves_nothing)
{
	struct rights_actor ada = packages_by(0);
	const char *id = packages_verified("P1");
	json_t *out = NULL;
	enum status st;
	long nth = 0;

	for (;; nth += 1 + nth / 4) {
		test_alloc_fuse(nth);
		st = snapshot_take(IN, &ada, id, &out);
		test_alloc_fuse(-1);
		if (st == ST_OK)
			break;
		ck_assert_msg(nth < 1000000, "%s", status_text());
	}
	json_decref(out);
	ck_assert_int_gt(nth, 100);
	(void)swept(0);
	ck_assert_int_eq(packages_exports(), rows("open"));
	ck_assert_int_eq(packages_keys(), rows("open"));
}
END_TEST

Suite *snapshot_suite(void)
{
	Suite *s = suite_create("snapshot");
	TCase *t = tcase_create("snapshot");

	tcase_add_checked_fixture(t, setup, packages_teardown);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, a_purge_between_neither_waits_nor_empties_the_answer);
	tcase_add_test(t, the_copy_speaks_the_persons_language);
	tcase_add_test(t, nothing_that_is_still_there_stands_twice);
	tcase_add_test(t, what_was_changed_since_stands_as_it_was);
	tcase_add_test(t, what_leads_on_takes_all_along);
	tcase_add_test(t, nothing_of_another_person_is_kept_aside);
	tcase_add_test(t, nothing_of_it_stands_on_the_disk_or_in_the_log);
	tcase_add_test(t, other_requests_and_nobodys_have_none);
	tcase_add_test(t, withdrawal_ends_it);
	tcase_add_test(t, refusal_ends_it);
	tcase_add_test(t, delivery_ends_it_and_not_the_package);
	tcase_add_test(t, its_own_retention_ends_it);
	tcase_add_test(t, an_erasure_takes_it_along);
	tcase_add_test(t, a_purge_takes_those_that_are_missing_and_no_others);
	tcase_add_test(t, killed_at_any_time_the_next_purge_takes_it);
	tcase_add_test(t, a_changed_one_is_no_answer);
	tcase_add_test(t, out_of_memory_leaves_nothing);
	suite_add_tcase(s, t);
	return s;
}
