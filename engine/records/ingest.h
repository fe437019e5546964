#ifndef RECORDS_INGEST_H
#define RECORDS_INGEST_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/status.h"
#include "engine/model/dataset.h"
#include "engine/model/policy.h"
#include "engine/store/db.h"

/*
 * Records from a file into a collection: all of them or none.  The file is one
 * transaction; at the first thing wrong it is rolled back, and the rest of the
 * file is read only to say what else is wrong with it.
 *
 *	CSV     the first line names the fields; an empty field is NULL, with
 *		quotes ('""') it is the empty text
 *	JSONL   one object a line; a key that is not there leaves the field at
 *		its default, or with DB_UPSERT as it is
 *
 * Columns of numbers take numbers only, of 64 bits or that a double holds;
 * booleans are 1 and 0; bytes are base64 (in JSON also {"base64": "..."});
 * objects and arrays go into fields of data_type object or with fields of
 * their own, as JSON text with sorted keys.  Times are checked and stored in
 * the canonical form of engine/base/when.h, in a column of integers as Unix
 * seconds.
 */
struct ingest_target {
	const char *store; /* for messages */
	const struct db_table *table;
	const struct collection *collection;
	struct segments *segments; /* of the store; NULL: it is not cut */
	char *is_time;             /* one for each column of ${table}; owned */
	const struct policy_computed *computed;
	size_t computed_count;
	const char *const *keys; /* that name a record; NULL: not told */
	size_t key_count;
	/* Art. 18(2) allows that restricted records are changed */
	int may_change_restricted;
};

/*
 * What is named must outlive the target.  Times are in the columns of
 * ${times} (those that the table lacks are passed over), in the collection's
 * segment_by and valid.at, and wherever the declared type says so.
 */
enum status ingest_target_init(struct ingest_target *target, const char *store,
    const struct db_table *table, const struct collection *collection,
    const char *const *times, size_t time_count) MUST_CHECK;
/*
 * Compute the ends of terms: ${computed}, which must outlive the target, has
 * the starting points that stand in the collection.  Their fields are filled
 * where a record has nothing there; another day than the computed one is
 * refused.  What an end is computed from must all stand in records that
 * DB_UPSERT may replace, or that have a default: what is left out would not be
 * known.  ST_INVALID where the table lacks a column or holds numbers in one
 * that is to get a date.
 */
enum status ingest_target_compute(struct ingest_target *target,
    const struct policy_computed *computed, size_t count) MUST_CHECK;
/*
 * The columns that name a record are ${keys}, which must outlive the target.
 * New content under a key that marks a reduced record (engine/store/reduced.h)
 * is then judged anew, and one that is restricted (engine/store/restricted.h)
 * is not replaced: it is stored, and a change is more than that.
 */
void ingest_target_keys(
    struct ingest_target *target, const char *const *keys, size_t count);
void ingest_target_release(struct ingest_target *target);

enum ingest_format { INGEST_BY_NAME, INGEST_CSV, INGEST_JSONL };
struct ingest_progress {
	int64_t records;
	int64_t bytes;
	int64_t total; /* -1: not known */
};
struct ingest_source {
	const char *path; /* "-": standard input, CSV unless told */
	enum ingest_format format;
	/* May be NULL.  Called for every block read and when a signal came
	 * in; what it returns other than ST_OK ends the ingest, and nothing
	 * is kept. */
	enum status (*progress)(void *ctx, const struct ingest_progress *p);
	void *ctx;
};

/*
 * What came of it.  Problems and notes are sentences that begin with file and
 * line, and hold no value of a personal field.  No more than
 * INGEST_MOST_PROBLEMS are looked for.
 */
#define INGEST_MOST_PROBLEMS 20
struct ingest_report {
	int64_t records; /* kept; 0 after a failure */
	char **problems;
	size_t problem_count;
	char **notes; /* what is done but should be known */
	size_t note_count;
};
void ingest_report_release(struct ingest_report *report);

/*
 * ST_INVALID, ST_CONFLICT: the file, or what the store says of a record; the
 * report tells.  ST_USAGE: no format goes by that name.  ST_LIMIT: a record
 * too long.  ST_BUSY, ST_FULL, ST_IO and so on: the sentence tells.  Nothing
 * was kept then.  The caller releases ${report} in any case.
 */
enum status ingest_file(struct db *db, const struct ingest_target *target,
    const struct ingest_source *source, enum db_insert_mode mode,
    struct ingest_report *report) MUST_CHECK;

#endif /* !RECORDS_INGEST_H */
