/*
 * engine/rights: whoever is killed in a verb, or runs out of memory, leaves all
 * of it or nothing, and the log is told exactly once; two processes that act on
 * one request act one after the other; what is closed goes by its own rule.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/rights/retention.h"
#include "engine/rights/rights.h"
#include "tests/holds.h"
#include "tests/suites.h"

static struct holds_site site;
#define IN (&site.in)

static void setup(void) { holds_site_init(&site, 1); }
static void teardown(void) { holds_site_release(&site); }

static struct rights_actor by(const char *name)
{
	return (struct rights_actor){ name, REQUEST_BY_OPERATOR, when_now() };
}

static void open_one(const char *identity, const char *value, char id[24])
{
	struct rights_actor ada = by("os:ada");
	const struct rights_order o = { REQUEST_ACCESS, REQUEST_GDPR,
		REQUEST_EMAIL, identity, value, ada.now, "PlantedWords" };
	json_t *out = NULL;

	MUST(rights_open(IN, &ada, &o, &out) == ST_OK, "%s", status_text());
	(void)snprintf(id, 24, "%s", json_text(out, "id"));
	json_decref(out);
}

/* ---- every verb, cut off ---- */

static const struct rights_decision refusal = { REQUEST_TO_REFUSE, "no_ground",
	"The authority", "None applies." };

static enum status verb(int which, const char *id)
{
	struct rights_actor ada = by("os:ada");
	const struct rights_order o = { REQUEST_ACCESS, REQUEST_GDPR,
		REQUEST_EMAIL, "person_id", "P2", ada.now, NULL };

	switch (which) {
	case 0: return rights_open(IN, &ada, &o, NULL);
	case 1: return rights_verify(IN, &ada, id, "login", ada.now, NULL);
	case 2: return rights_suspend(IN, &ada, id, ada.now, "which?", NULL);
	case 3: return rights_resume(IN, &ada, id, ada.now, NULL);
	case 4: return rights_extend(IN, &ada, id, "complexity", ada.now, NULL);
	case 5: return rights_decide(IN, &ada, id, &refusal, NULL);
	default: return rights_reopen(IN, &ada, id, "again", NULL);
	}
}
#define VERBS 7

/* How many events it is: a refusal is decided, approved and closed. */
static int64_t events_of(int which) { return which == 5 ? 3 : 1; }

static int64_t events(void)
{
	return holds_site_registry(&site, "SELECT count(*) FROM request_event");
}

/* Rows and the log say the same. */
static void check_whole(void)
{
	ck_assert_int_eq(holds_site_registry(&site,
			     "SELECT count(*) FROM request AS r WHERE state <>"
			     " (SELECT to_state FROM request_event"
			     " WHERE request = r.number"
			     " ORDER BY number DESC LIMIT 1)"),
	    0);
	ck_assert_int_eq(holds_site_registry(&site,
			     "SELECT count(*) FROM request WHERE number NOT IN"
			     " (SELECT request FROM request_person)"),
	    0);
}

static int64_t told(void)
{
	char *log = holds_site_log(&site), *p = log;
	int64_t n = 0;

	while ((p = strstr(p, "\"action\":\"request_")) != NULL) {
		p++;
		n++;
	}
	free(log);
	return n;
}

/* A child does ${which} and dies at its ${nth} allocation. */
static int killed(int which, const char *id, long nth)
{
	int status = 0;
	pid_t child = fork();

	MUST(child >= 0, "fork");
	if (child == 0) {
		struct installation in = { 0 };

		holds_site_open(&site, &in);
		site.in = in;
		test_alloc_kill(nth);
		_exit(verb(which, id) == ST_OK ? 0 : 1);
	}
	MUST(waitpid(child, &status, 0) == child, "waitpid");
	MUST(WIFSIGNALED(status) || WEXITSTATUS(status) == 0,
	    "verb %d, not killed at %ld, failed", which, nth);
	return WIFSIGNALED(status);
}

