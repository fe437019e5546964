/*
 * engine/consent: whether a consent is valid, against an oracle that plays the
 * events one after the other; what is refused; settings and who wins.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/when.h"
#include "engine/consent/preference.h"
#include "engine/consent/receipt.h"
#include "tests/consents.h"
#include "tests/suites.h"

static struct holds_site site;
#define IN   (&site.in)
#define DAY  86400
#define NOW  INT64_C(1800000000)
#define ZONE 32400 /* Asia/Tokyo */

static void setup(void) { consents_init(&site); }
static void teardown(void) { holds_site_release(&site); }

/* ---- the oracle ---- */

/* A small generator of our own: the same histories in every run. */
static uint64_t dice;
static int64_t roll(int64_t sides)
{
	dice = dice * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (int64_t)((dice >> 33) % (uint64_t)sides);
}

struct said {
	int64_t at;
	int64_t until;
	enum consent_kind kind;
};

/* Second by second what was said then, no before yes, later written last. */
static enum consent_state played(
    const struct said *all, size_t count, int64_t from, int64_t t)
{
	enum consent_state state = CONSENT_STATE_NONE;
	int64_t until = 0;

	for (int64_t now = from; now <= t; now++) {
		int yes = 0, no = 0;

		for (size_t i = 0; i < count; i++) {
			if (all[i].at != now)
				continue;
			if (all[i].kind != CONSENT_GIVEN) {
				no = 1;
				state = all[i].kind == CONSENT_REFUSED
					    ? CONSENT_STATE_REFUSED
					    : CONSENT_STATE_WITHDRAWN;
			} else {
				yes = 1;
				if (!no)
					until = all[i].until;
			}
		}
		if (yes && !no)
			state = CONSENT_STATE_GIVEN;
		if (state == CONSENT_STATE_GIVEN && now >= until)
			state = CONSENT_STATE_EXPIRED;
	}
	return state;
}

#define MOST 9
START_TEST(the_state_is_what_the_events_play)
{
	int seen[CONSENT_STATE__MAX] = { 0 };

	dice = 17;
	for (int round = 0; round < 20000; round++) {
		struct consent_event events[MOST];
		struct said all[MOST];
		size_t count = (size_t)roll(MOST);
		int64_t t = roll(30);
		enum consent_state want;

		for (size_t i = 0; i < count; i++) {
			all[i].at = roll(24);
			all[i].kind =
			    (enum consent_kind)roll(CONSENT_KIND__MAX);
			all[i].until =
			    roll(2) ? all[i].at + roll(12) : CONSENT_NO_END;
			events[i] = (struct consent_event){ all[i].at,
				all[i].until, (int64_t)i + 1, 1, all[i].kind };
		}
		want = played(all, count, 0, t);
		MUST(consent_state_at(events, count, t) == want,
		    "round %d: %s, not %s", round,
		    consent_state_name(consent_state_at(events, count, t)),
		    consent_state_name(want));
		seen[want]++;
		/* The one that decides is in that state itself. */
		if (want != CONSENT_STATE_NONE)
			MUST(consent_state_of(events, count,
				 consent_deciding(events, count, t), t) == want,
			    "round %d", round);
	}
	for (int i = 0; i < CONSENT_STATE_SUPERSEDED; i++)
		ck_assert_int_gt(seen[i], 100);
}
END_TEST

START_TEST(a_record_is_what_came_after_it)
{
	const struct consent_event e[] = {
		{ 10, CONSENT_NO_END, 1, 1, CONSENT_GIVEN },
		{ 20, 40, 2, 2, CONSENT_GIVEN },
		{ 50, CONSENT_NO_END, 4, 2, CONSENT_GIVEN },
		{ 60, CONSENT_NO_END, 3, 2, CONSENT_WITHDRAWN },
	};

	ck_assert_int_eq(consent_state_of(e, 4, 0, 9), CONSENT_STATE_NONE);
	ck_assert_int_eq(consent_state_of(e, 4, 0, 19), CONSENT_STATE_GIVEN);
	ck_assert_int_eq(
	    consent_state_of(e, 4, 0, 20), CONSENT_STATE_SUPERSEDED);
	ck_assert_int_eq(consent_state_of(e, 4, 1, 39), CONSENT_STATE_GIVEN);
	ck_assert_int_eq(consent_state_of(e, 4, 1, 40), CONSENT_STATE_EXPIRED);
	ck_assert_int_eq(
	    consent_state_of(e, 4, 2, 60), CONSENT_STATE_WITHDRAWN);
	ck_assert_int_eq(
	    consent_state_of(e, 4, 3, 60), CONSENT_STATE_WITHDRAWN);
	ck_assert(consent_end(e, 4, 15) == CONSENT_NO_END);
	ck_assert_int_eq(consent_end(e, 4, 30), 40);
	ck_assert_int_eq(consent_end(e, 4, 70), 60);
}
END_TEST

