#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

#include "engine/base/status.h"

/*
 * A growable byte string.  Always NUL-terminated behind ${len} once anything
 * was added.  A failed addition leaves what was there and sets ${failed}; so a
 * run of additions needs one check at its end (buf_status).
 */
struct buf {
	char *data;
	size_t len;
	size_t size;
	int failed;
};
#define BUF_INIT              \
	{                     \
		NULL, 0, 0, 0 \
	}

void buf_add(struct buf *b, const void *data, size_t len);
void buf_adds(struct buf *b, const char *text);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
void buf_addv(struct buf *b, const char *fmt, va_list ap) PRINTF(2, 0);

/* Make room for ${len} more bytes; they are not yet counted. */
enum status buf_reserve(struct buf *b, size_t len) MUST_CHECK;

/* ST_OK, or ST_NOMEM if any addition since buf_clear() failed. */
enum status buf_status(const struct buf *b) MUST_CHECK;

/* The text so far; "" for an empty buffer.  Belongs to ${b}. */
const char *buf_text(const struct buf *b);

/* Hand the bytes out as a string that the caller frees; ${b} is empty then.
 * NULL if an addition failed. */
char *buf_take(struct buf *b);

/* Empty it, keeping the memory. */
void buf_clear(struct buf *b);

/* Free what it owns.  Safe on a zeroed buffer. */
void buf_release(struct buf *b);

/* strdup of a printf.  NULL when out of memory; the caller frees. */
char *str_format(const char *fmt, ...) PRINTF(1, 2);

#endif /* !BASE_BUF_H */
