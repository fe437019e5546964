/*
 * The customers' door without its pages: case codes, sessions, how often a
 * source may come, what is asked and answered, and that all of it goes with the
 * request.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/rights/door.h"
#include "engine/rights/question.h"
#include "engine/rights/retention.h"
#include "engine/web/rate.h"
#include "tests/holds.h"
#include "tests/suites.h"

static struct holds_site site;
#define IN (&site.in)

static void setup(void) { holds_site_init(&site, 1); }
static void teardown(void) { holds_site_release(&site); }

static void filed(
    const char *value, char code[DOOR_CODE], struct door_session *s)
{
	const struct rights_order o = { REQUEST_ACCESS, REQUEST_GDPR,
		REQUEST_PORTAL, "person_id", value, when_now(), "All of it" };

	MUST(door_file(IN, &o, when_now(), code, s) == ST_OK, "%s",
	    status_text());
}

static struct rights_actor officer(void)
{
	return (
	    struct rights_actor){ "os:ada", REQUEST_BY_OPERATOR, when_now() };
}

/* ---- case codes and sessions ---- */

START_TEST(a_case_code_is_read_as_people_type_it)
{
	char code[DOOR_CODE], typed[DOOR_CODE + 4];
	struct door_session s = { .request = 0 }, t = { .request = 0 };
	size_t n = 0;

	filed("P1", code, &s);
	ck_assert_uint_eq(strlen(code), DOOR_CODE - 1);
	ck_assert_int_eq(door_enter(IN, code, when_now(), &t), ST_OK);
	ck_assert_str_eq(t.id, s.id);
	ck_assert_str_ne(t.token, s.token);
	for (const char *c = code; *c; c++) {
		if (*c == '0')
			typed[n++] = 'o';
		else if (*c == '1')
			typed[n++] = 'L';
		else if (*c != '-')
			typed[n++] = *c >= 'A' ? (char)(*c - 'A' + 'a') : *c;
	}
	typed[n] = '\0';
	ck_assert_int_eq(door_enter(IN, typed, when_now(), &t), ST_OK);
	typed[n - 1] = '\0';
	ck_assert_int_eq(door_enter(IN, typed, when_now(), &t), ST_DENIED);
	ck_assert_int_eq(door_enter(IN, s.id, when_now(), &t), ST_DENIED);
	code[0] = code[0] == 'A' ? 'B' : 'A';
	ck_assert_int_eq(door_enter(IN, code, when_now(), &t), ST_DENIED);
}
END_TEST

START_TEST(a_session_ends_by_the_clock)
{
	char code[DOOR_CODE];
	struct door_session s = { .request = 0 }, t = { .request = 0 };
	int64_t now = when_now();

	filed("P1", code, &s);
	now = when_now();
	ck_assert_int_eq(
	    door_session(IN, s.token, now + DOOR_SECONDS - 60, &t), ST_OK);
	ck_assert_str_eq(t.csrf, s.csrf);
	ck_assert_int_eq(
	    door_session(IN, s.token, now + DOOR_SECONDS, &t), ST_NOTFOUND);
	ck_assert_int_eq(door_leave(IN, &s), ST_OK);
	ck_assert_int_eq(door_session(IN, s.token, now, &t), ST_NOTFOUND);
	ck_assert_int_eq(door_session(IN, "", now, &t), ST_NOTFOUND);
}
END_TEST

/* ---- nothing tells who is known ---- */

static json_t *shape(const char *value)
{
	struct door_session s = { .request = 0 };
	char code[DOOR_CODE];
	json_t *o = NULL;

	filed(value, code, &s);
	MUST(door_ask(IN, s.request, when_now()) == ST_OK, "%s", status_text());
	MUST(door_try(IN, &s, "00000000", when_now()) == ST_DENIED, "code");
	MUST(door_case(IN, &s, when_now(), &o) == ST_OK, "%s", status_text());
	ck_assert_int_eq(json_object_del(o, "id"), 0);
	return o;
}

START_TEST(who_is_known_and_who_is_not_read_the_same)
{
	json_t *known = shape("P1"), *unknown = shape("P777");

	ck_assert(json_equal(known, unknown));
	json_decref(known);
	json_decref(unknown);
}
END_TEST

