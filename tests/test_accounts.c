/* engine/accounts: signing in, sessions, waiting, unusual reading */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/accounts/accounts.h"
#include "engine/accounts/password.h"
#include "engine/accounts/session.h"
#include "engine/accounts/throttle.h"
#include "engine/accounts/totp.h"
#include "tests/holds.h"
#include "tests/suites.h"

#define GOOD "correct horse battery"
#define NOW  INT64_C(1800000000)

static struct holds_site site;
#define IN (&site.in)

static struct rights_actor ada(void)
{
	return (struct rights_actor){ "os:ada", 0, NOW };
}

static void cheap(struct config *c)
{
	c->accounts.argon2.passes = 1;
	c->accounts.argon2.kib = 7168;
	c->accounts.argon2.lanes = 1;
	c->accounts.totp_required = 0;
}

static void setup(void)
{
	holds_site_init(&site, 1);
	cheap(&IN->config);
}
static void teardown(void) { holds_site_release(&site); }

static void add(const char *name, unsigned int roles)
{
	struct rights_actor by = ada();
	json_t *out = NULL;

	MUST(accounts_add(IN, &by, name, roles, GOOD, &out) == ST_OK, "%s",
	    status_text());
	json_decref(out);
}

/* From the address ${place}. */
static struct accounts_try a_try(
    const char *name, const char *password, int place, int64_t now)
{
	struct accounts_try t = {
		.name = name, .password = password, .now = now
	};
	char text[32];

	(void)snprintf(text, sizeof(text), "192.0.2.%d", place);
	MUST(accounts_address(IN, text, t.address) == ST_OK, "%s",
	    status_text());
	return t;
}

static enum status sign_in(const char *name, const char *password, int place,
    int64_t now, struct accounts_session *out)
{
	struct accounts_try t = a_try(name, password, place, now);
	int64_t wait;

	return accounts_sign_in(IN, &t, out, &wait);
}

/* ---- signing in ---- */

START_TEST(what_costs_too_little_is_made_anew)
{
	struct accounts_session s;

	add("ada", ACCOUNT_OFFICER);
	IN->config.accounts.argon2.passes = 2;
	ck_assert_int_eq(sign_in("ada", GOOD, 1, NOW, &s), ST_OK);
	ck_assert_int_eq(holds_site_registry(&site,
			     "SELECT count(*) FROM account WHERE password"
			     " LIKE '$argon2id$v=19$m=7168,t=2,p=1$%'"),
	    1);
	ck_assert_int_eq(sign_in("ada", GOOD, 1, NOW, &s), ST_OK);
}
END_TEST

START_TEST(nobody_learns_why_or_whether_there_is_such_a_user)
{
	struct rights_actor by = ada();
	struct accounts_session s;
	json_t *out = NULL;
	char said[200];
	long long before = password_counts().computed, each;

	add("ada", ACCOUNT_OFFICER);
	add("bob", ACCOUNT_OFFICER);
	add("carl", ACCOUNT_ADMIN); /* who needs codes, and has none */
	ck_assert_int_eq(accounts_disable(IN, &by, "bob", &out), ST_OK);
	json_decref(out);
	each = password_counts().computed;
	ck_assert_int_eq(each - before, 3);
	ck_assert_int_eq(sign_in("nobody", GOOD, 1, NOW, &s), ST_DENIED);
	(void)snprintf(said, sizeof(said), "%s", status_text());
	ck_assert_int_eq(
	    sign_in("ada", "not the password", 1, NOW, &s), ST_DENIED);
	ck_assert_str_eq(status_text(), said);
	ck_assert_int_eq(sign_in("bob", GOOD, 1, NOW, &s), ST_DENIED);
	ck_assert_str_eq(status_text(), said);
	ck_assert_int_eq(sign_in("carl", GOOD, 1, NOW, &s), ST_DENIED);
	ck_assert_str_eq(status_text(), said);
	/* The same work for each. */
	ck_assert_int_eq(password_counts().computed - each, 4);
	ck_assert_int_eq(holds_site_entries(&site, "sign_in_failed"), 4);
	ck_assert_int_eq(holds_site_entries(&site, "user_added"), 3);
}
END_TEST

