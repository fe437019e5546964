#ifndef STORE_SEGMENTS_H
#define STORE_SEGMENTS_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/period.h"
#include "engine/base/when.h"
#include "engine/base/zone.h"
#include "engine/store/store.h"

/*
 * A store cut into one encrypted file, with a key of its own, for each day,
 * week or month, so that what is over can go whole.
 *
 * The store's own file is the REST: it has the collections that are not cut,
 * the records whose time cannot be read, those that outlive their segment, and
 * the list of the segments (lethe_segment), which is the truth about them.
 * All files have the same tables.  A file of records is kept by committing the
 * segments first and the rest last; whoever writes to more than one of them
 * holds the rest's write lock first, so that this lock is that of the store.
 *
 * A segment dies in one commit of the rest, which has the evidence, the
 * records that stay, and the mark `dropped`.  What follows, the key destroyed,
 * the file removed, the row deleted, is done again by whoever comes next until
 * it is done; nobody reads or fills a segment that is marked.
 *
 * Periods are cut at local midnight of the installation's zone, where deletion
 * periods end, so that a daily run finds whole segments due.  The bounds are
 * kept with the segment: of civil dates and of instants, either exact, so that
 * the newest possible record is known whatever zone a policy counts in, and
 * also after the zone has changed.
 */
#define SEGMENT_NAME 16
#define SEGMENT_KEY  300
struct segment {
	char name[SEGMENT_NAME]; /* 2026-11-22, 2026-W47, 2026-11 */
	int32_t first_day;       /* civil dates */
	int32_t last_day;
	int64_t from; /* instants: from <= t < before */
	int64_t before;
	uint8_t key_id[16]; /* which it is: one made anew has the same name */
	struct db *db;      /* NULL: not open; segments_open_db() opens it */
	uint64_t used;      /* the higher, the later */
};

/* Segments that are open at once, those in a transaction not counted; and
 * those that one transaction may write. */
#define SEGMENTS_OPEN    48
#define SEGMENTS_WRITTEN 128

struct segments;
struct segments_spec {
	const char *store; /* its name; and its key is "store/NAME" */
	const char *path;  /* of the rest's file, "…/stores/NAME.db" */
	struct period every;
	const struct zone *zone;
	struct keyring *keys;
	struct db *rest;
};

/* Read the list.  What the spec names outlives it, but for the strings.  The
 * rest stays its owner's. */
enum status segments_new(
    const struct segments_spec *spec, struct segments **out) MUST_CHECK;
void segments_free(struct segments *s);

/* Take over what others added or dropped: pointers to segments that are gone
 * die, all others stay. */
enum status segments_refresh(struct segments *s) MUST_CHECK;

size_t segments_count(const struct segments *s);
struct segment *segments_at(const struct segments *s, size_t i);
struct db *segments_rest(const struct segments *s);
const struct keyring *segments_keys(const struct segments *s);

/* Open it, where it is not, and perhaps close another that is in no
 * transaction.  ST_BUSY where it has been dropped meanwhile. */
enum status segments_open_db(
    struct segments *s, struct segment *g, struct db **out) MUST_CHECK;
/* Its name in the keyring, "store/telemetry/2026-11-22". */
void segments_key(
    const struct segments *s, const struct segment *g, char out[SEGMENT_KEY]);

/* The one that holds ${w}, or NULL. */
struct segment *segments_find(const struct segments *s, const struct when *w);

/*
 * Inside the rest's write transaction: make the one that holds ${w}.  NULL in
 * ${*out} where there is none for it (no time, or the bounds have moved): such
 * records go into the rest.  It exists once the rest commits.
 * A store that is cut no more gets none.
 */
enum status segments_add(
    struct segments *s, const struct when *w, struct segment **out) MUST_CHECK;

/* Inside the rest's write transaction: note that segments changed. */
enum status segments_changed(struct segments *s) MUST_CHECK;

/* Inside the rest's write transaction, with the evidence: it is dead. */
enum status segments_mark(
    struct segments *s, const struct segment *g) MUST_CHECK;
/* Inside a later one: destroy the keys of all that are dead, remove their
 * files, forget them.  Again is free. */
enum status segments_bury(struct segments *s) MUST_CHECK;
/*
 * The same of segments that the list does not have: whoever made them was
 * stopped before it committed the rest, and perhaps after it had put records
 * into them.  Inside a write transaction of the rest.
 */
enum status segments_sweep(struct segments *s) MUST_CHECK;

#endif /* !STORE_SEGMENTS_H */
