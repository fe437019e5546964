/*
 * engine/base/discard.c: the names of files go at once, and whoever holds their
 * blocks a moment longer holds nothing else.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/discard.h"
#include "engine/base/file.h"
#include "tests/suites.h"

#define LARGE ((off_t)20 << 20)

static char paths[4][120];
static const char *const list[] = { paths[0], paths[1], paths[2], paths[3] };

static void make(int i, off_t size)
{
	int fd = open(paths[i], O_CREAT | O_RDWR, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(posix_fallocate(fd, 0, size), 0);
	close(fd);
}

static void setup(void)
{
	const char *folder = test_folder();
	int i;

	for (i = 0; i < 4; i++)
		(void)snprintf(paths[i], sizeof(paths[i]), "%s/%d", folder, i);
	/* The third one does not exist. */
	make(0, 1);
	make(1, LARGE);
	make(3, LARGE);
}

static int open_files(void)
{
	char path[40];
	int i, n = 0;

	for (i = 0; i < 256; i++) {
		(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", i);
		n += access(path, F_OK) == 0;
	}
	return n;
}

START_TEST(what_is_discarded_is_gone)
{
	int before = open_files(), i;

	ck_assert_int_eq(discard_files(list, 4), ST_OK);
	for (i = 0; i < 4; i++)
		ck_assert_int_eq(file_exists(paths[i]), 0);
	ck_assert_int_eq(open_files(), before);
	/* Nobody has to wait for the other process. */
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	ck_assert_int_eq(errno, ECHILD);
	ck_assert_int_eq(discard_files(list, 4), ST_OK);
}
END_TEST

/* Whatever the other process was, it ends: a pipe that it has too is closed. */
START_TEST(nothing_else_is_held)
{
	int ends[2];
	char byte;

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(discard_files(list, 4), ST_OK);
	close(ends[1]);
	ck_assert_int_eq(read(ends[0], &byte, 1), 0);
	close(ends[0]);
}
END_TEST

START_TEST(what_cannot_be_removed_is_told_and_the_others_go)
{
	ck_assert_int_eq(unlink(paths[0]), 0);
	ck_assert_int_eq(file_make_folder(paths[0], 0700), ST_OK);
	ck_assert_int_eq(discard_files(list, 4), ST_IO);
	ck_assert_ptr_nonnull(strstr(status_text(), paths[0]));
	ck_assert_int_eq(file_exists(paths[1]), 0);
	ck_assert_int_eq(file_exists(paths[3]), 0);
}
END_TEST

Suite *discard_suite(void)
{
	Suite *s = suite_create("discard");
	TCase *t = tcase_create("discard");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, what_is_discarded_is_gone);
	tcase_add_test(t, nothing_else_is_held);
	tcase_add_test(t, what_cannot_be_removed_is_told_and_the_others_go);
	suite_add_tcase(s, t);
	return s;
}
