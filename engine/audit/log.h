#ifndef AUDIT_LOG_H
#define AUDIT_LOG_H

#include <stdint.h>

#include "engine/base/json.h"
#include "engine/store/db.h"

/*
 * The audit log: an append-only list of canonical JSON objects, numbered from
 * 0 without gaps.  No entry holds personal data.
 */

/*
 * Append one entry: {"seq","at","actor","action", and the members of
 * ${details}}.  ${at} is Unix seconds.  ${details} is borrowed, may be NULL.
 */
enum status audit_append(struct db *audit, int64_t at, const char *actor,
    const char *action, const json_t *details) MUST_CHECK;

/*
 * Bring every evidence row of ${store} that the log lacks into it, in order.
 * ${source} identifies the store for ever (its key's id, hexadecimal).  Exactly
 * once, whatever crashes when: the log itself knows which it has.
 */
enum status audit_ship(struct db *audit, struct db *store, const char *source,
    const char *actor, int64_t *entries) MUST_CHECK;

/*
 * Call ${each} with the text of every entry from ${first} on, at most
 * ${limit} (0: all), with ${action} only where it is not NULL.  What ${each}
 * returns other than ST_OK ends the list.
 */
enum status audit_list(struct db *audit, int64_t first, int64_t limit,
    const char *action, enum status (*each)(void *ctx, const char *body),
    void *ctx) MUST_CHECK;

/* Fails where nothing can be appended now: a purge asks before it begins. */
enum status audit_writable(struct db *audit) MUST_CHECK;

/* "os:NAME" of whoever runs this process.  The caller frees. */
enum status audit_actor(char **out) MUST_CHECK;

#endif /* !AUDIT_LOG_H */