START_TEST(a_code_lets_in_once_and_so_does_a_recovery_code)
{
	struct rights_actor by = ada();
	struct accounts_try t;
	struct accounts_session s;
	json_t *out = NULL;
	uint8_t secret[TOTP_SECRET];
	char code[9];
	int64_t wait;
	struct stmt *q = NULL;

	add("ada", ACCOUNT_ADMIN);
	ck_assert_int_eq(accounts_enrol(IN, &by, "ada", &out), ST_OK);
	ck_assert_int_eq(
	    db_query(IN->control, "SELECT totp FROM account", NOARGS, &q),
	    ST_OK);
	ck_assert_int_eq(db_row(q), ST_OK);
	memcpy(secret, db_val(q, 0).p, TOTP_SECRET);
	db_done(q);
	ck_assert_int_eq(totp_code(HMAC_SHA1, secret, TOTP_SECRET,
			     NOW / TOTP_STEP, TOTP_DIGITS, code),
	    ST_OK);
	t = a_try("ada", GOOD, 1, NOW);
	ck_assert_int_eq(accounts_sign_in(IN, &t, &s, &wait), ST_DENIED);
	t.code = code;
	ck_assert_int_eq(accounts_sign_in(IN, &t, &s, &wait), ST_OK);
	ck_assert_int_eq(accounts_sign_in(IN, &t, &s, &wait), ST_DENIED);
	t.code = json_string_value(
	    json_array_get(json_object_get(out, "recovery"), 3));
	ck_assert_int_eq(accounts_sign_in(IN, &t, &s, &wait), ST_OK);
	ck_assert_int_eq(accounts_sign_in(IN, &t, &s, &wait), ST_DENIED);
	json_decref(out);
}
END_TEST

START_TEST(who_fails_waits_and_the_owner_does_not)
{
	struct accounts_session s;
	struct accounts_try t;
	int64_t wait = 0, now = NOW;

	add("ada", ACCOUNT_OFFICER);
	ck_assert_int_eq(sign_in("ada", GOOD, 9, NOW, &s), ST_OK);
	t = a_try("ada", "not the password", 1, NOW);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(
		    accounts_sign_in(IN, &t, &s, &wait), ST_DENIED);
	ck_assert_int_eq(accounts_sign_in(IN, &t, &s, &wait), ST_BUSY);
	ck_assert_int_eq(wait, 1);
	/* Each wait ends, and none is longer than the longest. */
	for (int i = 0; i < 14; i++) {
		t.now = now;
		if (accounts_sign_in(IN, &t, &s, &wait) == ST_BUSY)
			now += wait;
		ck_assert_int_le(wait, THROTTLE_MOST);
	}
	/* From elsewhere, and from a device that is known. */
	t.now = now;
	t.password = GOOD;
	t.device = s.device;
	ck_assert_int_eq(accounts_sign_in(IN, &t, &s, &wait), ST_OK);
	ck_assert_int_eq(sign_in("ada", GOOD, 2, now, &s), ST_OK);
	ck_assert_int_ge(holds_site_entries(&site, "sign_in_locked"), 1);
}
END_TEST

/* ---- sessions ---- */

