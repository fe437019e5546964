/*
 * The main database file.  SQLite reads whole pages, and before it knows the
 * page size the first 100 bytes and the change counter at 24; it writes whole
 * pages only.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/vfs_fresh.h"
#include "engine/store/vfs_internal.h"

/* SQLite's file format (fileformat2.html, 1.3). */
#define PAGE_SIZE_AT 16
#define FORMAT_AT    19
#define RESERVE_AT   20

/* Process-wide, because SQLite tells xOpen of a WAL its name only. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct vfs_main *open_files;

struct vfs_main *vfs_main_of(const char *wal_name)
{
	/* The very string that the pager opened the main file with: unlike
	 * the path it tells connections apart, and unlike
	 * sqlite3_database_file_object() it works under another shim. */
	const char *name = sqlite3_filename_database(wal_name);
	struct vfs_main *m;

	(void)pthread_mutex_lock(&mutex);
	for (m = open_files; m && m->f.name != name; m = m->next)
		continue;
	(void)pthread_mutex_unlock(&mutex);
	return m;
}

static void remember(struct vfs_main *m)
{
	(void)pthread_mutex_lock(&mutex);
	m->next = open_files;
	open_files = m;
	(void)pthread_mutex_unlock(&mutex);
}

static void forget(struct vfs_main *m)
{
	struct vfs_main **at;

	(void)pthread_mutex_lock(&mutex);
	for (at = &open_files; *at; at = &(*at)->next)
		if (*at == m) {
			*at = m->next;
			break;
		}
	(void)pthread_mutex_unlock(&mutex);
}

static int size_of(struct vfs_main *m, sqlite3_int64 *out)
{
	return m->f.below->pMethods->xFileSize(m->f.below, out);
}

static int bad_page(struct vfs_main *m, uint32_t pgno)
{
	status_say("%s: page %u cannot be authenticated: the file was changed "
		   "or belongs to another key: restore it from a backup",
	    vfs_base_name(m->f.name), pgno);
	return SQLITE_IOERR_DATA;
}

/*
 * A page that is not there in full.  In an empty file, which is about to
 * become a store, that is in order.  In any other SQLite would go on with
 * zeros, which nobody sealed.
 */
static int missing_page(struct vfs_main *m, uint32_t pgno)
{
	sqlite3_int64 size;
	int rc;

	if ((rc = size_of(m, &size)) != SQLITE_OK)
		return rc;
	if (size == 0)
		return SQLITE_IOERR_SHORT_READ;
	status_say("%s: page %u is missing: the file was cut short: restore it "
		   "from a backup",
	    vfs_base_name(m->f.name), pgno);
	return SQLITE_IOERR_DATA;
}

static int old_page(struct vfs_main *m, uint32_t pgno)
{
	status_say("%s: page %u is an older one that was put back: restore the "
		   "file from a backup",
	    vfs_base_name(m->f.name), pgno);
	return SQLITE_IOERR_DATA;
}

/*
 * Page 1 is also read before the WAL is open, to see whether there is to be
 * one: it may be older then than what the WAL has, or be written right now.
 * What SQLite works with it reads again.
 */
static int is_newest(struct vfs_main *m, uint32_t pgno, const uint8_t *nonce)
{
	return (pgno == 1 && m->wal == NULL) || vfs_fresh_is(m, pgno, nonce);
}

int vfs_main_page(struct vfs_main *m, uint32_t pgno, uint8_t *buf)
{
	uint8_t nonce[FRESH_NONCE];
	const struct vfs_place at = { .pgno = pgno };
	sqlite3_file *b = m->f.below;
	enum status st = ST_INTEGRITY;
	int rc;

	/* Before it holds a lock SQLite reads page 1 while somebody else's
	 * checkpoint may be writing it: look again before crying foul. */
	for (int i = 0; i < 3 && st == ST_INTEGRITY; i++) {
		rc = b->pMethods->xRead(
		    b, buf, VFS_PAGE, ((int64_t)pgno - 1) * VFS_PAGE);
		if (rc == SQLITE_IOERR_SHORT_READ) {
			memset(buf, 0, VFS_PAGE);
			return missing_page(m, pgno);
		}
		if (rc != SQLITE_OK)
			return rc;
		memcpy(nonce, buf + m->sealer.data_len, sizeof(nonce));
		st = vfs_unseal(&m->sealer, &at, buf, buf);
	}
	if (st == ST_INTEGRITY)
		return bad_page(m, pgno);
	if (st == ST_OK && !is_newest(m, pgno, nonce))
		return old_page(m, pgno);
	if (st == ST_OK && pgno == 1)
		m->format = buf[FORMAT_AT];
	return vfs_code(st, SQLITE_IOERR_READ);
}

