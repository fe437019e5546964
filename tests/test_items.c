/* engine/rights, engine/package: records that hold something of others */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/package/snapshot.h"
#include "engine/rights/item.h"
#include "engine/rights/letter.h"
#include "tests/packages.h"
#include "tests/suites.h"

#define IN     (&packages_site.in)
#define OTHER  "Planted-Other-7310"
#define VISITS "004-web-visits.json"

static void setup(void)
{
	packages_setup();
	holds_site_replace(&packages_site, "web.yml", "- name: visits\n",
	    "- name: visits\n        lethe: {shared: true}\n");
	MUST(installation_open_store(IN, &IN->stores[WEB]) == ST_OK, "%s",
	    status_text());
	holds_site_do(&packages_site, WEB,
	    "UPDATE visits SET page = '" OTHER "' WHERE id = 2");
}

static enum status decide_on(const char *id, const char *collection,
    const char *key, const char *decision, const char *reason,
    const char *field)
{
	const char *const keys[] = { key }, *const fields[] = { field };
	const struct rights_item x = { strcmp(collection, "visits") ? "crm"
								    : "web",
		collection, keys, 1, decision, reason, fields, field != NULL };
	struct rights_actor ada = packages_by(0);
	json_t *out = NULL;
	enum status st = rights_item_decide(IN, &ada, id, &x, &out);

	json_decref(out);
	return st;
}
#define DECIDE(id, key, decision, reason, field) \
	decide_on(id, "visits", key, decision, reason, field)

static json_t *items(const char *id)
{
	struct rights_actor ada = packages_by(0);
	json_t *out = NULL;

	MUST(rights_items(IN, &ada, id, &out) == ST_OK, "%s", status_text());
	return out;
}

static const json_t *values(const json_t *file, size_t i)
{
	return json_object_get(
	    json_array_get(json_object_get(file, "records"), i), "values");
}

static size_t count(const json_t *file, const char *list)
{
	return json_array_size(json_object_get(file, list));
}

START_TEST(shared_records_are_listed_and_included_until_something_is_decided)
{
	const char *id = packages_verified("P1");
	json_t *o = items(id), *file;

	ck_assert_uint_eq(count(o, "items"), 3);
	ck_assert_int_eq(json_int(o, "undecided"), 3);
	file = packages_data(id, VISITS);
	ck_assert_uint_eq(count(file, "records"), 3);
	json_decref(file);
	json_decref(o);
	ck_assert_int_eq(
	    holds_site_entries(&packages_site, "personal_data_viewed"), 1);
}
END_TEST

START_TEST(what_is_withheld_is_counted_and_not_there)
{
	const char *id = packages_verified("P1");
	json_t *file, *o, *a;
	char command[400];

	ck_assert_int_eq(
	    DECIDE(id, "2", "withhold", "rights_of_others", NULL), ST_OK);
	o = items(id);
	ck_assert_int_eq(json_int(o, "undecided"), 2);
	ck_assert_uint_eq(count(o, "items"), 3);
	json_decref(o);
	file = packages_data(id, VISITS);
	ck_assert_uint_eq(count(file, "records"), 2);
	json_decref(file);
	(void)snprintf(command, sizeof(command),
	    "cd %s/taken && ! grep -rq " OTHER
	    " . && grep -q '\"withheld\": 1' manifest.json &&"
	    " grep -q 'the rights of other people would be harmed' index.html",
	    packages_site.folder);
	ck_assert_int_eq(system(command), 0);
	a = packages_built(id, &packages_english, packages_by(0));
	ck_assert_int_eq(json_int(a, "records"), 5);
	json_decref(a);
	ck_assert_int_eq(
	    holds_site_entries(&packages_site, "request_item_decided"), 1);
}
END_TEST

