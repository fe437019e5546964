/* engine/certificate: what entries say, in JSON and for people; signatures */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/certificate/certificate.h"
#include "engine/certificate/text.h"
#include "engine/certificate/words.h"
#include "tests/certified.h"
#include "tests/suites.h"

/* ---- golden texts ---- */

/* finished: all that can be said of a run; the others what must not be. */
static const char *const cases[] = { "finished", "interrupted", "failed",
	"stopped_before", "unscrubbed" };
#define CASES (int)(sizeof(cases) / sizeof(*cases))

static json_t *facts_of(const char *name)
{
	char path[200];
	json_t *entries, *facts = NULL;

	(void)snprintf(
	    path, sizeof(path), "tests/golden/certificate/%s.json", name);
	entries = json_load_file(path, 0, NULL);
	ck_assert_msg(entries != NULL, "%s", path);
	MUST(certificate_of_run.facts(entries, &facts) == ST_OK, "%s",
	    status_text());
	json_decref(entries);
	return facts;
}

/* GOLDEN_WRITE=1 writes them anew; read the difference before you commit. */
static void compare(const char *name, const char *kind, const struct buf *said)
{
	struct buf want = BUF_INIT;
	char path[200];
	size_t same;

	(void)snprintf(
	    path, sizeof(path), "tests/golden/certificate/%s.%s", name, kind);
	if (getenv("GOLDEN_WRITE"))
		MUST(file_replace(path, said->data, said->len, 0644) == ST_OK,
		    "%s", status_text());
	MUST(file_read(path, 1 << 20, &want) == ST_OK, "%s", status_text());
	for (same = 0; same < said->len && same < want.len &&
		       said->data[same] == want.data[same];
	     same++)
		;
	ck_assert_msg(same == said->len && same == want.len,
	    "%s differs from byte %zu on: %.200s", path, same,
	    buf_text(said) + same);
	buf_release(&want);
}

START_TEST(entries_say_what_a_run_did)
{
	json_t *facts = facts_of(cases[_i]);
	struct buf b = BUF_INIT;
	char *text = json_dumps(facts, JSON_INDENT(1) | JSON_SORT_KEYS);

	buf_addf(&b, "%s\n", text);
	compare(cases[_i], "facts", &b);
	free(text);
	buf_release(&b);
	json_decref(facts);
}
END_TEST

START_TEST(it_is_said_in_three_languages)
{
	json_t *body = facts_of(cases[_i]);
	char kind[20];
	size_t i;

	ck_assert_int_eq(
	    json_object_set_new(body, "origin", json_string("shop")), 0);
	ck_assert_int_eq(json_object_set_new(body, "log",
			     json_pack("{s:s, s:s}", "text", "{\"seq\":18}",
				 "proof", "c2sp.org/tlog-proof@v1\n")),
	    0);
	for (i = 0; phrase_languages[i]; i++) {
		struct buf b = BUF_INIT;

		(void)snprintf(
		    kind, sizeof(kind), "%s.txt", phrase_languages[i]);
		ck_assert_int_eq(
		    text_write(body, "5e", phrase_languages[i], &b), ST_OK);
		compare(cases[_i], kind, &b);
		buf_release(&b);
	}
	json_decref(body);
}
END_TEST

START_TEST(no_language_lacks_a_phrase)
{
	size_t i;
	int p;

	for (i = 0; phrase_languages[i]; i++)
		for (p = 0; p < PHRASE__MAX; p++)
			ck_assert_msg(phrase_in((enum phrase)p,
					  phrase_languages[i]) != NULL,
			    "phrase %d in %s", p, phrase_languages[i]);
	ck_assert_str_eq(
	    phrase_in(PHRASE_TITLE, "fr"), phrase_in(PHRASE_TITLE, "en"));
}
END_TEST

START_TEST(entries_of_something_else_are_no_run)
{
	json_t *entries = json_pack("[{s:s}]", "action", "dumped");
	json_t *facts = NULL;

	ck_assert_int_eq(certificate_of_run.facts(entries, &facts), ST_INVALID);
	json_decref(entries);
}
END_TEST

/* ---- a real run ---- */

static struct certified *site;

static void setup(void) { site = certified_new(); }

static void teardown(void)
{
	certified_free(site);
	site = NULL;
}

