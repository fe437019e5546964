/*
 * engine/subjects: people in the log, for as long as there are records of
 * theirs.  Guards invariant 5 (no content in evidence) for what is looked at,
 * held and searched.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/holds/holds.h"
#include "engine/subjects/subjects.h"
#include "tests/house.h"
#include "tests/suites.h"

#define IDENTITY(name, category, kind)                             \
	"          - {name: " name ", data_categories: [" category \
	"], fides_meta: {identity: " kind "}}\n"

static const char people[] = "    collections:\n" COLLECTION("people") KEY("id")
    IDENTITY("number", "user.unique_id", "customer_id")
	IDENTITY("email", "user.contact.email", "email")
	    FIELD("left_on", "user.account");
static const char policy[] =
    "starting_points:\n"
    "  left: {kind: end_of_relationship, at: left_on, null_means: open}\n"
    "clusters:\n"
    "  people:\n"
    "    covers: [shop.people]\n"
    "    purposes: [sale]\n"
    "    deletion_rule: {starting_point: left, regular_deletion_period: "
    "P1Y}\n";
static const char tables[] =
    "CREATE TABLE people (id INTEGER PRIMARY KEY NOT NULL, number TEXT,"
    " email TEXT, left_on DATE);"
    "CREATE INDEX people_number ON people (number);"
    "CREATE INDEX people_email ON people (lower(email));";

/* C1 has two records, one due in 2022 and one in 2024; C2 stays. */
static struct house *start(void)
{
	struct house *h = house_new(people, policy, tables);

	house_sql(h, "INSERT INTO people VALUES"
		     " (1, 'C1', 'Aki@example.jp', '2020-06-30'),"
		     " (2, 'C1', 'aki@example.jp', '2022-06-30'),"
		     " (3, 'C2', 'bo@example.jp', NULL);");
	return h;
}

static int64_t need(struct house *h, const char *identity, const char *value)
{
	struct reach_subject who = { identity, value };
	int64_t id = 0;

	ck_assert_int_eq(subjects_need(&h->in, &who, &id), ST_OK);
	ck_assert_int_gt(id, 0);
	return id;
}

static int known(struct house *h, const char *identity, const char *value)
{
	struct reach_subject who = { identity, value };
	int64_t id = 0;
	enum status st = subjects_find(&h->in, &who, &id);

	ck_assert(st == ST_OK || st == ST_NOTFOUND);
	return st == ST_OK;
}

static void pseudonym(struct house *h, int64_t id, char out[SUBJECT_TEXT])
{
	ck_assert_int_eq(subjects_pseudonym(&h->in, id, out), ST_OK);
	ck_assert_uint_eq(strlen(out), SUBJECT_TEXT - 1);
}

static int64_t control_number(struct house *h, const char *which)
{
	int64_t n = -1;
	struct sql q = SQL_INIT;

	sql_add(&q, "SELECT count(*) FROM subject");
	if (strcmp(which, "clear") == 0)
		sql_add(&q,
		    " WHERE instr(sealed, CAST('C1-in-clear' AS BLOB)) > 0"
		    " OR instr(lookup, CAST('C1-in-clear' AS BLOB)) > 0");
	ck_assert_int_eq(db_one_int_sql(h->in.control, &q, 0, &n), ST_OK);
	sql_release(&q);
	return n;
}

static void purge(struct house *h, const char *as_of)
{
	json_t *report = house_purge(h, as_of);

	ck_assert(json_is_true(json_object_get(report, "verified")));
	json_decref(report);
}

/* ---- names ---- */

START_TEST(a_subject_is_the_canonical_identity)
{
	struct house *h = start();
	int64_t id = need(h, "email", "Aki@Example.JP ");
	char *value = NULL;

	ck_assert_int_eq(need(h, "email", "aki@example.jp"), id);
	ck_assert_int_ne(need(h, "email", "bo@example.jp"), id);
	ck_assert_int_ne(need(h, "customer_id", "aki@example.jp"), id);
	ck_assert_int_eq(subjects_value(&h->in, id, &value), ST_OK);
	ck_assert_str_eq(value, "aki@example.jp");
	free(value);
	house_free(h);
}
END_TEST

