/* engine/store/vfs*.c: a store as SQLite sees it, and as the disk does. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/store/vfs_internal.h"
#include "tests/vfs_support.h"

static char path[120], copy[100];

static void setup(void)
{
	const char *folder;

	vt_setup();
	folder = test_folder();
	(void)snprintf(path, sizeof(path), "%s/s.db", folder);
	(void)snprintf(copy, sizeof(copy), "%s/copy.db", folder);
}

static const enum aead_algorithm algorithms[] = { AEAD_AES256_OCB,
	AEAD_AES256_GCM, AEAD_CHACHA20_POLY1305 };

START_TEST(what_is_written_is_read_back_and_never_shown)
{
	unsigned int key = vt_key(1, algorithms[_i]);
	int64_t pages = 0;
	char text[200];
	sqlite3 *db;

	db = vt_create(path, key);
	vt_text(db, "PRAGMA journal_mode", text);
	ck_assert_str_eq(text, "wal");
	vt_run(db, "PRAGMA cache_size = 20");
	vt_fill(db, 2000, "canary");
	/* live, in a copy as after a crash, checkpointed, and closed */
	ck_assert_int_eq(vt_shows(path, "canary"), 0);
	vt_copy_store(path, copy);
	vt_run(db, "DELETE FROM person WHERE id % 2;"
		   "PRAGMA wal_checkpoint(TRUNCATE)");
	ck_assert_int_eq(vt_shows(path, "canary"), 0);
	ck_assert_int_eq(vfs_verify(db, &pages), ST_OK);
	ck_assert_int_eq(pages, vt_int(db, "PRAGMA page_count"));
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	ck_assert_int_eq(vt_shows(path, "canary"), 0);
	ck_assert_int_eq(vt_shows(path, "SQLite format"), 0);
	db = vt_open(path, key);
	ck_assert_int_eq(vt_int(db, "SELECT count(*) FROM person"), 1000);
	vt_check_integrity(db);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	db = vt_open(copy, key);
	ck_assert_int_eq(vt_int(db, "SELECT count(*) FROM person"), 2000);
	ck_assert_int_eq(vfs_rejected(db), 0);
	vt_check_integrity(db);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	ck_assert_int_eq(vt_shows(copy, "canary"), 0);
}
END_TEST

START_TEST(a_commit_survives_whose_pages_were_read_before)
{
	unsigned int key = vt_key(1, AEAD_AES256_OCB);
	sqlite3 *db = vt_create(path, key);

	vt_fill(db, 500, "x");
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	/* Were reserved bytes handed up, the WAL's checksums would not match
	 * what is read back, and recovery would drop this. */
	db = vt_open(path, key);
	vt_run(db, "UPDATE person SET version = 1");
	vt_copy_store(path, copy);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	db = vt_open(copy, key);
	ck_assert_int_eq(vt_int(db, "SELECT sum(version) FROM person"), 500);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}
END_TEST

START_TEST(the_wal_shows_no_checksum_of_the_plaintext)
{
	unsigned int key = vt_key(1, AEAD_AES256_OCB);
	sqlite3 *db = vt_create(path, key);
	uint8_t head[VFS_WAL_HEAD], frame[VFS_FRAME_HEAD];
	char wal[140];
	FILE *f;

	vt_fill(db, 5, "x");
	vt_copy_store(path, copy);
	(void)snprintf(wal, sizeof(wal), "%s-wal", copy);
	ck_assert_ptr_nonnull(f = fopen(wal, "rb"));
	ck_assert_uint_eq(fread(head, 1, sizeof(head), f), sizeof(head));
	ck_assert_uint_eq(fread(frame, 1, sizeof(frame), f), sizeof(frame));
	(void)fclose(f);
	/* In clear, each frame would repeat the header's salts. */
	ck_assert_mem_ne(head + 16, frame + 8, 8);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}
END_TEST

