/* engine/model: diagnostics, text, and YAML as a tree */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/model/node.h"
#include "engine/model/read.h"
#include "tests/suites.h"

static enum status parse(const char *yaml, struct diag *d, struct node *out)
{
	return node_parse("a.yml", yaml, strlen(yaml), d, out);
}

START_TEST(a_tree_keeps_order_text_and_places)
{
	struct diag d = DIAG_INIT;
	struct node root = { 0 };
	const struct node *list;

	ck_assert_int_eq(
	    parse("日本: 1\nb: [x, ~, 2024-02-29]\n", &d, &root), ST_OK);
	ck_assert_int_eq(root.kind, NODE_MAP);
	ck_assert_uint_eq(root.count, 2);
	ck_assert_str_eq(root.keys[0].text, "日本");
	ck_assert_int_eq(root.items[0].at.column, 5); /* not bytes */
	list = node_get(&root, "b");
	ck_assert_int_eq(list->at.line, 2);
	ck_assert_int_eq(list->at.column, 4);
	ck_assert_str_eq(list->items[2].text, "2024-02-29");
	ck_assert_str_eq(list->items[2].label, "b");
	ck_assert_int_eq(list->items[1].kind, NODE_NULL);
	ck_assert_ptr_null(node_get(&root, "c"));
	ck_assert_ptr_null(node_get(list, "b"));
	ck_assert_int_eq(diag_status(&d), ST_OK);
	node_release(&root);
	diag_release(&d);
}
END_TEST

static char *repeat(const char *text, size_t times, const char *end)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < times; i++)
		buf_adds(&b, text);
	buf_adds(&b, end);
	return buf_take(&b);
}

static void refuse(char *yaml, const char *why)
{
	struct diag d = DIAG_INIT;
	struct node root = { 0 };

	ck_assert_int_eq(parse(yaml, &d, &root), ST_INVALID);
	ck_assert_uint_eq(d.count, 1);
	ck_assert_ptr_nonnull(strstr(d.items[0].text, why));
	diag_release(&d);
	free(yaml);
}

START_TEST(a_file_has_limits)
{
	refuse(repeat("- a\n", 200000, ""), "more than 200000 values");
	refuse(repeat("# a comment, long enough to fill the file soon\n",
		   100000, ""),
	    "larger than 4194304 bytes");
	refuse(repeat("{a: ", 33, ""), "nested deeper than 32");
	refuse(repeat("[", 100000, ""), "nested deeper than 32");
}
END_TEST

START_TEST(a_file_up_to_the_limits_is_read)
{
	char *yaml = repeat("- a\n", 199999, "");
	struct diag d = DIAG_INIT;
	struct node root = { 0 };

	ck_assert_int_eq(parse(yaml, &d, &root), ST_OK);
	ck_assert_uint_eq(root.count, 199999);
	node_release(&root);
	diag_release(&d);
	free(yaml);
}
END_TEST

START_TEST(what_is_missing_is_an_error_of_the_file)
{
	struct diag d = DIAG_INIT;
	struct buf b = BUF_INIT;

	ck_assert_int_eq(
	    node_read_file("build/no-such.yml", &d, &b), ST_INVALID);
	ck_assert_uint_eq(d.count, 1);
	ck_assert_int_eq(d.items[0].at.line, 0);
	ck_assert_ptr_nonnull(strstr(d.items[0].text, "No such file"));
	ck_assert_int_eq(node_read_file("build", &d, &b), ST_INVALID);
	ck_assert_ptr_nonnull(strstr(d.items[1].text, "Is a directory"));
	buf_release(&b);
	diag_release(&d);
}
END_TEST

START_TEST(diagnostics_are_printed_by_place)
{
	struct diag d = DIAG_INIT;
	const char *b = diag_file(&d, "b.yml"), *a = diag_file(&d, "a.yml");
	char *said = NULL;
	size_t len;
	FILE *f = open_memstream(&said, &len);

	diag_error(&d, (struct place){ b, 2, 1 }, "third");
	diag_error(&d, (struct place){ b, 1, 10 }, "second");
	diag_warning(&d, (struct place){ a, 7, 7 }, "first of %s", "all");
	diag_error(&d, (struct place){ b, 2, 1 }, "fourth");
	diag_error(&d, (struct place){ b, 0, 0 }, "as a whole");
	ck_assert_ptr_eq(diag_file(&d, "b.yml"), b);
	diag_print(&d, f);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_str_eq(said, "a.yml:7:7: warning: first of all\n"
			       "b.yml: error: as a whole\n"
			       "b.yml:1:10: error: second\n"
			       "b.yml:2:1: error: third\n"
			       "b.yml:2:1: error: fourth\n");
	ck_assert_int_eq(diag_status(&d), ST_INVALID);
	ck_assert_int_eq(diag_status_since(&d, d.errors), ST_OK);
	free(said);
	diag_release(&d);
}
END_TEST

