/* engine/plan/reach.c, identity.c: which records are a person's */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/plan/identity.h"
#include "engine/plan/reach.h"
#include "engine/store/sqlite.h"
#include "tests/reach_site.h"

static struct reach_site site;

static void tear_down(void) { reach_site_release(&site); }

/* ---- identities ---- */

static const struct {
	const char *kind, *text, *want;
} forms[] = {
	{ "email", " Taro@Example.JP\n", "taro@example.jp" },
	{ "customer_id", " C1 ", "C1" },
	{ "customer_id", "c1", "c1" },
	{ "customer_id", "", "" },
	{ "customer_id", "0", "0" },
	{ "phone_number", "+81 (0)90-1234.5678", "+8109012345678" },
	{ "phone_number", "090-1234-5678", "09012345678" },
	/* KA and a combining mark are GA; case stays outside of ASCII. */
	{ "name", "\xe3\x81\x8b\xe3\x82\x99", "\xe3\x81\x8c" },
	{ "email", "\xc3\x89@x.fr", "\xc3\x89@x.fr" },
};

START_TEST(an_identity_has_one_form)
{
	struct buf b = BUF_INIT;

	ck_assert_int_eq(identity_canonical(forms[_i].kind, forms[_i].text,
			     strlen(forms[_i].text), &b),
	    ST_OK);
	ck_assert_str_eq(buf_text(&b), forms[_i].want);
	buf_release(&b);
}
END_TEST

START_TEST(what_is_not_text_is_no_identity)
{
	struct buf b = BUF_INIT;

	ck_assert_int_eq(
	    identity_canonical("email", "a\xff", 2, &b), ST_INVALID);
	ck_assert_int_eq(
	    identity_canonical("email", "a\0b", 3, &b), ST_INVALID);
	buf_release(&b);
}
END_TEST

START_TEST(an_identity_matches_exactly_in_canonical_form)
{
	reach_site_init(&site,
	    "one.people: id ! @customer_id, email TEXT @email, "
	    "phone TEXT @phone_number, name TEXT @name\n"
	    "two.numbers: id INTEGER ! @number\n");
	reach_site_do(&site, 0,
	    "INSERT INTO people VALUES"
	    " ('C1', 'Taro@X.jp', '+81 90-1234-5678', 'a_c%'),"
	    " ('C11', 'taro@x.jp.org', '+8190123456789', 'abc'),"
	    " ('', 'o''hara@x.jp', '', char(12363, 12441)),"
	    " (0, NULL, NULL, NULL)");
	reach_site_do(&site, 1, "INSERT INTO numbers VALUES (0), (12), (120)");
	reach_site_check(&site, "customer_id", "C1", "people:C1");
	reach_site_check(&site, "customer_id", "c1", "");
	reach_site_check(&site, "customer_id", "C", "");
	reach_site_check(&site, "customer_id", "%", "");
	reach_site_check(&site, "customer_id", "", "people:");
	reach_site_check(&site, "customer_id", "0", "people:0");
	reach_site_check(&site, "email", "TARO@x.JP", "people:C1");
	reach_site_check(&site, "email", "taro@x_jp", "");
	reach_site_check(&site, "email", "O'hara@x.jp", "people:");
	reach_site_check(&site, "phone_number", "+819012345678", "people:C1");
	reach_site_check(&site, "phone_number", "", "people:");
	reach_site_check(&site, "name", "a_c%", "people:C1");
	/* One letter here, two there. */
	reach_site_check(&site, "name", "\xe3\x81\x8c", "people:");
	reach_site_check(&site, "number", "12", "numbers:12");
	reach_site_check(&site, "number", "0", "numbers:0");
	reach_site_check(&site, "number", "", "");
}
END_TEST

static enum status refuse(void *ctx, const struct reach_record *r)
{
	int *calls = ctx;

	(void)r;
	++*calls;
	return ST_DENIED;
}

