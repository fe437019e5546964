#ifndef PLAN_UNREACHABLE_H
#define PLAN_UNREACHABLE_H

#include "engine/base/json.h"
#include "engine/plan/rule.h"

/*
 * What could not be reached.  A store whose server does not answer, or a part
 * of a collection that is on another server, costs only itself: it is named
 * here, once, and everything else goes on.
 *
 * A list is a JSON array of {"store","collection","partition","server",
 * "reason"}: "collection" is null where it is the whole store, "partition" and
 * "server" where it is no single part of the collection.  The reason is a
 * sentence without any content of records.
 */

/*
 * Where ${st} is ST_UNREACHABLE, name in ${list} what the sentence of this
 * failure is about, and return ST_OK; else ${st} as it is.  Of ${r}, the part
 * ${part} (NULL: no single one), or its whole store where that is lost.
 */
enum status unreachable_note(json_t *list, enum status st, const struct rule *r,
    const struct db_part *part) MUST_CHECK;

/* The same of a collection, by name. */
enum status unreachable_part(json_t *list, enum status st,
    const struct installation_store *store, const char *collection,
    const struct db_part *part) MUST_CHECK;

/* The same of a whole store. */
enum status unreachable_store(
    json_t *list, enum status st, const char *store) MUST_CHECK;

/* Name in ${list} what ${more} names. */
enum status unreachable_join(json_t *list, const json_t *more) MUST_CHECK;

#endif /* !PLAN_UNREACHABLE_H */
