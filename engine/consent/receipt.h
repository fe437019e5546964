#ifndef CONSENT_RECEIPT_H
#define CONSENT_RECEIPT_H

#include "engine/consent/consent.h"

/*
 * Receipts of consent as ISO/IEC TS 27560:2023 has them, in JSON-LD with the
 * terms of the Data Privacy Vocabulary, signed by the key of the audit log as
 * a signed note (C2SP) of one line.  They are the person's: they hold personal
 * data.
 */
#define RECEIPT_FORMAT "lethe.consent-receipt/1"

/* That of the record ${id}: {"receipt":{...},"note"}.  ST_USAGE: there is no
 * such record. */
enum status receipt_make(struct installation *in, const struct rights_actor *by,
    const char *id, json_t **out) MUST_CHECK;

/* The text for people in "en", "ja" or "de". */
enum status receipt_text(
    const json_t *receipt, const char *language, struct buf *out) MUST_CHECK;

/* Check ${len} bytes of a receipt: what receipt_make() gave, or its note.
 * ${*receipt} is what was signed.  ST_INTEGRITY with what is wrong. */
enum status receipt_check(const struct note_key *key, const char *bytes,
    size_t len, json_t **receipt) MUST_CHECK;

#endif /* !CONSENT_RECEIPT_H */
