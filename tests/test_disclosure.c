/* engine/consent: to whom what of a person was disclosed */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/consent/disclosure.h"
#include "engine/subjects/subjects.h"
#include "tests/packages.h"
#include "tests/suites.h"

#define IN   (&packages_site.in)
#define DAY  INT64_C(86400)
#define WHAT "Planted-Position-6604"

static enum status add(const char *person, int64_t ago, int64_t secret)
{
	struct rights_actor ada = packages_by(0);
	const struct disclosure d = { .identity = "person_id",
		.value = person,
		.recipient = "pad",
		.name = "PAD centre",
		.items = WHAT,
		.basis = "vital_interests",
		.at = ada.now - ago,
		.secret_until = secret ? ada.now + secret : 0 };
	json_t *out = NULL;
	enum status st = disclosure_add(IN, &ada, &d, &out);

	json_decref(out);
	return st;
}

static size_t listed(
    const char *person, enum disclosure_for whom, int64_t later)
{
	const struct reach_subject who = { "person_id", person };
	json_t *o = NULL;
	size_t n;

	MUST(disclosure_list(IN, &who, whom, packages_by(later).now, &o) ==
		 ST_OK,
	    "%s", status_text());
	n = json_array_size(json_object_get(o, "disclosures"));
	json_decref(o);
	return n;
}

static long long swept(const char *what, enum sweep_mode mode, int64_t later)
{
	struct rights_actor ada = packages_by(0);
	json_t *o = NULL;
	long long n;

	MUST(disclosure_sweep(IN, mode, &ada, ada.now + later, &o) == ST_OK,
	    "%s", status_text());
	n = json_int(o, what);
	json_decref(o);
	return n;
}

START_TEST(a_package_has_them_and_nobody_elses)
{
	char command[500];

	ck_assert_int_eq(add("P1", DAY, 0), ST_OK);
	ck_assert_int_eq(add("P2", DAY, 0), ST_OK);
	json_decref(
	    packages_data(packages_verified("P1"), "003-crm-contracts.json"));
	(void)snprintf(command, sizeof(command),
	    "cd %s/taken && [ $(grep -c " WHAT " data/disclosures.csv) = 1 ] &&"
	    " grep -q " WHAT " index.html && grep -q 'PAD centre' summary.json",
	    packages_site.folder);
	ck_assert_int_eq(system(command), 0);
}
END_TEST

/* Q50: a report to the police that the person must not learn of yet. */
START_TEST(what_must_not_be_told_is_not_there_until_then)
{
	char command[500];

	ck_assert_int_eq(add("P1", DAY, 10 * DAY), ST_OK);
	ck_assert_uint_eq(listed("P1", DISCLOSURE_FOR_OFFICER, 0), 1);
	ck_assert_uint_eq(listed("P1", DISCLOSURE_FOR_PERSON, 0), 0);
	ck_assert_uint_eq(listed("P1", DISCLOSURE_FOR_PERSON, 11 * DAY), 1);
	json_decref(
	    packages_data(packages_verified("P1"), "003-crm-contracts.json"));
	(void)snprintf(command, sizeof(command),
	    "cd %s/taken && ! grep -rq -e " WHAT " -e PAD .",
	    packages_site.folder);
	ck_assert_int_eq(system(command), 0);
}
END_TEST

START_TEST(each_is_kept_for_three_years_and_no_longer)
{
	ck_assert_int_eq(add("P1", 0, 0), ST_OK);
	ck_assert_int_eq(add("P1", 800 * DAY, 0), ST_OK);
	ck_assert_int_eq(swept("due", SWEEP_DELETE, 0), 0);
	ck_assert_int_eq(swept("due", SWEEP_LOOK, 400 * DAY), 1);
	ck_assert_uint_eq(listed("P1", DISCLOSURE_FOR_OFFICER, 0), 2);
	ck_assert_int_eq(swept("deleted", SWEEP_DELETE, 400 * DAY), 1);
	ck_assert_uint_eq(listed("P1", DISCLOSURE_FOR_OFFICER, 0), 1);
	ck_assert_int_eq(swept("deleted", SWEEP_DELETE, 1094 * DAY), 0);
	ck_assert_int_eq(swept("deleted", SWEEP_DELETE, 1098 * DAY), 1);
	ck_assert_int_eq(
	    holds_site_entries(&packages_site, "disclosures_deleted"), 2);
}
END_TEST

START_TEST(a_hold_keeps_them)
{
	char id[24];

	ck_assert_int_eq(add("P1", 0, 0), ST_OK);
	holds_site_place(&packages_site,
	    (struct holds_scope){ .identity = "person_id", .value = "P1" },
	    "litigation", id);
	ck_assert_int_eq(swept("held", SWEEP_DELETE, 2000 * DAY), 1);
	ck_assert_uint_eq(listed("P1", DISCLOSURE_FOR_OFFICER, 0), 1);
}
END_TEST

