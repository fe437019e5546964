#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above
 * U+10FFFF.
 */

/* The bytes of the character that begins the ${left} bytes at ${p}, or 0 if it
 * is none; ${*out} gets its number. */
size_t utf8_decode(const char *p, size_t left, uint32_t *out);

/* The bytes of the character at ${p}, 1 to 4, or 0 if it is none.  Reads no
 * further than the first byte that does not fit, so that a NUL ends it. */
size_t utf8_step(const char *p);

/* 1 if all of ${text} is UTF-8. */
int utf8_valid(const char *text, size_t len);

/* The characters in valid UTF-8. */
size_t utf8_length(const char *text, size_t len);

#endif /* !BASE_UTF8_H */