START_TEST(a_session_lives_until_it_is_ended)
{
	struct rights_actor by = ada();
	struct accounts_session s, again, other;
	json_t *out = NULL;

	add("ada", ACCOUNT_OFFICER);
	ck_assert_int_eq(sign_in("ada", GOOD, 1, NOW, &s), ST_OK);
	ck_assert_int_eq(accounts_session(IN, s.token, NOW, &again), ST_OK);
	ck_assert_str_eq(again.who.actor, "user:ada");
	ck_assert_uint_eq(again.who.roles, ACCOUNT_OFFICER);
	ck_assert_int_eq(accounts_csrf_right(&again, s.csrf), 1);
	ck_assert_int_eq(accounts_csrf_right(&again, s.token), 0);
	ck_assert_int_eq(accounts_rotate(IN, s.token, NOW, &other), ST_OK);
	ck_assert_int_eq(accounts_session(IN, s.token, NOW, &again), ST_DENIED);
	ck_assert_int_eq(accounts_csrf_right(&other, s.csrf), 0);
	ck_assert_int_eq(accounts_sign_out(IN, other.token, NOW), ST_OK);
	ck_assert_int_eq(
	    accounts_session(IN, other.token, NOW, &again), ST_DENIED);
	ck_assert_int_eq(sign_in("ada", GOOD, 1, NOW, &s), ST_OK);
	ck_assert_int_eq(
	    accounts_set_roles(IN, &by, "ada", ACCOUNT_ADMIN, &out), ST_OK);
	json_decref(out);
	ck_assert_int_eq(accounts_session(IN, s.token, NOW, &again), ST_DENIED);
	ck_assert_int_eq(holds_site_entries(&site, "signed_in"), 2);
	ck_assert_int_eq(holds_site_entries(&site, "signed_out"), 1);
}
END_TEST

START_TEST(no_token_is_kept)
{
	struct accounts_session s;
	char *log;

	add("ada", ACCOUNT_OFFICER);
	ck_assert_int_eq(sign_in("ada", GOOD, 1, NOW, &s), ST_OK);
	log = holds_site_log(&site);
	ck_assert_ptr_null(strstr(log, s.token));
	ck_assert_ptr_null(strstr(log, GOOD));
	free(log);
	for (int i = 0; i < 8; i++)
		ck_assert_int_eq(sign_in("ada", GOOD, 1, NOW, &s), ST_OK);
	ck_assert_int_eq(
	    holds_site_registry(&site, "SELECT count(*) FROM account_session"),
	    5);
}
END_TEST

/* A clock that goes as it likes: no session outlives its times, and nobody
 * waits longer than the longest wait. */
START_TEST(a_clock_that_jumps_opens_nothing_and_shuts_nobody_out)
{
	struct accounts_session s, again;
	int64_t now, used;
	unsigned int seed = (unsigned int)_i * 2654435761u + 1;

	add("ada", ACCOUNT_OFFICER);
	for (int round = 0; round < 6; round++) {
		now = used = NOW + round * 100000;
		ck_assert_int_eq(sign_in("ada", GOOD, 1, now, &s), ST_OK);
		for (int i = 0; i < 60; i++) {
			seed = seed * 1103515245u + 12345u;
			now += (int64_t)(seed >> 16 & 1023) - 200;
			if (accounts_session(IN, s.token, now, &again) != ST_OK)
				break;
			ck_assert_int_lt(now - used, 900);
			ck_assert_int_lt(now - s.made_at, 8 * 3600);
			ck_assert_int_ge(now, s.made_at - SESSION_SLACK);
			used = now > used ? now : used;
		}
		ck_assert_int_eq(
		    accounts_session(IN, s.token, s.made_at + 8 * 3600, &again),
		    ST_DENIED);
	}
	for (int64_t failures = 0; failures < 40; failures++)
		for (int64_t jump = -1000000; jump < 1000000; jump += 997) {
			int64_t left =
			    throttle_left(failures, 5, NOW, NOW + jump);

			ck_assert_int_ge(left, 0);
			ck_assert_int_le(left, throttle_delay(failures, 5));
		}
}
END_TEST

static void *ask(void *arg)
{
	const struct accounts_session *s = arg;
	struct accounts_session found;
	struct installation mine = { 0 };
	enum status st = installation_again(IN, &mine);

	for (int i = 0; st == ST_OK && i < 20; i++)
		st = accounts_session(&mine, s->token, NOW + 60 + i, &found);
	installation_release(&mine);
	return st == ST_OK ? NULL : arg;
}

