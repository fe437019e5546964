/*
 * engine/holds: what a suspension reaches stays, in every store, from the
 * moment it is placed to the moment it is released, whoever is killed when.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/file.h"
#include "engine/cli/cli.h"
#include "engine/holds/holds.h"
#include "engine/holds/reason.h"
#include "tests/attached.h"
#include "tests/holds.h"
#include "tests/suites.h"

static struct holds_site site;
#define IN (&site.in)

static void setup(void) { holds_site_init(&site, 1); }
static void setup_four_eyes(void) { holds_site_init(&site, 2); }
static void teardown(void) { holds_site_release(&site); }

static void check_rows(const char *id, int64_t crm, int64_t web)
{
	holds_site_check_rows(&site, id, crm, web);
}

static void place(struct holds_scope scope, const char *reason, char id[24])
{
	holds_site_place(&site, scope, reason, id);
}

static void release_as(
    const char *id, const char *actor, const char *reason, json_t **out)
{
	MUST(holds_release(IN, id, actor, reason, out) == ST_OK, "%s",
	    status_text());
}

static void release(const char *id)
{
	json_t *out = NULL;

	release_as(id, "os:ada", "it is over", &out);
	json_decref(out);
}

static const struct holds_scope person1 = { .identity = "person_id",
	.value = "P1" };
static const char *const contract1[] = { "1" };
static const struct holds_scope record = { .store = "crm",
	.collection = "contracts",
	.key = contract1,
	.key_count = 1 };

/* ---- scopes ---- */

START_TEST(a_subject_is_held_in_every_store)
{
	char id[24];

	place(person1, "litigation", id);
	/* P1, two contracts; three visits. */
	check_rows(id, 3, 3);
	ck_assert_int_eq(*id, 'H');
}
END_TEST

START_TEST(a_record_alone_is_restricted)
{
	char id[24];

	place(record, "art18_1b_unlawful", id);
	check_rows(id, 1, 0);
	ck_assert_int_eq(*id, 'R');
	ck_assert_int_eq(
	    holds_site_count(&site, CRM,
		"SELECT count(*) FROM lethe_suspension"
		" WHERE CAST(k1 AS TEXT) = '1' AND kind = 'restriction'"
		" AND collection = 'contracts' AND cluster = 'contract_data'"),
	    1);
}
END_TEST

START_TEST(a_cluster_is_held_whole_in_each_of_its_collections)
{
	char id[24];

	place((struct holds_scope){ .cluster = "person_data" }, "audit", id);
	check_rows(id, 2, 0); /* people and addresses */
}
END_TEST

START_TEST(a_subject_is_held_in_one_cluster_only)
{
	struct holds_scope s = person1;
	char id[24];

	s.cluster = "visit_data";
	place(s, "litigation", id);
	check_rows(id, 0, 3);
}
END_TEST

START_TEST(what_is_not_there_yet_is_held_when_it_comes)
{
	struct holds_scope s = { .identity = "person_id", .value = "P9" };
	static const char *const nine[] = { "9" };
	struct holds_scope r = record;
	char id[24], other[24];

	r.key = nine;
	place(s, "litigation", id);
	place(r, "litigation", other);
	check_rows(id, 0, 0);
	check_rows(other, 0, 0);
	holds_site_do(&site, CRM, "INSERT INTO people (id) VALUES ('P9')");
	holds_site_do(&site, WEB,
	    "INSERT INTO visits (id, person) VALUES (90, 'P9'), (91, 'P2')");
	holds_site_do(
	    &site, CRM, "INSERT INTO contracts (id, person) VALUES (9, 'P2')");
	ck_assert_int_eq(holds_refresh(IN, NULL), ST_OK);
	check_rows(id, 1, 1);
	check_rows(other, 1, 0);
}
END_TEST

/* A collection whose fields are in another cluster has two parts. */
START_TEST(every_part_of_a_record_is_held)
{
	static const char *const visit[] = { "1" };
	struct holds_scope s = { .store = "web",
		.collection = "visits",
		.key = visit,
		.key_count = 1 };
	char id[24];

	holds_site_replace(&site, "policy.yml", "covers: [web.visits]\n",
	    "covers: [web.visits]\n"
	    "    deletion_rule:\n"
	    "      {starting_point: visit, regular_deletion_period: P4W}\n"
	    "  page_data:\n"
	    "    purposes: [p]\n"
	    "    covers: [web.visits.page]\n");
	place(s, "litigation", id);
	check_rows(id, 0, 2);
}
END_TEST

/* ---- what is refused ---- */

