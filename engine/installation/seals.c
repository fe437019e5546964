/* Sealing the stores into the audit log, and comparing them with it. */
#include "engine/installation/seals.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/installation/seals_log.h"

/* ---- comparing ---- */

struct comparison {
	const json_t *files; /* as the log has them */
	enum seals_depth depth;
	json_t *list;
	char *problem; /* the first */
};

static enum status older(const struct seals_file *file, const json_t *item)
{
	return fail(ST_INTEGRITY,
	    "%s is not the file that was sealed at %s, but an older one: "
	    "restore the newest backup; if this is it, `lethe audit "
	    "accept-restore` takes it as it is",
	    file->name, json_text(item, "at"));
}

static enum status no_account(const struct seals_file *file, const json_t *item)
{
	return fail(ST_INTEGRITY,
	    "%s was sealed at %s, but its seal file is not there: restore the "
	    "newest backup, of all its files; if this is it, `lethe audit "
	    "accept-restore` takes it as it is",
	    file->name, json_text(item, "at"));
}

/* A crash may have come after a file got its mark and before the log did. */
static enum status compare_mark(const struct seals_file *file,
    const json_t *item, const struct db_seal *now)
{
	char digest[2 * DB_DIGEST + 1];
	uint8_t mark[DB_MARK];

	seals_mark(item, mark);
	if (memcmp(now->mark, mark, DB_MARK) != 0 &&
	    memcmp(now->before, mark, DB_MARK) != 0)
		return older(file, item);
	if (now->generation < json_int(item, "generation"))
		return older(file, item);
	seals_hex(now->digest, DB_DIGEST, digest);
	if (now->generation == json_int(item, "generation") &&
	    strcmp(digest, json_text(item, "digest")) != 0)
		return older(file, item);
	return ST_OK;
}

/* What the log says of the key that is there now. */
static const json_t *sealed(const json_t *files, const struct seals_file *file)
{
	const json_t *item = json_object_get(files, file->name);
	const char *key = json_string_value(json_object_get(item, "key"));

	return key && strcmp(key, file->key) == 0 ? item : NULL;
}

static enum status compare(struct comparison *c, const struct seals_file *file,
    const json_t *item, struct db_seal *now)
{
	enum status st = file->db ? db_seal_read(file->db, now) : ST_INTEGRITY;

	if (st == ST_NOTFOUND)
		return item ? no_account(file, item) : ST_OK;
	if (st == ST_OK && item)
		st = compare_mark(file, item, now);
	if (st != ST_OK || c->depth == SEALS_MARKS)
		return st;
	return db_seal_check(file->db, item ? json_int(item, "looked") : 0,
	    c->depth == SEALS_PAGES ? INT64_MAX : SEALS_LOOK);
}

static enum status compare_file(void *ctx, const struct seals_file *file)
{
	struct comparison *c = ctx;
	const json_t *item = sealed(c->files, file);
	struct db_seal now = { 0 };
	json_t *one = NULL;
	enum status st;
	char *why = NULL;

	st = compare(c, file, item, &now);
	if (st != ST_OK && st != ST_INTEGRITY)
		return st;
	if (st == ST_INTEGRITY && (why = strdup(status_text())) == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = json_make(&one, "{s:s, s:s?, s:I, s:I, s:s?}", "file", file->name,
	    "sealed_at", item ? json_text(item, "at") : NULL, "generation",
	    (json_int_t)now.generation, "pages", (json_int_t)now.pages,
	    "problem", why);
	if (st == ST_OK)
		st = json_push(c->list, one);
	if (c->problem == NULL)
		c->problem = why;
	else
		free(why);
	return st;
}

enum status seals_check(struct installation *in, const char *name,
    enum seals_depth depth, json_t **out)
{
	struct comparison c = { .depth = depth, .list = json_array() };
	json_t *files = NULL;
	enum status st;

	if ((st = installation_open_audit(in)) == ST_OK)
		st = seals_read(in, &files);
	c.files = files;
	if (st == ST_OK)
		st = seals_each(in, name, compare_file, &c);
	if (out && (st == ST_OK || st == ST_INTEGRITY))
		*out = json_incref(c.list);
	if (st == ST_OK && c.problem)
		st = fail(ST_INTEGRITY, "%s", c.problem);
	free(c.problem);
	json_decref(c.list);
	json_decref(files);
	return st;
}

/* ---- sealing ---- */

/* A file that nobody has changed keeps its seal. */
enum status seals_seal(void *ctx, const struct seals_file *file)
{
	json_t *files = ctx, *next = NULL;
	const json_t *item = sealed(files, file);
	uint8_t before[DB_MARK];
	struct db_seal s;
	int64_t looked;
	enum status st;

	if (file->db == NULL)
		return ST_INTEGRITY;
	if ((st = db_seal_begin(file->db)) != ST_OK ||
	    (st = db_seal_read(file->db, &s)) != ST_OK)
		return st;
	looked = item && s.pages > 0
		     ? (json_int(item, "looked") + SEALS_LOOK) % s.pages
		     : 0;
	seals_mark(item, before);
	if (item == NULL || s.journal ||
	    s.generation != json_int(item, "generation"))
		st = db_seal_set(file->db, before, &s);
	if (st == ST_BUSY) {
		/* A writer that takes its time; the seal that it has holds. */
		status_clear();
		return ST_OK;
	}
	if (st == ST_OK)
		st = seals_item(file, &s, looked, &next);
	return st == ST_OK ? json_put(files, file->name, next) : st;
}

/* Other people's servers keep no account of their pages. */
static enum status name_unsealed(const struct installation *in, json_t *files)
{
	enum status st = ST_OK;
	char name[SEGMENT_KEY];
	json_t *item = NULL;
	size_t i;

	for (i = 0; st == ST_OK && i < in->store_count; i++) {
		const struct config_store *c = in->stores[i].config;

		if (c->driver == CONFIG_SQLITE)
			continue;
		(void)snprintf(name, sizeof(name), "store/%s", c->name);
		st = json_make(&item, "{s:s, s:b}", "file", name, "sealed", 0);
		if (st == ST_OK)
			st = json_put(files, name, item);
	}
	return st;
}

enum status seals_set(
    struct installation *in, const char *store, const char *run)
{
	json_t *files = NULL;
	enum status st;

	if ((st = installation_open_audit(in)) != ST_OK ||
	    (st = seals_read(in, &files)) != ST_OK)
		return st;
	st = seals_each(in, store ? "control" : NULL, seals_seal, files);
	if (st == ST_OK && store)
		st = seals_each(in, store, seals_seal, files);
	if (st == ST_OK)
		st = name_unsealed(in, files);
	if (st == ST_OK)
		st = seals_write(in, run, files);
	json_decref(files);
	return st;
}
