/* What an erasure would do, in words and hashes: it is tried and undone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/base64.h"
#include "engine/installation/units.h"
#include "engine/plan/explain.h"
#include "engine/plan/keys.h"
#include "engine/purge/erasing.h"

/* ---- what goes ---- */

static enum status item_json(const struct rule *r, enum evidence_action action,
    const struct buf *hashes, json_t **out)
{
	static const char *const words[ERASE_ACTIONS] = {
		[EVIDENCE_DELETE] = "delete",
		[EVIDENCE_DE_IDENTIFY] = "de_identify",
		[EVIDENCE_MINIMISE] = "minimise",
	};
	const struct policy_erasure *e = &r->terms.cluster->erasure;
	const char *ground = e->ground ? e->ground : "no_longer_necessary";
	struct buf text = BUF_INIT;
	enum status st;

	base64_add(&text, hashes->data, hashes->len);
	if ((st = buf_status(&text)) == ST_OK)
		st = json_make(out,
		    "{s:s, s:s, s:s, s:s, s:s, s:s?, s:s, s:s?, s:I, s:s}",
		    "store", r->store->config->name, "collection",
		    r->collection->name, "policy", r->policy->name, "cluster",
		    r->terms.cluster->name, "action", words[action], "label",
		    action == EVIDENCE_DE_IDENTIFY ? rule_label(r) : NULL,
		    "ground", ground, "dpv", policy_erasure_dpv(ground),
		    "records", (json_int_t)erasing_count(hashes), "hashes",
		    buf_text(&text));
	buf_release(&text);
	return st;
}

static enum status items_json(const struct erasing *e, json_t *list)
{
	const struct schedule *s = &e->run.schedule;
	enum status st = ST_OK;
	json_t *one = NULL;
	size_t i;
	int k;

	for (i = 0; st == ST_OK && i < s->count; i++) {
		for (k = 0; st == ST_OK && k < ERASE_ACTIONS; k++) {
			const struct buf *done = &e->sets[i].done[k];

			if (done->len == 0)
				continue;
			st = item_json(
			    &s->rules[i], (enum evidence_action)k, done, &one);
			if (st == ST_OK)
				st = json_push(list, one);
		}
	}
	return st;
}

/* ---- what stays, and why ---- */

struct keeping {
	struct erasing *e;
	const struct asked_list *place;
	const struct rule *rule; /* of the collection itself */
	json_t *groups;          /* by place and reason */
	struct explainer *judge;
};

static int is(const json_t *o, const char *key, const char *text)
{
	return strcmp(json_text(o, key), text) == 0;
}

/* Why a record that ${x} explains is not erased, in one word. */
static const char *why(
    const struct keeping *k, const struct rule *r, const json_t *x)
{
	const struct policy_erasure *e = &r->terms.cluster->erasure;

	if (k->place->shared)
		return "shared";
	if (is(x, "verdict", "HELD"))
		return "held";
	if (is(x, "verdict", "RESTRICTED"))
		return "restricted";
	if (e->on_request == POLICY_ERASE_KEEP)
		return e->exception ? e->exception : "legal_obligation";
	if (is(x, "verdict", "UNDECIDED"))
		return "undecided";
	if (is(x, "verdict", "ACTIVE"))
		return "needed";
	return "referenced";
}

static enum status purposes_json(const struct rule *r, json_t *list)
{
	const struct policy_cluster *c = r->terms.cluster;
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < c->purpose_count; i++)
		st = json_push(list,
		    json_string(
			r->policy->purposes[c->purposes[i].purpose].name));
	return st;
}

static enum status new_group(
    const struct rule *r, const char *reason, const json_t *x, json_t **out)
{
	const struct policy_erasure *e = &r->terms.cluster->erasure;
	int law = e->exception && strcmp(reason, e->exception) == 0;
	json_t *o = NULL;
	enum status st;

	st = json_make(&o,
	    "{s:s, s:s, s:s, s:s, s:s?, s:s?, s:[], s:I, s:O, s:[]}", "store",
	    r->store->config->name, "collection", r->collection->name,
	    "cluster", r->terms.cluster->name, "why", reason, "dpv",
	    policy_erasure_dpv(reason), "law", law ? e->law : NULL, "purposes",
	    "records", (json_int_t)0, "until",
	    json_object_get(x, "deletable_from"), "suspensions");
	if (st == ST_OK)
		st = purposes_json(r, json_object_get(o, "purposes"));
	if (st == ST_OK)
		*out = o;
	else
		json_decref(o);
	return st;
}

