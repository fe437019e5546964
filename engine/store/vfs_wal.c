/*
 * The write-ahead log: a header of 32 bytes, then frames of 24 bytes and a
 * page.  wal.c writes header and page separately; so header, page, header ...
 * are held back and go down joined, up to 16 frames at once.
 *
 * Held back is only what nobody waits for.  A commit frame takes everything
 * with it at once, so that a failed write fails the transaction that it belongs
 * to, before the wal-index announces it.  Reads, syncs, truncation, questions
 * for the size, the memory barrier and every exclusive lock flush first.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/store/vfs_fresh.h"
#include "engine/store/vfs_internal.h"
#include "engine/store/vfs_wal.h"

#define HELD_FRAMES 16
#define HELD_BYTES  (HELD_FRAMES * VFS_FRAME)

size_t vfs_wal_size(void) { return sizeof(struct vfs_wal); }

static int write_below(
    struct vfs_wal *w, const void *data, size_t n, int64_t offset)
{
	sqlite3_file *b = w->f.below;

	return b->pMethods->xWrite(b, data, (int)n, offset);
}

int vfs_wal_flush(struct vfs_wal *w)
{
	size_t n = w->held;
	int rc;

	if (w->failed)
		return w->failed;
	if (n == 0)
		return SQLITE_OK;
	w->held = 0;
	rc = write_below(w, w->buf, n, w->held_at);
	/* Frames are lost that the transaction counts on: whatever it does
	 * next must fail, until it is rolled back. */
	w->failed = rc;
	return rc;
}

void vfs_wal_begin(struct vfs_wal *w)
{
	w->appended = 0;
	w->frame.offset = 0;
}

void vfs_wal_end(struct vfs_wal *w)
{
	(void)vfs_wal_flush(w);
	w->failed = SQLITE_OK;
}

static int odd_shape(struct vfs_wal *w, const char *what, int n, int64_t offset)
{
	status_say("%s: this version of SQLite %s %d bytes at %lld, which "
		   "is not known: use another version",
	    vfs_base_name(w->f.name), what, n, (long long)offset);
	return SQLITE_IOERR;
}

static int64_t inside(int64_t offset)
{
	return offset < VFS_WAL_HEAD ? -1 : (offset - VFS_WAL_HEAD) % VFS_FRAME;
}

/* ---- writing ---- */

static int write_head(struct vfs_wal *w, const uint8_t *data)
{
	uint8_t head[VFS_WAL_HEAD];
	enum status st;
	int rc;

	if ((rc = vfs_wal_flush(w)) != SQLITE_OK ||
	    (rc = vfs_fresh_wal(w->main, NULL)) != SQLITE_OK)
		return rc;
	memcpy(head, data, VFS_WAL_HEAD);
	memcpy(w->head, data, VFS_WAL_HEAD);
	if ((st = tweak_mask(w->mask, 0, head + 16)) != ST_OK)
		return vfs_code(st, SQLITE_IOERR_WRITE);
	w->appended = 0;
	w->begun = 1;
	return write_below(w, head, VFS_WAL_HEAD, 0);
}

/*
 * A frame's header: of a new frame, whose page comes next, or of one that this
 * transaction has written and gives its final checksum.
 */
static int write_frame_head(
    struct vfs_wal *w, const uint8_t *data, int64_t offset)
{
	uint8_t *to;
	enum status st;
	int rc;

	if (w->begun &&
	    (rc = vfs_fresh_wal(w->main, w->head + 16)) != SQLITE_OK)
		return rc;
	w->begun = 0;
	if (w->held > 0 &&
	    (w->held == HELD_BYTES ||
		offset != w->held_at + (int64_t)w->held) &&
	    (rc = vfs_wal_flush(w)) != SQLITE_OK)
		return rc;
	if (w->held == 0)
		w->held_at = offset;
	to = w->buf + w->held;
	memcpy(to, data, VFS_FRAME_HEAD);
	if ((st = tweak_mask(w->mask, (uint64_t)offset, to + 8)) != ST_OK)
		return vfs_code(st, SQLITE_IOERR_WRITE);
	w->held += VFS_FRAME_HEAD;
	w->frame = (struct vfs_place){ .offset = offset,
		.pgno = vfs_get32(data),
		.size = vfs_get32(data + 4) };
	return offset < w->appended ? vfs_wal_flush(w) : SQLITE_OK;
}

