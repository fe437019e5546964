#ifndef WEB_RATE_H
#define WEB_RATE_H

#include <stdint.h>

#include "engine/base/status.h"

/*
 * How much one source may ask of the customers' door: RATE_MOST in a window of
 * RATE_SECONDS.  A source is an IPv4 address or the /64 of an IPv6 one.  Only
 * the source itself waits, nobody else's case; memory is bounded, and a source
 * that was forgotten begins anew.  Several threads may ask at once.
 */
struct rate;
#define RATE_SECONDS 600
#define RATE_MOST    60

enum status rate_new(struct rate **out) MUST_CHECK;
void rate_free(struct rate *r);

/* ST_BUSY: ${cost} more is too much at ${now} (Unix seconds). */
enum status rate_take(
    struct rate *r, const char *address, int cost, int64_t now) MUST_CHECK;

#endif /* !WEB_RATE_H */
