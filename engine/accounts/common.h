#ifndef ACCOUNTS_COMMON_H
#define ACCOUNTS_COMMON_H

#include <stddef.h>

/*
 * 1 if ${text} (UTF-8) is long and still among the first that anybody tries:
 * one of those that leaks show most often, a few characters over and over, or
 * a walk along the alphabet or a keyboard.  Capitals make no difference.  NIST
 * SP 800-63B, 5.1.1.2, asks for it.
 */
int common_is(const char *text, size_t len);

#endif /* !ACCOUNTS_COMMON_H */
