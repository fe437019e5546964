/* Where packages wait, and how they end. */
#include "engine/package/exports.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/crypto/random.h"

#define KEY_PREFIX "export/"

/* ---- the folder ---- */

static enum status take_lock(struct exports *e, enum exports_for what)
{
	char *path = str_format("%s/lock", e->folder);
	enum status st = ST_OK;

	if (path == NULL)
		return fail(ST_NOMEM, "out of memory");
	e->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (e->lock < 0)
		st = fail(ST_IO, "open %s: %s", path, strerror(errno));
	else if (flock(e->lock,
		     what == EXPORTS_TO_BUILD ? LOCK_SH : LOCK_EX | LOCK_NB) !=
		 0)
		st = fail(errno == EWOULDBLOCK ? ST_BUSY : ST_IO, "lock %s: %s",
		    path, strerror(errno));
	free(path);
	return st;
}

enum status exports_open(
    struct exports *e, struct installation *in, enum exports_for what)
{
	enum status st;

	*e = (struct exports){ in, installation_path(in, "exports"), -1 };
	if (e->folder == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = file_make_folder(e->folder, 0700);
	return st == ST_OK ? take_lock(e, what) : st;
}

void exports_close(struct exports *e)
{
	if (e->lock >= 0)
		(void)close(e->lock);
	free(e->folder);
	e->folder = NULL;
	e->lock = -1;
}

char *exports_path(const struct installation *in, const char *name)
{
	char *folder = installation_path(in, "exports");
	char *path = folder ? str_format("%s/%s", folder, name) : NULL;

	free(folder);
	return path;
}

/* ---- keys ---- */

static void hex(const uint8_t *bytes, size_t n, char *out)
{
	for (size_t i = 0; i < n; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

enum status exports_new(struct exports *e, char name[EXPORTS_NAME])
{
	uint8_t bytes[(EXPORTS_NAME - 1) / 2];
	char key[EXPORTS_NAME + sizeof(KEY_PREFIX)];
	enum status st = random_bytes(bytes, sizeof(bytes));

	if (st != ST_OK)
		return st;
	hex(bytes, sizeof(bytes), name);
	(void)snprintf(key, sizeof(key), KEY_PREFIX "%s", name);
	return keyring_add(e->in->keys, key, AEAD_AES256_OCB);
}

enum status exports_key(
    struct installation *in, const char *name, const struct secret_key **out)
{
	char key[EXPORTS_NAME + sizeof(KEY_PREFIX)];
	struct keyring_key found;
	enum status st;

	(void)snprintf(key, sizeof(key), KEY_PREFIX "%s", name);
	if ((st = keyring_refresh(in->keys)) != ST_OK)
		return st;
	if ((st = keyring_find(in->keys, key, &found)) == ST_OK)
		*out = found.secret;
	return st;
}

enum status exports_destroy(struct installation *in, const char *name)
{
	char key[EXPORTS_NAME + sizeof(KEY_PREFIX)];
	const char *keys[] = { key };
	char *path = exports_path(in, name);
	enum status st;

	if (path == NULL)
		return fail(ST_NOMEM, "out of memory");
	(void)snprintf(key, sizeof(key), KEY_PREFIX "%s", name);
	/* The key first: without it the file is nothing any more. */
	st = keyring_destroy_all(in->keys, keys, 1);
	if (st == ST_OK && unlink(path) != 0 && errno != ENOENT)
		st = fail(ST_IO, "remove %s: %s", path, strerror(errno));
	if (st == ST_OK)
		st = file_sync_folder(path);
	free(path);
	return st;
}

/* ---- orphans ---- */

static enum status is_known(
    struct installation *in, const char *name, int *known)
{
	int64_t n = 0;
	enum status st = db_one_int(in->control,
	    "SELECT (SELECT count(*) FROM package WHERE name = $1"
	    " AND deleted_at IS NULL) + (SELECT count(*) FROM snapshot"
	    " WHERE name = $1 AND deleted_at IS NULL)",
	    ARGS(TEXT(name)), 0, &n);

	*known = n > 0;
	return st;
}

static enum status clean(struct installation *in, const char *name)
{
	int known = 1;
	enum status st = is_known(in, name, &known);

	return st == ST_OK && !known ? exports_destroy(in, name) : st;
}

/* The name behind ${key}, where it is one of ours. */
static int name_of(const char *key, char name[EXPORTS_NAME])
{
	size_t prefix = strlen(KEY_PREFIX);

	if (strncmp(key, KEY_PREFIX, prefix) != 0 ||
	    strlen(key) != prefix + EXPORTS_NAME - 1)
		return 0;
	memcpy(name, key + prefix, EXPORTS_NAME);
	return 1;
}

/* One that goes makes the list shorter, and moves others in it: so from the
 * end on, and what moves up has been looked at. */
static enum status clean_keys(struct installation *in)
{
	char name[EXPORTS_NAME];
	size_t count = 0;
	enum status st = keyring_refresh(in->keys);

	while (st == ST_OK && keyring_name(in->keys, count) != NULL)
		count++;
	while (st == ST_OK && count-- > 0) {
		const char *key = keyring_name(in->keys, count);

		if (key && name_of(key, name))
			st = clean(in, name);
	}
	return st;
}

static enum status clean_files(struct exports *e)
{
	DIR *d = opendir(e->folder);
	const struct dirent *f;
	enum status st = ST_OK;

	if (d == NULL)
		return fail(ST_IO, "read %s: %s", e->folder, strerror(errno));
	while (st == ST_OK && (f = readdir(d)) != NULL)
		if (strlen(f->d_name) == EXPORTS_NAME - 1 &&
		    strspn(f->d_name, "0123456789abcdef") == EXPORTS_NAME - 1)
			st = clean(e->in, f->d_name);
	(void)closedir(d);
	return st;
}

enum status exports_orphans(struct exports *e)
{
	enum status st = clean_keys(e->in);

	return st == ST_OK ? clean_files(e) : st;
}
