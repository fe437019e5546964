/*
 * Two versions of a policy in words.  Each is first written down as names with
 * what is said of them, all of it text; then the two lists are compared.
 */
#include "engine/plan/policy_changes.h"

#include <string.h>

#include "engine/plan/policy_words.h"

/* What is being written down: {kind: {name: {what: text}}}. */
struct sheet {
	const struct policy *p;
	json_t *o;
	json_t *entry;  /* of the name at hand */
	enum status st; /* the first failure sticks */
};

static void note_name(struct sheet *s, const char *kind, const char *name)
{
	json_t *names = json_object_get(s->o, kind);

	if (s->st != ST_OK)
		return;
	s->st = json_put(names, name, json_object());
	s->entry = json_object_get(names, name);
}

static void note(struct sheet *s, const char *what, const char *text)
{
	if (s->st == ST_OK)
		s->st =
		    json_put(s->entry, what, json_string(text ? text : "none"));
}

/* Takes what is in ${b}. */
static void note_buf(struct sheet *s, const char *what, struct buf *b)
{
	if (s->st == ST_OK)
		s->st = buf_status(b);
	note(s, what, b->len ? buf_text(b) : NULL);
	buf_clear(b);
}

static void note_text(struct sheet *s, const char *what, const struct text *t)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < t->count; i++)
		buf_addf(&b, "%s%s%s%s", i ? "; " : "", t->items[i].language,
		    *t->items[i].language ? ": " : "", t->items[i].words);
	note_buf(s, what, &b);
	buf_release(&b);
}

static void note_period(
    struct sheet *s, const char *what, int given, struct period period)
{
	char text[PERIOD_TEXT];

	period_format(period, text);
	note(s, what, given ? text : NULL);
}

/* ---- the parts of a policy ---- */

static void note_head(struct sheet *s)
{
	const struct policy *p = s->p;
	struct buf b = BUF_INIT;

	note_name(s, "policy", p->name);
	note_text(s, "title", &p->title);
	note(s, "calendar", calendar_rule_name(p->rule));
	note(s, "time_zone", zone_name(p->zone));
	note_text(s, "data_subjects", &p->data_subjects);
	for (size_t i = 0; i < p->security_measure_count; i++)
		buf_addf(&b, "%s%s", i ? "; " : "",
		    text_in(&p->security_measures[i], "en"));
	note_buf(s, "security_measures", &b);
	buf_release(&b);
}

static void note_recipients(struct sheet *s)
{
	for (size_t i = 0; i < s->p->recipient_count; i++) {
		const struct policy_recipient *r = &s->p->recipients[i];

		note_name(s, "recipient", r->name);
		note_text(s, "title", &r->title);
		note(s, "role", r->role);
		note(s, "region", r->region);
		note_text(s, "transfer_basis", &r->transfer_basis);
	}
}

static void note_purposes(struct sheet *s)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < s->p->purpose_count; i++) {
		const struct policy_purpose *u = &s->p->purposes[i];

		note_name(s, "purpose", u->name);
		note_text(s, "title", &u->title);
		note(s, "legal_basis", u->legal_basis);
		note(s, "reference", u->reference);
		note_text(s, "data_subjects", &u->data_subjects);
		for (size_t k = 0; k < u->recipient_count; k++)
			buf_addf(&b, "%s%s", k ? ", " : "", u->recipients[k]);
		note_buf(s, "recipients", &b);
	}
	buf_release(&b);
}

