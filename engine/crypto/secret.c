/* Secrets: locked memory, derivation, wrapping. */
#include "engine/crypto/secret.h"

#include <string.h>

#include "engine/crypto/gcry.h"
#include "engine/crypto/hash.h"
#include "engine/crypto/random.h"

struct secret_key {
	uint8_t bytes[SECRET_LEN];
};

static enum status make(struct secret_key **out)
{
	if ((*out = gcry_calloc_secure(1, sizeof(**out))) == NULL)
		return fail(ST_NOMEM, "out of memory for a key");
	return ST_OK;
}

void secret_free(struct secret_key *key)
{
	if (key == NULL)
		return;
	explicit_bzero(key->bytes, sizeof(key->bytes));
	gcry_free(key);
}

/* Hand ${key} out where it was made well, else free it. */
static enum status give(
    enum status st, struct secret_key *key, struct secret_key **out)
{
	if (st == ST_OK)
		*out = key;
	else
		secret_free(key);
	return st;
}

enum status secret_new(const uint8_t bytes[SECRET_LEN], struct secret_key **out)
{
	struct secret_key *key;
	enum status st;

	if ((st = make(&key)) != ST_OK)
		return st;
	memcpy(key->bytes, bytes, SECRET_LEN);
	*out = key;
	return ST_OK;
}

enum status secret_random(struct secret_key **out)
{
	struct secret_key *key;
	enum status st;

	if ((st = make(&key)) != ST_OK)
		return st;
	return give(random_bytes(key->bytes, SECRET_LEN), key, out);
}

enum status secret_derive(const struct secret_key *from, const char *label,
    const void *info, size_t len, struct secret_key **out)
{
	size_t n = strlen(label) + 1;
	struct secret_key *key;
	uint8_t context[256];
	enum status st;

	if (n > sizeof(context) || len > sizeof(context) - n)
		return fail(ST_LIMIT, "key derivation: context too long");
	memcpy(context, label, n);
	if (len > 0)
		memcpy(context + n, info, len);
	if ((st = make(&key)) != ST_OK)
		return st;
	st = hkdf_expand(from->bytes, context, n + len, key->bytes);
	return give(st, key, out);
}

enum status secret_from_passphrase(const void *passphrase, size_t len,
    const void *salt, size_t salt_len, const struct argon2_cost *cost,
    struct secret_key **out)
{
	const struct argon2_input in = {
		.password = passphrase,
		.password_len = len,
		.salt = salt,
		.salt_len = salt_len,
	};
	struct secret_key *key;
	enum status st;

	if ((st = make(&key)) != ST_OK)
		return st;
	return give(argon2id(&in, cost, key->bytes, SECRET_LEN), key, out);
}

static enum status wrapper(const struct secret_key *kek, gcry_cipher_hd_t *out)
{
	gcry_error_t e;

	e = gcry_cipher_open(out, GCRY_CIPHER_AES256, GCRY_CIPHER_MODE_AESWRAP,
	    GCRY_CIPHER_SECURE);
	if (e != 0)
		return gcry_status("AES key wrap", e);
	if ((e = gcry_cipher_setkey(*out, kek->bytes, SECRET_LEN)) != 0)
		gcry_cipher_close(*out);
	return gcry_status("AES key wrap", e);
}

enum status secret_wrap(const struct secret_key *kek,
    const struct secret_key *key, uint8_t out[SECRET_WRAPPED])
{
	uint8_t wrapped[SECRET_WRAPPED];
	gcry_cipher_hd_t h;
	enum status st;
	gcry_error_t e;

	if ((st = wrapper(kek, &h)) != ST_OK)
		return st;
	e = gcry_cipher_encrypt(
	    h, wrapped, SECRET_WRAPPED, key->bytes, SECRET_LEN);
	gcry_cipher_close(h);
	if (e == 0)
		memcpy(out, wrapped, SECRET_WRAPPED);
	return gcry_status("AES key wrap", e);
}

enum status secret_unwrap(const struct secret_key *kek,
    const uint8_t wrapped[SECRET_WRAPPED], struct secret_key **out)
{
	struct secret_key *key;
	gcry_cipher_hd_t h;
	enum status st;
	gcry_error_t e;

	if ((st = wrapper(kek, &h)) != ST_OK)
		return st;
	if ((st = make(&key)) == ST_OK) {
		e = gcry_cipher_decrypt(
		    h, key->bytes, SECRET_LEN, wrapped, SECRET_WRAPPED);
		if (gcry_err_code(e) == GPG_ERR_CHECKSUM)
			st = fail(ST_INTEGRITY,
			    "a wrapped key does not open: the key is wrong or "
			    "the wrapped key was changed");
		else
			st = gcry_status("AES key wrap", e);
		st = give(st, key, out);
	}
	gcry_cipher_close(h);
	return st;
}

const uint8_t *secret_bytes(const struct secret_key *key) { return key->bytes; }

int secret_equal(const void *a, const void *b, size_t len)
{
	const volatile uint8_t *p = a, *q = b;
	unsigned int differ = 0;

	for (size_t i = 0; i < len; i++)
		differ |= (unsigned int)(p[i] ^ q[i]);
	return differ == 0;
}
