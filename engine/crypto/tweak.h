#ifndef CRYPTO_TWEAK_H
#define CRYPTO_TWEAK_H

#include <stdint.h>

#include "engine/base/status.h"
#include "engine/crypto/secret.h"

/*
 * A single 16-byte block hidden under a key and a place: AES-256-XTS (IEEE
 * 1619) with a data unit of one block.  Deterministic and without a tag: for
 * bytes that have no room for a nonce and that something else checks.
 */
#define TWEAK_BLOCK 16

/* One thread at a time. */
struct tweak;

/* The two keys must differ. */
enum status tweak_new(const struct secret_key *data_key,
    const struct secret_key *tweak_key, struct tweak **out) MUST_CHECK;
void tweak_free(struct tweak *t);

/* In place. */
enum status tweak_mask(
    struct tweak *t, uint64_t place, uint8_t block[TWEAK_BLOCK]) MUST_CHECK;
enum status tweak_unmask(
    struct tweak *t, uint64_t place, uint8_t block[TWEAK_BLOCK]) MUST_CHECK;

#endif /* !CRYPTO_TWEAK_H */
