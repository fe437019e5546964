#ifndef PURGE_INTENT_H
#define PURGE_INTENT_H

#include "engine/purge/evidence.h"

/*
 * Deletions on another server, reached through foreign tables, which commits
 * before the database that has the evidence does
 * (schemas/store/0004-intents.sql).  In one transaction what is to go is
 * declared; in the next it goes, and the evidence takes the declaration's
 * place.  A transaction that was cut off in between leaves an open intent, and
 * intent_settle() finds out which of its records are gone.
 *
 * What somebody else deleted between the two transactions cannot be told from
 * what the run deleted, and is in its evidence as well.
 */
struct intent;

/* Begin one for the records that are added to ${e}, of the part ${part}. */
enum status intent_new(struct evidence *e, const struct rule *r,
    const struct db_part *part, struct intent **out) MUST_CHECK;
void intent_free(struct intent *x);

/* One more record: the values of its key columns. */
enum status intent_add(struct intent *x, const struct val *key) MUST_CHECK;
/* Write it down, inside a write transaction whose commit declares it. */
enum status intent_declare(struct intent *x) MUST_CHECK;
/* ST_NOTFOUND: the record with this hash is none of those declared. */
enum status intent_has(
    const struct intent *x, const uint8_t hash[PSEUDONYM_LEN]) MUST_CHECK;
/* Take it away, inside the transaction of deletion and evidence. */
enum status intent_close(struct intent *x) MUST_CHECK;

/* The same by its number. */
enum status intent_remove(struct db *db, int64_t id) MUST_CHECK;

/*
 * Settle the open intents of ${store} (of the part ${part} of the collection
 * ${collection} alone, where they are not NULL): evidence for the records that
 * are gone, nothing for those that are still there, which are still due.  One
 * transaction for each.  It waits for a server that is still at the deletion.
 * What cannot be reached stays open and is named in ${unreachable}, or, where
 * that is NULL, ST_UNREACHABLE.  ${*records} grows by those in the evidence of
 * the run ${run}.
 */
enum status intent_settle(struct installation_store *store,
    const char *collection, const struct db_part *part, const char *run,
    json_t *unreachable, int64_t *records) MUST_CHECK;

#endif /* !PURGE_INTENT_H */
