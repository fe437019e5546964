/* engine/rights/clock: vectors/calendar-vectors.csv, and a clock that goes day
 * by day */
#include "engine/rights/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/file.h"
#include "tests/times.h"

/* ---- the table of vectors ---- */

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
	V_DUE,
	V_TARGET,
	V_BOUNDARY,
	V_ALT,
	V_STATUS,
	V_NOTE,
	V__MAX
};

/* The values of "name=" in ${from}, up to a ';' or a blank; NULL: none. */
static const char *param(const char *from, const char *name, char out[64])
{
	const char *p = strstr(from, name);

	if (p == NULL)
		return NULL;
	p += strlen(name);
	(void)snprintf(out, 64, "%.*s", (int)strcspn(p, "; "), p);
	return out;
}

static struct clock_terms terms(const struct holidays *h)
{
	return (struct clock_terms){ CALENDAR_EU_1182_71,
		CLOCK_ROLL_WORKING_DAY, h, times_period("P30D"),
		times_period("P1M"), times_period("P2M"), 3, 7 };
}

static int32_t receipt_day(const char *event, const struct zone *z)
{
	struct when w = times_when(event);

	return w.kind == WHEN_DATE ? w.day : zone_day(z, w.seconds);
}

static void check_row(char *f[V__MAX], const struct holidays *h)
{
	struct clock_terms t = terms(h);
	struct clock_facts facts = { .law = REQUEST_GDPR,
		.notice = CLOCK_NO_DAY,
		.closed = CLOCK_NO_DAY };
	struct clock_stop stop = { 0, 0, CLOCK_NO_DAY };
	struct zone *z = times_zone(f[V_ZONE]);
	const char *params = f[V_PARAMS], *p;
	char text[64];
	struct clock c;

	t.rule = times_rule(f[V_RULE]);
	facts.received = receipt_day(f[V_EVENT], z);
	if ((p = param(params, "suspend=", text)) != NULL) {
		stop.asked = times_day((char[11]){ p[0], p[1], p[2], p[3], p[4],
		    p[5], p[6], p[7], p[8], p[9], '\0' });
		stop.ended = times_day(p + 11);
		facts.stops = &stop;
		facts.stop_count = 1;
	}
	if (strstr(params, "extended=true"))
		facts.notice = times_day(param(params, "notice_due=", text));
	if ((p = param(params, "extension_notice_sent=", text)) != NULL)
		facts.notice = times_day(p);
	c = clock_compute(&t, &facts, facts.received);
	times_check_day(c.resumed, f[V_DUE], f[V_ID]);
	if (*f[V_TARGET])
		times_check_day(c.target, f[V_TARGET], f[V_ID]);
	times_check_instant(
	    zone_midnight(z, c.resumed + 1), f[V_BOUNDARY], f[V_ID]);
	if ((p = param(params, "notice_due=", text)) != NULL)
		times_check_day(c.notice_due, p, f[V_ID]);
	if (strstr(params, "extension=void"))
		ck_assert_int_eq(c.extension, CLOCK_VOID);
	if (strstr(params, "extended=true"))
		ck_assert_int_eq(c.extension, CLOCK_EXTENDED);
	if (strstr(params, "suspension=refused"))
		ck_assert_int_eq(c.stood, 0);
	if ((p = param(f[V_ALT], "enforced=", text)) != NULL)
		times_check_day(c.due, p, f[V_ID]);
	else
		ck_assert_int_eq(c.due, c.resumed);
	if ((p = param(f[V_ALT], "restart due_date=", text)) != NULL)
		times_check_day(c.restarted, p, f[V_ID]);
	if ((p = param(f[V_ALT], "no_roll due_date=", text)) != NULL) {
		t.roll = CLOCK_ROLL_NONE;
		c = clock_compute(&t, &facts, facts.received);
		times_check_day(c.due, p, f[V_ID]);
	}
	ck_assert_int_eq(c.unknown_year, 0);
	zone_free(z);
}

