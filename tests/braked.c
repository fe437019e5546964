/* An installation with brakes. */
#include "tests/braked.h"

#include <stdio.h>
#include <string.h>

#include "engine/purge/plans.h"
#include "engine/purge/stop.h"
#include "tests/attached.h"

static const char config[] =
    "installation: brakes\n"
    "time_zone: Asia/Tokyo\n"
    "data_dir: ./var\n"
    "key: {file: ./lethe.key}\n"
    "policies: [policy.yml]\n"
    "stores:\n"
    "  crm: {driver: sqlite, dataset: crm.yml, schema: crm.sql}\n"
    "purge: {batch: 40, approvals: %d, max_share: %s}\n";

static const char schema[] =
    "CREATE TABLE people (id INTEGER PRIMARY KEY, gone TEXT);\n"
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, at TEXT,\n"
    "  person INTEGER REFERENCES people (id));\n"
    "CREATE INDEX notes_at ON notes (at);\n"
    "CREATE INDEX notes_person ON notes (person);\n"
    "CREATE INDEX people_gone ON people (gone);\n";

static const char dataset[] =
    "dataset:\n"
    "  - fides_key: crm\n"
    "    name: Customers\n"
    "    collections:\n"
    "      - name: people\n"
    "        fields:\n"
    "          - {name: id, fides_meta: {primary_key: true}}\n"
    "          - {name: gone, data_categories: [user.account]}\n"
    "      - name: notes\n"
    "        fields:\n"
    "          - {name: id, fides_meta: {primary_key: true}}\n"
    "          - {name: at, data_categories: [user.account]}\n"
    "          - name: person\n"
    "            fides_meta:\n"
    "              references:\n"
    "                - {dataset: crm, field: people.id, direction: from}\n";

static const char policy[] =
    "policy: brakes\n"
    "revision: 1\n"
    "title: A test\n"
    "calendar: {rule: jp_civil_code, time_zone: Asia/Tokyo}\n"
    "purposes:\n"
    "  p: {title: A test, legal_basis: contract}\n"
    "starting_points:\n"
    "  gone: {kind: end_of_relationship, at: gone, null_means: open}\n"
    "  noted: {kind: collection, at: at}\n"
    "clusters:\n"
    "  people_data:\n"
    "    purposes: [p]\n"
    "    covers: [crm.people]\n"
    "    on_referenced: wait\n"
    "    deletion_rule: {starting_point: gone, regular_deletion_period: P1Y}\n"
    "  notes_data:\n"
    "    purposes: [p]\n"
    "    covers: [crm.notes]\n"
    "    deletion_rule: {starting_point: noted, regular_deletion_period: %s}\n";

/* ---- an installation in a folder of its own ---- */

static void put(const struct braked *f, const char *name, const char *text)
{
	char path[200];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", f->folder, name);
	file = fopen(path, "w");
	MUST(file && fputs(text, file) >= 0 && fclose(file) == 0, "%s", path);
}

void braked_config(const struct braked *f, int approvals, const char *max_share)
{
	char text[sizeof(config) + 40];

	(void)snprintf(text, sizeof(text), config, approvals, max_share);
	put(f, "lethe.yml", text);
}

void braked_policy(const struct braked *f, const char *period)
{
	char text[sizeof(policy) + 40];

	(void)snprintf(text, sizeof(text), policy, period);
	put(f, "policy.yml", text);
}

void braked_load(const struct braked *f, struct installation *in)
{
	MUST(installation_load(f->path, in) == ST_OK &&
		 installation_unlock(in) == ST_OK &&
		 installation_open_store(in, &in->stores[0]) == ST_OK &&
		 installation_open_control(in) == ST_OK &&
		 installation_open_audit(in) == ST_OK,
	    "%s", status_text());
}

void braked_sql(
    const struct braked *f, enum braked_where where, const char *words)
{
	struct installation in;

	braked_load(f, &in);
	MUST(db_script(where == STORE ? in.stores[0].db : in.control, words) ==
		 ST_OK,
	    "%s", status_text());
	installation_release(&in);
}

int64_t braked_ask(
    const struct braked *f, enum braked_where where, const char *words)
{
	struct installation in;
	struct sql q = SQL_INIT;
	int64_t n = -1;

	braked_load(f, &in);
	sql_add_(&q, words);
	MUST(db_one_int_sql(where == STORE ? in.stores[0].db : in.control, &q,
		 -1, &n) == ST_OK,
	    "%s", status_text());
	sql_release(&q);
	installation_release(&in);
	return n;
}

