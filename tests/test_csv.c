/* engine/records/csv.c: what is read, what is refused, and where */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/base/utf8.h"
#include "engine/records/csv.h"
#include "tests/suites.h"

static const char *write_file(const void *data, size_t len)
{
	static char path[120];

	(void)snprintf(path, sizeof(path), "%s/f.csv", test_folder());
	ck_assert_int_eq(file_create(path, data, len, 0600), ST_OK);
	return path;
}

/* All of a file as one line: fields end in '|' ('~': NULL), records in ';', a
 * malformed one is !LINE.FIELD, anything else its status. */
static void read_all(const char *path, struct buf *out)
{
	const struct cell *cells;
	struct csv *c = NULL;
	enum status st;
	size_t n;

	ck_assert_int_eq(csv_open(path, NULL, &c), ST_OK);
	while ((st = csv_next(c, &cells, &n)) == ST_OK || st == ST_INVALID) {
		for (size_t i = 0; st == ST_OK && i < n; i++) {
			if (cells[i].kind == CELL_NULL)
				buf_addc(out, '~');
			buf_add(out, cells[i].text, cells[i].len);
			buf_addc(out, '|');
		}
		if (st == ST_INVALID)
			buf_addf(out, "!%d.%zu", (int)csv_place(c).line,
			    csv_place(c).field);
		buf_addc(out, ';');
	}
	if (st != ST_NOTFOUND)
		buf_adds(out, status_name(st));
	csv_free(c);
}

static const struct {
	const char *text, *want;
} cases[] = {
	{ "", "" },
	{ "a,b\n1,2\n", "a|b|;1|2|;" },
	{ "a,b\r\n1,2\r\n", "a|b|;1|2|;" },
	{ "a,b\n1,2", "a|b|;1|2|;" },
	{ "a,b\n1,", "a|b|;1|~|;" },
	{ "\xef\xbb\xbf"
	  "a\n1\n",
	    "a|;1|;" },
	{ "a,b\n,\"\"\n", "a|b|;~||;" },
	{ "a,b\n\"x,y\",\"p\"\"q\"\n", "a|b|;x,y|p\"q|;" },
	{ "a,b\n\"\"\"\",\"\"\"\"\"\"\n", "a|b|;\"|\"\"|;" },
	{ "a,b\n\"1\n2\",\"\r\n\"\nx,\"y\n", "a|b|;1\n2|\r\n|;!5.2;" },
	{ "a\n\"x\"", "a|;x|;" },
	{ "a\n\n\n1\n", "a|;~|;~|;1|;" },
	{ " a ,\tb\n", " a |\tb|;" },
	{ "a,b\n\xe6\x97\xa5,\xf0\x9f\x9a\x97\n",
	    "a|b|;\xe6\x97\xa5|\xf0\x9f\x9a\x97|;" },
	/* wrong, and what follows is read on */
	{ "a,b\n1\n2,3\n", "a|b|;!2.0;2|3|;" },
	{ "a,b\n1,2,3\n2,3\n", "a|b|;!2.0;2|3|;" },
	{ "a,b\n1,5\" wide\n2,3\n", "a|b|;!2.2;2|3|;" },
	{ "a,b\n\"1\"2,x\n2,3\n", "a|b|;!2.1;2|3|;" },
	{ "a,b\n\"1\n\"2,x\n2,3\n", "a|b|;!3.1;2|3|;" },
	{ "a,b\n1\r,x\n2,3\n", "a|b|;!2.1;2|3|;" },
	{ "a,b\n1,x\r", "a|b|;!2.2;" },
	{ "a,b\n1,\xff\n2,3\n", "a|b|;!2.2;2|3|;" },
	{ "a,b\n\"1\n\xc3\",x\n2,3\n", "a|b|;!3.1;2|3|;" },
	{ "a,b\n1,\xe6\x97", "a|b|;!2.2;" },
	{ "a,b\n1,x\n\n2,3\n\n\n", "a|b|;1|x|;!3.0;2|3|;" },
	{ "\n\na,b\n", "!1.0;a|b|;" },
	{ "a,b\n1,x\n\r\n\r\n", "a|b|;1|x|;" },
	{ "a,b\n1,\"x\n2,3\n", "a|b|;!2.2;" },
	{ "\"", "!1.1;" },
};