static void note_starting_points(struct sheet *s)
{
	static const char *const kinds[] = { "collection", "end_of_process",
		"end_of_relationship" };
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < s->p->starting_point_count; i++) {
		const struct policy_starting_point *x =
		    &s->p->starting_points[i];

		note_name(s, "starting_point", x->name);
		note_text(s, "title", &x->title);
		note(s, "kind", kinds[x->kind]);
		if (x->dataset)
			buf_addf(&b, "%s.%s.", x->dataset, x->collection);
		buf_adds(&b, x->field);
		note_buf(s, "at", &b);
		note(s, "pick",
		    x->pick == POLICY_LATEST ? "latest" : "earliest");
		note(s, "null_means",
		    x->null_means == POLICY_NULL_OPEN ? "open" : "undecided");
		note(s, "from",
		    x->from == CALENDAR_FROM_EVENT ? "event"
						   : "end_of_calendar_year");
		for (size_t k = 0; k < x->via_count; k++)
			buf_addf(&b, "%s%s", k ? ", " : "", x->via[k]);
		note_buf(s, "via", &b);
	}
	buf_release(&b);
}

/* Purposes as such, and those of them that have ends. */
static void note_cluster_purposes(
    struct sheet *s, const struct policy_cluster *c)
{
	struct buf names = BUF_INIT, ends = BUF_INIT;
	char period[PERIOD_TEXT];

	for (size_t i = 0; i < c->purpose_count; i++) {
		const struct policy_cluster_purpose *x = &c->purposes[i];
		const char *name = s->p->purposes[x->purpose].name;

		buf_addf(&names, "%s%s", i ? ", " : "", name);
		if (x->starting_point == SIZE_MAX)
			continue;
		period_format(x->period, period);
		buf_addf(&ends, "%s%s: %s + %s", ends.len ? ", " : "", name,
		    s->p->starting_points[x->starting_point].name, period);
	}
	note_buf(s, "purposes", &names);
	note_buf(s, "ends", &ends);
	buf_release(&names);
	buf_release(&ends);
}

static void note_action(struct sheet *s, const struct policy_cluster *c)
{
	struct buf b = BUF_INIT;

	buf_adds(&b, policy_action_name(c->action));
	for (size_t i = 0; i < c->de_identify_count; i++) {
		buf_addf(&b, "%s%s: ", i ? ", " : " ", c->de_identify[i].field);
		policy_method_words(&b, &c->de_identify[i], "en");
	}
	note_buf(s, "action", &b);
	buf_release(&b);
}

static void note_erasure(struct sheet *s, const struct policy_erasure *e)
{
	const char *why = e->ground ? e->ground : e->exception;
	struct buf b = BUF_INIT;

	buf_addf(&b, "%s: %s%s%s", policy_erase_name(e->on_request),
	    why ? why : "", e->law ? ", " : "", e->law ? e->law : "");
	note_buf(s, "erasure", &b);
	buf_release(&b);
}

static void note_cluster(struct sheet *s, const struct policy_cluster *c)
{
	int ends = c->starting_point != SIZE_MAX;
	struct buf b = BUF_INIT;

	note_name(s, "cluster", c->name);
	note_text(s, "title", &c->title);
	note_text(s, "source", &c->source);
	note(s, "own_rule", c->own_rule ? "true" : "false");
	note_text(s, "own_rule_reason", &c->own_rule_reason);
	for (size_t i = 0; i < c->cover_count; i++)
		buf_addf(&b, "%s%s", i ? ", " : "", c->covers[i].path);
	note_buf(s, "covers", &b);
	note_cluster_purposes(s, c);
	note(s, "origin", c->origin);
	note_period(
	    s, "retention_period", c->has_retention, c->retention_period);
	note(s, "starting_point",
	    ends ? s->p->starting_points[c->starting_point].name : NULL);
	note_period(
	    s, "regular_deletion_period", ends, c->regular_deletion_period);
	note(s, "unlimited", c->unlimited);
	note_action(s, c);
	note(s, "evidence",
	    !c->evidence_given                       ? NULL
	    : c->evidence == POLICY_EVIDENCE_RECORDS ? "records"
						     : "digest");
	note(s, "on_referenced",
	    c->on_referenced == POLICY_MINIMISE ? "minimise" : "wait");
	note_erasure(s, &c->erasure);
	buf_release(&b);
}

static enum status sheet_of(const struct policy *p, json_t **out)
{
	struct sheet s = { p, NULL, NULL, ST_OK };

