/*
 * engine/rights: requests for restriction, and objections, from their plan to
 * the day on which the restriction is lifted.  Guards GDPR Art. 18 and 21(1).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "engine/holds/holds.h"
#include "engine/rights/erasure.h"
#include "engine/rights/restriction.h"
#include "engine/rights/suppression.h"
#include "tests/house.h"
#include "tests/suites.h"

#define IDENTITY(name, category, kind)                             \
	"          - {name: " name ", data_categories: [" category \
	"], fides_meta: {identity: " kind "}}\n"

static const char people[] = "    collections:\n" COLLECTION("people") KEY("id")
    IDENTITY("number", "user.unique_id", "customer_id")
	IDENTITY("email", "user.contact.email", "email")
	    FIELD("left_on", "user.account") COLLECTION("visits") KEY("id")
		REFERS("person", "people.id") FIELD("seen_on", "user.behavior");
static const char policy[] =
    "  interest: {title: {en: Interest}, legal_basis: legitimate_interests}\n"
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
    "    purposes: [interest]\n"
    "    deletion_rule: {starting_point: seen, regular_deletion_period: "
    "P1Y}\n";
static const char tables[] =
    "CREATE TABLE people (id INTEGER PRIMARY KEY NOT NULL, number TEXT,"
    " email TEXT, left_on DATE);"
    "CREATE INDEX people_number ON people (number);"
    "CREATE INDEX people_email ON people (email);"
    "CREATE TABLE visits (id INTEGER PRIMARY KEY NOT NULL,"
    " person INTEGER, seen_on DATE);"
    "CREATE INDEX visits_person ON visits (person);";

static struct house *start(void)
{
	struct house *h = house_new(people, policy, tables);

	house_sql(h, "INSERT INTO people VALUES (1, 'C1', 'aki@example.jp',"
		     " NULL), (2, 'C2', NULL, NULL);"
		     "INSERT INTO visits VALUES (1, 1, '2020-01-01'),"
		     " (2, 1, '2026-11-01'), (3, 2, '2020-01-01');");
	return h;
}

static struct rights_actor by(void)
{
	return (
	    struct rights_actor){ "os:ada", REQUEST_BY_OPERATOR, when_now() };
}

static const char *asked(struct house *h, enum request_type type)
{
	static char id[BOOK_ID];
	struct rights_actor ada = by();
	const struct rights_order o = { type, REQUEST_GDPR, REQUEST_EMAIL,
		"customer_id", "C1", ada.now, NULL };
	json_t *out = NULL;

	MUST(rights_open(&h->in, &ada, &o, &out) == ST_OK, "%s", status_text());
	(void)snprintf(id, sizeof(id), "%s", json_text(out, "id"));
	json_decref(out);
	MUST(rights_verify(&h->in, &ada, id, "login", ada.now, NULL) == ST_OK,
	    "%s", status_text());
	return id;
}

static enum status restrict_(struct house *h, const char *id,
    const char *ground, const char *cluster, json_t **out)
{
	struct rights_actor ada = by();
	struct rights_restriction what = { .ground = ground,
		.scope = { .cluster = cluster } };

	return rights_restrict(&h->in, &ada, id, &what, out);
}

static enum status decide(struct house *h, const char *id,
    enum request_outcome outcome, const char *reason)
{
	struct rights_actor ada = by();
	const struct rights_decision d = { outcome, reason,
		reason ? "The authority" : NULL, reason ? "Because." : NULL };

	return rights_decide(&h->in, &ada, id, &d, NULL);
}

static enum status execute(struct house *h, const char *id)
{
	struct rights_actor ada = by();
	json_t *out = NULL;
	enum status st = rights_execute_restriction(&h->in, &ada, id, &out);

	if (st == ST_OK)
		ck_assert_str_eq(json_text(out, "state"), "fulfilled");
	json_decref(out);
	return st;
}

static long long rows(struct house *h)
{
	return house_number(h, "SELECT count(*) FROM lethe_suspension"
			       " WHERE kind = 'restriction'");
}

static long long visits(struct house *h)
{
	return house_number(h, "SELECT count(*) FROM visits");
}

/* Opened, planned, decided, carried out. */
static const char *restricted(struct house *h)
{
	const char *id = asked(h, REQUEST_RESTRICTION);
	json_t *out = NULL;

	MUST(restrict_(h, id, "art18_1b_unlawful", NULL, &out) == ST_OK, "%s",
	    status_text());
	json_decref(out);
	MUST(decide(h, id, REQUEST_TO_FULFIL, NULL) == ST_OK, "%s",
	    status_text());
	MUST(execute(h, id) == ST_OK, "%s", status_text());
	return id;
}