START_TEST(no_key_no_file)
{
	unsigned int key = vt_key(1, AEAD_AES256_OCB);
	sqlite3 *db, *kept;
	static const char *const wrong[] = { "", "0", "-1", "x", "7x",
		"99999999999999999999" };
	char uri[300];

	kept = vt_create(path, key);
	vt_fill(kept, 10, "x");
	vfs_key_drop(key);
	/* What is open goes on, its WAL included; nothing new opens. */
	vt_run(kept, "UPDATE person SET version = 1");
	ck_assert_int_eq(
	    vt_try_open(VFS_NAME, path, key, "", &db), SQLITE_CANTOPEN);
	ck_assert_str_eq(status_text(),
	    "s.db: no key was given for it: open it through its store");
	(void)sqlite3_close(db);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		(void)snprintf(uri, sizeof(uri), "file:%s?vfs=lethe&key=%s",
		    path, wrong[i]);
		ck_assert_int_eq(
		    sqlite3_open_v2(uri, &db,
			SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI, NULL),
		    SQLITE_CANTOPEN);
		(void)sqlite3_close(db);
	}
	ck_assert_int_eq(sqlite3_close(kept), SQLITE_OK);
	vfs_key_drop(12345);
}
END_TEST

/* ---- what would lead around the encryption ---- */

START_TEST(pragmas_that_would_weaken_a_store_are_refused)
{
	static const char *const refused[] = { "PRAGMA journal_mode = DELETE",
		"PRAGMA journal_mode = MEMORY", "PRAGMA journal_mode = OFF",
		"PRAGMA main.journal_mode = persist", "PRAGMA page_size = 8192",
		"PRAGMA locking_mode = EXCLUSIVE" };
	sqlite3 *db = vt_create(path, vt_key(1, AEAD_AES256_OCB));
	char text[200];
	int on = 0;

	vt_fill(db, 10, "x");
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		ck_assert_int_eq(vt_try(db, refused[i]), SQLITE_ERROR);
		ck_assert_ptr_nonnull(strstr(status_text(), "s.db: "));
		ck_assert_ptr_nonnull(strstr(sqlite3_errmsg(db), "encrypted"));
	}
	vt_run(db, "PRAGMA journal_mode = WAL; PRAGMA page_size = 4096");
	vt_text(db, "PRAGMA journal_mode", text);
	ck_assert_str_eq(text, "wal");
	/* swallowed, not obeyed */
	ck_assert_int_eq(vt_int(db, "PRAGMA mmap_size = 1000000"), 0);
	ck_assert_int_eq(sqlite3_file_control(
			     db, "main", SQLITE_FCNTL_POWERSAFE_OVERWRITE, &on),
	    SQLITE_OK);
	ck_assert_int_eq(on, 1);
	on = 1 << 20;
	ck_assert_int_eq(
	    sqlite3_file_control(db, "main", SQLITE_FCNTL_CHUNK_SIZE, &on),
	    SQLITE_OK);
	vt_run(db, "PRAGMA wal_checkpoint(TRUNCATE)");
	ck_assert_int_lt(vt_size(path), 1 << 20);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	ck_assert_int_eq(vt_try_open(VFS_NAME, path, vt_key(1, AEAD_AES256_OCB),
			     "&psow=0", &db),
	    SQLITE_OK);
	vt_run(db, "UPDATE person SET version = 1");
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}
END_TEST

START_TEST(a_journal_that_lies_there_is_not_rolled_back)
{
	unsigned int key = vt_key(1, AEAD_AES256_OCB);
	sqlite3 *db = vt_create(path, key);
	char command[300];

	vt_fill(db, 10, "x");
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	(void)snprintf(command, sizeof(command),
	    "printf '\\331\\325\\005\\371\\040\\241\\143\\327' >%s-journal",
	    path);
	ck_assert_int_eq(system(command), 0);
	ck_assert_int_eq(
	    vt_try_open(VFS_NAME, path, key, "&mode=rw", &db), SQLITE_OK);
	ck_assert_int_eq(
	    vt_try(db, "SELECT * FROM person") & 0xff, SQLITE_CANTOPEN);
	ck_assert_ptr_nonnull(strstr(
	    status_text(), "s.db-journal: rollback journals are not used"));
	(void)sqlite3_close(db);
}
END_TEST

START_TEST(a_store_that_was_not_prepared_is_not_written)
{
	sqlite3 *db;

	ck_assert_int_eq(
	    vt_try_open(VFS_NAME, path, vt_key(1, AEAD_AES256_OCB), "", &db),
	    SQLITE_OK);
	ck_assert_int_ne(vt_try(db, "CREATE TABLE t (x)"), SQLITE_OK);
	ck_assert_ptr_nonnull(strstr(status_text(), "leave no room"));
	(void)sqlite3_close(db);
	ck_assert_int_le(vt_size(path), 0);
}
END_TEST