START_TEST(what_is_redacted_is_blank_and_says_so)
{
	const char *id = packages_verified("P1");
	json_t *file;
	char command[300];

	ck_assert_int_eq(DECIDE(id, "2", "redact", "other_law", "page"), ST_OK);
	file = packages_data(id, VISITS);
	ck_assert_uint_eq(count(file, "records"), 3);
	ck_assert(json_is_null(json_object_get(values(file, 1), "page")));
	ck_assert_str_eq(
	    json_string_value(json_array_get(
		json_object_get(
		    json_array_get(json_object_get(file, "records"), 1),
		    "redacted"),
		0)),
	    "page");
	json_decref(file);
	(void)snprintf(command, sizeof(command),
	    "cd %s/taken && ! grep -rq " OTHER " .", packages_site.folder);
	ck_assert_int_eq(system(command), 0);
}
END_TEST

START_TEST(the_last_decision_counts_and_any_record_can_be_decided_on)
{
	const char *id = packages_verified("P1");
	json_t *file, *o;

	ck_assert_int_eq(
	    DECIDE(id, "2", "withhold", "rights_of_others", NULL), ST_OK);
	ck_assert_int_eq(DECIDE(id, "2", "include", NULL, NULL), ST_OK);
	file = packages_data(id, VISITS);
	ck_assert_uint_eq(count(file, "records"), 3);
	json_decref(file);
	ck_assert_int_eq(decide_on(id, "contracts", "1", "withhold",
			     "business_hindrance", NULL),
	    ST_OK);
	o = items(id);
	ck_assert_uint_eq(count(o, "items"), 4);
	json_decref(o);
}
END_TEST

/* Nothing else than the person's, and nothing half said. */
START_TEST(what_cannot_be_decided)
{
	const char *id = packages_verified("P1");

	ck_assert_int_eq(
	    DECIDE(id, "4", "withhold", "rights_of_others", NULL), ST_USAGE);
	ck_assert_int_eq(
	    DECIDE(id, "404", "withhold", "rights_of_others", NULL), ST_USAGE);
	ck_assert_int_eq(DECIDE(id, "2", "withhold", NULL, NULL), ST_USAGE);
	ck_assert_int_eq(
	    DECIDE(id, "2", "withhold", "no_ground", NULL), ST_USAGE);
	ck_assert_int_eq(
	    DECIDE(id, "2", "withold", "rights_of_others", NULL), ST_USAGE);
	ck_assert_ptr_nonnull(strstr(status_text(), "withhold"));
	ck_assert_int_eq(
	    DECIDE(id, "2", "redact", "rights_of_others", NULL), ST_USAGE);
	ck_assert_int_eq(
	    DECIDE(id, "2", "redact", "rights_of_others", "nose"), ST_USAGE);
	ck_assert_int_eq(
	    DECIDE(id, "2", "redact", "rights_of_others", "id"), ST_USAGE);
	ck_assert_int_eq(
	    DECIDE(id, "2", "include", "rights_of_others", NULL), ST_USAGE);
	ck_assert_int_eq(holds_site_registry(&packages_site,
			     "SELECT count(*) FROM request_item"),
	    0);
	ck_assert_int_eq(
	    DECIDE(packages_verified_for(REQUEST_ERASURE, "person_id", "P1"),
		"2", "withhold", "rights_of_others", NULL),
	    ST_USAGE);
}
END_TEST

START_TEST(all_withheld_is_not_no_data)
{
	const char *id = packages_verified("P1");
	static const char *const keys[] = { "1", "2", "3" };
	json_t *file;

	for (size_t i = 0; i < 3; i++)
		ck_assert_int_eq(
		    DECIDE(id, keys[i], "withhold", "rights_of_others", NULL),
		    ST_OK);
	file = packages_data(id, VISITS);
	ck_assert_uint_eq(count(file, "records"), 0);
	json_decref(file);
}
END_TEST

