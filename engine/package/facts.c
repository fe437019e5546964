/* The answers of the first layer, gathered from lethe.yml, policies, datasets
 * and what was found. */
#include "engine/package/facts.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/zone.h"
#include "engine/package/facts_internal.h"
#include "engine/package/words.h"
#include "engine/plan/policy_record.h"
#include "engine/plan/policy_words.h"
#include "engine/plan/words.h"

/* ---- systems, controllers ---- */

static int64_t records_in(const struct collection_set *set, const char *store)
{
	int64_t n = 0;

	for (size_t i = 0; i < set->count; i++)
		if (strcmp(set->list[i]->store, store) == 0)
			n += set->list[i]->records;
	return n;
}

static enum status add_systems(struct facts *f)
{
	const struct installation *in = f->set->in;
	json_t *list = json_object_get(f->o, "systems"), *one = NULL;
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < in->store_count; i++) {
		const struct installation_store *s = &in->stores[i];

		st = json_make(&one, "{s:s, s:s, s:I}", "store",
		    s->config->name, "title",
		    s->dataset->name ? s->dataset->name : s->config->name,
		    "records", (json_int_t)records_in(f->set, s->config->name));
		if (st == ST_OK)
			st = json_push(list, one);
	}
	return st;
}

static enum status add_controllers(struct facts *f)
{
	const struct config *config = &f->set->in->config;
	json_t *list = json_object_get(f->o, "controllers"), *one = NULL;
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < config->controller_count; i++) {
		const struct config_controller *c = &config->controllers[i];

		st = json_make(&one, "{s:s, s:s, s:s, s:s}", "title",
		    text_in(&c->title, f->language), "contact",
		    text_in(&c->contact, f->language),
		    "data_protection_officer",
		    text_in(&c->data_protection_officer, f->language),
		    "authority", text_in(&c->authority, f->language));
		if (st == ST_OK)
			st = json_push(list, one);
	}
	return st;
}

/* ---- clusters ---- */

int facts_cluster_has(
    const struct collected *c, const struct policy_cluster *cluster)
{
	for (size_t i = 0; i < c->column_count; i++)
		if (c->columns[i].cluster == cluster)
			return 1;
	return 0;
}

static int portable(
    const struct collection_set *set, const struct policy_cluster *cluster)
{
	for (size_t i = 0; i < set->count; i++)
		for (size_t k = 0; k < set->list[i]->column_count; k++)
			if (set->list[i]->columns[k].cluster == cluster &&
			    set->list[i]->columns[k].portable)
				return 1;
	return 0;
}

static enum status add_parts(
    struct facts *f, const struct policy_cluster *cluster, json_t *o)
{
	json_t *parts = json_object_get(o, "collections"), *one = NULL;
	int64_t records = 0;
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < f->set->count; i++) {
		const struct collected *c = f->set->list[i];

		if (!facts_cluster_has(c, cluster))
			continue;
		records += c->records;
		st = json_make(&one, "{s:s, s:s, s:b, s:I, s:b}", "store",
		    c->store, "collection", c->collection->name, "at_intake",
		    c->taken_at != 0, "records", (json_int_t)c->records,
		    "whole", c->cluster == cluster);
		if (st == ST_OK)
			st = json_push(parts, one);
	}
	return st == ST_OK ? json_put(o, "records", json_integer(records)) : st;
}

static enum status add_cluster(
    struct facts *f, const struct policy *p, const struct policy_cluster *c)
{
	struct buf rule = BUF_INIT, page = BUF_INIT;
	json_t *one = NULL;
	enum status st;

	policy_rule_words(&rule, p, c, f->language);
	buf_addf(&page, "clusters/%03zu.html",
	    json_array_size(json_object_get(f->o, "clusters")) + 1);
	st = buf_status(&rule);
	if (st == ST_OK)
		st = buf_status(&page);
	if (st == ST_OK)
		st = json_make(&one,
		    "{s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:i, s:[]}", "policy",
		    p->name, "cluster", c->name, "title",
		    policy_title(&c->title, f->language, c->name), "source",
		    policy_origin_words(p, c, f->language), "storage",
		    buf_text(&rule), "page", buf_text(&page), "portable",
		    portable(f->set, c), "records", 0, "collections");
	if (st == ST_OK)
		st = json_push(json_object_get(f->o, "clusters"), one);
	if (st == ST_OK)
		st = add_parts(f, c, one);
	buf_release(&rule);
	buf_release(&page);
	return st;
}

static int is_there(
    const struct collection_set *set, const struct policy_cluster *cluster)
{
	for (size_t i = 0; i < set->count; i++)
		if (facts_cluster_has(set->list[i], cluster))
			return 1;
	return 0;
}

