/* engine/base/mustache.c: the official tests, and what they leave open */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/mustache.h"
#include "tests/suites.h"

static const char *of_object(void *ctx, const char *name)
{
	return json_string_value(json_object_get(ctx, name));
}

static const char *const modules[] = { "comments", "delimiters",
	"interpolation", "inverted", "partials", "sections" };

static void run(const char *module, const json_t *test)
{
	struct mustache m = { MUSTACHE_HTML, MUSTACHE_EMPTY, of_object,
		json_object_get(test, "partials"), NULL, NULL };
	const char *const texts[] = { json_text(test, "template"), NULL };
	struct mustache_set *set = NULL;
	struct buf out = BUF_INIT;

	MUST(mustache_render(&m, json_text(test, "template"),
		 json_object_get(test, "data"), &out) == ST_OK,
	    "%s: %s: %s", module, json_text(test, "name"), status_text());
	MUST(strcmp(buf_text(&out), json_text(test, "expected")) == 0,
	    "%s: %s:\n%s\ninstead of\n%s", module, json_text(test, "name"),
	    buf_text(&out), json_text(test, "expected"));
	/* Parsed before, it is the same. */
	buf_clear(&out);
	ck_assert_int_eq(mustache_set_new(texts, &set), ST_OK);
	m.parsed = set;
	ck_assert_int_eq(
	    mustache_render(&m, texts[0], json_object_get(test, "data"), &out),
	    ST_OK);
	ck_assert_str_eq(buf_text(&out), json_text(test, "expected"));
	mustache_set_free(set);
	buf_release(&out);
}

START_TEST(the_official_tests)
{
	char name[80];
	const char *path;
	json_t *spec;
	const json_t *test;
	size_t i;

	(void)snprintf(
	    name, sizeof(name), "mustache-spec/%s.json", modules[_i]);
	if ((path = test_shared(name)) == NULL)
		return;
	spec = json_load_file(path, 0, NULL);
	ck_assert_ptr_nonnull(spec);
	ck_assert_uint_gt(json_array_size(json_object_get(spec, "tests")), 5);
	json_array_foreach(json_object_get(spec, "tests"), i, test)
	    run(modules[_i], test);
	json_decref(spec);
}
END_TEST

/* ---- ours ---- */

static const struct {
	const char *text;
	enum mustache_escape escape;
	const char *want;
} texts[] = {
	{ "{{a}} {{{a}}} {{&a}}", MUSTACHE_HTML,
	    "&lt;&amp;&#39;&gt; <&'> <&'>" },
	{ "{{a}}", MUSTACHE_TEXT, "<&'>" },
	{ "{{#none}}x{{/none}}{{^none}}y{{/none}}", MUSTACHE_HTML, "y" },
	{ "{{#empty}}x{{/empty}}{{^empty}}y{{/empty}}", MUSTACHE_HTML, "y" },
	{ "{{#zero}}{{.}}{{/zero}}", MUSTACHE_HTML, "0" },
	{ "{{#o}}{{b}}{{a}}{{/o}}", MUSTACHE_TEXT, "1<&'>" },
	{ "{{o.b}}{{o.c}}{{o.b.c}}", MUSTACHE_HTML, "1" },
	{ "{{o}}{{list}}", MUSTACHE_HTML, "" },
	{ "{{#list}}{{.}},{{/list}}", MUSTACHE_HTML, "1,0.1,true,x," },
	{ "", MUSTACHE_HTML, "" },
	{ "日本 {{!コメント}}語", MUSTACHE_HTML, "日本 語" },
	{ " {{>p}}\n", MUSTACHE_HTML, " <1>\n <2>\n" },
};

static json_t *data(void)
{
	json_t *d =
	    json_pack("{s:s, s:s, s:i, s:{s:i}, s:[i, f, b, s]}", "a", "<&'>",
		"empty", "", "zero", 0, "o", "b", 1, "list", 1, 0.1, 1, "x");

	ck_assert_ptr_nonnull(d);
	return d;
}

static const char *two_lines(void *ctx, const char *name)
{
	(void)ctx;
	return strcmp(name, "p") == 0 ? "<1>\n<2>\n" : NULL;
}

START_TEST(a_text_is_rendered)
{
	const struct mustache m = { texts[_i].escape, MUSTACHE_EMPTY, two_lines,
		NULL, NULL, NULL };
	struct buf out = BUF_INIT;
	json_t *d = data();

	MUST(mustache_render(&m, texts[_i].text, d, &out) == ST_OK, "%s",
	    status_text());
	ck_assert_str_eq(buf_text(&out), texts[_i].want);
	buf_release(&out);
	json_decref(d);
}
END_TEST

static const char *itself(void *ctx, const char *name)
{
	(void)ctx;
	return strcmp(name, "twice") == 0 ? "{{>none}}{{#o}}{{>twice}}{{/o}}"
					    "{{>twice}}"
					  : "x";
}

