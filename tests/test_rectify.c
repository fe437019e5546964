/*
 * engine/rights: requests for rectification, from what is proposed to the
 * corrected record.  Guards GDPR Art. 16; APPI 34.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/rights/rectify.h"
#include "tests/house.h"
#include "tests/suites.h"

#define IDENTITY(name, category, kind)                             \
	"          - {name: " name ", data_categories: [" category \
	"], fides_meta: {identity: " kind "}}\n"

static const char people[] = "    collections:\n" COLLECTION("people") KEY("id")
    IDENTITY("number", "user.unique_id", "customer_id")
	IDENTITY("email", "user.contact.email", "email")
	    FIELD("height", "user.account") FIELD("left_on", "user.account")
		COLLECTION("visits") KEY("id") REFERS("person", "people.id")
		    FIELD("seen_on", "user.behavior");
static const char policy[] =
    "starting_points:\n"
    "  left: {kind: end_of_relationship, at: left_on, null_means: open}\n"
    "  seen: {kind: collection, at: seen_on}\n"
    "clusters:\n"
    "  people:\n"
    "    covers: [shop.people]\n"
    "    purposes: [sale]\n"
    "    deletion_rule: {starting_point: left, regular_deletion_period: "
    "P1Y}\n"
    "  visits:\n"
    "    covers: [shop.visits]\n"
    "    purposes: [sale]\n"
    "    deletion_rule: {starting_point: seen, regular_deletion_period: "
    "P1Y}\n";
static const char tables[] =
    "CREATE TABLE people (id INTEGER PRIMARY KEY NOT NULL, number TEXT,"
    " email TEXT, height NUMERIC, left_on DATE);"
    "CREATE INDEX people_number ON people (number);"
    "CREATE INDEX people_email ON people (email);"
    "CREATE TABLE visits (id INTEGER PRIMARY KEY NOT NULL,"
    " person INTEGER, seen_on DATE);"
    "CREATE INDEX visits_person ON visits (person);";

static struct house *start(void)
{
	struct house *h = house_new(people, policy, tables);

	house_sql(h,
	    "INSERT INTO people VALUES (1, 'C1', 'aki@example.jp', NULL, NULL),"
	    " (2, 'C2', NULL, 180, NULL);"
	    "INSERT INTO visits VALUES (1, 1, '2020-01-01'),"
	    " (2, 1, '2026-11-01'), (3, 2, '2020-01-01');");
	return h;
}

static struct rights_actor by(void)
{
	return (
	    struct rights_actor){ "os:ada", REQUEST_BY_OPERATOR, when_now() };
}

static const char *opened(struct house *h)
{
	static char id[BOOK_ID];
	struct rights_actor ada = by();
	const struct rights_order o = { REQUEST_RECTIFICATION, REQUEST_GDPR,
		REQUEST_EMAIL, "customer_id", "C1", ada.now, NULL };
	json_t *out = NULL;

	MUST(rights_open(&h->in, &ada, &o, &out) == ST_OK, "%s", status_text());
	(void)snprintf(id, sizeof(id), "%s", json_text(out, "id"));
	json_decref(out);
	return id;
}

static const char *asked(struct house *h)
{
	struct rights_actor ada = by();
	const char *id = opened(h);

	MUST(rights_verify(&h->in, &ada, id, "login", ada.now, NULL) == ST_OK,
	    "%s", status_text());
	return id;
}

static enum status propose(struct house *h, const char *id, const char *kind,
    const char *collection, const char *key, const char *field,
    const char *value)
{
	const struct rights_change c = { kind, "shop", collection, &key, 1,
		field, value, "seen on a bill" };
	struct rights_actor ada = by();
	json_t *out = NULL;
	enum status st = rights_propose(&h->in, &ada, id, &c, &out);

	json_decref(out);
	return st;
}

static enum status propose_email(
    struct house *h, const char *id, const char *value)
{
	return propose(h, id, "correct", "people", "1", "email", value);
}

static enum status decide(struct house *h, const char *id)
{
	const struct rights_decision d = { REQUEST_TO_FULFIL, NULL, NULL,
		NULL };
	struct rights_actor ada = by();

	return rights_decide(&h->in, &ada, id, &d, NULL);
}

static enum status fulfil(struct house *h, const char *id)
{
	struct rights_actor ada = by();

	return rights_fulfil(&h->in, &ada, id, NULL, NULL);
}

static enum status correct(struct house *h, const char *id)
{
	struct rights_actor ada = by();

	return rights_correct(&h->in, &ada, id, NULL);
}

static long long has_email(struct house *h)
{
	return house_number(h, "SELECT count(*) FROM people WHERE id = 1"
			       " AND email = 'aki@example.com'");
}

START_TEST(nothing_is_fulfilled_that_nobody_proposed)
{
	struct house *h = start();
	const char *id = asked(h);

	ck_assert_int_eq(decide(h, id), ST_DENIED);
	ck_assert_ptr_nonnull(strstr(status_text(), "request propose"));
	ck_assert_int_eq(fulfil(h, id), ST_DENIED);
	house_free(h);
}
END_TEST

START_TEST(what_is_proposed_decided_and_approved_is_corrected)
{
	struct house *h = start();
	const char *id = asked(h);

	MUST(propose_email(h, id, "aki@example.com") == ST_OK, "%s",
	    status_text());
	MUST(propose(h, id, "complete", "people", "1", "height", "1.70") ==
		 ST_OK,
	    "%s", status_text());
	ck_assert_int_eq(correct(h, id), ST_DENIED);
	MUST(decide(h, id) == ST_OK, "%s", status_text());
	ck_assert_int_eq(fulfil(h, id), ST_DENIED);
	ck_assert_int_eq(has_email(h), 0);
	MUST(correct(h, id) == ST_OK, "%s", status_text());
	ck_assert_int_eq(has_email(h), 1);
	ck_assert_int_eq(
	    house_number(h, "SELECT count(*) FROM people WHERE height = 1.7"),
	    1);
	/* It is closed. */
	ck_assert_int_eq(correct(h, id), ST_DENIED);
	house_free(h);
}
END_TEST