/* The last of them; nobody knows once one of them is not known. */
static enum status later(json_t *group, const json_t *x)
{
	json_t *until = json_object_get(x, "deletable_from");
	const char *now = json_string_value(json_object_get(group, "until"));

	if (now == NULL || (json_is_string(until) &&
			       strcmp(json_string_value(until), now) <= 0))
		return ST_OK;
	return json_put(group, "until", json_incref(until));
}

static enum status add_suspensions(json_t *group, const json_t *x)
{
	json_t *list = json_object_get(group, "suspensions"), *one, *known;
	json_t *made = NULL;
	enum status st = ST_OK;
	size_t i, k;

	json_array_foreach(json_object_get(x, "suspensions"), i, one)
	{
		json_array_foreach(list, k,
		    known) if (is(known, "id", json_text(one, "id"))) break;
		if (k < json_array_size(list))
			continue;
		st = json_make(&made, "{s:s, s:s, s:s}", "id",
		    json_text(one, "id"), "kind", json_text(one, "kind"),
		    "reason", json_text(one, "reason"));
		if (st == ST_OK)
			st = json_push(list, made);
		if (st != ST_OK)
			break;
	}
	return st;
}

static enum status keep_part(
    struct keeping *k, const struct rule *r, const json_t *x)
{
	const char *reason = why(k, r, x);
	json_t *group, *made = NULL;
	enum status st = ST_OK;
	char *name;

	if (!asked_wants(&k->e->asked, r->terms.cluster->name))
		return ST_OK;
	name = str_format("%s/%s/%s/%s", r->store->config->name,
	    r->collection->name, r->terms.cluster->name, reason);
	if (name == NULL)
		return fail(ST_NOMEM, "out of memory");
	if (json_object_get(k->groups, name) == NULL) {
		st = new_group(r, reason, x, &made);
		if (st == ST_OK)
			st = json_put(k->groups, name, made);
	}
	group = json_object_get(k->groups, name);
	free(name);
	if (st == ST_OK)
		st = json_put(group, "records",
		    json_integer(json_int(group, "records") + 1));
	if (st == ST_OK)
		st = later(group, x);
	return st == ST_OK ? add_suspensions(group, x) : st;
}

/* What was done to a part of a row that stays is among what goes. */
static int is_done(
    const struct erasing *e, const struct rule *r, const struct buf *hash)
{
	const struct erase_sets *s = &e->sets[r - e->run.schedule.rules];

	return erasing_all_in(hash, &s->done[EVIDENCE_DE_IDENTIFY]);
}

static enum status hash_of(
    const struct keeping *k, const struct val *key, struct buf *out)
{
	const struct run *run = &k->e->run;
	const struct plan_item item = { .rule = k->rule };
	struct evidence *hasher = NULL;
	uint8_t hash[PSEUDONYM_LEN];
	struct keyring_key secret;
	enum status st;

	st = keyring_find(run->in->keys, "evidence", &secret);
	if (st == ST_OK)
		st = evidence_new(&item, EVIDENCE_DELETE, run->id,
		    run->in->rule_set, secret.secret, &hasher);
	if (st == ST_OK)
		st = evidence_hash(hasher, key, hash);
	evidence_free(hasher);
	if (st != ST_OK)
		return st;
	buf_add(out, hash, sizeof(hash));
	return buf_status(out);
}

static enum status keep_parts(
    struct keeping *k, const json_t *x, const struct buf *hash)
{
	const json_t *parts = json_object_get(x, "parts"), *part;
	enum status st = ST_OK;
	size_t i;

	if (!is_done(k->e, k->rule, hash))
		st = keep_part(k, k->rule, x);
	json_array_foreach(parts, i, part)
	{
		const struct rule *r = rule_part(k->rule, i + 1);

		if (st == ST_OK && !is_done(k->e, r, hash))
			st = keep_part(k, r, part);
	}
	return st;
}

static enum status keep_one(void *ctx, const struct val *key)
{
	struct keeping *k = ctx;
	struct buf hash = BUF_INIT;
	const struct buf *print;
	json_t *x = NULL;
	enum status st = hash_of(k, key, &hash);

