/*
 * A store that is cut into segments does what one that is not does: made-up
 * records, new ones, replaced ones, held ones, judged, counted, forecast, found
 * and purged at rising instants in both.
 *
 * Guards invariants 1 and 2 (never early, never silent: the same records go at
 * the same instants, whole or one by one) and 4 (one answer).
 *
 * LETHE_ROUNDS=100 for more rounds; a failure names its seed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/base/civil.h"
#include "engine/plan/forecast.h"
#include "engine/plan/plan.h"
#include "engine/plan/reach.h"
#include "tests/cut.h"
#include "tests/suites.h"

static struct cut_site cut, plain;

static unsigned int dice_state;

static unsigned int dice(unsigned int n)
{
	dice_state = dice_state * 1664525u + 1013904223u;
	return (dice_state >> 8) % n;
}

static void add_time(struct buf *b)
{
	int32_t day = 20454 + (int32_t)dice(60); /* from 2026-01-01 on */
	char text[INSTANT_TEXT];

	switch (dice(12)) {
	case 0: break;
	case 1: buf_adds(b, "1850-01-01"); break;
	case 2:
	case 3:
	case 4:
		civil_format(day, text);
		buf_adds(b, text);
		break;
	default:
		civil_format_instant(
		    (int64_t)day * CIVIL_DAY_SECONDS + 3600 * (int)dice(24),
		    text);
		buf_adds(b, text);
	}
}

static void both(const char *collection, const struct buf *csv,
    enum cut_mode mode, unsigned int seed)
{
	enum status a = cut_site_ingest(&cut, collection, buf_text(csv), mode);
	enum status b =
	    cut_site_ingest(&plain, collection, buf_text(csv), mode);

	MUST(a == b, "seed %u: %s: %d cut, %d plain: %s", seed, collection, a,
	    b, status_text());
}

static void ingest_some(unsigned int seed, int first)
{
	struct buf csv = BUF_INIT;

	buf_adds(&csv, "id,vin,at\n");
	for (int i = 0; i < 60; i++) {
		/* Keys that do not rise with time. */
		buf_addf(&csv, "%06u,V%u,",
		    ((unsigned int)(first + i) * 7919u) % 1000003u, dice(5));
		add_time(&csv);
		buf_addc(&csv, '\n');
	}
	both("positions", &csv, CUT_INSERT, seed);
	buf_clear(&csv);
	buf_adds(&csv, "id,vin,at\n");
	for (int i = 0; i < 25; i++) {
		buf_addf(&csv, "%06u,V%u,",
		    ((unsigned int)dice((unsigned int)first + 60) * 7919u) %
			1000003u,
		    dice(5));
		add_time(&csv);
		buf_addc(&csv, '\n');
	}
	both("positions", &csv, CUT_UPSERT, seed);
	/* Twice the same keys is refused by both, with nothing kept. */
	both("positions", &csv, CUT_INSERT, seed);
	buf_clear(&csv);
	buf_adds(&csv, "id,began\n");
	for (int i = 0; i < 20; i++) {
		char day[CIVIL_TEXT];

		civil_format(20454 + (int32_t)dice(60), day);
		buf_addf(&csv, "%d,%s\n", first + i, day);
	}
	both("trips", &csv, CUT_INSERT, seed);
	buf_release(&csv);
}

static void compare_dumps(unsigned int seed)
{
	static const char *const names[] = { "positions", "trips", "notes" };

	for (size_t i = 0; i < 3; i++) {
		char *a = cut_site_dump(&cut, names[i]);
		char *b = cut_site_dump(&plain, names[i]);

		MUST(strcmp(a, b) == 0, "seed %u: %s: cut:\n%s\nplain:\n%s",
		    seed, names[i], a, b);
		free(a);
		free(b);
	}
}

