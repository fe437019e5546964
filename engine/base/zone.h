#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/status.h"

/*
 * A time zone of the system's tz database (TZif, RFC 9636), with the rule for
 * the years after the last transition of the file.  Read-only once opened, so
 * several threads may share it.
 */
struct zone;

/*
 * Open "Asia/Tokyo" in the folder that TZDIR names, or else in
 * /usr/share/zoneinfo.  ST_NOTFOUND for a name that the database lacks or that
 * would lead out of it; ST_INVALID for a damaged file.
 */
enum status zone_open(const char *name, struct zone **out) MUST_CHECK;
/* The same from the bytes of a file, whoever wrote them. */
enum status zone_parse(const char *name, const void *bytes, size_t len,
    struct zone **out) MUST_CHECK;
void zone_free(struct zone *z);
const char *zone_name(const struct zone *z);

/* Seconds to add to UTC at ${instant}. */
int32_t zone_offset(const struct zone *z, int64_t instant);
/* The civil date in the zone at ${instant}. */
int32_t zone_day(const struct zone *z, int64_t instant);
/*
 * The first instant of ${day} in the zone: local 00:00, or, where the clock
 * jumps over it, the first instant after the jump; of two 00:00 the first.
 */
int64_t zone_midnight(const struct zone *z, int32_t day);
/* "2025-03-01T00:00:00+09:00"; 25 characters and a NUL.  RFC 3339 has no
 * seconds in an offset: where a zone does (before standard time), they are
 * left out of both, and the text still names the instant. */
#define ZONE_TEXT 26
void zone_format(const struct zone *z, int64_t instant, char out[ZONE_TEXT]);

#endif /* !BASE_ZONE_H */
