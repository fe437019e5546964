/* UTF-8, one character at a time (RFC 3629 section 4). */
#include "engine/base/utf8.h"

static int tail(unsigned char c) { return (c & 0xc0) == 0x80; }

size_t utf8_decode(const char *p, size_t left, uint32_t *out)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *u = (const unsigned char *)p;
	size_t n = 0;
	uint32_t c;

	if (left == 0)
		return 0;
	if (*u < 0x80)
		n = 1;
	else if (*u >= 0xc2 && *u <= 0xf4)
		n = *u >= 0xf0 ? 4 : *u >= 0xe0 ? 3 : 2;
	if (n == 0 || n > left)
		return 0;
	c = n == 1 ? *u : *u & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if (!tail(u[i]))
			return 0;
		c = c << 6 | (u[i] & 0x3fu);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*out = c;
	return n;
}

size_t utf8_step(const char *p)
{
	uint32_t c;

	return utf8_decode(p, 4, &c);
}

int utf8_valid(const char *text, size_t len)
{
	uint32_t c;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		if ((n = utf8_decode(text + i, len - i, &c)) == 0)
			return 0;
	}
	return 1;
}

size_t utf8_length(const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += !tail((unsigned char)text[i]);
	return n;
}