START_TEST(a_backup_from_a_plain_database_is_refused)
{
	sqlite3 *db = vt_create(path, vt_key(1, AEAD_AES256_OCB)), *plain;
	sqlite3_backup *b;

	vt_fill(db, 10, "x");
	ck_assert_int_eq(sqlite3_open(":memory:", &plain), SQLITE_OK);
	vt_fill(plain, 10, "canary");
	ck_assert_ptr_nonnull(
	    b = sqlite3_backup_init(db, "main", plain, "main"));
	ck_assert_int_ne(sqlite3_backup_step(b, -1), SQLITE_DONE);
	ck_assert_int_ne(sqlite3_backup_finish(b), SQLITE_OK);
	ck_assert_int_eq(vt_shows(path, "canary"), 0);
	ck_assert_int_eq(vt_int(db, "SELECT count(*) FROM person"), 10);
	vt_check_integrity(db);
	(void)sqlite3_close(plain);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}
END_TEST

START_TEST(vacuum_into_another_store_uses_its_key)
{
	unsigned int key = vt_key(1, AEAD_AES256_OCB);
	unsigned int other = vt_key(2, AEAD_CHACHA20_POLY1305);
	sqlite3 *db = vt_create(path, key);
	char sql[300], journal[140];

	vt_fill(db, 3000, "canary");
	(void)snprintf(sql, sizeof(sql),
	    "VACUUM INTO 'file:%s?vfs=lethe&key=%u'", copy, other);
	vt_run(db, "PRAGMA cache_size = 10");
	vt_run(db, sql);
	ck_assert_int_eq(vt_shows(copy, "canary"), 0);
	(void)snprintf(journal, sizeof(journal), "%s-journal", copy);
	ck_assert_int_eq(vt_size(journal), -1);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	db = vt_create(copy, other); /* turns it to WAL */
	vt_text(db, "PRAGMA journal_mode", sql);
	ck_assert_str_eq(sql, "wal");
	vt_run(db, "UPDATE person SET version = 1");
	ck_assert_int_eq(vt_int(db, "SELECT sum(version) FROM person"), 3000);
	vt_check_integrity(db);
	ck_assert_int_eq(vfs_verify(db, NULL), ST_OK);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}
END_TEST

START_TEST(a_whole_vacuum_goes_through_sealed_files)
{
	unsigned int key = vt_key(1, AEAD_AES256_OCB);
	sqlite3 *db = vt_create(path, key);
	int64_t before;

	vt_fill(db, 2000, "canary");
	vt_run(db, "DELETE FROM person WHERE id % 4;"
		   "PRAGMA wal_checkpoint(TRUNCATE)");
	before = vt_size(path);
	vt_run(db, "PRAGMA temp_store = FILE; VACUUM;"
		   "PRAGMA wal_checkpoint(TRUNCATE)");
	ck_assert_int_lt(vt_size(path), before);
	ck_assert_int_eq(vt_shows(path, "canary"), 0);
	vt_check_integrity(db);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}
END_TEST

/* ---- shapes of access ---- */

START_TEST(accesses_of_an_unknown_shape_fail_loudly)
{
	static const struct {
		int n;
		int64_t at;
	} shapes[] = { { 1, 0 }, { 32, 1 }, { 8, 32 }, { 4096, 32 },
		{ 100, 56 }, { 4120, 33 }, { 8192, 32 } };
	sqlite3 *db = vt_create(path, vt_key(1, AEAD_AES256_OCB));
	sqlite3_file *wal, *file;
	char buf[8192] = { 0 };

	vt_fill(db, 50, "x");
	ck_assert_int_eq(sqlite3_file_control(
			     db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal),
	    SQLITE_OK);
	ck_assert_int_eq(
	    sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file),
	    SQLITE_OK);
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		ck_assert_int_eq(
		    wal->pMethods->xRead(wal, buf, shapes[i].n, shapes[i].at),
		    SQLITE_IOERR);
		ck_assert_int_eq(
		    wal->pMethods->xWrite(wal, buf, shapes[i].n, shapes[i].at),
		    SQLITE_IOERR);
		ck_assert_ptr_nonnull(strstr(status_text(), "s.db-wal: this"));
	}
	ck_assert_int_eq(
	    file->pMethods->xRead(file, buf, 100, 4050), SQLITE_IOERR_READ);
	ck_assert_int_eq(
	    file->pMethods->xWrite(file, buf, 512, 0), SQLITE_IOERR_WRITE);
	vt_check_integrity(db);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}
