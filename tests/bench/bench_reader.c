/*
 * A reader beside a purge: bench_reader LETHE.YML STORE TABLE KEYS.  Reads
 * records by their key (1 to KEYS, in an order of its own), one after the
 * other with a millisecond between them, until its input ends; then prints how
 * many there were, and how long the median and the 99th percentile took, in
 * milliseconds, as one JSON object.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "engine/installation/installation.h"

static void must(enum status st)
{
	if (st == ST_OK)
		return;
	(void)fprintf(stderr, "bench_reader: %s\n", status_text());
	exit(1);
}

static double now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

static int has_ended(void)
{
	struct pollfd in = { STDIN_FILENO, POLLIN, 0 };
	char c;

	return poll(&in, 1, 1) > 0 && read(STDIN_FILENO, &c, 1) <= 0;
}

static double read_one(struct db *db, const char *table, int64_t key)
{
	struct sql q = SQL_INIT;
	struct stmt *s = NULL;
	enum status st;
	double start;

	sql_add(&q, "SELECT * FROM ");
	sql_name(&q, table);
	sql_add(&q, " WHERE id = ");
	sql_bind_int(&q, key);
	start = now_ms();
	must(db_query_sql(db, &q, &s));
	st = db_row(s);
	must(st == ST_NOTFOUND ? ST_OK : st);
	db_done(s);
	start = now_ms() - start;
	sql_release(&q);
	return start;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	struct installation_store *store = NULL;
	struct installation in;
	int64_t keys, key = 0;
	size_t n = 0, size = 1000000;
	double *took = calloc(size, sizeof(*took));

	if (argc != 5 || took == NULL)
		return 2;
	keys = atoll(argv[4]);
	must(installation_load(argv[1], &in));
	must(installation_unlock(&in));
	must(installation_find_store(&in, argv[2], &store));
	must(installation_open_store(&in, store));
	while (n < size && !has_ended()) {
		key = (key + 7919) % keys;
		took[n++] = read_one(store->db, argv[3], key + 1);
	}
	if (n == 0)
		return 1;
	qsort(took, n, sizeof(*took), compare);
	printf("{\"reads\": %zu, \"median\": %.3f, \"p99\": %.3f}\n", n,
	    took[n / 2], took[n - 1 - n / 100]);
	installation_release(&in);
	free(took);
	return 0;
}
