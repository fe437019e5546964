/* How an installation stands: its stores' plan, and its last runs. */
#include "engine/purge/overview.h"

#include <string.h>

#include "engine/holds/holds.h"
#include "engine/plan/plan.h"
#include "engine/plan/unreachable.h"
#include "engine/purge/clock.h"
#include "engine/purge/plans.h"
#include "engine/purge/stop.h"

static enum status collection_json(const struct plan_item *p, json_t *list)
{
	json_t *one = NULL;
	enum status st;

	st = json_make(&one,
	    "{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "collection",
	    p->rule->collection->name, "cluster", p->rule->terms.cluster->name,
	    "records", (json_int_t)p->records, "due", (json_int_t)p->due,
	    "overdue", (json_int_t)p->overdue, "held", (json_int_t)p->held,
	    "restricted", (json_int_t)p->restricted, "undecided",
	    (json_int_t)p->undecided, "active", (json_int_t)p->active, "retain",
	    (json_int_t)p->retain);
	return st == ST_OK ? json_push(list, one) : st;
}

static enum status stores_json(
    const struct installation *in, const struct plan *p, json_t *stores)
{
	enum status st = ST_OK;
	json_t *one = NULL;
	size_t i, k;

	for (i = 0; st == ST_OK && i < in->store_count; i++) {
		const struct installation_store *s = &in->stores[i];

		st = json_make(&one, "{s:s, s:[]}", "store", s->config->name,
		    "collections");
		if (st == ST_OK)
			st = json_push(stores, one);
		for (k = 0; st == ST_OK && k < p->count; k++) {
			if (p->items[k].rule->store == s)
				st = collection_json(&p->items[k],
				    json_object_get(one, "collections"));
		}
	}
	return st;
}

static enum status run_json(struct stmt *s, json_t *list)
{
	char started[INSTANT_TEXT], finished[INSTANT_TEXT];
	json_t *one = NULL;
	int ended = db_val(s, 2).type == VAL_INT;
	enum status st;

	civil_format_instant(db_int(s, 1), started);
	civil_format_instant(db_int(s, 2), finished);
	st = json_make(&one, "{s:s, s:s, s:s?, s:I}", "run", db_text(s, 0),
	    "started_at", started, "finished_at", ended ? finished : NULL,
	    "records", (json_int_t)db_int(s, 3));
	if (st == ST_OK)
		st = json_put(one, "exit_code",
		    ended ? json_integer(db_int(s, 4)) : json_null());
	return st == ST_OK ? json_push(list, one) : st;
}

static enum status runs_json(struct installation *in, json_t *list)
{
	struct stmt *s = NULL;
	enum status st;

	if ((st = installation_open_control(in)) != ST_OK)
		return st;
	st = db_query(in->control,
	    "SELECT id, started_at, finished_at, records, exit_code FROM run"
	    " ORDER BY started_at DESC, id DESC LIMIT 5",
	    NOARGS, &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = run_json(s, list);
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status put_stopped(struct installation *in, json_t *o)
{
	json_t *stopped = NULL;
	enum status st = stop_read(in, &stopped);

	if (st != ST_OK)
		return st;
	return json_put(o, "stopped", stopped ? stopped : json_null());
}

static enum status put_waiting(struct installation *in, json_t *o)
{
	json_t *all = NULL, *waiting = json_array();
	const json_t *plan;
	enum status st;
	size_t i;

	st = waiting ? ST_OK : fail(ST_NOMEM, "out of memory");
	if (st == ST_OK)
		st = plans_list_json(in, &all);
	json_array_foreach(json_object_get(all, "plans"), i, plan)
	{
		if (st == ST_OK &&
		    strcmp(json_text(plan, "state"), "waiting") == 0)
			st = json_push(
			    waiting, json_string(json_text(plan, "id")));
	}
	if (st == ST_OK)
		st = json_put(o, "plans_waiting", json_incref(waiting));
	json_decref(all);
	json_decref(waiting);
	return st;
}

static enum status put_clock(struct installation *in, json_t *o)
{
	char text[INSTANT_TEXT];
	int64_t seen = 0;
	enum status st = clock_read(in->control, &seen);

	if (st != ST_OK)
		return st;
	civil_format_instant(seen, text);
	return json_put(
	    o, "clock", seen == CLOCK_NEVER ? json_null() : json_string(text));
}

/* What holds the next run back. */
static enum status put_brakes(struct installation *in, json_t *o)
{
	enum status st = put_stopped(in, o);

	if (st == ST_OK)
		st = put_waiting(in, o);
	return st == ST_OK ? put_clock(in, o) : st;
}

enum status overview_json(struct installation *in, int64_t as_of, json_t **out)
{
	json_t *stores = json_array(), *runs = json_array();
	json_t *suspensions = NULL;
	char text[INSTANT_TEXT];
	struct schedule s;
	struct plan p = { .items = NULL };
	enum status st;

	st = schedule_init_reachable(&s, in, NULL, &in->diag);
	if (st != ST_OK)
		goto out;
	st = plan_init(&p, &s, as_of, NULL, PLAN_ALL);
	if (st == ST_OK && (stores == NULL || runs == NULL))
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_OK)
		st = unreachable_join(p.unreachable, s.unreachable);
	if (st == ST_OK)
		st = stores_json(in, &p, stores);
	if (st == ST_OK)
		st = runs_json(in, runs);
	if (st == ST_OK)
		st = holds_summary(in, as_of, &suspensions);
	civil_format_instant(as_of, text);
	if (st == ST_OK)
		st = json_make(out,
		    "{s:s, s:s, s:O, s:O, s:I, s:I, s:I, s:I, s:O, s:O}",
		    "installation", in->config.installation, "as_of", text,
		    "stores", stores, "runs", runs, "due",
		    (json_int_t)plan_due(&p), "overdue",
		    (json_int_t)plan_overdue(&p), "undecided",
		    (json_int_t)plan_undecided(&p), "unmapped",
		    (json_int_t)s.unmapped_count, "suspensions", suspensions,
		    "unreachable", p.unreachable);
	if (st == ST_OK && (st = put_brakes(in, *out)) != ST_OK) {
		json_decref(*out);
		*out = NULL;
	}
	plan_release(&p);
	schedule_release(&s);
out:
	json_decref(stores);
	json_decref(runs);
	json_decref(suspensions);
	return st;
}
