#ifndef PACKAGE_SEALED_H
#define PACKAGE_SEALED_H

#include <stdint.h>

#include "engine/base/status.h"
#include "engine/crypto/secret.h"

/*
 * A file whose bytes never stand on the disk as they are: 64 KiB at a time are
 * sealed by AES-256-OCB under a fresh nonce, with the file's key and the place
 * of the piece as associated data.  It is read and written anywhere; of the
 * plaintext one piece is in memory.  Cut off, exchanged or changed pieces are
 * ST_INTEGRITY when they are read; an older state of a piece is the same file's
 * and would open, which is why the final file is written once.
 *
 *	piece N, at N * (31 + 65536):  nonce 15 | tag 16 | ciphertext
 *
 * How packages use it.  A person's records are collected, in the order in which
 * references lead to them, into nameless files of this kind under random keys
 * that exist in locked memory only, and go with the process however it ends.
 * libzip then reads those and writes the archive into another one, whose key
 * the keyring has: so the copy in data_dir is unreadable without the
 * installation's key, is opened piece by piece when it is downloaded, and dies
 * with its key in every backup.  AES inside of the ZIP would not do for this:
 * it shows names and sizes, rests on a passphrase that a person can remember,
 * and cannot be taken back.  It is for the way to the person, on top.
 */
struct sealed;

/* A nameless one in ${folder}, under a key of its own. */
enum status sealed_new(const char *folder, struct sealed **out) MUST_CHECK;
/* The same under ${key} (borrowed); sealed_keep() gives it a name. */
enum status sealed_new_with(const char *folder, const struct secret_key *key,
    struct sealed **out) MUST_CHECK;
/* One that was kept, to read; ${size} is what sealed_size() was. */
enum status sealed_open(const char *path, const struct secret_key *key,
    int64_t size, struct sealed **out) MUST_CHECK;
/* NULL is fine. */
void sealed_free(struct sealed *s);

int64_t sealed_size(const struct sealed *s);
/* ST_FULL, ST_IO where the disk does not take it. */
enum status sealed_write(
    struct sealed *s, int64_t at, const void *data, size_t len) MUST_CHECK;
enum status sealed_append(
    struct sealed *s, const void *data, size_t len) MUST_CHECK;
/* All ${len} bytes; beyond the end is ST_INTEGRITY. */
enum status sealed_read(
    struct sealed *s, int64_t at, void *out, size_t len) MUST_CHECK;

/* Write what is left, durably, and name it ${path}; ST_CONFLICT where
 * something stands there.  Nothing of that name is ever half a file. */
enum status sealed_keep(struct sealed *s, const char *path) MUST_CHECK;

#endif /* !PACKAGE_SEALED_H */
