/* engine/rights/transition: the table, asked for everything */
#include "engine/rights/transition.h"

#include <string.h>

#include "tests/suites.h"

#define ALL_FACTS 127u

START_TEST(no_state_is_a_dead_end_and_each_is_reached)
{
	int reached[REQUEST_STATE__MAX] = { [REQUEST_NONE] = 1 };
	enum request_state to;

	for (int s = 0; s < REQUEST_STATE__MAX; s++) {
		int ways = 0;

		for (int a = 0; a < REQUEST_ACTION__MAX; a++)
			if (transition_find((enum request_state)s,
				(enum request_action)a, REQUEST_BY_OPERATOR,
				ALL_FACTS, &to) == ST_OK) {
				ways++;
				reached[to] = 1;
			}
		ck_assert_msg(ways > 0, "nothing follows %s",
		    request_state_name((enum request_state)s));
	}
	for (int s = 0; s < REQUEST_STATE__MAX; s++)
		ck_assert_msg(reached[s], "nothing leads to %s",
		    request_state_name((enum request_state)s));
}
END_TEST

/* The restriction of a case outlives it, unless nobody ever knew who asked. */
static int lifts(int action, int state)
{
	return (action == REQUEST_ANNOUNCE_LIFTING || action == REQUEST_LIFT) &&
	       state <= REQUEST_NO_MATCH;
}

START_TEST(what_is_closed_is_only_reopened_downloaded_or_lifted)
{
	enum request_state to;

	for (int s = REQUEST_FULFILLED; s < REQUEST_STATE__MAX; s++)
		for (int a = 0; a < REQUEST_ACTION__MAX; a++)
			ck_assert_int_eq(
			    transition_find((enum request_state)s,
				(enum request_action)a, REQUEST_BY_OPERATOR,
				ALL_FACTS, &to) == ST_OK,
			    a == REQUEST_REOPEN || lifts(a, s) ||
				(a == REQUEST_DOWNLOAD &&
				    s <= REQUEST_PARTLY_FULFILLED));
}
END_TEST

static const struct {
	enum request_state from;
	enum request_action action;
	unsigned int roles;
	unsigned int facts;
	const char *says;
} denied[] = {
	{ REQUEST_RECEIVED, REQUEST_DECIDE, REQUEST_BY_OPERATOR, ALL_FACTS,
	    "that is received cannot be decided" },
	{ REQUEST_IN_PROGRESS, REQUEST_DECIDE, REQUEST_BY_OFFICER,
	    ALL_FACTS & ~(unsigned int)REQUEST_IS_VERIFIED,
	    "identity has not been verified" },
	{ REQUEST_IN_PROGRESS, REQUEST_DECIDE, REQUEST_BY_SUBJECT, ALL_FACTS,
	    "role" },
	{ REQUEST_IN_PROGRESS, REQUEST_DECIDE, REQUEST_BY_OFFICER,
	    ALL_FACTS & ~(unsigned int)REQUEST_IS_NOT_SUSPENDED,
	    "clarification is asked for" },
	{ REQUEST_AWAITING_APPROVAL, REQUEST_APPROVE, REQUEST_BY_APPROVER,
	    ALL_FACTS & ~(unsigned int)REQUEST_BY_ANOTHER,
	    "somebody else than who decided" },
	{ REQUEST_AWAITING_APPROVAL, REQUEST_APPROVE, REQUEST_BY_OFFICER,
	    ALL_FACTS, "role" },
	{ REQUEST_IN_PROGRESS, REQUEST_FULFIL, REQUEST_BY_OFFICER,
	    ALL_FACTS & ~(unsigned int)REQUEST_IS_APPROVED, "approved" },
	{ REQUEST_IN_PROGRESS, REQUEST_EXTEND, REQUEST_BY_OFFICER,
	    ALL_FACTS & ~(unsigned int)REQUEST_IS_NOT_EXTENDED,
	    "one extension" },
	{ REQUEST_AWAITING_IDENTITY, REQUEST_FAIL_IDENTITY, REQUEST_BY_OFFICER,
	    ALL_FACTS & ~(unsigned int)REQUEST_HAS_REASON, "--reason" },
	{ REQUEST_RECEIVED, REQUEST_RESUME, REQUEST_BY_OFFICER,
	    ALL_FACTS & ~(unsigned int)REQUEST_IS_SUSPENDED,
	    "no clarification" },
};

START_TEST(what_is_denied_says_why)
{
	enum request_state to = REQUEST_NONE;

	ck_assert_int_eq(transition_find(denied[_i].from, denied[_i].action,
			     denied[_i].roles, denied[_i].facts, &to),
	    ST_DENIED);
	ck_assert_msg(
	    strstr(status_text(), denied[_i].says), "%s", status_text());
	ck_assert_int_eq(to, REQUEST_NONE);
}
END_TEST

START_TEST(what_was_never_verified_is_reopened_as_received)
{
	enum request_state to = REQUEST_NONE;

	ck_assert_int_eq(transition_find(REQUEST_WITHDRAWN, REQUEST_REOPEN,
			     REQUEST_BY_OFFICER, REQUEST_HAS_REASON, &to),
	    ST_OK);
	ck_assert_int_eq(to, REQUEST_RECEIVED);
	ck_assert_int_eq(transition_find(REQUEST_WITHDRAWN, REQUEST_REOPEN,
			     REQUEST_BY_OFFICER,
			     REQUEST_HAS_REASON | REQUEST_IS_VERIFIED, &to),
	    ST_OK);
	ck_assert_int_eq(to, REQUEST_IN_PROGRESS);
}
END_TEST

START_TEST(words_are_read_as_they_are_written)
{
	enum request_type type;
	enum request_state state;

	for (int i = 0; i < REQUEST_TYPE__MAX; i++) {
		ck_assert_int_eq(
		    request_type_parse(
			request_type_name((enum request_type)i), &type),
		    ST_OK);
		ck_assert_int_eq((int)type, i);
	}
	ck_assert_int_eq(request_type_parse("acces", &type), ST_USAGE);
	ck_assert_ptr_nonnull(strstr(status_text(), "did you mean `access`"));
	ck_assert_int_eq(request_state_parse("none", &state), ST_USAGE);
	ck_assert_int_eq(
	    request_reason_check(REQUEST_WHY_EXTEND, "legal_claims"), ST_USAGE);
	ck_assert_int_eq(
	    request_reason_check(REQUEST_WHY_REFUSE, "legal_claims"), ST_OK);
	ck_assert_int_eq(
	    request_reason_check(REQUEST_WHY_REFUSE, NULL), ST_USAGE);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

Suite *request_table_suite(void)
{
	Suite *s = suite_create("request_table");
	TCase *t = tcase_create("all");

	tcase_add_test(t, no_state_is_a_dead_end_and_each_is_reached);
	tcase_add_test(t, what_is_closed_is_only_reopened_downloaded_or_lifted);
	tcase_add_loop_test(t, what_is_denied_says_why, 0, COUNT(denied));
	tcase_add_test(t, what_was_never_verified_is_reopened_as_received);
	tcase_add_test(t, words_are_read_as_they_are_written);
	suite_add_tcase(s, t);
	return s;
}
