#ifndef CONSENT_RECORD_H
#define CONSENT_RECORD_H

#include "engine/consent/consent.h"

/* Add one record inside the transaction that is open, and note it for the log.
 * ${*subject} and ${id} (may be NULL) get whose it is and what it is called. */
#define RECORD_ID 37 /* a UUID and a NUL */
enum status record_add(struct installation *in, const struct rights_actor *by,
    const struct consent_order *o, int64_t *subject,
    char id[RECORD_ID]) MUST_CHECK;

#endif /* !CONSENT_RECORD_H */
