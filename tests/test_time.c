/* engine/base: civil dates, periods, times as records hold them */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/base/civil.h"
#include "engine/base/period.h"
#include "engine/base/when.h"
#include "tests/suites.h"

START_TEST(days_follow_one_another_over_all_years)
{
	struct civil c = { 1, 1, 1 }, got;
	int32_t day = civil_day(c);
	char text[CIVIL_TEXT], want[40];
	int32_t parsed;

	ck_assert_int_eq(day, -719162);
	for (int weekday = 0; c.year < 10000; day++) { /* 0001-01-01: Monday */
		got = civil_date(day);
		MUST(got.year == c.year && got.month == c.month &&
			 got.day == c.day && civil_day(c) == day &&
			 civil_weekday(day) == weekday,
		    "%04d-%02d-%02d", c.year, c.month, c.day);
		if (day % 13 == 0) {
			civil_format(day, text);
			(void)snprintf(want, sizeof(want), "%04d-%02d-%02d",
			    c.year, c.month, c.day);
			MUST(strcmp(text, want) == 0 &&
				 civil_parse(text, 10, &parsed) == ST_OK &&
				 parsed == day,
			    "%s", want);
		}
		weekday = (weekday + 1) % 7;
		if (++c.day <= civil_month_length(c.year, c.month))
			continue;
		c.day = 1;
		if (++c.month > 12) {
			c.month = 1;
			c.year++;
		}
	}
}
END_TEST

START_TEST(months_have_their_gregorian_lengths)
{
	ck_assert_int_eq(civil_month_length(2024, 2), 29);
	ck_assert_int_eq(civil_month_length(2023, 2), 28);
	ck_assert_int_eq(civil_month_length(1900, 2), 28);
	ck_assert_int_eq(civil_month_length(2000, 2), 29);
	ck_assert_int_eq(civil_month_length(2023, 4), 30);
	ck_assert_int_eq(civil_month_length(2023, 12), 31);
}
END_TEST

START_TEST(dates_go_on_outside_of_the_four_digit_years)
{
	struct civil c = civil_date(civil_day((struct civil){ -1, 2, 28 }));
	char date[CIVIL_TEXT], instant[INSTANT_TEXT];

	ck_assert(c.year == -1 && c.month == 2 && c.day == 28);
	c = civil_date(civil_day((struct civil){ 10998, 12, 31 }));
	ck_assert(c.year == 10998 && c.month == 12 && c.day == 31);
	civil_format(INT32_MAX, date);
	ck_assert_str_eq(date, "9999-12-31");
	civil_format(INT32_MIN, date);
	ck_assert_str_eq(date, "0000-01-01");
	civil_format_instant(INT64_MAX, instant);
	ck_assert_str_eq(instant, "9999-12-31T23:59:59Z");
	civil_format_instant(INT64_MIN, instant);
	ck_assert_str_eq(instant, "0000-01-01T00:00:00Z");
}
END_TEST

START_TEST(a_date_is_strict)
{
	static const char *const bad[] = { "", "2020-13-45", "2025-02-29",
		"2025-00-01", "2025-01-00", "2025-04-31", "0000-01-01",
		"2025-1-1", "2025-01-1 ", " 2025-01-01", "2025-01-01 ",
		"2025/01/01", "+025-01-01", "202a-01-01",
		"2025-01-0:", "2025-01-/1", "20250101" };
	int32_t day = 7;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_int_eq(
		    civil_parse(bad[i], strlen(bad[i]), &day), ST_INVALID);
		ck_assert_int_eq(day, 7);
	}
	ck_assert_int_eq(civil_parse("2025-01-0\0", 10, &day), ST_INVALID);
	ck_assert_int_eq(civil_parse("2024-02-29x", 10, &day), ST_OK);
	ck_assert_int_eq(day, 19782);
}
END_TEST

