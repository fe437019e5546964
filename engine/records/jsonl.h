#ifndef RECORDS_JSONL_H
#define RECORDS_JSONL_H

#include "engine/base/status.h"
#include "engine/records/cell.h"
#include "engine/records/feed.h"

/*
 * One JSON object a line (RFC 8259), LF or CRLF, UTF-8.  Numbers and nested
 * values stay as they were written, so that no digit is lost; strings are
 * decoded.  Lines with nothing on them may end the file.
 */
struct jsonl;
struct jsonl_member {
	const char *key; /* NUL-terminated */
	struct cell cell;
};

/* "-" is standard input.  ${path} and ${watch} (may be NULL) must outlive the
 * reader. */
enum status jsonl_open(const char *path, const struct feed_watch *watch,
    struct jsonl **out) MUST_CHECK;
void jsonl_free(struct jsonl *j);

/*
 * The next object, its members in the order of the line: the reader's, valid
 * until the next call.  Results as of csv_next().
 */
enum status jsonl_next(struct jsonl *j, const struct jsonl_member **members,
    size_t *count) MUST_CHECK;

/* The line read last, or the one found wrong; never a field. */
struct cell_place jsonl_place(const struct jsonl *j);
/* Bytes read so far, and of the whole file (-1: not known). */
int64_t jsonl_bytes(const struct jsonl *j, int64_t *total);

#endif /* !RECORDS_JSONL_H */
