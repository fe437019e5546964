/* Who looks at whose data, and whether that is unusual. */
#include "engine/accounts/row.h"
#include "engine/base/civil.h"

struct sums {
	int64_t records;
	int64_t requests;
};

static enum status raise(struct installation *in, const struct account *who,
    const char *kind, int64_t now, struct sums n)
{
	int64_t open = 0;
	enum status st;

	st = db_one_int(in->control,
	    "SELECT count(*) FROM account_alert WHERE account = $1"
	    " AND kind = $2 AND closed_at IS NULL",
	    ARGS(INT(who->number), TEXT(kind)), 0, &open);
	if (st != ST_OK)
		return st;
	/* One that nobody has looked at yet is enough: it grows. */
	if (open)
		return db_exec(in->control,
		    "UPDATE account_alert SET records = max(records, $3),"
		    " requests = max(requests, $4) WHERE account = $1"
		    " AND kind = $2 AND closed_at IS NULL",
		    ARGS(INT(who->number), TEXT(kind), INT(n.records),
			INT(n.requests)));
	st = db_exec(in->control,
	    "INSERT INTO account_alert (account, kind, at, records, requests)"
	    " VALUES ($1, $2, $3, $4, $5)",
	    ARGS(INT(who->number), TEXT(kind), INT(now), INT(n.records),
		INT(n.requests)));
	if (st != ST_OK)
		return st;
	return row_note(in, "system", now, "alert_raised", who->name,
	    json_pack("{s:s, s:I, s:I}", "kind", kind, "records",
		(json_int_t)n.records, "requests", (json_int_t)n.requests));
}

/* What lies ahead of the clock counts too: it may have been set back. */
static enum status sum_up(struct installation *in, const struct account *who,
    int64_t now, struct sums *n)
{
	const int64_t since = now - in->config.accounts.looks.window;
	struct stmt *s = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT coalesce(sum(records), 0), count(DISTINCT request)"
	    " FROM account_look WHERE account = $1 AND at > $2",
	    ARGS(INT(who->number), INT(since)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK)
		*n = (struct sums){ db_int(s, 0), db_int(s, 1) };
	db_done(s);
	return st;
}

static enum status weigh(
    struct installation *in, const struct account *who, int64_t now)
{
	const struct config *c = &in->config;
	struct sums n = { 0, 0 };
	enum status st = sum_up(in, who, now, &n);

	if (st == ST_OK && n.records > c->accounts.looks.records)
		st = raise(in, who, "many_records", now, n);
	if (st == ST_OK && n.requests > c->accounts.looks.requests)
		st = raise(in, who, "many_requests", now, n);
	return st;
}

enum status accounts_note_look(struct installation *in,
    const struct account *who, const char *request, int64_t records,
    int64_t now)
{
	int may = role_may_look(who->roles);
	enum status st;

	if ((st = installation_open_control(in)) != ST_OK ||
	    (st = db_begin(in->control, DB_WRITE)) != ST_OK)
		return st;
	if (may)
		st = db_exec(in->control,
		    "INSERT INTO account_look (account, request, records, at)"
		    " VALUES ($1, $2, $3, $4)",
		    ARGS(INT(who->number), TEXT(request), INT(records),
			INT(now)));
	if (st == ST_OK)
		st = row_note(in, who->actor, now,
		    may ? "data_looked_at" : "look_refused", who->name,
		    json_pack("{s:s, s:I}", "id", request, "records",
			(json_int_t)records));
	if (st == ST_OK)
		st = may ? weigh(in, who, now)
			 : raise(in, who, "out_of_role", now,
			       (struct sums){ records, 1 });
	st = row_end(in, st);
	if (st == ST_OK && !may)
		st = fail(ST_DENIED,
		    "people's data is for intake, officers and approvers");
	return st;
}

/* ---- alerts ---- */

static enum status alert_json(struct stmt *s, json_t **out)
{
	char at[INSTANT_TEXT];

	civil_format_instant(db_int(s, 3), at);
	return json_make(out, "{s:I, s:s, s:s, s:s, s:I, s:I}", "number",
	    (json_int_t)db_int(s, 0), "user", db_text(s, 1), "kind",
	    db_text(s, 2), "at", at, "records", (json_int_t)db_int(s, 4),
	    "requests", (json_int_t)db_int(s, 5));
}

enum status accounts_alerts(struct installation *in, json_t **out)
{
	json_t *list = json_array(), *one = NULL;
	struct stmt *s = NULL;
	enum status st = list ? ST_OK : fail(ST_NOMEM, "out of memory");

	if (st == ST_OK)
		st = installation_open_control(in);

	if (st == ST_OK)
		st = db_query(in->control,
		    "SELECT l.number, a.name, l.kind, l.at, l.records,"
		    " l.requests FROM account_alert AS l"
		    " JOIN account AS a ON a.number = l.account"
		    " WHERE l.closed_at IS NULL ORDER BY l.number",
		    NOARGS, &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		if ((st = alert_json(s, &one)) == ST_OK)
			st = json_push(list, one);
	db_done(s);
	if (st != ST_NOTFOUND) {
		json_decref(list);
		return st;
	}
	return json_make(out, "{s:o}", "alerts", list);
}

enum status accounts_close_alert(
    struct installation *in, const struct rights_actor *by, int64_t number)
{
	int64_t changes = 0;
	enum status st;

	if ((st = installation_open_control(in)) != ST_OK ||
	    (st = db_begin(in->control, DB_WRITE)) != ST_OK)
		return st;
	st = db_exec_(in->control,
	    "UPDATE account_alert SET closed_at = $2, closed_by = $3"
	    " WHERE number = $1 AND closed_at IS NULL",
	    ARGS(INT(number), INT(by->now), TEXT(by->name)), &changes);
	if (st == ST_OK && changes == 0)
		st = fail(ST_USAGE,
		    "no open alert has this number: `lethe user alerts` lists "
		    "them");
	if (st == ST_OK)
		st = row_note(in, by->name, by->now, "alert_closed", NULL,
		    json_pack("{s:I}", "alert", (json_int_t)number));
	return row_end(in, st);
}