/* Where the page at ${offset} + 24 belongs: by the header that was written
 * last, or by the one in the file. */
static int find_place(struct vfs_wal *w, int64_t offset)
{
	sqlite3_file *b = w->f.below;
	uint8_t head[8];
	int rc;

	if (w->frame.offset == offset)
		return SQLITE_OK;
	if ((rc = vfs_wal_flush(w)) != SQLITE_OK ||
	    (rc = b->pMethods->xRead(b, head, 8, offset)) != SQLITE_OK)
		return rc == SQLITE_IOERR_SHORT_READ ? SQLITE_IOERR_WRITE : rc;
	w->frame = (struct vfs_place){ .offset = offset,
		.pgno = vfs_get32(head),
		.size = vfs_get32(head + 4) };
	return SQLITE_OK;
}

static int write_page(struct vfs_wal *w, const uint8_t *data, int64_t offset)
{
	int64_t frame = offset - VFS_FRAME_HEAD;
	enum status st;
	uint8_t *to;
	int rc;

	if ((rc = find_place(w, frame)) != SQLITE_OK)
		return rc;
	if (!vfs_page_fits(data, w->frame.pgno)) {
		status_say("%s: not written: its pages leave no room for a "
			   "seal",
		    vfs_base_name(w->f.name));
		return SQLITE_IOERR_WRITE;
	}
	if (w->held == 0 || offset != w->held_at + (int64_t)w->held) {
		if ((rc = vfs_wal_flush(w)) != SQLITE_OK)
			return rc;
		w->held_at = offset;
	}
	to = w->buf + w->held;
	if ((st = vfs_seal(&w->sealer, &w->frame, data, to)) != ST_OK)
		return vfs_code(st, SQLITE_IOERR_WRITE);
	w->held += VFS_PAGE;
	if (w->appended < offset + VFS_PAGE)
		w->appended = offset + VFS_PAGE;
	/* A page without its header in front is a rewrite: straight down. */
	if (w->frame.size != 0 || w->held == HELD_BYTES || w->held_at == offset)
		return vfs_wal_flush(w);
	return SQLITE_OK;
}

static int wal_write(
    sqlite3_file *file, const void *data, int n, sqlite3_int64 offset)
{
	struct vfs_wal *w = (void *)file;
	int64_t in = inside(offset);

	if (w->failed)
		return w->failed;
	if (offset == 0 && n == VFS_WAL_HEAD)
		return write_head(w, data);
	if (in == 0 && n == VFS_FRAME_HEAD)
		return write_frame_head(w, data, offset);
	if (in == VFS_FRAME_HEAD && n == VFS_PAGE)
		return write_page(w, data, offset);
	return odd_shape(w, "writes", n, offset);
}

/* ---- reading ---- */

static int read_below(struct vfs_wal *w, void *buf, int n, int64_t offset)
{
	sqlite3_file *b = w->f.below;

	return b->pMethods->xRead(b, buf, n, offset);
}

static int bad_frame(struct vfs_wal *w, uint32_t pgno)
{
	status_say("%s: page %u cannot be authenticated: the file was changed "
		   "or belongs to another key: restore it from a backup",
	    vfs_base_name(w->f.name), pgno);
	return SQLITE_IOERR_DATA;
}

static int short_frame(struct vfs_wal *w)
{
	status_say("%s: a page is missing: the file was cut short or removed "
		   "while it was in use: restore the store from a backup",
	    vfs_base_name(w->f.name));
	return SQLITE_IOERR_DATA;
}

/*
 * The header.  SQLite takes one with a wrong checksum for an empty WAL, and
 * deletes it when it closes: with the wrong key that would throw committed
 * transactions away.  A crash cannot leave one, because the header lies in one
 * sector and is synced before the first frame is written.
 */
