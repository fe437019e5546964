/* An installation that is cut into segments, for tests. */
#include "tests/cut.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/file.h"
#include "engine/holds/holds.h"
#include "engine/plan/check.h"
#include "engine/purge/purge.h"
#include "engine/records/dump.h"
#include "engine/records/ingest.h"
#include "tests/suites.h"

static const char schema[] =
    "CREATE TABLE positions (id TEXT PRIMARY KEY NOT NULL, vin TEXT, at "
    "TEXT);\n"
    "CREATE INDEX positions_at ON positions (at);\n"
    "CREATE INDEX positions_vin ON positions (vin);\n"
    "CREATE TABLE trips (id INTEGER PRIMARY KEY NOT NULL, began DATE);\n"
    "CREATE TABLE notes (id INTEGER PRIMARY KEY NOT NULL, at TEXT);\n"
    "CREATE INDEX notes_at ON notes (at);\n";

static const char dataset[] =
    "dataset:\n"
    "  - fides_key: tele\n"
    "    name: Telemetry\n"
    "    collections:\n"
    "      - name: positions\n"
    "        lethe: {segment_by: at}\n"
    "        fields:\n"
    "          - {name: id, data_categories: [user.unique_id],\n"
    "             fides_meta: {primary_key: true}}\n"
    "          - {name: vin, data_categories: [user.device],\n"
    "             fides_meta: {identity: vin}}\n"
    "          - {name: at, data_categories: [user.behavior]}\n"
    "      - name: trips\n"
    "        lethe: {segment_by: began}\n"
    "        fields:\n"
    "          - {name: id, data_categories: [user.unique_id],\n"
    "             fides_meta: {primary_key: true}}\n"
    "          - {name: began, data_categories: [user.behavior]}\n"
    "      - name: notes\n"
    "        fields:\n"
    "          - {name: id, data_categories: [user.unique_id],\n"
    "             fides_meta: {primary_key: true}}\n"
    "          - {name: at, data_categories: [user.behavior]}\n";

static const char policy[] =
    "policy: tele\n"
    "revision: 1\n"
    "title: A test\n"
    "calendar: {rule: jp_civil_code, time_zone: Asia/Tokyo}\n"
    "purposes:\n"
    "  p: {title: A test, legal_basis: contract}\n"
    "starting_points:\n"
    "  use: {kind: collection, at: at}\n"
    "  trip: {kind: collection, at: began}\n"
    "clusters:\n"
    "  position_data:\n"
    "    purposes: [p]\n"
    "    covers: [tele.positions, tele.notes]\n"
    "    deletion_rule: {starting_point: use, regular_deletion_period: P4W}\n"
    "  trip_data:\n"
    "    purposes: [p]\n"
    "    covers: [tele.trips]\n"
    "    deletion_rule: {starting_point: trip, regular_deletion_period: P8W}\n";

static void put(const struct cut_site *s, const char *name, const char *text)
{
	char path[200];

	(void)snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	MUST(file_replace(path, text, strlen(text), 0600) == ST_OK, "%s",
	    status_text());
}

void cut_site_again(struct cut_site *s)
{
	char path[200];

	installation_release(&s->in);
	(void)snprintf(path, sizeof(path), "%s/lethe.yml", s->folder);
	if (installation_load(path, &s->in) != ST_OK)
		diag_print(&s->in.diag, stderr);
	MUST(installation_init(&s->in, NULL, NULL) == ST_OK, "%s",
	    status_text());
}

static void put_config(const struct cut_site *s, const char *every)
{
	char config[600];

	(void)snprintf(config, sizeof(config),
	    "installation: cut\ntime_zone: Asia/Tokyo\ndata_dir: ./var\n"
	    "key: {file: ./lethe.key}\npolicies: [policy.yml]\nstores:\n"
	    "  tele: {driver: sqlite, dataset: tele.yml, schema: tele.sql%s%s%s}"
	    "\n",
	    every ? ", segments: {every: " : "", every ? every : "",
	    every ? "}" : "");
	put(s, "lethe.yml", config);
}

void cut_site_init(struct cut_site *s, const char *every)
{
	memset(s, 0, sizeof(*s));
	(void)snprintf(s->folder, sizeof(s->folder), "%s", test_folder());
	(void)snprintf(s->input, sizeof(s->input), "in.csv");
	s->fuse = -1;
	put_config(s, every);
	put(s, "tele.yml", dataset);
	put(s, "tele.sql", schema);
	put(s, "policy.yml", policy);
	cut_site_again(s);
}

void cut_site_cut(struct cut_site *s, const char *every)
{
	installation_release(&s->in);
	put_config(s, every);
	cut_site_again(s);
}

void cut_site_release(struct cut_site *s) { installation_release(&s->in); }

static struct installation_store *store(struct cut_site *s)
{
	MUST(installation_open_store(&s->in, &s->in.stores[0]) == ST_OK, "%s",
	    status_text());
	return &s->in.stores[0];
}

