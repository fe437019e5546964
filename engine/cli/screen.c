/* Standard output, as a terminal may see it. */
#include "engine/cli/screen.h"

#include <stdio.h>
#include <unistd.h>

#define LONGEST 4 /* bytes of a character in UTF-8 */

struct screen {
	FILE *out;
	unsigned char held[LONGEST]; /* the beginning of one */
	size_t len;
};

static int is_direction(unsigned int c)
{
	return c == 0x061c || c == 0x200e || c == 0x200f ||
	       (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static int is_acted_on(unsigned int c)
{
	return (c < 0x20 && c != '\n' && c != '\t') ||
	       (c >= 0x7f && c <= 0x9f) || is_direction(c);
}

/* How many bytes a character has that begins so. */
static size_t wanted(unsigned char first)
{
	if (first < 0xc0)
		return 1;
	if (first < 0xe0)
		return 2;
	return first < 0xf0 ? 3 : 4;
}

static unsigned int code_point(const struct screen *s)
{
	const unsigned char *b = s->held;

	switch (s->len) {
	case 1: return b[0];
	case 2: return (b[0] & 0x1fU) << 6 | (b[1] & 0x3fU);
	case 3:
		return (b[0] & 0x0fU) << 12 | (b[1] & 0x3fU) << 6 |
		       (b[2] & 0x3fU);
	default: return 0x10000; /* none of those has four */
	}
}

static int show(struct screen *s)
{
	const unsigned int c = code_point(s);
	const size_t len = s->len;

	s->len = 0;
	if (is_acted_on(c))
		return fprintf(s->out, "<U+%04X>", c) > 0;
	return fwrite(s->held, 1, len, s->out) == len;
}

/* What was held and never ended is no character; it goes as it is. */
static int take(struct screen *s, unsigned char byte)
{
	int ok = 1;

	if (s->len > 0 && (byte & 0xc0) != 0x80) {
		ok = fwrite(s->held, 1, s->len, s->out) == s->len;
		s->len = 0;
	}
	s->held[s->len++] = byte;
	return s->len == wanted(s->held[0]) ? ok && show(s) : ok;
}

static ssize_t write_screen(void *cookie, const char *bytes, size_t len)
{
	struct screen *s = cookie;

	for (size_t i = 0; i < len; i++)
		if (!take(s, (unsigned char)bytes[i]))
			return 0;
	return fflush(s->out) == 0 ? (ssize_t)len : 0;
}

static int close_screen(void *cookie)
{
	struct screen *s = cookie;
	int bad = fwrite(s->held, 1, s->len, s->out) != s->len;

	bad |= fclose(s->out) != 0;
	return bad ? EOF : 0;
}

enum status screen_guard(void)
{
	static struct screen only;
	FILE *f;

	if (!isatty(STDOUT_FILENO))
		return ST_OK;
	only.out = stdout;
	f = fopencookie(&only, "w",
	    (cookie_io_functions_t){
		.write = write_screen, .close = close_screen });
	if (f == NULL)
		return fail(ST_NOMEM, "out of memory");
	(void)setvbuf(f, NULL, _IOLBF, BUFSIZ);
	stdout = f;
	return ST_OK;
}