START_TEST(threads_ask_each_with_an_installation_of_its_own)
{
	struct accounts_session s;
	pthread_t threads[4];
	void *wrong;

	add("ada", ACCOUNT_OFFICER);
	ck_assert_int_eq(sign_in("ada", GOOD, 1, NOW, &s), ST_OK);
	for (int i = 0; i < 4; i++)
		MUST(pthread_create(&threads[i], NULL, ask, &s) == 0, "thread");
	for (int i = 0; i < 4; i++) {
		MUST(pthread_join(threads[i], &wrong) == 0, "join");
		ck_assert_ptr_null(wrong);
	}
}
END_TEST

/* ---- rights ---- */

START_TEST(who_decided_does_not_approve)
{
	const struct rights_decision d = { REQUEST_TO_REFUSE, "no_ground",
		"The authority", "None applies." };
	const struct account both = { .actor = "user:ada",
		.roles = ACCOUNT_OFFICER | ACCOUNT_APPROVER };
	const struct account other = { .actor = "user:bob",
		.roles = ACCOUNT_APPROVER };
	const struct account admin = { .actor = "user:eve",
		.roles = ACCOUNT_ADMIN };
	struct rights_actor a = accounts_actor(&both, when_now());
	struct rights_actor b = accounts_actor(&other, a.now);
	struct rights_actor e = accounts_actor(&admin, a.now);
	const struct rights_order o = { REQUEST_ERASURE, REQUEST_GDPR,
		REQUEST_EMAIL, "person_id", "P1", a.now, NULL };
	json_t *out = NULL;
	char id[24];

	ck_assert_int_eq(rights_open(IN, &e, &o, NULL), ST_DENIED);
	ck_assert_int_eq(rights_open(IN, &a, &o, &out), ST_OK);
	(void)snprintf(id, sizeof(id), "%s", json_text(out, "id"));
	json_decref(out);
	ck_assert_int_eq(
	    rights_verify(IN, &a, id, "login", a.now, NULL), ST_OK);
	ck_assert_int_eq(rights_decide(IN, &e, id, &d, NULL), ST_DENIED);
	ck_assert_int_eq(rights_decide(IN, &a, id, &d, NULL), ST_OK);
	ck_assert_int_eq(rights_approve(IN, &a, id, NULL), ST_DENIED);
	ck_assert_int_eq(rights_approve(IN, &e, id, NULL), ST_DENIED);
	ck_assert_int_eq(rights_approve(IN, &b, id, NULL), ST_OK);
}
END_TEST

static long long alerts(const char *kind)
{
	json_t *o = NULL;
	const json_t *one;
	long long n = 0;
	size_t i;

	MUST(accounts_alerts(IN, &o) == ST_OK, "%s", status_text());
	json_array_foreach(json_object_get(o, "alerts"), i, one) n +=
	    strcmp(json_text(one, "kind"), kind) == 0;
	json_decref(o);
	return n;
}

START_TEST(unusual_reading_raises_an_alert)
{
	struct accounts_session s;
	struct rights_actor by = ada();
	struct account who;

	IN->config.accounts.looks.records = 100;
	IN->config.accounts.looks.requests = 3;
	add("ada", ACCOUNT_OFFICER);
	ck_assert_int_eq(sign_in("ada", GOOD, 1, NOW, &s), ST_OK);
	who = s.who;
	ck_assert_int_eq(accounts_note_look(IN, &who, "Q-1", 100, NOW), ST_OK);
	ck_assert_int_eq(alerts("many_records"), 0);
	ck_assert_int_eq(accounts_note_look(IN, &who, "Q-2", 1, NOW), ST_OK);
	ck_assert_int_eq(alerts("many_records"), 1);
	ck_assert_int_eq(accounts_note_look(IN, &who, "Q-3", 0, NOW), ST_OK);
	ck_assert_int_eq(alerts("many_requests"), 0);
	ck_assert_int_eq(accounts_note_look(IN, &who, "Q-4", 0, NOW), ST_OK);
	ck_assert_int_eq(alerts("many_requests"), 1);
	ck_assert_int_eq(alerts("many_records"), 1);
	who.roles = ACCOUNT_ADMIN | ACCOUNT_AUDITOR;
	ck_assert_int_eq(
	    accounts_note_look(IN, &who, "Q-1", 1, NOW), ST_DENIED);
	ck_assert_int_eq(alerts("out_of_role"), 1);
	ck_assert_int_eq(accounts_close_alert(IN, &by, 1), ST_OK);
	ck_assert_int_eq(alerts("many_records"), 0);
	ck_assert_int_eq(accounts_close_alert(IN, &by, 1), ST_USAGE);
	ck_assert_int_eq(holds_site_entries(&site, "data_looked_at"), 4);
	ck_assert_int_eq(holds_site_entries(&site, "look_refused"), 1);
	ck_assert_int_eq(holds_site_entries(&site, "alert_raised"), 3);
}
END_TEST

