/* A run that was certified. */
#include "tests/certified.h"

#include <stdlib.h>

#include "tests/suites.h"

static const char collections[] = "    collections:\n" COLLECTION("customers")
    KEY("id") FIELD("name", "user.name") FIELD("left_on", "user.account")
	COLLECTION("orders") KEY("id") REFERS("customer", "customers.id")
	    FIELD("note", "user.content") FIELD("booked", "user.account");

static const char policy[] =
    "starting_points:\n"
    "  left: {kind: end_of_relationship, at: left_on, null_means: open}\n"
    "  booked: {kind: collection, at: booked}\n"
    "clusters:\n"
    "  customer_data:\n"
    "    covers: [shop.customers]\n"
    "    purposes: [sale]\n"
    "    deletion_rule: {starting_point: left, regular_deletion_period: P1Y}\n"
    "  order_data:\n"
    "    covers: [shop.orders]\n"
    "    purposes: [claims]\n"
    "    retention_period: P2Y\n"
    "    deletion_rule: {starting_point: booked, regular_deletion_period: "
    "P3Y}\n";

static const char tables[] =
    "CREATE TABLE customers (id INTEGER NOT NULL PRIMARY KEY, name TEXT,"
    " left_on TEXT);\n"
    "CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY,"
    " customer INTEGER REFERENCES customers (id), note TEXT, booked TEXT);\n"
    "CREATE INDEX orders_customer ON orders (customer);\n"
    "CREATE INDEX orders_booked ON orders (booked);\n"
    "CREATE INDEX customers_left ON customers (left_on);\n";

struct certified *certified_new(void)
{
	struct certified *c = calloc(1, sizeof(*c));

	ck_assert_ptr_nonnull(c);
	c->house = house_new(collections, policy, tables);
	house_sql(c->house, "INSERT INTO customers VALUES"
			    " (1, '" CERTIFIED_VALUE "', '2020-01-01'),"
			    " (2, '" CERTIFIED_VALUE "', NULL);"
			    "INSERT INTO orders VALUES"
			    " (1, 1, '" CERTIFIED_VALUE "', '2019-05-05'),"
			    " (2, 2, '" CERTIFIED_VALUE "', '2018-05-05'),"
			    " (3, 1, '" CERTIFIED_VALUE "', '2024-05-05');");
	c->report = house_purge(c->house, "2026-01-01T00:00:00Z");
	MUST(certificate_issue(&c->house->in, &certificate_of_run,
		 json_text(c->report, "run"), &c->certificate) == ST_OK,
	    "%s", status_text());
	return c;
}

void certified_free(struct certified *c)
{
	certificate_release(&c->certificate);
	json_decref(c->report);
	house_free(c->house);
	free(c);
}