/* It was decided of what is there, and holds of what was kept aside, too. */
START_TEST(a_snapshot_does_not_bring_it_back)
{
	struct rights_actor ada = packages_by(0);
	const char *id = packages_verified("P1");
	char command[300];
	json_t *out = NULL;

	MUST(snapshot_take(IN, &ada, id, &out) == ST_OK, "%s", status_text());
	json_decref(out);
	ck_assert_int_eq(
	    DECIDE(id, "2", "withhold", "rights_of_others", NULL), ST_OK);
	holds_site_do(
	    &packages_site, WEB, "UPDATE visits SET at = NULL WHERE id = 2");
	json_decref(packages_data(id, VISITS));
	(void)snprintf(command, sizeof(command),
	    "cd %s/taken && ! grep -rq " OTHER " .", packages_site.folder);
	ck_assert_int_eq(system(command), 0);
}
END_TEST

static const char *const letters[][3] = {
	{ "en", "1 withheld: the rights of other people would be harmed", "" },
	{ "de", "1 zurückgehalten: die Rechte anderer würden verletzt", "" },
	{ "ja", "1 件（非開示）：", "" },
};

START_TEST(the_letter_says_how_many_and_why)
{
	struct rights_actor ada = packages_by(0);
	const char *id = packages_verified("P1");
	struct request r = { 0 };
	struct letter l = { NULL, NULL };

	MUST(book_read(IN, id, &r) == ST_OK, "%s", status_text());
	MUST(letter_make(IN, &r, LETTER_ANSWER, letters[_i][0], ada.now, &l) ==
		 ST_OK,
	    "%s", status_text());
	ck_assert_ptr_null(strstr(l.body, letters[_i][1]));
	letter_release(&l);
	ck_assert_int_eq(
	    DECIDE(id, "2", "withhold", "rights_of_others", NULL), ST_OK);
	MUST(letter_make(IN, &r, LETTER_ANSWER, letters[_i][0], ada.now, &l) ==
		 ST_OK,
	    "%s", status_text());
	ck_assert_msg(strstr(l.body, letters[_i][1]) != NULL, "%s", l.body);
	ck_assert_ptr_null(strstr(l.body, OTHER));
	letter_release(&l);
	request_release(&r);
}
END_TEST

/* As files have it: what no text can say is base64. */
START_TEST(a_key_of_any_bytes_has_a_name)
{
	static const char bytes[] = "\xff\x00\x01";
	const struct val keys[] = {
		{ .type = VAL_BLOB, .p = bytes, .n = sizeof(bytes) - 1 },
		{ .type = VAL_TEXT, .p = "caf\xe9", .n = 4 },
		{ .type = VAL_TEXT, .p = "K1", .n = 2 },
		{ .type = VAL_INT, .i = -7 },
	};
	char *name = NULL;

	ck_assert_int_eq(item_name("crm", "logs", keys, 4, &name), ST_OK);
	ck_assert_str_eq(
	    name, "crm logs [\"/wAB\",\"Y2Fm6Q==\",\"K1\",\"-7\"]");
	free(name);
}
END_TEST

Suite *items_suite(void)
{
	Suite *s = suite_create("items");
	TCase *t = tcase_create("items");

	tcase_add_checked_fixture(t, setup, packages_teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t,
	    shared_records_are_listed_and_included_until_something_is_decided);
	tcase_add_test(t, what_is_withheld_is_counted_and_not_there);
	tcase_add_test(t, a_key_of_any_bytes_has_a_name);
	tcase_add_test(t, what_is_redacted_is_blank_and_says_so);
	tcase_add_test(
	    t, the_last_decision_counts_and_any_record_can_be_decided_on);
	tcase_add_test(t, what_cannot_be_decided);
	tcase_add_test(t, all_withheld_is_not_no_data);
	tcase_add_test(t, a_snapshot_does_not_bring_it_back);
	tcase_add_loop_test(t, the_letter_says_how_many_and_why, 0, 3);
	suite_add_tcase(s, t);
	return s;
}
