/* engine/rights/letter, message, outbox */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/rights/letter.h"
#include "engine/rights/message.h"
#include "engine/rights/outbox.h"
#include "schemas/embedded.h"
#include "tests/holds.h"
#include "tests/suites.h"

static struct holds_site site;
#define IN (&site.in)

static void setup(void) { holds_site_init(&site, 1); }
static void teardown(void) { holds_site_release(&site); }

#define LANGUAGES 3

/* A case that has everything that a letter can ask for. */
static struct request a_case(void)
{
	static char why[] = "complexity", reason[] = "no_ground",
		    who[] = "BayLDA", identity[] = "person_id",
		    nobody[] = "nobody";
	struct request r = { .number = 1,
		.received_day = 20780, /* 2026-11-23 */
		.notice_day = CLOCK_NO_DAY,
		.closed_day = CLOCK_NO_DAY,
		.extension_reason = why,
		.reason = reason,
		.authority = who,
		.identity = identity,
		.value = nobody };

	(void)snprintf(r.id, sizeof(r.id), "Q-20261123-00000000");
	return r;
}

static struct letter made(
    const struct request *r, enum letter_kind kind, const char *language)
{
	struct letter l = { NULL, NULL };

	MUST(letter_make(IN, r, kind, language, when_now(), &l) == ST_OK,
	    "%s %s: %s", letter_kind_name(kind), language, status_text());
	return l;
}

/* A key that is missing anywhere fails here: nothing is left empty. */
START_TEST(every_letter_is_whole_in_every_language)
{
	struct request r = a_case();
	struct letter l;

	MUST(installation_open_control(IN) == ST_OK, "%s", status_text());
	MUST(db_exec(IN->control,
		 "INSERT INTO request (number, id, type, state, law,"
		 " received_at, received_day, channel) VALUES (1,"
		 " 'Q-20261123-00000000', 'restriction', 'in_progress', 'gdpr',"
		 " 0, 20780, 'email')",
		 NOARGS) == ST_OK &&
		 db_exec(IN->control,
		     "INSERT INTO request_lifting VALUES"
		     " (1, 'data_corrected', 0, 0, NULL)",
		     NOARGS) == ST_OK,
	    "%s", status_text());
	for (int kind = 0; kind < LETTER_KIND__MAX; kind++)
		for (int law = 0; law < REQUEST_LAW__MAX; law++)
			for (int type = 0; type < REQUEST_TYPE__MAX; type++) {
				r.law = (enum request_law)law;
				r.type = (enum request_type)type;
				l = made(&r, (enum letter_kind)kind,
				    letter_languages[_i]);
				ck_assert_ptr_nonnull(strstr(l.body, r.id));
				ck_assert_ptr_null(strstr(l.body, "{{"));
				ck_assert_uint_gt(strlen(l.subject), 10);
				letter_release(&l);
			}
}
END_TEST

/* Every reason that a refusal, or an extension, can have has words. */
static const char *const reasons[] = { "not_identifiable",
	"manifestly_unfounded", "excessive_repetitive", "excessive_abusive",
	"rights_of_others", "business_hindrance", "other_law", "no_ground",
	"expression_information", "legal_obligation", "public_health",
	"archiving_research", "legal_claims", "overriding_grounds",
	"data_correct" };
#define REASONS (int)(sizeof(reasons) / sizeof(reasons[0]))

static json_t *words_of(const char *language)
{
	char name[64];
	const struct embedded *e;
	json_t *o = NULL;

	(void)snprintf(
	    name, sizeof(name), "schemas/letters/words.%s.json", language);
	for (e = embedded; e->path; e++)
		if (strcmp(e->path, name) == 0)
			o = json_loadb((const char *)e->data, e->len, 0, NULL);
	ck_assert_ptr_nonnull(o);
	return o;
}

START_TEST(every_reason_has_words)
{
	json_t *words = words_of(letter_languages[_i]);
	json_t *list = json_object_get(words, "reasons");
	const char *name;
	json_t *value;

	for (int i = 0; i < REASONS; i++) {
		ck_assert_int_eq(
		    request_reason_check(REQUEST_WHY_REFUSE, reasons[i]),
		    ST_OK);
		ck_assert_msg(json_is_string(json_object_get(list, reasons[i])),
		    "%s in %s", reasons[i], letter_languages[_i]);
	}
	/* And none that nobody can give. */
	json_object_foreach(list, name, value) ck_assert_int_eq(
	    request_reason_check(REQUEST_WHY_REFUSE, name), ST_OK);
	ck_assert_int_eq(
	    request_reason_check(REQUEST_WHY_REFUSE, "new_one"), ST_USAGE);
	ck_assert_uint_eq(
	    json_array_size(json_object_get(words, "months")), 12);
	json_decref(words);
}
END_TEST

