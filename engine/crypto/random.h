#ifndef CRYPTO_RANDOM_H
#define CRYPTO_RANDOM_H

#include <stddef.h>

#include "engine/base/status.h"

/* Bytes for keys, salts and tokens, straight from the kernel. */
enum status random_bytes(void *out, size_t len) MUST_CHECK;

/*
 * Bytes for nonces: as good, from a small pool of this thread, because a
 * system call for each page costs as much as its encryption.  No two calls of
 * any process give the same bytes out twice, fork() included.  At most 480.
 */
enum status random_nonce(void *out, size_t len) MUST_CHECK;

#endif /* !CRYPTO_RANDOM_H */
