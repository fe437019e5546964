#ifndef CRYPTO_SECRET_H
#define CRYPTO_SECRET_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/status.h"
#include "engine/crypto/argon2.h"

/*
 * 256-bit secrets in locked memory that is wiped when they go.  That does not
 * reach registers, nor pages swapped out where locking was not allowed.
 */
#define SECRET_LEN     32
#define SECRET_WRAPPED 40

struct secret_key;

/* Each makes a new secret in ${*out}; the caller ends it by secret_free(). */
enum status secret_new(
    const uint8_t bytes[SECRET_LEN], struct secret_key **out) MUST_CHECK;
enum status secret_random(struct secret_key **out) MUST_CHECK;

/*
 * HKDF-Expand (RFC 5869) of ${from}; its info is ${label}, a zero byte and
 * the ${len} bytes of ${info}, 256 bytes in all at most.
 */
enum status secret_derive(const struct secret_key *from, const char *label,
    const void *info, size_t len, struct secret_key **out) MUST_CHECK;

/* Argon2id; ST_INVALID for costs that the RFC does not allow. */
enum status secret_from_passphrase(const void *passphrase, size_t len,
    const void *salt, size_t salt_len, const struct argon2_cost *cost,
    struct secret_key **out) MUST_CHECK;

/* AES-256 key wrap (RFC 3394).  Unwrapping what was not wrapped by ${kek}, or
 * was changed since, is ST_INTEGRITY. */
enum status secret_wrap(const struct secret_key *kek,
    const struct secret_key *key, uint8_t out[SECRET_WRAPPED]) MUST_CHECK;
enum status secret_unwrap(const struct secret_key *kek,
    const uint8_t wrapped[SECRET_WRAPPED], struct secret_key **out) MUST_CHECK;

/* The ${SECRET_LEN} bytes; they belong to ${key}. */
const uint8_t *secret_bytes(const struct secret_key *key);

void secret_free(struct secret_key *key);

/* 1 where the bytes are equal; its time depends on ${len} only. */
int secret_equal(const void *a, const void *b, size_t len);

#endif /* !CRYPTO_SECRET_H */
