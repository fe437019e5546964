/* Sealing one page: nonce, epoch, tag, and what it is bound to. */
#include <string.h>

#include "engine/crypto/random.h"
#include "engine/store/vfs_internal.h"

#define NONCE_AT 0
#define EPOCH_AT 15
#define TAG_AT   16

enum status vfs_subkey(const struct vfs_key *key, enum vfs_kind kind,
    const char *label, struct secret_key **out)
{
	uint8_t info[18];

	memcpy(info, key->store_id, 16);
	info[16] = (uint8_t)kind;
	info[17] = (uint8_t)key->alg;
	return secret_derive(key->secret, label, info, sizeof(info), out);
}

enum status vfs_sealer_init(
    struct vfs_sealer *s, const struct vfs_key *key, enum vfs_kind kind)
{
	enum aead_algorithm alg = key ? key->alg : AEAD_AES256_OCB;
	struct secret_key *page_key;
	enum status st;

	memset(s, 0, sizeof(*s));
	if (key)
		st = vfs_subkey(key, kind, "lethe page", &page_key);
	else
		st = secret_random(&page_key);
	if (st != ST_OK)
		return st;
	st = aead_new(alg, page_key, &s->aead);
	secret_free(page_key);
	if (key)
		memcpy(s->aad, key->store_id, 16);
	s->aad[16] = (uint8_t)kind;
	s->aad[17] = VFS_EPOCH;
	s->data_len = kind == VFS_TEMP ? VFS_PAGE : VFS_PAGE - VFS_RESERVE;
	return st;
}

enum status vfs_mask_new(
    const struct vfs_key *key, enum vfs_kind kind, struct tweak **out)
{
	struct secret_key *a = NULL, *b = NULL;
	enum status st;

	if ((st = vfs_subkey(key, kind, "lethe mask", &a)) == ST_OK &&
	    (st = vfs_subkey(key, kind, "lethe mask tweak", &b)) == ST_OK)
		st = tweak_new(a, b, out);
	secret_free(a);
	secret_free(b);
	return st;
}

void vfs_sealer_release(struct vfs_sealer *s)
{
	aead_free(s->aead);
	s->aead = NULL;
}

static void bind_place(struct vfs_sealer *s, const struct vfs_place *at)
{
	uint64_t offset = (uint64_t)at->offset;

	for (int i = 0; i < 6; i++)
		s->aad[18 + i] = (uint8_t)(offset >> (40 - 8 * i));
	vfs_put32(s->aad + 24, at->pgno);
	vfs_put32(s->aad + 28, at->size);
}

enum status vfs_seal(struct vfs_sealer *s, const struct vfs_place *at,
    const uint8_t *in, uint8_t *out)
{
	uint8_t *trailer = out + s->data_len;
	enum status st;

	if ((st = random_nonce(trailer + NONCE_AT, AEAD_NONCE)) != ST_OK)
		return st;
	trailer[EPOCH_AT] = VFS_EPOCH;
	bind_place(s, at);
	return aead_seal(s->aead, trailer + NONCE_AT, s->aad, VFS_AAD, in, out,
	    s->data_len, trailer + TAG_AT);
}

enum status vfs_unseal(struct vfs_sealer *s, const struct vfs_place *at,
    const uint8_t *in, uint8_t *out)
{
	uint8_t trailer[VFS_RESERVE];
	enum status st = ST_INTEGRITY;

	memcpy(trailer, in + s->data_len, VFS_RESERVE);
	memset(out + s->data_len, 0, VFS_RESERVE);
	bind_place(s, at);
	if (trailer[EPOCH_AT] == VFS_EPOCH)
		st = aead_open(s->aead, trailer + NONCE_AT, s->aad, VFS_AAD, in,
		    out, s->data_len, trailer + TAG_AT);
	else
		memset(out, 0, s->data_len);
	return st;
}

int vfs_code(enum status st, int other)
{
	if (st == ST_OK)
		return SQLITE_OK;
	if (st == ST_INTEGRITY)
		return SQLITE_IOERR_DATA;
	return st == ST_NOMEM ? SQLITE_IOERR_NOMEM : other;
}

const char *vfs_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}