/* The facts are what the run reported. */
START_TEST(a_run_is_certified_as_it_was)
{
	const json_t *b = site->certificate.body, *rule, *item;
	const json_t *totals = json_object_get(b, "totals");
	size_t i, k, found = 0;

	ck_assert_str_eq(json_text(b, "run"), json_text(site->report, "run"));
	ck_assert_str_eq(json_text(b, "outcome"), "finished");
	ck_assert(json_is_true(json_object_get(b, "verified")));
	ck_assert(json_is_true(json_object_get(b, "scrubbed")));
	ck_assert_int_eq(json_int(totals, "deleted"), 2);
	ck_assert_int_eq(json_int(totals, "minimised"), 1);
	ck_assert(json_is_true(
	    json_object_get(json_object_get(b, "evidence"), "agrees")));
	json_array_foreach(json_object_get(b, "rules"), i, rule)
	    json_array_foreach(
		json_object_get(site->report, "clusters"), k, item)
	{
		if (strcmp(json_text(rule, "collection"),
			json_text(item, "collection")) != 0)
			continue;
		found++;
		ck_assert_int_eq(json_int(rule, "due"), json_int(item, "due"));
		ck_assert_int_eq(
		    json_int(rule, "deleted"), json_int(item, "deleted"));
		ck_assert_str_eq(
		    json_text(rule, "cutoff"), json_text(item, "cutoff"));
	}
	ck_assert_uint_eq(
	    found, json_array_size(json_object_get(site->report, "clusters")));
}
END_TEST

static enum status check(const char *bytes, size_t len, json_t **body)
{
	struct checkpoint c;

	return certificate_check(
	    audit_key(site->house->in.audit), bytes, len, &c, body);
}

/* The note, the text for people, and both in one JSON document. */
static void make_form(int form, struct buf *out)
{
	const struct certificate *c = &site->certificate;
	json_t *pair;
	char *text;

	if (form == 0)
		buf_add(out, c->note.data, c->note.len);
	if (form == 1)
		MUST(certificate_words(&site->house->in, c, "ja", out) == ST_OK,
		    "%s", status_text());
	if (form != 2)
		return;
	pair = json_pack(
	    "{s:O, s:s}", "certificate", c->body, "note", buf_text(&c->note));
	text = json_dumps(pair, JSON_COMPACT);
	buf_adds(out, text);
	free(text);
	json_decref(pair);
}

START_TEST(each_form_is_checked)
{
	struct buf b = BUF_INIT;
	json_t *body = NULL;
	size_t step, i;

	make_form(_i, &b);
	MUST(check(b.data, b.len, &body) == ST_OK, "%s", status_text());
	ck_assert((body != NULL) == (_i != 1));
	json_decref(body);
	/* One byte differs: every one of the text's end, some before. */
	for (i = 0, step = 7; i < b.len; i += i + 500 < b.len ? step : 1) {
		enum status st;

		body = NULL;
		b.data[i] ^= 1;
		st = check(b.data, b.len, &body);
		MUST(st != ST_OK, "byte %zu of form %d", i, _i);
		MUST(body == NULL, "byte %zu of form %d: a body", i, _i);
		b.data[i] ^= 1;
	}
	buf_release(&b);
}
END_TEST

/* Signed by the right key, and still not what the log says. */
START_TEST(counts_that_the_log_does_not_have_are_found)
{
	struct certificate *c = &site->certificate;
	struct buf text = BUF_INIT, note = BUF_INIT;
	json_t *body = NULL;
	char *line = NULL;

	ck_assert_int_eq(json_object_set_new(json_object_get(c->body, "totals"),
			     "deleted", json_integer(3)),
	    0);
	ck_assert_int_eq(json_canonical(c->body, &line), ST_OK);
	buf_addf(&text, "%s\n", line);
	ck_assert_int_eq(
	    audit_sign(site->house->in.audit, buf_text(&text), &note), ST_OK);
	ck_assert_int_eq(check(note.data, note.len, &body), ST_INTEGRITY);
	ck_assert_ptr_nonnull(strstr(status_text(), "counts"));
	free(line);
	buf_release(&text);
	buf_release(&note);
}
END_TEST

START_TEST(another_key_does_not_do)
{
	struct note_key other;
	struct checkpoint c;
	json_t *body = NULL;

	ck_assert_int_eq(
	    note_key_parse("house+c4dbe1ad+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3c"
			   "hmQSVTG4",
		&other),
	    ST_INVALID);
	other = *audit_key(site->house->in.audit);
	other.id[0] ^= 1;
	ck_assert_int_eq(certificate_check(&other, site->certificate.note.data,
			     site->certificate.note.len, &c, &body),
	    ST_INTEGRITY);
}
END_TEST

/* Made with python3 and openssl, under the key of C2SP's vectors. */
START_TEST(what_other_tools_signed_is_read)
{
	static const char *const forms[] = { "signed.note", "signed.txt",
		"pair.json" };
	struct buf b = BUF_INIT;
	struct checkpoint c;
	struct note_key key;
	json_t *body = NULL;
	char path[200];

	(void)snprintf(
	    path, sizeof(path), "tests/fuzz/corpus/certificate/%s", forms[_i]);
	ck_assert_int_eq(
	    note_key_parse("audit.example.com/purge-log+c4dbe1ad+AQOhB7/zzhC+"
			   "HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
		&key),
	    ST_OK);
	MUST(file_read(path, 1 << 20, &b) == ST_OK, "%s", status_text());
	MUST(certificate_check(&key, b.data, b.len, &c, &body) == ST_OK, "%s",
	    status_text());
	ck_assert_uint_eq(c.size, 1);
	json_decref(body);
	buf_release(&b);
}
END_TEST

