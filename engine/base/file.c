/* Whole files, folders and paths. */
#include "engine/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status fail_errno(const char *what, const char *path)
{
	int e = errno;
	enum status st = ST_IO;

	if (e == ENOENT)
		st = ST_NOTFOUND;
	else if (e == ENOSPC || e == EDQUOT)
		st = ST_FULL;
	else if (e == EEXIST)
		st = ST_CONFLICT;
	return fail(st, "%s %s: %s", what, path, strerror(e));
}

enum status file_read(const char *path, size_t max, struct buf *out)
{
	size_t start = out->len;
	enum status st = ST_OK;
	ssize_t n;
	int fd;

	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return fail_errno("read", path);
	for (;;) {
		if ((st = buf_reserve(out, 65536)) != ST_OK)
			break;
		n = read(fd, out->data + out->len, 65536);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			st = fail_errno("read", path);
		if (n <= 0)
			break;
		out->len += (size_t)n;
		out->data[out->len] = '\0';
		if (out->len - start > max) {
			st = fail(ST_LIMIT,
			    "%s: larger than %zu bytes: split it or remove "
			    "what does not belong there",
			    path, max);
			break;
		}
	}
	(void)close(fd);
	if (st == ST_OK)
		buf_add(out, "", 0); /* NUL-terminated even when empty */
	return st == ST_OK ? buf_status(out) : st;
}

static enum status write_all(
    int fd, const void *data, size_t len, const char *path)
{
	const char *p = data;
	ssize_t n;

	while (len > 0) {
		n = write(fd, p, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_errno("write", path);
		p += n;
		len -= (size_t)n;
	}
	if (fsync(fd) != 0)
		return fail_errno("sync", path);
	return ST_OK;
}

enum status file_create(
    const char *path, const void *data, size_t len, mode_t mode)
{
	enum status st;
	int fd;

	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return fail_errno("create", path);
	st = write_all(fd, data, len, path);
	if (close(fd) != 0 && st == ST_OK)
		st = fail_errno("close", path);
	if (st != ST_OK)
		(void)unlink(path);
	else
		st = file_sync_folder(path);
	return st;
}

enum status file_replace(
    const char *path, const void *data, size_t len, mode_t mode)
{
	enum status st;
	char *tmp;

	if ((tmp = str_format("%s.%ld.new", path, (long)getpid())) == NULL)
		return fail(ST_NOMEM, "out of memory");
	(void)unlink(tmp);
	st = file_create(tmp, data, len, mode);
	if (st == ST_OK && rename(tmp, path) != 0) {
		st = fail_errno("rename to", path);
		(void)unlink(tmp);
	}
	if (st == ST_OK)
		st = file_sync_folder(path);
	free(tmp);
	return st;
}

enum status file_make_folder(const char *path, mode_t mode)
{
	enum status st = ST_OK;
	char *copy, *p;

	if ((copy = strdup(path)) == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (p = copy + 1; *copy && st == ST_OK; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(copy, mode) != 0 && errno != EEXIST)
			st = fail_errno("make folder", copy);
		*p = c;
		if (c == '\0')
			break;
	}
	free(copy);
	return st;
}

enum status file_sync_folder(const char *path)
{
	enum status st = ST_OK;
	char *folder;
	int fd;

	if ((folder = file_beside(path, ".")) == NULL)
		return fail(ST_NOMEM, "out of memory");
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		st = fail_errno("sync folder", folder);
	if (fd >= 0)
		(void)close(fd);
	free(folder);
	return st;
}

int file_exists(const char *path)
{
	struct stat sb;

	return stat(path, &sb) == 0;
}

char *file_beside(const char *base, const char *path)
{
	const char *slash = strrchr(base, '/');

	if (*path == '/' || slash == NULL)
		return strdup(path);
	return str_format("%.*s/%s", (int)(slash - base), base, path);
}
