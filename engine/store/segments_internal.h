#ifndef STORE_SEGMENTS_INTERNAL_H
#define STORE_SEGMENTS_INTERNAL_H

#include "engine/store/segments.h"

/* Shared by segments*.c alone. */
struct segments {
	struct segments_spec spec;
	char *store;
	char *path;
	struct segment **list; /* oldest first */
	size_t count;
	uint64_t clock;  /* of uses */
	int64_t version; /* of the rest, when the list was read */
	int read;        /* it was */
};

/* What opens a segment's file; release with segments_place_release(). */
struct segments_place {
	char name[SEGMENT_KEY]; /* telemetry/2026-11-22, for messages */
	char key[SEGMENT_KEY];
	char *path;
	struct store_spec spec;
};
enum status segments_place(const struct segments *s, const char *segment,
    struct segments_place *out) MUST_CHECK;
void segments_place_release(struct segments_place *p);

/* Put one into the list, in its order; ${g} is copied. */
enum status segments_list_add(struct segments *s, const struct segment *g,
    struct segment **out) MUST_CHECK;

/* The period of ${every} that ${day} lies in, named and bounded. */
void segments_period(
    const struct segments *s, int32_t day, struct segment *out);

#endif /* !STORE_SEGMENTS_INTERNAL_H */
