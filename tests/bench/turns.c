#include "tests/bench/turns.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double seconds(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void turn_begin(struct turns *t, int turn)
{
	t->wall[turn] = -seconds(CLOCK_MONOTONIC);
	t->cpu[turn] = -seconds(CLOCK_PROCESS_CPUTIME_ID);
}

void turn_end(struct turns *t, int turn)
{
	t->wall[turn] += seconds(CLOCK_MONOTONIC);
	t->cpu[turn] += seconds(CLOCK_PROCESS_CPUTIME_ID);
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *list)
{
	qsort(list, TURNS, sizeof(*list), by_size);
	return list[TURNS / 2];
}

void turns_print(const char *name, struct turns *t, const char *end)
{
	printf("\"%s\": {\"wall\": %.6f, \"cpu\": %.6f}%s", name,
	    median(t->wall), median(t->cpu), end);
}

void must(enum status st, const char *what)
{
	if (st == ST_OK)
		return;
	(void)fprintf(stderr, "bench: %s: %s\n", what, status_text());
	exit(1);
}
