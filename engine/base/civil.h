#ifndef BASE_CIVIL_H
#define BASE_CIVIL_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/status.h"

/*
 * Civil dates of the Gregorian calendar as days since 1970-01-01, and
 * instants as Unix seconds (64 bit, UTC, no leap seconds).  Text has years 1
 * to 9999; arithmetic goes on beyond, and what lies outside of 0000-01-01 to
 * 9999-12-31 is formatted as the nearest day, or second, inside.
 */
struct civil {
	int year;
	int month; /* 1-12 */
	int day;   /* 1-31 */
};
#define CIVIL_DAY_SECONDS 86400

int32_t civil_day(struct civil c);
struct civil civil_date(int32_t day);
int civil_month_length(int year, int month);
/* 0 = Monday ... 6 = Sunday */
int civil_weekday(int32_t day);

/* "YYYY-MM-DD" and nothing else, a date that exists; else ST_INVALID. */
enum status civil_parse(const char *text, size_t len, int32_t *day) MUST_CHECK;
#define CIVIL_TEXT 11
void civil_format(int32_t day, char out[CIVIL_TEXT]);

/* "YYYY-MM-DDTHH:MM:SSZ" of an instant. */
#define INSTANT_TEXT 21
void civil_format_instant(int64_t seconds, char out[INSTANT_TEXT]);

/* The number that two digits write; far too large for any part of a date or
 * time where they are none. */
static inline int civil_two_digits(const char *p)
{
	unsigned int tens = (unsigned int)(unsigned char)p[0] - '0';
	unsigned int ones = (unsigned int)(unsigned char)p[1] - '0';

	return tens > 9 || ones > 9 ? 20000 : (int)(tens * 10 + ones);
}

#endif /* !BASE_CIVIL_H */
