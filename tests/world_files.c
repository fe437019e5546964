/* A made-up world as files and stores. */
#include "tests/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/installation/installation.h"
#include "engine/records/ingest.h"
#include "tests/suites.h"

static const char *const stores[] = { "one", "two" };

static FILE *create(const char *folder, const char *name)
{
	char path[300];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	MUST(f != NULL, "cannot write %s", path);
	return f;
}

/* ---- schema ---- */

static const char *key_type(const struct world_collection *c)
{
	return c->text_key ? "TEXT" : "INTEGER";
}

static void write_references(
    FILE *f, const struct world *w, const struct world_collection *c)
{
	const struct world_collection *p = &w->collections[c->parent];
	const char *type = c->text_ref ? "TEXT" : key_type(p);

	fprintf(f, ", r1 %s", type);
	if (p->tuple)
		fprintf(f, ", r2 %s", type);
	if (c->enforced)
		fprintf(f, ", FOREIGN KEY (%s) REFERENCES %s (%s)",
		    p->tuple ? "r1, r2" : "r1", p->name,
		    p->tuple ? "k1, k2" : "k1");
}

static void write_table(
    FILE *f, const struct world *w, const struct world_collection *c)
{
	static const char *const types[] = { "TEXT", "DATE", "INTEGER", "" };

	fprintf(f, "CREATE TABLE %s (k1 %s NOT NULL", c->name, key_type(c));
	if (c->tuple)
		fprintf(f, ", k2 %s NOT NULL", key_type(c));
	fprintf(f, ", at %s", types[c->type]);
	if (c->has_self)
		fprintf(f, ", s %s REFERENCES %s (k1)", key_type(c), c->name);
	/* Table constraints stand behind the columns. */
	if (c->parent >= 0)
		write_references(f, w, c);
	fprintf(f, ", PRIMARY KEY (k1%s)", c->tuple ? ", k2" : "");
	fprintf(f, ")%s;\n", c->without_rowid ? " WITHOUT ROWID" : "");
	if (!c->indexed)
		return;
	fprintf(f, "CREATE INDEX %s_at ON %s (at);\n", c->name, c->name);
	if (c->parent >= 0)
		fprintf(f, "CREATE INDEX %s_r ON %s (r1);\n", c->name, c->name);
}

static void write_schema(const struct world *w, const char *folder, int store)
{
	char name[40];
	FILE *f;
	int i;

	(void)snprintf(name, sizeof(name), "%s.sql", stores[store]);
	f = create(folder, name);
	for (i = 0; i < w->collection_count; i++) {
		if (w->collections[i].store == store)
			write_table(f, w, &w->collections[i]);
	}
	fclose(f);
}

/* ---- dataset ---- */

static void write_field(FILE *f, const char *name, const char *meta)
{
	fprintf(f,
	    "          - {name: %s, data_categories: [user.unique_id]%s}\n",
	    name, meta);
}

static void write_reference_field(FILE *f, const char *store,
    const char *collection, const char *name, const char *field)
{
	char meta[200];

	(void)snprintf(meta, sizeof(meta),
	    ", fides_meta: {references: [{dataset: %s, field: %s.%s, "
	    "direction: from}]}",
	    store, collection, field);
	write_field(f, name, meta);
}

static void write_dataset(const struct world *w, const char *folder, int store)
{
	char name[40];
	FILE *f;
	int i;

	(void)snprintf(name, sizeof(name), "%s.yml", stores[store]);
	f = create(folder, name);
	fprintf(f,
	    "dataset:\n  - fides_key: %s\n    name: Store\n"
	    "    collections:\n",
	    stores[store]);
	for (i = 0; i < w->collection_count; i++) {
		const struct world_collection *c = &w->collections[i];

		if (c->store != store)
			continue;
		fprintf(f, "      - name: %s\n        fields:\n", c->name);
		write_field(f, "k1", ", fides_meta: {primary_key: true}");
		if (c->tuple)
			write_field(
			    f, "k2", ", fides_meta: {primary_key: true}");
		write_field(f, "at", "");
		if (c->parent >= 0) {
			const struct world_collection *p =
			    &w->collections[c->parent];

			write_reference_field(
			    f, stores[store], p->name, "r1", "k1");
			if (p->tuple)
				write_reference_field(
				    f, stores[store], p->name, "r2", "k2");
		}
		if (c->has_self)
			write_reference_field(
			    f, stores[store], c->name, "s", "k1");
	}
	fclose(f);
}

/* ---- policies ---- */

static void write_period(FILE *f, struct world_period p)
{
	fputs("P", f);
	if (p.months && p.months % 12 == 0)
		fprintf(f, "%dY", p.months / 12);
	else if (p.months)
		fprintf(f, "%dM", p.months);
	if (p.months == 0 && p.days && p.days % 7 == 0)
		fprintf(f, "%dW", p.days / 7);
	else if (p.days || p.months == 0)
		fprintf(f, "%dD", p.days);
}