/* Who filed it need not be whom officers called back. */
START_TEST(who_gave_no_code_here_reads_nothing_here)
{
	struct rights_actor ada = officer();
	struct door_session s = { .request = 0 }, t = { .request = 0 };
	char code[DOOR_CODE];
	json_t *o = NULL;

	filed("P1", code, &s);
	MUST(rights_verify(IN, &ada, s.id, "call_back", ada.now, &o) == ST_OK,
	    "%s", status_text());
	json_decref(o);
	MUST(
	    door_enter(IN, code, when_now(), &t) == ST_OK, "%s", status_text());
	ck_assert_int_eq(t.proven, 0);
	MUST(door_case(IN, &t, when_now(), &o) == ST_OK, "%s", status_text());
	ck_assert_str_eq(json_text(o, "progress"), "in_progress");
	ck_assert(json_is_false(json_object_get(o, "verified")));
	ck_assert(json_is_null(json_object_get(o, "due_date")));
	ck_assert(json_is_false(json_object_get(o, "may_prove")));
	json_decref(o);
	ck_assert_int_eq(
	    rights_question(IN, &ada, s.id, "Which car?", NULL), ST_DENIED);
}
END_TEST

/* ---- questions ---- */

START_TEST(one_question_at_a_time_and_one_answer)
{
	struct rights_actor ada = officer(), she = door_actor(ada.now);
	struct door_session s = { .request = 0 };
	char code[DOOR_CODE];
	json_t *o = NULL;

	filed("P1", code, &s);
	ck_assert_int_eq(
	    rights_answer(IN, &she, s.id, "Early", NULL), ST_DENIED);
	ck_assert_int_eq(
	    rights_question(IN, &she, s.id, "Me?", NULL), ST_DENIED);
	ck_assert_int_eq(rights_question(IN, &ada, s.id, "", NULL), ST_USAGE);
	ck_assert_int_eq(
	    rights_question(IN, &ada, s.id, "\xff", NULL), ST_USAGE);
	ck_assert_int_eq(
	    rights_question(IN, &ada, s.id, "Which car?", NULL), ST_OK);
	ck_assert_int_eq(
	    rights_question(IN, &ada, s.id, "And why?", NULL), ST_DENIED);
	ck_assert_int_eq(
	    rights_answer(IN, &she, s.id, "Zq-the blue one", NULL), ST_OK);
	ck_assert_int_eq(
	    rights_answer(IN, &she, s.id, "Or not", NULL), ST_DENIED);
	/* Answered elsewhere: it is not open any more. */
	ck_assert_int_eq(
	    rights_question(IN, &ada, s.id, "And why?", NULL), ST_OK);
	ck_assert_int_eq(rights_resume(IN, &ada, s.id, ada.now, NULL), ST_OK);
	ck_assert_int_eq(
	    rights_suspend(IN, &ada, s.id, ada.now, "For us", NULL), ST_OK);
	ck_assert_int_eq(
	    rights_answer(IN, &she, s.id, "Late", NULL), ST_DENIED);
	ck_assert_int_eq(question_list(IN, s.request, &o), ST_OK);
	ck_assert_uint_eq(json_array_size(o), 2);
	ck_assert_str_eq(
	    json_text(json_array_get(o, 0), "answer"), "Zq-the blue one");
	ck_assert(
	    json_is_null(json_object_get(json_array_get(o, 1), "answer")));
	json_decref(o);
}
END_TEST

START_TEST(nobody_is_asked_who_could_not_read_it)
{
	struct rights_actor ada = officer();
	const struct rights_order order = { REQUEST_ACCESS, REQUEST_GDPR,
		REQUEST_EMAIL, "person_id", "P1", ada.now, NULL };
	json_t *o = NULL;

	ck_assert_int_eq(rights_open(IN, &ada, &order, &o), ST_OK);
	ck_assert_int_eq(
	    rights_question(IN, &ada, json_text(o, "id"), "Why?", NULL),
	    ST_DENIED);
	json_decref(o);
}
END_TEST

START_TEST(the_log_has_no_words_of_either)
{
	struct rights_actor ada = officer(), she = door_actor(ada.now);
	struct door_session s = { .request = 0 };
	char code[DOOR_CODE], *log;

	filed("P1", code, &s);
	ck_assert_int_eq(
	    rights_question(IN, &ada, s.id, "Zqquestion", NULL), ST_OK);
	ck_assert_int_eq(
	    rights_answer(IN, &she, s.id, "Zqanswer", NULL), ST_OK);
	log = holds_site_log(&site);
	ck_assert_ptr_null(strstr(log, "Zq"));
	ck_assert_ptr_null(strstr(log, code));
	ck_assert_int_eq(holds_site_entries(&site, "request_suspended"), 1);
	ck_assert_int_eq(holds_site_entries(&site, "request_resumed"), 1);
	free(log);
}
END_TEST

/* ---- the end ---- */

