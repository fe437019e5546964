/*
 * engine/rights, engine/purge: erasure on request.  Guards invariant 4 (what a
 * plan shows is what happens), 3 (nothing without evidence) and that nothing is
 * erased that nobody approved.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/holds/holds.h"
#include "engine/rights/erasure.h"
#include "engine/rights/letter.h"
#include "engine/subjects/subjects.h"
#include "tests/attached.h"
#include "tests/house.h"
#include "tests/suites.h"

#define IDENTITY(name, category, kind)                             \
	"          - {name: " name ", data_categories: [" category \
	"], fides_meta: {identity: " kind "}}\n"

static const char people[] = "    collections:\n" COLLECTION("people") KEY("id")
    IDENTITY("number", "user.unique_id", "customer_id")
	FIELD("name", "user.name") FIELD("left_on", "user.account")
	    COLLECTION("visits") KEY("id") REFERS("person", "people.id")
		FIELD("seen_on", "user.behavior") COLLECTION("bills") KEY("id")
		    REFERS("person", "people.id")
			FIELD("booked_on", "user.financial");
static const char policy[] =
    "starting_points:\n"
    "  left: {kind: end_of_relationship, at: left_on, null_means: open}\n"
    "  seen: {kind: collection, at: seen_on}\n"
    "  booked: {kind: collection, at: booked_on}\n"
    "clusters:\n"
    "  people:\n"
    "    covers: [shop.people]\n"
    "    purposes: [sale]\n"
    "    deletion_rule: {starting_point: left, regular_deletion_period: "
    "P1Y}\n"
    "    erasure: {on_request: erase, ground: consent_withdrawn}\n"
    "  visits:\n"
    "    covers: [shop.visits]\n"
    "    purposes: [sale]\n"
    "    deletion_rule: {starting_point: seen, regular_deletion_period: "
    "P9Y}\n"
    "  bills:\n"
    "    covers: [shop.bills]\n"
    "    purposes: [claims]\n"
    "    retention_period: P9Y\n"
    "    deletion_rule: {starting_point: booked, regular_deletion_period: "
    "P9Y}\n"
    "    erasure: {on_request: keep, exception: legal_obligation, law: The "
    "act}\n";
static const char tables[] =
    "CREATE TABLE people (id INTEGER PRIMARY KEY NOT NULL, number TEXT,"
    " name TEXT, left_on DATE);"
    "CREATE INDEX people_number ON people (number);"
    "CREATE TABLE visits (id INTEGER PRIMARY KEY NOT NULL,"
    " person INTEGER REFERENCES people (id), seen_on TEXT);"
    "CREATE INDEX visits_person ON visits (person);"
    "CREATE TABLE bills (id INTEGER PRIMARY KEY NOT NULL,"
    " person INTEGER, booked_on DATE);"
    "CREATE INDEX bills_person ON bills (person);";

/* C1: five visits (one unreadable, one to come), three bills; C2: one each. */
static struct house *start(void)
{
	struct house *h = house_new(people, policy, tables);

	house_sql(h, "INSERT INTO people VALUES (1, 'C1', 'Aki', NULL),"
		     " (2, 'C2', 'Bo', NULL);"
		     "INSERT INTO visits VALUES (1, 1, '2025-01-01'),"
		     " (2, 1, '2025-02-01'), (3, 1, '2025-03-01'),"
		     " (4, 1, 'soon'), (5, 1, '2999-01-01'),"
		     " (6, 2, '2025-01-01');"
		     "INSERT INTO bills VALUES (1, 1, '2024-01-01'),"
		     " (2, 1, '2024-06-01'), (3, 1, '2010-01-01'),"
		     " (4, 2, '2024-01-01');");
	return h;
}

static struct rights_actor by(const char *name)
{
	return (struct rights_actor){ name, REQUEST_BY_OPERATOR, when_now() };
}

