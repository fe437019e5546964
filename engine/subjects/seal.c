/* Names of subjects: nonce, tag, and the name sealed with AES-256-OCB. */
#include "engine/subjects/seal.h"

#include <string.h>

#include "engine/crypto/aead.h"
#include "engine/crypto/random.h"
#include "engine/crypto/secret.h"

#define HEAD ((size_t)AEAD_NONCE + AEAD_TAG)

/* The key for one use; the caller frees. */
static enum status derive(
    const struct keyring *k, const char *use, struct secret_key **out)
{
	struct keyring_key key;

	if (keyring_find(k, SEAL_KEY, &key) != ST_OK)
		return fail(ST_CRYPTO,
		    "the keyring has no key for subjects: run `lethe init`, or "
		    "restore the keyring from a backup");
	return secret_derive(key.secret, use, "", 0, out);
}

enum status seal_lookup(
    const struct keyring *k, const struct buf *name, uint8_t out[SHA256_LEN])
{
	struct secret_key *key = NULL;
	enum status st = derive(k, "subject lookup", &key);

	if (st == ST_OK)
		st = hmac_sha256(
		    secret_bytes(key), SECRET_LEN, name->data, name->len, out);
	secret_free(key);
	return st;
}

static enum status cipher(const struct keyring *k, struct aead **out)
{
	struct secret_key *key = NULL;
	enum status st = derive(k, "subject seal", &key);

	if (st == ST_OK)
		st = aead_new(AEAD_AES256_OCB, key, out);
	secret_free(key);
	return st;
}

enum status seal_close(const struct keyring *k,
    const uint8_t lookup[SHA256_LEN], const struct buf *name, struct buf *out)
{
	uint8_t head[HEAD] = { 0 }, *at;
	struct aead *a = NULL;
	enum status st;

	buf_add(out, head, HEAD);
	buf_add(out, name->data, name->len);
	st = buf_status(out);
	if (st == ST_OK)
		st = cipher(k, &a);
	if (st == ST_OK)
		st = random_bytes(head, AEAD_NONCE);
	if (st == ST_OK) {
		at = (uint8_t *)out->data + HEAD;
		st = aead_seal(a, head, lookup, SHA256_LEN, at, at, name->len,
		    head + AEAD_NONCE);
		memcpy(out->data, head, HEAD);
	}
	aead_free(a);
	return st;
}

enum status seal_open(const struct keyring *k, struct val lookup,
    struct val sealed, struct buf *out)
{
	const uint8_t *head = sealed.p;
	size_t from = out->len, n;
	struct aead *a = NULL;
	enum status st;

	if (sealed.n < HEAD || lookup.n != SHA256_LEN)
		return fail(ST_INTEGRITY, "control: a subject was changed");
	n = sealed.n - HEAD;
	buf_add(out, head + HEAD, n);
	st = buf_status(out);
	if (st == ST_OK)
		st = cipher(k, &a);
	if (st == ST_OK)
		st = aead_open(a, head, lookup.p, lookup.n, head + HEAD,
		    out->data + from, n, head + AEAD_NONCE);
	aead_free(a);
	return st;
}
