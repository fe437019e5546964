/* Tiles: addresses, widths, bundles, and the tree read from them. */
#include "engine/audit/tile.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

unsigned int tile_width(unsigned int level, uint64_t n, uint64_t size)
{
	uint64_t all = size >> (8 * level), before = n * TILE_WIDTH;

	if (all <= before)
		return 0;
	return all - before < TILE_WIDTH ? (unsigned int)(all - before)
					 : TILE_WIDTH;
}

/* Groups of three digits, all but the last behind an x: 1234067 is
 * x001/x234/067. */
static void make_path(
    const char *folder, uint64_t n, unsigned int width, char out[TILE_PATH])
{
	uint64_t unit = 1;
	int at;

	while (n / unit >= 1000)
		unit *= 1000;
	at = snprintf(out, TILE_PATH, "tile/%s/", folder);
	for (; unit > 1; unit /= 1000)
		at += snprintf(out + at, TILE_PATH - (size_t)at,
		    "x%03" PRIu64 "/", n / unit % 1000);
	at +=
	    snprintf(out + at, TILE_PATH - (size_t)at, "%03" PRIu64, n % 1000);
	if (width < TILE_WIDTH)
		(void)snprintf(
		    out + at, TILE_PATH - (size_t)at, ".p/%u", width);
}

void tile_path(
    unsigned int level, uint64_t n, unsigned int width, char out[TILE_PATH])
{
	char folder[16];

	(void)snprintf(folder, sizeof(folder), "%u", level);
	make_path(folder, n, width, out);
}

void tile_bundle_path(uint64_t n, unsigned int width, char out[TILE_PATH])
{
	make_path("entries", n, width, out);
}

void tile_fold(
    const struct tile *t, size_t first, size_t count, uint8_t out[MERKLE_HASH])
{
	uint8_t row[TILE_WIDTH / 2][MERKLE_HASH];
	size_t i;

	if (count == 1) {
		memcpy(out, t->hash[first], MERKLE_HASH);
		return;
	}
	for (i = 0; i < count / 2; i++, first += 2)
		merkle_node(t->hash[first], t->hash[first + 1], row[i]);
	for (count /= 2; count > 1; count /= 2)
		for (i = 0; i < count / 2; i++)
			merkle_node(row[2 * i], row[2 * i + 1], row[i]);
	memcpy(out, row[0], MERKLE_HASH);
}

/* ---- bundles ---- */

enum status tile_add_entry(struct buf *bundle, const void *entry, size_t len)
{
	if (len > TILE_ENTRY_MOST)
		return fail(ST_LIMIT,
		    "an entry of the audit log has %zu bytes, %d at most", len,
		    TILE_ENTRY_MOST);
	buf_addc(bundle, (char)(len >> 8));
	buf_addc(bundle, (char)(len & 0xff));
	buf_add(bundle, entry, len);
	return buf_status(bundle);
}

enum status tile_next_entry(
    const struct buf *bundle, size_t *at, const char **entry, size_t *len)
{
	const unsigned char *p = (const unsigned char *)bundle->data + *at;
	size_t left = bundle->len - *at, n;

	if (left == 0)
		return ST_NOTFOUND;
	n = left < 2 ? 0 : (size_t)p[0] << 8 | p[1];
	if (left < 2 || left - 2 < n)
		return fail(ST_INVALID, "it breaks off within an entry");
	*entry = bundle->data + *at + 2;
	*len = n;
	*at += 2 + n;
	return ST_OK;
}

/* ---- the tree ---- */

enum status tile_reader_new(
    enum status (*read)(void *ctx, unsigned int level, uint64_t n,
	unsigned int width, struct tile *out),
    void *ctx, uint64_t size, struct tile_reader **out)
{
	struct tile_reader *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return fail(ST_NOMEM, "out of memory");
	r->read = read;
	r->ctx = ctx;
	r->size = size;
	*out = r;
	return ST_OK;
}

static enum status node(
    void *ctx, unsigned int level, uint64_t index, uint8_t out[MERKLE_HASH])
{
	unsigned int row = level / 8, count = 1U << level % 8;
	struct tile_reader *r = ctx;
	uint64_t first = index * count, n = first / TILE_WIDTH;
	struct tile_kept *k = &r->kept[row];
	enum status st;

	if (!k->there || k->n != n) {
		k->there = 0;
		st = r->read(
		    r->ctx, row, n, tile_width(row, n, r->size), &k->tile);
		if (st != ST_OK)
			return st;
		k->n = n;
		k->there = 1;
	}
	tile_fold(&k->tile, first % TILE_WIDTH, count, out);
	return ST_OK;
}

struct merkle_source tile_source(struct tile_reader *r)
{
	return (struct merkle_source){ node, r };
}
