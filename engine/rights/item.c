/* Records that hold something of others, one by one. */
#include "engine/rights/item.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/audit/log.h"
#include "engine/base/base64.h"
#include "engine/base/buf.h"
#include "engine/base/civil.h"
#include "engine/base/utf8.h"
#include "engine/model/diag.h"
#include "engine/plan/keys.h"
#include "engine/rights/step.h"

static const char *const decisions[] = { "include", "redact", "withhold",
	NULL };
static const char *const reasons[] = { "rights_of_others", "business_hindrance",
	"other_law", NULL };

/* ---- names ---- */

/* As files have it: what is no text is base64. */
static json_t *bytes_part(const struct val *v)
{
	struct buf text = BUF_INIT;
	json_t *o = NULL;

	base64_add(&text, v->p, v->n);
	if (buf_status(&text) == ST_OK)
		o = json_string(buf_text(&text));
	buf_release(&text);
	return o;
}

static json_t *key_part(const struct val *v)
{
	char number[40];

	switch (v->type) {
	case VAL_INT:
		(void)snprintf(number, sizeof(number), "%lld", (long long)v->i);
		return json_string(number);
	case VAL_REAL:
		(void)snprintf(number, sizeof(number), "%.17g", v->r);
		return json_string(number);
	case VAL_TEXT:
		if (utf8_valid(v->p, v->n))
			return json_stringn(v->p, v->n);
		return bytes_part(v);
	case VAL_BLOB: return bytes_part(v);
	case VAL_END:
	case VAL_NULL: break;
	}
	return json_string("");
}

static enum status key_json(const struct val *key, size_t count, json_t **out)
{
	json_t *list = NULL;
	enum status st = json_make(&list, "[]");

	for (size_t i = 0; st == ST_OK && i < count; i++)
		st = json_push(list, key_part(&key[i]));
	if (st == ST_OK)
		*out = list;
	else
		json_decref(list);
	return st;
}

static enum status name_of(
    const char *store, const char *collection, const json_t *key, char **out)
{
	char *text = json_dumps(key, JSON_COMPACT);
	char *name =
	    text ? str_format("%s %s %s", store, collection, text) : NULL;

	free(text);
	if (name == NULL)
		return fail(ST_NOMEM, "out of memory");
	*out = name;
	return ST_OK;
}

enum status item_name(const char *store, const char *collection,
    const struct val *key, size_t key_count, char **out)
{
	json_t *list = NULL;
	enum status st = key_json(key, key_count, &list);

	if (st == ST_OK)
		st = name_of(store, collection, list, out);
	json_decref(list);
	return st;
}

/* ---- what was decided ---- */

static enum status load(const char *text, json_t **out)
{
	return json_made(json_loads(text, 0, NULL), out);
}

static enum status decision_json(struct stmt *s, json_t **out)
{
	char at[INSTANT_TEXT];
	json_t *fields = NULL;
	enum status st = load(db_text(s, 4), &fields);

	civil_format_instant(db_int(s, 6), at);
	if (st == ST_OK)
		st = json_make(out, "{s:s, s:O, s:s?, s:s, s:s}", "decision",
		    db_text(s, 3), "fields", fields, "reason", db_text(s, 5),
		    "at", at, "actor", db_text(s, 7));
	json_decref(fields);
	return st;
}

static enum status add_decision(struct stmt *s, json_t *map)
{
	json_t *key = NULL, *one = NULL;
	char *name = NULL;
	enum status st = load(db_text(s, 2), &key);

	if (st == ST_OK)
		st = name_of(db_text(s, 0), db_text(s, 1), key, &name);
	if (st == ST_OK)
		st = decision_json(s, &one);
	if (st == ST_OK)
		st = json_put(map, name, one);
	free(name);
	json_decref(key);
	return st;
}

enum status item_decisions(
    struct installation *in, int64_t request, json_t **out)
{
	json_t *map = NULL;
	struct stmt *s = NULL;
	enum status st = json_made(json_object(), &map);

