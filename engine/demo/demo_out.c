/* Records as CSV or JSON lines.  No value can hide a mistake in the number of
 * columns: that is an assertion. */
#include "engine/demo/demo_out.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_MOST 2048

static enum status fail_write(const struct demo_out *o)
{
	return fail(errno == ENOSPC || errno == EDQUOT ? ST_FULL : ST_IO,
	    "write %s: %s: make room and start over in an empty folder",
	    o->table->path, strerror(errno));
}

enum status demo_out_open(
    struct demo_out *o, const struct demo_table *table, const char *path)
{
	const char *dot = strrchr(table->path, '.');

	*o = (struct demo_out){ .table = table, .column = table->columns };
	o->json = strcmp(dot, ".jsonl") == 0;
	if ((o->file = fopen(path, "wbxe")) == NULL)
		return fail(ST_IO, "create %s: %s", path, strerror(errno));
	if (!o->json)
		fprintf(o->file, "%s\n", table->columns);
	return ST_OK;
}

enum status demo_out_status(const struct demo_out *o)
{
	return ferror(o->file) ? fail_write(o) : ST_OK;
}

enum status demo_out_close(struct demo_out *o)
{
	FILE *f = o->file;
	int bad;

	if (f == NULL)
		return ST_OK;
	o->file = NULL;
	bad = ferror(f);
	if (fclose(f) != 0 || bad)
		return fail_write(o);
	return ST_OK;
}

static void put(struct demo_out *o, const char *text, size_t len)
{
	(void)fwrite_unlocked(text, 1, len, o->file);
}

/* What stands before a value: a comma, and in JSON the column's name. */
static void begin(struct demo_out *o)
{
	const char *name = o->column;
	size_t len;

	assert(name != NULL);
	len = strcspn(name, ",");
	if (o->json) {
		put(o, name == o->table->columns ? "{\"" : ",\"", 2);
		put(o, name, len);
		put(o, "\":", 2);
	} else if (name != o->table->columns) {
		put(o, ",", 1);
	}
	o->column = name[len] ? name + len + 1 : NULL;
}

static void put_csv(struct demo_out *o, const char *text, size_t len)
{
	if (len > 0 && strpbrk(text, ",\"\r\n") == NULL) {
		put(o, text, len);
		return;
	}
	put(o, "\"", 1);
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"')
			put(o, "\"", 1);
		put(o, text + i, 1);
	}
	put(o, "\"", 1);
}

static void put_json(struct demo_out *o, const char *text)
{
	put(o, "\"", 1);
	for (; *text; text++) {
		if (*text == '\n') {
			put(o, "\\n", 2);
			continue;
		}
		if (*text == '"' || *text == '\\')
			put(o, "\\", 1);
		put(o, text, 1);
	}
	put(o, "\"", 1);
}

void demo_out_text(struct demo_out *o, const char *text)
{
	if (text == NULL) {
		demo_out_null(o);
		return;
	}
	begin(o);
	if (o->json)
		put_json(o, text);
	else
		put_csv(o, text, strlen(text));
}

void demo_out_format(struct demo_out *o, const char *fmt, ...)
{
	char text[VALUE_MOST];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	assert(n >= 0 && n < (int)sizeof(text));
	(void)n;
	demo_out_text(o, text);
}

/* The digits of ${i}, at least ${least}, ending before ${end}. */
static char *digits(uint64_t i, int least, char *end)
{
	do {
		*--end = (char)('0' + i % 10);
		i /= 10;
		least--;
	} while (i > 0 || least > 0);
	return end;
}

void demo_out_int(struct demo_out *o, int64_t i)
{
	char text[24], *end = text + sizeof(text), *p;

	p = digits((uint64_t)llabs(i), 1, end);
	if (i < 0)
		*--p = '-';
	begin(o);
	put(o, p, (size_t)(end - p));
}

void demo_out_decimal(struct demo_out *o, int64_t value, int decimals)
{
	char text[40], *end = text + 30, *p;

	p = digits((uint64_t)llabs(value), decimals + 1, end);
	memmove(end - decimals + 1, end - decimals, (size_t)decimals);
	end[-decimals] = '.';
	end++;
	while (end[-1] == '0')
		end--;
	if (end[-1] == '.')
		end--;
	if (value < 0)
		*--p = '-';
	begin(o);
	put(o, p, (size_t)(end - p));
}

void demo_out_null(struct demo_out *o)
{
	begin(o);
	if (o->json)
		put(o, "null", 4);
}

void demo_out_end(struct demo_out *o)
{
	assert(o->column == NULL);
	put(o, o->json ? "}\n" : "\n", o->json ? 2 : 1);
	o->column = o->table->columns;
	o->records++;
}
