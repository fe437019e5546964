#ifndef BASE_NORMAL_H
#define BASE_NORMAL_H

#include "engine/base/buf.h"

/*
 * Append ${text} in a normal form of Unicode to ${out}: composed (NFC), so that
 * what looks the same is the same; or decomposed (NFD).  ST_INVALID, without a
 * sentence, for what is not UTF-8, or has a NUL.
 */
enum normal_form { NORMAL_NFC, NORMAL_NFD };
enum status normal_add(enum normal_form form, const char *text, size_t len,
    struct buf *out) MUST_CHECK;

#endif /* !BASE_NORMAL_H */