START_TEST(diagnostics_beyond_the_limit_are_counted)
{
	struct diag d = DIAG_INIT;
	struct place at = { NULL, 0, 0 };
	char *said = NULL;
	size_t len;
	FILE *f = open_memstream(&said, &len);

	for (int i = 0; i < DIAG_MAX + 5; i++)
		diag_error(&d, at, "again");
	diag_print(&d, f);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_uint_eq(d.errors, DIAG_MAX + 5);
	ck_assert_ptr_nonnull(strstr(said, "\nand 5 more\n"));
	free(said);
	diag_release(&d);
}
END_TEST

static const char *const words[] = { "window", "batch", "max_share", "at",
	"via", NULL };
static const struct {
	const char *word;
	const char *nearest;
} nearest[] = {
	{ "windwo", "window" },
	{ "Window", "window" },
	{ "bathc", "batch" },
	{ "maxshare", "max_share" },
	{ "max-share", "max_share" },
	{ "va", "via" },
	{ "batch", "batch" },
	{ "approvals", NULL },
	{ "x", NULL },
	{ "", NULL },
};

START_TEST(the_nearest_word_is_near)
{
	const char *found = diag_nearest(nearest[_i].word, words);

	if (nearest[_i].nearest)
		ck_assert_pstr_eq(found, nearest[_i].nearest);
	else
		ck_assert_ptr_null(found);
}
END_TEST

enum { BOOL, INT, NUMBER, PERIOD, TEXT, NAME };
static const struct {
	const char *yaml;
	int as;
	int ok;
	double value;
} scalars[] = {
	{ "true", BOOL, 1, 1 },
	{ "False", BOOL, 1, 0 },
	{ "yes", BOOL, 0, 0 },
	{ "'true'", BOOL, 0, 0 },
	{ "1", BOOL, 0, 0 },
	{ "0", INT, 1, 0 },
	{ "-7", INT, 1, -7 },
	{ "+7", INT, 1, 7 },
	{ "99", INT, 1, 99 },
	{ "100", INT, 0, 0 },
	{ "-100", INT, 0, 0 },
	{ "1.0", INT, 0, 0 },
	{ "0x1", INT, 0, 0 },
	{ "1_0", INT, 0, 0 },
	{ "'1'", INT, 0, 0 },
	{ "99999999999999999999999", INT, 0, 0 },
	{ "0.5", NUMBER, 1, 0.5 },
	{ "1", NUMBER, 1, 1 },
	{ "0.1", NUMBER, 1, 0.1 },
	{ "0", NUMBER, 0, 0 },
	{ "1.01", NUMBER, 0, 0 },
	{ ".5", NUMBER, 0, 0 },
	{ "1.", NUMBER, 0, 0 },
	{ "1e-1", NUMBER, 0, 0 },
	{ ".inf", NUMBER, 0, 0 },
	{ "-0.5", NUMBER, 0, 0 },
	{ "0.1.2", NUMBER, 0, 0 },
	{ "P1Y", PERIOD, 1, 12 },
	{ "P0D", PERIOD, 0, 0 },
	{ "P1", PERIOD, 0, 0 },
	{ "words", TEXT, 1, 0 },
	{ "12", TEXT, 0, 0 },
	{ "'12'", TEXT, 1, 0 },
	{ "true", TEXT, 0, 0 },
	{ "''", TEXT, 0, 0 },
	{ "~", TEXT, 0, 0 },
	{ "{en: a, ja: b}", TEXT, 1, 0 },
	{ "{}", TEXT, 0, 0 },
	{ "{zh-Hant: a}", TEXT, 1, 0 },
	{ "{english: a}", TEXT, 0, 0 },
	{ "{en: {}}", TEXT, 0, 0 },
	{ "[a]", TEXT, 0, 0 },
	{ "a-b_9", NAME, 1, 0 },
	{ "9a", NAME, 0, 0 },
	{ "aB", NAME, 0, 0 },
	{ "'a b'", NAME, 0, 0 },
};