START_TEST(csv_is_read_as_rfc_4180_has_it)
{
	struct buf out = BUF_INIT;

	read_all(write_file(cases[_i].text, strlen(cases[_i].text)), &out);
	ck_assert_str_eq(buf_text(&out), cases[_i].want);
	buf_release(&out);
}
END_TEST

START_TEST(a_nul_byte_is_refused)
{
	struct buf out = BUF_INIT;

	read_all(write_file("a,b\n1,x\0y\n2,3\n\"\0\",4\n", 20), &out);
	ck_assert_str_eq(buf_text(&out), "a|b|;!2.2;2|3|;!4.1;");
	buf_release(&out);
}
END_TEST

/* Every record stands once across the end of the buffer, whatever is in it. */
START_TEST(records_across_blocks_are_whole)
{
	static const char tail[] = "\xe6\x97\xa5,\"p\"\"\xf0\x9f\x9a\x97\n\","
				   "\"\",\r\n";
	static const char want[] = "\xe6\x97\xa5|p\"\xf0\x9f\x9a\x97\n||~|;";
	struct buf text = BUF_INIT, out = BUF_INIT;
	size_t pad = FEED_BLOCK - 1 - (size_t)_i;

	buf_adds(&text, ",,,");
	while (text.len < pad - 1)
		buf_addc(&text, 'x');
	buf_addc(&text, '\n');
	buf_adds(&text, tail);
	read_all(write_file(text.data, text.len), &out);
	ck_assert_uint_gt(out.len, sizeof(want));
	ck_assert_str_eq(buf_text(&out) + out.len - (sizeof(want) - 1), want);
	buf_release(&text);
	buf_release(&out);
}
END_TEST

/* 16 MiB with quotes and line break are a record, one more is not. */
START_TEST(a_record_longer_than_16_mib_is_refused)
{
	struct buf text = BUF_INIT, out = BUF_INIT;
	size_t len = CELL_MOST_BYTES + (size_t)_i;

	buf_adds(&text, "a\n");
	ck_assert_int_eq(buf_reserve(&text, len + 9), ST_OK);
	memset(text.data + 2, 'x', len);
	text.data[2] = text.data[2 + len - 1] = '"';
	text.len += len;
	buf_adds(&text, "\nb\n");
	read_all(write_file(text.data, text.len), &out);
	if (_i == 0)
		ck_assert_uint_eq(out.len, strlen("a|;") + len - 2 + 2 + 3);
	else
		ck_assert_str_eq(buf_text(&out), "a|;limit exceeded");
	buf_release(&text);
	buf_release(&out);
}
END_TEST

START_TEST(fields_are_at_most_2000)
{
	struct buf text = BUF_INIT, out = BUF_INIT;

	for (int i = 1; i < 2000 + _i; i++)
		buf_addc(&text, ',');
	read_all(write_file(buf_text(&text), text.len), &out);
	ck_assert_int_eq(strcmp(buf_text(&out), "!1.0;") == 0, _i);
	buf_release(&text);
	buf_release(&out);
}
END_TEST

static const struct {
	const char *text, *says;
} sentences[] = {
	{ "a\n\"x", "never closed" },
	{ "a\nx\"", "found a quote inside" },
	{ "a\n\"x\"y", "behind the closing quote" },
	{ "a\nxx\xff", "byte 3 of the field is not UTF-8" },
	{ "a,b\nx", "found 1 field, expected 2" },
	{ "a,b\n\nx,y", "line is empty" },
};

