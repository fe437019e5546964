/*
 * Clusters that are de-identified, whole runs: what changes, once, and what
 * must not.  Guards invariants 3 (evidence) and 4 (the same answer everywhere);
 * the methods are tests/test_transform.c's, their checks tests/test_reduce.c's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/house.h"
#include "tests/suites.h"

/* ---- de-identification ---- */

static const char rides[] = "    collections:\n" COLLECTION("rides") KEY("id")
    FIELD("rider", "user.name") FIELD("lat", "user.location")
	FIELD("ended_on", "user.behavior") FIELD("vin", "user.unique_id");
static const char de_identified[] =
    "starting_points:\n"
    "  ended: {kind: collection, at: ended_on}\n"
    "clusters:\n"
    "  rides:\n"
    "    covers: [shop.rides]\n"
    "    purposes: [sale]\n"
    "    deletion_rule: {starting_point: ended, regular_deletion_period: "
    "P4W}\n"
    "    action: {de_identify: {rider: null, vin: keyed_hash, lat: {round: "
    "1}}}\n";
static const char rides_table[] =
    "CREATE TABLE rides (id TEXT PRIMARY KEY NOT NULL, rider TEXT, lat REAL,"
    " ended_on DATE NOT NULL, vin TEXT NOT NULL);";

START_TEST(what_is_de_identified_stays_and_is_done_once)
{
	struct house *h = house_new(rides, de_identified, rides_table);
	json_t *o;

	house_sql(h, "INSERT INTO rides VALUES"
		     " ('1', 'Aki', 35.6812, '2024-01-01', 'WBA1'),"
		     " ('2', 'Bo', 35.71, '2024-01-02', 'WBA1'),"
		     " ('3', 'Chi', 35.71, '2024-12-31', 'WBA2');");
	o = house_purge(h, "2025-01-01T00:00:00Z");
	ck_assert_int_eq(house_count(o, "rides", "rides", "de_identified"), 2);
	ck_assert_int_eq(house_count(o, "rides", "rides", "deleted"), 0);
	ck_assert_str_eq(
	    json_text(
		json_array_get(json_object_get(o, "clusters"), 0), "label"),
	    "pseudonymised");
	json_decref(o);
	o = house_explain(h, "rides", "1", "2025-01-01T00:00:00Z");
	ck_assert_str_eq(json_text(o, "label"), "pseudonymised");
	json_decref(o);
	o = house_explain(h, "rides", "3", "2025-01-01T00:00:00Z");
	ck_assert(json_is_null(json_object_get(o, "label")));
	json_decref(o);
	o = house_purge(h, "2025-01-01T00:00:00Z");
	ck_assert_int_eq(house_count(o, "rides", "rides", "due"), 0);
	ck_assert_int_eq(house_count(o, "rides", "rides", "retain"), 3);
	json_decref(o);
	ck_assert_int_eq(
	    house_number(h, "SELECT count(*) FROM rides WHERE rider IS NULL"
			    " AND lat = 35.7 AND length(vin) = 32"),
	    2);
	ck_assert_int_eq(
	    house_number(h, "SELECT count(DISTINCT vin) FROM rides"), 2);
	ck_assert_int_eq(
	    house_number(h, "SELECT sum(records) FROM lethe_evidence"
			    " WHERE action = 'de_identify'"),
	    2);
	house_free(h);
}
END_TEST

/* The design's own example: by what is hashed the rule found its end. */
static const char scrapped_rides[] =
    "    collections:\n" COLLECTION("rides") KEY("id") REFERS("vin", "cars.vin")
	FIELD("note", "user.behavior") COLLECTION("cars") KEY("vin")
	    FIELD("scrapped_on", "user.behavior") COLLECTION("tolls") KEY("id")
		REFERS("ride", "rides.id") FIELD("fee", "user.behavior");
#define SCRAPPED(rides, more)                                             \
	"starting_points:\n"                                              \
	"  scrapped: {kind: end_of_process, at: shop.cars.scrapped_on}\n" \
	"clusters:\n"                                                     \
	"  cars:\n"                                                       \
	"    covers: [shop.cars]\n"                                       \
	"    purposes: [sale]\n"                                          \
	"    deletion_rule: {unlimited: kept for the test}\n"             \
	"  rides:\n"                                                      \
	"    covers: [" rides "]\n"                                       \
	"    purposes: [sale]\n"                                          \
	"    deletion_rule: {starting_point: scrapped, "                  \
	"regular_deletion_period: P4W}\n"                                 \
	"    action: {de_identify: {vin: keyed_hash, note: null}}\n" more
#define MORE(name, covers)                               \
	"  " name ":\n"                                  \
	"    covers: [" covers "]\n"                     \
	"    purposes: [sale]\n"                         \
	"    deletion_rule: {starting_point: scrapped, " \
	"regular_deletion_period: P4W}\n"
static const char scrapped_tables[] =
    "CREATE TABLE rides (id TEXT PRIMARY KEY NOT NULL, vin TEXT, note TEXT);"
    "CREATE TABLE cars (vin TEXT PRIMARY KEY NOT NULL, scrapped_on DATE);"
    "CREATE TABLE tolls (id TEXT PRIMARY KEY NOT NULL, ride TEXT, fee TEXT);";

