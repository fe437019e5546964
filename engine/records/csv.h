#ifndef RECORDS_CSV_H
#define RECORDS_CSV_H

#include "engine/base/status.h"
#include "engine/records/cell.h"
#include "engine/records/feed.h"

/*
 * Comma-separated values as RFC 4180 has them: LF or CRLF, a comma, fields in
 * quotes with quotes inside doubled, UTF-8.  Every record has as many fields
 * as the first one.  An empty field without quotes is CELL_NULL, with quotes
 * a CELL_TEXT of no bytes; all others are CELL_TEXT.  A line with nothing on
 * it is a record only where records have one field, else it may stand at the
 * end of the file and nowhere else.
 */
struct csv;

/* "-" is standard input.  ${path} and ${watch} (may be NULL) must outlive the
 * reader. */
enum status csv_open(const char *path, const struct feed_watch *watch,
    struct csv **out) MUST_CHECK;
void csv_free(struct csv *c);

/*
 * The next record: ${*cells} are the reader's and valid until the next call.
 * ST_NOTFOUND: no more.  ST_INVALID: this one is malformed, the sentence says
 * how and csv_place() where; the next call goes on behind it.  Anything else
 * ends the reading.
 */
enum status csv_next(
    struct csv *c, const struct cell **cells, size_t *count) MUST_CHECK;

/* Where the record begins, or what was found wrong with it. */
struct cell_place csv_place(const struct csv *c);
/* Bytes read so far, and of the whole file (-1: not known). */
int64_t csv_bytes(const struct csv *c, int64_t *total);

#endif /* !RECORDS_CSV_H */
