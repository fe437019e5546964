#ifndef PACKAGE_KEPT_ASIDE_H
#define PACKAGE_KEPT_ASIDE_H

#include <stdint.h>

#include "engine/base/buf.h"
#include "engine/package/kept.h"
#include "engine/package/sealed.h"

/*
 * Records in the file of a snapshot, one after the other, with their values as
 * the store had them:
 *
 *	length 8 | store | collection | shared 8 | storage | count 8 |
 *	    count * (name | type 8 | integer, or the bits of a real, or text)
 *
 * where a text is its length in 8 bytes and itself, and numbers stand with
 * their lowest byte first.
 */
struct aside_record {
	const char *store, *collection; /* NUL-terminated, in ${bytes} */
	const char *storage;            /* kept.h, as JSON */
	int shared;
	size_t count;
	const char **names;
	struct val *values;
	struct buf bytes;
};
void aside_release(struct aside_record *r);

/* Append it, with all columns of ${c}. */
enum status aside_write(struct sealed *to, const struct collected *c,
    const struct val *row, int shared, const struct kept *kept) MUST_CHECK;
/* That at ${*at}, which moves on; ${r} is used again.  ST_NOTFOUND at the end.
 * ST_INTEGRITY: it is none. */
enum status aside_read(
    struct sealed *from, int64_t *at, struct aside_record *r) MUST_CHECK;

/* Of a column called ${name}; what is not there is NULL. */
struct val aside_value(const struct aside_record *r, const char *name);

/* Which records have been met: 16 bytes each. */
struct aside_seen;
enum status aside_seen_new(struct aside_seen **out) MUST_CHECK;
void aside_seen_free(struct aside_seen *s);
/* ${*new} is 1 where it was not. */
enum status aside_see(struct aside_seen *s, const struct collected *c,
    const struct val *row, int *new) MUST_CHECK;

#endif /* !PACKAGE_KEPT_ASIDE_H */
