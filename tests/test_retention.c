/*
 * Records of which more than one rule speaks: several purposes, several
 * clusters in one collection, de-identification, references that the database
 * enforces, suspensions.  Guards invariants 1 (never early), 3 (evidence) and
 * 4 (the same answer everywhere); at random it is tests/test_property.c's.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/plan/check.h"
#include "engine/plan/suspension.h"
#include "tests/house.h"
#include "tests/suites.h"

/* ---- several purposes ---- */

static const char cases[] = "    collections:\n" COLLECTION("cases") KEY("id")
    FIELD("closed_on", "user.behavior") FIELD("claim_on", "user.behavior")
	FIELD("text", "user.behavior");
static const char two_purposes[] =
    "starting_points:\n"
    "  closed: {kind: end_of_process, at: closed_on, null_means: open}\n"
    "  claim: {kind: end_of_process, at: claim_on, null_means: open}\n"
    "clusters:\n"
    "  cases:\n"
    "    covers: [shop.cases]\n"
    "    purposes:\n"
    "      sale: {starting_point: closed, period: P1Y}\n"
    "      claims: {starting_point: claim, period: P3M}\n";
static const char cases_table[] =
    "CREATE TABLE cases (id TEXT PRIMARY KEY NOT NULL, closed_on DATE,"
    " claim_on TEXT, text TEXT);";

START_TEST(the_last_purpose_ends_the_record)
{
	struct house *h = house_new(cases, two_purposes, cases_table);
	json_t *o;

	house_sql(h,
	    "INSERT INTO cases VALUES ('both', '2024-01-10', '2025-01-20', 'x'),"
	    " ('open', '2020-01-10', NULL, 'x'),"
	    " ('bad', '2020-01-10', 'soon', 'x'),"
	    " ('gone', '2024-01-10', '2024-01-11', 'x');");
	o = house_explain(h, "cases", "both", "2025-02-01T00:00:00Z");
	ck_assert_str_eq(json_text(o, "verdict"), "RETAIN");
	ck_assert_str_eq(
	    json_text(o, "deletable_from"), "2025-04-21T00:00:00+09:00");
	ck_assert_uint_eq(json_array_size(json_object_get(o, "purposes")), 2);
	json_decref(o);
	o = house_explain(h, "cases", "open", "2025-02-01T00:00:00Z");
	ck_assert_str_eq(json_text(o, "verdict"), "ACTIVE");
	ck_assert_str_eq(json_text(o, "deletable_from"), "");
	json_decref(o);
	o = house_explain(h, "cases", "bad", "2025-02-01T00:00:00Z");
	ck_assert_str_eq(json_text(o, "verdict"), "UNDECIDED");
	json_decref(o);
	o = house_purge(h, "2025-04-20T14:59:59Z");
	ck_assert_int_eq(house_count(o, "cases", "cases", "deleted"), 1);
	ck_assert_int_eq(house_count(o, "cases", "cases", "undecided"), 1);
	ck_assert_int_eq(house_count(o, "cases", "cases", "active"), 1);
	json_decref(o);
	o = house_purge(h, "2025-04-20T15:00:00Z");
	ck_assert_int_eq(house_count(o, "cases", "cases", "deleted"), 1);
	ck_assert_int_eq(house_number(h, "SELECT count(*) FROM cases"), 2);
	json_decref(o);
	house_free(h);
}
END_TEST

/* ---- clusters of fields ---- */

static const char vehicles[] = "    collections:\n" COLLECTION("vehicles")
    KEY("vin") FIELD("model", "user.device") FIELD("paint", "user.device")
	FIELD("bought_on", "user.behavior") FIELD("scrapped_on", "user.device")
	    FIELD("nickname", "user.behavior");
static const char field_clusters[] =
    "starting_points:\n"
    "  bought: {kind: collection, at: bought_on}\n"
    "  scrapped: {kind: end_of_process, at: scrapped_on, null_means: open}\n"
    "clusters:\n"
    "  sales:\n"
    "    covers: [shop.vehicles]\n"
    "    purposes: [sale]\n"
    "    deletion_rule: {starting_point: bought, regular_deletion_period: "
    "P1Y}\n"
    "  technical:\n"
    "    covers: [shop.vehicles.model, shop.vehicles.paint]\n"
    "    purposes: [claims]\n"
    "    deletion_rule: {starting_point: scrapped, regular_deletion_period: "
    "P0D}\n";
static const char vehicles_table[] =
    "CREATE TABLE vehicles (vin TEXT PRIMARY KEY NOT NULL, model TEXT,"
    " paint TEXT, bought_on DATE, scrapped_on DATE, nickname TEXT);";

