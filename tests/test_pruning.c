/* engine/purge/pruning.c: when the log's entries have run out, and which stay
 */
#include <string.h>

#include "engine/audit/prune.h"
#include "engine/base/when.h"
#include "engine/purge/clock.h"
#include "engine/purge/pruning.h"
#include "tests/house.h"
#include "tests/suites.h"

/* 2040-02-29 23:59:59 in Tokyo, and the end of the ten years from then on. */
#define LAST INT64_C(2214140399)
#define END  INT64_C(2529673200) /* 2050-03-01 00:00 there */

static struct house *h;

static void setup(void)
{
	h = house_of_visits();
	h->in.config.audit.retention.months = 120;
	MUST(installation_open_audit(&h->in) == ST_OK &&
		 installation_open_control(&h->in) == ST_OK,
	    "%s", status_text());
}

static void teardown(void) { house_free(h); }

static void append(int64_t at, size_t count)
{
	static const struct audit_item one = { "test", NULL };
	struct audit_item items[600];
	size_t i;

	for (i = 0; i < count; i++)
		items[i] = one;
	MUST(audit_append_all(h->in.audit, at, "os:x", items, count) == ST_OK,
	    "%s", status_text());
}

static long long due(int64_t as_of)
{
	json_t *o = NULL;
	long long n;

	MUST(pruning_run(&h->in, as_of, PRUNING_LOOK, &o) == ST_OK, "%s",
	    status_text());
	n = json_int(o, "entries");
	json_decref(o);
	return n;
}

/* A leap day, which ten years later has none. */
START_TEST(the_period_ends_with_its_last_day)
{
	append(LAST, 600);
	ck_assert_int_eq(due(END - 1), 0);
	ck_assert_int_ge(due(END), 512);
	h->in.config.audit.retention.months = 0;
	ck_assert_int_eq(due(INT64_C(99999999999)), 0);
}
END_TEST

START_TEST(the_last_run_and_its_seals_stay)
{
	json_t *report;
	long long first;

	append(5, 300);
	report = house_purge(h, "2026-01-01");
	json_decref(report);
	first = due(END);
	/* All before the run, however old the rest becomes. */
	append(6, 600);
	ck_assert_int_eq(due(END), first);
	ck_assert_int_eq(first, 256);
	report = house_purge(h, "2026-01-02");
	json_decref(report);
	ck_assert_int_gt(due(END), first);
}
END_TEST

START_TEST(what_was_not_told_yet_stays)
{
	append(LAST, 600);
	MUST(db_script(h->in.control,
		 "INSERT INTO suspension (id, kind, cluster, reason,"
		 " authority, owner, review, placed_at, placed_by)"
		 " VALUES ('H-1', 'hold', 'visits', 'audit', 'court', 'os:x',"
		 " '2050-01-01', 2214140399, 'os:x');"
		 "INSERT INTO suspension_entry (suspension, action, at, actor)"
		 " VALUES ('H-1', 'hold_placed', 2214140399, 'os:x')") == ST_OK,
	    "%s", status_text());
	ck_assert_int_eq(due(END), 0);
	ck_assert_int_eq(db_exec(h->in.control,
			     "UPDATE suspension_entry SET logged = 1", NOARGS),
	    ST_OK);
	ck_assert_int_ge(due(END), 512);
}
END_TEST

static enum status carry_out(int64_t as_of, json_t **o)
{
	return pruning_run(&h->in, as_of, PRUNING_CARRY_OUT, o);
}

START_TEST(a_clock_that_nobody_vouches_for_takes_nothing)
{
	int64_t now = when_now();
	json_t *o = NULL;

	append(5, 600);
	ck_assert_int_eq(carry_out(now, &o), ST_DENIED);
	ck_assert_int_eq(
	    clock_keep(h->in.control, now - 8 * 86400, CLOCK_VOUCHED), ST_OK);
	ck_assert_int_eq(carry_out(now, &o), ST_DENIED);
	ck_assert_int_eq(
	    clock_keep(h->in.control, now + 86400, CLOCK_VOUCHED), ST_OK);
	ck_assert_int_eq(carry_out(now, &o), ST_DENIED);
	ck_assert_int_eq(clock_keep(h->in.control, now, CLOCK_VOUCHED), ST_OK);
	ck_assert_int_eq(carry_out(now + 86400, &o), ST_USAGE);
	ck_assert_ptr_null(o);
	/* What `init` logged is of today, and all stands behind it. */
	MUST(carry_out(now, &o) == ST_OK, "%s", status_text());
	ck_assert_int_eq(json_int(o, "entries"), 0);
	ck_assert(json_is_null(json_object_get(o, "scrubbed")));
	json_decref(o);
}
END_TEST

START_TEST(looking_without_memory)
{
	enum status st = ST_NOMEM;
	json_t *o = NULL;
	long nth;

	append(5, 600);
	for (nth = 0; st != ST_OK; nth++) {
		test_alloc_fuse(nth);
		st = pruning_run(&h->in, END, PRUNING_LOOK, &o);
		test_alloc_fuse(-1);
		ck_assert(st == ST_OK || st == ST_NOMEM);
	}
	ck_assert_int_ge(json_int(o, "entries"), 512);
	json_decref(o);
}
END_TEST

Suite *pruning_suite(void)
{
	Suite *s = suite_create("pruning");
	TCase *t = tcase_create("pruning");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, the_period_ends_with_its_last_day);
	tcase_add_test(t, the_last_run_and_its_seals_stay);
	tcase_add_test(t, what_was_not_told_yet_stays);
	tcase_add_test(t, a_clock_that_nobody_vouches_for_takes_nothing);
	tcase_add_test(t, looking_without_memory);
	suite_add_tcase(s, t);
	return s;
}
