/* engine/package: what makes an access package good, point by point */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/consent/disclosure.h"
#include "engine/package/snapshot.h"
#include "engine/rights/item.h"
#include "tests/packages.h"
#include "tests/suites.h"

#define IN (&packages_site.in)

/* P1 has asked, something was disclosed of P1, a snapshot was taken, and one
 * record is withheld: ${packages_site.folder}/taken is the package. */
static char case_id[24];

static void setup(void)
{
	const char *const key[] = { "2" };
	const struct rights_item item = { "web", "visits", key, 1, "withhold",
		"rights_of_others", NULL, 0 };
	struct rights_actor ada;
	struct disclosure d = { .identity = "person_id",
		.value = "P1",
		.recipient = "pad",
		.name = "PAD centre",
		.items = "position",
		.basis = "vital_interests" };
	json_t *out = NULL;

	packages_setup();
	ada = packages_by(0);
	d.at = ada.now;
	(void)snprintf(case_id, sizeof(case_id), "%s", packages_verified("P1"));
	MUST(disclosure_add(IN, &ada, &d, &out) == ST_OK, "%s", status_text());
	json_decref(out);
	MUST(snapshot_take(IN, &ada, case_id, &out) == ST_OK, "%s",
	    status_text());
	json_decref(out);
	holds_site_do(&packages_site, WEB, "DELETE FROM visits WHERE id = 1");
	MUST(rights_item_decide(IN, &ada, case_id, &item, &out) == ST_OK, "%s",
	    status_text());
	json_decref(out);
	json_decref(packages_data(case_id, "003-crm-contracts.json"));
}

/*
 * Each point of the list, and a command that finds its place in the unpacked
 * package.  Those that the package cannot show alone (a link that expires, a
 * price, a repeated request) are what test_package.c is about.
 */
static const struct {
	int point;
	const char *what, *finds;
} points[] = {
	{ 1, "confirmation, case, dates, as of when, systems searched",
	    "grep -q '\"confirmation\": true' summary.json &&"
	    " grep -q '\"due_date\": \"2' summary.json &&"
	    " grep -q '\"receipt_date\": \"2' summary.json &&"
	    " grep -q '\"as_of\": \"2' summary.json &&"
	    " grep -q '\"store\": \"web\"' summary.json &&"
	    " grep -q 'id=\"confirmation\"' index.html" },
	{ 2, "controllers, contact", "grep -q 'us@example.jp' index.html" },
	{ 3, "purposes with their basis",
	    "grep -q '\"legal_basis\": \"contract\"' summary.json" },
	{ 4, "categories with their fields",
	    "grep -q user.behavior dictionary.json" },
	{ 5, "the data itself",
	    "[ $(ls data/*.json | grep -vc schema) -ge 4 ]" },
	{ 6, "recipients by name, with date, categories and basis",
	    "grep -q 'PAD centre' index.html &&"
	    " grep -q vital_interests index.html &&"
	    " grep -q '\"recipients\": \\[$' summary.json" },
	{ 7, "transfers and safeguards", "grep -q transfers summary.json" },
	{ 8, "rule in words, and the date of each object or what it waits for",
	    "grep -q '\"storage\": \"' summary.json &&"
	    " grep -q deletable_from data/003-crm-contracts.json &&"
	    " grep -q 'its period\\|has not begun' "
	    "data/003-crm-contracts.json" },
	{ 9, "source", "grep -q '\"source\": \"' summary.json" },
	{ 10, "automated decisions",
	    "grep -q '\"automated_decisions\": \"None.\"' summary.json" },
	{ 11, "rights as they apply, and where to complain",
	    "grep -q 'id=\"rights\"' index.html && grep -q PPC index.html" },
	{ 12, "what is withheld, and why",
	    "grep -q '\"withheld\": 1' manifest.json &&"
	    " grep -q 'the rights of other people would be harmed' "
	    "index.html" },
	{ 13, "layers: page, pages, files",
	    "grep -q 'clusters/001.html' index.html &&"
	    " grep -q 'data/' clusters/001.html" },
	{ 14, "JSON and CSV with schema and dictionary, portable marked",
	    "[ -f data/003-crm-contracts.csv ] &&"
	    " [ -f data/003-crm-contracts.schema.json ] &&"
	    " grep -q '\"portable\": ' dictionary.json" },
	{ 15, "manifest with hashes, signed, version of the rules, counts",
	    "sha256sum -c --quiet SHA256SUMS && [ -s seal.note ] &&"
	    " grep -q rule_set manifest.json &&"
	    " grep -q '\"records\": ' manifest.json" },
	{ 16, "nobody else's: not a record of P2", "! grep -rq P2 data" },
	{ 17, "what delivery is about: the case, to be found again",
	    "grep -q '\"id\": \"Q-' manifest.json" },
	{ 18, "values as they are stored",
	    "grep -qF 'Zaphod-Planted-9021 <script>' data/001-crm-people.json"
	    " && grep -qF '=1+1' data/001-crm-people.csv" },
	{ 19, "nothing is charged: no price stands in it",
	    "! grep -qi 'fee\\b' index.html" },
	{ 20, "full, not a difference: what was and what is",
	    "[ -f data/004-web-visits-at_intake.json ] &&"
	    " [ -f data/004-web-visits.json ]" },
	{ 21, "search scope, also of systems without a hit",
	    "grep -q 'id=\"confirmation\"' index.html &&"
	    " grep -q '\"title\": \"Visits\"' summary.json" },
	{ 22, "no block is empty, no identifier of somebody else",
	    "! grep -q '\"purposes\": \\[\\]\\|\"clusters\": \\[\\]\\|"
	    "\"recipients\": \\[\\]\\|\"rights\": \\[\\]\\|"
	    "\"controllers\": \\[\\]' summary.json" },
};
#define POINTS (sizeof(points) / sizeof(*points))

