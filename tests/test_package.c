/* engine/package: what a person is given, and how it ends */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/package/exports.h"
#include "engine/package/html.h"
#include "engine/package/package.h"
#include "engine/package/words.h"
#include "engine/rights/erasure.h"
#include "tests/holds.h"
#include "tests/suites.h"

#define PLANTED "Zaphod-Planted-9021 <script>alert(1)</script> \"&' =1+1"

static struct holds_site site;
#define IN (&site.in)

static const struct package_order english = { "en", NULL };

static void setup(void)
{
	holds_site_init(&site, 1);
	holds_site_replace(&site, "policy.yml",
	    "  p: {title: A test, legal_basis: contract}\n",
	    "  p: {title: A test, legal_basis: contract, recipients: [us]}\n"
	    "recipients:\n"
	    "  us: {title: Us, role: controller, region: JP}\n");
	for (int i = 0; i < 3; i++)
		holds_site_replace(&site, "policy.yml", "    purposes: [p]\n",
		    "    origin: data_subject\n    purposes:  [p]\n"
		    "    erasure: {on_request: erase, ground: "
		    "no_longer_necessary}\n");
	holds_site_replace(&site, "crm.yml",
	    "{name: name, data_categories: [user.name]}",
	    "{name: name, data_categories: [user.name], fides_meta: "
	    "{identity: nick}}");
	holds_site_replace(&site, "lethe.yml", "purge:",
	    "controllers:\n"
	    "  - {title: Us, contact: us@example.jp, authority: PPC}\n"
	    "processing: {automated_decisions: None.}\npurge:");
	MUST(db_exec(IN->stores[CRM].db,
		 "UPDATE people SET name = $1 WHERE id = 'P1'",
		 ARGS(TEXT(PLANTED))) == ST_OK,
	    "%s", status_text());
}
static void teardown(void) { holds_site_release(&site); }

static struct rights_actor by(int64_t later)
{
	return (struct rights_actor){ "os:ada", REQUEST_BY_OPERATOR,
		when_now() + later };
}

/* A request of somebody who was verified; valid until the next. */
static const char *verified_for(
    enum request_type type, const char *identity, const char *value)
{
	static char id[24];
	struct rights_actor ada = by(0);
	const struct rights_order o = { type, REQUEST_GDPR, REQUEST_EMAIL,
		identity, value, ada.now, NULL };
	json_t *out = NULL;

	MUST(rights_open(IN, &ada, &o, &out) == ST_OK, "%s", status_text());
	(void)snprintf(id, sizeof(id), "%s", json_text(out, "id"));
	json_decref(out);
	MUST(rights_verify(IN, &ada, id, "login", ada.now, NULL) == ST_OK, "%s",
	    status_text());
	return id;
}

static const char *verified(const char *person)
{
	return verified_for(REQUEST_ACCESS, "person_id", person);
}

static json_t *built(
    const char *id, const struct package_order *o, struct rights_actor ada)
{
	json_t *out = NULL;

	MUST(
	    package_build(IN, &ada, id, o, &out) == ST_OK, "%s", status_text());
	return out;
}

/* The bytes behind a token. */
static void taken(const char *token, struct buf *out)
{
	struct rights_actor ada = by(0);
	struct sealed *file = NULL;
	json_t *o = NULL;

	MUST(package_take(IN, &ada, token, &file, &o) == ST_OK, "%s",
	    status_text());
	ck_assert_int_eq(buf_reserve(out, (size_t)sealed_size(file)), ST_OK);
	ck_assert_int_eq(
	    sealed_read(file, 0, out->data, (size_t)sealed_size(file)), ST_OK);
	out->len = (size_t)sealed_size(file);
	sealed_free(file);
	json_decref(o);
}

