/* engine/package: what a person is given, and how it ends */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/package/exports.h"
#include "engine/package/html.h"
#include "engine/package/words.h"
#include "engine/rights/erasure.h"
#include "tests/packages.h"
#include "tests/suites.h"

#define IN (&packages_site.in)

START_TEST(the_same_state_gives_the_same_bytes)
{
	struct buf one = BUF_INIT, two = BUF_INIT;
	struct rights_actor ada = packages_by(0);
	const char *id = packages_verified("P1");
	json_t *a = packages_built(id, &packages_english, ada),
	       *b = packages_built(id, &packages_english, ada);

	packages_taken(json_text(a, "token"), &one);
	packages_taken(json_text(b, "token"), &two);
	ck_assert_uint_gt(one.len, 1000);
	ck_assert_uint_eq(one.len, two.len);
	ck_assert_mem_eq(one.data, two.data, one.len);
	ck_assert_str_eq(json_text(a, "manifest"), json_text(b, "manifest"));
	ck_assert_str_ne(json_text(a, "token"), json_text(b, "token"));
	buf_release(&one);
	buf_release(&two);
	json_decref(a);
	json_decref(b);
}
END_TEST

START_TEST(a_passphrase_seals_every_file)
{
	const struct package_order o = { "de", "correct horse battery" };
	struct buf plain = BUF_INIT, sealed = BUF_INIT;
	const char *id = packages_verified("P1");
	json_t *a = packages_built(id, &packages_english, packages_by(0)),
	       *b = packages_built(id, &o, packages_by(0));

	packages_taken(json_text(a, "token"), &plain);
	packages_taken(json_text(b, "token"), &sealed);
	/* Bit 0 of the flags of the first local header. */
	ck_assert_int_eq(plain.data[6] & 1, 0);
	ck_assert_int_eq(sealed.data[6] & 1, 1);
	ck_assert(json_is_true(json_object_get(b, "encrypted")));
	buf_release(&plain);
	buf_release(&sealed);
	json_decref(a);
	json_decref(b);
}
END_TEST

START_TEST(nothing_of_it_stands_on_the_disk)
{
	char command[400];
	json_t *a = packages_built(
	    packages_verified("P1"), &packages_english, packages_by(0));

	(void)snprintf(command, sizeof(command),
	    "! grep -rqa -e Zaphod-Planted -e 'Your personal data' %s/var",
	    packages_site.folder);
	ck_assert_int_eq(system(command), 0);
	json_decref(a);
}
END_TEST

START_TEST(the_log_knows_the_hash_and_nobody)
{
	json_t *a = packages_built(
	    packages_verified("P1"), &packages_english, packages_by(0));
	struct buf bytes = BUF_INIT;
	char *log;

	packages_taken(json_text(a, "token"), &bytes);
	log = holds_site_log(&packages_site);
	ck_assert_ptr_nonnull(strstr(log, json_text(a, "manifest")));
	ck_assert_ptr_null(strstr(log, json_text(a, "token")));
	ck_assert_ptr_null(strstr(log, "Zaphod"));
	ck_assert_int_eq(
	    holds_site_entries(&packages_site, "request_packaged"), 1);
	ck_assert_int_eq(
	    holds_site_entries(&packages_site, "request_downloaded"), 1);
	free(log);
	buf_release(&bytes);
	json_decref(a);
}
END_TEST

START_TEST(a_token_is_worth_so_many_downloads_and_no_more)
{
	struct rights_actor ada = packages_by(0);
	struct sealed *file = NULL;
	struct buf b = BUF_INIT;
	json_t *a = packages_built(
		   packages_verified("P1"), &packages_english, ada),
	       *out = NULL;
	char token[65], why[200];

	(void)snprintf(token, sizeof(token), "%s", json_text(a, "token"));
	for (int i = 0; i < 10; i++) {
		buf_clear(&b);
		packages_taken(token, &b);
	}
	ck_assert_int_eq(package_take(IN, &ada, token, &file, &out), ST_DENIED);
	(void)snprintf(why, sizeof(why), "%s", status_text());
	token[0] = token[0] == '0' ? '1' : '0';
	ck_assert_int_eq(package_take(IN, &ada, token, &file, &out), ST_DENIED);
	ck_assert_str_eq(status_text(), why);
	ck_assert_int_eq(package_take(IN, &ada, "", &file, &out), ST_DENIED);
	ck_assert_int_eq(holds_site_registry(&packages_site,
			     "SELECT count(*) FROM package WHERE"
			     " downloads = 10"),
	    1);
	buf_release(&b);
	json_decref(a);
}
END_TEST

