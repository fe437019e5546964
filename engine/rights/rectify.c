/* Rectification on request: proposed and decided on. */
#include "engine/rights/rectify.h"

#include <string.h>

#include "engine/audit/log.h"
#include "engine/base/utf8.h"
#include "engine/records/json_text.h"
#include "engine/records/value_text.h"
#include "engine/rights/rectify_book.h"
#include "engine/rights/rectify_field.h"
#include "engine/rights/transition.h"

static enum status check_type(const struct request *r)
{
	if (r->type == REQUEST_RECTIFICATION)
		return ST_OK;
	return fail(ST_USAGE, "%s is no request for rectification", r->id);
}

/* ---- side by side ---- */

static enum status changes_json(
    struct installation *in, int64_t request, const char *id, json_t **out)
{
	struct rectification x;
	json_t *list = NULL;
	enum status st = rectification_read(in, request, &x);

	if (st == ST_OK)
		st = change_list(in, request, CHANGE_ALL, &list);
	if (st == ST_OK)
		st = json_make(out, "{s:s, s:s?, s:b, s:b, s:O}", "request", id,
		    "hash", *x.hash ? x.hash : NULL, "decided", x.decided,
		    "approved", x.approved, "changes", list);
	json_decref(list);
	return st;
}

static enum status note_look(struct installation *in,
    const struct rights_actor *by, const struct request *r,
    const json_t *changes)
{
	json_t *details = NULL;
	enum status st = installation_open_audit(in);

	if (st == ST_OK)
		st = json_make(&details, "{s:s, s:I}", "object", r->id,
		    "changes",
		    (json_int_t)json_array_size(
			json_object_get(changes, "changes")));
	if (st == ST_OK)
		st = audit_append(in->audit, by->now, by->name,
		    "personal_data_viewed", details);
	json_decref(details);
	return st;
}

/* ---- what is proposed ---- */

static enum status check_words(const struct rights_change *c)
{
	int deletes = c->kind && strcmp(c->kind, "delete") == 0;

	if (c->kind == NULL || (!deletes && strcmp(c->kind, "correct") != 0 &&
				   strcmp(c->kind, "complete") != 0))
		return fail(ST_USAGE,
		    "unknown kind of change: it is one of correct, complete, "
		    "delete");
	if (deletes != (c->value == NULL))
		return fail(
		    ST_USAGE, deletes ? "what is deleted has no --value"
				      : "give the right value with --value");
	if (c->evidence == NULL || *c->evidence == '\0')
		return fail(
		    ST_USAGE, "what shows that it is so? give --evidence TEXT");
	if (!utf8_valid(c->evidence, strlen(c->evidence)))
		return fail(ST_USAGE, "--evidence is not UTF-8");
	if (c->value && !utf8_valid(c->value, strlen(c->value)))
		return fail(ST_USAGE, "--value is not UTF-8");
	return ST_OK;
}

/* The value as the store would have it, so that old and new compare. */
static enum status new_value(
    struct rectify_field *f, const struct rights_change *c, struct buf *out)
{
	struct buf text = BUF_INIT;
	struct val v;
	enum status st;

	if (c->value)
		json_text_string(&text, c->value, strlen(c->value));
	else
		buf_adds(&text, "null");
	st = buf_status(&text);
	if (st == ST_OK)
		st = rectify_field_value(f, buf_text(&text), &v);
	if (st == ST_OK) {
		value_text_json(out, &f->column, &v);
		st = buf_status(out);
	} else {
		status_prefix("%s.%s: ", f->collection->name, f->db->name);
	}
	buf_release(&text);
	return st;
}

static int is_nothing(const char *json)
{
	return strcmp(json, "null") == 0 || strcmp(json, "\"\"") == 0;
}

static enum status check_values(
    const struct rights_change *c, const char *old, const char *new)
{
	if (strcmp(old, new) == 0)
		return fail(ST_USAGE,
		    "%s.%s has that value already: there is nothing to change",
		    c->collection, c->field);
	if (strcmp(c->kind, "complete") == 0 && !is_nothing(old))
		return fail(ST_USAGE, "%s.%s is there already: `correct` it",
		    c->collection, c->field);
	if (strcmp(c->kind, "correct") == 0 && is_nothing(old))
		return fail(ST_USAGE, "%s.%s is not there yet: `complete` it",
		    c->collection, c->field);
	return ST_OK;
}

/* Old and new value as JSON text. */
static enum status values(struct installation *in, const struct request *r,
    const struct rights_change *c, struct buf *old, struct buf *new)
{
	const struct reach_subject who = { r->identity, r->value };
	struct rectify_field f = { .key = json_array() };
	enum status st = f.key ? ST_OK : fail(ST_NOMEM, "out of memory");

	for (size_t i = 0; st == ST_OK && i < c->key_count; i++)
		st = json_push(f.key, json_string(c->key[i]));
	if (st == ST_OK)
		st = rectify_field_open(
		    in, &f, c->store, c->collection, c->field);
	if (st == ST_OK)
		st = rectify_field_find(in, &who, &f);
	if (st == ST_OK)
		st = rectify_field_read(&f, old);
	if (st == ST_OK)
		st = new_value(&f, c, new);
	if (st == ST_OK)
		st = check_values(c, buf_text(old), buf_text(new));
	json_decref(f.key);
	rectify_field_release(&f);
	return st;
}