/* Files in exports/, the lock aside; and keys. */
static int exports(void)
{
	char path[200];
	DIR *d;
	const struct dirent *e;
	int n = 0;

	(void)snprintf(path, sizeof(path), "%s/var/exports", site.folder);
	if ((d = opendir(path)) == NULL)
		return 0;
	while ((e = readdir(d)) != NULL)
		n += *e->d_name != '.' && strcmp(e->d_name, "lock") != 0;
	(void)closedir(d);
	return n;
}

static int keys(void)
{
	int n = 0;

	ck_assert_int_eq(keyring_refresh(IN->keys), ST_OK);
	for (size_t i = 0; keyring_name(IN->keys, i); i++)
		n += strncmp(keyring_name(IN->keys, i), "export/", 7) == 0;
	return n;
}

START_TEST(the_same_state_gives_the_same_bytes)
{
	struct buf one = BUF_INIT, two = BUF_INIT;
	struct rights_actor ada = by(0);
	const char *id = verified("P1");
	json_t *a = built(id, &english, ada), *b = built(id, &english, ada);

	taken(json_text(a, "token"), &one);
	taken(json_text(b, "token"), &two);
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
	const char *id = verified("P1");
	json_t *a = built(id, &english, by(0)), *b = built(id, &o, by(0));

	taken(json_text(a, "token"), &plain);
	taken(json_text(b, "token"), &sealed);
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
	json_t *a = built(verified("P1"), &english, by(0));

	(void)snprintf(command, sizeof(command),
	    "! grep -rqa -e Zaphod-Planted -e 'Your personal data' %s/var",
	    site.folder);
	ck_assert_int_eq(system(command), 0);
	json_decref(a);
}
END_TEST

START_TEST(the_log_knows_the_hash_and_nobody)
{
	json_t *a = built(verified("P1"), &english, by(0));
	struct buf bytes = BUF_INIT;
	char *log;

	taken(json_text(a, "token"), &bytes);
	log = holds_site_log(&site);
	ck_assert_ptr_nonnull(strstr(log, json_text(a, "manifest")));
	ck_assert_ptr_null(strstr(log, json_text(a, "token")));
	ck_assert_ptr_null(strstr(log, "Zaphod"));
	ck_assert_int_eq(holds_site_entries(&site, "request_packaged"), 1);
	ck_assert_int_eq(holds_site_entries(&site, "request_downloaded"), 1);
	free(log);
	buf_release(&bytes);
	json_decref(a);
}
END_TEST

START_TEST(a_token_is_worth_so_many_downloads_and_no_more)
{
	struct rights_actor ada = by(0);
	struct sealed *file = NULL;
	struct buf b = BUF_INIT;
	json_t *a = built(verified("P1"), &english, ada), *out = NULL;
	char token[65], why[200];

	(void)snprintf(token, sizeof(token), "%s", json_text(a, "token"));
	for (int i = 0; i < 10; i++) {
		buf_clear(&b);
		taken(token, &b);
	}
	ck_assert_int_eq(package_take(IN, &ada, token, &file, &out), ST_DENIED);
	(void)snprintf(why, sizeof(why), "%s", status_text());
	token[0] = token[0] == '0' ? '1' : '0';
	ck_assert_int_eq(package_take(IN, &ada, token, &file, &out), ST_DENIED);
	ck_assert_str_eq(status_text(), why);
	ck_assert_int_eq(package_take(IN, &ada, "", &file, &out), ST_DENIED);
	ck_assert_int_eq(
	    holds_site_registry(&site, "SELECT count(*) FROM package WHERE"
				       " downloads = 10"),
	    1);
	buf_release(&b);
	json_decref(a);
}
END_TEST

