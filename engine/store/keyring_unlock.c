/* Where the key-encryption key comes from: a key file, or a passphrase. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/crypto/crypto.h"
#include "engine/store/keyring_internal.h"

#define MOST_SECRET 4096 /* longest passphrase, or what is taken for a key */

/* What others can read is no secret; what is somebody else's can become so. */
static enum status check_owner(int fd, const char *path)
{
	struct stat sb;

	if (fstat(fd, &sb) != 0)
		return fail(ST_IO, "%s: %s", path, strerror(errno));
	if (!S_ISREG(sb.st_mode))
		return fail(ST_DENIED, "%s: not a file", path);
	if (sb.st_uid != geteuid() && sb.st_uid != 0)
		return fail(ST_DENIED,
		    "%s: belongs to user %u: type chown %u %s", path,
		    (unsigned int)sb.st_uid, (unsigned int)geteuid(), path);
	if (sb.st_mode & (S_IRWXG | S_IRWXO))
		return fail(ST_DENIED,
		    "%s: others than its owner can use it (mode %03o): type "
		    "chmod 600 %s",
		    path, (unsigned int)sb.st_mode & 0777, path);
	return ST_OK;
}

/* The file's bytes; ST_LIMIT where there are more than ${size}.  The caller
 * wipes them. */
static enum status read_bytes(
    const char *path, int fd, char *out, size_t size, size_t *len)
{
	size_t have = 0;
	char more;
	ssize_t n;

	for (;;) {
		n = read(fd, have < size ? out + have : &more,
		    have < size ? size - have : 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(
			    ST_IO, "read %s: %s", path, strerror(errno));
		if (n == 0)
			break;
		if (have == size)
			return fail(ST_LIMIT,
			    "%s: longer than %zu bytes: not a key or "
			    "passphrase",
			    path, size);
		have += (size_t)n;
	}
	*len = have;
	return ST_OK;
}

static enum status read_secret(
    const char *path, char out[MOST_SECRET], size_t *len)
{
	enum status st;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return fail(ST_NOTFOUND,
		    "%s is missing: restore it, nothing can be opened "
		    "without it",
		    path);
	if (fd < 0)
		return fail(ST_IO, "open %s: %s", path, strerror(errno));
	st = check_owner(fd, path);
	if (st == ST_OK)
		st = read_bytes(path, fd, out, MOST_SECRET, len);
	(void)close(fd);
	return st;
}

static enum status parse_key(
    const char *path, const char *text, size_t len, struct secret_key **out)
{
	uint8_t bytes[SECRET_LEN];
	enum status st;

	if (len == 2 * SECRET_LEN + 1 && text[len - 1] == '\n')
		len--;
	if (len == 2 * SECRET_LEN && keyring_hex(text, bytes, SECRET_LEN))
		st = secret_new(bytes, out);
	else
		st = fail(ST_INVALID,
		    "%s: a key file is 64 digits, 0-9 and a-f, and a newline: "
		    "restore it",
		    path);
	explicit_bzero(bytes, sizeof(bytes));
	return st;
}

static enum status stretch(const char *path, const char *text, size_t len,
    const struct keyring_file *f, struct secret_key **out)
{
	if (len && text[len - 1] == '\n') /* an editor's, not a person's */
		len--;
	if (len == 0)
		return fail(ST_INVALID, "%s: empty: write a passphrase", path);
	return secret_from_passphrase(
	    text, len, f->salt, sizeof(f->salt), &f->cost, out);
}

enum status keyring_unlock(const struct keyring_unlock *u,
    const struct keyring_file *f, struct secret_key **out)
{
	char text[MOST_SECRET];
	enum status st;
	size_t len = 0;

	if ((st = read_secret(u->path, text, &len)) == ST_OK) {
		switch (u->source) {
		case KEYRING_KEY_FILE:
			st = parse_key(u->path, text, len, out);
			break;
		case KEYRING_PASSPHRASE_FILE:
			st = stretch(u->path, text, len, f, out);
			break;
		}
	}
	explicit_bzero(text, sizeof(text));
	return st;
}

enum status keyring_new_key_file(const char *path)
{
	char text[2 * SECRET_LEN + 2];
	struct secret_key *key;
	enum status st;
	size_t i;

	if ((st = crypto_init()) != ST_OK ||
	    (st = secret_random(&key)) != ST_OK)
		return st;
	for (i = 0; i < SECRET_LEN; i++)
		(void)snprintf(text + 2 * i, 3, "%02x", secret_bytes(key)[i]);
	text[2 * SECRET_LEN] = '\n';
	st = file_create(path, text, 2 * SECRET_LEN + 1, 0600);
	if (st == ST_CONFLICT)
		st = fail(ST_CONFLICT,
		    "%s exists already: a key is never overwritten", path);
	explicit_bzero(text, sizeof(text));
	secret_free(key);
	return st;
}
