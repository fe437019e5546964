/*
 * engine/store/vfs_shm.c: a checkpoint and a writer never meet.
 *
 * In SQLite before 3.51.3 a checkpoint that has just read the wal-index calls
 * xUnfetch where the index changed and the file has one; it stands exactly in
 * the window of the WAL-reset bug.  So a shim on top commits there.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/store/vfs_internal.h"
#include "tests/vfs_support.h"

/* ---- a shim whose files have xUnfetch ---- */

struct top {
	sqlite3_file sqlite;
	sqlite3_file *below;
};

static void (*in_window)(void);
static sqlite3_io_methods top_methods;

#define BELOW(f) (((struct top *)(void *)(f))->below)

static int top_close(sqlite3_file *f)
{
	return BELOW(f)->pMethods->xClose(BELOW(f));
}

static int top_read(sqlite3_file *f, void *buf, int n, sqlite3_int64 at)
{
	return BELOW(f)->pMethods->xRead(BELOW(f), buf, n, at);
}

static int top_write(sqlite3_file *f, const void *buf, int n, sqlite3_int64 at)
{
	return BELOW(f)->pMethods->xWrite(BELOW(f), buf, n, at);
}

static int top_truncate(sqlite3_file *f, sqlite3_int64 to)
{
	return BELOW(f)->pMethods->xTruncate(BELOW(f), to);
}

static int top_sync(sqlite3_file *f, int flags)
{
	return BELOW(f)->pMethods->xSync(BELOW(f), flags);
}

static int top_size(sqlite3_file *f, sqlite3_int64 *out)
{
	return BELOW(f)->pMethods->xFileSize(BELOW(f), out);
}

static int top_lock(sqlite3_file *f, int level)
{
	return BELOW(f)->pMethods->xLock(BELOW(f), level);
}

static int top_unlock(sqlite3_file *f, int level)
{
	return BELOW(f)->pMethods->xUnlock(BELOW(f), level);
}

static int top_reserved(sqlite3_file *f, int *out)
{
	return BELOW(f)->pMethods->xCheckReservedLock(BELOW(f), out);
}

static int top_control(sqlite3_file *f, int op, void *arg)
{
	return BELOW(f)->pMethods->xFileControl(BELOW(f), op, arg);
}

static int top_sector(sqlite3_file *f)
{
	return BELOW(f)->pMethods->xSectorSize(BELOW(f));
}

static int top_characteristics(sqlite3_file *f)
{
	return BELOW(f)->pMethods->xDeviceCharacteristics(BELOW(f));
}

static int top_shm_map(
    sqlite3_file *f, int region, int n, int extend, void volatile **out)
{
	return BELOW(f)->pMethods->xShmMap(BELOW(f), region, n, extend, out);
}

static int top_shm_lock(sqlite3_file *f, int first, int n, int flags)
{
	return BELOW(f)->pMethods->xShmLock(BELOW(f), first, n, flags);
}

static void top_shm_barrier(sqlite3_file *f)
{
	BELOW(f)->pMethods->xShmBarrier(BELOW(f));
}

static int top_shm_unmap(sqlite3_file *f, int remove)
{
	return BELOW(f)->pMethods->xShmUnmap(BELOW(f), remove);
}

static int top_fetch(sqlite3_file *f, sqlite3_int64 at, int n, void **out)
{
	(void)f;
	(void)at;
	(void)n;
	*out = NULL;
	return SQLITE_OK;
}

static int top_unfetch(sqlite3_file *f, sqlite3_int64 at, void *p)
{
	void (*hook)(void) = in_window;

	(void)f;
	(void)at;
	in_window = NULL;
	if (p == NULL && hook)
		hook();
	return SQLITE_OK;
}

static int top_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f,
    int flags, int *out_flags)
{
	sqlite3_vfs *below = vfs->pAppData;
	struct top *t = (void *)f;
	int rc;

	t->below = (sqlite3_file *)(void *)(t + 1);
	rc = below->xOpen(below, name, t->below, flags, out_flags);
	t->sqlite.pMethods = rc == SQLITE_OK ? &top_methods : NULL;
	return rc;
}

