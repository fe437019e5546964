/*
 * Making and opening stores.
 *
 * A new store is built under another name, PATH.new, and gets its own when it
 * is whole.  PATH.new stands there, empty, before its key is in the keyring:
 * so a key without a file means that a making was interrupted where PATH.new
 * is, and that a store is lost where it is not.
 */
#include "engine/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/crypto/crypto.h"
#include "engine/crypto/random.h"
#include "engine/store/migrate.h"
#include "engine/store/postgres.h"
#include "engine/store/sqlite.h"

static enum status missing(const struct store_spec *spec)
{
	return fail(ST_NOTFOUND,
	    "%s: %s is missing or empty, but its key is there: restore the "
	    "file from a backup, or give a new store another name",
	    spec->name, spec->path);
}

static enum status open_file(const struct store_spec *spec, const char *path,
    const struct keyring *keys, enum sqlite_mode mode, struct db **out)
{
	struct sqlite_spec s = { .name = spec->name,
		.path = path,
		.cache_bytes = spec->cache_bytes };
	struct keyring_key key;
	enum status st;

	if ((st = keyring_find(keys, spec->key, &key)) != ST_OK)
		return st;
	s.key = key.secret;
	s.algorithm = key.algorithm;
	memcpy(s.id, key.id, sizeof(s.id));
	return sqlite_open(&s, mode, out);
}

static enum status no_key(const struct store_spec *spec)
{
	if (!file_exists(spec->path))
		return fail(ST_NOTFOUND,
		    "%s: there is no such store yet: type lethe init",
		    spec->name);
	return fail(ST_NOTFOUND,
	    "%s: the keyring holds no key for %s: restore the keyring from a "
	    "backup, nothing else opens it",
	    spec->name, spec->path);
}

