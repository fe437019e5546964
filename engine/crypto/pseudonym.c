/* AES-256-CMAC: a CBC-MAC whose last block is mixed with a subkey. */
#include "engine/crypto/pseudonym.h"

#include <stdlib.h>
#include <string.h>

#include "engine/crypto/gcry.h"

#define BLOCK PSEUDONYM_LEN

struct pseudonyms {
	gcry_cipher_hd_t h;
	uint8_t whole[BLOCK];  /* K1: for a last block that is full */
	uint8_t padded[BLOCK]; /* K2: for one that had to be padded */
};

/* Multiply by x in GF(2^128) (SP 800-38B, 6.1). */
static void twice(const uint8_t in[BLOCK], uint8_t out[BLOCK])
{
	unsigned int carry = in[0] >> 7;

	for (int i = 0; i < BLOCK - 1; i++)
		out[i] = (uint8_t)(in[i] << 1 | in[i + 1] >> 7);
	out[BLOCK - 1] = (uint8_t)(in[BLOCK - 1] << 1 ^ (carry ? 0x87 : 0));
}

static gcry_error_t restart(gcry_cipher_hd_t h)
{
	static const uint8_t zero[BLOCK];

	return gcry_cipher_setiv(h, zero, BLOCK);
}

static gcry_error_t make_subkeys(struct pseudonyms *p)
{
	uint8_t zero[BLOCK] = { 0 }, l[BLOCK];
	gcry_error_t e;

	if ((e = restart(p->h)) == 0 &&
	    (e = gcry_cipher_encrypt(p->h, l, BLOCK, zero, BLOCK)) == 0) {
		twice(l, p->whole);
		twice(p->whole, p->padded);
	}
	explicit_bzero(l, sizeof(l));
	return e;
}

enum status pseudonyms_new(
    const struct secret_key *key, struct pseudonyms **out)
{
	struct pseudonyms *p;
	gcry_error_t e;

	/* The subkeys are secrets too. */
	if ((p = gcry_calloc_secure(1, sizeof(*p))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	e = gcry_cipher_open(&p->h, GCRY_CIPHER_AES256, GCRY_CIPHER_MODE_CBC,
	    GCRY_CIPHER_CBC_MAC | GCRY_CIPHER_SECURE);
	if (e == 0)
		e = gcry_cipher_setkey(p->h, secret_bytes(key), SECRET_LEN);
	if (e == 0)
		e = make_subkeys(p);
	if (e != 0) {
		pseudonyms_free(p);
		return gcry_status("AES-CMAC", e);
	}
	*out = p;
	return ST_OK;
}

void pseudonyms_free(struct pseudonyms *p)
{
	if (p == NULL)
		return;
	gcry_cipher_close(p->h);
	gcry_free(p); /* wipes secure memory */
}

enum status pseudonym_of(struct pseudonyms *p, const void *msg, size_t len,
    uint8_t out[PSEUDONYM_LEN])
{
	size_t head = len == 0 ? 0 : (len - 1) / BLOCK * BLOCK;
	const uint8_t *m = msg, *subkey = p->whole;
	uint8_t last[BLOCK] = { 0 };
	gcry_error_t e;

	if (len > head)
		memcpy(last, m + head, len - head);
	if (len - head < BLOCK) {
		last[len - head] = 0x80;
		subkey = p->padded;
	}
	for (int i = 0; i < BLOCK; i++)
		last[i] ^= subkey[i];
	e = restart(p->h);
	if (e == 0 && head > 0) /* the chain goes on in the context */
		e = gcry_cipher_encrypt(p->h, out, BLOCK, m, head);
	if (e == 0)
		e = gcry_cipher_encrypt(p->h, out, BLOCK, last, BLOCK);
	explicit_bzero(last, sizeof(last));
	return gcry_status("AES-CMAC", e);
}
