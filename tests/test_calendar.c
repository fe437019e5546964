/* engine/model/calendar.c: how periods are counted, against the law's words */
#include "engine/base/civil.h"
#include "tests/times.h"

/*
 * The law word for word, day by day, as a reference: no closed form, and a
 * calendar of its own.
 */
struct walk {
	int year, month, day;
};

static int walk_length(struct walk w)
{
	if (w.month == 2)
		return w.year % 400 == 0 || (w.year % 4 == 0 && w.year % 100)
			   ? 29
			   : 28;
	return w.month == 4 || w.month == 6 || w.month == 9 || w.month == 11
		   ? 30
		   : 31;
}

static struct walk walk_on(struct walk w)
{
	if (++w.day > walk_length(w)) {
		w.day = 1;
		if (++w.month > 12) {
			w.month = 1;
			w.year++;
		}
	}
	return w;
}

static struct walk walk_back(struct walk w)
{
	if (--w.day == 0) {
		if (--w.month == 0) {
			w.month = 12;
			w.year--;
		}
		w.day = walk_length(w);
	}
	return w;
}

static struct walk walk_months(struct walk w, int months)
{
	for (; months > 0; months--) {
		if (++w.month > 12) {
			w.month = 1;
			w.year++;
		}
	}
	return w; /* of a day that may not exist */
}

/* Art. 3(2)(c): ends with the day that has the same date as the event's; if
 * there is none in that month, with its last. */
static struct walk eu_months(struct walk event, int months)
{
	struct walk w = walk_months(event, months);

	while (w.day > walk_length(w))
		w.day--;
	return w;
}

/* Art. 140, 143: the first day is not counted; ends with the day before the
 * one that corresponds to the first counted; if there is none, with the last
 * day of that month. */
static struct walk jp_months(struct walk event, int months)
{
	struct walk w = walk_months(walk_on(event), months);

	if (w.day <= walk_length(w))
		return walk_back(w);
	w.day = walk_length(w);
	return w;
}

static struct walk walk_end(
    enum calendar_rule rule, struct walk event, struct period p)
{
	struct walk w = rule == CALENDAR_EU_1182_71
			    ? eu_months(event, p.months)
			    : jp_months(event, p.months);

	for (int i = 0; i < p.days; i++)
		w = walk_on(w);
	return w;
}

static const char *const lengths[] = { "P0D", "P1D", "P1M", "P2M", "P3M", "P6M",
	"P11M", "P1Y", "P3Y", "P4Y", "P8Y", "P10Y", "P100Y", "P1W", "P4W",
	"P30D", "P365D", "P1Y6M", "P1M1D", "P1Y2M10D", "P6M2W" };
#define LENGTHS (int)(sizeof(lengths) / sizeof(lengths[0]))

START_TEST(the_closed_forms_are_the_law_on_every_day)
{
	struct period p = times_period(lengths[_i]);
	int32_t last = times_day("2101-12-31");

	for (int r = 0; r < CALENDAR_RULE__MAX; r++) {
		enum calendar_rule rule = (enum calendar_rule)r;
		struct walk event = { 1999, 1, 1 };
		int32_t before = INT32_MIN;

		for (int32_t d = times_day("1999-01-01"); d <= last; d++) {
			struct walk w = walk_end(rule, event, p);
			int32_t end = calendar_last_day(rule, d, p);
			struct civil c = civil_date(end);

			MUST(c.year == w.year && c.month == w.month &&
				 c.day == w.day,
			    "%s %s from %04d-%02d-%02d: %04d-%02d-%02d",
			    calendar_rule_name(rule), lengths[_i], event.year,
			    event.month, event.day, c.year, c.month, c.day);
			MUST(end >= before, "%s: not monotone", lengths[_i]);
			before = end;
			event = walk_on(event);
		}
	}
}
END_TEST

START_TEST(the_rules_differ_only_at_the_end_of_a_month)
{
	struct period month = times_period("P1M"), year = times_period("P1Y");
	int32_t feb = times_day("2025-02-28");

	times_check_day(calendar_last_day(CALENDAR_EU_1182_71, feb, month),
	    "2025-03-28", "EU");
	times_check_day(calendar_last_day(CALENDAR_JP_CIVIL_CODE, feb, month),
	    "2025-03-31", "JP");
	feb = times_day("2023-02-28");
	times_check_day(calendar_last_day(CALENDAR_EU_1182_71, feb, year),
	    "2024-02-28", "EU");
	times_check_day(calendar_last_day(CALENDAR_JP_CIVIL_CODE, feb, year),
	    "2024-02-29", "JP");
}
END_TEST

