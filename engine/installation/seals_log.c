/* The seals as the audit log has them. */
#include "engine/installation/seals_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/when.h"
#include "engine/installation/units.h"

#define ACTION     "stores_sealed"
#define CONTROL    "control"
#define FILES_PART 100 /* in one entry, which has a limit */

void seals_hex(const uint8_t *p, size_t n, char *out)
{
	for (size_t i = 0; i < n; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", (unsigned int)p[i]);
}

void seals_mark(const json_t *item, uint8_t out[DB_MARK])
{
	const char *text = json_string_value(json_object_get(item, "mark"));
	unsigned int byte;

	memset(out, 0, DB_MARK);
	for (size_t i = 0; text && i < DB_MARK; i++)
		if (sscanf(text + 2 * i, "%2x", &byte) == 1)
			out[i] = (uint8_t)byte;
}

enum status seals_item(const struct seals_file *file, const struct db_seal *s,
    int64_t looked, json_t **out)
{
	char mark[2 * DB_MARK + 1], digest[2 * DB_DIGEST + 1];
	char at[INSTANT_TEXT];

	seals_hex(s->mark, DB_MARK, mark);
	seals_hex(s->digest, DB_DIGEST, digest);
	civil_format_instant(when_now(), at);
	return json_make(out, "{s:s, s:s, s:s, s:I, s:I, s:s, s:s, s:I}",
	    "file", file->name, "key", file->key, "at", at, "generation",
	    (json_int_t)s->generation, "pages", (json_int_t)s->pages, "mark",
	    mark, "digest", digest, "looked", (json_int_t)looked);
}

/* ---- files ---- */

static enum status call(struct installation *in, struct seals_file *file,
    enum status (*each)(void *ctx, const struct seals_file *file), void *ctx)
{
	struct keyring_key key;
	enum status st;

	if ((st = keyring_find(in->keys, file->name, &key)) != ST_OK)
		return st;
	seals_hex(key.id, sizeof(key.id), file->key);
	return each(ctx, file);
}

/* One that does not open is named for what it is; why, has been said. */
static enum status use(
    struct installation_store *s, size_t unit, struct seals_file *file)
{
	enum status st = units_use(s, unit);

	file->db = st == ST_OK ? s->db : NULL;
	if (st == ST_OK) {
		units_key(s, file->name);
		return ST_OK;
	}
	if (unit == 0 || (st != ST_INTEGRITY && st != ST_NOTFOUND))
		return st;
	segments_key(
	    s->segments, segments_at(s->segments, unit - 1), file->name);
	return ST_OK;
}

static enum status each_unit(struct installation *in,
    struct installation_store *s,
    enum status (*each)(void *ctx, const struct seals_file *file), void *ctx)
{
	struct seals_file file;
	enum status st = ST_OK;
	size_t u;

	for (u = 0; st == ST_OK && u < units_count(s); u++) {
		if ((st = use(s, u, &file)) == ST_OK)
			st = call(in, &file, each, ctx);
	}
	units_rest(s);
	return st;
}

static enum status each_store(struct installation *in,
    struct installation_store *s,
    enum status (*each)(void *ctx, const struct seals_file *file), void *ctx)
{
	struct seals_file file = { .db = NULL };
	enum status st;

	if (s->config->driver != CONFIG_SQLITE)
		return ST_OK;
	st = installation_open_store(in, s);
	if (st == ST_OK)
		return each_unit(in, s, each, ctx);
	if (st != ST_INTEGRITY)
		return st;
	(void)snprintf(
	    file.name, sizeof(file.name), "store/%s", s->config->name);
	return call(in, &file, each, ctx);
}

enum status seals_each(struct installation *in, const char *name,
    enum status (*each)(void *ctx, const struct seals_file *file), void *ctx)
{
	struct seals_file control = { .name = CONTROL };
	struct installation_store *s;
	enum status st = ST_OK;
	size_t i;

	if (name && strcmp(name, CONTROL) != 0) {
		st = installation_find_store(in, name, &s);
		return st == ST_OK ? each_store(in, s, each, ctx) : st;
	}
	if ((st = installation_open_control(in)) != ST_OK)
		return st;
	control.db = in->control;
	st = call(in, &control, each, ctx);
	for (i = 0; name == NULL && st == ST_OK && i < in->store_count; i++)
		st = each_store(in, &in->stores[i], each, ctx);
	return st;
}

/* ---- reading ---- */

static enum status parse(const char *body, json_t **out)
{
	json_t *o = json_loads(body, 0, NULL);

	if (o == NULL)
		return fail(ST_INTEGRITY,
		    "an entry of the audit log is not JSON: `lethe audit "
		    "verify` says more");
	*out = o;
	return ST_OK;
}

static enum status take_files(json_t *into, const json_t *entry)
{
	enum status st = ST_OK;
	json_t *item;
	size_t i;

	json_array_foreach(
	    json_object_get(entry, "files"), i, item) if (st == ST_OK) st =
	    json_put(into, json_text(item, "file"), json_incref(item));
	return st;
}

/*
 * Entries from the newest on.  A set is whole when its last part was reached
 * first and its first part last.
 */
static enum status read_sets(struct stmt *s, json_t *into, int64_t *first)
{
	long long part = -1;
	json_t *entry = NULL;
	enum status st;

	while ((st = db_row(s)) == ST_OK) {
		if ((st = parse(db_text(s, 0), &entry)) != ST_OK)
			return st;
		if (json_int(entry, "part") == json_int(entry, "parts") - 1) {
			json_object_clear(into);
			part = json_int(entry, "part");
		}
		if (part >= 0 && json_int(entry, "part") == part) {
			st = take_files(into, entry);
			*first = json_int(entry, "seq");
			part--;
		} else {
			part = -1; /* of a set that a crash cut off */
		}
		json_decref(entry);
		if (st != ST_OK || part == -1)
			break;
	}
	return st == ST_NOTFOUND ? ST_OK : st;
}

/* ${*first} is the entry that the set begins with; left as it is where there
 * is none. */
static enum status read_last(
    struct installation *in, json_t **out, int64_t *first)
{
	json_t *files = json_object();
	struct stmt *s = NULL;
	enum status st;

	if (files == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = db_query(audit_db(in->audit),
	    "SELECT body FROM entry WHERE action = '" ACTION "'"
	    " ORDER BY seq DESC",
	    NOARGS, &s);
	if (st == ST_OK)
		st = read_sets(s, files, first);
	db_done(s);
	if (st == ST_OK)
		*out = files;
	else
		json_decref(files);
	return st;
}

enum status seals_read(struct installation *in, json_t **out)
{
	int64_t first;

	return read_last(in, out, &first);
}

enum status seals_first(struct installation *in, int64_t *first)
{
	json_t *files = NULL;
	enum status st = read_last(in, &files, first);

	json_decref(files);
	return st;
}

static const json_t *item_of(const json_t *entry, const char *file)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(entry, "files"), i,
	    item) if (strcmp(json_text(item, "file"), file) == 0) return item;
	return NULL;
}

