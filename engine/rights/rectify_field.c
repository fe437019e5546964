/* Fields of records that are corrected. */
#include "engine/rights/rectify_field.h"

#include <stdlib.h>
#include <string.h>

#include "engine/holds/scope.h"
#include "engine/installation/units.h"
#include "engine/model/diag.h"
#include "engine/plan/keys.h"
#include "engine/records/value_text.h"
#include "engine/rights/person.h"

/* ---- which field ---- */

static enum status no_field(const struct collection *c, const char *field)
{
	const char **names = calloc(c->field_count + 1, sizeof(*names));
	const char *near;
	enum status st;

	if (names == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (size_t i = 0; i < c->field_count; i++)
		names[i] = c->fields[i].name;
	near = diag_nearest(field, names);
	st = fail(ST_USAGE, "%s has no field `%s` that is a column%s%s%s",
	    c->name, field, near ? ": did you mean `" : "", near ? near : "",
	    near ? "`?" : "");
	free(names);
	return st;
}

/* An end follows from what it is computed from: both would have to change. */
static int is_in_term(const struct policy_starting_point *p, const char *field)
{
	if (p->field && strcmp(p->field, field) == 0)
		return 1;
	for (size_t i = 0; i < POLICY_TERM__MAX; i++) {
		const char *part = p->term->parts[i].field;

		if (part && strcmp(part, field) == 0)
			return 1;
	}
	return 0;
}

static enum status check_computed(
    const struct installation *in, const struct rectify_field *f)
{
	struct policy_computed *computed = NULL;
	size_t count = 0;
	enum status st;
	int any = 0;

	st = installation_computed(
	    in, f->store, f->collection, &computed, &count);
	for (size_t i = 0; st == ST_OK && i < count; i++)
		any |= is_in_term(computed[i].point, f->db->name);
	free(computed);
	if (st == ST_OK && any)
		return fail(ST_USAGE,
		    "`%s` is part of a term, whose end is computed when "
		    "records come in: correct it with `lethe ingest --upsert`",
		    f->db->name);
	return st;
}

/* What names a record, says whose it is, or where it is, is not corrected but
 * another record. */
static enum status check_field(
    const struct installation *in, const struct rectify_field *f)
{
	const struct field *d = f->column.field;
	const char *why = NULL;

	if (f->db->key || d->primary_key)
		why = "names the record";
	else if (d->reference_count > 0)
		why = "says what the record belongs to";
	else if (f->db->computed || f->db->generated)
		why = "is computed by the database";
	else if (f->collection->segment_by &&
		 strcmp(f->collection->segment_by, d->name) == 0)
		why = "says which file the record is in";
	if (why)
		return fail(ST_USAGE,
		    "`%s` %s: correct it where the records come from", d->name,
		    why);
	return check_computed(in, f);
}

static enum status check_key(
    struct installation *in, const struct rectify_field *f)
{
	const char *key[KEYS_MOST] = { NULL };
	struct holds_scope scope = { .store = f->store->config->name,
		.collection = f->collection->name,
		.key = key };

