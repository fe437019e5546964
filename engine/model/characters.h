#ifndef MODEL_CHARACTERS_H
#define MODEL_CHARACTERS_H

#include <stddef.h>

#include "engine/model/diag.h"

/*
 * 1 if the bytes are UTF-8 (RFC 3629) made of characters that YAML allows;
 * else 0, and an error in ${d} with the place of the first that is not.
 */
int characters_check(
    struct diag *d, const char *file, const char *bytes, size_t len);

#endif /* !MODEL_CHARACTERS_H */