/* Opened and verified for C1; the id lives until the next call. */
static const char *asked(struct house *h)
{
	static char id[BOOK_ID];
	struct rights_actor ada = by("os:ada");
	const struct rights_order o = { REQUEST_ERASURE, REQUEST_GDPR,
		REQUEST_EMAIL, "customer_id", "C1", ada.now, NULL };
	json_t *out = NULL;

	MUST(rights_open(&h->in, &ada, &o, &out) == ST_OK, "%s", status_text());
	(void)snprintf(id, sizeof(id), "%s", json_text(out, "id"));
	json_decref(out);
	MUST(rights_verify(&h->in, &ada, id, "login", ada.now, NULL) == ST_OK,
	    "%s", status_text());
	return id;
}

static json_t *planned(struct house *h, const char *id)
{
	struct rights_actor ada = by("os:ada");
	json_t *plan = NULL;

	MUST(
	    rights_plan(&h->in, &ada, id, &plan) == ST_OK, "%s", status_text());
	return plan;
}

static void decided(struct house *h, const char *id)
{
	const struct rights_decision d = { REQUEST_TO_FULFIL_PARTLY,
		"legal_obligation", "The authority", "Bills are kept." };
	struct rights_actor ada = by("os:ada"), bob = by("os:bob");

	MUST(rights_decide(&h->in, &ada, id, &d, NULL) == ST_OK, "%s",
	    status_text());
	MUST(rights_approve(&h->in, &bob, id, NULL) == ST_OK, "%s",
	    status_text());
}

static json_t *executed(struct house *h, const char *id)
{
	struct rights_actor ada = by("os:ada");
	json_t *out = NULL;

	MUST(rights_execute(&h->in, &ada, id, RIGHTS_TELL_NOT, &out) == ST_OK,
	    "%s", status_text());
	return out;
}

/* What a list of the plan says of a collection with that word. */
static long long says(const json_t *plan, const char *list,
    const char *collection, const char *key, const char *word)
{
	const json_t *x;
	size_t i;

	json_array_foreach(json_object_get(plan, list), i, x)
	{
		if (strcmp(json_text(x, "collection"), collection) == 0 &&
		    strcmp(json_text(x, key), word) == 0)
			return json_int(x, "records");
	}
	return 0;
}

START_TEST(a_plan_says_what_goes_and_what_stays_until_when)
{
	struct house *h = start();
	json_t *plan = planned(h, asked(h));

	ck_assert_int_eq(says(plan, "items", "visits", "action", "delete"), 3);
	ck_assert_int_eq(says(plan, "kept", "visits", "why", "undecided"), 1);
	ck_assert_int_eq(says(plan, "kept", "visits", "why", "needed"), 1);
	/* One is past its period: its own rule ends it. */
	ck_assert_int_eq(says(plan, "items", "bills", "action", "delete"), 1);
	ck_assert_int_eq(
	    says(plan, "kept", "bills", "why", "legal_obligation"), 2);
	/* Visits that stay refer to the person, by a foreign key. */
	ck_assert_int_eq(
	    says(plan, "items", "people", "action", "minimise"), 1);
	ck_assert_int_eq(json_int(plan, "records"), 5);
	ck_assert_int_eq(json_int(plan, "kept_records"), 5);
	json_decref(plan);
	ck_assert_int_eq(house_number(h, "SELECT count(*) FROM visits"), 6);
	ck_assert_int_eq(
	    house_number(h, "SELECT count(*) FROM lethe_evidence"), 0);
	house_free(h);
}
END_TEST

/* The sum of the numbers in the lines `- what: NUMBER ...` behind ${title}. */
static long long listed(const char *body, const char *title)
{
	const char *line = strstr(body, title), *colon;
	long long n = 0;

	MUST(line != NULL, "no `%s` in: %s", title, body);
	while ((line = strchr(line, '\n')) != NULL && line[1] == '-') {
		line++;
		colon = strchr(line, ':');
		ck_assert_ptr_nonnull(colon);
		n += atoll(colon + 1);
	}
	return n;
}

