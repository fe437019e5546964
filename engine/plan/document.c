/* Headings and tables, as text or as Markdown. */
#include "engine/plan/document.h"

#include <string.h>

/* All that Markdown, its tables and the HTML in it give a meaning. */
static void add_text(struct document *d, const char *text)
{
	for (const char *p = text; *p; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			buf_addc(&d->out, ' ');
		else if (d->format == DOCUMENT_MARKDOWN &&
			 strchr("\\`*_[]<>#|~&!$", *p))
			buf_addf(&d->out, "\\%c", *p);
		else
			buf_addc(&d->out, *p);
	}
}

static void end_row(struct document *d)
{
	if (d->in_row)
		buf_adds(
		    &d->out, d->format == DOCUMENT_MARKDOWN ? " |\n" : "\n");
	d->in_row = 0;
	d->label = NULL;
}

static void end_table(struct document *d)
{
	end_row(d);
	d->in_table = 0;
}

/* An empty line between blocks. */
static void begin_block(struct document *d)
{
	end_table(d);
	if (d->out.len > 0)
		buf_addc(&d->out, '\n');
}

void document_heading(struct document *d, int level, const char *text)
{
	begin_block(d);
	if (d->format == DOCUMENT_MARKDOWN)
		buf_addf(&d->out, "%.*s ", level, "###");
	add_text(d, text);
	buf_addc(&d->out, '\n');
}

void document_line(struct document *d, const char *label, const char *text)
{
	end_table(d);
	if (d->format == DOCUMENT_MARKDOWN)
		buf_addc(&d->out, '\n');
	add_text(d, label);
	buf_adds(&d->out, ": ");
	add_text(d, text);
	buf_addc(&d->out, '\n');
}

void document_sentence(struct document *d, const char *text)
{
	end_table(d);
	buf_adds(&d->out, d->format == DOCUMENT_MARKDOWN ? "\n" : "  ");
	add_text(d, text);
	buf_addc(&d->out, '\n');
}

void document_row(struct document *d, const char *label)
{
	end_row(d);
	d->label = label;
}

static void begin_row(struct document *d)
{
	int markdown = d->format == DOCUMENT_MARKDOWN;

	if (markdown && !d->in_table)
		buf_adds(&d->out, "\n| | |\n|---|---|\n");
	d->in_table = 1;
	d->in_row = 1;
	buf_adds(&d->out, markdown ? "| " : "  ");
	add_text(d, d->label);
	buf_adds(&d->out, markdown ? " | " : ": ");
}

void document_value(struct document *d, const char *text)
{
	if (text == NULL || *text == '\0')
		return;
	if (!d->in_row)
		begin_row(d);
	else
		buf_adds(&d->out,
		    d->format == DOCUMENT_MARKDOWN ? "<br>" : "\n      ");
	add_text(d, text);
}

void document_valuef(struct document *d, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	buf_addv(&b, fmt, ap);
	va_end(ap);
	if (b.failed)
		d->out.failed = 1;
	document_value(d, buf_text(&b));
	buf_release(&b);
}

enum status document_end(struct document *d)
{
	end_table(d);
	return buf_status(&d->out);
}

void document_release(struct document *d) { buf_release(&d->out); }