static const struct {
	const char *text;
	enum status want;
	const char *says;
} wrong[] = {
	{ "a\n{{b", ST_INVALID, "line 2: a tag is not closed" },
	{ "{{{b}}", ST_INVALID, "not closed" },
	{ "{{}}", ST_INVALID, "without a name" },
	{ "{{#a}}\n{{#b}}x{{/a}}", ST_INVALID, "line 2: `a` is closed where" },
	{ "\n\n{{/a}}", ST_INVALID, "line 3: `a` is closed and was not" },
	{ "{{#a}}", ST_INVALID, "a section is not closed" },
	{ "{{=<%=}}", ST_INVALID, "delimiters" },
	{ "{{= =}}", ST_INVALID, "without a name" },
	{ "{{>twice}}", ST_LIMIT, "deep" },
	{ "\n{{missing}}", ST_INVALID, "line 2: `missing` has no value" },
	{ "{{o.c}}", ST_INVALID, "`o.c` has no value" },
	{ "{{o}}", ST_INVALID, "no value" },
};

START_TEST(a_mistake_is_named)
{
	const struct mustache m = { MUSTACHE_HTML, MUSTACHE_REFUSE, itself,
		NULL, NULL, NULL };
	struct buf out = BUF_INIT;
	json_t *d = data();

	ck_assert_int_eq(
	    mustache_render(&m, wrong[_i].text, d, &out), wrong[_i].want);
	ck_assert_msg(
	    strstr(status_text(), wrong[_i].says) != NULL, "%s", status_text());
	buf_release(&out);
	json_decref(d);
}
END_TEST

static const char *one_of(void *ctx, const char *name)
{
	const char *const *pair = ctx;

	return strcmp(name, "p") == 0 ? pair[1] : NULL;
}

/* Partials of a set too, also where a tag indents them. */
START_TEST(a_set_is_rendered_as_its_texts_are)
{
	const char *pair[] = { "{{#list}}{{>p}}, {{/list}}\n  {{>p}}\n",
		"<{{.}}>\n", NULL };
	struct mustache m = { MUSTACHE_HTML, MUSTACHE_EMPTY, one_of, pair, NULL,
		NULL };
	struct buf plain = BUF_INIT, parsed = BUF_INIT;
	struct mustache_set *set = NULL;
	json_t *d = data();

	ck_assert_int_eq(mustache_render(&m, pair[0], d, &plain), ST_OK);
	ck_assert_int_eq(mustache_set_new(pair, &set), ST_OK);
	m.parsed = set;
	ck_assert_int_eq(mustache_render(&m, pair[0], d, &parsed), ST_OK);
	ck_assert_str_eq(buf_text(&parsed), buf_text(&plain));
	ck_assert_ptr_nonnull(strstr(buf_text(&parsed), "\n  <"));
	mustache_set_free(set);
	buf_release(&plain);
	buf_release(&parsed);
	json_decref(d);
}
END_TEST

START_TEST(a_set_has_no_mistakes)
{
	const char *const pair[] = { "{{a}}", "a\n{{#b}}", NULL };
	struct mustache_set *set = NULL;

	ck_assert_int_eq(mustache_set_new(pair, &set), ST_INVALID);
	ck_assert_ptr_null(set);
}
END_TEST

START_TEST(sections_have_a_depth)
{
	const struct mustache m = { MUSTACHE_HTML, MUSTACHE_EMPTY, NULL, NULL,
		NULL, NULL };
	struct buf text = BUF_INIT, out = BUF_INIT;
	json_t *d = data();

	for (int i = 0; i < 65; i++)
		buf_adds(&text, "{{#o}}");
	ck_assert_int_eq(
	    mustache_render(&m, buf_text(&text), d, &out), ST_LIMIT);
	buf_release(&text);
	buf_release(&out);
	json_decref(d);
}
END_TEST

START_TEST(without_memory)
{
	const struct mustache m = { MUSTACHE_HTML, MUSTACHE_EMPTY, two_lines,
		NULL, NULL, NULL };
	struct buf out = BUF_INIT;
	json_t *d = data();
	enum status st = ST_NOMEM;

	for (long nth = 0; st != ST_OK; nth++) {
		buf_release(&out);
		test_alloc_fuse(nth);
		st = mustache_render(
		    &m, "{{#list}}{{.}} {{>p}}\n{{/list}}", d, &out);
		test_alloc_fuse(-1);
		ck_assert(st == ST_OK || st == ST_NOMEM);
	}
	ck_assert_uint_gt(out.len, 40);
	buf_release(&out);
	json_decref(d);
}
END_TEST

#define COUNT(a) (int)(sizeof(a) / sizeof((a)[0]))

Suite *mustache_suite(void)
{
	Suite *s = suite_create("mustache");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, the_official_tests, 0, COUNT(modules));
	tcase_add_loop_test(t, a_text_is_rendered, 0, COUNT(texts));
	tcase_add_loop_test(t, a_mistake_is_named, 0, COUNT(wrong));
	tcase_add_test(t, a_set_is_rendered_as_its_texts_are);
	tcase_add_test(t, a_set_has_no_mistakes);
	tcase_add_test(t, sections_have_a_depth);
	tcase_add_test(t, without_memory);
	suite_add_tcase(s, t);
	return s;
}