void braked_set_up(struct braked *f)
{
	struct installation in;

	memset(f, 0, sizeof(*f));
	(void)snprintf(f->folder, sizeof(f->folder), "%s", test_folder());
	(void)snprintf(f->path, sizeof(f->path), "%s/lethe.yml", f->folder);
	(void)snprintf(f->plan, sizeof(f->plan), "%s/plan.json", f->folder);
	braked_config(f, 1, "1");
	braked_policy(f, "P1Y");
	put(f, "crm.sql", schema);
	put(f, "crm.yml", dataset);
	MUST(installation_load(f->path, &in) == ST_OK &&
		 installation_init(&in, NULL, NULL) == ST_OK,
	    "%s", status_text());
	installation_release(&in);
	braked_sql(f, STORE,
	    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
	    " WHERE i < 300)"
	    " INSERT INTO notes SELECT i, CASE WHEN i % 3 <> 0 THEN '2016-02-29'"
	    " ELSE '2999-01-01' END, NULL FROM n;"
	    "INSERT INTO lethe_count (collection, records)"
	    " VALUES ('notes', 300), ('people', 0)"
	    " ON CONFLICT (collection) DO UPDATE SET records = 300;"
	    "UPDATE lethe_count SET records = 0 WHERE collection = 'people';");
}

void braked_tear_down(struct braked *f)
{
	json_decref(f->report);
	memset(f, 0, sizeof(*f));
}

enum status braked_purge(struct braked *f, struct purge_options o)
{
	struct installation in;
	enum status st;

	json_decref(f->report);
	f->report = NULL;
	braked_load(f, &in);
	if (o.as_of == 0)
		o.as_of = when_now();
	st = purge_run(&in, &o, &f->report);
	f->stopped = json_object_get(f->report, "stopped");
	installation_release(&in);
	return st;
}
void braked_must_stop(struct braked *f, const char *reason)
{
	ck_assert_int_eq(PURGE(f, .approve = 0), ST_DENIED);
	MUST(json_is_object(f->stopped), "not stopped: %s", status_text());
	MUST(strstr(json_text(f->stopped, "reason"), reason),
	    "`%s` is not `%s`", json_text(f->stopped, "reason"), reason);
	ck_assert_ptr_nonnull(strstr(status_text(), "lethe "));
	ck_assert_int_eq(json_int(f->report, "deleted"), 0);
}

void braked_must_run(struct braked *f, int64_t deleted)
{
	MUST(PURGE(f, .approve = 0) == ST_OK, "%s", status_text());
	ck_assert(json_is_null(f->stopped));
	ck_assert_int_eq(json_int(f->report, "deleted"), deleted);
}

enum status braked_approve(struct braked *f, const char *actor)
{
	struct stored_plan p = { .body = NULL };
	struct installation in;
	struct schedule s;
	enum status st;

	braked_load(f, &in);
	MUST(schedule_init(&s, &in, NULL, &in.diag) == ST_OK &&
		 plans_find(&in,
		     json_text(json_object_get(f->report, "plan"), "id"),
		     &p) == ST_OK,
	    "%s", status_text());
	st = plans_approve(&in, &s, &p, actor);
	stored_plan_release(&p);
	schedule_release(&s);
	installation_release(&in);
	return st;
}

int64_t braked_notes(const struct braked *f)
{
	return braked_ask(f, STORE, "SELECT count(*) FROM notes");
}

void braked_check_evidence(const struct braked *f, int64_t gone)
{
	ck_assert_int_eq(
	    braked_ask(f, STORE,
		"SELECT coalesce(sum(records), 0) FROM lethe_evidence"),
	    gone);
	if (attached()) /* nothing is counted there */
		return;
	ck_assert_int_eq(
	    braked_ask(f, STORE, "SELECT sum(records) FROM lethe_count"),
	    braked_ask(f, STORE,
		"SELECT (SELECT count(*) FROM notes) +"
		" (SELECT count(*) FROM people)"));
}

void braked_stop_now(
    void *ctx, const char *cluster, int64_t deleted, int64_t due)
{
	const struct braked *f = ctx;
	struct installation in;

	(void)cluster;
	(void)deleted;
	(void)due;
	braked_load(f, &in);
	MUST(stop_set(&in, "os:b", "look at this") == ST_OK, "%s",
	    status_text());
	installation_release(&in);
}
