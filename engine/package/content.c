/* What stands in a package, and what holds it together. */
#include "engine/package/content.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/archive/archive.h"
#include "engine/certificate/seal.h"
#include "engine/package/dictionary.h"
#include "engine/package/facts.h"
#include "engine/package/pages.h"
#include "engine/package/record.h"
#include "engine/records/value_text.h"

struct making {
	const struct collection_set *set;
	const json_t *facts;
	struct content *c;
};

/* ---- files ---- */

static enum status put(struct content *c, struct copy *file)
{
	struct copy **more =
	    reallocarray(c->files, c->count + 1, sizeof(struct copy *));

	if (more == NULL)
		return fail(ST_NOMEM, "out of memory");
	c->files = more;
	c->files[c->count++] = file;
	return ST_OK;
}

/* A file of ${text}, which is emptied. */
static enum status add(struct making *m, const char *name, struct buf *text)
{
	struct copy *file = NULL;
	enum status st = buf_status(text);

	if (st == ST_OK)
		st = copy_new(m->set->folder, name, &file);
	if (st == ST_OK) {
		buf_release(&file->text);
		file->text = *text;
		*text = (struct buf)BUF_INIT;
		st = copy_end(file);
	}
	if (st == ST_OK)
		st = put(m->c, file);
	if (st != ST_OK)
		copy_free(file);
	buf_clear(text);
	return st;
}

static enum status add_json(
    struct making *m, const char *name, const json_t *value)
{
	struct buf text = BUF_INIT;
	char *words = json_dumps(value, JSON_INDENT(2) | JSON_SORT_KEYS);
	enum status st = words ? ST_OK : fail(ST_NOMEM, "out of memory");

	if (st == ST_OK) {
		buf_addf(&text, "%s\n", words);
		st = add(m, name, &text);
	}
	free(words);
	buf_release(&text);
	return st;
}

/* ---- parts ---- */

static enum status add_pages(struct making *m)
{
	struct buf text = BUF_INIT;
	const json_t *cluster;
	enum status st;
	size_t i;

	st = pages_first(m->facts, &text);
	if (st == ST_OK)
		st = add(m, "index.html", &text);
	json_array_foreach(json_object_get(m->facts, "clusters"), i, cluster)
	{
		if (st == ST_OK)
			st = pages_cluster(m->set, m->facts, cluster, &text);
		if (st == ST_OK)
			st = add(m, json_text(cluster, "page"), &text);
	}
	buf_release(&text);
	return st;
}

static enum status add_schema(struct making *m, const struct collected *c)
{
	char stem[80], name[100];
	json_t *schema = NULL;
	enum status st = dictionary_schema(c, &schema);

	collected_stem(c, stem, sizeof(stem));
	(void)snprintf(name, sizeof(name), "%s.schema.json", stem);
	if (st == ST_OK)
		st = add_json(m, name, schema);
	json_decref(schema);
	return st;
}

static enum status add_data(struct making *m)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < m->set->count; i++) {
		st = put(m->c, m->set->list[i]->json);
		if (st == ST_OK)
			st = put(m->c, m->set->list[i]->csv);
		if (st == ST_OK)
			st = add_schema(m, m->set->list[i]);
	}
	return st;
}

/* For a spreadsheet, as the data is; summary.json has them as JSON. */
static enum status add_disclosures(struct making *m)
{
	static const char *const names[] = { "at", "recipient", "name", "items",
		"basis", "acquired" };
	const json_t *list = json_object_get(m->facts, "disclosures"), *d;
	struct buf text = BUF_INIT;
	enum status st = ST_OK;
	size_t i, k;

	buf_adds(&text, "at,recipient,name,items,basis,acquired\r\n");
	json_array_foreach(list, i, d)
	{
		for (k = 0; k < 6; k++) {
			const char *value = json_text(d, names[k]);

			if (k > 0)
				buf_addc(&text, ',');
			value_text_field(&text, value, strlen(value));
		}
		buf_adds(&text, "\r\n");
	}
	if (i > 0)
		st = add(m, "data/disclosures.csv", &text);
	buf_release(&text);
	return st;
}

static enum status add_explained(struct making *m)
{
	struct buf key = BUF_INIT;
	json_t *dictionary = NULL;
	enum status st = dictionary_json(m->set, &dictionary);

	if (st == ST_OK)
		st = add_json(m, "dictionary.json", dictionary);
	if (st == ST_OK)
		st = add_json(m, "summary.json", m->facts);
	if (st == ST_OK)
		st = add_disclosures(m);
	if (st == ST_OK) {
		note_key_add(audit_key(m->set->in->audit), &key);
		buf_addc(&key, '\n');
		st = add(m, "vkey", &key);
	}
	json_decref(dictionary);
	buf_release(&key);
	return st;
}

/* ---- counts ---- */

/*
 * Three ways to the same number: what the search met, what was written, and
 * what the first page says of the systems.  A package that lacks a record must
 * not leave the house.
 */
static enum status reconcile(const struct making *m)
{
	int64_t written = 0, said = 0;
	const json_t *s;
	size_t i;

