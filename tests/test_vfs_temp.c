/* engine/store/vfs_temp.c: temporary files, at any offset, never in clear. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/vfs_support.h"

#define LEN 60000

static sqlite3_file *open_temp(void)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(VFS_NAME);
	sqlite3_file *f = calloc(1, (size_t)vfs->szOsFile);
	int flags;

	ck_assert_int_eq(
	    vfs->xOpen(vfs, NULL, f,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
		    SQLITE_OPEN_EXCLUSIVE | SQLITE_OPEN_DELETEONCLOSE |
		    SQLITE_OPEN_TEMP_DB,
		&flags),
	    SQLITE_OK);
	return f;
}

static void close_temp(sqlite3_file *f)
{
	ck_assert_int_eq(f->pMethods->xClose(f), SQLITE_OK);
	free(f);
}

/* The files that this process has open under no name any more. */
static int deleted_file(int nth)
{
	char link[64], target[300];
	ssize_t n;

	for (int fd = 3; fd < 256; fd++) {
		(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		n = readlink(link, target, sizeof(target) - 1);
		if (n <= 0)
			continue;
		target[n] = '\0';
		if (strstr(target, "etilqs_") && nth-- == 0)
			return open(link, O_RDWR);
	}
	return -1;
}

/* How often ${word} stands in them. */
static int shown(const char *word)
{
	size_t len = strlen(word);
	static char buf[1 << 20];
	int found = 0, fd;

	for (int nth = 0; (fd = deleted_file(nth)) >= 0; nth++) {
		ssize_t n;

		while ((n = read(fd, buf, sizeof(buf))) > 0)
			found += memmem(buf, (size_t)n, word, len) != NULL;
		(void)close(fd);
	}
	return found;
}

START_TEST(any_pattern_of_reads_and_writes_is_that_of_a_file)
{
	static uint8_t model[LEN], buf[LEN];
	sqlite3_file *f = open_temp();
	int64_t size = 0;
	sqlite3_int64 told;

	srandom((unsigned int)_i);
	for (int i = 0; i < 3000; i++) {
		int64_t at = random() % LEN, n = random() % 9000;
		int what = (int)(random() % 20);

		if (n > LEN - at)
			n = LEN - at;
		if (what == 0) {
			at = random() % (size + 1);
			ck_assert_int_eq(
			    f->pMethods->xTruncate(f, at), SQLITE_OK);
			memset(model + at, 0, (size_t)(LEN - at));
			size = at;
		} else if (what < 8) {
			memset(buf, 'a' + (int)(random() % 26), (size_t)n);
			memcpy(model + at, buf, (size_t)n);
			ck_assert_int_eq(
			    f->pMethods->xWrite(f, buf, (int)n, at), SQLITE_OK);
			if (n > 0 && size < at + n)
				size = at + n;
		} else {
			memset(buf, 0xee, (size_t)n);
			ck_assert_int_eq(f->pMethods->xRead(f, buf, (int)n, at),
			    at + n > size ? SQLITE_IOERR_SHORT_READ
					  : SQLITE_OK);
			ck_assert_mem_eq(buf, model + at, (size_t)n);
		}
		ck_assert_int_eq(f->pMethods->xFileSize(f, &told), SQLITE_OK);
		ck_assert_int_eq(told, size);
	}
	ck_assert_int_eq(f->pMethods->xSync(f, SQLITE_SYNC_NORMAL), SQLITE_OK);
	close_temp(f);
}
END_TEST

START_TEST(a_changed_block_is_an_error)
{
	sqlite3_file *f = open_temp();
	static char buf[VFS_PAGE];
	unsigned char byte;
	int fd;

	memset(buf, 'q', sizeof(buf));
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(f->pMethods->xWrite(
				     f, buf, VFS_PAGE, (int64_t)i * VFS_PAGE),
		    SQLITE_OK);
	ck_assert_int_eq(shown("qqqqqqqq"), 0);
	ck_assert_int_ge(fd = deleted_file(0), 0);
	ck_assert_int_eq(pread(fd, &byte, 1, 100), 1);
	byte ^= 1;
	ck_assert_int_eq(pwrite(fd, &byte, 1, 100), 1);
	(void)close(fd);
	ck_assert_int_eq(f->pMethods->xRead(f, buf, 8, VFS_PAGE), SQLITE_OK);
	ck_assert_int_eq(f->pMethods->xRead(f, buf, 8, 0), SQLITE_IOERR_DATA);
	ck_assert_ptr_nonnull(strstr(status_text(), "a temporary file"));
	close_temp(f);
}
END_TEST

START_TEST(a_sorter_and_temporary_tables_show_nothing_on_disk)
{
	char path[100];
	sqlite3_stmt *s;
	int rows = 0;
	sqlite3 *db;

	(void)snprintf(path, sizeof(path), "%s/s.db", test_folder());
	db = vt_create(path, vt_key(1, AEAD_AES256_OCB));
	vt_fill(db, 3000, "canary");
	vt_run(db, "PRAGMA temp_store = FILE; PRAGMA cache_size = 10;"
		   "CREATE TEMP TABLE kept AS SELECT * FROM person");
	vt_run(db, "PRAGMA temp.cache_size = 5");
	ck_assert_int_eq(
	    sqlite3_prepare_v2(db,
		"SELECT a.name FROM kept a ORDER BY substr(a.name, 200)", -1,
		&s, NULL),
	    SQLITE_OK);
	while (sqlite3_step(s) == SQLITE_ROW && ++rows < 3000)
		continue;
	ck_assert_int_eq(rows, 3000);
	ck_assert_int_ge(deleted_file(0), 0); /* there is something to see */
	ck_assert_int_eq(shown("canary"), 0);
	ck_assert_int_eq(sqlite3_finalize(s), SQLITE_OK);
	/* a statement journal, in pieces of 1 KiB */
	vt_run(db, "BEGIN; CREATE UNIQUE INDEX one ON person (name);"
		   "SAVEPOINT s; UPDATE person SET version = 1;");
	ck_assert_int_eq(vt_try(db, "UPDATE person SET name = 'canary2'"),
	    SQLITE_CONSTRAINT_UNIQUE);
	ck_assert_int_eq(shown("canary"), 0);
	vt_run(db, "ROLLBACK TO s; COMMIT; VACUUM");
	ck_assert_int_eq(vt_int(db, "SELECT sum(version) FROM person"), 0);
	vt_check_integrity(db);
	ck_assert_int_eq(vt_shows(path, "canary"), 0);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}
END_TEST

START_TEST(running_out_of_memory_is_reported)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(VFS_NAME);
	sqlite3_file *f = calloc(1, (size_t)vfs->szOsFile);
	int rc = SQLITE_OK, flags;
	long nth = 0;

	do {
		test_alloc_fuse(nth++);
		rc = vfs->xOpen(vfs, NULL, f,
		    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
			SQLITE_OPEN_EXCLUSIVE | SQLITE_OPEN_DELETEONCLOSE |
			SQLITE_OPEN_TEMP_DB,
		    &flags);
		if (rc == SQLITE_OK)
			rc = f->pMethods->xWrite(f, "x", 1, 10000);
		if (rc == SQLITE_OK)
			rc = f->pMethods->xWrite(f, "x", 1, 0);
		if (f->pMethods)
			(void)f->pMethods->xClose(f);
	} while (test_alloc_blown() && rc == SQLITE_IOERR_NOMEM);
	test_alloc_fuse(-1);
	ck_assert_int_ge(nth, 4);
	ck_assert_int_eq(rc, SQLITE_OK);
	free(f);
}
END_TEST

Suite *vfs_temp_suite(void)
{
	Suite *s = suite_create("vfs_temp");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, vt_setup, NULL);
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(
	    t, any_pattern_of_reads_and_writes_is_that_of_a_file, 0, 4);
	tcase_add_test(t, a_changed_block_is_an_error);
	tcase_add_test(t, a_sorter_and_temporary_tables_show_nothing_on_disk);
	tcase_add_test(t, running_out_of_memory_is_reported);
	suite_add_tcase(s, t);
	return s;
}
