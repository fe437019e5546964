/* Why a record stays or goes. */
#include "engine/plan/explain.h"

#include <stdlib.h>
#include <string.h>

#include "engine/installation/units.h"
#include "engine/plan/explain_rule.h"
#include "engine/plan/keys.h"

/* ---- the rule in words ---- */

enum status explain_rule_text(const struct rule *r, char **out)
{
	const struct policy_cluster *c = r->terms.cluster;
	struct buf b = BUF_INIT;
	char period[PERIOD_TEXT];
	enum status st;
	size_t i;

	if (r->clock_count == 0)
		buf_addf(&b, "unlimited: %s", c->unlimited);
	for (i = 0; i < r->clock_count; i++) {
		const struct verdict_clock *k = &r->clocks[i].terms;

		period_format(k->period, period);
		buf_addf(&b, "%s%s%s%s + %s%s", i ? "; " : "",
		    k->purpose ? k->purpose->name : "", k->purpose ? ": " : "",
		    k->start->name, period,
		    k->start->from == CALENDAR_FROM_END_OF_YEAR
			? " from the end of the calendar year"
			: "");
	}
	if (r->clock_count)
		buf_addf(
		    &b, " (%s)", calendar_rule_name(r->terms.calendar.rule));
	if ((st = buf_status(&b)) == ST_OK)
		*out = buf_take(&b);
	else
		buf_release(&b);
	return st;
}

/* ---- as JSON ---- */

/* The clock whose end is the record's: the last, once all of them are known;
 * until then the one that decides, and nobody can say when the record goes. */
static const struct explain_clock *dated(
    const struct explain_rule *a, int *known)
{
	const struct explain_clock *last = &a->clocks[0];
	size_t i;

	*known = 0;
	for (i = 0; i < a->rule->clock_count; i++) {
		const struct explain_clock *c = &a->clocks[i];

		if (c->judgement.event.kind == WHEN_NONE)
			return &a->clocks[a->decides];
		if (c->judgement.end.deletable_from >
		    last->judgement.end.deletable_from)
			last = c;
	}
	*known = 1;
	return last;
}

static enum status add_clocks(json_t *o, const struct explain_rule *a)
{
	const struct rule *r = a->rule;
	const struct explain_clock *c;
	json_t *list;
	enum status st;
	size_t i;
	int known;

	if (r->clock_count == 0)
		return ST_OK;
	c = dated(a, &known);
	st = explain_add_start(o, r, c->clock, &c->judgement, &c->values);
	if (st == ST_OK && known)
		st = explain_add_dates(o, r, &c->judgement);
	list = json_object_get(o, "purposes");
	for (i = 0; st == ST_OK && r->clock_count > 1 && i < r->clock_count;
	     i++)
		st = explain_add_clock(list, r, &a->clocks[i]);
	return st;
}

static enum status compose(const struct explain_rule *a, json_t **out)
{
	const struct rule *r = a->rule;
	json_t *o = NULL;
	char *rule = NULL;
	enum status st;

	if ((st = explain_rule_text(r, &rule)) != ST_OK)
		return st;
	st = json_make(&o,
	    "{s:s, s:s, s:s, s:s, s:s, s:n, s:n, s:n, s:n, s:s?, s:[], s:O, "
	    "s:[], s:[]}",
	    "verdict", verdict_name(a->verdict), "store",
	    r->store->config->name, "collection", r->collection->name,
	    "cluster", r->terms.cluster->name, "rule", rule, "starting_point",
	    "last_day", "deletable_from", "deletion_due", "label",
	    a->asked.reduced ? rule_label(r) : NULL, "reasons", "suspensions",
	    a->suspensions, "purposes", "parts");
	free(rule);
	if (st == ST_OK)
		st = add_clocks(o, a);
	if (st == ST_OK)
		st = explain_add_reasons(o, &a->reasons);
	if (st != ST_OK)
		json_decref(o);
	else
		*out = o;
	return st;
}

/* ---- one record after the other ---- */

struct explainer {
	struct installation *in;
	const struct rule *rule;
	const struct segment *segment; /* that the questions are for */
	int64_t as_of;
	struct explain_rule *parts; /* one for each */
	struct buf print;
};

enum status explainer_new(struct installation *in, const struct rule *r,
    int64_t as_of, struct explainer **out)
{
	struct explainer *e = calloc(1, sizeof(*e));
	enum status st = ST_OK;
	size_t i;

	if (e == NULL)
		return fail(ST_NOMEM, "out of memory");
	e->in = in;
	e->rule = r;
	e->as_of = as_of;
	e->parts = calloc(r->parts, sizeof(*e->parts));
	if (e->parts == NULL)
		st = fail(ST_NOMEM, "out of memory");
	for (i = 0; st == ST_OK && i < r->parts; i++)
		st = explain_rule_init(&e->parts[i], i ? rule_part(r, i) : r);
	if (st == ST_OK)
		*out = e;
	else
		explainer_free(e);
	return st;
}

