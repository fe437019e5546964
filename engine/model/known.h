#ifndef MODEL_KNOWN_H
#define MODEL_KNOWN_H

#include <stddef.h>

#include "engine/model/diag.h"

/* Names that a word of another file has to be one of. */
#define KNOWN_MOST 256
struct known {
	const char *list[KNOWN_MOST + 1]; /* ended by NULL; not owned */
	size_t count;
};
void known_add(struct known *k, const char *name);

/* Report ${name} as no ${what} where it is none of them. */
void known_check(struct diag *d, struct place at, const char *what,
    const struct known *k, const char *name);

#endif /* !MODEL_KNOWN_H */
