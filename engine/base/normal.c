/* Normal forms, by libunistring. */
#include "engine/base/normal.h"

#include <stdlib.h>
#include <string.h>
#include <uninorm.h>

#include "engine/base/utf8.h"

enum status normal_add(
    enum normal_form form, const char *text, size_t len, struct buf *out)
{
	uint8_t *done;
	size_t n;

	if (!utf8_valid(text, len) || memchr(text, '\0', len))
		return ST_INVALID;
	if (len == 0)
		return ST_OK;
	done = u8_normalize(form == NORMAL_NFC ? UNINORM_NFC : UNINORM_NFD,
	    (const uint8_t *)text, len, NULL, &n);
	if (done == NULL)
		return fail(ST_NOMEM, "out of memory");
	buf_add(out, done, n);
	explicit_bzero(done, n);
	free(done);
	return buf_status(out);
}