/* {months, days, seconds} and how it is written back. */
static const struct {
	const char *text;
	struct period want;
	const char *iso;
} periods[] = {
	{ "P1Y", { 12, 0, 0 }, "P1Y" },
	{ "P12M", { 12, 0, 0 }, "P1Y" },
	{ "P18M", { 18, 0, 0 }, "P1Y6M" },
	{ "P1Y6M", { 18, 0, 0 }, "P1Y6M" },
	{ "P1Y2M10D", { 14, 10, 0 }, "P1Y2M10D" },
	{ "P4W", { 0, 28, 0 }, "P4W" },
	{ "P28D", { 0, 28, 0 }, "P4W" },
	{ "P30D", { 0, 30, 0 }, "P30D" },
	{ "P1M2W3D", { 1, 17, 0 }, "P1M17D" },
	{ "P1Y7D", { 12, 7, 0 }, "P1Y7D" },
	{ "P0D", { 0, 0, 0 }, "P0D" },
	{ "P0Y", { 0, 0, 0 }, "P0D" },
	{ "PT0S", { 0, 0, 0 }, "P0D" },
	{ "PT24H", { 0, 0, 86400 }, "PT24H" },
	{ "PT1H30M15S", { 0, 0, 5415 }, "PT1H30M15S" },
	{ "PT90M", { 0, 0, 5400 }, "PT1H30M" },
	{ "P1M1DT1M", { 1, 1, 60 }, "P1M1DT1M" },
	{ "P7DT1H", { 0, 7, 3600 }, "P7DT1H" },
	{ "P001Y", { 12, 0, 0 }, "P1Y" },
	{ "P999Y", { 11988, 0, 0 }, "P999Y" },
	{ "1 year", { 12, 0, 0 }, "P1Y" },
	{ "10 years", { 120, 0, 0 }, "P10Y" },
	{ "1 Month", { 1, 0, 0 }, "P1M" },
	{ "6 months", { 6, 0, 0 }, "P6M" },
	{ "1 week", { 0, 7, 0 }, "P1W" },
	{ "4 WEEKS", { 0, 28, 0 }, "P4W" },
	{ "1 day", { 0, 1, 0 }, "P1D" },
	{ "0 days", { 0, 0, 0 }, "P0D" },
	{ "1 hour", { 0, 0, 3600 }, "PT1H" },
	{ "24 hours", { 0, 0, 86400 }, "PT24H" },
};

START_TEST(a_period_is_read_and_written)
{
	struct period p, again;
	char text[PERIOD_TEXT];

	ck_assert_int_eq(period_parse(periods[_i].text, &p), ST_OK);
	ck_assert_int_eq(p.months, periods[_i].want.months);
	ck_assert_int_eq(p.days, periods[_i].want.days);
	ck_assert_int_eq(p.seconds, periods[_i].want.seconds);
	period_format(p, text);
	ck_assert_str_eq(text, periods[_i].iso);
	ck_assert_int_eq(period_parse(text, &again), ST_OK);
	ck_assert_int_eq(memcmp(&p, &again, sizeof(p)), 0);
}
END_TEST

START_TEST(a_period_is_strict)
{
	static const char *const bad[] = { "", "P", "PT", "P1", "1Y", "p1y",
		"P1y", "P-1Y", "-P1Y", "+P1Y", "P1.5Y", "P1,5Y", "P1Y ", " P1Y",
		"P1YT", "P1M1Y", "P1D1W", "P1Y1Y", "PT1D", "P1H", "P1S",
		"PT1S1H", "P1YX", "P 1Y", "PY", "P1T1H", "P1-01-01", "year",
		"1year", "1  year", "1 year ", "1 years old", "one year",
		"-1 year", "1.5 years", "1 decade", "1", "1 ", "1 Y",
		"1 year 6 months" };
	static const char *const far[] = { "P1000Y", "P12000M", "P999Y1D",
		"P400000D", "P60000W", "PT99999999999999999999H",
		"P99999999999999999999999Y", "99999999999999999999 hours",
		"P500Y200000D" };
	struct period p = { 1, 2, 3 };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(
		    period_parse(bad[i], &p) == ST_INVALID, "\"%s\"", bad[i]);
	for (size_t i = 0; i < sizeof(far) / sizeof(far[0]); i++)
		ck_assert_msg(
		    period_parse(far[i], &p) == ST_LIMIT, "\"%s\"", far[i]);
	ck_assert(p.months == 1 && p.days == 2 && p.seconds == 3);
}
END_TEST

