#ifndef PLAN_DOCUMENT_H
#define PLAN_DOCUMENT_H

#include "engine/base/buf.h"

/*
 * A page for people: headings, and tables of labels with their values.
 * Written once, it comes out as plain text or as Markdown (CommonMark with
 * tables), in which every text is escaped; in both, a control character
 * becomes a blank.
 */
enum document_format { DOCUMENT_TEXT, DOCUMENT_MARKDOWN };
struct document {
	enum document_format format;
	struct buf out;
	const char *label; /* of the open row, which has no value yet */
	int in_row;
	int in_table;
};
#define DOCUMENT_INIT(format)                \
	{                                    \
		format, BUF_INIT, NULL, 0, 0 \
	}

/* A heading of ${level} 1 to 3; it ends a table. */
void document_heading(struct document *d, int level, const char *text);
/* "label: text", a line of its own; it ends a table. */
void document_line(struct document *d, const char *label, const char *text);
/* A sentence, a block of its own among rows; it ends a table. */
void document_sentence(struct document *d, const char *text);
/* A row: a label, valid until its last value, and the values.  Without any
 * (NULL and "" are none) the row is left out. */
void document_row(struct document *d, const char *label);
void document_value(struct document *d, const char *text);
void document_valuef(struct document *d, const char *fmt, ...) PRINTF(2, 3);

/* Finish it: ST_OK, or ST_NOMEM. */
enum status document_end(struct document *d) MUST_CHECK;
void document_release(struct document *d);

#endif /* !PLAN_DOCUMENT_H */
