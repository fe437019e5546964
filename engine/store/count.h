#ifndef STORE_COUNT_H
#define STORE_COUNT_H

#include <stdint.h>

#include "engine/store/db.h"

/*
 * How many records a collection holds, without reading them: kept in the
 * transaction that changes it (schemas/store/0001-engine.sql).
 */

/* Inside the transaction that added (or with a minus removed) ${records}. */
enum status count_add(
    struct db *db, const char *collection, int64_t records) MUST_CHECK;
/* The same, only where a number is kept: nothing is counted for it. */
enum status count_add_kept(
    struct db *db, const char *collection, int64_t records) MUST_CHECK;
/* Inside a transaction whose changes cannot be summed up: count anew. */
enum status count_anew(struct db *db, const char *collection) MUST_CHECK;
/* The number kept; counted where none is kept yet. */
enum status count_get(
    struct db *db, const char *collection, int64_t *records) MUST_CHECK;

/* How many a part holds: they are counted. */
enum status count_part(
    struct db *db, const struct db_part *part, int64_t *records) MUST_CHECK;

#endif /* !STORE_COUNT_H */
