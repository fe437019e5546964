/* engine/accounts: what people change of what signs them in */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/accounts/accounts.h"
#include "engine/accounts/totp.h"
#include "tests/holds.h"
#include "tests/suites.h"

#define GOOD "correct horse battery"
#define NOW  INT64_C(1800000000)

static struct holds_site site;
#define IN (&site.in)

static struct rights_actor ada(void)
{
	return (struct rights_actor){ "os:ada", 0, NOW };
}

static void cheap(struct config *c)
{
	c->accounts.argon2.passes = 1;
	c->accounts.argon2.kib = 7168;
	c->accounts.argon2.lanes = 1;
	c->accounts.totp_required = 0;
}

static void setup(void)
{
	holds_site_init(&site, 1);
	cheap(&IN->config);
}
static void teardown(void) { holds_site_release(&site); }

static void add(const char *name, unsigned int roles)
{
	struct rights_actor by = ada();
	json_t *out = NULL;

	MUST(accounts_add(IN, &by, name, roles, GOOD, &out) == ST_OK, "%s",
	    status_text());
	json_decref(out);
}

/* From the address ${place}. */
static struct accounts_try a_try(
    const char *name, const char *password, int place, int64_t now)
{
	struct accounts_try t = {
		.name = name, .password = password, .now = now
	};
	char text[32];

	(void)snprintf(text, sizeof(text), "192.0.2.%d", place);
	MUST(accounts_address(IN, text, t.address) == ST_OK, "%s",
	    status_text());
	return t;
}

static void code_now(const char *secret, int64_t now, char code[9])
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint8_t bytes[TOTP_SECRET] = { 0 };

	for (size_t i = 0; i < 8 * TOTP_SECRET; i++) {
		long five = strchr(alphabet, secret[i / 5]) - alphabet;

		if (five >> (4 - i % 5) & 1)
			bytes[i / 8] |= (uint8_t)(0x80 >> i % 8);
	}
	ck_assert_int_eq(
	    totp_code(HMAC_SHA1, bytes, TOTP_SECRET, now / TOTP_STEP, 6, code),
	    ST_OK);
}

static enum status sign_in_by(const char *code, int64_t now)
{
	struct accounts_try t = a_try("ada", GOOD, 1, now);
	struct accounts_session s;
	int64_t wait;

	t.code = code;
	return accounts_sign_in(IN, &t, &s, &wait);
}

START_TEST(an_old_device_counts_until_the_new_one_does)
{
	struct rights_actor by = { "user:ada", 0, NOW };
	json_t *old = NULL, *fresh = NULL, *taken = NULL;
	char code[9];

	add("ada", ACCOUNT_OFFICER);
	ck_assert_int_eq(accounts_take_device(IN, &by, "ada", "000000", &taken),
	    ST_CONFLICT);
	ck_assert_int_eq(accounts_enrol(IN, &by, "ada", &old), ST_OK);
	ck_assert_int_eq(accounts_offer_device(IN, "ada", &fresh), ST_OK);
	ck_assert_str_ne(json_text(old, "secret"), json_text(fresh, "secret"));
	code_now(json_text(old, "secret"), NOW, code);
	ck_assert_int_eq(
	    accounts_take_device(IN, &by, "ada", code, &taken), ST_DENIED);
	ck_assert_int_eq(sign_in_by(code, NOW), ST_OK);
	code_now(json_text(fresh, "secret"), NOW, code);
	ck_assert_int_eq(
	    accounts_take_device(IN, &by, "ada", code, &taken), ST_OK);
	ck_assert_uint_eq(
	    json_array_size(json_object_get(taken, "recovery")), 10);
	/* Its code was seen already, and the old one's are none now. */
	ck_assert_int_eq(sign_in_by(code, NOW), ST_DENIED);
	code_now(json_text(old, "secret"), NOW + 60, code);
	ck_assert_int_eq(sign_in_by(code, NOW + 60), ST_DENIED);
	code_now(json_text(fresh, "secret"), NOW + 60, code);
	ck_assert_int_eq(sign_in_by(code, NOW + 60), ST_OK);
	/* Offered once, taken once. */
	json_decref(taken);
	ck_assert_int_eq(
	    accounts_take_device(IN, &by, "ada", code, &taken), ST_CONFLICT);
	ck_assert_int_eq(holds_site_entries(&site, "user_totp_enrolled"), 2);
	json_decref(old);
	json_decref(fresh);
}
END_TEST

/* Whoever sits at an open session cannot try passwords without end either. */
START_TEST(who_proves_the_password_waits_after_failures)
{
	struct accounts_try t;
	int64_t wait = 0;

	add("ada", ACCOUNT_OFFICER);
	t = a_try("ada", GOOD, 1, NOW);
	ck_assert_int_eq(accounts_prove(IN, &t, &wait), ST_OK);
	t.password = "not the password";
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(accounts_prove(IN, &t, &wait), ST_DENIED);
	t.password = GOOD;
	ck_assert_int_eq(accounts_prove(IN, &t, &wait), ST_BUSY);
	ck_assert_int_gt(wait, 0);
	t.now += wait;
	ck_assert_int_eq(accounts_prove(IN, &t, &wait), ST_OK);
	ck_assert_int_eq(holds_site_entries(&site, "sign_in_failed"), 5);
	ck_assert_int_eq(holds_site_entries(&site, "signed_in"), 0);
	t.name = "nobody";
	ck_assert_int_eq(accounts_prove(IN, &t, &wait), ST_DENIED);
}
END_TEST

Suite *own_account_suite(void)
{
	Suite *s = suite_create("own_account");
	TCase *tc = tcase_create("all");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, an_old_device_counts_until_the_new_one_does);
	tcase_add_test(tc, who_proves_the_password_waits_after_failures);
	suite_add_tcase(s, tc);
	return s;
}
