/* engine/certificate/pack.c: one ZIP file for somebody who has nothing else */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/certificate/pack.h"
#include "engine/certificate/seal.h"
#include "tests/certified.h"
#include "tests/suites.h"

static struct certified *site;
static struct pack pack;
static char folder[200];

static void path_of(const char *name, char out[400])
{
	(void)snprintf(out, 400, "%s/%s", folder, name);
}

static void write_file(const char *name, const void *data, size_t len)
{
	char path[400];

	path_of(name, path);
	MUST(file_replace(path, data, len, 0600) == ST_OK, "%s", status_text());
}

static void unpack(void)
{
	char path[400];
	size_t i;

	path_of("entries", path);
	MUST(file_make_folder(path, 0700) == ST_OK, "%s", status_text());
	path_of("rules", path);
	MUST(file_make_folder(path, 0700) == ST_OK, "%s", status_text());
	for (i = 0; i < pack.count; i++)
		write_file(pack.files[i].name, pack.files[i].bytes.data,
		    pack.files[i].bytes.len);
}

static void setup(void)
{
	site = certified_new();
	MUST(pack_make(&site->house->in, &site->certificate, &pack) == ST_OK,
	    "%s", status_text());
	(void)snprintf(folder, sizeof(folder), "%s/pack", site->house->folder);
	unpack();
}

static void teardown(void)
{
	pack_release(&pack);
	certified_free(site);
	site = NULL;
}

static enum status check(json_t **body)
{
	struct checkpoint c;

	return pack_check(audit_key(site->house->in.audit), folder, &c, body);
}

static void refused(const char *why)
{
	json_t *body = NULL;

	MUST(check(&body) == ST_INTEGRITY, "not refused: %s", why);
	MUST(strstr(status_text(), why) != NULL, "`%s` does not name `%s`",
	    status_text(), why);
	ck_assert_ptr_null(body);
}

static struct pack_file *find(const char *name)
{
	size_t i;

	for (i = 0; i < pack.count; i++)
		if (strcmp(pack.files[i].name, name) == 0)
			return &pack.files[i];
	ck_abort_msg("no %s in the pack", name);
	return NULL;
}

START_TEST(it_is_checked_from_its_folder_alone)
{
	json_t *body = NULL;

	MUST(check(&body) == ST_OK, "%s", status_text());
	ck_assert(json_equal(body, site->certificate.body));
	ck_assert(seal_is(folder));
	ck_assert(!seal_is(site->house->folder));
	json_decref(body);
}
END_TEST

START_TEST(the_same_log_gives_the_same_bytes)
{
	struct buf first = BUF_INIT, second = BUF_INIT;
	const char *tz = getenv("TZ");
	struct certificate c;
	struct pack again;

	ck_assert_int_eq(pack_zip(&pack, "lethe", &first), ST_OK);
	certificate_release(&site->certificate);
	memset(&site->certificate, 0, sizeof(site->certificate));
	/* DOS times are local, so a zone must not show. */
	ck_assert_int_eq(setenv("TZ", "Pacific/Auckland", 1), 0);
	MUST(certificate_issue(&site->house->in, &certificate_of_run,
		 json_text(site->report, "run"), &c) == ST_OK,
	    "%s", status_text());
	ck_assert_int_eq(pack_make(&site->house->in, &c, &again), ST_OK);
	ck_assert_int_eq(pack_zip(&again, "lethe", &second), ST_OK);
	ck_assert_uint_eq(first.len, second.len);
	ck_assert(memcmp(first.data, second.data, first.len) == 0);
	if (tz)
		(void)setenv("TZ", tz, 1);
	else
		(void)unsetenv("TZ");
	pack_release(&again);
	certificate_release(&c);
	buf_release(&first);
	buf_release(&second);
}
END_TEST

START_TEST(nothing_of_a_person_is_in_it)
{
	size_t i;

	for (i = 0; i < pack.count; i++)
		MUST(memmem(pack.files[i].bytes.data, pack.files[i].bytes.len,
			 CERTIFIED_VALUE, strlen(CERTIFIED_VALUE)) == NULL,
		    "%s", pack.files[i].name);
}
END_TEST

/* The first byte, the last one, and one in between, of every file. */
START_TEST(one_byte_that_differs_is_found_and_named)
{
	size_t i, k;

	for (i = 0; i < pack.count; i++) {
		struct pack_file *f = &pack.files[i];
		size_t places[] = { 0, f->bytes.len / 2, f->bytes.len - 1 };

		for (k = 0; k < 3; k++) {
			f->bytes.data[places[k]] ^= 1;
			write_file(f->name, f->bytes.data, f->bytes.len);
			refused(f->name);
			f->bytes.data[places[k]] ^= 1;
		}
		write_file(f->name, f->bytes.data, f->bytes.len);
	}
}
END_TEST

START_TEST(what_is_missing_or_was_added_is_named)
{
	struct pack_file *f;
	char path[400];
	size_t i;

	write_file("entries/notes.txt", "x", 1);
	refused("entries/notes.txt");
	path_of("entries/notes.txt", path);
	(void)unlink(path);
	write_file("another", "x", 1);
	refused("another");
	path_of("another", path);
	(void)unlink(path);
	for (i = 0; i < pack.count; i++) {
		f = &pack.files[i];
		path_of(f->name, path);
		(void)unlink(path);
		refused(f->name);
		write_file(f->name, f->bytes.data, f->bytes.len);
	}
}
END_TEST

