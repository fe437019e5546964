/*
 * engine/rights, engine/purge: an erasure over two stores, killed at any
 * instant, and two of them at once.  Guards invariant 3: every record that goes
 * is in evidence once, whatever crashed when.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/purge/erase.h"
#include "engine/purge/purge.h"
#include "engine/rights/erasure.h"
#include "engine/rights/step.h"
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

/* Up to its approval: contract 1 goes, and visits 1 and 2. */
static const char *approved(void)
{
	static char id[BOOK_ID];
	struct rights_actor ada = by("os:ada"), bob = by("os:bob");
	const struct rights_order o = { REQUEST_ERASURE, REQUEST_GDPR,
		REQUEST_EMAIL, "person_id", "P1", ada.now, NULL };
	const struct rights_decision d = { REQUEST_TO_FULFIL_PARTLY,
		"legal_claims", "The authority", "A contract runs." };
	json_t *out = NULL, *plan = NULL;

	MUST(rights_open(IN, &ada, &o, &out) == ST_OK, "%s", status_text());
	(void)snprintf(id, sizeof(id), "%s", json_text(out, "id"));
	json_decref(out);
	MUST(rights_verify(IN, &ada, id, "login", ada.now, NULL) == ST_OK &&
		 rights_plan(IN, &ada, id, &plan) == ST_OK &&
		 rights_decide(IN, &ada, id, &d, NULL) == ST_OK &&
		 rights_approve(IN, &bob, id, NULL) == ST_OK,
	    "%s", status_text());
	ck_assert_int_eq(json_int(plan, "records"), 3);
	json_decref(plan);
	return id;
}

static enum status execute(const char *id)
{
	struct rights_actor ada = by("os:ada");
	json_t *out = NULL;
	enum status st = rights_execute(IN, &ada, id, RIGHTS_TELL_NOT, &out);

	json_decref(out);
	return st;
}

/* Once, whoever was cut off between the log and what says that it has it. */
static const char *const cuts[] = {
	"CREATE TRIGGER cut BEFORE INSERT ON run"
	" BEGIN SELECT RAISE(ABORT, 'cut'); END",
	"CREATE TRIGGER cut BEFORE UPDATE OF finished_at ON run"
	" BEGIN SELECT RAISE(ABORT, 'cut'); END",
};

START_TEST(the_log_says_once_that_it_began_and_ended)
{
	const char *id = approved();

	MUST(db_script(IN->control, cuts[_i]) == ST_OK, "%s", status_text());
	ck_assert_int_ne(execute(id), ST_OK);
	MUST(db_script(IN->control, "DROP TRIGGER cut") == ST_OK, "%s",
	    status_text());
	MUST(execute(id) == ST_OK, "%s", status_text());
	ck_assert_int_eq(holds_site_entries(&site, "purge_started"), 1);
	ck_assert_int_eq(holds_site_entries(&site, "purge_finished"), 1);
	ck_assert_int_eq(
	    holds_site_registry(&site, "SELECT count(*) FROM run"
				       " WHERE finished_at IS NOT NULL"),
	    1);
}
END_TEST

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
		_exit(execute(id) == ST_OK ? 0 : 1);
	}
	(void)nanosleep(&wait, NULL);
	(void)kill(child, SIGKILL);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
}

static void check_done(const char *id)
{
	json_t *out = NULL;

	ck_assert_int_eq(
	    holds_site_count(&site, CRM, "SELECT count(*) FROM contracts"), 2);
	ck_assert_int_eq(
	    holds_site_count(&site, WEB, "SELECT count(*) FROM visits"), 2);
	ck_assert_int_eq(holds_site_count(&site, CRM,
			     "SELECT sum(records) FROM lethe_evidence"),
	    1);
	ck_assert_int_eq(holds_site_count(&site, WEB,
			     "SELECT sum(records) FROM lethe_evidence"),
	    2);
	ck_assert_int_eq(
	    holds_site_entries(&site, "request_partly_fulfilled"), 1);
	ck_assert_int_eq(holds_site_registry(&site,
			     "SELECT count(*) FROM request_plan"
			     " WHERE targets IS NULL AND done_at IS NOT NULL"),
	    1);
	ck_assert_int_eq(rights_show(IN, id, when_now(), &out), ST_OK);
	ck_assert_str_eq(json_text(out, "state"), "partly_fulfilled");
	json_decref(out);
}

