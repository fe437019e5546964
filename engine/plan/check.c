/* An installation against its live stores. */
#include "engine/plan/check.h"

#include <stdlib.h>
#include <string.h>

#include "engine/installation/units.h"
#include "engine/plan/check_parts.h"
#include "engine/store/count.h"

enum status check_warn(json_t *warnings, char *text)
{
	enum status st = ST_OK;
	size_t i;

	if (text == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; i < json_array_size(warnings); i++) {
		if (strcmp(json_string_value(json_array_get(warnings, i)),
			text) == 0)
			break;
	}
	if (i == json_array_size(warnings))
		st = json_push(warnings, json_string(text));
	free(text);
	return st;
}

/* ---- grants ---- */

/* One entry for each statement, which ends a line of ${sql}. */
static enum status push_grants(
    const struct installation_store *s, const char *sql, json_t *list)
{
	enum status st = ST_OK;
	json_t *one = NULL;
	size_t n;

	for (; st == ST_OK && *sql; sql += n + 1) {
		n = strcspn(sql, "\n");
		st = json_make(&one, "{s:s, s:s%}", "store", s->config->name,
		    "sql", sql, n);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	return st;
}

static enum status check_store_grants(
    const struct installation_store *s, json_t *list)
{
	struct buf sql = BUF_INIT;
	const char **tables;
	enum status st;
	size_t i;

	tables = calloc(s->dataset->collection_count + 1, sizeof(*tables));
	if (tables == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; i < s->dataset->collection_count; i++)
		tables[i] = s->dataset->collections[i].name;
	st = db_grants(s->db, tables, i, &sql);
	if (st == ST_OK)
		st = push_grants(s, buf_text(&sql), list);
	buf_release(&sql);
	free(tables);
	return st;
}

static enum status check_grants(const struct installation *in, json_t *list)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < in->store_count; i++) {
		if (in->stores[i].db)
			st = check_store_grants(&in->stores[i], list);
	}
	return st;
}

static int lacks_grants(const json_t *list, const struct rule *r)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		if (strcmp(json_text(one, "store"), r->store->config->name) ==
		    0)
			return 1;
	}
	return 0;
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

/* The number kept must be the number there, in each file. */
static enum status check_count_here(const struct rule *r)
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

static enum status check_count(const struct rule *r)
{
	enum status st = ST_OK;
	size_t u;

	for (u = 0; st == ST_OK && u < units_count(r->store); u++) {
		if ((st = units_use(r->store, u)) == ST_OK)
			st = check_count_here(r);
	}
	units_rest(r->store);
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

static enum status integrity_of_store(
    struct installation_store *store, json_t *list)
{
	enum status st = ST_OK;
	size_t u;

	for (u = 0; st == ST_OK && u < units_count(store); u++) {
		if ((st = units_use(store, u)) == ST_OK)
			st = integrity_of(store->db, db_name(store->db), list);
	}
	units_rest(store);
	return st;
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
		st = integrity_of(audit_db(in->audit), "audit", list);
	for (i = 0; st == ST_OK && i < in->store_count; i++) {
		struct installation_store *store = &in->stores[i];

		if ((st = installation_open_store(in, store)) == ST_OK)
			st = integrity_of_store(store, list);
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

	st = json_make(&o, "{s:[], s:[], s:[], s:[], s:[]}", "warnings",
	    "unmapped", "undecided", "integrity", "grants");
	if (st == ST_OK)
		st = check_grants(in, json_object_get(o, "grants"));
	for (i = 0; st == ST_OK && i < s->count; i++) {
		if (lacks_grants(json_object_get(o, "grants"), &s->rules[i]))
			continue;
		st = check_undecided(
		    &s->rules[i], when_now(), json_object_get(o, "undecided"));
	}
	if (st == ST_OK)
		st = check_indexes(s, json_object_get(o, "warnings"));
	if (st == ST_OK)
		st = check_paths(s, json_object_get(o, "warnings"));
	if (st == ST_OK)
		st = check_periods(in, json_object_get(o, "warnings"));
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
	       json_array_size(json_object_get(result, "grants")) > 0 ||
	       json_array_size(json_object_get(result, "undecided")) > 0;
}
