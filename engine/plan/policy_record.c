/*
 * The record of processing activities: each purpose with all that Art. 30(1)
 * asks for, taken from the policy and the datasets, and a list of what they do
 * not say.
 */
#include "engine/plan/policy_record.h"

#include <stdlib.h>
#include <string.h>

#include "engine/plan/policy_words.h"
#include "engine/plan/words.h"

/* One activity under construction. */
struct activity {
	const struct installation *in;
	const struct policy *p;
	size_t purpose;
	const struct policy_purpose *u;
	const char *language;
	json_t *o;
	json_t *missing;
};

static enum status miss(struct activity *a, enum word what)
{
	return json_push(a->missing, json_string(word_in(what, a->language)));
}

/* Takes ${b}. */
static enum status miss_words(struct activity *a, struct buf *b)
{
	enum status st = buf_status(b);

	if (st == ST_OK)
		st = json_push(a->missing, json_string(buf_text(b)));
	buf_release(b);
	return st;
}

/* ---- controllers, recipients, transfers ---- */

static const struct policy_recipient *named(const struct activity *a, size_t at)
{
	return policy_recipient_of(a->p, a->u->recipients[at]);
}

static int is_controller(const struct policy_recipient *r)
{
	return strcmp(r->role, "controller") == 0 ||
	       strcmp(r->role, "joint_controller") == 0;
}

static enum status add_recipients(struct activity *a)
{
	json_t *controllers = json_object_get(a->o, "controllers");
	json_t *recipients = json_object_get(a->o, "recipients"), *one = NULL;
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < a->u->recipient_count; i++) {
		const struct policy_recipient *r = named(a, i);
		struct buf b = BUF_INIT;

		st = policy_recipient_json(r, a->language, &one);
		if (st == ST_OK)
			st = json_push(
			    is_controller(r) ? controllers : recipients, one);
		if (st != ST_OK || r->region)
			continue;
		buf_addf(&b, "%s: %s", word_in(WORD_REGION, a->language),
		    policy_title(&r->title, a->language, r->name));
		st = miss_words(a, &b);
	}
	if (st == ST_OK && json_array_size(controllers) == 0)
		st = miss(a, WORD_CONTROLLER);
	if (st == ST_OK && a->u->recipient_count == 0)
		st = miss(a, WORD_RECIPIENTS);
	return st;
}

static int crosses(
    const struct policy_recipient *from, const struct policy_recipient *to)
{
	if (from->region == NULL || to->region == NULL ||
	    strcmp(from->region, to->region) == 0)
		return 0;
	return !policy_region_is_eea(from->region) ||
	       !policy_region_is_eea(to->region);
}

static void add_place(
    struct buf *b, const struct activity *a, const struct policy_recipient *r)
{
	buf_addf(b, "%s (%s)", policy_title(&r->title, a->language, r->name),
	    r->region);
}

static enum status add_transfer(struct activity *a,
    const struct policy_recipient *from, const struct policy_recipient *to)
{
	const char *basis = text_in(&to->transfer_basis, a->language);
	struct buf b = BUF_INIT;
	json_t *one = NULL;
	enum status st;

	st = json_make(&one, "{s:s, s:s, s:s?}", "from", from->name, "to",
	    to->name, "basis", *basis ? basis : NULL);
	if (st == ST_OK)
		st = json_push(json_object_get(a->o, "transfers"), one);
	if (st != ST_OK || *basis)
		return st;
	buf_addf(&b, "%s: %s: ", word_in(WORD_TRANSFERS, a->language),
	    word_in(WORD_BASIS, a->language));
	add_place(&b, a, from);
	buf_adds(&b, " -> ");
	add_place(&b, a, to);
	return miss_words(a, &b);
}

static enum status add_transfers(struct activity *a)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < a->u->recipient_count; i++) {
		if (!is_controller(named(a, i)))
			continue;
		for (size_t k = 0; st == ST_OK && k < a->u->recipient_count;
		     k++) {
			if (crosses(named(a, i), named(a, k)))
				st = add_transfer(a, named(a, i), named(a, k));
		}
	}
	return st;
}

/* ---- data ---- */

static int serves(const struct policy_cluster *c, size_t purpose)
{
	for (size_t i = 0; i < c->purpose_count; i++)
		if (c->purposes[i].purpose == purpose)
			return 1;
	return 0;
}

static int in_list(const json_t *list, const char *text)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		if (strcmp(json_string_value(item), text) == 0)
			return 1;
	}
	return 0;
}

/* The personal categories of a collection's fields that are in clusters of
 * the purpose. */
static enum status collect(const struct activity *a, const struct dataset *ds,
    const struct collection *c, json_t *list)
{
	const struct policy_cluster *cl;
	enum status st = ST_OK;

	for (size_t i = 0; i < c->field_count; i++) {
		const struct field *f = &c->fields[i];

		if (policy_cluster_of(a->p, ds->key, c->name, f->name, &cl) !=
			ST_OK ||
		    !serves(cl, a->purpose))
			continue;
		for (size_t k = 0; st == ST_OK && k < f->category_count; k++) {
			const char *name = f->categories[k];

			if (!category_is(name, "system") &&
			    !in_list(list, name))
				st = json_push(list, json_string(name));
		}
	}
	status_clear();
	return st;
}

