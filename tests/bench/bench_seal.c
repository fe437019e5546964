/*
 * What a run's seals cost.  Usage: bench_seal LETHE_YML ROWS; the installation
 * has one store, `tele`, with ROWS positions.  Seals it, then again and again
 * changes 1,000 records all over the store, compares it with its seal as a run
 * does at its start, and seals it as one does at its end.  Prints the medians
 * of 9 as one JSON object, in seconds.
 */
#include <stdio.h>
#include <stdlib.h>

#include "engine/installation/seals.h"
#include "tests/bench/turns.h"

#define CHANGES 1000

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
	struct turns check = { 0 }, set = { 0 };
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
	for (i = 0; i < TURNS; i++) {
		change(&in, strtoll(argv[2], NULL, 10), i);
		turn_begin(&check, i);
		must(seals_check(&in, NULL, SEALS_MARKS, NULL), "marks");
		must(seals_check(&in, "control", SEALS_LIST, NULL), "control");
		must(seals_check(&in, "tele", SEALS_LIST, NULL), "store");
		turn_end(&check, i);
		turn_begin(&set, i);
		must(seals_set(&in, NULL, "next"), "seal");
		turn_end(&set, i);
	}
	printf("{");
	turns_print("start", &check, ", ");
	turns_print("end", &set, "}\n");
	installation_release(&in);
	return 0;
}
