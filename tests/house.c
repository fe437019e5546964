/* A small installation from texts. */
#include "tests/house.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/plan/explain.h"
#include "tests/suites.h"

static void write_file(
    const struct house *h, const char *name, const char *head, const char *text)
{
	char path[200];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", h->folder, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	(void)fputs(head, f);
	(void)fputs(text, f);
	ck_assert_int_eq(fclose(f), 0);
}

static void write_files(struct house *h, const char *collections,
    const char *policy, const char *tables)
{
	(void)snprintf(h->folder, sizeof(h->folder), "%s", test_folder());
	(void)snprintf(h->config, sizeof(h->config), "%s/lethe.yml", h->folder);
	write_file(h, "lethe.yml", "",
	    "installation: house\n"
	    "time_zone: Asia/Tokyo\n"
	    "data_dir: ./var\n"
	    "key: {file: ./lethe.key}\n"
	    "policies: [policy.yml]\n"
	    "stores:\n"
	    "  shop: {driver: sqlite, dataset: shop.yml, schema: shop.sql}\n");
	write_file(h, "shop.yml",
	    "dataset:\n"
	    "  - fides_key: shop\n"
	    "    name: A shop\n",
	    collections);
	write_file(h, "policy.yml",
	    "policy: house\n"
	    "revision: 1\n"
	    "title: {en: A house}\n"
	    "calendar: {rule: jp_civil_code, time_zone: Asia/Tokyo}\n"
	    "purposes:\n"
	    "  sale: {title: {en: Sale}, legal_basis: contract}\n"
	    "  claims: {title: {en: Claims}, legal_basis: contract}\n",
	    policy);
	write_file(h, "shop.sql", "", tables);
}

static enum status open_house(struct house *h)
{
	struct schedule s;
	enum status st;

	if ((st = installation_load(h->config, &h->in)) != ST_OK)
		return st;
	if ((st = installation_init(&h->in, NULL, NULL)) != ST_OK)
		return st;
	st = schedule_init(&s, &h->in, NULL, &h->in.diag);
	if (st == ST_OK)
		schedule_release(&s);
	return st;
}

struct house *house_new(
    const char *collections, const char *policy, const char *tables)
{
	struct house *h = calloc(1, sizeof(*h));

	ck_assert_ptr_nonnull(h);
	write_files(h, collections, policy, tables);
	if (open_house(h) != ST_OK) {
		diag_print(&h->in.diag, stderr);
		ck_abort_msg("%s", status_text());
	}
	return h;
}

char *house_refused(
    const char *collections, const char *policy, const char *tables)
{
	struct house h;
	char *text = NULL;
	size_t size = 0;
	FILE *f;

	memset(&h, 0, sizeof(h));
	write_files(&h, collections, policy, tables);
	ck_assert_int_eq(open_house(&h), ST_INVALID);
	f = open_memstream(&text, &size);
	ck_assert_ptr_nonnull(f);
	diag_print(&h.in.diag, f);
	ck_assert_int_eq(fclose(f), 0);
	installation_release(&h.in);
	return text;
}

struct house *house_of_visits(void)
{
	static const char visits[] = "    collections:\n" COLLECTION("visits")
	    KEY("id") FIELD("at", "user.behavior");
	static const char policy[] =
	    "starting_points:\n"
	    "  visit: {kind: collection, at: at}\n"
	    "clusters:\n"
	    "  visits:\n"
	    "    covers: [shop.visits]\n"
	    "    purposes: [sale]\n"
	    "    deletion_rule: {starting_point: visit, regular_deletion_period: "
	    "P4W}\n";
	static const char tables[] =
	    "CREATE TABLE visits (id INTEGER PRIMARY KEY NOT NULL, at DATE);";

	return house_new(visits, policy, tables);
}

void house_free(struct house *h)
{
	installation_release(&h->in);
	free(h);
}

static struct db *store(struct house *h)
{
	MUST(installation_open_store(&h->in, &h->in.stores[0]) == ST_OK, "%s",
	    status_text());
	return h->in.stores[0].db;
}

static void recount(struct house *h, const struct db_table *t)
{
	struct sql q = SQL_INIT;

	sql_add(&q, "INSERT INTO lethe_count (collection, records) SELECT ");
	sql_bind_text(&q, t->name);
	sql_add(&q, ", count(*) FROM ");
	sql_name(&q, t->name);
	sql_add(&q, " WHERE TRUE ON CONFLICT (collection)"
		    " DO UPDATE SET records = excluded.records");
	MUST(db_exec_sql(store(h), &q, NULL) == ST_OK, "%s", status_text());
	sql_release(&q);
}

void house_sql(struct house *h, const char *words)
{
	struct db *db = store(h);
	size_t i;

	MUST(db_script(db, words) == ST_OK, "%s: %s", words, status_text());
	MUST(db_begin(db, DB_WRITE) == ST_OK, "%s", status_text());
	for (i = 0; i < h->in.stores[0].schema.count; i++)
		recount(h, &h->in.stores[0].schema.tables[i]);
	MUST(db_commit(db) == ST_OK, "%s", status_text());
}

long long house_number(struct house *h, const char *words)
{
	int64_t n = 0;

	MUST(db_one_int_(store(h), words, NOARGS, -1, &n) == ST_OK, "%s: %s",
	    words, status_text());
	return n;
}

static int64_t instant(const char *text)
{
	struct when w;

	ck_assert_int_eq(when_parse(text, strlen(text), &w), ST_OK);
	return w.seconds;
}

json_t *house_purge(struct house *h, const char *as_of)
{
	struct purge_options o = {
		.mode = PURGE_EXECUTE, .as_of = instant(as_of), .approve = 1
	};
	json_t *report = NULL;

	MUST(purge_run(&h->in, &o, &report) == ST_OK, "%s", status_text());
	return report;
}

long long house_count(const json_t *report, const char *cluster,
    const char *collection, const char *member)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(report, "clusters"), i, one)
	{
		if (strcmp(json_text(one, "cluster"), cluster) == 0 &&
		    strcmp(json_text(one, "collection"), collection) == 0)
			return json_int(one, member);
	}
	ck_abort_msg("no %s of %s in the report", collection, cluster);
	return -1;
}

json_t *house_explain(
    struct house *h, const char *collection, const char *key, const char *as_of)
{
	struct schedule s;
	json_t *o = NULL;

	MUST(schedule_init(&s, &h->in, NULL, &h->in.diag) == ST_OK, "%s",
	    status_text());
	MUST(explain_json(
		 &s, "shop", collection, &key, 1, instant(as_of), &o) == ST_OK,
	    "%s", status_text());
	schedule_release(&s);
	return o;
}
