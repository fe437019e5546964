/*
 * Two versions of a policy over the same records: the due conditions of both,
 * each AND NOT the other, counted where the records are.
 */
#include "engine/plan/policy_diff.h"

#include <stdlib.h>
#include <string.h>

#include "engine/installation/units.h"
#include "engine/plan/policy_changes.h"

static const int within[] = { 30, 365 };
#define WITHIN (sizeof(within) / sizeof(*within))

/* A collection's rule before and after; one of them may be missing. */
struct pair {
	const struct rule *before;
	const struct rule *after;
};
struct counts {
	int64_t before;
	int64_t becomes;
	int64_t stops;
	int64_t later_before[WITHIN];
	int64_t later_after[WITHIN];
};

/* ---- which rules belong together ---- */

static int same_collection(const struct rule *a, const struct rule *b)
{
	return strcmp(a->store->config->name, b->store->config->name) == 0 &&
	       strcmp(a->collection->name, b->collection->name) == 0;
}

static int same_cluster(const struct rule *a, const struct rule *b)
{
	return strcmp(a->terms.cluster->name, b->terms.cluster->name) == 0;
}

static int is_taken(const struct pair *pairs, size_t n, const struct rule *r)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (pairs[i].before == r)
			return 1;
	}
	return 0;
}

/* The rules of ${s} that are the policy's; ${each} to be matched later. */
static size_t take_after(
    const struct schedule *s, const char *name, struct pair *pairs)
{
	size_t i, n = 0;

	for (i = 0; i < s->count; i++) {
		if (strcmp(s->rules[i].policy->name, name) == 0)
			pairs[n++].after = &s->rules[i];
	}
	return n;
}

/* First those that kept their cluster, then those that moved to another. */
static void match(const struct schedule *before, const char *name, int moved,
    struct pair *pairs, size_t n)
{
	size_t i, k;

	for (i = 0; i < n; i++) {
		for (k = 0; pairs[i].before == NULL && k < before->count; k++) {
			const struct rule *r = &before->rules[k];

			if (strcmp(r->policy->name, name) == 0 &&
			    same_collection(r, pairs[i].after) &&
			    (moved || same_cluster(r, pairs[i].after)) &&
			    !is_taken(pairs, n, r))
				pairs[i].before = r;
		}
	}
}

static enum status pair_up(const struct schedule *before,
    const struct schedule *after, const char *name, struct pair **out,
    size_t *count)
{
	struct pair *pairs =
	    calloc(before->count + after->count + 1, sizeof(*pairs));
	size_t i, n;

	if (pairs == NULL)
		return fail(ST_NOMEM, "out of memory");
	n = take_after(after, name, pairs);
	match(before, name, 0, pairs, n);
	match(before, name, 1, pairs, n);
	for (i = 0; i < before->count; i++) {
		const struct rule *r = &before->rules[i];

		if (strcmp(r->policy->name, name) == 0 &&
		    !is_taken(pairs, n, r))
			pairs[n++].before = r;
	}
	*out = pairs;
	*count = n;
	return ST_OK;
}

/* ---- counting ---- */

/* Add the condition that a rule (NULL: none) makes t due. */
static enum status add_due(const struct rule *r, int64_t now, struct sql *q)
{
	if (r)
		return rule_where(r, RULE_DUE, now, DB_EVERY, q);
	sql_add(q, "FALSE");
	return ST_OK;
}

/* How many are due by ${r}, and (${but} not NULL) not by ${but}'s rule. */
static enum status count(const struct rule *from, const struct rule *r,
    const struct rule *const *but, int64_t now, int64_t *out)
{
	struct sql q = SQL_INIT;
	enum status st;

	sql_add(&q, "SELECT count(*) FROM ");
	rule_from(from, &q);
	sql_add(&q, " WHERE ");
	st = add_due(r, now, &q);
	if (st == ST_OK && but) {
		sql_add(&q, " AND (");
		st = add_due(*but, now, &q);
		sql_add(&q, ") IS NOT TRUE");
	}
	if (st == ST_OK)
		st = db_one_int_sql(from->store->db, &q, 0, out);
	sql_release(&q);
	return st;
}

static enum status count_all(
    const struct pair *p, int64_t now, struct counts *out)
{
	const struct rule *from = p->after ? p->after : p->before;
	enum status st;
	size_t i;

	st = count(from, p->before, NULL, now, &out->before);
	if (st == ST_OK)
		st = count(from, p->after, &p->before, now, &out->becomes);
	if (st == ST_OK)
		st = count(from, p->before, &p->after, now, &out->stops);
	for (i = 0; st == ST_OK && i < WITHIN; i++) {
		int64_t then = now + within[i] * (int64_t)CIVIL_DAY_SECONDS;

		st = count(from, p->before, NULL, then, &out->later_before[i]);
		if (st == ST_OK)
			st = count(
			    from, p->after, NULL, then, &out->later_after[i]);
	}
	return st;
}

