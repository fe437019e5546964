/* Rows of users, and what the log is told of them. */
#include "engine/accounts/row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/rights/step.h"

void row_release(struct account_row *a)
{
	if (a->password)
		explicit_bzero(a->password, strlen(a->password));
	free(a->password);
	explicit_bzero(a, sizeof(*a));
}

static enum status fill(struct stmt *s, struct account_row *a)
{
	struct val totp = db_val(s, 4);

	a->who.number = db_int(s, 0);
	(void)snprintf(a->who.name, sizeof(a->who.name), "%s", db_text(s, 1));
	(void)snprintf(
	    a->who.actor, sizeof(a->who.actor), "user:%s", a->who.name);
	a->who.roles = (unsigned int)db_int(s, 2) & ACCOUNT_ROLE_BITS;
	a->has_totp = totp.n == sizeof(a->totp);
	if (a->has_totp)
		memcpy(a->totp, totp.p, totp.n);
	a->totp_step = db_int(s, 5);
	a->disabled = (int)db_int(s, 6);
	if ((a->password = strdup(db_text(s, 3))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	return ST_OK;
}

enum status row_read(
    struct installation *in, const char *name, struct account_row *out)
{
	struct account_row a = { 0 };
	struct stmt *s = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT number, name, roles, password, totp, totp_step,"
	    " disabled_at IS NOT NULL FROM account"
	    " WHERE name = $1 AND removed_at IS NULL",
	    ARGS(TEXT(name)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = fill(s, &a);
	db_done(s);
	if (st == ST_OK)
		*out = a;
	else
		row_release(&a);
	return st;
}

enum status row_begin(
    struct installation *in, const char *name, struct account_row *a)
{
	enum status st;

	if ((st = installation_open_control(in)) != ST_OK ||
	    (st = db_begin(in->control, DB_WRITE)) != ST_OK)
		return st;
	if ((st = row_read(in, name, a)) == ST_NOTFOUND)
		st = fail(ST_USAGE,
		    "no user is called `%s`: `lethe user list` names them",
		    name);
	return st;
}

enum status row_end_sessions(struct installation *in, int64_t account)
{
	enum status st = db_exec(in->control,
	    "DELETE FROM account_session WHERE account = $1",
	    ARGS(INT(account)));

	if (st == ST_OK)
		st = db_exec(in->control,
		    "DELETE FROM account_device WHERE account = $1",
		    ARGS(INT(account)));
	return st;
}

/* ---- the log ---- */

enum status row_note(struct installation *in, const char *actor, int64_t at,
    const char *action, const char *user, json_t *more)
{
	json_t *o = NULL;
	char *text = NULL;
	enum status st;

	st = json_make(&o, "{s:s, s:s?}", "object", "user", "user", user);
	if (st == ST_OK && more && json_object_update(o, more) != 0)
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_OK)
		st = json_canonical(o, &text);
	if (st == ST_OK)
		st = db_exec(in->control,
		    "INSERT INTO account_event (at, actor, action, details,"
		    " log_first) VALUES ($1, $2, $3, $4,"
		    " coalesce((SELECT size FROM audit_checkpoint), 0))",
		    ARGS(INT(at), TEXT(actor), TEXT(action), TEXT(text)));
	free(text);
	json_decref(o);
	json_decref(more);
	return st;
}

static enum status tell(struct installation *in, struct stmt *s)
{
	json_t *details = NULL;
	enum status st;
	int told = 0;

	st = events_were_told(
	    in, db_text(s, 3), "event", db_int(s, 0), db_int(s, 5), &told);
	if (st != ST_OK || told)
		return st;
	details = json_loads(db_text(s, 4), 0, NULL);
	if (details == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = json_put(details, "event", json_integer(db_int(s, 0)));
	if (st == ST_OK)
		st = audit_append(in->audit, db_int(s, 1), db_text(s, 2),
		    db_text(s, 3), details);
	json_decref(details);
	return st;
}

static enum status tell_all(struct installation *in)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT number, at, actor, action, details, log_first"
	    " FROM account_event ORDER BY number",
	    NOARGS, &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = tell(in, s);
	db_done(s);
	if (st != ST_NOTFOUND)
		return st;
	return db_exec(in->control, "DELETE FROM account_event", NOARGS);
}

/* Under the write lock, so that two processes do not both tell it. */
static enum status ship(struct installation *in)
{
	enum status st;

	if ((st = installation_open_audit(in)) != ST_OK ||
	    (st = db_begin(in->control, DB_WRITE)) != ST_OK)
		return st;
	st = tell_all(in);
	if (st == ST_OK)
		st = db_commit(in->control);
	if (st != ST_OK)
		db_rollback(in->control);
	return st;
}

enum status row_end(struct installation *in, enum status st)
{
	if (st == ST_OK)
		st = db_commit(in->control);
	if (st != ST_OK) {
		db_rollback(in->control);
		return st;
	}
	return ship(in);
}
