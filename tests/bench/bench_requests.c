/*
 * Many requests.  Usage: bench_requests LETHE_YML COUNT; the installation is
 * initialised and has no requests.  Writes COUNT of them, half of them open, a
 * tenth of those suspended, and prints what a list with its due dates and the
 * summary took, the median of 9, as one JSON object.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/rights/list.h"
#include "tests/bench/turns.h"

/* Received over the last 400 days. */
static void fill(struct installation *in, int64_t count, int64_t now)
{
	must(db_begin(in->control, DB_WRITE), "begin");
	must(db_exec(in->control,
		 "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL"
		 " SELECT i + 1 FROM n WHERE i < $1)"
		 " INSERT INTO request (number, id, type, state, law, channel,"
		 " received_at, received_day, closed_day) SELECT i,"
		 " 'Q-20260101-' || i, CASE i % 3 WHEN 0 THEN 'erasure'"
		 " ELSE 'access' END, CASE i % 2 WHEN 0 THEN 'withdrawn'"
		 " ELSE 'received' END, CASE i % 5 WHEN 0 THEN 'both'"
		 " ELSE 'gdpr' END, 'email', $2 - i % 400 * 86400,"
		 " $2 / 86400 - i % 400, CASE i % 2 WHEN 0"
		 " THEN $2 / 86400 END FROM n",
		 ARGS(INT(count), INT(now))),
	    "requests");
	must(db_exec(in->control,
		 "INSERT INTO request_person (request, identity, value, words)"
		 " SELECT number, 'customer_id', 'C' || number,"
		 " 'Please send me everything that you hold about me.'"
		 " FROM request",
		 NOARGS),
	    "people");
	must(db_exec(in->control,
		 "INSERT INTO request_stop (request, number, kind, asked_day)"
		 " SELECT number, 0, 'identity', received_day + 1 FROM request"
		 " WHERE number % 20 = 1",
		 NOARGS),
	    "stops");
	must(db_commit(in->control), "commit");
}

static enum status list_page(struct installation *in, int64_t now, json_t **out)
{
	static const struct list_filter f = { .which = LIST_ALL, .limit = 50 };

	return list_json(in, &f, now, out);
}

static void measure(struct installation *in, int64_t now,
    enum status (*what)(struct installation *, int64_t, json_t **),
    struct turns *out)
{
	json_t *o = NULL;

	for (int i = 0; i < TURNS; i++) {
		turn_begin(out, i);
		must(what(in, now, &o), "list");
		turn_end(out, i);
		json_decref(o);
	}
}

int main(int argc, char **argv)
{
	struct installation in;
	int64_t now = when_now();
	struct turns list = { 0 }, summary = { 0 };

	if (argc != 3) {
		(void)fputs("usage: bench_requests LETHE_YML COUNT\n", stderr);
		return 2;
	}
	must(installation_load(argv[1], &in), argv[1]);
	must(installation_unlock(&in), "keyring");
	must(installation_open_control(&in), "control");
	fill(&in, strtoll(argv[2], NULL, 10), now);
	measure(&in, now, list_page, &list);
	measure(&in, now, list_summary, &summary);
	printf("{");
	turns_print("list", &list, ", ");
	turns_print("summary", &summary, "}\n");
	installation_release(&in);
	return 0;
}
