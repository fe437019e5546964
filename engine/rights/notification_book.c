/* Notifications as they stand: looked at, ended, told to the log. */
#include "engine/rights/notification_book.h"

#include <stdlib.h>
#include <string.h>

#include "engine/audit/log.h"
#include "engine/base/civil.h"
#include "engine/model/diag.h"
#include "engine/rights/step.h"

#define COLUMNS                                                           \
	"SELECT n.number, r.id, n.recipient, n.kind, n.channel, n.state," \
	" coalesce(o.state, 'task'), n.made_at, n.ended_at, n.ended_by,"  \
	" n.reason, n.body FROM recipient_notification AS n"              \
	" LEFT JOIN request AS r ON r.number = n.request"                 \
	" LEFT JOIN outbox AS o ON o.number = n.outbox"

/* ---- as JSON ---- */

static enum status one_json(struct stmt *s, json_t **out)
{
	char made[INSTANT_TEXT], ended[INSTANT_TEXT];
	int has_ended = db_text(s, 9) != NULL;

	civil_format_instant(db_int(s, 7), made);
	civil_format_instant(db_int(s, 8), ended);
	return json_make(out,
	    "{s:I, s:s?, s:s, s:s, s:s, s:s, s:s, s:s, s:s?, s:s?, s:s?}",
	    "number", (json_int_t)db_int(s, 0), "request", db_text(s, 1),
	    "recipient", db_text(s, 2), "kind", db_text(s, 3), "channel",
	    db_text(s, 4), "state", db_text(s, 5), "delivery", db_text(s, 6),
	    "made_at", made, "ended_at", has_ended ? ended : NULL, "ended_by",
	    db_text(s, 9), "reason", db_text(s, 10));
}

static enum status rows_json(struct stmt *s, json_t **out)
{
	json_t *list = NULL, *one = NULL;
	enum status st = json_made(json_array(), &list);

	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		st = one_json(s, &one);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	if (st == ST_NOTFOUND) {
		*out = list;
		return ST_OK;
	}
	json_decref(list);
	return st;
}

static int64_t count_state(const json_t *list, const char *state)
{
	const json_t *one;
	int64_t n = 0;
	size_t i;

	json_array_foreach(list, i, one) n +=
	    strcmp(json_text(one, "state"), state) == 0;
	return n;
}

enum status notification_list(
    struct installation *in, const struct notification_filter *f, json_t **out)
{
	struct stmt *s = NULL;
	json_t *list = NULL;
	enum status st = installation_open_control(in);

	if (st == ST_OK)
		st = db_query(in->control,
		    COLUMNS " WHERE n.state <> 'prepared'"
			    " AND ($1 IS NULL OR r.id = $1)"
			    " AND ($2 IS NULL OR n.recipient = $2)"
			    " AND ($3 OR n.state = 'open') ORDER BY n.number",
		    ARGS(TEXT(f->request), TEXT(f->recipient), INT(f->all)),
		    &s);
	if (st == ST_OK)
		st = rows_json(s, &list);
	db_done(s);
	if (st == ST_OK)
		st = json_make(out, "{s:O, s:I}", "notifications", list, "open",
		    (json_int_t)count_state(list, "open"));
	json_decref(list);
	return st;
}

enum status notification_put(
    struct installation *in, int64_t request, json_t *o)
{
	struct stmt *s = NULL;
	json_t *list = NULL, *all = NULL;
	enum status st;

	st = db_query(in->control,
	    COLUMNS " WHERE n.request = $1 AND n.state <> 'prepared'"
		    " ORDER BY n.number",
	    ARGS(INT(request)), &s);
	if (st == ST_OK)
		st = rows_json(s, &list);
	db_done(s);
	if (st == ST_OK)
		st = json_make(&all, "{s:I, s:I, s:I, s:O}", "told",
		    (json_int_t)json_array_size(list), "confirmed",
		    (json_int_t)count_state(list, "confirmed"), "waived",
		    (json_int_t)count_state(list, "waived"), "list", list);
	json_decref(list);
	return st == ST_OK ? json_put(o, "recipients", all) : st;
}

enum status notification_summary(struct installation *in, json_t **out)
{
	struct stmt *s = NULL;
	enum status st = installation_open_control(in);

	if (st == ST_OK)
		st = db_query(in->control,
		    "SELECT count(*), count(*) FILTER (WHERE outbox IS NULL),"
		    " count(*) FILTER (WHERE (SELECT state FROM outbox AS o"
		    "  WHERE o.number = n.outbox) = 'dead')"
		    " FROM recipient_notification AS n WHERE state = 'open'",
		    NOARGS, &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = json_make(out, "{s:I, s:I, s:I}", "open",
		    (json_int_t)db_int(s, 0), "tasks", (json_int_t)db_int(s, 1),
		    "dead", (json_int_t)db_int(s, 2));
	db_done(s);
	return st;
}

enum status notification_told(struct installation *in, int64_t request,
    enum notification_kind kind, json_t **out)
{
	struct stmt *s = NULL;
	json_t *list = NULL;
	enum status st = json_made(json_array(), &list);

