/* engine/model/calendar.c: a cut-off is the exact inverse of an end */
#include <stdlib.h>

#include "engine/base/civil.h"
#include "tests/times.h"

static const char *const lengths[] = { "P0D", "P1D", "P1M", "P2M", "P6M", "P1Y",
	"P4Y", "P10Y", "P100Y", "P4W", "P30D", "P365D", "P1Y6M", "P1M1D",
	"P1Y2M10D" };
#define LENGTHS (int)(sizeof(lengths) / sizeof(lengths[0]))

static const char *const places[] = { "Asia/Tokyo", "Europe/Berlin", "UTC",
	"America/Santiago", "Asia/Beirut", "America/St_Johns", "Pacific/Apia",
	"Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York",
	"America/Havana", "Atlantic/Azores", "Asia/Kathmandu",
	"Australia/Lord_Howe", "Africa/Cairo", "America/Sao_Paulo",
	"America/Nuuk", "Asia/Gaza", "Europe/Dublin", "Africa/Casablanca",
	"America/Juneau", "Asia/Manila", "Asia/Tehran", "America/Asuncion" };

/* One question: a calendar, a shift, a length and a now. */
struct question {
	struct calendar calendar;
	enum calendar_from from;
	struct period length;
	int64_t now;
	int within, beyond; /* how many values were seen on each side */
};

static void check_value(
    struct question *q, struct calendar_cutoff cut, struct when v)
{
	struct calendar_end end =
	    calendar_end(&q->calendar, v, q->from, q->length);
	int within = v.kind == WHEN_DATE ? v.day <= cut.last_day
					 : v.seconds < cut.before;

	MUST(within == (end.deletable_from <= q->now),
	    "%s %s from %d months %d days %d: kind %d day %d seconds %lld, "
	    "cut-off %d and %lld, deletable from %lld, now %lld",
	    zone_name(q->calendar.zone), calendar_rule_name(q->calendar.rule),
	    q->from, q->length.months, q->length.days, v.kind, v.day,
	    (long long)v.seconds, cut.last_day, (long long)cut.before,
	    (long long)end.deletable_from, (long long)q->now);
	if (within)
		q->within++;
	else
		q->beyond++;
}

/* The values around the boundary, and some far from it. */
static void check_cutoff(struct question *q)
{
	static const int64_t steps[] = { 0, 1, 59, 60, 1800, 3599, 3600, 7200,
		86399, 86400, 86401, 90000, 172800 };
	struct calendar_cutoff cut =
	    calendar_cutoff(&q->calendar, q->now, q->from, q->length);
	struct when v = { WHEN_DATE, 0, 0 };

	for (v.day = cut.last_day - 4; v.day <= cut.last_day + 4; v.day++)
		check_value(q, cut, v);
	v.day = cut.last_day - rand() % 5000;
	check_value(q, cut, v);
	v.day = cut.last_day + rand() % 5000;
	check_value(q, cut, v);
	v = (struct when){ WHEN_INSTANT, 0, 0 };
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		v.seconds = cut.before - steps[i];
		check_value(q, cut, v);
		v.seconds = cut.before + steps[i];
		check_value(q, cut, v);
	}
	v.seconds = cut.before - rand();
	check_value(q, cut, v);
	v.seconds = cut.before + rand();
	check_value(q, cut, v);
}

/* Now: any, or a second around some local midnight. */
static int64_t some_now(const struct zone *z)
{
	int32_t day = WHEN_FIRST_DAY + 3653 + rand() % (290 * 365);

	if (rand() % 3 == 0)
		return (int64_t)day * CIVIL_DAY_SECONDS + rand() % 86400;
	return zone_midnight(z, day) + rand() % 3 - 1;
}

START_TEST(a_cut_off_is_the_exact_inverse_of_an_end)
{
	struct zone *z = times_zone(places[_i]);
	struct period periods[LENGTHS];
	struct question q = { 0 };

	srand((unsigned int)_i + 1);
	q.calendar.zone = z;
	for (int i = 0; i < LENGTHS; i++)
		periods[i] = times_period(lengths[i]);
	for (int i = 0; i < 2500; i++) {
		q.calendar.rule =
		    (enum calendar_rule)(rand() % CALENDAR_RULE__MAX);
		q.from = (enum calendar_from)(rand() % 2);
		q.length = periods[rand() % LENGTHS];
		q.now = some_now(z);
		check_cutoff(&q);
	}
	ck_assert(q.within > 30000 && q.beyond > 30000);
	zone_free(z);
}
END_TEST

/* Nights on which clocks went over midnight, or a day was skipped. */
static const struct {
	const char *zone, *from, *until;
} nights[] = {
	{ "America/St_Johns", "2010-11-06", "2010-11-09" },
	{ "America/Havana", "2024-11-02", "2024-11-05" },
	{ "America/Santiago", "2024-04-06", "2024-04-08" },
	{ "America/Santiago", "2024-09-07", "2024-09-09" },
	{ "Asia/Beirut", "2024-03-30", "2024-04-01" },
	{ "Pacific/Apia", "2011-12-29", "2012-01-01" },
	{ "Asia/Tokyo", "1951-09-07", "1951-09-10" },
	{ "Europe/Berlin", "2026-03-28", "2026-03-31" },
};

START_TEST(a_cut_off_is_exact_through_strange_nights)
{
	static const char *const few[] = { "P0D", "P1D", "P1M" };
	struct zone *z = times_zone(nights[_i].zone);
	int64_t from = (int64_t)times_day(nights[_i].from) * CIVIL_DAY_SECONDS;
	int64_t until =
	    (int64_t)times_day(nights[_i].until) * CIVIL_DAY_SECONDS;
	struct question q = { 0 };

	q.calendar.zone = z;
	for (int p = 0; p < 3; p++) {
		q.length = times_period(few[p]);
		for (q.now = from; q.now < until; q.now += 30)
			check_cutoff(&q);
		/* And with the night at the other end of the period. */
		for (q.now = from + (int64_t)q.length.days * 86400 +
			     (int64_t)q.length.months * 30 * 86400;
		     q.now < until + (int64_t)q.length.months * 32 * 86400;
		     q.now += 600)
			check_cutoff(&q);
	}
	zone_free(z);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

Suite *cutoff_suite(void)
{
	Suite *s = suite_create("cutoff");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(
	    t, a_cut_off_is_the_exact_inverse_of_an_end, 0, COUNT(places));
	tcase_add_loop_test(
	    t, a_cut_off_is_exact_through_strange_nights, 0, COUNT(nights));
	suite_add_tcase(s, t);
	return s;
}