/* ---- by somebody who has the key ---- */

/* The pack again, as if the certificate had said ${value} of ${name}. */
static void reissue(const char *name, json_t *value)
{
	struct certificate *c = &site->certificate;
	char *line = NULL;

	ck_assert_int_eq(json_object_set_new(c->body, name, value), 0);
	ck_assert_int_eq(json_canonical(c->body, &line), ST_OK);
	buf_clear(&c->text);
	buf_clear(&c->note);
	buf_addf(&c->text, "%s\n", line);
	free(line);
	ck_assert_int_eq(
	    audit_sign(site->house->in.audit, buf_text(&c->text), &c->note),
	    ST_OK);
	pack_release(&pack);
	MUST(pack_make(&site->house->in, c, &pack) == ST_OK, "%s",
	    status_text());
	unpack();
}

START_TEST(a_certificate_that_the_log_does_not_bear_out_is_found)
{
	reissue("actor", json_string("os:somebody"));
	refused("`actor` is not what the entries");
}
END_TEST

START_TEST(rules_that_the_log_does_not_bear_out_are_found)
{
	json_t *rules =
	    json_deep_copy(json_object_get(site->certificate.body, "rules"));

	ck_assert_int_eq(json_object_set_new(json_array_get(rules, 0), "cutoff",
			     json_string("2020-01-01T00:00:00Z")),
	    0);
	reissue("rules", rules);
	refused("`rules` is not what the entries");
}
END_TEST

/* A seal over a pack without the entry of a deletion. */
START_TEST(an_entry_that_was_left_out_is_found)
{
	const json_t *entry;
	size_t i, at = 0;

	json_array_foreach(site->certificate.entries, i,
	    entry) if (*json_text(entry, "source")) at = i;
	ck_assert_int_eq(json_array_remove(site->certificate.entries, at), 0);
	(void)snprintf(folder, sizeof(folder), "%s/less", site->house->folder);
	reissue("kind", json_string("purge_run"));
	refused("is not what the entries");
}
END_TEST

START_TEST(the_rules_are_in_it_as_they_were)
{
	struct installation *in = &site->house->in;
	const struct pack_file *policy = find("rules/0001-policy-house.yml");
	const struct pack_file *dataset = find("rules/0002-dataset-shop.yml");

	ck_assert_uint_eq(in->rule_file_count, 2);
	ck_assert_uint_eq(policy->bytes.len, in->rule_files[0].bytes.len);
	ck_assert_int_eq(memcmp(policy->bytes.data,
			     in->rule_files[0].bytes.data, policy->bytes.len),
	    0);
	ck_assert_uint_eq(dataset->bytes.len, in->rule_files[1].bytes.len);
}
END_TEST

/* A file of the rules that somebody changed where it is kept. */
START_TEST(a_kept_file_that_was_changed_is_not_packed)
{
	struct pack again;

	MUST(db_script(site->house->in.control,
		 "UPDATE kept_file SET body = x'00'") == ST_OK,
	    "%s", status_text());
	ck_assert_int_eq(
	    pack_make(&site->house->in, &site->certificate, &again),
	    ST_INTEGRITY);
	pack_release(&again);
}
END_TEST

START_TEST(out_of_memory_is_an_answer)
{
	struct pack again;
	struct buf zip = BUF_INIT;
	enum status st = ST_NOMEM;
	long nth;

	for (nth = 0; st == ST_NOMEM && nth < 3000; nth += 1 + nth / 20) {
		buf_clear(&zip);
		test_alloc_fuse(nth);
		st = pack_make(&site->house->in, &site->certificate, &again);
		if (st == ST_OK)
			st = pack_zip(&again, "lethe", &zip);
		test_alloc_fuse(-1);
		pack_release(&again);
	}
	MUST(st == ST_OK, "allocation %ld: %s", nth, status_text());
	ck_assert(nth > 10);
	buf_release(&zip);
}
END_TEST

Suite *pack_suite(void)
{
	Suite *s = suite_create("pack");
	TCase *t = tcase_create("pack");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, it_is_checked_from_its_folder_alone);
	tcase_add_test(t, the_same_log_gives_the_same_bytes);
	tcase_add_test(t, nothing_of_a_person_is_in_it);
	tcase_add_test(t, one_byte_that_differs_is_found_and_named);
	tcase_add_test(t, what_is_missing_or_was_added_is_named);
	tcase_add_test(
	    t, a_certificate_that_the_log_does_not_bear_out_is_found);
	tcase_add_test(t, rules_that_the_log_does_not_bear_out_are_found);
	tcase_add_test(t, an_entry_that_was_left_out_is_found);
	tcase_add_test(t, the_rules_are_in_it_as_they_were);
	tcase_add_test(t, a_kept_file_that_was_changed_is_not_packed);
	tcase_add_test(t, out_of_memory_is_an_answer);
	suite_add_tcase(s, t);
	return s;
}
