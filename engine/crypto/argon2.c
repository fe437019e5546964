/* Argon2id through libgcrypt's key derivation interface. */
#include "engine/crypto/argon2.h"

#include <string.h>

#include "engine/crypto/gcry.h"

/* RFC 9106, section 3.1.  The bounds are ours where they are tighter: costs
 * come from files, and must not be able to eat the machine. */
static int allowed(const struct argon2_input *in, const struct argon2_cost *c)
{
	return c->passes >= 1 && c->passes <= 1000 && c->lanes >= 1 &&
	       c->lanes <= 64 && c->kib >= 8 * c->lanes &&
	       c->kib <= (4U << 20) && in->salt_len >= 8;
}

enum status argon2id(const struct argon2_input *in,
    const struct argon2_cost *cost, uint8_t *out, size_t len)
{
	const unsigned long param[4] = { len, cost->passes, cost->kib,
		cost->lanes };
	gcry_kdf_hd_t h;
	gcry_error_t e;

	if (!allowed(in, cost) || len < 4 || len > 1024)
		return fail(ST_INVALID,
		    "Argon2id: %u passes, %u KiB, %u lanes are out of range",
		    cost->passes, cost->kib, cost->lanes);
	e = gcry_kdf_open(&h, GCRY_KDF_ARGON2, GCRY_KDF_ARGON2ID, param, 4,
	    in->password, in->password_len, in->salt, in->salt_len, in->secret,
	    in->secret_len, in->data, in->data_len);
	if (e != 0)
		return gcry_status("Argon2id", e);
	if ((e = gcry_kdf_compute(h, NULL)) == 0)
		e = gcry_kdf_final(h, len, out);
	gcry_kdf_close(h);
	return gcry_status("Argon2id", e);
}
