#ifndef PLAN_IDENTITY_H
#define PLAN_IDENTITY_H

#include <stddef.h>

#include "engine/store/db.h"

/*
 * Identities (`fides_meta.identity`) in canonical form: without blanks around
 * them and in Unicode's NFC.  In an e-mail address the case of ASCII letters
 * is nothing; a phone number (E.164) loses blanks, dashes, dots and brackets,
 * and one without a '+' stays the national number that it is.  '' and 0 are
 * identities like any other.
 */

/* Add the canonical form of ${len} bytes of the kind ${kind} ("email",
 * "phone_number", any other).  ST_INVALID for what is not UTF-8,
 * or has a NUL in it. */
enum status identity_canonical(
    const char *kind, const char *text, size_t len, struct buf *out) MUST_CHECK;

/*
 * Add the condition that t's ${column} holds the canonical ${value}.  Found by
 * an index on lower(column) for e-mail, on the same chain of replace() as here
 * for phone numbers (schemas/crm.sql has both), on the column for any other.
 * What is stored is taken in NFC and in NFD.
 */
enum status identity_where(const char *kind, const struct db_column *column,
    const char *value, struct sql *q) MUST_CHECK;

#endif /* !PLAN_IDENTITY_H */
