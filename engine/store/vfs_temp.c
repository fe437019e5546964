/*
 * Nameless temporary files: sorters, statement journals, temporary tables that
 * outgrow memory.  SQLite reads and writes them at any offset and length, and
 * they die with their handle; so they are blocks of a page, each sealed under a
 * key that is thrown away, with a map in memory of the blocks that exist.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/store/vfs_internal.h"

#define SEALED (VFS_PAGE + VFS_RESERVE)

struct vfs_temp {
	struct vfs_file f;
	struct vfs_sealer sealer;
	int64_t size;
	uint8_t *map; /* a bit for each block that was written */
	size_t map_len;
	uint8_t *block; /* one in clear, kept between calls */
	int64_t number; /* of that one; -1: none */
	int dirty;
	uint8_t *sealed; /* scratch */
};

size_t vfs_temp_size(void) { return sizeof(struct vfs_temp); }

static int exists(const struct vfs_temp *t, int64_t block)
{
	size_t at = (size_t)block / 8;

	return at < t->map_len && t->map[at] >> (block % 8) & 1;
}

static int mark(struct vfs_temp *t, int64_t block)
{
	size_t at = (size_t)block / 8, len = t->map_len ? t->map_len : 64;
	uint8_t *map;

	while (len <= at)
		len *= 2;
	if (len > t->map_len) {
		if ((map = realloc(t->map, len)) == NULL)
			return SQLITE_IOERR_NOMEM;
		memset(map + t->map_len, 0, len - t->map_len);
		t->map = map;
		t->map_len = len;
	}
	t->map[at] = (uint8_t)(t->map[at] | 1U << (block % 8));
	return SQLITE_OK;
}

static int store(struct vfs_temp *t, int64_t block, const uint8_t *data)
{
	const struct vfs_place at = { .offset = block };
	sqlite3_file *b = t->f.below;
	enum status st;
	int rc;

	if ((st = vfs_seal(&t->sealer, &at, data, t->sealed)) != ST_OK)
		return vfs_code(st, SQLITE_IOERR_WRITE);
	if ((rc = mark(t, block)) != SQLITE_OK)
		return rc;
	return b->pMethods->xWrite(b, t->sealed, SEALED, block * SEALED);
}

static int flush(struct vfs_temp *t)
{
	int rc;

	if (!t->dirty)
		return SQLITE_OK;
	if ((rc = store(t, t->number, t->block)) == SQLITE_OK)
		t->dirty = 0;
	return rc;
}

/* A whole block; one that was never written is zeros. */
static int fetch(struct vfs_temp *t, int64_t block, uint8_t *out)
{
	const struct vfs_place at = { .offset = block };
	sqlite3_file *b = t->f.below;
	enum status st = ST_INTEGRITY;
	int rc;

	if (!exists(t, block)) {
		memset(out, 0, VFS_PAGE);
		return SQLITE_OK;
	}
	rc = b->pMethods->xRead(b, t->sealed, SEALED, block * SEALED);
	if (rc == SQLITE_OK)
		st = vfs_unseal(&t->sealer, &at, t->sealed, t->sealed);
	else if (rc != SQLITE_IOERR_SHORT_READ)
		return rc;
	if (st == ST_INTEGRITY) {
		status_say("a temporary file cannot be authenticated: it was "
			   "changed while in use: run the command again");
		return SQLITE_IOERR_DATA;
	}
	memcpy(out, t->sealed, VFS_PAGE);
	return vfs_code(st, SQLITE_IOERR_READ);
}

/* Make ${block} the one in clear. */
static int turn_to(struct vfs_temp *t, int64_t block)
{
	int rc;

	if (t->number == block)
		return SQLITE_OK;
	if ((rc = flush(t)) != SQLITE_OK)
		return rc;
	t->number = -1;
	if ((rc = fetch(t, block, t->block)) == SQLITE_OK)
		t->number = block;
	return rc;
}