static const struct {
	struct holds_order order;
	const char *sentence;
} refused[] = {
	{ { .scope = { .identity = "person_ip", .value = "P1" },
	      .reason = "audit",
	      .authority = "A" },
	    "did you mean `person_id`?" },
	{ { .scope = { .identity = "person_id", .value = "" },
	      .reason = "audit",
	      .authority = "A" },
	    "IDENTITY=VALUE" },
	{ { .scope = { .cluster = "person_dat" },
	      .reason = "audit",
	      .authority = "A" },
	    "did you mean `person_data`?" },
	{ { .scope = { .cluster = "person_data" },
	      .reason = "litigatin",
	      .authority = "A" },
	    "did you mean `litigation`?" },
	{ { .scope = { .cluster = "person_data" }, .reason = "audit" },
	    "--authority" },
	{ { .scope = { .cluster = "person_data" },
	      .reason = "audit",
	      .authority = "\xff" },
	    "--authority is not UTF-8" },
	{ { .scope = { .store = "crm",
		.collection = "contracts",
		.key = contract1,
		.key_count = 0 },
	      .reason = "audit",
	      .authority = "A" },
	    "has 1 column: found 0 values" },
	{ { .scope = { .store = "crm",
		.collection = "contrats",
		.key = contract1,
		.key_count = 1 },
	      .reason = "audit",
	      .authority = "A" },
	    "did you mean `contracts`?" },
	{ { .scope = { .store = "cram",
		.collection = "contracts",
		.key = contract1,
		.key_count = 1 },
	      .reason = "audit",
	      .authority = "A" },
	    "did you mean `crm`?" },
	{ { .scope = { .store = "crm",
		.collection = "contracts",
		.key = contract1,
		.key_count = 1,
		.cluster = "person_data" },
	      .reason = "audit",
	      .authority = "A" },
	    "a suspension is about" },
	{ { .reason = "audit", .authority = "A" }, "a suspension is about" },
};

START_TEST(a_mistake_is_named_and_nothing_is_placed)
{
	struct holds_order o = refused[_i].order;
	json_t *out = NULL;

	o.review = HOLDS_NO_DAY;
	ck_assert_int_eq(holds_place(IN, &o, "os:ada", &out), ST_USAGE);
	MUST(strstr(status_text(), refused[_i].sentence), "%s", status_text());
	ck_assert_int_eq(
	    holds_site_registry(&site, "SELECT count(*) FROM suspension"), 0);
}
END_TEST

START_TEST(a_review_lies_ahead)
{
	struct holds_order o = {
		.scope = person1, .reason = "audit", .authority = "A"
	};
	int32_t today = zone_day(IN->zone, when_now());
	char text[CIVIL_TEXT];
	json_t *out = NULL;

	o.review = today;
	ck_assert_int_eq(holds_place(IN, &o, "os:ada", &out), ST_USAGE);
	o.review = today + 1;
	ck_assert_int_eq(holds_place(IN, &o, "os:ada", &out), ST_OK);
	civil_format(today + 1, text);
	ck_assert_str_eq(json_text(out, "review"), text);
	json_decref(out);
	o.review = HOLDS_NO_DAY;
	ck_assert_int_eq(holds_place(IN, &o, "os:ada", &out), ST_OK);
	civil_format(today + 90, text);
	ck_assert_str_eq(json_text(out, "review"), text);
	ck_assert_str_eq(json_text(out, "owner"), "os:ada");
	json_decref(out);
}
END_TEST

/* ---- over time ---- */

START_TEST(of_two_holds_on_a_record_one_is_enough)
{
	char first[24], second[24];
	json_t *out = NULL;

	place(person1, "litigation", first);
	place(record, "audit", second);
	release_as(first, "os:ada", "settled", &out);
	check_rows(first, 0, 0);
	check_rows(second, 1, 0);
	/* One of six stays: five are free. */
	ck_assert_int_eq(json_int(out, "records"), 5);
	json_decref(out);
	release_as(second, "os:ada", "done", &out);
	ck_assert_int_eq(json_int(out, "records"), 1);
	json_decref(out);
}
END_TEST

static const json_t *freed(const json_t *out, const char *collection)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(out, "freed"), i, one)
	{
		if (strcmp(json_text(one, "collection"), collection) == 0)
			return one;
	}
	ck_abort_msg("nothing of %s is freed", collection);
	return NULL;
}

