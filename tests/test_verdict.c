/*
 * engine/plan/verdict.c: one record's verdict, every branch.  Guards invariant
 * 1: every table stands on the last second before and the first one after.
 */
#include <string.h>

#include "engine/base/zone.h"
#include "engine/plan/verdict.h"
#include "tests/suites.h"

/* A rule in one line: "latest open P1Y [kept P2Y] [year]". */
struct terms {
	enum policy_pick pick;
	enum policy_null null_means;
	enum calendar_from from;
	const char *period;
	const char *retention; /* or NULL */
	enum calendar_rule calendar;
};
#define EU CALENDAR_EU_1182_71
#define JP CALENDAR_JP_CIVIL_CODE
static const struct terms latest_open = { POLICY_LATEST, POLICY_NULL_OPEN,
	CALENDAR_FROM_EVENT, "P1Y", NULL, JP };
static const struct terms latest_strict = { POLICY_LATEST,
	POLICY_NULL_UNDECIDED, CALENDAR_FROM_EVENT, "P1Y", NULL, JP };
static const struct terms earliest_open = { POLICY_EARLIEST, POLICY_NULL_OPEN,
	CALENDAR_FROM_EVENT, "P1Y", NULL, JP };
static const struct terms earliest_strict = { POLICY_EARLIEST,
	POLICY_NULL_UNDECIDED, CALENDAR_FROM_EVENT, "P1Y", NULL, JP };
static const struct terms at_once = { POLICY_LATEST, POLICY_NULL_UNDECIDED,
	CALENDAR_FROM_EVENT, "P0D", NULL, JP };
static const struct terms at_once_earliest = { POLICY_EARLIEST,
	POLICY_NULL_UNDECIDED, CALENDAR_FROM_EVENT, "P0D", NULL, JP };
static const struct terms year_end = { POLICY_LATEST, POLICY_NULL_UNDECIDED,
	CALENDAR_FROM_END_OF_YEAR, "P8Y", NULL, EU };
static const struct terms year_end_at_once = { POLICY_LATEST,
	POLICY_NULL_UNDECIDED, CALENDAR_FROM_END_OF_YEAR, "P0D", NULL, EU };
static const struct terms kept_longer = { POLICY_LATEST, POLICY_NULL_UNDECIDED,
	CALENDAR_FROM_EVENT, "P30D", "P1M", EU };
static const struct terms european = { POLICY_LATEST, POLICY_NULL_UNDECIDED,
	CALENDAR_FROM_EVENT, "P1M", NULL, EU };
static const struct terms japanese = { POLICY_LATEST, POLICY_NULL_UNDECIDED,
	CALENDAR_FROM_EVENT, "P1M", NULL, JP };

