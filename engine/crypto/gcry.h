#ifndef CRYPTO_GCRY_H
#define CRYPTO_GCRY_H

#include <gcrypt.h>

#include "engine/base/status.h"

/* Inside this layer only: what libgcrypt said, as a status. */
enum status gcry_status(const char *what, gcry_error_t e) MUST_CHECK;

#endif /* !CRYPTO_GCRY_H */
