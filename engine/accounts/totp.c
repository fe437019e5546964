/* Codes that a device makes out of a secret and the time. */
#include "engine/accounts/totp.h"

#include <stdio.h>
#include <string.h>

#include "engine/crypto/secret.h"

/* RFC 4226, 5.3. */
enum status totp_code(enum hmac_hash hash, const void *secret, size_t len,
    int64_t step, int digits, char out[9])
{
	static const uint32_t powers[] = { 1000000, 10000000, 100000000 };
	uint8_t sum[HMAC_MAX], counter[8];
	const uint8_t *p;
	uint32_t n;
	size_t sum_len;
	enum status st;

	for (int i = 0; i < 8; i++)
		counter[i] = (uint8_t)((uint64_t)step >> (56 - 8 * i));
	st = hmac_any(hash, secret, len, counter, 8, sum, &sum_len);
	if (st != ST_OK)
		return st;
	p = sum + (sum[sum_len - 1] & 15);
	n = ((uint32_t)(p[0] & 127) << 24) | ((uint32_t)p[1] << 16) |
	    ((uint32_t)p[2] << 8) | p[3];
	(void)snprintf(out, 9, "%0*u", digits, n % powers[digits - 6]);
	explicit_bzero(sum, sizeof(sum));
	return ST_OK;
}

enum status totp_find(const uint8_t secret[TOTP_SECRET], const char *code,
    int64_t now, int64_t used, int64_t *step)
{
	char given[TOTP_DIGITS + 1] = { 0 }, right[9];
	int64_t found = 0;
	size_t n = 0;
	enum status st;

	for (; *code; code++)
		if (*code != ' ' && n++ < TOTP_DIGITS)
			given[n - 1] = *code;
	for (int64_t s = now / TOTP_STEP - 1; s <= now / TOTP_STEP + 1; s++) {
		st = totp_code(
		    HMAC_SHA1, secret, TOTP_SECRET, s, TOTP_DIGITS, right);
		if (st != ST_OK)
			return st;
		if (secret_equal(given, right, TOTP_DIGITS) &
		    (n == TOTP_DIGITS) & (s > used))
			found = s;
	}
	explicit_bzero(right, sizeof(right));
	*step = found;
	return ST_OK;
}

void totp_base32(struct buf *out, const void *bytes, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	const uint8_t *p = bytes;
	uint32_t bits = 0;
	unsigned int have = 0;

	for (size_t i = 0; i < len; i++) {
		bits = (bits << 8 | p[i]) & 0xfff;
		for (have += 8; have >= 5; have -= 5)
			buf_addc(out, digits[bits >> (have - 5) & 31]);
	}
	if (have)
		buf_addc(out, digits[bits << (5 - have) & 31]);
}

/* Of the characters that an installation's name has, '/' alone needs it. */
static void add_escaped(struct buf *out, const char *text)
{
	for (; *text; text++)
		if (*text == '/')
			buf_adds(out, "%2F");
		else
			buf_addc(out, *text);
}

void totp_uri(struct buf *out, const char *issuer, const char *name,
    const uint8_t secret[TOTP_SECRET])
{
	buf_adds(out, "otpauth://totp/");
	add_escaped(out, issuer);
	buf_addc(out, ':');
	buf_adds(out, name);
	buf_adds(out, "?secret=");
	totp_base32(out, secret, TOTP_SECRET);
	buf_adds(out, "&issuer=");
	add_escaped(out, issuer);
}