START_TEST(the_length_of_a_period_has_bounds)
{
	static const struct {
		const char *text;
		int64_t least, most;
	} cases[] = {
		{ "P0D", 0, 0 },
		{ "P30D", 30, 30 },
		{ "P1M", 28, 31 },
		{ "P2M", 59, 62 },
		{ "P3M", 89, 92 },
		{ "P1Y", 365, 366 },
		{ "P4Y", 1460, 1461 },
		{ "P8Y", 2921, 2922 },
		{ "P10Y", 3651, 3653 },
		{ "P400Y", 146097, 146097 },
		{ "P1Y10D", 375, 376 },
		{ "PT24H", 1, 1 },
		{ "PT25H", 1, 2 },
	};
	struct period p;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ck_assert_int_eq(period_parse(cases[i].text, &p), ST_OK);
		ck_assert_int_eq(period_least_days(p), cases[i].least);
		ck_assert_int_eq(period_most_days(p), cases[i].most);
	}
}
END_TEST

/* An instant, and the form in which ingest stores it. */
static const struct {
	const char *text;
	int64_t seconds;
	const char *canonical;
} instants[] = {
	{ "1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z" },
	{ "2026-03-01T20:00:00+01:00", 1772391600, "2026-03-01T19:00:00Z" },
	{ "2026-03-01T19:00:00z", 1772391600, "2026-03-01T19:00:00Z" },
	{ "2026-03-01t19:00:00Z", 1772391600, "2026-03-01T19:00:00Z" },
	{ "2026-03-01 19:00:00", 1772391600, "2026-03-01T19:00:00Z" },
	{ "2026-03-01 20:00:00+01:00", 1772391600, "2026-03-01T19:00:00Z" },
	{ "2026-03-01 19:00:00.5", 1772391601, "2026-03-01T19:00:00.5Z" },
	{ "2026-03-01T09:30:00-09:30", 1772391600, "2026-03-01T19:00:00Z" },
	{ "2026-03-01T19:00:00-00:00", 1772391600, "2026-03-01T19:00:00Z" },
	{ "2026-03-01T19:00:00.000Z", 1772391600, "2026-03-01T19:00:00Z" },
	{ "2026-03-01T19:00:00.250Z", 1772391601, "2026-03-01T19:00:00.25Z" },
	{ "2026-03-01T20:00:00.000000001+01:00", 1772391601,
	    "2026-03-01T19:00:00.000000001Z" },
	{ "2026-03-01T18:59:59.999999999Z", 1772391600,
	    "2026-03-01T18:59:59.999999999Z" },
	{ "2016-12-31T23:59:60Z", 1483228800, "2017-01-01T00:00:00Z" },
	{ "2017-01-01T08:59:60+09:00", 1483228800, "2017-01-01T00:00:00Z" },
	{ "2016-12-31T23:59:60.5Z", 1483228801, "2017-01-01T00:00:00.5Z" },
	{ "1772391600", 1772391600, "2026-03-01T19:00:00Z" },
	{ "+1772391600", 1772391600, "2026-03-01T19:00:00Z" },
	{ "0", 0, "1970-01-01T00:00:00Z" },
	{ "-0", 0, "1970-01-01T00:00:00Z" },
	{ "-1", -1, "1969-12-31T23:59:59Z" },
	{ "-2208988800", WHEN_FIRST_SECOND, "1900-01-01T00:00:00Z" },
	{ "0001-01-01T00:00:00Z", -62135596800, "0001-01-01T00:00:00Z" },
	{ "-62135596800", -62135596800, "0001-01-01T00:00:00Z" },
	{ "9999-12-31T23:59:59Z", 253402300799, "9999-12-31T23:59:59Z" },
	{ "253402300799", 253402300799, "9999-12-31T23:59:59Z" },
	{ "0001-01-01T23:59:00+23:59", -62135596800, "0001-01-01T00:00:00Z" },
};

