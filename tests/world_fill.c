/* The records of a made-up world into its stores. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/installation/units.h"
#include "engine/records/ingest.h"
#include "tests/suites.h"
#include "tests/world.h"

#define LINE 600

/* A key as JSON writes it; SQL takes the same with other quotes. */
static void key_literal(
    const struct world_collection *c, int64_t key, int as_text, char out[64])
{
	char text[32];

	world_key_text(c, key, text);
	(void)snprintf(out, 64, c->text_key || as_text ? "\"%s\"" : "%s", text);
}

static void reference_literal(const struct world *w,
    const struct world_collection *c, const struct world_record *r, int column,
    char out[64])
{
	/* One NULL is r2's, two are both's. */
	if (r->ref_null == 0 || (column == 0 && r->ref_null == 2))
		key_literal(&w->collections[c->parent], r->ref[column],
		    c->text_ref, out);
}

static void literal(const struct world *w, const struct world_collection *c,
    const struct world_record *r, enum world_column column, char out[64])
{
	int64_t n;

	(void)snprintf(out, 64, "null");
	switch (column) {
	case COLUMN_K1:
	case COLUMN_U: key_literal(c, r->key[0], 0, out); break;
	case COLUMN_K2: key_literal(c, r->key[1], 0, out); break;
	case COLUMN_AT: (void)snprintf(out, 64, "%s", r->stored[0]); break;
	case COLUMN_BT: (void)snprintf(out, 64, "%s", r->stored[1]); break;
	case COLUMN_R1: reference_literal(w, c, r, 0, out); break;
	case COLUMN_R2: reference_literal(w, c, r, 1, out); break;
	case COLUMN_S:
		if (r->self)
			key_literal(c, r->self, 0, out);
		break;
	case COLUMN_F0:
	case COLUMN_F1:
	case COLUMN_F2:
		n = r->content[column - COLUMN_F0];
		if (n)
			(void)snprintf(out, 64,
			    column == COLUMN_F1 ? "%lld" : "\"v%lld\"",
			    (long long)n);
		break;
	case COLUMN__MAX: break;
	}
}

/* ---- somebody else's program ---- */

/* JSON's quotes become those of SQL. */
static void do_script(struct db *db, char *script)
{
	char *p;

	for (p = script; *p; p++)
		*p = *p == '"' ? '\'' : *p;
	MUST(db_script(db, script) == ST_OK, "%s: %s", script, status_text());
}

static void insert(struct db *db, const struct world *w,
    const struct world_collection *c, const struct world_record *r)
{
	char names[LINE] = "", values[LINE] = "", one[64], script[3 * LINE];
	int i;

	for (i = 0; i < COLUMN__MAX; i++) {
		const char *comma = *names ? ", " : "";

		if (!c->has[i])
			continue;
		literal(w, c, r, (enum world_column)i, one);
		(void)snprintf(names + strlen(names), 10, "%s%s", comma,
		    world_column_name((enum world_column)i));
		(void)snprintf(values + strlen(values), 70, "%s%s", comma, one);
	}
	(void)snprintf(script, sizeof(script),
	    "INSERT INTO %s (%s) VALUES (%s);", c->name, names, values);
	do_script(db, script);
}

static struct installation_store *open_store(
    struct installation *in, const struct world_collection *c)
{
	struct installation_store *store = NULL;

	MUST(installation_find_store(in, world_store_name(c->store), &store) ==
		     ST_OK &&
		 installation_open_store(in, store) == ST_OK,
	    "%s", status_text());
	return store;
}

/* ---- ingest ---- */

static void write_record(FILE *f, const struct world *w,
    const struct world_collection *c, const struct world_record *r)
{
	char one[64];
	int i;

	for (i = 0; i < COLUMN__MAX; i++) {
		if (!c->has[i])
			continue;
		literal(w, c, r, (enum world_column)i, one);
		fprintf(f, "%s\"%s\": %s", i ? ", " : "{",
		    world_column_name((enum world_column)i), one);
	}
	fputs("}\n", f);
}

