/*
 * engine/plan/check_periods.c, check_indexes.c: what is said of an
 * installation that works and should be better.
 */
#include <stdio.h>
#include <string.h>

#include "engine/plan/check.h"
#include "engine/plan/check_parts.h"
#include "tests/suites.h"

/* People, and orders that refer to them; a part of the orders is another
 * cluster.  What a case changes is put in the places of the %s. */
static const char config[] =
    "installation: check\ntime_zone: Asia/Tokyo\ndata_dir: ./var\n"
    "key: {file: ./lethe.key}\npolicies: [policy.yml]\n"
    "stores:\n  crm: {driver: sqlite, dataset: crm.yml, schema: crm.sql}\n";
static const char dataset[] =
    "dataset:\n  - fides_key: crm\n    name: Shop\n    collections:\n"
    "      - name: people\n        fields:\n"
    "          - {name: id, data_categories: [user.unique_id], fides_meta: "
    "{primary_key: true}}\n"
    "          - {name: number, data_categories: [user.account], fides_meta: "
    "{identity: customer_number}}\n"
    "          - {name: ended, data_categories: [user.account]}\n"
    "      - name: orders\n        fields:\n"
    "          - {name: id, data_categories: [user.account], fides_meta: "
    "{primary_key: true}}\n"
    "          - {name: person, data_categories: [user.unique_id], fides_meta: "
    "{references: [{dataset: crm, field: people.id, direction: from}]}}\n"
    "          - {name: amount, data_categories: [user.financial]}\n"
    "          - {name: ended, data_categories: [user.account]}\n";
static const char policy[] =
    "policy: check\nrevision: 1\ntitle: Check\n"
    "calendar: {rule: eu_1182_71, time_zone: Asia/Tokyo}\n"
    "purposes:\n  p: {title: P, legal_basis: contract}\n"
    "  q: {title: Q, legal_basis: contract}\n"
    "starting_points:\n  end: {kind: end_of_relationship, at: ended}\n"
    "  other: {kind: end_of_relationship, at: ended, null_means: open}\n"
    "clusters:\n"
    "  people_data:\n    covers: [crm.people]\n%s\n"
    "  order_data:\n    covers: [crm.orders]\n%s\n%s";

#define RULE(start, period)                                                \
	"    purposes: [p, q]\n    deletion_rule: {starting_point: " start \
	", regular_deletion_period: " period "}"
#define FOREIGN_KEY ", FOREIGN KEY (person) REFERENCES people (id)"
#define PART(rule)  "  amounts:\n    covers: [crm.orders.amount]\n" rule "\n"
#define INDEXES                              \
	"CREATE INDEX a ON people (number);" \
	"CREATE INDEX b ON people (ended);"  \
	"CREATE INDEX c ON orders (person);" \
	"CREATE INDEX d ON orders (ended);"

struct site_of {
	const char *foreign_key;
	const char *indexes;
	const char *people;
	const char *orders;
	const char *part;
};

static FILE *create(const char *folder, const char *name)
{
	char path[200];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	return f;
}

/* Loaded, its stores made and open. */
static void set_up(struct installation *in, const struct site_of *s)
{
	char folder[100], path[200];
	FILE *f;

	(void)snprintf(folder, sizeof(folder), "%s", test_folder());
	f = create(folder, "lethe.yml");
	fputs(config, f);
	fclose(f);
	f = create(folder, "crm.yml");
	fputs(dataset, f);
	fclose(f);
	f = create(folder, "crm.sql");
	fprintf(f,
	    "CREATE TABLE people (id INTEGER NOT NULL PRIMARY KEY, number "
	    "TEXT, ended TEXT);"
	    "CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, person "
	    "INTEGER, amount REAL, ended TEXT%s);%s",
	    s->foreign_key, s->indexes);
	fclose(f);
	f = create(folder, "policy.yml");
	fprintf(f, policy, s->people, s->orders, s->part);
	fclose(f);
	(void)snprintf(path, sizeof(path), "%s/lethe.yml", folder);
	MUST(installation_load(path, in) == ST_OK, "%s", status_text());
	ck_assert_int_eq(installation_init(in, NULL, NULL), ST_OK);
	ck_assert_int_eq(installation_open_store(in, &in->stores[0]), ST_OK);
}

/* ---- periods ---- */