/*
 * Part of a page.  Parts of page 1 are read before the WAL is looked at, which
 * may hold what a crash left torn here: they are zeros then, and SQLite goes
 * on to read the page in full, from the WAL or, strictly, from here.
 */
static int read_part(struct vfs_main *m, uint8_t *buf, int n, int64_t offset)
{
	uint32_t pgno = (uint32_t)(offset / VFS_PAGE) + 1;
	int64_t start = offset % VFS_PAGE;
	int rc;

	if (start + n > VFS_PAGE) {
		status_say("%s: a read of %d bytes at %lld crosses pages",
		    vfs_base_name(m->f.name), n, (long long)offset);
		return SQLITE_IOERR_READ;
	}
	rc = vfs_main_page(m, pgno, m->scratch);
	if (rc == SQLITE_IOERR_DATA && pgno == 1) {
		status_clear();
		rc = SQLITE_OK;
	}
	memcpy(buf, m->scratch + start, (size_t)n);
	return rc;
}

static int main_read(sqlite3_file *file, void *buf, int n, sqlite3_int64 offset)
{
	struct vfs_main *m = (void *)file;

	if (m->lost)
		return vfs_fresh_lost(m);
	if (n == VFS_PAGE && offset % VFS_PAGE == 0)
		return vfs_main_page(m, (uint32_t)(offset / VFS_PAGE) + 1, buf);
	return read_part(m, buf, n, offset);
}

static int refuse_write(struct vfs_main *m, const char *why)
{
	status_say("%s: not written: %s", vfs_base_name(m->f.name), why);
	return SQLITE_IOERR_WRITE;
}

int vfs_page_fits(const uint8_t *page, uint32_t pgno)
{
	static const uint8_t zero[VFS_RESERVE];

	if (memcmp(page + VFS_PAGE - VFS_RESERVE, zero, VFS_RESERVE) != 0)
		return 0;
	return pgno != 1 || (page[PAGE_SIZE_AT] == VFS_PAGE >> 8 &&
				page[PAGE_SIZE_AT + 1] == 0 &&
				page[RESERVE_AT] == VFS_RESERVE);
}

static int main_write(
    sqlite3_file *file, const void *data, int n, sqlite3_int64 offset)
{
	struct vfs_main *m = (void *)file;
	struct vfs_place at = { .pgno = (uint32_t)(offset / VFS_PAGE) + 1 };
	sqlite3_file *b = m->f.below;
	enum status st;
	int rc;

	if (n != VFS_PAGE || offset % VFS_PAGE != 0)
		return refuse_write(m, "pages must have 4096 bytes");
	if (!vfs_page_fits(data, at.pgno))
		return refuse_write(m,
		    "its pages leave no room for a seal: create it through its "
		    "store, and copy with VACUUM INTO");
	if ((st = vfs_seal(&m->sealer, &at, data, m->scratch)) != ST_OK)
		return vfs_code(st, SQLITE_IOERR_WRITE);
	rc = vfs_fresh_note(m, at.pgno, m->scratch + m->sealer.data_len);
	if (rc != SQLITE_OK)
		return rc;
	if (at.pgno == 1)
		m->format = ((const uint8_t *)data)[FORMAT_AT];
	return b->pMethods->xWrite(b, m->scratch, VFS_PAGE, offset);
}

/* The pages behind ${size} are none any more. */
static int forget_pages(struct vfs_main *m, sqlite3_int64 size)
{
	sqlite3_int64 old = 0, i;
	int rc;

	if (m->fresh == NULL)
		return SQLITE_OK;
	rc = size_of(m, &old);
	for (i = size / VFS_PAGE + 1;
	     rc == SQLITE_OK && (i - 1) * VFS_PAGE < old; i++)
		if (vfs_fresh_has(m, (uint32_t)i))
			rc = vfs_fresh_note(m, (uint32_t)i, NULL);
	return rc == SQLITE_OK ? vfs_fresh_flush(m) : rc;
}

