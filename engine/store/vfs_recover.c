/*
 * Whether a WAL that stops to be authentic at some frame was torn by a crash,
 * or changed.
 *
 * Every commit is synced before the next transaction writes (synchronous=FULL,
 * which every connection of ours sets).  So a crash tears the last transaction
 * only.  A frame that fails with two whole commits of the same WAL after it was
 * changed later, and leaving it out would lose them without a word.  With one
 * commit after it, it may belong to a transaction in flight, whose sectors
 * reached the disk in another order: SQLite leaves that out, and so do we.
 *
 * A frame whose masked salts are not those of the WAL's header is the common
 * end, left over from before the WAL was last reset; or one whose header was
 * changed.  It is told apart in the same way.
 */
#include <string.h>

#include "engine/store/vfs_wal.h"

#define MAGIC 0x377f0682U /* with 1 added: checksums of big-endian words */

static uint32_t word(const uint8_t *p, int big_endian)
{
	if (big_endian)
		return vfs_get32(p);
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[1] << 8 | p[0];
}

/* The WAL's checksum (fileformat2.html, 4.2), continued in ${sum}. */
static void add(uint32_t sum[2], int big_endian, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i += 8) {
		sum[0] += word(p + i, big_endian) + sum[1];
		sum[1] += word(p + i + 4, big_endian) + sum[0];
	}
}

static int equals(const uint32_t sum[2], const uint8_t *stored)
{
	return sum[0] == vfs_get32(stored) && sum[1] == vfs_get32(stored + 4);
}

int vfs_wal_head_valid(const uint8_t *head)
{
	uint32_t magic = vfs_get32(head), sum[2] = { 0, 0 };

	add(sum, magic & 1, head, 24);
	return (magic & ~1U) == MAGIC && vfs_get32(head + 8) == VFS_PAGE &&
	       equals(sum, head + 24);
}

/* The frames after a bad one, as far as they are what they were. */
struct tail {
	int64_t frames;  /* authentic ones of this WAL */
	int64_t commits; /* commits in the current unbroken run */
	int64_t most;    /* and in the longest */
	uint32_t sum[2]; /* checksum up to the last frame of the run */
	int in_run;
};

/* ${frame} is whole and of this WAL.  What a transaction left that was rolled
 * back does not continue the checksum. */
static void count(struct tail *t, const uint8_t *frame, int big_endian)
{
	t->frames++;
	add(t->sum, big_endian, frame, 8);
	add(t->sum, big_endian, frame + VFS_FRAME_HEAD, VFS_PAGE);
	if (!t->in_run || !equals(t->sum, frame + 16))
		t->commits = 0;
	t->in_run = 1;
	t->sum[0] = vfs_get32(frame + 16);
	t->sum[1] = vfs_get32(frame + 20);
	if (vfs_get32(frame + 4) != 0 && ++t->commits > t->most)
		t->most = t->commits;
}

int vfs_wal_current(const struct vfs_wal *w, const uint8_t *frame)
{
	return memcmp(frame + 8, w->head + 16, 8) == 0;
}

/* Look at the frame at ${offset}; most are old ones, told by their header. */
static int look(struct vfs_wal *w, int64_t offset, struct tail *t)
{
	sqlite3_file *b = w->f.below;
	/* behind what vfs_wal_frame() reads into */
	uint8_t *frame = w->buf + VFS_FRAME;
	enum status st;
	int rc;

	rc = b->pMethods->xRead(b, frame, VFS_FRAME_HEAD, offset);
	if (rc != SQLITE_OK)
		return rc;
	st = tweak_unmask(w->mask, (uint64_t)offset, frame + 8);
	if (st != ST_OK)
		return vfs_code(st, SQLITE_IOERR_READ);
	rc = SQLITE_IOERR_DATA;
	if (vfs_wal_current(w, frame))
		rc = vfs_wal_frame(w, offset, frame);
	if (rc == SQLITE_OK)
		count(t, frame, w->head[3] & 1);
	else
		t->in_run = 0;
	return rc == SQLITE_IOERR_DATA ? SQLITE_OK : rc;
}

int vfs_wal_reject(struct vfs_wal *w, int64_t offset, enum vfs_torn torn)
{
	struct tail t = { 0 };
	sqlite3_int64 size = 0;
	int64_t at = offset + VFS_FRAME;
	int rc;

	rc = w->f.below->pMethods->xFileSize(w->f.below, &size);
	for (; rc == SQLITE_OK && at + VFS_FRAME <= size; at += VFS_FRAME)
		rc = look(w, at, &t);
	if (rc != SQLITE_OK)
		return rc;
	if (t.most >= 2) {
		status_say("%s: frame %lld cannot be authenticated, and "
			   "commits follow it: the file was changed: restore "
			   "the store from a backup",
		    vfs_base_name(w->f.name),
		    (long long)((offset - VFS_WAL_HEAD) / VFS_FRAME + 1));
		return SQLITE_IOERR_DATA;
	}
	status_clear();
	w->main->rejected += t.frames + (torn == VFS_TORN);
	return SQLITE_OK;
}