/* The person's records are gone; the law keeps this. */
START_TEST(they_outlast_the_persons_records)
{
	int64_t gone = 0;

	ck_assert_int_eq(add("P1", 0, 0), ST_OK);
	holds_site_do(&packages_site, WEB, "DELETE FROM visits");
	holds_site_do(&packages_site, CRM, "DELETE FROM contracts");
	holds_site_do(&packages_site, CRM, "DELETE FROM addresses");
	holds_site_do(&packages_site, CRM, "DELETE FROM people");
	MUST(subjects_forget(IN, "run", "os:ada", &gone) == ST_OK, "%s",
	    status_text());
	ck_assert_uint_eq(listed("P1", DISCLOSURE_FOR_OFFICER, 0), 1);
}
END_TEST

START_TEST(the_log_has_a_pseudonym_and_nothing_of_it)
{
	char *log;

	ck_assert_int_eq(add("P1", 0, 0), ST_OK);
	log = holds_site_log(&packages_site);
	ck_assert_ptr_nonnull(strstr(log, "disclosure_recorded"));
	ck_assert_ptr_null(strstr(log, WHAT));
	ck_assert_ptr_null(strstr(log, "\"P1\""));
	free(log);
}
END_TEST

static const struct {
	const char *text, *says;
	int records; /* -1: all of it is refused */
} files[] = {
	{ "identity,value,recipient,items,basis,at\n"
	  "person_id,P1,pad,position,vital_interests,2026-01-01\n"
	  "person_id,P2,police,plates,legal_obligation,"
	  "2026-01-02T03:04:05+09:00\n",
	    "", 2 },
	{ "identity,value,recipient,items,basis,at\n"
	  "person_id,P1,pad,position,vital_interests,2026-01-01\n"
	  "person_id,P1,pad,,vital_interests,2026-01-01\n",
	    "items is missing", -1 },
	{ "identity,value,recipient,items,basis,at\n"
	  "person_id,P1,P A D,x,y,2026-01-01\n",
	    "recipient is a code", -1 },
	{ "identity,value,recipient,items,basis,at\n"
	  "person_id,P1,pad,x,y,2999-01-01\n",
	    "ahead of now", -1 },
	{ "identity,value,recipient,items,basis,at\n"
	  "person_id,P1,pad,x,y,soon\n",
	    "at is not a time", -1 },
	{ "identity,value,recipient,items,basis,at\n"
	  "shoe_size,44,pad,x,y,2026-01-01\n",
	    "shoe_size", -1 },
	{ "identity,value,recipient,itens,basis,at\n", "did you mean `items`",
	    -1 },
	{ "identity,identity\n", "stands twice", -1 },
	{ "", "no header", -1 },
};

START_TEST(a_file_is_taken_as_a_whole_or_not_at_all)
{
	struct rights_actor ada = packages_by(0);
	json_t *out = NULL;
	char path[200], *text;
	enum status st;

	(void)snprintf(path, sizeof(path), "%s/d.csv", packages_site.folder);
	MUST(file_replace(path, files[_i].text, strlen(files[_i].text), 0600) ==
		 ST_OK,
	    "%s", status_text());
	st = disclosure_import(IN, &ada, path, &out);
	ck_assert_int_eq(st, files[_i].records < 0 ? ST_INVALID : ST_OK);
	text = json_dumps(out, 0);
	ck_assert_msg(strstr(text, files[_i].says) != NULL, "%s", text);
	free(text);
	ck_assert_int_eq(holds_site_registry(
			     &packages_site, "SELECT count(*) FROM disclosure"),
	    files[_i].records < 0 ? 0 : files[_i].records);
	json_decref(out);
}
END_TEST

Suite *disclosure_suite(void)
{
	Suite *s = suite_create("disclosure");
	TCase *t = tcase_create("disclosure");

	tcase_add_checked_fixture(t, packages_setup, packages_teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_package_has_them_and_nobody_elses);
	tcase_add_test(t, what_must_not_be_told_is_not_there_until_then);
	tcase_add_test(t, each_is_kept_for_three_years_and_no_longer);
	tcase_add_test(t, a_hold_keeps_them);
	tcase_add_test(t, they_outlast_the_persons_records);
	tcase_add_test(t, the_log_has_a_pseudonym_and_nothing_of_it);
	tcase_add_loop_test(t, a_file_is_taken_as_a_whole_or_not_at_all, 0,
	    sizeof(files) / sizeof(*files));
	suite_add_tcase(s, t);
	return s;
}