int vfs_wal_head(struct vfs_wal *w, uint8_t *buf)
{
	enum status st;
	int rc;

	if ((rc = read_below(w, buf, VFS_WAL_HEAD, 0)) != SQLITE_OK)
		return rc;
	if ((st = tweak_unmask(w->mask, 0, buf + 16)) != ST_OK)
		return vfs_code(st, SQLITE_IOERR_READ);
	if (!vfs_wal_head_valid(buf)) {
		status_say("%s: its header cannot be authenticated: the file "
			   "was changed or belongs to another key: restore the "
			   "store from a backup",
		    vfs_base_name(w->f.name));
		return SQLITE_IOERR_DATA;
	}
	memcpy(w->head, buf, VFS_WAL_HEAD);
	return SQLITE_OK;
}

/* The last 8 of a masked block, which are a checksum. */
static int read_checksum(
    struct vfs_wal *w, uint8_t *buf, int64_t block, int64_t place)
{
	uint8_t masked[TWEAK_BLOCK];
	enum status st;
	int rc;

	if ((rc = read_below(w, masked, TWEAK_BLOCK, block)) != SQLITE_OK)
		return rc == SQLITE_IOERR_SHORT_READ ? short_frame(w) : rc;
	st = tweak_unmask(w->mask, (uint64_t)place, masked);
	memcpy(buf, masked + 8, 8);
	return vfs_code(st, SQLITE_IOERR_READ);
}

enum status vfs_wal_open_frame(
    struct vfs_wal *w, int64_t offset, const uint8_t *in, uint8_t *out)
{
	const struct vfs_place at = { .offset = offset,
		.pgno = vfs_get32(in),
		.size = vfs_get32(in + 4) };

	return vfs_unseal(&w->sealer, &at, in + VFS_FRAME_HEAD, out);
}

/* Header and page in one go; the page to ${out}. */
static int read_page(struct vfs_wal *w, uint8_t *out, int64_t offset)
{
	enum status st;
	int rc;

	rc = read_below(w, w->buf, VFS_FRAME, offset);
	if (rc != SQLITE_OK)
		return rc == SQLITE_IOERR_SHORT_READ ? short_frame(w) : rc;
	st = vfs_wal_open_frame(w, offset, w->buf, out);
	if (st == ST_INTEGRITY)
		return bad_frame(w, vfs_get32(w->buf));
	return vfs_code(st, SQLITE_IOERR_READ);
}

int vfs_wal_frame(struct vfs_wal *w, int64_t offset, uint8_t *buf)
{
	int rc;

	if ((rc = read_page(w, buf + VFS_FRAME_HEAD, offset)) != SQLITE_OK)
		return rc;
	memcpy(buf, w->buf, VFS_FRAME_HEAD);
	return vfs_code(tweak_unmask(w->mask, (uint64_t)offset, buf + 8),
	    SQLITE_IOERR_READ);
}

/*
 * Recovery after a crash reads frames until one does not fit; a torn one must
 * look like that to it.  All zeros do: page 0 does not exist.  But a writer
 * that rereads its own frames to give them their checksums would put a fresh
 * one over garbage.
 */
static int read_frame(struct vfs_wal *w, uint8_t *buf, int64_t offset)
{
	unsigned int slots = w->main->wanted & (SLOT_WRITE | SLOT_RECOVER);
	int rc = vfs_wal_frame(w, offset, buf);

	if (slots == SLOT_WRITE ||
	    (rc != SQLITE_OK && rc != SQLITE_IOERR_DATA) ||
	    (rc == SQLITE_OK && vfs_wal_current(w, buf)))
		return rc;
	if (rc == SQLITE_OK)
		return vfs_wal_reject(w, offset, VFS_WHOLE);
	memset(buf, 0, VFS_FRAME);
	return vfs_wal_reject(w, offset, VFS_TORN);
}