enum status cut_site_ingest(struct cut_site *s, const char *collection,
    const char *csv, enum cut_mode mode)
{
	struct installation_store *t = store(s);
	const struct collection *c = dataset_collection(t->dataset, collection);
	struct ingest_target target = { .store = NULL };
	struct ingest_report report = { .records = 0 };
	struct ingest_source source = { .format = INGEST_CSV };
	const char **times = NULL;
	char path[200];
	enum status st;
	size_t n = 0, i;

	put(s, s->input, csv);
	(void)snprintf(path, sizeof(path), "%s/%s", s->folder, s->input);
	source.path = path;
	MUST(installation_times(&s->in, t, c, &times, &n) == ST_OK, "times");
	MUST(ingest_target_init(&target, "tele",
		 db_schema_table(&t->schema, collection), c, times, n) == ST_OK,
	    "target");
	target.segments = t->segments;
	test_alloc_fuse(s->fuse);
	st = ingest_file(t->db, &target, &source,
	    mode == CUT_UPSERT ? DB_UPSERT : DB_INSERT, &report);
	test_alloc_fuse(-1);
	for (i = 0; i < report.problem_count; i++)
		printf("%s\n", report.problems[i]);
	ingest_report_release(&report);
	ingest_target_release(&target);
	free(times);
	if (st == ST_OK)
		st = holds_refresh(&s->in, NULL);
	return st;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *sorted(char *text)
{
	size_t n = 0, k = 0;
	struct buf out = BUF_INIT;
	char **lines, *p, *save = NULL;

	for (p = text; *p; p++)
		n += *p == '\n';
	lines = calloc(n + 1, sizeof(char *));
	for (p = strtok_r(text, "\n", &save); p;
	     p = strtok_r(NULL, "\n", &save))
		lines[k++] = p;
	qsort(lines, k, sizeof(char *), by_text);
	for (n = 0; n < k; n++)
		buf_addf(&out, "%s\n", lines[n]);
	buf_addc(&out, '\0');
	free(lines);
	free(text);
	return buf_take(&out);
}

char *cut_site_dump(struct cut_site *s, const char *collection)
{
	struct installation_store *t = store(s);
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	MUST(dump_collection(t->db, t->segments,
		 db_schema_table(&t->schema, collection),
		 dataset_collection(t->dataset, collection), DUMP_JSONL, NULL,
		 f, NULL) == ST_OK,
	    "%s", status_text());
	(void)fclose(f);
	return sorted(text);
}

static int64_t instant(const char *text)
{
	struct when w;

	MUST(when_parse(text, strlen(text), &w) == ST_OK, "%s", text);
	if (w.kind == WHEN_DATE)
		return (int64_t)w.day * CIVIL_DAY_SECONDS;
	return w.seconds;
}

json_t *cut_site_purge(struct cut_site *s, const char *as_of)
{
	struct purge_options o = {
		.mode = PURGE_EXECUTE, .as_of = instant(as_of), .approve = 1
	};
	json_t *report = NULL;

	MUST(purge_run(&s->in, &o, &report) == ST_OK, "%s", status_text());
	return report;
}

enum status cut_site_try(struct cut_site *s, const char *as_of,
    void (*progress)(void *ctx, const char *c, int64_t done, int64_t due))
{
	struct purge_options o = { .mode = PURGE_EXECUTE,
		.as_of = instant(as_of),
		.approve = 1,
		.progress = progress };
	json_t *report = NULL;
	enum status st = purge_run(&s->in, &o, &report);

	json_decref(report);
	return st;
}

long long cut_site_number(
    const json_t *report, const char *collection, const char *member)
{
	const json_t *one;
	size_t i;

	if (collection == NULL)
		return json_int(report, member);
	json_array_foreach(json_object_get(report, "clusters"), i, one)
	{
		if (strcmp(json_text(one, "collection"), collection) == 0)
			return json_int(one, member);
	}
	ck_abort_msg("no %s in the report", collection);
	return -1;
}

void cut_site_hold(struct cut_site *s, const char *record, char hold[24])
{
	struct holds_order o = { .scope = { .store = "tele",
				     .collection = "positions",
				     .key = &record,
				     .key_count = 1 },
		.reason = "litigation",
		.authority = "A court",
		.review = HOLDS_NO_DAY };
	json_t *out = NULL;

	MUST(holds_place(&s->in, &o, "os:ada", &out) == ST_OK, "%s",
	    status_text());
	(void)snprintf(hold, 24, "%s", json_text(out, "id"));
	json_decref(out);
}

void cut_site_let_go(struct cut_site *s, const char *hold)
{
	json_t *out = NULL;

	MUST(holds_release(&s->in, hold, "os:ada", "over", &out) == ST_OK, "%s",
	    status_text());
	json_decref(out);
}

int cut_site_files(const struct cut_site *s)
{
	char path[200];
	struct dirent *e;
	DIR *d;
	int n = 0;

	(void)snprintf(path, sizeof(path), "%s/var/stores/tele", s->folder);
	if ((d = opendir(path)) == NULL)
		return 0;
	while ((e = readdir(d)) != NULL)
		n += strlen(e->d_name) > 3 &&
		     strcmp(e->d_name + strlen(e->d_name) - 3, ".db") == 0;
	(void)closedir(d);
	return n;
}

int cut_site_keys(const struct cut_site *s)
{
	struct buf text = BUF_INIT;
	char path[200];
	const char *p;
	int n = 0;

	(void)snprintf(path, sizeof(path), "%s/var/keyring", s->folder);
	MUST(file_read(path, 1 << 20, &text) == ST_OK, "%s", status_text());
	for (p = buf_text(&text); (p = strstr(p, "key store/tele/")) != NULL;
	     p++)
		n++;
	buf_release(&text);
	return n;
}

void cut_site_check(struct cut_site *s)
{
	struct schedule schedule;
	json_t *o = NULL;

	MUST(schedule_init(&schedule, &s->in, NULL, &s->in.diag) == ST_OK, "%s",
	    status_text());
	MUST(check_json(&s->in, &schedule, CHECK_INTEGRITY, &o) == ST_OK, "%s",
	    status_text());
	json_decref(o);
	schedule_release(&schedule);
}
