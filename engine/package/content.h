#ifndef PACKAGE_CONTENT_H
#define PACKAGE_CONTENT_H

#include "engine/package/collect.h"

/* All files of a package, in the order of their names. */
struct content {
	struct copy **files; /* those of the set are borrowed */
	size_t count;
	char manifest[SHA256_TEXT]; /* of SHA256SUMS */
};

/* ${facts} are what the pages are made of; released in any case. */
enum status content_make(const struct collection_set *set, const json_t *facts,
    struct content *out) MUST_CHECK;
void content_release(const struct collection_set *set, struct content *c);

/* Write the ZIP file of a folder called ${folder}. */
enum status content_zip(const struct content *c, const char *folder,
    const char *passphrase, struct sealed *to) MUST_CHECK;

#endif /* !PACKAGE_CONTENT_H */