static int below_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	sqlite3_vfs *below = vfs->pAppData;

	return below->xDelete(below, name, sync);
}

static int below_access(sqlite3_vfs *vfs, const char *name, int what, int *out)
{
	sqlite3_vfs *below = vfs->pAppData;

	return below->xAccess(below, name, what, out);
}

static int below_path(sqlite3_vfs *vfs, const char *name, int n, char *out)
{
	sqlite3_vfs *below = vfs->pAppData;

	return below->xFullPathname(below, name, n, out);
}

static void stack(sqlite3_vfs *out, const char *name, const char *over)
{
	sqlite3_vfs *below = sqlite3_vfs_find(over);

	*out = *sqlite3_vfs_find("unix");
	out->zName = name;
	out->pAppData = below;
	out->szOsFile = (int)sizeof(struct top) + below->szOsFile;
	out->xOpen = top_open;
	out->xDelete = below_delete;
	out->xAccess = below_access;
	out->xFullPathname = below_path;
	top_methods = (sqlite3_io_methods){ 3, top_close, top_read, top_write,
		top_truncate, top_sync, top_size, top_lock, top_unlock,
		top_reserved, top_control, top_sector, top_characteristics,
		top_shm_map, top_shm_lock, top_shm_barrier, top_shm_unmap,
		top_fetch, top_unfetch };
	ck_assert_int_eq(sqlite3_vfs_register(out, 0), SQLITE_OK);
}

/* ---- the race ---- */

static sqlite3 *writer;
static int committed; /* rows whose COMMIT returned */
static int was_busy;

/* What happens in the window: the WAL is reset, and rows are committed. */
static void commit_some(void)
{
	for (int i = 0; i < 3; i++) {
		int rc = vt_try(writer, "INSERT INTO t VALUES (NULL, 'new')");

		if (rc == SQLITE_OK)
			committed++;
		else
			was_busy = rc == SQLITE_BUSY;
	}
}

static sqlite3 *connect(const char *vfs, const char *path, unsigned int key)
{
	sqlite3 *db;

	ck_assert_int_eq(vt_try_open(vfs, path, key, "", &db), SQLITE_OK);
	if (key)
		ck_assert_int_eq(vfs_prepare(db), ST_OK);
	vt_run(db, "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0");
	return db;
}

/* Run the race over ${vfs}; how many committed rows are lost. */
static int64_t lost_rows(const char *vfs, const char *path, unsigned int key)
{
	sqlite3 *a = connect(vfs, path, key);
	int64_t left;

	vt_run(a, "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)");
	for (committed = 0; committed < 50; committed++)
		vt_run(a, "INSERT INTO t VALUES (NULL, hex(zeroblob(500)))");
	writer = connect(vfs, path, key);
	/* ${writer} copies everything, so that its next write starts the WAL
	 * over; ${a} knows an older index, so that its checkpoint finds a
	 * change and comes by the hook. */
	committed++;
	vt_run(writer, "INSERT INTO t VALUES (NULL, 'seen by b only')");
	vt_run(writer, "PRAGMA wal_checkpoint(PASSIVE)");
	in_window = commit_some;
	(void)vt_try(a, "PRAGMA wal_checkpoint(PASSIVE)");
	ck_assert(in_window == NULL); /* or SQLite changed: find the window */
	/* Life goes on.  The index now says that 51 frames were copied, of a
	 * WAL that holds a few: the last close copies none and deletes it. */
	commit_some();
	(void)sqlite3_close(a);
	(void)sqlite3_close(writer);
	a = connect(vfs, path, key);
	left = vt_int(a, "SELECT count(*) FROM t");
	vt_check_integrity(a);
	(void)sqlite3_close(a);
	return committed - left;
}

static sqlite3_vfs over_plain, over_ours;

