/* engine/model/calendar.c: counting rules, cut-offs, terms, shared vectors */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/model/calendar.h"
#include "tests/suites.h"

static struct zone *must_open(const char *name)
{
	struct zone *z = NULL;

	ck_assert_msg(zone_open(name, &z) == ST_OK, "%s", status_text());
	return z;
}

static struct period period_of(const char *text)
{
	struct period p;

	ck_assert_msg(period_parse(text, &p) == ST_OK, "%s", status_text());
	return p;
}

static struct when when_of(const char *text)
{
	struct when w;

	ck_assert_msg(when_parse(text, strlen(text), &w) == ST_OK, "\"%s\": %s",
	    text, status_text());
	return w;
}

static int32_t day_of(const char *text)
{
	struct when w = when_of(text);

	ck_assert_int_eq(w.kind, WHEN_DATE);
	return w.day;
}

static enum calendar_rule rule_of(const char *name)
{
	enum calendar_rule rule;

	ck_assert_msg(
	    calendar_rule_parse(name, &rule) == ST_OK, "%s", status_text());
	return rule;
}

static void check_day(int32_t day, const char *want, const char *what)
{
	char text[CIVIL_TEXT];

	civil_format(day, text);
	ck_assert_msg(
	    strcmp(text, want) == 0, "%s: %s and not %s", what, text, want);
}

