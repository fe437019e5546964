/* Base64, RFC 4648 section 4. */
#include "engine/base/base64.h"

#include <stdint.h>

static const char letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_add(struct buf *out, const void *bytes, size_t len)
{
	const uint8_t *b = bytes;

	for (size_t i = 0; i < len; i += 3) {
		size_t have = len - i < 3 ? len - i : 3;
		uint32_t w = (uint32_t)b[i] << 16;
		char four[4] = { '=', '=', '=', '=' };

		if (have > 1)
			w |= (uint32_t)b[i + 1] << 8;
		if (have > 2)
			w |= b[i + 2];
		for (size_t k = 0; k <= have; k++)
			four[k] = letters[w >> (18 - 6 * k) & 63];
		buf_add(out, four, 4);
	}
}

static int value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

enum status base64_decode(struct buf *out, const char *text, size_t len)
{
	size_t end = len;

	if (len % 4 != 0)
		return ST_INVALID;
	while (end > 0 && len - end < 2 && text[end - 1] == '=')
		end--;
	for (size_t i = 0; i < end; i += 4) {
		size_t have = end - i < 4 ? end - i : 4;
		uint32_t w = 0;
		char three[3];

		for (size_t k = 0; k < have; k++) {
			int v = value_of(text[i + k]);

			if (v < 0)
				return ST_INVALID;
			w |= (uint32_t)v << (18 - 6 * k);
		}
		three[0] = (char)(w >> 16);
		three[1] = (char)(w >> 8 & 0xff);
		three[2] = (char)(w & 0xff);
		if (have < 4 && (w & (have == 3 ? 0xff : 0xffff)) != 0)
			return ST_INVALID;
		buf_add(out, three, have - 1);
	}
	return buf_status(out);
}