START_TEST(an_unknown_identity_is_said_with_the_nearest)
{
	const struct reach_subject who = { "emial", "secret" };
	int calls = 0;

	reach_site_init(&site, "one.people: id ! @customer_id, email @email\n");
	ck_assert_int_eq(reach_walk(&site.in, &who, refuse, &calls), ST_USAGE);
	ck_assert_ptr_nonnull(strstr(status_text(), "`email`"));
	ck_assert_ptr_null(strstr(status_text(), "secret"));
}
END_TEST

START_TEST(what_the_caller_returns_ends_the_walk)
{
	const struct reach_subject who = { "customer_id", "C1" };
	int calls = 0;

	reach_site_init(&site, "one.people: id ! @customer_id\n"
			       "one.orders: id !, person > one.people.id\n");
	reach_site_do(&site, 0,
	    "INSERT INTO people VALUES ('C1');"
	    "INSERT INTO orders VALUES (1, 'C1')");
	ck_assert_int_eq(reach_walk(&site.in, &who, refuse, &calls), ST_DENIED);
	ck_assert_int_eq(calls, 1);
	ck_assert(!db_in_transaction(site.in.stores[0].db));
}
END_TEST

/* ---- vehicles that change hands ---- */

static const char vehicles[] =
    "one.customers: id TEXT ! @customer_id\n"
    "one.vehicles shared: vin TEXT ! @vin\n"
    "one.holdings: id !, vin TEXT < one.vehicles.vin,"
    " customer TEXT @customer_id > one.customers.id, since, until\n"
    "two.trips: id INTEGER !, vin TEXT > one.holdings.vin"
    " ~ at one.holdings.since one.holdings.until, at\n";

START_TEST(a_trip_is_whose_the_vehicle_was_then)
{
	reach_site_init(&site, vehicles);
	/* A then B, back to back; a gap; C and D at once, D without end. */
	reach_site_do(&site, 0,
	    "INSERT INTO customers VALUES ('A'), ('B'), ('C'), ('D');"
	    "INSERT INTO vehicles VALUES ('V'), ('W');"
	    "INSERT INTO holdings VALUES"
	    " (1, 'V', 'A', NULL, '2024-01-01'),"
	    " (2, 'V', 'B', '2024-01-01', '2024-02-01T00:00:00Z'),"
	    " (3, 'V', 'C', '2024-03-01 00:00:00', 1711929600),"
	    " (4, 'V', 'D', '2024-03-15T00:00:00+09:00', NULL),"
	    " (5, 'V', 'B', 'long ago', NULL)");
	reach_site_do(&site, 1,
	    "INSERT INTO trips VALUES"
	    " (1, 'V', '1999-01-01'),"
	    " (2, 'V', '2023-12-31T14:59:59Z'),"   /* a second before B's day */
	    " (3, 'V', '2023-12-31T15:00:00Z'),"   /* 00:00 in Tokyo */
	    " (4, 'V', '2024-01-31T23:59:59.5Z')," /* rounded up: over */
	    " (5, 'V', '2024-02-01T00:00:00Z'),"   /* nobody's */
	    " (6, 'V', '2024-03-20'),"             /* two holders */
	    " (7, 'V', 1711929600),"               /* C's has just ended */
	    " (8, 'V', NULL), (9, 'V', 'soon'),"
	    " (10, 'W', '2024-03-20'), (11, NULL, '2024-03-20')");
	reach_site_check(&site, "customer_id", "A",
	    "customers:A holdings:1 trips:1 trips:2 vehicles:V*");
	reach_site_check(&site, "customer_id", "B",
	    "customers:B holdings:2 holdings:5 trips:3 vehicles:V*");
	reach_site_check(&site, "customer_id", "C",
	    "customers:C holdings:3 trips:6 vehicles:V*");
	reach_site_check(&site, "customer_id", "D",
	    "customers:D holdings:4 trips:6 trips:7 vehicles:V*");
	reach_site_check(&site, "vin", "V", "vehicles:V*");
}
END_TEST

