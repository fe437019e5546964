/* Policies for people: who may keep what, why and how long. */
#include "engine/plan/policy_show.h"

#include "engine/plan/policy_show_term.h"
#include "engine/plan/policy_words.h"
#include "engine/plan/reduce.h"
#include "engine/plan/words.h"

static const char *kind_name(enum policy_kind kind)
{
	switch (kind) {
	case POLICY_COLLECTION: return "collection";
	case POLICY_END_OF_PROCESS: return "end_of_process";
	case POLICY_END_OF_RELATIONSHIP: return "end_of_relationship";
	}
	return "?";
}

/* Takes ${b}; text under ${key}. */
static enum status put_words(json_t *o, const char *key, struct buf *b)
{
	enum status st = buf_status(b);

	if (st == ST_OK)
		st = json_put(o, key, json_string(buf_text(b)));
	buf_release(b);
	return st;
}

/* ---- purposes ---- */

static enum status put_end(const struct policy *p,
    const struct policy_cluster_purpose *x, const char *language, json_t *o)
{
	struct buf rule = BUF_INIT;
	enum status st;

	if (x->starting_point == SIZE_MAX)
		return ST_OK;
	st = json_put(o, "starting_point",
	    json_string(p->starting_points[x->starting_point].name));
	if (st == ST_OK)
		st = policy_put_period(o, "period", 1, x->period);
	if (st != ST_OK)
		return st;
	policy_end_words(&rule, p, x->starting_point, x->period, language);
	return put_words(o, "rule", &rule);
}

static enum status purpose_json(const struct policy *p,
    const struct policy_cluster_purpose *x, const char *language, json_t **out)
{
	const struct policy_purpose *u = &p->purposes[x->purpose];
	json_t *recipients = NULL, *o = NULL;
	enum status st;

	st = policy_recipients_json(p, u, language, &recipients);
	if (st == ST_OK)
		st = json_make(&o, "{s:s, s:s, s:s, s:s?, s:o}", "purpose",
		    u->name, "title",
		    policy_title(&u->title, language, u->name), "legal_basis",
		    u->legal_basis, "reference", u->reference, "recipients",
		    recipients);
	if (st == ST_OK)
		st = put_end(p, x, language, o);
	if (st == ST_OK)
		*out = o;
	else
		json_decref(o);
	return st;
}

/* ---- clusters ---- */

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
		    s->name, "title",
		    policy_title(&s->title, language, s->name), "kind",
		    kind_name(s->kind), "at", buf_text(&at), "pick",
		    s->pick == POLICY_LATEST ? "latest" : "earliest",
		    "null_means",
		    s->null_means == POLICY_NULL_OPEN ? "open" : "undecided");
	buf_release(&at);
	return st == ST_OK ? json_put(o, "starting_point", one) : st;
}

static enum status add_covers(const struct policy_cluster *c, json_t *list)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < c->cover_count; i++)
		st = json_push(list, json_string(c->covers[i].path));
	return st;
}