START_TEST(an_instant_is_read_and_made_canonical)
{
	const char *text = instants[_i].text;
	char canonical[WHEN_TEXT], again[WHEN_TEXT];
	struct when w, same;

	ck_assert_int_eq(when_parse(text, strlen(text), &w), ST_OK);
	ck_assert_int_eq(w.kind, WHEN_INSTANT);
	ck_assert_int_eq(w.seconds, instants[_i].seconds);
	ck_assert_int_eq(when_canonical(text, strlen(text), canonical), ST_OK);
	ck_assert_str_eq(canonical, instants[_i].canonical);
	ck_assert_int_eq(
	    when_canonical(canonical, strlen(canonical), again), ST_OK);
	ck_assert_str_eq(again, canonical);
	ck_assert_int_eq(when_parse(again, strlen(again), &same), ST_OK);
	ck_assert_int_eq(same.seconds, w.seconds);
}
END_TEST

START_TEST(a_bare_date_stays_a_date)
{
	char canonical[WHEN_TEXT];
	struct when w;

	ck_assert_int_eq(when_parse("2024-02-29", 10, &w), ST_OK);
	ck_assert_int_eq(w.kind, WHEN_DATE);
	ck_assert_int_eq(w.day, 19782);
	ck_assert_int_eq(when_canonical("2024-02-29", 10, canonical), ST_OK);
	ck_assert_str_eq(canonical, "2024-02-29");
	ck_assert_int_eq(when_parse("1900-01-01", 10, &w), ST_OK);
	ck_assert_int_eq(w.day, WHEN_FIRST_DAY);
}
END_TEST

START_TEST(what_is_no_time_is_refused)
{
	static const char *const bad[] = { "", " ", "12x", "x", "-", "+", "--1",
		"1.5", "1e9", "0x10", " 1", "1 ", "2020-13-45", "2025-02-29",
		"2025-02-29T00:00:00Z", "2025-02-29 00:00:00", "0000-01-01",
		"0000-12-31T23:59:59Z", "2025-01-01 ", "2025-01-01T",
		"2025-01-01T00", "2025-01-01T00:00Z", "2025-01-01T00:00:00",
		"2025-01-01T00:00:00.5", "2025-01-01T24:00:00Z",
		"2025-01-01T23:60:00Z", "2025-01-01T23:59:61Z",
		"2025-01-01T0a:00:00Z", "2025-01-01T00-00-00Z",
		"2025-01-01T00:00:00Z ", " 2025-01-01T00:00:00Z",
		"2025-01-01T00:00:00 Z", "2025-01-01T00:00:00+0100",
		"2025-01-01T00:00:00+01", "2025-01-01T00:00:00+24:00",
		"2025-01-01T00:00:00+01:60", "2025-01-01T00:00:00+01:00Z",
		"2025-01-01T00:00:00Zx", "2025-01-01T00:00:00.Z",
		"2025-01-01T00:00:00,5Z", "2025-01-01T00:00:00.0000000001Z",
		"2025-01-01  00:00:00", "2025-01-01_00:00:00Z",
		"2025-01-01 00:00", "01.01.2025", "2025/01/01 00:00:00",
		"20250101T000000Z", "now", "NULL", "0001-01-01T00:00:00+00:01",
		"9999-12-31T23:59:59-00:01", "9999-12-31T23:59:60Z",
		"9999-12-31T23:59:59.1Z", "253402300800", "-62135596801",
		"1772391600000", "99999999999999999999999999" };
	struct when w = { WHEN_NONE, 5, 6 };
	char out[WHEN_TEXT] = "kept";

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		size_t len = strlen(bad[i]);

		ck_assert_msg(when_parse(bad[i], len, &w) == ST_INVALID,
		    "\"%s\"", bad[i]);
		ck_assert_msg(when_canonical(bad[i], len, out) == ST_INVALID,
		    "\"%s\"", bad[i]);
	}
	ck_assert(w.kind == WHEN_NONE && w.day == 5 && w.seconds == 6);
	ck_assert_str_eq(out, "kept");
}
END_TEST

