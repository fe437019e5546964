/* One clock of one record: its values, its judgement, its words. */
#include "engine/plan/explain_clock.h"

#include <stdlib.h>
#include <string.h>

static void values_release(struct explain_values *v)
{
	size_t i;

	for (i = 0; i < v->count; i++) {
		free(v->texts[i]);
		free(v->from[i]);
	}
	free(v->list);
	free(v->texts);
	free(v->from);
	*v = (struct explain_values){ NULL, NULL, NULL, 0 };
}

void explain_clock_clear(struct explain_clock *a)
{
	values_release(&a->values);
	buf_release(&a->judgement.reasons);
}

/* Numbers are Unix seconds; as text they parse the same. */
static char *value_text(struct val v)
{
	switch (v.type) {
	case VAL_INT: return str_format("%lld", (long long)v.i);
	case VAL_REAL: return str_format("%.17g", v.r);
	case VAL_TEXT:
	case VAL_BLOB: return str_format("%.*s", (int)v.n, (const char *)v.p);
	case VAL_NULL:
	case VAL_END: break;
	}
	return NULL;
}

static enum status values_grow(struct explain_values *v)
{
	struct verdict_value *list;
	char **texts, **from;

	list = reallocarray(v->list, v->count + 1, sizeof(*list));
	if (list)
		v->list = list;
	texts = reallocarray(v->texts, v->count + 1, sizeof(*texts));
	if (texts)
		v->texts = texts;
	from = reallocarray(v->from, v->count + 1, sizeof(*from));
	if (from)
		v->from = from;
	return list && texts && from ? ST_OK : fail(ST_NOMEM, "out of memory");
}

/* ${type} is the column's, where the value stands in a record. */
static enum status values_add(struct explain_values *v,
    const struct db_column *type, struct val value, const char *from)
{
	char *text = value_text(value), *origin = strdup(from ? from : "");
	enum status st = values_grow(v);

	if (origin == NULL || (value.type != VAL_NULL && text == NULL))
		st = fail(ST_NOMEM, "out of memory");
	if (st != ST_OK) {
		free(text);
		free(origin);
		return st;
	}
	v->list[v->count].is_null = value.type == VAL_NULL;
	v->list[v->count].when =
	    db_when(strcmp(origin, "memory") == 0 ? NULL : type, value);
	v->texts[v->count] = text;
	v->from[v->count++] = origin;
	return ST_OK;
}

static enum status read_values(
    const struct rule *r, const struct val *key, struct explain_clock *a)
{
	struct stmt *s = NULL;
	enum status st;

	if (a->ask.text.len)
		sql_refill(&a->ask, key);
	else
		rule_select_values(r, a->clock, key, &a->ask);
	st = db_query_sql(r->store->db, &a->ask, &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = values_add(
		    &a->values, a->clock->value, db_val(s, 0), db_text(s, 1));
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

int explain_clock_is_own(const struct rule_clock *c)
{
	return c->path.count == 0;
}

enum status explain_clock_take(struct explain_clock *a, struct val value)
{
	return values_add(&a->values, a->clock->value, value, "record");
}

/* ---- as JSON ---- */

/* Sentences, one a line, as an array. */
enum status explain_add_reasons(json_t *o, const struct buf *reasons)
{
	json_t *list = json_array();
	const char *p = buf_text(reasons), *end;
	enum status st = list ? ST_OK : fail(ST_NOMEM, "out of memory");

	for (; st == ST_OK && (end = strchr(p, '\n')) != NULL; p = end + 1)
		st = json_push(list, json_stringn(p, (size_t)(end - p)));
	if (st != ST_OK) {
		json_decref(list);
		return st;
	}
	return json_put(o, "reasons", list);
}

enum status explain_add_dates(
    json_t *o, const struct rule *r, const struct judgement *j)
{
	char last[CIVIL_TEXT], from[ZONE_TEXT], due[ZONE_TEXT];
	enum status st;

	if (j->event.kind == WHEN_NONE)
		return ST_OK;
	civil_format(j->end.last_day, last);
	zone_format(r->terms.calendar.zone, j->end.deletable_from, from);
	zone_format(r->terms.calendar.zone, j->deletion_due, due);
	st = json_put(o, "last_day", json_string(last));
	if (st == ST_OK)
		st = json_put(o, "deletable_from", json_string(from));
	return st == ST_OK ? json_put(o, "deletion_due", json_string(due)) : st;
}

enum status explain_add_start(json_t *o, const struct rule *r,
    const struct rule_clock *c, const struct judgement *j,
    const struct explain_values *v)
{
	const char *value = NULL, *origin = NULL;
	json_t *start = NULL;
	char *from = NULL;
	enum status st;

	if (j->value < v->count) {
		value = v->texts[j->value];
		origin = v->from[j->value];
	}
	from = str_format("%s.%s.%s%s", r->store->dataset->key, c->table,
	    c->terms.start->field,
	    origin && strcmp(origin, "memory") == 0
		? " of a record that is gone"
		: "");
	if (from == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = json_make(&start, "{s:s, s:s?, s:s}", "name", c->terms.start->name,
	    "value", value, "from", from);
	free(from);
	return st == ST_OK ? json_put(o, "starting_point", start) : st;
}

enum status explain_judge(const struct rule *r, const struct val *key,
    int64_t now, struct explain_clock *a)
{
	enum status st = ST_OK;

	if (!explain_clock_is_own(a->clock))
		st = read_values(r, key, a);
	if (st != ST_OK)
		return st;
	return verdict_judge(&a->clock->terms, a->values.list, a->values.count,
	    now, &a->judgement);
}

enum status explain_add_clock(
    json_t *list, const struct rule *r, const struct explain_clock *a)
{
	const struct verdict_clock *c = &a->clock->terms;
	char period[PERIOD_TEXT];
	json_t *o = NULL;
	enum status st;

	period_format(c->period, period);
	st = json_make(&o, "{s:s?, s:s, s:n, s:s, s:n, s:n, s:n, s:[]}",
	    "purpose", c->purpose ? c->purpose->name : NULL, "verdict",
	    verdict_name(a->judgement.verdict), "starting_point", "period",
	    period, "last_day", "deletable_from", "deletion_due", "reasons");
	if (st == ST_OK)
		st = json_push(list, o);
	if (st == ST_OK)
		st = explain_add_start(
		    o, r, a->clock, &a->judgement, &a->values);
	if (st == ST_OK)
		st = explain_add_dates(o, r, &a->judgement);
	return st == ST_OK ? explain_add_reasons(o, &a->judgement.reasons) : st;
}