/* Tokyo; ${values} apart by '|', "-" for NULL; ${now} in UTC. */
static const struct {
	const struct terms *terms;
	const char *values;
	const char *now;
	enum verdict want;
} cases[] = {
	/* one date: the year, to the second; overdue a window later */
	{ &latest_strict, "2024-02-29", "2024-02-28T14:59:59Z",
	    VERDICT_ACTIVE },
	{ &latest_strict, "2024-02-29", "2024-02-28T15:00:00Z",
	    VERDICT_RETAIN },
	{ &latest_strict, "2024-02-29", "2025-02-28T14:59:59Z",
	    VERDICT_RETAIN },
	{ &latest_strict, "2024-02-29", "2025-02-28T15:00:00Z", VERDICT_DUE },
	{ &latest_strict, "2024-02-29", "2025-03-01T15:00:00Z", VERDICT_DUE },
	{ &latest_strict, "2024-02-29", "2025-03-01T15:00:01Z",
	    VERDICT_OVERDUE },
	/* an instant counts by its local day: 28 February, 1 March */
	{ &latest_strict, "2023-02-28T14:59:59Z", "2024-02-29T15:00:00Z",
	    VERDICT_DUE },
	{ &latest_strict, "2023-02-28T15:00:00Z", "2024-02-29T15:00:00Z",
	    VERDICT_RETAIN },
	/* ahead, by a second and by a day */
	{ &latest_strict, "2024-05-05T05:05:05Z", "2024-05-05T05:05:04Z",
	    VERDICT_ACTIVE },
	{ &latest_strict, "2024-05-05T05:05:05Z", "2024-05-05T05:05:05Z",
	    VERDICT_RETAIN },
	/* the two rules differ at the end of February */
	{ &european, "2023-02-28", "2023-03-28T15:00:00Z", VERDICT_DUE },
	{ &japanese, "2023-02-28", "2023-03-28T15:00:00Z", VERDICT_RETAIN },
	{ &japanese, "2023-02-28", "2023-03-31T14:59:59Z", VERDICT_RETAIN },
	{ &japanese, "2023-02-28", "2023-03-31T15:00:00Z", VERDICT_DUE },
	/* an obligation that ends later than the maximum is kept */
	{ &kept_longer, "2024-01-15", "2024-02-14T15:00:00Z", VERDICT_RETAIN },
	{ &kept_longer, "2024-01-15", "2024-02-15T15:00:00Z", VERDICT_DUE },
	/* in February the month is the shorter one */
	{ &kept_longer, "2023-02-10", "2023-03-10T15:00:00Z", VERDICT_RETAIN },
	{ &kept_longer, "2023-02-10", "2023-03-12T15:00:00Z", VERDICT_DUE },
	/* P0D: an instant at once, a date with its day */
	{ &at_once, "2024-05-05T05:05:05Z", "2024-05-05T05:05:04Z",
	    VERDICT_ACTIVE },
	{ &at_once, "2024-05-05T05:05:05Z", "2024-05-05T05:05:05Z",
	    VERDICT_DUE },
	{ &at_once, "2024-05-05", "2024-05-05T14:59:59Z", VERDICT_RETAIN },
	{ &at_once, "2024-05-05", "2024-05-05T15:00:00Z", VERDICT_DUE },
	{ &at_once, "2024-05-05|2024-05-05T05:05:05Z", "2024-05-05T05:05:05Z",
	    VERDICT_RETAIN },
	{ &at_once_earliest, "2024-05-05|2024-05-05T05:05:05Z",
	    "2024-05-05T05:05:05Z", VERDICT_DUE },
	/* a date and a later instant of that day: still to come */
	{ &at_once, "2024-05-05|2024-05-05T05:05:05Z", "2024-05-05T05:05:04Z",
	    VERDICT_ACTIVE },
	{ &latest_strict, "2024-05-05|2024-05-05T05:05:05Z",
	    "2024-05-05T05:05:04Z", VERDICT_ACTIVE },
	{ &latest_strict, "2024-05-05T05:05:05Z|2024-05-05",
	    "2024-05-05T05:05:04Z", VERDICT_ACTIVE },
	{ &earliest_strict, "2024-05-05|2024-05-05T05:05:05Z",
	    "2024-05-05T05:05:04Z", VERDICT_RETAIN },
	/* from the end of the year, in the zone's year */
	{ &year_end, "2018-05-10", "2026-12-31T14:59:59Z", VERDICT_RETAIN },
	{ &year_end, "2018-05-10", "2026-12-31T15:00:00Z", VERDICT_DUE },
	{ &year_end, "2018-12-31T15:00:00Z", "2026-12-31T15:00:00Z",
	    VERDICT_RETAIN },
	{ &year_end_at_once, "2018-05-10T05:05:05Z", "2018-12-31T14:59:59Z",
	    VERDICT_RETAIN },
	{ &year_end_at_once, "2018-05-10T05:05:05Z", "2018-12-31T15:00:00Z",
	    VERDICT_DUE },
	/* two values of one year: the later one is still to come */
	{ &year_end, "2018-05-10|2018-11-11", "2018-10-01T00:00:00Z",
	    VERDICT_ACTIVE },
	/* latest and earliest */
	{ &latest_strict, "2024-02-29|2023-01-01", "2024-06-01T00:00:00Z",
	    VERDICT_RETAIN },
	{ &earliest_strict, "2024-02-29|2023-01-01", "2024-06-01T00:00:00Z",
	    VERDICT_OVERDUE },
	{ &latest_strict, "2020-01-01|2999-01-01", "2024-06-01T00:00:00Z",
	    VERDICT_ACTIVE },
	{ &earliest_strict, "2999-01-01|2020-01-01", "2024-06-01T00:00:00Z",
	    VERDICT_OVERDUE },
	{ &earliest_strict, "2999-01-01|2998-01-01", "2024-06-01T00:00:00Z",
	    VERDICT_ACTIVE },
	/* NULL: open, or not decided */
	{ &latest_open, "-", "2024-06-01T00:00:00Z", VERDICT_ACTIVE },
	{ &latest_open, "-|2020-01-01", "2024-06-01T00:00:00Z",
	    VERDICT_ACTIVE },
	{ &latest_open, "2020-01-01|-|soon", "2024-06-01T00:00:00Z",
	    VERDICT_ACTIVE },
	{ &earliest_open, "-", "2024-06-01T00:00:00Z", VERDICT_ACTIVE },
	{ &earliest_open, "-|2020-01-01", "2024-06-01T00:00:00Z",
	    VERDICT_OVERDUE },
	{ &earliest_open, "-|soon", "2024-06-01T00:00:00Z", VERDICT_UNDECIDED },
	{ &latest_strict, "-", "2024-06-01T00:00:00Z", VERDICT_UNDECIDED },
	{ &latest_strict, "-|2020-01-01", "2024-06-01T00:00:00Z",
	    VERDICT_UNDECIDED },
	{ &earliest_strict, "2020-01-01|-", "2024-06-01T00:00:00Z",
	    VERDICT_UNDECIDED },
	/* no value at all */
	{ &latest_open, "", "2024-06-01T00:00:00Z", VERDICT_ACTIVE },
	{ &latest_strict, "", "2024-06-01T00:00:00Z", VERDICT_UNDECIDED },
	{ &earliest_strict, "", "2024-06-01T00:00:00Z", VERDICT_UNDECIDED },
	/* unreadable, and before 1900 */
	{ &latest_open, "soon", "2024-06-01T00:00:00Z", VERDICT_UNDECIDED },
	{ &latest_open, "soon|2020-01-01", "2024-06-01T00:00:00Z",
	    VERDICT_UNDECIDED },
	{ &latest_strict, "1899-12-31", "2024-06-01T00:00:00Z",
	    VERDICT_UNDECIDED },
	{ &latest_strict, "1900-01-01", "2024-06-01T00:00:00Z",
	    VERDICT_OVERDUE },
	{ &latest_strict, "1899-12-31T23:59:59Z", "2024-06-01T00:00:00Z",
	    VERDICT_UNDECIDED },
	{ &latest_strict, "1900-01-01T00:00:00Z", "2024-06-01T00:00:00Z",
	    VERDICT_OVERDUE },
	{ &earliest_open, "2020-01-01|1850-01-01", "2024-06-01T00:00:00Z",
	    VERDICT_UNDECIDED },
};

