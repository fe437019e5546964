#ifndef CRYPTO_CRYPTO_H
#define CRYPTO_CRYPTO_H

#include "engine/base/status.h"

/*
 * Make the crypto layer ready: library version, secure memory, hand-over.
 * Call it before anything else of this layer; again is free, from any thread.
 * ST_CRYPTO where the library is too old or was set up by somebody else.
 */
enum status crypto_init(void) MUST_CHECK;

#endif /* !CRYPTO_CRYPTO_H */
