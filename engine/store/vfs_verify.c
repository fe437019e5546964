/* Reading and authenticating everything that a store has on disk. */
#include <string.h>

#include "engine/store/vfs_fresh.h"
#include "engine/store/vfs_wal.h"

static int64_t frame_at(uint32_t number)
{
	return VFS_WAL_HEAD + ((int64_t)number - 1) * VFS_FRAME;
}

/* Whether the WAL holds a newer image of ${pgno}: then a torn one in the file
 * is what a crash in a checkpoint leaves, and the next checkpoint mends it. */
static int superseded(
    struct vfs_main *m, uint32_t pgno, uint32_t frames, uint8_t *buf)
{
	for (uint32_t i = 1; i <= frames; i++)
		if (vfs_wal_frame(m->wal, frame_at(i), buf) == SQLITE_OK &&
		    vfs_get32(buf) == pgno)
			return 1;
	return 0;
}

int vfs_check_page(struct vfs_main *m, uint32_t pgno, uint32_t frames,
    uint32_t pages, uint8_t *buf)
{
	int rc;

	if (pgno == VFS_LOCK_PAGE)
		return SQLITE_OK;
	/* Cut off by a transaction whose checkpoint is not finished. */
	if (frames > 0 && pgno > pages && !vfs_fresh_has(m, pgno))
		return SQLITE_OK;
	rc = vfs_main_page(m, pgno, buf);
	if (rc != SQLITE_IOERR_DATA)
		return rc;
	/* looking for another image replaces the sentence */
	return superseded(m, pgno, frames, buf) ? SQLITE_OK
						: vfs_main_page(m, pgno, buf);
}

static int verify(struct vfs_main *m, int64_t *pages)
{
	uint8_t buf[VFS_FRAME];
	sqlite3_int64 size = 0;
	struct fresh_index index = { 0 };
	int rc;

	rc = m->f.below->pMethods->xFileSize(m->f.below, &size);
	if (rc == SQLITE_OK)
		rc = fresh_index(m, &index);
	if (rc == SQLITE_OK)
		rc = vfs_fresh_sound(m);
	for (uint32_t i = 1; rc == SQLITE_OK && i <= index.frames;
	     i++, ++*pages)
		rc = vfs_wal_frame(m->wal, frame_at(i), buf);
	for (int64_t i = 1; rc == SQLITE_OK && (i - 1) * VFS_PAGE < size; i++) {
		rc = vfs_check_page(
		    m, (uint32_t)i, index.frames, index.pages, buf);
		++*pages;
	}
	return rc;
}

static enum status status_of(int rc)
{
	if (rc == SQLITE_OK)
		return ST_OK;
	if (rc == SQLITE_IOERR_DATA)
		return ST_INTEGRITY; /* and the sentence is there */
	if ((rc & 0xff) == SQLITE_BUSY)
		return fail(ST_BUSY,
		    "somebody is writing: try the integrity check again");
	return fail(ST_DB, "integrity check: %s", sqlite3_errstr(rc));
}

enum status vfs_verify(sqlite3 *db, int64_t *pages)
{
	struct vfs_main *m = NULL;
	int64_t count = 0;
	int rc;

	rc = sqlite3_file_control(db, "main", VFS_FCNTL_SELF, &m);
	if (rc != SQLITE_OK)
		return fail(ST_DB, "integrity check: not an encrypted store");
	/* Nobody writes a page while we read it. */
	if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
		return status_of(sqlite3_extended_errcode(db));
	rc = verify(m, &count);
	(void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	if (rc == SQLITE_OK && pages)
		*pages = count;
	return status_of(rc);
}

int64_t vfs_rejected(sqlite3 *db)
{
	struct vfs_main *m = NULL;

	if (sqlite3_file_control(db, "main", VFS_FCNTL_SELF, &m) != SQLITE_OK)
		return 0;
	return m->rejected;
}
