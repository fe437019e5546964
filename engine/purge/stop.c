/* The emergency stop. */
#include "engine/purge/stop.h"

#include "engine/audit/log.h"
#include "engine/base/civil.h"

static enum status open_both(struct installation *in)
{
	enum status st = installation_open_control(in);

	return st == ST_OK ? installation_open_audit(in) : st;
}

static enum status tell(
    struct installation *in, const char *actor, const char *action)
{
	json_t *details = NULL;
	enum status st = json_make(&details, "{s:s}", "object", "purges");

	if (st == ST_OK)
		st =
		    audit_append(in->audit, when_now(), actor, action, details);
	json_decref(details);
	return st;
}

/* It holds even where the log cannot be written: nothing is deleted then. */
enum status stop_set(
    struct installation *in, const char *actor, const char *reason)
{
	enum status st;

	if ((st = open_both(in)) != ST_OK)
		return st;
	st = db_exec(in->control,
	    "INSERT INTO purge_stop (one, at, actor, reason)"
	    " VALUES (1, $1, $2, $3)",
	    ARGS(INT(when_now()), TEXT(actor), TEXT(reason ? reason : "")));
	if (st == ST_CONFLICT)
		return fail(ST_CONFLICT,
		    "purges are stopped already: `lethe resume` lets them "
		    "run again");
	return st == ST_OK ? tell(in, actor, "stopped") : st;
}

/* The log first: nothing goes on that it does not tell. */
enum status stop_lift(struct installation *in, const char *actor)
{
	int64_t gone = 0;
	enum status st;

	if ((st = open_both(in)) != ST_OK)
		return st;
	if ((st = db_begin(in->control, DB_WRITE)) != ST_OK)
		return st;
	st = db_exec_(
	    in->control, "DELETE FROM purge_stop WHERE one = 1", NOARGS, &gone);
	if (st == ST_OK && gone == 0)
		st = fail(ST_CONFLICT, "purges are not stopped");
	if (st == ST_OK)
		st = tell(in, actor, "resumed");
	if (st == ST_OK)
		st = db_commit(in->control);
	db_rollback(in->control);
	return st;
}

enum status stop_read(struct installation *in, json_t **out)
{
	char at[INSTANT_TEXT];
	struct stmt *s = NULL;
	json_t *o = NULL;
	enum status st;

	if ((st = installation_open_control(in)) != ST_OK)
		return st;
	st = db_query(in->control,
	    "SELECT at, actor, reason FROM purge_stop WHERE one = 1", NOARGS,
	    &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		civil_format_instant(db_int(s, 0), at);
		st = json_make(&o, "{s:s, s:s, s:s}", "at", at, "actor",
		    db_text(s, 1), "reason", db_text(s, 2));
	}
	db_done(s);
	if (st == ST_NOTFOUND)
		st = ST_OK;
	if (st == ST_OK)
		*out = o;
	return st;
}
