#ifndef AUDIT_LOG_INTERNAL_H
#define AUDIT_LOG_INTERNAL_H

#include "engine/audit/log.h"
#include "engine/audit/tree.h"

/* The log among log.c, ship.c (evidence) and prune.c (its own retention). */

struct audit {
	struct db *db;
	struct db *control;
	const struct secret_key *seed;
	struct note_key key;
	struct tree *tree; /* within a transaction */
};

/*
 * A write transaction, with the tree; fails where the log is not what its
 * checkpoint says.  audit_leave() ends it, and undoes what was not committed.
 */
enum status audit_enter(struct audit *a) MUST_CHECK;
void audit_leave(struct audit *a);

/* Sign what the transaction made of the log, and commit. */
enum status audit_commit(struct audit *a) MUST_CHECK;

/*
 * The next entry.  ${entry} gets the members that every entry has.  ${source}
 * is the store whose evidence ${evidence} it is, or NULL.
 */
enum status audit_insert(struct audit *a, int64_t at, const char *actor,
    const char *action, const char *source, int64_t evidence,
    json_t *entry) MUST_CHECK;

#endif /* !AUDIT_LOG_INTERNAL_H */