	s.st = json_make(&s.o, "{s:{}, s:{}, s:{}, s:{}, s:{}}", "policy",
	    "recipient", "purpose", "starting_point", "cluster");
	note_head(&s);
	note_recipients(&s);
	note_purposes(&s);
	note_starting_points(&s);
	for (size_t i = 0; i < p->cluster_count; i++)
		note_cluster(&s, &p->clusters[i]);
	if (s.st == ST_OK)
		*out = s.o;
	else
		json_decref(s.o);
	return s.st;
}

/* ---- the difference ---- */

/* What decides when a record falls due, and what becomes of it then. */
static int has_effect(const char *kind, const char *what)
{
	static const struct {
		const char *kind;
		const char *what;
	} effects[] = {
		{ "policy", "calendar" },
		{ "policy", "time_zone" },
		{ "starting_point", "at" },
		{ "starting_point", "pick" },
		{ "starting_point", "null_means" },
		{ "starting_point", "from" },
		{ "starting_point", "via" },
		{ "cluster", "added" },
		{ "cluster", "removed" },
		{ "cluster", "covers" },
		{ "cluster", "ends" },
		{ "cluster", "retention_period" },
		{ "cluster", "starting_point" },
		{ "cluster", "regular_deletion_period" },
		{ "cluster", "action" },
		{ "cluster", "on_referenced" },
	};

	for (size_t i = 0; i < sizeof(effects) / sizeof(*effects); i++)
		if (strcmp(effects[i].kind, kind) == 0 &&
		    strcmp(effects[i].what, what) == 0)
			return 1;
	return 0;
}

struct change {
	const char *kind;
	const char *name;
	const char *what;
	const char *before;
	const char *after;
};

static enum status add_change(json_t *list, const struct change *c)
{
	json_t *one = NULL;
	enum status st;

	st = json_make(&one, "{s:s, s:s, s:s, s:s?, s:s?, s:b}", "kind",
	    c->kind, "name", c->name, "what", c->what, "before", c->before,
	    "after", c->after, "effect", has_effect(c->kind, c->what));
	return st == ST_OK ? json_push(list, one) : st;
}

/* Every entry has the same keys. */
static enum status compare_entries(
    json_t *list, struct change c, json_t *before, json_t *after)
{
	enum status st = ST_OK;
	const char *what;
	json_t *value;

	json_object_foreach(after, what, value)
	{
		c.what = what;
		c.before = json_text(before, what);
		c.after = json_string_value(value);
		if (st == ST_OK && strcmp(c.before, c.after) != 0)
			st = add_change(list, &c);
	}
	return st;
}

static enum status compare_kind(
    json_t *list, const char *kind, json_t *before, json_t *after)
{
	struct change c = { .kind = kind };
	enum status st = ST_OK;
	json_t *entry, *old;
	const char *name;

	json_object_foreach(after, name, entry)
	{
		c.name = name;
		c.what = "added";
		old = json_object_get(before, name);
		if (st != ST_OK)
			return st;
		st = old ? compare_entries(list, c, old, entry)
			 : add_change(list, &c);
	}
	json_object_foreach(before, name, entry)
	{
		c.name = name;
		c.what = "removed";
		if (st == ST_OK && json_object_get(after, name) == NULL)
			st = add_change(list, &c);
	}
	return st;
}

enum status policy_changes_json(
    const struct policy *before, const struct policy *after, json_t **out)
{
	json_t *list = json_array(), *a = NULL, *b = NULL, *names;
	enum status st = list ? ST_OK : fail(ST_NOMEM, "out of memory");
	const char *kind;

	if (st == ST_OK)
		st = sheet_of(before, &a);
	if (st == ST_OK)
		st = sheet_of(after, &b);
	json_object_foreach(b, kind, names)
	{
		if (st == ST_OK)
			st = compare_kind(
			    list, kind, json_object_get(a, kind), names);
	}
	json_decref(a);
	json_decref(b);
	if (st == ST_OK)
		*out = list;
	else
		json_decref(list);
	return st;
}
