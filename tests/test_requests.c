/* engine/rights: requests in the control database and in the log */
#include <stdlib.h>
#include <string.h>

#include "engine/rights/code.h"
#include "engine/rights/list.h"
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

/* Opened for P1 by its key; the id lives until the next call. */
static const char *opened(enum request_type type, const char *value)
{
	static char id[24];
	struct rights_actor ada = by("os:ada");
	const struct rights_order o = { type, REQUEST_GDPR, REQUEST_EMAIL,
		"person_id", value, ada.now, NULL };
	json_t *out = NULL;

	MUST(rights_open(IN, &ada, &o, &out) == ST_OK, "%s", status_text());
	(void)snprintf(id, sizeof(id), "%s", json_text(out, "id"));
	json_decref(out);
	return id;
}

static void verified(const char *id)
{
	struct rights_actor ada = by("os:ada");
	json_t *out = NULL;

	MUST(rights_verify(IN, &ada, id, "login", ada.now, &out) == ST_OK, "%s",
	    status_text());
	json_decref(out);
}

START_TEST(two_people_stand_for_an_erasure)
{
	const struct rights_decision d = { REQUEST_TO_REFUSE, "no_ground",
		"The authority", "None applies." };
	struct rights_actor ada = by("os:ada"), bob = by("os:bob");
	const char *id = opened(REQUEST_ERASURE, "P1");
	json_t *out = NULL;

	verified(id);
	ck_assert_int_eq(rights_decide(IN, &ada, id, &d, &out), ST_OK);
	ck_assert_str_eq(json_text(out, "state"), "awaiting_approval");
	json_decref(out);
	out = NULL;
	ck_assert_int_eq(rights_approve(IN, &ada, id, &out), ST_DENIED);
	ck_assert_int_eq(rights_approve(IN, &bob, id, &out), ST_OK);
	ck_assert_str_eq(json_text(out, "state"), "refused");
	ck_assert_str_eq(json_text(out, "approved_by"), "os:bob");
	json_decref(out);
}
END_TEST

START_TEST(abuse_takes_two_people_whatever_the_type)
{
	const struct rights_decision d = { REQUEST_TO_REFUSE,
		"excessive_abusive", "The authority", "Proven." };
	struct rights_actor ada = by("os:ada");
	const char *id = opened(REQUEST_ACCESS, "P1");
	json_t *out = NULL;

	verified(id);
	ck_assert_int_eq(rights_decide(IN, &ada, id, &d, &out), ST_OK);
	ck_assert_str_eq(json_text(out, "state"), "awaiting_approval");
	json_decref(out);
}
END_TEST

START_TEST(a_role_that_may_not_changes_nothing)
{
	struct rights_actor subject = by("subject");
	const char *id = opened(REQUEST_ACCESS, "P1");
	json_t *out = NULL;

	subject.roles = REQUEST_BY_SUBJECT;
	ck_assert_int_eq(
	    rights_verify(IN, &subject, id, "login", subject.now, &out),
	    ST_DENIED);
	ck_assert_int_eq(
	    rights_extend(IN, &subject, id, "complexity", subject.now, &out),
	    ST_DENIED);
	ck_assert_int_eq(rights_show(IN, id, subject.now, &out), ST_OK);
	ck_assert_str_eq(json_text(out, "state"), "received");
	ck_assert_uint_eq(json_array_size(json_object_get(out, "history")), 1);
	json_decref(out);
	ck_assert_int_eq(rights_withdraw(IN, &subject, id, NULL, NULL), ST_OK);
}
END_TEST

/* Whoever is killed after the log was told and before that was noted leaves
 * the same rows. */
START_TEST(the_log_is_told_exactly_once)
{
	struct rights_actor ada = by("os:ada");
	const char *id = opened(REQUEST_ACCESS, "P1");

	MUST(db_exec(IN->control, "UPDATE request_event SET logged = 0",
		 NOARGS) == ST_OK,
	    "%s", status_text());
	ck_assert_int_eq(rights_withdraw(IN, &ada, id, NULL, NULL), ST_OK);
	ck_assert_int_eq(holds_site_entries(&site, "request_opened"), 1);
	ck_assert_int_eq(holds_site_entries(&site, "request_withdrawn"), 1);
	/* And one that the log was never told of is not lost. */
	MUST(db_exec(IN->control,
		 "INSERT INTO request_event (request, action, from_state,"
		 " to_state, at, actor, log_first) VALUES (1,"
		 " 'request_reopened', 'withdrawn', 'received', 1, 'os:ada',"
		 " 0)",
		 NOARGS) == ST_OK,
	    "%s", status_text());
	(void)opened(REQUEST_ACCESS, "P2");
	ck_assert_int_eq(holds_site_entries(&site, "request_reopened"), 1);
	ck_assert_int_eq(holds_site_entries(&site, "request_opened"), 2);
}
END_TEST

