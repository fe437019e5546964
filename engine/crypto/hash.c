/* SHA-256 (FIPS 180-4), HMAC (RFC 2104) and HKDF-Expand (RFC 5869). */
#include "engine/crypto/hash.h"

#include <stdlib.h>
#include <string.h>

#include "engine/crypto/gcry.h"

struct sha256 {
	gcry_md_hd_t md;
};

void sha256(const void *data, size_t len, uint8_t out[SHA256_LEN])
{
	gcry_md_hash_buffer(GCRY_MD_SHA256, out, data, len);
}

void sha256_hex(const void *data, size_t len, char out[SHA256_TEXT])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t hash[SHA256_LEN];
	size_t i;

	sha256(data, len, hash);
	for (i = 0; i < sizeof(hash); i++) {
		out[2 * i] = digits[hash[i] >> 4];
		out[2 * i + 1] = digits[hash[i] & 15];
	}
	out[2 * i] = '\0';
}

void sha256_both(const void *a, size_t a_len, const void *b, size_t b_len,
    uint8_t out[SHA256_LEN])
{
	const gcry_buffer_t parts[] = {
		{ .len = a_len, .data = (void *)(uintptr_t)a },
		{ .len = b_len, .data = (void *)(uintptr_t)b },
	};

	/* It fails for algorithms that it does not have. */
	(void)gcry_md_hash_buffers(GCRY_MD_SHA256, 0, out, parts, 2);
}

enum status sha256_new(struct sha256 **out)
{
	struct sha256 *h;
	gcry_error_t e;

	if ((h = calloc(1, sizeof(*h))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	if ((e = gcry_md_open(&h->md, GCRY_MD_SHA256, 0)) != 0) {
		free(h);
		return gcry_status("SHA-256", e);
	}
	*out = h;
	return ST_OK;
}

void sha256_add(struct sha256 *h, const void *data, size_t len)
{
	gcry_md_write(h->md, data, len);
}

void sha256_end(struct sha256 *h, uint8_t out[SHA256_LEN])
{
	memcpy(out, gcry_md_read(h->md, GCRY_MD_SHA256), SHA256_LEN);
	gcry_md_reset(h->md);
}

void sha256_free(struct sha256 *h)
{
	if (h)
		gcry_md_close(h->md);
	free(h);
}

enum status hmac_any(enum hmac_hash hash, const void *key, size_t key_len,
    const void *data, size_t len, uint8_t out[HMAC_MAX], size_t *out_len)
{
	static const enum gcry_md_algos algorithms[] = {
		[HMAC_SHA1] = GCRY_MD_SHA1,
		[HMAC_SHA256] = GCRY_MD_SHA256,
		[HMAC_SHA512] = GCRY_MD_SHA512,
	};
	int algorithm = (int)algorithms[hash];
	gcry_md_hd_t md;
	gcry_error_t e;

	e = gcry_md_open(
	    &md, algorithm, GCRY_MD_FLAG_HMAC | GCRY_MD_FLAG_SECURE);
	if (e != 0)
		return gcry_status("HMAC", e);
	if ((e = gcry_md_setkey(md, key, key_len)) == 0) {
		*out_len = gcry_md_get_algo_dlen(algorithm);
		gcry_md_write(md, data, len);
		memcpy(out, gcry_md_read(md, algorithm), *out_len);
	}
	gcry_md_close(md);
	return gcry_status("HMAC", e);
}

enum status hmac_sha256(const void *key, size_t key_len, const void *data,
    size_t len, uint8_t out[SHA256_LEN])
{
	uint8_t sum[HMAC_MAX];
	size_t n;
	enum status st =
	    hmac_any(HMAC_SHA256, key, key_len, data, len, sum, &n);

	if (st == ST_OK)
		memcpy(out, sum, SHA256_LEN);
	explicit_bzero(sum, sizeof(sum));
	return st;
}

enum status hkdf_expand(const uint8_t prk[32], const void *info, size_t len,
    uint8_t out[SHA256_LEN])
{
	uint8_t block[257];

	if (len > 256)
		return fail(ST_LIMIT, "key derivation: context too long");
	if (len > 0)
		memcpy(block, info, len);
	block[len] = 1; /* the counter of the first and only block */
	return hmac_sha256(prk, 32, block, len + 1, out);
}
