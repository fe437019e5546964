/* Downloads: who has the token, or has proven to be the person, has the
 * package, so many times, until then. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/crypto/token.h"
#include "engine/package/exports.h"

#define BLOCK ((size_t)64 << 10)

struct found {
	int64_t number;
	char id[BOOK_ID];
	char name[EXPORTS_NAME];
	int64_t size;
	int64_t downloads;
	int64_t most;
	int64_t built_at;
	int64_t expires_at;
};

static enum status refuse(void)
{
	return fail(ST_DENIED,
	    "this link is not valid, or not any more: ask for a new package");
}

/* ---- the row ---- */

static void copy_row(struct stmt *s, struct found *f)
{
	f->number = db_int(s, 0);
	(void)snprintf(f->id, sizeof(f->id), "%s", db_text(s, 1));
	(void)snprintf(f->name, sizeof(f->name), "%s", db_text(s, 2));
	f->size = db_int(s, 3);
	f->downloads = db_int(s, 4);
	f->most = db_int(s, 5);
}

static enum status find(
    struct installation *in, const char *token, int64_t now, struct found *f)
{
	struct token_hash hash;
	struct stmt *s = NULL;
	struct val kept;
	enum status st;
	int right = 0;

	token_hash(token, &hash);
	st = db_query(in->control,
	    "SELECT p.number, r.id, p.name, p.size, p.downloads, p.most,"
	    " p.token FROM package AS p"
	    " JOIN request AS r ON r.number = p.request"
	    " WHERE p.selector = $1 AND p.deleted_at IS NULL"
	    " AND p.revoked_at IS NULL"
	    " AND p.expires_at > $2 AND p.downloads < p.most",
	    ARGS(BLOB(hash.selector, TOKEN_HALF), INT(now)), &s);
	while (st == ST_OK && !right && (st = db_row(s)) == ST_OK) {
		kept = db_val(s, 6);
		right = token_proves(&hash, kept.p, kept.n);
		if (right)
			copy_row(s, f);
	}
	db_done(s);
	return st == ST_NOTFOUND ? refuse() : st;
}

/* The newest of ${id} that anybody may download.  ST_NOTFOUND: none. */
static enum status newest(
    struct installation *in, const char *id, int64_t now, struct found *f)
{
	struct stmt *s = NULL;
	enum status st = db_query(in->control,
	    "SELECT p.number, r.id, p.name, p.size, p.downloads, p.most,"
	    " p.built_at, p.expires_at FROM package AS p"
	    " JOIN request AS r ON r.number = p.request"
	    " WHERE r.id = $1 AND p.deleted_at IS NULL"
	    " AND p.revoked_at IS NULL"
	    " AND p.expires_at > $2 AND p.downloads < p.most"
	    " ORDER BY p.number DESC LIMIT 1",
	    ARGS(TEXT(id), INT(now)), &s);

	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		copy_row(s, f);
		f->built_at = db_int(s, 6);
		f->expires_at = db_int(s, 7);
	}
	db_done(s);
	return st;
}

enum status package_waiting(
    struct installation *in, const char *id, int64_t now, json_t **out)
{
	char built[ZONE_TEXT], until[ZONE_TEXT];
	struct found f = { 0 };
	enum status st = installation_open_control(in);

	if (st == ST_OK)
		st = newest(in, id, now, &f);
	if (st == ST_NOTFOUND)
		return json_made(json_null(), out);
	if (st != ST_OK)
		return st;
	zone_format(in->zone, f.built_at, built);
	zone_format(in->zone, f.expires_at, until);
	return json_make(out, "{s:s, s:s, s:I, s:I}", "built_at", built,
	    "expires_at", until, "bytes", (json_int_t)f.size, "left",
	    (json_int_t)(f.most - f.downloads));
}

/* ---- opening ---- */

static enum status open_file(
    struct installation *in, const struct found *f, struct sealed **out)
{
	const struct secret_key *key = NULL;
	char *path = exports_path(in, f->name);
	enum status st = path ? ST_OK : fail(ST_NOMEM, "out of memory");

	if (st == ST_OK)
		st = exports_key(in, f->name, &key);
	if (st == ST_OK)
		st = sealed_open(path, key, f->size, out);
	free(path);
	/* Somebody is just destroying it. */
	return st == ST_NOTFOUND ? refuse() : st;
}

