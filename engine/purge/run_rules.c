/* A run's rules in the log. */
#include "engine/purge/run_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/installation/units.h"
#include "engine/plan/rule_hash.h"

/* ---- what it begins with ---- */

static enum status cipher_of(
    struct run *r, const struct installation_store *s, const char **out)
{
	struct keyring_key key;
	char name[SEGMENT_KEY];
	enum status st;

	*out = NULL;
	if (s->config->driver != CONFIG_SQLITE)
		return ST_OK;
	units_key(s, name);
	if ((st = keyring_find(r->in->keys, name, &key)) == ST_OK)
		*out = aead_name(key.algorithm);
	return st;
}

static enum status files_json(const struct installation *in, json_t *list)
{
	enum status st = ST_OK;
	json_t *one = NULL;
	size_t i;

	for (i = 0; st == ST_OK && i < in->rule_file_count; i++) {
		const struct rule_file *f = &in->rule_files[i];

		st = json_make(&one, "{s:s, s:s, s:s}", "kind", f->kind, "name",
		    f->name, "sha256", f->sha256);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	return st;
}

static enum status stores_json(struct run *r, json_t *list)
{
	const char *cipher = NULL;
	enum status st = ST_OK;
	json_t *one = NULL;
	size_t i;

	for (i = 0; st == ST_OK && i < r->in->store_count; i++) {
		const struct installation_store *s = &r->in->stores[i];

		if (!run_takes(r, s))
			continue;
		st = cipher_of(r, s, &cipher);
		if (st == ST_OK)
			st = json_make(&one, "{s:s, s:s, s:s?}", "store",
			    s->config->name, "driver",
			    s->config->driver == CONFIG_SQLITE ? "sqlite"
							       : "postgresql",
			    "cipher", cipher);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	return st;
}

static json_t *string_or_null(const char *text)
{
	return text ? json_string(text) : json_null();
}

enum status run_rules_begin(struct run *r, json_t *details)
{
	json_t *files = json_array(), *stores = json_array();
	enum status st =
	    files && stores ? ST_OK : fail(ST_NOMEM, "out of memory");

	if (st == ST_OK)
		st = files_json(r->in, files);
	if (st == ST_OK)
		st = stores_json(r, stores);
	if (st == ST_OK)
		st = json_put(details, "files", json_incref(files));
	if (st == ST_OK)
		st = json_put(details, "stores", json_incref(stores));
	if (st == ST_OK)
		st = json_put(details, "store", string_or_null(r->store));
	if (st == ST_OK)
		st = json_put(details, "cluster", string_or_null(r->cluster));
	json_decref(files);
	json_decref(stores);
	return st;
}

/* ---- rules ---- */

/* The starting points, each with its period and whose end it is. */
static enum status ends_json(const struct rule *r, json_t *list)
{
	char period[PERIOD_TEXT];
	enum status st = ST_OK;
	json_t *one = NULL;
	size_t i;

	for (i = 0; st == ST_OK && i < r->clock_count; i++) {
		const struct verdict_clock *c = &r->clocks[i].terms;
		const struct policy_starting_point *s = c->start;

		period_format(c->period, period);
		st = json_make(&one, "{s:s, s:s?, s:s?, s:s, s:s, s:s?, s:b}",
		    "starting_point", s->name, "dataset", s->dataset,
		    "collection", s->collection, "field", s->field, "period",
		    period, "purpose", c->purpose ? c->purpose->name : NULL,
		    "end_of_calendar_year",
		    s->from == CALENDAR_FROM_END_OF_YEAR);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	return st;
}

static enum status rule_json(const struct rule *r, json_t **out)
{
	const struct policy_cluster *c = r->terms.cluster;
	char hash[RULE_HASH_TEXT], retention[PERIOD_TEXT];
	json_t *ends = json_array();
	enum status st = ends ? ST_OK : fail(ST_NOMEM, "out of memory");

	period_format(c->retention_period, retention);
	if (st == ST_OK)
		st = rule_hash(r, hash);
	if (st == ST_OK)
		st = ends_json(r, ends);
	if (st == ST_OK)
		st = json_make(out,
		    "{s:s, s:I, s:s, s:s, s:s, s:s, s:s?, s:s, s:s, s:s?, "
		    "s:b, s:O}",
		    "policy", r->policy->name, "revision",
		    (json_int_t)r->policy->revision, "cluster", c->name,
		    "store", r->store->config->name, "collection",
		    r->collection->name, "method",
		    policy_action_name(c->action), "label", rule_label(r),
		    "calendar", calendar_rule_name(r->terms.calendar.rule),
		    "time_zone", zone_name(r->terms.calendar.zone),
		    "retention_period", c->has_retention ? retention : NULL,
		    "unlimited", c->unlimited != NULL, "ends", ends);
	if (st == ST_OK)
		st = json_put(*out, "rule", json_string(hash));
	json_decref(ends);
	return st;
}

/* null: it failed before it asked again. */
static json_t *asked(const struct run *r, int64_t n)
{
	return r->outcome.asked ? json_integer(n) : json_null();
}

/* What it did; of the plan, what it began with. */
static enum status put_counts(struct run *r, size_t i, json_t *o)
{
	const struct plan_item *p = &r->plan.items[i];
	const struct purge_result *d = &r->outcome.results[i];
	char cutoff[ZONE_TEXT];
	json_t *more = NULL;
	enum status st;

