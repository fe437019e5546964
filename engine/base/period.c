/* Lengths of time, in ISO 8601 and in words. */
#include "engine/base/period.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "engine/base/civil.h"

#define MOST_YEARS 999
#define MOST_DAYS  (MOST_YEARS * INT64_C(366))
#define CYCLE      4800 /* months after which the Gregorian calendar repeats */

/* A sum that the limit is checked on once, at the end. */
struct sum {
	int64_t months;
	int64_t days;
	int64_t seconds;
};

static enum status fail_syntax(const char *text)
{
	return fail(ST_INVALID,
	    "period \"%.40s\": not understood: use ISO 8601 (P1Y, P4W, P1Y6M, "
	    "PT24H) or words (1 year, 4 weeks)",
	    text);
}

/* Digits from ${*p} on.  Beyond 10^12 the number stops growing: the limit on
 * the sum, which cannot overflow then, refuses it. */
static int number(const char **p, int64_t *n)
{
	const char *start = *p;

	for (*n = 0; **p >= '0' && **p <= '9'; ++*p) {
		if (*n < INT64_C(1000000000000))
			*n = *n * 10 + (**p - '0');
	}
	return *p > start;
}

static void add(struct sum *sum, char unit, int in_day, int64_t n)
{
	switch (unit) {
	case 'Y': sum->months += 12 * n; break;
	case 'M':
		if (in_day)
			sum->seconds += 60 * n;
		else
			sum->months += n;
		break;
	case 'W': sum->days += 7 * n; break;
	case 'D': sum->days += n; break;
	case 'H': sum->seconds += 3600 * n; break;
	default: sum->seconds += n; break;
	}
}

/* "1Y6M": each unit at most once and in the order of ${units}.  How many there
 * were, or -1 for a number without such a unit. */
static int components(
    const char **p, const char *units, int in_day, struct sum *sum)
{
	const char *unit;
	int found = 0;
	int64_t n;

	for (; number(p, &n); found++) {
		if (**p == '\0' || (unit = strchr(units, **p)) == NULL)
			return -1;
		add(sum, *unit, in_day, n);
		units = unit + 1;
		++*p;
	}
	return found;
}

static int parse_iso(const char *p, struct sum *sum)
{
	int dates, times = 0;

	p++;
	dates = components(&p, "YMWD", 0, sum);
	if (dates >= 0 && *p == 'T') {
		p++;
		times = components(&p, "HMS", 1, sum);
		if (times == 0)
			return 0;
	}
	return dates >= 0 && times >= 0 && dates + times > 0 && *p == '\0';
}

static int parse_words(const char *p, struct sum *sum)
{
	static const struct {
		const char *one, *many;
		char unit;
	} words[] = {
		{ "year", "years", 'Y' },
		{ "month", "months", 'M' },
		{ "week", "weeks", 'W' },
		{ "day", "days", 'D' },
		{ "hour", "hours", 'H' },
	};
	int64_t n;

	if (!number(&p, &n) || *p++ != ' ')
		return 0;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcasecmp(p, words[i].one) == 0 ||
		    strcasecmp(p, words[i].many) == 0) {
			add(sum, words[i].unit, 0, n);
			return 1;
		}
	}
	return 0;
}

enum status period_parse(const char *text, struct period *out)
{
	struct sum sum = { 0, 0, 0 };

	if (!(*text == 'P' ? parse_iso(text, &sum) : parse_words(text, &sum)))
		return fail_syntax(text);
	if (sum.months * 366 / 12 + sum.days + sum.seconds / CIVIL_DAY_SECONDS >
	    MOST_DAYS)
		return fail(ST_LIMIT,
		    "period \"%.40s\": longer than %d years: say \"unlimited\" "
		    "if nothing ends it",
		    text, MOST_YEARS);
	out->months = (int32_t)sum.months;
	out->days = (int32_t)sum.days;
	out->seconds = sum.seconds;
	return ST_OK;
}

/* Append "6M" where there is something to say. */
static char *put(char *p, char *end, int64_t n, char unit)
{
	if (n != 0)
		p += snprintf(
		    p, (size_t)(end - p), "%lld%c", (long long)n, unit);
	return p;
}

void period_format(struct period p, char out[PERIOD_TEXT])
{
	char *end = out + PERIOD_TEXT, *s = out;

	*s++ = 'P';
	s = put(s, end, p.months / 12, 'Y');
	s = put(s, end, p.months % 12, 'M');
	if (p.months == 0 && p.seconds == 0 && p.days % 7 == 0)
		s = put(s, end, p.days / 7, 'W');
	else
		s = put(s, end, p.days, 'D');
	if (p.seconds != 0) {
		*s++ = 'T';
		s = put(s, end, p.seconds / 3600, 'H');
		s = put(s, end, p.seconds / 60 % 60, 'M');
		s = put(s, end, p.seconds % 60, 'S');
	}
	if (s == out + 1) {
		*s++ = '0';
		*s++ = 'D';
	}
	*s = '\0';
}

/*
 * The days that ${months} months take, from the first of a month to the first
 * of another.  Both counting rules stay within these: a clamped end is the
 * last of its month, and from the last of one month to the last of another is
 * as long as from first to first one month later.
 */
static int64_t days_from(int first, int32_t months)
{
	int32_t to = first + months;

	return civil_day((struct civil){ 2000 + to / 12, to % 12 + 1, 1 }) -
	       civil_day(
		   (struct civil){ 2000 + first / 12, first % 12 + 1, 1 });
}

int64_t period_least_days(struct period p)
{
	int64_t least = days_from(0, p.months), n;

	for (int first = 1; first < CYCLE; first++) {
		if ((n = days_from(first, p.months)) < least)
			least = n;
	}
	return least + p.days + p.seconds / CIVIL_DAY_SECONDS;
}

int64_t period_most_days(struct period p)
{
	int64_t most = days_from(0, p.months), n;

	for (int first = 1; first < CYCLE; first++) {
		if ((n = days_from(first, p.months)) > most)
			most = n;
	}
	return most + p.days +
	       (p.seconds + CIVIL_DAY_SECONDS - 1) / CIVIL_DAY_SECONDS;
}
