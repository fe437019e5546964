/* What a file being ingested holds on to, and what is said about it. */
#include "engine/records/intake.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static enum status no_memory(void) { return fail(ST_NOMEM, "out of memory"); }

static enum status open_reader(struct intake *in)
{
	const char *path = in->source->path;
	const char *dot = strrchr(path, '.');
	enum ingest_format format = in->source->format;

	if (format == INGEST_BY_NAME) {
		if (strcmp(path, "-") == 0 || (dot && !strcmp(dot, ".csv")))
			format = INGEST_CSV;
		else if (dot && strcmp(dot, ".jsonl") == 0)
			format = INGEST_JSONL;
		else
			return fail(ST_USAGE,
			    "%s: its name ends neither in .csv nor in .jsonl: "
			    "rename it, or name the format",
			    path);
	}
	if (format == INGEST_JSONL)
		return jsonl_open(path, &in->watch, &in->jsonl);
	return csv_open(path, &in->watch, &in->csv);
}

enum status intake_init(struct intake *in)
{
	const struct db_table *table = in->target->table;
	size_t n = table->column_count;

	in->name = in->source->path;
	if (strcmp(in->name, "-") == 0)
		in->name = "standard input";
	in->columns = calloc(n + 1, sizeof(*in->columns));
	in->vals = calloc(n + 1, sizeof(*in->vals));
	in->key = calloc(n + 1, sizeof(*in->key));
	in->words = calloc(n + 1, sizeof(*in->words));
	in->seen = calloc(n + 1, 1);
	in->noted = calloc(n + 1, 1);
	in->left_out = calloc(n + 1, 1);
	if (!in->columns || !in->vals || !in->key || !in->words || !in->seen ||
	    !in->noted || !in->left_out)
		return no_memory();
	for (size_t i = 0; i < n; i++)
		column_init(&in->columns[i], &table->columns[i],
		    in->target->collection, in->target->is_time[i]);
	if (in->target->computed_count > 0)
		term_mark(in);
	return open_reader(in);
}

void intake_release(struct intake *in)
{
	csv_free(in->csv);
	jsonl_free(in->jsonl);
	for (size_t i = 0; i < INTAKE_LAYOUTS; i++)
		layout_release(&in->layouts[i]);
	for (size_t i = 0; in->columns && i < in->target->table->column_count;
	     i++)
		column_release(&in->columns[i]);
	free(in->columns);
	free(in->vals);
	free(in->key);
	free(in->words);
	free(in->seen);
	free(in->noted);
	free(in->left_out);
	lanes_release(&in->lanes);
}

struct cell_place intake_place(const struct intake *in)
{
	return in->csv ? csv_place(in->csv) : jsonl_place(in->jsonl);
}

/* ---- the report ---- */

static enum status add_text(char ***list, size_t *count, struct buf *text)
{
	char **grown = reallocarray(*list, *count + 1, sizeof(*grown));

	if (grown == NULL) {
		buf_release(text);
		return no_memory();
	}
	*list = grown;
	if ((grown[*count] = buf_take(text)) == NULL)
		return no_memory();
	++*count;
	return ST_OK;
}

static void add_place(
    const struct intake *in, struct buf *b, int64_t line, const char *field)
{
	buf_addf(b, "%s:%lld: ", in->name, (long long)line);
	if (field)
		buf_addf(b, "field `%s`: ", field);
}

enum status intake_problem(struct intake *in, enum status st, int64_t line,
    const char *field, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;

	add_place(in, &b, line, field);
	va_start(ap, fmt);
	buf_addv(&b, fmt, ap);
	va_end(ap);
	/* Nothing of this file stays, so nobody need wait for the rest. */
	if (in->failed == ST_OK) {
		in->failed = st;
		for (size_t i = 0; i < INTAKE_LAYOUTS; i++)
			layout_close(&in->layouts[i]);
		lanes_rollback(&in->lanes);
	}
	return add_text(&in->report->problems, &in->report->problem_count, &b);
}

enum status intake_refused(struct intake *in, const struct db_insert *insert)
{
	int64_t here = intake_place(in).line;
	int64_t line = insert ? db_insert_refused(insert) : here;

	/* Some checks are made of many records at once. */
	return intake_problem(in, ST_CONFLICT, line ? line : here, NULL,
	    "%s%s: correct or remove the record%s",
	    line ? "" : "in this line or one before it: ", status_text(),
	    in->mode == DB_INSERT ? ", or replace the one that is there "
				    "(--upsert)"
				  : "");
}

enum status intake_flush(struct intake *in, struct layout *l)
{
	enum status st = ST_OK;

	/* The first that is refused closes all. */
	for (size_t i = 0; st == ST_OK && i < l->insert_count; i++) {
		if (l->inserts[i])
			st = db_insert_flush(l->inserts[i]);
		if (st == ST_CONFLICT)
			st = intake_refused(in, l->inserts[i]);
	}
	return st;
}

enum status intake_note(
    struct intake *in, int64_t line, const char *field, const char *text)
{
	struct buf b = BUF_INIT;

	add_place(in, &b, line, field);
	buf_adds(&b, text);
	return add_text(&in->report->notes, &in->report->note_count, &b);
}

static void free_texts(char **list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(list[i]);
	free(list);
}

void ingest_report_release(struct ingest_report *report)
{
	free_texts(report->problems, report->problem_count);
	free_texts(report->notes, report->note_count);
	*report = (struct ingest_report){ 0 };
}
