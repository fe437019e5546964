/*
 * Ed25519 over libgcrypt, with the checks that it leaves out: version 1.10
 * accepts S + L in place of S, and aborts the process over small y.
 */
#include "engine/crypto/ed25519.h"

#include <string.h>

#include "engine/crypto/gcry.h"

/* Little-endian, as in signatures and keys. */
static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12,
	0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10 };
static const uint8_t prime[32] = { 0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0x7f };
/* y of the points of order 2 and 8; those of order 1 and 4 are 1 and 0. */
static const uint8_t small_order[][32] = {
	{ 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f },
	{ 0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
	    0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
	    0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05 },
	{ 0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
	    0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
	    0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a },
};

/* ${a} < ${b}; nothing here is secret. */
static int is_below(const uint8_t a[32], const uint8_t b[32])
{
	size_t i;

	for (i = 32; i-- > 0;)
		if (a[i] != b[i])
			return a[i] < b[i];
	return 0;
}

enum status ed25519_public(
    const struct secret_key *seed, uint8_t out[ED25519_PUBLIC])
{
	gcry_sexp_t params = NULL;
	gcry_ctx_t curve = NULL;
	gcry_mpi_t q = NULL;
	const uint8_t *bytes;
	unsigned int bits = 0;
	gcry_error_t e;

	e = gcry_sexp_build(&params, NULL,
	    "(private-key (ecc (curve Ed25519) (flags eddsa) (d %b)))",
	    SECRET_LEN, secret_bytes(seed));
	if (e == 0)
		e = gcry_mpi_ec_new(&curve, params, NULL);
	if (e == 0 && (q = gcry_mpi_ec_get_mpi("q@eddsa", curve, 1)) == NULL)
		e = gcry_error(GPG_ERR_ENOMEM);
	if (e == 0) {
		bytes = gcry_mpi_get_opaque(q, &bits);
		if (bits == ED25519_PUBLIC * 8)
			memcpy(out, bytes, ED25519_PUBLIC);
		else
			e = gcry_error(GPG_ERR_BAD_PUBKEY);
	}
	gcry_mpi_release(q);
	gcry_ctx_release(curve);
	gcry_sexp_release(params);
	return gcry_status("Ed25519", e);
}

static gcry_error_t build_message(
    const void *message, size_t len, gcry_sexp_t *out)
{
	if (len > INT32_MAX)
		return gcry_error(GPG_ERR_TOO_LARGE);
	return gcry_sexp_build(out, NULL,
	    "(data (flags eddsa) (hash-algo sha512) (value %b))", (int)len,
	    message);
}

/* The 32 bytes of ${name} in a signature. */
static gcry_error_t take_part(gcry_sexp_t sig, const char *name, uint8_t *out)
{
	gcry_sexp_t part = gcry_sexp_find_token(sig, name, 0);
	const char *bytes;
	size_t n = 0;

	bytes = part ? gcry_sexp_nth_data(part, 1, &n) : NULL;
	if (bytes && n == 32)
		memcpy(out, bytes, 32);
	gcry_sexp_release(part);
	return bytes && n == 32 ? 0 : gcry_error(GPG_ERR_BAD_SIGNATURE);
}

enum status ed25519_sign(const struct secret_key *seed, const void *message,
    size_t len, uint8_t out[ED25519_SIGNATURE])
{
	gcry_sexp_t key = NULL, data = NULL, sig = NULL;
	uint8_t public[ED25519_PUBLIC], made[ED25519_SIGNATURE];
	enum status st;
	gcry_error_t e;

	if ((st = ed25519_public(seed, public)) != ST_OK)
		return st;
	e = gcry_sexp_build(&key, NULL,
	    "(private-key (ecc (curve Ed25519) (flags eddsa) (q %b) (d %b)))",
	    ED25519_PUBLIC, public, SECRET_LEN, secret_bytes(seed));
	if (e == 0)
		e = build_message(message, len, &data);
	if (e == 0)
		e = gcry_pk_sign(&sig, data, key);
	if (e == 0)
		e = take_part(sig, "r", made);
	if (e == 0)
		e = take_part(sig, "s", made + 32);
	if (e == 0)
		memcpy(out, made, sizeof(made));
	gcry_sexp_release(sig);
	gcry_sexp_release(data);
	gcry_sexp_release(key);
	return gcry_status("Ed25519 signature", e);
}

