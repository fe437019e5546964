/*
 * Times as records hold them.  A purge reads one for each record, so nothing
 * here allocates, copies or asks the C library about a locale; and the form
 * that ingest writes is recognised first.
 */
#include "engine/base/when.h"

#include <string.h>
#include <time.h>

#include "engine/base/civil.h"

#define FRACTION_DIGITS 9

#define FIRST_SECOND INT64_C(-62135596800) /* 0001-01-01T00:00:00Z */
#define LAST_SECOND  INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

/* What was read: an instant is ${seconds} and the fraction behind it. */
struct reading {
	enum when_kind kind;
	int32_t day;
	int64_t seconds;
	const char *fraction; /* without trailing zeros */
	size_t digits;
};

static int is_digit(char c) { return c >= '0' && c <= '9'; }

/* "HH:MM:SS" as seconds of the day, or -1.  A leap second is let through:
 * as second 60 it counts as the next minute's first. */
static inline int read_clock(const char *p)
{
	int hour = civil_two_digits(p), minute = civil_two_digits(p + 3);
	int second = civil_two_digits(p + 6);

	if (p[2] != ':' || p[5] != ':' || hour > 23 || minute > 59 ||
	    second > 60)
		return -1;
	return hour * 3600 + minute * 60 + second;
}

/* ".250" at ${*p}, if there is one.  0: it is malformed. */
static int read_fraction(const char **p, const char *end, struct reading *r)
{
	const char *start = *p + 1, *last;

	if (*p == end || **p != '.')
		return 1;
	for (++*p; *p < end && is_digit(**p); ++*p)
		;
	if (*p == start || *p - start > FRACTION_DIGITS)
		return 0;
	for (last = *p; last > start && last[-1] == '0'; last--)
		;
	r->fraction = start;
	r->digits = (size_t)(last - start);
	return 1;
}

/* "Z", "z", "+09:00" and nothing else, as seconds to take off. */
static int read_offset(const char *p, const char *end, int64_t *seconds)
{
	int hour, minute;

	*seconds = 0;
	if (end - p == 1)
		return *p == 'Z' || *p == 'z';
	if (end - p != 6 || (*p != '+' && *p != '-') || p[3] != ':')
		return 0;
	hour = civil_two_digits(p + 1);
	minute = civil_two_digits(p + 4);
	if (hour > 23 || minute > 59)
		return 0;
	*seconds = hour * 3600 + minute * 60;
	if (*p == '-')
		*seconds = -*seconds;
	return 1;
}

/* Only digits, with or without a sign. */
static int read_unix(const char *p, size_t len, struct reading *r)
{
	int negative = *p == '-';
	const char *end = p + len;
	int64_t n = 0;

	if (*p == '-' || *p == '+')
		p++;
	if (p == end)
		return 0;
	for (; p < end; p++) {
		if (!is_digit(*p))
			return 0;
		n = n * 10 + (*p - '0');
		if (n > LAST_SECOND)
			return 0;
	}
	r->kind = WHEN_INSTANT;
	r->seconds = negative ? -n : n;
	return 1;
}

/*
 * Date, 'T' and time with an offset; or the same with a space (RFC 3339, 5.6
 * allows it), which SQL writes without an offset and means as UTC.
 */
static int read_instant(const char *text, size_t len, struct reading *r)
{
	const char *p = text + 19, *end = text + len;
	int64_t offset = 0;
	int clock;

	if (len < 19 || (clock = read_clock(text + 11)) < 0)
		return 0;
	if (text[10] != 'T' && text[10] != 't' && text[10] != ' ')
		return 0;
	if (!read_fraction(&p, end, r))
		return 0;
	if (!(text[10] == ' ' && p == end) && !read_offset(p, end, &offset))
		return 0;
	r->kind = WHEN_INSTANT;
	r->seconds = (int64_t)r->day * CIVIL_DAY_SECONDS + clock - offset;
	return 1;
}

static int read_time(const char *text, size_t len, struct reading *r)
{
	*r = (struct reading){ WHEN_DATE, 0, 0, text, 0 };
	if (len == 0)
		return 0;
	if (len < 10 || text[4] != '-') {
		if (!read_unix(text, len, r))
			return 0;
	} else {
		if (civil_parse(text, 10, &r->day) != ST_OK)
			return 0;
		if (len > 10 && !read_instant(text, len, r))
			return 0;
	}
	return r->kind == WHEN_DATE ||
	       (r->seconds >= FIRST_SECOND &&
		   r->seconds + (r->digits > 0) <= LAST_SECOND);
}

/* The text itself is personal data and stays out of the sentence. */
static enum status fail_time(void)
{
	return fail(ST_INVALID,
	    "not a time: use YYYY-MM-DD, YYYY-MM-DDTHH:MM:SSZ (or +HH:MM), "
	    "YYYY-MM-DD HH:MM:SS for UTC, or Unix seconds");
}

static enum status parse_any(const char *text, size_t len, struct when *out)
{
	struct reading r;

	if (!read_time(text, len, &r))
		return fail_time();
	*out = (struct when){ r.kind, r.kind == WHEN_DATE ? r.day : 0,
		r.seconds + (r.digits > 0) };
	return ST_OK;
}

enum status when_parse(const char *text, size_t len, struct when *out)
{
	int32_t day;
	int clock;

	/* What ingest stores; everything else takes the long way. */
	if (len == 20 && text[10] == 'T' && text[19] == 'Z' &&
	    (clock = read_clock(text + 11)) >= 0 && clock < 86400 &&
	    civil_parse(text, 10, &day) == ST_OK) {
		out->kind = WHEN_INSTANT;
		out->day = 0;
		out->seconds = (int64_t)day * CIVIL_DAY_SECONDS + clock;
		return ST_OK;
	}
	return parse_any(text, len, out);
}

enum status when_canonical(const char *text, size_t len, char out[WHEN_TEXT])
{
	struct reading r;

	if (!read_time(text, len, &r))
		return fail_time();
	if (r.kind == WHEN_DATE) {
		civil_format(r.day, out);
		return ST_OK;
	}
	civil_format_instant(r.seconds, out);
	if (r.digits > 0) {
		out[19] = '.';
		memcpy(out + 20, r.fraction, r.digits);
		memcpy(out + 20 + r.digits, "Z", 2);
	}
	return ST_OK;
}

int64_t when_now(void) { return (int64_t)time(NULL); }