START_TEST(its_letter_says_what_the_plan_says)
{
	struct house *h = start();
	const char *id = asked(h);
	json_t *plan = planned(h, id), *out = NULL;
	struct rights_actor ada = by("os:ada");
	const struct letter_order o = { LETTER_PARTIAL_ANSWER, "en", NULL,
		LETTER_PREVIEW };
	const char *body;

	decided(h, id);
	MUST(rights_letter(&h->in, &ada, id, &o, &out) == ST_OK, "%s",
	    status_text());
	body = json_text(out, "body");
	ck_assert_int_eq(
	    listed(body, "What became of your"), json_int(plan, "records"));
	ck_assert_int_eq(
	    listed(body, "What we still"), json_int(plan, "kept_records"));
	ck_assert_ptr_nonnull(strstr(body, "legal_obligation") == NULL
				  ? strstr(body, "the law obliges us")
				  : NULL);
	json_decref(out);
	/* As it was carried out, too. */
	json_decref(executed(h, id));
	MUST(rights_letter(&h->in, &ada, id, &o, &out) == ST_OK, "%s",
	    status_text());
	ck_assert_int_eq(listed(json_text(out, "body"), "What became of your"),
	    json_int(plan, "records"));
	json_decref(out);
	json_decref(plan);
	house_free(h);
}
END_TEST

START_TEST(what_was_approved_is_erased_and_nothing_else)
{
	struct house *h = start();
	const char *id = asked(h);
	json_t *out;

	json_decref(planned(h, id));
	decided(h, id);
	out = executed(h, id);
	ck_assert_str_eq(json_text(out, "state"), "partly_fulfilled");
	json_decref(out);
	ck_assert_int_eq(house_number(h, "SELECT count(*) FROM visits"), 3);
	ck_assert_int_eq(house_number(h, "SELECT count(*) FROM bills"), 3);
	ck_assert_int_eq(
	    house_number(h, "SELECT count(*) FROM people WHERE name IS NULL"
			    " AND id = 1"),
	    1);
	ck_assert_int_eq(house_number(h, "SELECT sum(records) FROM"
					 " lethe_evidence"),
	    5);
	ck_assert_int_eq(
	    house_number(h, "SELECT count(*) FROM bills WHERE id = 4"), 1);
	house_free(h);
}
END_TEST

static const json_t *report_of(const json_t *shown)
{
	return json_object_get(shown, "erasure");
}

START_TEST(each_key_that_went_is_asked_for_once_more)
{
	struct house *h = start();
	const char *id = asked(h);
	json_t *out;

	json_decref(planned(h, id));
	decided(h, id);
	out = executed(h, id);
	/* Ten are the person's, six of which stay: one of those in part. */
	ck_assert_int_eq(json_int(report_of(out), "asked_again"), 4);
	ck_assert_int_eq(json_int(report_of(out), "found_again"), 0);
	ck_assert(json_is_true(json_object_get(report_of(out), "verified")));
	json_decref(out);
	house_free(h);
}
END_TEST

/* Nobody would find it by the person, to whom it no longer leads. */
START_TEST(what_came_back_under_its_key_is_found)
{
	struct house *h = start();
	const char *id = asked(h);
	json_t *out;

	house_sql(h, "DELETE FROM visits WHERE id IN (4, 5)");
	house_sql(h, attached()
			 ? "CREATE FUNCTION back() RETURNS trigger"
			   " LANGUAGE plpgsql AS $$ BEGIN"
			   " INSERT INTO visits VALUES (2, NULL, '2025-02-01');"
			   " RETURN NEW; END $$;"
			   "CREATE TRIGGER back AFTER INSERT ON lethe_evidence"
			   " FOR EACH ROW WHEN (NEW.collection = 'people')"
			   " EXECUTE FUNCTION back()"
			 : "CREATE TRIGGER back AFTER INSERT ON lethe_evidence"
			   " WHEN NEW.collection = 'people' BEGIN"
			   " INSERT INTO visits VALUES (2, NULL, '2025-02-01');"
			   " END");
	json_decref(planned(h, id));
	decided(h, id);
	out = executed(h, id);
	ck_assert_int_eq(json_int(report_of(out), "found_again"), 1);
	ck_assert(json_is_false(json_object_get(report_of(out), "verified")));
	json_decref(out);
	house_free(h);
}
END_TEST

static enum status again(struct house *h, const char *id)
{
	struct rights_actor ada = by("os:ada");

