/* Two stores from a short text, and what reach finds in them. */
#include "tests/reach_site.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/crypto/crypto.h"
#include "engine/plan/reach.h"
#include "engine/store/sqlite.h"

static char names[2][4] = { "one", "two" };

/* ---- the text as a dataset and a schema ---- */

struct writer {
	struct buf yaml;
	struct buf sql;
	struct buf keys; /* of the collection */
};

static void write_meta(struct buf *yaml, int key, const char *identity,
    const char *reference, char direction)
{
	const char *dot = strchr(reference, '.');

	buf_adds(yaml, ", fides_meta: {data_type: string");
	if (key)
		buf_adds(yaml, ", primary_key: true");
	if (*identity)
		buf_addf(yaml, ", identity: %s", identity);
	if (*reference)
		buf_addf(yaml, ", references: [{dataset: %.*s, field: %s%s}]",
		    (int)(dot - reference), reference, dot + 1,
		    direction == '>'   ? ", direction: from"
		    : direction == '<' ? ", direction: to"
				       : "");
	buf_adds(yaml, "}");
}

/* "vin TEXT > one.holdings.vin ~ at one.holdings.since one.holdings.until" */
static void write_field(struct writer *w, char *text)
{
	const char *identity = "", *reference = "", *type = "";
	char *word, *save = NULL;
	char *name = strtok_r(text, " ", &save), *at = NULL;
	char *from = NULL, *until = NULL, direction = 0;
	int key = 0;

	while ((word = strtok_r(NULL, " ", &save))) {
		if (*word == '!') {
			key = 1;
		} else if (*word == '@') {
			identity = word + 1;
		} else if (*word == '~') {
			at = strtok_r(NULL, " ", &save);
			from = strtok_r(NULL, " ", &save);
			until = strtok_r(NULL, " ", &save);
		} else if (strchr("><-", *word)) {
			direction = *word;
			reference = strtok_r(NULL, " ", &save);
		} else {
			type = word;
		}
	}
	buf_addf(&w->yaml, "          - {name: %s", name);
	write_meta(&w->yaml, key, identity, reference, direction);
	if (at)
		buf_addf(&w->yaml,
		    ", lethe: {valid: {at: %s, from: %s, until: %s}}", at, from,
		    until);
	buf_adds(&w->yaml, "}\n");
	buf_addf(&w->sql, "%s %s, ", name, type);
	if (key)
		buf_addf(&w->keys, "%s%s", w->keys.len ? ", " : "", name);
}

/* "one.people shared: id !, ..." */
static void write_collection(struct writer *w, char *line)
{
	char *fields = strchr(line, ':'), *field, *save = NULL, *shared;

	*fields++ = '\0';
	if ((shared = strchr(line, ' ')))
		*shared++ = '\0';
	buf_addf(&w->yaml, "      - name: %s\n", line + 4);
	if (shared && strcmp(shared, "shared") == 0)
		buf_adds(&w->yaml, "        lethe: {shared: true}\n");
	buf_adds(&w->yaml, "        fields:\n");
	buf_addf(&w->sql, "CREATE TABLE %s (", line + 4);
	buf_clear(&w->keys);
	while ((field = strtok_r(fields, ",", &save))) {
		fields = NULL;
		write_field(w, field);
	}
	buf_addf(&w->sql, "PRIMARY KEY (%s));\n", buf_text(&w->keys));
}

static void open_store(
    struct reach_site *s, const char *folder, int n, const char *sql)
{
	struct installation_store *store = &s->in.stores[n];
	char path[300];
	struct sqlite_spec spec = { .name = names[n],
		.path = path,
		.key = s->key,
		.algorithm = AEAD_AES256_OCB };

	(void)snprintf(path, sizeof(path), "%s/%s.db", folder, names[n]);
	s->configs[n].name = names[n];
	store->config = &s->configs[n];
	MUST(sqlite_open(&spec, SQLITE_MODE_CREATE, &store->db) == ST_OK, "%s",
	    status_text());
	MUST(db_script(store->db, sql) == ST_OK, "%s: %s", sql, status_text());
	MUST(db_introspect(store->db, &store->schema) == ST_OK, "%s",
	    status_text());
}

