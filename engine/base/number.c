/* Numbers to and from text, without loss and without a locale. */
#include "engine/base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_TEXT 400 /* characters of a number */

enum status number_int(const char *text, size_t len, int64_t *out)
{
	int negative = len > 0 && *text == '-';
	size_t i = len > 0 && (*text == '-' || *text == '+');
	int64_t n = 0;

	if (i == len)
		return ST_INVALID;
	/* Downwards, because there is one more below zero than above. */
	for (; i < len; i++) {
		int digit = text[i] - '0';

		if (digit < 0 || digit > 9 ||
		    __builtin_mul_overflow(n, 10, &n) ||
		    __builtin_sub_overflow(n, digit, &n))
			return ST_INVALID;
	}
	if (!negative && n == INT64_MIN)
		return ST_INVALID;
	*out = negative ? n : -n;
	return ST_OK;
}

/* A decimal number taken apart: 0.DIGITS times ten to the ${exponent}, the
 * digits without zeros at either end. */
struct decimal {
	char digits[MOST_TEXT + 1];
	size_t count;
	int exponent;
	int negative;
};

static size_t read_digits(
    const char *text, size_t len, size_t i, struct decimal *d, int shift)
{
	for (; i < len && text[i] >= '0' && text[i] <= '9'; i++) {
		if (d->count > 0 || text[i] != '0') {
			d->digits[d->count++] = text[i];
			d->exponent += shift;
		} else if (!shift) {
			d->exponent--;
		}
	}
	return i;
}

#define EXPONENT_MOST 99999 /* beyond it everything is 0 or too large */

static enum status read_exponent(
    const char *text, size_t len, struct decimal *d)
{
	int negative = len > 0 && *text == '-';
	size_t i = len > 0 && (*text == '-' || *text == '+');
	int exponent = 0;

	if (i == len)
		return ST_INVALID;
	for (; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return ST_INVALID;
		exponent = exponent * 10 + (text[i] - '0');
		if (exponent > EXPONENT_MOST)
			exponent = EXPONENT_MOST;
	}
	d->exponent += negative ? -exponent : exponent;
	return ST_OK;
}

static enum status decimal_parse(
    const char *text, size_t len, struct decimal *d)
{
	size_t i, start, digits;

	if (len == 0 || len > MOST_TEXT)
		return ST_INVALID;
	d->count = 0;
	d->exponent = 0;
	d->negative = *text == '-';
	start = *text == '-' || *text == '+';
	i = read_digits(text, len, start, d, 1);
	digits = i - start;
	if (i < len && text[i] == '.') {
		start = i + 1;
		i = read_digits(text, len, start, d, 0);
		digits += i - start;
	}
	if (digits == 0)
		return ST_INVALID;
	if (i < len && (text[i] == 'e' || text[i] == 'E'))
		if (read_exponent(text + i + 1, len - i - 1, d) == ST_OK)
			i = len;
	while (d->count > 0 && d->digits[d->count - 1] == '0')
		d->count--;
	if (d->count == 0)
		d->exponent = 0;
	return i == len ? ST_OK : ST_INVALID;
}

enum status number_real(const char *text, size_t len, double *out)
{
	/* Powers of ten that a double holds exactly: one correctly rounded
	 * division is then the nearest double (Clinger 1990). */
	static const double tens[] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7,
		1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15 };
	struct decimal d;
	char copy[MOST_TEXT + 1];
	uint64_t mantissa = 0;
	int power;
	double r;

	if (decimal_parse(text, len, &d) != ST_OK)
		return ST_INVALID;
	power = (int)d.count - d.exponent;
	if (d.count <= 15 && power >= 0 && power <= 15) {
		for (size_t i = 0; i < d.count; i++)
			mantissa =
			    mantissa * 10 + (uint64_t)(d.digits[i] - '0');
		r = (double)mantissa / tens[power];
		*out = d.negative ? -r : r;
		return ST_OK;
	}
	memcpy(copy, text, len);
	copy[len] = '\0';
	r = strtod(copy, NULL);
	if (!isfinite(r))
		return ST_INVALID;
	*out = r;
	return ST_OK;
}

/* The first ${keep} digits, the last one rounded by the next. */
static void round_digits(struct decimal *d, int keep)
{
	int up = keep >= 0 && d->digits[keep] >= '5';
	int i;

	d->count = keep > 0 ? (size_t)keep : 0;
	for (i = keep - 1; up && i >= 0; i--) {
		up = d->digits[i] == '9';
		d->digits[i] = (char)(up ? '0' : d->digits[i] + 1);
	}
	if (up) { /* 99 becomes 100 */
		memmove(d->digits + 1, d->digits, d->count);
		d->digits[0] = '1';
		d->count++;
		d->exponent++;
	}
}

enum status number_round(
    const char *text, size_t len, int decimals, struct buf *out)
{
	struct decimal d;
	int i;

	if (decimal_parse(text, len, &d) != ST_OK)
		return ST_INVALID;
	if ((int)d.count <= d.exponent + decimals) {
		buf_add(out, text, len);
		return buf_status(out);
	}
	round_digits(&d, d.exponent + decimals);
	if (d.count == 0)
		d.exponent = 0;
	else if (d.negative)
		buf_addc(out, '-');
	if (d.exponent <= 0)
		buf_addc(out, '0');
	for (i = d.exponent < 0 ? d.exponent : 0;
	     i < d.exponent || i < d.exponent + decimals; i++) {
		if (i == d.exponent)
			buf_addc(out, '.');
		buf_addc(out, i >= 0 && i < (int)d.count ? d.digits[i] : '0');
	}
	return buf_status(out);
}

int number_exact(const char *text, size_t len)
{
	struct decimal given, held;
	char shortest[NUMBER_TEXT];
	int64_t n;
	double r;

	if (number_int(text, len, &n) == ST_OK)
		return 1;
	if (number_real(text, len, &r) != ST_OK)
		return 0;
	number_format(r, shortest);
	return decimal_parse(text, len, &given) == ST_OK &&
	       decimal_parse(shortest, strlen(shortest), &held) == ST_OK &&
	       given.count == held.count && given.exponent == held.exponent &&
	       memcmp(given.digits, held.digits, given.count) == 0;
}

void number_format(double real, char out[NUMBER_TEXT])
{
	int n = 0;

	if (!isfinite(real)) {
		(void)snprintf(out, NUMBER_TEXT, real < 0 ? "-9e999" : "9e999");
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		n = snprintf(out, NUMBER_TEXT, "%.*g", digits, real);
		if (strtod(out, NULL) == real)
			break;
	}
	if (strcspn(out, ".e") == (size_t)n)
		(void)snprintf(out + n, NUMBER_TEXT - (size_t)n, ".0");
}
