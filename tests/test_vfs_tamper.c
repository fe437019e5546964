/*
 * engine/store/vfs*.c: files that somebody changed.  Whatever is turned, cut or
 * moved, a store gives an error that names the file, never wrong data.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/vfs_internal.h"
#include "tests/vfs_support.h"

static char path[100], other[100], copy[100], wal[120];
static unsigned int key;

static void setup(void)
{
	const char *folder;

	vt_setup();
	folder = test_folder();
	(void)snprintf(path, sizeof(path), "%s/s.db", folder);
	(void)snprintf(other, sizeof(other), "%s/other.db", folder);
	(void)snprintf(copy, sizeof(copy), "%s/copy.db", folder);
	(void)snprintf(wal, sizeof(wal), "%s/copy.db-wal", folder);
	key = vt_key(1, AEAD_AES256_OCB);
}

#define EVERYTHING \
	"SELECT count(*), total(length(name)), sum(version) FROM person"

/* A closed store at ${path}. */
static void make(const char *at, unsigned int with)
{
	sqlite3 *db = vt_create(at, with);

	vt_fill(db, 60, "secret");
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

/* Read all of ${copy}; it must fail as changed, and name what. */
static void check_refused(unsigned int with, const char *sentence)
{
	int rc = SQLITE_OK;
	sqlite3 *db;

	status_clear();
	rc = vt_try_open(VFS_NAME, copy, with, "&mode=rw", &db);
	if (rc == SQLITE_OK)
		rc = vt_try(db, EVERYTHING);
	else
		rc = sqlite3_extended_errcode(db);
	ck_assert_msg(
	    rc == SQLITE_IOERR_DATA && strstr(status_text(), sentence),
	    "%d, %s; expected: %s", rc, status_text(), sentence);
	(void)sqlite3_close(db);
}

START_TEST(a_bit_turned_in_any_page_is_an_error_that_names_it)
{
	char sentence[60];
	int64_t size;
	sqlite3 *db;

	make(path, key);
	size = vt_size(path);
	ck_assert_int_gt(size, 5 * VFS_PAGE);
	for (int64_t page = 0; page < size / VFS_PAGE; page++) {
		/* data, nonce, epoch, tag: another place in each page */
		static const int64_t at[] = { 0, 20, 2000, 4063, 4064, 4079,
			4080, 4095 };

		vt_copy_store(path, copy);
		vt_turn_bit(copy, page * VFS_PAGE + at[page % 8]);
		(void)snprintf(sentence, sizeof(sentence),
		    "copy.db: page %d cannot be authenticated", (int)page + 1);
		if (page == 0)
			check_refused(key, sentence);
		db = NULL;
		status_clear();
		if (vt_try_open(VFS_NAME, copy, key, "&mode=rw", &db) ==
		    SQLITE_OK)
			ck_assert_int_eq(vfs_verify(db, NULL), ST_INTEGRITY);
		ck_assert_msg(strstr(status_text(), sentence) != NULL, "%s: %s",
		    sentence, status_text());
		(void)sqlite3_close(db);
	}
}
END_TEST

START_TEST(any_byte_of_page_1_is_covered)
{
	make(path, key);
	for (int64_t at = 0; at < VFS_PAGE; at += at < 120 ? 3 : 157) {
		vt_copy_store(path, copy);
		vt_turn_bit(copy, at);
		check_refused(key, "copy.db: page 1 cannot be authenticated");
	}
}
END_TEST

/* Put page ${from} of one file in place of page ${to} of ${copy}. */
static void put_page(const char *file, int from, int to)
{
	char command[400];

	(void)snprintf(command, sizeof(command),
	    "dd if=%s of=%s bs=%d skip=%d seek=%d count=1 conv=notrunc"
	    " status=none",
	    file, copy, VFS_PAGE, from - 1, to - 1);
	ck_assert_int_eq(system(command), 0);
}

START_TEST(pages_cannot_change_places)
{
	make(path, key);
	vt_copy_store(path, copy);
	put_page(path, 4, 3);
	check_refused(key, "copy.db: page 3 cannot be authenticated");
}
END_TEST

START_TEST(a_page_of_another_store_is_refused)
{
	uint8_t bytes[SECRET_LEN] = { 1 }, id[16] = { 7 };
	struct secret_key *same_key;
	unsigned int other_id;

	/* The same key even: the store's id alone must tell them apart. */
	ck_assert_int_eq(secret_new(bytes, &same_key), ST_OK);
	ck_assert_int_eq(
	    vfs_key_add(same_key, id, AEAD_AES256_OCB, &other_id), ST_OK);
	secret_free(same_key);
	make(path, key);
	make(other, other_id);
	vt_copy_store(path, copy);
	put_page(other, 3, 3);
	check_refused(key, "copy.db: page 3 cannot be authenticated");
	vt_copy_store(other, copy);
	check_refused(key, "copy.db: page 1 cannot be authenticated");
}
END_TEST

START_TEST(a_page_of_an_epoch_that_we_lack_is_refused)
{
	make(path, key);
	vt_copy_store(path, copy);
	vt_turn_bit(copy, 2 * VFS_PAGE + VFS_PAGE - VFS_RESERVE + 15);
	check_refused(key, "copy.db: page 3 cannot be authenticated");
}
END_TEST

START_TEST(a_file_cut_short_is_an_error)
{
	sqlite3 *db;
	int64_t size;

	make(path, key);
	size = vt_size(path);
	vt_copy_store(path, copy);
	vt_cut(copy, size - 1000); /* in mid-page */
	db = NULL;
	ck_assert_int_eq(
	    vt_try_open(VFS_NAME, copy, key, "&mode=rw", &db), SQLITE_OK);
	ck_assert_int_eq(vfs_verify(db, NULL), ST_INTEGRITY);
	ck_assert_ptr_nonnull(strstr(status_text(), "copy.db: page"));
	ck_assert_ptr_nonnull(strstr(status_text(), "cut short"));
	(void)sqlite3_close(db);
	vt_copy_store(path, copy);
	vt_cut(copy, 2000); /* in page 1 */
	check_refused(key, "copy.db: page 1 is missing");
	vt_copy_store(path, copy);
	vt_cut(copy, 3 * VFS_PAGE); /* whole pages: SQLite counts them */
	ck_assert_int_eq(
	    vt_try_open(VFS_NAME, copy, key, "&mode=rw", &db), SQLITE_OK);
	ck_assert_int_eq(vt_try(db, EVERYTHING), SQLITE_CORRUPT);
	(void)sqlite3_close(db);
}
END_TEST

START_TEST(a_file_cut_to_nothing_is_not_a_new_store)
{
	sqlite3 *db;

	make(path, key);
	vt_copy_store(path, copy);
	vt_cut(copy, 0);
	check_refused(key, "copy.db: the file is empty");
	ck_assert_int_eq(vt_size(copy), 0);
	/* One that is missing is not made either. */
	vt_copy_store(path, copy);
	ck_assert_int_eq(remove(copy), 0);
	ck_assert_int_ne(
	    vt_try_open(VFS_NAME, copy, key, "&mode=rw", &db), SQLITE_OK);
	(void)sqlite3_close(db);
	ck_assert_int_eq(vt_size(copy), -1);
}
END_TEST

/* ---- the WAL ---- */

#define COMMITS 5

/*
 * Copies of a store as a crash leaves it: a few pages in the file, and
 * ${COMMITS} commits in the WAL.  ${frames} of them each has.
 */
static sqlite3 *make_wal(int frames[COMMITS])
{
	sqlite3 *db = vt_create(path, key);
	char live[120];
	int64_t before;

	(void)snprintf(live, sizeof(live), "%s-wal", path);
	vt_run(db, "PRAGMA wal_autocheckpoint = 0");
	vt_fill(db, 60, "secret");
	vt_run(db, "PRAGMA wal_checkpoint(TRUNCATE)");
	for (int i = 0; i < COMMITS; i++) {
		before = i == 0 ? VFS_WAL_HEAD : vt_size(live);
		vt_run(db, "UPDATE person SET version = version + 1"
			   " WHERE id < 30");
		frames[i] = (int)((vt_size(live) - before) / VFS_FRAME);
	}
	return db;
}

static int64_t version(sqlite3 *db)
{
	return vt_int(db, "SELECT max(version) FROM person WHERE id < 30");
}

START_TEST(a_wal_survives_being_opened_with_a_wrong_key)
{
	int frames[COMMITS];
	sqlite3 *live = make_wal(frames), *db;
	unsigned int wrong = vt_key(9, AEAD_AES256_OCB);

	vt_copy_store(path, copy);
	check_refused(wrong, "copy.db-wal: its header cannot be authenticated");
	db = vt_open(copy, key);
	ck_assert_int_eq(version(db), COMMITS);
	ck_assert_int_eq(vfs_rejected(db), 0);
	(void)sqlite3_close(db);
	/* and without a WAL */
	check_refused(wrong, "copy.db: page 1 cannot be authenticated");
	(void)sqlite3_close(live);
}
END_TEST

START_TEST(a_bit_turned_in_the_wal_header_is_an_error)
{
	int frames[COMMITS];
	sqlite3 *live = make_wal(frames);

	for (int64_t at = 0; at < VFS_WAL_HEAD; at++) {
		vt_copy_store(path, copy);
		vt_turn_bit(wal, at);
		check_refused(
		    key, "copy.db-wal: its header cannot be authenticated");
		ck_assert_int_gt(vt_size(wal), 0);
	}
	(void)sqlite3_close(live);
}
END_TEST

/*
 * Turn a bit of frame ${frame}, which is of commit ${commit}.  Followed by two
 * whole commits it is an error.  Else it looks like what a crash tears: then
 * the commits before it are there, and the frames are counted.
 */
static void turn_in_frame(int frame, int commit, int64_t at)
{
	sqlite3 *db;
	int rc;

	vt_copy_store(path, copy);
	vt_turn_bit(wal, VFS_WAL_HEAD + (int64_t)frame * VFS_FRAME + at);
	rc = vt_try_open(VFS_NAME, copy, key, "&mode=rw", &db);
	if (rc == SQLITE_OK)
		rc = vt_try(db, EVERYTHING);
	if (commit <= COMMITS - 3) {
		ck_assert_msg(rc == SQLITE_IOERR_DATA, "frame %d at %d: %d",
		    frame, (int)at, rc);
		ck_assert_ptr_nonnull(strstr(status_text(), "copy.db-wal"));
	}
	if (rc == SQLITE_OK) {
		ck_assert_int_eq(version(db), commit);
		vt_check_integrity(db);
	}
	/* Salts and checksum are SQLite's: it stops there without asking. */
	if (rc == SQLITE_OK && (at < 8 || at >= VFS_FRAME_HEAD))
		ck_assert_int_gt(vfs_rejected(db), 0);
	(void)sqlite3_close(db);
}

START_TEST(a_bit_turned_in_a_frame_is_never_wrong_data)
{
	static const int64_t at[] = { 0, 3, 4, 7, 24, 500, 4087, 4088, 4103,
		4119 };
	int frames[COMMITS], frame = 0;
	sqlite3 *live = make_wal(frames);

	for (int commit = 0; commit < COMMITS; commit++)
		for (int i = 0; i < frames[commit]; i++, frame++)
			turn_in_frame(frame, commit, at[frame % 10]);
	(void)sqlite3_close(live);
}
END_TEST

START_TEST(a_bit_turned_in_a_frame_header_is_never_wrong_data)
{
	int frames[COMMITS], frame = 0;
	sqlite3 *live = make_wal(frames);

	for (int commit = 0; commit < COMMITS; commit++)
		for (int i = 0; i < frames[commit]; i++, frame++)
			turn_in_frame(frame, commit, 8 + frame % 16);
	(void)sqlite3_close(live);
}
END_TEST

START_TEST(a_live_wal_that_is_changed_is_an_error)
{
	int frames[COMMITS];
	sqlite3 *db = make_wal(frames), *reader;
	char live[120];

	/* Nothing is cached by this one; the frames are known by the index. */
	reader = vt_open(path, key);
	(void)snprintf(live, sizeof(live), "%s-wal", path);
	vt_turn_bit(live, vt_size(live) - 2000);
	ck_assert_int_eq(vt_try(reader, EVERYTHING), SQLITE_IOERR_DATA);
	ck_assert_ptr_nonnull(strstr(status_text(), "s.db-wal: page"));
	ck_assert_int_eq(vfs_verify(reader, NULL), ST_INTEGRITY);
	vt_turn_bit(live, vt_size(live) - 2000);
	ck_assert_int_eq(vt_try(reader, EVERYTHING), SQLITE_OK);
	ck_assert_int_eq(vfs_verify(reader, NULL), ST_OK);
	vt_cut(live, VFS_WAL_HEAD + VFS_FRAME);
	(void)sqlite3_close(reader);
	reader = vt_open(path, key);
	ck_assert_int_eq(vt_try(reader, EVERYTHING), SQLITE_IOERR_DATA);
	ck_assert_ptr_nonnull(strstr(status_text(), "s.db-wal: a page is"));
	(void)sqlite3_close(reader);
	(void)sqlite3_close(db);
}
END_TEST

/*
 * A transaction that outgrows the cache overwrites its own frames, and at its
 * commit reads all of them back to chain their checksums.  One that was changed
 * meanwhile must not get a fresh checksum.
 */
START_TEST(a_spilled_frame_that_is_changed_fails_its_commit)
{
	sqlite3 *db = vt_create(path, key);
	char live[120];

	(void)snprintf(live, sizeof(live), "%s-wal", path);
	vt_run(db, "PRAGMA wal_autocheckpoint = 0");
	vt_fill(db, 300, "secret");
	vt_run(db, "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA cache_size = 5;"
		   "BEGIN; UPDATE person SET version = 1;"
		   "UPDATE person SET version = 2");
	vt_turn_bit(live, VFS_WAL_HEAD + 2 * VFS_FRAME + 1000);
	ck_assert_int_eq(vt_try(db, "COMMIT"), SQLITE_IOERR_DATA);
	ck_assert_ptr_nonnull(strstr(status_text(), "s.db-wal: page"));
	if (!sqlite3_get_autocommit(db))
		vt_run(db, "ROLLBACK");
	ck_assert_int_eq(vt_int(db, "SELECT max(version) FROM person"), 0);
	vt_check_integrity(db);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}
END_TEST

START_TEST(frames_of_an_older_wal_are_left_out)
{
	int frames[COMMITS];
	sqlite3 *db = make_wal(frames), *after;
	char command[400];

	/* An old WAL's second frame, put back over the current one's. */
	vt_copy_store(path, other);
	vt_run(db, "PRAGMA wal_checkpoint(RESTART)");
	vt_run(db, "UPDATE person SET version = 100 WHERE id < 30");
	vt_copy_store(path, copy);
	(void)snprintf(command, sizeof(command),
	    "dd if=%s-wal of=%s iflag=skip_bytes,count_bytes oflag=seek_bytes"
	    " skip=%d seek=%d count=%d conv=notrunc status=none",
	    other, wal, VFS_WAL_HEAD, VFS_WAL_HEAD, VFS_FRAME);
	ck_assert_int_eq(system(command), 0);
	after = vt_open(copy, key);
	ck_assert_int_eq(version(after), COMMITS);
	vt_check_integrity(after);
	(void)sqlite3_close(after);
	(void)sqlite3_close(db);
}
END_TEST

Suite *vfs_tamper_suite(void)
{
	Suite *s = suite_create("vfs_tamper");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, a_bit_turned_in_any_page_is_an_error_that_names_it);
	tcase_add_test(t, any_byte_of_page_1_is_covered);
	tcase_add_test(t, pages_cannot_change_places);
	tcase_add_test(t, a_page_of_another_store_is_refused);
	tcase_add_test(t, a_page_of_an_epoch_that_we_lack_is_refused);
	tcase_add_test(t, a_file_cut_short_is_an_error);
	tcase_add_test(t, a_file_cut_to_nothing_is_not_a_new_store);
	tcase_add_test(t, a_wal_survives_being_opened_with_a_wrong_key);
	tcase_add_test(t, a_bit_turned_in_the_wal_header_is_an_error);
	tcase_add_test(t, a_bit_turned_in_a_frame_is_never_wrong_data);
	tcase_add_test(t, a_bit_turned_in_a_frame_header_is_never_wrong_data);
	tcase_add_test(t, a_live_wal_that_is_changed_is_an_error);
	tcase_add_test(t, a_spilled_frame_that_is_changed_fails_its_commit);
	tcase_add_test(t, frames_of_an_older_wal_are_left_out);
	suite_add_tcase(s, t);
	return s;
}
