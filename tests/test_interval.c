/*
 * `valid` in the reference paths of rules: a record runs from the end of the
 * holder of its time, and of no other.  Guards invariants 1 and 4.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/plan/check.h"
#include "tests/house.h"
#include "tests/suites.h"

#define PAST(name) FIELD(name, "user.behavior")
#define HELD_RIDE                                                          \
	"          - name: vin\n"                                          \
	"            data_categories: [user.unique_id]\n"                  \
	"            fides_meta: {references: [{dataset: shop, field: "    \
	"holdings.vin, direction: from}]}\n"                               \
	"            lethe: {valid: {at: day, from: shop.holdings.since, " \
	"until: shop.holdings.until}}\n"
static const char dataset[] =
    "    collections:\n" COLLECTION("contracts") KEY("id") PAST("ends_on")
	COLLECTION("holdings") KEY("id") FIELD("vin", "user.unique_id")
	    REFERS("contract", "contracts.id") PAST("since") PAST("until")
		COLLECTION("rides") KEY("id") HELD_RIDE PAST("day");

#define POLICY(more)                                              \
	"starting_points:\n"                                      \
	"  contract_end: {kind: end_of_relationship, "            \
	"at: shop.contracts.ends_on, null_means: open" more "}\n" \
	"clusters:\n"                                             \
	"  contracts:\n"                                          \
	"    covers: [shop.contracts]\n"                          \
	"    purposes: [sale]\n"                                  \
	"    deletion_rule: {unlimited: kept for the test}\n"     \
	"  holdings:\n"                                           \
	"    covers: [shop.holdings]\n"                           \
	"    purposes: [sale]\n"                                  \
	"    deletion_rule: {starting_point: contract_end, "      \
	"regular_deletion_period: P6M}\n"                         \
	"  rides:\n"                                              \
	"    covers: [shop.rides]\n"                              \
	"    purposes: [claims]\n"                                \
	"    deletion_rule: {starting_point: contract_end, "      \
	"regular_deletion_period: P1M}\n"
static const char policy[] = POLICY("");

#define TABLES(at, bound)                                                \
	"CREATE TABLE contracts (id TEXT PRIMARY KEY NOT NULL,"          \
	" ends_on DATE);"                                                \
	"CREATE TABLE holdings (id TEXT PRIMARY KEY NOT NULL, vin TEXT," \
	" contract TEXT, since " bound ", until " bound ");"             \
	"CREATE TABLE rides (id TEXT PRIMARY KEY NOT NULL, vin TEXT,"    \
	" day " at ");"

/* Whose contract is over, and whose is not. */
#define CONTRACTS                                            \
	"INSERT INTO contracts VALUES ('A', '2020-01-31'), " \
	"('B', NULL);"

enum form { FORM_DATES, FORM_INSTANTS, FORM_SECONDS, FORMS };
static const char *const tables[FORMS] = { TABLES("DATE", "DATE"),
	TABLES("TEXT", "TEXT"), TABLES("INTEGER", "INTEGER") };
static const char *const forms[FORMS] = { NULL,
	"UPDATE rides SET day = day || 'T00:00:00Z';"
	"UPDATE holdings SET since = since || 'T00:00:00Z',"
	" until = until || 'T00:00:00Z';",
	"UPDATE rides SET day = unixepoch(day);"
	"UPDATE holdings SET since = unixepoch(since),"
	" until = unixepoch(until);" };

static void expect(struct house *h, const char *ride, const char *verdict)
{
	json_t *o = house_explain(h, "rides", ride, "2020-06-01T00:00:00Z");

	ck_assert_msg(strcmp(json_text(o, "verdict"), verdict) == 0,
	    "ride %s: %s, expected %s", ride, json_text(o, "verdict"), verdict);
	json_decref(o);
}

/* Holdings and rides of one vehicle; what is to become of each ride, in order:
 * with A it is over, with B it is open. */