	return rights_execute(&h->in, &ada, id, RIGHTS_TELL_NOT, NULL);
}

START_TEST(what_changed_since_it_was_approved_is_refused)
{
	static const char *const changes[] = {
		"INSERT INTO visits VALUES (7, 1, '2025-04-01')",
		"UPDATE visits SET seen_on = '2999-01-01' WHERE id = 1",
		"UPDATE bills SET booked_on = '2025-01-01' WHERE id = 3",
	};
	struct house *h = start();
	const char *id = asked(h);

	json_decref(planned(h, id));
	decided(h, id);
	house_sql(h, changes[_i]);
	ck_assert_int_eq(again(h, id), ST_CONFLICT);
	ck_assert_ptr_nonnull(strstr(status_text(), "request plan"));
	ck_assert_int_eq(
	    house_number(h, "SELECT count(*) FROM lethe_evidence"), 0);
	ck_assert_int_ge(house_number(h, "SELECT count(*) FROM visits"), 6);
	house_free(h);
}
END_TEST

START_TEST(what_went_by_its_rule_meanwhile_is_no_matter)
{
	struct house *h = start();
	const char *id = asked(h);

	json_decref(planned(h, id));
	decided(h, id);
	house_sql(h, "DELETE FROM bills WHERE id = 3");
	json_decref(executed(h, id));
	house_free(h);
}
END_TEST

START_TEST(a_hold_that_came_meanwhile_refuses_it)
{
	const char *key = "2";
	const struct holds_order o = { .scope = { .store = "shop",
					   .collection = "visits",
					   .key = &key,
					   .key_count = 1 },
		.reason = "litigation",
		.authority = "A court",
		.review = HOLDS_NO_DAY };
	struct house *h = start();
	const char *id = asked(h);
	json_t *out = NULL;

	json_decref(planned(h, id));
	decided(h, id);
	MUST(holds_place(&h->in, &o, "os:ada", &out) == ST_OK, "%s",
	    status_text());
	json_decref(out);
	ck_assert_int_eq(again(h, id), ST_CONFLICT);
	ck_assert_int_eq(house_number(h, "SELECT count(*) FROM visits"), 6);
	out = planned(h, id);
	ck_assert_int_eq(says(out, "kept", "visits", "why", "held"), 1);
	json_decref(out);
	/* What was approved was another plan. */
	ck_assert_int_eq(again(h, id), ST_DENIED);
	house_free(h);
}
END_TEST

START_TEST(nobody_decides_on_a_plan_that_nobody_made)
{
	const struct rights_decision all = { .outcome = REQUEST_TO_FULFIL };
	struct house *h = start();
	struct rights_actor ada = by("os:ada"), bob = by("os:bob");
	const char *id = asked(h);

	ck_assert_int_eq(
	    rights_decide(&h->in, &ada, id, &all, NULL), ST_DENIED);
	ck_assert_int_eq(again(h, id), ST_DENIED);
	json_decref(planned(h, id));
	/* It keeps something. */
	ck_assert_int_eq(
	    rights_decide(&h->in, &ada, id, &all, NULL), ST_DENIED);
	decided(h, id);
	/* It is not done before it is done. */
	ck_assert_int_eq(
	    rights_fulfil(&h->in, &bob, id, NULL, NULL), ST_DENIED);
	json_decref(executed(h, id));
	ck_assert_int_eq(again(h, id), ST_DENIED);
	house_free(h);
}
END_TEST

START_TEST(what_was_kept_goes_by_its_rule_and_is_told_once)
{
	struct house *h = start();
	struct rights_actor run = by("os:cron");
	const char *id = asked(h);
	int64_t requests = 0;
	json_t *out = NULL;

	house_sql(h, "DELETE FROM visits WHERE id > 3");
	json_decref(planned(h, id));
	decided(h, id);
	json_decref(executed(h, id));
	ck_assert_int_eq(rights_erase_rest(&h->in, &run, &requests), ST_OK);
	ck_assert_int_eq(requests, 0);
	house_sql(h, "UPDATE bills SET booked_on = '2001-01-01'");
	json_decref(house_purge(h, "2026-01-01T00:00:00Z"));
	ck_assert_int_eq(house_number(h, "SELECT count(*) FROM bills"), 0);
	MUST(rights_erase_rest(&h->in, &run, &requests) == ST_OK, "%s",
	    status_text());
	ck_assert_int_eq(requests, 1);
	ck_assert_int_eq(rights_erase_rest(&h->in, &run, &requests), ST_OK);
	ck_assert_int_eq(requests, 0);
	ck_assert_int_eq(rights_show(&h->in, id, when_now(), &out), ST_OK);
	ck_assert_str_eq(json_text(out, "state"), "partly_fulfilled");
	json_decref(out);
	house_free(h);
}
END_TEST

