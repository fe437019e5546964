/*
 * engine/plan/policy_show*.c, policy_record*.c, words.c, document.c: policies
 * as people read them.  The shipped policy's pages are golden files
 * (tests/golden/policy); GOLDEN_WRITE=1 writes them anew.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/demo/demo.h"
#include "engine/plan/policy_record.h"
#include "engine/plan/policy_show.h"
#include "engine/plan/words.h"
#include "tests/suites.h"

/* ---- words ---- */

START_TEST(no_word_is_missing_in_any_language)
{
	const struct word_entry *e;
	size_t i, k;

	for (i = 0; (e = word_entry(i)) != NULL; i++) {
		for (k = 0; k < 3; k++)
			ck_assert_msg(e->words[k] && *e->words[k],
			    "word %zu has none in language %zu", i, k);
		ck_assert_int_eq(e->key != NULL, i >= WORD__MAX);
	}
	ck_assert_uint_gt(i, WORD__MAX);
}
END_TEST

START_TEST(other_languages_fall_back_to_english)
{
	ck_assert_str_eq(word_in(WORD_PURPOSE, "ja"), "利用目的");
	ck_assert_str_eq(word_in(WORD_PURPOSE, "fr"), "Purpose");
	ck_assert_str_eq(word_of_key("processor", "de"), "Auftragsverarbeiter");
	ck_assert_str_eq(word_of_key("bmw_ag", "de"), "bmw_ag");
}
END_TEST

static const struct {
	const char *period;
	const char *language;
	const char *want;
} periods[] = {
	{ "P1Y", "en", "1 year" },
	{ "P18M", "en", "1 year 6 months" },
	{ "P4W", "de", "4 Wochen" },
	{ "P10D", "ja", "10日" },
	{ "PT24H", "de", "24 Stunden" },
	{ "PT61S", "en", "61 seconds" },
	{ "P0D", "ja", "直ちに" },
};

START_TEST(a_period_is_said_in_words)
{
	struct buf b = BUF_INIT;
	struct period p;

	ck_assert_int_eq(period_parse(periods[_i].period, &p), ST_OK);
	word_period(&b, p, periods[_i].language);
	ck_assert_str_eq(buf_text(&b), periods[_i].want);
	buf_release(&b);
}
END_TEST

/* ---- documents ---- */

static void write_odd(struct document *d)
{
	document_heading(d, 1, "a *b* <c>");
	document_line(d, "x", "- y\nz");
	document_row(d, "left out");
	document_value(d, "");
	document_row(d, "two");
	document_value(d, "a|b");
	document_valuef(d, "%s_%d", "c", 1);
	document_row(d, "one");
	document_value(d, "[x](javascript:y) `\\`");
	ck_assert_int_eq(document_end(d), ST_OK);
}

START_TEST(markdown_is_escaped)
{
	struct document d = DOCUMENT_INIT(DOCUMENT_MARKDOWN);

	write_odd(&d);
	ck_assert_str_eq(buf_text(&d.out),
	    "# a \\*b\\* \\<c\\>\n\nx: - y z\n\n| | |\n|---|---|\n"
	    "| two | a\\|b<br>c\\_1 |\n"
	    "| one | \\[x\\](javascript:y) \\`\\\\\\` |\n");
	document_release(&d);
}
END_TEST

START_TEST(text_is_left_as_it_is)
{
	struct document d = DOCUMENT_INIT(DOCUMENT_TEXT);

	write_odd(&d);
	ck_assert_str_eq(buf_text(&d.out),
	    "a *b* <c>\nx: - y z\n  two: a|b\n      c_1\n"
	    "  one: [x](javascript:y) `\\`\n");
	document_release(&d);
}
END_TEST

/* ---- the shipped policy ---- */

static void load_shipped(struct installation *in)
{
	char folder[100], path[200];
	struct demo_report report;

	(void)snprintf(folder, sizeof(folder), "%s", test_folder());
	ck_assert_int_eq(demo_write(folder, 1, when_now(), &report), ST_OK);
	(void)snprintf(path, sizeof(path), "%s/lethe.yml", folder);
	ck_assert_int_eq(installation_load(path, in), ST_OK);
}

