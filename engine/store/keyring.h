#ifndef STORE_KEYRING_H
#define STORE_KEYRING_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/status.h"
#include "engine/crypto/aead.h"
#include "engine/crypto/secret.h"

/*
 * One random 256-bit key for each store, wrapped (RFC 3394) by the
 * key-encryption key, in one small file under the data folder.  The
 * key-encryption key comes from a key file, or from a passphrase by Argon2id.
 * Destroying a wrapped key is how a store dies in its backups as well.
 */
struct keyring;

enum keyring_source { KEYRING_KEY_FILE, KEYRING_PASSPHRASE_FILE };
struct keyring_unlock {
	enum keyring_source source;
	const char *path;
};

/*
 * Write a new key file (64 hexadecimal digits and a newline, mode 0600);
 * ST_CONFLICT where one stands: a key is never overwritten.
 */
enum status keyring_new_key_file(const char *path) MUST_CHECK;

/* Make an empty keyring at ${path}; ST_CONFLICT where one stands. */
enum status keyring_create(const char *path, const struct keyring_unlock *u,
    struct keyring **out) MUST_CHECK;

/*
 * Open it.  ST_NOTFOUND: no keyring here.  ST_DENIED: key or passphrase file
 * readable by others than its owner.  ST_INTEGRITY: the key is wrong, or the
 * file was changed.
 */
enum status keyring_open(const char *path, const struct keyring_unlock *u,
    struct keyring **out) MUST_CHECK;
/*
 * The keyring ${k} for another thread, from its file as it is now: a keyring
 * belongs to one thread at a time, and other keyrings on the same file are to
 * it what other processes are.  Asks for no key and no passphrase.
 */
enum status keyring_again(
    const struct keyring *k, struct keyring **out) MUST_CHECK;
void keyring_free(struct keyring *k);

/* Take over the keys that other processes added or destroyed since. */
enum status keyring_refresh(struct keyring *k) MUST_CHECK;

struct keyring_key {
	uint8_t id[16]; /* binds files to their store */
	enum aead_algorithm algorithm;
	const struct secret_key *secret; /* the keyring's, while it has it */
};
/* The key called ${name} ("store/crm", "control", "audit"). */
enum status keyring_find(const struct keyring *k, const char *name,
    struct keyring_key *out) MUST_CHECK;
/* What the ${i}th key is called, in no order; NULL: there are no more. */
const char *keyring_name(const struct keyring *k, size_t i);
/* Make one and write the keyring durably; ST_CONFLICT where one exists. */
enum status keyring_add(struct keyring *k, const char *name,
    enum aead_algorithm algorithm) MUST_CHECK;
/* Forget one and write the keyring durably: what it sealed is gone. */
enum status keyring_destroy(struct keyring *k, const char *name) MUST_CHECK;
/* The same of many at once, of those that it has. */
enum status keyring_destroy_all(
    struct keyring *k, const char *const *names, size_t count) MUST_CHECK;

#endif /* !STORE_KEYRING_H */
