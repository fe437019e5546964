#ifndef STORE_POSTGRES_BATCH_H
#define STORE_POSTGRES_BATCH_H

#include "engine/store/postgres.h"

/*
 * What batches of deletions and of changes share: the records are found and
 * locked by one SELECT, which passes over those that somebody else has locked;
 * only where there are no others does it wait for them.  Each is named by its
 * partition and its place in it, which a lock keeps as they are.
 */
struct postgres_batch {
	struct sql select;
	int64_t chunk;  /* records that one SELECT asks for */
	int64_t passed; /* that stay, and are passed over by the next one */
	int64_t found;  /* by the last one */
	int64_t start_ns;
};
#define POSTGRES_BATCH_INIT          \
	{                            \
		SQL_INIT, 0, 0, 0, 0 \
	}

/* What identifies a record, before the columns that are shown. */
enum { POSTGRES_RELATION, POSTGRES_OID, POSTGRES_TID, POSTGRES_SHOWN };

/* The SELECT for ${b}, without its end. */
enum status postgres_batch_build(
    const struct db_batch *b, struct postgres_batch *x) MUST_CHECK;
void postgres_batch_release(struct postgres_batch *x);

/* Lock at most ${most} records, and call ${each} for every row of them. */
enum status postgres_batch_find(struct db *db, struct postgres_batch *x,
    int64_t most, enum status (*each)(void *ctx, struct stmt *s),
    void *ctx) MUST_CHECK;

/* Learn from how long ${x->found} records took since the last one was found
 * how many fit into ${budget_ns}. */
void postgres_batch_learn(
    struct postgres *pg, const struct postgres_batch *x, int64_t budget_ns);

/* A trigger may ignore what it is asked, without a word. */
enum status postgres_batch_refused(
    const struct db *db, const char *table, const char *what);

#endif /* !STORE_POSTGRES_BATCH_H */