void explainer_free(struct explainer *e)
{
	size_t i;

	if (e == NULL)
		return;
	for (i = 0; e->parts && i < e->rule->parts; i++)
		explain_rule_release(&e->parts[i]);
	free(e->parts);
	buf_release(&e->print);
	free(e);
}

enum status explainer_look(
    struct explainer *e, const struct val *key, const struct buf **print)
{
	const struct segment *segment = units_segment(e->rule->store);
	enum status st = ST_OK;
	size_t i;

	buf_clear(&e->print);
	for (i = 0; st == ST_OK && i < e->rule->parts; i++) {
		st = explain_rule_answer(
		    e->in, key, e->as_of, segment != e->segment, &e->parts[i]);
		if (st == ST_OK)
			explain_rule_print(&e->parts[i], &e->print);
	}
	e->segment = segment;
	if (st == ST_OK)
		st = buf_status(&e->print);
	if (st == ST_OK)
		*print = &e->print;
	return st;
}

enum status explainer_json(const struct explainer *e, json_t **out)
{
	json_t *o = NULL, *part = NULL;
	enum status st = compose(&e->parts[0], &o);
	size_t i;

	for (i = 1; st == ST_OK && i < e->rule->parts; i++) {
		st = compose(&e->parts[i], &part);
		if (st == ST_OK)
			st = json_push(json_object_get(o, "parts"), part);
	}
	if (st != ST_OK)
		json_decref(o);
	else
		*out = o;
	return st;
}

static enum status explain_record(struct installation *in, const struct rule *r,
    const struct val *key, int64_t as_of, json_t **out)
{
	struct explainer *e = NULL;
	const struct buf *print;
	enum status st = explainer_new(in, r, as_of, &e);

	if (st == ST_OK)
		st = explainer_look(e, key, &print);
	if (st == ST_OK)
		st = explainer_json(e, out);
	explainer_free(e);
	return st;
}

/* One state for all questions. */
static enum status explain_here(struct installation *in, const struct rule *r,
    const struct val *key, int64_t as_of, json_t **out)
{
	enum status st;

	if ((st = db_begin(r->store->db, DB_READ)) != ST_OK)
		return st;
	st = explain_record(in, r, key, as_of, out);
	db_rollback(r->store->db);
	return st;
}

static enum status explain_mapped(struct installation *in, const struct rule *r,
    const struct val *key, int64_t as_of, json_t **out)
{
	enum status st = ST_NOTFOUND;
	size_t u;

	for (u = 0; st == ST_NOTFOUND && u < units_count(r->store); u++) {
		if ((st = units_use(r->store, u)) == ST_OK)
			st = explain_here(in, r, key, as_of, out);
	}
	units_rest(r->store);
	return st;
}

static enum status explain_unmapped(const struct schedule *s, const char *store,
    const char *collection, json_t **out)
{
	size_t i;

	for (i = 0; i < s->unmapped_count; i++) {
		const struct unmapped *u = &s->unmapped[i];

		if (u->column == NULL && strcmp(u->store, store) == 0 &&
		    strcmp(u->table, collection) == 0)
			return json_make(out,
			    "{s:s, s:s, s:s, s:n, s:n, s:n, s:n, s:n, s:n, "
			    "s:n, s:[s], s:[], s:[], s:[]}",
			    "verdict", verdict_name(VERDICT_UNMAPPED), "store",
			    store, "collection", collection, "cluster", "rule",
			    "starting_point", "last_day", "deletable_from",
			    "deletion_due", "label", "reasons",
			    "the table is not in the dataset: describe it "
			    "there, or name it under lethe: {ignore: [...]}",
			    "suspensions", "purposes", "parts");
	}
	return fail(ST_USAGE,
	    "no rule covers a collection `%s` in store `%s`: `lethe policy "
	    "show` lists what is covered",
	    collection, store);
}

enum status explain_json(const struct schedule *s, const char *store,
    const char *collection, const char *const *key, size_t key_count,
    int64_t as_of, json_t **out)
{
	const struct rule *r = schedule_rule(s, store, collection);
	struct val vals[KEYS_MOST];

	if (r == NULL)
		return explain_unmapped(s, store, collection, out);
	if (key_count != r->key_count)
		return fail(ST_USAGE,
		    "the key of %s.%s has %zu column%s: found %zu value%s",
		    store, collection, r->key_count,
		    r->key_count == 1 ? "" : "s", key_count,
		    key_count == 1 ? "" : "s");
	for (size_t i = 0; i < key_count; i++)
		vals[i] = TEXT(key[i]);
	return explain_mapped(s->installation, r, vals, as_of, out);
}
