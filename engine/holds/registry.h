#ifndef HOLDS_REGISTRY_H
#define HOLDS_REGISTRY_H

#include <stdint.h>

#include "engine/base/json.h"
#include "engine/installation/installation.h"

/*
 * The rows of the control database, each as JSON:
 * {"id","kind","state","scope","subject":{"identity","value"},
 * "record":{"store","collection","key":[...]},"cluster","reason","authority",
 * "note","owner","review","review_overdue","placed_at","placed_by",
 * "release_reason","release_asked_at","release_asked_by","released_at",
 * "released_by","request"}.  "scope" is "subject", "record" or "cluster", and
 * what it does not need is null, as is the value of a subject who is forgotten
 * (engine/subjects/subjects.h) once it is released, whereas the key of a record
 * is empty then; "state" is "active", "release_asked" (still active) or
 * "released".
 */
#define REGISTRY_ID_TEXT 24

enum registry_which { REGISTRY_ACTIVE, REGISTRY_ALL };

/* ${id} NULL: all.  In the order in which they were placed. */
enum status registry_read(struct installation *in, enum registry_which which,
    const char *id, int64_t now, json_t **list) MUST_CHECK;

/* One, released or not.  ST_USAGE: no such id. */
enum status registry_get(struct installation *in, const char *id, int64_t now,
    json_t **out) MUST_CHECK;

/* 1 in ${*any} if anything was ever placed. */
enum status registry_any(struct installation *in, int *any) MUST_CHECK;

/* Was ${id} released?  0 for one that the registry does not know. */
enum status registry_released(
    struct installation *in, const char *id, int *out) MUST_CHECK;

/*
 * Add the row that ${row} describes (as above: kind, subject, record, cluster,
 * reason, authority, note, owner, review, placed_by, and of a
 * case "request" and "part") under a new id, and note
 * what the log is to be told.  One transaction.
 */
enum status registry_add(struct installation *in, const json_t *row,
    int64_t now, char id[REGISTRY_ID_TEXT]) MUST_CHECK;

/*
 * Release ${id}, or, where two people are needed and this is the first, note
 * that release was asked for (${*released} 0).  ST_DENIED: the same person
 * asked.  ST_USAGE: no such id, released before, or no ${reason} where one is
 * needed.
 */
enum status registry_release(struct installation *in, const char *id,
    const char *actor, const char *reason, int64_t now,
    int *released) MUST_CHECK;

#endif /* !HOLDS_REGISTRY_H */