START_TEST(what_has_expired_goes_with_its_key)
{
	struct rights_actor ada = packages_by(0),
			    later = packages_by(31 * INT64_C(86400));
	struct sealed *file = NULL;
	json_t *a = packages_built(
		   packages_verified("P1"), &packages_english, ada),
	       *out = NULL;
	int64_t deleted = 7;

	ck_assert_int_eq(package_sweep(IN, &ada, &deleted), ST_OK);
	ck_assert_int_eq(deleted, 0);
	ck_assert_int_eq(packages_exports(), 1);
	ck_assert_int_eq(packages_keys(), 1);
	ck_assert_int_eq(
	    package_take(IN, &later, json_text(a, "token"), &file, &out),
	    ST_DENIED);
	ck_assert_int_eq(package_sweep(IN, &later, &deleted), ST_OK);
	ck_assert_int_eq(deleted, 1);
	ck_assert_int_eq(packages_exports(), 0);
	ck_assert_int_eq(packages_keys(), 0);
	ck_assert_int_eq(
	    holds_site_entries(&packages_site, "package_deleted"), 1);
	ck_assert_int_eq(package_sweep(IN, &later, &deleted), ST_OK);
	ck_assert_int_eq(deleted, 0);
	json_decref(a);
}
END_TEST

START_TEST(who_has_proven_to_be_it_downloads_the_newest)
{
	struct rights_actor ada = packages_by(0), later = ada;
	struct sealed *file = NULL;
	const char *id = packages_verified("P1");
	json_t *o = NULL, *a, *b;

	ck_assert_int_eq(package_waiting(IN, id, ada.now, &o), ST_OK);
	ck_assert(json_is_null(o));
	ck_assert_int_eq(package_take_of(IN, &ada, id, &file, &o), ST_DENIED);
	a = packages_built(id, &packages_english, ada);
	b = packages_built(id, &packages_english, ada);
	for (int left = 10; left > 0; left--) {
		ck_assert_int_eq(package_waiting(IN, id, ada.now, &o), ST_OK);
		ck_assert_int_eq(json_int(o, "left"), left);
		json_decref(o);
		ck_assert_int_eq(
		    package_take_of(IN, &ada, id, &file, &o), ST_OK);
		ck_assert_int_eq(sealed_size(file), json_int(b, "bytes"));
		sealed_free(file);
		json_decref(o);
	}
	/* The one before is there still. */
	ck_assert_int_eq(package_waiting(IN, id, ada.now, &o), ST_OK);
	ck_assert_int_eq(json_int(o, "left"), 10);
	json_decref(o);
	later.now += INT64_C(400) * 86400;
	ck_assert_int_eq(package_waiting(IN, id, later.now, &o), ST_OK);
	ck_assert(json_is_null(o));
	ck_assert_int_eq(package_take_of(IN, &later, id, &file, &o), ST_DENIED);
	ck_assert_int_eq(
	    holds_site_entries(&packages_site, "request_downloaded"), 10);
	json_decref(a);
	json_decref(b);
}
END_TEST

START_TEST(a_withdrawn_request_has_no_download)
{
	struct rights_actor ada = packages_by(0);
	struct sealed *file = NULL;
	const char *id = packages_verified("P1");
	json_t *a = packages_built(id, &packages_english, ada), *out = NULL;
	int64_t n = 0;

	ck_assert_int_eq(rights_withdraw(IN, &ada, id, NULL, NULL), ST_OK);
	ck_assert_int_eq(
	    package_take(IN, &ada, json_text(a, "token"), &file, &out),
	    ST_DENIED);
	ck_assert_int_eq(package_sweep(IN, &ada, &n), ST_OK);
	ck_assert_int_eq(n, 1);
	ck_assert_int_eq(packages_exports(), 0);
	json_decref(a);
}
END_TEST

static int refused(const json_t *package)
{
	struct rights_actor ada = packages_by(0);
	struct sealed *file = NULL;
	json_t *out = NULL;
	enum status st =
	    package_take(IN, &ada, json_text(package, "token"), &file, &out);

	if (st == ST_OK)
		sealed_free(file);
	json_decref(out);
	return st == ST_DENIED;
}

