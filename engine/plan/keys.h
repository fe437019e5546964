#ifndef PLAN_KEYS_H
#define PLAN_KEYS_H

#include <stddef.h>

#include "engine/model/dataset.h"
#include "engine/store/db.h"

/* The most columns that a record's key may have. */
#define KEYS_MOST 4

/*
 * The columns that name a record: the primary key of the table, or else the
 * fields that the dataset marks as one, in order.  ${*count} 0: there are
 * none.  The caller frees the array; the names are the table's.
 */
enum status keys_of(const struct collection *c, const struct db_table *t,
    const char ***out, size_t *count) MUST_CHECK;

/*
 * Add the comparison of k1 to k4 of our own tables (one called ${table}) with
 * the columns ${keys} of t, a record of ${t}, each beginning with " AND ".
 * Exact either way: keys_match() finds ours for a given t by our index,
 * keys_find() t for a row of ours by t's.
 */
void keys_match(struct db *db, const struct db_table *t,
    const char *const *keys, size_t count, const char *table, struct sql *q);
void keys_find(struct db *db, const struct db_table *t, const char *const *keys,
    size_t count, const char *table, struct sql *q);

/* All four values that our tables have for a key of ${count}: '' behind. */
void keys_fill(const struct val *key, size_t count, struct val out[KEYS_MOST]);

#endif /* !PLAN_KEYS_H */
