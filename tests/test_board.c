/* engine/rights/board.c: lists that are kept are the lists that there are */
#include <pthread.h>
#include <string.h>

#include "engine/rights/board.h"
#include "engine/rights/case.h"
#include "engine/rights/rights.h"
#include "tests/holds.h"
#include "tests/suites.h"

static struct holds_site site;
static struct board *board;
#define IN (&site.in)

static void setup(void)
{
	holds_site_init(&site, 1);
	MUST(board_new(&board) == ST_OK, "%s", status_text());
}
static void teardown(void)
{
	board_free(board);
	holds_site_release(&site);
}

static struct rights_actor ada(void)
{
	return (
	    struct rights_actor){ "os:ada", REQUEST_BY_OPERATOR, when_now() };
}

static void opened(enum request_type type, int64_t days_ago, char id[24])
{
	struct rights_actor by = ada();
	const struct rights_order o = { type, REQUEST_GDPR, REQUEST_EMAIL,
		"person_id", "P1", by.now - days_ago * 86400, NULL };
	json_t *out = NULL;

	MUST(rights_open(IN, &by, &o, &out) == ST_OK, "%s", status_text());
	(void)snprintf(id, 24, "%s", json_text(out, "id"));
	json_decref(out);
}

static const struct list_filter filters[] = {
	{ .which = LIST_OPEN, .limit = 50 },
	{ .which = LIST_ALL, .limit = 2, .offset = 1 },
	{ .which = LIST_ALL, .limit = 3, .sort = LIST_BY_RECEIPT },
	{ .which = LIST_OPEN, .limit = 50, .type = "access" },
	{ .which = LIST_OPEN, .limit = 50, .state = "withdrawn" },
	{ .which = LIST_OPEN, .limit = 50, .standing = "overdue" },
	{ .which = LIST_ALL, .limit = 50, .offset = 100 },
};
#define FILTERS (sizeof(filters) / sizeof(filters[0]))

/* Both times: made, and kept. */
static void same(struct installation *in, int64_t now)
{
	for (size_t i = 0; i < 2 * FILTERS; i++) {
		const struct list_filter *f = &filters[i % FILTERS];
		json_t *kept = NULL, *fresh = NULL;

		MUST(board_list(board, in, f, now, &kept) == ST_OK &&
			 list_json(in, f, now, &fresh) == ST_OK,
		    "%s", status_text());
		MUST(json_equal(kept, fresh), "filter %zu", i);
		json_decref(kept);
		json_decref(fresh);
		kept = fresh = NULL;
		MUST(board_summary(board, in, now, &kept) == ST_OK &&
			 list_summary(in, now, &fresh) == ST_OK,
		    "%s", status_text());
		MUST(json_equal(kept, fresh), "the summary");
		json_decref(kept);
		json_decref(fresh);
	}
}

START_TEST(what_is_kept_is_what_there_is)
{
	struct rights_actor by = ada();
	char first[24], second[24];

	same(IN, by.now);
	opened(REQUEST_ACCESS, 40, first);
	same(IN, by.now);
	opened(REQUEST_ERASURE, 2, second);
	same(IN, by.now);
	ck_assert_int_eq(
	    rights_suspend(IN, &by, second, by.now, "Which?", NULL), ST_OK);
	same(IN, by.now);
	ck_assert_int_eq(rights_withdraw(IN, &by, first, NULL, NULL), ST_OK);
	same(IN, by.now);
	ck_assert_int_eq(rights_reopen(IN, &by, first, "Again.", NULL), ST_OK);
	same(IN, by.now);
	/* another day, another standing; and back */
	same(IN, by.now + INT64_C(40) * 86400);
	same(IN, by.now);
}
END_TEST