typedef enum status (*make_page)(
    const struct installation *in, const char *language, json_t **out);
typedef void (*write_page)(
    const json_t *o, const char *language, struct document *d);

static const struct {
	const char *file;
	const char *language;
	enum document_format format;
	make_page make;
	write_page write;
} pages[] = {
	{ "show-en.md", "en", DOCUMENT_MARKDOWN, policy_show_json,
	    policy_show_write },
	{ "show-ja.md", "ja", DOCUMENT_MARKDOWN, policy_show_json,
	    policy_show_write },
	{ "show-de.md", "de", DOCUMENT_MARKDOWN, policy_show_json,
	    policy_show_write },
	{ "record-en.txt", "en", DOCUMENT_TEXT, policy_record_json,
	    policy_record_write },
	{ "record-de.md", "de", DOCUMENT_MARKDOWN, policy_record_json,
	    policy_record_write },
	{ "record-ja.md", "ja", DOCUMENT_MARKDOWN, policy_record_json,
	    policy_record_write },
};

START_TEST(the_shipped_policy_reads_as_it_did)
{
	struct document d = DOCUMENT_INIT(pages[_i].format);
	struct buf want = BUF_INIT;
	struct installation in;
	json_t *o = NULL;
	char path[100];

	load_shipped(&in);
	ck_assert_int_eq(pages[_i].make(&in, pages[_i].language, &o), ST_OK);
	pages[_i].write(o, pages[_i].language, &d);
	ck_assert_int_eq(document_end(&d), ST_OK);
	(void)snprintf(
	    path, sizeof(path), "tests/golden/policy/%s", pages[_i].file);
	if (getenv("GOLDEN_WRITE")) {
		(void)unlink(path);
		ck_assert_int_eq(
		    file_create(path, d.out.data, d.out.len, 0644), ST_OK);
	}
	ck_assert_int_eq(file_read(path, 1 << 20, &want), ST_OK);
	ck_assert_msg(strcmp(buf_text(&want), buf_text(&d.out)) == 0,
	    "%s is another page now: write it anew with GOLDEN_WRITE=1, and "
	    "look at what changed",
	    path);
	buf_release(&want);
	document_release(&d);
	json_decref(o);
	installation_release(&in);
}
END_TEST

/* ---- everything that a policy can say ---- */

static const char full[] =
    "policy: full\nrevision: 1\ntitle: Full\n"
    "calendar: {rule: eu_1182_71, time_zone: Europe/Berlin}\n"
    "recipients:\n"
    "  us: {title: Us, role: controller, region: DE}\n"
    "  shop: {title: Shop, role: recipient, region: US}\n"
    "  club: {title: Club, role: recipient}\n"
    "purposes:\n"
    "  support: {title: Support, legal_basis: contract, recipients: [us, "
    "shop, club]}\n"
    "  claims: {title: Claims, legal_basis: legitimate_interests}\n"
    "starting_points:\n"
    "  closed: {title: Closing, kind: end_of_process, at: closed_at}\n"
    "  booked: {title: Booking, kind: collection, at: booked_on, from: "
    "end_of_calendar_year}\n"
    "clusters:\n"
    "  cases:\n"
    "    covers: [crm.cases]\n"
    "    own_rule: true\n"
    "    purposes:\n"
    "      support: {starting_point: closed, period: P3Y}\n"
    "      claims: {starting_point: booked, period: P1Y}\n"
    "    action: {de_identify: {lat: {round: 1}, vin: keyed_hash, day: {date: "
    "month}, name: null, note: {constant: gone}, plz: {truncate: 2}}}\n"
    "  rest:\n"
    "    covers: [crm.rest]\n"
    "    purposes: [claims]\n"
    "    deletion_rule: {unlimited: nobody decided}\n";

static void load_full(struct installation *in, struct policy *p)
{
	memset(in, 0, sizeof(*in));
	ck_assert_int_eq(
	    policy_parse("full.yml", full, strlen(full), &in->diag, p), ST_OK);
	in->policies = p;
	in->policy_count = 1;
}

static void says(const char *page, const char *words)
{
	ck_assert_msg(
	    strstr(page, words) != NULL, "`%s` is not in:\n%s", words, page);
}

