/*
 * Blocks of a file.  The buffer is filled to its brim each time, also from a
 * pipe, so that a record that does not fit is looked at anew only after the
 * buffer has doubled: reading stays linear in the size of the file.
 */
#include "engine/records/feed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status fail_read(const struct feed *f)
{
	int e = errno;

	return fail(e == ENOENT ? ST_NOTFOUND : ST_IO, "read %s: %s", f->name,
	    strerror(e));
}

/* Read until the buffer is full or nothing comes. */
static enum status fill(struct feed *f)
{
	ssize_t n;
	enum status st;

	while (!f->ended && f->end < f->size) {
		n = read(f->fd, f->data + f->end, f->size - f->end);
		if (n < 0 && errno != EINTR)
			return fail_read(f);
		f->ended = n == 0;
		if (n > 0) {
			f->end += (size_t)n;
			f->read += n;
		}
		if (f->watch && (st = f->watch->tick(f->watch->ctx)) != ST_OK)
			return st;
	}
	memset(f->data + f->end, 0, FEED_PAD);
	return ST_OK;
}

static enum status resize(struct feed *f, size_t size)
{
	char *data;

	if ((data = realloc(f->data, size + FEED_PAD)) == NULL)
		return fail(ST_NOMEM, "out of memory");
	f->data = data;
	f->size = size;
	return ST_OK;
}

/* A small file needs no big buffer. */
static size_t first_size(const struct feed *f)
{
	if (f->total < 0 || f->total >= (int64_t)FEED_BLOCK)
		return FEED_BLOCK;
	return (size_t)f->total + 64;
}

enum status feed_open(
    struct feed *f, const char *path, const struct feed_watch *watch)
{
	struct stat sb;
	enum status st;

	*f = (struct feed){
		.fd = STDIN_FILENO, .name = path, .watch = watch, .total = -1
	};
	if (strcmp(path, "-") == 0)
		f->name = "standard input";
	else
		f->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (f->fd < 0) {
		st = fail_read(f);
		f->fd = STDIN_FILENO;
		return st;
	}
	if (fstat(f->fd, &sb) == 0 && S_ISREG(sb.st_mode))
		f->total = sb.st_size;
	(void)posix_fadvise(f->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	if ((st = resize(f, first_size(f))) == ST_OK)
		st = fill(f);
	if (st != ST_OK)
		feed_close(f);
	else if (f->end >= 3 && memcmp(f->data, "\xef\xbb\xbf", 3) == 0)
		f->pos = 3;
	return st;
}

void feed_close(struct feed *f)
{
	if (f->fd > STDERR_FILENO)
		(void)close(f->fd);
	free(f->data);
	*f = (struct feed){ 0 };
}

enum status feed_more(struct feed *f, size_t most)
{
	size_t waiting = f->end - f->pos;
	enum status st;

	if (f->ended)
		return ST_OK;
	if (waiting >= most)
		return fail(ST_LIMIT,
		    "the record is longer than %zu MiB: split it", most >> 20);
	memmove(f->data, f->data + f->pos, waiting);
	f->pos = 0;
	f->end = waiting;
	if (waiting > f->size / 2 && (st = resize(f, f->size * 2)) != ST_OK)
		return st;
	return fill(f);
}
