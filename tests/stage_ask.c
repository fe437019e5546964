/* What plan, explain and forecast say of a made-up world. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/plan/explain.h"
#include "engine/plan/forecast.h"
#include "engine/plan/plan.h"
#include "tests/oracle.h"
#include "tests/stage.h"

#define FORECAST_DAYS 35

/* ---- the plan ---- */

struct counts {
	int64_t all, of[ORACLE__MAX];
};

static struct counts count(
    const struct world *w, int collection, int part, int64_t now)
{
	const struct world_collection *c = &w->collections[collection];
	struct counts n;
	size_t i;

	memset(&n, 0, sizeof(n));
	for (i = 0; i < c->count; i++) {
		struct oracle_part p = { collection, part, &c->records[i] };

		if (p.record->gone)
			continue;
		n.all++;
		n.of[oracle_judge(w, &p, now)]++;
	}
	return n;
}

static int64_t due_of(const struct counts *n)
{
	return n->of[ORACLE_DUE] + n->of[ORACLE_OVERDUE];
}

int64_t stage_due(const struct world *w, int collection, int part, int64_t now)
{
	struct counts n = count(w, collection, part, now);

	return due_of(&n);
}

static void check_item(struct stage *s, const struct plan_item *p,
    int collection, int part, int64_t now)
{
	struct counts n = count(s->world, collection, part, now);
	int64_t active = p->active - n.of[ORACLE_ACTIVE];
	int64_t retain = p->retain - n.of[ORACLE_RETAIN];

	MUST(p->records == n.all && p->due == due_of(&n) &&
		 p->overdue == n.of[ORACLE_OVERDUE] &&
		 p->undecided == n.of[ORACLE_UNDECIDED] &&
		 p->held == n.of[ORACLE_HELD] &&
		 p->restricted == n.of[ORACLE_RESTRICTED] && active >= 0 &&
		 retain >= 0 && active + retain == n.of[ORACLE_EITHER],
	    SEED(
		"c%d/%d at %lld: found %lld, due %lld/%lld, undecided %lld, "
		"active %lld, retain %lld, held %lld/%lld; expected %lld, due %lld/%lld, "
		"undecided %lld, active %lld, retain %lld, held %lld/%lld"),
	    HERE(s), collection, part, (long long)now, (long long)p->records,
	    (long long)p->due, (long long)p->overdue, (long long)p->undecided,
	    (long long)p->active, (long long)p->retain, (long long)p->held,
	    (long long)p->restricted, (long long)n.all, (long long)due_of(&n),
	    (long long)n.of[ORACLE_OVERDUE], (long long)n.of[ORACLE_UNDECIDED],
	    (long long)n.of[ORACLE_ACTIVE], (long long)n.of[ORACLE_RETAIN],
	    (long long)n.of[ORACLE_HELD], (long long)n.of[ORACLE_RESTRICTED]);
}

void stage_plan(struct stage *s, int64_t now)
{
	const struct world *w = s->world;
	size_t i, parts = 0;
	struct plan plan;
	int c;

	MUST(plan_init(&plan, &s->schedule, now, NULL, PLAN_ALL) == ST_OK,
	    SEED("%s"), HERE(s), status_text());
	for (c = 0; c < w->collection_count; c++)
		parts += (size_t)w->collections[c].parts;
	MUST(plan.count == parts, SEED("a collection is missing"), HERE(s));
	for (i = 0; i < plan.count; i++) {
		const struct rule *r = plan.items[i].rule;

		c = r->collection->name[1] - '0';
		check_item(s, &plan.items[i], c,
		    stage_part(s, c, atoi(r->terms.cluster->name + 1)), now);
	}
	plan_release(&plan);
}

/* ---- explain ---- */

/* Of one part: ${o} is that of the record, or one of its "parts". */
static void check_explained(
    struct stage *s, const struct oracle_part *p, const json_t *o, int64_t now)
{
	const struct world_collection *c =
	    &s->world->collections[p->collection];
	enum oracle_verdict want = oracle_explain(s->world, p, now);
	const struct rule *r = stage_rule(s, p->collection, p->part);
	const char *found = json_text(o, "verdict");
	char key[32], date[ZONE_TEXT] = "";
	int64_t from = 0;

	world_key_text(c, p->record->key[0], key);
	(void)oracle_clocks(s->world, p, now, &from);
	MUST(want == ORACLE_EITHER || strcmp(found, oracle_name(want)) == 0,
	    SEED("explain %s %s, g%d at %lld: found %s, expected %s"), HERE(s),
	    c->name, key, c->clusters[p->part], (long long)now, found,
	    oracle_name(want));
	if (from != INT64_MIN)
		zone_format(r->terms.calendar.zone, from, date);
	MUST(strcmp(json_text(o, "deletable_from"), date) == 0,
	    SEED("explain %s %s, g%d at %lld: deletable from %s, expected %s"),
	    HERE(s), c->name, key, c->clusters[p->part], (long long)now,
	    json_text(o, "deletable_from"), date);
}

