#ifndef ACCOUNTS_TOTP_H
#define ACCOUNTS_TOTP_H

#include <stdint.h>

#include "engine/base/buf.h"
#include "engine/crypto/hash.h"

/* Time-based one-time passwords (RFC 6238): those that apps make use
 * HMAC-SHA-1, six digits, 30 seconds. */
#define TOTP_SECRET 20
#define TOTP_STEP   30
#define TOTP_DIGITS 6

/* The code of ${step}, ${digits} (6 to 8) of them and a NUL. */
enum status totp_code(enum hmac_hash hash, const void *secret, size_t len,
    int64_t step, int digits, char out[9]) MUST_CHECK;

/*
 * Which step ${code} is of, among that of ${now} and the ones beside it, and
 * later than ${used}, the last one that was let in; 0: none.  Blanks in the
 * code are passed over.  Constant time.
 */
enum status totp_find(const uint8_t secret[TOTP_SECRET], const char *code,
    int64_t now, int64_t used, int64_t *step) MUST_CHECK;

/* RFC 4648, without padding. */
void totp_base32(struct buf *out, const void *bytes, size_t len);
/* What apps read: "otpauth://totp/ISSUER:NAME?secret=...&issuer=ISSUER". */
void totp_uri(struct buf *out, const char *issuer, const char *name,
    const uint8_t secret[TOTP_SECRET]);

#endif /* !ACCOUNTS_TOTP_H */