static void parse(struct reach_site *s, const char *yaml, size_t len)
{
	const struct dataset *all[2];
	size_t i;

	if (dataset_parse("test.yml", yaml, len, &s->in.diag, &s->in.datasets,
		&s->in.dataset_count) == ST_OK) {
		for (i = 0; i < 2; i++)
			all[i] = &s->in.datasets[i];
		dataset_check(all, 2, &s->in.diag);
	}
	if (s->in.diag.errors) {
		diag_print(&s->in.diag, stderr);
		ck_abort_msg("%s", yaml);
	}
}

void reach_site_init(struct reach_site *s, const char *collections)
{
	struct writer w[2] = { { BUF_INIT, BUF_INIT, BUF_INIT },
		{ BUF_INIT, BUF_INIT, BUF_INIT } };
	char *copy = strdup(collections), *text = copy, *line, *save = NULL;
	const char *folder = test_folder();
	int i;

	memset(s, 0, sizeof(*s));
	for (i = 0; i < 2; i++) {
		buf_addf(&w[i].yaml,
		    "  - fides_key: %s\n    name: S\n    collections:\n"
		    "      - name: unused\n        fields:\n"
		    "          - {name: id, fides_meta: {primary_key: true}}\n",
		    names[i]);
		buf_adds(&w[i].sql, "CREATE TABLE unused (id PRIMARY KEY);");
	}
	while ((line = strtok_r(text, "\n", &save))) {
		text = NULL;
		write_collection(&w[strncmp(line, "two", 3) == 0], line);
	}
	MUST(crypto_init() == ST_OK && secret_random(&s->key) == ST_OK &&
		 zone_open("Asia/Tokyo", &s->in.zone) == ST_OK,
	    "%s", status_text());
	s->in.stores = calloc(2, sizeof(*s->in.stores));
	s->in.store_count = 2;
	buf_clear(&w[0].keys);
	buf_addf(&w[0].keys, "dataset:\n%s%s", buf_text(&w[0].yaml),
	    buf_text(&w[1].yaml));
	parse(s, w[0].keys.data, w[0].keys.len);
	for (i = 0; i < 2; i++) {
		s->in.stores[i].dataset = &s->in.datasets[i];
		open_store(s, folder, i, buf_text(&w[i].sql));
		buf_release(&w[i].yaml);
		buf_release(&w[i].sql);
		buf_release(&w[i].keys);
	}
	free(copy);
}

void reach_site_release(struct reach_site *s)
{
	installation_release(&s->in);
	secret_free(s->key);
}

void reach_site_do(struct reach_site *s, int store, const char *words)
{
	MUST(db_script(s->in.stores[store].db, words) == ST_OK, "%s: %s", words,
	    status_text());
}

/* ---- what is found ---- */

struct found {
	char **list;
	size_t count;
};

static enum status add(void *ctx, const struct reach_record *r)
{
	struct found *f = ctx;
	struct buf b = BUF_INIT;
	size_t i;

	buf_addf(&b, "%s:", r->collection->name);
	for (i = 0; i < r->key_count; i++) {
		if (i)
			buf_addc(&b, ',');
		if (r->key[i].type == VAL_INT)
			buf_addf(&b, "%" PRId64, r->key[i].i);
		else
			buf_add(&b, r->key[i].p, r->key[i].n);
	}
	if (r->shared)
		buf_addc(&b, '*');
	f->list = reallocarray(f->list, f->count + 1, sizeof(char *));
	f->list[f->count++] = buf_take(&b);
	return ST_OK;
}

static int order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char *reach_site_find(
    struct reach_site *s, const char *identity, const char *value)
{
	const struct reach_subject who = { identity, value };
	struct found f = { NULL, 0 };
	struct buf b = BUF_INIT;
	size_t i;

	MUST(reach_walk(&s->in, &who, add, &f) == ST_OK, "%s", status_text());
	if (f.count)
		qsort(f.list, f.count, sizeof(char *), order);
	for (i = 0; i < f.count; i++) {
		buf_addf(&b, "%s%s", i ? " " : "", f.list[i]);
		free(f.list[i]);
	}
	free(f.list);
	buf_adds(&b, "");
	return buf_take(&b);
}

void reach_site_check(struct reach_site *s, const char *identity,
    const char *value, const char *want)
{
	char *found = reach_site_find(s, identity, value);

	ck_assert_str_eq(found ? found : "", want);
	free(found);
}
