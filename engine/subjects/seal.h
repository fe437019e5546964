#ifndef SUBJECTS_SEAL_H
#define SUBJECTS_SEAL_H

#include "engine/base/buf.h"
#include "engine/crypto/hash.h"
#include "engine/store/db.h"
#include "engine/store/keyring.h"

/*
 * Names of subjects (kind, NUL, canonical value) under the keyring's key
 * "subjects": as what they are found by, and sealed.  ST_NOTFOUND becomes a
 * sentence where the keyring has no such key.
 */
#define SEAL_KEY "subjects"

/* The same for the same name, and telling nothing without the key. */
enum status seal_lookup(const struct keyring *k, const struct buf *name,
    uint8_t out[SHA256_LEN]) MUST_CHECK;

/* Seal ${name}, bound to its ${lookup}; another text each time. */
enum status seal_close(const struct keyring *k,
    const uint8_t lookup[SHA256_LEN], const struct buf *name,
    struct buf *out) MUST_CHECK;

/* Add the name to ${out}.  ST_INTEGRITY: it is not what was sealed. */
enum status seal_open(const struct keyring *k, struct val lookup,
    struct val sealed, struct buf *out) MUST_CHECK;

#endif /* !SUBJECTS_SEAL_H */
