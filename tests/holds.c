/* An installation for tests of suspensions. */
#include "tests/holds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/audit/log.h"
#include "engine/base/buf.h"
#include "engine/base/civil.h"
#include "engine/base/file.h"
#include "tests/suites.h"

static const char config[] =
    "installation: holds\n"
    "time_zone: Asia/Tokyo\n"
    "data_dir: ./var\n"
    "key: {file: ./lethe.key}\n"
    "policies: [policy.yml]\n"
    "stores:\n"
    "  crm: {driver: sqlite, dataset: crm.yml, schema: crm.sql}\n"
    "  web: {driver: sqlite, dataset: web.yml, schema: web.sql}\n"
    "purge: {batch: 2, approvals: 0, max_share: 1}\n";

static const char crm_sql[] =
    "CREATE TABLE people (id TEXT NOT NULL PRIMARY KEY, name TEXT);\n"
    "CREATE TABLE addresses (id INTEGER PRIMARY KEY, person TEXT,\n"
    "  city TEXT);\n"
    "CREATE INDEX addresses_person ON addresses (person);\n"
    "CREATE TABLE contracts (id INTEGER PRIMARY KEY, person TEXT,\n"
    "  ends DATE);\n"
    "CREATE INDEX contracts_person ON contracts (person);\n"
    "CREATE INDEX contracts_ends ON contracts (ends);\n";

static const char web_sql[] =
    "CREATE TABLE visits (id INTEGER PRIMARY KEY, person TEXT, page TEXT,\n"
    "  at TEXT);\n"
    "CREATE INDEX visits_person ON visits (person);\n"
    "CREATE INDEX visits_at ON visits (at);\n";

#define REFERS                                                        \
	"fides_meta: {references: [{dataset: crm, field: people.id, " \
	"direction: from}]}\n"
static const char crm[] =
    "dataset:\n"
    "  - fides_key: crm\n"
    "    name: Customers\n"
    "    collections:\n"
    "      - name: people\n"
    "        fields:\n"
    "          - name: id\n"
    "            fides_meta: {primary_key: true, identity: person_id}\n"
    "          - {name: name, data_categories: [user.name]}\n"
    "      - name: addresses\n"
    "        fields:\n"
    "          - {name: id, fides_meta: {primary_key: true}}\n"
    "          - name: person\n"
    "            " REFERS
    "          - {name: city, data_categories: [user.contact]}\n"
    "      - name: contracts\n"
    "        fields:\n"
    "          - {name: id, fides_meta: {primary_key: true}}\n"
    "          - name: person\n"
    "            " REFERS
    "          - {name: ends, data_categories: [user.account]}\n";

static const char web[] =
    "dataset:\n"
    "  - fides_key: web\n"
    "    name: Visits\n"
    "    collections:\n"
    "      - name: visits\n"
    "        fields:\n"
    "          - {name: id, fides_meta: {primary_key: true}}\n"
    "          - name: person\n"
    "            " REFERS
    "          - {name: page, data_categories: [user.behavior]}\n"
    "          - {name: at, data_categories: [user.behavior]}\n";

static const char policy[] =
    "policy: holds\n"
    "revision: 1\n"
    "title: A test\n"
    "calendar: {rule: jp_civil_code, time_zone: Asia/Tokyo}\n"
    "purposes:\n"
    "  p: {title: A test, legal_basis: contract}\n"
    "starting_points:\n"
    "  last: {kind: end_of_relationship, at: crm.contracts.ends,\n"
    "    null_means: open}\n"
    "  end: {kind: end_of_relationship, at: ends, null_means: open}\n"
    "  visit: {kind: collection, at: at}\n"
    "clusters:\n"
    "  person_data:\n"
    "    purposes: [p]\n"
    "    covers: [crm.people, crm.addresses]\n"
    "    deletion_rule:\n"
    "      {starting_point: last, regular_deletion_period: P1Y}\n"
    "  contract_data:\n"
    "    purposes: [p]\n"
    "    covers: [crm.contracts]\n"
    "    deletion_rule: {starting_point: end, regular_deletion_period: P1Y}\n"
    "  visit_data:\n"
    "    purposes: [p]\n"
    "    covers: [web.visits]\n"
    "    deletion_rule:\n"
    "      {starting_point: visit, regular_deletion_period: P4W}\n";

static void put(const struct holds_site *s, const char *name, const char *text)
{
	char path[300];

	(void)snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	ck_assert_int_eq(file_replace(path, text, strlen(text), 0600), ST_OK);
}

void holds_site_load(struct holds_site *s, struct installation *in)
{
	char path[300];

	(void)snprintf(path, sizeof(path), "%s/lethe.yml", s->folder);
	if (installation_load(path, in) != ST_OK)
		diag_print(&in->diag, stdout);
	ck_assert_uint_eq(in->diag.errors, 0);
	ck_assert_int_eq(installation_unlock(in), ST_OK);
}

void holds_site_open(struct holds_site *s, struct installation *in)
{
	holds_site_load(s, in);
	MUST(installation_open_store(in, &in->stores[CRM]) == ST_OK &&
		 installation_open_store(in, &in->stores[WEB]) == ST_OK &&
		 installation_open_control(in) == ST_OK &&
		 installation_open_audit(in) == ST_OK,
	    "%s", status_text());
}

void holds_site_close(struct holds_site *s) { installation_release(&s->in); }