	for (i = 0; i < m->set->count; i++)
		written += m->set->list[i]->records;
	json_array_foreach(json_object_get(m->facts, "systems"), i, s) said +=
	    json_int(s, "records");
	if (written == m->set->records && said == written)
		return ST_OK;
	return fail(ST_INTEGRITY,
	    "the package is not complete: %lld records were found, %lld "
	    "written, and the first page says %lld",
	    (long long)m->set->records, (long long)written, (long long)said);
}

static enum status counts_json(const struct making *m, json_t *list)
{
	json_t *one = NULL;
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < m->set->count; i++) {
		const struct collected *c = m->set->list[i];

		st = json_make(&one,
		    "{s:s, s:s, s:b, s:s?, s:I, s:I, s:I, s:s}", "store",
		    c->store, "collection", c->collection->name, "at_intake",
		    c->taken_at != 0, "cluster",
		    c->cluster ? c->cluster->name : NULL, "records",
		    (json_int_t)c->records, "shared", (json_int_t)c->shared,
		    "withheld", (json_int_t)c->withheld, "json", c->json->name);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	return st;
}

static enum status files_json(const struct making *m, json_t *list)
{
	json_t *one = NULL;
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < m->c->count; i++) {
		const struct copy *f = m->c->files[i];

		st = json_make(&one, "{s:s, s:I, s:s}", "name", f->name,
		    "bytes", (json_int_t)copy_size(f), "sha256", f->sha256);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	return st;
}

static enum status add_manifest(struct making *m)
{
	const struct installation *in = m->set->in;
	json_t *o = NULL;
	enum status st;

	st = json_make(&o, "{s:s, s:s, s:s, s:O, s:s, s:I, s:[], s:[]}",
	    "format", FACTS_FORMAT, "installation", in->config.installation,
	    "rule_set", in->rule_set, "request",
	    json_object_get(m->facts, "request"), "as_of", m->set->as_of,
	    "records", (json_int_t)m->set->records, "collections", "files");
	if (st == ST_OK)
		st = counts_json(m, json_object_get(o, "collections"));
	if (st == ST_OK)
		st = files_json(m, json_object_get(o, "files"));
	if (st == ST_OK)
		st = add_json(m, "manifest.json", o);
	json_decref(o);
	return st;
}

/* ---- the seal ---- */

static int by_name(const void *a, const void *b)
{
	const struct copy *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static enum status add_seal(struct making *m)
{
	struct buf sums = BUF_INIT, note = BUF_INIT;
	enum status st;

	for (size_t i = 0; i < m->c->count; i++)
		seal_add(&sums, m->c->files[i]->sha256, m->c->files[i]->name);
	st = buf_status(&sums);
	if (st == ST_OK) {
		sha256_hex(sums.data, sums.len, m->c->manifest);
		st = seal_sign(m->set->in->audit, &sums, &note);
	}
	if (st == ST_OK)
		st = add(m, "SHA256SUMS", &sums);
	if (st == ST_OK)
		st = add(m, "seal.note", &note);
	buf_release(&sums);
	buf_release(&note);
	return st;
}

static void sort(struct content *c)
{
	if (c->count > 0)
		qsort(c->files, c->count, sizeof(struct copy *), by_name);
}

enum status content_make(
    const struct collection_set *set, const json_t *facts, struct content *out)
{
	struct making m = { set, facts, out };
	enum status st;

	if ((st = reconcile(&m)) != ST_OK)
		return st;
	st = add_pages(&m);
	if (st == ST_OK)
		st = add_data(&m);
	if (st == ST_OK)
		st = add_explained(&m);
	sort(out);
	if (st == ST_OK)
		st = add_manifest(&m);
	sort(out);
	return st == ST_OK ? add_seal(&m) : st;
}

static int is_borrowed(const struct collection_set *set, const struct copy *f)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->list[i]->json == f || set->list[i]->csv == f)
			return 1;
	return 0;
}

void content_release(const struct collection_set *set, struct content *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (!is_borrowed(set, c->files[i]))
			copy_free(c->files[i]);
	free(c->files);
	c->files = NULL;
	c->count = 0;
}

/* ---- the archive ---- */

static enum status read_part(void *ctx, int64_t at, void *out, size_t len)
{
	return sealed_read(((struct copy *)ctx)->file, at, out, len);
}

static enum status write_some(
    void *ctx, int64_t at, const void *data, size_t len)
{
	return sealed_write(ctx, at, data, len);
}

enum status content_zip(const struct content *c, const char *folder,
    const char *passphrase, struct sealed *to)
{
	const struct archive_target target = { write_some, to };
	struct archive_part *parts = calloc(c->count + 1, sizeof(*parts));
	char **names = calloc(c->count + 1, sizeof(*names));
	enum status st = ST_OK;

	if (parts == NULL || names == NULL)
		st = fail(ST_NOMEM, "out of memory");
	for (size_t i = 0; st == ST_OK && i < c->count; i++) {
		names[i] = str_format("%s/%s", folder, c->files[i]->name);
		if (names[i] == NULL)
			st = fail(ST_NOMEM, "out of memory");
		parts[i] = (struct archive_part){ names[i],
			copy_size(c->files[i]), read_part, c->files[i] };
	}
	if (st == ST_OK)
		st = archive_write(&target, parts, c->count, passphrase);
	for (size_t i = 0; names && i < c->count; i++)
		free(names[i]);
	free(names);
	free(parts);
	return st;
}
