#ifndef CLI_SCREEN_H
#define CLI_SCREEN_H

#include "engine/base/status.h"

/*
 * Where standard output is a terminal, characters that a terminal acts on or
 * that change the order of what is read (control characters but newline and
 * tab, the C1 controls, the directional formatting characters of Unicode's
 * Bidirectional Algorithm, UAX #9 section 2) are shown as <U+001B>: names and
 * letters come from people outside.  Files and pipes get every byte as it is.
 * Call once, before anything is printed.  ST_NOMEM.
 */
enum status screen_guard(void) MUST_CHECK;

#endif /* !CLI_SCREEN_H */
