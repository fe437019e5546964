#ifndef STORE_SQL_H
#define STORE_SQL_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/buf.h"
#include "engine/base/status.h"

/* One value, to bind or read.  Text and blobs are borrowed. */
enum val_type {
	VAL_END, /* ends a list of arguments */
	VAL_NULL,
	VAL_INT,
	VAL_REAL,
	VAL_TEXT,
	VAL_BLOB,
};
struct val {
	enum val_type type;
	int64_t i;
	double r;
	const void *p;
	size_t n; /* bytes at ${p} */
};

/*
 * A statement that is made at run time: text in the portable subset, with
 * parameters $1, $2 ... and the values bound to them.  The only way to build
 * SQL: words are literals (the "" makes anything else a syntax error), every
 * identifier is quoted, every value is bound.  Failed additions stick and
 * show when the statement is used.
 */
struct sql {
	struct buf text;
	struct val *vals; /* copies of text and blobs are owned */
	size_t *places;   /* of each, from 1; 0: none (sql_bind_at()) */
	size_t count;
	size_t size;
};
#define SQL_INIT                           \
	{                                  \
		BUF_INIT, NULL, NULL, 0, 0 \
	}

#define sql_add(q, words) sql_add_(q, "" words)
void sql_add_(struct sql *q, const char *words);
/* "name", with quotes inside doubled. */
void sql_name(struct sql *q, const char *name);
/* "table"."column" */
void sql_column(struct sql *q, const char *table, const char *column);
/* The next parameter, bound to a copy of the value. */
void sql_bind(struct sql *q, struct val v);
void sql_bind_int(struct sql *q, int64_t i);
/* The same for a statement that is asked of one record after the other:
 * sql_refill() puts ${vals[place]} wherever that place was bound. */
void sql_bind_at(struct sql *q, size_t place, struct val v);
void sql_refill(struct sql *q, const struct val *vals);
void sql_bind_text(struct sql *q, const char *text);
/* All of ${part}, its parameters renumbered, and places kept. */
void sql_join(struct sql *q, const struct sql *part);
void sql_clear(struct sql *q);
void sql_release(struct sql *q);

#endif /* !STORE_SQL_H */
