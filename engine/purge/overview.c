/* How an installation stands: its stores' plan, and its last runs. */
#include "engine/purge/overview.h"

#include <string.h>

#include "engine/plan/plan.h"

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

enum status overview_json(struct installation *in, int64_t as_of, json_t **out)
{
	json_t *stores = json_array(), *runs = json_array();
	char text[INSTANT_TEXT];
	struct schedule s;
	struct plan p = { .items = NULL };
	enum status st;

	if ((st = schedule_init(&s, in, NULL, &in->diag)) != ST_OK)
		goto out;
	st = plan_init(&p, &s, as_of, NULL, PLAN_ALL);
	if (st == ST_OK && (stores == NULL || runs == NULL))
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_OK)
		st = stores_json(in, &p, stores);
	if (st == ST_OK)
		st = runs_json(in, runs);
	civil_format_instant(as_of, text);
	if (st == ST_OK)
		st = json_make(out, "{s:s, s:s, s:O, s:O, s:I, s:I, s:I, s:I}",
		    "installation", in->config.installation, "as_of", text,
		    "stores", stores, "runs", runs, "due",
		    (json_int_t)plan_due(&p), "overdue",
		    (json_int_t)plan_overdue(&p), "undecided",
		    (json_int_t)plan_undecided(&p), "unmapped",
		    (json_int_t)s.unmapped_count);
	plan_release(&p);
	schedule_release(&s);
out:
	json_decref(stores);
	json_decref(runs);
	return st;
}
