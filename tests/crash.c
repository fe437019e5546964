/* The recorder: a shim over the operating system's VFS. */
#include "tests/crash.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/store/vfs_internal.h"
#include "tests/suites.h"

struct shim {
	sqlite3_file sqlite;
	sqlite3_file *below;
	enum crash_file file;
	int recorded; /* main file or WAL */
};

static sqlite3_vfs shim_vfs, over_vfs;
static struct crash_op *ops;
static size_t count, size;
static int recording;
static long full_at = -1, sync_at = -1;
static int was_full;

static void add(struct crash_op op, const void *data)
{
	if (!recording)
		return;
	if (count == size) {
		size = size ? 2 * size : 256;
		ops = realloc(ops, size * sizeof(*ops));
		ck_assert_ptr_nonnull(ops);
	}
	if (op.len > 0) {
		op.data = malloc(op.len);
		ck_assert_ptr_nonnull(op.data);
		memcpy(op.data, data, op.len);
	}
	ops[count++] = op;
}

void crash_record(void)
{
	while (count > 0)
		free(ops[--count].data);
	recording = 1;
}

void crash_stop(void) { recording = 0; }

void crash_mark(int mark)
{
	add((struct crash_op){ .kind = CRASH_MARK, .offset = mark }, NULL);
}

size_t crash_count(void) { return count; }

const struct crash_op *crash_op(size_t i) { return &ops[i]; }

void crash_fill_disk_at(long nth)
{
	full_at = nth;
	was_full = 0;
}

int crash_disk_was_full(void) { return was_full; }

void crash_fail_sync_at(long nth)
{
	sync_at = nth;
	was_full = 0;
}

/* ---- the shim ---- */

static struct shim *self(sqlite3_file *f) { return (void *)f; }

#define BELOW(f) (self(f)->below)

static int shim_close(sqlite3_file *f)
{
	return BELOW(f)->pMethods->xClose(BELOW(f));
}

static int shim_read(sqlite3_file *f, void *buf, int n, sqlite3_int64 at)
{
	return BELOW(f)->pMethods->xRead(BELOW(f), buf, n, at);
}

static int shim_write(sqlite3_file *f, const void *buf, int n, sqlite3_int64 at)
{
	if (full_at == 0 && self(f)->recorded) {
		was_full = 1;
		return SQLITE_FULL;
	}
	if (full_at > 0 && self(f)->recorded)
		full_at--;
	if (self(f)->recorded)
		add((struct crash_op){ CRASH_WRITE, self(f)->file, at,
			(size_t)n, NULL },
		    buf);
	return BELOW(f)->pMethods->xWrite(BELOW(f), buf, n, at);
}

static int shim_truncate(sqlite3_file *f, sqlite3_int64 to)
{
	if (self(f)->recorded)
		add((struct crash_op){ CRASH_TRUNCATE, self(f)->file, to, 0,
			NULL },
		    NULL);
	return BELOW(f)->pMethods->xTruncate(BELOW(f), to);
}

static int shim_sync(sqlite3_file *f, int flags)
{
	if (sync_at == 0) {
		sync_at = -1;
		was_full = 1;
		return SQLITE_IOERR_FSYNC;
	}
	if (sync_at > 0)
		sync_at--;
	if (self(f)->recorded)
		add((struct crash_op){ CRASH_SYNC, self(f)->file, 0, 0, NULL },
		    NULL);
	(void)flags; /* nobody pulls the plug: the tests run faster */
	return SQLITE_OK;
}

static int shim_size(sqlite3_file *f, sqlite3_int64 *out)
{
	return BELOW(f)->pMethods->xFileSize(BELOW(f), out);
}

static int shim_lock(sqlite3_file *f, int level)
{
	return BELOW(f)->pMethods->xLock(BELOW(f), level);
}

static int shim_unlock(sqlite3_file *f, int level)
{
	return BELOW(f)->pMethods->xUnlock(BELOW(f), level);
}

static int shim_reserved(sqlite3_file *f, int *out)
{
	return BELOW(f)->pMethods->xCheckReservedLock(BELOW(f), out);
}

static int shim_control(sqlite3_file *f, int op, void *arg)
{
	return BELOW(f)->pMethods->xFileControl(BELOW(f), op, arg);
}

static int shim_sector(sqlite3_file *f)
{
	(void)f;
	return 512;
}

static int shim_characteristics(sqlite3_file *f)
{
	(void)f;
	return 0; /* the worst: no powersafe overwrite either */
}

static int shim_shm_map(
    sqlite3_file *f, int region, int n, int extend, void volatile **out)
{
	return BELOW(f)->pMethods->xShmMap(BELOW(f), region, n, extend, out);
}

static int shim_shm_lock(sqlite3_file *f, int first, int n, int flags)
{
	return BELOW(f)->pMethods->xShmLock(BELOW(f), first, n, flags);
}

static void shim_shm_barrier(sqlite3_file *f)
{
	BELOW(f)->pMethods->xShmBarrier(BELOW(f));
}

static int shim_shm_unmap(sqlite3_file *f, int remove)
{
	return BELOW(f)->pMethods->xShmUnmap(BELOW(f), remove);
}

