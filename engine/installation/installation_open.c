/* An installation's keyring and databases: opened, and made. */
#include "engine/installation/installation.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/base/file.h"
#include "engine/base/when.h"
#include "engine/installation/changes.h"
#include "engine/installation/cut.h"
#include "engine/installation/units.h"
#include "engine/store/store.h"

#define SCHEMA_MAX ((size_t)4 << 20)
#define LOG_KEY    "audit-signature" /* in the keyring */

/* ---- databases ---- */

enum status installation_unlock(struct installation *in)
{
	struct keyring_unlock u = { KEYRING_KEY_FILE, in->config.key_path };
	enum status st;
	char *path;

	if (in->keys)
		return ST_OK;
	if (in->config.key_kind == CONFIG_KEY_PASSPHRASE_FILE)
		u.source = KEYRING_PASSPHRASE_FILE;
	if ((path = installation_path(in, "keyring")) == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = keyring_open(path, &u, &in->keys);
	/* Where the key file is missing, its own sentence says so. */
	if (st == ST_NOTFOUND && !file_exists(path))
		st = fail(ST_NOTFOUND,
		    "no keyring at %s: run `lethe init` first", path);
	free(path);
	return st;
}

/* What a database of ours is called, in the keyring and on disk. */
struct place_of {
	char *key;
	char *path;
	char *what; /* that init makes, for people */
	struct store_spec spec;
};

static enum status place_init(struct place_of *p, const struct installation *in,
    const struct config_store *cs, const char *name)
{
	char *file = str_format(cs ? "stores/%s.db" : "%s.db", name);

	memset(p, 0, sizeof(*p));
	p->key = cs ? str_format("store/%s", name) : strdup(name);
	p->path = file ? installation_path(in, file) : NULL;
	free(file);
	if (p->path && cs && cs->driver == CONFIG_POSTGRESQL)
		p->what = str_format("Lethe's own tables in %s", name);
	else if (p->path)
		p->what = strdup(p->path);
	if (p->key == NULL || p->path == NULL || p->what == NULL)
		return fail(ST_NOMEM, "out of memory");
	p->spec.name = name;
	p->spec.key = p->key;
	p->spec.path = p->path;
	p->spec.driver = STORE_SQLITE;
	if (cs && cs->driver == CONFIG_POSTGRESQL) {
		p->spec.driver = STORE_POSTGRESQL;
		p->spec.url = cs->url;
		p->spec.password_file = cs->password_file;
	}
	return ST_OK;
}

static void place_release(struct place_of *p)
{
	free(p->key);
	free(p->path);
	free(p->what);
}

static enum status open_place(struct installation *in,
    const struct config_store *cs, const char *name, struct db **out)
{
	struct place_of p;
	enum status st;

	if (*out)
		return ST_OK;
	if ((st = installation_unlock(in)) != ST_OK)
		return st;
	if ((st = place_init(&p, in, cs, name)) == ST_OK)
		st = store_open(&p.spec, in->keys, out);
	place_release(&p);
	return st;
}

/* Also of a store that is cut no more: what it was cut into is still there. */
static enum status open_segments(
    struct installation *in, struct installation_store *store)
{
	const struct config_store *cs = store->config;
	struct segments_spec spec = { .store = cs->name,
		.every = cs->segments,
		.zone = in->zone,
		.keys = in->keys,
		.rest = store->db };
	int cut = cs->segments.months || cs->segments.days;
	struct place_of p;
	enum status st;

	if (cs->driver != CONFIG_SQLITE)
		return ST_OK;
	st = place_init(&p, in, cs, cs->name);
	spec.path = p.path;
	if (st == ST_OK)
		st = segments_new(&spec, &store->segments);
	place_release(&p);
	if (st == ST_OK && !cut && segments_count(store->segments) == 0) {
		segments_free(store->segments);
		store->segments = NULL;
	}
	return st == ST_OK && store->segments ? cut_check(store) : st;
}

enum status installation_open_store(
    struct installation *in, struct installation_store *store)
{
	enum status st;

	if (store->db)
		return store->segments ? segments_refresh(store->segments)
				       : ST_OK;
	st = open_place(in, store->config, store->config->name, &store->db);
	if (st == ST_OK && !store->same_schema)
		st = db_introspect(store->db, &store->schema);
	return st == ST_OK ? open_segments(in, store) : st;
}

enum status installation_unit_id(const struct installation *in,
    const struct installation_store *store, char out[STORE_ID_TEXT])
{
	char key[SEGMENT_KEY];
	struct place_of p;
	enum status st;

	units_key(store, key);
	st = place_init(&p, in, store->config, store->config->name);
	p.spec.key = key;
	if (st == ST_OK)
		st = store_id(&p.spec, in->keys, store->db, out);
	place_release(&p);
	return st;
}

enum status installation_open_control(struct installation *in)
{
	return open_place(in, NULL, "control", &in->control);
}

enum status installation_open_audit(struct installation *in)
{
	struct audit_spec spec = { .origin = in->config.installation };
	struct keyring_key key;
	enum status st;