struct fixture {
	struct policy_starting_point start;
	struct policy_cluster cluster;
	struct verdict_clock clock;
	struct zone *zone;
};

static void set_up(struct fixture *f, const struct terms *t)
{
	static char name[] = "start";

	memset(f, 0, sizeof(*f));
	ck_assert_int_eq(zone_open("Asia/Tokyo", &f->zone), ST_OK);
	f->start.name = name;
	f->start.pick = t->pick;
	f->start.null_means = t->null_means;
	f->start.from = t->from;
	ck_assert_int_eq(period_parse(t->period, &f->clock.period), ST_OK);
	if (t->retention) {
		f->cluster.has_retention = 1;
		ck_assert_int_eq(
		    period_parse(t->retention, &f->cluster.retention_period),
		    ST_OK);
	}
	f->clock.rule.calendar.rule = t->calendar;
	f->clock.rule.calendar.zone = f->zone;
	f->clock.rule.cluster = &f->cluster;
	f->clock.rule.window_seconds = 86400;
	f->clock.start = &f->start;
}

static struct verdict_value value_of(const char *text, size_t len)
{
	struct verdict_value v = { len == 1 && *text == '-',
		{ WHEN_NONE, 0, 0 } };

	if (!v.is_null && when_parse(text, len, &v.when) != ST_OK)
		v.when.kind = WHEN_NONE;
	return v;
}

static size_t values_of(const char *text, struct verdict_value *out)
{
	size_t n = 0, len;

	for (; *text; text += len + (text[len] == '|')) {
		len = strcspn(text, "|");
		out[n++] = value_of(text, len);
	}
	return n;
}

static int64_t instant(const char *text)
{
	struct when w;

	ck_assert_int_eq(when_parse(text, strlen(text), &w), ST_OK);
	return w.seconds;
}

START_TEST(a_verdict_follows_from_the_values)
{
	struct verdict_value values[4];
	struct judgement j;
	struct fixture f;
	size_t n;

	set_up(&f, cases[_i].terms);
	n = values_of(cases[_i].values, values);
	ck_assert_int_eq(
	    verdict_judge(&f.clock, values, n, instant(cases[_i].now), &j),
	    ST_OK);
	ck_assert_msg(j.verdict == cases[_i].want,
	    "%s at %s: found %s, expected %s", cases[_i].values, cases[_i].now,
	    verdict_name(j.verdict), verdict_name(cases[_i].want));
	ck_assert(j.reasons.len > 10);
	buf_release(&j.reasons);
	zone_free(f.zone);
}
END_TEST

