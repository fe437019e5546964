#ifndef STORE_REDUCED_H
#define STORE_REDUCED_H

#include "engine/store/db.h"

/*
 * Marks of records that were reduced (lethe_reduced): their rule does not
 * judge them again.  Whoever deletes such a record, or writes new content under
 * its key, forgets its marks in the same transaction.
 */

/* Is any record of ${collection} marked?  Where none is, which is the usual
 * case, there is nothing to forget. */
enum status reduced_any(
    struct db *db, const char *collection, int *any) MUST_CHECK;

/*
 * Forget the marks, of every cluster, of the record of ${table} that has the
 * values ${key} in the ${key_count} columns ${keys}, as the table itself
 * compares them; the record is there.
 */
enum status reduced_forget(struct db *db, const struct db_table *table,
    const char *const *keys, size_t key_count,
    const struct val *key) MUST_CHECK;

#endif /* !STORE_REDUCED_H */