static const struct {
	const char *holdings;
	const char *rides;
	const char *verdicts[4];
} cases[] = {
	/* back to back: the day of the hand-over is the next holder's */
	{ "('h1', 'V', 'A', '2019-01-01', '2020-01-31'),"
	  " ('h2', 'V', 'B', '2020-01-31', NULL)",
	    "('0', 'V', '2019-01-01'), ('1', 'V', '2020-01-30'),"
	    " ('2', 'V', '2020-01-31'), ('3', 'V', '2020-05-01')",
	    { "OVERDUE", "OVERDUE", "ACTIVE", "ACTIVE" } },
	/* the other way round */
	{ "('h1', 'V', 'B', '2019-01-01', '2019-06-01'),"
	  " ('h2', 'V', 'A', '2019-06-01', '2020-01-31')",
	    "('0', 'V', '2019-05-31'), ('1', 'V', '2019-06-01')",
	    { "ACTIVE", "OVERDUE" } },
	/* overlapping: the later of both */
	{ "('h1', 'V', 'A', '2019-01-01', '2020-01-31'),"
	  " ('h2', 'V', 'B', '2020-01-01', NULL)",
	    "('0', 'V', '2019-12-31'), ('1', 'V', '2020-01-01'),"
	    " ('2', 'V', '2020-01-31')",
	    { "OVERDUE", "ACTIVE", "ACTIVE" } },
	/* a gap: nobody's, and open as where there is no holder at all */
	{ "('h1', 'V', 'A', '2019-01-01', '2019-06-01'),"
	  " ('h2', 'V', 'A', '2019-09-01', '2020-01-31')",
	    "('0', 'V', '2019-05-31'), ('1', 'V', '2019-07-01'),"
	    " ('2', 'V', '2019-09-01'), ('3', 'V', '2020-02-01')",
	    { "OVERDUE", "ACTIVE", "OVERDUE", "ACTIVE" } },
	/* since ever, and still; without a time, nobody's */
	{ "('h1', 'V', 'A', NULL, '2019-06-01'), ('h2', 'V', 'B', NULL, NULL),"
	  " ('h3', 'W', 'A', NULL, NULL)",
	    "('0', 'V', '1970-01-02'), ('1', 'W', '1970-01-02'),"
	    " ('2', 'W', NULL), ('3', 'W', '2020-05-05')",
	    { "ACTIVE", "OVERDUE", "ACTIVE", "OVERDUE" } },
};
#define CASES (int)(sizeof(cases) / sizeof(cases[0]))

static struct house *world(
    enum form form, const char *holdings, const char *rides)
{
	struct house *h = house_new(dataset, policy, tables[form]);
	char text[1000];

	(void)snprintf(text, sizeof(text),
	    CONTRACTS "INSERT INTO holdings VALUES %s;"
		      "INSERT INTO rides VALUES %s;%s",
	    holdings, rides, forms[form] ? forms[form] : "");
	house_sql(h, text);
	return h;
}

START_TEST(a_record_runs_from_the_holder_of_its_time)
{
	int at = _i / FORMS;
	struct house *h =
	    world((enum form)(_i % FORMS), cases[at].holdings, cases[at].rides);
	long long left = 0;
	char ride[2] = "0";
	json_t *o;

	for (int i = 0; i < 4 && cases[at].verdicts[i]; i++) {
		ride[0] = (char)('0' + i);
		expect(h, ride, cases[at].verdicts[i]);
		left += strcmp(cases[at].verdicts[i], "ACTIVE") == 0;
	}
	o = house_purge(h, "2020-06-01T00:00:00Z");
	json_decref(o);
	ck_assert_int_eq(house_number(h, "SELECT count(*) FROM rides"), left);
	house_free(h);
}
END_TEST

