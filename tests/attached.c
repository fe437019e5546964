/* Installations of tests, with their stores attached. */
#include "tests/attached.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/installation/installation.h"
#include "engine/store/postgres.h"
#include "tests/suites.h"

/* What SQLite has and some tests use: a value as SQL writes it. */
static const char quote[] =
    "CREATE FUNCTION quote (bigint) RETURNS text LANGUAGE sql AS"
    " 'SELECT coalesce(CAST($1 AS text), ''NULL'')';"
    "CREATE FUNCTION quote (text) RETURNS text LANGUAGE sql AS"
    " 'SELECT quote_nullable($1)'";

static const char managed[] = "driver: sqlite";

int attached(void) { return getenv("LETHE_TEST_URL") != NULL; }

static void run(struct db *db, const char *words)
{
	MUST(db_script(db, words) == ST_OK, "%s\n%s", status_text(), words);
}

static char *url_of(const char *schema)
{
	char *url =
	    str_format("%s&schema=%s", getenv("LETHE_TEST_URL"), schema);

	ck_assert_ptr_nonnull(url);
	return url;
}

static enum status open_url(const char *name, const char *url, struct db **out)
{
	struct postgres_spec spec = { name, url, NULL };

	return postgres_open(&spec, out);
}

/* The schema, with what the file ${path} (or NULL) makes in it. */
static void make_schema(const char *schema, const char *path)
{
	char words[300];
	struct buf sql = BUF_INIT;
	struct db *db = NULL;

	(void)snprintf(words, sizeof(words),
	    "CREATE SCHEMA %s; SET search_path = %s", schema, schema);
	MUST(open_url(schema, getenv("LETHE_TEST_URL"), &db) == ST_OK, "%s",
	    status_text());
	run(db, words);
	run(db, quote);
	if (path) {
		ck_assert_int_eq(file_read(path, (size_t)1 << 20, &sql), ST_OK);
		run(db, buf_text(&sql));
	}
	db_close(db);
	buf_release(&sql);
}

/* The value behind "${key}: " in a store's line, up to what ends it. */
static char *value_in(const char *line, size_t n, const char *key)
{
	const char *p = memmem(line, n, key, strlen(key));

	if (p == NULL)
		return NULL;
	p += strlen(key);
	return strndup(p, strcspn(p, ",}\n"));
}

/* 1 for a new one.  A file beside the installation keeps the name, for when
 * the installation is written anew. */
static int name_schema(
    const char *folder, const char *store, int n, char schema[100])
{
	char *path = str_format("%s/attached-%.*s", folder, n, store);
	struct buf kept = BUF_INIT;
	static int count;
	int new = !file_exists(path);

	if (new) {
		(void)snprintf(schema, 100, "t%d_%d_%.*s", (int)getpid(),
		    count++, n, store);
		ck_assert_int_eq(
		    file_create(path, schema, strlen(schema), 0600), ST_OK);
	} else {
		ck_assert_int_eq(file_read(path, 99, &kept), ST_OK);
		(void)snprintf(schema, 100, "%s", buf_text(&kept));
	}
	buf_release(&kept);
	free(path);
	return new;
}

/* "  shop: {driver: sqlite, dataset: shop.yml, schema: shop.sql}" */
static void attach(
    const char *folder, const char *line, size_t n, struct buf *out)
{
	size_t begin = strspn(line, " "), name = strcspn(line + begin, ":");
	char *dataset = value_in(line, n, "dataset: ");
	char *file = value_in(line, n, "schema: ");
	char *path = file ? str_format("%s/%s", folder, file) : NULL;
	char schema[100], *url;

	ck_assert_ptr_nonnull(dataset);
	if (name_schema(folder, line + begin, (int)name, schema))
		make_schema(schema, path);
	url = url_of(schema);
	buf_addf(out, "%.*s: {driver: postgresql, dataset: %s, url: \"%s\"}",
	    (int)(begin + name), line, dataset, url);
	free(url);
	free(path);
	free(file);
	free(dataset);
}

static void rewrite(const char *path, const struct buf *in)
{
	char *folder = file_beside(path, ".");
	struct buf out = BUF_INIT;
	const char *line;
	size_t n;
	FILE *f;

	for (line = buf_text(in); *line; line += n + (line[n] == '\n')) {
		n = strcspn(line, "\n");
		if (memmem(line, n, managed, strlen(managed)))
			attach(folder, line, n, &out);
		else
			buf_add(&out, line, n);
		buf_addc(&out, '\n');
	}
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	(void)fputs(buf_text(&out), f);
	ck_assert_int_eq(fclose(f), 0);
	buf_release(&out);
	free(folder);
}

enum status __real_installation_load(
    const char *path, struct installation *out);
enum status __wrap_installation_load(
    const char *path, struct installation *out);

enum status __wrap_installation_load(const char *path, struct installation *out)
{
	struct buf in = BUF_INIT;

	if (attached() && file_read(path, (size_t)1 << 20, &in) == ST_OK &&
	    strstr(buf_text(&in), managed))
		rewrite(path, &in);
	buf_release(&in);
	return __real_installation_load(path, out);
}
