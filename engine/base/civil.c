/*
 * Civil dates.  The calendar is counted from 1 March, so that the leap day is
 * the last of its year, and in eras of 400 years, which are all alike; the
 * arithmetic then needs no table and no loop.  (R. G. Tantzen, CACM 1963,
 * algorithm 199, is the same idea.)
 */
#include "engine/base/civil.h"

#define ERA_DAYS  146097 /* of 400 years */
#define EPOCH_DAY 719468 /* 1970-01-01, counted from 0000-03-01 */
#define FAR_YEARS                                                  \
	INT64_C(6000000) /* whole eras; 32 bits of days reach less \
			  */

#define FIRST_DAY (-719528) /* 0000-01-01 */
#define LAST_DAY  2932896   /* 9999-12-31 */

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

/* Three numbers and not the struct: passed by value, that goes through
 * memory, and doubles the time that reading a date takes. */
static int32_t day_number(int year, int month, int day)
{
	/* Unsigned from 6 million years ago on, so that every division is one
	 * by a constant; and no branch that data could mispredict. */
	unsigned int early = month < 3;
	uint64_t y = (uint64_t)(year + FAR_YEARS) - early;
	unsigned int m = (unsigned int)month + 12 * early - 3;
	uint64_t century = y / 100;
	uint64_t days = y * 365 + y / 4 - century + century / 4;

	return (int32_t)((int64_t)days + (153 * m + 2) / 5 + day - 1 -
			 FAR_YEARS / 400 * ERA_DAYS - EPOCH_DAY);
}

int32_t civil_day(struct civil c) { return day_number(c.year, c.month, c.day); }

struct civil civil_date(int32_t day)
{
	int64_t n = (int64_t)day + EPOCH_DAY;
	int64_t era = floor_div(n, ERA_DAYS);
	int64_t d = n - era * ERA_DAYS;
	int64_t y = (d - d / 1460 + d / 36524 - d / 146096) / 365;
	int64_t day_of_year = d - (365 * y + y / 4 - y / 100);
	int64_t month = (5 * day_of_year + 2) / 153;
	struct civil c;

	c.day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
	c.month = (int)(month < 10 ? month + 3 : month - 9);
	c.year = (int)(y + era * 400 + (c.month <= 2));
	return c;
}

int civil_month_length(int year, int month)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };

	if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
		return 29;
	return lengths[month - 1];
}

int civil_weekday(int32_t day)
{
	int64_t n = (int64_t)day + 3; /* 1970-01-01 was a Thursday */

	return (int)(n - 7 * floor_div(n, 7));
}

enum status civil_parse(const char *text, size_t len, int32_t *day)
{
	int y, m, d;

	if (len != 10 || text[4] != '-' || text[7] != '-')
		goto no_date;
	y = civil_two_digits(text) * 100 + civil_two_digits(text + 2);
	m = civil_two_digits(text + 5);
	d = civil_two_digits(text + 8);
	if (y < 1 || y > 9999 || m < 1 || m > 12 || d < 1)
		goto no_date;
	if (d > 28 && d > civil_month_length(y, m))
		goto no_date;
	*day = day_number(y, m, d);
	return ST_OK;
no_date:
	return fail(
	    ST_INVALID, "not a date: use YYYY-MM-DD and a day that exists");
}

static void put_two(char *p, int n)
{
	p[0] = (char)('0' + n / 10);
	p[1] = (char)('0' + n % 10);
}

void civil_format(int32_t day, char out[CIVIL_TEXT])
{
	struct civil c;

	if (day < FIRST_DAY)
		day = FIRST_DAY;
	if (day > LAST_DAY)
		day = LAST_DAY;
	c = civil_date(day);
	put_two(out, c.year / 100);
	put_two(out + 2, c.year % 100);
	out[4] = '-';
	put_two(out + 5, c.month);
	out[7] = '-';
	put_two(out + 8, c.day);
	out[10] = '\0';
}

void civil_format_instant(int64_t seconds, char out[INSTANT_TEXT])
{
	int64_t first = (int64_t)FIRST_DAY * CIVIL_DAY_SECONDS;
	int64_t last = (int64_t)LAST_DAY * CIVIL_DAY_SECONDS + 86399;
	int64_t day;
	int clock;

	if (seconds < first)
		seconds = first;
	if (seconds > last)
		seconds = last;
	day = floor_div(seconds, CIVIL_DAY_SECONDS);
	clock = (int)(seconds - day * CIVIL_DAY_SECONDS);
	civil_format((int32_t)day, out);
	out[10] = 'T';
	put_two(out + 11, clock / 3600);
	out[13] = ':';
	put_two(out + 14, clock / 60 % 60);
	out[16] = ':';
	put_two(out + 17, clock % 60);
	out[19] = 'Z';
	out[20] = '\0';
}