START_TEST(the_package_has_each_point)
{
	char command[1200];

	ck_assert_uint_eq(POINTS, 22);
	for (size_t i = 0; i < POINTS; i++) {
		ck_assert_int_eq(points[i].point, (int)i + 1);
		(void)snprintf(command, sizeof(command), "cd %s/taken && %s",
		    packages_site.folder, points[i].finds);
		ck_assert_msg(system(command) == 0, "point %d: %s\n%s",
		    points[i].point, points[i].what, command);
	}
}
END_TEST

/* What is said in words is said in the person's, and names no hold. */
static const struct {
	const char *language, *held, *title;
} languages[] = {
	{ "en", "deletion is suspended by a legal hold",
	    "Your personal data to take along" },
	{ "ja", "法的保全により削除を停止中",
	    "持ち運び可能なあなたの個人データ" },
	{ "de", "die Löschung ist ausgesetzt",
	    "Ihre personenbezogenen Daten zum Mitnehmen" },
};

START_TEST(reasons_are_in_the_persons_language_and_name_no_hold)
{
	const struct package_order o = { languages[_i].language, NULL };
	char hold[24], command[600];
	struct buf zip = BUF_INIT;
	json_t *a;
	FILE *f;

	holds_site_place(&packages_site,
	    (struct holds_scope){ .identity = "person_id", .value = "P1" },
	    "litigation", hold);
	a = packages_built(
	    packages_verified_for(REQUEST_PORTABILITY, "person_id", "P1"), &o,
	    packages_by(0));
	packages_taken(json_text(a, "token"), &zip);
	(void)snprintf(
	    command, sizeof(command), "%s/words.zip", packages_site.folder);
	f = fopen(command, "w");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(zip.data, 1, zip.len, f), zip.len);
	ck_assert_int_eq(fclose(f), 0);
	(void)snprintf(command, sizeof(command),
	    "cd %s && rm -rf words && unzip -q -d words words.zip &&"
	    " ! grep -rq %s words && grep -rqF '%s' words/*/data &&"
	    " grep -qF '<title>%s' words/*/index.html",
	    packages_site.folder, hold, languages[_i].held,
	    languages[_i].title);
	ck_assert_msg(system(command) == 0, "%s", command);
	buf_release(&zip);
	json_decref(a);
}
END_TEST

Suite *package_points_suite(void)
{
	Suite *s = suite_create("package_points");
	TCase *t = tcase_create("points");

	tcase_add_checked_fixture(t, setup, packages_teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, the_package_has_each_point);
	suite_add_tcase(s, t);
	t = tcase_create("words");
	tcase_add_checked_fixture(t, packages_setup, packages_teardown);
	tcase_add_loop_test(
	    t, reasons_are_in_the_persons_language_and_name_no_hold, 0, 3);
	suite_add_tcase(s, t);
	return s;
}
