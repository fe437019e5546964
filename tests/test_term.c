/* engine/model/term.c: when a service ends */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/model/term.h"
#include "tests/times.h"

/* ---- by hand ---- */

/* NULL: none. */
static const struct {
	const char *rule, *from, *base, *extension, *notice;
	const char *cancelled, *ended;
	const char *base_end, *cancel_by, *last_day;
} cases[] = {
	/* not cancelled, on the last day for it, a day too late */
	{ "jp_civil_code", "2023-08-31", "P2Y", "P1Y", "P6M", NULL, NULL,
	    "2025-08-31", "2025-02-28", "2026-08-31" },
	{ "jp_civil_code", "2023-08-31", "P2Y", "P1Y", "P6M", "2025-02-28",
	    NULL, "2025-08-31", "2025-02-28", "2025-08-31" },
	{ "jp_civil_code", "2023-08-31", "P2Y", "P1Y", "P6M", "2025-03-01",
	    NULL, "2025-08-31", "2025-02-28", "2026-08-31" },
	/* a fixed term ends when it does, whoever cancels it */
	{ "jp_civil_code", "2023-08-31", "P2Y", NULL, NULL, "2025-02-28", NULL,
	    "2025-08-31", NULL, "2025-08-31" },
	{ "jp_civil_code", "2024-02-29", "P3Y", NULL, NULL, NULL, NULL,
	    "2027-02-28", NULL, "2027-02-28" },
	{ "jp_civil_code", "2026-11-30", "P3M", NULL, NULL, NULL, NULL,
	    "2027-02-28", NULL, "2027-02-28" },
	/* the end of a term sets off the next: no gap, no day twice */
	{ "jp_civil_code", "2027-02-28", "P1M", NULL, NULL, NULL, NULL,
	    "2027-03-31", NULL, "2027-03-31" },
	/* 29 February comes back: the clamped base end does not shift it */
	{ "eu_1182_71", "2024-02-29", "P2Y", "P2Y", "P6M", NULL, NULL,
	    "2026-02-28", "2025-08-28", "2028-02-29" },
	/* counting back keeps the date, from the last of a month too */
	{ "jp_civil_code", "2022-02-28", "P1Y", "P1Y", "P1M", NULL, NULL,
	    "2023-02-28", "2023-01-28", "2024-02-29" },
	/* without notice the whole base term is time to cancel */
	{ "jp_civil_code", "2025-04-01", "P1Y", "P1Y", NULL, "2026-04-01", NULL,
	    "2026-04-01", "2026-04-01", "2026-04-01" },
	/* ended within the term, within the extension, after all of it */
	{ "jp_civil_code", "2023-08-31", "P2Y", "P1Y", "P6M", NULL,
	    "2024-01-15", "2025-08-31", "2025-02-28", "2024-01-15" },
	{ "jp_civil_code", "2023-08-31", "P2Y", "P1Y", "P6M", NULL,
	    "2026-01-15", "2025-08-31", "2025-02-28", "2026-01-15" },
	{ "jp_civil_code", "2023-08-31", "P2Y", "P1Y", "P6M", "2024-12-31",
	    "2026-01-15", "2025-08-31", "2025-02-28", "2025-08-31" },
	/* unlimited: until it is ended */
	{ "jp_civil_code", "2023-08-31", NULL, NULL, NULL, NULL, NULL, NULL,
	    NULL, NULL },
	{ "jp_civil_code", "2023-08-31", NULL, NULL, NULL, "2024-01-01",
	    "2030-01-15", NULL, NULL, "2030-01-15" },
};

static int32_t day_of(const char *text)
{
	return text ? times_day(text) : TERM_NO_DAY;
}

static struct period period_of(const char *text)
{
	return text ? times_period(text) : (struct period){ 0, 0, 0 };
}

START_TEST(a_term_ends_when_it_should)
{
	struct term term = { cases[_i].base != NULL, period_of(cases[_i].base),
		period_of(cases[_i].extension), period_of(cases[_i].notice) };
	struct term_days days = { times_day(cases[_i].from),
		day_of(cases[_i].cancelled), day_of(cases[_i].ended) };
	struct term_end end =
	    term_end(times_rule(cases[_i].rule), &term, &days);

	ck_assert_int_eq(end.base_end, day_of(cases[_i].base_end));
	ck_assert_int_eq(end.cancel_by, day_of(cases[_i].cancel_by));
	ck_assert_int_eq(end.last_day, day_of(cases[_i].last_day));
}
END_TEST

/* ---- day by day ---- */

/* Dates that know nothing but the next one and the one before. */
struct walker {
	int year, month, day;
	int32_t number;
};

static int length(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (leap && month == 2);
}

static void step(struct walker *w)
{
	w->number++;
	if (++w->day <= length(w->year, w->month))
		return;
	w->day = 1;
	w->month = w->month % 12 + 1;
	w->year += w->month == 1;
}

