#ifndef RECORDS_INTAKE_H
#define RECORDS_INTAKE_H

#include <stdint.h>

#include "engine/records/column.h"
#include "engine/records/csv.h"
#include "engine/records/ingest.h"
#include "engine/records/jsonl.h"
#include "engine/records/lanes.h"

/* One file being ingested: shared by ingest.c, layout.c and intake.c. */

/*
 * Which columns a record has, in its order, and the statement that adds it.
 * Behind those of the file stand the computed ones that it lacks.
 */
struct layout {
	size_t *columns;           /* indexes into intake.columns; owned */
	size_t count;              /* of the file */
	size_t total;              /* of the statement */
	struct layout_term *terms; /* one for each computed end; owned */
	size_t time; /* where the time is by which records are routed */
	size_t *key; /* where the columns of the key are; NULL: not all are */
	struct db_insert **inserts; /* for each lane, once it is needed */
	size_t insert_count;
};
/* Where the values of a computed end are; INTAKE_NONE: the record has none. */
#define INTAKE_NONE SIZE_MAX
struct layout_term {
	size_t end;
	size_t parts[POLICY_TERM__MAX];
};
/* JSON objects differ in what they leave out; a CSV file has one layout. */
#define INTAKE_LAYOUTS 16

/* One name of a record: a header's field, a key. */
struct layout_name {
	const char *text;
	size_t len;
};

struct intake {
	struct lanes lanes;
	const struct ingest_target *target;
	const struct ingest_source *source;
	enum db_insert_mode mode;
	struct ingest_report *report;
	const char *name; /* of the file, in messages */

	struct csv *csv; /* one of the two */
	struct jsonl *jsonl;
	struct feed_watch watch;

	struct column *columns; /* one for each of the table */
	struct val *vals;       /* of the record in hand */
	struct val *key;        /* its key */
	const char **words;     /* columns' names, ended by NULL */
	char *seen;             /* used while a layout is made */
	char *noted;            /* columns that a note was made of */
	char *left_out;         /* columns that took their default */
	struct layout_name names[CELL_MOST_FIELDS];
	struct cell object[CELL_MOST_FIELDS];
	const struct cell *cells; /* of the record in hand */

	struct layout layouts[INTAKE_LAYOUTS]; /* the latest first */

	int64_t records;
	enum status failed; /* of the first problem; ST_OK: none so far */
};

/* intake.c */
enum status intake_init(struct intake *in) MUST_CHECK;
void intake_release(struct intake *in);
struct cell_place intake_place(const struct intake *in);
/*
 * Keep "FILE:LINE: field `NAME`: TEXT" (${field} may be NULL) as a problem of
 * status ${st}, and roll back at the first.  What it returns is whether that
 * could be done.
 */
enum status intake_problem(struct intake *in, enum status st, int64_t line,
    const char *field, const char *fmt, ...) PRINTF(5, 6) MUST_CHECK;
/* A record that the store refused becomes a problem: one of those that
 * ${insert} keeps back, or, where that is NULL, the one in hand. */
enum status intake_refused(
    struct intake *in, const struct db_insert *insert) MUST_CHECK;
/* Add the records of ${l} that are kept back. */
enum status intake_flush(struct intake *in, struct layout *l) MUST_CHECK;
enum status intake_note(struct intake *in, int64_t line, const char *field,
    const char *text) MUST_CHECK;

/* layout.c */

/*
 * Have the layout of ${names} first in line.  What is wrong with the names
 * becomes problems; ${*usable} tells whether there are none.
 */
enum status layout_use(struct intake *in, const struct layout_name *names,
    size_t count, int *usable) MUST_CHECK;
/* The statement that adds a record of the layout to a lane. */
enum status layout_insert(struct intake *in, struct layout *l, size_t lane,
    struct db_insert **out) MUST_CHECK;
/* End all such statements. */
void layout_close(struct layout *l);
void layout_release(struct layout *l);

/* intake_term.c: computed ends; not called where there are none */

void term_mark(struct intake *in);
/* What an end is computed from must be in a record, if leaving it out would
 * leave it unknown. */
enum status term_check_missing(struct intake *in, int64_t line) MUST_CHECK;
/* Add to ${l} the columns that are computed and not there, and find the
 * others; there is room for all columns of the table. */
enum status term_layout(struct intake *in, struct layout *l) MUST_CHECK;
/* Compute the ends of the record in hand.  What does not fit becomes problems
 * and clears ${*usable}. */
enum status term_fill(struct intake *in, int *usable) MUST_CHECK;

#endif /* !RECORDS_INTAKE_H */