static enum status count(struct step *s, const struct found *f)
{
	enum status st = step_go(s, REQUEST_DOWNLOAD, NULL, NULL);

	if (st != ST_OK)
		return st == ST_DENIED ? refuse() : st;
	return db_exec(s->in->control,
	    "UPDATE package SET downloads = downloads + 1 WHERE number = $1",
	    ARGS(INT(f->number)));
}

/* Of ${f}, which was found inside the step ${s}; ends it. */
static enum status take(struct step *s, enum status st, const struct found *f,
    struct sealed **file, json_t **out)
{
	struct sealed *opened = NULL;

	if (st == ST_OK)
		st = book_read(s->in, f->id, &s->r);
	if (st == ST_OK)
		st = open_file(s->in, f, &opened);
	if (st == ST_OK)
		st = count(s, f);
	st = step_end(s, st, NULL);
	if (st == ST_OK)
		st = json_make(out, "{s:s, s:I, s:I, s:I}", "id", f->id,
		    "bytes", (json_int_t)f->size, "downloads",
		    (json_int_t)f->downloads + 1, "left",
		    (json_int_t)(f->most - f->downloads - 1));
	if (st == ST_OK)
		*file = opened;
	else
		sealed_free(opened);
	return st;
}

enum status package_take(struct installation *in, const struct rights_actor *by,
    const char *token, struct sealed **file, json_t **out)
{
	struct step s = { 0 };
	struct found f = { 0 };
	enum status st = step_begin(&s, in, by, NULL);

	if (st == ST_OK)
		st = find(in, token, by->now, &f);
	return take(&s, st, &f, file, out);
}

enum status package_take_of(struct installation *in,
    const struct rights_actor *by, const char *id, struct sealed **file,
    json_t **out)
{
	struct step s = { 0 };
	struct found f = { 0 };
	enum status st = step_begin(&s, in, by, NULL);

	if (st == ST_OK && (st = newest(in, id, by->now, &f)) == ST_NOTFOUND)
		st = refuse();
	return take(&s, st, &f, file, out);
}

/* ---- into a file ---- */

static enum status fail_write(const char *path)
{
	int e = errno;

	return fail(e == ENOSPC || e == EDQUOT ? ST_FULL : ST_IO,
	    "write %s: %s", path, strerror(e));
}

static enum status pour(struct sealed *from, int to, const char *path)
{
	char block[BLOCK];
	int64_t at = 0, size = sealed_size(from);
	enum status st = ST_OK;

	while (st == ST_OK && at < size) {
		size_t n =
		    size - at < (int64_t)BLOCK ? (size_t)(size - at) : BLOCK;
		ssize_t done;

		if ((st = sealed_read(from, at, block, n)) != ST_OK)
			break;
		done = write(to, block, n);
		if (done < 0 && errno != EINTR)
			st = fail_write(path);
		else if (done > 0)
			at += done;
	}
	explicit_bzero(block, sizeof(block));
	return st;
}

/* The folder of ${path}; the caller frees. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return strdup(".");
	return slash == path ? strdup("/")
			     : strndup(path, (size_t)(slash - path));
}

/* Nameless until it is whole, so that nothing is left of half a file. */
static enum status save(struct sealed *from, const char *path)
{
	char *folder = folder_of(path), self[40];
	int fd =
	    folder ? open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) : -1;
	enum status st;

	free(folder);
	if (fd < 0)
		return fail_write(path);
	st = pour(from, fd, path);
	if (st == ST_OK && fsync(fd) != 0)
		st = fail_write(path);
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	if (st == ST_OK &&
	    linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW) != 0)
		st = fail_write(path);
	(void)close(fd);
	return st == ST_OK ? file_sync_folder(path) : st;
}

enum status package_fetch(struct installation *in,
    const struct rights_actor *by, const char *token, const char *path,
    json_t **out)
{
	struct sealed *file = NULL;
	json_t *o = NULL;
	enum status st;

	if (file_exists(path))
		return fail(
		    ST_USAGE, "%s is there already: give another name", path);
	st = package_take(in, by, token, &file, &o);
	if (st == ST_OK)
		st = save(file, path);
	sealed_free(file);
	if (st == ST_OK)
		*out = o;
	else
		json_decref(o);
	return st;
}
