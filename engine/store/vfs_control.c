/*
 * What SQLite asks of a file by number, and the pragmas that would lead around
 * the encryption.
 */
#include <string.h>

#include "engine/store/vfs_fresh.h"
#include "engine/store/vfs_internal.h"

static int is(const char *a, const char *b)
{
	return sqlite3_stricmp(a, b) == 0;
}

/*
 * Not a WAL store yet: an empty file, or one that VACUUM INTO has made.  Where
 * page 1 is torn, and the WAL has it, we cannot tell, and it is one.
 */
static int is_new(struct vfs_main *m)
{
	sqlite3_int64 size = 1;

	(void)m->f.below->pMethods->xFileSize(m->f.below, &size);
	return size == 0 || m->format == 1;
}

/*
 * A store is made with its journal in memory, because switching to WAL is
 * SQLite's first write and would open a rollback journal.  Once it is a WAL
 * store it stays one.
 */
static const char *journal_mode(struct vfs_main *m, const char *mode)
{
	if (is(mode, "wal"))
		return NULL;
	if ((is(mode, "memory") || is(mode, "off")) && is_new(m))
		return NULL;
	return "the journal mode of an encrypted store is WAL: rollback "
	       "journals would not be encrypted";
}

static const char *refusal(
    struct vfs_main *m, const char *pragma, const char *value)
{
	if (value == NULL)
		return NULL;
	if (is(pragma, "journal_mode"))
		return journal_mode(m, value);
	if (is(pragma, "page_size") && strcmp(value, "4096") != 0)
		return "the page size of an encrypted store is 4096";
	/* It would go around the locks of vfs_shm.c. */
	if (is(pragma, "locking_mode") && is(value, "exclusive"))
		return "an encrypted store is not locked exclusively: others "
		       "read it meanwhile";
	return NULL;
}

static int pragma(struct vfs_main *m, char **arg)
{
	const char *why = refusal(m, arg[1], arg[2]);

	if (why == NULL)
		return SQLITE_NOTFOUND; /* SQLite does it */
	status_say("%s: %s", vfs_base_name(m->f.name), why);
	arg[0] = sqlite3_mprintf("%s", why);
	return SQLITE_ERROR;
}

/*
 * Asked before the last connection deletes the WAL: it holds the file
 * exclusively then, and has copied everything.
 */
static int keep_wal(struct vfs_main *m, int *arg)
{
	sqlite3_file *b = m->f.below;
	int rc, asked = *arg < 0;

	rc = b->pMethods->xFileControl(b, SQLITE_FCNTL_PERSIST_WAL, arg);
	if (rc == SQLITE_OK && asked && *arg != 1 &&
	    m->level == SQLITE_LOCK_EXCLUSIVE &&
	    vfs_fresh_wal(m, NULL) != SQLITE_OK)
		*arg = 1; /* then it had better stay */
	return rc;
}

int vfs_control(sqlite3_file *file, int op, void *arg)
{
	struct vfs_main *m = (void *)file;

	switch (op) {
	case VFS_FCNTL_SELF: *(struct vfs_main **)arg = m; return SQLITE_OK;
	case SQLITE_FCNTL_PRAGMA: return pragma(m, arg);
	case SQLITE_FCNTL_PERSIST_WAL: return keep_wal(m, arg);
	case SQLITE_FCNTL_CKPT_START: vfs_fresh_checkpoint(m); return SQLITE_OK;
	/* A failure waits for what SQLite asks next. */
	case SQLITE_FCNTL_CKPT_DONE: (void)vfs_fresh_flush(m); return SQLITE_OK;
	case SQLITE_FCNTL_MMAP_SIZE:
		*(int64_t *)arg = 0; /* what is mapped is not decrypted */
		return SQLITE_OK;
	case SQLITE_FCNTL_POWERSAFE_OVERWRITE:
		*(int *)arg = 1;
		return SQLITE_OK;
	case SQLITE_FCNTL_SIZE_HINT:
	case SQLITE_FCNTL_CHUNK_SIZE:
		return SQLITE_OK; /* would extend the file by raw zeros */
	case SQLITE_FCNTL_BEGIN_ATOMIC_WRITE:
	case SQLITE_FCNTL_COMMIT_ATOMIC_WRITE:
	case SQLITE_FCNTL_ROLLBACK_ATOMIC_WRITE: return SQLITE_NOTFOUND;
	case SQLITE_FCNTL_VFSNAME:
		*(char **)arg = sqlite3_mprintf("%s", VFS_NAME);
		return SQLITE_OK;
	default: return m->f.below->pMethods->xFileControl(m->f.below, op, arg);
	}
}

enum status vfs_prepare(sqlite3 *db)
{
	static const char *const words[] = { "PRAGMA page_size = 4096",
		"PRAGMA journal_mode = MEMORY", "PRAGMA journal_mode = WAL" };
	struct vfs_main *m = NULL;
	int reserve = VFS_RESERVE, rc;

	rc = sqlite3_file_control(db, "main", VFS_FCNTL_SELF, &m);
	if (rc == SQLITE_OK && is_new(m)) {
		rc = sqlite3_file_control(
		    db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve);
		for (int i = 0; i < 3 && rc == SQLITE_OK; i++)
			rc = sqlite3_exec(db, words[i], NULL, NULL, NULL);
	}
	if (rc == SQLITE_OK)
		return ST_OK;
	if (sqlite3_extended_errcode(db) == SQLITE_IOERR_DATA)
		return ST_INTEGRITY; /* and the sentence is there */
	if ((rc & 0xff) == SQLITE_BUSY)
		return fail(ST_BUSY, "the store is being created by another "
				     "process: try again");
	return fail(ST_DB, "prepare the store: %s", sqlite3_errmsg(db));
}
