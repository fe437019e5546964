/*
 * engine/purge: work side by side.  What is reported is the same for any
 * number of workers, whoever is faster.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/purge/workers.h"
#include "tests/suites.h"

#define GROUPS 5
#define PARTS  6

struct notes {
	pthread_mutex_t mutex;
	int parts; /* of each group */
	int begun[GROUPS];
	int done[GROUPS]; /* parts */
	int ended[GROUPS];
	size_t workers; /* the highest number */
	int busy[9];    /* by worker: it is at something */
	/* fail where these are, or nowhere: -1 */
	int bad_begin, bad_group, bad_part, bad_end;
};

static void pause_ms(long ms)
{
	struct timespec ts = { 0, ms * 1000000 };

	(void)nanosleep(&ts, NULL);
}

static void enter(struct notes *n, size_t worker)
{
	(void)pthread_mutex_lock(&n->mutex);
	MUST(worker < 9 && !n->busy[worker], "one thing at a time");
	n->busy[worker] = 1;
	if (worker > n->workers)
		n->workers = worker;
}

static void leave(struct notes *n, size_t worker)
{
	n->busy[worker] = 0;
	(void)pthread_mutex_unlock(&n->mutex);
}

static enum status begin(void *ctx, size_t worker, size_t group, size_t *parts)
{
	struct notes *n = ctx;

	enter(n, worker);
	n->begun[group]++;
	leave(n, worker);
	*parts = (size_t)n->parts;
	if (n->bad_begin == (int)group) {
		*parts = 0;
		return fail(ST_BUSY, "begin %zu", group);
	}
	return ST_OK;
}

/* Later parts are faster, so that luck would report them. */
static enum status part(void *ctx, size_t worker, size_t group, size_t i)
{
	struct notes *n = ctx;

	pause_ms((long)(PARTS - i));
	enter(n, worker);
	MUST(n->begun[group] == 1 && !n->ended[group], "in its time");
	n->done[group]++;
	leave(n, worker);
	if (n->bad_group <= (int)group && n->bad_group >= 0 &&
	    (int)i >= n->bad_part)
		return fail(ST_CONFLICT, "part %zu of %zu", i, group);
	return ST_OK;
}

static enum status end(void *ctx, size_t worker, size_t group)
{
	struct notes *n = ctx;

	enter(n, worker);
	MUST(n->done[group] == n->parts, "all parts come before the end");
	n->ended[group]++;
	leave(n, worker);
	return n->bad_end == (int)group ? fail(ST_FULL, "end %zu", group)
					: ST_OK;
}

static void notes_init(struct notes *n, int parts)
{
	memset(n, 0, sizeof(*n));
	ck_assert_int_eq(pthread_mutex_init(&n->mutex, NULL), 0);
	n->parts = parts;
	n->bad_begin = n->bad_group = n->bad_end = -1;
}

static enum status run(struct notes *n, size_t jobs)
{
	struct work w = { GROUPS, begin, part, end, n };
	enum status st = workers_do(&w, jobs);

	ck_assert_int_eq(pthread_mutex_destroy(&n->mutex), 0);
	ck_assert_uint_lt(n->workers, jobs);
	return st;
}

START_TEST(everything_is_done_once)
{
	struct notes n;
	int parts, i;

	for (parts = 0; parts <= PARTS; parts += PARTS) {
		notes_init(&n, parts);
		ck_assert_int_eq(run(&n, (size_t)_i), ST_OK);
		for (i = 0; i < GROUPS; i++) {
			ck_assert_int_eq(n.begun[i], 1);
			ck_assert_int_eq(n.done[i], parts);
			ck_assert_int_eq(n.ended[i], 1);
		}
	}
}
END_TEST

START_TEST(the_first_failure_is_told_first_and_the_others_behind_it)
{
	struct notes n;
	int i;

	notes_init(&n, PARTS);
	n.bad_begin = 1;
	n.bad_group = 2; /* and 3 and 4: from part 2 on */
	n.bad_part = 2;
	ck_assert_int_eq(run(&n, (size_t)_i), ST_BUSY);
	ck_assert_str_eq(status_text(),
	    "begin 1; and part 2 of 2; and part 2 of 3; and part 2 of 4");
	ck_assert_int_eq(n.ended[0], 1);
	for (i = 1; i < GROUPS; i++) {
		ck_assert_int_eq(n.begun[i], 1);
		ck_assert_int_eq(n.ended[i], 0);
	}
}
END_TEST

START_TEST(an_end_that_fails_is_told_too)
{
	struct notes n;

	notes_init(&n, 0);
	n.bad_end = 3;
	ck_assert_int_eq(run(&n, (size_t)_i), ST_FULL);
	ck_assert_str_eq(status_text(), "end 3");
	ck_assert_int_eq(n.ended[4], 1);
}
END_TEST

/* Group 0 sleeps until all others have ended: two workers are enough. */
static enum status slow_begin(
    void *ctx, size_t worker, size_t group, size_t *parts)
{
	struct notes *n = ctx;
	int others = 0, i, tries;

	(void)worker;
	*parts = 0;
	for (tries = 0; group == 0 && others < GROUPS - 1; tries++) {
		MUST(tries < 10000, "the others wait for the slow one");
		pause_ms(1);
		(void)pthread_mutex_lock(&n->mutex);
		for (others = 0, i = 1; i < GROUPS; i++)
			others += n->ended[i];
		(void)pthread_mutex_unlock(&n->mutex);
	}
	return ST_OK;
}

START_TEST(a_slow_group_holds_no_other_up)
{
	struct notes n;
	struct work w = { GROUPS, slow_begin, NULL, end, &n };

	notes_init(&n, 0);
	ck_assert_int_eq(workers_do(&w, 2), ST_OK);
	ck_assert_int_eq(n.ended[0], 1);
	ck_assert_int_eq(pthread_mutex_destroy(&n.mutex), 0);
}
END_TEST

START_TEST(nothing_to_do_is_done)
{
	struct work w = { 0, begin, part, end, NULL };

	ck_assert_int_eq(workers_do(&w, 3), ST_OK);
}
END_TEST

Suite *workers_suite(void)
{
	Suite *s = suite_create("workers");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, everything_is_done_once, 1, 9);
	tcase_add_loop_test(
	    t, the_first_failure_is_told_first_and_the_others_behind_it, 1, 9);
	tcase_add_loop_test(t, an_end_that_fails_is_told_too, 1, 5);
	tcase_add_test(t, a_slow_group_holds_no_other_up);
	tcase_add_test(t, nothing_to_do_is_done);
	suite_add_tcase(s, t);
	return s;
}