START_TEST(within_one_second_fractions_count)
{
	struct house *h = house_new(dataset, policy, tables[FORM_INSTANTS]);

	house_sql(h,
	    CONTRACTS "INSERT INTO holdings VALUES"
		      " ('h1', 'V', 'A', NULL, '2020-01-31T00:00:00.5Z'),"
		      " ('h2', 'V', 'B', '2020-01-31T00:00:00.5Z', NULL);"
		      "INSERT INTO rides VALUES"
		      " ('0', 'V', '2020-01-31T00:00:00Z'),"
		      " ('1', 'V', '2020-01-31T00:00:00.25Z'),"
		      " ('2', 'V', '2020-01-31T00:00:00.5Z'),"
		      " ('3', 'V', '2020-01-31T00:00:01Z');");
	expect(h, "0", "OVERDUE");
	expect(h, "1", "OVERDUE");
	expect(h, "2", "ACTIVE");
	expect(h, "3", "ACTIVE");
	house_free(h);
}
END_TEST

/* Nobody knows at which hour of its day a date lies. */
START_TEST(what_does_not_compare_keeps)
{
	struct house *h = house_new(dataset, policy, tables[FORM_INSTANTS]);

	house_sql(h, CONTRACTS "INSERT INTO holdings VALUES"
			       " ('h1', 'V', 'A', NULL, '2020-01-31'),"
			       " ('h2', 'V', 'B', '2020-01-31', NULL);"
			       "INSERT INTO rides VALUES"
			       " ('0', 'V', '2020-01-15'),"
			       " ('1', 'V', '2020-01-15T00:00:00Z');");
	expect(h, "0", "OVERDUE");
	expect(h, "1", "ACTIVE");
	house_free(h);
}
END_TEST

/* Of a holding that is gone nothing says whose time it was: what ran from it,
 * what was nobody's, and what comes in late is not ended by it. */
START_TEST(nothing_is_ended_by_a_holding_that_is_gone)
{
	struct house *h = world(FORM_DATES,
	    "('h1', 'V', 'A', '2019-01-01', '2020-01-31'),"
	    " ('h2', 'V', 'B', '2020-01-31', NULL)",
	    "('0', 'V', '2020-05-01')");
	json_t *o;

	o = house_purge(h, "2020-08-15T00:00:00Z");
	ck_assert_int_eq(house_count(o, "holdings", "holdings", "deleted"), 1);
	json_decref(o);
	house_sql(h, "INSERT INTO rides VALUES ('1', 'V', '2019-05-05'),"
		     " ('2', 'V', '2018-05-05');");
	expect(h, "0", "ACTIVE");
	expect(h, "1", "ACTIVE");
	expect(h, "2", "ACTIVE");
	o = house_purge(h, "2020-08-25T00:00:00Z");
	ck_assert_int_eq(house_count(o, "rides", "rides", "deleted"), 0);
	json_decref(o);
	ck_assert_int_eq(
	    house_number(h, "SELECT count(*) FROM lethe_starting_point"), 0);
	house_free(h);
}
END_TEST

START_TEST(holders_that_may_go_first_are_named)
{
	struct house *h = house_new(dataset, policy, tables[FORM_DATES]);
	const json_t *one;
	struct schedule s;
	json_t *o = NULL;
	size_t i, found = 0;

	ck_assert_int_eq(schedule_init(&s, &h->in, NULL, &h->in.diag), ST_OK);
	ck_assert_int_eq(check_json(&h->in, &s, CHECK_RULES, &o), ST_OK);
	json_array_foreach(json_object_get(o, "warnings"), i, one) found +=
	    strstr(json_string_value(one),
		"keep `holdings` longer than `rides`") != NULL;
	ck_assert_uint_eq(found, 1);
	json_decref(o);
	schedule_release(&s);
	house_free(h);
}
END_TEST

/* The other way: a holding runs from the last ride of its own time. */
static const char by_rides[] =
    "starting_points:\n"
    "  last_ride: {kind: collection, at: shop.rides.day}\n"
    "clusters:\n"
    "  contracts:\n"
    "    covers: [shop.contracts]\n"
    "    purposes: [sale]\n"
    "    deletion_rule: {unlimited: kept for the test}\n"
    "  rides:\n"
    "    covers: [shop.rides]\n"
    "    purposes: [claims]\n"
    "    deletion_rule: {unlimited: kept for the test}\n"
    "  holdings:\n"
    "    covers: [shop.holdings]\n"
    "    purposes: [sale]\n"
    "    deletion_rule: {starting_point: last_ride, "
    "regular_deletion_period: P1M}\n";

