#ifndef PACKAGE_COPY_H
#define PACKAGE_COPY_H

#include "engine/base/buf.h"
#include "engine/crypto/hash.h"
#include "engine/package/sealed.h"

/*
 * One file of a package while it is made: text is added to ${text}, and goes
 * into a nameless sealed file a block at a time, so that a person's data never
 * stands on the disk as it is and memory stays flat.
 */
struct copy {
	char *name; /* in the package: "data/003-crm-contracts.csv" */
	struct buf text;
	struct sealed *file;
	struct sha256 *hash;
	char sha256[SHA256_TEXT]; /* once ended */
};

/* Nameless files are made in ${folder}; ${name} is copied. */
enum status copy_new(
    const char *folder, const char *name, struct copy **out) MUST_CHECK;
/* NULL is fine. */
void copy_free(struct copy *c);

/* Put away ${text} where it has grown large. */
enum status copy_go_on(struct copy *c) MUST_CHECK;
/* Put away all of it; nothing is added any more. */
enum status copy_end(struct copy *c) MUST_CHECK;
int64_t copy_size(const struct copy *c);

#endif /* !PACKAGE_COPY_H */