START_TEST(whoever_is_killed_is_finished_by_the_next)
{
	const char *id = approved();
	enum status st;

	killed_after(id, 4000L * (_i + 1));
	holds_site_close(&site);
	holds_site_open(&site, IN);
	st = execute(id);
	/* It had come to its end: once is enough. */
	MUST(st == ST_OK || st == ST_DENIED, "%s", status_text());
	/* Killed before it told the log, it is told by the next that changes
	 * a request. */
	MUST(events_ship(IN) == ST_OK, "%s", status_text());
	check_done(id);
}
END_TEST

START_TEST(a_purge_and_an_erasure_are_never_at_work_together)
{
	const char *id = approved();
	char path[300];
	int lock;

	(void)snprintf(path, sizeof(path), "%s/var/purge.lock", site.folder);
	lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ck_assert_int_ge(lock, 0);
	ck_assert_int_eq(flock(lock, LOCK_EX), 0);
	ck_assert_int_eq(execute(id), ST_BUSY);
	ck_assert_int_eq(
	    holds_site_count(&site, WEB, "SELECT count(*) FROM visits"), 4);
	(void)close(lock);
	ck_assert_int_eq(execute(id), ST_OK);
	check_done(id);
	ck_assert_int_eq(execute(id), ST_DENIED);
	check_done(id);
}
END_TEST

static struct erase_subject person(void)
{
	return (struct erase_subject){ .who = { "person_id", "P1" },
		.as_of = when_now() };
}

static json_t *planned(void)
{
	const struct erase_subject who = person();
	json_t *plan = NULL;

	ck_assert_int_eq(erase_plan(IN, &who, &plan), ST_OK);
	return plan;
}

static struct erase_order order(json_t *plan,
    enum status (*keep)(void *, const char *, const struct buf *),
    struct buf *stays)
{
	return (struct erase_order){ .subject = person(),
		.plan = plan,
		.request = "Q-1",
		.actor = "os:ada",
		.keep = keep,
		.stays = stays };
}

static void expect_untouched(void)
{
	ck_assert_int_eq(
	    holds_site_count(&site, WEB, "SELECT count(*) FROM visits"), 4);
	ck_assert_int_eq(
	    holds_site_count(&site, CRM, "SELECT count(*) FROM lethe_evidence"),
	    0);
}

/* Killed once what is asked for is known and before anything has gone; then
 * the record that leads to the rest goes by another way. */
static enum status die(void *ctx, const char *run, const struct buf *targets)
{
	(void)ctx, (void)run, (void)targets;
	return fail(ST_IO, "killed");
}

START_TEST(what_could_not_be_kept_is_not_begun)
{
	json_t *plan = planned(), *report = NULL;
	struct buf stays = BUF_INIT;
	const struct erase_order o = order(plan, die, &stays);

	ck_assert_int_eq(erase_run(IN, &o, &report), ST_IO);
	expect_untouched();
	json_decref(plan);
	buf_release(&stays);
}
END_TEST

/* A suspension that has reached the registry and no store yet: whoever places
 * it waits for the stores that the erasure has, or was killed there. */
static enum status suspend(
    void *ctx, const char *run, const struct buf *targets)
{
	(void)ctx, (void)run, (void)targets;
	return db_exec(IN->control,
	    "INSERT INTO suspension (id, kind, cluster, reason, authority,"
	    " owner, review, placed_at, placed_by) VALUES ('H-1', 'hold',"
	    " 'visit_data', 'litigation', 'court', 'os:ada', '2999-01-01', 1,"
	    " 'os:ada')",
	    NOARGS);
}

START_TEST(a_hold_that_comes_between_keeps_everything)
{
	json_t *plan = planned(), *report = NULL;
	struct buf stays = BUF_INIT;
	const struct erase_order o = order(plan, suspend, &stays);

	ck_assert_int_eq(erase_run(IN, &o, &report), ST_BUSY);
	/* Once every store has it, what would go is not what the plan says. */
	ck_assert_int_eq(erase_run(IN, &o, &report), ST_CONFLICT);
	expect_untouched();
	json_decref(plan);
	buf_release(&stays);
}
END_TEST

Suite *erasure_kill_suite(void)
{
	Suite *s = suite_create("erasure_kill");
	TCase *t = tcase_create("erasure_kill");
	tcase_set_timeout(t, 60);

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(
	    t, whoever_is_killed_is_finished_by_the_next, 0, 24);
	tcase_add_loop_test(t, the_log_says_once_that_it_began_and_ended, 0,
	    sizeof(cuts) / sizeof(*cuts));
	tcase_add_test(t, a_purge_and_an_erasure_are_never_at_work_together);
	tcase_add_test(t, a_hold_that_comes_between_keeps_everything);
	tcase_add_test(t, what_could_not_be_kept_is_not_begun);
	suite_add_tcase(s, t);
	return s;
}
