#ifndef CRYPTO_ED25519_H
#define CRYPTO_ED25519_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/status.h"
#include "engine/crypto/secret.h"

/*
 * Ed25519 signatures (RFC 8032 section 5.1).  A private key is any 256-bit
 * secret: secret_random() makes one, a keyring keeps it.
 */
#define ED25519_PUBLIC    32
#define ED25519_SIGNATURE 64

/* The public key of ${seed}. */
enum status ed25519_public(
    const struct secret_key *seed, uint8_t out[ED25519_PUBLIC]) MUST_CHECK;

/* Deterministic: the same message has the same signature. */
enum status ed25519_sign(const struct secret_key *seed, const void *message,
    size_t len, uint8_t out[ED25519_SIGNATURE]) MUST_CHECK;

/*
 * Ask this of every key that comes from outside.  ST_INVALID for one that is
 * not in its one encoding, that anybody can sign for (small order), that
 * libgcrypt aborts the process over (y below 2^192; no honest key in 2^63 has
 * that), or that is no point of the curve.
 */
enum status ed25519_check_public(
    const uint8_t public[ED25519_PUBLIC]) MUST_CHECK;

/*
 * ST_INTEGRITY where ${signature} is not that of ${message} under ${public},
 * also for one that was changed so that it would still fit (S not below the
 * group's order); ST_INVALID for a key that ed25519_check_public() refuses.
 */
enum status ed25519_verify(const uint8_t public[ED25519_PUBLIC],
    const void *message, size_t len,
    const uint8_t signature[ED25519_SIGNATURE]) MUST_CHECK;

#endif /* !CRYPTO_ED25519_H */