START_TEST(what_has_expired_goes_with_its_key)
{
	struct rights_actor ada = by(0), later = by(31 * INT64_C(86400));
	struct sealed *file = NULL;
	json_t *a = built(verified("P1"), &english, ada), *out = NULL;
	int64_t deleted = 7;

	ck_assert_int_eq(package_sweep(IN, &ada, &deleted), ST_OK);
	ck_assert_int_eq(deleted, 0);
	ck_assert_int_eq(exports(), 1);
	ck_assert_int_eq(keys(), 1);
	ck_assert_int_eq(
	    package_take(IN, &later, json_text(a, "token"), &file, &out),
	    ST_DENIED);
	ck_assert_int_eq(package_sweep(IN, &later, &deleted), ST_OK);
	ck_assert_int_eq(deleted, 1);
	ck_assert_int_eq(exports(), 0);
	ck_assert_int_eq(keys(), 0);
	ck_assert_int_eq(holds_site_entries(&site, "package_deleted"), 1);
	ck_assert_int_eq(package_sweep(IN, &later, &deleted), ST_OK);
	ck_assert_int_eq(deleted, 0);
	json_decref(a);
}
END_TEST

START_TEST(a_withdrawn_request_has_no_download)
{
	struct rights_actor ada = by(0);
	struct sealed *file = NULL;
	const char *id = verified("P1");
	json_t *a = built(id, &english, ada), *out = NULL;
	int64_t n = 0;

	ck_assert_int_eq(rights_withdraw(IN, &ada, id, NULL, NULL), ST_OK);
	ck_assert_int_eq(
	    package_take(IN, &ada, json_text(a, "token"), &file, &out),
	    ST_DENIED);
	ck_assert_int_eq(package_sweep(IN, &ada, &n), ST_OK);
	ck_assert_int_eq(n, 1);
	ck_assert_int_eq(exports(), 0);
	json_decref(a);
}
END_TEST

static int refused(const json_t *package)
{
	struct rights_actor ada = by(0);
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
	const char *id = verified_for(REQUEST_ERASURE, identity, value);
	struct rights_actor ada = by(0);
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
	struct rights_actor ada = by(0);
	int64_t n = 0;
	json_t *a = built(verified("P2"), &english, ada), *b, *c;

	b = built(verified("P1"), &english, ada);
	c = built(verified_for(REQUEST_ACCESS, "nick", PLANTED), &english, ada);
	erase("nick", PLANTED);
	ck_assert_int_eq(
	    holds_site_count(&site, CRM, "SELECT count(*) FROM people"), 1);
	ck_assert(refused(b));
	ck_assert(refused(c));
	ck_assert_int_eq(package_sweep(IN, &ada, &n), ST_OK);
	ck_assert_int_eq(n, 2);
	ck_assert_int_eq(exports(), 1);
	ck_assert_int_eq(keys(), 1);
	ck_assert(!refused(a));
	json_decref(a);
	json_decref(b);
	json_decref(c);
}
END_TEST

START_TEST(a_copy_is_not_built_across_the_beginning_of_an_erasure)
{
	struct rights_actor before = by(-1);
	json_t *out = NULL;
	const char *id;

	erase("person_id", "P2");
	id = verified("P1");
	ck_assert_int_eq(
	    package_build(IN, &before, id, &english, &out), ST_BUSY);
	ck_assert_int_eq(exports(), 0);
	before.now += 10;
	json_decref(built(id, &english, before));
}
END_TEST

START_TEST(only_a_verified_access_request_is_packaged)
{
	struct rights_actor ada = by(0);
	struct rights_order o = { REQUEST_ACCESS, REQUEST_GDPR, REQUEST_EMAIL,
		"person_id", "P1", ada.now, NULL };
	json_t *out = NULL, *a = NULL;

	MUST(rights_open(IN, &ada, &o, &out) == ST_OK, "%s", status_text());
	ck_assert_int_eq(
	    package_build(IN, &ada, json_text(out, "id"), &english, &a),
	    ST_DENIED);
	json_decref(out);
	o.type = REQUEST_ERASURE;
	out = NULL;
	MUST(rights_open(IN, &ada, &o, &out) == ST_OK, "%s", status_text());
	ck_assert_int_eq(
	    package_build(IN, &ada, json_text(out, "id"), &english, &a),
	    ST_DENIED);
	json_decref(out);
	ck_assert_int_eq(exports(), 0);
	ck_assert_int_eq(keys(), 0);
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
	struct rights_actor ada = by(0);
	const char *id = verified("P1");
	json_t *out = NULL;

	holds_site_replace(
	    &site, blanks[_i].file, blanks[_i].from, blanks[_i].to);
	ck_assert_int_eq(
	    package_build(IN, &ada, id, &english, &out), ST_INVALID);
	ck_assert_msg(strstr(status_text(), blanks[_i].says) != NULL, "%s",
	    status_text());
	ck_assert_int_eq(exports(), 0);
	ck_assert_int_eq(keys(), 0);
}
END_TEST