static void add_counts(struct counts *sum, const struct counts *c)
{
	size_t i;

	sum->before += c->before;
	sum->becomes += c->becomes;
	sum->stops += c->stops;
	for (i = 0; i < WITHIN; i++) {
		sum->later_before[i] += c->later_before[i];
		sum->later_after[i] += c->later_after[i];
	}
}

/* One pair, as of one state of each file of the store. */
static enum status count_pair(
    const struct pair *p, int64_t now, struct counts *out)
{
	struct installation_store *a = (p->after ? p->after : p->before)->store;
	struct installation_store *b =
	    (p->before ? p->before : p->after)->store;
	struct counts some;
	enum status st = ST_OK;
	size_t u;

	memset(out, 0, sizeof(*out));
	for (u = 0; st == ST_OK && u < units_count(a); u++) {
		memset(&some, 0, sizeof(some));
		if ((st = units_use(a, u)) == ST_OK)
			st = units_use(b, u);
		if (st == ST_OK && (st = db_begin(a->db, DB_READ)) == ST_OK) {
			st = count_all(p, now, &some);
			db_rollback(a->db);
		}
		add_counts(out, &some);
	}
	units_rest(a);
	units_rest(b);
	return st;
}

/* ---- clusters ---- */

static enum status put_counts(json_t *o, const struct counts *c)
{
	json_t *list = json_array(), *one = NULL, *counts = NULL;
	enum status st = list ? ST_OK : fail(ST_NOMEM, "out of memory");
	size_t i;

	for (i = 0; st == ST_OK && i < WITHIN; i++) {
		st = json_make(&one, "{s:i, s:I, s:I}", "days", within[i],
		    "before", (json_int_t)c->later_before[i], "after",
		    (json_int_t)c->later_after[i]);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	if (st == ST_OK)
		st = json_make(&counts, "{s:I, s:I, s:I, s:I, s:O}",
		    "becomes_due", (json_int_t)c->becomes, "stops_being_due",
		    (json_int_t)c->stops, "due_before", (json_int_t)c->before,
		    "due_after",
		    (json_int_t)(c->before + c->becomes - c->stops), "within",
		    list);
	if (st == ST_OK && json_object_update(o, counts) != 0)
		st = fail(ST_NOMEM, "out of memory");
	json_decref(counts);
	json_decref(list);
	return st;
}

static const char *cluster_of(const struct pair *p)
{
	return (p->after ? p->after : p->before)->terms.cluster->name;
}

static enum status collection_json(
    const struct pair *p, const struct counts *c, json_t *list)
{
	const struct rule *r = p->after ? p->after : p->before;
	int moved = p->before && p->after && !same_cluster(p->before, p->after);
	json_t *o = NULL;
	enum status st;

	st = json_make(&o, "{s:s, s:s, s:s?}", "store", r->store->config->name,
	    "collection", r->collection->name, "moved_from",
	    moved ? p->before->terms.cluster->name : NULL);
	if (st == ST_OK)
		st = json_push(list, o);
	return st == ST_OK ? put_counts(o, c) : st;
}

struct diff {
	struct pair *pairs;
	size_t count;
	int64_t now;
	struct counts sum;
	json_t *clusters;
};

static enum status cluster_json(struct diff *d, const char *name)
{
	json_t *o = NULL, *list;
	struct counts sum = { 0 }, one;
	enum status st;
	size_t i;

	st = json_make(&o, "{s:s, s:[]}", "cluster", name, "collections");
	if (st != ST_OK || (st = json_push(d->clusters, o)) != ST_OK)
		return st;
	list = json_object_get(o, "collections");
	for (i = 0; st == ST_OK && i < d->count; i++) {
		if (strcmp(cluster_of(&d->pairs[i]), name) != 0)
			continue;
		st = count_pair(&d->pairs[i], d->now, &one);
		if (st == ST_OK)
			st = collection_json(&d->pairs[i], &one, list);
		add_counts(&sum, &one);
	}
	add_counts(&d->sum, &sum);
	return st == ST_OK ? put_counts(o, &sum) : st;
}

static int has_cluster(const struct policy *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->cluster_count; i++) {
		if (strcmp(p->clusters[i].name, name) == 0)
			return 1;
	}
	return 0;
}