static void check_instant(int64_t instant, const char *want, const char *what)
{
	char text[INSTANT_TEXT];

	civil_format_instant(instant, text);
	ck_assert_msg(
	    strcmp(text, want) == 0, "%s: %s and not %s", what, text, want);
}

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
	struct period p = period_of(lengths[_i]);
	int32_t last = day_of("2101-12-31");

	for (int r = 0; r < CALENDAR_RULE__MAX; r++) {
		enum calendar_rule rule = (enum calendar_rule)r;
		struct walk event = { 1999, 1, 1 };
		int32_t before = INT32_MIN;

		for (int32_t d = day_of("1999-01-01"); d <= last; d++) {
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
	struct period month = period_of("P1M"), year = period_of("P1Y");
	int32_t feb = day_of("2025-02-28");

	check_day(calendar_last_day(CALENDAR_EU_1182_71, feb, month),
	    "2025-03-28", "EU");
	check_day(calendar_last_day(CALENDAR_JP_CIVIL_CODE, feb, month),
	    "2025-03-31", "JP");
	feb = day_of("2023-02-28");
	check_day(calendar_last_day(CALENDAR_EU_1182_71, feb, year),
	    "2024-02-28", "EU");
	check_day(calendar_last_day(CALENDAR_JP_CIVIL_CODE, feb, year),
	    "2024-02-29", "JP");
}
END_TEST

START_TEST(every_length_stays_within_its_bounds)
{
	struct period p = period_of(lengths[_i]);
	int64_t least = period_least_days(p), most = period_most_days(p);
	int64_t shortest = INT64_MAX, longest = 0;
	int32_t last = day_of("1999-12-31");

	for (int32_t d = day_of("1600-01-01"); d <= last; d++) {
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
	struct period month = period_of("P1M"), week = period_of("P1W");
	int32_t event = day_of("2025-01-31");

	for (int n = 1; n <= 12; n++) {
		for (int r = 0; r < CALENDAR_RULE__MAX; r++)
			check_day(calendar_recurrence(
				      (enum calendar_rule)r, event, month, n),
			    ends[n - 1], "monthly");
	}
	event = day_of("2025-01-30"); /* no month's last: 30 wherever it can */
	check_day(calendar_recurrence(CALENDAR_EU_1182_71, event, month, 1),
	    "2025-02-28", "EU 1");
	check_day(calendar_recurrence(CALENDAR_EU_1182_71, event, month, 2),
	    "2025-03-30", "EU 2");
	check_day(calendar_recurrence(CALENDAR_JP_CIVIL_CODE, event, month, 2),
	    "2025-03-30", "JP 2");
	event = day_of("2024-02-29");
	check_day(calendar_recurrence(
		      CALENDAR_EU_1182_71, event, period_of("P1Y"), 4),
	    "2028-02-29", "leap");
	check_day(calendar_recurrence(CALENDAR_EU_1182_71, event, week, 52),
	    "2025-02-27", "weeks");
}
END_TEST

START_TEST(p0d_is_due_at_once_and_a_date_at_the_next_midnight)
{
	struct zone *tokyo = must_open("Asia/Tokyo");
	struct calendar c = { CALENDAR_JP_CIVIL_CODE, tokyo };
	struct period none = period_of("P0D");
	struct calendar_end end;

	end = calendar_end(
	    &c, when_of("2026-03-01T15:30:00Z"), CALENDAR_FROM_EVENT, none);
	check_instant(end.deletable_from, "2026-03-01T15:30:00Z", "instant");
	check_day(end.event_day, "2026-03-02", "event day in Tokyo");
	check_day(end.last_day, "2026-03-02", "last day");
	end = calendar_end(
	    &c, when_of("2026-03-01T15:30:00.001Z"), CALENDAR_FROM_EVENT, none);
	check_instant(end.deletable_from, "2026-03-01T15:30:01Z", "fraction");
	end =
	    calendar_end(&c, when_of("2026-03-01"), CALENDAR_FROM_EVENT, none);
	check_instant(end.deletable_from, "2026-03-01T15:00:00Z", "date");
	end = calendar_end(&c, when_of("2026-12-31T14:59:59Z"),
	    CALENDAR_FROM_END_OF_YEAR, none);
	check_day(end.event_day, "2026-12-31", "end of the year");
	check_instant(end.deletable_from, "2026-12-31T15:00:00Z", "new year");
	end = calendar_end(&c, when_of("2026-12-31T15:00:00Z"),
	    CALENDAR_FROM_END_OF_YEAR, none);
	check_day(end.last_day, "2027-12-31", "the year in Tokyo");
	zone_free(tokyo);
}
END_TEST

START_TEST(a_day_that_has_begun_stays_begun)
{
	/* Clocks went from 00:01 on the 7th back to 23:01 on the 6th. */
	struct zone *z = must_open("America/St_Johns");
	struct calendar c = { CALENDAR_EU_1182_71, z };
	struct period day = period_of("P1D");
	struct when early = when_of("2010-11-07T02:30:30Z");
	struct when late = when_of("2010-11-07T02:45:00Z");

	ck_assert_int_eq(zone_day(z, early.seconds), day_of("2010-11-07"));
	ck_assert_int_eq(zone_day(z, late.seconds), day_of("2010-11-06"));
	check_day(calendar_end(&c, early, CALENDAR_FROM_EVENT, day).last_day,
	    "2010-11-08", "before");
	check_day(calendar_end(&c, late, CALENDAR_FROM_EVENT, day).last_day,
	    "2010-11-08", "after");
	zone_free(z);
}
END_TEST

static const char *const places[] = { "Asia/Tokyo", "Europe/Berlin", "UTC",
	"America/Santiago", "Asia/Beirut", "America/St_Johns", "Pacific/Apia",
	"Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York",
	"America/Havana", "Atlantic/Azores", "Asia/Kathmandu",
	"Australia/Lord_Howe", "Africa/Cairo", "America/Sao_Paulo",
	"America/Nuuk", "Asia/Gaza", "Europe/Dublin", "Africa/Casablanca",
	"America/Juneau", "Asia/Manila", "Asia/Tehran", "America/Asuncion" };
#define PLACES (int)(sizeof(places) / sizeof(places[0]))

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
	struct zone *z = must_open(places[_i]);
	struct period periods[LENGTHS];
	struct question q = { 0 };

	srand((unsigned int)_i + 1);
	q.calendar.zone = z;
	for (int i = 0; i < LENGTHS; i++)
		periods[i] = period_of(lengths[i]);
	for (int i = 0; i < 4000; i++) {
		q.calendar.rule =
		    (enum calendar_rule)(rand() % CALENDAR_RULE__MAX);
		q.from = (enum calendar_from)(rand() % 2);
		q.length = periods[rand() % LENGTHS];
		q.now = some_now(z);
		check_cutoff(&q);
	}
	ck_assert(q.within > 60000 && q.beyond > 60000);
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
	struct zone *z = must_open(nights[_i].zone);
	int64_t from = (int64_t)day_of(nights[_i].from) * CIVIL_DAY_SECONDS;
	int64_t until = (int64_t)day_of(nights[_i].until) * CIVIL_DAY_SECONDS;
	struct question q = { 0 };

	q.calendar.zone = z;
	for (int p = 0; p < 3; p++) {
		q.length = period_of(few[p]);
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

START_TEST(a_term_is_extended_once_unless_cancelled_in_time)
{
	struct calendar_term term = { period_of("P2Y"), period_of("P1Y"),
		period_of("P6M") };
	int32_t event = day_of("2023-08-31");
	struct calendar_term_end end;

	end =
	    calendar_term_end(CALENDAR_JP_CIVIL_CODE, event, &term, INT32_MAX);
	check_day(end.base_end, "2025-08-31", "base end");
	check_day(end.cancel_by, "2025-02-28", "cancel by");
	check_day(end.last_day, "2026-08-31", "extended");
	end = calendar_term_end(
	    CALENDAR_JP_CIVIL_CODE, event, &term, day_of("2025-02-28"));
	check_day(end.last_day, "2025-08-31", "cancelled on the last day");
	end = calendar_term_end(
	    CALENDAR_JP_CIVIL_CODE, event, &term, day_of("2025-03-01"));
	check_day(end.last_day, "2026-08-31", "cancelled too late");
	term.extension = period_of("P0D");
	end =
	    calendar_term_end(CALENDAR_JP_CIVIL_CODE, event, &term, INT32_MAX);
	check_day(end.last_day, "2025-08-31", "without an extension");
	/* 29 February comes back: the clamped base end does not shift it */
	term.extension = term.base;
	end = calendar_term_end(
	    CALENDAR_EU_1182_71, day_of("2024-02-29"), &term, INT32_MAX);
	check_day(end.base_end, "2026-02-28", "clamped");
	check_day(end.last_day, "2028-02-29", "from the event");
}
END_TEST

START_TEST(rules_have_names)
{
	enum calendar_rule rule = CALENDAR_RULE__MAX;

	for (int i = 0; i < CALENDAR_RULE__MAX; i++)
		ck_assert_int_eq(
		    rule_of(calendar_rule_name((enum calendar_rule)i)), i);
	ck_assert_int_eq(rule_of("eu_1182_71"), CALENDAR_EU_1182_71);
	ck_assert_int_eq(rule_of("jp_civil_code"), CALENDAR_JP_CIVIL_CODE);
	ck_assert_int_eq(calendar_rule_parse("EU_1182_71", &rule), ST_INVALID);
	ck_assert_int_eq(calendar_rule_parse("", &rule), ST_INVALID);
	ck_assert_int_eq(rule, CALENDAR_RULE__MAX);
}
END_TEST

/* The columns of vectors/calendar-vectors.csv. */
enum column {
	V_ID,
	V_SET,
	V_KIND,
	V_RULE,
	V_EVENT,
	V_ZONE,
	V_HOLIDAYS,
	V_PERIOD,
	V_PARAMS,
	V_LAST_DAY,
	V_DUE_DATE,
	V_TARGET_DATE,
	V_BOUNDARY,
	V_ALT,
	V_STATUS,
	V_NOTE,
	V__MAX
};

/* The rows about deletion and terms, typed, for where the file is absent. */
static const char *const typed[] = {
	"V19,core,deletion_eligible,jp_civil_code,2024-02-29,Asia/Tokyo,,P1Y,,"
	"2025-02-28,,,2025-02-28T15:00:00Z,,,",
	"V20,core,deletion_eligible,jp_civil_code,2023-02-28,Asia/Tokyo,,P1Y,,"
	"2024-02-29,,,2024-02-29T15:00:00Z,eu_1182_71 last_day=2024-02-28,,",
	"V21,core,deletion_eligible,jp_civil_code,2016-02-29,Asia/Tokyo,,P10Y,,"
	"2026-02-28,,,2026-02-28T15:00:00Z,,,",
	"V22,core,deletion_eligible,eu_1182_71,2018-05-10,Europe/Berlin,,P8Y,"
	"start_shift=end_of_calendar_year,2026-12-31,,,2026-12-31T23:00:00Z,"
	"P10Y (books) last_day=2028-12-31,,",
	"V23,core,deletion_eligible,eu_1182_71,2026-03-01T20:00:00+01:00,"
	"Europe/Berlin,,P4W,,2026-03-29,,,2026-03-29T22:00:00Z,,,",
	"V24,core,service_term_end,jp_civil_code,2023-08-31,Asia/Tokyo,,P3Y,"
	"base=P2Y;extension=P1Y;base_end=2025-08-31;cancel_by=2025-02-28;"
	"cancelled=none,2026-08-31,,,2026-08-31T15:00:00Z,,,",
	"V25,core,service_term_end,jp_civil_code,2024-02-29,Asia/Tokyo,,P3Y,,"
	"2027-02-28,,,2027-02-28T15:00:00Z,,,",
};

/* Cut ${line} at its commas; no field holds one. */
static void split(char *line, char *field[V__MAX])
{
	line[strcspn(line, "\r\n")] = '\0';
	for (int i = 0; i < V__MAX; i++) {
		ck_assert_ptr_nonnull(line);
		field[i] = strsep(&line, ",");
	}
	ck_assert_ptr_null(line);
}

/* The value of "name=" in "a=1;name=2", up to ';'; NULL if it is not there.
 * Valid until the next call. */
static const char *param(const char *params, const char *name)
{
	static char value[64];
	size_t len = strlen(name);
	const char *p = params;

	while (p && (strncmp(p, name, len) != 0 || p[len] != '=')) {
		p = strchr(p, ';');
		p = p ? p + 1 : NULL;
	}
	if (p == NULL)
		return NULL;
	p += len + 1;
	(void)snprintf(value, sizeof(value), "%.*s", (int)strcspn(p, ";"), p);
	return value;
}

/* "eu_1182_71 last_day=..." or "P10Y (books) last_day=...". */
static void check_alternative(char *field[V__MAX], const struct calendar *c,
    enum calendar_from from, struct period p)
{
	const char *alt = field[V_ALT], *want = strstr(alt, "last_day=");
	struct calendar other = *c;
	char first[32];

	if (*alt == '\0')
		return;
	ck_assert_ptr_nonnull(want);
	(void)snprintf(
	    first, sizeof(first), "%.*s", (int)strcspn(alt, " "), alt);
	if (*first == 'P')
		p = period_of(first);
	else
		other.rule = rule_of(first);
	check_day(
	    calendar_end(&other, when_of(field[V_EVENT]), from, p).last_day,
	    want + strlen("last_day="), field[V_ID]);
}

static void check_deletion(char *field[V__MAX], const struct calendar *c)
{
	const char *shift = param(field[V_PARAMS], "start_shift");
	enum calendar_from from =
	    shift ? CALENDAR_FROM_END_OF_YEAR : CALENDAR_FROM_EVENT;
	struct period p = period_of(field[V_PERIOD]);
	struct calendar_end end =
	    calendar_end(c, when_of(field[V_EVENT]), from, p);

	if (shift)
		ck_assert_str_eq(shift, "end_of_calendar_year");
	check_day(end.last_day, field[V_LAST_DAY], field[V_ID]);
	check_instant(end.deletable_from, field[V_BOUNDARY], field[V_ID]);
	check_alternative(field, c, from, p);
}

static void check_term(char *field[V__MAX], const struct calendar *c)
{
	const char *params = field[V_PARAMS], *p;
	struct calendar_term term = { { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0, 0 } };
	struct calendar_term_end end;
	int32_t cancelled = INT32_MAX;

	p = param(params, "base");
	term.base = period_of(p ? p : field[V_PERIOD]);
	if ((p = param(params, "extension")) != NULL) {
		term.extension = period_of(p);
		term.notice = period_of("P6M"); /* requirements Q23 */
	}
	p = param(params, "cancelled");
	if (p && strcmp(p, "none") != 0)
		cancelled = day_of(p);
	end = calendar_term_end(
	    c->rule, day_of(field[V_EVENT]), &term, cancelled);
	check_day(end.last_day, field[V_LAST_DAY], field[V_ID]);
	check_instant(zone_midnight(c->zone, end.last_day + 1),
	    field[V_BOUNDARY], field[V_ID]);
	if ((p = param(params, "base_end")) != NULL)
		check_day(end.base_end, p, field[V_ID]);
	if ((p = param(params, "cancel_by")) != NULL)
		check_day(end.cancel_by, p, field[V_ID]);
}

static void check_recurrence(char *field[V__MAX], const struct calendar *c)
{
	const char *n = param(field[V_PARAMS], "n");
	int32_t last = calendar_recurrence(c->rule, day_of(field[V_EVENT]),
	    period_of(field[V_PERIOD]), n ? (int)strtol(n, NULL, 10) : 1);

	check_day(last, field[V_LAST_DAY], field[V_ID]);
	if (*field[V_BOUNDARY])
		check_instant(zone_midnight(c->zone, last + 1),
		    field[V_BOUNDARY], field[V_ID]);
}

/* 1 if the row is about something that this module does. */
static int check_row(const char *row)
{
	char line[1024], *field[V__MAX];
	struct zone *z;
	struct calendar c;
	int mine = 1;

	ck_assert_uint_lt(strlen(row), sizeof(line));
	(void)snprintf(line, sizeof(line), "%s", row);
	split(line, field);
	if (strcmp(field[V_ID], "id") == 0)
		return 0;
	z = must_open(field[V_ZONE]);
	c = (struct calendar){ rule_of(field[V_RULE]), z };
	if (strcmp(field[V_KIND], "deletion_eligible") == 0)
		check_deletion(field, &c);
	else if (strcmp(field[V_KIND], "service_term_end") == 0)
		check_term(field, &c);
	else if (strcmp(field[V_KIND], "recurrence") == 0)
		check_recurrence(field, &c);
	else
		mine = 0;
	zone_free(z);
	return mine;
}

START_TEST(typed_vectors_hold) { ck_assert_int_eq(check_row(typed[_i]), 1); }
END_TEST

START_TEST(shared_vectors_hold)
{
	const char *path = test_shared("vectors/calendar-vectors.csv");
	char row[1024];
	int rows = 0;
	FILE *f;

	if (path == NULL)
		return;
	ck_assert_ptr_nonnull(f = fopen(path, "r"));
	while (fgets(row, sizeof(row), f))
		rows += check_row(row);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_int_ge(rows, 7); /* V19 to V25 at least */
}
END_TEST

/* Requests: the same counting, before weekends and holidays come in. */
START_TEST(shared_request_vectors_have_their_unrolled_day)
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
		check_day(calendar_last_day(rule_of(rows[i][0]),
			      day_of(rows[i][1]), period_of(rows[i][2])),
		    rows[i][3], rows[i][1]);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

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
	tcase_add_loop_test(
	    t, a_cut_off_is_the_exact_inverse_of_an_end, 0, PLACES);
	tcase_add_loop_test(
	    t, a_cut_off_is_exact_through_strange_nights, 0, COUNT(nights));
	tcase_add_test(t, a_term_is_extended_once_unless_cancelled_in_time);
	tcase_add_test(t, rules_have_names);
	tcase_add_loop_test(t, typed_vectors_hold, 0, COUNT(typed));
	tcase_add_test(t, shared_vectors_hold);
	tcase_add_test(t, shared_request_vectors_have_their_unrolled_day);
	suite_add_tcase(s, t);
	return s;
}