static enum status add_purposes(const struct policy *p,
    const struct policy_cluster *c, const char *language, json_t *list)
{
	enum status st = ST_OK;
	json_t *one = NULL;

	for (size_t i = 0; st == ST_OK && i < c->purpose_count; i++) {
		st = purpose_json(p, &c->purposes[i], language, &one);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	return st;
}

static enum status add_methods(
    const struct policy_cluster *c, const char *language, json_t *list)
{
	struct buf b = BUF_INIT;
	enum status st = ST_OK;
	json_t *one = NULL;

	for (size_t i = 0; st == ST_OK && i < c->de_identify_count; i++) {
		const struct policy_de_identify *x = &c->de_identify[i];

		buf_clear(&b);
		policy_method_words(&b, x, language);
		if ((st = buf_status(&b)) == ST_OK)
			st = json_make(&one, "{s:s, s:s, s:s}", "field",
			    x->field, "method", policy_method_name(x->method),
			    "words", buf_text(&b));
		if (st == ST_OK)
			st = json_push(list, one);
	}
	buf_release(&b);
	return st;
}

static enum status put_label(const struct installation *in,
    const struct policy *p, const struct policy_cluster *c, json_t *o)
{
	enum reduce_label label = REDUCE_PSEUDONYMISED;
	enum status st;

	if (c->action != POLICY_DE_IDENTIFY)
		return json_put(o, "label", json_null());
	st = reduce_label_of_cluster(
	    p, c, in->datasets, in->dataset_count, &label);
	return st == ST_OK
		   ? json_put(o, "label", json_string(reduce_label_name(label)))
		   : st;
}

/* What becomes of it when a person asks for erasure. */
static enum status put_erasure(
    const struct policy_cluster *c, const char *language, json_t *o)
{
	const struct policy_erasure *e = &c->erasure;
	const char *why = e->ground ? e->ground : e->exception;
	struct buf b = BUF_INIT;
	json_t *one = NULL;
	enum status st;

	buf_addf(&b, "%s (%s%s%s)",
	    word_of_key(policy_erase_name(e->on_request), language),
	    why ? word_of_key(why, language) : "", e->law ? ": " : "",
	    e->law ? e->law : "");
	if ((st = buf_status(&b)) == ST_OK)
		st = json_make(&one, "{s:s, s:b, s:s?, s:s?, s:s?, s:s?, s:s}",
		    "on_request", policy_erase_name(e->on_request), "given",
		    e->given, "ground", e->ground, "exception", e->exception,
		    "dpv", policy_erasure_dpv(why), "law", e->law, "words",
		    buf_text(&b));
	buf_release(&b);
	return st == ST_OK ? json_put(o, "erasure", one) : st;
}

static enum status fill_cluster(const struct policy *p,
    const struct policy_cluster *c, const char *language, json_t *o)
{
	struct buf rule = BUF_INIT;
	enum status st;

	st = add_covers(c, json_object_get(o, "covers"));
	if (st == ST_OK)
		st = add_purposes(
		    p, c, language, json_object_get(o, "purposes"));
	if (st == ST_OK)
		st =
		    add_methods(c, language, json_object_get(o, "de_identify"));
	if (st == ST_OK)
		st = start_json(p, c, language, o);
	if (st == ST_OK)
		st = policy_put_period(o, "regular_deletion_period",
		    c->starting_point != SIZE_MAX, c->regular_deletion_period);
	if (st == ST_OK)
		st = policy_put_period(o, "retention_period", c->has_retention,
		    c->retention_period);
	if (st == ST_OK)
		st = put_erasure(c, language, o);
	if (st != ST_OK)
		return st;
	policy_rule_words(&rule, p, c, language);
	if ((st = put_words(o, "rule", &rule)) != ST_OK || !c->has_retention)
		return st;
	word_period(&rule, c->retention_period, language);
	return put_words(o, "retention_words", &rule);
}

static enum status cluster_json(const struct installation *in,
    const struct policy *p, const struct policy_cluster *c,
    const char *language, json_t **out)
{
	json_t *o = NULL;
	enum status st;

	st = json_make(&o,
	    "{s:s, s:s, s:s, s:b, s:s, s:s?, s:s, s:s, s:s?, s:[], s:[], s:[]}",
	    "cluster", c->name, "title",
	    policy_title(&c->title, language, c->name), "source",
	    text_in(&c->source, language), "own_rule", c->own_rule,
	    "own_rule_reason", text_in(&c->own_rule_reason, language), "origin",
	    c->origin, "origin_title", policy_origin_words(p, c, language),
	    "action", policy_action_name(c->action), "unlimited", c->unlimited,
	    "covers", "purposes", "de_identify");
	if (st == ST_OK)
		st = fill_cluster(p, c, language, o);
	if (st == ST_OK)
		st = put_label(in, p, c, o);
	if (st == ST_OK)
		*out = o;
	else
		json_decref(o);
	return st;
}

static enum status one_policy(const struct installation *in,
    const struct policy *p, const char *language, json_t **out)
{
	json_t *clusters = json_array(), *terms = NULL, *one = NULL;
	enum status st = clusters ? ST_OK : fail(ST_NOMEM, "out of memory");

	for (size_t i = 0; st == ST_OK && i < p->cluster_count; i++) {
		st = cluster_json(in, p, &p->clusters[i], language, &one);
		if (st == ST_OK)
			st = json_push(clusters, one);
	}
	if (st == ST_OK)
		st = policy_terms_json(p, language, &terms);
	if (st == ST_OK)
		st = json_make(out, "{s:s, s:I, s:s, s:s, s:s, s:O, s:o}",
		    "policy", p->name, "revision", (json_int_t)p->revision,
		    "title", policy_title(&p->title, language, p->name),
		    "calendar", calendar_rule_name(p->rule), "time_zone",
		    zone_name(p->zone), "clusters", clusters, "terms", terms);
	json_decref(clusters);
	return st;
}

enum status policy_show_json(
    const struct installation *in, const char *language, json_t **out)
{
	json_t *list = json_array(), *one = NULL;
	enum status st = list ? ST_OK : fail(ST_NOMEM, "out of memory");

	for (size_t i = 0; st == ST_OK && i < in->policy_count; i++) {
		st = one_policy(in, &in->policies[i], language, &one);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	if (st == ST_OK)
		st = json_make(out, "{s:O}", "policies", list);
	json_decref(list);
	return st;
}