static void fill(struct holds_site *s)
{
	char now[INSTANT_TEXT];

	holds_site_do(s, CRM, "INSERT INTO people (id) VALUES ('P1'), ('P2')");
	holds_site_do(s, CRM,
	    "INSERT INTO contracts (id, person, ends) VALUES"
	    " (1, 'P1', '2020-02-29'), (2, 'P1', NULL), (3, 'P2', NULL)");
	holds_site_do(s, WEB,
	    "INSERT INTO visits (id, person, at) VALUES"
	    " (1, 'P1', '2020-01-01T00:00:00Z'), (3, 'P1', NULL),"
	    " (4, 'P2', '2020-01-01T00:00:00Z')");
	civil_format_instant(when_now(), now);
	ck_assert_int_eq(
	    db_exec(s->in.stores[WEB].db,
		"INSERT INTO visits (id, person, at) VALUES (2, 'P1', $1)",
		ARGS(TEXT(now))),
	    ST_OK);
}

void holds_site_init(struct holds_site *s, int approvals)
{
	char *text =
	    str_format("%sholds: {approvals: %d}\n", config, approvals);
	char path[300];

	memset(s, 0, sizeof(*s));
	(void)snprintf(s->folder, sizeof(s->folder), "%s", test_folder());
	put(s, "lethe.yml", text);
	put(s, "crm.sql", crm_sql);
	put(s, "web.sql", web_sql);
	put(s, "crm.yml", crm);
	put(s, "web.yml", web);
	put(s, "policy.yml", policy);
	free(text);
	(void)snprintf(path, sizeof(path), "%s/lethe.yml", s->folder);
	if (installation_load(path, &s->in) != ST_OK)
		diag_print(&s->in.diag, stdout);
	MUST(installation_init(&s->in, NULL, NULL) == ST_OK, "%s",
	    status_text());
	installation_release(&s->in);
	holds_site_open(s, &s->in);
	fill(s);
}

void holds_site_release(struct holds_site *s) { installation_release(&s->in); }

void holds_site_replace(
    struct holds_site *s, const char *file, const char *from, const char *to)
{
	struct buf b = BUF_INIT;
	char path[300], *at, *text;

	(void)snprintf(path, sizeof(path), "%s/%s", s->folder, file);
	ck_assert_int_eq(file_read(path, 100000, &b), ST_OK);
	ck_assert_ptr_nonnull(at = strstr(buf_text(&b), from));
	text = str_format(
	    "%.*s%s%s", (int)(at - b.data), b.data, to, at + strlen(from));
	put(s, file, text);
	free(text);
	buf_release(&b);
	holds_site_close(s);
	holds_site_open(s, &s->in);
}

void holds_site_place(struct holds_site *s, struct holds_scope scope,
    const char *reason, char id[24])
{
	struct holds_order o = { .scope = scope,
		.reason = reason,
		.authority = "A court",
		.review = HOLDS_NO_DAY };
	json_t *out = NULL;

	MUST(holds_place(&s->in, &o, "os:ada", &out) == ST_OK, "%s",
	    status_text());
	(void)snprintf(id, 24, "%s", json_text(out, "id"));
	json_decref(out);
}

static int64_t rows(const struct holds_site *s, int store, const char *id)
{
	int64_t n = -1;

	MUST(db_one_int(s->in.stores[store].db,
		 "SELECT (SELECT count(*) FROM lethe_suspension"
		 "  WHERE suspension = $1)"
		 " + (SELECT count(*) FROM lethe_suspended_cluster"
		 "  WHERE suspension = $1)",
		 ARGS(TEXT(id)), -1, &n) == ST_OK,
	    "%s", status_text());
	return n;
}

void holds_site_check_rows(
    struct holds_site *s, const char *id, int64_t crm_rows, int64_t web_rows)
{
	ck_assert_int_eq(rows(s, CRM, id), crm_rows);
	ck_assert_int_eq(rows(s, WEB, id), web_rows);
}

void holds_site_do_(struct holds_site *s, int store, const char *words)
{
	MUST(db_exec_(s->in.stores[store].db, words, NOARGS, NULL) == ST_OK,
	    "%s", status_text());
}

int64_t holds_site_count_(struct holds_site *s, int store, const char *words)
{
	int64_t n = -1;

	MUST(
	    db_one_int_(s->in.stores[store].db, words, NOARGS, -1, &n) == ST_OK,
	    "%s", status_text());
	return n;
}

int64_t holds_site_registry_(struct holds_site *s, const char *words)
{
	int64_t n = -1;

	MUST(db_one_int_(s->in.control, words, NOARGS, -1, &n) == ST_OK, "%s",
	    status_text());
	return n;
}

static enum status collect(void *ctx, const char *body)
{
	buf_adds(ctx, body);
	buf_addc(ctx, '\n');
	return ST_OK;
}

int64_t holds_site_entries(struct holds_site *s, const char *action)
{
	int64_t n = -1;

	MUST(db_one_int(audit_db(s->in.audit),
		 "SELECT count(*) FROM entry WHERE action = $1",
		 ARGS(TEXT(action)), -1, &n) == ST_OK,
	    "%s", status_text());
	return n;
}

char *holds_site_log(struct holds_site *s)
{
	struct buf b = BUF_INIT;

	ck_assert_int_eq(
	    audit_list(s->in.audit, &(struct audit_filter){ 0 }, collect, &b),
	    ST_OK);
	return buf_take(&b);
}
