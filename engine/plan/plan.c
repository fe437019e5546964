/* What is due, counted. */
#include "engine/plan/plan.h"

#include <stdlib.h>
#include <string.h>

#include "engine/store/count.h"

/* OVERDUE: it could have gone more than the window ago. */
static enum status count_overdue(
    const struct rule *r, int64_t now, enum db_effort effort, int64_t *records)
{
	return rule_count(
	    r, RULE_DUE, now - r->terms.window_seconds - 1, effort, records);
}

static enum status count_item(struct plan_item *item, int64_t now)
{
	const struct rule *r = item->rule;
	enum db_effort effort = DB_EVERY;
	enum status st;

	st = count_get(r->store->db, r->table->name, &item->records);
	if (st != ST_OK)
		return st;
	if (r->terms.start == NULL) {
		item->active = item->records;
		return ST_OK;
	}
	item->cutoff = verdict_cutoff(&r->terms, now);
	st = rule_effort(r, &effort);
	if (st == ST_OK)
		st = rule_count(r, RULE_DUE, now, effort, &item->due);
	if (st == ST_OK)
		st = rule_count(
		    r, RULE_UNDECIDED, now, effort, &item->undecided);
	if (st == ST_OK)
		st = rule_count(r, RULE_ACTIVE, now, effort, &item->active);
	if (st == ST_OK && item->due > 0)
		st = count_overdue(r, now, effort, &item->overdue);
	item->retain =
	    item->records - item->due - item->undecided - item->active;
	return st;
}

static int in_cluster(const struct rule *r, const char *cluster)
{
	return cluster == NULL || strcmp(r->terms.cluster->name, cluster) == 0;
}

static enum status no_cluster(const struct schedule *s, const char *cluster)
{
	const char *names[257];
	const char *near;
	size_t i, n = 0;

	for (i = 0; i < s->count && n < 256; i++)
		names[n++] = s->rules[i].terms.cluster->name;
	names[n] = NULL;
	near = diag_nearest(cluster, names);
	return fail(ST_USAGE, "no cluster `%s` in the policies%s%s%s", cluster,
	    near ? ": did you mean `" : "", near ? near : "", near ? "`?" : "");
}

enum status plan_init(struct plan *p, const struct schedule *s, int64_t as_of,
    const char *cluster)
{
	struct plan plan = { s, as_of, NULL, 0 };
	enum status st = ST_OK;
	size_t i;

	plan.items = calloc(s->count + 1, sizeof(*plan.items));
	if (plan.items == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; st == ST_OK && i < s->count; i++) {
		struct plan_item *item = &plan.items[plan.count];

		if (!in_cluster(&s->rules[i], cluster))
			continue;
		item->rule = &s->rules[i];
		plan.count++;
		/* One state for all the counts, whoever writes meanwhile. */
		st = db_begin(item->rule->store->db, DB_READ);
		if (st == ST_OK)
			st = count_item(item, as_of);
		db_rollback(item->rule->store->db);
	}
	if (st == ST_OK && cluster && plan.count == 0)
		st = no_cluster(s, cluster);
	if (st != ST_OK)
		plan_release(&plan);
	else
		*p = plan;
	return st;
}

void plan_release(struct plan *p)
{
	free(p->items);
	memset(p, 0, sizeof(*p));
}

void plan_cutoff_text(const struct plan_item *item, char out[ZONE_TEXT])
{
	if (item->rule->terms.start)
		zone_format(
		    item->rule->terms.calendar.zone, item->cutoff.before, out);
	else
		out[0] = '\0';
}

int64_t plan_due(const struct plan *p)
{
	int64_t sum = 0;
	size_t i;

	for (i = 0; i < p->count; i++)
		sum += p->items[i].due;
	return sum;
}

int64_t plan_overdue(const struct plan *p)
{
	int64_t sum = 0;
	size_t i;

	for (i = 0; i < p->count; i++)
		sum += p->items[i].overdue;
	return sum;
}

int64_t plan_undecided(const struct plan *p)
{
	int64_t sum = 0;
	size_t i;

	for (i = 0; i < p->count; i++)
		sum += p->items[i].undecided;
	return sum;
}