END_TEST

START_TEST(parts_of_a_page_are_read_as_sqlite_wants_them)
{
	sqlite3 *db = vt_create(path, vt_key(1, AEAD_AES256_OCB));
	uint8_t page[VFS_PAGE], part[100];
	sqlite3_file *file;

	vt_fill(db, 50, "x");
	vt_run(db, "PRAGMA wal_checkpoint(TRUNCATE)");
	ck_assert_int_eq(
	    sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file),
	    SQLITE_OK);
	ck_assert_int_eq(
	    file->pMethods->xRead(file, page, VFS_PAGE, 0), SQLITE_OK);
	ck_assert_mem_eq(page, "SQLite format 3", 16);
	ck_assert_int_eq(page[20], VFS_RESERVE);
	ck_assert_int_eq(file->pMethods->xRead(file, part, 100, 0), SQLITE_OK);
	ck_assert_mem_eq(part, page, 100);
	ck_assert_int_eq(file->pMethods->xRead(file, part, 16, 24), SQLITE_OK);
	ck_assert_mem_eq(part, page + 24, 16);
	ck_assert_int_eq(
	    file->pMethods->xRead(file, page, VFS_PAGE, 2 * VFS_PAGE),
	    SQLITE_OK);
	ck_assert_int_eq(
	    file->pMethods->xRead(file, part, 100, 2 * VFS_PAGE + 3000),
	    SQLITE_OK);
	ck_assert_mem_eq(part, page + 3000, 100);
	for (int i = VFS_PAGE - VFS_RESERVE; i < VFS_PAGE; i++)
		ck_assert_int_eq(page[i], 0);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}
END_TEST

/* ---- fork, memory, size ---- */

/* The nonce of page ${page} of ${copy}. */
static void nonce_of(const char *file, int page, uint8_t out[AEAD_NONCE])
{
	FILE *f = fopen(file, "rb");

	ck_assert_ptr_nonnull(f);
	(void)fseek(f, (long)page * VFS_PAGE - VFS_RESERVE, SEEK_SET);
	ck_assert_uint_eq(fread(out, 1, AEAD_NONCE, f), AEAD_NONCE);
	(void)fclose(f);
}