/* ---- the same through the registry ---- */

/* Two whole days after the one on which it was given. */
static int64_t ends(int64_t at, int64_t version)
{
	int64_t day = (at + ZONE) / DAY;

	return version == 1 ? (day + 3) * DAY - ZONE : CONSENT_NO_END;
}

/* Of what was said last by then nothing was a no, and the last yes holds. */
static int agreed(const struct said *all, size_t count, int64_t t)
{
	int64_t last = INT64_MIN;
	int yes = 0;

	for (size_t i = 0; i < count; i++)
		if (all[i].at <= t && all[i].at > last)
			last = all[i].at;
	for (size_t i = 0; i < count; i++) {
		if (all[i].at != last || all[i].at > t)
			continue;
		if (all[i].kind != CONSENT_GIVEN)
			return 0;
		yes = t < all[i].until;
	}
	return yes;
}

static int proven(const char *person, const char *purpose, int64_t at)
{
	const struct reach_subject who = { "person_id", person };
	json_t *o = NULL;
	int valid;

	MUST(consent_prove(IN, &who, purpose, at, &o) == ST_OK, "%s",
	    status_text());
	valid = json_is_true(json_object_get(o, "valid"));
	json_decref(o);
	return valid;
}

static void say(const char *person, const char *notice, int64_t version,
    enum consent_kind kind, int64_t at)
{
	struct rights_actor ada = consents_by(NOW);
	struct consent_order o =
	    consents_order(person, notice, version, kind, at);
	json_t *out = NULL;

	MUST(consent_record(IN, &ada, &o, &out) == ST_OK, "%s", status_text());
	json_decref(out);
}

/* Back-dated, at once, in versions that end and that do not. */
START_TEST(what_is_proven_is_what_was_said)
{
	int64_t from = NOW - 10 * DAY, t;
	int yes = 0, no = 0;
	char person[20];

	dice = 4;
	for (int round = 0; round < 40; round++) {
		struct said all[6];
		size_t count = (size_t)roll(7);

		(void)snprintf(person, sizeof(person), "R%d", round);
		for (size_t i = 0; i < count; i++) {
			int64_t version = 1 + roll(2);

			all[i].at = from + roll(9) * DAY / 2;
			all[i].kind = (enum consent_kind)roll(2);
			all[i].until = ends(all[i].at, version);
			say(person, "news", version, all[i].kind, all[i].at);
		}
		for (int i = 0; i < 12; i++) {
			int want;

			t = from + roll(20) * DAY / 2 - roll(2);
			want = agreed(all, count, t);
			MUST(proven(person, "p", t) == want, "round %d at %lld",
			    round, (long long)(t - from));
			MUST(!proven(person, "other", t), "round %d", round);
			yes += want;
			no += !want;
		}
	}
	ck_assert_int_gt(yes, 50);
	ck_assert_int_gt(no, 50);
}
END_TEST

START_TEST(an_end_is_written_where_rules_find_it)
{
	struct rights_actor ada = consents_by(NOW);
	struct consent_order o =
	    consents_order("P1", NULL, 0, CONSENT_WITHDRAWN, NOW);
	json_t *out = NULL;

	say("P1", "news", 2, CONSENT_GIVEN, NOW - DAY);
	ck_assert_int_eq(holds_site_count(&site, CRM,
			     "SELECT count(*) FROM contracts"
			     " WHERE person = 'P1' AND ends IS NULL"),
	    2);
	MUST(consent_withdraw(IN, &ada, &o, "other", &out) == ST_OK, "%s",
	    status_text());
	ck_assert_uint_eq(
	    json_array_size(json_object_get(out, "withdrawn")), 0);
	json_decref(out);
	MUST(consent_withdraw(IN, &ada, &o, "p", &out) == ST_OK, "%s",
	    status_text());
	ck_assert_uint_eq(
	    json_array_size(json_object_get(out, "withdrawn")), 1);
	json_decref(out);
	ck_assert_int_eq(
	    holds_site_count(&site, CRM,
		"SELECT count(*) FROM contracts WHERE"
		" person = 'P1' AND ends = '2027-01-15T08:00:00Z'"),
	    2);
	/* Nobody else's. */
	ck_assert_int_eq(holds_site_count(&site, CRM,
			     "SELECT count(*) FROM contracts"
			     " WHERE ends = '2027-01-15T08:00:00Z'"),
	    2);
	/* Once for what changed: the consent opened one, and then both ended.
	 */
	ck_assert_int_eq(holds_site_entries(&site, "consent_end_set"), 2);
}
END_TEST

