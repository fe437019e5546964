/* A store with one of everything, to ingest into and dump from. */
#include "tests/site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/crypto/crypto.h"
#include "engine/store/count.h"
#include "engine/store/migrate.h"
#include "engine/store/sqlite.h"

static const char schema[] =
    "CREATE TABLE parents (id TEXT NOT NULL PRIMARY KEY);"
    "CREATE TABLE people ("
    "  id TEXT NOT NULL PRIMARY KEY, n INTEGER, r REAL, m NUMERIC, b BOOLEAN,"
    "  at TEXT, day DATE, seconds INTEGER, raw BLOB, extra TEXT, free,"
    "  code TEXT NOT NULL DEFAULT 'none', parent TEXT REFERENCES parents (id)"
    "    DEFERRABLE INITIALLY DEFERRED,"
    "  computed TEXT, UNIQUE (n), CHECK (n < 1000000));"
    "CREATE TABLE pairs (b INTEGER NOT NULL, a TEXT NOT NULL, x,"
    "  PRIMARY KEY (a, b)) WITHOUT ROWID;"
    "CREATE TABLE single (v TEXT)";

static const char dataset[] =
    "dataset:\n"
    "  - fides_key: crm\n"
    "    collections:\n"
    "      - name: people\n"
    "        lethe: {ignore: [free]}\n"
    "        fields:\n"
    "          - {name: id, data_categories: [user.unique_id]}\n"
    "          - {name: n, data_categories: [system.operations]}\n"
    "          - {name: r, data_categories: [user.location]}\n"
    "          - {name: m, data_categories: [system.operations]}\n"
    "          - {name: b, data_categories: [user]}\n"
    "          - {name: at, data_categories: [user]}\n"
    "          - {name: day, data_categories: [user]}\n"
    "          - {name: seconds, data_categories: [user]}\n"
    "          - {name: raw, data_categories: [user]}\n"
    "          - name: extra\n"
    "            fields: [{name: x, data_categories: [user]}]\n"
    "          - name: code\n"
    "            data_categories: [user]\n"
    "            fides_meta: {length: 6}\n"
    "          - name: computed\n"
    "            data_categories: [user]\n"
    "            fides_meta: {read_only: true}\n"
    "          - {name: parent, data_categories: [user]}\n"
    "      - name: pairs\n"
    "        fields:\n"
    "          - {name: a, data_categories: [user]}\n"
    "          - {name: b, data_categories: [user]}\n"
    "          - {name: x, data_categories: [user]}\n"
    "      - name: single\n"
    "        fields: [{name: v, data_categories: [user]}]\n";

void site_target(struct site *s, const char *collection)
{
	static const char *const times[] = { "at", "seconds", "elsewhere" };

	ingest_target_release(&s->target);
	ck_assert_int_eq(
	    ingest_target_init(&s->target, "crm",
		db_schema_table(&s->schema, collection),
		dataset_collection(s->dataset, collection), times, 3),
	    ST_OK);
}

struct site *site_new(void)
{
	struct sqlite_spec spec = { .name = "crm",
		.algorithm = AEAD_AES256_OCB };
	struct site *s = calloc(1, sizeof(*s));
	char path[120];
	size_t count;

	(void)snprintf(s->folder, sizeof(s->folder), "%s", test_folder());
	(void)snprintf(path, sizeof(path), "%s/crm.yml", s->folder);
	ck_assert_int_eq(
	    file_create(path, dataset, sizeof(dataset) - 1, 0600), ST_OK);
	if (dataset_load(path, &s->diag, &s->dataset, &count) != ST_OK)
		diag_print(&s->diag, stdout);
	ck_assert_ptr_nonnull(s->dataset);
	(void)snprintf(path, sizeof(path), "%s/crm.db", s->folder);
	spec.path = path;
	ck_assert_int_eq(crypto_init(), ST_OK);
	ck_assert_int_eq(secret_random(&s->key), ST_OK);
	spec.key = s->key;
	ck_assert_int_eq(sqlite_open(&spec, SQLITE_MODE_CREATE, &s->db), ST_OK);
	ck_assert_int_eq(db_script(s->db, schema), ST_OK);
	ck_assert_int_eq(migrate_run(s->db, embedded, "schemas/store/"), ST_OK);
	ck_assert_int_eq(db_introspect(s->db, &s->schema), ST_OK);
	site_target(s, "people");
	return s;
}

void site_free(struct site *s)
{
	ingest_report_release(&s->report);
	ingest_target_release(&s->target);
	db_schema_release(&s->schema);
	dataset_release(s->dataset);
	free(s->dataset);
	diag_release(&s->diag);
	db_close(s->db);
	secret_free(s->key);
	free(s);
}

enum status site_ingest(struct site *s, const char *name, const char *text,
    enum db_insert_mode mode)
{
	struct ingest_source source = { .format = INGEST_BY_NAME };
	char path[120];

	(void)snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	ck_assert_int_eq(file_replace(path, text, strlen(text), 0600), ST_OK);
	source.path = path;
	ingest_report_release(&s->report);
	return ingest_file(s->db, &s->target, &source, mode, &s->report);
}

char *site_dump(struct site *s, enum dump_format format)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	ck_assert_int_eq(dump_collection(s->db, NULL, s->target.table,
			     s->target.collection, format, NULL, f, NULL),
	    ST_OK);
	(void)fclose(f);
	return text;
}

void site_check_dump(struct site *s, enum dump_format format, const char *want)
{
	char *text = site_dump(s, format);

	ck_assert_str_eq(text, want);
	free(text);
}

void site_check_count(struct site *s, int64_t want)
{
	int64_t kept = -1, there = -1;

	ck_assert_int_eq(count_get(s->db, s->target.table->name, &kept), ST_OK);
	ck_assert_int_eq(kept, want);
	ck_assert_int_eq(count_anew(s->db, s->target.table->name), ST_OK);
	ck_assert_int_eq(
	    count_get(s->db, s->target.table->name, &there), ST_OK);
	ck_assert_int_eq(there, want);
}

void site_print(const struct site *s)
{
	printf("%s\n", status_text());
	for (size_t i = 0; i < s->report.problem_count; i++)
		printf("  %s\n", s->report.problems[i]);
}

void site_alter(struct site *s, const char *words)
{
	char name[40];

	(void)snprintf(name, sizeof(name), "%s", s->target.table->name);
	db_schema_release(&s->schema);
	ck_assert_int_eq(db_script(s->db, words), ST_OK);
	ck_assert_int_eq(db_introspect(s->db, &s->schema), ST_OK);
	site_target(s, name);
}