	if (st == ST_OK)
		st = explainer_look(k->judge, key, &print);
	if (st == ST_OK)
		st = explainer_json(k->judge, &x);
	if (st == ST_OK)
		st = keep_parts(k, x, &hash);
	json_decref(x);
	buf_release(&hash);
	/* Somebody deleted it since. */
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status keep_list(
    struct erasing *e, const struct asked_list *l, json_t *groups)
{
	struct keeping k = { .e = e, .place = l, .groups = groups };
	enum status st;

	k.rule = schedule_rule(
	    &e->run.schedule, l->store->config->name, l->collection->name);
	/* What has nothing personal has no rule. */
	if (k.rule == NULL)
		return ST_OK;
	st = explainer_new(e->run.in, k.rule, e->run.as_of, &k.judge);
	if (st == ST_OK && (st = asked_use(l)) == ST_OK)
		st = asked_each(l, keep_one, &k);
	units_rest(l->store);
	explainer_free(k.judge);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status kept_json(struct erasing *e, json_t *groups)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < e->stays.count; i++)
		st = keep_list(e, &e->stays.lists[i], groups);
	for (i = 0; st == ST_OK && i < e->asked.count; i++) {
		if (e->asked.lists[i].shared)
			st = keep_list(e, &e->asked.lists[i], groups);
	}
	return st;
}

/* ---- the plan ---- */

static long long records_in(const json_t *list)
{
	const json_t *one;
	long long n = 0;
	size_t i;

	json_array_foreach(list, i, one) n += json_int(one, "records");
	return n;
}

static enum status put_hash(json_t *plan)
{
	char hash[SHA256_TEXT];
	char *text = NULL;
	enum status st = json_canonical(plan, &text);

	if (st != ST_OK)
		return st;
	sha256_hex(text, strlen(text), hash);
	free(text);
	return json_put(plan, "hash", json_string(hash));
}

/* In the order of their names, in which canonical text has them. */
static enum status in_order(const json_t *groups, json_t *list)
{
	json_t *sorted, *group;
	const char *name;
	char *text = NULL;
	enum status st = json_canonical(groups, &text);

	if (st != ST_OK)
		return st;
	sorted = json_loads(text, 0, NULL);
	free(text);
	if (sorted == NULL)
		return fail(ST_NOMEM, "out of memory");
	json_object_foreach(sorted, name, group)
	{
		if (st == ST_OK)
			st = json_push(list, json_incref(group));
	}
	json_decref(sorted);
	return st;
}

static enum status compose(
    struct erasing *e, json_t *items, json_t *groups, json_t **out)
{
	json_t *kept = json_array(), *plan = NULL;
	char as_of[INSTANT_TEXT];
	enum status st = kept ? ST_OK : fail(ST_NOMEM, "out of memory");

	if (st == ST_OK)
		st = in_order(groups, kept);
	if (st == ST_OK)
		st = json_make(&plan, "{s:s, s:I, s:I, s:O, s:O}", "rule_set",
		    e->run.in->rule_set, "records",
		    (json_int_t)records_in(items), "kept_records",
		    (json_int_t)records_in(kept), "items", items, "kept", kept);
	json_decref(kept);
	civil_format_instant(e->run.as_of, as_of);
	if (st == ST_OK)
		st = put_hash(plan);
	if (st == ST_OK)
		st = json_put(plan, "as_of", json_string(as_of));
	if (st == ST_OK)
		*out = plan;
	else
		json_decref(plan);
	return st;
}

static enum status plan(struct erasing *e, json_t **out)
{
	json_t *items = json_array(), *groups = json_object();
	enum status st =
	    items && groups ? ST_OK : fail(ST_NOMEM, "out of memory");

	if (st == ST_OK)
		st = erasing_act(e);
	erasing_undo(e);
	if (st == ST_OK)
		st = items_json(e, items);
	if (st == ST_OK)
		st = kept_json(e, groups);
	if (st == ST_OK)
		st = compose(e, items, groups, out);
	json_decref(items);
	json_decref(groups);
	return st;
}

enum status erase_plan(
    struct installation *in, const struct erase_subject *s, json_t **out)
{
	struct erasing e = { .subject = NULL };
	enum status st = erasing_init(&e, in, s);

	if (st == ST_OK)
		st = plan(&e, out);
	erasing_release(&e);
	return st;
}
