/* What stops a run. */
#include "engine/purge/brakes.h"

#include <string.h>

#include "engine/plan/rule_hash.h"
#include "engine/purge/clock.h"
#include "engine/purge/plan_json.h"

#define NAMES 5 /* of what a sentence names one by one */

/* ---- asking ---- */

static enum status check_clock(
    struct installation *in, int64_t now, json_t *stops)
{
	char seen_text[INSTANT_TEXT], now_text[INSTANT_TEXT];
	json_t *one = NULL;
	int64_t seen = 0;
	enum status st;

	st = clock_read(in->control, &seen);
	if (st != ST_OK || !clock_jumped(seen, now))
		return st;
	civil_format_instant(seen, seen_text);
	civil_format_instant(now, now_text);
	st = json_make(&one, "{s:s, s:s, s:s}", "brake", "clock", "seen",
	    seen_text, "now", now_text);
	return st == ST_OK ? json_push(stops, one) : st;
}

/* ${*known} 1: the rule is the one that was approved. */
static enum status is_approved(struct installation *in, const struct rule *r,
    const char *hash, int64_t *known)
{
	return db_one_int(in->control,
	    "SELECT 1 FROM approved_rule WHERE store = $1 AND collection = $2"
	    " AND cluster = $3 AND hash = $4",
	    ARGS(TEXT(r->store->config->name), TEXT(r->collection->name),
		TEXT(r->terms.cluster->name), TEXT(hash)),
	    0, known);
}

static enum status check_rule(
    struct installation *in, const struct rule *r, json_t *stops)
{
	char hash[RULE_HASH_TEXT];
	json_t *one = NULL;
	int64_t known = 0;
	enum status st;

	if (in->config.purge.approvals == 0 || r->terms.cluster->unlimited)
		return ST_OK;
	st = rule_hash(r, hash);
	if (st == ST_OK)
		st = is_approved(in, r, hash, &known);
	if (st != ST_OK || known)
		return st;
	st = json_make(&one, "{s:s, s:s, s:s, s:s, s:s}", "brake", "rule",
	    "cluster", r->terms.cluster->name, "store", r->store->config->name,
	    "collection", r->collection->name, "rule", hash);
	return st == ST_OK ? json_push(stops, one) : st;
}

static enum status check_share(const struct installation *in,
    const struct plan_item *p, int64_t most, json_t *stops)
{
	int64_t due = p->due < most ? p->due : most;
	const struct rule *r = p->rule;
	json_t *one = NULL;
	enum status st;

	if (p->records < BRAKES_LEAST_RECORDS ||
	    (double)due <= in->config.purge.max_share * (double)p->records)
		return ST_OK;
	st = json_make(&one, "{s:s, s:s, s:s, s:s, s:I, s:I}", "brake", "share",
	    "cluster", r->terms.cluster->name, "store", r->store->config->name,
	    "collection", r->collection->name, "due", (json_int_t)due,
	    "records", (json_int_t)p->records);
	return st == ST_OK ? json_push(stops, one) : st;
}

enum status brakes_check(struct installation *in, const struct plan *p,
    const int64_t *most, int64_t now, json_t **stops)
{
	json_t *list = json_array();
	enum status st;
	size_t i;

	if (list == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = check_clock(in, now, list);
	for (i = 0; st == ST_OK && i < p->count; i++) {
		st = check_rule(in, p->items[i].rule, list);
		if (st == ST_OK)
			st = check_share(
			    in, &p->items[i], most ? most[i] : INT64_MAX, list);
	}
	if (st == ST_OK)
		*stops = list;
	else
		json_decref(list);
	return st;
}

/* ---- lifting ---- */

static int is(const json_t *stop, const char *brake)
{
	return strcmp(json_text(stop, "brake"), brake) == 0;
}

int brakes_have_clock(const json_t *stops)
{
	const json_t *stop;
	size_t i;

	json_array_foreach(stops, i, stop)
	{
		if (is(stop, "clock"))
			return 1;
	}
	return 0;
}

static int lifts(const json_t *body, const json_t *stop)
{
	const json_t *item;

	if (is(stop, "clock"))
		return brakes_have_clock(json_object_get(body, "stopped_by"));
	if (is(stop, "rule"))
		return 1; /* see same_rules() */
	item = plan_json_find(body, json_text(stop, "store"),
	    json_text(stop, "collection"), json_text(stop, "cluster"));
	return json_int(stop, "due") * 10 <= json_int(item, "due") * 11;
}

/* An approval is refused for rules that are no longer those of the plan. */
static enum status same_rules(
    const json_t *body, const struct plan *run, int *yes)
{
	char hash[RULE_HASH_TEXT];
	const json_t *item;
	enum status st;
	size_t i;

	for (i = 0; *yes && i < run->count; i++) {
		item = plan_json_item(body, run->items[i].rule);
		if ((st = rule_hash(run->items[i].rule, hash)) != ST_OK)
			return st;
		*yes = strcmp(json_text(item, "rule"), hash) == 0;
	}
	return ST_OK;
}

enum status brakes_lifts(const struct stored_plan *p, const struct plan *run,
    const json_t *stops, int *yes)
{
	const json_t *stop;
	size_t i;

	*yes = 1;
	if (p->in_file)
		return ST_OK;
	json_array_foreach(stops, i, stop)
	{
		if (!lifts(p->body, stop))
			*yes = 0;
	}
	return same_rules(p->body, run, yes);
}

/* ---- saying ---- */

/* A cluster that covers many collections is one name. */
static int named_before(const json_t *stops, size_t at)
{
	const char *name = json_text(json_array_get(stops, at), "cluster");
	size_t i;

	for (i = 0; i < at; i++) {
		const json_t *stop = json_array_get(stops, i);

		if (is(stop, "rule") &&
		    strcmp(json_text(stop, "cluster"), name) == 0)
			return 1;
	}
	return 0;
}

static void rules_sentence(const json_t *stops, struct buf *out)
{
	const json_t *stop;
	size_t i, n = 0;

	json_array_foreach(stops, i, stop)
	{
		if (!is(stop, "rule") || named_before(stops, i))
			continue;
		if (n++ < NAMES)
			buf_addf(out, "%s%s",
			    n > 1 ? ", " : "new or changed rules: ",
			    json_text(stop, "cluster"));
	}
	if (n > NAMES)
		buf_addf(out, " and %zu more", n - NAMES);
}

void brakes_sentence(const json_t *stops, struct buf *out)
{
	const json_t *stop;
	size_t i, n = 0;

	rules_sentence(stops, out);
	json_array_foreach(stops, i, stop)
	{
		const char *comma = out->len ? "; " : "";

		if (is(stop, "clock"))
			buf_addf(out,
			    "%sthe clock says %s and the last run saw %s",
			    comma, json_text(stop, "now"),
			    json_text(stop, "seen"));
		else if (is(stop, "share") && n++ < NAMES)
			buf_addf(out,
			    "%s%lld of the %lld records of %s.%s would go",
			    comma, json_int(stop, "due"),
			    json_int(stop, "records"), json_text(stop, "store"),
			    json_text(stop, "collection"));
	}
}