START_TEST(a_release_says_what_it_makes_due)
{
	json_t *out = NULL;
	const json_t *one;
	char id[24];

	place(person1, "litigation", id);
	release_as(id, "os:ada", "settled", &out);
	ck_assert_str_eq(json_text(out, "state"), "released");
	/* Contract 1 ended long ago, contract 2 never. */
	one = freed(out, "contracts");
	ck_assert_int_eq(json_int(one, "records"), 2);
	ck_assert_int_eq(json_int(one, "due"), 1);
	ck_assert_int_eq(json_int(one, "overdue"), 1);
	ck_assert_int_eq(json_int(one, "active"), 1);
	ck_assert_int_eq(json_int(one, "retain"), 0);
	/* One visit long ago, one just now, one nobody knows when. */
	one = freed(out, "visits");
	ck_assert_int_eq(json_int(one, "records"), 3);
	ck_assert_int_eq(json_int(one, "due"), 1);
	ck_assert_int_eq(json_int(one, "undecided"), 1);
	ck_assert_int_eq(json_int(one, "retain"), 1);
	json_decref(out);
}
END_TEST

START_TEST(a_release_of_a_cluster_leaves_what_else_is_held)
{
	json_t *out = NULL;
	char id[24], other[24];

	place((struct holds_scope){ .cluster = "contract_data" }, "audit", id);
	place(record, "litigation", other);
	release_as(id, "os:ada", "over", &out);
	/* Three contracts, of which the first stays held. */
	ck_assert_int_eq(json_int(freed(out, "contracts"), "records"), 2);
	ck_assert_int_eq(json_int(freed(out, "contracts"), "due"), 0);
	json_decref(out);
}
END_TEST

START_TEST(a_release_takes_two_people)
{
	json_t *out = NULL;
	char id[24];

	place(person1, "litigation", id);
	ck_assert_int_eq(holds_release(IN, id, "os:ada", NULL, &out), ST_USAGE);
	release_as(id, "os:ada", "settled", &out);
	ck_assert_str_eq(json_text(out, "state"), "release_asked");
	json_decref(out);
	check_rows(id, 3, 3);
	ck_assert_int_eq(
	    holds_release(IN, id, "os:ada", "settled", &out), ST_DENIED);
	ck_assert_int_eq(holds_refresh(IN, NULL), ST_OK);
	check_rows(id, 3, 3);
	release_as(id, "os:bob", NULL, &out);
	ck_assert_str_eq(json_text(out, "state"), "released");
	ck_assert_str_eq(json_text(out, "release_reason"), "settled");
	ck_assert_str_eq(json_text(out, "release_asked_by"), "os:ada");
	ck_assert_str_eq(json_text(out, "released_by"), "os:bob");
	json_decref(out);
	check_rows(id, 0, 0);
	ck_assert_int_eq(
	    holds_release(IN, id, "os:cleo", "again", &out), ST_USAGE);
	ck_assert_int_eq(holds_site_entries(&site, "hold_release_asked"), 1);
	ck_assert_int_eq(holds_site_entries(&site, "hold_released"), 1);
}
END_TEST

/* The reference that led there is gone: what was held stays held. */
START_TEST(what_is_not_reached_any_more_stays_held)
{
	struct holds_scope s = person1;
	char id[24];

	s.cluster = "visit_data";
	place(s, "litigation", id);
	holds_site_do(&site, CRM, "DELETE FROM contracts WHERE person = 'P1'");
	holds_site_do(&site, CRM, "DELETE FROM people WHERE id = 'P1'");
	holds_site_do(&site, WEB, "UPDATE visits SET person = 'P2'");
	ck_assert_int_eq(holds_refresh(IN, NULL), ST_OK);
	check_rows(id, 0, 3);
}
END_TEST

START_TEST(a_record_that_is_gone_takes_its_row_along)
{
	char id[24];

	place(person1, "litigation", id);
	holds_site_do(&site, WEB, "DELETE FROM visits WHERE id = 1");
	ck_assert_int_eq(holds_refresh(IN, NULL), ST_OK);
	check_rows(id, 3, 2);
}
END_TEST

/* What another process placed after this one had read the registry. */
START_TEST(an_unknown_suspension_is_never_touched)
{
	char id[24];

	place(person1, "litigation", id);
	holds_site_do(&site, WEB,
	    "INSERT INTO lethe_suspension (collection, cluster, k1,"
	    " suspension, kind)"
	    " VALUES ('visits', 'visit_data', 4, 'H-0', 'hold')");
	ck_assert_int_eq(holds_refresh(IN, NULL), ST_OK);
	check_rows("H-0", 0, 1);
}
END_TEST