	plan_cutoff_text(p, cutoff);
	st = json_make(&more,
	    "{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, "
	    "s:o}",
	    "object", p->rule->terms.cluster->name, "run", r->id, "cutoff",
	    cutoff, "due", (json_int_t)p->due, "deleted",
	    (json_int_t)d->done.deleted, "de_identified",
	    (json_int_t)d->done.de_identified, "minimised",
	    (json_int_t)d->done.minimised, "held", (json_int_t)p->held,
	    "restricted", (json_int_t)p->restricted, "undecided",
	    (json_int_t)p->undecided, "unplanned",
	    (json_int_t)d->selected.unplanned, "waiting", asked(r, d->left),
	    "overdue", asked(r, d->overdue));
	if (st == ST_OK && json_object_update(o, more) != 0)
		st = fail(ST_NOMEM, "out of memory");
	json_decref(more);
	return st;
}

static enum status add_rule(struct run *r, size_t i, struct audit_item *item)
{
	json_t *o = NULL;
	enum status st = rule_json(r->plan.items[i].rule, &o);

	if (st == ST_OK)
		st = put_counts(r, i, o);
	item->action = "rule_applied";
	item->details = o;
	return st;
}

static const char *const totals[] = { "due", "deleted", "de_identified",
	"minimised", "held", "restricted", "undecided", "unplanned", "waiting",
	"overdue" };

/* The sum of a count over all rules; null where one of them is. */
static json_t *sum(
    const struct audit_item *rules, size_t count, const char *name)
{
	long long n = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		const json_t *one = json_object_get(rules[i].details, name);

		if (json_is_null(one))
			return json_null();
		n += json_integer_value(one);
	}
	return json_integer(n);
}

static enum status put_totals(
    const struct audit_item *rules, size_t count, json_t *details)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < sizeof(totals) / sizeof(*totals); i++)
		st = json_put(details, totals[i], sum(rules, count, totals[i]));
	return st;
}

/* It did not begin: what was due is as its plan has it. */
static enum status put_plan(const struct run *r, json_t *details)
{
	json_t *more = NULL;
	enum status st;

	st = json_make(&more, "{s:I, s:i, s:i, s:i, s:I, s:I, s:I, s:I}", "due",
	    (json_int_t)plan_due(&r->plan), "deleted", 0, "de_identified", 0,
	    "minimised", 0, "held", (json_int_t)plan_held(&r->plan),
	    "restricted", (json_int_t)plan_restricted(&r->plan), "undecided",
	    (json_int_t)plan_undecided(&r->plan), "overdue",
	    (json_int_t)plan_overdue(&r->plan));
	if (st == ST_OK && json_object_update(details, more) != 0)
		st = fail(ST_NOMEM, "out of memory");
	json_decref(more);
	return st;
}

static enum status put_sums(struct run *r, const struct audit_item *rules,
    size_t count, json_t *details)
{
	enum status st;

	if (r->outcome.begun)
		st = put_totals(rules, count, details);
	else
		st = put_plan(r, details);
	if (st == ST_OK)
		st =
		    json_put(details, "rules", json_integer((json_int_t)count));
	if (st == ST_OK)
		st = json_put(details, "unreachable",
		    json_integer(
			(json_int_t)json_array_size(r->outcome.unreachable)));
	if (st == ST_OK)
		st = json_put(details, "unmapped",
		    json_integer((json_int_t)r->schedule.unmapped_count));
	return st;
}

enum status run_rules_end(struct run *r, const char *action, json_t *details)
{
	size_t count = r->outcome.begun ? r->plan.count : 0, i;
	struct audit_item *items = calloc(count + 1, sizeof(*items));
	enum status st = items ? ST_OK : fail(ST_NOMEM, "out of memory");

	for (i = 0; st == ST_OK && i < count; i++)
		st = add_rule(r, i, &items[i]);
	if (st == ST_OK)
		st = put_sums(r, items, count, details);
	if (st == ST_OK) {
		items[count] = (struct audit_item){ action, details };
		st = audit_append_all(
		    r->in->audit, when_now(), r->actor, items, count + 1);
	}
	for (i = 0; items && i < count; i++)
		json_decref((json_t *)(uintptr_t)items[i].details);
	free(items);
	return st;
}
