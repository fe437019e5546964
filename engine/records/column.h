#ifndef RECORDS_COLUMN_H
#define RECORDS_COLUMN_H

#include "engine/base/buf.h"
#include "engine/base/status.h"
#include "engine/base/when.h"
#include "engine/model/dataset.h"
#include "engine/records/cell.h"
#include "engine/store/column_kind.h"
#include "engine/store/db.h"

/*
 * What a column of a store makes of a cell of a file: by its declared type,
 * by what the dataset says of the field, and by whether it holds times.
 */
struct column {
	const struct db_column *db;
	const struct field *field; /* NULL: the dataset does not have it */
	enum column_kind kind;
	int is_time;
	int is_computed; /* nothing in a file is filled, and no NULL */
	int is_personal; /* then no message shows a value */
	struct buf text; /* the value, where it is not the cell's own bytes */
	char when[WHEN_TEXT];
};

/* ${collection} may lack the column. */
void column_init(struct column *col, const struct db_column *db,
    const struct collection *collection, int is_time);
void column_release(struct column *col);

/*
 * The value to store; text is the cell's or the column's and valid until the
 * next call.  ST_INVALID: "found ..., expected ...: what to do".
 */
enum status column_read(
    struct column *col, const struct cell *cell, struct val *out) MUST_CHECK;

/* The same for a column of times; column_read() calls it. */
enum status column_read_time(
    struct column *col, const struct cell *cell, struct val *out) MUST_CHECK;

#endif /* !RECORDS_COLUMN_H */