START_TEST(a_name_is_given_once)
{
	struct rights_actor by = ada();
	json_t *out = NULL;

	add("ada", ACCOUNT_OFFICER);
	ck_assert_int_eq(accounts_remove(IN, &by, "ada"), ST_OK);
	ck_assert_int_eq(accounts_show(IN, "ada", &out), ST_USAGE);
	ck_assert_int_eq(
	    accounts_add(IN, &by, "ada", ACCOUNT_ADMIN, GOOD, &out),
	    ST_CONFLICT);
	ck_assert_int_eq(
	    accounts_add(IN, &by, "Ada", ACCOUNT_ADMIN, GOOD, &out), ST_USAGE);
	ck_assert_int_eq(accounts_remove(IN, &by, "ada"), ST_USAGE);
}
END_TEST

START_TEST(one_customer_of_ipv6_is_one_address)
{
	uint8_t a[ACCOUNTS_ADDRESS], b[ACCOUNTS_ADDRESS];

	ck_assert_int_eq(accounts_address(IN, "2001:db8::1", a), ST_OK);
	ck_assert_int_eq(accounts_address(IN, "2001:db8::2:3", b), ST_OK);
	ck_assert_mem_eq(a, b, sizeof(a));
	ck_assert_int_eq(accounts_address(IN, "2001:db8:0:1::1", b), ST_OK);
	ck_assert_mem_ne(a, b, sizeof(a));
	ck_assert_int_eq(accounts_address(IN, "192.0.2.1", a), ST_OK);
	ck_assert_int_eq(accounts_address(IN, "::ffff:192.0.2.1", b), ST_OK);
	ck_assert_mem_eq(a, b, sizeof(a));
	ck_assert_int_eq(accounts_address(IN, "here", a), ST_INVALID);
}
END_TEST

/* ---- cut off ---- */

#define VERBS 4

static enum status verb(
    int which, const struct accounts_try *t, const char *token)
{
	int64_t wait;
	struct accounts_session s;
	struct account who = { .number = 1,
		.name = "ada",
		.actor = "user:ada",
		.roles = ACCOUNT_OFFICER };
	struct rights_actor by = ada();
	json_t *out = NULL;
	enum status st;

	switch (which) {
	case 0: return accounts_sign_in(IN, t, &s, &wait);
	case 1: return accounts_note_look(IN, &who, "Q-1", 1, NOW);
	case 2: return accounts_sign_out(IN, token, NOW);
	default:
		st = accounts_enrol(IN, &by, "ada", &out);
		json_decref(out);
		return st;
	}
}

