#ifndef BASE_ZONE_RULE_H
#define BASE_ZONE_RULE_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/status.h"

/*
 * The rule at the end of a TZif file, "CET-1CEST,M3.5.0,M10.5.0/3": POSIX.1
 * TZ with the extensions of RFC 9636, 3.3.1 (hours from -167 to 167).  It says
 * what applies after the file's last transition.  Part of zone.c.
 */
enum zone_change_kind {
	ZONE_MONTH_WEEK, /* M10.5.0: last Sunday of October */
	ZONE_JULIAN,     /* J60: 1 March in every year */
	ZONE_DAY,        /* 59: the day after that many others of its year */
};
struct zone_change {
	enum zone_change_kind kind;
	int month, week, weekday; /* 0 = Sunday */
	int day;
	int32_t clock; /* seconds from local 00:00 of that day */
};
struct zone_rule {
	int32_t standard; /* seconds to add to UTC */
	int32_t summer;
	int has_summer;
	struct zone_change start, end;
};

/* An offset and the first instant to which it no longer applies. */
struct zone_span {
	int32_t offset;
	int64_t end;
};

/* ${text} need not end in NUL.  ST_INVALID for what the grammar lacks. */
enum status zone_rule_parse(
    const char *text, size_t len, struct zone_rule *out) MUST_CHECK;

/* The offset at ${instant}, and for how long. */
struct zone_span zone_rule_span(const struct zone_rule *r, int64_t instant);

#endif /* !BASE_ZONE_RULE_H */
