/*
 * engine/consent: whoever is killed in a verb, or runs out of memory, leaves
 * all of it or nothing; the log is told exactly once; the stores get the end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/base/when.h"
#include "engine/consent/ends.h"
#include "engine/consent/preference.h"
#include "engine/consent/receipt.h"
#include "engine/consent/sweep.h"
#include "tests/consents.h"
#include "tests/suites.h"

static struct holds_site site;
#define IN  (&site.in)
#define NOW INT64_C(1800000000)
#define OLD INT64_C(1500000000)

static char many[160]; /* a file to import */

static void setup(void)
{
	static const char lines[] = "identity,value,notice,kind,at,language\n"
				    "person_id,P2,news,given,2026-01-01,en\n"
				    "person_id,P3,news,refused,2026-01-01,en\n"
				    "person_id,P4,study,given,2026-01-01,en\n";

	consents_init(&site);
	(void)snprintf(many, sizeof(many), "%s/many.csv", site.folder);
	MUST(file_create(many, lines, strlen(lines), 0600) == ST_OK, "%s",
	    status_text());
}
static void teardown(void) { holds_site_release(&site); }

/* ---- every verb, cut off ---- */

enum { GIVE, WITHDRAW, IMPORT, SET, PENDING, ACKNOWLEDGE, SWEEP, VERBS };

static enum status verb(int which, json_t **out)
{
	struct rights_actor ada = consents_by(NOW);
	struct consent_order o =
	    consents_order("P1", "news", 2, CONSENT_GIVEN, NOW);
	const struct preference_order p = { "person_id", "P1", "data",
		which == SET ? "all" : NULL, "app", 1 };

	switch (which) {
	case GIVE: return consent_record(IN, &ada, &o, out);
	case WITHDRAW:
		o.notice = NULL;
		return consent_withdraw(IN, &ada, &o, NULL, out);
	case IMPORT: return consent_import(IN, &ada, many, CONSENT_CSV, out);
	case SET: return preference_set(IN, &ada, &p, out);
	case PENDING: return preference_pending(IN, &ada, 10, out);
	case ACKNOWLEDGE: return preference_acknowledge(IN, &ada, &p, out);
	default: return consent_sweep(IN, SWEEP_DELETE, &ada, NOW, out);
	}
}

static enum status do_verb(int which)
{
	json_t *out = NULL;
	enum status st = verb(which, &out);

	json_decref(out);
	return st;
}

/* One of long ago, that its rule takes, as it takes those of people of whom
 * there is nothing else. */
static void prepare(int which)
{
	struct rights_actor ada = consents_by(NOW);
	struct consent_order o =
	    consents_order("P2", "study", 1, CONSENT_REFUSED, OLD);
	json_t *out = NULL;

	if (which != SWEEP)
		return;
	MUST(consent_record(IN, &ada, &o, &out) == ST_OK, "%s", status_text());
	json_decref(out);
}

static int64_t number(void)
{
	return holds_site_registry(&site,
	    "SELECT (SELECT count(*) FROM consent_record) * 1000"
	    " + (SELECT count(*) FROM preference_change) * 10"
	    " + (SELECT count(*) FROM preference_change"
	    " WHERE acknowledged_at IS NOT NULL)");
}

/* What happened has as many rows as the log was and is to be told. */
static void check_whole(int64_t before, int which)
{
	static const int64_t step[VERBS] = { [GIVE] = 1000,
		[WITHDRAW] = 1000,
		[IMPORT] = 3000,
		[SET] = 10,
		[ACKNOWLEDGE] = 1,
		[SWEEP] = -3000 };
	int64_t by = number() - before;

	MUST(by == 0 || by == step[which], "verb %d: by %lld", which,
	    (long long)by);
	/* Told is told once, and in order. */
	(void)consents_told(&site);
}

/* A child does ${which} and dies at its ${nth} allocation. */
static int killed(int which, long nth)
{
	int status = 0;
	pid_t child = fork();

	MUST(child >= 0, "fork");
	if (child == 0) {
		struct installation in = { 0 };

		holds_site_open(&site, &in);
		site.in = in;
		test_alloc_kill(nth);
		_exit(do_verb(which) == ST_OK ? 0 : 1);
	}
	MUST(waitpid(child, &status, 0) == child, "waitpid");
	MUST(WIFSIGNALED(status) || WEXITSTATUS(status) == 0,
	    "verb %d, not killed at %ld, failed", which, nth);
	return WIFSIGNALED(status);
}