/* Two holdings of one person that overlap give a trip once. */
START_TEST(a_streamed_record_is_told_once)
{
	reach_site_init(&site, vehicles);
	reach_site_do(&site, 0,
	    "INSERT INTO customers VALUES ('A');"
	    "INSERT INTO holdings VALUES (1, 'V', 'A', 10, 20),"
	    " (2, 'V', 'A', 15, 30), (3, 'V', 'A', 40, NULL)");
	reach_site_do(&site, 1,
	    "INSERT INTO trips VALUES (1, 'V', 10), (2, 'V', 17),"
	    " (3, 'V', 29), (4, 'V', 30), (5, 'V', 40)");
	reach_site_check(&site, "customer_id", "A",
	    "customers:A holdings:1 holdings:2 holdings:3 trips:1 trips:2 "
	    "trips:3 trips:5");
}
END_TEST

/* The interval limits the reference to holdings, not that to owners. */
START_TEST(an_interval_limits_its_own_reference_only)
{
	reach_site_init(&site,
	    "one.people: id ! @customer_id\n"
	    "one.holdings: id !, vin, person > one.people.id, since, until\n"
	    "two.works: id !, vin > one.holdings.vin"
	    " ~ at one.holdings.since one.holdings.until, at,"
	    " payer > one.people.id\n");
	reach_site_do(&site, 0,
	    "INSERT INTO people VALUES ('A'), ('B');"
	    "INSERT INTO holdings VALUES (1, 'V', 'A', 10, 20)");
	reach_site_do(&site, 1,
	    "INSERT INTO works VALUES (1, 'V', 15, 'B'), (2, 'V', 30, 'A'),"
	    " (3, 'V', 30, 'B')");
	reach_site_check(
	    &site, "customer_id", "A", "holdings:1 people:A works:1 works:2");
	reach_site_check(&site, "customer_id", "B", "people:B works:1 works:3");
}
END_TEST

/* ---- references ---- */

START_TEST(rings_and_references_to_oneself_end)
{
	reach_site_init(&site,
	    "one.people: id ! @customer_id, first < one.notes.id\n"
	    "one.notes: id !, person > one.people.id, parent > one.notes.id\n"
	    "two.tags: id !, note > one.notes.id, next > two.tags.id\n");
	reach_site_do(&site, 0,
	    "INSERT INTO people VALUES ('A', 1), ('B', 9);"
	    "INSERT INTO notes VALUES (1, 'A', 3), (2, NULL, 1), (3, NULL, 2),"
	    " (4, NULL, 4), (9, 'B', NULL)");
	reach_site_do(&site, 1,
	    "INSERT INTO tags VALUES (1, 3, 2), (2, NULL, 1), (3, 4, 3),"
	    " (4, 9, 4)");
	reach_site_check(&site, "customer_id", "A",
	    "notes:1 notes:2 notes:3 people:A tags:1 tags:2");
	reach_site_check(&site, "customer_id", "B", "notes:9 people:B tags:4");
}
END_TEST

START_TEST(columns_of_one_reference_are_a_tuple)
{
	reach_site_init(&site,
	    "one.people: id ! @customer_id\n"
	    "one.orders: shop INTEGER !, number TEXT !, person > one.people.id\n"
	    "two.lines: id !, shop TEXT > one.orders.shop,"
	    " number INTEGER > one.orders.number\n");
	reach_site_do(&site, 0,
	    "INSERT INTO people VALUES ('A'), ('B');"
	    "INSERT INTO orders VALUES (1, '1', 'A'), (1, '2', 'B'),"
	    " (2, '1', 'B')");
	/* Other types there: 1 and '1' are one key. */
	reach_site_do(&site, 1,
	    "INSERT INTO lines VALUES (1, 1, 1), (2, 1, 2), (3, 2, 1),"
	    " (4, 2, 2), (5, 1, NULL)");
	reach_site_check(
	    &site, "customer_id", "A", "lines:1 orders:1,1 people:A");
	reach_site_check(&site, "customer_id", "B",
	    "lines:2 lines:3 orders:1,2 orders:2,1 people:B");
}
END_TEST

