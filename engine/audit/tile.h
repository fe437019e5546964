#ifndef AUDIT_TILE_H
#define AUDIT_TILE_H

#include <stddef.h>
#include <stdint.h>

#include "engine/audit/merkle.h"
#include "engine/base/buf.h"
#include "engine/base/status.h"

/*
 * Tiles of C2SP tlog-tiles: a Merkle tree cut into pieces of 8 levels, each up
 * to 256 hashes wide.  Hash i of level 0 is that of leaf i; hash i of level
 * L is the root over tile i of level L - 1, once that is full.  Entries stand
 * in bundles of up to 256.
 */
#define TILE_WIDTH  256
#define TILE_LEVELS 8
#define TILE_BYTES  (TILE_WIDTH * MERKLE_HASH)

struct tile {
	uint8_t hash[TILE_WIDTH][MERKLE_HASH];
};

/* How many hashes tile ${n} of ${level} has in a log of ${size}; 0: none. */
unsigned int tile_width(unsigned int level, uint64_t n, uint64_t size);

/* "tile/0/x001/x234/067.p/8"; without ".p/8" where it is full. */
#define TILE_PATH 64
void tile_path(
    unsigned int level, uint64_t n, unsigned int width, char out[TILE_PATH]);
/* "tile/entries/x001/x234/067" */
void tile_bundle_path(uint64_t n, unsigned int width, char out[TILE_PATH]);

/* The root over ${count} hashes of ${t}, a power of 2, from ${first} on. */
void tile_fold(
    const struct tile *t, size_t first, size_t count, uint8_t out[MERKLE_HASH]);

/* One entry of a bundle.  ST_LIMIT: over 65535 bytes. */
#define TILE_ENTRY_MOST 65535
enum status tile_add_entry(
    struct buf *bundle, const void *entry, size_t len) MUST_CHECK;

/* The entry at ${*at} of a bundle, moving behind it; ST_INVALID where the
 * bundle breaks off, ST_NOTFOUND at its end. */
enum status tile_next_entry(const struct buf *bundle, size_t *at,
    const char **entry, size_t *len) MUST_CHECK;

/*
 * A Merkle tree read from tiles.  ${read} gives the hashes of a tile of
 * ${width}; the last one of each level is kept, since a proof asks for several
 * of it.
 */
struct tile_reader {
	enum status (*read)(void *ctx, unsigned int level, uint64_t n,
	    unsigned int width, struct tile *out);
	void *ctx;
	uint64_t size; /* of the log */
	struct tile_kept {
		uint64_t n;
		int there;
		struct tile tile;
	} kept[TILE_LEVELS];
};

/* The caller frees; ${size} entries are in the log. */
enum status tile_reader_new(
    enum status (*read)(void *ctx, unsigned int level, uint64_t n,
	unsigned int width, struct tile *out),
    void *ctx, uint64_t size, struct tile_reader **out) MUST_CHECK;

/* The tree of ${r}, for merkle_root() and the proofs; valid as long as it. */
struct merkle_source tile_source(struct tile_reader *r);

#endif /* !AUDIT_TILE_H */