static enum status keep(struct installation *in, const struct rights_actor *by,
    const char *id, const struct rights_change *c, const char *old,
    const char *new)
{
	struct step s = { 0 };
	enum status st = step_begin(&s, in, by, id);

	if (st == ST_OK)
		st = change_add(&s, c, old, new);
	if (st == ST_OK)
		st = change_rehash(&s);
	if (st == ST_OK)
		st = step_go(&s, REQUEST_PROPOSE, NULL, NULL);
	return step_end(&s, st, NULL);
}

static void wipe(struct buf *b)
{
	if (b->data)
		explicit_bzero(b->data, b->size);
	buf_release(b);
}

/* Nobody looks at the records of a person who is not verified. */
static enum status proposable(
    const struct rights_actor *by, const struct request *r)
{
	enum request_state to;
	enum status st = check_type(r);

	if (st != ST_OK)
		return st;
	return transition_find(r->state, REQUEST_PROPOSE, by->roles,
	    r->verified_at ? REQUEST_IS_VERIFIED : 0, &to);
}

enum status rights_propose(struct installation *in,
    const struct rights_actor *by, const char *id,
    const struct rights_change *change, json_t **out)
{
	struct buf old = BUF_INIT, new = BUF_INIT;
	struct request r = { 0 };
	enum status st = book_read(in, id, &r);

	if (st == ST_OK)
		st = proposable(by, &r);
	if (st == ST_OK)
		st = check_words(change);
	if (st == ST_OK)
		st = values(in, &r, change, &old, &new);
	if (st == ST_OK)
		st = keep(in, by, id, change, buf_text(&old), buf_text(&new));
	if (st == ST_OK)
		st = changes_json(in, r.number, r.id, out);
	wipe(&old);
	wipe(&new);
	request_release(&r);
	return st;
}

enum status rights_take_back(struct installation *in,
    const struct rights_actor *by, const char *id, int64_t change, json_t **out)
{
	struct step s = { 0 };
	int64_t request;
	enum status st = step_begin(&s, in, by, id);

	if (st == ST_OK)
		st = check_type(&s.r);
	if (st == ST_OK)
		st = change_withdraw(&s, change);
	if (st == ST_OK)
		st = change_rehash(&s);
	if (st == ST_OK)
		st = step_go(&s, REQUEST_PROPOSE, NULL, NULL);
	request = s.r.number;
	st = step_end(&s, st, NULL);
	return st == ST_OK ? changes_json(in, request, id, out) : st;
}

enum status rights_changes(struct installation *in,
    const struct rights_actor *by, const char *id, json_t **out)
{
	struct request r = { 0 };
	json_t *changes = NULL;
	enum status st = book_read(in, id, &r);

	if (st == ST_OK)
		st = check_type(&r);
	if (st == ST_OK)
		st = changes_json(in, r.number, r.id, &changes);
	if (st == ST_OK)
		st = note_look(in, by, &r, changes);
	if (st == ST_OK)
		*out = json_incref(changes);
	json_decref(changes);
	request_release(&r);
	return st;
}

/* ---- in a step ---- */

static int carries_out(const struct request *r)
{
	return r->type == REQUEST_RECTIFICATION &&
	       (r->outcome == REQUEST_TO_FULFIL ||
		   r->outcome == REQUEST_TO_FULFIL_PARTLY);
}

enum status rectify_decide(struct step *s)
{
	int64_t n = 0;
	enum status st;

	if (!carries_out(&s->r))
		return ST_OK;
	st = db_exec_(s->in->control,
	    "UPDATE request_rectification SET decided_hash = hash,"
	    " approved_hash = NULL WHERE request = $1 AND hash <> ''"
	    " AND begun_at IS NULL",
	    ARGS(INT(s->r.number)), &n);
	if (st == ST_OK && n == 0)
		return fail(ST_DENIED,
		    "nobody has said what is to be corrected: `lethe request "
		    "propose %s` first",
		    s->r.id);
	return st;
}

enum status rectify_approve(struct step *s)
{
	int64_t n = 0;
	enum status st;

	if (!carries_out(&s->r))
		return ST_OK;
	st = db_exec_(s->in->control,
	    "UPDATE request_rectification SET approved_hash = hash"
	    " WHERE request = $1 AND decided_hash = hash",
	    ARGS(INT(s->r.number)), &n);
	if (st == ST_OK && n == 0)
		return fail(ST_CONFLICT,
		    "something else was proposed since it was decided: `lethe "
		    "request decide %s --return --note WHY`",
		    s->r.id);
	return st;
}

enum status rectify_done(struct step *s)
{
	struct rectification x;
	enum status st;

	if (!carries_out(&s->r))
		return ST_OK;
	st = rectification_read(s->in, s->r.number, &x);
	if (st == ST_OK && !x.done)
		return fail(ST_DENIED,
		    "nothing has been corrected yet: `lethe request correct "
		    "%s`",
		    s->r.id);
	return st;
}