START_TEST(what_is_wrong_is_said)
{
	const struct cell *cells;
	struct csv *c = NULL;
	size_t n;

	ck_assert_int_eq(
	    csv_open(write_file(sentences[_i].text, strlen(sentences[_i].text)),
		NULL, &c),
	    ST_OK);
	ck_assert_int_eq(csv_next(c, &cells, &n), ST_OK);
	ck_assert_int_eq(csv_next(c, &cells, &n), ST_INVALID);
	ck_assert_ptr_nonnull(strstr(status_text(), sentences[_i].says));
	csv_free(c);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_named)
{
	struct csv *c = NULL;

	ck_assert_int_eq(csv_open("no/such.csv", NULL, &c), ST_NOTFOUND);
	ck_assert_ptr_nonnull(strstr(status_text(), "no/such.csv"));
	ck_assert_int_eq(csv_open("tests", NULL, &c), ST_IO);
	ck_assert_ptr_null(c);
}
END_TEST

START_TEST(running_out_of_memory_is_told)
{
	const char *path;
	struct buf text = BUF_INIT;
	enum status st = ST_NOMEM;

	while (text.len < 3 * FEED_BLOCK)
		buf_addc(&text, 'x');
	path = write_file(text.data, text.len);
	buf_release(&text);
	for (long nth = 0; st == ST_NOMEM; nth++) {
		const struct cell *cells;
		struct csv *c = NULL;
		size_t n;

		test_alloc_fuse(nth);
		st = csv_open(path, NULL, &c);
		if (st == ST_OK)
			st = csv_next(c, &cells, &n);
		test_alloc_fuse(-1);
		csv_free(c);
		ck_assert_int_lt(nth, 20);
	}
	ck_assert_int_eq(st, ST_OK);
}
END_TEST

static const struct {
	const char *bytes;
	size_t step;
} steps[] = {
	{ "a", 1 },
	{ "\x7f", 1 },
	{ "\x80", 0 },
	{ "\xc0\x80", 0 },
	{ "\xc2\x80", 2 },
	{ "\xc2", 0 },
	{ "\xe0\x9f\xbf", 0 },
	{ "\xe0\xa0\x80", 3 },
	{ "\xed\x9f\xbf", 3 },
	{ "\xed\xa0\x80", 0 },
	{ "\xef\xbf\xbf", 3 },
	{ "\xf0\x8f\xbf\xbf", 0 },
	{ "\xf0\x90\x80\x80", 4 },
	{ "\xf4\x8f\xbf\xbf", 4 },
	{ "\xf4\x90\x80\x80", 0 },
	{ "\xf5\x80\x80\x80", 0 },
	{ "\xe6\x97", 0 },
	{ "\xf0\x9f\x9a", 0 },
};

START_TEST(utf8_is_strict)
{
	const char *bytes = steps[_i].bytes;

	ck_assert_uint_eq(utf8_step(bytes), steps[_i].step);
	ck_assert_int_eq(utf8_valid(bytes, strlen(bytes)), steps[_i].step != 0);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

Suite *csv_suite(void)
{
	Suite *s = suite_create("csv");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, csv_is_read_as_rfc_4180_has_it, 0, COUNT(cases));
	tcase_add_test(t, a_nul_byte_is_refused);
	tcase_add_loop_test(t, records_across_blocks_are_whole, 0, 24);
	tcase_add_loop_test(t, a_record_longer_than_16_mib_is_refused, 0, 2);
	tcase_add_loop_test(t, fields_are_at_most_2000, 0, 2);
	tcase_add_loop_test(t, what_is_wrong_is_said, 0, COUNT(sentences));
	tcase_add_test(t, a_file_that_is_not_there_is_named);
	tcase_add_test(t, running_out_of_memory_is_told);
	tcase_add_loop_test(t, utf8_is_strict, 0, COUNT(steps));
	suite_add_tcase(s, t);
	return s;
}
