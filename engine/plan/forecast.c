/*
 * The forecast asks the purge's own question once for every day to come and
 * shows the differences: it cannot promise what the purge would not do.
 */
#include "engine/plan/forecast.h"

#include <stdlib.h>
#include <string.h>

/* The instant at which day ${day} is over, as seen by a run just before. */
static int64_t end_of_day(const struct rule *r, int32_t day)
{
	return zone_midnight(r->terms.calendar.zone, day + 1) - 1;
}

/* Add to ${sums} what is due by the end of each day; [0] is now. */
static enum status add_rule(
    const struct rule *r, int64_t as_of, int days, int64_t *sums)
{
	int32_t today = zone_day(r->terms.calendar.zone, as_of);
	int64_t records = 0;
	enum status st = ST_OK;
	int i;

	if (r->clock_count == 0)
		return ST_OK;
	for (i = 0; st == ST_OK && i <= days; i++) {
		int64_t at = i ? end_of_day(r, today + i - 1) : as_of;

		st = rule_count(r, RULE_DUE, at, DB_BY_INDEX, &records);
		if (st == ST_OK)
			sums[i] += records;
	}
	return st;
}

static enum status cluster_json(const struct rule *first, int64_t as_of,
    int days, const int64_t *sums, json_t **out)
{
	int32_t today = zone_day(first->terms.calendar.zone, as_of);
	json_t *list = json_array(), *day = NULL;
	char date[CIVIL_TEXT];
	enum status st = list ? ST_OK : fail(ST_NOMEM, "out of memory");
	int i;

	for (i = 1; st == ST_OK && i <= days; i++) {
		if (sums[i] == sums[i - 1])
			continue;
		civil_format(today + i - 1, date);
		st = json_make(&day, "{s:s, s:I}", "date", date, "records",
		    (json_int_t)(sums[i] - sums[i - 1]));
		if (st == ST_OK)
			st = json_push(list, day);
	}
	if (st == ST_OK)
		st = json_make(out, "{s:s, s:I, s:O, s:I}", "cluster",
		    first->terms.cluster->name, "due_now", (json_int_t)sums[0],
		    "days", list, "total", (json_int_t)(sums[days] - sums[0]));
	json_decref(list);
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

static enum status add_cluster(const struct schedule *s, size_t first,
    int64_t as_of, int days, json_t *clusters)
{
	int64_t *sums = calloc((size_t)days + 1, sizeof(*sums));
	enum status st = sums ? ST_OK : fail(ST_NOMEM, "out of memory");
	json_t *one = NULL;
	size_t i;

	for (i = first; st == ST_OK && i < s->count; i++) {
		if (s->rules[i].terms.cluster == s->rules[first].terms.cluster)
			st = add_rule(&s->rules[i], as_of, days, sums);
	}
	if (st == ST_OK)
		st = cluster_json(&s->rules[first], as_of, days, sums, &one);
	if (st == ST_OK)
		st = json_push(clusters, one);
	free(sums);
	return st;
}

enum status forecast_json(
    const struct schedule *s, int64_t as_of, int days, json_t **out)
{
	json_t *clusters = json_array();
	char text[INSTANT_TEXT];
	enum status st = clusters ? ST_OK : fail(ST_NOMEM, "out of memory");
	size_t i;

	for (i = 0; st == ST_OK && i < s->count; i++) {
		if (is_first(s, i))
			st = add_cluster(s, i, as_of, days, clusters);
	}
	civil_format_instant(as_of, text);
	if (st == ST_OK)
		st = json_make(out, "{s:s, s:i, s:O}", "as_of", text, "days",
		    days, "clusters", clusters);
	json_decref(clusters);
	return st;
}
