/* Reading and authenticating everything that a store has on disk. */
#include <string.h>

#include "engine/store/vfs_wal.h"

/* SQLite's lock bytes lie at 1 GiB; their page is never written. */
#define LOCK_PAGE (0x40000000 / VFS_PAGE + 1)

/* The wal-index (walformat.html, 2.1): number of valid frames. */
#define MAX_FRAME_AT 16
#define REGION       32768

/* Frames 1 to this are what the WAL holds; behind it is old stuff. */
static int live_frames(struct vfs_main *m, uint32_t *out)
{
	void volatile *region = NULL;
	const volatile uint32_t *head;
	int rc;

	*out = 0;
	if (m->wal == NULL)
		return SQLITE_OK;
	rc = vfs_shm_map(&m->f.sqlite, 0, REGION, 0, &region);
	if (rc == SQLITE_OK && region) {
		head = region;
		*out = head[MAX_FRAME_AT / 4];
	}
	return rc;
}

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

static int verify(struct vfs_main *m, int64_t *pages)
{
	uint8_t buf[VFS_FRAME];
	sqlite3_int64 size = 0;
	uint32_t frames = 0;
	int rc;

	rc = m->f.below->pMethods->xFileSize(m->f.below, &size);
	if (rc == SQLITE_OK)
		rc = live_frames(m, &frames);
	for (uint32_t i = 1; rc == SQLITE_OK && i <= frames; i++, ++*pages)
		rc = vfs_wal_frame(m->wal, frame_at(i), buf);
	for (int64_t i = 1; rc == SQLITE_OK && (i - 1) * VFS_PAGE < size; i++) {
		if (i == LOCK_PAGE)
			continue;
		rc = vfs_main_page(m, (uint32_t)i, buf);
		if (rc == SQLITE_IOERR_DATA) {
			/* looking for another image replaces the sentence */
			if (superseded(m, (uint32_t)i, frames, buf))
				rc = SQLITE_OK;
			else
				rc = vfs_main_page(m, (uint32_t)i, buf);
		}
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
