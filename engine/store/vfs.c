/*
 * The VFS itself: what kind of file is opened, and what goes straight down to
 * the VFS of the operating system.
 */
#include "engine/store/vfs.h"

#include <pthread.h>
#include <string.h>

#include "engine/store/vfs_internal.h"

/* SQLite's file types, of which xOpen gets one. */
#define TYPES                                                   \
	(SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL |       \
	    SQLITE_OPEN_TEMP_DB | SQLITE_OPEN_TEMP_JOURNAL |    \
	    SQLITE_OPEN_TRANSIENT_DB | SQLITE_OPEN_SUBJOURNAL | \
	    SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL)

static sqlite3_vfs *below(sqlite3_vfs *vfs) { return vfs->pAppData; }

/* Room for the largest of our files; the one below lies behind it. */
static size_t own_size(void)
{
	size_t n = sizeof(struct vfs_main);

	if (n < vfs_wal_size())
		n = vfs_wal_size();
	if (n < vfs_temp_size())
		n = vfs_temp_size();
	return (n + 15) / 16 * 16;
}

int vfs_open_below(sqlite3_vfs *vfs, const char *name, struct vfs_file *f,
    int flags, int *out_flags)
{
	int rc;

	f->name = name;
	f->below = (sqlite3_file *)(void *)((char *)f + own_size());
	rc = below(vfs)->xOpen(below(vfs), name, f->below, flags, out_flags);
	if (rc != SQLITE_OK)
		(void)vfs_below_close(f);
	return rc;
}

/*
 * A rollback journal holds page numbers, and sums over the plaintext, in clear.
 * So there is none; except that VACUUM INTO wants one for the file it makes.
 * That file was empty, so that the journal has no page to keep and nobody could
 * roll back by it: a temporary file serves.
 */
static int open_journal(
    sqlite3_vfs *vfs, const char *name, struct vfs_temp *t, int *out_flags)
{
	const struct vfs_main *m = vfs_main_of(name);
	sqlite3_int64 size = 1;

	if (m != NULL)
		(void)m->f.below->pMethods->xFileSize(m->f.below, &size);
	if (size == 0)
		return vfs_temp_open(vfs, t,
		    SQLITE_OPEN_TEMP_JOURNAL | SQLITE_OPEN_READWRITE |
			SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE |
			SQLITE_OPEN_DELETEONCLOSE,
		    out_flags);
	status_say("%s: rollback journals are not used: if this file exists, "
		   "it is not ours: remove it",
	    vfs_base_name(name));
	return SQLITE_CANTOPEN;
}

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file,
    int flags, int *out_flags)
{
	/* No methods: SQLite then does not close what did not open. */
	memset(file, 0, (size_t)vfs->szOsFile);
	if (name == NULL)
		return vfs_temp_open(vfs, (void *)file, flags, out_flags);
	switch (flags & TYPES) {
	case SQLITE_OPEN_MAIN_DB:
		return vfs_main_open(vfs, name, (void *)file, flags, out_flags);
	case SQLITE_OPEN_WAL:
		return vfs_wal_open(vfs, name, (void *)file, flags, out_flags);
	case SQLITE_OPEN_MAIN_JOURNAL:
		return open_journal(vfs, name, (void *)file, out_flags);
	default:
		status_say("%s: a file of kind %x is not supported",
		    vfs_base_name(name), (unsigned int)flags & TYPES);
		return SQLITE_CANTOPEN;
	}
}

int vfs_below_close(struct vfs_file *f)
{
	int rc = SQLITE_OK;

	if (f->below && f->below->pMethods)
		rc = f->below->pMethods->xClose(f->below);
	f->below = NULL;
	return rc;
}

int vfs_below_sector_size(sqlite3_file *file)
{
	sqlite3_file *b = ((struct vfs_file *)(void *)file)->below;

	return b->pMethods->xSectorSize(b);
}

/*
 * Powersafe overwrite is always claimed: without it, wal.c pads commits and
 * splits one frame into two writes around a sync, which no AEAD survives
 * ("psow=0" in a URI would ask for that).  Nothing else is: a sealed page is
 * not written atomically, nor read in parts.
 */