START_TEST(what_leads_to_the_end_may_change_with_it)
{
	struct house *h = house_new(scrapped_rides,
	    SCRAPPED("shop.rides",
		"  tolls:\n"
		"    covers: [shop.tolls]\n"
		"    purposes: [sale]\n"
		"    deletion_rule: {unlimited: kept for the test}\n"),
	    scrapped_tables);
	json_t *o;

	house_sql(h, "INSERT INTO cars VALUES ('V1', '2024-01-01'),"
		     " ('V2', '2024-12-31');"
		     "INSERT INTO rides VALUES ('1', 'V1', 'x'),"
		     " ('2', 'V2', 'y'), ('3', 'V9', 'z');");
	o = house_purge(h, "2025-01-01T00:00:00Z");
	ck_assert_int_eq(house_count(o, "rides", "rides", "de_identified"), 1);
	ck_assert_int_eq(house_count(o, "rides", "rides", "undecided"), 1);
	json_decref(o);
	ck_assert_int_eq(
	    house_number(h, "SELECT count(*) FROM rides WHERE id = '1'"
			    " AND length(vin) = 32 AND note IS NULL"),
	    1);
	/* It is done with: nobody misses the car. */
	o = house_purge(h, "2025-01-01T00:00:00Z");
	ck_assert_int_eq(house_count(o, "rides", "rides", "due"), 0);
	ck_assert_int_eq(house_count(o, "rides", "rides", "undecided"), 1);
	ck_assert_int_eq(house_count(o, "rides", "rides", "active"), 0);
	ck_assert_int_eq(house_count(o, "rides", "rides", "retain"), 2);
	json_decref(o);
	o = house_explain(h, "rides", "1", "2025-01-01T00:00:00Z");
	ck_assert_str_eq(json_text(o, "verdict"), "RETAIN");
	ck_assert_str_eq(
	    json_string_value(json_array_get(json_object_get(o, "reasons"), 0)),
	    "it was de-identified: pseudonymised");
	json_decref(o);
	o = house_explain(h, "rides", "3", "2025-01-01T00:00:00Z");
	ck_assert_str_eq(json_text(o, "verdict"), "UNDECIDED");
	json_decref(o);
	house_free(h);
}
END_TEST

/* Another rule finds its end by the column: that of what refers to the record,
 * that of another part of it; or the rule's own, where the row is to go. */
static const char *const needed[] = {
	SCRAPPED("shop.rides", MORE("tolls", "shop.tolls")),
	SCRAPPED("shop.rides.vin, shop.rides.note",
	    MORE("base", "shop.rides, shop.tolls")),
};

START_TEST(what_leads_others_to_their_end_stays)
{
	char *said = house_refused(scrapped_rides, needed[_i], scrapped_tables);

	ck_assert_msg(strstr(said, "`vin: keyed_hash` of `shop.rides`: the "
				   "rule of `") != NULL,
	    "%s", said);
	free(said);
}
END_TEST

/* The key itself identifies: the record is known by its hash from then on. */
static const char trips[] = "    collections:\n" COLLECTION(
    "trips") "          - {name: vin, data_categories: [user.unique_id], fides_meta: "
	     "{primary_key: true}}\n" FIELD("km", "user.behavior")
		 FIELD("ended_on", "user.behavior");
static const char hashed_key[] =
    "starting_points:\n"
    "  ended: {kind: collection, at: ended_on}\n"
    "clusters:\n"
    "  trips:\n"
    "    covers: [shop.trips]\n"
    "    purposes: [sale]\n"
    "    deletion_rule: {starting_point: ended, regular_deletion_period: "
    "P4W}\n"
    "    action: {de_identify: {vin: keyed_hash}}\n";
static const char trips_table[] =
    "CREATE TABLE trips (vin TEXT PRIMARY KEY NOT NULL, km INTEGER,"
    " ended_on DATE NOT NULL)%s;";

START_TEST(a_key_that_identifies_is_hashed_once)
{
	char table[200];
	struct house *h;
	json_t *o;

	(void)snprintf(
	    table, sizeof(table), trips_table, _i ? " WITHOUT ROWID" : "");
	h = house_new(trips, hashed_key, table);
	house_sql(h, "INSERT INTO trips VALUES ('WBA1', 7, '2024-01-01'),"
		     " ('WBA2', 8, '2024-01-02'), ('WBA3', 9, '2024-12-31');");
	o = house_purge(h, "2025-01-01T00:00:00Z");
	ck_assert_int_eq(house_count(o, "trips", "trips", "de_identified"), 2);
	json_decref(o);
	o = house_purge(h, "2025-01-02T00:00:00Z");
	ck_assert_int_eq(house_count(o, "trips", "trips", "due"), 0);
	json_decref(o);
	ck_assert_int_eq(house_number(h, "SELECT count(*) FROM trips"
					 " WHERE length(vin) = 32 AND km < 9"),
	    2);
	o = house_purge(h, "2025-03-02T00:00:00Z");
	ck_assert_int_eq(house_count(o, "trips", "trips", "de_identified"), 1);
	json_decref(o);
	ck_assert_int_eq(
	    house_number(h, "SELECT count(*) FROM lethe_reduced AS r"
			    " JOIN trips ON vin = k1"),
	    3);
	house_free(h);
}
END_TEST

Suite *deidentified_suite(void)
{
	Suite *s = suite_create("deidentified");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, what_is_de_identified_stays_and_is_done_once);
	tcase_add_test(t, what_leads_to_the_end_may_change_with_it);
	tcase_add_loop_test(t, what_leads_others_to_their_end_stays, 0, 2);
	tcase_add_loop_test(t, a_key_that_identifies_is_hashed_once, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
