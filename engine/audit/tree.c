/* A tree that grows: the right edge in memory, full tiles handed out. */
#include "engine/audit/tree.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum status tree_new(enum status (*put)(void *ctx, unsigned int level,
			 uint64_t n, unsigned int width, const struct tile *t),
    void *ctx, struct tree **out)
{
	struct tree *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return fail(ST_NOMEM, "out of memory");
	t->put = put;
	t->ctx = ctx;
	*out = t;
	return ST_OK;
}

enum status tree_add(struct tree *t, const uint8_t leaf[MERKLE_HASH])
{
	uint64_t at = t->size; /* the place in its level */
	uint8_t hash[MERKLE_HASH];
	unsigned int level = 0;
	struct tile *tile;
	enum status st;

	if (t->size == MERKLE_MOST)
		return fail(ST_LIMIT, "the audit log is full");
	memcpy(hash, leaf, MERKLE_HASH);
	for (;; level++, at /= TILE_WIDTH) {
		tile = &t->last[level];
		memcpy(tile->hash[at % TILE_WIDTH], hash, MERKLE_HASH);
		if (at % TILE_WIDTH < TILE_WIDTH - 1)
			break;
		st = t->put(t->ctx, level, at / TILE_WIDTH, TILE_WIDTH, tile);
		if (st != ST_OK)
			return st;
		tile_fold(tile, 0, TILE_WIDTH, hash);
	}
	t->size++;
	return ST_OK;
}

enum status tree_flush(struct tree *t)
{
	unsigned int level, width;
	enum status st = ST_OK;
	uint64_t n;

	for (level = 0; st == ST_OK && level < TILE_LEVELS; level++) {
		n = (t->size >> (8 * level)) / TILE_WIDTH;
		width = tile_width(level, n, t->size);
		if (width > 0)
			st = t->put(t->ctx, level, n, width, &t->last[level]);
	}
	return st;
}

/* All that a root is made of lies in the last tiles. */
static enum status node(
    void *ctx, unsigned int level, uint64_t index, uint8_t out[MERKLE_HASH])
{
	unsigned int row = level / 8, count = 1U << level % 8;
	uint64_t first = index * count;
	struct tree *t = ctx;

	assert(first / TILE_WIDTH == (t->size >> (8 * row)) / TILE_WIDTH);
	tile_fold(&t->last[row], first % TILE_WIDTH, count, out);
	return ST_OK;
}

void tree_root(struct tree *t, uint8_t out[MERKLE_HASH])
{
	const struct merkle_source src = { node, t };
	enum status st = merkle_root(&src, t->size, out);

	assert(st == ST_OK); /* nothing in it can fail */
	(void)st;
}