static int main_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct vfs_main *m = (void *)file;
	int rc;

	if ((rc = forget_pages(m, size)) != SQLITE_OK)
		return rc;
	return m->f.below->pMethods->xTruncate(m->f.below, size);
}

static int main_sync(sqlite3_file *file, int flags)
{
	struct vfs_main *m = (void *)file;
	int rc;

	if ((rc = vfs_fresh_flush(m)) != SQLITE_OK)
		return rc;
	return m->f.below->pMethods->xSync(m->f.below, flags);
}

static int main_size(sqlite3_file *file, sqlite3_int64 *out)
{
	return size_of((void *)file, out);
}

static int main_lock(sqlite3_file *file, int level)
{
	struct vfs_main *m = (void *)file;
	int rc = vfs_below_lock(file, level);

	if (rc != SQLITE_OK || m->level >= level)
		return rc;
	if (level == SQLITE_LOCK_EXCLUSIVE)
		rc = vfs_fresh_begin_lock(m);
	if (rc == SQLITE_OK)
		m->level = level;
	else
		(void)vfs_below_unlock(file, m->level);
	return rc;
}

static int main_unlock(sqlite3_file *file, int level)
{
	struct vfs_main *m = (void *)file;

	m->level = level;
	return vfs_below_unlock(file, level);
}

static int main_close(sqlite3_file *file)
{
	struct vfs_main *m = (void *)file;

	forget(m);
	vfs_fresh_close(m);
	vfs_sealer_release(&m->sealer);
	vfs_key_put(m->key);
	free(m->scratch);
	m->scratch = NULL;
	return vfs_below_close(&m->f);
}

/* Version 2: no xFetch, so nothing is read past us through a mapping. */
static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = main_close,
	.xRead = main_read,
	.xWrite = main_write,
	.xTruncate = main_truncate,
	.xSync = main_sync,
	.xFileSize = main_size,
	.xLock = main_lock,
	.xUnlock = main_unlock,
	.xCheckReservedLock = vfs_below_reserved,
	.xFileControl = vfs_control,
	.xSectorSize = vfs_below_sector_size,
	.xDeviceCharacteristics = vfs_below_characteristics,
	.xShmMap = vfs_shm_map,
	.xShmLock = vfs_shm_lock,
	.xShmBarrier = vfs_shm_barrier,
	.xShmUnmap = vfs_shm_unmap,
};

/* A store that must exist is not one that was cut to nothing. */
static int check_existing(struct vfs_main *m, int flags)
{
	sqlite3_int64 size;
	int rc;

	if (flags & SQLITE_OPEN_CREATE)
		return SQLITE_OK;
	if ((rc = size_of(m, &size)) != SQLITE_OK || size > 0)
		return rc;
	status_say("%s: the file is empty: it was cut to nothing: restore it "
		   "from a backup",
	    vfs_base_name(m->f.name));
	return SQLITE_IOERR_DATA;
}

int vfs_main_open(sqlite3_vfs *vfs, const char *name, struct vfs_main *m,
    int flags, int *out_flags)
{
	enum status st;
	int rc;

	if ((m->key = vfs_key_take(name)) == NULL)
		return SQLITE_CANTOPEN;
	st = vfs_sealer_init(&m->sealer, m->key, VFS_MAIN);
	if (st == ST_OK && (m->scratch = malloc(VFS_PAGE)) == NULL)
		st = fail(ST_NOMEM, "out of memory");
	if ((rc = vfs_code(st, SQLITE_CANTOPEN)) == SQLITE_OK)
		rc = vfs_open_below(vfs, name, &m->f, flags, out_flags);
	if (rc == SQLITE_OK)
		rc = check_existing(m, flags);
	m->vfs = vfs->pAppData;
	m->unsealed = !sqlite3_uri_boolean(name, "seal", 1);
	if (rc == SQLITE_OK)
		rc = vfs_fresh_open(m);
	remember(m);
	if (rc != SQLITE_OK) {
		(void)main_close(&m->f.sqlite);
		return rc;
	}
	m->f.sqlite.pMethods = &methods;
	return SQLITE_OK;
}
