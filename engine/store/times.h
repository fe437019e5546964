#ifndef STORE_TIMES_H
#define STORE_TIMES_H

#include "engine/store/db.h"

/*
 * Columns known to hold nothing but times and NULL (lethe_time): ingest vouches
 * for those that it has checked since the collection was empty.
 */

/*
 * Inside the transaction that adds records to ${collection}, of which
 * ${before} were there: the columns ${names} were checked, no others were.
 */
enum status times_vouch(struct db *db, const char *collection, int64_t before,
    const char *const *names, size_t count) MUST_CHECK;

/* DB_BY_INDEX where the column is vouched for, else DB_EVERY. */
enum status times_effort(struct db *db, const char *collection,
    const char *column, enum db_effort *out) MUST_CHECK;

#endif /* !STORE_TIMES_H */
