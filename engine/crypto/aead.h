#ifndef CRYPTO_AEAD_H
#define CRYPTO_AEAD_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/status.h"
#include "engine/crypto/secret.h"

/*
 * Authenticated encryption.  The numbers are stored in files.
 *
 * OCB (RFC 7253) is the default: one pass, and 120-bit nonces, so that drawing
 * them at random is safe for as long as a key may be used at all (2^48 blocks,
 * RFC 7253 section 5).  GCM (SP 800-38D) and ChaCha20-Poly1305 (RFC 8439) take
 * the first 12 bytes of the nonce: no more than 2^32 messages under one key.
 */
enum aead_algorithm {
	AEAD_AES256_OCB = 1,
	AEAD_AES256_GCM,
	AEAD_CHACHA20_POLY1305,
	AEAD__MAX
};
#define AEAD_NONCE 15
#define AEAD_TAG   16

/* An opened cipher with its key.  One thread at a time. */
struct aead;

enum status aead_new(enum aead_algorithm alg, const struct secret_key *key,
    struct aead **out) MUST_CHECK;
void aead_free(struct aead *a);

/* For people: "AES-256-OCB".  NULL for a number that is none of ours. */
const char *aead_name(enum aead_algorithm alg);

/*
 * Seal ${n} bytes from ${in} to ${out} (the same buffer, or one that does not
 * overlap).  A nonce must never be used twice with one key.
 */
enum status aead_seal(struct aead *a, const uint8_t nonce[AEAD_NONCE],
    const void *aad, size_t aad_len, const void *in, void *out, size_t n,
    uint8_t tag[AEAD_TAG]) MUST_CHECK;

/* The way back.  ST_INTEGRITY where nonce, aad, bytes, tag or key are not what
 * was sealed; ${out} is zeroed then. */
enum status aead_open(struct aead *a, const uint8_t nonce[AEAD_NONCE],
    const void *aad, size_t aad_len, const void *in, void *out, size_t n,
    const uint8_t tag[AEAD_TAG]) MUST_CHECK;

#endif /* !CRYPTO_AEAD_H */
