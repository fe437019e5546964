#ifndef PACKAGE_RECORD_H
#define PACKAGE_RECORD_H

#include "engine/package/kept.h"

/* One record, three times: as JSON, as a CSV line, as a row for reading. */

enum status record_begin(struct collected *c, const char *as_of) MUST_CHECK;
/* ${row} has the values of ${c}'s columns; ${kept} says until when, and
 * ${redacted} (or NULL) which are blank for the sake of others. */
enum status record_add(const struct collection_set *set, struct collected *c,
    const struct val *row, int shared, const struct kept *kept,
    const json_t *redacted) MUST_CHECK;
enum status record_end(struct collected *c) MUST_CHECK;

/* "data/003-crm-contracts": of the names that lethe.yml and datasets give,
 * never of a value; what could mean something to a shell or a file system is
 * an underscore. */
void collected_stem(const struct collected *c, char *out, size_t size);

#endif /* !PACKAGE_RECORD_H */
