#ifndef BASE_WHEN_H
#define BASE_WHEN_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/status.h"

/*
 * A time as a record holds it: a civil date, or an instant.  Read from
 * "YYYY-MM-DD", RFC 3339 ("2026-03-01T20:00:00+01:00", "...Z", "...z", with a
 * fraction or without), "YYYY-MM-DD HH:MM:SS" (UTC), or Unix seconds.  The
 * form with a space may have a fraction and an offset too.  All of it within
 * the years 1 to 9999, so that milliseconds are not taken for seconds.
 */
enum when_kind {
	WHEN_NONE,    /* not a time, or NULL */
	WHEN_DATE,    /* ${day} */
	WHEN_INSTANT, /* ${seconds}, rounded up where there was a fraction */
};
struct when {
	enum when_kind kind;
	int32_t day;
	int64_t seconds;
};

/* The first second of 1900 (UTC): what lies before is no starting point
 * (design: UNDECIDED). */
#define WHEN_FIRST_SECOND INT64_C(-2208988800)
#define WHEN_FIRST_DAY    (-25567)

/* ST_INVALID for what is none of these, or has no such day, hour, minute; a
 * leap second (:60) counts as the next minute's first.  Text that is only
 * digits (with or without a sign) is Unix seconds. */
enum status when_parse(
    const char *text, size_t len, struct when *out) MUST_CHECK;

/*
 * The canonical form in which ingest stores an instant: UTC, 'T', 'Z', the
 * fraction kept as given without trailing zeros; dates stay dates.  ${out}
 * needs WHEN_TEXT bytes; a fraction longer than 9 digits is ST_INVALID.
 *
 * Text of one column then compares as time, but for one second: '.' sorts
 * before 'Z', so "...59.5Z" before "...59Z".  Instants before ${T}, rounded up
 * as above, are therefore, with S the text of T - 1 without its 'Z':
 *
 *	text <= 'SZ' AND NOT (text > 'S.' AND text < 'S/')
 */
#define WHEN_TEXT 40
enum status when_canonical(
    const char *text, size_t len, char out[WHEN_TEXT]) MUST_CHECK;

/* Now, by the system clock. */
int64_t when_now(void);

#endif /* !BASE_WHEN_H */