/* ---- receipts ---- */

START_TEST(every_changed_byte_of_a_receipt_shows)
{
	struct rights_actor ada = consents_by(NOW);
	struct consent_order o =
	    consents_order("P1", "news", 2, CONSENT_GIVEN, NOW);
	json_t *out = NULL, *receipt = NULL, *same = NULL;
	const char *note;
	char *bytes;
	size_t len;

	MUST(consent_record(IN, &ada, &o, &out) == ST_OK, "%s", status_text());
	MUST(receipt_make(IN, &ada, json_text(out, "id"), &receipt) == ST_OK,
	    "%s", status_text());
	note = json_text(receipt, "note");
	len = strlen(note);
	MUST(receipt_check(audit_key(IN->audit), note, len, &same) == ST_OK,
	    "%s", status_text());
	ck_assert(json_equal(same, json_object_get(receipt, "receipt")));
	json_decref(same);
	bytes = strdup(note);
	for (size_t i = 0; i < len; i += 7) {
		bytes[i] = (char)(bytes[i] ^ 1);
		same = NULL;
		MUST(receipt_check(audit_key(IN->audit), bytes, len, &same) ==
			 ST_INTEGRITY,
		    "byte %zu", i);
		bytes[i] = (char)(bytes[i] ^ 1);
	}
	free(bytes);
	json_decref(receipt);
	json_decref(out);
}
END_TEST

/* ---- settings ---- */

static long long set(const char *preference, const char *setting, int64_t now)
{
	struct rights_actor ada = consents_by(now);
	const struct preference_order o = { "person_id", "P1", preference,
		setting, "app", 0 };
	json_t *out = NULL;
	long long version;

	MUST(preference_set(IN, &ada, &o, &out) == ST_OK, "%s", status_text());
	version = json_int(out, "version");
	json_decref(out);
	return version;
}

static size_t pending(int64_t now)
{
	struct rights_actor ada = consents_by(now);
	json_t *out = NULL;
	size_t n;

	MUST(preference_pending(IN, &ada, 10, &out) == ST_OK, "%s",
	    status_text());
	n = json_array_size(json_object_get(out, "pending"));
	json_decref(out);
	return n;
}

static int acknowledge(int64_t version, int64_t now)
{
	struct rights_actor ada = consents_by(now);
	const struct preference_order o = { "person_id", "P1", "data", NULL,
		NULL, version };
	json_t *out = NULL;
	int yes;

	MUST(preference_acknowledge(IN, &ada, &o, &out) == ST_OK, "%s",
	    status_text());
	yes = json_is_true(json_object_get(out, "acknowledged"));
	json_decref(out);
	return yes;
}

START_TEST(an_old_setting_never_comes_back)
{
	ck_assert_int_eq(set("data", "all", NOW), 1);
	ck_assert_int_eq(set("data", "all", NOW), 1);
	ck_assert_uint_eq(pending(NOW), 1);
	ck_assert_int_eq(set("data", "none", NOW + 1), 2);
	ck_assert(!acknowledge(1, NOW + 2));
	/* Again after one minute, two, four ... */
	ck_assert_uint_eq(pending(NOW + 2), 1);
	ck_assert_uint_eq(pending(NOW + 61), 0);
	ck_assert_uint_eq(pending(NOW + 62), 1);
	ck_assert_uint_eq(pending(NOW + 181), 0);
	ck_assert_uint_eq(pending(NOW + 182), 1);
	ck_assert(acknowledge(2, NOW + 200));
	ck_assert_uint_eq(pending(NOW + DAY), 0);
	ck_assert(!acknowledge(1, NOW + DAY));
	ck_assert_int_eq(preference_wait(1), 60);
	ck_assert_int_eq(preference_wait(9), 15360);
	ck_assert_int_eq(preference_wait(10), 21600);
	ck_assert_int_eq(preference_wait(1000), 21600);
	ck_assert_int_eq(consents_told(&site), 7);
}
END_TEST

Suite *consent_suite(void)
{
	Suite *s = suite_create("consent");
	TCase *pure = tcase_create("state"), *t = tcase_create("registry");

	tcase_add_test(pure, the_state_is_what_the_events_play);
	tcase_add_test(pure, a_record_is_what_came_after_it);
	tcase_set_timeout(t, 240);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, what_is_proven_is_what_was_said);
	tcase_add_test(t, an_end_is_written_where_rules_find_it);
	tcase_add_test(t, every_changed_byte_of_a_receipt_shows);
	tcase_add_test(t, an_old_setting_never_comes_back);
	suite_add_tcase(s, pure);
	suite_add_tcase(s, t);
	return s;
}