/* Verb by verb; each is killed later and later until it comes to its end. */
START_TEST(killed_anywhere_a_verb_is_done_or_not)
{
	char id[24];
	int64_t before;
	long nth;

	open_one("person_id", "P1", id);
	for (int which = 0; which < VERBS; which++) {
		int done = 0;

		for (nth = 1; !done; nth += 13) {
			before = events();
			done = !killed(which, id, nth);
			check_whole();
			ck_assert_int_le(events(), before + events_of(which));
			/* It was carried out, and then killed. */
			if (!done && which && events() > before)
				done = 1;
		}
		ck_assert_int_gt(nth, 14);
	}
	/* Whatever the log was not told, the next verb tells. */
	ck_assert_int_eq(verb(0, NULL), ST_OK);
	ck_assert_int_eq(told(), events());
}
END_TEST

START_TEST(without_memory_a_verb_is_done_or_not)
{
	char id[24];
	enum status st = ST_NOMEM;
	int64_t before;

	open_one("person_id", "P1", id);
	for (int which = 0; which < VERBS; which++)
		for (long nth = 0;; nth++) {
			before = events();
			test_alloc_fuse(nth);
			st = verb(which, id);
			test_alloc_fuse(-1);
			check_whole();
			if (st == ST_OK)
				break;
			ck_assert_int_le(events(), before + events_of(which));
			/* Only the log had to wait. */
			if (events() > before && which)
				break;
		}
	ck_assert_int_eq(verb(0, NULL), ST_OK);
	ck_assert_int_eq(told(), events());
}
END_TEST

/* ---- two at once ---- */

#define TIMES 20

/* Suspends and resumes; what the other did meanwhile is refused or waited
 * for, never half done. */
static void act(const char *id)
{
	struct installation in = { 0 };
	struct rights_actor me = by("os:child");
	enum status st;

	holds_site_open(&site, &in);
	for (int i = 0; i < TIMES; i++) {
		st = rights_suspend(&in, &me, id, me.now, "which?", NULL);
		if (st == ST_OK || st == ST_DENIED || st == ST_BUSY)
			st = rights_resume(&in, &me, id, me.now, NULL);
		if (st != ST_OK && st != ST_DENIED && st != ST_BUSY)
			_exit(1);
	}
	_exit(0);
}