static const sqlite3_io_methods shim_methods = {
	.iVersion = 2,
	.xClose = shim_close,
	.xRead = shim_read,
	.xWrite = shim_write,
	.xTruncate = shim_truncate,
	.xSync = shim_sync,
	.xFileSize = shim_size,
	.xLock = shim_lock,
	.xUnlock = shim_unlock,
	.xCheckReservedLock = shim_reserved,
	.xFileControl = shim_control,
	.xSectorSize = shim_sector,
	.xDeviceCharacteristics = shim_characteristics,
	.xShmMap = shim_shm_map,
	.xShmLock = shim_shm_lock,
	.xShmBarrier = shim_shm_barrier,
	.xShmUnmap = shim_shm_unmap,
};

static int ends_in(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n >= m && strcmp(name + n - m, end) == 0;
}

static int shim_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f,
    int flags, int *out_flags)
{
	sqlite3_vfs *below = vfs->pAppData;
	struct shim *s = self(f);
	int rc;

	memset(s, 0, sizeof(*s));
	s->below = (sqlite3_file *)(s + 1);
	s->recorded = (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) != 0;
	s->file = flags & SQLITE_OPEN_WAL ? CRASH_WAL : CRASH_MAIN;
	if (name && ends_in(name, "seal")) /* a folder may be called so too */
		s->file = CRASH_SEAL;
	rc = below->xOpen(below, name, s->below, flags, out_flags);
	if (rc == SQLITE_OK)
		s->sqlite.pMethods = &shim_methods;
	return rc;
}

static int shim_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	sqlite3_vfs *below = vfs->pAppData;

	if (ends_in(name, "-wal"))
		add((struct crash_op){ CRASH_DELETE, CRASH_WAL, 0, 0, NULL },
		    NULL);
	return below->xDelete(below, name, sync);
}

void crash_register(void)
{
	sqlite3_vfs *unix_vfs = sqlite3_vfs_find("unix");

	shim_vfs = *unix_vfs;
	shim_vfs.zName = "recorder";
	shim_vfs.pAppData = unix_vfs;
	shim_vfs.szOsFile = (int)sizeof(struct shim) + unix_vfs->szOsFile;
	shim_vfs.xOpen = shim_open;
	shim_vfs.xDelete = shim_delete;
	vfs_setup(&over_vfs, CRASH_VFS, &shim_vfs);
	ck_assert_int_eq(sqlite3_vfs_register(&over_vfs, 0), SQLITE_OK);
}

/* ---- images ---- */

static const char *const ends[CRASH__FILES] = { "", "-wal", "-seal" };

static void resize(struct crash_image *im, enum crash_file f, size_t len)
{
	uint8_t *data = realloc(im->data[f], len ? len : 1);

	ck_assert_ptr_nonnull(data);
	if (len > im->len[f])
		memset(data + im->len[f], 0, len - im->len[f]);
	im->data[f] = data;
	im->len[f] = len;
}

void crash_image_read(struct crash_image *im, const char *path)
{
	memset(im, 0, sizeof(*im));
	for (int f = 0; f < CRASH__FILES; f++) {
		char name[300];
		FILE *in;

		(void)snprintf(name, sizeof(name), "%s%s", path, ends[f]);
		if ((in = fopen(name, "rb")) == NULL)
			continue;
		im->exists[f] = 1;
		(void)fseek(in, 0, SEEK_END);
		resize(im, (enum crash_file)f, (size_t)ftell(in));
		rewind(in);
		ck_assert_uint_eq(
		    fread(im->data[f], 1, im->len[f], in), im->len[f]);
		(void)fclose(in);
	}
}

void crash_image_write(const struct crash_image *im, const char *path)
{
	char name[300];

	(void)snprintf(name, sizeof(name), "%s-shm", path);
	(void)unlink(name);
	for (int f = 0; f < CRASH__FILES; f++) {
		FILE *out;

		(void)snprintf(name, sizeof(name), "%s%s", path, ends[f]);
		(void)unlink(name);
		if (!im->exists[f])
			continue;
		ck_assert_ptr_nonnull(out = fopen(name, "wb"));
		ck_assert_uint_eq(
		    fwrite(im->data[f], 1, im->len[f], out), im->len[f]);
		ck_assert_int_eq(fclose(out), 0);
	}
}

void crash_image_copy(struct crash_image *to, const struct crash_image *from)
{
	for (int f = 0; f < CRASH__FILES; f++) {
		resize(to, (enum crash_file)f, from->len[f]);
		if (from->len[f] > 0)
			memcpy(to->data[f], from->data[f], from->len[f]);
		to->exists[f] = from->exists[f];
	}
}

void crash_image_release(struct crash_image *im)
{
	for (int f = 0; f < CRASH__FILES; f++)
		free(im->data[f]);
	memset(im, 0, sizeof(*im));
}

void crash_apply(
    struct crash_image *im, const struct crash_op *op, size_t from, size_t n)
{
	size_t end = (size_t)op->offset + from + n;

	switch (op->kind) {
	case CRASH_WRITE:
		im->exists[op->file] = 1;
		if (n > 0 && im->len[op->file] < end)
			resize(im, op->file, end);
		if (n > 0)
			memcpy(im->data[op->file] + op->offset + from,
			    op->data + from, n);
		break;
	case CRASH_TRUNCATE: resize(im, op->file, (size_t)op->offset); break;
	case CRASH_DELETE:
		resize(im, op->file, 0);
		im->exists[op->file] = 0;
		break;
	case CRASH_SYNC:
	case CRASH_MARK: break;
	}
}
