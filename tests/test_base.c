/* engine/base: buffers, files, status */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/file.h"
#include "tests/suites.h"

START_TEST(a_buffer_grows_and_hands_out)
{
	struct buf b = BUF_INIT;
	char *s;
	int i;

	for (i = 0; i < 1000; i++)
		buf_addf(&b, "%03d", i % 1000);
	ck_assert_int_eq(buf_status(&b), ST_OK);
	ck_assert_uint_eq(b.len, 3000);
	s = buf_take(&b);
	ck_assert_str_eq(s + 2997, "999");
	free(s);
	ck_assert_str_eq(buf_text(&b), "");
}
END_TEST

START_TEST(a_failed_addition_sticks)
{
	struct buf b = BUF_INIT;

	test_alloc_fuse(0);
	buf_adds(&b, "lost");
	test_alloc_fuse(-1);
	buf_adds(&b, "kept");
	ck_assert_int_eq(buf_status(&b), ST_NOMEM);
	ck_assert_ptr_null(buf_take(&b));
}
END_TEST

START_TEST(a_file_is_replaced_whole)
{
	struct buf b = BUF_INIT;
	char path[300];

	(void)snprintf(path, sizeof(path), "%s/a/b", test_folder());
	ck_assert_int_eq(file_make_folder(path, 0700), ST_OK);
	(void)strcat(path, "/f");
	ck_assert_int_eq(file_read(path, 10, &b), ST_NOTFOUND);
	ck_assert_int_eq(file_replace(path, "one", 3, 0600), ST_OK);
	ck_assert_int_eq(file_create(path, "two", 3, 0600), ST_CONFLICT);
	ck_assert_int_eq(file_replace(path, "three", 5, 0600), ST_OK);
	ck_assert_int_eq(file_read(path, 4, &b), ST_LIMIT);
	buf_clear(&b);
	ck_assert_int_eq(file_read(path, 5, &b), ST_OK);
	ck_assert_str_eq(buf_text(&b), "three");
	buf_release(&b);
}
END_TEST

START_TEST(a_failure_keeps_its_sentence)
{
	ck_assert_int_eq(fail(ST_IO, "read %s", "x"), ST_IO);
	status_prefix("crm: ");
	ck_assert_str_eq(status_text(), "crm: read x");
	status_say("%s!", status_text());
	ck_assert_str_eq(status_text(), "crm: read x!");
}
END_TEST

Suite *base_suite(void)
{
	Suite *s = suite_create("base");
	TCase *t = tcase_create("all");

	tcase_add_test(t, a_buffer_grows_and_hands_out);
	tcase_add_test(t, a_failed_addition_sticks);
	tcase_add_test(t, a_file_is_replaced_whole);
	tcase_add_test(t, a_failure_keeps_its_sentence);
	suite_add_tcase(s, t);
	return s;
}