START_TEST(dates_are_as_the_language_writes_them)
{
	static const char *const want[] = { "23 November 2026",
		"2026年11月23日", "23. November 2026" };
	struct request r = a_case();
	struct letter l;

	MUST(installation_open_control(IN) == ST_OK, "%s", status_text());
	l = made(&r, LETTER_RECEIPT, letter_languages[_i]);
	ck_assert_msg(strstr(l.body, want[_i]) != NULL, "%s", l.body);
	letter_release(&l);
}
END_TEST

START_TEST(a_letter_with_a_hole_is_refused)
{
	struct request r = a_case();
	struct letter l = { NULL, NULL };

	MUST(installation_open_control(IN) == ST_OK, "%s", status_text());
	r.reason = NULL;
	ck_assert_int_eq(
	    letter_make(IN, &r, LETTER_REFUSAL, "de", when_now(), &l),
	    ST_INVALID);
	ck_assert_ptr_nonnull(
	    strstr(status_text(), "letter refusal.de: line 6: `reason`"));
	ck_assert_int_eq(
	    letter_make(IN, &r, LETTER_REFUSAL, "fr", when_now(), &l),
	    ST_USAGE);
}
END_TEST

static const struct {
	const char *text;
	enum status want;
} edited[] = {
	{ "Subject: a\n\nb\n", ST_OK },
	{ "Subject: a\nb\n", ST_INVALID },
	{ "a\n\nb\n", ST_INVALID },
	{ "Subject: a\r\nBcc: b@c\r\n\n\nb\n", ST_INVALID },
	{ "Subject: \xff\n\nb\n", ST_INVALID },
	{ "", ST_INVALID },
};

START_TEST(an_edited_letter_keeps_its_form)
{
	struct letter l = { NULL, NULL };

	ck_assert_int_eq(letter_parse(edited[_i].text, &l), edited[_i].want);
	letter_release(&l);
}
END_TEST

/* ---- messages ---- */

static void expect_message(
    const char *subject, const char *body, const char *const *want)
{
	const struct message m = { "a@example.jp", "L1", subject, body, 0 };
	struct buf b = BUF_INIT;
	const char *p;

	MUST(message_compose("p@example.org", &m, &b) == ST_OK, "%s",
	    status_text());
	for (; *want; want++)
		ck_assert_msg(strstr(buf_text(&b), *want) != NULL, "%s in\n%s",
		    *want, buf_text(&b));
	/* ASCII, lines of at most 76 that end in CR LF. */
	for (p = buf_text(&b); *p; p = strchr(p, '\n') + 1) {
		size_t n = strcspn(p, "\n");

		ck_assert_uint_le(n, 77);
		ck_assert_int_eq(p[n - 1], '\r');
		for (size_t i = 0; i < n; i++)
			ck_assert_int_gt(p[i], 0);
	}
	buf_release(&b);
}

START_TEST(a_message_is_what_every_server_takes)
{
	static const char *const plain[] = { "Subject: Hello\r\n",
		"Message-ID: <L1@example.org>\r\n",
		"Date: Thu, 1 Jan 1970 00:00:00 +0000\r\n",
		"\r\n\r\na=3Db =20\r\n.\r\n", NULL };
	static const char *const folded[] = { "Subject: =?UTF-8?B?5Y+X5LuY",
		"?=\r\n =?UTF-8?B?", "=E6=97=A5=E6=9C=AC", NULL };
	char line[300] = "";

	expect_message("Hello", "a=b  \n.\n", plain);
	for (int i = 0; i < 40; i++)
		(void)strncat(line, "日本", sizeof(line) - strlen(line) - 1);
	expect_message(
	    "受付受付受付受付受付受付受付受付受付受付受付", line, folded);
}
END_TEST

START_TEST(a_header_cannot_be_put_in)
{
	const struct message bad[] = {
		{ "a@b.jp", "L1", "x\r\nBcc: c@d.jp", "b", 0 },
		{ "a@b.jp\nBcc: c@d.jp", "L1", "x", "b", 0 },
		{ "a@b.jp,c@d.jp", "L1", "x", "b", 0 },
	};
	struct buf b = BUF_INIT;

	ck_assert_int_eq(
	    message_compose("p@example.org", &bad[_i], &b), ST_USAGE);
	buf_release(&b);
}
END_TEST

/* ---- the outbox ---- */

static void note(const char *to)
{
	const struct outbox_message m = { OUTBOX_MAIL, 0, to, "Hello",
		"Planted\n", 1700000000 };
	int64_t number;

	MUST(installation_open_control(IN) == ST_OK &&
		 outbox_add(IN, &m, &number) == ST_OK,
	    "%s", status_text());
}

