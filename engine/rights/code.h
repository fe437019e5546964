#ifndef RIGHTS_CODE_H
#define RIGHTS_CODE_H

#include <stdint.h>

#include "engine/installation/installation.h"

/* One-time codes.  At rest there is a keyed hash and nothing else. */
#define CODE_TEXT 9 /* eight digits */

/* Draw a code for ${request}, in place of one before; inside a write
 * transaction. */
enum status code_make(struct installation *in, int64_t request,
    int64_t expires_at, int attempts, char out[CODE_TEXT]) MUST_CHECK;

enum code_answer { CODE_RIGHT, CODE_WRONG, CODE_SPENT };
/*
 * Try ${text}: a right one is used up, a wrong one costs an attempt, and
 * CODE_SPENT is a wrong one that was the last.  Without a code, with an expired
 * one or with none left it is CODE_WRONG after the same work.
 */
enum status code_try(struct installation *in, int64_t request, const char *text,
    int64_t now, enum code_answer *out) MUST_CHECK;

#endif /* !RIGHTS_CODE_H */
