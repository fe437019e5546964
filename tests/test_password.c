/* engine/accounts/totp, password */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "engine/accounts/password.h"
#include "engine/accounts/totp.h"
#include "engine/crypto/crypto.h"
#include "tests/suites.h"

#define GOOD "correct horse battery"
#define NOW  INT64_C(1800000000)

static char installation[] = "connected-drive";
static struct config config;

static void setup(void)
{
	/* As whoever loads an installation does, before there are threads. */
	ck_assert_int_eq(crypto_init(), ST_OK);
	config = (struct config){ .installation = installation };
	config.accounts.password_length = 12;
	config.accounts.parallel = 2;
	config.accounts.argon2.passes = 1;
	config.accounts.argon2.kib = 7168;
	config.accounts.argon2.lanes = 1;
}

/* ---- codes ---- */

/* RFC 6238, appendix B. */
static const struct {
	int64_t at;
	enum hmac_hash hash;
	const char *code;
} vectors[] = {
	{ 59, HMAC_SHA1, "94287082" },
	{ 59, HMAC_SHA256, "46119246" },
	{ 59, HMAC_SHA512, "90693936" },
	{ 1111111109, HMAC_SHA1, "07081804" },
	{ 1111111109, HMAC_SHA256, "68084774" },
	{ 1111111109, HMAC_SHA512, "25091201" },
	{ 1111111111, HMAC_SHA1, "14050471" },
	{ 1111111111, HMAC_SHA256, "67062674" },
	{ 1111111111, HMAC_SHA512, "99943326" },
	{ 1234567890, HMAC_SHA1, "89005924" },
	{ 1234567890, HMAC_SHA256, "91819424" },
	{ 1234567890, HMAC_SHA512, "93441116" },
	{ 2000000000, HMAC_SHA1, "69279037" },
	{ 2000000000, HMAC_SHA256, "90698825" },
	{ 2000000000, HMAC_SHA512, "38618901" },
	{ INT64_C(20000000000), HMAC_SHA1, "65353130" },
	{ INT64_C(20000000000), HMAC_SHA256, "77737706" },
	{ INT64_C(20000000000), HMAC_SHA512, "47863826" },
};
#define VECTORS (int)(sizeof(vectors) / sizeof(vectors[0]))

START_TEST(codes_are_those_of_rfc_6238)
{
	static const char digits[] = "1234567890";
	static const size_t lengths[] = { 20, 32, 64 };
	char secret[64], code[9];

	for (size_t i = 0; i < sizeof(secret); i++)
		secret[i] = digits[i % 10];
	ck_assert_int_eq(
	    totp_code(vectors[_i].hash, secret, lengths[vectors[_i].hash],
		vectors[_i].at / TOTP_STEP, 8, code),
	    ST_OK);
	ck_assert_str_eq(code, vectors[_i].code);
}
END_TEST

