#ifndef WEB_COURIER_H
#define WEB_COURIER_H

#include "engine/installation/installation.h"

/*
 * A thread that makes the one-time codes that the customers' door was asked for
 * (door_send()) and sends what is in the outbox, letters of officers too: after
 * the answer, so that nobody waits for a mail server, and its time does not
 * tell whether there is an address.
 */
struct courier;
#define COURIER_SECONDS 60 /* without being woken */

/* ${first} is unlocked and outlives it.  ST_USAGE: lethe.yml names no sender.
 */
enum status courier_start(
    const struct installation *first, struct courier **out) MUST_CHECK;
/* Ends it, after what is under way; NULL is none. */
void courier_stop(struct courier *c);
void courier_wake(struct courier *c);

#endif /* !WEB_COURIER_H */