START_TEST(a_code_is_right_once_and_in_time_only)
{
	enum code_answer answer = CODE_SPENT;
	char code[CODE_TEXT];

	(void)opened(REQUEST_ACCESS, "P1");
	ck_assert_int_eq(code_try(IN, 1, "12345678", 10, &answer), ST_OK);
	ck_assert_int_eq(answer, CODE_WRONG);
	ck_assert_int_eq(code_make(IN, 1, 100, 2, code), ST_OK);
	ck_assert_uint_eq(strspn(code, "0123456789"), 8);
	ck_assert_int_eq(code_try(IN, 1, code, 100, &answer), ST_OK);
	ck_assert_int_eq(answer, CODE_WRONG); /* too late */
	ck_assert_int_eq(code_make(IN, 1, 100, 2, code), ST_OK);
	ck_assert_int_eq(code_try(IN, 1, "", 99, &answer), ST_OK);
	ck_assert_int_eq(answer, CODE_WRONG);
	ck_assert_int_eq(code_try(IN, 1, code, 99, &answer), ST_OK);
	ck_assert_int_eq(answer, CODE_RIGHT);
	ck_assert_int_eq(code_try(IN, 1, code, 99, &answer), ST_OK);
	ck_assert_int_eq(answer, CODE_WRONG);
	ck_assert_int_eq(code_make(IN, 1, 100, 2, code), ST_OK);
	ck_assert_int_eq(code_try(IN, 1, "x", 99, &answer), ST_OK);
	ck_assert_int_eq(code_try(IN, 1, "x", 99, &answer), ST_OK);
	ck_assert_int_eq(answer, CODE_SPENT);
	ck_assert_int_eq(code_try(IN, 1, code, 99, &answer), ST_OK);
	ck_assert_int_eq(answer, CODE_WRONG);
}
END_TEST

/* A list and the requests themselves have the same dates. */
START_TEST(a_list_agrees_with_what_it_lists)
{
	const struct list_filter f = { .which = LIST_ALL, .limit = 100 };
	struct rights_actor ada = by("os:ada");
	json_t *list = NULL, *one = NULL, *row;
	const char *id;
	size_t i;

	(void)opened(REQUEST_ERASURE, "P2");
	id = opened(REQUEST_ACCESS, "P1");
	ck_assert_int_eq(
	    rights_ask(IN, &ada, id, ada.now, "who?", &one), ST_OK);
	json_decref(one);
	(void)opened(REQUEST_ACCESS, "P1");
	ada.now += 40 * INT64_C(86400);
	ck_assert_int_eq(list_json(IN, &f, ada.now, &list), ST_OK);
	ck_assert_int_eq(json_int(list, "total"), 3);
	json_array_foreach(json_object_get(list, "requests"), i, row)
	{
		one = NULL;
		ck_assert_int_eq(
		    rights_show(IN, json_text(row, "id"), ada.now, &one),
		    ST_OK);
		ck_assert_str_eq(
		    json_text(row, "due_date"), json_text(one, "due_date"));
		ck_assert_str_eq(
		    json_text(row, "standing"), json_text(one, "standing"));
		json_decref(one);
	}
	json_decref(list);
}
END_TEST

/* Pages of any size make the whole list, in its order. */
START_TEST(pages_are_the_list_cut)
{
	struct list_filter f = { .which = LIST_ALL, .limit = 1000 };
	struct list_filter page = f;
	json_t *whole = NULL, *one = NULL, *row;
	size_t i;

	MUST(db_exec(IN->control,
		 "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL"
		 " SELECT i + 1 FROM n WHERE i < 97)"
		 " INSERT INTO request (id, type, state, law, channel,"
		 " received_at, received_day) SELECT 'Q' || i, 'access',"
		 " 'received', CASE i % 3 WHEN 0 THEN 'both' ELSE 'gdpr' END,"
		 " 'email', i * 7919 % 50 * 86400, i * 7919 % 50 FROM n",
		 NOARGS) == ST_OK,
	    "%s", status_text());
	f.sort = page.sort = _i ? LIST_BY_RECEIPT : LIST_BY_DUE;
	ck_assert_int_eq(list_json(IN, &f, 9000000, &whole), ST_OK);
	page.limit = 10;
	for (page.offset = 0; page.offset < 100; page.offset += 10) {
		ck_assert_int_eq(list_json(IN, &page, 9000000, &one), ST_OK);
		json_array_foreach(json_object_get(one, "requests"), i, row)
		    ck_assert(json_equal(
			row, json_array_get(json_object_get(whole, "requests"),
				 (size_t)page.offset + i)));
		ck_assert_uint_eq(i, page.offset == 90 ? 7 : 10);
		json_decref(one);
	}
	json_array_foreach(json_object_get(whole, "requests"), i, row)
	{
		const char *member = _i ? "receipt_date" : "due_date";
		const json_t *next =
		    json_array_get(json_object_get(whole, "requests"), i + 1);

		if (next)
			ck_assert_str_le(
			    json_text(row, member), json_text(next, member));
	}
	json_decref(whole);
}
END_TEST

Suite *requests_suite(void)
{
	Suite *s = suite_create("requests");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, two_people_stand_for_an_erasure);
	tcase_add_test(t, abuse_takes_two_people_whatever_the_type);
	tcase_add_test(t, a_role_that_may_not_changes_nothing);
	tcase_add_test(t, the_log_is_told_exactly_once);
	tcase_add_test(t, a_code_is_right_once_and_in_time_only);
	tcase_add_test(t, a_list_agrees_with_what_it_lists);
	tcase_add_loop_test(t, pages_are_the_list_cut, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
