/* engine/package: what is said of each record, who looks, what is portable */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/packages.h"
#include "tests/suites.h"

#define IN (&packages_site.in)

/* ---- until when ---- */

static const json_t *storage_of(const json_t *file, const char *key, size_t i)
{
	const json_t *r = json_array_get(json_object_get(file, "records"), i);
	const json_t *list = json_object_get(r, "storage");

	ck_assert_msg(r != NULL, "no record %zu", i);
	ck_assert_uint_eq(json_array_size(list), 1);
	return json_object_get(json_array_get(list, 0), key);
}
#define IS(value, text) ck_assert_str_eq(json_string_value(value), text)

START_TEST(each_record_says_until_when_it_is_kept_or_what_it_waits_for)
{
	const char *id;
	json_t *contracts, *visits;
	char hold[24];

	holds_site_do(&packages_site, CRM,
	    "UPDATE contracts SET ends = '2999-01-31' WHERE id = 1");
	holds_site_place(&packages_site,
	    (struct holds_scope){ .store = "web",
		.collection = "visits",
		.key = (const char *const[]){ "2" },
		.key_count = 1 },
	    "litigation", hold);
	id = packages_verified("P1");
	contracts = packages_data(id, "003-crm-contracts.json");
	visits = packages_data(id, "004-web-visits.json");
	/* It ends in the future, and has not begun. */
	IS(storage_of(contracts, "verdict", 0), "ACTIVE");
	IS(storage_of(contracts, "last_day", 0), "3000-01-31");
	IS(storage_of(contracts, "cluster", 0), "contract_data");
	IS(storage_of(contracts, "rule", 0), "end + P1Y (jp_civil_code)");
	IS(json_array_get(storage_of(contracts, "law", 0), 0), "contract");
	/* Without an end nobody knows the day: it waits for its end. */
	IS(storage_of(contracts, "verdict", 1), "ACTIVE");
	ck_assert(json_is_null(storage_of(contracts, "last_day", 1)));
	IS(storage_of(contracts, "starting_point", 1), "end");
	ck_assert_uint_ge(
	    json_array_size(storage_of(contracts, "reasons", 1)), 1);
	IS(storage_of(visits, "verdict", 0), "OVERDUE");
	IS(storage_of(visits, "verdict", 1), "HELD");
	IS(storage_of(visits, "verdict", 2), "UNDECIDED");
	json_decref(contracts);
	json_decref(visits);
}
END_TEST

/* ---- a look ---- */

START_TEST(a_look_shows_the_person_by_cluster_and_is_logged)
{
	struct rights_actor ada = packages_by(0);
	const char *id = packages_verified("P1");
	json_t *o = NULL;
	const json_t *cluster, *visits;
	char *log;

	ck_assert_int_eq(package_data(IN, &ada, id, &o), ST_OK);
	ck_assert_int_eq(json_int(o, "records"), 6);
	ck_assert_uint_eq(json_array_size(json_object_get(o, "clusters")), 3);
	cluster = json_array_get(json_object_get(o, "clusters"), 2);
	IS(json_object_get(cluster, "cluster"), "visit_data");
	visits = json_object_get(
	    json_array_get(json_object_get(cluster, "collections"), 0),
	    "records");
	ck_assert_uint_eq(json_array_size(visits), 3);
	IS(json_object_get(
	       json_object_get(json_array_get(visits, 0), "storage"),
	       "verdict"),
	    "OVERDUE");
	json_decref(o);
	ck_assert_int_eq(
	    holds_site_entries(&packages_site, "personal_data_viewed"), 1);
	log = holds_site_log(&packages_site);
	ck_assert_ptr_null(strstr(log, "Zaphod"));
	free(log);
	/* No file and no key is left of it. */
	ck_assert_int_eq(packages_exports(), 0);
	ck_assert_int_eq(packages_keys(), 0);
}
END_TEST

START_TEST(nobody_looks_at_whom_nobody_verified)
{
	struct rights_actor ada = packages_by(0);
	const struct rights_order o = { REQUEST_ACCESS, REQUEST_GDPR,
		REQUEST_EMAIL, "person_id", "P1", ada.now, NULL };
	json_t *out = NULL, *seen = NULL;

	MUST(rights_open(IN, &ada, &o, &out) == ST_OK, "%s", status_text());
	ck_assert_int_eq(
	    package_data(IN, &ada, json_text(out, "id"), &seen), ST_DENIED);
	ck_assert_int_eq(package_data(IN, &ada, "Q-none", &seen), ST_USAGE);
	ck_assert_ptr_null(seen);
	ck_assert_int_eq(
	    holds_site_entries(&packages_site, "personal_data_viewed"), 0);
	json_decref(out);
}
END_TEST

/* ---- portability ---- */

START_TEST(portability_gets_what_was_provided_and_nothing_else)
{
	const char *id;
	json_t *people, *values, *gone;
	struct rights_actor ada = packages_by(0);
	json_t *out = NULL;

	/* Contracts are held on a duty; the visits are derived. */
	holds_site_replace(&packages_site, "policy.yml", "  p: {title: A test,",
	    "  d: {title: A duty, legal_basis: "
	    "legal_obligation, recipients: [us]}\n  p: {title: A test,");
	holds_site_replace(&packages_site, "policy.yml",
	    "    purposes:  [p]\n"
	    "    erasure: {on_request: erase, ground: no_longer_necessary}\n"
	    "    covers: [crm.contracts]",
	    "    purposes: [d]\n    covers: [crm.contracts]");
	holds_site_replace(&packages_site, "policy.yml",
	    "    origin: data_subject\n    purposes:  [p]\n"
	    "    erasure: {on_request: erase, ground: no_longer_necessary}\n"
	    "    covers: [web.visits]",
	    "    origin: derived\n    purposes: [p]\n"
	    "    covers: [web.visits]");
	id = packages_verified_for(REQUEST_PORTABILITY, "person_id", "P1");
	people = packages_data(id, "001-crm-people.json");
	values = json_object_get(
	    json_array_get(json_object_get(people, "records"), 0), "values");
	IS(json_object_get(values, "name"), PLANTED);
	gone = packages_data(id, "003-crm-contracts.json");
	ck_assert_ptr_null(gone);
	gone = packages_data(id, "004-web-visits.json");
	ck_assert_ptr_null(gone);
	json_decref(people);
	/* Access has them all the same. */
	gone = packages_data(packages_verified("P1"), "004-web-visits.json");
	ck_assert_ptr_nonnull(gone);
	json_decref(gone);
	/* Where nothing is portable, "no data" would be a lie. */
	for (int i = 0; i < 2; i++)
		holds_site_replace(&packages_site, "policy.yml",
		    "    origin: data_subject", "    origin: derived");
	id = packages_verified_for(REQUEST_PORTABILITY, "person_id", "P1");
	ck_assert_int_eq(
	    package_build(IN, &ada, id, &packages_english, &out), ST_DENIED);
	ck_assert_ptr_nonnull(strstr(status_text(), "Art. 20"));
}
END_TEST

Suite *package_data_suite(void)
{
	Suite *s = suite_create("package_data");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, packages_setup, packages_teardown);
	tcase_set_timeout(t, 300);
	tcase_add_test(
	    t, each_record_says_until_when_it_is_kept_or_what_it_waits_for);
	tcase_add_test(t, a_look_shows_the_person_by_cluster_and_is_logged);
	tcase_add_test(t, nobody_looks_at_whom_nobody_verified);
	tcase_add_test(t, portability_gets_what_was_provided_and_nothing_else);
	suite_add_tcase(s, t);
	return s;
}