START_TEST(what_is_planned_and_decided_is_restricted)
{
	struct house *h = start();
	const char *id = asked(h, REQUEST_RESTRICTION);
	json_t *out = NULL;

	ck_assert_int_eq(decide(h, id, REQUEST_TO_FULFIL, NULL), ST_DENIED);
	ck_assert_int_eq(restrict_(h, id, NULL, NULL, &out), ST_USAGE);
	ck_assert_int_eq(restrict_(h, id, "litigation", NULL, &out), ST_USAGE);
	ck_assert_int_eq(
	    restrict_(h, id, "art18_1b_unlawful", "visit", &out), ST_USAGE);
	ck_assert_int_eq(execute(h, id), ST_DENIED);
	MUST(restrict_(h, id, "art18_1a_accuracy_contested", "visits", &out) ==
		 ST_OK,
	    "%s", status_text());
	ck_assert_int_eq(
	    json_int(
		json_array_get(json_object_get(out, "parts"), 0), "records"),
	    2);
	json_decref(out);
	ck_assert_int_eq(rows(h), 0);
	ck_assert_int_eq(execute(h, id), ST_DENIED);
	MUST(decide(h, id, REQUEST_TO_FULFIL, NULL) == ST_OK, "%s",
	    status_text());
	ck_assert_int_eq(
	    restrict_(h, id, "art18_1b_unlawful", NULL, &out), ST_DENIED);
	ck_assert_int_eq(rights_fulfil(&h->in,
			     &(struct rights_actor){
				 "os:ada", REQUEST_BY_OPERATOR, when_now() },
			     id, NULL, NULL),
	    ST_DENIED);
	MUST(execute(h, id) == ST_OK, "%s", status_text());
	ck_assert_int_eq(rows(h), 2);
	house_free(h);
}
END_TEST

START_TEST(a_restriction_outlives_the_period)
{
	struct house *h = start();

	(void)restricted(h);
	json_decref(house_purge(h, "2026-11-20T00:00:00Z"));
	/* Visit 3 is somebody else's. */
	ck_assert_int_eq(visits(h), 2);
	house_free(h);
}
END_TEST

static enum status lift(
    struct house *h, const char *id, int64_t after, const char *reason)
{
	const struct lifting_order o = { reason, "de", LETTER_KEEP };
	struct rights_actor ada = by();
	json_t *out = NULL;
	enum status st;

	ada.now += after;
	st = rights_lift(&h->in, &ada, id, &o, &out);
	json_decref(out);
	return st;
}

#define DAY INT64_C(86400)

START_TEST(lifting_announces_itself_first)
{
	struct house *h = start();
	const char *id = restricted(h);
	json_t *out = NULL, *summary = NULL;
	const char *suspension;

	MUST(rights_show(&h->in, id, when_now(), &out) == ST_OK, "%s",
	    status_text());
	suspension =
	    json_text(json_array_get(json_object_get(out, "restrictions"), 0),
		"restriction");
	/* Not by the back door. */
	ck_assert_int_eq(
	    holds_release(&h->in, suspension, "os:ada", "over", &summary),
	    ST_DENIED);
	json_decref(out);
	ck_assert_int_eq(lift(h, id, 0, "because"), ST_USAGE);
	MUST(lift(h, id, 0, "data_corrected") == ST_OK, "%s", status_text());
	ck_assert_int_eq(lift(h, id, 0, "data_corrected"), ST_DENIED);
	ck_assert_int_eq(lift(h, id, 7 * DAY, NULL), ST_DENIED);
	ck_assert_int_gt(rows(h), 0);
	ck_assert_int_eq(
	    holds_summary(&h->in, when_now() + 9 * DAY, &summary), ST_OK);
	ck_assert_int_eq(json_int(summary, "liftings_due"), 1);
	json_decref(summary);
	MUST(lift(h, id, 8 * DAY, NULL) == ST_OK, "%s", status_text());
	ck_assert_int_eq(rows(h), 0);
	MUST(rights_show(&h->in, id, when_now() + 9 * DAY, &out) == ST_OK, "%s",
	    status_text());
	ck_assert_str_eq(json_text(json_object_get(out, "lifting"), "reason"),
	    "data_corrected");
	ck_assert(json_is_string(
	    json_object_get(json_object_get(out, "lifting"), "lifted_at")));
	json_decref(out);
	/* Nothing is left to lift. */
	ck_assert_int_eq(lift(h, id, 9 * DAY, "data_corrected"), ST_DENIED);
	house_free(h);
}
END_TEST

