/* A rule as people approve it: canonical JSON, hashed. */
#include "engine/plan/rule_hash.h"

#include <stdlib.h>
#include <string.h>

#include "engine/crypto/hash.h"

static enum status strings_json(
    const char *const *list, size_t count, json_t **out)
{
	enum status st = ST_OK;
	json_t *array;
	size_t i;

	if ((array = json_array()) == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; st == ST_OK && i < count; i++)
		st = json_push(array, json_string(list[i]));
	if (st == ST_OK)
		*out = array;
	else
		json_decref(array);
	return st;
}

/* The time for which a step holds; nothing is said of one that always does. */
static enum status intervals_json(const struct path_hop *h, json_t *hop)
{
	json_t *list = json_array(), *one = NULL;
	enum status st = list ? ST_OK : fail(ST_NOMEM, "out of memory");
	size_t i;

	for (i = 0; st == ST_OK && i < h->interval_count; i++) {
		const struct path_interval *v = &h->intervals[i];

		st = json_make(&one, "{s:s, s:s, s:s, s:s}", "at_side",
		    v->at_side == PATH_BEFORE ? "before" : "reached", "at",
		    v->at, "from", v->from, "until", v->until);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	if (st == ST_OK && h->interval_count)
		st = json_put(hop, "intervals", json_incref(list));
	json_decref(list);
	return st;
}

/* Which columns are matched on the way to the starting point. */
static enum status path_json(const struct path *p, json_t *list)
{
	json_t *from = NULL, *to = NULL, *one = NULL;
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < p->count; i++) {
		const struct path_hop *h = &p->hops[i];

		st = strings_json(h->from_columns, h->count, &from);
		if (st == ST_OK)
			st = strings_json(h->to_columns, h->count, &to);
		if (st == ST_OK)
			st = json_make(&one, "{s:s, s:O, s:O}", "to",
			    h->to->name, "from_columns", from, "to_columns",
			    to);
		json_decref(from);
		json_decref(to);
		from = to = NULL;
		if (st == ST_OK)
			st = json_push(list, one);
		if (st == ST_OK)
			st = intervals_json(h, one);
	}
	return st;
}

/* One starting point and the period that runs from it. */
static enum status end_json(const struct policy_starting_point *s,
    struct period period, const struct path *path, json_t *list)
{
	json_t *via = NULL, *hops = json_array(), *one = NULL;
	char text[PERIOD_TEXT];
	enum status st = hops ? ST_OK : fail(ST_NOMEM, "out of memory");

	period_format(period, text);
	if (st == ST_OK)
		st = path_json(path, hops);
	if (st == ST_OK)
		st = strings_json(
		    (const char *const *)s->via, s->via_count, &via);
	if (st == ST_OK)
		st = json_make(&one,
		    "{s:s?, s:s?, s:s, s:s, s:s, s:s, s:O, s:O, s:s}",
		    "dataset", s->dataset, "collection", s->collection, "field",
		    s->field, "pick",
		    s->pick == POLICY_LATEST ? "latest" : "earliest",
		    "null_means",
		    s->null_means == POLICY_NULL_OPEN ? "open" : "undecided",
		    "from",
		    s->from == CALENDAR_FROM_END_OF_YEAR
			? "end_of_calendar_year"
			: "event",
		    "via", via, "path", hops, "period", text);
	json_decref(via);
	json_decref(hops);
	return st == ST_OK ? json_push(list, one) : st;
}

static enum status ends_json(const struct rule *r, json_t *list)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < r->clock_count; i++) {
		const struct rule_clock *c = &r->clocks[i];

		st = end_json(c->terms.start, c->terms.period, &c->path, list);
	}
	return st;
}

/* Does the cluster have the field (NULL: the collection itself)? */
static int governs(const struct rule *r, const char *field)
{
	const struct policy_cluster *found = NULL;

	return policy_cluster_of(r->policy, r->store->dataset->key,
		   r->collection->name, field, &found) == ST_OK &&
	       found == r->terms.cluster;
}

/* The exceptions: of the collection's cluster what others have, of any other
 * what it has. */
static enum status fields_json(const struct rule *r, json_t *list)
{
	int whole = governs(r, NULL);
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < r->collection->field_count; i++) {
		const char *name = r->collection->fields[i].name;

		if (governs(r, name) != whole)
			st = json_push(list, json_string(name));
	}
	status_clear();
	return st;
}

static const char *part_name(enum policy_date_part part)
{
	switch (part) {
	case POLICY_DATE_DAY: return "day";
	case POLICY_DATE_MONTH: return "month";
	case POLICY_DATE_YEAR: return "year";
	}
	return "?";
}

static enum status methods_json(const struct policy_cluster *c, json_t *list)
{
	enum status st = ST_OK;
	json_t *one = NULL;
	size_t i;

	for (i = 0; st == ST_OK && i < c->de_identify_count; i++) {
		const struct policy_de_identify *d = &c->de_identify[i];

		st = json_make(&one, "{s:s, s:s, s:s?, s:I, s:s}", "field",
		    d->field, "method", policy_method_name(d->method),
		    "constant", d->constant, "amount", (json_int_t)d->amount,
		    "part", part_name(d->part));
		if (st == ST_OK)
			st = json_push(list, one);
	}
	return st;
}

static enum status put_retention(const struct policy_cluster *c, json_t *o)
{
	char text[PERIOD_TEXT];

	period_format(c->retention_period, text);
	return json_put(o, "retention_period",
	    c->has_retention ? json_string(text) : json_null());
}

enum status rule_hash_json(const struct rule *r, json_t **out)
{
	const struct policy_cluster *c = r->terms.cluster;
	json_t *fields = json_array(), *ends = json_array();
	json_t *methods = json_array(), *o = NULL;
	enum status st = ST_OK;

	if (fields == NULL || ends == NULL || methods == NULL)
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_OK)
		st = fields_json(r, fields);
	if (st == ST_OK)
		st = ends_json(r, ends);
	if (st == ST_OK)
		st = methods_json(c, methods);
	if (st == ST_OK)
		st = json_make(&o,
		    "{s:s, s:s, s:s, s:{s:s, s:s}, s:b, s:O, s:O, s:s, s:O, "
		    "s:s}",
		    "store", r->store->config->name, "collection",
		    r->collection->name, "cluster", c->name, "calendar", "rule",
		    calendar_rule_name(r->terms.calendar.rule), "time_zone",
		    zone_name(r->terms.calendar.zone), "whole",
		    governs(r, NULL), "fields", fields, "ends", ends, "action",
		    policy_action_name(c->action), "de_identify", methods,
		    "on_referenced",
		    c->on_referenced == POLICY_WAIT ? "wait" : "minimise");
	if (st == ST_OK)
		st = put_retention(c, o);
	json_decref(fields);
	json_decref(ends);
	json_decref(methods);
	if (st == ST_OK)
		*out = o;
	else
		json_decref(o);
	return st;
}

enum status rule_hash(const struct rule *r, char out[RULE_HASH_TEXT])
{
	char *text = NULL;
	json_t *o = NULL;
	enum status st;

	st = rule_hash_json(r, &o);
	if (st == ST_OK)
		st = json_canonical(o, &text);
	if (st == ST_OK)
		sha256_hex(text, strlen(text), out);
	json_decref(o);
	free(text);
	return st;
}
