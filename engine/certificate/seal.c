/* Sealed folders: signed, and compared with what was sealed. */
#include "engine/certificate/seal.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/crypto/hash.h"

#define SUMS_MOST ((size_t)64 << 20)

struct sealing {
	const struct note_key *key;
	const char *folder;
	struct seal *seal;
};

void seal_add(struct buf *sums, const char *hash, const char *name)
{
	buf_addf(sums, "%s  %s\n", hash, name);
}

enum status seal_sign(struct audit *a, const struct buf *sums, struct buf *out)
{
	struct buf text = BUF_INIT;
	char hash[SHA256_TEXT];
	enum status st;

	sha256_hex(sums->data, sums->len, hash);
	seal_add(&text, hash, "SHA256SUMS");
	st = buf_status(&text);
	if (st == ST_OK)
		st = audit_sign(a, buf_text(&text), out);
	buf_release(&text);
	return st;
}

int seal_is(const char *path)
{
	char *seal = str_format("%s/seal.note", path);
	char *sums = str_format("%s/SHA256SUMS", path);
	int yes = seal && sums && (file_exists(seal) || file_exists(sums));

	free(seal);
	free(sums);
	return yes;
}

static enum status read_file(
    const struct sealing *r, const char *name, struct buf *out)
{
	char *path = str_format("%s/%s", r->folder, name);
	enum status st;

	if (path == NULL)
		return fail(ST_NOMEM, "out of memory");
	buf_clear(out);
	st = file_read(path, SUMS_MOST, out);
	free(path);
	if (st == ST_NOTFOUND)
		return fail(ST_INTEGRITY, "%s is missing from it", name);
	return st == ST_LIMIT ? ST_INTEGRITY : st;
}

static enum status changed(const char *name)
{
	return fail(
	    ST_INTEGRITY, "%s was changed: it is not what was sealed", name);
}

/* Say which file it was. */
static enum status in_file(enum status st, const char *name)
{
	if (st != ST_INTEGRITY && st != ST_INVALID)
		return st;
	status_prefix("%s: ", name);
	return ST_INTEGRITY;
}

/* ---- the seal ---- */

static enum status check_seal(const struct sealing *r)
{
	struct buf note = BUF_INIT, want = BUF_INIT;
	char hash[SHA256_TEXT];
	size_t len = 0;
	enum status st;

	st = read_file(r, "seal.note", &note);
	if (st == ST_OK)
		st = in_file(
		    note_open(r->key, note.data, note.len, &len), "seal.note");
	if (st == ST_OK)
		st = read_file(r, "SHA256SUMS", &r->seal->sums);
	if (st == ST_OK) {
		sha256_hex(r->seal->sums.data, r->seal->sums.len, hash);
		buf_addf(&want, "%s  SHA256SUMS\n", hash);
		st = buf_status(&want);
	}
	if (st == ST_OK &&
	    (want.len != len || memcmp(want.data, note.data, len) != 0))
		st = changed("SHA256SUMS");
	buf_release(&note);
	buf_release(&want);
	return st;
}

/* A name leads nowhere else: what is sealed, we wrote; but which version? */
static int is_plain(const char *name)
{
	return *name && *name != '/' && strstr(name, "..") == NULL;
}

/* Cut SHA256SUMS into lines: "HASH  NAME". */
static enum status read_names(const struct sealing *r)
{
	char *line, *end, **more;

	for (line = r->seal->sums.data; line && *line; line = end + 1) {
		end = strchr(line, '\n');
		if (end == NULL || end - line < SHA256_TEXT + 2)
			return changed("SHA256SUMS");
		*end = '\0';
		if (!is_plain(line + SHA256_TEXT + 1))
			return changed("SHA256SUMS");
		more = reallocarray(
		    r->seal->names, r->seal->count + 1, sizeof(*more));
		if (more == NULL)
			return fail(ST_NOMEM, "out of memory");
		r->seal->names = more;
		r->seal->names[r->seal->count++] = line + SHA256_TEXT + 1;
	}
	return ST_OK;
}