START_TEST(the_bug_is_there_without_our_locks)
{
	char path[100];

	if (sqlite3_libversion_number() >= 3051003)
		return;
	(void)snprintf(path, sizeof(path), "%s/plain.db", test_folder());
	stack(&over_plain, "top-plain", "unix");
	ck_assert_int_gt(lost_rows("top-plain", path, 0), 0);
}
END_TEST

START_TEST(a_checkpoint_and_a_reset_lose_no_commit)
{
	char path[100];

	vt_setup();
	(void)snprintf(path, sizeof(path), "%s/ours.db", test_folder());
	stack(&over_ours, "top-ours", VFS_NAME);
	ck_assert_int_eq(
	    lost_rows("top-ours", path, vt_key(1, AEAD_AES256_OCB)), 0);
	ck_assert(was_busy); /* so the window was closed */
}
END_TEST

/* ---- what is locked when ---- */

static struct vfs_main *file_of(sqlite3 *db)
{
	struct vfs_main *m = NULL;

	ck_assert_int_eq(
	    sqlite3_file_control(db, "main", VFS_FCNTL_SELF, &m), SQLITE_OK);
	return m;
}

START_TEST(writers_and_checkpoints_exclude_each_other)
{
	unsigned int key = vt_key(1, AEAD_AES256_OCB);
	sqlite3_file *fa, *fb;
	char path[100];
	sqlite3 *a, *b;

	const int take = SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE;
	const int give = SQLITE_SHM_UNLOCK | SQLITE_SHM_EXCLUSIVE;

	(void)snprintf(path, sizeof(path), "%s/l.db", test_folder());
	a = vt_create(path, key);
	vt_fill(a, 5, "x");
	b = vt_open(path, key);
	ck_assert_int_eq(vt_int(b, "SELECT count(*) FROM person"), 5);
	fa = &file_of(a)->f.sqlite;
	fb = &file_of(b)->f.sqlite;
	for (int mine = 0; mine < 2; mine++)
		for (int yours = 0; yours < 2; yours++) {
			ck_assert_int_eq(
			    vfs_shm_lock(fa, mine, 1, take), SQLITE_OK);
			ck_assert_int_eq(
			    vfs_shm_lock(fb, yours, 1, take), SQLITE_BUSY);
			ck_assert_uint_eq(file_of(b)->held, 0);
			ck_assert_int_eq(
			    vfs_shm_lock(fa, mine, 1, give), SQLITE_OK);
			ck_assert_int_eq(
			    vfs_shm_lock(fb, yours, 1, take), SQLITE_OK);
			ck_assert_int_eq(
			    vfs_shm_lock(fb, yours, 1, give), SQLITE_OK);
		}
	/* As recovery does: the writers' slot, then 1 and 2 at once. */
	ck_assert_int_eq(vfs_shm_lock(fa, 0, 1, take), SQLITE_OK);
	ck_assert_int_eq(vfs_shm_lock(fa, 1, 2, take), SQLITE_OK);
	ck_assert_uint_eq(file_of(a)->held, 7);
	ck_assert_int_eq(vfs_shm_lock(fa, 1, 2, give), SQLITE_OK);
	ck_assert_uint_eq(file_of(a)->held, 3);
	ck_assert_int_eq(vfs_shm_lock(fb, 1, 1, take), SQLITE_BUSY);
	ck_assert_int_eq(vfs_shm_lock(fa, 0, 1, give), SQLITE_OK);
	ck_assert_uint_eq(file_of(a)->held, 0);
	/* As a TRUNCATE checkpoint does: 1, then 0; and back. */
	ck_assert_int_eq(vfs_shm_lock(fa, 1, 1, take), SQLITE_OK);
	ck_assert_int_eq(vfs_shm_lock(fa, 0, 1, take), SQLITE_OK);
	ck_assert_int_eq(vfs_shm_lock(fa, 0, 1, give), SQLITE_OK);
	ck_assert_int_eq(vfs_shm_lock(fb, 0, 1, take), SQLITE_BUSY);
	ck_assert_int_eq(vfs_shm_lock(fa, 1, 1, give), SQLITE_OK);
	ck_assert_int_eq(vfs_shm_lock(fb, 0, 3, take), SQLITE_OK);
	ck_assert_int_eq(vfs_shm_lock(fb, 0, 3, give), SQLITE_OK);
	(void)sqlite3_close(a);
	(void)sqlite3_close(b);
}
END_TEST

