/* Numbered SQL files, each run once. */
#include "engine/store/migrate.h"

#include <stdlib.h>
#include <string.h>

#include "engine/crypto/hash.h"

/* The name behind ${folder}, or NULL if ${path} is not in it. */
static const char *name_in(const char *path, const char *folder)
{
	size_t n = strlen(folder);
	size_t len = strlen(path);

	if (strncmp(path, folder, n) != 0 || strchr(path + n, '/') ||
	    len < n + 4 || strcmp(path + len - 4, ".sql") != 0)
		return NULL;
	return path + n;
}

static const struct embedded *find_file(
    const struct embedded *files, const char *folder, const char *name)
{
	const char *own;

	for (; files->path; files++)
		if ((own = name_in(files->path, folder)) != NULL &&
		    strcmp(own, name) == 0)
			return files;
	return NULL;
}

/* The first file whose name sorts behind ${last}; NULL: no more. */
static const struct embedded *find_next(
    const struct embedded *files, const char *folder, const char *last)
{
	const struct embedded *best = NULL;
	const char *name;

	for (; files->path; files++) {
		name = name_in(files->path, folder);
		if (name == NULL || strcmp(name, last) <= 0)
			continue;
		if (best == NULL || strcmp(files->path, best->path) < 0)
			best = files;
	}
	return best;
}

/* What ran must be what we have; otherwise we would not know the tables. */
static enum status check_done(
    struct db *db, const struct embedded *files, const char *folder)
{
	uint8_t hash[SHA256_LEN];
	const struct embedded *f;
	struct stmt *s;
	enum status st;
	struct val v;

	st = db_query(
	    db, "SELECT name, sha256 FROM lethe_migration", NOARGS, &s);
	if (st != ST_OK)
		return st;
	while ((st = db_row(s)) == ST_OK) {
		f = find_file(files, folder, db_text(s, 0));
		if (f == NULL) {
			st = fail(ST_DENIED,
			    "%s: made by a newer Lethe (%s): use that one",
			    db_name(db), db_text(s, 0));
			break;
		}
		sha256(f->data, f->len, hash);
		v = db_val(s, 1);
		if (v.n != sizeof(hash) || memcmp(v.p, hash, v.n) != 0) {
			st = fail(ST_INTEGRITY,
			    "%s: %s is not what made its tables: use the "
			    "Lethe that did",
			    db_name(db), f->path);
			break;
		}
	}
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status run_file(
    struct db *db, const struct embedded *f, const char *name)
{
	uint8_t hash[SHA256_LEN];
	enum status st;

	sha256(f->data, f->len, hash);
	st = db_script(db, (const char *)f->data);
	if (st == ST_OK)
		st = db_exec(db,
		    "INSERT INTO lethe_migration (name, sha256)"
		    " VALUES ($1, $2)",
		    ARGS(TEXT(name), BLOB(hash, sizeof(hash))));
	return st;
}

/* Unless it has run. */
static enum status run_once(
    struct db *db, const struct embedded *f, const char *name)
{
	enum status st;
	int64_t done;

	if ((st = db_begin(db, DB_WRITE)) != ST_OK)
		return st;
	st = db_one_int(db, "SELECT 1 FROM lethe_migration WHERE name = $1",
	    ARGS(TEXT(name)), 0, &done);
	if (st == ST_OK && !done)
		st = run_file(db, f, name);
	if (st == ST_OK)
		st = db_commit(db);
	db_rollback(db);
	return st;
}

enum status migrate_run(
    struct db *db, const struct embedded *files, const char *folder)
{
	const struct embedded *f;
	const char *name = "";
	enum status st;

	st = db_script(db,
	    "CREATE TABLE IF NOT EXISTS lethe_migration ("
	    "  name TEXT NOT NULL PRIMARY KEY," /* 0001-engine.sql */
	    "  sha256 BLOB NOT NULL"            /* of the file */
	    ");");
	if (st == ST_OK)
		st = check_done(db, files, folder);
	while (st == ST_OK && (f = find_next(files, folder, name)) != NULL) {
		name = name_in(f->path, folder);
		st = run_once(db, f, name);
	}
	return st;
}