static void step_back(struct walker *w)
{
	w->number--;
	if (--w->day > 0)
		return;
	w->year -= w->month == 1;
	w->month = w->month == 1 ? 12 : w->month - 1;
	w->day = length(w->year, w->month);
}

/*
 * Civil Code Art. 140, 143: count from the day after; the period ends with the
 * day before the one that corresponds to the first counted day, or with the
 * last of the month that lacks it.
 */
static struct walker japanese(struct walker w, int months)
{
	int wanted;

	step(&w);
	wanted = w.day;
	while (months > 0) {
		step(&w);
		months -= w.day == 1;
	}
	/* the first of the target month, unless nothing was to be counted */
	while (w.day < wanted && w.day < length(w.year, w.month))
		step(&w);
	if (w.day == wanted)
		step_back(&w);
	return w;
}

/* Regulation 1182/71: the same date, or the last of the month. */
static struct walker european(struct walker w, int months)
{
	int wanted = w.day;

	while (months > 0) {
		step(&w);
		months -= w.day == 1;
	}
	while (w.day < wanted && w.day < length(w.year, w.month))
		step(&w);
	return w;
}

static struct walker backwards(struct walker w, int months)
{
	int wanted = w.day;

	while (months > 0) {
		months -= w.day == 1;
		step_back(&w);
	}
	while (w.day > wanted)
		step_back(&w);
	return w;
}

static struct walker days_on(struct walker w, int days)
{
	while (days-- > 0)
		step(&w);
	return w;
}

static struct walker days_back(struct walker w, int days)
{
	while (days-- > 0)
		step_back(&w);
	return w;
}

static struct walker forward(
    enum calendar_rule rule, struct walker w, struct period p)
{
	w = rule == CALENDAR_JP_CIVIL_CODE ? japanese(w, p.months)
					   : european(w, p.months);
	return days_on(w, p.days);
}

struct dice {
	uint64_t state;
};

static int roll(struct dice *d, int sides)
{
	d->state = d->state * UINT64_C(6364136223846793005) +
		   UINT64_C(1442695040888963407);
	return (int)((d->state >> 33) % (uint64_t)sides);
}

static struct period some_period(struct dice *d, int least, int months)
{
	int kind = roll(d, 4);

	return (struct period){ kind == 0 ? 0 : least + roll(d, months),
		kind < 2 ? least + roll(d, 60) : 0, 0 };
}

/* A day of the years from 1999 on, often the last or first of a month. */
static struct walker some_day(struct dice *d)
{
	struct walker w = { 1999, 1, 1, 10592 };

	w = days_on(w, roll(d, 12000));
	if (roll(d, 2))
		while (w.day != length(w.year, w.month))
			step(&w);
	if (roll(d, 4) == 0)
		step(&w);
	return w;
}

static void check_round(uint64_t seed)
{
	struct dice d = { seed };
	enum calendar_rule rule = (enum calendar_rule)roll(&d, 2);
	struct walker from = some_day(&d), base, by, last;
	struct term term = { .is_limited = roll(&d, 8) > 0 };
	struct term_days days = { from.number, TERM_NO_DAY, TERM_NO_DAY };
	struct term_end end;
	int32_t want;

	term.base = some_period(&d, 1, 40);
	if (roll(&d, 3))
		term.extension = some_period(&d, 1, 14);
	if (roll(&d, 3))
		term.notice = some_period(&d, 0, 8);
	base = forward(rule, from, term.base);
	by = days_back(backwards(base, term.notice.months), term.notice.days);
	last = forward(rule, from,
	    (struct period){ term.base.months + term.extension.months,
		term.base.days + term.extension.days, 0 });
	if (roll(&d, 2)) /* around the last day on which it counts */
		days.cancelled = by.number + roll(&d, 5) - 2;
	if (roll(&d, 3) == 0)
		days.ended = from.number + roll(&d, 1500);
	want = days.cancelled <= by.number ? base.number : last.number;
	if (!term.is_limited || days.ended < want)
		want = days.ended;
	end = term_end(rule, &term, &days);
	ck_assert_msg(end.last_day == want,
	    "seed %llu: from %d-%02d-%02d: last day %d, by the oracle %d",
	    (unsigned long long)seed, from.year, from.month, from.day,
	    end.last_day, want);
	if (term.is_limited && (term.extension.months || term.extension.days))
		ck_assert_msg(end.cancel_by == by.number,
		    "seed %llu: cancel by %d, by the oracle %d",
		    (unsigned long long)seed, end.cancel_by, by.number);
}

START_TEST(a_walk_day_by_day_comes_to_the_same_end)
{
	const char *rounds = getenv("LETHE_ROUNDS");
	long most = rounds ? strtol(rounds, NULL, 10) * 100 : 2000;

	for (long i = 0; i < most; i++)
		check_round((uint64_t)i);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

Suite *term_suite(void)
{
	Suite *s = suite_create("term");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, a_term_ends_when_it_should, 0, COUNT(cases));
	tcase_add_test(t, a_walk_day_by_day_comes_to_the_same_end);
	suite_add_tcase(s, t);
	return s;
}
