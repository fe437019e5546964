#ifndef CERTIFICATE_SEAL_H
#define CERTIFICATE_SEAL_H

#include "engine/audit/log.h"
#include "engine/base/buf.h"

/*
 * What a folder that we hand out is sealed by, evidence pack or access package:
 * SHA256SUMS lists its files as `sha256sum -c` reads them, and seal.note is a
 * signed note of the one line that such a list of SHA256SUMS itself would be.
 */

/* Add "HASH  NAME\n", ${hash} in hexadecimal. */
void seal_add(struct buf *sums, const char *hash, const char *name);

/* Append seal.note of ${sums} to ${out}. */
enum status seal_sign(
    struct audit *a, const struct buf *sums, struct buf *out) MUST_CHECK;

/* 1 where ${path} is a sealed folder. */
int seal_is(const char *path);

/*
 * Check the sealed folder ${path}: the signature, every file, and that nothing
 * else is there.  ST_INTEGRITY with the first file that is wrong.  Files are
 * read a piece at a time.
 */
struct seal {
	struct buf sums;
	char **names; /* in ${sums}, each at its line's end */
	size_t count;
};
enum status seal_check(
    const struct note_key *key, const char *path, struct seal *out) MUST_CHECK;
void seal_release(struct seal *s);

#endif /* !CERTIFICATE_SEAL_H */