/* 1 if the row is about requests. */
static int try_row(char *line, const char *holidays)
{
	struct diag d = DIAG_INIT;
	struct holidays h = { NULL, 0 };
	char *f[V__MAX];
	int i;

	line[strcspn(line, "\r\n")] = '\0';
	for (i = 0; i < V__MAX; i++)
		ck_assert_ptr_nonnull(f[i] = strsep(&line, ","));
	if (strcmp(f[V_KIND], "request_due") != 0 &&
	    strcmp(f[V_KIND], "extended_due") != 0)
		return 0;
	ck_assert_int_eq(holidays_load(holidays, f[V_HOLIDAYS], &d, &h), ST_OK);
	check_row(f, &h);
	holidays_release(&h);
	diag_release(&d);
	return 1;
}

START_TEST(vectors_of_requests_hold)
{
	const char *path = test_shared("vectors/calendar-holidays.csv");
	char *holidays, row[1024];
	int rows = 0;
	FILE *f;

	if (path == NULL)
		return;
	ck_assert_ptr_nonnull(holidays = strdup(path));
	path = test_shared("vectors/calendar-vectors.csv");
	ck_assert_ptr_nonnull(f = fopen(path, "r"));
	while (fgets(row, sizeof(row), f))
		rows += try_row(row, holidays);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_int_ge(rows, 18); /* V01 to V18 */
	free(holidays);
}
END_TEST

/* ---- the same, walking from day to day ---- */

#define FREE_DAYS                                               \
	"date,name\n2026-01-01,a\n2026-04-06,b\n2026-05-01,c\n" \
	"2026-12-25,d\n2027-01-01,e\n2028-01-01,f\n"

static void free_days(struct holidays *h)
{
	struct diag d = DIAG_INIT;

	ck_assert_int_eq(holidays_parse("free.csv", FREE_DAYS,
			     strlen(FREE_DAYS), NULL, &d, h),
	    ST_OK);
	diag_release(&d);
}

/* One month of the calendar after ${day}: the same number, or the last. */
static int32_t walk_months(int32_t day, int months)
{
	int number = civil_date(day).day, month = civil_date(day).month;
	int32_t d = day;

	while (months-- > 0) {
		int next = month % 12 + 1;

		while (civil_date(d).month != next)
			d++; /* its first day */
		month = next;
	}
	while (civil_date(d).day < number && civil_date(d + 1).month == month)
		d++;
	return d;
}

static int works(const struct holidays *h, int32_t day)
{
	for (size_t i = 0; i < h->count; i++)
		if (h->days[i] == day)
			return 0;
	return civil_weekday(day) < 5;
}

static int32_t walk_free(const struct holidays *h, int32_t day)
{
	while (!works(h, day))
		day++;
	return day;
}

/* What the clock is told, drawn at random from a seed. */
struct draw {
	struct clock_facts f;
	struct clock_stop stops[3];
	int32_t today;
};

static void draw(struct draw *w)
{
	int32_t first = times_day("2026-01-01");

	*w = (struct draw){ .f = { .law = REQUEST_GDPR,
				.received = first + (int32_t)(random() % 400),
				.notice = CLOCK_NO_DAY,
				.closed = CLOCK_NO_DAY,
				.stop_count = (size_t)(random() % 4) } };
	w->today = w->f.received + (int32_t)(random() % 120);
	if (random() % 2)
		w->f.notice = w->f.received + (int32_t)(random() % 45);
	for (size_t i = 0; i < w->f.stop_count; i++) {
		struct clock_stop *s = &w->stops[i];

		s->asked = w->f.received + (int32_t)(random() % 8);
		s->ended = random() % 4 ? s->asked + (int32_t)(random() % 20)
					: CLOCK_NO_DAY;
		s->lapses = random() % 3 ? CLOCK_NO_DAY
					 : s->asked + (int32_t)(random() % 10);
	}
	w->f.stops = w->stops;
}

static int counts(
    const struct holidays *h, const struct clock_facts *f, int32_t asked)
{
	int32_t day = f->received, left = 3;

	while (day < asked && left >= 0)
		left -= works(h, ++day);
	return left >= 0;
}

