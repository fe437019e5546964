/*
 * Values, between what the server has types for and what the engine knows.
 * They travel as text, except for bytes.  jsonb is the server's type for a
 * value that keeps its own type, as every column of SQLite's does: a number or
 * a string in it is that number or text.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/json.h"
#include "engine/base/number.h"
#include "engine/store/postgres.h"

/* ---- to the server ---- */

static int is_whole(double r)
{
	return r >= -9007199254740992.0 && r <= 9007199254740992.0 &&
	       (double)(int64_t)r == r;
}

/* "5", "5.25": as a key of either kind is written in our tables. */
static void add_number(struct val v, struct buf *out)
{
	char text[NUMBER_TEXT];

	if (v.type == VAL_REAL && !is_whole(v.r)) {
		number_format(v.r, text);
		buf_adds(out, text);
	} else {
		buf_addf(
		    out, "%" PRId64, v.type == VAL_INT ? v.i : (int64_t)v.r);
	}
}

static void add_hex(struct val v, struct buf *out)
{
	const unsigned char *p = v.p;
	size_t i;

	buf_adds(out, "\\x");
	for (i = 0; i < v.n; i++)
		buf_addf(out, "%02x", p[i]);
}

static void add_text(struct val v, struct buf *out)
{
	switch (v.type) {
	case VAL_INT:
	case VAL_REAL: add_number(v, out); break;
	case VAL_TEXT: buf_add(out, v.p, v.n); break;
	case VAL_BLOB: add_hex(v, out); break;
	case VAL_NULL:
	case VAL_END: break;
	}
}

/* An object or array, which people keep in jsonb; else a string. */
static enum status add_json_text(struct val v, struct buf *out)
{
	json_t *root = NULL;
	char *text = NULL;
	enum status st = ST_OK;

	if (v.n > 0 && strchr("{[", *(const char *)v.p))
		root = json_loadb(v.p, v.n, JSON_REJECT_DUPLICATES, NULL);
	if (root) {
		buf_add(out, v.p, v.n);
	} else {
		root = json_stringn(v.p, v.n);
		text = root ? json_dumps(root, JSON_ENCODE_ANY) : NULL;
		if (text == NULL)
			st = fail(ST_CONFLICT, "a text is not UTF-8");
		else
			buf_adds(out, text);
	}
	json_decref(root);
	free(text);
	return st;
}

static enum status add_json(struct val v, struct buf *out)
{
	struct buf hex = BUF_INIT;
	enum status st;

	if (v.type == VAL_TEXT)
		return add_json_text(v, out);
	if (v.type != VAL_BLOB) {
		add_number(v, out);
		return ST_OK;
	}
	add_hex(v, &hex);
	if ((st = buf_status(&hex)) == ST_OK)
		st = add_json_text(
		    (struct val){
			.type = VAL_TEXT, .p = hex.data, .n = hex.len },
		    out);
	buf_release(&hex);
	return st;
}

/* "8-4-4-4-12" hexadecimal digits; the server takes other forms too. */
static int is_uuid(struct val v)
{
	const char *p = v.p;
	size_t i, digits = 0;

	for (i = 0; i < v.n; i++) {
		if (p[i] == '-' || p[i] == '{' || p[i] == '}')
			continue;
		if (strchr("0123456789abcdefABCDEF", p[i]) == NULL)
			return 0;
		digits++;
	}
	return digits == 32 && v.n >= 32 && v.n <= 38;
}

static int in_range(int64_t i, Oid type)
{
	if (type == PG_INT2)
		return i >= INT16_MIN && i <= INT16_MAX;
	if (type == PG_INT4)
		return i >= INT32_MIN && i <= INT32_MAX;
	return type != PG_OID || (i >= 0 && i <= (int64_t)UINT32_MAX);
}

/* Can the type hold it?  What it cannot hold equals nothing in it. */
static int fits(struct val v, Oid type)
{
	int64_t i = v.i;
	double r;

	switch (type) {
	case PG_INT2:
	case PG_INT4:
	case PG_INT8:
	case PG_OID:
		if (v.type == VAL_TEXT && number_int(v.p, v.n, &i) != ST_OK)
			return 0;
		if (v.type == VAL_REAL && !is_whole(v.r))
			return 0;
		if (v.type == VAL_REAL)
			i = (int64_t)v.r;
		return v.type != VAL_BLOB && in_range(i, type);
	case PG_FLOAT4:
	case PG_FLOAT8:
	case PG_NUMERIC:
		return v.type != VAL_BLOB &&
		       (v.type != VAL_TEXT ||
			   number_real(v.p, v.n, &r) == ST_OK);
	case PG_UUID: return v.type == VAL_TEXT && is_uuid(v);
	default: return 1;
	}
}

