#ifndef PURGE_PLAN_FILE_H
#define PURGE_PLAN_FILE_H

#include "engine/base/json.h"
#include "engine/crypto/hash.h"
#include "engine/purge/selection.h"

/*
 * A plan in a file, canonical JSON: what plan_json.h has, "stopped_by" and
 * "run"; for each item "due_records", the keyed hashes of its records as base64
 * of 16 bytes each, sorted; and "hash", SHA-256 over the canonical text of all
 * the rest.  There is no key of a record in it and no content.
 */
#define PLAN_FILE_MOST ((size_t)1 << 30) /* bytes: some 48 million records */

/* Write ${body}, whose items are those of ${selections}; ST_CONFLICT where
 * something stands at ${path}. */
enum status plan_file_write(const char *path, const json_t *body,
    const struct selection *selections, char hash[SHA256_TEXT]) MUST_CHECK;

/* ST_INVALID for what is no plan, or was changed since it was written. */
enum status plan_file_read(const char *path, json_t **out) MUST_CHECK;

#endif /* !PURGE_PLAN_FILE_H */
