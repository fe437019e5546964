/* One report, from its request to its release. */
#include <stdlib.h>
#include <string.h>

#include "engine/audit/log.h"
#include "engine/report/report_parts.h"

static void report_release(struct report *r)
{
	size_t i, k;

	for (i = 0; r->sets && i < r->set_count; i++) {
		aggregate_release(&r->sets[i].counts);
		for (k = 0; k < LATTICE_FIELDS; k++)
			cut_release(&r->sets[i].cuts[k]);
		lattice_release(&r->lattices[i]);
	}
	free(r->sets);
	free(r->lattices);
	for (i = 0; i < r->number_count; i++)
		free(r->numbers[i]);
	free(r->numbers);
	json_decref(r->cells);
	ledger_release(&r->ledger);
	free(r->name);
}

/* ---- what is asked for ---- */

static enum status find_cluster(struct report *r)
{
	const char *names[129], *near;
	size_t n = 0;

	for (size_t i = 0; i < r->in->policy_count; i++) {
		const struct policy *p = &r->in->policies[i];

		for (size_t k = 0; k < p->cluster_count; k++) {
			if (strcmp(p->clusters[k].name, r->request->cluster) ==
			    0) {
				r->policy = p;
				r->cluster = &p->clusters[k];
				return ST_OK;
			}
			if (n < 128)
				names[n++] = p->clusters[k].name;
		}
	}
	names[n] = NULL;
	near = diag_nearest(r->request->cluster, names);
	return fail(ST_USAGE, "no cluster `%s`%s%s%s", r->request->cluster,
	    near ? ", did you mean `" : "", near ? near : "",
	    near ? "`?" : ": `lethe policy show` lists them");
}

/* Is it the one asked for, by its name or with its store's? */
static int is_asked(const struct report *r, const char *store, const char *name)
{
	const char *asked = r->request->collection;
	size_t len = strlen(store);

	return asked == NULL || strcmp(asked, name) == 0 ||
	       (strncmp(asked, store, len) == 0 && asked[len] == '.' &&
		   strcmp(asked + len + 1, name) == 0);
}

static enum status see_collection(struct report *r,
    struct installation_store *s, const struct collection *c, struct buf *all)
{
	const struct policy_cluster *cluster = NULL;
	enum status st;

	st = policy_cluster_of(
	    r->policy, s->dataset->key, c->name, NULL, &cluster);
	if (st == ST_NOTFOUND || (st == ST_OK && cluster != r->cluster))
		return ST_OK;
	if (st != ST_OK)
		return st;
	buf_addf(
	    all, "%s%s.%s", all->len ? ", " : "", s->config->name, c->name);
	if (!is_asked(r, s->config->name, c->name))
		return ST_OK;
	if (r->collection)
		return fail(ST_USAGE,
		    "cluster `%s` has several collections: name one with "
		    "--collection, as `%s.%s`",
		    r->cluster->name, s->config->name, c->name);
	r->store = s;
	r->collection = c;
	return ST_OK;
}

static enum status find_collection(struct report *r)
{
	struct buf all = BUF_INIT;
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < r->in->store_count; i++) {
		struct installation_store *s = &r->in->stores[i];

		for (size_t k = 0;
		     st == ST_OK && k < s->dataset->collection_count; k++)
			st = see_collection(
			    r, s, &s->dataset->collections[k], &all);
	}
	if (st == ST_OK && r->collection == NULL)
		st = fail(ST_USAGE,
		    "no collection `%s` in cluster `%s`: there is %s",
		    r->request->collection ? r->request->collection : "",
		    r->cluster->name, all.len ? buf_text(&all) : "none whole");
	buf_release(&all);
	return st;
}

static enum status find_minimum(struct report *r)
{
	int64_t least = r->in->config.reports.min_cell;

	r->min = r->request->min ? r->request->min : least;
	if (r->min < least)
		return fail(ST_USAGE,
		    "the minimum of this installation is %lld (reports: "
		    "{min_cell: ...}): --min can only raise it",
		    (long long)least);
	return ST_OK;
}

static enum status open_all(struct report *r)
{
	enum status st;

	if ((st = installation_open_store(r->in, r->store)) != ST_OK)
		return st;
	r->table = db_schema_table(&r->store->schema, r->collection->name);
	if (r->table == NULL)
		return fail(ST_INVALID,
		    "store `%s` has no table `%s`, though the dataset "
		    "describes it: add it to the store",
		    r->store->config->name, r->collection->name);
	r->name =
	    str_format("%s.%s", r->store->config->name, r->collection->name);
	if (r->name == NULL || (r->cells = json_object()) == NULL)
		return fail(ST_NOMEM, "out of memory");
	person_find(r->store, r->collection, &r->person);
	if ((st = installation_open_control(r->in)) != ST_OK)
		return st;
	if ((st = installation_open_audit(r->in)) != ST_OK)
		return st;
	return audit_writable(r->in->audit);
}

