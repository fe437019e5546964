/* Fields explained: for people, and for programs. */
#include "engine/package/dictionary.h"

#include <stdio.h>
#include <string.h>

#include "engine/package/record.h"

/* ---- the dictionary ---- */

static enum status categories(const struct field *f, json_t **out)
{
	json_t *list = json_array();
	enum status st = list ? ST_OK : fail(ST_NOMEM, "out of memory");

	for (size_t i = 0; st == ST_OK && f && i < f->category_count; i++)
		st = json_push(list, json_string(f->categories[i]));
	if (st == ST_OK)
		*out = list;
	else
		json_decref(list);
	return st;
}

static enum status field_json(const struct collected_column *x, json_t **out)
{
	const struct field *f = x->column.field;
	json_t *list = NULL;
	enum status st = categories(f, &list);

	if (st == ST_OK)
		st = json_make(out,
		    "{s:s, s:s?, s:s?, s:s, s:O, s:s?, s:b, s:b}", "name",
		    x->column.db->name, "description",
		    f ? f->description : NULL, "unit", f ? f->unit : NULL,
		    "type", x->column.db->type, "categories", list, "cluster",
		    x->cluster ? x->cluster->name : NULL, "primary_key",
		    x->column.db->key > 0, "portable", x->portable);
	json_decref(list);
	return st;
}

static enum status collection_json(const struct collected *c, json_t **out)
{
	static const char *const portable[] = { "none", "some", "all" };
	char stem[80], schema[100];
	json_t *one = NULL, *o = NULL;
	enum status st;

	collected_stem(c, stem, sizeof(stem));
	(void)snprintf(schema, sizeof(schema), "%s.schema.json", stem);
	st = json_make(&o,
	    "{s:s, s:s, s:b, s:s?, s:I, s:s, s:s, s:s, s:s, s:[]}", "store",
	    c->store, "collection", c->collection->name, "at_intake",
	    c->taken_at != 0, "description", c->collection->description,
	    "records", (json_int_t)c->records, "json", c->json->name, "csv",
	    c->csv->name, "schema", schema, "portable",
	    portable[collected_portable(c)], "fields");
	for (size_t i = 0; st == ST_OK && i < c->column_count; i++) {
		st = field_json(&c->columns[i], &one);
		if (st == ST_OK)
			st = json_push(json_object_get(o, "fields"), one);
	}
	if (st == ST_OK)
		*out = o;
	else
		json_decref(o);
	return st;
}

enum status dictionary_json(const struct collection_set *set, json_t **out)
{
	json_t *o = NULL, *one = NULL;
	enum status st;

	st = json_make(&o, "{s:s, s:s, s:s, s:[]}", "time_zone",
	    set->in->config.time_zone, "csv",
	    "RFC 4180, UTF-8; NULL is an empty field, the empty text \"\"; "
	    "bytes are base64. Values are copied exactly: one that begins with "
	    "= + - or @ is not a formula; import the columns as text.",
	    "json",
	    "Values as stored; bytes are {\"base64\": ...}. Times without an "
	    "offset are as the system stores them.",
	    "collections");
	for (size_t i = 0; st == ST_OK && i < set->count; i++) {
		st = collection_json(set->list[i], &one);
		if (st == ST_OK)
			st = json_push(json_object_get(o, "collections"), one);
	}
	if (st == ST_OK)
		*out = o;
	else
		json_decref(o);
	return st;
}

/* ---- the schema ---- */

static enum status kinds_json(unsigned int kinds, json_t **out)
{
	static const struct {
		unsigned int kind;
		const char *type;
	} types[] = {
		{ COLLECT_NULL, "null" },
		{ COLLECT_INTEGER, "integer" },
		{ COLLECT_REAL, "number" },
		{ COLLECT_TEXT, "string" },
	};
	json_t *list = NULL, *bytes = NULL;
	enum status st;