enum status postgres_val_encode(const struct postgres *pg, struct val v,
    Oid type, int selects, struct buf *out, int *is_null)
{
	enum status st = ST_OK;

	*is_null = v.type == VAL_NULL || v.type == VAL_END ||
		   (selects && !fits(v, type));
	if (*is_null)
		return ST_OK;
	if (v.type == VAL_TEXT && v.n > 0 && memchr(v.p, '\0', v.n))
		return fail(ST_CONFLICT,
		    "%s: a text holds a NUL character, which PostgreSQL does "
		    "not keep",
		    pg->db.name);
	if (type == PG_JSONB)
		st = add_json(v, out);
	else
		add_text(v, out);
	buf_addc(out, '\0');
	return st == ST_OK ? buf_status(out) : st;
}

/* ---- from the server ---- */

static struct val text_val(const char *text, size_t len)
{
	return (struct val){ .type = VAL_TEXT, .p = text, .n = len };
}

static struct val real_val(const char *text)
{
	return (struct val){ .type = VAL_REAL, .r = strtod(text, NULL) };
}

/* What a 64-bit integer or a double holds exactly is one, "5.00" an integer;
 * other numbers stay text, digit by digit. */
static struct val number_val(const char *text, size_t len)
{
	size_t n = len;
	int64_t i;

	if (memchr(text, '.', len)) {
		while (n > 0 && text[n - 1] == '0')
			n--;
		if (n > 0 && text[n - 1] == '.')
			n--;
	}
	if (number_int(text, n, &i) == ST_OK)
		return (struct val){ .type = VAL_INT, .i = i };
	if (number_exact(text, len))
		return real_val(text);
	return text_val(text, len);
}

static int hex_digit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

static struct val bytes_val(const char *text, size_t len, struct buf *room)
{
	size_t i;

	for (i = 2; i + 1 < len; i += 2)
		buf_addc(room,
		    (char)(hex_digit(text[i]) * 16 + hex_digit(text[i + 1])));
	return (struct val){
		.type = VAL_BLOB, .p = buf_text(room), .n = room->len
	};
}

/* "2024-01-01 00:00:00.5+00" as ingest would have written it. */
static struct val instant_val(const char *text, size_t len, struct buf *room)
{
	if (len < 22 || text[10] != ' ' || strcmp(text + len - 3, "+00") != 0)
		return text_val(text, len); /* infinity, before Christ */
	buf_add(room, text, len - 3);
	room->data[10] = 'T';
	buf_addc(room, 'Z');
	return text_val(buf_text(room), room->len);
}

static struct val json_val(const char *text, size_t len, struct buf *room)
{
	json_t *root;

	if (*text == '-' || (*text >= '0' && *text <= '9'))
		return number_val(text, len);
	if (*text != '"' ||
	    (root = json_loadb(text, len, JSON_DECODE_ANY, NULL)) == NULL)
		return text_val(text, len);
	buf_add(room, json_string_value(root), json_string_length(root));
	json_decref(root);
	return text_val(buf_text(room), room->len);
}

struct val postgres_val_decode(
    const char *text, size_t len, Oid type, struct buf *room)
{
	buf_clear(room);
	switch (type) {
	case PG_BOOL: return (struct val){ .type = VAL_INT, .i = *text == 't' };
	case PG_INT2:
	case PG_INT4:
	case PG_INT8:
	case PG_OID:
		return (struct val){ .type = VAL_INT,
			.i = strtoll(text, NULL, 10) };
	case PG_FLOAT4:
	case PG_FLOAT8: return real_val(text);
	case PG_NUMERIC: return number_val(text, len);
	case PG_BYTEA: return bytes_val(text, len, room);
	case PG_TIMESTAMPTZ: return instant_val(text, len, room);
	case PG_JSONB: return json_val(text, len, room);
	case PG_BPCHAR: /* the blanks that fill it up mean nothing */
		while (len > 0 && text[len - 1] == ' ')
			len--;
		return text_val(text, len);
	default: return text_val(text, len);
	}
}
