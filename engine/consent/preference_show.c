/* How settings stand, and what the vehicle's backend is to be told. */
#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/consent/deed.h"
#include "engine/consent/preference.h"
#include "engine/subjects/subjects.h"

#define WAIT_FIRST 60
#define WAIT_MOST  21600

int64_t preference_wait(int64_t attempts)
{
	int64_t wait = WAIT_FIRST;

	for (int64_t i = 1; i < attempts && wait < WAIT_MOST; i++)
		wait *= 2;
	return wait < WAIT_MOST ? wait : WAIT_MOST;
}

/* ---- one person ---- */

static const char *state_of(struct stmt *s)
{
	if (db_int(s, 6))
		return "superseded";
	return db_val(s, 5).type == VAL_NULL ? "pending" : "acknowledged";
}

static enum status change_json(struct stmt *s, json_t **out)
{
	int known = db_val(s, 5).type != VAL_NULL;
	char at[INSTANT_TEXT], done[INSTANT_TEXT];

	civil_format_instant(db_int(s, 2), at);
	civil_format_instant(db_int(s, 5), done);
	return json_make(out, "{s:I, s:s, s:s, s:s, s:s, s:s, s:s?}", "version",
	    (json_int_t)db_int(s, 0), "setting", db_text(s, 1), "at", at,
	    "channel", db_text(s, 3), "recorded_by", db_text(s, 4), "state",
	    state_of(s), "acknowledged_at", known ? done : NULL);
}

static enum status changes_json(struct installation *in, int64_t subject,
    const char *preference, json_t *list)
{
	struct stmt *s = NULL;
	json_t *one = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT version, value, at, channel, recorded_by, acknowledged_at,"
	    " superseded FROM preference_change WHERE subject = $1"
	    " AND preference = $2 ORDER BY version",
	    ARGS(INT(subject), TEXT(preference)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		st = change_json(s, &one);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status preference_json(struct installation *in, int64_t subject,
    const struct preference *p, json_t **out)
{
	json_t *list = json_array();
	const json_t *last;
	enum status st;

	if (list == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = changes_json(in, subject, p->id, list);
	last = json_array_size(list)
		   ? json_array_get(list, json_array_size(list) - 1)
		   : NULL;
	if (st == ST_OK)
		st = json_make(out, "{s:s, s:s, s:s, s:I, s:s, s:O}",
		    "preference", p->id, "title", text_in(&p->title, "en"),
		    "setting", last ? json_text(last, "setting") : p->initial,
		    "version", (json_int_t)json_int(last, "version"), "state",
		    last ? json_text(last, "state") : "initial", "history",
		    list);
	json_decref(list);
	return st;
}

enum status preference_show(
    struct installation *in, const struct reach_subject *who, json_t **out)
{
	json_t *list = json_array(), *one = NULL;
	int64_t subject = 0;
	enum status st;

	if (list == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = installation_open_control(in);
	if (st == ST_OK)
		st = deed_find_subject(in, who, &subject);
	if (st == ST_NOTFOUND)
		st = ST_OK;
	for (size_t i = 0; st == ST_OK && i < in->consents.preference_count;
	     i++) {
		st = preference_json(
		    in, subject, &in->consents.preferences[i], &one);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	if (st == ST_OK)
		st = json_make(out, "{s:O}", "preferences", list);
	json_decref(list);
	return st;
}

/* ---- to be told ---- */

static enum status pending_json(
    struct installation *in, struct stmt *s, json_t **out)
{
	char at[INSTANT_TEXT], *value = NULL;
	enum status st = subjects_value(in, db_int(s, 1), &value);

	civil_format_instant(db_int(s, 6), at);
	if (st == ST_OK)
		st = json_make(out, "{s:s, s:s, s:s, s:s, s:I, s:s, s:I}",
		    "identity", db_text(s, 2), "value", value, "preference",
		    db_text(s, 3), "setting", db_text(s, 4), "version",
		    (json_int_t)db_int(s, 5), "at", at, "attempts",
		    (json_int_t)db_int(s, 7) + 1);
	free(value);
	return st;
}

static enum status list_pending(
    struct installation *in, int64_t now, int64_t most, json_t *list)
{
	struct stmt *s = NULL;
	json_t *one = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT c.number, c.subject, s.identity, c.preference, c.value,"
	    " c.version, c.at, c.attempts FROM preference_change AS c"
	    " JOIN subject AS s ON s.id = c.subject WHERE c.next_at <= $1"
	    " AND c.acknowledged_at IS NULL AND c.superseded = 0"
	    " ORDER BY c.next_at, c.number LIMIT $2",
	    ARGS(INT(now), INT(most)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		st = pending_json(in, s, &one);
		if (st == ST_OK)
			st =
			    json_put(one, "number", json_integer(db_int(s, 0)));
		if (st == ST_OK)
			st = json_push(list, one);
	}
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status handed_out(
    struct installation *in, int64_t now, const json_t *list)
{
	enum status st = ST_OK;
	json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		int64_t n = json_int(one, "attempts");

		if (st == ST_OK)
			st = db_exec(in->control,
			    "UPDATE preference_change SET attempts = $2,"
			    " next_at = $3 WHERE number = $1",
			    ARGS(INT(json_int(one, "number")), INT(n),
				INT(now + preference_wait(n))));
		(void)json_object_del(one, "number");
	}
	return st;
}

enum status preference_pending(struct installation *in,
    const struct rights_actor *by, int64_t most, json_t **out)
{
	json_t *list = json_array();
	enum status st;

	if (list == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = deed_begin(in);
	if (st == ST_OK)
		st = list_pending(in, by->now, most, list);
	if (st == ST_OK)
		st = handed_out(in, by->now, list);
	if (st == ST_OK && json_array_size(list))
		st = deed_note(in, by, "preferences_handed_out",
		    json_pack("{s:s, s:I}", "object", "preferences", "changes",
			(json_int_t)json_array_size(list)));
	st = deed_end(in, st);
	if (st == ST_OK)
		st = json_make(out, "{s:O}", "pending", list);
	json_decref(list);
	return st;
}