START_TEST(parent_and_child_never_seal_under_one_nonce)
{
	unsigned int key = vt_key(1, AEAD_AES256_OCB);
	uint8_t mine[AEAD_NONCE], theirs[AEAD_NONCE];
	int status;
	pid_t pid;

	/* The pool is filled before the fork; then both make a store. */
	(void)sqlite3_close(vt_create(path, key));
	ck_assert_int_ge(pid = fork(), 0);
	(void)snprintf(path, sizeof(path), "%s.%d", copy, pid == 0);
	(void)sqlite3_close(vt_create(path, key));
	if (pid == 0)
		_exit(0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	nonce_of(path, 1, mine);
	(void)snprintf(path, sizeof(path), "%s.1", copy);
	nonce_of(path, 1, theirs);
	ck_assert_mem_ne(mine, theirs, AEAD_NONCE);
}
END_TEST

START_TEST(running_out_of_memory_is_reported)
{
	unsigned int key = vt_key(1, AEAD_AES256_OCB), more;
	const uint8_t bytes[SECRET_LEN] = { 1 }, id[16] = { 0 };
	struct secret_key *secret;
	sqlite3 *db = NULL;
	long nth = 0;
	int rc;

	db = vt_create(path, key);
	vt_fill(db, 10, "x");
	(void)sqlite3_close(db);
	do { /* our allocations only: SQLite's are not wrapped */
		test_alloc_fuse(nth++);
		rc = vt_try_open(VFS_NAME, path, key, "&mode=rw", &db);
		if (rc == SQLITE_OK)
			rc = vt_try(db, "UPDATE person SET version = 1");
		(void)sqlite3_close(db);
	} while (test_alloc_blown());
	test_alloc_fuse(-1);
	ck_assert_int_eq(rc, SQLITE_OK);
	ck_assert_int_ge(nth, 5);
	ck_assert_int_eq(secret_new(bytes, &secret), ST_OK);
	test_alloc_fuse(0);
	ck_assert_int_eq(
	    vfs_key_add(secret, id, AEAD_AES256_OCB, &more), ST_NOMEM);
	test_alloc_fuse(-1);
	ck_assert_int_eq(vfs_key_add(secret, id, AEAD__MAX, &more), ST_INVALID);
	secret_free(secret);
}
END_TEST

START_TEST(a_plain_database_does_not_pass_for_a_verified_one)
{
	sqlite3 *plain;

	ck_assert_int_eq(sqlite3_open(path, &plain), SQLITE_OK);
	vt_run(plain, "CREATE TABLE t (x)");
	ck_assert_int_eq(vfs_verify(plain, NULL), ST_DB);
	ck_assert_int_eq(vfs_prepare(plain), ST_DB);
	ck_assert_int_eq(vfs_rejected(plain), 0);
	ck_assert_int_eq(sqlite3_close(plain), SQLITE_OK);
}
END_TEST

START_TEST(verifying_waits_for_nobody)
{
	unsigned int key = vt_key(1, AEAD_AES256_OCB);
	sqlite3 *db = vt_create(path, key), *writer = vt_open(path, key);
	int64_t pages = -1;

	vt_fill(db, 10, "x");
	vt_run(writer, "BEGIN IMMEDIATE");
	(void)sqlite3_busy_timeout(db, 0);
	ck_assert_int_eq(vfs_verify(db, &pages), ST_BUSY);
	ck_assert_int_eq(pages, -1);
	vt_run(writer, "COMMIT");
	ck_assert_int_eq(vfs_verify(db, &pages), ST_OK);
	ck_assert_int_gt(pages, 0);
	(void)sqlite3_close(writer);
	(void)sqlite3_close(db);
}
END_TEST

/*
 * Beyond 1 GiB, where SQLite's lock bytes take a page that nobody writes.
 * A gigabyte takes some seconds: LETHE_BIG_FILES=1 asks for it.
 */
START_TEST(the_page_of_the_lock_bytes_is_left_out)
{
	unsigned int key = vt_key(1, AEAD_AES256_OCB);
	sqlite3 *db;

	if (!getenv("LETHE_BIG_FILES")) {
		printf("skipped: a store of 1 GiB (LETHE_BIG_FILES=1)\n");
		return;
	}
	db = vt_create(path, key);
	vt_run(db,
	    "PRAGMA synchronous = OFF; CREATE TABLE t (b BLOB);"
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
	    " WHERE i < 1100) INSERT INTO t SELECT zeroblob(1000000) FROM n;"
	    "PRAGMA wal_checkpoint(TRUNCATE)");
	ck_assert_int_gt(vt_size(path), 1 << 30);
	ck_assert_int_eq(vfs_verify(db, NULL), ST_OK);
	vt_run(db, "DELETE FROM t WHERE rowid % 2; VACUUM");
	vt_check_integrity(db);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	ck_assert_int_eq(remove(path), 0);
}
END_TEST

Suite *vfs_suite(void)
{
	Suite *s = suite_create("vfs");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_set_timeout(t, 300);
	tcase_add_loop_test(
	    t, what_is_written_is_read_back_and_never_shown, 0, 3);
	tcase_add_test(t, a_commit_survives_whose_pages_were_read_before);
	tcase_add_test(t, the_wal_shows_no_checksum_of_the_plaintext);
	tcase_add_test(t, no_key_no_file);
	tcase_add_test(t, pragmas_that_would_weaken_a_store_are_refused);
	tcase_add_test(t, a_journal_that_lies_there_is_not_rolled_back);
	tcase_add_test(t, a_store_that_was_not_prepared_is_not_written);
	tcase_add_test(t, a_backup_from_a_plain_database_is_refused);
	tcase_add_test(t, vacuum_into_another_store_uses_its_key);
	tcase_add_test(t, a_whole_vacuum_goes_through_sealed_files);
	tcase_add_test(t, accesses_of_an_unknown_shape_fail_loudly);
	tcase_add_test(t, parts_of_a_page_are_read_as_sqlite_wants_them);
	tcase_add_test(t, parent_and_child_never_seal_under_one_nonce);
	tcase_add_test(t, running_out_of_memory_is_reported);
	tcase_add_test(t, a_plain_database_does_not_pass_for_a_verified_one);
	tcase_add_test(t, verifying_waits_for_nobody);
	tcase_add_test(t, the_page_of_the_lock_bytes_is_left_out);
	suite_add_tcase(s, t);
	return s;
}
