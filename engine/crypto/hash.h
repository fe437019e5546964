#ifndef CRYPTO_HASH_H
#define CRYPTO_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/status.h"

#define SHA256_LEN 32

void sha256(const void *data, size_t len, uint8_t out[SHA256_LEN]);

/* The same as 64 hexadecimal digits and a NUL. */
#define SHA256_TEXT 65
void sha256_hex(const void *data, size_t len, char out[SHA256_TEXT]);

/* Of ${a} followed by ${b}, without putting them together first. */
void sha256_both(const void *a, size_t a_len, const void *b, size_t b_len,
    uint8_t out[SHA256_LEN]);

/* The same in pieces.  sha256_end() may be followed by another message. */
struct sha256;
enum status sha256_new(struct sha256 **out) MUST_CHECK;
void sha256_add(struct sha256 *h, const void *data, size_t len);
void sha256_end(struct sha256 *h, uint8_t out[SHA256_LEN]);
void sha256_free(struct sha256 *h);

/* RFC 2104 with any of these; ${*out_len} gets 20, 32 or 64. */
enum hmac_hash { HMAC_SHA1, HMAC_SHA256, HMAC_SHA512 };
#define HMAC_MAX 64
enum status hmac_any(enum hmac_hash hash, const void *key, size_t key_len,
    const void *data, size_t len, uint8_t out[HMAC_MAX],
    size_t *out_len) MUST_CHECK;

enum status hmac_sha256(const void *key, size_t key_len, const void *data,
    size_t len, uint8_t out[SHA256_LEN]) MUST_CHECK;

/*
 * HKDF-Expand of RFC 5869 (2.3) for one block: ${prk} is already a uniform
 * key (3.3), which ours are.  At most 256 bytes of ${info}.
 */
enum status hkdf_expand(const uint8_t prk[32], const void *info, size_t len,
    uint8_t out[SHA256_LEN]) MUST_CHECK;

#endif /* !CRYPTO_HASH_H */
