/* engine/send/webhook, public */
#include <arpa/inet.h>
#include <string.h>

#include "engine/send/public.h"
#include "engine/send/webhook.h"
#include "tests/suites.h"

static const struct {
	const char *text;
	int public;
} addresses[] = {
	{ "8.8.8.8", 1 },
	{ "1.1.1.1", 1 },
	{ "9.255.255.255", 1 },
	{ "11.0.0.0", 1 },
	{ "100.63.255.255", 1 },
	{ "100.128.0.0", 1 },
	{ "172.15.255.255", 1 },
	{ "172.32.0.0", 1 },
	{ "192.167.255.255", 1 },
	{ "198.17.255.255", 1 },
	{ "198.20.0.0", 1 },
	{ "223.255.255.255", 1 },
	{ "0.0.0.0", 0 },
	{ "0.1.2.3", 0 },
	{ "10.0.0.0", 0 },
	{ "10.255.255.255", 0 },
	{ "100.64.0.0", 0 },
	{ "100.127.255.255", 0 },
	{ "127.0.0.1", 0 },
	{ "127.255.255.255", 0 },
	{ "169.254.169.254", 0 },
	{ "172.16.0.1", 0 },
	{ "172.31.255.255", 0 },
	{ "192.0.0.8", 0 },
	{ "192.0.2.1", 0 },
	{ "192.168.255.255", 0 },
	{ "198.18.0.1", 0 },
	{ "198.19.255.255", 0 },
	{ "198.51.100.7", 0 },
	{ "203.0.113.7", 0 },
	{ "224.0.0.1", 0 },
	{ "255.255.255.255", 0 },
	{ "2606:4700:4700::1111", 1 },
	{ "2a00:1450:4001::1", 1 },
	{ "::ffff:8.8.8.8", 1 },
	{ "64:ff9b::8.8.8.8", 1 },
	{ "::", 0 },
	{ "::1", 0 },
	{ "::127.0.0.1", 0 },
	{ "::8.8.8.8", 0 },
	{ "::ffff:127.0.0.1", 0 },
	{ "::ffff:10.1.2.3", 0 },
	{ "::ffff:169.254.169.254", 0 },
	{ "64:ff9b::10.0.0.1", 0 },
	{ "64:ff9b:1::1", 0 },
	{ "2002:808:808::1", 0 },
	{ "2002:7f00:1::1", 0 },
	{ "2002:a9fe:a9fe::1", 0 },
	{ "fe80::1", 0 },
	{ "febf::1", 0 },
	{ "fec0::1", 0 },
	{ "fc00::1", 0 },
	{ "fd12:3456::1", 0 },
	{ "ff02::1", 0 },
	{ "100::1", 0 },
	{ "2001::1", 0 },
	{ "2001:db8::1", 0 },
	{ "3fff::1", 0 },
	{ "4000::1", 0 },
};

START_TEST(only_public_addresses_are_called)
{
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	const char *text = addresses[_i].text;
	int is;

	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
		is = public_address((const struct sockaddr *)&v4);
	} else {
		ck_assert_int_eq(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
		is = public_address((const struct sockaddr *)&v6);
	}
	ck_assert_msg(is == addresses[_i].public, "%s", text);
}
END_TEST

START_TEST(no_other_family_is_public)
{
	struct sockaddr_storage a = { .ss_family = AF_UNIX };

	ck_assert_int_eq(public_address((const struct sockaddr *)&a), 0);
}
END_TEST

/* The example of the standard's own libraries. */
#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define OTHER  "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"

static void expect_signature(const char *secrets, const char *want)
{
	static const char body[] = "{\"test\": 2432232314}";
	struct webhook w = { .id = "msg_p5jXN8AQM9LWM0D4loKWxJek",
		.at = 1614265330,
		.secrets = secrets };
	struct buf b = BUF_INIT;

	ck_assert_int_eq(webhook_sign(&w, body, strlen(body), &b), ST_OK);
	ck_assert_str_eq(buf_text(&b), want);
	buf_release(&b);
}

START_TEST(the_signature_is_that_of_the_standard)
{
	expect_signature(
	    SECRET "\n", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}
END_TEST

START_TEST(two_secrets_sign_each)
{
	expect_signature(OTHER "\n" SECRET "\n",
	    "v1,/485aUtxlie+TIScVpHggMfqOB4so2KWb7+Gf727B44= "
	    "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}
END_TEST

START_TEST(what_is_no_secret_is_refused_without_being_said)
{
	static const char *const bad[] = { "", "\n", "hunter2hunter2", "whsec_",
		"whsec_c2hvcnQ=", SECRET "\nhunter2",
		"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!" };
	struct webhook w = { .id = "1", .at = 1 };
	struct buf b = BUF_INIT;

	w.secrets = bad[_i];
	ck_assert_int_eq(webhook_sign(&w, "{}", 2, &b), ST_INVALID);
	ck_assert_ptr_null(strstr(status_text(), "hunter2"));
	ck_assert_ptr_null(strstr(status_text(), "MfKQ"));
	buf_release(&b);
}
END_TEST

/* Nothing listens there: whether it was tried shows in the status. */
START_TEST(loopback_is_asked_where_it_is_meant)
{
	static const char *const urls[] = { "https://127.0.0.1:1/",
		"https://[::1]:1/", "https://[::ffff:127.0.0.1]:1/",
		"https://localhost:1/", "https://0x7f000001:1/" };
	struct webhook w = {
		.id = "1", .at = 1, .secrets = SECRET, .seconds = 5
	};
	enum webhook_answer answer;

	w.url = urls[_i];
	ck_assert_int_eq(webhook_send(&w, "{}", 2, &answer), ST_DENIED);
	w.inner = 1;
	ck_assert_int_eq(webhook_send(&w, "{}", 2, &answer), ST_UNREACHABLE);
}
END_TEST

START_TEST(nothing_but_https_is_asked)
{
	struct webhook w = { .url = "http://127.0.0.1:1/",
		.id = "1",
		.at = 1,
		.secrets = SECRET,
		.inner = 1,
		.seconds = 5 };
	enum webhook_answer answer;

	ck_assert_int_eq(webhook_send(&w, "{}", 2, &answer), ST_UNREACHABLE);
	ck_assert_ptr_nonnull(strstr(status_text(), "rotocol"));
}
END_TEST

Suite *webhook_suite(void)
{
	Suite *s = suite_create("webhook");
	TCase *t = tcase_create("webhook");

	tcase_add_loop_test(t, only_public_addresses_are_called, 0,
	    sizeof(addresses) / sizeof(*addresses));
	tcase_add_test(t, no_other_family_is_public);
	tcase_add_test(t, the_signature_is_that_of_the_standard);
	tcase_add_test(t, two_secrets_sign_each);
	tcase_add_loop_test(
	    t, what_is_no_secret_is_refused_without_being_said, 0, 7);
	tcase_add_loop_test(t, loopback_is_asked_where_it_is_meant, 0, 5);
	tcase_add_test(t, nothing_but_https_is_asked);
	suite_add_tcase(s, t);
	return s;
}