START_TEST(a_decision_is_about_what_was_proposed_then)
{
	struct house *h = start();
	const char *id = asked(h);
	struct rights_actor ada = by();
	json_t *out = NULL;

	MUST(propose_email(h, id, "aki@example.com") == ST_OK, "%s",
	    status_text());
	MUST(decide(h, id) == ST_OK, "%s", status_text());
	MUST(
	    propose(h, id, "complete", "people", "1", "height", "170") == ST_OK,
	    "%s", status_text());
	ck_assert_int_eq(correct(h, id), ST_DENIED);
	MUST(rights_take_back(&h->in, &ada, id, 2, &out) == ST_OK, "%s",
	    status_text());
	json_decref(out);
	/* What was taken back is not what was decided either. */
	ck_assert_int_eq(correct(h, id), ST_DENIED);
	ck_assert_int_eq(rights_take_back(&h->in, &ada, id, 2, &out), ST_USAGE);
	MUST(decide(h, id) == ST_OK, "%s", status_text());
	MUST(correct(h, id) == ST_OK, "%s", status_text());
	ck_assert_int_eq(has_email(h), 1);
	ck_assert_int_eq(
	    house_number(
		h, "SELECT count(*) FROM people WHERE height IS NOT NULL"),
	    1);
	house_free(h);
}
END_TEST

START_TEST(a_field_that_is_another_meanwhile_is_a_conflict)
{
	struct house *h = start();
	const char *id = asked(h);

	MUST(
	    propose(h, id, "complete", "people", "1", "height", "170") == ST_OK,
	    "%s", status_text());
	MUST(propose_email(h, id, "aki@example.com") == ST_OK, "%s",
	    status_text());
	MUST(decide(h, id) == ST_OK, "%s", status_text());
	house_sql(h, "UPDATE people SET email = 'other@example.jp'"
		     " WHERE id = 1;");
	ck_assert_int_eq(correct(h, id), ST_CONFLICT);
	ck_assert_ptr_null(strstr(status_text(), "@"));
	ck_assert_int_eq(
	    house_number(h, "SELECT count(*) FROM people WHERE height = 170"),
	    0);
	house_sql(h, "DELETE FROM people WHERE id = 1;");
	ck_assert_int_ne(correct(h, id), ST_OK);
	house_free(h);
}
END_TEST

