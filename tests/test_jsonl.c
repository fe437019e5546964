/* engine/records/jsonl.c and json_text.c: lines of JSON, and JSON written */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/base64.h"
#include "engine/base/file.h"
#include "engine/base/number.h"
#include "engine/records/json_text.h"
#include "engine/records/jsonl.h"
#include "tests/suites.h"

static const char *write_file(const void *data, size_t len)
{
	static char path[120];

	(void)snprintf(path, sizeof(path), "%s/f.jsonl", test_folder());
	ck_assert_int_eq(file_create(path, data, len, 0600), ST_OK);
	return path;
}

/* "key=KIND:text|" for each member, ";" behind each object, "!LINE;" for what
 * is malformed. */
static void read_all(const char *path, struct buf *out)
{
	static const char kinds[] = { '0', 't', 'n', '+', '-', 'j' };
	const struct jsonl_member *m;
	struct jsonl *j = NULL;
	enum status st;
	size_t n;

	ck_assert_int_eq(jsonl_open(path, NULL, &j), ST_OK);
	while ((st = jsonl_next(j, &m, &n)) == ST_OK || st == ST_INVALID) {
		for (size_t i = 0; st == ST_OK && i < n; i++) {
			buf_addf(
			    out, "%s=%c:", m[i].key, kinds[m[i].cell.kind]);
			buf_add(out, m[i].cell.text, m[i].cell.len);
			buf_addc(out, '|');
		}
		if (st == ST_INVALID)
			buf_addf(out, "!%d", (int)jsonl_place(j).line);
		buf_addc(out, ';');
	}
	ck_assert_int_eq(st, ST_NOTFOUND);
	jsonl_free(j);
}

static const struct {
	const char *text, *want;
} cases[] = {
	{ "", "" },
	{ "{}\n", ";" },
	{ "{\"a\":1}\n{\"a\":\"x\"}", "a=n:1|;a=t:x|;" },
	{ "{\"a\":1}\r\n", "a=n:1|;" },
	{ "\xef\xbb\xbf{\"a\":1}\n", "a=n:1|;" },
	{ " { \"b\" : null , \"a\" : true , \"c\" : false } \n",
	    "b=0:null|a=+:true|c=-:false|;" },
	{ "{\"a\":\"\\u65e5\\n\\\"\",\"b\":\"\"}\n",
	    "a=t:\xe6\x97\xa5\n\"|b=t:|;" },
	{ "{\"\\u0061\\\"\":\"}\",\"b\":[\"]\",{\"x\":\"\\\\\"}],\"c\":2}\n",
	    "a\"=t:}|b=j:[\"]\",{\"x\":\"\\\\\"}]|c=n:2|;" },
	{ "{\"a\":{\"b\":[1, 2]} ,\"c\":-1.50E+3 }\n",
	    "a=j:{\"b\":[1, 2]}|c=n:-1.50E+3|;" },
	{ "{\"a\":123456789012345678901234567890,\"b\":0.10}\n",
	    "a=n:123456789012345678901234567890|b=n:0.10|;" },
	{ "{\"a\":1}\n\n \n", "a=n:1|;" },
	/* wrong, and what follows is read on */
	{ "{\"a\":1}\n\n{\"a\":2}\n", "a=n:1|;!2;a=n:2|;" },
	{ "{\"a\":1,\"a\":2}\n{}\n", "!1;;" },
	{ "[1]\n{}\n", "!1;;" },
	{ "1\n\"x\"\nnull\n", "!1;!2;!3;" },
	{ "{\"a\":1} {}\n{}\n", "!1;;" },
	{ "{\"a\":\n1}\n", "!1;!2;" },
	{ "{\"a\":\"\xff\"}\n{}\n", "!1;;" },
	{ "{\"a\":\"\\ud800\"}\n{}\n", "!1;;" },
	{ "{\"a\":\"\\u0000\"}\n{}\n", "!1;;" },
	{ "{\"\\u0000\":1}\n{}\n", "!1;;" },
	{ "{\"a\":1e999}\n{}\n", "!1;;" },
	{ "{\"a\":01}\n{a:1}\n{\"a\":NaN}\n", "!1;!2;!3;" },
};

START_TEST(one_object_a_line_is_read)
{
	struct buf out = BUF_INIT;

	read_all(write_file(cases[_i].text, strlen(cases[_i].text)), &out);
	ck_assert_str_eq(buf_text(&out), cases[_i].want);
	buf_release(&out);
}
END_TEST