START_TEST(a_row_goes_with_its_last_field)
{
	struct house *h = house_new(vehicles, field_clusters, vehicles_table);
	json_t *o;

	house_sql(h,
	    "INSERT INTO vehicles VALUES"
	    " ('A', 'i3', 'red', '2020-01-01', NULL, 'Aki'),"
	    " ('B', 'i4', 'blue', '2024-12-01', '2024-12-10', 'Bo'),"
	    " ('C', 'i5', 'grey', '2020-01-01', '2021-01-01', 'Chi');");
	o = house_purge(h, "2025-01-01T00:00:00Z");
	/* C: both; A: what the sale needed; B: what it was made of */
	ck_assert_int_eq(house_count(o, "sales", "vehicles", "due"), 2);
	ck_assert_int_eq(house_count(o, "sales", "vehicles", "deleted"), 1);
	ck_assert_int_eq(house_count(o, "sales", "vehicles", "minimised"), 1);
	ck_assert_int_eq(house_count(o, "technical", "vehicles", "due"), 1);
	ck_assert_int_eq(
	    house_count(o, "technical", "vehicles", "minimised"), 1);
	ck_assert(json_is_true(json_object_get(o, "verified")));
	json_decref(o);
	ck_assert_int_eq(
	    house_number(h, "SELECT count(*) FROM vehicles WHERE vin = 'A'"
			    " AND model = 'i3' AND nickname IS NULL"
			    " AND bought_on = '2020-01-01'"),
	    1);
	ck_assert_int_eq(
	    house_number(h, "SELECT count(*) FROM vehicles WHERE vin = 'B'"
			    " AND model IS NULL AND paint IS NULL"
			    " AND nickname = 'Bo' AND scrapped_on IS NOT NULL"),
	    1);
	o = house_explain(h, "vehicles", "A", "2025-01-01T00:00:00Z");
	ck_assert_str_eq(json_text(o, "verdict"), "RETAIN");
	ck_assert_str_eq(
	    json_text(
		json_array_get(json_object_get(o, "parts"), 0), "verdict"),
	    "ACTIVE");
	json_decref(o);
	/* nothing more to do, and nothing done twice */
	o = house_purge(h, "2025-01-02T00:00:00Z");
	ck_assert_int_eq(house_count(o, "sales", "vehicles", "due"), 0);
	ck_assert_int_eq(house_count(o, "technical", "vehicles", "due"), 0);
	json_decref(o);
	house_sql(h, "UPDATE vehicles SET scrapped_on = '2025-02-01'"
		     " WHERE vin = 'A'");
	o = house_purge(h, "2025-12-02T00:00:00Z");
	ck_assert_int_eq(house_count(o, "sales", "vehicles", "deleted"), 2);
	json_decref(o);
	ck_assert_int_eq(house_number(h, "SELECT count(*) FROM vehicles"), 0);
	ck_assert_int_eq(
	    house_number(h, "SELECT count(*) FROM lethe_reduced"), 0);
	/* every step in evidence, each once */
	ck_assert_int_eq(
	    house_number(h, "SELECT sum(records) FROM lethe_evidence"
			    " WHERE action = 'delete'"),
	    3);
	ck_assert_int_eq(
	    house_number(h, "SELECT sum(records) FROM lethe_evidence"
			    " WHERE action = 'minimise'"),
	    2);
	house_free(h);
}
END_TEST

/* ---- references that the database enforces ---- */

static const char orders[] = "    collections:\n" COLLECTION("buyers") KEY("id")
    FIELD("name", "user.name") FIELD("left_on", "user.behavior")
	COLLECTION("orders") KEY("id") REFERS("buyer", "buyers.id")
	    FIELD("done_on", "user.behavior");
#define ORDERS(more)                                                      \
	"starting_points:\n"                                              \
	"  left: {kind: end_of_relationship, at: left_on, null_means: "   \
	"open}\n"                                                         \
	"  done: {kind: end_of_process, at: done_on, null_means: open}\n" \
	"clusters:\n"                                                     \
	"  buyers:\n"                                                     \
	"    covers: [shop.buyers]\n"                                     \
	"    purposes: [sale]\n" more                                     \
	"    deletion_rule: {starting_point: left, "                      \
	"regular_deletion_period: P1Y}\n"                                 \
	"  orders:\n"                                                     \
	"    covers: [shop.orders]\n"                                     \
	"    purposes: [claims]\n"                                        \
	"    deletion_rule: {starting_point: done, "                      \
	"regular_deletion_period: P3Y}\n"
static const char *const on_delete[] = { "CASCADE", "SET NULL", "RESTRICT",
	"NO ACTION" };