static FILE *create(const char *path)
{
	FILE *f = fopen(path, "w");

	MUST(f != NULL, "cannot write %s", path);
	return f;
}

static void ingest(struct installation *in, const struct world_collection *c,
    const char *path, enum db_insert_mode mode)
{
	struct installation_store *store = open_store(in, c);
	const struct collection *col =
	    dataset_collection(store->dataset, c->name);
	struct ingest_source source = { .format = INGEST_JSONL, .path = path };
	struct ingest_target target;
	struct ingest_report report;
	const char **times = NULL;
	size_t n = 0;
	enum status st;

	st = installation_times(in, store, col, &times, &n);
	MUST(st == ST_OK, "%s", status_text());
	st = ingest_target_init(&target, c->name,
	    db_schema_table(&store->schema, c->name), col, times, n);
	MUST(st == ST_OK, "%s", status_text());
	target.segments = store->segments;
	memset(&report, 0, sizeof(report));
	st = ingest_file(store->db, &target, &source, mode, &report);
	MUST(st == ST_OK, "%s: %s", status_text(),
	    report.problem_count ? report.problems[0] : "");
	ingest_report_release(&report);
	ingest_target_release(&target);
	free(times);
}

/* ---- changes ---- */

/* By ingest: it knows which file the record belongs into. */
static void replace(const struct world *w, struct installation *in,
    const struct world_collection *c, const struct world_record *r)
{
	char *path = installation_path(in, "changed.jsonl");
	FILE *f;

	MUST(path != NULL, "out of memory");
	f = create(path);
	write_record(f, w, c, r);
	fclose(f);
	ingest(in, c, path, DB_UPSERT);
	free(path);
}

static void delete_by(
    struct db *db, const struct world_collection *c, const char *where)
{
	char script[LINE];

	(void)snprintf(script, sizeof(script),
	    "UPDATE lethe_count SET records = records -"
	    " (SELECT count(*) FROM %s WHERE %s) WHERE collection = \"%s\";"
	    " DELETE FROM %s WHERE %s",
	    c->name, where, c->name, c->name, where);
	do_script(db, script);
}

void world_rewrite(const struct world *w, struct installation *in,
    int collection, const struct world_record *r)
{
	const struct world_collection *c = &w->collections[collection];
	struct installation_store *store = open_store(in, c);
	char k1[64], k2[64], where[200], script[LINE];
	size_t u;

	literal(w, c, r, COLUMN_K1, k1);
	literal(w, c, r, COLUMN_K2, k2);
	(void)snprintf(where, sizeof(where), "k1 = %s%s%s", k1,
	    c->has[COLUMN_K2] ? " AND k2 = " : "", c->has[COLUMN_K2] ? k2 : "");
	for (u = 0; u < units_count(store) && r->lost; u++) {
		MUST(units_use(store, u) == ST_OK, "%s", status_text());
		delete_by(store->db, c, where);
	}
	units_rest(store);
	if (r->lost)
		return;
	if (c->is_cut) {
		replace(w, in, c, r);
		return;
	}
	(void)snprintf(script, sizeof(script),
	    "UPDATE %s SET at = %s%s%s WHERE %s", c->name, r->stored[0],
	    w->times > 1 ? ", bt = " : "", w->times > 1 ? r->stored[1] : "",
	    where);
	do_script(store->db, script);
}

void world_fill(const struct world *w, struct installation *in, int collection,
    const char *folder)
{
	const struct world_collection *c = &w->collections[collection];
	struct installation_store *store = open_store(in, c);
	char path[300];
	size_t i;
	FILE *f;

	if (!c->ingested) {
		for (i = 0; i < c->count; i++)
			insert(store->db, w, c, &c->records[i]);
		return;
	}
	(void)snprintf(path, sizeof(path), "%s/records.jsonl", folder);
	f = create(path);
	for (i = 0; i < c->count; i++)
		write_record(f, w, c, &c->records[i]);
	fclose(f);
	ingest(in, c, path, DB_INSERT);
}