static enum status all_clusters(
    struct diff *d, const struct policy *before, const struct policy *after)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < after->cluster_count; i++)
		st = cluster_json(d, after->clusters[i].name);
	for (i = 0; st == ST_OK && i < before->cluster_count; i++) {
		if (!has_cluster(after, before->clusters[i].name))
			st = cluster_json(d, before->clusters[i].name);
	}
	return st;
}

/* ---- what is remembered ---- */

static int has_memory(const struct rule *r, const char *name)
{
	size_t i, k;

	for (i = 0; i < r->clock_count; i++) {
		for (k = 0; k < r->clocks[i].path.count; k++) {
			if (strcmp(r->clocks[i].memory[k], name) == 0)
				return 1;
		}
	}
	return 0;
}

static int is_remembered(const struct diff *d, const char *name)
{
	size_t i;

	for (i = 0; i < d->count; i++) {
		if (d->pairs[i].after && has_memory(d->pairs[i].after, name))
			return 1;
	}
	return 0;
}

static int is_said(const json_t *list, const char *text)
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

/* Dates that gone records left behind are kept under names that the policy,
 * the starting point and the path make: a new name does not find them. */
static enum status check_memory(
    const struct rule *r, const char *start, const char *name, json_t *warnings)
{
	int64_t records = 0;
	enum status st;
	char *text;

	st = db_one_int(r->store->db,
	    "SELECT count(*) FROM lethe_starting_point WHERE name = $1",
	    ARGS(TEXT(name)), 0, &records);
	if (st != ST_OK || records == 0)
		return st;
	text = str_format(
	    "store `%s`: %lld dates of starting point `%s`, left behind by "
	    "records that are gone, would not be found any more: keep its "
	    "name, and the path to it",
	    r->store->config->name, (long long)records, start);
	if (text == NULL)
		return fail(ST_NOMEM, "out of memory");
	if (!is_said(warnings, text))
		st = json_push(warnings, json_string(text));
	free(text);
	return st;
}

static enum status check_clock(const struct diff *d, const struct rule *r,
    const struct rule_clock *c, json_t *warnings)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < c->path.count; i++) {
		if (!is_remembered(d, c->memory[i]))
			st = check_memory(
			    r, c->terms.start->name, c->memory[i], warnings);
	}
	return st;
}

static enum status check_memories(const struct diff *d, json_t *warnings)
{
	enum status st = ST_OK;
	size_t i, k;

	for (i = 0; i < d->count; i++) {
		const struct rule *r = d->pairs[i].before;

		for (k = 0; st == ST_OK && r && k < r->clock_count; k++)
			st = check_clock(d, r, &r->clocks[k], warnings);
	}
	return st;
}

/* ---- all ---- */

static const struct policy *policy_named(
    const struct schedule *s, const char *name)
{
	const struct installation *in = s->installation;
	size_t i;

	for (i = 0; i < in->policy_count; i++) {
		if (strcmp(in->policies[i].name, name) == 0)
			return &in->policies[i];
	}
	return NULL;
}

static enum status head_json(const struct policy *before,
    const struct policy *after, int64_t now, json_t **out)
{
	json_t *changes = NULL;
	char at[INSTANT_TEXT];
	enum status st;

	civil_format_instant(now, at);
	st = policy_changes_json(before, after, &changes);
	if (st != ST_OK)
		return st;
	return json_make(out,
	    "{s:s, s:s, s:{s:s, s:I}, s:{s:s, s:I}, s:o, s:[], s:[]}", "policy",
	    after->name, "as_of", at, "before", "file", before->path,
	    "revision", (json_int_t)before->revision, "after", "file",
	    after->path, "revision", (json_int_t)after->revision, "changes",
	    changes, "clusters", "warnings");
}

enum status policy_diff_json(const struct schedule *before,
    const struct schedule *after, const char *name, int64_t as_of, json_t **out)
{
	const struct policy *a = policy_named(before, name);
	const struct policy *b = policy_named(after, name);
	struct diff d = { .now = as_of };
	json_t *o = NULL;
	enum status st;

	if (a == NULL || b == NULL)
		return fail(
		    ST_USAGE, "there is no policy `%s` on both sides", name);
	if ((st = head_json(a, b, as_of, &o)) != ST_OK)
		return st;
	d.clusters = json_object_get(o, "clusters");
	st = pair_up(before, after, name, &d.pairs, &d.count);
	if (st == ST_OK)
		st = all_clusters(&d, a, b);
	if (st == ST_OK)
		st = put_counts(o, &d.sum);
	if (st == ST_OK)
		st = check_memories(&d, json_object_get(o, "warnings"));
	free(d.pairs);
	if (st == ST_OK)
		*out = o;
	else
		json_decref(o);
	return st;
}