enum status seals_find(struct installation *in, const char *file,
    const char *mark, int64_t *seq, char **at)
{
	struct stmt *s = NULL;
	json_t *entry = NULL;
	const json_t *item;
	enum status st;
	int found = 0;

	st = db_query(audit_db(in->audit),
	    "SELECT body FROM entry WHERE action = '" ACTION "'"
	    " ORDER BY seq DESC",
	    NOARGS, &s);
	while (st == ST_OK && !found && (st = db_row(s)) == ST_OK) {
		if ((st = parse(db_text(s, 0), &entry)) != ST_OK)
			break;
		item = item_of(entry, file);
		if (item && strcmp(json_text(item, "mark"), mark) == 0) {
			found = 1;
			*seq = json_int(entry, "seq");
			if ((*at = strdup(json_text(item, "at"))) == NULL)
				st = fail(ST_NOMEM, "out of memory");
		}
		json_decref(entry);
	}
	db_done(s);
	return st;
}

/* ---- writing ---- */

/* A dropped segment has no key any more, nor has its file. */
static void forget_dropped(struct installation *in, json_t *files)
{
	struct keyring_key key;
	const char *name;
	json_t *item;
	void *next;

	json_object_foreach_safe(files, next, name, item)
	{
		if (!json_is_false(json_object_get(item, "sealed")) &&
		    keyring_find(in->keys, name, &key) != ST_OK) {
			status_clear();
			(void)json_object_del(files, name);
		}
	}
}

static enum status write_part(struct installation *in, const char *actor,
    const char *run, size_t part, size_t parts, const json_t *list)
{
	json_t *details = NULL;
	enum status st;

	st = json_make(&details, "{s:s, s:s?, s:I, s:I, s:O}", "object",
	    "stores", "run", run, "part", (json_int_t)part, "parts",
	    (json_int_t)parts, "files", list);
	if (run == NULL && st == ST_OK)
		(void)json_object_del(details, "run");
	if (st == ST_OK)
		st =
		    audit_append(in->audit, when_now(), actor, ACTION, details);
	json_decref(details);
	return st;
}

enum status seals_write(struct installation *in, const char *run, json_t *files)
{
	size_t parts, part = 0, n = 0;
	json_t *list = json_array(), *item;
	enum status st = ST_OK;
	char *actor = NULL;
	const char *name;

	forget_dropped(in, files);
	parts = (json_object_size(files) + FILES_PART - 1) / FILES_PART;
	st = audit_actor(&actor);
	json_object_foreach(files, name, item)
	{
		if (st == ST_OK)
			st = json_push(list, json_incref(item));
		if (st == ST_OK &&
		    (++n % FILES_PART == 0 || n == json_object_size(files))) {
			st = write_part(in, actor, run, part++, parts, list);
			(void)json_array_clear(list);
		}
	}
	json_decref(list);
	free(actor);
	return st;
}