static void make_orders(struct house **h, const char *policy, int i)
{
	char tables[400];

	(void)snprintf(tables, sizeof(tables),
	    "CREATE TABLE buyers (id TEXT PRIMARY KEY NOT NULL, name TEXT,"
	    " left_on DATE);"
	    "CREATE TABLE orders (id TEXT PRIMARY KEY NOT NULL, buyer TEXT"
	    " REFERENCES buyers (id) ON DELETE %s, done_on DATE);",
	    on_delete[i]);
	*h = house_new(orders, policy, tables);
	house_sql(*h, "INSERT INTO buyers VALUES ('A', 'Aki', '2022-01-01'),"
		      " ('B', 'Bo', '2022-01-01');"
		      "INSERT INTO orders VALUES ('1', 'A', '2022-06-01'),"
		      " ('2', 'A', '2019-01-01'), ('3', 'B', '2019-01-01');");
}

START_TEST(a_parent_that_is_referred_to_is_emptied_and_goes_with_the_last)
{
	struct house *h;
	json_t *o;

	make_orders(&h, ORDERS(""), _i);
	o = house_purge(h, "2024-01-01T00:00:00Z");
	ck_assert_int_eq(house_count(o, "orders", "orders", "deleted"), 2);
	ck_assert_int_eq(house_count(o, "buyers", "buyers", "deleted"), 1);
	ck_assert_int_eq(house_count(o, "buyers", "buyers", "minimised"), 1);
	ck_assert_int_eq(house_count(o, "buyers", "buyers", "waiting"), 0);
	json_decref(o);
	ck_assert_int_eq(
	    house_number(h, "SELECT count(*) FROM orders JOIN buyers ON"
			    " buyers.id = buyer WHERE name IS NULL"),
	    1);
	o = house_purge(h, "2024-01-02T00:00:00Z");
	ck_assert_int_eq(house_count(o, "buyers", "buyers", "due"), 0);
	ck_assert_int_eq(house_count(o, "buyers", "buyers", "retain"), 1);
	json_decref(o);
	o = house_purge(h, "2025-06-02T00:00:00Z");
	ck_assert_int_eq(house_count(o, "orders", "orders", "deleted"), 1);
	json_decref(o);
	o = house_purge(h, "2025-06-02T00:00:00Z");
	json_decref(o);
	ck_assert_int_eq(house_number(h, "SELECT count(*) FROM buyers"), 0);
	house_free(h);
}
END_TEST

START_TEST(a_parent_that_waits_stays_whole)
{
	struct house *h;
	json_t *o;

	make_orders(&h, ORDERS("    on_referenced: wait\n"), _i);
	o = house_purge(h, "2024-01-01T00:00:00Z");
	ck_assert_int_eq(house_count(o, "buyers", "buyers", "deleted"), 1);
	ck_assert_int_eq(house_count(o, "buyers", "buyers", "minimised"), 0);
	ck_assert_int_eq(house_count(o, "buyers", "buyers", "waiting"), 1);
	ck_assert_int_eq(json_int(o, "overdue"), 1);
	json_decref(o);
	ck_assert_int_eq(
	    house_number(h, "SELECT count(*) FROM buyers WHERE name = 'Aki'"),
	    1);
	house_free(h);
}
END_TEST

/* ---- suspensions ---- */

static void suspend(struct house *h, const char *key, enum suspension_kind kind)
{
	const struct suspension_place place = { "vehicles", "technical" };
	struct db *db = h->in.stores[0].db;
	const struct val k = TEXT(key);

	MUST(db_begin(db, DB_WRITE) == ST_OK, "%s", status_text());
	MUST(suspension_add(db, &place, key ? &k : NULL, 1, key ? "H-1" : "H-2",
		 kind) == ST_OK,
	    "%s", status_text());
	MUST(db_commit(db) == ST_OK, "%s", status_text());
}

START_TEST(a_part_that_is_held_keeps_the_row)
{
	struct house *h = house_new(vehicles, field_clusters, vehicles_table);
	const json_t *part;
	json_t *o;

	house_sql(h, "INSERT INTO vehicles VALUES"
		     " ('A', 'i3', 'red', '2020-01-01', '2021-01-01', 'Aki'),"
		     " ('B', 'i4', 'blue', '2020-01-01', '2021-01-01', 'Bo');");
	suspend(h, "A", _i ? SUSPENSION_HOLD : SUSPENSION_RESTRICTION);
	o = house_purge(h, "2025-01-01T00:00:00Z");
	ck_assert_int_eq(
	    house_count(o, "technical", "vehicles", _i ? "held" : "restricted"),
	    1);
	ck_assert_int_eq(house_count(o, "sales", "vehicles", "deleted"), 1);
	ck_assert_int_eq(house_count(o, "sales", "vehicles", "minimised"), 1);
	ck_assert_int_eq(
	    house_count(o, "technical", "vehicles", "minimised"), 0);
	json_decref(o);
	ck_assert_int_eq(
	    house_number(h, "SELECT count(*) FROM vehicles WHERE vin = 'A'"
			    " AND model = 'i3' AND nickname IS NULL"),
	    1);
	o = house_explain(h, "vehicles", "A", "2025-01-01T00:00:00Z");
	part = json_array_get(json_object_get(o, "parts"), 0);
	ck_assert_str_eq(
	    json_text(part, "verdict"), _i ? "HELD" : "RESTRICTED");
	ck_assert_uint_eq(
	    json_array_size(json_object_get(part, "suspensions")), 1);
	json_decref(o);
	house_free(h);
}
END_TEST

