#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/buf.h"
#include "engine/base/status.h"

/*
 * Numbers as text, strictly: a sign, decimal digits, for the real ones a
 * point and an exponent; nothing before, nothing behind.  Failures are
 * ST_INVALID without a sentence: the caller knows whose value it was.
 */
enum status number_int(const char *text, size_t len, int64_t *out) MUST_CHECK;

/* The nearest double.  What is too large for one is ST_INVALID. */
enum status number_real(const char *text, size_t len, double *out) MUST_CHECK;

/*
 * 1 if a database that holds numbers as 64-bit integers or doubles gives back
 * the same number that ${text} is: SQLite's NUMERIC would else drop digits in
 * silence (https://sqlite.org/datatype3.html section 3).
 */
int number_exact(const char *text, size_t len);

/*
 * Append the number to ${out}, rounded half away from zero to ${decimals} (-15
 * to 15; below 0 to tens, hundreds ...): in decimal, so that 1.005
 * becomes 1.01. What has no more digits than that is appended as it is.
 */
enum status number_round(
    const char *text, size_t len, int decimals, struct buf *out) MUST_CHECK;

/* The shortest text that reads back as ${real}, and as a real: "5.0".
 * Infinity is "9e999", which JSON allows and reads back as such. */
#define NUMBER_TEXT 32
void number_format(double real, char out[NUMBER_TEXT]);

#endif /* !BASE_NUMBER_H */