void store_write_id(const uint8_t bytes[16], char out[STORE_ID_TEXT])
{
	size_t i;

	for (i = 0; i < 16; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

/* ---- attached ---- */

static enum status attach(const struct store_spec *spec, struct db **out)
{
	struct postgres_spec s = { spec->name, spec->url, spec->password_file };

	return postgres_open(&s, out);
}

static enum status open_attached(const struct store_spec *spec, struct db **out)
{
	struct db *db = NULL;
	enum status st;
	int ours = 0;

	if ((st = attach(spec, &db)) != ST_OK)
		return st;
	if ((st = postgres_is_initialised(db, &ours)) == ST_OK && !ours)
		st = fail(ST_NOTFOUND,
		    "%s: Lethe's own tables are not in this database yet: "
		    "type lethe init",
		    spec->name);
	if (st != ST_OK)
		db_close(db);
	else
		*out = db;
	return st;
}

/* A copy of the database, restored from a backup, has the same number; a new
 * one under the same name has not. */
static enum status number_it(struct db *db)
{
	uint8_t bytes[16];
	char id[STORE_ID_TEXT];
	enum status st;

	if ((st = random_bytes(bytes, sizeof(bytes))) != ST_OK)
		return st;
	store_write_id(bytes, id);
	st = db_script(db, "CREATE TABLE IF NOT EXISTS lethe_store ("
			   "  one INTEGER PRIMARY KEY CHECK (one = 1),"
			   "  id TEXT NOT NULL"
			   ");");
	if (st != ST_OK)
		return st;
	return db_exec(db,
	    "INSERT INTO lethe_store (one, id) VALUES (1, $1)"
	    " ON CONFLICT DO NOTHING",
	    ARGS(TEXT(id)));
}

/* Its owner has to grant what our tables need, before they are made. */
static enum status may_set_up(const struct store_spec *spec, struct db *db)
{
	struct buf sql = BUF_INIT;
	enum status st;

	st = db_grants(db, NULL, 0, &sql);
	if (st == ST_OK && sql.len > 0) {
		sql.data[sql.len - 1] = '\0'; /* the last line's end */
		st = fail(ST_DENIED,
		    "%s: Lethe keeps tables of its own beside the records: let "
		    "the database's owner run %s",
		    spec->name, sql.data);
	}
	buf_release(&sql);
	return st;
}

/* The people's tables are there, or somebody else's to make. */
static enum status set_up(
    const struct store_spec *spec, const char *migrations, int *made)
{
	struct db *db = NULL;
	enum status st;
	int ours = 0;

	if ((st = attach(spec, &db)) == ST_OK)
		st = postgres_is_initialised(db, &ours);
	if (st == ST_OK)
		st = may_set_up(spec, db);
	if (st == ST_OK)
		st = migrate_run(db, embedded, migrations);
	if (st == ST_OK)
		st = number_it(db);
	db_close(db);
	*made = st == ST_OK && !ours;
	return st;
}

static enum status read_id(struct db *db, char out[STORE_ID_TEXT])
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(db, "SELECT id FROM lethe_store", NOARGS, &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK)
		(void)snprintf(out, STORE_ID_TEXT, "%s", db_text(s, 0));
	db_done(s);
	if (st == ST_NOTFOUND)
		return fail(ST_INTEGRITY,
		    "%s: lethe_store, which names the database, is empty: "
		    "restore it from a backup",
		    db_name(db));
	return st;
}

enum status store_id(const struct store_spec *spec, const struct keyring *keys,
    struct db *db, char out[STORE_ID_TEXT])
{
	struct keyring_key key;
	enum status st;

	if (spec->driver == STORE_POSTGRESQL)
		return read_id(db, out);
	if ((st = keyring_find(keys, spec->key, &key)) == ST_OK)
		store_write_id(key.id, out);
	return st;
}

/* ---- managed ---- */

enum status store_open(
    const struct store_spec *spec, const struct keyring *keys, struct db **out)
{
	struct keyring_key key;
	enum status st;

	if (spec->driver == STORE_POSTGRESQL)
		return open_attached(spec, out);
	if (keyring_find(keys, spec->key, &key) != ST_OK)
		return no_key(spec);
	st = open_file(spec, spec->path, keys, SQLITE_MODE_OPEN, out);
	return st == ST_NOTFOUND ? missing(spec) : st;
}

/* ---- making ---- */

/* One process makes stores in a folder at a time. */
static enum status lock_folder(const struct store_spec *spec, int *out)
{
	char *folder = file_beside(spec->path, ".");
	enum status st = ST_OK;
	int fd = -1, rc = -1;

	if (folder == NULL)
		return fail(ST_NOMEM, "out of memory");
	if ((st = file_make_folder(folder, 0700)) == ST_OK) {
		fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		while (fd >= 0 && (rc = flock(fd, LOCK_EX)) != 0)
			if (errno != EINTR)
				break;
		if (rc != 0)
			st = fail(ST_IO, "%s: lock %s: %s", spec->name, folder,
			    strerror(errno));
	}
	if (st != ST_OK && fd >= 0)
		(void)close(fd);
	free(folder);
	*out = fd;
	return st;
}

static enum status remove_beside(const char *path, const char *suffix)
{
	char *name = str_format("%s%s", path, suffix);
	enum status st = ST_OK;

	if (name == NULL)
		return fail(ST_NOMEM, "out of memory");
	if (unlink(name) != 0 && errno != ENOENT)
		st = fail(ST_IO, "remove %s: %s", name, strerror(errno));
	free(name);
	return st;
}

/* The empty PATH.new, with nothing left of an earlier try. */
static enum status make_place(const char *path)
{
	enum status st;
	int fd;

	if ((st = remove_beside(path, "-wal")) != ST_OK ||
	    (st = remove_beside(path, "-shm")) != ST_OK)
		return st;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail(ST_IO, "make %s: %s", path, strerror(errno));
	(void)close(fd);
	return file_sync_folder(path);
}

/* The first tables, then everything into the one file. */
static enum status fill(
    struct db *db, const char *schema, const char *migrations)
{
	enum status st = ST_OK;

	if (schema)
		st = db_script(db, schema);
	if (st == ST_OK && migrations)
		st = migrate_run(db, embedded, migrations);
	return st == ST_OK ? db_scrub(db) : st;
}

static enum status build(const struct store_spec *spec, const char *path,
    const struct keyring *keys, const char *schema, const char *migrations)
{
	struct db *db = NULL;
	enum status st;

	st = open_file(spec, path, keys, SQLITE_MODE_CREATE, &db);
	if (st == ST_OK)
		st = fill(db, schema, migrations);
	db_close(db);
	if (st != ST_OK)
		return st;
	if (rename(path, spec->path) != 0)
		return fail(ST_IO, "%s: rename %s: %s", spec->name, path,
		    strerror(errno));
	return file_sync_folder(path);
}

static enum status make(const struct store_spec *spec, const char *path,
    struct keyring *keys, const char *schema, const char *migrations)
{
	struct keyring_key key;
	int has_key = keyring_find(keys, spec->key, &key) == ST_OK;
	enum status st;

	if (has_key && !file_exists(path))
		return missing(spec);
	if ((st = make_place(path)) != ST_OK)
		return st;
	if (!has_key)
		st = keyring_add(keys, spec->key, AEAD_AES256_OCB);
	if (st == ST_OK)
		st = build(spec, path, keys, schema, migrations);
	return st;
}

static enum status update(const struct store_spec *spec,
    const struct keyring *keys, const char *migrations)
{
	struct db *db = NULL;
	enum status st;

	if ((st = store_open(spec, keys, &db)) == ST_OK && migrations)
		st = migrate_run(db, embedded, migrations);
	db_close(db);
	return st;
}

static enum status create(const struct store_spec *spec, const char *path,
    struct keyring *keys, const char *schema, const char *migrations, int *made)
{
	enum status st;

	/* Another process may have made it a moment ago. */
	if ((st = keyring_refresh(keys)) != ST_OK)
		return st;
	if (file_exists(spec->path))
		return update(spec, keys, migrations);
	st = make(spec, path, keys, schema, migrations);
	*made = st == ST_OK;
	return st;
}

static enum status create_managed(const struct store_spec *spec,
    struct keyring *keys, const char *schema, const char *migrations, int *made)
{
	enum status st;
	char *path;
	int fd;

	if ((st = lock_folder(spec, &fd)) != ST_OK)
		return st;
	if ((path = str_format("%s.new", spec->path)) == NULL)
		st = fail(ST_NOMEM, "out of memory");
	else
		st = create(spec, path, keys, schema, migrations, made);
	free(path);
	(void)close(fd);
	return st;
}

enum status store_create(const struct store_spec *spec, struct keyring *keys,
    const char *schema, const char *migrations, int *made)
{
	int new = 0;
	enum status st;

	st = spec->driver == STORE_POSTGRESQL
		 ? set_up(spec, migrations, &new)
		 : create_managed(spec, keys, schema, migrations, &new);
	if (made)
		*made = new;
	return st;
}
