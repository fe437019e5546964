#ifndef MODEL_UTF8_H
#define MODEL_UTF8_H

#include <stddef.h>

#include "engine/model/diag.h"

/*
 * 1 if the bytes are UTF-8 (RFC 3629) made of characters that YAML allows;
 * else 0, and an error in ${d} with the place of the first that is not.
 */
int utf8_check(struct diag *d, const char *file, const char *bytes, size_t len);

#endif /* !MODEL_UTF8_H */
