/* engine/web/words: days, numbers and codes as people read them */
#include <stdint.h>
#include <string.h>

#include "engine/base/mustache.h"
#include "engine/web/words.h"
#include "tests/suites.h"

static struct words *words;

static void load(void) { ck_assert_int_eq(words_load(&words), ST_OK); }
static void unload(void) { words_free(words); }

static const struct {
	const char *language;
	const char *want;
} dressed[] = {
	{ "en", "2 March 2026 05:07|29 February 2028|1,234,567|0|Access|yes" },
	{ "ja", "2026年3月2日 05:07|2028年2月29日|1,234,567|0|開示|yes" },
	{ "de", "2. März 2026 05:07|29. Februar 2028|1.234.567|0|Auskunft|"
		"yes" },
};

static enum status derived(
    void *ctx, const json_t *of, const char *name, size_t len, json_t **out)
{
	return words_dress(ctx, of, name, len, out);
}

START_TEST(days_and_numbers_are_as_the_language_writes_them)
{
	static const char template[] =
	    "{{at_text}}|{{due_date_text}}|{{n_text}}|{{none_text}}|"
	    "{{type_text}}|{{#n_any}}{{#list_any}}yes{{/list_any}}{{/n_any}}"
	    "{{#none_any}}no{{/none_any}}{{#empty_any}}no{{/empty_any}}"
	    "{{^none_any}}{{free_text}}{{nothing_text}}{{_text}}{{/none_any}}";
	struct dress d = { words, dressed[_i].language, NULL };
	const struct mustache m = {
		.escape = MUSTACHE_HTML, .ctx = &d, .derived = derived
	};
	struct zone *tokyo = NULL;
	struct buf out = BUF_INIT;
	json_t *o = NULL;

	ck_assert_int_eq(zone_open("Asia/Tokyo", &tokyo), ST_OK);
	d.zone = tokyo;
	ck_assert_int_eq(
	    json_make(&o, "{s:s, s:s, s:i, s:i, s:s, s:s, s:[i], s:[]}", "at",
		"2026-03-01T20:07:00Z", "due_date", "2028-02-29", "n", 1234567,
		"none", 0, "type", "access", "free", "a word", "list", 1,
		"empty"),
	    ST_OK);
	ck_assert_int_eq(mustache_render(&m, template, o, &out), ST_OK);
	ck_assert_str_eq(buf_text(&out), dressed[_i].want);
	buf_release(&out);
	json_decref(o);
	zone_free(tokyo);
}
END_TEST

/* Without memory there is an error, never a page with a hole in it. */
START_TEST(a_page_without_memory)
{
	const struct dress d = { words, "en", NULL };
	const struct mustache m = { .escape = MUSTACHE_HTML,
		.ctx = (void *)(uintptr_t)&d,
		.derived = derived };
	struct buf out = BUF_INIT;
	enum status st = ST_NOMEM;
	json_t *o = json_pack("{s:s, s:i}", "type", "access", "n", 1234);

	for (long nth = 0; st != ST_OK; nth++) {
		buf_release(&out);
		test_alloc_fuse(nth);
		st = mustache_render(&m, "{{type_text}}{{n_text}}", o, &out);
		test_alloc_fuse(-1);
		ck_assert(st == ST_OK || st == ST_NOMEM);
	}
	ck_assert_str_eq(buf_text(&out), "Access1,234");
	buf_release(&out);
	json_decref(o);
}
END_TEST

Suite *words_suite(void)
{
	Suite *s = suite_create("words");
	TCase *tc = tcase_create("all");

	tcase_add_checked_fixture(tc, load, unload);
	tcase_add_loop_test(tc,
	    days_and_numbers_are_as_the_language_writes_them, 0,
	    (int)(sizeof(dressed) / sizeof(*dressed)));
	tcase_add_test(tc, a_page_without_memory);
	suite_add_tcase(s, tc);
	return s;
}