static void expect_sent(int64_t now, int sent, int failed, int dead)
{
	json_t *o = NULL;

	MUST(outbox_send(IN, now, &o) == ST_OK, "%s", status_text());
	ck_assert_int_eq(json_int(o, "sent"), sent);
	ck_assert_int_eq(json_int(o, "failed"), failed);
	ck_assert_int_eq(json_int(o, "dead"), dead);
	json_decref(o);
}

static void use(char **config, const char *value)
{
	free(*config);
	*config = strdup(value);
	ck_assert_ptr_nonnull(*config);
}

START_TEST(what_cannot_be_sent_waits_longer_and_longer)
{
	int64_t now = 1700000000, next = now;

	use(&IN->config.requests.sender, "p@example.org");
	/* Nobody listens there. */
	use(&IN->config.mail.smtp, "smtp://127.0.0.1:1");
	note("a@example.jp");
	for (int i = 1; i < OUTBOX_ATTEMPTS; i++) {
		expect_sent(next, 0, 1, 0);
		expect_sent(next, 0, 0, 0);
		now = next;
		next = holds_site_registry(&site, "SELECT next_at FROM outbox");
		ck_assert_int_ge(next - now, outbox_wait(i, 0));
		ck_assert_int_le(next - now, outbox_wait(i, 255));
	}
	expect_sent(next, 0, 0, 1);
	expect_sent(next + 1000000, 0, 0, 0);
	ck_assert_int_eq(holds_site_registry(&site,
			     "SELECT count(*) FROM outbox WHERE state = 'dead'"
			     " AND problem LIKE '%connect%'"
			     " AND problem NOT LIKE '%@%'"),
	    1);
	ck_assert_int_eq(outbox_retry(IN, 7, now), ST_USAGE);
	ck_assert_int_eq(outbox_retry(IN, 0, now), ST_OK);
	free(IN->config.mail.smtp);
	IN->config.mail.smtp = NULL;
	expect_sent(now, 1, 0, 0);
	ck_assert_int_eq(holds_site_registry(&site,
			     "SELECT count(*) FROM outbox WHERE state = 'sent'"
			     " AND body IS NULL AND recipient IS NULL"),
	    1);
}
END_TEST

/* Written, and killed before that was noted. */
START_TEST(a_file_is_written_once)
{
	use(&IN->config.requests.sender, "p@example.org");
	note("a@example.jp");
	expect_sent(1700000000, 1, 0, 0);
	MUST(db_exec(IN->control,
		 "UPDATE outbox SET state = 'sending', sent_at = NULL,"
		 " recipient = 'a@example.jp', subject = 's', body = 'changed'",
		 NOARGS) == ST_OK,
	    "%s", status_text());
	/* Somebody else may be at it. */
	expect_sent(1700000000 + OUTBOX_LOST - 1, 0, 0, 0);
	expect_sent(1700000000 + OUTBOX_LOST, 1, 0, 0);
}
END_TEST

START_TEST(the_wait_grows_and_has_an_end)
{
	ck_assert_int_eq(outbox_wait(1, 0), 30);
	ck_assert_int_eq(outbox_wait(1, 255), 60);
	ck_assert_int_eq(outbox_wait(2, 255), 120);
	ck_assert_int_eq(outbox_wait(9, 255), 15360);
	ck_assert_int_eq(outbox_wait(10, 255), 21600);
	ck_assert_int_eq(outbox_wait(1000, 255), 21600);
}
END_TEST

Suite *letters_suite(void)
{
	Suite *s = suite_create("letters");
	TCase *t = tcase_create("letters"), *m = tcase_create("messages"),
	      *o = tcase_create("outbox");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(
	    t, every_letter_is_whole_in_every_language, 0, LANGUAGES);
	tcase_add_loop_test(t, every_reason_has_words, 0, LANGUAGES);
	tcase_add_loop_test(
	    t, dates_are_as_the_language_writes_them, 0, LANGUAGES);
	tcase_add_test(t, a_letter_with_a_hole_is_refused);
	tcase_add_loop_test(t, an_edited_letter_keeps_its_form, 0,
	    sizeof(edited) / sizeof(edited[0]));
	suite_add_tcase(s, t);
	tcase_add_test(m, a_message_is_what_every_server_takes);
	tcase_add_loop_test(m, a_header_cannot_be_put_in, 0, 3);
	suite_add_tcase(s, m);
	tcase_add_checked_fixture(o, setup, teardown);
	tcase_add_test(o, what_cannot_be_sent_waits_longer_and_longer);
	tcase_add_test(o, a_file_is_written_once);
	tcase_add_test(o, the_wait_grows_and_has_an_end);
	suite_add_tcase(s, o);
	return s;
}
