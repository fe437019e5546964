#ifndef SCHEMAS_EMBEDDED_H
#define SCHEMAS_EMBEDDED_H

#include <stddef.h>

/*
 * The files of schemas/ and policies/ that the program carries inside itself,
 * by their path in this tree; ended by a NULL path.  The bytes are followed by
 * a NUL.  Written by schemas/embed.sh at build time.
 */
struct embedded {
	const char *path;
	const unsigned char *data;
	size_t len;
};
extern const struct embedded embedded[];

#endif /* !SCHEMAS_EMBEDDED_H */