static int covers(const struct clock_stop *s, int32_t day, int32_t today)
{
	int32_t end = s->ended == CLOCK_NO_DAY ? today : s->ended;

	if (s->lapses != CLOCK_NO_DAY && s->lapses < end)
		end = s->lapses;
	return s->asked <= day && day < end;
}

static int stands(const struct holidays *h, const struct draw *w, int32_t day)
{
	for (size_t i = 0; i < w->f.stop_count; i++)
		if (counts(h, &w->f, w->stops[i].asked) &&
		    covers(&w->stops[i], day, w->today))
			return 1;
	return 0;
}

/* The last day that something asked in time was open. */
static int32_t last_answer(const struct holidays *h, const struct draw *w)
{
	int32_t last = CLOCK_NO_DAY;

	for (size_t i = 0; i < w->f.stop_count; i++) {
		int32_t day = w->stops[i].asked;

		if (!counts(h, &w->f, day))
			continue;
		if (w->today < day && w->stops[i].ended == CLOCK_NO_DAY)
			day = w->today;
		while (covers(&w->stops[i], day, w->today))
			day++;
		last = day > last ? day : last;
	}
	return last;
}

static void check_draw(const struct holidays *h, const struct draw *w)
{
	struct clock_terms t = terms(h);
	struct clock c = clock_compute(&t, &w->f, w->today);
	int32_t notice = walk_free(h, walk_months(w->f.received, 1));
	int valid = w->f.notice != CLOCK_NO_DAY && w->f.notice <= notice;
	int32_t last = walk_months(w->f.received, valid ? 3 : 1), due, begun;
	int32_t answer = last_answer(h, w), stood = 0;

	for (int32_t d = w->f.received; d < w->f.received + 200; d++)
		stood += stands(h, w, d);
	due = walk_free(h, last + stood);
	MUST(c.resumed == due, "resumed %d, walked %d", c.resumed, due);
	MUST(c.stood == stood, "stood %d, walked %d", c.stood, stood);
	MUST(c.notice_due == notice, "notice");
	MUST(c.target == w->f.received + 30 + stood, "target");
	if (answer != CLOCK_NO_DAY) {
		begun = walk_free(h, walk_months(answer, valid ? 3 : 1));
		MUST(c.restarted == begun, "restarted %d, walked %d",
		    c.restarted, begun);
		due = begun < due ? begun : due;
	}
	MUST(c.due == due, "due %d, walked %d", c.due, due);
	MUST((c.standing == CLOCK_OVERDUE) == (w->today > due), "standing");
	MUST((c.extension == CLOCK_VOID) ==
		 (w->f.notice != CLOCK_NO_DAY && !valid),
	    "void");
}

START_TEST(the_clock_agrees_with_a_walk_from_day_to_day)
{
	struct holidays h = { NULL, 0 };
	struct draw w;
	int i;

	free_days(&h);
	srandom(6);
	for (i = 0; i < 20000; i++) {
		draw(&w);
		check_draw(&h, &w);
	}
	holidays_release(&h);
}
END_TEST

/* ---- single statements ---- */

static struct clock at(enum request_law law, const char *received,
    const struct clock_stop *stop, const char *today)
{
	static struct holidays h;
	struct clock_terms t;
	struct clock_facts f = { law, times_day(received), CLOCK_NO_DAY,
		CLOCK_NO_DAY, stop, stop != NULL };
	struct clock c;

	free_days(&h);
	t = terms(&h);
	c = clock_compute(&t, &f, times_day(today));
	holidays_release(&h);
	return c;
}

START_TEST(of_two_laws_the_earlier_end_counts)
{
	/* The APPI's rule sticks to the end of a month, the GDPR's does not. */
	times_check_day(at(REQUEST_GDPR, "2027-02-28", NULL, "2027-03-01").due,
	    "2027-03-29", "gdpr"); /* a Sunday */
	times_check_day(at(REQUEST_APPI, "2027-02-28", NULL, "2027-03-01").due,
	    "2027-03-31", "appi");
	times_check_day(at(REQUEST_BOTH, "2027-02-28", NULL, "2027-03-01").due,
	    "2027-03-29", "both");
	/* A Saturday: the GDPR's rule rolls it, the APPI's does not. */
	times_check_day(at(REQUEST_GDPR, "2026-05-20", NULL, "2026-05-21").due,
	    "2026-06-22", "gdpr");
	times_check_day(at(REQUEST_BOTH, "2026-05-20", NULL, "2026-05-21").due,
	    "2026-06-20", "both");
}
END_TEST