static json_t *ask(struct cut_site *s, int64_t now, int what)
{
	struct reach_subject who = { "vin", "V1" };
	struct schedule schedule;
	struct plan plan;
	json_t *out = json_array(), *one = NULL;

	MUST(schedule_init(&schedule, &s->in, NULL, &s->in.diag) == ST_OK, "%s",
	    status_text());
	if (what == 0) {
		MUST(plan_init(&plan, &schedule, now, NULL, PLAN_ALL) == ST_OK,
		    "%s", status_text());
		for (size_t i = 0; i < plan.count; i++) {
			const struct plan_item *p = &plan.items[i];

			(void)json_array_append_new(out,
			    json_pack("[s,I,I,I,I,I,I]",
				p->rule->collection->name,
				(json_int_t)p->records, (json_int_t)p->due,
				(json_int_t)p->overdue, (json_int_t)p->held,
				(json_int_t)p->undecided,
				(json_int_t)p->retain));
		}
		plan_release(&plan);
	} else if (what == 1) {
		MUST(forecast_json(&schedule, now, 40, NULL, &one) == ST_OK,
		    "%s", status_text());
		(void)json_array_append_new(out, one);
	} else {
		MUST(reach_json(&s->in, &who, &one) == ST_OK, "%s",
		    status_text());
		/* How many, in whatever order. */
		one = json_incref(
		    json_array_get(json_object_get(one, "collections"), 0));
		(void)json_array_append_new(
		    out, json_integer(one ? json_int(one, "records") : 0));
	}
	schedule_release(&schedule);
	return out;
}

static void compare_answers(unsigned int seed, int64_t now)
{
	for (int what = 0; what < 3; what++) {
		json_t *a = ask(&cut, now, what), *b = ask(&plain, now, what);

		MUST(json_equal(a, b), "seed %u: question %d:\n%s\n%s", seed,
		    what, json_dumps(a, 0), json_dumps(b, 0));
		json_decref(a);
		json_decref(b);
	}
}

static void compare_purges(unsigned int seed, int64_t now)
{
	static const char *const members[] = { "deleted", "held", "undecided",
		"due", "overdue", "waiting" };
	char as_of[INSTANT_TEXT];
	json_t *a, *b;

	civil_format_instant(now, as_of);
	a = cut_site_purge(&cut, as_of);
	b = cut_site_purge(&plain, as_of);
	for (size_t i = 0; i < 6; i++) {
		MUST(cut_site_number(a, "positions", members[i]) ==
			 cut_site_number(b, "positions", members[i]),
		    "seed %u: %s of positions", seed, members[i]);
		MUST(cut_site_number(a, "trips", members[i]) ==
			 cut_site_number(b, "trips", members[i]),
		    "seed %u: %s of trips", seed, members[i]);
	}
	MUST(json_is_true(json_object_get(a, "verified")), "seed %u", seed);
	json_decref(a);
	json_decref(b);
}

static void one_round(unsigned int seed)
{
	static const char *const every[] = { "P1D", "P1W", "P1M" };
	int64_t now = (int64_t)20454 * CIVIL_DAY_SECONDS;
	char held[24], also[24], key[8];

	dice_state = seed;
	cut_site_init(&cut, every[seed % 3]);
	cut_site_init(&plain, NULL);
	for (int step = 0; step < 6; step++) {
		ingest_some(seed, step * 60);
		if (step == 1) {
			(void)snprintf(key, sizeof(key), "%06u",
			    (dice(100) * 7919u) % 1000003u);
			cut_site_hold(&cut, key, held);
			cut_site_hold(&plain, key, also);
		}
		if (step == 4) {
			cut_site_let_go(&cut, held);
			cut_site_let_go(&plain, also);
		}
		compare_dumps(seed);
		now += (int64_t)(15 + dice(12)) * CIVIL_DAY_SECONDS +
		       3600 * (int)dice(24);
		compare_answers(seed, now);
		compare_purges(seed, now);
		compare_dumps(seed);
	}
	cut_site_check(&cut);
	cut_site_release(&cut);
	cut_site_release(&plain);
}

START_TEST(a_store_that_is_cut_does_what_another_does)
{
	const char *rounds = getenv("LETHE_ROUNDS");
	unsigned int n = rounds ? (unsigned int)atoi(rounds) : 6;

	for (unsigned int seed = 1; seed <= n; seed++)
		one_round(seed);
}
END_TEST

Suite *cut_suite(void)
{
	Suite *s = suite_create("cut");
	TCase *t = tcase_create("cut");

	tcase_set_timeout(t, 300);
	tcase_add_test(t, a_store_that_is_cut_does_what_another_does);
	suite_add_tcase(s, t);
	return s;
}