static int temp_read(sqlite3_file *file, void *buf, int n, sqlite3_int64 offset)
{
	struct vfs_temp *t = (void *)file;
	uint8_t *out = buf;
	int short_read = 0, rc;

	if (offset + n > t->size) {
		int64_t have = offset < t->size ? t->size - offset : 0;

		memset(out + have, 0, (size_t)(n - have));
		n = (int)have;
		short_read = 1;
	}
	while (n > 0) {
		int64_t in = offset % VFS_PAGE;
		int part = (int)(VFS_PAGE - in < n ? VFS_PAGE - in : n);

		if ((rc = turn_to(t, offset / VFS_PAGE)) != SQLITE_OK)
			return rc;
		memcpy(out, t->block + in, (size_t)part);
		out += part;
		offset += part;
		n -= part;
	}
	return short_read ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

static int temp_write(
    sqlite3_file *file, const void *data, int n, sqlite3_int64 offset)
{
	struct vfs_temp *t = (void *)file;
	const uint8_t *in = data;
	int rc;

	while (n > 0) {
		int64_t at = offset % VFS_PAGE;
		int part = (int)(VFS_PAGE - at < n ? VFS_PAGE - at : n);

		if ((rc = turn_to(t, offset / VFS_PAGE)) != SQLITE_OK)
			return rc;
		memcpy(t->block + at, in, (size_t)part);
		t->dirty = 1;
		in += part;
		offset += part;
		n -= part;
		if (t->size < offset)
			t->size = offset;
	}
	return SQLITE_OK;
}

/* What is cut off must be zeros if the file grows again. */
static int temp_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct vfs_temp *t = (void *)file;
	int64_t blocks = (size + VFS_PAGE - 1) / VFS_PAGE;
	int64_t in = size % VFS_PAGE;
	int rc;

	if (size >= t->size)
		return SQLITE_OK;
	if (t->number >= blocks) {
		t->number = -1;
		t->dirty = 0;
	}
	if (in > 0) {
		if ((rc = turn_to(t, blocks - 1)) != SQLITE_OK)
			return rc;
		memset(t->block + in, 0, (size_t)(VFS_PAGE - in));
		t->dirty = 1;
	}
	for (int64_t i = blocks; i <= (t->size - 1) / VFS_PAGE; i++)
		if (exists(t, i))
			t->map[i / 8] =
			    (uint8_t)(t->map[i / 8] & ~(1U << (i % 8)));
	t->size = size;
	return t->f.below->pMethods->xTruncate(t->f.below, blocks * SEALED);
}

/* It does not outlive the process: nothing to be made durable. */
static int temp_sync(sqlite3_file *file, int flags)
{
	(void)file;
	(void)flags;
	return SQLITE_OK;
}

static int temp_file_size(sqlite3_file *file, sqlite3_int64 *out)
{
	*out = ((struct vfs_temp *)(void *)file)->size;
	return SQLITE_OK;
}

static int temp_control(sqlite3_file *file, int op, void *arg)
{
	(void)file;
	(void)op;
	(void)arg;
	return SQLITE_NOTFOUND;
}

static int temp_close(sqlite3_file *file)
{
	struct vfs_temp *t = (void *)file;

	vfs_sealer_release(&t->sealer);
	if (t->block)
		explicit_bzero(t->block, VFS_PAGE);
	if (t->sealed)
		explicit_bzero(t->sealed, SEALED);
	free(t->block);
	free(t->sealed);
	free(t->map);
	return vfs_below_close(&t->f);
}

static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = temp_close,
	.xRead = temp_read,
	.xWrite = temp_write,
	.xTruncate = temp_truncate,
	.xSync = temp_sync,
	.xFileSize = temp_file_size,
	.xLock = vfs_below_lock,
	.xUnlock = vfs_below_unlock,
	.xCheckReservedLock = vfs_below_reserved,
	.xFileControl = temp_control,
	.xSectorSize = vfs_below_sector_size,
	.xDeviceCharacteristics = vfs_below_characteristics,
};

int vfs_temp_open(
    sqlite3_vfs *vfs, struct vfs_temp *t, int flags, int *out_flags)
{
	enum status st;
	int rc;

	t->number = -1;
	st = vfs_sealer_init(&t->sealer, NULL, VFS_TEMP);
	if (st == ST_OK && ((t->block = malloc(VFS_PAGE)) == NULL ||
			       (t->sealed = malloc(SEALED)) == NULL))
		st = fail(ST_NOMEM, "out of memory");
	if ((rc = vfs_code(st, SQLITE_CANTOPEN)) == SQLITE_OK)
		rc = vfs_open_below(vfs, NULL, &t->f, flags, out_flags);
	if (rc != SQLITE_OK) {
		(void)temp_close(&t->f.sqlite);
		return rc;
	}
	t->f.sqlite.pMethods = &methods;
	return SQLITE_OK;
}
