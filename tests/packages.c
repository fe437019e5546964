/* Packages, as tests want them (tests/packages.h). */
#include "tests/packages.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/package/exports.h"
#include "tests/suites.h"

struct holds_site packages_site;
#define IN (&packages_site.in)

const struct package_order packages_english = { "en", NULL };

void packages_setup(void)
{
	holds_site_init(&packages_site, 1);
	holds_site_replace(&packages_site, "policy.yml",
	    "  p: {title: A test, legal_basis: contract}\n",
	    "  p: {title: A test, legal_basis: contract, recipients: [us]}\n"
	    "recipients:\n"
	    "  us: {title: Us, role: controller, region: JP}\n");
	for (int i = 0; i < 3; i++)
		holds_site_replace(&packages_site, "policy.yml",
		    "    purposes: [p]\n",
		    "    origin: data_subject\n    purposes:  [p]\n"
		    "    erasure: {on_request: erase, ground: "
		    "no_longer_necessary}\n");
	holds_site_replace(&packages_site, "crm.yml",
	    "{name: name, data_categories: [user.name]}",
	    "{name: name, data_categories: [user.name], fides_meta: "
	    "{identity: nick}}");
	holds_site_replace(&packages_site, "lethe.yml", "purge:",
	    "controllers:\n"
	    "  - {title: Us, contact: us@example.jp, authority: PPC}\n"
	    "processing: {automated_decisions: None.}\npurge:");
	MUST(db_exec(IN->stores[CRM].db,
		 "UPDATE people SET name = $1 WHERE id = 'P1'",
		 ARGS(TEXT(PLANTED))) == ST_OK,
	    "%s", status_text());
}
void packages_teardown(void) { holds_site_release(&packages_site); }

struct rights_actor packages_by(int64_t later)
{
	return (struct rights_actor){ "os:ada", REQUEST_BY_OPERATOR,
		when_now() + later };
}

/* A request of somebody who was verified; valid until the next. */
const char *packages_verified_for(
    enum request_type type, const char *identity, const char *value)
{
	static char id[24];
	struct rights_actor ada = packages_by(0);
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

const char *packages_verified(const char *person)
{
	return packages_verified_for(REQUEST_ACCESS, "person_id", person);
}

json_t *packages_built(
    const char *id, const struct package_order *o, struct rights_actor ada)
{
	json_t *out = NULL;

	MUST(
	    package_build(IN, &ada, id, o, &out) == ST_OK, "%s", status_text());
	return out;
}

/* The bytes behind a token. */
void packages_taken(const char *token, struct buf *out)
{
	struct rights_actor ada = packages_by(0);
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

json_t *packages_data(const char *id, const char *name)
{
	json_t *a = packages_built(id, &packages_english, packages_by(0)), *o;
	struct buf zip = BUF_INIT;
	char path[200], *command;

	packages_taken(json_text(a, "token"), &zip);
	(void)snprintf(
	    path, sizeof(path), "%s/taken.zip", packages_site.folder);
	ck_assert_int_eq(file_replace(path, zip.data, zip.len, 0600), ST_OK);
	command = str_format("cd %s && rm -rf taken && unzip -q -d taken "
			     "taken.zip && mv taken/lethe-*/* taken",
	    packages_site.folder);
	ck_assert_int_eq(system(command), 0);
	free(command);
	(void)snprintf(
	    path, sizeof(path), "%s/taken/data/%s", packages_site.folder, name);
	o = json_load_file(path, 0, NULL);
	buf_release(&zip);
	json_decref(a);
	return o;
}

/* Files in exports/, the lock aside; and keys. */
int packages_exports(void)
{
	char path[200];
	DIR *d;
	const struct dirent *e;
	int n = 0;

	(void)snprintf(
	    path, sizeof(path), "%s/var/exports", packages_site.folder);
	if ((d = opendir(path)) == NULL)
		return 0;
	while ((e = readdir(d)) != NULL)
		n += *e->d_name != '.' && strcmp(e->d_name, "lock") != 0;
	(void)closedir(d);
	return n;
}

int packages_keys(void)
{
	int n = 0;

	ck_assert_int_eq(keyring_refresh(IN->keys), ST_OK);
	for (size_t i = 0; keyring_name(IN->keys, i); i++)
		n += strncmp(keyring_name(IN->keys, i), "export/", 7) == 0;
	return n;
}