START_TEST(no_data_is_an_answer)
{
	json_t *a = built(verified("P404"), &english, by(0));

	ck_assert_int_eq(json_int(a, "records"), 0);
	ck_assert_int_eq(exports(), 1);
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
	ck_assert_int_eq(sealed_new(site.folder, &s), ST_OK);
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
	struct rights_actor ada = by(0);
	json_t *a = built(verified("P1"), &english, ada), *out = NULL;
	struct buf bytes = BUF_INIT;
	char path[300], to[300];

	(void)snprintf(path, sizeof(path), "%s/var/exports/%s", site.folder,
	    json_text(a, "package"));
	(void)snprintf(to, sizeof(to), "%s/out.zip", site.folder);
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

/* ---- until when ---- */

/* The file of ${collection} in a package of P1, from the ZIP that waits. */
static json_t *data_of(const char *id, const char *name)
{
	json_t *a = built(id, &english, by(0)), *o;
	struct buf zip = BUF_INIT;
	char path[200], *command;

	taken(json_text(a, "token"), &zip);
	(void)snprintf(path, sizeof(path), "%s/taken.zip", site.folder);
	ck_assert_int_eq(file_replace(path, zip.data, zip.len, 0600), ST_OK);
	command = str_format("cd %s && rm -rf taken && unzip -q -d taken "
			     "taken.zip && mv taken/lethe-*/* taken",
	    site.folder);
	ck_assert_int_eq(system(command), 0);
	free(command);
	(void)snprintf(
	    path, sizeof(path), "%s/taken/data/%s", site.folder, name);
	o = json_load_file(path, 0, NULL);
	buf_release(&zip);
	json_decref(a);
	return o;
}

static const json_t *storage_of(const json_t *file, const char *key, size_t i)
{
	const json_t *r = json_array_get(json_object_get(file, "records"), i);
	const json_t *list = json_object_get(r, "storage");

	ck_assert_msg(r != NULL, "no record %zu", i);
	ck_assert_uint_eq(json_array_size(list), 1);
	return json_object_get(json_array_get(list, 0), key);
}
#define IS(value, text) ck_assert_str_eq(json_string_value(value), text)

START_TEST(each_record_says_until_when_it_is_kept_or_what_it_waits_for)
{
	const char *id;
	json_t *contracts, *visits;
	char hold[24];

	holds_site_do(&site, CRM,
	    "UPDATE contracts SET ends = '2999-01-31' WHERE id = 1");
	holds_site_place(&site,
	    (struct holds_scope){ .store = "web",
		.collection = "visits",
		.key = (const char *const[]){ "2" },
		.key_count = 1 },
	    "litigation", hold);
	id = verified("P1");
	contracts = data_of(id, "003-crm-contracts.json");
	visits = data_of(id, "004-web-visits.json");
	/* It ends in the future, and has not begun. */
	IS(storage_of(contracts, "verdict", 0), "ACTIVE");
	IS(storage_of(contracts, "last_day", 0), "3000-01-31");
	IS(storage_of(contracts, "cluster", 0), "contract_data");
	IS(storage_of(contracts, "rule", 0), "end + P1Y (jp_civil_code)");
	IS(json_array_get(storage_of(contracts, "law", 0), 0), "contract");
	/* Without an end nobody knows the day: it waits for its end. */
	IS(storage_of(contracts, "verdict", 1), "ACTIVE");
	ck_assert(json_is_null(storage_of(contracts, "last_day", 1)));
	IS(storage_of(contracts, "starting_point", 1), "end");
	ck_assert_uint_ge(
	    json_array_size(storage_of(contracts, "reasons", 1)), 1);
	IS(storage_of(visits, "verdict", 0), "OVERDUE");
	IS(storage_of(visits, "verdict", 1), "HELD");
	IS(storage_of(visits, "verdict", 2), "UNDECIDED");
	json_decref(contracts);
	json_decref(visits);
}
END_TEST

/* ---- a look ---- */

START_TEST(a_look_shows_the_person_by_cluster_and_is_logged)
{
	struct rights_actor ada = by(0);
	const char *id = verified("P1");
	json_t *o = NULL;
	const json_t *cluster, *visits;
	char *log;

	ck_assert_int_eq(package_data(IN, &ada, id, &o), ST_OK);
	ck_assert_int_eq(json_int(o, "records"), 6);
	ck_assert_uint_eq(json_array_size(json_object_get(o, "clusters")), 3);
	cluster = json_array_get(json_object_get(o, "clusters"), 2);
	IS(json_object_get(cluster, "cluster"), "visit_data");
	visits = json_object_get(
	    json_array_get(json_object_get(cluster, "collections"), 0),
	    "records");
	ck_assert_uint_eq(json_array_size(visits), 3);
	IS(json_object_get(
	       json_object_get(json_array_get(visits, 0), "storage"),
	       "verdict"),
	    "OVERDUE");
	json_decref(o);
	ck_assert_int_eq(holds_site_entries(&site, "personal_data_viewed"), 1);
	log = holds_site_log(&site);
	ck_assert_ptr_null(strstr(log, "Zaphod"));
	free(log);
	/* No file and no key is left of it. */
	ck_assert_int_eq(exports(), 0);
	ck_assert_int_eq(keys(), 0);
}
END_TEST

START_TEST(nobody_looks_at_whom_nobody_verified)
{
	struct rights_actor ada = by(0);
	const struct rights_order o = { REQUEST_ACCESS, REQUEST_GDPR,
		REQUEST_EMAIL, "person_id", "P1", ada.now, NULL };
	json_t *out = NULL, *seen = NULL;

	MUST(rights_open(IN, &ada, &o, &out) == ST_OK, "%s", status_text());
	ck_assert_int_eq(
	    package_data(IN, &ada, json_text(out, "id"), &seen), ST_DENIED);
	ck_assert_int_eq(package_data(IN, &ada, "Q-none", &seen), ST_USAGE);
	ck_assert_ptr_null(seen);
	ck_assert_int_eq(holds_site_entries(&site, "personal_data_viewed"), 0);
	json_decref(out);
}
END_TEST

/* ---- portability ---- */

START_TEST(portability_gets_what_was_provided_and_nothing_else)
{
	const char *id;
	json_t *people, *values, *gone;
	struct rights_actor ada = by(0);
	json_t *out = NULL;

	/* Contracts are held on a duty; the visits are derived. */
	holds_site_replace(&site, "policy.yml", "  p: {title: A test,",
	    "  d: {title: A duty, legal_basis: "
	    "legal_obligation, recipients: [us]}\n  p: {title: A test,");
	holds_site_replace(&site, "policy.yml",
	    "    purposes:  [p]\n"
	    "    erasure: {on_request: erase, ground: no_longer_necessary}\n"
	    "    covers: [crm.contracts]",
	    "    purposes: [d]\n    covers: [crm.contracts]");
	holds_site_replace(&site, "policy.yml",
	    "    origin: data_subject\n    purposes:  [p]\n"
	    "    erasure: {on_request: erase, ground: no_longer_necessary}\n"
	    "    covers: [web.visits]",
	    "    origin: derived\n    purposes: [p]\n"
	    "    covers: [web.visits]");
	id = verified_for(REQUEST_PORTABILITY, "person_id", "P1");
	people = data_of(id, "001-crm-people.json");
	values = json_object_get(
	    json_array_get(json_object_get(people, "records"), 0), "values");
	IS(json_object_get(values, "name"), PLANTED);
	gone = data_of(id, "003-crm-contracts.json");
	ck_assert_ptr_null(gone);
	gone = data_of(id, "004-web-visits.json");
	ck_assert_ptr_null(gone);
	json_decref(people);
	/* Access has them all the same. */
	gone = data_of(verified("P1"), "004-web-visits.json");
	ck_assert_ptr_nonnull(gone);
	json_decref(gone);
	/* Where nothing is portable, "no data" would be a lie. */
	for (int i = 0; i < 2; i++)
		holds_site_replace(&site, "policy.yml",
		    "    origin: data_subject", "    origin: derived");
	id = verified_for(REQUEST_PORTABILITY, "person_id", "P1");
	ck_assert_int_eq(
	    package_build(IN, &ada, id, &english, &out), ST_DENIED);
	ck_assert_ptr_nonnull(strstr(status_text(), "Art. 20"));
}
END_TEST

/* ---- whatever happens ---- */

START_TEST(out_of_memory_leaves_nothing)
{
	struct rights_actor ada = by(0);
	const char *id = verified("P1");
	json_t *out = NULL;
	enum status st;
	long nth = 0;

	for (;; nth += 1 + nth / 8) {
		test_alloc_fuse(nth);
		st = package_build(IN, &ada, id, &english, &out);
		test_alloc_fuse(-1);
		if (st == ST_OK)
			break;
		ck_assert_msg(exports() == 0, "after %ld", nth);
		ck_assert_msg(nth < 1000000, "%s", status_text());
	}
	ck_assert_int_gt(nth, 100);
	ck_assert_int_eq(exports(), 1);
	ck_assert_int_eq(
	    holds_site_registry(
		&site, "SELECT count(*) FROM package WHERE revoked_at IS NULL"),
	    1);
	json_decref(out);
}
END_TEST

static void build_and_die(const char *id, long nth)
{
	struct rights_actor ada = by(0);
	struct installation in;
	json_t *out = NULL;

	holds_site_load(&site, &in);
	test_alloc_kill(nth);
	if (package_build(&in, &ada, id, &english, &out) != ST_OK)
		_exit(1);
	_exit(0);
}

START_TEST(a_killed_build_leaves_no_copy_and_no_key_for_long)
{
	struct rights_actor ada = by(0);
	const char *id = verified("P1");
	int64_t n = 0;
	int code = 1;

	for (long nth = 1; code != 0; nth += 50 + nth / 3) {
		pid_t child = fork();

		if (child == 0)
			build_and_die(id, nth);
		ck_assert_int_eq(waitpid(child, &code, 0), child);
		ck_assert(WIFSIGNALED(code) || WEXITSTATUS(code) == 0);
		ck_assert_int_eq(package_sweep(IN, &ada, &n), ST_OK);
		ck_assert_int_eq(exports(),
		    holds_site_registry(&site, "SELECT count(*) FROM package"));
		ck_assert_int_eq(keys(), exports());
	}
	ck_assert_int_ge(exports(), 1);
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

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 300);
	tcase_add_test(t, a_look_shows_the_person_by_cluster_and_is_logged);
	tcase_add_test(t, nobody_looks_at_whom_nobody_verified);
	tcase_add_test(t, portability_gets_what_was_provided_and_nothing_else);
	tcase_add_test(
	    t, each_record_says_until_when_it_is_kept_or_what_it_waits_for);
	tcase_add_test(t, the_same_state_gives_the_same_bytes);
	tcase_add_test(t, a_passphrase_seals_every_file);
	tcase_add_test(t, nothing_of_it_stands_on_the_disk);
	tcase_add_test(t, the_log_knows_the_hash_and_nobody);
	tcase_add_test(t, a_token_is_worth_so_many_downloads_and_no_more);
	tcase_add_test(t, what_has_expired_goes_with_its_key);
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
