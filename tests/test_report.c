/* engine/report/report.c: what is counted, and what may be asked for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/crypto/crypto.h"
#include "engine/report/report.h"
#include "tests/suites.h"

static const struct {
	const char *name;
	const char *text;
} files[] = {
	{ "lethe.yml",
	    "installation: x\ntime_zone: Asia/Tokyo\ndata_dir: ./var\n"
	    "key: {file: ./key}\npolicies: [policy.yml]\n"
	    "reports: {min_cell: 3}\n"
	    "stores:\n"
	    "  crm: {driver: sqlite, dataset: crm.yml, schema: crm.sql}\n" },
	{ "crm.sql", "CREATE TABLE visits (id INTEGER PRIMARY KEY, person TEXT,"
		     " site TEXT, day TEXT, page TEXT, paid INTEGER);" },
	{ "crm.yml",
	    "dataset:\n  - fides_key: crm\n    name: C\n    collections:\n"
	    "      - name: visits\n        fields:\n"
	    "          - {name: id, data_categories: [user],"
	    " fides_meta: {primary_key: true}}\n"
	    "          - {name: person, data_categories: [user.unique_id],"
	    " fides_meta: {identity: person}}\n"
	    "          - {name: site, data_categories: [user.behavior]}\n"
	    "          - {name: day, data_categories: [user.behavior]}\n"
	    "          - {name: page, data_categories: [user.behavior]}\n"
	    "          - {name: paid, data_categories: [user.behavior]}\n" },
	{ "policy.yml",
	    "policy: p\nrevision: 1\ntitle: P\n"
	    "calendar: {rule: jp_civil_code, time_zone: Asia/Tokyo}\n"
	    "purposes: {c: {title: C, legal_basis: contract}}\n"
	    "starting_points: {d: {kind: collection, at: day}}\n"
	    "clusters:\n  v:\n    purposes: [c]\n    covers: [crm.visits]\n"
	    "    deletion_rule: {starting_point: d,"
	    " regular_deletion_period: P1Y}\n" },
};

static struct installation in;

static void set_up(void)
{
	char path[200], folder[100];

	(void)snprintf(folder, sizeof(folder), "%s", test_folder());
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(
		    path, sizeof(path), "%s/%s", folder, files[i].name);
		ck_assert_int_eq(file_create(path, files[i].text,
				     strlen(files[i].text), 0600),
		    ST_OK);
	}
	(void)snprintf(path, sizeof(path), "%s/lethe.yml", folder);
	ck_assert_int_eq(crypto_init(), ST_OK);
	memset(&in, 0, sizeof(in));
	ck_assert_int_eq(installation_load(path, &in), ST_OK);
	ck_assert_int_eq(installation_init(&in, NULL, NULL), ST_OK);
	ck_assert_int_eq(installation_open_store(&in, &in.stores[0]), ST_OK);
}

static void tear_down(void) { installation_release(&in); }

/* ${n} visits of as many people, from number ${from} on. */
static void visits(int from, int n, const char *site, const char *page)
{
	char person[20];

	for (int i = from; i < from + n; i++) {
		(void)snprintf(person, sizeof(person), "P%d", i);
		ck_assert_int_eq(
		    db_exec(in.stores[0].db,
			"INSERT INTO visits (person, site, day, page, paid)"
			" VALUES ($1, $2, '2024-03-31T20:00:00Z', $3, $4)",
			ARGS(TEXT(person), TEXT(site), TEXT(page),
			    INT(i % 2 ? -1 : 25))),
		    ST_OK);
	}
}

static enum status ask(
    const char *a, const char *b, const char *c, json_t **out)
{
	const char *by[3] = { a, b, c };
	struct report_request r = { .cluster = "v",
		.by = by,
		.by_count = c   ? 3
			    : b ? 2
				: 1,
		.language = "en" };

	*out = NULL;
	return report_make(&in, &r, when_now(), out);
}

/* The number shown for one value; -1: none. */
static long long shown_for(const char *field, const char *value)
{
	json_t *o = NULL, *cell;
	long long n = -1;
	size_t i;

	ck_assert_msg(ask(field, NULL, NULL, &o) == ST_OK, "%s", status_text());
	json_array_foreach(json_object_get(o, "cells"), i, cell)
	{
		json_t *v = json_array_get(json_object_get(cell, "values"), 0);

		if (json_is_string(v) &&
		    strcmp(json_string_value(v), value) == 0 &&
		    json_is_integer(json_object_get(cell, "count")))
			n = json_int(cell, "count");
	}
	json_decref(o);
	return n;
}