START_TEST(every_length_stays_within_its_bounds)
{
	struct period p = times_period(lengths[_i]);
	int64_t least = period_least_days(p), most = period_most_days(p);
	int64_t shortest = INT64_MAX, longest = 0;
	int32_t last = times_day("1999-12-31");

	for (int32_t d = times_day("1600-01-01"); d <= last; d++) {
		for (int r = 0; r < CALENDAR_RULE__MAX; r++) {
			int64_t n =
			    calendar_last_day((enum calendar_rule)r, d, p) - d;

			shortest = n < shortest ? n : shortest;
			longest = n > longest ? n : longest;
		}
	}
	ck_assert_int_eq(shortest, least);
	ck_assert_int_eq(longest, most);
}
END_TEST

START_TEST(a_recurrence_does_not_drift)
{
	static const char *const ends[] = { "2025-02-28", "2025-03-31",
		"2025-04-30", "2025-05-31", "2025-06-30", "2025-07-31",
		"2025-08-31", "2025-09-30", "2025-10-31", "2025-11-30",
		"2025-12-31", "2026-01-31" };
	struct period month = times_period("P1M"), week = times_period("P1W");
	int32_t event = times_day("2025-01-31");

	for (int n = 1; n <= 12; n++) {
		for (int r = 0; r < CALENDAR_RULE__MAX; r++)
			times_check_day(
			    calendar_recurrence(
				(enum calendar_rule)r, event, month, n),
			    ends[n - 1], "monthly");
	}
	event =
	    times_day("2025-01-30"); /* no month's last: 30 wherever it can */
	times_check_day(
	    calendar_recurrence(CALENDAR_EU_1182_71, event, month, 1),
	    "2025-02-28", "EU 1");
	times_check_day(
	    calendar_recurrence(CALENDAR_EU_1182_71, event, month, 2),
	    "2025-03-30", "EU 2");
	times_check_day(
	    calendar_recurrence(CALENDAR_JP_CIVIL_CODE, event, month, 2),
	    "2025-03-30", "JP 2");
	event = times_day("2024-02-29");
	times_check_day(calendar_recurrence(
			    CALENDAR_EU_1182_71, event, times_period("P1Y"), 4),
	    "2028-02-29", "leap");
	times_check_day(
	    calendar_recurrence(CALENDAR_EU_1182_71, event, week, 52),
	    "2025-02-27", "weeks");
}
END_TEST

START_TEST(p0d_is_due_at_once_and_a_date_at_the_next_midnight)
{
	struct zone *tokyo = times_zone("Asia/Tokyo");
	struct calendar c = { CALENDAR_JP_CIVIL_CODE, tokyo };
	struct period none = times_period("P0D");
	struct calendar_end end;

	end = calendar_end(
	    &c, times_when("2026-03-01T15:30:00Z"), CALENDAR_FROM_EVENT, none);
	times_check_instant(
	    end.deletable_from, "2026-03-01T15:30:00Z", "instant");
	times_check_day(end.event_day, "2026-03-02", "event day in Tokyo");
	times_check_day(end.last_day, "2026-03-02", "last day");
	end = calendar_end(&c, times_when("2026-03-01T15:30:00.001Z"),
	    CALENDAR_FROM_EVENT, none);
	times_check_instant(
	    end.deletable_from, "2026-03-01T15:30:01Z", "fraction");
	end = calendar_end(
	    &c, times_when("2026-03-01"), CALENDAR_FROM_EVENT, none);
	times_check_instant(end.deletable_from, "2026-03-01T15:00:00Z", "date");
	end = calendar_end(&c, times_when("2026-12-31T14:59:59Z"),
	    CALENDAR_FROM_END_OF_YEAR, none);
	times_check_day(end.event_day, "2026-12-31", "end of the year");
	times_check_instant(
	    end.deletable_from, "2026-12-31T15:00:00Z", "new year");
	end = calendar_end(&c, times_when("2026-12-31T15:00:00Z"),
	    CALENDAR_FROM_END_OF_YEAR, none);
	times_check_day(end.last_day, "2027-12-31", "the year in Tokyo");
	zone_free(tokyo);
}
END_TEST

