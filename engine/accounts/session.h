#ifndef ACCOUNTS_SESSION_H
#define ACCOUNTS_SESSION_H

#include "engine/accounts/row.h"

/* A clock may be set back this far, in seconds; further ends sessions. */
#define SESSION_SLACK 60

/*
 * Is a session over?  Idle or absolute, or the clock is before what is known of
 * it, so that nobody can say how old it is.
 */
int session_is_over(
    const struct config *c, int64_t made_at, int64_t used_at, int64_t now);

/* Inside a write transaction: a new one in ${out}, whose ${who} is set; the
 * oldest beyond `accounts: {sessions: 5}` end. */
enum status session_new(struct installation *in,
    const uint8_t address[ACCOUNTS_ADDRESS], int64_t now,
    struct accounts_session *out) MUST_CHECK;

#endif /* !ACCOUNTS_SESSION_H */