START_TEST(an_objection_restricts_until_it_is_decided)
{
	struct house *h = start();
	const char *id = asked(h, REQUEST_OBJECTION);
	json_t *out = NULL;

	ck_assert_int_eq(
	    decide(h, id, REQUEST_TO_REFUSE, "overriding_grounds"), ST_DENIED);
	MUST(restrict_(h, id, NULL, NULL, &out) == ST_OK, "%s", status_text());
	json_decref(out);
	/* Both visits, which rest on an interest, and not the contract. */
	ck_assert_int_eq(rows(h), 2);
	ck_assert_int_eq(
	    decide(h, id, REQUEST_TO_REFUSE, "no_ground"), ST_DENIED);
	MUST(decide(h, id, REQUEST_TO_REFUSE, "overriding_grounds") == ST_OK,
	    "%s", status_text());
	/* Until the person has been told. */
	ck_assert_int_eq(rows(h), 2);
	MUST(lift(h, id, 0, "objection_overridden") == ST_OK, "%s",
	    status_text());
	MUST(lift(h, id, 8 * DAY, NULL) == ST_OK, "%s", status_text());
	ck_assert_int_eq(rows(h), 0);
	house_free(h);
}
END_TEST

START_TEST(an_objection_that_is_upheld_erases_its_clusters_alone)
{
	struct rights_actor ada = by();
	struct house *h = start();
	const char *id = asked(h, REQUEST_OBJECTION);
	json_t *out = NULL;

	MUST(restrict_(h, id, NULL, NULL, &out) == ST_OK, "%s", status_text());
	json_decref(out);
	/* Nobody has looked at what goes. */
	ck_assert_int_eq(decide(h, id, REQUEST_TO_FULFIL, NULL), ST_DENIED);
	MUST(rights_plan(&h->in, &ada, id, &out) == ST_OK, "%s", status_text());
	ck_assert_int_eq(json_int(out, "records"), 2);
	ck_assert_int_eq(json_int(out, "kept_records"), 0);
	json_decref(out);
	ck_assert_int_eq(visits(h), 3);
	ck_assert_int_eq(rows(h), 2);
	MUST(decide(h, id, REQUEST_TO_FULFIL, NULL) == ST_OK, "%s",
	    status_text());
	MUST(rights_execute(&h->in, &ada, id, RIGHTS_TELL_NOT, &out) == ST_OK,
	    "%s", status_text());
	ck_assert_str_eq(json_text(out, "state"), "fulfilled");
	json_decref(out);
	ck_assert_int_eq(visits(h), 1);
	ck_assert_int_eq(house_number(h, "SELECT count(*) FROM people"), 2);
	/* What comes in later is not used either. */
	house_sql(h, "INSERT INTO visits VALUES (9, 1, '2026-11-02');");
	MUST(holds_refresh(&h->in, NULL) == ST_OK, "%s", status_text());
	ck_assert_int_eq(rows(h), 1);
	house_free(h);
}
END_TEST

static int suppressed(struct house *h, const char *kind, const char *value)
{
	struct rights_actor ada = by();
	json_t *out = NULL;
	int is;

	MUST(suppression_check(&h->in, &ada, kind, value, &out) == ST_OK, "%s",
	    status_text());
	is = json_is_true(json_object_get(out, "suppressed"));
	json_decref(out);
	return is;
}