START_TEST(a_pseudonym_stays_and_differs_by_kind_person_and_installation)
{
	struct house *h = start(), *other;
	char one[SUBJECT_TEXT], again[SUBJECT_TEXT], two[SUBJECT_TEXT];
	int64_t id = need(h, "customer_id", "C1");

	pseudonym(h, id, one);
	pseudonym(h, id, again);
	ck_assert_str_eq(one, again);
	pseudonym(h, need(h, "customer_id", "C2"), two);
	ck_assert_str_ne(one, two);
	pseudonym(h, need(h, "email", "C1"), two);
	ck_assert_str_ne(one, two);
	house_free(h);
	other = start();
	pseudonym(other, need(other, "customer_id", "C1"), two);
	ck_assert_str_ne(one, two);
	house_free(other);
}
END_TEST

/* Long enough that chance does not write it. */
START_TEST(nothing_of_it_stands_in_clear)
{
	struct house *h = start();

	(void)need(h, "customer_id", "C1-in-clear");
	ck_assert_int_eq(control_number(h, "all"), 1);
	ck_assert_int_eq(control_number(h, "clear"), 0);
	house_free(h);
}
END_TEST

START_TEST(a_changed_row_is_refused)
{
	struct house *h = start();
	int64_t id = need(h, "customer_id", "C1");
	char *value = NULL;

	ck_assert_int_eq(
	    db_exec(h->in.control, "UPDATE subject SET sealed = zeroblob(40)",
		NOARGS),
	    ST_OK);
	ck_assert_int_eq(subjects_value(&h->in, id, &value), ST_INTEGRITY);
	ck_assert_int_eq(
	    db_exec(h->in.control, "UPDATE subject SET sealed = x'00'", NOARGS),
	    ST_OK);
	ck_assert_int_eq(subjects_value(&h->in, id, &value), ST_INTEGRITY);
	house_free(h);
}
END_TEST

/* ---- forgotten ---- */

START_TEST(the_salt_goes_with_the_last_record)
{
	struct house *h = start();
	char before[SUBJECT_TEXT], after[SUBJECT_TEXT];
	int64_t id = need(h, "customer_id", "C1");

	(void)need(h, "customer_id", "C2");
	pseudonym(h, id, before);
	purge(h, "2022-01-01T00:00:00Z");
	ck_assert(known(h, "customer_id", "C1"));
	purge(h, "2024-01-01T00:00:00Z");
	ck_assert(!known(h, "customer_id", "C1"));
	ck_assert(known(h, "customer_id", "C2"));
	ck_assert_int_eq(subjects_pseudonym(&h->in, id, after), ST_NOTFOUND);
	/* Who comes back is another one, as far as the log can tell. */
	ck_assert_int_ne(need(h, "customer_id", "C1"), id);
	pseudonym(h, need(h, "customer_id", "C1"), after);
	ck_assert_str_ne(before, after);
	house_free(h);
}
END_TEST

static int64_t last_number; /* of the entries: how many were forgotten */

static enum status see_forgotten(void *ctx, const char *body)
{
	json_t *o = json_loads(body, 0, NULL);

	last_number = json_int(o, "subjects");
	ck_assert_str_eq(json_text(o, "object"), "subjects");
	ck_assert_uint_gt(strlen(json_text(o, "run")), 0);
	++*(int *)ctx;
	json_decref(o);
	return ST_OK;
}

START_TEST(the_log_is_told_how_many_once)
{
	const struct audit_filter f = { .action = "subjects_forgotten" };
	struct house *h = start();
	int entries = 0;

	(void)need(h, "customer_id", "C1");
	(void)need(h, "email", "aki@example.jp");
	(void)need(h, "email", "nobody@example.jp");
	purge(h, "2024-01-01T00:00:00Z");
	purge(h, "2024-01-01T00:00:00Z");
	ck_assert_int_eq(
	    audit_list(h->in.audit, &f, see_forgotten, &entries), ST_OK);
	ck_assert_int_eq(entries, 1);
	ck_assert_int_eq(last_number, 3);
	ck_assert_int_eq(control_number(h, "all"), 0);
	house_free(h);
}
END_TEST

static void place(struct house *h, char id[32])
{
	const struct holds_order o = {
		.scope = { .identity = "customer_id", .value = "C1" },
		.reason = "litigation",
		.authority = "a court",
		.review = HOLDS_NO_DAY,
	};
	json_t *out = NULL;

	ck_assert_int_eq(holds_place(&h->in, &o, "os:a", &out), ST_OK);
	(void)snprintf(id, 32, "%s", json_text(out, "id"));
	ck_assert_str_eq(
	    json_text(json_object_get(out, "subject"), "value"), "C1");
	json_decref(out);
}