static void erase(const char *identity, const char *value)
{
	const struct rights_decision all = { REQUEST_TO_FULFIL, NULL, NULL,
		NULL };
	const char *id =
	    packages_verified_for(REQUEST_ERASURE, identity, value);
	struct rights_actor ada = packages_by(0);
	json_t *out = NULL;

	MUST(rights_plan(IN, &ada, id, &out) == ST_OK, "%s", status_text());
	json_decref(out);
	MUST(rights_decide(IN, &ada, id, &all, NULL) == ST_OK, "%s",
	    status_text());
	ada.name = "os:eve";
	if (rights_approve(IN, &ada, id, NULL) != ST_OK)
		status_clear(); /* one was enough */
	MUST(rights_execute(IN, &ada, id, RIGHTS_TELL_NOT, &out) == ST_OK, "%s",
	    status_text());
	json_decref(out);
}

START_TEST(erasure_ends_all_copies_of_the_person_and_nobody_elses)
{
	struct rights_actor ada = packages_by(0);
	int64_t n = 0;
	json_t *a = packages_built(
		   packages_verified("P2"), &packages_english, ada),
	       *b, *c;

	b = packages_built(packages_verified("P1"), &packages_english, ada);
	c = packages_built(
	    packages_verified_for(REQUEST_ACCESS, "nick", PLANTED),
	    &packages_english, ada);
	erase("nick", PLANTED);
	ck_assert_int_eq(holds_site_count(&packages_site, CRM,
			     "SELECT count(*) FROM people"),
	    1);
	ck_assert(refused(b));
	ck_assert(refused(c));
	ck_assert_int_eq(package_sweep(IN, &ada, &n), ST_OK);
	ck_assert_int_eq(n, 2);
	ck_assert_int_eq(packages_exports(), 1);
	ck_assert_int_eq(packages_keys(), 1);
	ck_assert(!refused(a));
	json_decref(a);
	json_decref(b);
	json_decref(c);
}
END_TEST

START_TEST(a_copy_is_not_built_across_the_beginning_of_an_erasure)
{
	struct rights_actor before = packages_by(-1);
	json_t *out = NULL;
	const char *id;

	erase("person_id", "P2");
	id = packages_verified("P1");
	ck_assert_int_eq(
	    package_build(IN, &before, id, &packages_english, &out), ST_BUSY);
	ck_assert_int_eq(packages_exports(), 0);
	before.now += 10;
	json_decref(packages_built(id, &packages_english, before));
}
END_TEST

START_TEST(only_a_verified_access_request_is_packaged)
{
	struct rights_actor ada = packages_by(0);
	struct rights_order o = { REQUEST_ACCESS, REQUEST_GDPR, REQUEST_EMAIL,
		"person_id", "P1", ada.now, NULL };
	json_t *out = NULL, *a = NULL;

	MUST(rights_open(IN, &ada, &o, &out) == ST_OK, "%s", status_text());
	ck_assert_int_eq(package_build(IN, &ada, json_text(out, "id"),
			     &packages_english, &a),
	    ST_DENIED);
	json_decref(out);
	o.type = REQUEST_ERASURE;
	out = NULL;
	MUST(rights_open(IN, &ada, &o, &out) == ST_OK, "%s", status_text());
	ck_assert_int_eq(package_build(IN, &ada, json_text(out, "id"),
			     &packages_english, &a),
	    ST_DENIED);
	json_decref(out);
	ck_assert_int_eq(packages_exports(), 0);
	ck_assert_int_eq(packages_keys(), 0);
}
END_TEST

/* Whatever is missing of Art. 15(1), nothing is built. */
static const struct {
	const char *file, *from, *to, *says;
} blanks[] = {
	{ "lethe.yml", "processing: {automated_decisions: None.}", "",
	    "Art. 15(1)(h)" },
	{ "lethe.yml",
	    "controllers:\n  - {title: Us, contact: us@example.jp, "
	    "authority: PPC}\n",
	    "", "Art. 15(1)(f)" },
	{ "policy.yml", "    origin: data_subject\n", "", "Art. 15(1)(g)" },
	{ "policy.yml", ", recipients: [us]", "", "Art. 15(1)(c)" },
};

