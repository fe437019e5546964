/* Identities in canonical form. */
#include "engine/plan/identity.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/normal.h"
#include "engine/plan/value.h"

static int is_email(const char *kind) { return strcmp(kind, "email") == 0; }

static int is_phone(const char *kind)
{
	return strcmp(kind, "phone_number") == 0 || strcmp(kind, "phone") == 0;
}

static int is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static enum status normalise(
    enum normal_form form, const char *text, size_t len, struct buf *out)
{
	enum status st = normal_add(form, text, len, out);

	if (st == ST_INVALID)
		return fail(
		    ST_INVALID, "an identity is not text: give it in UTF-8");
	return st;
}

enum status identity_canonical(
    const char *kind, const char *text, size_t len, struct buf *out)
{
	struct buf nfc = BUF_INIT;
	enum status st;
	size_t i;

	for (; len && is_blank(text[len - 1]); len--)
		;
	for (; len && is_blank(*text); len--)
		text++;
	st = normalise(NORMAL_NFC, text, len, &nfc);
	for (i = 0; st == ST_OK && i < nfc.len; i++) {
		char c = nfc.data[i];

		if (is_phone(kind) && strchr(" -.()", c))
			continue;
		if (is_email(kind) && c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		buf_addc(out, c);
	}
	buf_release(&nfc);
	return st == ST_OK ? buf_status(out) : st;
}

/* What is compared: the column, or what an index on an expression has of it. */
static void add_stored(
    const char *kind, const struct db_column *column, struct sql *q)
{
	if (is_phone(kind))
		sql_add(q, "replace(replace(replace(replace(replace(");
	if (is_email(kind))
		sql_add(q, "lower(");
	sql_column(q, "t", column->name);
	if (is_phone(kind))
		sql_add(
		    q, ", ' ', ''), '-', ''), '.', ''), '(', ''), ')', '')");
	if (is_email(kind))
		sql_add(q, ")");
}

enum status identity_where(const char *kind, const struct db_column *column,
    const char *value, struct sql *q)
{
	char other[VALUE_TEXT];
	struct val v = TEXT(value);
	struct buf nfd = BUF_INIT;
	enum status st;

	st = normalise(NORMAL_NFD, value, v.n, &nfd);
	if (st == ST_OK) {
		add_stored(kind, column, q);
		sql_add(q, " IN (");
		sql_bind(q, v);
		if (strcmp(buf_text(&nfd), value) != 0) {
			sql_add(q, ", ");
			sql_bind_text(q, buf_text(&nfd));
		}
		if (!is_email(kind) && !is_phone(kind) &&
		    value_column_keeps_types(column)) {
			sql_add(q, ", ");
			sql_bind(q, value_other_form(v, other));
		}
		sql_add(q, ")");
		st = buf_status(&q->text);
	}
	buf_release(&nfd);
	return st;
}
