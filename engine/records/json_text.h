#ifndef RECORDS_JSON_TEXT_H
#define RECORDS_JSON_TEXT_H

#include <jansson.h>

#include "engine/base/buf.h"
#include "engine/base/status.h"

/* JSON written so that the same value is always the same text. */

/* ${text} in quotes; what is not UTF-8 must not come here. */
void json_text_string(struct buf *out, const char *text, size_t len);

/*
 * ${value} without spaces, object keys sorted by their bytes, reals as short
 * as they read back.  ST_INVALID where it nests deeper than JSON_TEXT_DEPTH.
 */
#define JSON_TEXT_DEPTH 100
enum status json_text_value(struct buf *out, const json_t *value) MUST_CHECK;

#endif /* !RECORDS_JSON_TEXT_H */