START_TEST(all_of_it_goes_with_the_request)
{
	struct rights_actor ada = officer(), she = door_actor(ada.now);
	struct door_session s = { .request = 0 };
	char code[DOOR_CODE];
	json_t *o = NULL;

	filed("P1", code, &s);
	ck_assert_int_eq(rights_question(IN, &ada, s.id, "Why?", NULL), ST_OK);
	ck_assert_int_eq(rights_answer(IN, &she, s.id, "So.", NULL), ST_OK);
	ck_assert_int_eq(rights_withdraw(IN, &she, s.id, NULL, NULL), ST_OK);
	ck_assert_int_eq(db_exec(IN->control,
			     "UPDATE request SET closed_day = closed_day - $1",
			     ARGS(INT(31))),
	    ST_OK);
	IN->config.requests.retention.days = 30;
	ck_assert_int_eq(
	    retention_run(IN, RETENTION_DELETE, "os:cron", when_now(), &o),
	    ST_OK);
	ck_assert_int_eq(json_int(o, "deleted"), 1);
	ck_assert_int_eq(holds_site_registry(&site,
			     "SELECT (SELECT count(*) FROM request_door)"
			     " + (SELECT count(*) FROM door_session)"
			     " + (SELECT count(*) FROM request_question)"
			     " + (SELECT count(*) FROM request_event)"),
	    0);
	ck_assert_int_eq(door_enter(IN, code, when_now(), &s), ST_DENIED);
	json_decref(o);
}
END_TEST

/* ---- how often ---- */

START_TEST(only_the_source_itself_waits)
{
	struct rate *r = NULL;

	ck_assert_int_eq(rate_new(&r), ST_OK);
	ck_assert_int_eq(rate_take(r, "192.0.2.1", RATE_MOST - 1, 1000), ST_OK);
	ck_assert_int_eq(rate_take(r, "192.0.2.1", 2, 1000), ST_BUSY);
	ck_assert_int_eq(rate_take(r, "192.0.2.1", 1, 1000), ST_OK);
	ck_assert_int_eq(
	    rate_take(r, "192.0.2.1", 1, 1000 + RATE_SECONDS - 1), ST_BUSY);
	ck_assert_int_eq(rate_take(r, "192.0.2.2", 1, 1000), ST_OK);
	ck_assert_int_eq(
	    rate_take(r, "192.0.2.1", RATE_MOST, 1000 + RATE_SECONDS), ST_OK);
	rate_free(r);
}
END_TEST

START_TEST(a_network_of_ipv6_is_one_source)
{
	struct rate *r = NULL;

	ck_assert_int_eq(rate_new(&r), ST_OK);
	ck_assert_int_eq(
	    rate_take(r, "2001:db8:1:2::1", RATE_MOST, 1000), ST_OK);
	ck_assert_int_eq(
	    rate_take(r, "2001:db8:1:2:ffff::9", 1, 1000), ST_BUSY);
	ck_assert_int_eq(rate_take(r, "2001:db8:1:3::1", 1, 1000), ST_OK);
	rate_free(r);
}
END_TEST

START_TEST(the_wait_doubles_up_to_an_hour)
{
	ck_assert_int_eq(door_wait(0), 0);
	ck_assert_int_eq(door_wait(1), 0);
	ck_assert_int_eq(door_wait(2), 30);
	ck_assert_int_eq(door_wait(3), 60);
	ck_assert_int_eq(door_wait(8), 1920);
	ck_assert_int_eq(door_wait(9), 3600);
	ck_assert_int_eq(door_wait(1000000), 3600);
}
END_TEST

Suite *door_suite(void)
{
	Suite *s = suite_create("door");
	TCase *t = tcase_create("cases"), *r = tcase_create("rate");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_case_code_is_read_as_people_type_it);
	tcase_add_test(t, a_session_ends_by_the_clock);
	tcase_add_test(t, who_is_known_and_who_is_not_read_the_same);
	tcase_add_test(t, who_gave_no_code_here_reads_nothing_here);
	tcase_add_test(t, one_question_at_a_time_and_one_answer);
	tcase_add_test(t, nobody_is_asked_who_could_not_read_it);
	tcase_add_test(t, the_log_has_no_words_of_either);
	tcase_add_test(t, all_of_it_goes_with_the_request);
	tcase_add_test(r, only_the_source_itself_waits);
	tcase_add_test(r, a_network_of_ipv6_is_one_source);
	tcase_add_test(r, the_wait_doubles_up_to_an_hour);
	suite_add_tcase(s, t);
	suite_add_tcase(s, r);
	return s;
}
