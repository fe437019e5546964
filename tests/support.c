/* What several suites need: folders, shared vectors, failing allocations. */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/suites.h"

static long fuse = -1; /* allocations left before one fails; -1: never */
static int blown;

void test_alloc_fuse(long nth)
{
	fuse = nth;
	blown = 0;
}

int test_alloc_blown(void) { return blown; }

static long counted, kill_at;

void test_alloc_kill(long nth)
{
	counted = 0;
	kill_at = nth;
}

long test_alloc_count(void) { return counted; }

static int fails(void)
{
	if (++counted == kill_at)
		(void)raise(SIGKILL);
	if (fuse < 0 || fuse-- > 0)
		return 0;
	blown = 1;
	return 1;
}

void *__real_malloc(size_t);
void *__real_calloc(size_t, size_t);
void *__real_realloc(void *, size_t);
void *__real_reallocarray(void *, size_t, size_t);
char *__real_strdup(const char *);
void *__wrap_malloc(size_t);
void *__wrap_calloc(size_t, size_t);
void *__wrap_realloc(void *, size_t);
void *__wrap_reallocarray(void *, size_t, size_t);
char *__wrap_strdup(const char *);

void *__wrap_malloc(size_t n) { return fails() ? NULL : __real_malloc(n); }

void *__wrap_calloc(size_t n, size_t m)
{
	return fails() ? NULL : __real_calloc(n, m);
}

void *__wrap_realloc(void *p, size_t n)
{
	return fails() ? NULL : __real_realloc(p, n);
}

void *__wrap_reallocarray(void *p, size_t n, size_t m)
{
	return fails() ? NULL : __real_reallocarray(p, n, m);
}

char *__wrap_strdup(const char *s) { return fails() ? NULL : __real_strdup(s); }

const char *test_folder(void)
{
	static char path[64];
	static int n;
	char command[160];

	(void)snprintf(
	    path, sizeof(path), "build/scratch/%ld-%d", (long)getpid(), n++);
	(void)snprintf(
	    command, sizeof(command), "rm -rf %s && mkdir -p %s", path, path);
	if (system(command) != 0)
		abort();
	return path;
}

const char *test_shared(const char *name)
{
	static char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "../shared/%s", name);
	if (access(path, R_OK) == 0)
		return path;
	printf("skipped: %s is not there\n", name);
	return NULL;
}