START_TEST(keys_0_and_empty_are_keys_and_null_is_none)
{
	reach_site_init(&site, "one.people: id INTEGER ! @number, login TEXT\n"
			       "two.orders: id !, person > one.people.id\n"
			       "two.visits: id !, login > one.people.login\n");
	reach_site_do(&site, 0,
	    "INSERT INTO people VALUES (0, ''), (1, NULL), (12, '0')");
	reach_site_do(&site, 1,
	    "INSERT INTO orders VALUES (1, 0), (2, '0'), (3, NULL), (4, 12),"
	    " (5, '12'), (6, 12.0), (7, '012'), (8, '');"
	    "INSERT INTO visits VALUES (1, ''), (2, NULL), (3, 0), (4, '0')");
	reach_site_check(
	    &site, "number", "0", "orders:1 orders:2 people:0 visits:1");
	reach_site_check(&site, "number", "1", "people:1");
	reach_site_check(&site, "number", "12",
	    "orders:4 orders:5 orders:6 people:12 visits:3 visits:4");
}
END_TEST

/* ---- what several people have ---- */

START_TEST(nothing_leads_through_what_is_marked_shared)
{
	reach_site_init(&site,
	    "one.people: id ! @customer_id, address - one.addresses.id\n"
	    "one.addresses shared: id !, street < two.streets.id,"
	    " owner < one.people.id\n"
	    "two.streets shared: id !\n"
	    "two.parcels: id !, address > one.addresses.id\n");
	reach_site_do(&site, 0,
	    "INSERT INTO people VALUES ('A', 1), ('B', 1), ('C', 2);"
	    "INSERT INTO addresses VALUES (1, 7, 'B'), (2, 7, 'C')");
	reach_site_do(&site, 1,
	    "INSERT INTO streets VALUES (7);"
	    "INSERT INTO parcels VALUES (1, 1), (2, 2)");
	reach_site_check(
	    &site, "customer_id", "A", "addresses:1* people:A streets:7*");
	reach_site_check(
	    &site, "customer_id", "C", "addresses:2* people:C streets:7*");
}
END_TEST

START_TEST(nor_through_what_is_shared_unmarked)
{
	reach_site_init(&site,
	    "one.people: id ! @customer_id\n"
	    "one.orders: id !, person > one.people.id,"
	    " shipment < one.shipments.id\n"
	    "one.shipments: id !, lorry < one.lorries.id\n"
	    "one.lorries: id !\n"
	    "two.parcels: id !, shipment > one.shipments.id\n");
	/* Shipment 1 is A's alone, 2 is A's and B's, 3 somebody's too. */
	reach_site_do(&site, 0,
	    "INSERT INTO people VALUES ('A'), ('B');"
	    "INSERT INTO lorries VALUES (5), (6);"
	    "INSERT INTO shipments VALUES (1, 5), (2, 6), (3, 6);"
	    "INSERT INTO orders VALUES (1, 'A', 1), (2, 'A', 1), (3, 'A', 2),"
	    " (4, 'B', 2), (5, 'B', 3), (6, 'nobody', 3)");
	reach_site_do(
	    &site, 1, "INSERT INTO parcels VALUES (1, 1), (2, 2), (3, 3)");
	reach_site_check(&site, "customer_id", "A",
	    "lorries:5 orders:1 orders:2 orders:3 parcels:1 people:A "
	    "shipments:1 shipments:2*");
	reach_site_check(&site, "customer_id", "B",
	    "orders:4 orders:5 people:B shipments:2* shipments:3*");
}
END_TEST

/* Without a direction: both ways, photos being part of the profile. */
START_TEST(a_reference_without_direction_leads_both_ways)
{
	reach_site_init(&site,
	    "one.people: id ! @customer_id, profile - one.profiles.id\n"
	    "one.profiles: id !\n"
	    "two.photos: id !, profile - one.profiles.id\n");
	reach_site_do(&site, 0,
	    "INSERT INTO people VALUES ('A', 1), ('B', 2), ('C', 2);"
	    "INSERT INTO profiles VALUES (1), (2)");
	reach_site_do(&site, 1, "INSERT INTO photos VALUES (1, 1), (2, 2)");
	reach_site_check(
	    &site, "customer_id", "A", "people:A photos:1 profiles:1");
	reach_site_check(&site, "customer_id", "B", "people:B profiles:2*");
}
END_TEST

