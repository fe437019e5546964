#ifndef CRYPTO_ARGON2_H
#define CRYPTO_ARGON2_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/status.h"

/* Argon2id (RFC 9106), for passphrases and for people's passwords. */
struct argon2_cost {
	uint32_t passes;
	uint32_t kib;
	uint32_t lanes;
};

/* The RFC's second recommended option (section 4): 64 MiB, about 0.15 s. */
#define ARGON2_DEFAULT                \
	{                             \
		3, UINT32_C(65536), 4 \
	}

struct argon2_input {
	const void *password;
	size_t password_len;
	const void *salt; /* at least 8 bytes */
	size_t salt_len;
	const void *secret; /* a pepper, or NULL */
	size_t secret_len;
	const void *data; /* to bind, or NULL */
	size_t data_len;
};

/* ST_INVALID for costs outside the RFC or over 4 GiB. */
enum status argon2id(const struct argon2_input *in,
    const struct argon2_cost *cost, uint8_t *out, size_t len) MUST_CHECK;

#endif /* !CRYPTO_ARGON2_H */
