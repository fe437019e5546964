/*
 * An exported log.  Its tiles and bundles never change, so that a file that is
 * there already must be the same; the checkpoint comes last.
 */
#include "engine/audit/folder.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "engine/audit/prune.h"
#include "engine/audit/source.h"
#include "engine/audit/tile.h"
#include "engine/base/file.h"

/* 256 entries of the largest size, with their lengths. */
#define BUNDLE_MOST ((size_t)TILE_WIDTH * (2 + TILE_ENTRY_MOST))

/* ---- reading ---- */

static enum status read_file(
    const char *folder, const char *name, size_t most, struct buf *out)
{
	char *path = str_format("%s/%s", folder, name);
	enum status st;

	if (path == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = file_read(path, most, out);
	free(path);
	return st;
}

static enum status read_checkpoint(void *ctx, struct buf *out)
{
	enum status st = read_file(ctx, "checkpoint", NOTE_MOST, out);

	return st == ST_NOTFOUND || st == ST_LIMIT ? ST_INTEGRITY : st;
}

static enum status read_tile(void *ctx, unsigned int level, uint64_t n,
    unsigned int width, struct tile *out)
{
	size_t want = (size_t)width * MERKLE_HASH;
	struct buf b = BUF_INIT;
	char name[TILE_PATH];
	enum status st;

	tile_path(level, n, width, name);
	st = read_file(ctx, name, TILE_BYTES, &b);
	if (st == ST_NOTFOUND || st == ST_LIMIT)
		st = ST_INTEGRITY;
	if (st == ST_OK && b.len != want)
		st = fail(ST_INTEGRITY, "%s has %zu bytes, expected %zu", name,
		    b.len, want);
	if (st == ST_OK)
		memcpy(out, b.data, want);
	buf_release(&b);
	return st;
}

static enum status give_entries(const struct buf *b, const char *name,
    unsigned int width,
    enum status (*each)(void *to, const char *body, size_t len), void *to)
{
	enum status st = ST_OK;
	const char *entry;
	size_t at = 0, len;
	unsigned int i;

	for (i = 0; st == ST_OK && i < width; i++) {
		st = tile_next_entry(b, &at, &entry, &len);
		if (st == ST_OK)
			st = each(to, entry, len);
		else if (st == ST_NOTFOUND)
			status_say("%s: entries are missing at its end", name);
		else if (st == ST_INVALID)
			st = fail(ST_INTEGRITY,
			    "%s: it breaks off within an entry", name);
	}
	if (st == ST_OK && at != b->len)
		st = fail(ST_INTEGRITY,
		    "%s: something stands behind its "
		    "entries",
		    name);
	return st;
}

static enum status read_entries(void *ctx, uint64_t n, unsigned int width,
    enum status (*each)(void *to, const char *body, size_t len), void *to)
{
	struct buf b = BUF_INIT;
	char name[TILE_PATH];
	enum status st;

	tile_bundle_path(n, width, name);
	st = read_file(ctx, name, BUNDLE_MOST, &b);
	if (st == ST_OK)
		st = give_entries(&b, name, width, each, to);
	buf_release(&b);
	return st == ST_LIMIT ? ST_INTEGRITY : st;
}

struct audit_source source_of_folder(const char *path)
{
	return (struct audit_source){ read_checkpoint, read_entries, read_tile,
		(void *)(uintptr_t)path };
}

/* ---- writing ---- */

static enum status compare(const char *path, const void *data, size_t len)
{
	struct buf b = BUF_INIT;
	enum status st = file_read(path, len, &b);

	if (st == ST_LIMIT ||
	    (st == ST_OK && (b.len != len || memcmp(b.data, data, len) != 0)))
		st = fail(ST_CONFLICT,
		    "%s is not of this log: export into a folder of its own, "
		    "and look who changed this one",
		    path);
	buf_release(&b);
	return st;
}

static enum status write_new(
    const char *folder, const char *name, const void *data, size_t len)
{
	char *path = str_format("%s/%s", folder, name);
	char *above = path ? strdup(path) : NULL;
	enum status st = ST_OK;

	if (above == NULL) {
		st = fail(ST_NOMEM, "out of memory");
	} else if (file_exists(path)) {
		st = compare(path, data, len);
	} else {
		*strrchr(above, '/') = '\0';
		st = file_make_folder(above, 0700);
		if (st == ST_OK)
			st = file_replace(path, data, len, 0600);
	}
	free(above);
	free(path);
	return st;
}

static enum status add_entry(void *to, const char *body, size_t len)
{
	return tile_add_entry(to, body, len);
}

static enum status write_bundle(const struct audit_source *src,
    const char *folder, uint64_t n, unsigned int width, struct buf *b)
{
	char name[TILE_PATH];
	enum status st;

	buf_clear(b);
	tile_bundle_path(n, width, name);
	st = src->entries(src->ctx, n, width, add_entry, b);
	if (st == ST_OK)
		st = write_new(folder, name, b->data, b->len);
	return st == ST_NOTFOUND ? ST_INTEGRITY : st;
}

static enum status write_tile(const struct audit_source *src,
    const char *folder, unsigned int level, uint64_t n, unsigned int width)
{
	char name[TILE_PATH];
	struct tile t;
	enum status st;

	tile_path(level, n, width, name);
	st = src->tile(src->ctx, level, n, width, &t);
	if (st != ST_OK)
		return st;
	return write_new(folder, name, &t, (size_t)width * MERKLE_HASH);
}

/* Bundles before ${first} were pruned; those that an earlier export left there
 * stay (C2SP tlog-tiles, "Pruning"). */
static enum status write_all(const struct audit_source *src, const char *folder,
    uint64_t first, uint64_t size)
{
	struct buf b = BUF_INIT;
	enum status st = ST_OK;
	unsigned int level, width;
	uint64_t n;

	for (level = 0; level < TILE_LEVELS; level++)
		for (n = 0; st == ST_OK; n++) {
			width = tile_width(level, n, size);
			if (width == 0)
				break;
			st = write_tile(src, folder, level, n, width);
			if (st == ST_OK && level == 0 &&
			    n * TILE_WIDTH >= first)
				st = write_bundle(src, folder, n, width, &b);
		}
	buf_release(&b);
	return st;
}

/* An earlier checkpoint there, if one is, must not be of more entries. */
static enum status check_earlier(
    struct audit *a, const char *folder, const struct checkpoint *c)
{
	struct buf b = BUF_INIT;
	struct checkpoint old;
	enum status st;

	st = read_file(folder, "checkpoint", NOTE_MOST, &b);
	if (st == ST_OK)
		st = checkpoint_open(audit_key(a), b.data, b.len, &old);
	if (st == ST_INVALID || st == ST_INTEGRITY)
		st = fail(ST_CONFLICT,
		    "%s/checkpoint is not of this log: export into a folder "
		    "of its own",
		    folder);
	else if (st == ST_OK && old.size > c->size)
		st = fail(ST_INTEGRITY,
		    "the log was rolled back: it has %" PRIu64
		    " entries, and %s/checkpoint speaks of %" PRIu64,
		    c->size, folder, old.size);
	buf_release(&b);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status export_now(
    struct audit *a, const char *folder, struct checkpoint *c)
{
	struct audit_source src = source_of_log(a);
	struct buf note = BUF_INIT;
	struct prune_state pruned;
	char *path = NULL;
	enum status st;

	st = src.checkpoint(src.ctx, &note);
	if (st == ST_OK)
		st = prune_read(a, &pruned);
	if (st == ST_OK)
		st = checkpoint_open(audit_key(a), note.data, note.len, c);
	if (st == ST_OK)
		st = check_earlier(a, folder, c);
	if (st == ST_OK)
		st = file_make_folder(folder, 0700);
	if (st == ST_OK)
		st = write_all(&src, folder, pruned.below, c->size);
	if (st == ST_OK && (path = str_format("%s/checkpoint", folder)) == NULL)
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_OK)
		st = file_replace(path, note.data, note.len, 0600);
	free(path);
	buf_release(&note);
	return st;
}

enum status folder_export(
    struct audit *a, const char *path, struct checkpoint *out)
{
	struct checkpoint c;
	enum status st;

	if ((st = db_begin(audit_db(a), DB_READ)) != ST_OK)
		return st;
	st = export_now(a, path, &c);
	db_rollback(audit_db(a));
	if (st == ST_OK)
		*out = c;
	return st;
}