/* What the tables have, the log has, once; and nothing is left half. */
static void check_told(void)
{
	struct accounts_session s;

	/* The next verb tells what was not told. */
	ck_assert_int_eq(sign_in("nobody", GOOD, 7, NOW, &s), ST_DENIED);
	ck_assert_int_eq(
	    holds_site_registry(&site, "SELECT count(*) FROM account_event"),
	    0);
	ck_assert_int_eq(holds_site_entries(&site, "signed_in"),
	    holds_site_registry(&site, "SELECT count(*) FROM account_sign_in"
				       " WHERE outcome = 'signed_in'"));
	ck_assert_int_eq(holds_site_entries(&site, "data_looked_at"),
	    holds_site_registry(&site, "SELECT count(*) FROM account_look"));
	ck_assert_int_eq(holds_site_registry(&site,
			     "SELECT count(*) FROM account_recovery"
			     " WHERE (SELECT totp FROM account) IS NULL"),
	    0);
}

static void forget_failures(void)
{
	MUST(db_exec(IN->control, "DELETE FROM account_throttle", NOARGS) ==
		 ST_OK,
	    "%s", status_text());
}

static int killed(
    int which, const struct accounts_try *t, const char *token, long nth)
{
	int status = 0;
	pid_t child = fork();

	MUST(child >= 0, "fork");
	if (child == 0) {
		struct installation in = { 0 };

		holds_site_open(&site, &in);
		site.in = in;
		cheap(&IN->config);
		test_alloc_kill(nth);
		_exit(verb(which, t, token) == ST_OK ? 0 : 1);
	}
	MUST(waitpid(child, &status, 0) == child, "waitpid");
	MUST(WIFSIGNALED(status) || WEXITSTATUS(status) == 0,
	    "verb %d, not killed at %ld, failed", which, nth);
	return WIFSIGNALED(status);
}

START_TEST(killed_anywhere_a_verb_is_done_or_not)
{
	struct accounts_session s;
	struct accounts_try t;
	long nth = 1;

	add("ada", ACCOUNT_OFFICER);
	ck_assert_int_eq(sign_in("ada", GOOD, 1, NOW, &s), ST_OK);
	t = a_try("ada", GOOD, 1, NOW);
	for (; killed(_i, &t, s.token, nth); nth += 29)
		forget_failures();
	ck_assert_int_gt(nth, 29);
	check_told();
}
END_TEST

START_TEST(without_memory_a_verb_is_done_or_not)
{
	struct accounts_session s;
	struct accounts_try t;
	enum status st = ST_NOMEM;
	long nth = 0;

	add("ada", ACCOUNT_OFFICER);
	ck_assert_int_eq(sign_in("ada", GOOD, 1, NOW, &s), ST_OK);
	t = a_try("ada", GOOD, 1, NOW);
	for (; st != ST_OK; nth += 3) {
		forget_failures();
		test_alloc_fuse(nth);
		st = verb(_i, &t, s.token);
		test_alloc_fuse(-1);
		/* Else each has more to tell than the one before. */
		check_told();
	}
	ck_assert_int_gt(nth, 3);
}
END_TEST

Suite *accounts_suite(void)
{
	Suite *s = suite_create("accounts");
	TCase *t = tcase_create("accounts");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, what_costs_too_little_is_made_anew);
	tcase_add_test(t, nobody_learns_why_or_whether_there_is_such_a_user);
	tcase_add_test(t, a_code_lets_in_once_and_so_does_a_recovery_code);
	tcase_add_test(t, who_fails_waits_and_the_owner_does_not);
	tcase_add_test(t, a_session_lives_until_it_is_ended);
	tcase_add_test(t, no_token_is_kept);
	tcase_add_loop_test(
	    t, a_clock_that_jumps_opens_nothing_and_shuts_nobody_out, 0, 4);
	tcase_add_test(t, threads_ask_each_with_an_installation_of_its_own);
	tcase_add_test(t, who_decided_does_not_approve);
	tcase_add_test(t, unusual_reading_raises_an_alert);
	tcase_add_test(t, a_name_is_given_once);
	tcase_add_test(t, one_customer_of_ipv6_is_one_address);
	tcase_add_loop_test(t, killed_anywhere_a_verb_is_done_or_not, 0, VERBS);
	tcase_add_loop_test(t, without_memory_a_verb_is_done_or_not, 0, VERBS);
	suite_add_tcase(s, t);
	return s;
}
