#ifndef STORE_SQLITE_BATCH_H
#define STORE_SQLITE_BATCH_H

#include "engine/store/sqlite.h"

/*
 * What batches of deletions and of changes share: the SELECT that finds the
 * records, the condition that names one of them by what its table is stored
 * by, and the budget of time.
 */
#define SQLITE_BATCH_LEAST 256 /* records that a budget leaves */

struct sqlite_batch {
	struct sql select; /* what identifies a record, then the keys */
	struct sql act;    /* the statement that does it */
	size_t identity;   /* columns that identify a record */
	int64_t budget_ns;
	int64_t start_cpu_ns;
	int64_t start_ns;
};
#define SQLITE_BATCH_INIT                           \
	{                                           \
		.select = SQL_INIT, .act = SQL_INIT \
	}

/*
 * Write ${x->select} for ${b}, and append to ${x->act} its WHERE: a NULL to
 * bind for each identifying column, the last bracket left open, so that more
 * values may follow.
 */
enum status sqlite_batch_build(
    struct db *db, const struct db_batch *b, struct sqlite_batch *x) MUST_CHECK;
void sqlite_batch_release(struct sqlite_batch *x);

/* Start the clock, at the first record found. */
void sqlite_batch_start(struct sqlite_batch *x);
int sqlite_batch_is_late(const struct sqlite_batch *x);

#endif /* !STORE_SQLITE_BATCH_H */
