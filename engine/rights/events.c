/* What happened to requests: kept beside them, and told to the audit log. */
#include <stdlib.h>
#include <string.h>

#include "engine/audit/log.h"
#include "engine/base/civil.h"
#include "engine/rights/notification.h"
#include "engine/rights/retention.h"
#include "engine/rights/rows.h"
#include "engine/rights/step.h"

enum status events_note(struct step *s, enum request_action action,
    enum request_state from, const char *reason, const char *note)
{
	/* What the log already has when this is noted cannot be this. */
	return db_exec(s->in->control,
	    "INSERT INTO request_event (request, action, from_state, to_state,"
	    " at, actor, reason, note, plan, log_first) VALUES ($1, $2, $3, $4,"
	    " $5, $6, $7, $8, coalesce((SELECT hash FROM request_plan"
	    " WHERE request = $1), (SELECT hash FROM request_rectification"
	    " WHERE request = $1 AND hash <> '')), coalesce((SELECT size FROM audit_checkpoint),"
	    " 0))",
	    ARGS(INT(s->r.number), TEXT(request_action_entry(action)),
		TEXT(request_state_name(from)),
		TEXT(request_state_name(s->r.state)), INT(s->by->now),
		TEXT(s->by->name), TEXT(reason), TEXT(note)));
}

/* ---- the log ---- */

struct search {
	const char *member;
	int64_t number;
	int found;
};

static enum status compare(void *ctx, const char *body)
{
	json_t *o = json_loads(body, 0, NULL);
	struct search *w = ctx;

	w->found |= json_int(o, w->member) == w->number;
	json_decref(o);
	return ST_OK;
}

enum status events_were_told(struct installation *in, const char *action,
    const char *member, int64_t number, int64_t first, int *out)
{
	const struct audit_filter f = { .first = first, .action = action };
	struct search w = { member, number, 0 };
	enum status st = audit_list(in->audit, &f, compare, &w);

	*out = w.found;
	return st;
}

static enum status tell(void *ctx, struct stmt *s)
{
	struct installation *in = ctx;
	json_t *details = NULL;
	enum status st;
	int told = 0;

	st = events_were_told(
	    in, db_text(s, 1), "event", db_int(s, 0), db_int(s, 9), &told);
	if (st != ST_OK || told)
		return st;
	st = json_make(&details, "{s:s, s:I, s:s, s:s, s:s, s:s, s:s?, s:s*}",
	    "object", db_text(s, 2), "event", (json_int_t)db_int(s, 0), "id",
	    db_text(s, 2), "type", db_text(s, 3), "from", db_text(s, 4),
	    "state", db_text(s, 5), "reason", db_text(s, 8), "hash",
	    db_text(s, 10));
	if (st == ST_OK)
		st = audit_append(in->audit, db_int(s, 6), db_text(s, 7),
		    db_text(s, 1), details);
	json_decref(details);
	return st;
}

static enum status ship(struct installation *in)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT e.number, e.action, r.id, r.type, e.from_state, e.to_state,"
	    " e.at, e.actor, e.reason, e.log_first, e.plan FROM request_event AS e"
	    " JOIN request AS r ON r.number = e.request"
	    " WHERE e.logged = 0 ORDER BY e.number",
	    NOARGS, &s);
	if (st == ST_OK)
		st = db_each(s, tell, in);
	if (st != ST_OK)
		return st;
	return db_exec(in->control,
	    "UPDATE request_event SET logged = 1 WHERE logged = 0", NOARGS);
}

/* Under the write lock, so that two processes do not both tell it. */
enum status events_ship(struct installation *in)
{
	int64_t open = 0, told = 0;
	enum status st;

	st = notification_unshipped(in, &told);
	if (st != ST_OK)
		return st;
	st = db_one_int(in->control,
	    "SELECT EXISTS (SELECT 1 FROM request_event WHERE logged = 0)"
	    " OR EXISTS (SELECT 1 FROM request_deletion WHERE logged = 0)",
	    NOARGS, 0, &open);
	if (st != ST_OK || (!open && !told))
		return st;
	if ((st = installation_open_audit(in)) != ST_OK)
		return st;
	if ((st = db_begin(in->control, DB_WRITE)) != ST_OK)
		return st;
	st = ship(in);
	if (st == ST_OK)
		st = notification_ship(in);
	if (st == ST_OK)
		st = retention_ship(in);
	if (st == ST_OK)
		st = db_commit(in->control);
	if (st != ST_OK)
		db_rollback(in->control);
	return st;
}

/* ---- history ---- */

static enum status event_json(struct stmt *s, json_t **out)
{
	char at[INSTANT_TEXT];

	civil_format_instant(db_int(s, 0), at);
	return json_make(out, "{s:s, s:s, s:s, s:s, s:s, s:s?, s:s?}", "at", at,
	    "action", db_text(s, 1), "from", db_text(s, 2), "state",
	    db_text(s, 3), "actor", db_text(s, 4), "reason", db_text(s, 5),
	    "note", db_text(s, 6));
}

enum status events_json(struct installation *in, int64_t request, json_t **out)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT at, action, from_state, to_state, actor, reason, note"
	    " FROM request_event WHERE request = $1 ORDER BY number",
	    ARGS(INT(request)), &s);
	return st == ST_OK ? rows_json(s, event_json, out) : st;
}
