#ifndef WEB_CREW_H
#define WEB_CREW_H

#include "engine/installation/installation.h"

/*
 * Installations for the server's threads: connections, keyring and log belong
 * to one thread at a time, so that each exchange is given one of its own, and
 * the last one that was given back first: its pages are still in memory.
 */
struct crew;
/* ${first} is unlocked and outlives it. */
enum status crew_new(const struct installation *first, size_t count,
    struct crew **out) MUST_CHECK;
void crew_free(struct crew *c);

/* There is one for each thread. */
struct installation *crew_take(struct crew *c);

/*
 * CREW_SPENT: stores were opened.  What is known of their files and keys is
 * true of that moment; the next exchange gets a new one.
 */
enum crew_state { CREW_FRESH, CREW_SPENT };
void crew_give(struct crew *c, struct installation *in, enum crew_state state);

#endif /* !WEB_CREW_H */