START_TEST(a_nul_inside_is_refused)
{
	static const char text[] = "2025-01-01T00:00:00Z";
	char copy[sizeof(text)];
	struct when w;

	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		memcpy(copy, text, sizeof(text));
		copy[i] = '\0';
		ck_assert_int_eq(
		    when_parse(copy, sizeof(text) - 1, &w), ST_INVALID);
	}
	ck_assert_int_eq(when_parse(text, sizeof(text), &w), ST_INVALID);
	ck_assert_int_eq(when_parse("12\0", 3, &w), ST_INVALID);
	ck_assert_int_eq(when_parse("2025-01-01\0", 11, &w), ST_INVALID);
}
END_TEST

START_TEST(what_is_refused_does_not_show_in_the_sentence)
{
	struct when w;

	ck_assert_int_eq(when_parse("hanako@b.jp", 11, &w), ST_INVALID);
	ck_assert_ptr_null(strstr(status_text(), "hanako"));
	ck_assert_ptr_nonnull(strstr(status_text(), "YYYY-MM-DD"));
}
END_TEST

START_TEST(every_second_of_some_days_reads_back)
{
	char text[INSTANT_TEXT];
	struct when w;

	for (int64_t s = 1709164700; s < 1709164700 + 2 * 86400; s++) {
		civil_format_instant(s, text);
		MUST(when_parse(text, 20, &w) == ST_OK && w.seconds == s, "%s",
		    text);
	}
}
END_TEST

/* One of the seconds around a cut-off, with or without a fraction. */
static void some_canonical(char out[WHEN_TEXT], int64_t around)
{
	static const char *const fractions[] = { "", ".000000001", ".1", ".5",
		".999", ".999999999" };
	char text[WHEN_TEXT], instant[INSTANT_TEXT];

	civil_format_instant(around + rand() % 5 - 2, instant);
	(void)snprintf(
	    text, sizeof(text), "%.19s%sZ", instant, fractions[rand() % 6]);
	ck_assert_int_eq(when_canonical(text, strlen(text), out), ST_OK);
}

START_TEST(canonical_text_compares_as_time_with_the_stated_condition)
{
	const int64_t before = 1767225600; /* 2026-01-01T00:00:00Z */
	char text[WHEN_TEXT], last[WHEN_TEXT], from[WHEN_TEXT], to[WHEN_TEXT];
	int within, compares, seen[2] = { 0, 0 };
	struct when w;

	srand(1);
	civil_format_instant(before - 1, last);
	(void)snprintf(from, sizeof(from), "%.19s.", last);
	(void)snprintf(to, sizeof(to), "%.19s/", last);
	for (int i = 0; i < 10000; i++) {
		some_canonical(text, before);
		ck_assert_int_eq(when_parse(text, strlen(text), &w), ST_OK);
		within = w.seconds < before;
		compares = strcmp(text, last) <= 0 &&
			   !(strcmp(text, from) > 0 && strcmp(text, to) < 0);
		ck_assert_msg(within == compares, "%s", text);
		seen[within]++;
	}
	ck_assert(seen[0] > 1000 && seen[1] > 1000);
}
END_TEST

START_TEST(now_is_the_clock)
{
	int64_t early = (int64_t)time(NULL), now = when_now();

	ck_assert(now >= early && now <= early + 5);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

Suite *time_suite(void)
{
	Suite *s = suite_create("time");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, days_follow_one_another_over_all_years);
	tcase_add_test(t, months_have_their_gregorian_lengths);
	tcase_add_test(t, dates_go_on_outside_of_the_four_digit_years);
	tcase_add_test(t, a_date_is_strict);
	tcase_add_loop_test(t, a_period_is_read_and_written, 0, COUNT(periods));
	tcase_add_test(t, a_period_is_strict);
	tcase_add_test(t, the_length_of_a_period_has_bounds);
	tcase_add_loop_test(
	    t, an_instant_is_read_and_made_canonical, 0, COUNT(instants));
	tcase_add_test(t, a_bare_date_stays_a_date);
	tcase_add_test(t, what_is_no_time_is_refused);
	tcase_add_test(t, a_nul_inside_is_refused);
	tcase_add_test(t, what_is_refused_does_not_show_in_the_sentence);
	tcase_add_test(t, every_second_of_some_days_reads_back);
	tcase_add_test(
	    t, canonical_text_compares_as_time_with_the_stated_condition);
	tcase_add_test(t, now_is_the_clock);
	suite_add_tcase(s, t);
	return s;
}