START_TEST(a_term_that_runs_is_no_mistake_in_the_data)
{
	struct policy_term term = { .has_longest = 0 };
	struct verdict_value value;
	struct judgement j;
	struct fixture f;

	set_up(&f, &latest_strict);
	f.start.term = _i ? &term : NULL;
	(void)values_of("2026-03-31", &value);
	ck_assert_int_eq(verdict_judge(&f.clock, &value, 1,
			     instant("2026-01-01T00:00:00Z"), &j),
	    ST_OK);
	ck_assert_int_eq(j.verdict, VERDICT_ACTIVE);
	ck_assert_str_eq(buf_text(&j.reasons),
	    _i ? "start lies ahead: the term has not ended yet\n"
	       : "warning: start lies in the future: check the data\n");
	buf_release(&j.reasons);
	zone_free(f.zone);
}
END_TEST

/* Judging them all, or only the one that none outranks, is the same. */
START_TEST(the_value_that_decides_is_all_that_need_be_remembered)
{
	struct verdict_value values[4], best;
	int64_t now = instant(cases[_i].now);
	struct judgement all, one;
	struct fixture f;
	size_t n, i;

	set_up(&f, cases[_i].terms);
	n = values_of(cases[_i].values, values);
	for (i = 1, best = values[0]; i < n; i++) {
		if (verdict_outranks(&f.clock, &best, &values[i]))
			best = values[i];
	}
	if (n > 1) {
		ck_assert_int_eq(
		    verdict_judge(&f.clock, values, n, now, &all), ST_OK);
		ck_assert_int_eq(
		    verdict_judge(&f.clock, &best, 1, now, &one), ST_OK);
		/* Of today's date and a later instant of today one stays:
		 * ACTIVE or RETAIN, with the same end. */
		if (one.verdict > VERDICT_RETAIN ||
		    all.verdict > VERDICT_RETAIN)
			ck_assert_str_eq(verdict_name(one.verdict),
			    verdict_name(all.verdict));
		ck_assert_int_eq(
		    one.end.deletable_from, all.end.deletable_from);
		buf_release(&all.reasons);
		buf_release(&one.reasons);
	}
	zone_free(f.zone);
}
END_TEST

/* Whatever the period: what it makes of the later day cannot end earlier. */
START_TEST(of_two_days_that_clamp_to_one_the_later_one_decides)
{
	struct verdict_value values[2];
	struct fixture f;

	set_up(&f, &european);
	(void)values_of("2023-01-30|2023-01-31", values);
	ck_assert(verdict_outranks(&f.clock, &values[0], &values[1]));
	ck_assert(!verdict_outranks(&f.clock, &values[1], &values[0]));
	ck_assert(!verdict_outranks(&f.clock, &values[1], &values[1]));
	zone_free(f.zone);
}
END_TEST

/* Of several purposes: "UNDECIDED ACTIVE RETAIN:7 DUE:3", the number an end. */
static const struct {
	struct judgement of[3];
	size_t count;
	size_t decides;
} joined[] = {
#define J(v, end)                                                      \
	{                                                              \
		VERDICT_##v, 0, { WHEN_NONE, 0, 0 }, { 0, 0, end }, 0, \
		    BUF_INIT                                           \
	}
	{ { J(DUE, 3), J(RETAIN, 7) }, 2, 1 },
	{ { J(RETAIN, 7), J(RETAIN, 9), J(DUE, 3) }, 3, 1 },
	{ { J(OVERDUE, 3), J(DUE, 5) }, 2, 1 },
	{ { J(DUE, 5), J(OVERDUE, 3) }, 2, 0 },
	{ { J(RETAIN, 9), J(ACTIVE, 0) }, 2, 1 },
	{ { J(ACTIVE, 0), J(UNDECIDED, 0), J(DUE, 1) }, 3, 1 },
	{ { J(DUE, 1) }, 1, 0 },
	/* without a clock nothing is ever due */
	{ { J(DUE, 1) }, 0, SIZE_MAX },
};
#define JOINED (int)(sizeof(joined) / sizeof(joined[0]))

START_TEST(the_last_purpose_decides)
{
	ck_assert_uint_eq(verdict_decides(joined[_i].of, joined[_i].count),
	    joined[_i].decides);
}
END_TEST

Suite *verdict_suite(void)
{
	Suite *s = suite_create("verdict");
	TCase *t = tcase_create("all");
	int n = (int)(sizeof(cases) / sizeof(cases[0]));

	tcase_add_loop_test(t, a_verdict_follows_from_the_values, 0, n);
	tcase_add_loop_test(
	    t, the_value_that_decides_is_all_that_need_be_remembered, 0, n);
	tcase_add_loop_test(
	    t, a_term_that_runs_is_no_mistake_in_the_data, 0, 2);
	tcase_add_test(t, of_two_days_that_clamp_to_one_the_later_one_decides);
	tcase_add_loop_test(t, the_last_purpose_decides, 0, JOINED);
	suite_add_tcase(s, t);
	return s;
}