START_TEST(a_cluster_that_is_held_is_left_alone)
{
	struct house *h = house_new(vehicles, field_clusters, vehicles_table);
	json_t *o;

	house_sql(h, "INSERT INTO vehicles VALUES"
		     " ('A', 'i3', 'red', '2020-01-01', '2021-01-01', 'Aki'),"
		     " ('B', 'i4', 'blue', '2020-01-01', '2021-01-01', 'Bo');");
	suspend(h, NULL, SUSPENSION_HOLD);
	o = house_purge(h, "2025-01-01T00:00:00Z");
	ck_assert_int_eq(house_count(o, "technical", "vehicles", "held"), 2);
	ck_assert_int_eq(house_count(o, "sales", "vehicles", "minimised"), 2);
	json_decref(o);
	ck_assert_int_eq(house_number(h, "SELECT count(*) FROM vehicles"
					 " WHERE model IS NOT NULL"),
	    2);
	house_free(h);
}
END_TEST

/* ---- paths ---- */

static const char chain[] = "    collections:\n" COLLECTION("parts") KEY("id")
    REFERS("job", "jobs.id") COLLECTION("jobs") KEY("id")
	REFERS("car", "cars.id") FIELD("done_on", "user.behavior")
	    COLLECTION("cars") KEY("id") FIELD("ended_on", "user.behavior");
static const char through_jobs[] =
    "starting_points:\n"
    "  ended: {kind: end_of_process, at: shop.cars.ended_on, null_means: "
    "open}\n"
    "  done: {kind: end_of_process, at: done_on, null_means: open}\n"
    "clusters:\n"
    "  cars:\n"
    "    covers: [shop.parts, shop.cars]\n"
    "    purposes: [sale]\n"
    "    deletion_rule: {starting_point: ended, regular_deletion_period: "
    "P1Y}\n"
    "  jobs:\n"
    "    covers: [shop.jobs]\n"
    "    purposes: [claims]\n"
    "    deletion_rule: {starting_point: done, regular_deletion_period: "
    "P1Y}\n";
static const char chain_tables[] =
    "CREATE TABLE parts (id TEXT PRIMARY KEY NOT NULL, job TEXT);"
    "CREATE TABLE jobs (id TEXT PRIMARY KEY NOT NULL, car TEXT, done_on DATE);"
    "CREATE TABLE cars (id TEXT PRIMARY KEY NOT NULL, ended_on DATE);";

START_TEST(a_path_through_what_may_go_first_is_named)
{
	struct house *h = house_new(chain, through_jobs, chain_tables);
	const json_t *warning;
	struct schedule s;
	json_t *o = NULL;
	size_t i, n = 0;

	ck_assert_int_eq(schedule_init(&s, &h->in, NULL, &h->in.diag), ST_OK);
	MUST(check_json(&h->in, &s, CHECK_RULES, &o) == ST_OK, "%s",
	    status_text());
	json_array_foreach(json_object_get(o, "warnings"), i, warning) n +=
	    strstr(json_string_value(warning),
		"`shop.parts` reaches its starting point through `jobs`") !=
	    NULL;
	ck_assert_uint_eq(n, 1);
	json_decref(o);
	schedule_release(&s);
	house_free(h);
}
END_TEST

Suite *retention_suite(void)
{
	Suite *s = suite_create("retention");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, the_last_purpose_ends_the_record);
	tcase_add_test(t, a_row_goes_with_its_last_field);
	tcase_add_loop_test(t,
	    a_parent_that_is_referred_to_is_emptied_and_goes_with_the_last, 0,
	    4);
	tcase_add_loop_test(t, a_parent_that_waits_stays_whole, 0, 4);
	tcase_add_loop_test(t, a_part_that_is_held_keeps_the_row, 0, 2);
	tcase_add_test(t, a_cluster_that_is_held_is_left_alone);
	tcase_add_test(t, a_path_through_what_may_go_first_is_named);
	suite_add_tcase(s, t);
	return s;
}
