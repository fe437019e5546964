#ifndef STORE_VFS_WAL_H
#define STORE_VFS_WAL_H

#include "engine/store/vfs_internal.h"

/* The WAL's handle, shared by writing and reading it and by recovery. */
struct vfs_wal {
	struct vfs_file f;
	struct vfs_main *main;
	struct vfs_sealer sealer;
	struct tweak *mask;
	uint8_t
	    head[VFS_WAL_HEAD]; /* as SQLite sees it; last read or written */
	struct vfs_place frame; /* whose header was written last */
	uint8_t *buf;           /* held back; scratch when nothing is */
	size_t held;
	int64_t held_at;
	int64_t appended; /* end of what this transaction has appended */
	int failed;       /* of the flush that lost frames */
	int begun;        /* a header was written, and no frame yet */
};

/* The page of a sealed frame to ${out}. */
enum status vfs_wal_open_frame(struct vfs_wal *w, int64_t offset,
    const uint8_t *in, uint8_t *out) MUST_CHECK;

/* vfs_recover.c */

/* Whether the checksum in a WAL's header is that of its other fields. */
int vfs_wal_head_valid(const uint8_t *head);

/* Whether a frame has the salts of the header that was read last. */
int vfs_wal_current(const struct vfs_wal *w, const uint8_t *frame);

/* Recovery stops at the frame at ${offset}, torn or with other salts: fine
 * after a crash, or not? */
enum vfs_torn { VFS_WHOLE, VFS_TORN };
int vfs_wal_reject(struct vfs_wal *w, int64_t offset, enum vfs_torn torn);

#endif /* !STORE_VFS_WAL_H */