/* Does the curve have a point of this encoding?  libgcrypt 1.10 decodes one
 * from any y, so that the equation is asked. */
static enum status check_on_curve(const uint8_t public[ED25519_PUBLIC])
{
	gcry_mpi_point_t point = gcry_mpi_point_new(0);
	gcry_ctx_t curve = NULL;
	gcry_mpi_t q;
	gcry_error_t e;

	q = gcry_mpi_set_opaque_copy(NULL, public, ED25519_PUBLIC * 8);
	e = gcry_mpi_ec_new(&curve, NULL, "Ed25519");
	if (e == 0 && q == NULL)
		e = gcry_error(GPG_ERR_ENOMEM);
	if (e == 0)
		e = gcry_mpi_ec_decode_point(point, q, curve);
	if (e == 0 && !gcry_mpi_ec_curve_point(point, curve))
		e = gcry_error(GPG_ERR_BAD_PUBKEY);
	gcry_mpi_release(q);
	gcry_mpi_point_release(point);
	gcry_ctx_release(curve);
	if (gcry_err_code(e) == GPG_ERR_ENOMEM)
		return gcry_status("Ed25519", e);
	return e ? fail(ST_INVALID, "not an Ed25519 key: no point of the curve")
		 : ST_OK;
}

enum status ed25519_check_public(const uint8_t public[ED25519_PUBLIC])
{
	static const uint8_t zeros[8];
	uint8_t y[32];
	size_t i;

	memcpy(y, public, sizeof(y));
	y[31] &= 0x7f; /* the sign of x */
	if (!is_below(y, prime))
		return fail(ST_INVALID,
		    "not an Ed25519 key: its number is not in the field");
	if (memcmp(y + 24, zeros, sizeof(zeros)) == 0)
		return fail(ST_INVALID,
		    "not an Ed25519 key that anybody drew: y is below 2^192");
	for (i = 0; i < sizeof(small_order) / sizeof(*small_order); i++)
		if (memcmp(y, small_order[i], sizeof(y)) == 0)
			return fail(ST_INVALID,
			    "not an Ed25519 key: a point of small order");
	return check_on_curve(public);
}

enum status ed25519_verify(const uint8_t public[ED25519_PUBLIC],
    const void *message, size_t len, const uint8_t signature[ED25519_SIGNATURE])
{
	gcry_sexp_t key = NULL, data = NULL, sig = NULL;
	enum status st;
	gcry_error_t e;

	if ((st = ed25519_check_public(public)) != ST_OK)
		return st;
	if (!is_below(signature + 32, order))
		return fail(ST_INTEGRITY, "the signature is not valid");
	e = gcry_sexp_build(&key, NULL,
	    "(public-key (ecc (curve Ed25519) (flags eddsa) (q %b)))",
	    ED25519_PUBLIC, public);
	if (e == 0)
		e = build_message(message, len, &data);
	if (e == 0)
		e = gcry_sexp_build(&sig, NULL,
		    "(sig-val (eddsa (r %b) (s %b)))", 32, signature, 32,
		    signature + 32);
	if (e == 0 && (e = gcry_pk_verify(sig, data, key)) != 0 &&
	    gcry_err_code(e) != GPG_ERR_ENOMEM) {
		st = fail(ST_INTEGRITY, "the signature is not valid");
		e = 0;
	}
	gcry_sexp_release(sig);
	gcry_sexp_release(data);
	gcry_sexp_release(key);
	return e ? gcry_status("Ed25519 signature", e) : st;
}