START_TEST(what_cannot_be_proposed)
{
	static const struct {
		const char *kind, *collection, *key, *field, *value;
		enum status st;
		const char *words;
	} cases[] = {
		{ "mend", "people", "1", "email", "a@b.jp", ST_USAGE, "kind" },
		{ "correct", "people", "1", "email", NULL, ST_USAGE, "value" },
		{ "delete", "people", "1", "email", "x", ST_USAGE,
		    "no --value" },
		{ "correct", "peple", "1", "email", "x", ST_USAGE, "people" },
		{ "correct", "people", "1", "emial", "x", ST_USAGE, "email" },
		{ "correct", "people", "2", "height", "1", ST_USAGE,
		    "no such record" },
		{ "correct", "people", "9", "email", "x", ST_USAGE,
		    "no such record" },
		{ "correct", "people", "1", "id", "7", ST_USAGE, "names" },
		{ "correct", "visits", "1", "person", "2", ST_USAGE,
		    "belongs to" },
		{ "correct", "people", "1", "email", "aki@example.jp", ST_USAGE,
		    "already" },
		{ "complete", "people", "1", "email", "x", ST_USAGE,
		    "correct" },
		{ "correct", "people", "1", "height", "1", ST_USAGE,
		    "complete" },
		{ "complete", "people", "1", "height", "tall", ST_INVALID,
		    "a number" },
		{ "complete", "people", "1", "left_on", "99.99.2020",
		    ST_INVALID, "left_on" },
	};
	struct house *h = start();
	const char *id = asked(h);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		MUST(propose(h, id, cases[i].kind, cases[i].collection,
			 cases[i].key, cases[i].field,
			 cases[i].value) == cases[i].st,
		    "%zu: %s", i, status_text());
		MUST(strstr(status_text(), cases[i].words), "%zu: %s", i,
		    status_text());
	}
	ck_assert_int_eq(
	    propose_email(h, opened(h), "aki@example.com"), ST_DENIED);
	house_free(h);
}
END_TEST

START_TEST(a_proposal_takes_the_place_of_an_earlier_one)
{
	struct house *h = start();
	const char *id = asked(h);
	struct rights_actor ada = by();
	json_t *out = NULL, *list;

	MUST(propose_email(h, id, "aki@exmaple.com") == ST_OK, "%s",
	    status_text());
	MUST(propose_email(h, id, "aki@example.com") == ST_OK, "%s",
	    status_text());
	MUST(rights_changes(&h->in, &ada, id, &out) == ST_OK, "%s",
	    status_text());
	list = json_object_get(out, "changes");
	ck_assert_uint_eq(json_array_size(list), 2);
	ck_assert_str_eq(
	    json_text(json_array_get(list, 0), "state"), "withdrawn");
	ck_assert_str_eq(
	    json_text(json_array_get(list, 1), "old"), "aki@example.jp");
	ck_assert_str_eq(
	    json_text(json_array_get(list, 1), "new"), "aki@example.com");
	json_decref(out);
	MUST(decide(h, id) == ST_OK, "%s", status_text());
	MUST(correct(h, id) == ST_OK, "%s", status_text());
	ck_assert_int_eq(has_email(h), 1);
	house_free(h);
}
END_TEST

Suite *rectify_suite(void)
{
	Suite *s = suite_create("rectify");
	TCase *t = tcase_create("rectify");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, nothing_is_fulfilled_that_nobody_proposed);
	tcase_add_test(t, what_is_proposed_decided_and_approved_is_corrected);
	tcase_add_test(t, a_decision_is_about_what_was_proposed_then);
	tcase_add_test(t, a_field_that_is_another_meanwhile_is_a_conflict);
	tcase_add_test(t, what_cannot_be_proposed);
	tcase_add_test(t, a_proposal_takes_the_place_of_an_earlier_one);
	suite_add_tcase(s, t);
	return s;
}