static void check_record(
    struct stage *s, int collection, const struct world_record *r, int64_t now)
{
	const struct world_collection *c = &s->world->collections[collection];
	struct oracle_part p = { collection, 0, r };
	const json_t *parts, *one;
	char k1[32], k2[32];
	const char *const key[] = { k1, k2 };
	json_t *o = NULL;
	size_t i;

	world_key_text(c, r->key[0], k1);
	world_key_text(c, r->key[1], k2);
	MUST(explain_json(&s->schedule, world_store_name(c->store), c->name,
		 key, c->has[COLUMN_K2] ? 2 : 1, now, &o) == ST_OK,
	    SEED("explain %s %s at %lld (expected %s): %s"), HERE(s), c->name,
	    k1, (long long)now, oracle_name(oracle_judge(s->world, &p, now)),
	    status_text());
	check_explained(s, &p, o, now);
	parts = json_object_get(o, "parts");
	MUST(json_array_size(parts) + 1 == (size_t)c->parts,
	    SEED("explain %s: %zu parts"), HERE(s), c->name,
	    json_array_size(parts) + 1);
	json_array_foreach(parts, i, one)
	{
		p.part = stage_part(
		    s, collection, atoi(json_text(one, "cluster") + 1));
		check_explained(s, &p, one, now);
	}
	json_decref(o);
}

static void check_explain(struct stage *s, int64_t now)
{
	struct world *w = s->world;
	int i;

	for (i = 0; i < 40; i++) {
		int number = (int)world_roll(w, w->collection_count);
		const struct world_collection *c = &w->collections[number];
		const struct world_record *r =
		    &c->records[world_roll(w, (int64_t)c->count)];

		if (!r->gone)
			check_record(s, number, r, now);
	}
}

/* ---- forecast ---- */

/* How many are due in ${plan}, and not in ${before}. */
static int64_t due_in(
    const struct oracle_plan *plan, const struct oracle_plan *before)
{
	int64_t sum = 0;
	int c, part, i;

	for (c = 0; c < WORLD_COLLECTIONS; c++)
		for (part = 0; part < WORLD_PARTS; part++)
			for (i = 0; i < WORLD_RECORDS; i++)
				sum += plan->due[c][part][i] &&
				       !before->due[c][part][i];
	return sum;
}

static void check_days(
    struct stage *s, const json_t *o, int cluster, int64_t now)
{
	const struct world *w = s->world;
	enum world_zone zone = w->policies[w->clusters[cluster].policy].zone;
	int64_t day = oracle_local_day(zone, now), y, m, d, due, added;
	const json_t *days = json_object_get(o, "days"), *one;
	struct oracle_plan plans[2];
	size_t at = 0;
	char date[40];
	int i;

	memset(&plans[1], 0, sizeof(plans[1]));
	oracle_plan(w, cluster, now, &plans[0]);
	due = due_in(&plans[0], &plans[1]);
	MUST(json_int(o, "due_now") == due,
	    SEED("forecast g%d: due now %lld, expected %lld"), HERE(s), cluster,
	    json_int(o, "due_now"), (long long)due);
	for (i = 0; i < FORECAST_DAYS; i++) {
		/* what a run in the last second of that day would find */
		oracle_plan(w, cluster, oracle_midnight(zone, day + i + 1) - 1,
		    &plans[(i + 1) % 2]);
		added = due_in(&plans[(i + 1) % 2], &plans[i % 2]);
		if (added == 0)
			continue;
		oracle_civil(day + i, &y, &m, &d);
		(void)snprintf(date, sizeof(date), "%04d-%02d-%02d", (int)y,
		    (int)m, (int)d);
		one = json_array_get(days, at++);
		MUST(strcmp(json_text(one, "date"), date) == 0 &&
			 json_int(one, "records") == added,
		    SEED("forecast g%d: %s has %lld, expected %s with %lld"),
		    HERE(s), cluster, json_text(one, "date"),
		    json_int(one, "records"), date, (long long)added);
	}
	MUST(at == json_array_size(days), SEED("forecast g%d: days too many"),
	    HERE(s), cluster);
}

static void check_forecast(struct stage *s, int64_t now)
{
	const json_t *o;
	json_t *all = NULL;
	size_t i;

	MUST(forecast_json(&s->schedule, now, FORECAST_DAYS, NULL, &all) ==
		 ST_OK,
	    SEED("%s"), HERE(s), status_text());
	json_array_foreach(json_object_get(all, "clusters"), i, o)
	{
		int cluster = atoi(json_text(o, "cluster") + 1);

		check_days(s, o, cluster, now);
	}
	json_decref(all);
}

void stage_ask(struct stage *s, int64_t now)
{
	stage_plan(s, now);
	check_explain(s, now);
	check_forecast(s, now);
}
