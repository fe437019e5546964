/* The rule for the years that a TZif file does not list. */
#include "engine/base/zone_rule.h"

#include "engine/base/civil.h"

/* No summer time is worked out beyond some 34,000 years from 1970: so days
 * stay in 32 bits whatever instant is asked for. */
#define FAR (INT64_C(1) << 40)

struct text {
	const char *p, *end;
};

static int peek(const struct text *t) { return t->p < t->end ? *t->p : -1; }

static int take(struct text *t, char c)
{
	if (peek(t) != c)
		return 0;
	t->p++;
	return 1;
}

static int is_digit(int c) { return c >= '0' && c <= '9'; }

static int is_letter(int c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* One to three digits that write ${least} to ${most}. */
static int read_number(struct text *t, int least, int most, int *n)
{
	const char *start = t->p;

	for (*n = 0; is_digit(peek(t)) && t->p - start < 3; t->p++)
		*n = *n * 10 + (*t->p - '0');
	return t->p > start && *n >= least && *n <= most;
}

/* "[+-]hh[:mm[:ss]]" in seconds. */
static int read_clock(struct text *t, int most_hours, int32_t *seconds)
{
	int negative = peek(t) == '-';
	int hour, minute = 0, second = 0;

	if (!take(t, '-'))
		(void)take(t, '+');
	if (!read_number(t, 0, most_hours, &hour))
		return 0;
	if (take(t, ':')) {
		if (!read_number(t, 0, 59, &minute))
			return 0;
		if (take(t, ':') && !read_number(t, 0, 59, &second))
			return 0;
	}
	*seconds = hour * 3600 + minute * 60 + second;
	if (negative)
		*seconds = -*seconds;
	return 1;
}

/* "CET", or "<+0330>" where it is no word; nobody here needs it. */
static int skip_name(struct text *t)
{
	const char *start = t->p;

	if (take(t, '<')) {
		while (is_letter(peek(t)) || is_digit(peek(t)) ||
		       peek(t) == '+' || peek(t) == '-')
			t->p++;
		return take(t, '>') && t->p - start >= 5;
	}
	while (is_letter(peek(t)))
		t->p++;
	return t->p - start >= 3;
}

/* ",M3.5.0", ",J60" or ",59", then "/hh:mm:ss" or 02:00. */
static int read_change(struct text *t, struct zone_change *c)
{
	int ok;

	*c = (struct zone_change){ .clock = 2 * 3600 };
	if (!take(t, ','))
		return 0;
	if (take(t, 'M')) {
		c->kind = ZONE_MONTH_WEEK;
		ok = read_number(t, 1, 12, &c->month) && take(t, '.') &&
		     read_number(t, 1, 5, &c->week) && take(t, '.') &&
		     read_number(t, 0, 6, &c->weekday);
	} else if (take(t, 'J')) {
		c->kind = ZONE_JULIAN;
		ok = read_number(t, 1, 365, &c->day);
	} else {
		c->kind = ZONE_DAY;
		ok = read_number(t, 0, 365, &c->day);
	}
	return ok && (!take(t, '/') || read_clock(t, 167, &c->clock));
}

static int read_rule(struct text *t, struct zone_rule *r)
{
	/* POSIX counts westwards, everybody else eastwards. */
	if (!skip_name(t) || !read_clock(t, 24, &r->standard))
		return 0;
	r->standard = -r->standard;
	if (t->p == t->end)
		return 1;
	r->has_summer = 1;
	r->summer = r->standard + 3600;
	if (!skip_name(t))
		return 0;
	if (peek(t) != ',') {
		if (!read_clock(t, 24, &r->summer))
			return 0;
		r->summer = -r->summer;
	}
	return read_change(t, &r->start) && read_change(t, &r->end) &&
	       t->p == t->end;
}

enum status zone_rule_parse(const char *text, size_t len, struct zone_rule *out)
{
	struct text t = { text, text + len };
	struct zone_rule r = { 0 };

	if (!read_rule(&t, &r))
		return fail(ST_INVALID,
		    "the rule for later years is malformed: reinstall tzdata");
	*out = r;
	return ST_OK;
}

static int32_t change_day(const struct zone_change *c, int year)
{
	int32_t first = civil_day((struct civil){ year, 1, 1 });
	int32_t day;
	int length;

	switch (c->kind) {
	case ZONE_DAY: return first + c->day;
	case ZONE_JULIAN:
		/* 29 February is never counted. */
		return first + c->day - 1 +
		       (c->day >= 60 && civil_month_length(year, 2) == 29);
	case ZONE_MONTH_WEEK: break;
	}
	first = civil_day((struct civil){ year, c->month, 1 });
	length = civil_month_length(year, c->month);
	/* 0 is Sunday in the rule, Monday in civil_weekday(). */
	day = first + (c->weekday + 6 - civil_weekday(first)) % 7 +
	      7 * (c->week - 1);
	return day < first + length ? day : day - 7;
}

/* The instant of a change, the clock before it being ${offset} from UTC. */
static int64_t change_instant(
    const struct zone_change *c, int year, int32_t offset)
{
	return (int64_t)change_day(c, year) * CIVIL_DAY_SECONDS + c->clock -
	       offset;
}

struct zone_span zone_rule_span(const struct zone_rule *r, int64_t instant)
{
	struct zone_span span = { r->standard, INT64_MAX };
	int64_t latest = INT64_MIN, at[2];
	const int32_t offsets[2] = { r->summer, r->standard };
	int year;

	if (!r->has_summer || instant > FAR)
		return span;
	if (instant < -FAR)
		return (struct zone_span){ r->standard, -FAR };
	year = civil_date((int32_t)(instant / CIVIL_DAY_SECONDS)).year;
	/*
	 * With 167 hours a change may lie in the year beside its own.  Where
	 * two fall together, the later year's counts: summer time all year
	 * is written as an end that meets the next start.
	 */
	for (int y = year - 2; y <= year + 2; y++) {
		at[0] = change_instant(&r->start, y, r->standard);
		at[1] = change_instant(&r->end, y, r->summer);
		for (int i = 0; i < 2; i++) {
			if (at[i] > instant && at[i] < span.end)
				span.end = at[i];
			if (at[i] <= instant && at[i] >= latest) {
				latest = at[i];
				span.offset = offsets[i];
			}
		}
	}
	return span;
}