START_TEST(a_clock_that_stands_still_is_not_overdue)
{
	struct clock_stop stop = { times_day("2026-06-03"), CLOCK_NO_DAY,
		CLOCK_NO_DAY };

	ck_assert_int_eq(
	    at(REQUEST_GDPR, "2026-06-01", &stop, "2026-12-01").standing,
	    CLOCK_SUSPENDED);
	/* What the person was asked lapsed: it runs again. */
	stop.lapses = times_day("2026-06-10");
	ck_assert_int_eq(
	    at(REQUEST_GDPR, "2026-06-01", &stop, "2026-12-01").standing,
	    CLOCK_OVERDUE);
	/* Asked too late: it never stood still. */
	stop.lapses = CLOCK_NO_DAY;
	stop.asked = times_day("2026-06-08");
	ck_assert_int_eq(
	    at(REQUEST_GDPR, "2026-06-01", &stop, "2026-12-01").standing,
	    CLOCK_OVERDUE);
}
END_TEST

START_TEST(what_nears_its_end_is_at_risk)
{
	ck_assert_int_eq(
	    at(REQUEST_GDPR, "2026-06-01", NULL, "2026-06-24").standing,
	    CLOCK_RUNNING);
	ck_assert_int_eq(
	    at(REQUEST_GDPR, "2026-06-01", NULL, "2026-06-25").standing,
	    CLOCK_AT_RISK);
	ck_assert_int_eq(
	    at(REQUEST_GDPR, "2026-06-01", NULL, "2026-07-01").standing,
	    CLOCK_AT_RISK);
	ck_assert_int_eq(
	    at(REQUEST_GDPR, "2026-06-01", NULL, "2026-07-02").standing,
	    CLOCK_OVERDUE);
}
END_TEST

START_TEST(a_year_without_known_holidays_is_said_and_not_rolled)
{
	struct clock c = at(REQUEST_GDPR, "2028-12-01", NULL, "2028-12-02");

	ck_assert_int_eq(c.unknown_year, 2029);
	times_check_day(c.due, "2029-01-01", "not rolled");
}
END_TEST

/* ---- holidays ---- */

static const struct {
	const char *text;
	const char *says;
} wrong[] = {
	{ "day\n2026-01-01\n", "no column `date`" },
	{ "date\n2026-02-30\n", "`2026-02-30` is not a date" },
	{ "date\nsoon\n", "`soon` is not a date" },
	{ "date,calendar\n2026-01-01,JP\n2026-01-01,DE\n", "second calendar" },
	{ "date\n", "no holiday" },
	{ "", "no holiday" },
};

START_TEST(a_file_of_holidays_is_strict)
{
	struct diag d = DIAG_INIT;
	struct holidays h = { NULL, 0 };

	ck_assert_int_eq(holidays_parse("h.csv", wrong[_i].text,
			     strlen(wrong[_i].text), NULL, &d, &h),
	    ST_INVALID);
	ck_assert_ptr_null(h.days);
	ck_assert_ptr_nonnull(strstr(d.items[0].text, wrong[_i].says));
	diag_release(&d);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

Suite *request_clock_suite(void)
{
	Suite *s = suite_create("request_clock");
	TCase *t = tcase_create("all");

	tcase_add_test(t, vectors_of_requests_hold);
	tcase_add_test(t, the_clock_agrees_with_a_walk_from_day_to_day);
	tcase_add_test(t, of_two_laws_the_earlier_end_counts);
	tcase_add_test(t, a_clock_that_stands_still_is_not_overdue);
	tcase_add_test(t, what_nears_its_end_is_at_risk);
	tcase_add_test(t, a_year_without_known_holidays_is_said_and_not_rolled);
	tcase_add_loop_test(t, a_file_of_holidays_is_strict, 0, COUNT(wrong));
	suite_add_tcase(s, t);
	return s;
}