START_TEST(no_sentence_shows_what_was_read)
{
	static const char *const lines[] = {
		"{\"a\":CANARY}",
		"{\"CANARY\":1,\"CANARY\":2}",
		"{\"a\":\"CANARY",
		"{\"a\":\"CANARY\\x\"}",
		"CANARY",
		"{\"CANARY\\u0000\":1}",
		"{\"a\":\"CANARY\xff\"}",
	};
	const struct jsonl_member *m;
	struct jsonl *j = NULL;
	size_t n;

	ck_assert_int_eq(
	    jsonl_open(write_file(lines[_i], strlen(lines[_i])), NULL, &j),
	    ST_OK);
	ck_assert_int_eq(jsonl_next(j, &m, &n), ST_INVALID);
	ck_assert_str_ne(status_text(), "");
	ck_assert_ptr_null(strstr(status_text(), "CANARY"));
	jsonl_free(j);
}
END_TEST

START_TEST(deep_nesting_is_refused_and_does_no_harm)
{
	struct buf text = BUF_INIT, out = BUF_INIT;

	buf_adds(&text, "{\"a\":");
	for (int i = 0; i < 500000; i++)
		buf_addc(&text, '[');
	read_all(write_file(text.data, text.len), &out);
	ck_assert_str_eq(buf_text(&out), "!1;");
	buf_release(&text);
	buf_release(&out);
}
END_TEST

START_TEST(objects_across_blocks_are_whole)
{
	struct buf text = BUF_INIT, out = BUF_INIT;

	while (text.len < 2 * FEED_BLOCK + 100)
		buf_addf(&text, "{\"k%zu\":\"%*d\"}\n", text.len, 40, 7);
	read_all(write_file(text.data, text.len), &out);
	ck_assert_ptr_null(strchr(buf_text(&out), '!'));
	ck_assert_uint_gt(out.len, FEED_BLOCK);
	buf_release(&text);
	buf_release(&out);
}
END_TEST

START_TEST(running_out_of_memory_is_told)
{
	const char *path = write_file("{\"a\":1}\n", 8);
	enum status st = ST_NOMEM;

	for (long nth = 0; st == ST_NOMEM; nth++) {
		const struct jsonl_member *m;
		struct jsonl *j = NULL;
		size_t n;

		test_alloc_fuse(nth);
		st = jsonl_open(path, NULL, &j);
		if (st == ST_OK)
			st = jsonl_next(j, &m, &n);
		test_alloc_fuse(-1);
		jsonl_free(j);
		ck_assert_int_lt(nth, 20);
	}
	ck_assert_int_eq(st, ST_OK);
}
END_TEST

static const struct {
	const char *given, *want;
} canonical[] = {
	{ "{\"b\": 1, \"a\": [true, false, null]}",
	    "{\"a\":[true,false,null],\"b\":1}" },
	{ "{}", "{}" },
	{ "[]", "[]" },
	{ "[0.1,5.0,1e300,-0.0,9223372036854775807]",
	    "[0.1,5.0,1e+300,-0.0,9223372036854775807]" },
	{ "[\"\\u0001\\b\\t\\n\\f\\r\\\"\\\\/\\u65e5\"]",
	    "[\"\\u0001\\b\\t\\n\\f\\r\\\"\\\\/\xe6\x97\xa5\"]" },
	{ "[\"\\u000b\\u000e\"]", "[\"\\u000b\\u000e\"]" },
};

START_TEST(the_same_json_is_the_same_text)
{
	struct buf out = BUF_INIT;
	json_t *root = json_loads(canonical[_i].given, 0, NULL);

	ck_assert_ptr_nonnull(root);
	ck_assert_int_eq(json_text_value(&out, root), ST_OK);
	ck_assert_str_eq(buf_text(&out), canonical[_i].want);
	json_decref(root);
	buf_release(&out);
}
END_TEST

static const struct {
	const char *text;
	enum status integer, real;
	int exact;
} numbers[] = {
	{ "0", ST_OK, ST_OK, 1 },
	{ "-0", ST_OK, ST_OK, 1 },
	{ "+7", ST_OK, ST_OK, 1 },
	{ "007", ST_OK, ST_OK, 1 },
	{ "9223372036854775807", ST_OK, ST_OK, 1 },
	{ "-9223372036854775808", ST_OK, ST_OK, 1 },
	{ "9223372036854775808", ST_INVALID, ST_OK, 0 },
	{ "9223372036854775000000", ST_INVALID, ST_OK, 1 },
	{ "100000000000000000000", ST_INVALID, ST_OK, 1 },
	{ "1.5", ST_INVALID, ST_OK, 1 },
	{ ".5", ST_INVALID, ST_OK, 1 },
	{ "5.", ST_INVALID, ST_OK, 1 },
	{ "1e3", ST_INVALID, ST_OK, 1 },
	{ "0.30000000000000004", ST_INVALID, ST_OK, 1 },
	{ "1234567890.123456789", ST_INVALID, ST_OK, 0 },
	{ "1e400", ST_INVALID, ST_INVALID, 0 },
	{ "1e99999999999999999999", ST_INVALID, ST_INVALID, 0 },
	{ "1e-99999999999999999999", ST_INVALID, ST_OK, 0 },
	{ "0e99999999999999999999", ST_INVALID, ST_OK, 1 },
	{ "", ST_INVALID, ST_INVALID, 0 },
	{ "-", ST_INVALID, ST_INVALID, 0 },
	{ ".", ST_INVALID, ST_INVALID, 0 },
	{ "1e", ST_INVALID, ST_INVALID, 0 },
	{ " 1", ST_INVALID, ST_INVALID, 0 },
	{ "1 ", ST_INVALID, ST_INVALID, 0 },
	{ "1,5", ST_INVALID, ST_INVALID, 0 },
	{ "0x10", ST_INVALID, ST_INVALID, 0 },
	{ "nan", ST_INVALID, ST_INVALID, 0 },
	{ "inf", ST_INVALID, ST_INVALID, 0 },
};

