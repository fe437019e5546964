/* UTF-8, one character at a time (RFC 3629 section 4). */
#include "engine/records/utf8.h"

static int tail(unsigned char c) { return (c & 0xc0) == 0x80; }

size_t utf8_step(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;
	unsigned char low = 0x80, high = 0xbf;

	if (u[0] < 0x80)
		return 1;
	if (u[0] < 0xc2 || u[0] > 0xf4)
		return 0;
	if (u[0] < 0xe0)
		return tail(u[1]) ? 2 : 0;
	/* The second byte shuts out what is overlong, a surrogate, too high. */
	if (u[0] == 0xe0)
		low = 0xa0;
	else if (u[0] == 0xed)
		high = 0x9f;
	else if (u[0] == 0xf0)
		low = 0x90;
	else if (u[0] == 0xf4)
		high = 0x8f;
	if (u[1] < low || u[1] > high || !tail(u[2]))
		return 0;
	if (u[0] < 0xf0)
		return 3;
	return tail(u[3]) ? 4 : 0;
}

int utf8_valid(const char *text, size_t len)
{
	char last[8] = { 0 };
	size_t i, n;

	for (i = 0; i < len; i += n) {
		const char *p = text + i;

		/* Near the end a copy with NULs behind stops the step. */
		if ((unsigned char)*p >= 0x80 && len - i < 4) {
			for (n = 0; n < len - i; n++)
				last[n] = p[n];
			last[n] = '\0';
			p = last;
		}
		if ((n = utf8_step(p)) == 0)
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
