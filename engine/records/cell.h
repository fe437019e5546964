#ifndef RECORDS_CELL_H
#define RECORDS_CELL_H

#include <stddef.h>
#include <stdint.h>

/*
 * One value as a file gives it, before a column says what it means.  CSV
 * knows only text and nothing; JSON has types of its own.
 */
enum cell_kind {
	CELL_NULL,   /* CSV: an empty field without quotes */
	CELL_TEXT,   /* UTF-8; CSV: '' is an empty field in quotes */
	CELL_NUMBER, /* as it was written, so that no digit is lost */
	CELL_TRUE,
	CELL_FALSE,
	CELL_JSON, /* an object or array, as it was written */
};
struct cell {
	enum cell_kind kind;
	const char *text; /* borrowed, not NUL-terminated */
	size_t len;       /* bytes */
};

/* Fields of a record, and bytes of one. */
#define CELL_MOST_FIELDS ((size_t)2000)
#define CELL_MOST_BYTES  ((size_t)16 << 20)
/* With a line break behind: what a reader lets wait for the rest. */
#define CELL_MOST_WAITING (CELL_MOST_BYTES + 2)

/* Where a reader stands, or what it complains of. */
struct cell_place {
	int64_t line; /* from 1 */
	size_t field; /* from 1; 0: the record as a whole */
};

#endif /* !RECORDS_CELL_H */