START_TEST(a_blank_answer_fails_the_build)
{
	struct rights_actor ada = packages_by(0);
	const char *id = packages_verified("P1");
	json_t *out = NULL;

	holds_site_replace(
	    &packages_site, blanks[_i].file, blanks[_i].from, blanks[_i].to);
	ck_assert_int_eq(
	    package_build(IN, &ada, id, &packages_english, &out), ST_INVALID);
	ck_assert_msg(strstr(status_text(), blanks[_i].says) != NULL, "%s",
	    status_text());
	ck_assert_int_eq(packages_exports(), 0);
	ck_assert_int_eq(packages_keys(), 0);
}
END_TEST

START_TEST(no_data_is_an_answer)
{
	json_t *a = packages_built(
	    packages_verified("P404"), &packages_english, packages_by(0));

	ck_assert_int_eq(json_int(a, "records"), 0);
	ck_assert_int_eq(packages_exports(), 1);
	json_decref(a);
}
END_TEST

/* ---- sealed files ---- */

START_TEST(a_sealed_file_is_written_and_read_anywhere)
{
	static char block[200000], back[200000];
	struct sealed *s = NULL;

	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = (char)(i * 7);
	ck_assert_int_eq(sealed_new(packages_site.folder, &s), ST_OK);
	ck_assert_int_eq(sealed_append(s, block, sizeof(block)), ST_OK);
	memcpy(block + 65530, "across a border", 15);
	ck_assert_int_eq(sealed_write(s, 65530, "across a border", 15), ST_OK);
	ck_assert_int_eq(sealed_write(s, 3, block + 3, 1), ST_OK);
	ck_assert_int_eq(sealed_read(s, 0, back, sizeof(back)), ST_OK);
	ck_assert_mem_eq(block, back, sizeof(back));
	ck_assert_int_eq(sealed_read(s, 199999, back, 2), ST_INTEGRITY);
	ck_assert_int_eq(sealed_write(s, 200001, "x", 1), ST_IO);
	sealed_free(s);
}
END_TEST

/* Every byte of the file matters, and so does where it stands. */
START_TEST(a_changed_copy_is_not_handed_out)
{
	struct rights_actor ada = packages_by(0);
	json_t *a = packages_built(
		   packages_verified("P1"), &packages_english, ada),
	       *out = NULL;
	struct buf bytes = BUF_INIT;
	char path[300], to[300];

	(void)snprintf(path, sizeof(path), "%s/var/exports/%s",
	    packages_site.folder, json_text(a, "package"));
	(void)snprintf(to, sizeof(to), "%s/out.zip", packages_site.folder);
	ck_assert_int_eq(file_read(path, 1 << 20, &bytes), ST_OK);
	bytes.data[bytes.len / 2] ^= 1;
	ck_assert_int_eq(
	    file_replace(path, bytes.data, bytes.len, 0600), ST_OK);
	ck_assert_int_eq(
	    package_fetch(IN, &ada, json_text(a, "token"), to, &out),
	    ST_INTEGRITY);
	ck_assert(!file_exists(to));
	ck_assert_int_eq(
	    file_replace(path, bytes.data, bytes.len / 2, 0600), ST_OK);
	ck_assert_int_eq(
	    package_fetch(IN, &ada, json_text(a, "token"), to, &out),
	    ST_INTEGRITY);
	ck_assert(!file_exists(to));
	buf_release(&bytes);
	json_decref(a);
}
END_TEST

/* ---- whatever happens ---- */

START_TEST(out_of_memory_leaves_nothing)
{
	struct rights_actor ada = packages_by(0);
	const char *id = packages_verified("P1");
	json_t *out = NULL;
	enum status st;
	long nth = 0;

	for (;; nth += 1 + nth / 8) {
		test_alloc_fuse(nth);
		st = package_build(IN, &ada, id, &packages_english, &out);
		test_alloc_fuse(-1);
		if (st == ST_OK)
			break;
		ck_assert_msg(packages_exports() == 0, "after %ld", nth);
		ck_assert_msg(nth < 1000000, "%s", status_text());
	}
	ck_assert_int_gt(nth, 100);
	ck_assert_int_eq(packages_exports(), 1);
	ck_assert_int_eq(
	    holds_site_registry(&packages_site,
		"SELECT count(*) FROM package WHERE revoked_at IS NULL"),
	    1);
	json_decref(out);
}
END_TEST

