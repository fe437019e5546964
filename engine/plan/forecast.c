/*
 * The forecast asks the purge's own question once for every day to come and
 * shows the differences: it cannot promise what the purge would not do.
 *
 * Where the starting point is a column of the record itself, each day asks for
 * what it adds alone, a range of the index: a year costs what falls due in it
 * (1 million records, 365 days: 0.6 s, where asking for all that is due by each
 * day took 60).  Where it stands in other records, a question costs all that is
 * due by then: it is asked only for days between two whose answers differ.
 */
#include "engine/plan/forecast.h"

#include <stdlib.h>
#include <string.h>

#include "engine/installation/units.h"
#include "engine/plan/rule_unit.h"

/* The instant at which day ${day} is over, as seen by a run just before. */
static int64_t end_of_day(const struct rule *r, int32_t day)
{
	return zone_midnight(r->terms.calendar.zone, day + 1) - 1;
}

/* What one rule makes due by the end of each day; [0] is now. */
struct outlook {
	const struct rule *rule;
	int64_t as_of;
	int32_t today;
	int64_t *due;
};

static int64_t instant_of(const struct outlook *o, int day)
{
	return day ? end_of_day(o->rule, o->today + day - 1) : o->as_of;
}

static enum status count_due(struct outlook *o, int day)
{
	return rule_count(
	    o->rule, RULE_DUE, instant_of(o, day), DB_BY_INDEX, &o->due[day]);
}

/* Of a row of several parts: what is due by then and was not the day before.
 * Totals would not do, because a part is not due any more once the row goes
 * whole. */
static enum status count_new_in(struct outlook *o, int day, int64_t *added)
{
	const struct rule *r = o->rule;
	struct sql q = SQL_INIT;
	enum status st;

	sql_add(&q, "SELECT count(*) FROM ");
	rule_from(r, &q);
	sql_add(&q, " WHERE ");
	st = rule_where(r, RULE_DUE, instant_of(o, day), DB_BY_INDEX, &q);
	sql_add(&q, " AND ");
	if (st == ST_OK)
		st = rule_where_one(r, RULE_DUE, instant_of(o, day - 1), &q);
	sql_add(&q, " IS NOT TRUE");
	if (st == ST_OK)
		st = db_one_int_sql(r->store->db, &q, 0, added);
	sql_release(&q);
	return st;
}

/* What is due by the end of ${day} and was not the day before. */
static enum status count_added_in(struct outlook *o, int day, int64_t *added)
{
	const struct rule *r = o->rule;
	const struct rule_clock *k = &r->clocks[0];
	struct calendar_cutoff c =
	    verdict_cutoff(&k->terms, instant_of(o, day - 1));
	struct sql q = SQL_INIT;
	enum status st;

	*added = 0;
	/* A segment that nothing is due of then adds nothing. */
	if (rule_unit_at(r, instant_of(o, day)) == RULE_UNIT_RUNS ||
	    rule_unit_at(r, instant_of(o, day - 1)) == RULE_UNIT_ENDED)
		return ST_OK;
	sql_add(&q, "SELECT count(*) FROM ");
	rule_from(r, &q);
	sql_add(&q, " WHERE ");
	st = rule_where(r, RULE_DUE, instant_of(o, day), DB_BY_INDEX, &q);
	sql_add(&q, " AND ");
	if (st == ST_OK)
		st = db_add_later(r->store->db, &q, k->value, "t",
		    k->terms.start->field, c.last_day, c.before, DB_EVERY);
	if (st == ST_OK)
		st = db_one_int_sql(r->store->db, &q, 0, added);
	sql_release(&q);
	return st;
}

/* The same, ${count} being one of the two, in all files of the store. */
static enum status count_units(struct outlook *o, int day,
    enum status (*count)(struct outlook *o, int day, int64_t *added))
{
	struct installation_store *store = o->rule->store;
	enum status st = ST_OK;
	int64_t added;
	size_t u;

	o->due[day] = o->due[day - 1];
	for (u = 0; st == ST_OK && u < units_count(store); u++) {
		if ((st = units_use(store, u)) == ST_OK)
			st = count(o, day, &added);
		if (st == ST_OK)
			o->due[day] += added;
	}
	units_rest(store);
	return st;
}

/* Days ${first} and ${last} are known, and what is due stays so. */
static enum status fill(struct outlook *o, int first, int last)
{
	int middle = first + (last - first) / 2, i;
	enum status st;

	if (o->due[first] == o->due[last]) {
		for (i = first + 1; i < last; i++)
			o->due[i] = o->due[first];
		return ST_OK;
	}
	if (middle == first)
		return ST_OK;
	if ((st = count_due(o, middle)) == ST_OK)
		st = fill(o, first, middle);
	return st == ST_OK ? fill(o, middle, last) : st;
}