static int wal_read(sqlite3_file *file, void *buf, int n, sqlite3_int64 offset)
{
	struct vfs_wal *w = (void *)file;
	int64_t in = inside(offset);
	int rc;

	if (w->main->lost)
		return vfs_fresh_lost(w->main);
	if ((rc = vfs_wal_flush(w)) != SQLITE_OK)
		return rc;
	if (in == VFS_FRAME_HEAD && n == VFS_PAGE)
		return read_page(w, buf, offset - VFS_FRAME_HEAD);
	if (in == 0 && n == VFS_FRAME)
		return read_frame(w, buf, offset);
	if (in == 16 && n == 8)
		return read_checksum(w, buf, offset - 8, offset - 16);
	if (offset == 24 && n == 8)
		return read_checksum(w, buf, 16, 0);
	if (offset == 0 && n == VFS_WAL_HEAD)
		return vfs_wal_head(w, buf);
	return odd_shape(w, "reads", n, offset);
}

/* ---- the rest ---- */

static int wal_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct vfs_wal *w = (void *)file;
	int rc;

	if ((rc = vfs_wal_flush(w)) != SQLITE_OK)
		return rc;
	if (size == 0 && (rc = vfs_fresh_wal(w->main, NULL)) != SQLITE_OK)
		return rc;
	w->frame.offset = 0;
	return w->f.below->pMethods->xTruncate(w->f.below, size);
}

static int wal_sync(sqlite3_file *file, int flags)
{
	struct vfs_wal *w = (void *)file;
	int rc;

	if ((rc = vfs_wal_flush(w)) != SQLITE_OK)
		return rc;
	return w->f.below->pMethods->xSync(w->f.below, flags);
}

static int wal_file_size(sqlite3_file *file, sqlite3_int64 *out)
{
	struct vfs_wal *w = (void *)file;
	int rc;

	if ((rc = vfs_wal_flush(w)) != SQLITE_OK)
		return rc;
	if (!vfs_fresh_sees_wal(w->main)) {
		*out = 0;
		return SQLITE_OK;
	}
	return w->f.below->pMethods->xFileSize(w->f.below, out);
}

static int wal_control(sqlite3_file *file, int op, void *arg)
{
	(void)file;
	(void)op;
	(void)arg;
	return SQLITE_NOTFOUND;
}

static int wal_close(sqlite3_file *file)
{
	struct vfs_wal *w = (void *)file;
	int rc = SQLITE_OK, closed;

	if (w->held > 0)
		rc = vfs_wal_flush(w);
	if (w->main && w->main->wal == w)
		w->main->wal = NULL;
	vfs_sealer_release(&w->sealer);
	tweak_free(w->mask);
	free(w->buf);
	closed = vfs_below_close(&w->f);
	return rc == SQLITE_OK ? closed : rc;
}

static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = wal_close,
	.xRead = wal_read,
	.xWrite = wal_write,
	.xTruncate = wal_truncate,
	.xSync = wal_sync,
	.xFileSize = wal_file_size,
	.xLock = vfs_below_lock,
	.xUnlock = vfs_below_unlock,
	.xCheckReservedLock = vfs_below_reserved,
	.xFileControl = wal_control,
	.xSectorSize = vfs_below_sector_size,
	.xDeviceCharacteristics = vfs_below_characteristics,
};

int vfs_wal_open(sqlite3_vfs *vfs, const char *name, struct vfs_wal *w,
    int flags, int *out_flags)
{
	enum status st;
	int rc;

	if ((w->main = vfs_main_of(name)) == NULL) {
		status_say("%s: its database is not open", vfs_base_name(name));
		return SQLITE_CANTOPEN;
	}
	st = vfs_sealer_init(&w->sealer, w->main->key, VFS_WAL);
	if (st == ST_OK)
		st = vfs_mask_new(w->main->key, VFS_WAL, &w->mask);
	if (st == ST_OK && (w->buf = malloc(HELD_BYTES)) == NULL)
		st = fail(ST_NOMEM, "out of memory");
	if ((rc = vfs_code(st, SQLITE_CANTOPEN)) == SQLITE_OK)
		rc = vfs_open_below(vfs, name, &w->f, flags, out_flags);
	if (rc != SQLITE_OK) {
		(void)wal_close(&w->f.sqlite);
		return rc;
	}
	w->main->wal = w;
	w->f.sqlite.pMethods = &methods;
	return SQLITE_OK;
}
