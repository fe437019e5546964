/* Tokens, and what is kept of them. */
#include "engine/crypto/token.h"

#include <stdio.h>
#include <string.h>

#include "engine/crypto/random.h"
#include "engine/crypto/secret.h"

enum status token_new(char out[TOKEN_TEXT])
{
	uint8_t bytes[(TOKEN_TEXT - 1) / 2];
	enum status st = random_bytes(bytes, sizeof(bytes));

	for (size_t i = 0; st == ST_OK && i < sizeof(bytes); i++)
		(void)snprintf(out + 2 * i, 3, "%02x", bytes[i]);
	explicit_bzero(bytes, sizeof(bytes));
	return st;
}

void token_hash(const char *text, struct token_hash *out)
{
	uint8_t hash[SHA256_LEN];

	sha256(text, strlen(text), hash);
	memcpy(out->selector, hash, TOKEN_HALF);
	memcpy(out->proof, hash + TOKEN_HALF, TOKEN_HALF);
}

int token_proves(const struct token_hash *h, const void *kept, size_t len)
{
	return len == TOKEN_HALF && secret_equal(kept, h->proof, TOKEN_HALF);
}