START_TEST(five_records_of_one_person_are_one_person)
{
	json_t *o = NULL;
	char *text;

	visits(0, 4, "a", "x");
	visits(0, 4, "a", "x");
	for (int i = 0; i < 5; i++)
		visits(50, 1, "only-one", "x");
	visits(10, 3, "b", "x");
	ck_assert_int_eq(shown_for("site", "a"), 4);
	ck_assert_int_eq(shown_for("site", "b"), -1); /* or only-one shows */
	ck_assert_int_eq(ask("site", NULL, NULL, &o), ST_OK);
	text = json_dumps(o, 0);
	ck_assert_ptr_null(strstr(text, "only-one"));
	ck_assert_str_eq(json_text(o, "unit"), "persons");
	ck_assert_str_eq(json_text(o, "counted_by"), "person");
	free(text);
	json_decref(o);
}
END_TEST

START_TEST(what_is_restricted_is_not_counted)
{
	visits(0, 9, "a", "x");
	visits(20, 5, "b", "x");
	for (int id = 1; id <= 4; id++)
		ck_assert_int_eq(
		    db_exec(in.stores[0].db,
			"INSERT INTO lethe_suspension"
			" (collection, cluster, k1, suspension, kind)"
			" VALUES ('visits', 'v', $1, 's', $2)",
			ARGS(INT(id), TEXT(id == 4 ? "hold" : "restriction"))),
		    ST_OK);
	ck_assert_int_eq(shown_for("site", "a"), 6);
	ck_assert_int_eq(shown_for("site", "b"), 5);
}
END_TEST

START_TEST(a_cluster_that_is_restricted_whole_counts_nobody)
{
	json_t *o = NULL;

	visits(0, 9, "a", "x");
	ck_assert_int_eq(db_exec(in.stores[0].db,
			     "INSERT INTO lethe_suspended_cluster"
			     " VALUES ('visits', 'v', 's', 'restriction')",
			     NOARGS),
	    ST_OK);
	ck_assert_int_eq(ask("site", NULL, NULL, &o), ST_OK);
	ck_assert_uint_eq(json_array_size(json_object_get(o, "cells")), 0);
	json_decref(o);
}
END_TEST

/* 2024-03-31T20:00Z is April in Tokyo. */
START_TEST(values_are_cut_as_asked)
{
	visits(0, 20, "abcdef", "x");
	ck_assert_int_eq(shown_for("day:month", "2024-04"), 20);
	ck_assert_int_eq(shown_for("site:3", "abc"), 20);
	ck_assert_int_eq(shown_for("paid:10", "-10..-1"), 10);
	ck_assert_int_eq(shown_for("paid:10", "20..29"), 10);
}
END_TEST

START_TEST(fields_in_a_ring_are_refused)
{
	json_t *o = NULL;

	visits(0, 9, "a", "x");
	ck_assert_int_eq(ask("site", "page", NULL, &o), ST_OK);
	json_decref(o);
	ck_assert_int_eq(ask("page", "paid:10", NULL, &o), ST_OK);
	json_decref(o);
	ck_assert_int_eq(ask("site", "paid:10", NULL, &o), ST_DENIED);
	/* As a whole it may be; the page is what the pairs go through. */
	ck_assert_msg(
	    ask("site", "paid:10", "page", &o) == ST_OK, "%s", status_text());
	json_decref(o);
	ck_assert_int_eq(ask("site", "paid:10", NULL, &o), ST_DENIED);
	ck_assert_int_eq(ask("paid:10", "page", NULL, &o), ST_OK);
	json_decref(o);
	ck_assert_int_eq(ask("day:year", "page", NULL, &o), ST_OK);
	json_decref(o);
	ck_assert_int_eq(ask("day:month", NULL, NULL, &o), ST_DENIED);
	ck_assert_int_eq(ask("day:year", "site", NULL, &o), ST_DENIED);
	ck_assert_int_eq(ask("person", NULL, NULL, &o), ST_USAGE);
	ck_assert_int_eq(ask("site", "site:1", NULL, &o), ST_USAGE);
}
END_TEST

Suite *report_suite(void)
{
	Suite *s = suite_create("report");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, five_records_of_one_person_are_one_person);
	tcase_add_test(t, what_is_restricted_is_not_counted);
	tcase_add_test(t, a_cluster_that_is_restricted_whole_counts_nobody);
	tcase_add_test(t, values_are_cut_as_asked);
	tcase_add_test(t, fields_in_a_ring_are_refused);
	suite_add_tcase(s, t);
	return s;
}
