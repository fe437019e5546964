#ifndef DEMO_DEMO_OUT_H
#define DEMO_DEMO_OUT_H

#include <stdint.h>
#include <stdio.h>

#include "engine/base/status.h"

/*
 * One file of records, CSV (RFC 4180) or JSON lines, written value by value in
 * the order of its columns.  A failed write shows in demo_out_status().
 */
struct demo_table {
	const char *store;
	const char *collection;
	const char *path;    /* ends in .csv or .jsonl */
	const char *columns; /* "id,vin,recorded_at" */
};
struct demo_out {
	FILE *file;
	const struct demo_table *table;
	const char *column; /* the next one, inside table->columns */
	int json;
	int64_t records;
};

/* Make a new file at ${path}. */
enum status demo_out_open(struct demo_out *o, const struct demo_table *table,
    const char *path) MUST_CHECK;
enum status demo_out_status(const struct demo_out *o) MUST_CHECK;
/* Safe on a zeroed one. */
enum status demo_out_close(struct demo_out *o) MUST_CHECK;

/* The next value; NULL is no value, "" an empty text. */
void demo_out_text(struct demo_out *o, const char *text);
void demo_out_format(struct demo_out *o, const char *fmt, ...) PRINTF(2, 3);
void demo_out_int(struct demo_out *o, int64_t i);
/* ${value} with ${decimals} of its digits behind the point. */
void demo_out_decimal(struct demo_out *o, int64_t value, int decimals);
void demo_out_null(struct demo_out *o);
/* The record is complete: every column got its value. */
void demo_out_end(struct demo_out *o);

#endif /* !DEMO_DEMO_OUT_H */
