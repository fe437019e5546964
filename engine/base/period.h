#ifndef BASE_PERIOD_H
#define BASE_PERIOD_H

#include <stdint.h>

#include "engine/base/status.h"

/*
 * A length of time: ISO 8601 ("P1Y", "P4W", "P1Y6M", "P0D", "PT24H") or the
 * words people use ("1 year", "4 weeks", "24 hours").  Years are 12 months,
 * weeks 7 days; months, days and seconds stay apart, because no month has a
 * fixed number of days.
 */
struct period {
	int32_t months;
	int32_t days;
	int64_t seconds;
};

/* Strict: no sign, no fraction, nothing behind.  ST_INVALID otherwise;
 * ST_LIMIT over 999 years. */
enum status period_parse(const char *text, struct period *out) MUST_CHECK;
/* The ISO form: "P1Y", "P4W" for whole weeks, "P0D" for nothing. */
#define PERIOD_TEXT 48
void period_format(struct period p, char out[PERIOD_TEXT]);
/* The shortest and the longest it can be, in days; to compare periods. */
int64_t period_least_days(struct period p);
int64_t period_most_days(struct period p);

#endif /* !BASE_PERIOD_H */