static const struct {
	struct site_of site;
	const char *want; /* the one sentence, from its place on; NULL: none */
} cases[] = {
	{ { "", INDEXES, RULE("end", "P1Y"), RULE("end", "P1Y"), "" }, NULL },
	{ { FOREIGN_KEY, INDEXES, RULE("end", "P2Y"), RULE("end", "P1Y"), "" },
	    NULL },
	/* not comparable */
	{ { FOREIGN_KEY, INDEXES, RULE("other", "P1Y"), RULE("end", "P2Y"),
	      "" },
	    NULL },
	/* P12M may be as long as P365D */
	{ { FOREIGN_KEY, INDEXES, RULE("end", "P365D"), RULE("end", "P12M"),
	      "" },
	    NULL },
	{ { FOREIGN_KEY, INDEXES, RULE("end", "P1Y"), RULE("end", "P2Y"), "" },
	    "policy.yml:17: cluster `order_data` ends after `people_data` from "
	    "the same starting point, and the database enforces its reference "
	    "from crm.orders.person to crm.people: records of `people_data` "
	    "outlive their own period, all but their keys is emptied until "
	    "then" },
	{ { FOREIGN_KEY, INDEXES,
	      RULE("end", "P1Y") "\n    on_referenced: wait",
	      RULE("end", "P2Y"), "" },
	    "policy.yml:18: cluster `order_data` ends after `people_data` from "
	    "the same starting point, and the database enforces its reference "
	    "from crm.orders.person to crm.people: records of `people_data` "
	    "outlive their own period, they wait for it" },
	{ { FOREIGN_KEY, INDEXES, RULE("end", "P1Y"),
	      "    purposes:\n"
	      "      p: {starting_point: other, period: P1D}\n"
	      "      q: {starting_point: end, period: P2Y}",
	      "" },
	    "policy.yml:17: cluster `order_data` ends after `people_data` from "
	    "the same starting point, and the database enforces its reference "
	    "from crm.orders.person to crm.people: records of `people_data` "
	    "outlive their own period, all but their keys is emptied until "
	    "then" },
	{ { FOREIGN_KEY, INDEXES, RULE("end", "P1Y"),
	      "    purposes: [p, q]\n    deletion_rule: {unlimited: why}", "" },
	    "policy.yml:17: nothing ends cluster `order_data`, and the "
	    "database enforces its reference from crm.orders.person to "
	    "crm.people: records of `people_data` that it needs never go "
	    "whole" },
	{ { "", INDEXES, RULE("end", "P1Y"), RULE("end", "P2Y"), "" },
	    "policy.yml:17: cluster `order_data` ends after `people_data` from "
	    "the same starting point, and crm.orders.person refers to "
	    "crm.people: what stays refers to records that are gone, and may "
	    "no longer be found for its person" },
	/* a row that ends before or after its parts is fine ... */
	{ { "", INDEXES, RULE("end", "P1Y"), RULE("end", "P1Y"),
	      PART(RULE("end", "P3Y")) },
	    NULL },
	/* ... but not where they have to be kept */
	{ { "", INDEXES, RULE("end", "P1Y"), RULE("end", "P1Y"),
	      PART(RULE("end", "P3Y") "\n    retention_period: P3Y") },
	    "policy.yml:21: cluster `amounts` has to be kept longer than "
	    "`order_data`, in whose rows of crm.orders it stands, may live: "
	    "the rows stay, with their keys, until then" },
	{ { "", INDEXES, RULE("end", "P365D") "\n    retention_period: P1Y",
	      RULE("end", "P1Y") "\n    retention_period: P1Y", "" },
	    "policy.yml:13: cluster `people_data`: the retention_period P1Y "
	    "can be longer than the regular_deletion_period P365D, depending "
	    "on the day that it begins: data would have to be kept longer "
	    "than it may: give both in the same unit" },
};

START_TEST(periods_that_work_against_each_other_are_named)
{
	json_t *warnings = json_array();
	struct installation in;
	const char *said;

	set_up(&in, &cases[_i].site);
	ck_assert_int_eq(check_periods(&in, warnings), ST_OK);
	ck_assert_uint_eq(json_array_size(warnings), cases[_i].want != NULL);
	if (cases[_i].want) {
		said = json_string_value(json_array_get(warnings, 0));
		ck_assert_ptr_nonnull(strstr(said, "policy.yml"));
		ck_assert_str_eq(strstr(said, "policy.yml"), cases[_i].want);
	}
	json_decref(warnings);
	installation_release(&in);
}
END_TEST

/* ---- indexes ---- */

static json_t *check(const struct site_of *site)
{
	struct installation in;
	struct schedule s;
	json_t *o = NULL, *warnings;

	set_up(&in, site);
	ck_assert_int_eq(schedule_init(&s, &in, NULL, &in.diag), ST_OK);
	ck_assert_int_eq(check_json(&in, &s, CHECK_RULES, &o), ST_OK);
	warnings = json_incref(json_object_get(o, "warnings"));
	json_decref(o);
	schedule_release(&s);
	installation_release(&in);
	return warnings;
}

START_TEST(every_column_that_is_asked_for_has_an_index)
{
	static const char *const columns[] = { "orders.ended, which the rule",
		"people.ended, which the rule",
		"orders.person, which its foreign key to `people`",
		"people.number, which the identity `customer_number`" };
	struct site_of site = { FOREIGN_KEY, "", RULE("end", "P1Y"),
		RULE("end", "P1Y"), "" };
	json_t *warnings = check(&site);
	size_t i, k;

	ck_assert_uint_eq(json_array_size(warnings), 4);
	for (i = 0; i < 4; i++) {
		for (k = 0; k < 4; k++) {
			if (strstr(
				json_string_value(json_array_get(warnings, k)),
				columns[i]))
				break;
		}
		ck_assert_msg(k < 4, "nothing is said of %s", columns[i]);
	}
	json_decref(warnings);
	site.indexes = INDEXES;
	warnings = check(&site);
	ck_assert_uint_eq(json_array_size(warnings), 0);
	json_decref(warnings);
}
END_TEST

START_TEST(a_reference_is_searched_from_both_sides)
{
	/* No foreign key, and a partial index does not serve. */
	static const struct site_of site = { "",
		"CREATE INDEX a ON people (number);"
		"CREATE INDEX b ON people (ended);"
		"CREATE INDEX c ON orders (person) WHERE person > 5;"
		"CREATE INDEX d ON orders (ended);",
		RULE("end", "P1Y"), RULE("end", "P1Y"), "" };
	json_t *warnings = check(&site);

	ck_assert_uint_eq(json_array_size(warnings), 1);
	ck_assert_ptr_nonnull(
	    strstr(json_string_value(json_array_get(warnings, 0)),
		"orders.person, which the reference from `orders` to "
		"`people`"));
	json_decref(warnings);
}
END_TEST

Suite *check_suite(void)
{
	Suite *s = suite_create("check");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, periods_that_work_against_each_other_are_named,
	    0, sizeof(cases) / sizeof(*cases));
	tcase_add_test(t, every_column_that_is_asked_for_has_an_index);
	tcase_add_test(t, a_reference_is_searched_from_both_sides);
	suite_add_tcase(s, t);
	return s;
}