START_TEST(two_who_act_on_one_request_take_turns)
{
	pid_t children[2];
	char id[24];
	int status;

	open_one("person_id", "P1", id);
	ck_assert_int_eq(verb(1, id), ST_OK);
	for (int i = 0; i < 2; i++) {
		children[i] = fork();
		MUST(children[i] >= 0, "fork");
		if (children[i] == 0)
			act(id);
	}
	for (int i = 0; i < 2; i++) {
		MUST(waitpid(children[i], &status, 0) == children[i], "wait");
		ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	check_whole();
	ck_assert_int_gt(events(), 2 + TIMES / 2);
	/* What is asked for is answered before it is asked for again. */
	ck_assert_int_le(
	    holds_site_registry(&site, "SELECT count(*) FROM request_stop"
				       " WHERE ended_day IS NULL"),
	    1);
	ck_assert_int_eq(verb(0, NULL), ST_OK);
	ck_assert_int_eq(told(), events());
}
END_TEST

/* ---- the end ---- */

static void closed(const char *id, int64_t days_ago)
{
	struct rights_actor ada = by("os:ada");

	MUST(rights_withdraw(IN, &ada, id, NULL, NULL) == ST_OK, "%s",
	    status_text());
	MUST(db_exec(IN->control,
		 "UPDATE request SET closed_day = closed_day - $2"
		 " WHERE id = $1",
		 ARGS(TEXT(id), INT(days_ago))) == ST_OK,
	    "%s", status_text());
}

static void expect_run(
    enum retention_mode mode, int64_t due, int64_t deleted, int64_t held)
{
	json_t *out = NULL;

	MUST(retention_run(IN, mode, "os:cron", when_now(), &out) == ST_OK,
	    "%s", status_text());
	ck_assert_int_eq(json_int(out, "due"), due);
	ck_assert_int_eq(json_int(out, "deleted"), deleted);
	ck_assert_int_eq(json_int(out, "held"), held);
	json_decref(out);
}

static int64_t left(void)
{
	return holds_site_registry(&site, "SELECT count(*) FROM request");
}

START_TEST(closed_requests_go_when_their_retention_is_over)
{
	char open[24], old[24], young[24];

	open_one("person_id", "P1", open);
	open_one("person_id", "P1", old);
	open_one("person_id", "P1", young);
	closed(old, 31);
	closed(young, 30);
	/* No rule: for ever. */
	expect_run(RETENTION_DELETE, 0, 0, 0);
	site.in.config.requests.retention.days = 30;
	expect_run(RETENTION_LOOK, 1, 0, 0);
	ck_assert_int_eq(left(), 3);
	expect_run(RETENTION_DELETE, 1, 1, 0);
	ck_assert_int_eq(left(), 2);
	ck_assert_int_eq(holds_site_entries(&site, "requests_deleted"), 1);
	ck_assert_int_eq(holds_site_registry(&site,
			     "SELECT count(*) FROM request_person AS p"
			     " LEFT JOIN request AS r ON r.number = p.request"
			     " WHERE r.number IS NULL"),
	    0);
	expect_run(RETENTION_DELETE, 0, 0, 0);
	ck_assert_int_eq(holds_site_entries(&site, "requests_deleted"), 1);
}
END_TEST

/* Held by the same words, or as one whom another identity finds. */
static const struct {
	const char *identity;
	const char *value;
	int held;
} people[] = {
	{ "person_id", "P1", 1 },
	{ "nickname", "P1-san", 1 },
	{ "person_id", "P2", 0 },
	{ "nickname", "P2-san", 0 },
	{ "person_id", "P777", 0 },
};

START_TEST(what_is_held_stays)
{
	const struct holds_scope scope = { .identity = "person_id",
		.value = "P1" };
	char id[24], hold[24];

	holds_site_replace(&site, "crm.yml", "[user.name]}",
	    "[user.name], fides_meta: {identity: nickname}}");
	holds_site_do(&site, CRM, "UPDATE people SET name = id || '-san'");
	open_one(people[_i].identity, people[_i].value, id);
	closed(id, 31);
	holds_site_place(&site, scope, "litigation", hold);
	site.in.config.requests.retention.days = 30;
	expect_run(RETENTION_DELETE, 1, !people[_i].held, people[_i].held);
	ck_assert_int_eq(left(), people[_i].held);
}
END_TEST

START_TEST(a_request_that_a_duplicate_names_goes_after_it)
{
	struct rights_actor ada = by("os:ada");
	char first[24], second[24];

	open_one("person_id", "P1", first);
	open_one("person_id", "P1", second);
	MUST(rights_mark_duplicate(IN, &ada, second, first, NULL) == ST_OK,
	    "%s", status_text());
	closed(first, 31);
	site.in.config.requests.retention.days = 30;
	expect_run(RETENTION_DELETE, 1, 0, 0);
	MUST(db_exec(IN->control,
		 "UPDATE request SET closed_day = closed_day - 31"
		 " WHERE id = $1",
		 ARGS(TEXT(second))) == ST_OK,
	    "%s", status_text());
	expect_run(RETENTION_DELETE, 2, 2, 0);
	ck_assert_int_eq(left(), 0);
}
END_TEST

Suite *requests_kill_suite(void)
{
	Suite *s = suite_create("requests_kill");
	TCase *t = tcase_create("cut off"), *r = tcase_create("retention");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, killed_anywhere_a_verb_is_done_or_not);
	tcase_add_test(t, without_memory_a_verb_is_done_or_not);
	tcase_add_test(t, two_who_act_on_one_request_take_turns);
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(r, setup, teardown);
	tcase_add_test(r, closed_requests_go_when_their_retention_is_over);
	tcase_add_loop_test(
	    r, what_is_held_stays, 0, sizeof(people) / sizeof(people[0]));
	tcase_add_test(r, a_request_that_a_duplicate_names_goes_after_it);
	suite_add_tcase(s, r);
	return s;
}