	if (in->audit)
		return ST_OK;
	if ((st = installation_open_control(in)) != ST_OK)
		return st;
	if (keyring_find(in->keys, LOG_KEY, &key) != ST_OK)
		return fail(ST_NOTFOUND,
		    "the keyring holds no key that signs the audit log: run "
		    "`lethe init`, or restore the keyring from a backup");
	st = open_place(in, NULL, "audit", &spec.db);
	if (st != ST_OK)
		return st;
	spec.control = in->control;
	spec.key = key.secret;
	return audit_open(&spec, &in->audit);
}

/* ---- init ---- */

static enum status make_keys(struct installation *in,
    void (*made)(void *ctx, const char *what), void *ctx)
{
	struct keyring_unlock u = { KEYRING_KEY_FILE, in->config.key_path };
	char *path = installation_path(in, "keyring");
	enum status st = ST_OK;

	if (path == NULL)
		return fail(ST_NOMEM, "out of memory");
	if (in->config.key_kind == CONFIG_KEY_PASSPHRASE_FILE)
		u.source = KEYRING_PASSPHRASE_FILE;
	/* A new key over an old keyring would only look like a wrong key. */
	if (u.source == KEYRING_KEY_FILE && !file_exists(u.path) &&
	    !file_exists(path)) {
		st = keyring_new_key_file(u.path);
		if (st == ST_OK && made)
			made(ctx, u.path);
	}
	if (st == ST_OK && !file_exists(path)) {
		st = keyring_create(path, &u, &in->keys);
		if (st == ST_OK && made)
			made(ctx, path);
	}
	free(path);
	return st == ST_OK ? installation_unlock(in) : st;
}

static enum status make_place(struct installation *in,
    const struct config_store *cs, const char *name, const char *migrations,
    void (*made)(void *ctx, const char *what), void *ctx)
{
	struct buf schema = BUF_INIT;
	struct place_of p;
	enum status st;
	int made_it = 0;

	st = place_init(&p, in, cs, name);
	if (st == ST_OK && cs && cs->schema)
		st = file_read(cs->schema, SCHEMA_MAX, &schema);
	if (st == ST_OK) {
		st = store_create(&p.spec, in->keys,
		    cs && cs->schema ? buf_text(&schema) : NULL, migrations,
		    &made_it);
		if (st == ST_OK && made_it && made)
			made(ctx, p.what);
	}
	buf_release(&schema);
	place_release(&p);
	return st;
}

/* A key that belongs to no file. */
static enum status make_key(struct installation *in, const char *name)
{
	enum status st = keyring_add(in->keys, name, AEAD_AES256_OCB);

	return st == ST_CONFLICT ? ST_OK : st; /* made by an earlier init */
}

/* What is made is counted for the log on its way to whoever shows it. */
struct count_made {
	void (*made)(void *ctx, const char *what);
	void *ctx;
	int64_t count;
};

static void count(void *ctx, const char *what)
{
	struct count_made *c = ctx;

	c->count++;
	if (c->made)
		c->made(c->ctx, what);
}

static enum status log_init(struct installation *in, int64_t made)
{
	json_t *details = NULL;
	char *actor = NULL;
	enum status st;

	st = json_make(&details, "{s:s, s:I}", "object",
	    in->config.installation, "made", (json_int_t)made);
	if (st == ST_OK)
		st = audit_actor(&actor);
	if (st == ST_OK)
		st = audit_append(
		    in->audit, when_now(), actor, "initialised", details);
	json_decref(details);
	free(actor);
	return st;
}

static enum status make_all(struct installation *in,
    void (*made)(void *ctx, const char *what), void *ctx)
{
	char *stores = installation_path(in, "stores");
	enum status st;
	size_t i;

	if (stores == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = file_make_folder(stores, 0700);
	free(stores);
	if (st == ST_OK)
		st = make_keys(in, made, ctx);
	if (st == ST_OK)
		st = make_key(in, "evidence");
	if (st == ST_OK)
		st = make_key(in, LOG_KEY);
	if (st == ST_OK)
		st = make_key(in, "subjects");
	if (st == ST_OK)
		st = make_place(
		    in, NULL, "control", "schemas/control/", made, ctx);
	if (st == ST_OK)
		st = make_place(in, NULL, "audit", "schemas/audit/", made, ctx);
	if (st == ST_OK)
		st = installation_open_audit(in);
	if (st == ST_OK)
		st = audit_start(in->audit);
	for (i = 0; st == ST_OK && i < in->store_count; i++) {
		const struct config_store *cs = in->stores[i].config;

		st = make_place(in, cs, cs->name, "schemas/store/", made, ctx);
	}
	return st;
}

enum status installation_init(struct installation *in,
    void (*made)(void *ctx, const char *what), void *ctx)
{
	struct count_made c = { made, ctx, 0 };
	enum status st = make_all(in, count, &c);

	if (st == ST_OK)
		st = log_init(in, c.count);
	return st == ST_OK ? changes_log(in) : st;
}
