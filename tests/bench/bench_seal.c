/*
 * What a run's seals cost.  Usage: bench_seal LETHE_YML ROWS; the installation
 * has one store, `tele`, with ROWS positions.  Seals it, then again and again
 * changes 1,000 records all over the store, compares it with its seal as a run
 * does at its start, and seals it as one does at its end.  Prints the medians
 * of 9 as one JSON object, in seconds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "engine/installation/seals.h"

#define RUNS    9
#define CHANGES 1000

static void must(enum status st, const char *what)
{
	if (st == ST_OK)
		return;
	(void)fprintf(stderr, "bench_seal: %s: %s\n", what, status_text());
	exit(1);
}

static double seconds(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Seconds of wall clock and CPU, of each turn. */
struct times {
	double wall[RUNS];
	double cpu[RUNS];
};

static void start(struct times *t, int i)
{
	t->wall[i] = -seconds(CLOCK_MONOTONIC);
	t->cpu[i] = -seconds(CLOCK_PROCESS_CPUTIME_ID);
}

static void stop(struct times *t, int i)
{
	t->wall[i] += seconds(CLOCK_MONOTONIC);
	t->cpu[i] += seconds(CLOCK_PROCESS_CPUTIME_ID);
}

static void print(const char *name, struct times *t, const char *end)
{
	qsort(t->wall, RUNS, sizeof(*t->wall), by_size);
	qsort(t->cpu, RUNS, sizeof(*t->cpu), by_size);
	printf("\"%s\": {\"wall\": %.6f, \"cpu\": %.6f}%s", name,
	    t->wall[RUNS / 2], t->cpu[RUNS / 2], end);
}

static void change(struct installation *in, int64_t rows, int turn)
{
	struct db *db = in->stores[0].db;
	int64_t step = rows / CHANGES > 0 ? rows / CHANGES : 1;

	must(db_begin(db, DB_WRITE), "begin");
	for (int64_t i = 1; i <= CHANGES; i++)
		must(db_exec(db,
			 "UPDATE positions SET speed_kmh = speed_kmh + 1"
			 " WHERE id = $1",
			 ARGS(INT(i * step - turn % step))),
		    "change");
	must(db_commit(db), "commit");
}

int main(int argc, char **argv)
{
	struct times check = { 0 }, set = { 0 };
	struct installation in;
	int i;

	if (argc != 3) {
		(void)fputs("usage: bench_seal LETHE_YML ROWS\n", stderr);
		return 2;
	}
	must(installation_load(argv[1], &in), argv[1]);
	must(installation_unlock(&in), "keyring");
	must(installation_open_store(&in, &in.stores[0]), "store");
	must(seals_set(&in, NULL, "first"), "first seal");
	for (i = 0; i < RUNS; i++) {
		change(&in, strtoll(argv[2], NULL, 10), i);
		start(&check, i);
		must(seals_check(&in, NULL, SEALS_MARKS, NULL), "marks");
		must(seals_check(&in, "control", SEALS_LIST, NULL), "control");
		must(seals_check(&in, "tele", SEALS_LIST, NULL), "store");
		stop(&check, i);
		start(&set, i);
		must(seals_set(&in, NULL, "next"), "seal");
		stop(&set, i);
	}
	printf("{");
	print("start", &check, ", ");
	print("end", &set, "}\n");
	installation_release(&in);
	return 0;
}