static void build_and_die(const char *id, long nth)
{
	struct rights_actor ada = packages_by(0);
	struct installation in;
	json_t *out = NULL;

	holds_site_load(&packages_site, &in);
	test_alloc_kill(nth);
	if (package_build(&in, &ada, id, &packages_english, &out) != ST_OK)
		_exit(1);
	_exit(0);
}

START_TEST(a_killed_build_leaves_no_copy_and_no_key_for_long)
{
	struct rights_actor ada = packages_by(0);
	const char *id = packages_verified("P1");
	int64_t n = 0;
	int code = 1;

	for (long nth = 1; code != 0; nth += 50 + nth / 3) {
		pid_t child = fork();

		if (child == 0)
			build_and_die(id, nth);
		ck_assert_int_eq(waitpid(child, &code, 0), child);
		ck_assert(WIFSIGNALED(code) || WEXITSTATUS(code) == 0);
		ck_assert_int_eq(package_sweep(IN, &ada, &n), ST_OK);
		ck_assert_int_eq(
		    packages_exports(), holds_site_registry(&packages_site,
					    "SELECT count(*) FROM package"));
		ck_assert_int_eq(packages_keys(), packages_exports());
	}
	ck_assert_int_ge(packages_exports(), 1);
}
END_TEST

/* ---- words, pages ---- */

START_TEST(every_language_has_every_word)
{
	static const char *const others[] = { "ja", "de" };

	for (int w = 0; w < PACKAGE_WORD__MAX; w++) {
		const char *en = package_word((enum package_word)w, "en");

		ck_assert_msg(en && *en, "word %d has no English", w);
		for (size_t i = 0; i < 2; i++) {
			const char *x =
			    package_word((enum package_word)w, others[i]);

			ck_assert_msg(x && *x && (strcmp(x, en) != 0),
			    "%s: `%s` is missing", others[i], en);
		}
	}
	ck_assert_str_eq(package_word(PACKAGE_YES, "fr"), "Yes");
}
END_TEST

START_TEST(nothing_in_a_value_is_markup)
{
	static const char hostile[] = "<b>&\"'\x01\xff\xc3(\xef\xbf\xbe é";
	struct buf b = BUF_INIT;

	html_text(&b, hostile, sizeof(hostile) - 1);
	ck_assert_str_eq(buf_text(&b),
	    "&lt;b&gt;&amp;&quot;&#39;\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd("
	    "\xef\xbf\xbd é");
	buf_release(&b);
}
END_TEST

Suite *package_suite(void)
{
	Suite *s = suite_create("package");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, packages_setup, packages_teardown);
	tcase_set_timeout(t, 300);
	tcase_add_test(t, the_same_state_gives_the_same_bytes);
	tcase_add_test(t, a_passphrase_seals_every_file);
	tcase_add_test(t, nothing_of_it_stands_on_the_disk);
	tcase_add_test(t, the_log_knows_the_hash_and_nobody);
	tcase_add_test(t, a_token_is_worth_so_many_downloads_and_no_more);
	tcase_add_test(t, what_has_expired_goes_with_its_key);
	tcase_add_test(t, who_has_proven_to_be_it_downloads_the_newest);
	tcase_add_test(t, a_withdrawn_request_has_no_download);
	tcase_add_test(
	    t, erasure_ends_all_copies_of_the_person_and_nobody_elses);
	tcase_add_test(
	    t, a_copy_is_not_built_across_the_beginning_of_an_erasure);
	tcase_add_test(t, only_a_verified_access_request_is_packaged);
	tcase_add_loop_test(t, a_blank_answer_fails_the_build, 0,
	    (int)(sizeof(blanks) / sizeof(*blanks)));
	tcase_add_test(t, no_data_is_an_answer);
	tcase_add_test(t, a_sealed_file_is_written_and_read_anywhere);
	tcase_add_test(t, a_changed_copy_is_not_handed_out);
	tcase_add_test(t, out_of_memory_leaves_nothing);
	tcase_add_test(t, a_killed_build_leaves_no_copy_and_no_key_for_long);
	tcase_add_test(t, every_language_has_every_word);
	tcase_add_test(t, nothing_in_a_value_is_markup);
	suite_add_tcase(s, t);
	return s;
}
