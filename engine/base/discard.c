/* Files whose names go at once and whose blocks follow. */
#include "engine/base/discard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Less is given back sooner than a process begins. */
#define MUCH ((int64_t)16 << 20)

#define PAGE 4096 /* of each file, never read: a mapping holds the file */

struct held {
	void **pages;
	size_t count;
	int64_t bytes;
};

/* A file that cannot be held goes like any other. */
static void hold(struct held *h, const char *path)
{
	struct stat info;
	void *page = MAP_FAILED;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return;
	if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode))
		page = mmap(NULL, PAGE, PROT_NONE, MAP_SHARED, fd, 0);
	(void)close(fd);
	if (page == MAP_FAILED)
		return;
	h->bytes += info.st_size;
	h->pages[h->count++] = page;
}

static void let_go(struct held *h)
{
	while (h->count > 0)
		(void)munmap(h->pages[--h->count], PAGE);
	free(h->pages);
}

/* It has open what we have, and lets go of all of that: somebody may wait for
 * the end of our output. */
static _Noreturn void wait_for(int end)
{
	char byte;

	if (dup2(end, 0) == 0 && close_range(1, ~0U, 0) == 0)
		while (read(0, &byte, 1) < 0 && errno == EINTR)
			;
	_exit(0);
}

/* The child's child, so that nobody waits for it.  Without it, we are the ones
 * who hold the files last. */
static void start_holder(const int ends[2])
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		(void)close(ends[1]);
		if (fork() == 0)
			wait_for(ends[0]);
		_exit(0);
	}
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
}

static enum status unlink_all(const char *const *paths, size_t count)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; i < count; i++) {
		if (unlink(paths[i]) != 0 && errno != ENOENT && st == ST_OK)
			st = fail(
			    ST_IO, "remove %s: %s", paths[i], strerror(errno));
	}
	return st;
}

enum status discard_files(const char *const *paths, size_t count)
{
	struct held h = { calloc(count + 1, sizeof(void *)), 0, 0 };
	int ends[2] = { -1, -1 };
	enum status st;
	size_t i;

	if (h.pages == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; i < count; i++)
		hold(&h, paths[i]);
	if (h.bytes >= MUCH && pipe2(ends, O_CLOEXEC) == 0)
		start_holder(ends);
	st = unlink_all(paths, count);
	let_go(&h);
	/* That it can read no more tells the other that only its hold is left.
	 */
	if (ends[0] >= 0) {
		(void)close(ends[0]);
		(void)close(ends[1]);
	}
	return st;
}