int vfs_below_characteristics(sqlite3_file *file)
{
	sqlite3_file *b = ((struct vfs_file *)(void *)file)->below;
	int c = b->pMethods->xDeviceCharacteristics(b);

	return (c & SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN) |
	       SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

int vfs_below_lock(sqlite3_file *file, int level)
{
	sqlite3_file *b = ((struct vfs_file *)(void *)file)->below;

	return b->pMethods->xLock(b, level);
}

int vfs_below_unlock(sqlite3_file *file, int level)
{
	sqlite3_file *b = ((struct vfs_file *)(void *)file)->below;

	return b->pMethods->xUnlock(b, level);
}

int vfs_below_reserved(sqlite3_file *file, int *out)
{
	sqlite3_file *b = ((struct vfs_file *)(void *)file)->below;

	return b->pMethods->xCheckReservedLock(b, out);
}

/* SQLite deletes the journal that it had no file of that name for. */
static int delete_file(sqlite3_vfs *vfs, const char *name, int sync)
{
	int rc = below(vfs)->xDelete(below(vfs), name, sync);

	return rc == SQLITE_IOERR_DELETE_NOENT ? SQLITE_OK : rc;
}

static int access_file(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
	return below(vfs)->xAccess(below(vfs), name, flags, out);
}

static int full_path(sqlite3_vfs *vfs, const char *name, int n, char *out)
{
	return below(vfs)->xFullPathname(below(vfs), name, n, out);
}

static int randomness(sqlite3_vfs *vfs, int n, char *out)
{
	return below(vfs)->xRandomness(below(vfs), n, out);
}

static int sleep_for(sqlite3_vfs *vfs, int microseconds)
{
	return below(vfs)->xSleep(below(vfs), microseconds);
}

static int current_time(sqlite3_vfs *vfs, double *out)
{
	return below(vfs)->xCurrentTime(below(vfs), out);
}

static int current_time64(sqlite3_vfs *vfs, sqlite3_int64 *out)
{
	return below(vfs)->xCurrentTimeInt64(below(vfs), out);
}

static int last_error(sqlite3_vfs *vfs, int n, char *out)
{
	return below(vfs)->xGetLastError(below(vfs), n, out);
}

/* An extension could open our files by other ways: none is loaded. */
static void *open_library(sqlite3_vfs *vfs, const char *name)
{
	(void)vfs;
	(void)name;
	return NULL;
}

static void library_error(sqlite3_vfs *vfs, int n, char *out)
{
	(void)vfs;
	(void)sqlite3_snprintf(n, out, "extensions are not loaded");
}

static void (
    *library_symbol(sqlite3_vfs *vfs, void *library, const char *name))(void)
{
	(void)vfs;
	(void)library;
	(void)name;
	return NULL;
}

static void close_library(sqlite3_vfs *vfs, void *library)
{
	(void)vfs;
	(void)library;
}

void vfs_setup(sqlite3_vfs *out, const char *name, sqlite3_vfs *base)
{
	*out = (sqlite3_vfs){
		.iVersion = 2,
		.szOsFile = (int)own_size() + base->szOsFile,
		.mxPathname = base->mxPathname,
		.zName = name,
		.pAppData = base,
		.xOpen = open_file,
		.xDelete = delete_file,
		.xAccess = access_file,
		.xFullPathname = full_path,
		.xDlOpen = open_library,
		.xDlError = library_error,
		.xDlSym = library_symbol,
		.xDlClose = close_library,
		.xRandomness = randomness,
		.xSleep = sleep_for,
		.xCurrentTime = current_time,
		.xGetLastError = last_error,
		.xCurrentTimeInt64 = current_time64,
	};
}

enum status vfs_register(void)
{
	/* SQLite keeps a pointer to it for as long as the process lives. */
	static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	static sqlite3_vfs vfs;
	sqlite3_vfs *base;
	enum status st = ST_OK;

	(void)pthread_mutex_lock(&mutex);
	if (vfs.zName == NULL) {
		/* By name: the default may be somebody else's shim. */
		if ((base = sqlite3_vfs_find("unix")) == NULL)
			st = fail(ST_DB, "SQLite has no VFS named unix");
		else
			vfs_setup(&vfs, VFS_NAME, base);
	}
	if (st == ST_OK && sqlite3_vfs_register(&vfs, 0) != SQLITE_OK)
		st = fail(ST_DB, "SQLite does not accept our VFS");
	(void)pthread_mutex_unlock(&mutex);
	return st;
}
