#ifndef TESTS_SUITES_H
#define TESTS_SUITES_H

#include <check.h>

/* Check has an old macro of that name; ours is meant (engine/base/status.h). */
#undef fail
#define fail(st, ...) (status_say(__VA_ARGS__), (st))
#include "engine/base/status.h"

/* For loops of millions: Check notes every ck_assert in a file. */
#define MUST(condition, ...)                       \
	do {                                       \
		if (!(condition))                  \
			ck_abort_msg(__VA_ARGS__); \
	} while (0)

/* Every suite of tests/test_*.c, ended by NULL; written by tests/suites.sh. */
extern Suite *(*const all_suites[])(void);

/*
 * A folder of this test's own under build/, empty and removed by the next run.
 * The path is valid until the next call.
 */
const char *test_folder(void);

/* A file that the brief of the format lives in, outside this repository;
 * NULL where it is not there: the test then skips with a notice. */
const char *test_shared(const char *name);

/*
 * Fail the ${nth} allocation of our own code from now on (0 the next one);
 * -1: none.  test_alloc_blown() tells whether it was reached.
 */
void test_alloc_fuse(long nth);
int test_alloc_blown(void);
/*
 * Count allocations from here, and kill this process (SIGKILL) at the ${nth}
 * (0: never): between two steps of what it does.
 */
void test_alloc_kill(long nth);
long test_alloc_count(void);

#endif /* !TESTS_SUITES_H */
