/* An installation against its live stores. */
#include "engine/plan/check.h"

#include <stdlib.h>
#include <string.h>

#include "engine/store/count.h"

/* Takes ${text}, NULL where memory ran out. */
static enum status warn(json_t *list, char *text)
{
	enum status st;

	if (text == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = json_push(list, json_string(text));
	free(text);
	return st;
}

/* ---- indexes ---- */

static int has_index(const struct db_table *t, const char *column)
{
	size_t i;

	for (i = 0; i < t->column_count; i++) {
		if (t->columns[i].key == 1 &&
		    strcmp(t->columns[i].name, column) == 0)
			return 1;
	}
	for (i = 0; i < t->index_count; i++) {
		const struct db_index *x = &t->indexes[i];

		if (!x->partial && x->count > 0 && x->columns[0] &&
		    strcmp(x->columns[0], column) == 0)
			return 1;
	}
	return 0;
}

static enum status need_index(json_t *warnings, const struct rule *r,
    const char *table, const char *column)
{
	const struct db_table *t = db_schema_table(&r->store->schema, table);
	char *text;
	size_t i;

	if (t == NULL || has_index(t, column))
		return ST_OK;
	text = str_format(
	    "store `%s`: no index begins with %s.%s, which the rule of `%s` "
	    "asks for: every run reads the whole table",
	    r->store->config->name, table, column, r->terms.cluster->name);
	for (i = 0; text && i < json_array_size(warnings); i++) {
		if (strcmp(json_string_value(json_array_get(warnings, i)),
			text) == 0) {
			free(text);
			return ST_OK;
		}
	}
	return warn(warnings, text);
}

static enum status check_clock(
    const struct rule *r, const struct rule_clock *c, json_t *warnings)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < c->path.count; i++) {
		const struct path_hop *h = &c->path.hops[i];

		st = need_index(warnings, r, h->to->name, h->to_columns[0]);
		if (st == ST_OK && i == 0)
			st = need_index(
			    warnings, r, r->table->name, h->from_columns[0]);
	}
	return st == ST_OK
		   ? need_index(warnings, r, c->table, c->terms.start->field)
		   : st;
}

static enum status check_indexes(const struct rule *r, json_t *warnings)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < r->clock_count; i++)
		st = check_clock(r, &r->clocks[i], warnings);
	return st;
}

static enum status check_foreign_keys(const struct rule *r, json_t *warnings)
{
	const struct db_table *t = r->table;
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < t->foreign_key_count; i++)
		st = need_index(
		    warnings, r, t->name, t->foreign_keys[i].from[0]);
	return st;
}

/* ---- counts ---- */

static enum status check_undecided(
    const struct rule *r, int64_t now, json_t *list)
{
	json_t *one = NULL;
	int64_t records = 0;
	enum status st;

	if (r->clock_count == 0)
		return ST_OK;
	st = rule_count(r, RULE_UNDECIDED, now, DB_EVERY, &records);
	if (st != ST_OK || records == 0)
		return st;
	st = json_make(&one, "{s:s, s:s, s:s, s:s, s:I}", "store",
	    r->store->config->name, "collection", r->collection->name,
	    "cluster", r->terms.cluster->name, "starting_point",
	    r->clocks[0].terms.start->name, "records", (json_int_t)records);
	return st == ST_OK ? json_push(list, one) : st;
}

/* The number kept must be the number there. */
static enum status check_count(const struct rule *r)
{
	struct db *db = r->store->db;
	int64_t kept = 0, there = 0;
	struct sql q = SQL_INIT;
	enum status st;

	sql_add(&q, "SELECT count(*) FROM ");
	rule_from(r, &q);
	if ((st = db_begin(db, DB_READ)) == ST_OK)
		st = count_get(db, r->table->name, &kept);
	if (st == ST_OK)
		st = db_one_int_sql(db, &q, 0, &there);
	db_rollback(db);
	sql_release(&q);
	if (st == ST_OK && kept != there)
		return fail(ST_INTEGRITY,
		    "%s.%s holds %lld records and is counted as %lld: "
		    "something other than Lethe has written to it",
		    r->store->config->name, r->table->name, (long long)there,
		    (long long)kept);
	return st;
}

static enum status integrity_of(struct db *db, const char *name, json_t *list)
{
	json_t *one = NULL;
	int64_t pages = 0;
	enum status st;

	if ((st = db_integrity(db, &pages)) == ST_OK)
		st = json_make(&one, "{s:s, s:I}", "database", name, "pages",
		    (json_int_t)pages);
	return st == ST_OK ? json_push(list, one) : st;
}

static enum status check_integrity(
    struct installation *in, const struct schedule *s, json_t *list)
{
	enum status st;
	size_t i;

	if ((st = installation_open_control(in)) != ST_OK ||
	    (st = installation_open_audit(in)) != ST_OK)
		return st;
	st = integrity_of(in->control, "control", list);
	if (st == ST_OK)
		st = integrity_of(in->audit, "audit", list);
	for (i = 0; st == ST_OK && i < in->store_count; i++) {
		struct installation_store *store = &in->stores[i];

		if ((st = installation_open_store(in, store)) == ST_OK)
			st = integrity_of(store->db, store->config->name, list);
	}
	for (i = 0; st == ST_OK && i < s->count; i++)
		st = check_count(&s->rules[i]);
	return st;
}

/* ---- all ---- */

static enum status add_unmapped(const struct schedule *s, json_t *list)
{
	enum status st = ST_OK;
	json_t *one = NULL;
	size_t i;

	for (i = 0; st == ST_OK && i < s->unmapped_count; i++) {
		st = json_make(&one, "{s:s, s:s, s:s?}", "store",
		    s->unmapped[i].store, "table", s->unmapped[i].table,
		    "column", s->unmapped[i].column);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	return st;
}

enum status check_json(struct installation *in, const struct schedule *s,
    enum check_depth depth, json_t **out)
{
	json_t *o = NULL;
	enum status st;
	size_t i;

	st = json_make(&o, "{s:[], s:[], s:[], s:[]}", "warnings", "unmapped",
	    "undecided", "integrity");
	for (i = 0; st == ST_OK && i < s->count; i++) {
		json_t *warnings = json_object_get(o, "warnings");

		st = check_indexes(&s->rules[i], warnings);
		if (st == ST_OK)
			st = check_foreign_keys(&s->rules[i], warnings);
		if (st == ST_OK)
			st = check_undecided(&s->rules[i], when_now(),
			    json_object_get(o, "undecided"));
	}
	if (st == ST_OK)
		st = add_unmapped(s, json_object_get(o, "unmapped"));
	if (st == ST_OK && depth == CHECK_INTEGRITY)
		st = check_integrity(in, s, json_object_get(o, "integrity"));
	if (st != ST_OK)
		json_decref(o);
	else
		*out = o;
	return st;
}

int check_needs_attention(const json_t *result)
{
	return json_array_size(json_object_get(result, "unmapped")) > 0 ||
	       json_array_size(json_object_get(result, "undecided")) > 0;
}
