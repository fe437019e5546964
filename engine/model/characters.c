/* Is a file text at all?  Asked before the parser, which names no place. */
#include "engine/model/characters.h"

#include "engine/base/utf8.h"

/* YAML 1.1, 5.1: what a stream may hold. */
static int is_allowed(uint32_t c)
{
	if (c < 0x20)
		return c == '\t' || c == '\n' || c == '\r';
	if (c >= 0x7f && c < 0xa0)
		return c == 0x85;
	return c != 0xfffe && c != 0xffff;
}

int characters_check(
    struct diag *d, const char *file, const char *bytes, size_t len)
{
	struct place at = { file, 1, 1 };
	uint32_t c;
	size_t n;

	for (size_t i = 0; i < len; i += n, at.column++) {
		if ((n = utf8_decode(bytes + i, len - i, &c)) == 0) {
			diag_error(d, at,
			    "byte 0x%02x is not UTF-8: save the file as UTF-8",
			    (unsigned int)(unsigned char)bytes[i]);
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
