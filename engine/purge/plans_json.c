/* Stored plans, for people and machines. */
#include "engine/purge/plans.h"

#include <stdlib.h>
#include <string.h>

static enum status approvals_json(
    struct installation *in, const char *id, json_t *list)
{
	char at[INSTANT_TEXT];
	struct stmt *s = NULL;
	json_t *one = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT actor, at FROM plan_approval WHERE plan = $1"
	    " ORDER BY at, actor",
	    ARGS(TEXT(id)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		civil_format_instant(db_int(s, 1), at);
		st = json_make(
		    &one, "{s:s, s:s}", "actor", db_text(s, 0), "at", at);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static const char *state_of(
    const struct installation *in, struct stmt *s, const json_t *body)
{
	if (db_text(s, 5))
		return "used";
	if (db_text(s, 6))
		return "replaced";
	if (db_int(s, 8) >= plans_needed(in))
		return "approved";
	return json_array_size(json_object_get(body, "stopped_by")) ? "waiting"
								    : "ready";
}

static long long due_of(const json_t *body)
{
	const json_t *item;
	long long due = 0;
	size_t i;

	json_array_foreach(json_object_get(body, "items"), i, item) due +=
	    json_int(item, "due");
	return due;
}

/* ${s} is at a row of the query below. */
static enum status row_json(
    struct installation *in, struct stmt *s, json_t **out)
{
	json_t *body = NULL, *approvals = json_array();
	char created[INSTANT_TEXT];
	enum status st;

	st = approvals ? ST_OK : fail(ST_NOMEM, "out of memory");
	if (st == ST_OK)
		st = json_made(json_loads(db_text(s, 7), 0, NULL), &body);
	if (st == ST_OK)
		st = approvals_json(in, db_text(s, 0), approvals);
	civil_format_instant(db_int(s, 2), created);
	if (st == ST_OK)
		st = json_make(out,
		    "{s:s, s:s, s:s, s:s, s:s, s:b, s:I, s:s, s:O, s:I, s:s?, "
		    "s:s?, s:O}",
		    "id", db_text(s, 0), "hash", db_text(s, 1), "created_at",
		    created, "created_by", db_text(s, 3), "as_of",
		    json_text(body, "as_of"), "in_file", (int)db_int(s, 4),
		    "due", (json_int_t)due_of(body), "state",
		    state_of(in, s, body), "approvals", approvals, "needed",
		    (json_int_t)plans_needed(in), "used_by", db_text(s, 5),
		    "replaced_by", db_text(s, 6), "plan", body);
	json_decref(body);
	json_decref(approvals);
	return st;
}

/* All of them (${name} NULL), or the one. */
static enum status query(
    struct installation *in, const char *name, struct stmt **out)
{
	enum status st = installation_open_control(in);

	if (st != ST_OK)
		return st;
	return db_query(in->control,
	    "SELECT id, hash, created_at, created_by, in_file, used_by,"
	    " replaced_by, body,"
	    " (SELECT count(*) FROM plan_approval WHERE plan = id)"
	    " FROM plan WHERE $1 IS NULL OR id = $1 OR hash = $1"
	    " ORDER BY seq DESC",
	    ARGS(TEXT(name)), out);
}

enum status plans_list_json(struct installation *in, json_t **out)
{
	json_t *list = json_array(), *one = NULL;
	struct stmt *s = NULL;
	enum status st = list ? ST_OK : fail(ST_NOMEM, "out of memory");

	if (st == ST_OK)
		st = query(in, NULL, &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		if ((st = row_json(in, s, &one)) != ST_OK)
			break;
		(void)json_object_del(one, "plan");
		st = json_push(list, one);
	}
	db_done(s);
	if (st == ST_NOTFOUND)
		st = json_make(out, "{s:O}", "plans", list);
	json_decref(list);
	return st;
}

enum status plans_show_json(
    struct installation *in, const char *name, json_t **out)
{
	struct stmt *s = NULL;
	enum status st = query(in, name, &s);

	if (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = row_json(in, s, out);
	else if (st == ST_NOTFOUND)
		st = fail(ST_NOTFOUND,
		    "there is no plan `%s`: `lethe plan list` names them",
		    name);
	db_done(s);
	return st;
}