START_TEST(numbers_are_strict)
{
	const char *text = numbers[_i].text;
	size_t len = strlen(text);
	int64_t i;
	double r;

	ck_assert_int_eq(number_int(text, len, &i), numbers[_i].integer);
	ck_assert_int_eq(number_real(text, len, &r), numbers[_i].real);
	if (numbers[_i].real == ST_OK)
		ck_assert(r == strtod(text, NULL));
	ck_assert_int_eq(number_exact(text, len), numbers[_i].exact);
}
END_TEST

START_TEST(reals_read_back_as_they_were)
{
	uint64_t bits = 0x9e3779b97f4a7c15;
	char text[NUMBER_TEXT];
	double real, back;

	for (int i = 0; i < 20000; i++) {
		bits = bits * 6364136223846793005u + 1442695040888963407u;
		memcpy(&real, &bits, sizeof(real));
		if (real != real || real - real != 0)
			continue;
		if (i % 2)
			real = (double)(int64_t)(bits >> 24) / 1e6;
		number_format(real, text);
		ck_assert_int_eq(number_real(text, strlen(text), &back), ST_OK);
		ck_assert(memcmp(&real, &back, sizeof(real)) == 0);
	}
	number_format(5, text);
	ck_assert_str_eq(text, "5.0");
	number_format(35.68, text);
	ck_assert_str_eq(text, "35.68");
}
END_TEST

/* RFC 4648 section 10, and what is not base64. */
static const struct {
	const char *bytes, *text;
} encoded[] = {
	{ "", "" },
	{ "f", "Zg==" },
	{ "fo", "Zm8=" },
	{ "foo", "Zm9v" },
	{ "foob", "Zm9vYg==" },
	{ "fooba", "Zm9vYmE=" },
	{ "foobar", "Zm9vYmFy" },
	{ "\xff\xfe\xfd", "//79" },
	{ NULL, "Zg" },
	{ NULL, "Zg=" },
	{ NULL, "Zh==" },
	{ NULL, "Zm9=" },
	{ NULL, "Zg==Zg==" },
	{ NULL, "====" },
	{ NULL, "Zm9\n" },
	{ NULL, "Z===" },
	{ NULL, "-_-_" },
};

START_TEST(base64_is_strict)
{
	const char *text = encoded[_i].text, *bytes = encoded[_i].bytes;
	struct buf b = BUF_INIT;

	ck_assert_int_eq(
	    base64_decode(&b, text, strlen(text)), bytes ? ST_OK : ST_INVALID);
	if (bytes) {
		ck_assert_str_eq(buf_text(&b), bytes);
		buf_clear(&b);
		base64_add(&b, bytes, strlen(bytes));
		ck_assert_str_eq(buf_text(&b), text);
	}
	buf_release(&b);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

Suite *jsonl_suite(void)
{
	Suite *s = suite_create("jsonl");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, one_object_a_line_is_read, 0, COUNT(cases));
	tcase_add_loop_test(t, no_sentence_shows_what_was_read, 0, 7);
	tcase_add_test(t, deep_nesting_is_refused_and_does_no_harm);
	tcase_add_test(t, objects_across_blocks_are_whole);
	tcase_add_test(t, running_out_of_memory_is_told);
	tcase_add_loop_test(
	    t, the_same_json_is_the_same_text, 0, COUNT(canonical));
	tcase_add_loop_test(t, numbers_are_strict, 0, COUNT(numbers));
	tcase_add_test(t, reals_read_back_as_they_were);
	tcase_add_loop_test(t, base64_is_strict, 0, COUNT(encoded));
	suite_add_tcase(s, t);
	return s;
}
