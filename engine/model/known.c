/* Names that a word has to be one of. */
#include "engine/model/known.h"

#include <string.h>

#include "engine/model/read.h"

static int among(const struct known *k, const char *name)
{
	for (size_t i = 0; i < k->count; i++)
		if (strcmp(k->list[i], name) == 0)
			return 1;
	/* More than fit: better say nothing than something wrong. */
	return k->count == KNOWN_MOST;
}

void known_add(struct known *k, const char *name)
{
	if (k->count < KNOWN_MOST && !among(k, name))
		k->list[k->count++] = name;
	k->list[k->count] = NULL;
}

void known_check(struct diag *d, struct place at, const char *what,
    const struct known *k, const char *name)
{
	if (!among(k, name))
		read_unknown(d, at, what, name, k->list);
}
