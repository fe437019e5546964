#ifndef CONSENT_ADD_H
#define CONSENT_ADD_H

#include "engine/consent/consent.h"

/* Add one record inside the transaction that is open, and note it for the log.
 * ${*subject} and ${id} (may be NULL) get whose it is and what it is called. */
#define CONSENT_ID 37 /* a UUID and a NUL */
enum status consent_add(struct installation *in, const struct rights_actor *by,
    const struct consent_order *o, int64_t *subject,
    char id[CONSENT_ID]) MUST_CHECK;

#endif /* !CONSENT_ADD_H */
