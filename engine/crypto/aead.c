/* Authenticated encryption: one libgcrypt context for each key, set up once. */
#include "engine/crypto/aead.h"

#include <stdlib.h>
#include <string.h>

#include "engine/crypto/gcry.h"

struct aead {
	gcry_cipher_hd_t h;
	size_t nonce_len;
};

static const struct {
	const char *name;
	int cipher, mode;
	size_t nonce_len;
} kinds[AEAD__MAX] = {
	[AEAD_AES256_OCB] = { "AES-256-OCB", GCRY_CIPHER_AES256,
	    GCRY_CIPHER_MODE_OCB, 15 },
	[AEAD_AES256_GCM] = { "AES-256-GCM", GCRY_CIPHER_AES256,
	    GCRY_CIPHER_MODE_GCM, 12 },
	[AEAD_CHACHA20_POLY1305] = { "ChaCha20-Poly1305", GCRY_CIPHER_CHACHA20,
	    GCRY_CIPHER_MODE_POLY1305, 12 },
};

const char *aead_name(enum aead_algorithm alg)
{
	return (unsigned int)alg < AEAD__MAX ? kinds[alg].name : NULL;
}

enum status aead_new(
    enum aead_algorithm alg, const struct secret_key *key, struct aead **out)
{
	struct aead *a;
	gcry_error_t e;

	if (aead_name(alg) == NULL)
		return fail(ST_INVALID, "%d is not a known cipher", (int)alg);
	if ((a = calloc(1, sizeof(*a))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	a->nonce_len = kinds[alg].nonce_len;
	/* SECURE: the key schedule stays in locked memory. */
	e = gcry_cipher_open(
	    &a->h, kinds[alg].cipher, kinds[alg].mode, GCRY_CIPHER_SECURE);
	if (e == 0)
		e = gcry_cipher_setkey(a->h, secret_bytes(key), SECRET_LEN);
	if (e != 0) {
		aead_free(a);
		return gcry_status(kinds[alg].name, e);
	}
	*out = a;
	return ST_OK;
}

void aead_free(struct aead *a)
{
	if (a)
		gcry_cipher_close(a->h);
	free(a);
}

/* Nonce and associated data; what comes next is the whole message. */
static gcry_error_t begin(
    struct aead *a, const uint8_t *nonce, const void *aad, size_t aad_len)
{
	gcry_error_t e;

	if ((e = gcry_cipher_setiv(a->h, nonce, a->nonce_len)) != 0 ||
	    (e = gcry_cipher_authenticate(a->h, aad, aad_len)) != 0)
		return e;
	return gcry_cipher_final(a->h);
}

enum status aead_seal(struct aead *a, const uint8_t nonce[AEAD_NONCE],
    const void *aad, size_t aad_len, const void *in, void *out, size_t n,
    uint8_t tag[AEAD_TAG])
{
	gcry_error_t e;

	if ((e = begin(a, nonce, aad, aad_len)) != 0)
		return gcry_status("encrypt", e);
	if (in == out)
		e = gcry_cipher_encrypt(a->h, out, n, NULL, 0);
	else
		e = gcry_cipher_encrypt(a->h, out, n, in, n);
	if (e == 0)
		e = gcry_cipher_gettag(a->h, tag, AEAD_TAG);
	return gcry_status("encrypt", e);
}

enum status aead_open(struct aead *a, const uint8_t nonce[AEAD_NONCE],
    const void *aad, size_t aad_len, const void *in, void *out, size_t n,
    const uint8_t tag[AEAD_TAG])
{
	gcry_error_t e;

	if ((e = begin(a, nonce, aad, aad_len)) != 0)
		return gcry_status("decrypt", e);
	if (in == out)
		e = gcry_cipher_decrypt(a->h, out, n, NULL, 0);
	else
		e = gcry_cipher_decrypt(a->h, out, n, in, n);
	if (e == 0)
		e = gcry_cipher_checktag(a->h, tag, AEAD_TAG);
	if (e == 0)
		return ST_OK;
	/* Unauthenticated plaintext must not reach anybody. */
	memset(out, 0, n);
	if (gcry_err_code(e) == GPG_ERR_CHECKSUM)
		return fail(ST_INTEGRITY,
		    "cannot be authenticated: it was changed, or the key is "
		    "wrong");
	return gcry_status("decrypt", e);
}