/* A hold on a person of whom nothing is there may be about what comes. */
START_TEST(a_hold_keeps_its_subject_known_until_its_release)
{
	struct house *h = start();
	json_t *out = NULL;
	char id[32];

	house_sql(h, "DELETE FROM people WHERE number = 'C1';");
	place(h, id);
	purge(h, "2024-01-01T00:00:00Z");
	ck_assert(known(h, "customer_id", "C1"));
	ck_assert_int_eq(
	    holds_release(&h->in, id, "os:b", "over", &out), ST_OK);
	json_decref(out);
	out = NULL;
	purge(h, "2024-01-01T00:00:00Z");
	ck_assert(!known(h, "customer_id", "C1"));
	/* Of the released hold nothing says any more whom it was about. */
	ck_assert_int_eq(
	    holds_list(&h->in, HOLDS_ALL, 1700000000, &out), ST_OK);
	ck_assert(json_is_null(json_object_get(
	    json_object_get(
		json_array_get(json_object_get(out, "suspensions"), 0),
		"subject"),
	    "value")));
	json_decref(out);
	house_free(h);
}
END_TEST

static enum status see_subject(void *ctx, const char *body)
{
	const char *pseudonym_of_c1 = ctx;
	json_t *o = json_loads(body, 0, NULL);

	ck_assert_str_eq(json_text(o, "subject"), pseudonym_of_c1);
	ck_assert_ptr_null(strstr(body, "C1"));
	last_number++;
	json_decref(o);
	return ST_OK;
}

START_TEST(a_person_s_entries_are_found)
{
	struct house *h = start();
	struct audit_filter f = { 0 };
	char id[32], text[SUBJECT_TEXT];
	json_t *out = NULL;

	place(h, id);
	ck_assert_int_eq(
	    holds_release(&h->in, id, "os:b", "over", &out), ST_OK);
	json_decref(out);
	pseudonym(h, need(h, "customer_id", "C1"), text);
	f.subject = text;
	last_number = 0;
	ck_assert_int_eq(audit_list(h->in.audit, &f, see_subject, text), ST_OK);
	ck_assert_int_eq(last_number, 2);
	house_free(h);
}
END_TEST

/* ---- what stood there before ---- */

START_TEST(older_holds_get_their_subject)
{
	struct house *h = start();
	json_t *out = NULL;
	char id[32];

	place(h, id);
	ck_assert_int_eq(db_exec(h->in.control,
			     "UPDATE suspension SET subject = NULL,"
			     " value = ' C2'",
			     NOARGS),
	    ST_OK);
	ck_assert_int_eq(
	    holds_list(&h->in, HOLDS_ALL, 1700000000, &out), ST_DB);
	ck_assert_ptr_nonnull(strstr(status_text(), "lethe init"));
	ck_assert_int_eq(subjects_adopt(&h->in), ST_OK);
	ck_assert_int_eq(subjects_adopt(&h->in), ST_OK);
	ck_assert_int_eq(
	    holds_list(&h->in, HOLDS_ALL, 1700000000, &out), ST_OK);
	ck_assert_str_eq(
	    json_text(
		json_object_get(
		    json_array_get(json_object_get(out, "suspensions"), 0),
		    "subject"),
		"value"),
	    "C2");
	json_decref(out);
	house_free(h);
}
END_TEST

Suite *subjects_suite(void)
{
	Suite *s = suite_create("subjects");
	TCase *t = tcase_create("names");

	tcase_add_test(t, a_subject_is_the_canonical_identity);
	tcase_add_test(
	    t, a_pseudonym_stays_and_differs_by_kind_person_and_installation);
	tcase_add_test(t, nothing_of_it_stands_in_clear);
	tcase_add_test(t, a_changed_row_is_refused);
	suite_add_tcase(s, t);
	t = tcase_create("forgotten");
	tcase_add_test(t, the_salt_goes_with_the_last_record);
	tcase_add_test(t, the_log_is_told_how_many_once);
	tcase_add_test(t, a_hold_keeps_its_subject_known_until_its_release);
	tcase_add_test(t, a_person_s_entries_are_found);
	tcase_add_test(t, older_holds_get_their_subject);
	suite_add_tcase(s, t);
	return s;
}
