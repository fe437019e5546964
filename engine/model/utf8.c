/* Is a file text at all?  Asked before the parser, which names no place. */
#include "engine/model/utf8.h"

#include <stdint.h>

/* The length of the character at ${p}, 0 if it is none; RFC 3629, 4. */
static size_t decode(const unsigned char *p, size_t left, uint32_t *out)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = *p < 0x80    ? 1
		   : *p >= 0xf0 ? 4
		   : *p >= 0xe0 ? 3
		   : *p >= 0xc0 ? 2
				: 0;
	uint32_t c;

	if (n == 0 || n > left || *p > 0xf4)
		return 0;
	c = n == 1 ? *p : *p & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3fu);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*out = c;
	return n;
}

/* YAML 1.1, 5.1: what a stream may hold. */
static int is_allowed(uint32_t c)
{
	if (c < 0x20)
		return c == '\t' || c == '\n' || c == '\r';
	if (c >= 0x7f && c < 0xa0)
		return c == 0x85;
	return c != 0xfffe && c != 0xffff;
}

int utf8_check(struct diag *d, const char *file, const char *bytes, size_t len)
{
	const unsigned char *p = (const unsigned char *)bytes;
	struct place at = { file, 1, 1 };
	uint32_t c;
	size_t n;

	for (size_t i = 0; i < len; i += n, at.column++) {
		if ((n = decode(p + i, len - i, &c)) == 0) {
			diag_error(d, at,
			    "byte 0x%02x is not UTF-8: save the file as UTF-8",
			    p[i]);
			return 0;
		}
		if (!is_allowed(c)) {
			diag_error(
			    d, at, "control character U+%04X: remove it", c);
			return 0;
		}
		if (c == '\n') {
			at.line++;
			at.column = 0;
		}
	}
	return 1;
}