static int read_one(struct diag *d, const struct node *n, int as, double *value)
{
	struct text text = { NULL, 0 };
	struct period p;
	char *name = NULL;
	int64_t i = 0;
	int b = 0, ok = 0;

	switch (as) {
	case BOOL:
		ok = read_bool(d, n, &b);
		*value = b;
		break;
	case INT:
		ok = read_int(d, n, -99, 99, &i);
		*value = (double)i;
		break;
	case NUMBER: ok = read_number(d, n, 0, 1, value); break;
	case PERIOD:
		if ((ok = read_some_period(d, n, &p)))
			*value = p.months;
		break;
	case TEXT: ok = read_text(d, n, &text); break;
	case NAME: ok = read_name(d, n, &name); break;
	}
	text_release(&text);
	free(name);
	return ok;
}

START_TEST(scalars_are_read_strictly)
{
	struct diag d = DIAG_INIT;
	struct node root = { 0 };
	char *yaml = str_format("value: %s\n", scalars[_i].yaml);
	double value = 0;

	ck_assert_int_eq(parse(yaml, &d, &root), ST_OK);
	ck_assert_int_eq(
	    read_one(&d, node_get(&root, "value"), scalars[_i].as, &value),
	    scalars[_i].ok);
	ck_assert_double_eq(value, scalars[_i].value);
	ck_assert_int_eq(d.errors == 0, scalars[_i].ok);
	node_release(&root);
	diag_release(&d);
	free(yaml);
}
END_TEST

START_TEST(text_is_found_by_language)
{
	struct diag d = DIAG_INIT;
	struct node root = { 0 };
	struct text t = { NULL, 0 };

	ck_assert_str_eq(text_in(&t, "en"), "");
	ck_assert_int_eq(parse("{ja: 契約, en: Contract}", &d, &root), ST_OK);
	ck_assert_int_eq(read_text(&d, &root, &t), 1);
	ck_assert_str_eq(text_in(&t, "ja"), "契約");
	ck_assert_str_eq(text_in(&t, "de"), "Contract");
	node_release(&root);
	ck_assert_int_eq(parse("Vertrag", &d, &root), ST_OK);
	ck_assert_int_eq(read_text(&d, &root, &t), 1);
	ck_assert_str_eq(text_in(&t, "de"), "Vertrag");
	text_release(&t);
	node_release(&root);
	diag_release(&d);
}
END_TEST

START_TEST(every_allocation_of_the_tree_may_fail)
{
	static const char yaml[] = "a: [b, {c: d}]\na: 1\ne: *f\n? [g]\n: h\n";
	enum status st = ST_NOMEM;

	for (long n = 0; st == ST_NOMEM; n++) {
		struct diag d = DIAG_INIT;
		struct node root = { 0 };

		test_alloc_fuse(n);
		st = parse(yaml, &d, &root);
		if (st == ST_OK && d.failed)
			st = ST_NOMEM;
		test_alloc_fuse(-1);
		node_release(&root);
		diag_release(&d);
	}
	ck_assert_int_eq(st, ST_OK);
}
END_TEST

#define COUNT(a) (int)(sizeof(a) / sizeof((a)[0]))

Suite *node_suite(void)
{
	Suite *s = suite_create("node");
	TCase *t = tcase_create("all");

	tcase_add_test(t, a_tree_keeps_order_text_and_places);
	tcase_add_test(t, a_file_has_limits);
	tcase_add_test(t, a_file_up_to_the_limits_is_read);
	tcase_add_test(t, what_is_missing_is_an_error_of_the_file);
	tcase_add_test(t, diagnostics_are_printed_by_place);
	tcase_add_test(t, diagnostics_beyond_the_limit_are_counted);
	tcase_add_loop_test(t, the_nearest_word_is_near, 0, COUNT(nearest));
	tcase_add_loop_test(t, scalars_are_read_strictly, 0, COUNT(scalars));
	tcase_add_test(t, text_is_found_by_language);
	tcase_add_test(t, every_allocation_of_the_tree_may_fail);
	suite_add_tcase(s, t);
	return s;
}