START_TEST(nobody_advertises_to_whoever_objects_to_it)
{
	struct rights_actor ada = by();
	struct house *h = start();
	const char *id = asked(h, REQUEST_OBJECTION_DIRECT_MARKETING);
	json_t *out = NULL;

	ck_assert_int_eq(
	    decide(h, id, REQUEST_TO_REFUSE, "overriding_grounds"), ST_DENIED);
	ck_assert_int_eq(decide(h, id, REQUEST_TO_FULFIL, NULL), ST_DENIED);
	ck_assert_int_eq(suppressed(h, "email", "aki@example.jp"), 0);
	for (int i = 0; i < 2; i++) {
		MUST(rights_suppress(&h->in, &ada, id, &out) == ST_OK, "%s",
		    status_text());
		json_decref(out);
	}
	ck_assert_int_eq(suppressed(h, "email", "AKI@example.jp "), 1);
	ck_assert_int_eq(suppressed(h, "email", "bo@example.jp"), 0);
	ck_assert_int_eq(suppressed(h, "customer_id", "C1"), 1);
	MUST(
	    suppression_list(&h->in, &ada, &out) == ST_OK, "%s", status_text());
	ck_assert_uint_eq(
	    json_array_size(json_object_get(out, "suppressed")), 2);
	json_decref(out);
	ck_assert_int_eq(decide(h, id, REQUEST_TO_FULFIL, NULL), ST_OK);
	/* The list outlives the data. */
	house_sql(h, "DELETE FROM visits; DELETE FROM people;");
	ck_assert_int_eq(suppressed(h, "email", "aki@example.jp"), 1);
	house_free(h);
}
END_TEST

/* Killed at the ${nth} allocation of whoever carries it out, and again. */
START_TEST(killed_at_any_instant_it_is_placed_once)
{
	struct house *h = start();
	const char *id = asked(h, REQUEST_RESTRICTION);
	char config[sizeof(h->config)];
	int killed = 1, status = 0;
	json_t *out = NULL;
	pid_t child;

	MUST(restrict_(h, id, "art18_1b_unlawful", "visits", &out) == ST_OK,
	    "%s", status_text());
	json_decref(out);
	out = NULL;
	MUST(restrict_(h, id, "art18_1b_unlawful", "people", &out) == ST_OK,
	    "%s", status_text());
	json_decref(out);
	MUST(decide(h, id, REQUEST_TO_FULFIL, NULL) == ST_OK, "%s",
	    status_text());
	memcpy(config, h->config, sizeof(config));
	installation_release(&h->in);
	for (long nth = 200; killed; nth += 97) {
		child = fork();
		ck_assert_int_ge(child, 0);
		if (child == 0) {
			memset(&h->in, 0, sizeof(h->in));
			if (installation_load(config, &h->in) != ST_OK ||
			    installation_unlock(&h->in) != ST_OK ||
			    installation_open_store(&h->in, &h->in.stores[0]) !=
				ST_OK)
				_exit(2);
			test_alloc_kill(nth);
			_exit(execute(h, id) == ST_OK ? 0 : 3);
		}
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		killed = WIFSIGNALED(status);
		/* 3: it had ended before it was killed. */
		MUST(killed || WEXITSTATUS(status) == 0 ||
			 WEXITSTATUS(status) == 3,
		    "%d", WEXITSTATUS(status));
	}
	memset(&h->in, 0, sizeof(h->in));
	MUST(installation_load(config, &h->in) == ST_OK &&
		 installation_unlock(&h->in) == ST_OK &&
		 installation_open_store(&h->in, &h->in.stores[0]) == ST_OK &&
		 installation_open_control(&h->in) == ST_OK,
	    "%s", status_text());
	ck_assert_int_eq(rows(h), 3);
	ck_assert_int_eq(house_number(h, "SELECT count(DISTINCT suspension)"
					 " FROM lethe_suspension"),
	    2);
	MUST(rights_show(&h->in, id, when_now(), &out) == ST_OK, "%s",
	    status_text());
	ck_assert_str_eq(json_text(out, "state"), "fulfilled");
	json_decref(out);
	house_free(h);
}
END_TEST

Suite *restriction_suite(void)
{
	Suite *s = suite_create("restriction");
	TCase *t = tcase_create("restriction");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, what_is_planned_and_decided_is_restricted);
	tcase_add_test(t, a_restriction_outlives_the_period);
	tcase_add_test(t, lifting_announces_itself_first);
	tcase_add_test(t, an_objection_restricts_until_it_is_decided);
	tcase_add_test(
	    t, an_objection_that_is_upheld_erases_its_clusters_alone);
	tcase_add_test(t, nobody_advertises_to_whoever_objects_to_it);
	tcase_add_test(t, killed_at_any_instant_it_is_placed_once);
	suite_add_tcase(s, t);
	return s;
}