static int64_t kept_bytes(struct house *h)
{
	int64_t n = 0;

	ck_assert_int_eq(
	    db_one_int(h->in.control,
		"SELECT sum(length(kept)) FROM request_plan", NOARGS, 0, &n),
	    ST_OK);
	return n;
}

/* How many requests are told; bills 1 and 2 are kept. */
static int64_t rest(struct house *h)
{
	struct rights_actor run = by("os:cron");
	int64_t requests = 0;

	MUST(rights_erase_rest(&h->in, &run, &requests) == ST_OK, "%s",
	    status_text());
	return requests;
}

START_TEST(one_record_that_is_there_speaks_for_the_others)
{
	struct house *h = start();
	const char *id = asked(h);
	int64_t all;

	house_sql(h, "DELETE FROM visits WHERE id > 3");
	json_decref(planned(h, id));
	decided(h, id);
	json_decref(executed(h, id));
	ck_assert_int_eq(rest(h), 0);
	all = kept_bytes(h);
	/* Nobody looks at the second as long as the first is there. */
	house_sql(h, "DELETE FROM bills WHERE id = 2");
	ck_assert_int_eq(rest(h), 0);
	ck_assert_int_eq(kept_bytes(h), all);
	house_sql(h, "DELETE FROM bills WHERE id = 1");
	ck_assert_int_eq(rest(h), 1);
	ck_assert_int_eq(kept_bytes(h), 0);
	ck_assert_int_eq(rest(h), 0);
	house_free(h);
}
END_TEST

/* The one that spoke for them goes first: another does. */
START_TEST(another_speaks_when_the_first_has_gone)
{
	struct house *h = start();
	const char *id = asked(h);
	int64_t all;

	house_sql(h, "DELETE FROM visits WHERE id > 3");
	json_decref(planned(h, id));
	decided(h, id);
	json_decref(executed(h, id));
	ck_assert_int_eq(rest(h), 0);
	all = kept_bytes(h);
	house_sql(h, "DELETE FROM bills WHERE id = 1");
	ck_assert_int_eq(rest(h), 0);
	ck_assert_int_lt(kept_bytes(h), all);
	house_sql(h, "DELETE FROM bills WHERE id = 2");
	ck_assert_int_eq(rest(h), 1);
	house_free(h);
}
END_TEST

Suite *erasure_suite(void)
{
	Suite *s = suite_create("erasure");
	TCase *t = tcase_create("erasure");

	tcase_add_test(t, a_plan_says_what_goes_and_what_stays_until_when);
	tcase_add_test(t, its_letter_says_what_the_plan_says);
	tcase_add_test(t, what_was_approved_is_erased_and_nothing_else);
	tcase_add_test(t, each_key_that_went_is_asked_for_once_more);
	tcase_add_test(t, what_came_back_under_its_key_is_found);
	tcase_add_loop_test(
	    t, what_changed_since_it_was_approved_is_refused, 0, 3);
	tcase_add_test(t, what_went_by_its_rule_meanwhile_is_no_matter);
	tcase_add_test(t, a_hold_that_came_meanwhile_refuses_it);
	tcase_add_test(t, nobody_decides_on_a_plan_that_nobody_made);
	tcase_add_test(t, what_was_kept_goes_by_its_rule_and_is_told_once);
	tcase_add_test(t, one_record_that_is_there_speaks_for_the_others);
	tcase_add_test(t, another_speaks_when_the_first_has_gone);
	suite_add_tcase(s, t);
	return s;
}