static enum status add_collection(
    struct activity *a, const struct dataset *ds, const struct collection *c)
{
	json_t *categories = json_array(), *one = NULL;
	char *name = str_format("%s.%s", ds->key, c->name);
	enum status st = ST_OK;

	if (categories == NULL || name == NULL)
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_OK)
		st = collect(a, ds, c, categories);
	if (st == ST_OK && json_array_size(categories) > 0) {
		st = json_make(&one, "{s:s, s:O}", "collection", name,
		    "categories", categories);
		if (st == ST_OK)
			st = json_push(
			    json_object_get(a->o, "data_categories"), one);
	}
	json_decref(categories);
	free(name);
	return st;
}

static enum status add_categories(struct activity *a)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < a->in->dataset_count; i++) {
		const struct dataset *ds = &a->in->datasets[i];

		for (size_t k = 0; st == ST_OK && k < ds->collection_count; k++)
			st = add_collection(a, ds, &ds->collections[k]);
	}
	if (st == ST_OK &&
	    json_array_size(json_object_get(a->o, "data_categories")) == 0)
		st = miss(a, WORD_DATA_CATEGORIES);
	return st;
}

static enum status add_subjects(struct activity *a)
{
	const struct text *t = a->u->data_subjects.count ? &a->u->data_subjects
							 : &a->p->data_subjects;
	const char *words = text_in(t, a->language);

	if (*words)
		return json_put(a->o, "data_subjects", json_string(words));
	return miss(a, WORD_DATA_SUBJECTS);
}

/* ---- time limits ---- */

static enum status add_limit(struct activity *a, const struct policy_cluster *c)
{
	struct buf rule = BUF_INIT, own = BUF_INIT;
	json_t *one = NULL;
	enum status st;

	policy_rule_words(&rule, a->p, c, a->language);
	for (size_t i = 0; i < c->purpose_count; i++) {
		const struct policy_cluster_purpose *x = &c->purposes[i];

		if (x->purpose == a->purpose && x->starting_point != SIZE_MAX)
			policy_end_words(&own, a->p, x->starting_point,
			    x->period, a->language);
	}
	st = buf_status(&rule);
	if (st == ST_OK)
		st = buf_status(&own);
	if (st == ST_OK)
		st =
		    json_make(&one, "{s:s, s:s, s:s, s:s?}", "cluster", c->name,
			"title", policy_title(&c->title, a->language, c->name),
			"rule", buf_text(&rule), "purpose_rule",
			own.len ? buf_text(&own) : NULL);
	if (st == ST_OK)
		st = json_push(json_object_get(a->o, "time_limits"), one);
	buf_release(&rule);
	buf_release(&own);
	return st;
}

static enum status add_limits(struct activity *a)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < a->p->cluster_count; i++) {
		if (serves(&a->p->clusters[i], a->purpose))
			st = add_limit(a, &a->p->clusters[i]);
	}
	if (st == ST_OK &&
	    json_array_size(json_object_get(a->o, "time_limits")) == 0)
		st = miss(a, WORD_TIME_LIMITS);
	return st;
}

/* ---- all ---- */

static enum status activity_json(struct activity *a, json_t **out)
{
	enum status st;

	st = json_make(&a->o,
	    "{s:s, s:s, s:s, s:s?, s:n, s:[], s:[], s:[], s:[], s:[], s:[]}",
	    "purpose", a->u->name, "title",
	    policy_title(&a->u->title, a->language, a->u->name), "legal_basis",
	    a->u->legal_basis, "reference", a->u->reference, "data_subjects",
	    "controllers", "data_categories", "recipients", "transfers",
	    "time_limits", "missing");
	if (st != ST_OK)
		return st;
	a->missing = json_object_get(a->o, "missing");
	st = add_recipients(a);
	if (st == ST_OK)
		st = add_subjects(a);
	if (st == ST_OK)
		st = add_categories(a);
	if (st == ST_OK)
		st = add_transfers(a);
	if (st == ST_OK)
		st = add_limits(a);
	if (st == ST_OK)
		*out = a->o;
	else
		json_decref(a->o);
	return st;
}

static enum status add_measures(
    const struct policy *p, const char *language, json_t *o)
{
	json_t *list = json_object_get(o, "security_measures");
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < p->security_measure_count; i++)
		st = json_push(list,
		    json_string(text_in(&p->security_measures[i], language)));
	if (st == ST_OK && p->security_measure_count == 0)
		st = json_push(json_object_get(o, "missing"),
		    json_string(word_in(WORD_SECURITY_MEASURES, language)));
	return st;
}

static enum status one_policy(const struct installation *in,
    const struct policy *p, const char *language, json_t **out)
{
	json_t *o = NULL, *one = NULL;
	enum status st;

	st = json_make(&o, "{s:s, s:I, s:s, s:[], s:[], s:[]}", "policy",
	    p->name, "revision", (json_int_t)p->revision, "title",
	    policy_title(&p->title, language, p->name), "activities",
	    "security_measures", "missing");
	for (size_t i = 0; st == ST_OK && i < p->purpose_count; i++) {
		struct activity a = { in, p, i, &p->purposes[i], language, NULL,
			NULL };

		if ((st = activity_json(&a, &one)) == ST_OK)
			st = json_push(json_object_get(o, "activities"), one);
	}
	if (st == ST_OK)
		st = add_measures(p, language, o);
	if (st == ST_OK)
		*out = o;
	else
		json_decref(o);
	return st;
}

enum status policy_record_json(
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
