/*
 * Statements made at run time.  Values travel beside the text, never in it;
 * identifiers are always quoted, so that none can be taken for a keyword.
 */
#include "engine/store/sql.h"

#include <stdlib.h>
#include <string.h>

void sql_add_(struct sql *q, const char *words) { buf_adds(&q->text, words); }

void sql_name(struct sql *q, const char *name)
{
	buf_addc(&q->text, '"');
	for (; *name; name++) {
		if (*name == '"')
			buf_addc(&q->text, '"');
		buf_addc(&q->text, *name);
	}
	buf_addc(&q->text, '"');
}

void sql_column(struct sql *q, const char *table, const char *column)
{
	sql_name(q, table);
	buf_addc(&q->text, '.');
	sql_name(q, column);
}

/* A copy that ${q} owns; bytes get a NUL behind them. */
static int copy_bytes(struct val *v)
{
	char *copy;

	if (v->type != VAL_TEXT && v->type != VAL_BLOB)
		return 1;
	if ((copy = malloc(v->n + 1)) == NULL)
		return 0;
	if (v->n)
		memcpy(copy, v->p, v->n);
	copy[v->n] = '\0';
	v->p = copy;
	return 1;
}

/* Room for one more value. */
static int grow(struct sql *q)
{
	size_t size = q->size ? q->size * 2 : 8;
	struct val *vals;
	size_t *places;

	if (q->count < q->size)
		return 1;
	vals = reallocarray(q->vals, size, sizeof(*vals));
	if (vals)
		q->vals = vals;
	places = reallocarray(q->places, size, sizeof(*places));
	if (places)
		q->places = places;
	if (vals == NULL || places == NULL)
		return 0;
	q->size = size;
	return 1;
}

/* ${place} from 1; 0: none. */
static void bind(struct sql *q, size_t place, struct val v)
{
	if (!grow(q) || !copy_bytes(&v)) {
		q->text.failed = 1;
		return;
	}
	q->places[q->count] = place;
	q->vals[q->count++] = v;
	buf_addf(&q->text, "$%zu", q->count);
}

void sql_bind(struct sql *q, struct val v) { bind(q, 0, v); }

void sql_bind_at(struct sql *q, size_t place, struct val v)
{
	bind(q, place + 1, v);
}

/* Often somebody's address or number. */
static void free_bytes(struct val *v)
{
	if (v->type != VAL_TEXT && v->type != VAL_BLOB)
		return;
	explicit_bzero((char *)(uintptr_t)v->p, v->n);
	free((char *)(uintptr_t)v->p);
}

void sql_refill(struct sql *q, const struct val *vals)
{
	size_t i;

	for (i = 0; i < q->count; i++) {
		struct val v;

		if (q->places[i] == 0)
			continue;
		v = vals[q->places[i] - 1];
		if (!copy_bytes(&v)) {
			q->text.failed = 1;
			return;
		}
		free_bytes(&q->vals[i]);
		q->vals[i] = v;
	}
}

void sql_bind_int(struct sql *q, int64_t i)
{
	sql_bind(q, (struct val){ .type = VAL_INT, .i = i });
}

void sql_bind_text(struct sql *q, const char *text)
{
	sql_bind(
	    q, (struct val){ .type = VAL_TEXT, .p = text, .n = strlen(text) });
}

/*
 * The next parameter of ${text}, or its end.  What stands in quotes is passed
 * over: an identifier may well be called "price$1".
 */
static const char *find_parameter(const char *text)
{
	char quote = '\0';

	for (; *text; text++) {
		if (quote) {
			if (*text == quote)
				quote = '\0';
		} else if (*text == '"' || *text == '\'') {
			quote = *text;
		} else if (*text == '$') {
			break;
		}
	}
	return text;
}

void sql_join(struct sql *q, const struct sql *part)
{
	const char *text = buf_text(&part->text), *end;
	unsigned long n;
	char *behind;

	if (part->text.failed)
		q->text.failed = 1;
	for (; *text && !q->text.failed; text = end) {
		end = find_parameter(text);
		buf_add(&q->text, text, (size_t)(end - text));
		if (*end == '\0')
			break;
		n = strtoul(end + 1, &behind, 10);
		end = behind;
		if (n >= 1 && n <= part->count)
			bind(q, part->places[n - 1], part->vals[n - 1]);
		else
			q->text.failed = 1;
	}
}

static void free_values(struct sql *q)
{
	size_t i;

	for (i = 0; i < q->count; i++)
		free_bytes(&q->vals[i]);
	q->count = 0;
}

void sql_clear(struct sql *q)
{
	free_values(q);
	buf_clear(&q->text);
}

void sql_release(struct sql *q)
{
	free_values(q);
	free(q->vals);
	free(q->places);
	buf_release(&q->text);
	*q = (struct sql)SQL_INIT;
}
