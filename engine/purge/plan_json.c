/* Plans as JSON. */
#include "engine/purge/plan_json.h"

#include <stdlib.h>
#include <string.h>

#include "engine/plan/rule_hash.h"

/* null: not counted, for it would have to be read. */
static json_t *counted(int64_t n)
{
	return n == PLAN_UNCOUNTED ? json_null() : json_integer(n);
}

static enum status item_json(const struct plan_item *p, json_t *list)
{
	char cutoff[ZONE_TEXT], hash[RULE_HASH_TEXT];
	json_t *one = NULL;
	enum status st;

	plan_cutoff_text(p, cutoff);
	if ((st = rule_hash(p->rule, hash)) != ST_OK)
		return st;
	st = json_make(&one,
	    "{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:o, "
	    "s:o}",
	    "cluster", p->rule->terms.cluster->name, "store",
	    p->rule->store->config->name, "collection",
	    p->rule->collection->name, "action",
	    policy_action_name(p->rule->terms.cluster->action), "cutoff",
	    cutoff, "rule", hash, "records", (json_int_t)p->records, "due",
	    (json_int_t)p->due, "overdue", (json_int_t)p->overdue, "held",
	    (json_int_t)p->held, "restricted", (json_int_t)p->restricted,
	    "undecided", (json_int_t)p->undecided, "active", counted(p->active),
	    "retain", counted(p->retain));
	return st == ST_OK ? json_push(list, one) : st;
}

enum status plan_json(
    const struct plan *p, const char *store, const char *cluster, json_t **out)
{
	const struct installation *in = p->schedule->installation;
	json_t *items = json_array();
	char as_of[INSTANT_TEXT];
	enum status st = items ? ST_OK : fail(ST_NOMEM, "out of memory");
	size_t i;

	for (i = 0; st == ST_OK && i < p->count; i++)
		st = item_json(&p->items[i], items);
	civil_format_instant(p->as_of, as_of);
	if (st == ST_OK)
		st = json_make(out, "{s:s, s:s, s:s, s:s, s:s, s:O}",
		    "installation", in->config.installation, "rule_set",
		    in->rule_set, "as_of", as_of, "store", store ? store : "",
		    "cluster", cluster ? cluster : "", "items", items);
	json_decref(items);
	return st;
}

enum status plan_json_hash(const json_t *plan, char out[SHA256_TEXT])
{
	char *text = NULL;
	enum status st = json_canonical(plan, &text);

	if (st == ST_OK)
		sha256_hex(text, strlen(text), out);
	free(text);
	return st;
}

const json_t *plan_json_find(const json_t *plan, const char *store,
    const char *collection, const char *cluster)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(plan, "items"), i, item)
	{
		if (strcmp(json_text(item, "store"), store) == 0 &&
		    strcmp(json_text(item, "collection"), collection) == 0 &&
		    strcmp(json_text(item, "cluster"), cluster) == 0)
			return item;
	}
	return NULL;
}

const json_t *plan_json_item(const json_t *plan, const struct rule *r)
{
	return plan_json_find(plan, r->store->config->name, r->collection->name,
	    r->terms.cluster->name);
}
