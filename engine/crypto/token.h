#ifndef CRYPTO_TOKEN_H
#define CRYPTO_TOKEN_H

#include "engine/base/status.h"
#include "engine/crypto/hash.h"

/*
 * Secrets that somebody hands in to be let in: 256 bits from the kernel, as 64
 * hexadecimal digits.  Only their hash is kept, in two halves: the first, the
 * selector, finds the row by an index, of which time may tell; the other one,
 * the proof, decides, in constant time.
 */
#define TOKEN_TEXT 65
#define TOKEN_HALF (SHA256_LEN / 2)

struct token_hash {
	uint8_t selector[TOKEN_HALF];
	uint8_t proof[TOKEN_HALF];
};

enum status token_new(char out[TOKEN_TEXT]) MUST_CHECK;
void token_hash(const char *text, struct token_hash *out);
/* 1 where the ${len} bytes of ${kept} are the proof of ${h}. */
int token_proves(const struct token_hash *h, const void *kept, size_t len);

#endif /* !CRYPTO_TOKEN_H */