static void write_starting_points(FILE *f, const struct world *w, int policy)
{
	int i;

	fputs("starting_points:\n", f);
	for (i = 0; i < w->cluster_count; i++) {
		const struct world_cluster *c = &w->clusters[i];

		if (c->policy != policy)
			continue;
		fprintf(f, "  s%d: {kind: collection, at: ", i);
		if (c->start >= 0)
			fprintf(f, "%s.%s.", stores[c->store],
			    w->collections[c->start].name);
		fprintf(f, "at, pick: %s%s%s}\n",
		    c->earliest ? "earliest" : "latest",
		    c->open ? ", null_means: open" : "",
		    c->year_end ? ", from: end_of_calendar_year" : "");
	}
}

static void write_cluster(FILE *f, const struct world *w, int number)
{
	const struct world_cluster *c = &w->clusters[number];
	const char *comma = "";
	int i;

	fprintf(f, "  g%d:\n    purposes: [p]\n    covers: [", number);
	for (i = 0; i < w->collection_count; i++) {
		if (w->collections[i].cluster != number)
			continue;
		fprintf(f, "%s%s.%s", comma, stores[c->store],
		    w->collections[i].name);
		comma = ", ";
	}
	fputs("]\n    on_referenced: wait\n", f);
	if (c->unlimited) {
		fputs("    deletion_rule: {unlimited: a test}\n", f);
		return;
	}
	if (c->has_retention) {
		fputs("    retention_period: ", f);
		write_period(f, c->retention);
		fputs("\n", f);
	}
	fprintf(f,
	    "    deletion_rule: {starting_point: s%d, "
	    "regular_deletion_period: ",
	    number);
	write_period(f, c->regular);
	fputs("}\n", f);
}

static int has_clusters(const struct world *w, int policy)
{
	int i;

	for (i = 0; i < w->cluster_count; i++) {
		if (w->clusters[i].policy == policy)
			return 1;
	}
	return 0;
}

static void write_policy(const struct world *w, const char *folder, int policy)
{
	static const char *const zones[] = { "Asia/Tokyo", "Europe/Berlin",
		"America/New_York", "UTC" };
	const struct world_policy *p = &w->policies[policy];
	char name[40];
	FILE *f;
	int i;

	(void)snprintf(name, sizeof(name), "policy%d.yml", policy);
	f = create(folder, name);
	fprintf(f,
	    "policy: policy-%d\nrevision: 1\ntitle: A test\n"
	    "calendar: {rule: %s, time_zone: %s}\n"
	    "purposes:\n  p: {title: A test, legal_basis: contract}\n",
	    policy, p->japanese ? "jp_civil_code" : "eu_1182_71",
	    zones[p->zone]);
	write_starting_points(f, w, policy);
	fputs("clusters:\n", f);
	for (i = 0; i < w->cluster_count; i++) {
		if (w->clusters[i].policy == policy)
			write_cluster(f, w, i);
	}
	fclose(f);
}

static void write_config(const struct world *w, const char *folder)
{
	FILE *f = create(folder, "lethe.yml");
	const char *comma = "";
	int i;

	fputs("installation: world\ntime_zone: Asia/Tokyo\ndata_dir: ./var\n"
	      "key: {file: ./lethe.key}\npolicies: [",
	    f);
	for (i = 0; i < WORLD_POLICIES; i++) {
		if (!has_clusters(w, i))
			continue;
		fprintf(f, "%spolicy%d.yml", comma, i);
		comma = ", ";
	}
	fputs("]\nstores:\n", f);
	for (i = 0; i < w->store_count; i++)
		fprintf(f,
		    "  %s: {driver: sqlite, dataset: %s.yml, schema: "
		    "%s.sql}\n",
		    stores[i], stores[i], stores[i]);
	fprintf(f, "purge: {window: PT%dH, batch: %d}\n",
	    (int)(w->window_seconds / 3600), w->batch);
	fclose(f);
}

/* ---- records ---- */

/* A key as JSON writes it; SQL takes the same with other quotes. */
static void add_key(char *out, size_t size, const char *name,
    const struct world_collection *c, int64_t key, int as_text, int null)
{
	char text[32];
	size_t n = strlen(out);

	world_key_text(c, key, text);
	if (null)
		(void)snprintf(out + n, size - n, ", \"%s\": null", name);
	else if (c->text_key || as_text)
		(void)snprintf(
		    out + n, size - n, ", \"%s\": \"%s\"", name, text);
	else
		(void)snprintf(out + n, size - n, ", \"%s\": %s", name, text);
}