static enum status add_clusters(struct facts *f)
{
	const struct installation *in = f->set->in;
	enum status st = ST_OK;

	for (size_t i = 0; i < in->policy_count; i++) {
		const struct policy *p = &in->policies[i];

		for (size_t k = 0; st == ST_OK && k < p->cluster_count; k++)
			if (is_there(f->set, &p->clusters[k]))
				st = add_cluster(f, p, &p->clusters[k]);
	}
	return st;
}

/* ---- what would be blank ---- */

static enum status check_clusters(const json_t *o)
{
	const json_t *c;
	size_t i;

	json_array_foreach(json_object_get(o, "clusters"), i, c)
	{
		if (*json_text(c, "source") == '\0')
			return fail(ST_INVALID,
			    "the package would not say where `%s` comes from "
			    "(GDPR Art. 15(1)(g)): give the cluster an "
			    "`origin`",
			    json_text(c, "cluster"));
		if (*json_text(c, "storage") == '\0')
			return fail(ST_INVALID,
			    "the package would not say how long `%s` is kept "
			    "(GDPR Art. 15(1)(d)): give it a deletion_rule",
			    json_text(c, "cluster"));
	}
	return ST_OK;
}

enum status facts_check(const json_t *o)
{
	static const struct {
		const char *block, *article, *where;
	} blocks[] = {
		{ "purposes", "(a)", "give the clusters `purposes`" },
		{ "clusters", "(b)", "give the datasets `data_categories`" },
		{ "recipients", "(c)",
		    "give the purposes `recipients` in the policy" },
		{ "rights", "(e)", "give the purposes a `legal_basis`" },
	};

	if (json_array_size(json_object_get(o, "controllers")) == 0)
		return fail(ST_INVALID,
		    "the package would not say who is responsible and where to "
		    "complain (GDPR Art. 15(1)(f)): add `controllers:` to "
		    "lethe.yml");
	if (!json_is_true(json_object_get(o, "confirmation")))
		return ST_OK;
	for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); i++)
		if (json_array_size(json_object_get(o, blocks[i].block)) == 0)
			return fail(ST_INVALID,
			    "the package would have no %s (GDPR Art. 15(1)%s): "
			    "%s",
			    blocks[i].block, blocks[i].article,
			    blocks[i].where);
	if (*json_text(o, "automated_decisions") == '\0')
		return fail(ST_INVALID,
		    "the package would not say whether there are automated "
		    "decisions (GDPR Art. 15(1)(h)): add `processing: "
		    "{automated_decisions: ...}` to lethe.yml, also where "
		    "there are none");
	return check_clusters(o);
}

/* ---- all ---- */

static enum status begin(struct facts *f)
{
	const struct installation *in = f->set->in;

	return json_make(&f->o,
	    "{s:s, s:s, s:s, s:s, s:O, s:b, s:I, s:[], s:[], s:[], s:[], s:[], "
	    "s:[], s:s, s:[], s:[]}",
	    "format", FACTS_FORMAT, "language", f->language, "time_zone",
	    in->config.time_zone, "as_of", f->set->as_of, "request", f->request,
	    "confirmation", f->set->records + f->set->withheld > 0, "records",
	    (json_int_t)f->set->records, "systems", "controllers", "purposes",
	    "clusters", "recipients", "transfers", "automated_decisions",
	    text_in(&in->config.processing.automated_decisions, f->language),
	    "rights", "withheld");
}

enum status facts_make(const struct collection_set *set, const json_t *request,
    const char *language, json_t **out)
{
	struct facts f = { .set = set, .language = language };
	enum status st;

	st = json_make(&f.request, "{s:s, s:s, s:s, s:s, s:s, s:s}", "id",
	    json_text(request, "id"), "type", json_text(request, "type"), "law",
	    json_text(request, "law"), "received_at",
	    json_text(request, "received_at"), "receipt_date",
	    json_text(request, "receipt_date"), "due_date",
	    json_text(request, "due_date"));
	if (st == ST_OK)
		st = begin(&f);
	if (st == ST_OK)
		st = add_systems(&f);
	if (st == ST_OK)
		st = add_controllers(&f);
	if (st == ST_OK)
		st = add_clusters(&f);
	if (st == ST_OK)
		st = facts_add_purposes(&f);
	if (st == ST_OK)
		st = facts_add_rights(&f);
	if (st == ST_OK)
		st = facts_add_withheld(&f, request);
	if (st == ST_OK)
		st = facts_add_consents(&f, request);
	if (st == ST_OK)
		st = facts_check(f.o);
	json_decref(f.request);
	if (st == ST_OK)
		*out = f.o;
	else
		json_decref(f.o);
	return st;
}
