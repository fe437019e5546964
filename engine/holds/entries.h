#ifndef HOLDS_ENTRIES_H
#define HOLDS_ENTRIES_H

#include <stdint.h>

#include "engine/installation/installation.h"

/*
 * What the audit log says of suspensions: {"object","id","kind","scope",
 * "reason","subject","records"}, where the subject is a pseudonym.  Noted in
 * the control database by the transaction that makes it so, told to the log
 * after the stores are done: each exactly once, whoever is killed when.  No
 * identity, no key, no free text.
 */
#define ENTRIES_PLACED   "hold_placed"
#define ENTRIES_ASKED    "hold_release_asked"
#define ENTRIES_RELEASED "hold_released"

/* Inside a write transaction of the control database. */
enum status entries_note(struct installation *in, const char *id,
    const char *action, const char *actor, int64_t now) MUST_CHECK;

/* How many records it was about, once that is known. */
enum status entries_count(struct installation *in, const char *id,
    const char *action, int64_t records) MUST_CHECK;

/* Tell the log what it has not been told. */
enum status entries_ship(struct installation *in) MUST_CHECK;

#endif /* !HOLDS_ENTRIES_H */