/* Add to ${sums} what is due by the end of each day. */
static enum status add_rule(
    const struct rule *r, int64_t as_of, int days, int64_t *sums)
{
	struct outlook o = { r, as_of, zone_day(r->terms.calendar.zone, as_of),
		NULL };
	enum status st;
	int i;

	if (r->clock_count == 0)
		return ST_OK;
	if ((o.due = calloc((size_t)days + 1, sizeof(*o.due))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = count_due(&o, 0);
	if (rule_is_range(r) || r->parts > 1) {
		for (i = 1; st == ST_OK && i <= days; i++)
			st = count_units(&o, i,
			    r->parts > 1 ? count_new_in : count_added_in);
	} else {
		if (st == ST_OK)
			st = count_due(&o, days);
		if (st == ST_OK)
			st = fill(&o, 0, days);
	}
	for (i = 0; i <= days; i++)
		sums[i] += o.due[i];
	free(o.due);
	return st;
}

/* ---- clusters, and all of them together ---- */

/* Days in a row from ${first} on. */
static enum status days_json(
    const int64_t *records, int count, int32_t first, json_t *list)
{
	json_t *day = NULL;
	char date[CIVIL_TEXT];
	enum status st = ST_OK;
	int i;

	for (i = 0; st == ST_OK && i < count; i++) {
		if (records[i] == 0)
			continue;
		civil_format(first + i, date);
		st = json_make(&day, "{s:s, s:I}", "date", date, "records",
		    (json_int_t)records[i]);
		if (st == ST_OK)
			st = json_push(list, day);
	}
	return st;
}

struct forecast {
	const struct schedule *schedule;
	int64_t as_of;
	int days;
	json_t *clusters;
	/* of all clusters; their zones may be a day apart, so that there is one
	 * more on either side */
	int64_t due_now;
	int64_t total;
	int64_t *added;
	int32_t first;
};

static enum status cluster_json(
    struct forecast *f, const struct rule *first, const int64_t *sums)
{
	int32_t today = zone_day(first->terms.calendar.zone, f->as_of);
	int64_t *added = calloc((size_t)f->days, sizeof(*added));
	json_t *one = NULL;
	enum status st;
	int i;

	if (added == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; i < f->days; i++) {
		added[i] = sums[i + 1] - sums[i];
		f->added[today - f->first + i] += added[i];
	}
	f->due_now += sums[0];
	f->total += sums[f->days] - sums[0];
	st = json_make(&one, "{s:s, s:I, s:[], s:I}", "cluster",
	    first->terms.cluster->name, "due_now", (json_int_t)sums[0], "days",
	    "total", (json_int_t)(sums[f->days] - sums[0]));
	if (st == ST_OK)
		st = json_push(f->clusters, one);
	if (st == ST_OK)
		st = days_json(
		    added, f->days, today, json_object_get(one, "days"));
	free(added);
	return st;
}

/* The rules of one cluster come together under its first one. */
static int is_first(const struct schedule *s, size_t at)
{
	size_t i;

	for (i = 0; i < at; i++) {
		if (s->rules[i].terms.cluster == s->rules[at].terms.cluster)
			return 0;
	}
	return 1;
}

static enum status add_cluster(struct forecast *f, size_t first)
{
	const struct schedule *s = f->schedule;
	int64_t *sums = calloc((size_t)f->days + 1, sizeof(*sums));
	enum status st = sums ? ST_OK : fail(ST_NOMEM, "out of memory");
	size_t i;

	for (i = first; st == ST_OK && i < s->count; i++) {
		if (s->rules[i].terms.cluster == s->rules[first].terms.cluster)
			st = add_rule(&s->rules[i], f->as_of, f->days, sums);
	}
	if (st == ST_OK)
		st = cluster_json(f, &s->rules[first], sums);
	free(sums);
	return st;
}

static enum status no_cluster(const struct schedule *s, const char *cluster)
{
	const char *names[257], *near;
	size_t i, n = 0;

	for (i = 0; i < s->count && n < 256; i++)
		names[n++] = s->rules[i].terms.cluster->name;
	names[n] = NULL;
	near = diag_nearest(cluster, names);
	return fail(ST_USAGE, "no cluster `%s` in the policies%s%s%s", cluster,
	    near ? ": did you mean `" : "", near ? near : "", near ? "`?" : "");
}

static enum status all_json(const struct forecast *f, json_t **out)
{
	json_t *days = json_array();
	char text[INSTANT_TEXT];
	enum status st = days ? ST_OK : fail(ST_NOMEM, "out of memory");

	if (st == ST_OK)
		st = days_json(f->added, f->days + 2, f->first, days);
	civil_format_instant(f->as_of, text);
	if (st == ST_OK)
		st = json_make(out, "{s:s, s:i, s:O, s:{s:I, s:O, s:I}}",
		    "as_of", text, "days", f->days, "clusters", f->clusters,
		    "all", "due_now", (json_int_t)f->due_now, "days", days,
		    "total", (json_int_t)f->total);
	json_decref(days);
	return st;
}

static int32_t utc_day(int64_t instant)
{
	int64_t rest = instant % CIVIL_DAY_SECONDS;

	if (rest < 0)
		rest += CIVIL_DAY_SECONDS;
	return (int32_t)((instant - rest) / CIVIL_DAY_SECONDS);
}

enum status forecast_json(const struct schedule *s, int64_t as_of, int days,
    const char *cluster, json_t **out)
{
	struct forecast f = { s, as_of, days, json_array(), 0, 0,
		calloc((size_t)days + 2, sizeof(*f.added)),
		utc_day(as_of) - 1 };
	enum status st = ST_OK;
	size_t i;

	if (f.clusters == NULL || f.added == NULL)
		st = fail(ST_NOMEM, "out of memory");
	for (i = 0; st == ST_OK && i < s->count; i++) {
		const char *name = s->rules[i].terms.cluster->name;

		if (is_first(s, i) &&
		    (cluster == NULL || strcmp(cluster, name) == 0))
			st = add_cluster(&f, i);
	}
	if (st == ST_OK && cluster && json_array_size(f.clusters) == 0)
		st = no_cluster(s, cluster);
	if (st == ST_OK)
		st = all_json(&f, out);
	json_decref(f.clusters);
	free(f.added);
	return st;
}
