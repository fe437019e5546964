#ifndef AUDIT_LOG_H
#define AUDIT_LOG_H

#include <stdint.h>

#include "engine/audit/note.h"
#include "engine/base/json.h"
#include "engine/crypto/secret.h"
#include "engine/store/db.h"

/*
 * The audit log: an append-only list of canonical JSON objects, numbered from
 * 0 without gaps.  No entry holds personal data.
 *
 * A Merkle tree stands over the texts, and with every transaction that appends
 * a new checkpoint is signed and kept in it: so no two checkpoints can
 * disagree, and none is smaller than one before.  The last one is kept in the
 * control database too, written after the log's own: where that speaks of
 * entries that the log lacks, or of other ones, nothing can be appended.
 */
struct audit;

struct audit_spec {
	struct db *db; /* closed by audit_close(), or if audit_open() fails */
	struct db *control;           /* borrowed */
	const char *origin;           /* the name of log and key */
	const struct secret_key *key; /* signs; borrowed */
};
enum status audit_open(
    const struct audit_spec *spec, struct audit **out) MUST_CHECK;
void audit_close(struct audit *a);

/*
 * Begin the log, unless that was done: make the tree over the entries that
 * stand there already, and sign its first checkpoint.
 */
enum status audit_start(struct audit *a) MUST_CHECK;

/* The key that checkpoints are checked with; belongs to ${a}. */
const struct note_key *audit_key(const struct audit *a);
/* The log's own database, and the control database. */
struct db *audit_db(struct audit *a);
struct db *audit_control(struct audit *a);

/*
 * Append one entry: {"seq","at","actor","role","action","object", and the other
 * members of ${details}}.  ${at} is Unix seconds.  ${details} is borrowed.  It
 * says what it is about in "object", and where that is a person, which, in
 * "subject" (engine/subjects/subjects.h).  "role" is "operator", whoever runs
 * the program, where ${details} has no other.  ST_INVALID for numbers that are
 * not whole: they have no canonical text.
 */
enum status audit_append(struct audit *a, int64_t at, const char *actor,
    const char *action, const json_t *details) MUST_CHECK;

/* The same for ${count} of them, one at least, in one transaction. */
struct audit_item {
	const char *action;
	const json_t *details; /* borrowed, may be NULL */
};
enum status audit_append_all(struct audit *a, int64_t at, const char *actor,
    const struct audit_item *items, size_t count) MUST_CHECK;

/* Append the signed note of ${text}, which ends with a newline, to ${out}.
 * ST_INVALID for what could be read as a checkpoint. */
enum status audit_sign(
    struct audit *a, const char *text, struct buf *out) MUST_CHECK;

/*
 * Bring every evidence row of ${store} that the log lacks into it, in order.
 * ${source} identifies the store for ever (its key's id, hexadecimal), ${name}
 * is what it is called.  Exactly
 * once, whatever crashes when: the log itself knows which it has.
 */
enum status audit_ship(struct audit *a, struct db *store, const char *source,
    const char *name, const char *actor, int64_t *entries) MUST_CHECK;

/* The last evidence of ${source} that the log has, or had before it was pruned;
 * 0: none. */
enum status audit_shipped(
    struct audit *a, const char *source, int64_t *last) MUST_CHECK;

/* Which entries; what is 0 or NULL leaves none out. */
enum audit_order { AUDIT_OLDEST_FIRST, AUDIT_NEWEST_FIRST };
struct audit_filter {
	enum audit_order order;
	int64_t first;  /* from this number on */
	int64_t before; /* below this number */
	int64_t limit;  /* at most so many */
	const char *action;
	const char *actor;
	const char *run;
	const char *request; /* a case's id */
	const char *subject; /* a pseudonym */
	int64_t since;       /* Unix seconds, this one included */
	int64_t until;       /* not included */
};

/*
 * Call ${each} with the text of the entries that ${filter} lets through, in
 * its order.  What ${each} returns other than ST_OK ends the list.
 */
enum status audit_list(struct audit *a, const struct audit_filter *filter,
    enum status (*each)(void *ctx, const char *body), void *ctx) MUST_CHECK;

/* Fails where nothing can be appended now, be it that the log is not what its
 * checkpoint says: a purge asks before it begins. */
enum status audit_writable(struct audit *a) MUST_CHECK;

/* "os:NAME" of whoever runs this process.  The caller frees. */
enum status audit_actor(char **out) MUST_CHECK;

#endif /* !AUDIT_LOG_H */
