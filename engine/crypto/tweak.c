/* One block of AES-256-XTS at a time. */
#include "engine/crypto/tweak.h"

#include <stdlib.h>
#include <string.h>

#include "engine/crypto/gcry.h"

struct tweak {
	gcry_cipher_hd_t h;
};

enum status tweak_new(const struct secret_key *data_key,
    const struct secret_key *tweak_key, struct tweak **out)
{
	uint8_t both[2 * SECRET_LEN];
	struct tweak *t;
	gcry_error_t e;

	if ((t = calloc(1, sizeof(*t))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	memcpy(both, secret_bytes(data_key), SECRET_LEN);
	memcpy(both + SECRET_LEN, secret_bytes(tweak_key), SECRET_LEN);
	e = gcry_cipher_open(&t->h, GCRY_CIPHER_AES256, GCRY_CIPHER_MODE_XTS,
	    GCRY_CIPHER_SECURE);
	if (e == 0)
		e = gcry_cipher_setkey(t->h, both, sizeof(both));
	explicit_bzero(both, sizeof(both));
	if (e != 0) {
		tweak_free(t);
		return gcry_status("AES-256-XTS", e);
	}
	*out = t;
	return ST_OK;
}

void tweak_free(struct tweak *t)
{
	if (t)
		gcry_cipher_close(t->h);
	free(t);
}

/* The data unit's number, little-endian (IEEE 1619, 5.1). */
static gcry_error_t begin(struct tweak *t, uint64_t place)
{
	uint8_t iv[TWEAK_BLOCK] = { 0 };

	for (int i = 0; i < 8; i++)
		iv[i] = (uint8_t)(place >> (8 * i));
	return gcry_cipher_setiv(t->h, iv, sizeof(iv));
}

enum status tweak_mask(
    struct tweak *t, uint64_t place, uint8_t block[TWEAK_BLOCK])
{
	gcry_error_t e;

	if ((e = begin(t, place)) == 0)
		e = gcry_cipher_encrypt(t->h, block, TWEAK_BLOCK, NULL, 0);
	return gcry_status("mask", e);
}

enum status tweak_unmask(
    struct tweak *t, uint64_t place, uint8_t block[TWEAK_BLOCK])
{
	gcry_error_t e;

	if ((e = begin(t, place)) == 0)
		e = gcry_cipher_decrypt(t->h, block, TWEAK_BLOCK, NULL, 0);
	return gcry_status("unmask", e);
}