	for (size_t i = 0; i < json_array_size(f->key); i++, scope.key_count++)
		if (i < KEYS_MOST)
			key[i] = json_string_value(json_array_get(f->key, i));
	return scope_check(in, &scope);
}

static enum status init_column(
    const struct installation *in, struct rectify_field *f)
{
	const char **times = NULL;
	size_t count = 0;
	int is_time = column_type_is_time(f->db->type);
	enum status st =
	    installation_times(in, f->store, f->collection, &times, &count);

	for (size_t i = 0; st == ST_OK && i < count; i++)
		is_time |= strcmp(times[i], f->db->name) == 0;
	free(times);
	column_init(&f->column, f->db, f->collection, is_time);
	return st;
}

enum status rectify_field_open(struct installation *in, struct rectify_field *f,
    const char *store, const char *collection, const char *field)
{
	const struct holds_scope none = { .store = store,
		.collection = collection };
	enum status st = installation_find_store(in, store, &f->store);

	if (st != ST_OK)
		return st;
	f->collection = dataset_collection(f->store->dataset, collection);
	/* It says which word is near. */
	if (f->collection == NULL)
		return scope_check(in, &none);
	if ((st = check_key(in, f)) != ST_OK)
		return st;
	f->table = db_schema_table(&f->store->schema, collection);
	f->db = db_table_column(f->table, field);
	if (f->db == NULL || collection_field(f->collection, field) == NULL)
		return no_field(f->collection, field);
	st = keys_of(f->collection, f->table, &f->keys, &f->key_count);
	if (st == ST_OK)
		st = init_column(in, f);
	return st == ST_OK ? check_field(in, f) : st;
}

void rectify_field_release(struct rectify_field *f)
{
	column_release(&f->column);
	free(f->keys);
}

/* ---- which record ---- */

enum status rectify_field_find(struct installation *in,
    const struct reach_subject *who, const struct rectify_field *f)
{
	int found = 0;
	enum status st =
	    person_has(in, who, f->store, f->collection, f->key, &found);

	if (st == ST_OK && !found)
		return fail(ST_USAGE,
		    "no such record of %s.%s is the person's: `lethe request "
		    "data` lists those that are",
		    f->store->config->name, f->collection->name);
	if (st == ST_OK && found == 2)
		return fail(ST_USAGE,
		    "others may have that record of %s.%s too: it is not "
		    "corrected on one person's word",
		    f->store->config->name, f->collection->name);
	return st;
}

void rectify_field_where(const struct rectify_field *f, struct sql *q)
{
	for (size_t i = 0; i < f->key_count; i++) {
		sql_add(q, " AND ");
		sql_column(q, "t", f->keys[i]);
		sql_add(q, " = ");
		sql_bind_text(q, json_string_value(json_array_get(f->key, i)));
	}
}

/* Of the file in use. */
static enum status select_value(
    const struct rectify_field *f, struct stmt **out)
{
	struct sql q = SQL_INIT;
	enum status st;

	sql_add(&q, "SELECT ");
	sql_column(&q, "t", f->db->name);
	sql_add(&q, " FROM ");
	sql_name(&q, f->table->name);
	sql_add(&q, " AS t WHERE TRUE");
	rectify_field_where(f, &q);
	st = db_query_sql(f->store->db, &q, out);
	sql_release(&q);
	return st == ST_OK ? db_row(*out) : st;
}

enum status rectify_field_use(const struct rectify_field *f)
{
	struct stmt *s = NULL;
	enum status st = ST_NOTFOUND;

	for (size_t u = 0; st == ST_NOTFOUND && u < units_count(f->store);
	     u++) {
		if ((st = units_use(f->store, u)) != ST_OK)
			break;
		st = select_value(f, &s);
		db_done(s);
		s = NULL;
	}
	if (st != ST_NOTFOUND)
		return st;
	return fail(ST_NOTFOUND, "a record of %s.%s is gone",
	    f->store->config->name, f->collection->name);
}

enum status rectify_field_read(const struct rectify_field *f, struct buf *out)
{
	struct stmt *s = NULL;
	struct val v;
	enum status st = rectify_field_use(f);

	if (st == ST_OK)
		st = select_value(f, &s);
	if (st == ST_OK) {
		v = db_val(s, 0);
		value_text_json(out, &f->column, &v);
		st = buf_status(out);
	}
	db_done(s);
	units_rest(f->store);
	return st;
}

/* ---- values ---- */

static enum cell_kind kind_of(const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_NULL: return CELL_NULL;
	case JSON_TRUE: return CELL_TRUE;
	case JSON_FALSE: return CELL_FALSE;
	case JSON_INTEGER:
	case JSON_REAL: return CELL_NUMBER;
	case JSON_STRING: return CELL_TEXT;
	case JSON_OBJECT:
	case JSON_ARRAY: break;
	}
	return CELL_JSON;
}

/* ${column.text} keeps what the value needs, also of a plain text. */
enum status rectify_field_value(
    struct rectify_field *f, const char *text, struct val *out)
{
	json_t *v = json_loads(text, JSON_DECODE_ANY, NULL);
	struct cell cell = { CELL_TEXT, text, strlen(text) };
	enum status st;

	if (v == NULL)
		return fail(ST_INTEGRITY, "a proposed value is not JSON");
	cell.kind = kind_of(v);
	if (json_is_string(v)) {
		cell.text = json_string_value(v);
		cell.len = json_string_length(v);
	}
	st = column_read(&f->column, &cell, out);
	if (st == ST_OK && out->type == VAL_TEXT && out->p == cell.text) {
		buf_clear(&f->column.text);
		buf_add(&f->column.text, out->p, out->n);
		out->p = buf_text(&f->column.text);
		st = buf_status(&f->column.text);
	}
	json_decref(v);
	return st;
}