START_TEST(nothing_is_written_where_nothing_changed)
{
	struct installation other;
	struct holds_watch w = { NULL, 0 };
	int64_t before[2], after[2], behind = -1;
	char id[24];

	place(person1, "litigation", id);
	holds_site_open(&site, &other);
	ck_assert_int_eq(db_version(other.stores[CRM].db, &before[0]), ST_OK);
	ck_assert_int_eq(db_version(other.stores[WEB].db, &before[1]), ST_OK);
	ck_assert_int_eq(holds_refresh(IN, &w), ST_OK);
	ck_assert_int_eq(holds_keep_fresh(IN, &IN->stores[WEB], &w), ST_OK);
	ck_assert_int_eq(holds_behind(IN, &behind), ST_OK);
	ck_assert_int_eq(behind, 0);
	ck_assert_int_eq(db_version(other.stores[CRM].db, &after[0]), ST_OK);
	ck_assert_int_eq(db_version(other.stores[WEB].db, &after[1]), ST_OK);
	/* A server's number moves with what anybody asks of it. */
	if (!attached()) {
		ck_assert_int_eq(before[0], after[0]);
		ck_assert_int_eq(before[1], after[1]);
	}
	holds_watch_release(&w);
	installation_release(&other);
}
END_TEST

START_TEST(what_another_connection_brings_is_noticed)
{
	struct installation other;
	struct holds_watch w = { NULL, 0 }, crm = { NULL, 0 };
	int64_t behind = -1;
	char id[24];

	place(person1, "litigation", id);
	ck_assert_int_eq(holds_refresh(IN, &w), ST_OK);
	holds_site_open(&site, &other);
	ck_assert_int_eq(
	    db_exec(other.stores[WEB].db,
		"INSERT INTO visits (id, person) VALUES (90, 'P1')", NOARGS),
	    ST_OK);
	ck_assert_int_eq(holds_behind(IN, &behind), ST_OK);
	ck_assert_int_eq(behind, 1);
	check_rows(id, 3, 3); /* a look writes nothing */
	/* For each store by its own watch; the other one is left alone. */
	ck_assert_int_eq(holds_watch_copy(&crm, &w), ST_OK);
	ck_assert_int_eq(holds_keep_fresh(IN, &IN->stores[CRM], &crm), ST_OK);
	check_rows(id, 3, 3);
	ck_assert_int_eq(holds_keep_fresh(IN, &IN->stores[WEB], &w), ST_OK);
	check_rows(id, 3, 4);
	holds_watch_release(&w);
	holds_watch_release(&crm);
	installation_release(&other);
}
END_TEST

/* ---- what is said ---- */

START_TEST(the_log_holds_no_person)
{
	struct holds_order o = { .scope = person1,
		.reason = "audit",
		.authority = "The court of Zweibruecken",
		.note = "about Quimby",
		.review = HOLDS_NO_DAY };
	json_t *out = NULL, *details;
	char *body = NULL, *own;

	ck_assert_int_eq(holds_place(IN, &o, "os:ada", &out), ST_OK);
	release(json_text(out, "id"));
	body = holds_site_log(&site);
	ck_assert_ptr_null(strstr(body, "P1"));
	ck_assert_ptr_null(strstr(body, "Zweibruecken"));
	ck_assert_ptr_null(strstr(body, "Quimby"));
	/* Behind what the log is told of files and keys. */
	own = strstr(body, "{\"action\":\"hold_placed\"");
	ck_assert_ptr_nonnull(own);
	details = json_loads(own, JSON_DISABLE_EOF_CHECK, NULL);
	ck_assert_str_eq(json_text(details, "actor"), "os:ada");
	ck_assert_str_eq(json_text(details, "scope"), "subject");
	ck_assert_str_eq(json_text(details, "reason"), "audit");
	ck_assert_str_eq(json_text(details, "kind"), "hold");
	ck_assert_str_eq(json_text(details, "id"), json_text(out, "id"));
	ck_assert_int_eq(json_int(details, "records"), 6);
	json_decref(details);
	json_decref(out);
	free(body);
}
END_TEST

static void check_summary(
    int64_t now, int64_t holds, int64_t restrictions, int64_t overdue)
{
	json_t *o = NULL;

	ck_assert_int_eq(holds_summary(IN, now, &o), ST_OK);
	ck_assert_int_eq(json_int(o, "holds"), holds);
	ck_assert_int_eq(json_int(o, "restrictions"), restrictions);
	ck_assert_int_eq(json_int(o, "reviews_overdue"), overdue);
	json_decref(o);
}

