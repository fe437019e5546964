#ifndef STORE_RECORD_MOVE_H
#define STORE_RECORD_MOVE_H

#include "engine/store/db.h"

/*
 * Inside write transactions of both: take one record of ${table}, which both
 * have, from ${from} to ${to}, with what stands beside it (suspensions, and
 * that it was reduced).  ${keys} are the columns of its key, ${key} their
 * values.  The counts are the caller's.  ST_NOTFOUND: there is no such record;
 * ST_CONFLICT: ${to} has one.
 */
enum status record_move(struct db *from, struct db *to,
    const struct db_table *table, const char *const *keys, size_t key_count,
    const struct val *key) MUST_CHECK;

#endif /* !STORE_RECORD_MOVE_H */