	if (st == ST_OK)
		st = db_query(in->control,
		    "SELECT store, collection, record_key, decision, fields,"
		    " reason, at, actor FROM request_item WHERE request = $1",
		    ARGS(INT(request)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = add_decision(s, map);
	db_done(s);
	if (st == ST_NOTFOUND) {
		*out = map;
		return ST_OK;
	}
	json_decref(map);
	return st;
}

enum status item_counts(struct installation *in, int64_t request, json_t **out)
{
	json_t *list = NULL, *one = NULL;
	struct stmt *s = NULL;
	enum status st = json_made(json_array(), &list);

	if (st == ST_OK)
		st = db_query(in->control,
		    "SELECT decision, reason, count(*) FROM request_item"
		    " WHERE request = $1 AND decision <> 'include'"
		    " GROUP BY decision, reason ORDER BY decision, reason",
		    ARGS(INT(request)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		st = json_make(&one, "{s:s, s:s, s:I}", "decision",
		    db_text(s, 0), "reason", db_text(s, 1), "records",
		    (json_int_t)db_int(s, 2));
		if (st == ST_OK)
			st = json_push(list, one);
	}
	db_done(s);
	if (st == ST_NOTFOUND) {
		*out = list;
		return ST_OK;
	}
	json_decref(list);
	return st;
}

/* ---- the list ---- */

struct listing {
	const json_t *decided; /* NULL: nothing is listed */
	json_t *items;
	json_int_t undecided;
	const char *wanted;           /* by name; or NULL */
	const struct db_table *table; /* of the one that was wanted */
	const struct collection *collection;
};

static enum status list_one(
    struct listing *l, const struct reach_record *r, const char *name)
{
	json_t *d = json_object_get(l->decided, name);
	json_t *key = NULL, *one = NULL;
	enum status st = key_json(r->key, r->key_count, &key);

	if (st == ST_OK)
		st = json_make(&one,
		    "{s:s, s:s, s:O, s:b, s:n, s:[], s:n, s:n, s:n}", "store",
		    r->store->config->name, "collection", r->collection->name,
		    "key", key, "shared", r->shared, "decision", "fields",
		    "reason", "at", "actor");
	if (st == ST_OK && d && json_object_update(one, d) != 0)
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_OK)
		st = json_push(l->items, json_incref(one));
	l->undecided += d == NULL;
	json_decref(one);
	json_decref(key);
	return st;
}

static enum status look(void *ctx, const struct reach_record *r)
{
	struct listing *l = ctx;
	char *name = NULL;
	enum status st = item_name(r->store->config->name, r->collection->name,
	    r->key, r->key_count, &name);

	if (st == ST_OK && l->wanted && strcmp(name, l->wanted) == 0) {
		l->table = r->table;
		l->collection = r->collection;
	}
	if (st == ST_OK && l->items &&
	    (r->shared || json_object_get(l->decided, name)))
		st = list_one(l, r, name);
	free(name);
	return st;
}

/* ---- may it be? ---- */

static enum status may_be(
    const struct rights_actor *by, const struct request *r)
{
	enum request_state to;

	if (r->type != REQUEST_ACCESS && r->type != REQUEST_PORTABILITY)
		return fail(ST_USAGE,
		    "%s asks for %s: item by item is for access and "
		    "portability",
		    r->id, request_type_name(r->type));
	return transition_find(r->state, REQUEST_DECIDE_ITEM, by->roles,
	    r->verified_at ? REQUEST_IS_VERIFIED : 0, &to);
}

static enum status note_look(struct installation *in,
    const struct rights_actor *by, const struct listing *l, const char *id)
{
	json_t *details = NULL;
	enum status st = installation_open_audit(in);

	if (st == ST_OK)
		st = json_make(&details, "{s:s, s:s, s:I}", "object", id,
		    "request", id, "records",
		    (json_int_t)json_array_size(l->items));
	if (st == ST_OK)
		st = audit_append(in->audit, by->now, by->name,
		    "personal_data_viewed", details);
	json_decref(details);
	return st;
}

enum status rights_items(struct installation *in, const struct rights_actor *by,
    const char *id, json_t **out)
{
	struct listing l = { .items = NULL };
	struct request r = { 0 };
	json_t *decided = NULL;
	enum status st = book_read(in, id, &r);

	if (st == ST_OK)
		st = may_be(by, &r);
	if (st == ST_OK)
		st = item_decisions(in, r.number, &decided);
	l.decided = decided;
	if (st == ST_OK)
		st = json_make(&l.items, "[]");
	if (st == ST_OK)
		st = reach_walk(in,
		    &(struct reach_subject){ r.identity, r.value }, look, &l);
	if (st == ST_OK)
		st = note_look(in, by, &l, id);
	if (st == ST_OK)
		st = json_make(out, "{s:s, s:O, s:I}", "id", id, "items",
		    l.items, "undecided", l.undecided);
	json_decref(l.items);
	json_decref(decided);
	request_release(&r);
	return st;
}

/* ---- a decision ---- */

static enum status check_word(
    const char *what, const char *word, const char *const *list)
{
	const char *near = word ? diag_nearest(word, list) : NULL;

	for (size_t i = 0; word && list[i]; i++)
		if (strcmp(list[i], word) == 0)
			return ST_OK;
	return fail(ST_USAGE, "%s `%s`%s%s%s: it is one of %s, %s, %s", what,
	    word ? word : "", near ? ": did you mean `" : "", near ? near : "",
	    near ? "`?" : "", list[0], list[1], list[2]);
}

static enum status check(const struct rights_item *x)
{
	enum status st = check_word("decision", x->decision, decisions);
	int redact;

	if (st != ST_OK)
		return st;
	redact = strcmp(x->decision, "redact") == 0;
	if (redact != (x->field_count > 0))
		return fail(ST_USAGE,
		    "to redact names the fields that are blank, and nothing "
		    "else does: --field NAME");
	if (strcmp(x->decision, "include") != 0)
		return check_word("reason", x->reason, reasons);
	return x->reason ? fail(ST_USAGE, "to include needs no reason") : ST_OK;
}

/* Not of the key, without which nobody could say which record it is. */
static enum status check_field(const struct listing *l, const char *name)
{
	const struct db_column *c = db_table_column(l->table, name);
	const char **keys = NULL;
	size_t count = 0;
	enum status st = keys_of(l->collection, l->table, &keys, &count);

	if (st == ST_OK && c == NULL)
		st = fail(ST_USAGE, "%s has no field `%s`", l->collection->name,
		    name);
	for (size_t i = 0; st == ST_OK && i < count; i++)
		if (strcmp(keys[i], name) == 0)
			st = fail(ST_USAGE,
			    "%s is the record's key, which is not redacted: "
			    "withhold the record",
			    name);
	free(keys);
	return st;
}

static enum status find(struct installation *in, const struct request *r,
    const struct rights_item *x, const char *name)
{
	struct listing l = { .wanted = name };
	enum status st = reach_walk(
	    in, &(struct reach_subject){ r->identity, r->value }, look, &l);

	if (st == ST_OK && l.table == NULL)
		st = fail(ST_USAGE,
		    "no such record of %s.%s is the person's: `lethe request "
		    "data` lists those that are",
		    x->store, x->collection);
	for (size_t i = 0; st == ST_OK && i < x->field_count; i++)
		st = check_field(&l, x->fields[i]);
	return st;
}

static enum status write_row(struct step *s, const struct rights_item *x,
    const char *key, const char *fields)
{
	return db_exec(s->in->control,
	    "INSERT INTO request_item (request, store, collection, record_key,"
	    " decision, fields, reason, at, actor)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
	    " ON CONFLICT (request, store, collection, record_key) DO UPDATE"
	    " SET decision = excluded.decision, fields = excluded.fields,"
	    " reason = excluded.reason, at = excluded.at,"
	    " actor = excluded.actor",
	    ARGS(INT(s->r.number), TEXT(x->store), TEXT(x->collection),
		TEXT(key), TEXT(x->decision), TEXT(fields), TEXT(x->reason),
		INT(s->by->now), TEXT(s->by->name)));
}

static enum status texts_json(
    const char *const *list, size_t count, json_t **out, char **text)
{
	enum status st = json_make(out, "[]");

	for (size_t i = 0; st == ST_OK && i < count; i++)
		st = json_push(*out, json_string(list[i]));
	if (st == ST_OK && (*text = json_dumps(*out, JSON_COMPACT)) == NULL)
		st = fail(ST_NOMEM, "out of memory");
	return st;
}

static enum status keep(struct installation *in, const struct rights_actor *by,
    const char *id, const struct rights_item *x, const char *key)
{
	struct step s = { 0 };
	json_t *fields = NULL;
	char *text = NULL;
	enum status st = texts_json(x->fields, x->field_count, &fields, &text);

	if (st == ST_OK && (st = step_begin(&s, in, by, id)) == ST_OK)
		st = write_row(&s, x, key, text);
	if (st == ST_OK)
		st = step_go(&s, REQUEST_DECIDE_ITEM, x->reason, NULL);
	if (s.in)
		st = step_end(&s, st, NULL);
	json_decref(fields);
	free(text);
	return st;
}

enum status rights_item_decide(struct installation *in,
    const struct rights_actor *by, const char *id,
    const struct rights_item *item, json_t **out)
{
	struct request r = { 0 };
	json_t *key = NULL;
	char *text = NULL, *name = NULL;
	enum status st = check(item);

	if (st == ST_OK)
		st = book_read(in, id, &r);
	if (st == ST_OK)
		st = may_be(by, &r);
	if (st == ST_OK)
		st = texts_json(item->key, item->key_count, &key, &text);
	if (st == ST_OK)
		st = name_of(item->store, item->collection, key, &name);
	if (st == ST_OK)
		st = find(in, &r, item, name);
	if (st == ST_OK)
		st = keep(in, by, id, item, text);
	json_decref(key);
	free(text);
	free(name);
	request_release(&r);
	return st == ST_OK ? rights_items(in, by, id, out) : st;
}
