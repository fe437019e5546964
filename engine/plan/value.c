/* Values of keys and references outside of SQL. */
#include "engine/plan/value.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A whole number is the same key as an integer. */
static int is_whole(double r)
{
	return r >= -9007199254740992.0 && r <= 9007199254740992.0 &&
	       floor(r) == r;
}

/* Numbers as text in ${text}; text and bytes are themselves. */
static struct val as_text(struct val v, char text[VALUE_TEXT])
{
	if (v.type == VAL_REAL && is_whole(v.r))
		v = INT((int64_t)v.r);
	if (v.type == VAL_INT)
		(void)snprintf(text, VALUE_TEXT, "%" PRId64, v.i);
	else if (v.type == VAL_REAL)
		(void)snprintf(text, VALUE_TEXT, "%.17g", v.r);
	else
		return v;
	return TEXT(text);
}

void value_text(struct val v, struct buf *out)
{
	char text[VALUE_TEXT];

	v = as_text(v, text);
	if (v.n)
		buf_add(out, v.p, v.n);
}

int value_compare(struct val a, struct val b)
{
	char one[VALUE_TEXT], two[VALUE_TEXT];
	size_t n;
	int order;

	a = as_text(a, one);
	b = as_text(b, two);
	if (a.type != b.type)
		return a.type < b.type ? -1 : 1;
	n = a.n < b.n ? a.n : b.n;
	order = n ? memcmp(a.p, b.p, n) : 0;
	if (order == 0 && a.n != b.n)
		order = a.n < b.n ? -1 : 1;
	return order < 0 ? -1 : order > 0;
}

struct val value_other_form(struct val v, char text[VALUE_TEXT])
{
	char copy[VALUE_TEXT];
	struct val number;

	if (v.type != VAL_TEXT)
		return as_text(v, text);
	if (v.n == 0 || v.n >= sizeof(copy))
		return v;
	memcpy(copy, v.p, v.n);
	copy[v.n] = '\0';
	errno = 0;
	number = INT(strtoll(copy, NULL, 10));
	/* Only what that number is written like. */
	return errno == 0 && value_compare(number, v) == 0 ? number : v;
}

int value_column_keeps_types(const struct db_column *column)
{
	const char *type = column->type;

	/* SQLite's rule: no type, or BLOB (Datatypes In SQLite, 3.1). */
	return type == NULL || *type == '\0' || strcasecmp(type, "BLOB") == 0;
}
