/* Values of records, as JSON and as CSV. */
#include "engine/records/value_text.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "engine/base/base64.h"
#include "engine/base/number.h"
#include "engine/base/utf8.h"
#include "engine/records/json_text.h"

static void add_number(struct buf *out, const struct val *v)
{
	char text[NUMBER_TEXT];

	if (v->type == VAL_INT) {
		buf_addf(out, "%" PRId64, v->i);
		return;
	}
	number_format(v->r, text);
	buf_adds(out, text);
}

static void add_bytes(struct buf *out, const struct val *v)
{
	buf_adds(out, "{\"base64\":\"");
	base64_add(out, v->p, v->n);
	buf_adds(out, "\"}");
}

/* 1 if ${v} was JSON and has been added. */
static int add_json(struct buf *out, const struct val *v)
{
	json_t *root = json_loadb(v->p, v->n, JSON_REJECT_DUPLICATES, NULL);
	size_t before = out->len;
	int added;

	if (root == NULL)
		return 0;
	added = json_text_value(out, root) == ST_OK;
	json_decref(root);
	if (!added && !out->failed)
		out->len = before; /* too deep: as a string, then */
	return added;
}

void value_text_json(
    struct buf *out, const struct column *col, const struct val *v)
{
	switch (v->type) {
	case VAL_END:
	case VAL_NULL: buf_adds(out, "null"); break;
	case VAL_INT:
	case VAL_REAL: add_number(out, v); break;
	case VAL_BLOB: add_bytes(out, v); break;
	case VAL_TEXT:
		if (col->kind == COLUMN_JSON && add_json(out, v))
			break;
		if (utf8_valid(v->p, v->n))
			json_text_string(out, v->p, v->n);
		else
			add_bytes(out, v);
		break;
	}
}

/* Empty text would else be NULL, and some programs take off the spaces. */
static int wants_quotes(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] == ',' || p[i] == '"' || p[i] == '\n' || p[i] == '\r')
			return 1;
	return n == 0 || p[0] == ' ' || p[n - 1] == ' ';
}

void value_text_field(struct buf *out, const char *p, size_t n)
{
	const char *end = p + n, *quote;

	if (!wants_quotes(p, n)) {
		buf_add(out, p, n);
		return;
	}
	buf_addc(out, '"');
	while ((quote = memchr(p, '"', (size_t)(end - p))) != NULL) {
		buf_add(out, p, (size_t)(quote - p) + 1);
		buf_addc(out, '"');
		p = quote + 1;
	}
	buf_add(out, p, (size_t)(end - p));
	buf_addc(out, '"');
}

void value_text_csv(
    struct buf *out, const struct column *col, const struct val *v)
{
	switch (v->type) {
	case VAL_END:
	case VAL_NULL: break;
	case VAL_INT:
	case VAL_REAL: add_number(out, v); break;
	case VAL_BLOB:
	case VAL_TEXT:
		if (v->type == VAL_TEXT && col->kind != COLUMN_BLOB)
			value_text_field(out, v->p, v->n);
		else if (v->n > 0)
			base64_add(out, v->p, v->n);
		else
			buf_adds(out, "\"\"");
		break;
	}
}
