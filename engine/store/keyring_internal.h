#ifndef STORE_KEYRING_INTERNAL_H
#define STORE_KEYRING_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/buf.h"
#include "engine/crypto/argon2.h"
#include "engine/crypto/hash.h"
#include "engine/store/keyring.h"

/* Shared by keyring*.c and their tests; nobody else. */

/*
 * The file is text, so that a person can see what it holds:
 *
 *	lethe-keyring 1
 *	kdf argon2id 3 65536 4     passes, KiB, lanes; "kdf none": a key file
 *	salt <32 hexadecimal digits>
 *	check <32>                 tells a wrong key from a changed file
 *	key <name> <cipher> <id, 32> <wrapped key, 80>
 *	mac <64>                   HMAC-SHA-256 over every byte before
 *
 * Three keys are derived from the key-encryption key and the salt: one wraps
 * keys, one is for the mac, one is public and is what "check" begins with.
 */
#define KEYRING_SALT  16
#define KEYRING_CHECK 16
#define KEYRING_NAME  255               /* longest name */
#define KEYRING_MOST  ((size_t)8 << 20) /* longest file: 30,000 keys */

struct keyring_entry {
	char *name;
	enum aead_algorithm algorithm;
	uint8_t id[16];
	uint8_t wrapped[SECRET_WRAPPED];
	struct secret_key *secret; /* NULL until it is unwrapped */
};

struct keyring_file {
	enum keyring_source source;
	struct argon2_cost cost; /* of a passphrase */
	uint8_t salt[KEYRING_SALT];
	uint8_t check[KEYRING_CHECK];
	struct keyring_entry *entries;
	size_t count;
	size_t covered; /* bytes before the line of the mac */
	uint8_t mac[SHA256_LEN];
};

/* ${path} is for messages.  ST_INTEGRITY for what was never written so. */
enum status keyring_file_parse(const char *path, const char *text, size_t len,
    struct keyring_file *out) MUST_CHECK;
/* All but the line of the mac, and that line. */
void keyring_file_add(const struct keyring_file *f, struct buf *out);
void keyring_file_add_mac(const uint8_t mac[SHA256_LEN], struct buf *out);

/* ${n} bytes from twice as many digits 0-9 and a-f; 0 where they are none. */
int keyring_hex(const char *text, uint8_t *out, size_t n);

struct keyring_entry *keyring_file_find(
    const struct keyring_file *f, const char *name);
/* One more, with a copy of ${name}; NULL when out of memory. */
struct keyring_entry *keyring_file_append(
    struct keyring_file *f, const char *name);
void keyring_file_remove(struct keyring_file *f, struct keyring_entry *e);
void keyring_file_release(struct keyring_file *f);

/* The key-encryption key, from where ${u} says; ${f} has salt and costs. */
enum status keyring_unlock(const struct keyring_unlock *u,
    const struct keyring_file *f, struct secret_key **out) MUST_CHECK;

#endif /* !STORE_KEYRING_INTERNAL_H */