START_TEST(a_holder_runs_from_the_records_of_its_time)
{
	struct house *h = house_new(dataset, by_rides, tables[_i]);
	json_t *o;

	house_sql(h, "INSERT INTO holdings VALUES"
		     " ('h1', 'V', 'A', '2019-01-01', '2020-01-31'),"
		     " ('h2', 'V', 'B', '2020-01-31', NULL),"
		     " ('h3', 'W', 'B', '2020-01-31', NULL);"
		     "INSERT INTO rides VALUES ('0', 'V', '2019-05-05'),"
		     " ('1', 'V', '2020-05-20'), ('2', 'W', '2020-01-30');");
	if (forms[_i])
		house_sql(h, forms[_i]);
	o = house_purge(h, "2020-06-01T00:00:00Z");
	ck_assert_int_eq(house_count(o, "holdings", "holdings", "deleted"), 1);
	ck_assert_int_eq(house_count(o, "holdings", "holdings", "retain"), 1);
	ck_assert_int_eq(
	    house_count(o, "holdings", "holdings", "undecided"), 1);
	json_decref(o);
	ck_assert_int_eq(
	    house_number(h, "SELECT count(*) FROM holdings WHERE id = 'h1'"),
	    0);
	house_free(h);
}
END_TEST

/* ---- what is refused ---- */

static const struct {
	const char *policy;
	const char *tables;
	const char *says;
} refused[] = {
	{ policy, TABLES("TEXT", "DATE"),
	    "compares `day` (instants as text), `since` (dates) and `until` "
	    "(dates)" },
	{ policy, TABLES("INTEGER", "DATE"), "`day` (Unix seconds)" },
	{ POLICY(", pick: earliest"), TABLES("DATE", "DATE"),
	    "say `pick: latest`" },
};

START_TEST(what_could_end_too_early_is_refused)
{
	char *said =
	    house_refused(dataset, refused[_i].policy, refused[_i].tables);

	ck_assert_msg(strstr(said, refused[_i].says) != NULL, "%s", said);
	ck_assert_msg(strstr(said, "policy.yml:9:") != NULL, "%s", said);
	free(said);
}
END_TEST

/* ---- what ingest checks ---- */

START_TEST(ingest_checks_the_bounds_as_times)
{
	struct house *h = house_new(dataset, policy, tables[FORM_DATES]);
	const struct dataset *ds = h->in.stores[0].dataset;
	const char **list = NULL;
	size_t count = 0;

	ck_assert_int_eq(installation_times(&h->in, &h->in.stores[0],
			     dataset_collection(ds, "holdings"), &list, &count),
	    ST_OK);
	ck_assert_uint_eq(count, 2);
	ck_assert_str_eq(list[0], "since");
	ck_assert_str_eq(list[1], "until");
	free(list);
	house_free(h);
}
END_TEST

Suite *interval_suite(void)
{
	Suite *s = suite_create("interval");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(
	    t, a_record_runs_from_the_holder_of_its_time, 0, CASES * FORMS);
	tcase_add_test(t, within_one_second_fractions_count);
	tcase_add_test(t, what_does_not_compare_keeps);
	tcase_add_test(t, holders_that_may_go_first_are_named);
	tcase_add_test(t, nothing_is_ended_by_a_holding_that_is_gone);
	tcase_add_loop_test(
	    t, a_holder_runs_from_the_records_of_its_time, 0, FORMS);
	tcase_add_loop_test(t, what_could_end_too_early_is_refused, 0, 3);
	tcase_add_test(t, ingest_checks_the_bounds_as_times);
	suite_add_tcase(s, t);
	return s;
}