/* In pieces: packages are larger than memory. */
static enum status hash_file(
    const char *path, const char *name, char out[SHA256_TEXT])
{
	FILE *f = fopen(path, "rbe");
	struct sha256 *h = NULL;
	uint8_t block[16384], hash[SHA256_LEN];
	enum status st = ST_OK;
	size_t n;

	if (f == NULL)
		return fail(errno == ENOENT ? ST_INTEGRITY : ST_IO,
		    "%s is missing from it, or cannot be read", name);
	st = sha256_new(&h);
	while (st == ST_OK && (n = fread(block, 1, sizeof(block), f)) > 0)
		sha256_add(h, block, n);
	if (st == ST_OK && ferror(f))
		st = fail(ST_IO, "read %s: %s", path, strerror(errno));
	if (st == ST_OK) {
		sha256_end(h, hash);
		for (size_t i = 0; i < SHA256_LEN; i++)
			(void)snprintf(out + 2 * i, 3, "%02x", hash[i]);
	}
	sha256_free(h);
	(void)fclose(f);
	return st;
}

static enum status check_file(const struct sealing *r, const char *name)
{
	const char *line = name - SHA256_TEXT - 1;
	char *path = str_format("%s/%s", r->folder, name);
	char hash[SHA256_TEXT] = "";
	enum status st;

	if (path == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = hash_file(path, name, hash);
	if (st == ST_OK && memcmp(hash, line, SHA256_TEXT - 1) != 0)
		st = changed(name);
	free(path);
	return st;
}

/* ---- what does not belong there ---- */

static int is_sealed(const struct sealing *r, const char *name)
{
	size_t i;

	if (strcmp(name, "SHA256SUMS") == 0 || strcmp(name, "seal.note") == 0)
		return 1;
	for (i = 0; i < r->seal->count; i++)
		if (strcmp(r->seal->names[i], name) == 0)
			return 1;
	return 0;
}

static enum status check_folder(const struct sealing *r, const char *folder);

static enum status check_name(
    const struct sealing *r, const char *folder, const struct dirent *e)
{
	char *name = *folder ? str_format("%s/%s", folder, e->d_name)
			     : strdup(e->d_name);
	enum status st = ST_OK;

	if (name == NULL)
		return fail(ST_NOMEM, "out of memory");
	if (e->d_type == DT_DIR && *folder == '\0')
		st = check_folder(r, name);
	else if (!is_sealed(r, name))
		st = fail(ST_INTEGRITY,
		    "%s does not belong to it: it was put there later", name);
	free(name);
	return st;
}

static enum status check_folder(const struct sealing *r, const char *folder)
{
	char *path = str_format("%s/%s", r->folder, folder);
	DIR *d = path ? opendir(path) : NULL;
	const struct dirent *e;
	enum status st = ST_OK;

	if (d == NULL)
		st = path ? fail(ST_IO, "read the folder %s", path)
			  : fail(ST_NOMEM, "out of memory");
	while (st == ST_OK && (e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			st = check_name(r, folder, e);
	if (d)
		(void)closedir(d);
	free(path);
	return st;
}

enum status seal_check(
    const struct note_key *key, const char *path, struct seal *out)
{
	const struct sealing r = { key, path, out };
	enum status st;

	if ((st = check_seal(&r)) != ST_OK)
		return st;
	if ((st = read_names(&r)) != ST_OK)
		return st;
	for (size_t i = 0; st == ST_OK && i < out->count; i++)
		st = check_file(&r, out->names[i]);
	return st == ST_OK ? check_folder(&r, "") : st;
}

void seal_release(struct seal *s)
{
	free(s->names);
	buf_release(&s->sums);
	*s = (struct seal){ BUF_INIT, NULL, 0 };
}