	/* What is JSON in the store can be anything. */
	if (kinds & COLLECT_JSON)
		return json_made(json_true(), out);
	st = json_make(&list, "[]");
	for (size_t i = 0; st == ST_OK && i < 4; i++)
		if (kinds & types[i].kind)
			st = json_push(
			    list, json_pack("{s:s}", "type", types[i].type));
	if (st == ST_OK && (kinds & COLLECT_BYTES)) {
		st = json_make(&bytes, "{s:s, s:[s], s:{s:{s:s, s:s}}, s:b}",
		    "type", "object", "required", "base64", "properties",
		    "base64", "type", "string", "contentEncoding", "base64",
		    "additionalProperties", 0);
		if (st == ST_OK)
			st = json_push(list, bytes);
	}
	if (st == ST_OK)
		st = json_make(out, "{s:O}", "anyOf", list);
	json_decref(list);
	return st;
}

static enum status values_json(const struct collected *c, json_t **out)
{
	json_t *o = NULL, *kinds = NULL, *name;
	enum status st;

	st = json_make(&o, "{s:s, s:b, s:[], s:{}}", "type", "object",
	    "additionalProperties", 0, "required", "properties");
	for (size_t i = 0; st == ST_OK && i < c->column_count; i++) {
		const char *column = c->columns[i].column.db->name;

		name = json_string(column);
		st = json_push(json_object_get(o, "required"), name);
		if (st == ST_OK)
			st = kinds_json(c->columns[i].kinds, &kinds);
		if (st == ST_OK)
			st = json_put(
			    json_object_get(o, "properties"), column, kinds);
	}
	if (st == ST_OK)
		*out = o;
	else
		json_decref(o);
	return st;
}

/* kept.h */
static enum status storage_json(json_t **out)
{
	return json_make(out,
	    "{s:s, s:{s:s, s:b, s:[s,s,s,s], s:{s:{s:s}, s:{s:s}, s:{s:s}, "
	    "s:{s:s, s:{s:s}}, s:{s:[s,s]}, s:{s:[s,s]}, s:{s:[s,s]}, "
	    "s:{s:[s,s]}, s:{s:[s,s]}, s:{s:s, s:{s:s}}}}}",
	    "type", "array", "items", "type", "object", "additionalProperties",
	    0, "required", "cluster", "verdict", "rule", "law", "properties",
	    "cluster", "type", "string", "verdict", "type", "string", "rule",
	    "type", "string", "law", "type", "array", "items", "type", "string",
	    "starting_point", "type", "string", "null", "last_day", "type",
	    "string", "null", "deletable_from", "type", "string", "null",
	    "deletion_due", "type", "string", "null", "label", "type", "string",
	    "null", "reasons", "type", "array", "items", "type", "string");
}

enum status dictionary_schema(const struct collected *c, json_t **out)
{
	json_t *values = NULL, *storage = NULL;
	enum status st = values_json(c, &values);

	if (st == ST_OK)
		st = storage_json(&storage);
	if (st == ST_OK)
		st = json_make(out,
		    "{s:s, s:s, s:b, s:[s,s,s,s,s], s:{s:{s:s}, s:{s:s}, "
		    "s:{s:b}, s:{s:s, s:s}, s:{s:s, s:I, s:I, s:{s:s, s:b, s:[s,s,s,s], "
		    "s:{s:{s:s}, s:{s:s, s:{s:s}}, s:O, s:O}}}}}",
		    "$schema", "https://json-schema.org/draft/2020-12/schema",
		    "type", "object", "additionalProperties", 0, "required",
		    "store", "collection", "at_intake", "as_of", "records",
		    "properties", "store", "const", c->store, "collection",
		    "const", c->collection->name, "at_intake", "const",
		    c->taken_at != 0, "as_of", "type", "string", "format",
		    "date-time", "records", "type", "array", "minItems",
		    (json_int_t)c->records, "maxItems", (json_int_t)c->records,
		    "items", "type", "object", "additionalProperties", 0,
		    "required", "shared", "redacted", "storage", "values",
		    "properties", "shared", "type", "boolean", "redacted",
		    "type", "array", "items", "type", "string", "storage",
		    storage, "values", values);
	json_decref(storage);
	json_decref(values);
	return st;
}
