#ifndef RECORDS_DUMP_H
#define RECORDS_DUMP_H

#include <stdint.h>
#include <stdio.h>

#include "engine/base/status.h"
#include "engine/model/dataset.h"
#include "engine/store/db.h"
#include "engine/store/segments.h"

/*
 * Every record of a collection, in the order of its primary key (where the
 * store is cut into ${segments}, which may be NULL, file by file), in the form
 * that ingest reads back to the same records:
 *
 *	JSONL	one object a line, all columns by their names; JSON columns as
 *		JSON, bytes as {"base64": "..."}; so is text that is not UTF-8
 *	CSV	a header line, LF; NULL is an empty field and the empty text
 *		'""'; in a column of bytes all is base64
 *
 * Times are written as they are stored.  CSV has no types: what a column
 * without a declared type holds comes back as text.
 */
enum dump_format { DUMP_JSONL, DUMP_CSV };

/*
 * What is restricted (engine/store/restricted.h) stays where it is: dumping
 * is more than storing.
 */
struct dump_leave {
	const char *const *keys; /* that name a record; may be none */
	size_t key_count;
	int64_t records; /* left out; counted by dump_collection() */
};

/*
 * One state of the store, whoever writes meanwhile; memory stays flat.
 * ST_IO or ST_FULL where ${to} does not take it (SIGPIPE must be ignored to
 * see that); ${to} is flushed.  ${*records} may be NULL.
 * ${leave} NULL: every record, for whom the law allows it.
 */
enum status dump_collection(struct db *db, struct segments *segments,
    const struct db_table *table, const struct collection *collection,
    enum dump_format format, struct dump_leave *leave, FILE *to,
    int64_t *records) MUST_CHECK;

#endif /* !RECORDS_DUMP_H */