static void record_json(const struct world *w, const struct world_collection *c,
    const struct world_record *r, char *out, size_t size)
{
	const struct world_collection *p =
	    c->parent >= 0 ? &w->collections[c->parent] : NULL;

	(void)snprintf(out, size, "{\"at\": %s", r->stored);
	add_key(out, size, "k1", c, r->key[0], 0, 0);
	if (c->tuple)
		add_key(out, size, "k2", c, r->key[1], 0, 0);
	if (p)
		add_key(out, size, "r1", p, r->ref[0], c->text_ref,
		    r->ref_null == 1);
	if (p && p->tuple)
		add_key(out, size, "r2", p, r->ref[1], c->text_ref,
		    r->ref_null > 0);
	if (c->has_self)
		add_key(out, size, "s", c, r->self, 0, r->self == 0);
	(void)snprintf(out + strlen(out), size - strlen(out), "}");
}

static void ingest(struct installation *in, struct installation_store *store,
    const struct world *w, const struct world_collection *c, const char *folder)
{
	const struct collection *col =
	    dataset_collection(store->dataset, c->name);
	struct ingest_source source = { .format = INGEST_JSONL };
	struct ingest_target target;
	struct ingest_report report;
	const char **times = NULL;
	char path[300], line[400];
	size_t n = 0, i;
	enum status st;
	FILE *f = create(folder, "records.jsonl");

	for (i = 0; i < c->count; i++) {
		record_json(w, c, &c->records[i], line, sizeof(line));
		fprintf(f, "%s\n", line);
	}
	fclose(f);
	(void)snprintf(path, sizeof(path), "%s/records.jsonl", folder);
	source.path = path;
	st = installation_times(in, store, col, &times, &n);
	MUST(st == ST_OK, "%s", status_text());
	st = ingest_target_init(&target, c->name,
	    db_schema_table(&store->schema, c->name), col, times, n);
	MUST(st == ST_OK, "%s", status_text());
	memset(&report, 0, sizeof(report));
	st = ingest_file(store->db, &target, &source, DB_INSERT, &report);
	MUST(st == ST_OK, "%s: %s", status_text(),
	    report.problem_count ? report.problems[0] : "");
	ingest_report_release(&report);
	ingest_target_release(&target);
	free(times);
}

/* '{"at": 1, "k1": "K2"}' as names and values. */
static void add_insert(
    struct buf *script, const struct world_collection *c, char *line)
{
	char names[100] = "", values[300] = "", *p, *colon, *end;

	for (p = line + 1; p[-1] != '}'; p = end + 1) {
		p += strspn(p, " \"");
		colon = strstr(p, "\": ");
		*colon = '\0';
		end = colon + 3 + strcspn(colon + 3, ",}");
		(void)snprintf(
		    names + strlen(names), 20, "%s%s", *names ? ", " : "", p);
		(void)snprintf(values + strlen(values), 70, "%s%.*s",
		    *values ? ", " : "", (int)(end - colon - 3), colon + 3);
	}
	for (p = values; *p; p++)
		*p = *p == '"' ? '\'' : *p;
	buf_addf(script, "INSERT INTO %s (%s) VALUES (%s);\n", c->name, names,
	    values);
}

static void insert(struct installation_store *store, const struct world *w,
    const struct world_collection *c)
{
	struct buf script = BUF_INIT;
	char line[400];
	size_t i;

	for (i = 0; i < c->count; i++) {
		record_json(w, c, &c->records[i], line, sizeof(line));
		add_insert(&script, c, line);
	}
	MUST(db_script(store->db, buf_text(&script)) == ST_OK, "%s: %s",
	    buf_text(&script), status_text());
	buf_release(&script);
}

void world_build(const struct world *w, const char *folder)
{
	struct installation in;
	struct installation_store *store;
	char path[300];
	int i;

	for (i = 0; i < w->store_count; i++) {
		write_schema(w, folder, i);
		write_dataset(w, folder, i);
	}
	for (i = 0; i < WORLD_POLICIES; i++)
		write_policy(w, folder, i);
	write_config(w, folder);
	(void)snprintf(path, sizeof(path), "%s/lethe.yml", folder);
	if (installation_load(path, &in) != ST_OK) {
		diag_print(&in.diag, stderr);
		ck_abort_msg("%s: %s", path, status_text());
	}
	MUST(installation_init(&in, NULL, NULL) == ST_OK, "%s", status_text());
	for (i = 0; i < w->collection_count; i++) {
		const struct world_collection *c = &w->collections[i];

		MUST(installation_find_store(&in, stores[c->store], &store) ==
			     ST_OK &&
			 installation_open_store(&in, store) == ST_OK,
		    "%s", status_text());
		if (c->ingested)
			ingest(&in, store, w, c, folder);
		else
			insert(store, w, c);
	}
	installation_release(&in);
}
