/* Policies for people: who may keep what, why and how long. */
#include "engine/plan/policy_show.h"

#include <string.h>

#include "engine/base/buf.h"

static const char *kind_name(enum policy_kind kind)
{
	switch (kind) {
	case POLICY_COLLECTION: return "collection";
	case POLICY_END_OF_PROCESS: return "end_of_process";
	case POLICY_END_OF_RELATIONSHIP: return "end_of_relationship";
	}
	return "?";
}

/* The title in the language, or the name where there is none. */
static const char *title_or(
    const struct text *t, const char *language, const char *name)
{
	const char *title = text_in(t, language);

	return *title ? title : name;
}

static enum status purposes_json(const struct policy *p,
    const struct policy_cluster *c, const char *language, json_t *list)
{
	enum status st = ST_OK;
	json_t *one = NULL, *recipients;
	size_t i, k;

	for (i = 0; st == ST_OK && i < c->purpose_count; i++) {
		const struct policy_purpose *u =
		    &p->purposes[c->purposes[i].purpose];

		if ((recipients = json_array()) == NULL)
			return fail(ST_NOMEM, "out of memory");
		for (k = 0; st == ST_OK && k < u->recipient_count; k++)
			st = json_push(
			    recipients, json_string(u->recipients[k]));
		if (st == ST_OK)
			st = json_make(&one, "{s:s, s:s, s:s?, s:s?, s:O}",
			    "purpose", u->name, "title",
			    title_or(&u->title, language, u->name),
			    "legal_basis", u->legal_basis, "reference",
			    u->reference, "recipients", recipients);
		json_decref(recipients);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	return st;
}

/* "contract_expiry + P1Y", as a sentence would begin. */
static void rule_words(
    struct buf *b, const struct policy *p, const struct policy_cluster *c)
{
	const struct policy_starting_point *s;
	char period[PERIOD_TEXT];

	if (c->starting_point == SIZE_MAX) {
		buf_addf(b, "unlimited: %s", c->unlimited ? c->unlimited : "");
		return;
	}
	s = &p->starting_points[c->starting_point];
	period_format(c->regular_deletion_period, period);
	buf_addf(b, "%s after %s%s", period, s->name,
	    s->from == CALENDAR_FROM_END_OF_YEAR
		? ", from the end of the calendar year"
		: "");
}

static enum status start_json(const struct policy *p,
    const struct policy_cluster *c, const char *language, json_t *o)
{
	const struct policy_starting_point *s;
	struct buf at = BUF_INIT;
	json_t *one = NULL;
	enum status st;

	if (c->starting_point == SIZE_MAX)
		return json_put(o, "starting_point", json_null());
	s = &p->starting_points[c->starting_point];
	if (s->dataset)
		buf_addf(&at, "%s.%s.", s->dataset, s->collection);
	buf_adds(&at, s->field);
	if ((st = buf_status(&at)) == ST_OK)
		st = json_make(&one, "{s:s, s:s, s:s, s:s, s:s, s:s}", "name",
		    s->name, "title", title_or(&s->title, language, s->name),
		    "kind", kind_name(s->kind), "at", buf_text(&at), "pick",
		    s->pick == POLICY_LATEST ? "latest" : "earliest",
		    "null_means",
		    s->null_means == POLICY_NULL_OPEN ? "open" : "undecided");
	buf_release(&at);
	return st == ST_OK ? json_put(o, "starting_point", one) : st;
}

static enum status period_json(
    json_t *o, const char *key, int given, struct period period)
{
	char text[PERIOD_TEXT];

	if (!given)
		return json_put(o, key, json_null());
	period_format(period, text);
	return json_put(o, key, json_string(text));
}

static enum status cluster_json(const struct policy *p,
    const struct policy_cluster *c, const char *language, json_t **out)
{
	json_t *covers = json_array(), *purposes = json_array(), *o = NULL;
	struct buf rule = BUF_INIT;
	enum status st = ST_OK;
	size_t i;

	if (covers == NULL || purposes == NULL)
		st = fail(ST_NOMEM, "out of memory");
	for (i = 0; st == ST_OK && i < c->cover_count; i++)
		st = json_push(covers, json_string(c->covers[i].path));
	if (st == ST_OK)
		st = purposes_json(p, c, language, purposes);
	rule_words(&rule, p, c);
	if (st == ST_OK)
		st = buf_status(&rule);
	if (st == ST_OK)
		st = json_make(&o,
		    "{s:s, s:s, s:s, s:b, s:s?, s:s, s:s, s:O, s:O}", "cluster",
		    c->name, "title", title_or(&c->title, language, c->name),
		    "source", text_in(&c->source, language), "own_rule",
		    c->own_rule, "origin", c->origin, "action",
		    policy_action_name(c->action), "rule", buf_text(&rule),
		    "covers", covers, "purposes", purposes);
	if (st == ST_OK)
		st = start_json(p, c, language, o);
	if (st == ST_OK)
		st = period_json(o, "regular_deletion_period",
		    c->starting_point != SIZE_MAX, c->regular_deletion_period);
	if (st == ST_OK)
		st = period_json(o, "retention_period", c->has_retention,
		    c->retention_period);
	buf_release(&rule);
	json_decref(covers);
	json_decref(purposes);
	if (st != ST_OK)
		json_decref(o);
	else
		*out = o;
	return st;
}

static enum status one_policy(
    const struct policy *p, const char *language, json_t **out)
{
	json_t *clusters = json_array(), *one = NULL;
	enum status st = clusters ? ST_OK : fail(ST_NOMEM, "out of memory");
	size_t i;

	for (i = 0; st == ST_OK && i < p->cluster_count; i++) {
		st = cluster_json(p, &p->clusters[i], language, &one);
		if (st == ST_OK)
			st = json_push(clusters, one);
	}
	if (st == ST_OK)
		st = json_make(out, "{s:s, s:I, s:s, s:s, s:s, s:O}", "policy",
		    p->name, "revision", (json_int_t)p->revision, "title",
		    title_or(&p->title, language, p->name), "calendar",
		    calendar_rule_name(p->rule), "time_zone",
		    zone_name(p->zone), "clusters", clusters);
	json_decref(clusters);
	return st;
}

enum status policy_show_json(
    const struct installation *in, const char *language, json_t **out)
{
	json_t *list = json_array(), *one = NULL;
	enum status st = list ? ST_OK : fail(ST_NOMEM, "out of memory");
	size_t i;

	for (i = 0; st == ST_OK && i < in->policy_count; i++) {
		st = one_policy(&in->policies[i], language, &one);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	if (st == ST_OK)
		st = json_make(out, "{s:O}", "policies", list);
	json_decref(list);
	return st;
}
