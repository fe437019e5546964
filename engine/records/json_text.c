/*
 * Canonical JSON text.  jansson's own writer prints 0.1 as
 * 0.10000000000000001, which a customer would find in an export.
 */
#include "engine/records/json_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/number.h"

static void add_escape(struct buf *out, char c)
{
	static const char letters[] = "btnvfr"; /* from \b, 8, on */

	if (c == '"' || c == '\\')
		buf_addf(out, "\\%c", c);
	else if (c >= '\b' && c <= '\r' && c != '\v')
		buf_addf(out, "\\%c", letters[c - '\b']);
	else
		buf_addf(out, "\\u%04x", (unsigned int)c);
}

void json_text_string(struct buf *out, const char *text, size_t len)
{
	size_t start = 0;

	buf_addc(out, '"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_add(out, text + start, i - start);
		add_escape(out, text[i]);
		start = i + 1;
	}
	buf_add(out, text + start, len - start);
	buf_addc(out, '"');
}

static enum status add_value(struct buf *out, const json_t *v, int depth);

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum status add_object(struct buf *out, const json_t *v, int depth)
{
	size_t count = json_object_size(v), i = 0;
	const char **keys, *key;
	enum status st = ST_OK;
	json_t *item;

	if ((keys = calloc(count + 1, sizeof(*keys))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	/* jansson iterates by a cursor that is not const; nothing changes. */
	json_object_foreach((json_t *)(uintptr_t)v, key, item) keys[i++] = key;
	qsort(keys, count, sizeof(*keys), by_bytes);
	buf_addc(out, '{');
	for (i = 0; i < count && st == ST_OK; i++) {
		if (i > 0)
			buf_addc(out, ',');
		json_text_string(out, keys[i], strlen(keys[i]));
		buf_addc(out, ':');
		st = add_value(out, json_object_get(v, keys[i]), depth + 1);
	}
	buf_addc(out, '}');
	free(keys);
	return st;
}

static enum status add_array(struct buf *out, const json_t *v, int depth)
{
	enum status st = ST_OK;

	buf_addc(out, '[');
	for (size_t i = 0; i < json_array_size(v) && st == ST_OK; i++) {
		if (i > 0)
			buf_addc(out, ',');
		st = add_value(out, json_array_get(v, i), depth + 1);
	}
	buf_addc(out, ']');
	return st;
}

static void add_real(struct buf *out, double real)
{
	char text[NUMBER_TEXT];

	number_format(real, text);
	buf_adds(out, text);
}

static enum status add_value(struct buf *out, const json_t *v, int depth)
{
	if (depth > JSON_TEXT_DEPTH)
		return fail(ST_INVALID,
		    "found JSON nested deeper than %d: flatten it",
		    JSON_TEXT_DEPTH);
	switch (json_typeof(v)) {
	case JSON_OBJECT: return add_object(out, v, depth);
	case JSON_ARRAY: return add_array(out, v, depth);
	case JSON_STRING:
		json_text_string(
		    out, json_string_value(v), json_string_length(v));
		break;
	case JSON_INTEGER:
		buf_addf(out, "%" PRId64, (int64_t)json_integer_value(v));
		break;
	case JSON_REAL: add_real(out, json_real_value(v)); break;
	case JSON_TRUE: buf_adds(out, "true"); break;
	case JSON_FALSE: buf_adds(out, "false"); break;
	default: buf_adds(out, "null"); break;
	}
	return ST_OK;
}

enum status json_text_value(struct buf *out, const json_t *value)
{
	enum status st = add_value(out, value, 0);

	return st == ST_OK ? buf_status(out) : st;
}