START_TEST(a_list_is_not_the_readers_to_change)
{
	struct rights_actor by = ada();
	json_t *o = NULL;
	char id[24];

	opened(REQUEST_ACCESS, 1, id);
	ck_assert_int_eq(board_list(board, IN, &filters[0], by.now, &o), ST_OK);
	ck_assert_int_eq(json_put(o, "paging", json_true()), ST_OK);
	ck_assert_int_eq(json_object_del(o, "requests"), 0);
	json_decref(o);
	same(IN, by.now);
}
END_TEST

START_TEST(a_name_that_is_none_is_refused)
{
	static const struct list_filter wrong[] = {
		{ .type = "acess", .limit = 1 },
		{ .state = "x", .limit = 1 },
		{ .standing = "a-name-that-is-longer-than-any-of-them-is",
		    .limit = 1 },
	};
	json_t *o = NULL;

	for (size_t i = 0; i < 3; i++)
		ck_assert_int_eq(
		    board_list(board, IN, &wrong[i], 0, &o), ST_USAGE);
}
END_TEST

static void *read_on(void *ctx)
{
	struct installation in;
	json_t *o = NULL;
	int64_t now = when_now();
	enum status st = installation_again(ctx, &in);

	for (size_t i = 0; st == ST_OK && i < 200; i++) {
		st = i % 8 ? board_list(
				 board, &in, &filters[i % FILTERS], now, &o)
			   : board_summary(board, &in, now, &o);
		json_decref(o);
		o = NULL;
	}
	installation_release(&in);
	return st == ST_OK ? ctx : NULL;
}

START_TEST(many_read_while_one_writes)
{
	pthread_t threads[4];
	void *well = NULL;
	char id[24];

	for (size_t i = 0; i < 4; i++)
		ck_assert_int_eq(
		    pthread_create(&threads[i], NULL, read_on, IN), 0);
	for (int i = 0; i < 10; i++)
		opened(REQUEST_ACCESS, i, id);
	for (size_t i = 0; i < 4; i++) {
		(void)pthread_join(threads[i], &well);
		ck_assert_ptr_nonnull(well);
	}
	same(IN, when_now());
}
END_TEST

START_TEST(a_case_says_what_may_be_done)
{
	struct rights_actor by = ada();
	const json_t *may;
	json_t *o = NULL;
	char id[24];

	opened(REQUEST_ACCESS, 1, id);
	by.roles = REQUEST_BY_INTAKE;
	ck_assert_int_eq(rights_case(IN, &by, id, &o), ST_OK);
	may = json_object_get(o, "may");
	ck_assert(json_is_true(json_object_get(may, "verify")));
	ck_assert(json_is_true(json_object_get(may, "suspend")));
	ck_assert(json_is_false(json_object_get(may, "resume")));
	ck_assert(json_is_false(json_object_get(may, "extend")));
	ck_assert(json_is_false(json_object_get(may, "decide")));
	ck_assert_uint_eq(json_array_size(json_object_get(o, "stops")), 0);
	json_decref(o);
	o = NULL;
	ck_assert_int_eq(rights_cases_of(IN, " P1 ", &o), ST_OK);
	ck_assert_uint_eq(json_array_size(json_object_get(o, "requests")), 1);
	json_decref(o);
	o = NULL;
	ck_assert_int_eq(rights_cases_of(IN, "P", &o), ST_OK);
	ck_assert_uint_eq(json_array_size(json_object_get(o, "requests")), 0);
	json_decref(o);
	ck_assert_int_eq(rights_case(IN, &by, "Q-none", &o), ST_USAGE);
}
END_TEST

Suite *board_suite(void)
{
	Suite *s = suite_create("board");
	TCase *tc = tcase_create("board");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, what_is_kept_is_what_there_is);
	tcase_add_test(tc, a_list_is_not_the_readers_to_change);
	tcase_add_test(tc, a_name_that_is_none_is_refused);
	tcase_add_test(tc, many_read_while_one_writes);
	tcase_add_test(tc, a_case_says_what_may_be_done);
	suite_add_tcase(s, tc);
	return s;
}
