/* A file in sealed pieces, the one in use in memory. */
#include "engine/package/sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/crypto/aead.h"
#include "engine/crypto/random.h"

#define PIECE ((int64_t)64 << 10)
#define HEAD  (AEAD_NONCE + AEAD_TAG)
#define ROOM  (PIECE + HEAD)

struct sealed {
	int fd;
	struct secret_key *own; /* NULL: the caller's */
	struct aead *aead;
	int64_t size;
	int64_t piece; /* in memory; -1: none */
	int64_t held;  /* bytes of it */
	int dirty;
	uint8_t plain[PIECE];
	uint8_t room[ROOM];
};

static enum status fail_io(const char *what)
{
	int e = errno;

	return fail(e == ENOSPC || e == EDQUOT ? ST_FULL : ST_IO,
	    "%s a sealed file: %s", what, strerror(e));
}

/* ---- life ---- */

static enum status make(
    int fd, const struct secret_key *key, struct sealed **out)
{
	struct sealed *s = calloc(1, sizeof(*s));
	enum status st;

	if (s == NULL) {
		(void)close(fd);
		return fail(ST_NOMEM, "out of memory");
	}
	s->fd = fd;
	s->piece = -1;
	st = key ? ST_OK : secret_random(&s->own);
	if (st == ST_OK)
		st = aead_new(AEAD_AES256_OCB, key ? key : s->own, &s->aead);
	if (st == ST_OK)
		*out = s;
	else
		sealed_free(s);
	return st;
}

enum status sealed_new_with(
    const char *folder, const struct secret_key *key, struct sealed **out)
{
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0)
		return fail(errno == ENOSPC ? ST_FULL : ST_IO,
		    "make a nameless file in %s: %s", folder, strerror(errno));
	return make(fd, key, out);
}

enum status sealed_new(const char *folder, struct sealed **out)
{
	return sealed_new_with(folder, NULL, out);
}

enum status sealed_open(const char *path, const struct secret_key *key,
    int64_t size, struct sealed **out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum status st;

	if (fd < 0)
		return fail(errno == ENOENT ? ST_NOTFOUND : ST_IO,
		    "open %s: %s", path, strerror(errno));
	if ((st = make(fd, key, out)) == ST_OK)
		(*out)->size = size;
	return st;
}

void sealed_free(struct sealed *s)
{
	if (s == NULL)
		return;
	(void)close(s->fd);
	aead_free(s->aead);
	secret_free(s->own);
	explicit_bzero(s->plain, sizeof(s->plain));
	free(s);
}

int64_t sealed_size(const struct sealed *s) { return s->size; }

/* ---- pieces ---- */

static enum status write_room(struct sealed *s, size_t len)
{
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = pwrite(s->fd, s->room + done, len - done,
		    (off_t)(s->piece * ROOM + (int64_t)done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_io("write");
		done += (size_t)n;
	}
	return ST_OK;
}

static enum status put_away(struct sealed *s)
{
	enum status st;

	if (!s->dirty)
		return ST_OK;
	st = random_nonce(s->room, AEAD_NONCE);
	if (st == ST_OK)
		st = aead_seal(s->aead, s->room, &s->piece, sizeof(s->piece),
		    s->plain, s->room + HEAD, (size_t)s->held,
		    s->room + AEAD_NONCE);
	if (st == ST_OK)
		st = write_room(s, (size_t)s->held + HEAD);
	if (st == ST_OK)
		s->dirty = 0;
	return st;
}

static enum status read_room(struct sealed *s, int64_t piece, size_t len)
{
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = pread(s->fd, s->room + done, len - done,
		    (off_t)(piece * ROOM + (int64_t)done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_io("read");
		if (n == 0)
			return fail(ST_INTEGRITY,
			    "a sealed file was cut off at piece %lld",
			    (long long)piece);
		done += (size_t)n;
	}
	return ST_OK;
}

/* Have ${piece} in memory; a new one is empty. */
static enum status take_out(struct sealed *s, int64_t piece)
{
	int64_t held = s->size - piece * PIECE;
	enum status st;

	if (s->piece == piece)
		return ST_OK;
	if ((st = put_away(s)) != ST_OK)
		return st;
	s->piece = -1;
	held = held > PIECE ? PIECE : held < 0 ? 0 : held;
	if (held > 0) {
		st = read_room(s, piece, (size_t)held + HEAD);
		if (st == ST_OK)
			st = aead_open(s->aead, s->room, &piece, sizeof(piece),
			    s->room + HEAD, s->plain, (size_t)held,
			    s->room + AEAD_NONCE);
		if (st == ST_INTEGRITY)
			status_prefix(
			    "a sealed file, piece %lld: ", (long long)piece);
		if (st != ST_OK)
			return st;
	}
	s->piece = piece;
	s->held = held;
	return ST_OK;
}

/* ---- bytes ---- */

/* How many of ${len} bytes from ${at} on are of one piece. */
static size_t within(int64_t at, size_t len)
{
	int64_t left = PIECE - at % PIECE;

	return (uint64_t)left < len ? (size_t)left : len;
}

enum status sealed_write(
    struct sealed *s, int64_t at, const void *data, size_t len)
{
	const uint8_t *p = data;
	enum status st;

	if (at > s->size)
		return fail(ST_IO, "a sealed file has no holes");
	while (len > 0) {
		size_t n = within(at, len);

		if ((st = take_out(s, at / PIECE)) != ST_OK)
			return st;
		memcpy(s->plain + at % PIECE, p, n);
		s->dirty = 1;
		at += (int64_t)n;
		p += n;
		len -= n;
		if (at - s->piece * PIECE > s->held)
			s->held = at - s->piece * PIECE;
		if (at > s->size)
			s->size = at;
	}
	return ST_OK;
}

enum status sealed_append(struct sealed *s, const void *data, size_t len)
{
	return sealed_write(s, s->size, data, len);
}

enum status sealed_read(struct sealed *s, int64_t at, void *out, size_t len)
{
	uint8_t *p = out;
	enum status st;

	if (at < 0 || at > s->size || (uint64_t)(s->size - at) < len)
		return fail(ST_INTEGRITY, "read beyond a sealed file's end");
	while (len > 0) {
		size_t n = within(at, len);

		if ((st = take_out(s, at / PIECE)) != ST_OK)
			return st;
		memcpy(p, s->plain + at % PIECE, n);
		at += (int64_t)n;
		p += n;
		len -= n;
	}
	return ST_OK;
}

/* ---- a name ---- */

/* By way of /proc, since a link to a bare descriptor takes a privilege. */
static enum status name_it(int fd, const char *path)
{
	char self[40];

	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	if (linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0)
		return file_sync_folder(path);
	return fail(errno == EEXIST ? ST_CONFLICT : ST_IO, "name %s: %s", path,
	    strerror(errno));
}

enum status sealed_keep(struct sealed *s, const char *path)
{
	enum status st;

	if ((st = put_away(s)) != ST_OK)
		return st;
	if (fsync(s->fd) != 0)
		return fail_io("write");
	return name_it(s->fd, path);
}
