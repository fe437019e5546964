#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <jansson.h>

#include "engine/base/status.h"

/* Short cuts over jansson.  Everything that is shown to people or machines is
 * one JSON value first; text and pages are made from it. */

/*
 * json_pack() that reports running out of memory (or text that is not UTF-8)
 * as a status.  ${*out} is the caller's reference.
 */
#define json_make(out, ...) json_made(json_pack(__VA_ARGS__), out)
enum status json_made(json_t *value, json_t **out) MUST_CHECK;

/* Append ${value} to ${array}, taking the reference in any case. */
enum status json_push(json_t *array, json_t *value) MUST_CHECK;
/* Set ${key} of ${object}, taking the reference in any case. */
enum status json_put(json_t *object, const char *key, json_t *value) MUST_CHECK;

/* Members with a default where they are missing or of another type. */
const char *json_text(const json_t *object, const char *key);
long long json_int(const json_t *object, const char *key);

/* The canonical text: sorted keys, no blanks.  The caller frees. */
enum status json_canonical(const json_t *value, char **out) MUST_CHECK;

#endif /* !BASE_JSON_H */