START_TEST(what_names_somebody_else_is_theirs)
{
	reach_site_init(&site,
	    "one.people: id ! @customer_id, email @email,"
	    " referred_by - one.people.id\n"
	    "one.accounts: id !, person > one.people.id, email @email\n"
	    "one.banks: id !, person @customer_id > one.people.id\n"
	    "two.payments: id !, person @customer_id, bank > one.banks.id\n");
	reach_site_do(&site, 0,
	    "INSERT INTO people VALUES ('A', 'a@x', NULL), ('B', 'b@x', 'A');"
	    "INSERT INTO accounts VALUES (1, 'A', 'other@x'),"
	    " (2, 'B', 'b@x'), (3, 'gone', 'a@x');"
	    "INSERT INTO banks VALUES (1, 'A'), (2, 'gone')");
	reach_site_do(&site, 1,
	    "INSERT INTO payments VALUES (1, 'A', 1), (2, 'B', 1),"
	    " (3, NULL, 1), (4, 'A', NULL), (5, 'gone', NULL)");
	/* A second address is no other person; another number is. */
	reach_site_check(&site, "customer_id", "A",
	    "accounts:1 banks:1 payments:1 payments:3 payments:4 people:A");
	/* By e-mail: the same, and what bears the address. */
	reach_site_check(&site, "email", "A@X",
	    "accounts:1 accounts:3 banks:1 payments:1 payments:3 payments:4 "
	    "people:A");
	/* What outlives the customer is found by the number. */
	reach_site_check(&site, "customer_id", "gone", "banks:2 payments:5");
	reach_site_check(
	    &site, "customer_id", "B", "accounts:2 payments:2 people:B");
}
END_TEST

/* ---- transactions ---- */

static enum status suspend(void *ctx, const struct reach_record *r)
{
	struct db *db = r->store->db;

	(void)ctx;
	return db_exec(db, "INSERT INTO marks VALUES ($1)", ARGS(r->key[0]));
}

START_TEST(the_caller_may_write_beside_the_records)
{
	const struct reach_subject who = { "customer_id", "A" };
	struct db *one, *two;
	int64_t n = 0;
	int i;

	reach_site_init(&site, vehicles);
	one = site.in.stores[0].db;
	two = site.in.stores[1].db;
	reach_site_do(&site, 0,
	    "CREATE TABLE marks (id);"
	    "INSERT INTO customers VALUES ('A');"
	    "INSERT INTO holdings VALUES (1, 'V', 'A', NULL, NULL)");
	reach_site_do(&site, 1, "CREATE TABLE marks (id)");
	for (i = 0; i < 500; i++)
		ck_assert_int_eq(
		    db_exec(two, "INSERT INTO trips VALUES ($1, 'V', $2)",
			ARGS(INT(i), INT(i))),
		    ST_OK);
	ck_assert_int_eq(db_begin(one, DB_WRITE), ST_OK);
	ck_assert_int_eq(db_begin(two, DB_WRITE), ST_OK);
	ck_assert_msg(reach_walk(&site.in, &who, suspend, NULL) == ST_OK, "%s",
	    status_text());
	ck_assert_int_eq(db_commit(one), ST_OK);
	ck_assert_int_eq(db_commit(two), ST_OK);
	ck_assert_int_eq(
	    db_one_int(two, "SELECT count(*) FROM marks", NOARGS, 0, &n),
	    ST_OK);
	ck_assert_int_eq(n, 500);
}
END_TEST

/* ---- costs ---- */

static int64_t steps, scans, statements;

