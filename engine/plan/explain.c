/* Why a record stays or goes. */
#include "engine/plan/explain.h"

#include <stdlib.h>
#include <string.h>

/* The starting point's values of one record, copied out of the store. */
struct values {
	struct verdict_value *list;
	char **texts; /* as stored; NULL for NULL */
	char **from;  /* "record", "reference" or "memory" */
	size_t count;
};

static void values_release(struct values *v)
{
	size_t i;

	for (i = 0; i < v->count; i++) {
		free(v->texts[i]);
		free(v->from[i]);
	}
	free(v->list);
	free(v->texts);
	free(v->from);
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

static enum status values_grow(struct values *v)
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
static enum status values_add(struct values *v, const struct db_column *type,
    struct val value, const char *from)
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
    const struct rule *r, const char *const *key, struct values *v)
{
	struct sql q = SQL_INIT;
	struct stmt *s = NULL;
	enum status st;

	if (r->terms.start == NULL)
		return ST_OK;
	st = rule_select_values(r, key, &q);
	if (st == ST_OK)
		st = db_query_sql(r->store->db, &q, &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = values_add(v, r->value, db_val(s, 0), db_text(s, 1));
	db_done(s);
	sql_release(&q);
	return st == ST_NOTFOUND ? ST_OK : st;
}

/* Is the record there, and which class does the purge's condition give? */
static enum status ask_store(const struct rule *r, const char *const *key,
    int64_t now, enum verdict *out)
{
	static const enum rule_class classes[] = { RULE_DUE, RULE_UNDECIDED,
		RULE_ACTIVE };
	static const enum verdict verdicts[] = { VERDICT_DUE, VERDICT_UNDECIDED,
		VERDICT_ACTIVE };
	struct sql q = SQL_INIT;
	struct stmt *s = NULL;
	enum status st = ST_OK;
	size_t i;

	sql_add(&q, "SELECT ");
	for (i = 0; st == ST_OK && i < 3; i++) {
		if (i)
			sql_add(&q, ", ");
		st = rule_where(r, classes[i], now, DB_EVERY, &q);
	}
	sql_add(&q, " FROM ");
	rule_from(r, &q);
	sql_add(&q, " WHERE ");
	rule_where_key(r, key, &q);
	if (st == ST_OK)
		st = db_query_sql(r->store->db, &q, &s);
	if (st == ST_OK)
		st = db_row(s);
	if (st == ST_OK) {
		*out = VERDICT_RETAIN;
		for (i = 0; i < 3; i++) {
			if (db_int(s, (int)i))
				*out = verdicts[i];
		}
	}
	db_done(s);
	sql_release(&q);
	return st;
}

enum status explain_rule_text(const struct rule *r, char **out)
{
	const struct policy_cluster *c = r->terms.cluster;
	char period[PERIOD_TEXT];
	char *text;

	if (r->terms.start == NULL) {
		text = str_format("unlimited: %s", c->unlimited);
	} else {
		period_format(c->regular_deletion_period, period);
		text =
		    str_format("%s + %s%s (%s)", r->terms.start->name, period,
			r->terms.start->from == CALENDAR_FROM_END_OF_YEAR
			    ? " from the end of the calendar year"
			    : "",
			calendar_rule_name(r->terms.calendar.rule));
	}
	if (text == NULL)
		return fail(ST_NOMEM, "out of memory");
	*out = text;
	return ST_OK;
}

/* Sentences, one a line, as an array. */
static enum status add_reasons(json_t *o, const struct buf *reasons)
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

static enum status add_dates(
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

static enum status add_start(json_t *o, const struct rule *r,
    const struct judgement *j, const struct values *v)
{
	const char *value = NULL, *origin = NULL;
	json_t *start = NULL;
	char *from = NULL;
	enum status st;

	if (r->terms.start == NULL)
		return ST_OK;
	if (j->value < v->count) {
		value = v->texts[j->value];
		origin = v->from[j->value];
	}
	from = str_format("%s.%s.%s%s", r->store->dataset->key,
	    r->terms.start->collection ? r->terms.start->collection
				       : r->collection->name,
	    r->terms.start->field,
	    origin && strcmp(origin, "memory") == 0
		? " of a record that is gone"
		: "");
	if (from == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = json_make(&start, "{s:s, s:s?, s:s}", "name", r->terms.start->name,
	    "value", value, "from", from);
	free(from);
	return st == ST_OK ? json_put(o, "starting_point", start) : st;
}

static enum status compose(const struct rule *r, const struct judgement *j,
    const struct values *v, json_t **out)
{
	json_t *o = NULL;
	char *rule = NULL;
	enum status st;

	if ((st = explain_rule_text(r, &rule)) != ST_OK)
		return st;
	st = json_make(&o,
	    "{s:s, s:s, s:s, s:s, s:s, s:n, s:n, s:n, s:n, s:[], s:[]}",
	    "verdict", verdict_name(j->verdict), "store",
	    r->store->config->name, "collection", r->collection->name,
	    "cluster", r->terms.cluster->name, "rule", rule, "starting_point",
	    "last_day", "deletable_from", "deletion_due", "reasons",
	    "suspensions");
	free(rule);
	if (st == ST_OK)
		st = add_start(o, r, j, v);
	if (st == ST_OK)
		st = add_dates(o, r, j);
	if (st == ST_OK)
		st = add_reasons(o, &j->reasons);
	if (st != ST_OK)
		json_decref(o);
	else
		*out = o;
	return st;
}

static enum status agree(enum verdict judged, enum verdict asked)
{
	if (judged == VERDICT_OVERDUE)
		judged = VERDICT_DUE;
	if (judged == asked)
		return ST_OK;
	return fail(ST_DB,
	    "the dates say %s and the store says %s of this record: nothing "
	    "was decided; this is a defect of Lethe, please report it",
	    verdict_name(judged), verdict_name(asked));
}

static enum status explain_mapped(
    const struct rule *r, const char *const *key, int64_t as_of, json_t **out)
{
	struct values v = { NULL, NULL, NULL, 0 };
	struct judgement j = { .reasons = BUF_INIT };
	enum verdict asked;
	enum status st;

	/* One state for both questions. */
	if ((st = db_begin(r->store->db, DB_READ)) != ST_OK)
		return st;
	st = ask_store(r, key, as_of, &asked);
	if (st == ST_NOTFOUND)
		st = fail(ST_NOTFOUND, "no such record in %s.%s",
		    r->store->config->name, r->collection->name);
	if (st == ST_OK)
		st = read_values(r, key, &v);
	if (st == ST_OK)
		st = verdict_judge(&r->terms, v.list, v.count, as_of, &j);
	if (st == ST_OK)
		st = agree(j.verdict, asked);
	if (st == ST_OK)
		st = compose(r, &j, &v, out);
	db_rollback(r->store->db);
	buf_release(&j.reasons);
	values_release(&v);
	return st;
}

static enum status explain_unmapped(const struct schedule *s, const char *store,
    const char *collection, json_t **out)
{
	size_t i;

	for (i = 0; i < s->unmapped_count; i++) {
		const struct unmapped *u = &s->unmapped[i];

		if (u->column == NULL && strcmp(u->store, store) == 0 &&
		    strcmp(u->table, collection) == 0)
			return json_make(out,
			    "{s:s, s:s, s:s, s:n, s:n, s:n, s:n, s:n, s:n, "
			    "s:[s], s:[]}",
			    "verdict", verdict_name(VERDICT_UNMAPPED), "store",
			    store, "collection", collection, "cluster", "rule",
			    "starting_point", "last_day", "deletable_from",
			    "deletion_due", "reasons",
			    "the table is not in the dataset: describe it "
			    "there, or name it under lethe: {ignore: [...]}",
			    "suspensions");
	}
	return fail(ST_USAGE,
	    "no rule covers a collection `%s` in store `%s`: `lethe policy "
	    "show` lists what is covered",
	    collection, store);
}

enum status explain_json(const struct schedule *s, const char *store,
    const char *collection, const char *const *key, size_t key_count,
    int64_t as_of, json_t **out)
{
	const struct rule *r = schedule_rule(s, store, collection);

	if (r == NULL)
		return explain_unmapped(s, store, collection, out);
	if (key_count != r->key_count)
		return fail(ST_USAGE,
		    "the key of %s.%s has %zu column%s: found %zu value%s",
		    store, collection, r->key_count,
		    r->key_count == 1 ? "" : "s", key_count,
		    key_count == 1 ? "" : "s");
	return explain_mapped(r, key, as_of, out);
}