/* ---- several processes ---- */

#define PROCESSES 3
#define EACH      60

static void child(const char *path, unsigned int key, int number)
{
	sqlite3 *db;
	char sql[100];

	db = vt_open(path, key);
	(void)sqlite3_busy_timeout(db, 20000);
	vt_run(
	    db, "PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 3");
	for (int i = 0; i < EACH; i++) {
		(void)snprintf(sql, sizeof(sql),
		    "INSERT INTO t VALUES (%d, hex(zeroblob(900)))",
		    number * EACH + i);
		vt_run(db, sql);
		if (i % 20 == 0)
			(void)vt_try(db, "PRAGMA wal_checkpoint(TRUNCATE)");
		ck_assert_int_ge(vt_int(db, "SELECT count(*) FROM t"), i + 1);
	}
	_exit(sqlite3_close(db) == SQLITE_OK ? 0 : 1);
}

START_TEST(several_processes_write_and_checkpoint_at_once)
{
	unsigned int key = vt_key(1, AEAD_AES256_OCB);
	pid_t pids[PROCESSES];
	char path[100];
	sqlite3 *db;
	int status;

	(void)snprintf(path, sizeof(path), "%s/many.db", test_folder());
	db = vt_create(path, key);
	vt_run(db, "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)");
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	for (int i = 0; i < PROCESSES; i++)
		if ((pids[i] = fork()) == 0)
			child(path, key, i);
	for (int i = 0; i < PROCESSES; i++) {
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert_int_eq(status, 0);
	}
	db = vt_open(path, key);
	ck_assert_int_eq(
	    vt_int(db, "SELECT count(*) FROM t"), PROCESSES * EACH);
	vt_check_integrity(db);
	ck_assert_int_eq(vfs_verify(db, NULL), ST_OK);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}
END_TEST

static unsigned int shared_key;

static void *write_some(void *arg)
{
	sqlite3 *db;

	for (int i = 0; i < 10; i++) {
		db = vt_open(arg, shared_key);
		(void)sqlite3_busy_timeout(db, 20000);
		vt_run(db, "PRAGMA synchronous = NORMAL;"
			   "PRAGMA wal_autocheckpoint = 2;"
			   "INSERT INTO t VALUES (NULL, hex(zeroblob(900)))");
		vt_run(db, "UPDATE t SET v = v || 'x'");
		ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	}
	return arg;
}

START_TEST(threads_have_connections_of_their_own)
{
	pthread_t t[3];
	void *result;
	char path[100];
	sqlite3 *db;

	shared_key = vt_key(1, AEAD_AES256_OCB);
	(void)snprintf(path, sizeof(path), "%s/t.db", test_folder());
	db = vt_create(path, shared_key);
	vt_run(db, "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)");
	for (size_t i = 0; i < 3; i++)
		ck_assert_int_eq(
		    pthread_create(&t[i], NULL, write_some, path), 0);
	for (size_t i = 0; i < 3; i++)
		ck_assert_int_eq(pthread_join(t[i], &result), 0);
	ck_assert_int_eq(vt_int(db, "SELECT count(*) FROM t"), 30);
	vt_check_integrity(db);
	ck_assert_int_eq(vfs_verify(db, NULL), ST_OK);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}
END_TEST

Suite *vfs_lock_suite(void)
{
	Suite *s = suite_create("vfs_lock");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, vt_setup, NULL);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, the_bug_is_there_without_our_locks);
	tcase_add_test(t, a_checkpoint_and_a_reset_lose_no_commit);
	tcase_add_test(t, writers_and_checkpoints_exclude_each_other);
	tcase_add_test(t, several_processes_write_and_checkpoint_at_once);
	tcase_add_test(t, threads_have_connections_of_their_own);
	suite_add_tcase(s, t);
	return s;
}
