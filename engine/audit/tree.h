#ifndef AUDIT_TREE_H
#define AUDIT_TREE_H

#include <stdint.h>

#include "engine/audit/tile.h"

/*
 * A tree that grows leaf by leaf.  It holds the last tile of each level, which
 * is all that its root needs; every tile goes to ${put} once it is full.
 */
struct tree {
	uint64_t size;
	struct tile last[TILE_LEVELS];
	enum status (*put)(void *ctx, unsigned int level, uint64_t n,
	    unsigned int width, const struct tile *t);
	void *ctx;
};

/* An empty tree that the caller frees; 64 KiB. */
enum status tree_new(enum status (*put)(void *ctx, unsigned int level,
			 uint64_t n, unsigned int width, const struct tile *t),
    void *ctx, struct tree **out) MUST_CHECK;

enum status tree_add(
    struct tree *t, const uint8_t leaf[MERKLE_HASH]) MUST_CHECK;

/* Give the tiles that are not full to ${put}, too. */
enum status tree_flush(struct tree *t) MUST_CHECK;

void tree_root(struct tree *t, uint8_t out[MERKLE_HASH]);

#endif /* !AUDIT_TREE_H */