static int profile(unsigned event, void *ctx, void *stmt, void *time)
{
	(void)ctx;
	(void)time;
	if (event != SQLITE_TRACE_PROFILE)
		return 0;
	statements++;
	steps += sqlite3_stmt_status(stmt, SQLITE_STMTSTATUS_VM_STEP, 1);
	scans += sqlite3_stmt_status(stmt, SQLITE_STMTSTATUS_FULLSCAN_STEP, 1);
	return 0;
}

/* ${people} who each have a holding, a vehicle and ten trips. */
static void fill(int people)
{
	struct buf one = BUF_INIT, two = BUF_INIT;
	int i, k;

	reach_site_init(&site, vehicles);
	for (i = 0; i < people; i++) {
		buf_addf(&one,
		    "INSERT INTO customers VALUES ('C%d');"
		    "INSERT INTO vehicles VALUES ('V%d');"
		    "INSERT INTO holdings VALUES (%d, 'V%d', 'C%d', 0, NULL);",
		    i, i, i, i, i);
		for (k = 0; k < 10; k++)
			buf_addf(&two,
			    "INSERT INTO trips VALUES (%d, 'V%d', 1);",
			    10 * i + k, i);
	}
	buf_adds(&one, "CREATE INDEX h1 ON holdings (customer);"
		       "CREATE INDEX h2 ON holdings (vin);");
	buf_adds(&two, "CREATE INDEX t1 ON trips (vin);");
	reach_site_do(&site, 0, buf_text(&one));
	reach_site_do(&site, 1, buf_text(&two));
	buf_release(&one);
	buf_release(&two);
}

static void measure(int people)
{
	char *found;
	int i;

	fill(people);
	steps = scans = statements = 0;
	for (i = 0; i < 2; i++)
		(void)sqlite3_trace_v2(sqlite_of(site.in.stores[i].db)->handle,
		    SQLITE_TRACE_PROFILE, profile, NULL);
	found = reach_site_find(&site, "customer_id", "C7");
	ck_assert_ptr_nonnull(strstr(found, "trips:79 vehicles:V7*"));
	free(found);
}

START_TEST(a_walk_costs_what_the_person_has)
{
	int64_t few, few_statements;

	measure(10);
	few = steps;
	few_statements = statements;
	ck_assert_int_eq(scans, 0);
	ck_assert_int_gt(few, 0);
	reach_site_release(&site);
	measure(2000);
	ck_assert_int_eq(scans, 0);
	ck_assert_int_eq(statements, few_statements);
	ck_assert_int_eq(steps, few);
}
END_TEST

Suite *reach_suite(void)
{
	Suite *s = suite_create("reach");
	TCase *forms_case = tcase_create("forms"), *c = tcase_create("reach");

	tcase_add_loop_test(forms_case, an_identity_has_one_form, 0,
	    sizeof(forms) / sizeof(forms[0]));
	tcase_add_test(forms_case, what_is_not_text_is_no_identity);
	suite_add_tcase(s, forms_case);
	tcase_add_checked_fixture(c, NULL, tear_down);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, an_identity_matches_exactly_in_canonical_form);
	tcase_add_test(c, an_unknown_identity_is_said_with_the_nearest);
	tcase_add_test(c, what_the_caller_returns_ends_the_walk);
	tcase_add_test(c, a_trip_is_whose_the_vehicle_was_then);
	tcase_add_test(c, a_streamed_record_is_told_once);
	tcase_add_test(c, an_interval_limits_its_own_reference_only);
	tcase_add_test(c, rings_and_references_to_oneself_end);
	tcase_add_test(c, columns_of_one_reference_are_a_tuple);
	tcase_add_test(c, keys_0_and_empty_are_keys_and_null_is_none);
	tcase_add_test(c, nothing_leads_through_what_is_marked_shared);
	tcase_add_test(c, nor_through_what_is_shared_unmarked);
	tcase_add_test(c, a_reference_without_direction_leads_both_ways);
	tcase_add_test(c, what_names_somebody_else_is_theirs);
	tcase_add_test(c, the_caller_may_write_beside_the_records);
	tcase_add_test(c, a_walk_costs_what_the_person_has);
	suite_add_tcase(s, c);
	return s;
}