	if (st == ST_OK)
		st = db_query(in->control,
		    "SELECT DISTINCT recipient FROM recipient_notification"
		    " WHERE request = $1 AND kind = $2"
		    " AND state <> 'prepared' ORDER BY recipient",
		    ARGS(INT(request), TEXT(notification_kind_name(kind))), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = json_push(list, json_string(db_text(s, 0)));
	db_done(s);
	if (st == ST_NOTFOUND) {
		*out = list;
		return ST_OK;
	}
	json_decref(list);
	return st;
}

/* ---- by people ---- */

static enum status none(int64_t number)
{
	return fail(ST_USAGE,
	    "no notification %lld is open: `lethe recipient list` lists them",
	    (long long)number);
}

static enum status show(
    struct installation *in, int64_t number, int with, json_t **out)
{
	struct stmt *s = NULL;
	json_t *o = NULL;
	enum status st;

	st = db_query(in->control,
	    COLUMNS " WHERE n.number = $1 AND n.state <> 'prepared'",
	    ARGS(INT(number)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = one_json(s, &o);
	if (st == ST_OK && with)
		st = json_put(o, "tells",
		    db_text(s, 11) ? json_loads(db_text(s, 11), 0, NULL)
				   : json_null());
	db_done(s);
	if (st == ST_OK)
		*out = o;
	else
		json_decref(o);
	return st == ST_NOTFOUND ? none(number) : st;
}

enum status notification_show(struct installation *in, int64_t number,
    const char *actor, int64_t now, json_t **out)
{
	json_t *o = NULL, *details = NULL;
	const char *object;
	enum status st = installation_open_audit(in);

	if (st == ST_OK)
		st = show(in, number, 1, &o);
	if (st != ST_OK)
		return st;
	object = json_string_value(json_object_get(o, "request"));
	st = json_make(&details, "{s:s, s:I, s:s}", "object",
	    object ? object : "recipient_notification", "notification",
	    (json_int_t)number, "recipient", json_text(o, "recipient"));
	if (st == ST_OK)
		st = audit_append(
		    in->audit, now, actor, "personal_data_viewed", details);
	json_decref(details);
	if (st == ST_OK)
		*out = o;
	else
		json_decref(o);
	return st;
}

/* A setting that everybody has confirmed is known. */
static enum status acknowledge(
    struct installation *in, int64_t number, int64_t now)
{
	return db_exec(in->control,
	    "UPDATE preference_change SET acknowledged_at = $2"
	    " WHERE acknowledged_at IS NULL AND superseded = 0"
	    " AND number = (SELECT preference FROM recipient_notification"
	    " WHERE number = $1) AND NOT EXISTS (SELECT 1"
	    " FROM recipient_notification AS o"
	    " WHERE o.preference = preference_change.number"
	    " AND o.state = 'open')",
	    ARGS(INT(number), INT(now)));
}

/* Nothing of it is sent any more, and what it told is forgotten. */
static enum status end_one(struct installation *in, int64_t number,
    const char *state, const char *reason, const char *actor, int64_t now)
{
	int64_t n = 0;
	enum status st;

	st = db_exec(in->control,
	    "UPDATE outbox SET state = 'sent', sent_at = $2, recipient = NULL,"
	    " subject = NULL, body = NULL, problem = NULL WHERE number ="
	    " (SELECT outbox FROM recipient_notification WHERE number = $1"
	    " AND state = 'open') AND state IN ('waiting', 'dead')",
	    ARGS(INT(number), INT(now)));
	if (st == ST_OK)
		st = db_exec_(in->control,
		    "UPDATE recipient_notification SET state = $2,"
		    " ended_at = $3, ended_by = $4, reason = $5, body = NULL"
		    " WHERE number = $1 AND state = 'open'",
		    ARGS(INT(number), TEXT(state), INT(now), TEXT(actor),
			TEXT(reason)),
		    &n);
	if (st == ST_OK && n == 0)
		return none(number);
	return st == ST_OK && strcmp(state, "confirmed") == 0
		   ? acknowledge(in, number, now)
		   : st;
}

/* It ends, and the log will hear of it. */
static enum status end_noted(struct installation *in, int64_t number,
    const char *reason, const char *actor, int64_t now)
{
	enum status st = end_one(in, number, reason ? "waived" : "confirmed",
	    reason, actor, now);

	if (st != ST_OK)
		return st;
	return notification_note(in, number,
	    reason ? "recipient_waived" : "recipient_confirmed", reason, now,
	    actor);
}

enum status notification_end_setting(struct installation *in, int64_t change,
    const char *why, const char *actor, int64_t at)
{
	int64_t number = 0;
	enum status st;

	do {
		number = 0;
		st = db_one_int(in->control,
		    "SELECT number FROM recipient_notification"
		    " WHERE preference = $1 AND state = 'open' LIMIT 1",
		    ARGS(INT(change)), 0, &number);
		if (st == ST_OK && number)
			st = end_noted(in, number, why, actor, at);
	} while (st == ST_OK && number);
	return st;
}

static enum status end(struct installation *in, int64_t number,
    const char *reason, const char *actor, int64_t now, json_t **out)
{
	enum status st = installation_open_audit(in);

	if (st == ST_OK)
		st = db_begin(in->control, DB_WRITE);
	if (st == ST_OK)
		st = end_noted(in, number, reason, actor, now);
	if (st == ST_OK)
		st = db_commit(in->control);
	if (st != ST_OK && in->control)
		db_rollback(in->control);
	if (st == ST_OK)
		st = events_ship(in);
	return st == ST_OK ? show(in, number, 0, out) : st;
}

enum status notification_confirm(struct installation *in, int64_t number,
    const char *actor, int64_t now, json_t **out)
{
	return end(in, number, NULL, actor, now, out);
}

enum status notification_waive(struct installation *in, int64_t number,
    const char *reason, const char *actor, int64_t now, json_t **out)
{
	static const char *const reasons[] = { "impossible", "disproportionate",
		"no_longer_recipient", "told_otherwise", NULL };
	const char *near;

	for (int i = 0; reason && reasons[i]; i++)
		if (strcmp(reasons[i], reason) == 0)
			return end(in, number, reason, actor, now, out);
	near = reason ? diag_nearest(reason, reasons) : NULL;
	return fail(ST_USAGE,
	    "why is it not to be had? give --reason impossible, "
	    "disproportionate, no_longer_recipient or told_otherwise%s%s%s",
	    near ? " (did you mean `" : "", near ? near : "",
	    near ? "`?)" : "");
}

/* ---- sent ---- */

enum status notification_sent(
    struct installation *in, int64_t outbox, int done, int64_t at)
{
	int64_t number = 0;
	char *actor = NULL;
	enum status st;

	st = db_one_int(in->control,
	    "SELECT number FROM recipient_notification WHERE outbox = $1"
	    " AND state = 'open'",
	    ARGS(INT(outbox)), 0, &number);
	if (st != ST_OK || number == 0)
		return st;
	st = audit_actor(&actor);
	if (st == ST_OK && done)
		st = end_noted(in, number, NULL, actor, at);
	else if (st == ST_OK)
		st = notification_note(
		    in, number, "recipient_delivered", NULL, at, actor);
	free(actor);
	return st;
}

/* ---- the log ---- */

enum status notification_note(struct installation *in, int64_t number,
    const char *action, const char *reason, int64_t at, const char *actor)
{
	/* What the log already has when this is noted cannot be this. */
	return db_exec(in->control,
	    "INSERT INTO recipient_event (request, notification, action,"
	    " reason, at, actor, log_first) SELECT request, number, $2, $3, $4,"
	    " $5, coalesce((SELECT size FROM audit_checkpoint), 0)"
	    " FROM recipient_notification WHERE number = $1",
	    ARGS(
		INT(number), TEXT(action), TEXT(reason), INT(at), TEXT(actor)));
}

static enum status tell(struct installation *in, struct stmt *s)
{
	const char *request = db_text(s, 7);
	json_t *details = NULL;
	enum status st;
	int told = 0;

	st = events_were_told(in, db_text(s, 1), "notification_event",
	    db_int(s, 0), db_int(s, 5), &told);
	if (st != ST_OK || told)
		return st;
	st = json_make(&details, "{s:s, s:I, s:I, s:s, s:s, s:s, s:s?}",
	    "object", request ? request : "recipient_notification",
	    "notification", (json_int_t)db_int(s, 6), "notification_event",
	    (json_int_t)db_int(s, 0), "recipient", db_text(s, 8), "kind",
	    db_text(s, 9), "channel", db_text(s, 10), "reason", db_text(s, 2));
	if (st == ST_OK)
		st = audit_append(in->audit, db_int(s, 3), db_text(s, 4),
		    db_text(s, 1), details);
	json_decref(details);
	return st;
}

enum status notification_unshipped(struct installation *in, int64_t *any)
{
	return db_one_int(in->control,
	    "SELECT EXISTS (SELECT 1 FROM recipient_event WHERE logged = 0)",
	    NOARGS, 0, any);
}

enum status notification_ship(struct installation *in)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT e.number, e.action, e.reason, e.at, e.actor, e.log_first,"
	    " n.number, r.id, n.recipient, n.kind, n.channel"
	    " FROM recipient_event AS e JOIN recipient_notification AS n"
	    " ON n.number = e.notification LEFT JOIN request AS r"
	    " ON r.number = e.request WHERE e.logged = 0 ORDER BY e.number",
	    NOARGS, &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = tell(in, s);
	db_done(s);
	if (st != ST_NOTFOUND)
		return st;
	return db_exec(in->control,
	    "UPDATE recipient_event SET logged = 1 WHERE logged = 0", NOARGS);
}