START_TEST(every_end_method_and_reason_is_shown)
{
	struct document d = DOCUMENT_INIT(DOCUMENT_TEXT);
	struct installation in;
	struct policy p;
	json_t *o = NULL;

	load_full(&in, &p);
	ck_assert_int_eq(policy_show_json(&in, "en", &o), ST_OK);
	policy_show_write(o, "en", &d);
	ck_assert_int_eq(document_end(&d), ST_OK);
	says(buf_text(&d.out), "Deletion rule: the last of: Closing + 3 years; "
			       "Booking (from the end of the calendar year) + "
			       "1 year\n");
	says(buf_text(&d.out), "Support (contract): Closing + 3 years\n");
	says(buf_text(&d.out), "Our own rule: yes\n");
	says(buf_text(&d.out), "lat: rounded, decimals: 1\n");
	says(buf_text(&d.out), "vin: pseudonymised: keyed hash\n");
	says(buf_text(&d.out), "day: only the month\n");
	says(buf_text(&d.out), "name: emptied\n");
	says(buf_text(&d.out), "note: replaced by \"gone\"\n");
	says(buf_text(&d.out), "plz: cut to characters: 2\n");
	says(buf_text(&d.out), "Deletion rule: no end yet: nobody decided\n");
	says(buf_text(&d.out), "Shop (recipient, US)\n");
	document_release(&d);
	json_decref(o);
	policy_release(&p);
	diag_release(&in.diag);
}
END_TEST

START_TEST(what_a_policy_does_not_say_is_named)
{
	struct document d = DOCUMENT_INIT(DOCUMENT_TEXT);
	struct installation in;
	struct policy p;
	json_t *o = NULL;

	load_full(&in, &p);
	ck_assert_int_eq(policy_record_json(&in, "en", &o), ST_OK);
	policy_record_write(o, "en", &d);
	ck_assert_int_eq(document_end(&d), ST_OK);
	says(buf_text(&d.out), "Not given in the policy: region: Club\n"
			       "      Categories of data subjects\n"
			       "      Categories of personal data\n"
			       "      Transfers to other countries: basis: Us "
			       "(DE) -> Shop (US)\n");
	says(buf_text(&d.out), "Not given in the policy: Controller\n"
			       "      Recipients\n");
	says(buf_text(&d.out), "Not given in the policy: Security measures\n");
	says(buf_text(&d.out), "Claims\n  Purpose: claims\n");
	says(buf_text(&d.out), "cases: Closing + 3 years (the last of: ");
	document_release(&d);
	json_decref(o);
	policy_release(&p);
	diag_release(&in.diag);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
	struct installation in;
	struct policy p;
	json_t *o = NULL;
	enum status st;
	long n = 0;

	load_full(&in, &p);
	do {
		test_alloc_fuse(n++);
		if ((st = policy_show_json(&in, "en", &o)) == ST_OK) {
			json_decref(o);
			st = policy_record_json(&in, "de", &o);
		}
		if (st == ST_OK)
			json_decref(o);
		test_alloc_fuse(-1);
	} while (st == ST_NOMEM);
	ck_assert_int_eq(st, ST_OK);
	ck_assert_int_gt(n, 10);
	policy_release(&p);
	diag_release(&in.diag);
}
END_TEST

Suite *pages_suite(void)
{
	Suite *s = suite_create("pages");
	TCase *t = tcase_create("all");

	tcase_add_test(t, no_word_is_missing_in_any_language);
	tcase_add_test(t, other_languages_fall_back_to_english);
	tcase_add_loop_test(t, a_period_is_said_in_words, 0,
	    sizeof(periods) / sizeof(*periods));
	tcase_add_test(t, markdown_is_escaped);
	tcase_add_test(t, text_is_left_as_it_is);
	tcase_add_loop_test(t, the_shipped_policy_reads_as_it_did, 0,
	    sizeof(pages) / sizeof(*pages));
	tcase_add_test(t, every_end_method_and_reason_is_shown);
	tcase_add_test(t, what_a_policy_does_not_say_is_named);
	tcase_add_test(t, every_allocation_may_fail);
	suite_add_tcase(s, t);
	return s;
}