/* Fields of another cluster are held for other purposes. */
static enum status check_cluster(const struct report *r, const struct cut *c)
{
	const struct policy_cluster *cluster = NULL;
	enum status st;

	st = policy_cluster_of(r->policy, r->store->dataset->key,
	    r->collection->name, c->field->name, &cluster);
	if (st == ST_OK && cluster != r->cluster)
		st = fail(ST_USAGE, "`%s` belongs to cluster `%s`, not to `%s`",
		    c->field->name, cluster->name, r->cluster->name);
	return st;
}

static enum status check_fields(const struct report *r, json_t **out)
{
	const struct report_request *q = r->request;
	enum status st = ST_OK;
	struct cut cut;
	size_t i, k;

	if ((*out = json_array()) == NULL)
		return fail(ST_NOMEM, "out of memory");
	if (q->by_count < 1 || q->by_count > LATTICE_FIELDS)
		return fail(ST_USAGE, "a report is by one to three fields");
	for (i = 0; st == ST_OK && i < q->by_count; i++) {
		st = cut_init(&cut, q->by[i], r->collection, r->table);
		if (st != ST_OK)
			break;
		st = check_cluster(r, &cut);
		for (k = 0; st == ST_OK && k < i; k++) {
			if (strcspn(q->by[k], ":") == strcspn(q->by[i], ":") &&
			    strncmp(q->by[k], q->by[i],
				strcspn(q->by[i], ":")) == 0)
				st = fail(ST_USAGE, "`%s` stands twice in --by",
				    cut.field->name);
		}
		cut_release(&cut);
		if (st == ST_OK)
			st = json_push(*out, json_string(q->by[i]));
	}
	return st;
}

/* ---- what is released ---- */

static enum status note(struct report *r, const json_t *by)
{
	json_t *details = NULL;
	char *actor = NULL;
	enum status st;

	st = audit_actor(&actor);
	if (st == ST_OK)
		st = json_make(&details, "{s:s, s:s, s:s, s:O, s:I, s:I, s:I}",
		    "object", r->name, "cluster", r->cluster->name,
		    "collection", r->name, "by", by, "cells",
		    (json_int_t)r->shown, "withheld", (json_int_t)r->withheld,
		    "min", (json_int_t)r->min);
	if (st == ST_OK)
		st = audit_append(
		    r->in->audit, r->now, actor, "report_released", details);
	json_decref(details);
	free(actor);
	return st;
}

/* Kept before it is shown: at worst something is held to be known that nobody
 * has seen. */
static enum status release(struct report *r, const json_t *by, json_t **out)
{
	json_t *made = NULL, *restricted = NULL;
	enum status st;

	if ((st = db_begin(r->in->control, DB_WRITE)) != ST_OK)
		return st;
	st = ledger_init(&r->ledger, r->in->control, r->name);
	if (st == ST_OK)
		st = ledger_admit(&r->ledger, by);
	if (st == ST_OK)
		st = report_count(r);
	if (st == ST_OK)
		st = report_page(r, by, &made);
	if (st == ST_OK)
		st = report_restricted(r, &restricted);
	if (st == ST_OK)
		st = json_put(made, "restricted", restricted);
	if (st == ST_OK)
		st = ledger_keep_sets(&r->ledger, r->now);
	if (st == ST_OK)
		st = note(r, by);
	if (st == ST_OK)
		st = db_commit(r->in->control);
	if (st == ST_OK) {
		*out = made;
		return ST_OK;
	}
	db_rollback(r->in->control);
	json_decref(made);
	return st;
}

enum status report_make(struct installation *in,
    const struct report_request *request, int64_t now, json_t **out)
{
	struct report r = { .in = in, .request = request, .now = now };
	json_t *by = NULL;
	enum status st;

	if ((st = find_cluster(&r)) == ST_OK)
		st = find_collection(&r);
	if (st == ST_OK)
		st = find_minimum(&r);
	if (st == ST_OK)
		st = open_all(&r);
	if (st == ST_OK)
		st = check_fields(&r, &by);
	if (st == ST_OK)
		st = release(&r, by, out);
	json_decref(by);
	report_release(&r);
	return st;
}