START_TEST(a_day_that_has_begun_stays_begun)
{
	/* Clocks went from 00:01 on the 7th back to 23:01 on the 6th. */
	struct zone *z = times_zone("America/St_Johns");
	struct calendar c = { CALENDAR_EU_1182_71, z };
	struct period day = times_period("P1D");
	struct when early = times_when("2010-11-07T02:30:30Z");
	struct when late = times_when("2010-11-07T02:45:00Z");

	ck_assert_int_eq(zone_day(z, early.seconds), times_day("2010-11-07"));
	ck_assert_int_eq(zone_day(z, late.seconds), times_day("2010-11-06"));
	times_check_day(
	    calendar_end(&c, early, CALENDAR_FROM_EVENT, day).last_day,
	    "2010-11-08", "before");
	times_check_day(
	    calendar_end(&c, late, CALENDAR_FROM_EVENT, day).last_day,
	    "2010-11-08", "after");
	zone_free(z);
}
END_TEST

START_TEST(a_cut_off_may_lie_before_the_first_year)
{
	struct zone *z = times_zone("UTC");
	struct calendar c = { CALENDAR_EU_1182_71, z };
	struct calendar_cutoff cut =
	    calendar_cutoff(&c, times_when("0050-06-01T00:00:00Z").seconds,
		CALENDAR_FROM_EVENT, times_period("P100Y6M"));
	struct civil day = civil_date(cut.last_day);

	ck_assert_int_eq(day.year, -51);
	ck_assert_int_eq(day.month, 11);
	ck_assert_int_eq(day.day, 30);
	zone_free(z);
}
END_TEST

START_TEST(rules_have_names)
{
	enum calendar_rule rule = CALENDAR_RULE__MAX;

	for (int i = 0; i < CALENDAR_RULE__MAX; i++)
		ck_assert_int_eq(
		    times_rule(calendar_rule_name((enum calendar_rule)i)), i);
	ck_assert_int_eq(times_rule("eu_1182_71"), CALENDAR_EU_1182_71);
	ck_assert_int_eq(times_rule("jp_civil_code"), CALENDAR_JP_CIVIL_CODE);
	ck_assert_int_eq(calendar_rule_parse("EU_1182_71", &rule), ST_INVALID);
	ck_assert_int_eq(calendar_rule_parse("", &rule), ST_INVALID);
	ck_assert_int_eq(rule, CALENDAR_RULE__MAX);
}
END_TEST

/* V01 to V14, before weekends and holidays come in. */
START_TEST(requests_count_alike_before_they_are_rolled)
{
	static const char *const rows[][4] = {
		{ "eu_1182_71", "2024-03-05", "P1M", "2024-04-05" },
		{ "eu_1182_71", "2026-08-31", "P1M", "2026-09-30" },
		{ "eu_1182_71", "2025-01-31", "P1M", "2025-02-28" },
		{ "eu_1182_71", "2024-01-31", "P1M", "2024-02-29" },
		{ "eu_1182_71", "2025-02-28", "P1M", "2025-03-28" },
		{ "jp_civil_code", "2025-02-28", "P1M", "2025-03-31" },
		{ "eu_1182_71", "2026-12-01", "P1M", "2027-01-01" },
		{ "jp_civil_code", "2026-04-03", "P1M", "2026-05-03" },
		{ "eu_1182_71", "2025-11-30", "P3M", "2026-02-28" },
		{ "eu_1182_71", "2025-01-31", "P3M", "2025-04-30" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		times_check_day(
		    calendar_last_day(times_rule(rows[i][0]),
			times_day(rows[i][1]), times_period(rows[i][2])),
		    rows[i][3], rows[i][1]);
}
END_TEST

Suite *calendar_suite(void)
{
	Suite *s = suite_create("calendar");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(
	    t, the_closed_forms_are_the_law_on_every_day, 0, LENGTHS);
	tcase_add_test(t, the_rules_differ_only_at_the_end_of_a_month);
	tcase_add_loop_test(
	    t, every_length_stays_within_its_bounds, 0, LENGTHS);
	tcase_add_test(t, a_recurrence_does_not_drift);
	tcase_add_test(t, p0d_is_due_at_once_and_a_date_at_the_next_midnight);
	tcase_add_test(t, a_day_that_has_begun_stays_begun);
	tcase_add_test(t, a_cut_off_may_lie_before_the_first_year);
	tcase_add_test(t, rules_have_names);
	tcase_add_test(t, requests_count_alike_before_they_are_rolled);
	suite_add_tcase(s, t);
	return s;
}
