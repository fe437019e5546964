#ifndef STORE_RESTRICTED_H
#define STORE_RESTRICTED_H

#include "engine/store/db.h"
#include "engine/store/sql.h"

/*
 * Restrictions of processing (GDPR Art. 18) as whoever reads or writes records
 * meets them: such data is stored and nothing else.  A record of which one part
 * is restricted is restricted; so is every record of a collection of which a
 * cluster is, whole.  Asked of the file that ${db} is, in the transaction that
 * reads or writes.
 */
struct restricted {
	const struct db_table *table;
	const char *const *keys; /* that name a record; may be none */
	size_t key_count;
};

/* Add " AND ..." : t is restricted, or not.  ${cluster}, where it is not NULL,
 * is the only one whose whole restriction counts. */
void restricted_where(struct db *db, const struct restricted *r,
    const char *cluster, struct sql *q);
void restricted_where_not(struct db *db, const struct restricted *r,
    const char *cluster, struct sql *q);

/* What is there of restrictions on the collection. */
enum restricted_reach { RESTRICTED_NONE, RESTRICTED_RECORDS, RESTRICTED_WHOLE };
enum status restricted_reach(struct db *db, const char *collection,
    enum restricted_reach *out) MUST_CHECK;

/* How many records are. */
enum status restricted_count(
    struct db *db, const struct restricted *r, int64_t *records) MUST_CHECK;

/* Is the record with the values ${key}, as the table itself compares them?  0
 * where there is none. */
enum status restricted_has(struct db *db, const struct restricted *r,
    const struct val *key, int *out) MUST_CHECK;

#endif /* !STORE_RESTRICTED_H */
