/* Records as text. */
#include "engine/package/record.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/utf8.h"
#include "engine/package/html.h"
#include "engine/records/json_text.h"
#include "engine/records/value_text.h"

/* How much of the records a page shows: that is for reading, not the copy. */
#define ROWS_MOST  ((size_t)128 << 10)
#define SHOWN_MOST 100
#define CELL_MOST  ((size_t)400)

void collected_stem(const struct collected *c, char *out, size_t size)
{
	(void)snprintf(out, size, "data/%03zu-%.24s-%.32s%s", c->place,
	    c->store, c->collection->name, c->taken_at ? "-at_intake" : "");
	for (char *p = out + strlen("data/"); *p; p++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ_-",
			*p))
			*p = '_';
}

enum status record_begin(struct collected *c, const char *as_of)
{
	struct buf *json = &c->json->text, *csv = &c->csv->text;

	buf_adds(json, "{\"store\":");
	json_text_string(json, c->store, strlen(c->store));
	buf_adds(json, ",\"collection\":");
	json_text_string(
	    json, c->collection->name, strlen(c->collection->name));
	buf_addf(json, ",\"at_intake\":%s,\"as_of\":\"%s\",\"records\":[",
	    c->taken_at ? "true" : "false", as_of);
	for (size_t i = 0; i < c->column_count; i++) {
		const char *name = c->columns[i].column.db->name;

		if (i > 0)
			buf_addc(csv, ',');
		value_text_field(csv, name, strlen(name));
	}
	buf_adds(csv, "\r\n");
	return buf_status(json) == ST_OK ? buf_status(csv) : ST_NOMEM;
}

/* ---- JSON and CSV ---- */

static unsigned int kind_of(const struct column *col, const struct val *v)
{
	switch (v->type) {
	case VAL_END:
	case VAL_NULL: return COLLECT_NULL;
	case VAL_INT: return COLLECT_INTEGER;
	case VAL_REAL: return COLLECT_REAL;
	case VAL_BLOB: return COLLECT_BYTES;
	case VAL_TEXT: break;
	}
	if (col->kind == COLUMN_JSON)
		return COLLECT_JSON;
	return utf8_valid(v->p, v->n) ? COLLECT_TEXT : COLLECT_BYTES;
}

static int add_text(const char *p, size_t n, void *out)
{
	buf_add(out, p, n);
	return 0;
}

static void add_list(struct buf *out, const char *name, const json_t *list)
{
	buf_addf(out, "\"%s\":", name);
	if (list == NULL)
		buf_adds(out, "[]");
	else if (json_dump_callback(list, add_text, out, JSON_COMPACT) != 0)
		out->failed = 1;
	buf_addc(out, ',');
}

static void add_json(struct collected *c, const struct val *row, int shared,
    const struct kept *kept, const json_t *redacted)
{
	struct buf *out = &c->json->text;

	buf_adds(out, c->records > 0 ? ",\n{" : "\n{");
	buf_addf(out, "\"shared\":%s,", shared ? "true" : "false");
	buf_adds(out, "\"storage\":");
	buf_add(out, kept->text, kept->len);
	buf_addc(out, ',');
	add_list(out, "redacted", redacted);
	buf_adds(out, "\"values\":{");
	for (size_t i = 0; i < c->column_count; i++) {
		struct collected_column *x = &c->columns[i];
		if (i > 0)
			buf_addc(out, ',');
		json_text_string(
		    out, x->column.db->name, strlen(x->column.db->name));
		buf_addc(out, ':');
		value_text_json(out, &x->column, &row[i]);
		x->kinds |= kind_of(&x->column, &row[i]);
	}
	buf_adds(out, "}}");
}

/* Lines end as RFC 4180 has them: what takes this is a spreadsheet. */
static void add_csv(struct collected *c, const struct val *row)
{
	for (size_t i = 0; i < c->column_count; i++) {
		if (i > 0)
			buf_addc(&c->csv->text, ',');
		value_text_csv(&c->csv->text, &c->columns[i].column, &row[i]);
	}
	buf_adds(&c->csv->text, "\r\n");
}

/* ---- a row ---- */

static size_t cut(const char *p, size_t n)
{
	if (n <= CELL_MOST)
		return n;
	n = CELL_MOST;
	while (n > 0 && ((unsigned char)p[n] & 0xc0) == 0x80)
		n--;
	return n;
}

static void add_cell(
    struct buf *out, const struct collected_column *x, const struct val *v)
{
	struct buf text = BUF_INIT;
	size_t n;

	if (kind_of(&x->column, v) == COLLECT_BYTES)
		buf_addf(&text, "(%zu bytes)", v->n);
	else if (v->type == VAL_TEXT)
		buf_add(&text, v->p, v->n);
	else if (v->type != VAL_NULL)
		value_text_csv(&text, &x->column, v);
	n = cut(buf_text(&text), text.len);
	buf_adds(out, "<td>");
	html_text(out, buf_text(&text), n);
	buf_adds(out, n < text.len ? "…</td>" : "</td>");
	out->failed |= text.failed;
	buf_release(&text);
}

static void add_row(const struct collection_set *set, struct collected *c,
    const struct val *row, const struct kept *kept)
{
	struct buf words = BUF_INIT;

	if (c->full)
		return;
	buf_adds(&c->rows, "<tr>");
	for (size_t i = 0; i < c->column_count; i++)
		add_cell(&c->rows, &c->columns[i], &row[i]);
	kept_words(set, c, kept->list, &words);
	html_cell(&c->rows, buf_text(&words));
	c->rows.failed |= words.failed;
	buf_release(&words);
	buf_adds(&c->rows, "</tr>\n");
	c->shown++;
	c->full = c->shown >= SHOWN_MOST || c->rows.len >= ROWS_MOST;
}

/* ---- all of it ---- */

enum status record_add(const struct collection_set *set, struct collected *c,
    const struct val *row, int shared, const struct kept *kept,
    const json_t *redacted)
{
	enum status st;

	add_json(c, row, shared, kept, redacted);
	add_csv(c, row);
	add_row(set, c, row, kept);
	c->records++;
	c->shared += shared != 0;
	st = buf_status(&c->rows);
	if (st == ST_OK)
		st = copy_go_on(c->json);
	return st == ST_OK ? copy_go_on(c->csv) : st;
}

enum status record_end(struct collected *c)
{
	enum status st;

	buf_adds(&c->json->text, "\n]}\n");
	st = copy_end(c->json);
	return st == ST_OK ? copy_end(c->csv) : st;
}