START_TEST(a_review_is_overdue_from_the_day_after)
{
	int64_t now = when_now(), last;
	char id[24], other[24];
	json_t *list = NULL;

	check_summary(now, 0, 0, 0);
	place(person1, "litigation", id);
	place(record, "art18_1a_accuracy_contested", other);
	check_summary(now, 1, 1, 0);
	last = zone_midnight(IN->zone, zone_day(IN->zone, now) + 91);
	check_summary(last - 1, 1, 1, 0);
	check_summary(last, 1, 1, 2);
	release(id);
	check_summary(last, 0, 1, 1);
	ck_assert_int_eq(holds_list(IN, HOLDS_ACTIVE, now, &list), ST_OK);
	ck_assert_uint_eq(
	    json_array_size(json_object_get(list, "suspensions")), 1);
	json_decref(list);
	ck_assert_int_eq(holds_list(IN, HOLDS_ALL, now, &list), ST_OK);
	ck_assert_uint_eq(
	    json_array_size(json_object_get(list, "suspensions")), 2);
	json_decref(list);
}
END_TEST

START_TEST(check_names_what_leads_nowhere)
{
	struct holds_scope gone = person1;
	json_t *warnings = json_array();
	char id[24], other[24];

	gone.value = "P9";
	place(person1, "litigation", id);
	place(record, "litigation", other);
	ck_assert_int_eq(holds_check(IN, warnings), ST_OK);
	ck_assert_uint_eq(json_array_size(warnings), 0);
	place(gone, "litigation", id);
	holds_site_do(&site, CRM, "DELETE FROM contracts WHERE id = 1");
	ck_assert_int_eq(holds_check(IN, warnings), ST_OK);
	ck_assert_uint_eq(json_array_size(warnings), 2);
	MUST(strstr(json_string_value(json_array_get(warnings, 0)),
		 "its record is not there") ||
		 strstr(json_string_value(json_array_get(warnings, 1)),
		     "its record is not there"),
	    "%s", json_string_value(json_array_get(warnings, 0)));
	json_decref(warnings);
}
END_TEST

START_TEST(every_reason_has_a_source_and_stands_in_the_help)
{
	const struct holds_reason *r, *found;

	for (r = holds_reasons; r->code; r++) {
		ck_assert_int_eq(holds_reason_find(r->code, &found), ST_OK);
		ck_assert_ptr_eq(found, r);
		ck_assert_ptr_nonnull(strchr(r->source, ':'));
		MUST(strstr(cmd_hold.usage, r->code), "%s", r->code);
	}
}
END_TEST

Suite *holds_suite(void)
{
	Suite *s = suite_create("holds");
	TCase *t = tcase_create("one person releases");
	TCase *two = tcase_create("two people release");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_subject_is_held_in_every_store);
	tcase_add_test(t, a_record_alone_is_restricted);
	tcase_add_test(t, a_cluster_is_held_whole_in_each_of_its_collections);
	tcase_add_test(t, a_subject_is_held_in_one_cluster_only);
	tcase_add_test(t, what_is_not_there_yet_is_held_when_it_comes);
	tcase_add_test(t, every_part_of_a_record_is_held);
	tcase_add_loop_test(t, a_mistake_is_named_and_nothing_is_placed, 0,
	    (int)(sizeof(refused) / sizeof(*refused)));
	tcase_add_test(t, a_review_lies_ahead);
	tcase_add_test(t, of_two_holds_on_a_record_one_is_enough);
	tcase_add_test(t, a_release_says_what_it_makes_due);
	tcase_add_test(t, a_release_of_a_cluster_leaves_what_else_is_held);
	tcase_add_test(t, what_is_not_reached_any_more_stays_held);
	tcase_add_test(t, a_record_that_is_gone_takes_its_row_along);
	tcase_add_test(t, an_unknown_suspension_is_never_touched);
	tcase_add_test(t, nothing_is_written_where_nothing_changed);
	tcase_add_test(t, what_another_connection_brings_is_noticed);
	tcase_add_test(t, the_log_holds_no_person);
	tcase_add_test(t, a_review_is_overdue_from_the_day_after);
	tcase_add_test(t, check_names_what_leads_nowhere);
	tcase_add_test(t, every_reason_has_a_source_and_stands_in_the_help);
	suite_add_tcase(s, t);
	tcase_set_timeout(two, 120);
	tcase_add_checked_fixture(two, setup_four_eyes, teardown);
	tcase_add_test(two, a_release_takes_two_people);
	suite_add_tcase(s, two);
	return s;
}
