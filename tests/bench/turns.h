#ifndef BENCH_TURNS_H
#define BENCH_TURNS_H

#include "engine/base/status.h"

/* Something done again and again, for the programs that bench.py runs. */
#define TURNS 9
struct turns { /* seconds of wall clock and CPU, of each turn */
	double wall[TURNS];
	double cpu[TURNS];
};
void turn_begin(struct turns *t, int turn);
void turn_end(struct turns *t, int turn);
/* "NAME": {"wall", "cpu"}: the medians; then ${end}. */
void turns_print(const char *name, struct turns *t, const char *end);

/* Or say what went wrong, and exit. */
void must(enum status st, const char *what);

#endif /* !BENCH_TURNS_H */
