#ifndef RECORDS_LANES_H
#define RECORDS_LANES_H

#include "engine/base/buf.h"
#include "engine/base/when.h"
#include "engine/store/db.h"
#include "engine/store/restricted.h"
#include "engine/store/segments.h"

/*
 * The files that the records of one ingest go into: the store's own (lane 0),
 * and one for each of its segments.  Each that is written has a transaction of
 * its own; lane 0 begins first and is committed last, so that a segment that
 * is new exists with all of the file or not at all.
 *
 * A key is unique over all lanes.  Where the primary key has the field that
 * the collection is cut by, equal keys meet in one lane; else the first column
 * of a key is compared with the least and the most that each lane has, and it
 * is looked up where it lies between them: keys that rise, as time does, cost
 * nothing, keys that lie anywhere cost a look-up in every lane.
 */
struct lane_bound {
	struct val v; /* VAL_END: none */
	struct buf bytes;
};
struct lane {
	struct segment *segment; /* NULL: lane 0 */
	struct db *db;           /* once it is begun */
	int64_t before;          /* records there were */
	int64_t records;         /* added */
	int any_reduced;         /* some records are marked as reduced */
	enum restricted_reach restricted;
	int moved;               /* some came from another lane */
	struct lane_bound least; /* of the first column of the keys */
	struct lane_bound most;
	int widened;
};
struct lanes {
	struct segments *segments; /* NULL: there is lane 0 alone */
	struct db *db;             /* of lane 0 */
	const struct db_table *table;
	const struct db_column *time; /* that it is cut by; NULL: by none */
	const char **keys;            /* columns of the primary key, in order */
	size_t key_count;
	int keyed_by_time;
	struct lane *list;
	size_t count;
	size_t begun;
	size_t last;             /* where the record before went */
	struct lane_bound least; /* of all lanes */
	struct lane_bound most;
};

/* ${segments}, ${table} and ${time} (may be NULL) outlive it. */
enum status lanes_init(struct lanes *l, struct db *db,
    struct segments *segments, const struct db_table *table,
    const char *time) MUST_CHECK;
void lanes_release(struct lanes *l);

/* Begin lane 0, and learn what the others are.  Once. */
enum status lanes_begin(struct lanes *l) MUST_CHECK;
/* Begin a lane, where it is not begun. */
enum status lanes_begin_lane(struct lanes *l, size_t lane) MUST_CHECK;

/* The lane of a record with the time ${v}, which may have to be made. */
enum status lanes_route(struct lanes *l, struct val v, size_t *lane) MUST_CHECK;

/*
 * In which lane other than ${not} (SIZE_MAX: in any) a record with this key
 * is; SIZE_MAX in ${*lane}: in none.
 */
enum status lanes_find(struct lanes *l, const struct val *key, size_t not,
    size_t *lane) MUST_CHECK;
/* Take it from one lane to another. */
enum status lanes_move(
    struct lanes *l, const struct val *key, size_t from, size_t to) MUST_CHECK;
/* A record with this key went into ${lane}. */
enum status lanes_note(
    struct lanes *l, const struct val *key, size_t lane) MUST_CHECK;

/* Commit all lanes, or roll all back. */
enum status lanes_commit(struct lanes *l) MUST_CHECK;
void lanes_rollback(struct lanes *l);

#endif /* !RECORDS_LANES_H */
