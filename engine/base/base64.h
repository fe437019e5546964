#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "engine/base/buf.h"
#include "engine/base/status.h"

/* RFC 4648 section 4, padded: how bytes stand in CSV, JSON and plan files. */
void base64_add(struct buf *out, const void *bytes, size_t len);

/* Strict: no spaces, full padding, no stray bits.  ST_INVALID without a
 * sentence; ${out} is appended to. */
enum status base64_decode(
    struct buf *out, const char *text, size_t len) MUST_CHECK;

#endif /* !BASE_BASE64_H */