START_TEST(a_checkpoint_is_not_signed_as_a_text)
{
	struct buf b = BUF_INIT;

	ck_assert_int_eq(
	    audit_sign(site->house->in.audit, "house\n1\nx\n", &b), ST_INVALID);
	buf_release(&b);
}
END_TEST

/* ---- what cannot be certified ---- */

static enum status issue(const char *run)
{
	struct certificate c;
	enum status st =
	    certificate_issue(&site->house->in, &certificate_of_run, run, &c);

	certificate_release(&c);
	return st;
}

START_TEST(an_unknown_run_is_named_with_the_nearest)
{
	char run[80];

	(void)snprintf(run, sizeof(run), "%s", json_text(site->report, "run"));
	run[strlen(run) - 1] = 'x';
	certificate_release(&site->certificate);
	memset(&site->certificate, 0, sizeof(site->certificate));
	ck_assert_int_eq(issue(run), ST_USAGE);
	ck_assert_ptr_nonnull(
	    strstr(status_text(), json_text(site->report, "run")));
	ck_assert_int_eq(issue("nonsense"), ST_USAGE);
	ck_assert_ptr_nonnull(strstr(status_text(), "dry run"));
}
END_TEST

/* The lock says whether one without an end is at work, or was killed. */
START_TEST(a_run_without_an_end_is_at_work_or_was_interrupted)
{
	struct installation *in = &site->house->in;
	json_t *o = json_pack("{s:s, s:s}", "run", "20990101T000000Z-aaaaaa",
	    "as_of", "2026-01-01T00:00:00Z");
	char *path = installation_path(in, "purge.lock");
	struct certificate c;
	FILE *lock;

	certificate_release(&site->certificate);
	memset(&site->certificate, 0, sizeof(site->certificate));
	MUST(audit_append(in->audit, 7, "os:x", "purge_started", o) == ST_OK,
	    "%s", status_text());
	lock = fopen(path, "r");
	ck_assert_ptr_nonnull(lock);
	ck_assert_int_eq(flock(fileno(lock), LOCK_EX), 0);
	ck_assert_int_eq(issue("20990101T000000Z-aaaaaa"), ST_BUSY);
	/* It is not asked of a run that has ended. */
	ck_assert_int_eq(issue(json_text(site->report, "run")), ST_OK);
	ck_assert_int_eq(fclose(lock), 0);
	MUST(certificate_issue(in, &certificate_of_run,
		 "20990101T000000Z-aaaaaa", &c) == ST_OK,
	    "%s", status_text());
	ck_assert_str_eq(json_text(c.body, "outcome"), "interrupted");
	ck_assert(json_is_null(json_object_get(c.body, "verified")));
	certificate_release(&c);
	free(path);
	json_decref(o);
}
END_TEST

START_TEST(of_a_changed_log_nothing_is_certified)
{
	struct installation *in = &site->house->in;

	certificate_release(&site->certificate);
	memset(&site->certificate, 0, sizeof(site->certificate));
	MUST(db_script(audit_db(in->audit),
		 "DROP TRIGGER entry_stays;"
		 "UPDATE entry SET body = replace(body, '\"records\":1',"
		 " '\"records\":9') WHERE source IS NOT NULL") == ST_OK,
	    "%s", status_text());
	ck_assert_int_eq(issue(json_text(site->report, "run")), ST_INTEGRITY);
}
END_TEST

Suite *certificate_suite(void)
{
	Suite *s = suite_create("certificate");
	TCase *t = tcase_create("certificate");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, entries_say_what_a_run_did, 0, CASES);
	tcase_add_loop_test(t, it_is_said_in_three_languages, 0, CASES);
	tcase_add_test(t, no_language_lacks_a_phrase);
	tcase_add_test(t, entries_of_something_else_are_no_run);
	suite_add_tcase(s, t);
	t = tcase_create("run");
	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_run_is_certified_as_it_was);
	tcase_add_loop_test(t, each_form_is_checked, 0, 3);
	tcase_add_test(t, counts_that_the_log_does_not_have_are_found);
	tcase_add_test(t, another_key_does_not_do);
	tcase_add_loop_test(t, what_other_tools_signed_is_read, 0, 3);
	tcase_add_test(t, a_checkpoint_is_not_signed_as_a_text);
	tcase_add_test(t, an_unknown_run_is_named_with_the_nearest);
	tcase_add_test(t, a_run_without_an_end_is_at_work_or_was_interrupted);
	tcase_add_test(t, of_a_changed_log_nothing_is_certified);
	suite_add_tcase(s, t);
	return s;
}