/* All that is open is told, and the stores know every end. */
static void finish(void)
{
	struct rights_actor ada = consents_by(NOW);

	MUST(ends_mark(IN, &ada) == ST_OK, "%s", status_text());
	ck_assert_int_eq(do_verb(PENDING), ST_OK);
	ck_assert_int_eq(
	    holds_site_registry(&site, "SELECT count(*) FROM consent_entry"),
	    0);
	ck_assert_int_eq(
	    holds_site_registry(&site, "SELECT count(*) FROM consent_record"
				       " WHERE marked = 0"),
	    0);
	/* As many of each as there are records; those that went were told. */
	ck_assert_int_eq(holds_site_entries(&site, "consent_given") +
			     holds_site_entries(&site, "consent_refused") +
			     holds_site_entries(&site, "consent_withdrawn"),
	    holds_site_registry(&site, "SELECT seq FROM sqlite_sequence"
				       " WHERE name = 'consent_record'"));
	ck_assert_int_eq(holds_site_entries(&site, "preference_set"),
	    holds_site_registry(
		&site, "SELECT count(*) FROM preference_change"));
}

START_TEST(killed_anywhere_a_verb_is_done_or_not)
{
	for (int which = 0; which < VERBS; which++) {
		int64_t before = 0;
		int done = 0;
		long nth;

		prepare(which);
		for (nth = 1; !done; nth += 29) {
			before = number();
			done = !killed(which, nth);
			check_whole(before, which);
			/* It was carried out, and then killed. */
			if (number() != before)
				done = 1;
		}
		ck_assert_int_gt(nth, 30);
		if (which == WITHDRAW) {
			struct rights_actor ada = consents_by(NOW);

			MUST(ends_mark(IN, &ada) == ST_OK, "%s", status_text());
			ck_assert_int_eq(holds_site_count(&site, CRM,
					     "SELECT count(*) FROM contracts"
					     " WHERE person = 'P1' AND"
					     " ends = '2027-01-15T08:00:00Z'"),
			    2);
		}
	}
	finish();
}
END_TEST

START_TEST(without_memory_a_verb_is_done_or_not)
{
	for (int which = 0; which < VERBS; which++) {
		enum status st = ST_NOMEM;
		int64_t before;

		prepare(which);
		for (long nth = 0; st != ST_OK; nth++) {
			before = number();
			test_alloc_fuse(nth);
			st = do_verb(which);
			test_alloc_fuse(-1);
			check_whole(before, which);
			/* Only the log or a store had to wait. */
			if (number() != before)
				break;
		}
	}
	finish();
}
END_TEST

START_TEST(without_memory_nothing_is_shown_in_part)
{
	const struct reach_subject who = { "person_id", "P1" };
	struct rights_actor ada = consents_by(NOW);
	struct consent_order o =
	    consents_order("P1", "news", 2, CONSENT_GIVEN, NOW);
	json_t *one = NULL, *out;
	enum status st;
	char id[64];

	MUST(consent_record(IN, &ada, &o, &one) == ST_OK, "%s", status_text());
	(void)snprintf(id, sizeof(id), "%s", json_text(one, "id"));
	json_decref(one);
	for (int which = 0; which < 5; which++) {
		st = ST_NOMEM;
		for (long nth = 0; st != ST_OK; nth++) {
			out = NULL;
			test_alloc_fuse(nth);
			if (which == 0)
				st = consent_show(IN, &who, NOW, &out);
			else if (which == 1)
				st = consent_prove(IN, &who, "p", NOW, &out);
			else if (which == 2)
				st = consent_list(IN, &out);
			else if (which == 3)
				st = preference_show(IN, &who, &out);
			else
				st = receipt_make(IN, &ada, id, &out);
			test_alloc_fuse(-1);
			MUST((st == ST_OK) == (out != NULL), "%d at %ld", which,
			    nth);
			json_decref(out);
			MUST(nth < 100000, "it never ends");
		}
	}
}
END_TEST

Suite *consent_kill_suite(void)
{
	Suite *s = suite_create("consent_kill");
	TCase *t = tcase_create("kill");

	tcase_set_timeout(t, 400);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, killed_anywhere_a_verb_is_done_or_not);
	tcase_add_test(t, without_memory_a_verb_is_done_or_not);
	tcase_add_test(t, without_memory_nothing_is_shown_in_part);
	suite_add_tcase(s, t);
	return s;
}
