/* What is due, counted. */
#include "engine/plan/plan.h"

#include <stdlib.h>
#include <string.h>

#include "engine/installation/units.h"
#include "engine/plan/rule_unit.h"
#include "engine/plan/suspension.h"
#include "engine/plan/unreachable.h"
#include "engine/store/count.h"

/* Below so many records it costs nothing worth saving to count them all. */
#define FEW 10000

/* What is left is RETAIN. */
static enum status count_rest(
    struct plan_item *item, int64_t now, enum plan_detail detail)
{
	const struct rule *r = item->rule;
	int64_t rest;
	enum status st = ST_OK;

	rest = item->records - item->due - item->undecided - item->held -
	       item->restricted;
	if (rest == 0 || detail == PLAN_ALL || item->records <= FEW) {
		item->active = 0;
		if (rest > 0)
			st = rule_count(
			    r, RULE_ACTIVE, now, DB_BY_INDEX, &item->active);
		item->retain = rest - item->active;
	} else if (r->clock_count == 0) {
		item->active = rest;
		item->retain = 0;
	} else {
		item->active = PLAN_UNCOUNTED;
		item->retain = PLAN_UNCOUNTED;
	}
	return st;
}

/* The number that is kept, or of a part that is asked alone the count. */
static enum status count_records(const struct rule *r, int64_t *records)
{
	if (r->table->only)
		return count_part(r->store->db, r->table->only, records);
	return rule_records(r, records);
}

static enum status count_suspended(struct plan_item *item)
{
	struct installation_store *store = item->rule->store;
	int64_t held = 0, restricted = 0;
	enum status st = ST_OK;
	size_t u;

	for (u = 0; st == ST_OK && u < units_count(store); u++) {
		struct suspensions s = { 0, 0, 0 };

		if ((st = units_use(store, u)) == ST_OK)
			st = suspension_read(item->rule, &s);
		if (st == ST_OK)
			st = suspension_count(
			    item->rule, &s, &held, &restricted);
		item->held += held;
		item->restricted += restricted;
	}
	units_rest(store);
	return st;
}

static enum status count_item(
    struct plan_item *item, int64_t now, enum plan_detail detail)
{
	const struct rule *r = item->rule;
	enum status st;

	st = count_records(r, &item->records);
	if (st == ST_OK)
		st = count_suspended(item);
	if (st == ST_OK && r->clock_count == 1)
		item->cutoff = verdict_cutoff(&r->clocks[0].terms, now);
	if (st == ST_OK && r->clock_count > 0)
		st = rule_count(r, RULE_DUE, now, DB_BY_INDEX, &item->due);
	if (st == ST_OK && r->clock_count > 0)
		st = rule_count(
		    r, RULE_UNDECIDED, now, DB_BY_INDEX, &item->undecided);
	if (st == ST_OK && item->due > 0)
		st = rule_count_overdue(r, now, &item->overdue);
	return st == ST_OK ? count_rest(item, now, detail) : st;
}

/* One state for all the counts, whoever writes meanwhile. */
static enum status count_at_once(
    struct plan_item *item, int64_t now, enum plan_detail detail)
{
	struct db *db = item->rule->store->db;
	enum status st = db_begin(db, DB_READ);

	if (st == ST_OK)
		st = count_item(item, now, detail);
	db_rollback(db);
	return st;
}

static int64_t add_counted(int64_t a, int64_t b)
{
	return a == PLAN_UNCOUNTED || b == PLAN_UNCOUNTED ? PLAN_UNCOUNTED
							  : a + b;
}

static void add_item(struct plan_item *sum, const struct plan_item *part)
{
	sum->cutoff = part->cutoff;
	sum->records += part->records;
	sum->due += part->due;
	sum->overdue += part->overdue;
	sum->held += part->held;
	sum->restricted += part->restricted;
	sum->undecided += part->undecided;
	sum->active = add_counted(sum->active, part->active);
	sum->retain = add_counted(sum->retain, part->retain);
}

/* A server that does not answer costs its own part alone. */
static enum status count_parts(struct plan_item *item, int64_t now,
    enum plan_detail detail, json_t *unreachable)
{
	const struct db_table *t = item->rule->table;
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < t->part_count; i++) {
		struct plan_item one = { .rule = item->rule };

		rule_narrow(item->rule, &t->parts[i]);
		st = count_at_once(&one, now, detail);
		rule_narrow(item->rule, NULL);
		if (st == ST_OK)
			add_item(item, &one);
		st =
		    unreachable_note(unreachable, st, item->rule, &t->parts[i]);
	}
	return st;
}

enum status plan_count(struct plan_item *item, int64_t as_of,
    enum plan_detail detail, json_t *unreachable)
{
	struct plan_item counted = { .rule = item->rule };
	enum status st;

	if (item->rule->table->part_count > 0)
		st = count_parts(&counted, as_of, detail, unreachable);
	else
		st = count_at_once(&counted, as_of, detail);
	if (st == ST_OK)
		*item = counted;
	return unreachable_note(unreachable, st, item->rule, NULL);
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

enum status plan_list(struct plan *p, const struct schedule *s, int64_t as_of,
    const char *cluster)
{
	struct plan plan = { s, as_of, NULL, 0, json_array() };
	enum status st = ST_OK;
	size_t i;

	plan.items = calloc(s->count + 1, sizeof(*plan.items));
	if (plan.items == NULL || plan.unreachable == NULL)
		st = fail(ST_NOMEM, "out of memory");
	for (i = 0; st == ST_OK && i < s->count; i++) {
		if (in_cluster(&s->rules[i], cluster))
			plan.items[plan.count++].rule = &s->rules[i];
	}
	/* A store that is left out may have it. */
	if (st == ST_OK && cluster && plan.count == 0 &&
	    json_array_size(s->unreachable) == 0)
		st = no_cluster(s, cluster);
	if (st != ST_OK)
		plan_release(&plan);
	else
		*p = plan;
	return st;
}

enum status plan_init(struct plan *p, const struct schedule *s, int64_t as_of,
    const char *cluster, enum plan_detail detail)
{
	struct plan plan;
	enum status st;
	size_t i;

	st = plan_list(&plan, s, as_of, cluster);
	if (st != ST_OK)
		return st;
	for (i = 0; st == ST_OK && i < plan.count; i++)
		st =
		    plan_count(&plan.items[i], as_of, detail, plan.unreachable);
	if (st != ST_OK)
		plan_release(&plan);
	else
		*p = plan;
	return st;
}

void plan_release(struct plan *p)
{
	free(p->items);
	json_decref(p->unreachable);
	memset(p, 0, sizeof(*p));
}

void plan_cutoff_text(const struct plan_item *item, char out[ZONE_TEXT])
{
	if (item->rule->clock_count == 1 && item->rule->asked == NULL)
		zone_format(
		    item->rule->terms.calendar.zone, item->cutoff.before, out);
	else
		out[0] = '\0';
}

static int64_t sum(const struct plan *p, size_t member)
{
	int64_t all = 0;
	size_t i;

	for (i = 0; i < p->count; i++)
		all += *(const int64_t *)((const char *)&p->items[i] + member);
	return all;
}

#define SUM(p, member) sum(p, offsetof(struct plan_item, member))

int64_t plan_due(const struct plan *p) { return SUM(p, due); }
int64_t plan_overdue(const struct plan *p) { return SUM(p, overdue); }
int64_t plan_undecided(const struct plan *p) { return SUM(p, undecided); }
int64_t plan_held(const struct plan *p) { return SUM(p, held); }
int64_t plan_restricted(const struct plan *p) { return SUM(p, restricted); }
