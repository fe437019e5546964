/* Growable byte strings: doubling, and an error that sticks until cleared. */
#include "engine/base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum status buf_reserve(struct buf *b, size_t len)
{
	size_t size = b->size ? b->size : 64;
	char *data;

	if (len >= SIZE_MAX / 2 - b->len) {
		b->failed = 1;
		return fail(ST_NOMEM, "out of memory");
	}
	if (b->len + len + 1 <= b->size)
		return ST_OK;
	while (size < b->len + len + 1)
		size *= 2;
	if ((data = realloc(b->data, size)) == NULL) {
		b->failed = 1;
		return fail(ST_NOMEM, "out of memory");
	}
	b->data = data;
	b->size = size;
	return ST_OK;
}

void buf_add(struct buf *b, const void *data, size_t len)
{
	if (b->failed || buf_reserve(b, len) != ST_OK)
		return;
	if (len)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void buf_adds(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void buf_addc(struct buf *b, char c) { buf_add(b, &c, 1); }

void buf_addv(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	/* Most fit at once. */
	n = vsnprintf(
	    b->data ? b->data + b->len : NULL, b->size - b->len, fmt, ap);
	if (n < 0)
		b->failed = 1;
	if (!b->failed && b->len + (size_t)n < b->size) {
		b->len += (size_t)n;
	} else if (!b->failed && buf_reserve(b, (size_t)n) == ST_OK) {
		(void)vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	} else if (b->data) {
		b->data[b->len] = '\0';
	}
	va_end(again);
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_addv(b, fmt, ap);
	va_end(ap);
}

enum status buf_status(const struct buf *b)
{
	return b->failed ? fail(ST_NOMEM, "out of memory") : ST_OK;
}

const char *buf_text(const struct buf *b) { return b->data ? b->data : ""; }

char *buf_take(struct buf *b)
{
	char *data = NULL;

	if (!b->failed && buf_reserve(b, 0) == ST_OK) {
		data = b->data;
		data[b->len] = '\0';
		b->data = NULL;
	}
	buf_release(b);
	return data;
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->failed = 0;
	if (b->data)
		b->data[0] = '\0';
}

void buf_release(struct buf *b)
{
	free(b->data);
	*b = (struct buf)BUF_INIT;
}

char *str_format(const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	buf_addv(&b, fmt, ap);
	va_end(ap);
	return buf_take(&b);
}