START_TEST(a_secret_is_written_as_apps_read_it)
{
	struct buf b = BUF_INIT;
	uint8_t secret[TOTP_SECRET];

	memcpy(secret, "12345678901234567890", TOTP_SECRET);
	totp_uri(&b, "a/b", "ada", secret);
	ck_assert_str_eq(buf_text(&b),
	    "otpauth://totp/a%2Fb:ada?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	    "&issuer=a%2Fb");
	buf_clear(&b);
	totp_base32(&b, "foobar", 6);
	ck_assert_str_eq(buf_text(&b), "MZXW6YTBOI");
	buf_release(&b);
}
END_TEST

START_TEST(a_step_may_be_beside_the_clock_and_counts_once)
{
	const uint8_t secret[TOTP_SECRET] = "12345678901234567890";
	const int64_t step = NOW / TOTP_STEP;
	char code[9];
	int64_t found;

	for (int64_t s = step - 2; s <= step + 2; s++) {
		ck_assert_int_eq(
		    totp_code(HMAC_SHA1, secret, TOTP_SECRET, s, 6, code),
		    ST_OK);
		ck_assert_int_eq(
		    totp_find(secret, code, NOW, 0, &found), ST_OK);
		ck_assert_int_eq(found, s >= step - 1 && s <= step + 1 ? s : 0);
		ck_assert_int_eq(
		    totp_find(secret, code, NOW, s, &found), ST_OK);
		ck_assert_int_eq(found, 0);
	}
}
END_TEST

/* ---- passwords ---- */

START_TEST(a_password_is_long_and_has_no_names)
{
	const struct config *c = &config;
	char text[200];

	ck_assert_int_eq(password_check(c, "ada", GOOD), ST_OK);
	ck_assert_int_eq(password_check(c, "ada", "aaakaalaamaa"), ST_OK);
	ck_assert_int_eq(password_check(c, "ada", "aaakaalaama"), ST_USAGE);
	ck_assert_int_eq(
	    password_check(c, "ada", "my name is ADA, you see"), ST_USAGE);
	(void)snprintf(text, sizeof(text), "at the %s desk", c->installation);
	ck_assert_int_eq(password_check(c, "ada", text), ST_USAGE);
	/* Characters, not bytes. */
	ck_assert_int_eq(password_check(c, "ada", "ääääää"), ST_USAGE);
	ck_assert_int_eq(
	    password_check(c, "ada", "\xff\xff\xff\xff\xff\xff"), ST_USAGE);
}
END_TEST

/* What everybody takes, and what only looks like it. */
START_TEST(a_password_is_not_everybodys)
{
	static const char *const common[] = { "Password1234", "PASSWORD123456",
		"correcthorsebatterystaple", "aaaaaaaaaaaa", "abcabcabcabc",
		"AbcdabcDabcd", "123456789012", "987654321098", "qwertyuiopas",
		"1q2w3e4r5t6y", "Qwertzuiopasdf", "abcdefghijklmn",
		"passwordpassword" };
	static const char *const fine[] = { "correct horse battery",
		"password of the day", "aaaaaaaaaaab", "1234567890ab",
		"ein Satz mit Wörtern" };

	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++) {
		MUST(password_check(&config, "ada", common[i]) == ST_USAGE,
		    "%s", common[i]);
		ck_assert_ptr_nonnull(strstr(status_text(), "first that"));
	}
	for (size_t i = 0; i < sizeof(fine) / sizeof(fine[0]); i++)
		MUST(password_check(&config, "ada", fine[i]) == ST_OK, "%s: %s",
		    fine[i], status_text());
}
END_TEST

START_TEST(however_it_is_typed_a_password_is_the_same)
{
	struct buf kept = BUF_INIT;
	int right = 0, weak = 1;

	ck_assert_int_eq(
	    password_hash(&config, "caf\xc3\xa9 caf\xc3\xa9", &kept), ST_OK);
	ck_assert_int_eq(password_verify(&config, buf_text(&kept),
			     "cafe\xcc\x81 cafe\xcc\x81", &right, &weak),
	    ST_OK);
	ck_assert_int_eq(right, 1);
	ck_assert_int_eq(weak, 0);
	config.accounts.argon2.passes = 2;
	ck_assert_int_eq(password_verify(&config, buf_text(&kept),
			     "something else", &right, &weak),
	    ST_OK);
	ck_assert_int_eq(right, 0);
	ck_assert_int_eq(weak, 1);
	buf_release(&kept);
}
END_TEST

static void *compute(void *arg)
{
	int right, weak;

	for (int i = 0; i < 4; i++)
		if (password_verify(arg, NULL, GOOD, &right, &weak) != ST_OK ||
		    right)
			return arg;
	return NULL;
}

START_TEST(only_so_many_are_computed_at_once)
{
	pthread_t threads[8];
	void *wrong;

	for (int i = 0; i < 8; i++)
		MUST(pthread_create(&threads[i], NULL, compute, &config) == 0,
		    "thread");
	for (int i = 0; i < 8; i++) {
		MUST(pthread_join(threads[i], &wrong) == 0, "join");
		ck_assert_ptr_null(wrong);
	}
	ck_assert_int_eq(password_counts().computed, 32);
	ck_assert_int_eq(password_counts().most_at_once, 2);
	ck_assert_int_eq(password_counts().at_once, 0);
}
END_TEST

Suite *password_suite(void)
{
	Suite *s = suite_create("password");
	TCase *t = tcase_create("password");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, codes_are_those_of_rfc_6238, 0, VECTORS);
	tcase_add_test(t, a_secret_is_written_as_apps_read_it);
	tcase_add_test(t, a_step_may_be_beside_the_clock_and_counts_once);
	tcase_add_test(t, a_password_is_long_and_has_no_names);
	tcase_add_test(t, a_password_is_not_everybodys);
	tcase_add_test(t, however_it_is_typed_a_password_is_the_same);
	tcase_add_test(t, only_so_many_are_computed_at_once);
	suite_add_tcase(s, t);
	return s;
}
