/* The customers' door: one-time codes, and what somebody inside is shown. */
#include <stdio.h>
#include <string.h>

#include "engine/rights/door.h"
#include "engine/rights/letter.h"
#include "engine/rights/question.h"

/* ---- not too soon ---- */

int64_t door_wait(int64_t count)
{
	if (count < 2)
		return 0;
	return count > 8 ? 3600 : INT64_C(30) << (count - 2);
}

/* What of a case is counted. */
struct counted {
	const char *count;
	const char *after;
};
static const struct counted sends = { "sends", "send_after" };
static const struct counted tries = { "tries", "try_after" };

static enum status read_count(struct installation *in, const struct counted *c,
    int64_t request, int64_t *count, int64_t *after)
{
	struct sql q = SQL_INIT;
	struct stmt *s = NULL;
	enum status st;

	sql_add(&q, "SELECT ");
	sql_name(&q, c->count);
	sql_add(&q, ", ");
	sql_name(&q, c->after);
	sql_add(&q, " FROM request_door WHERE request = ");
	sql_bind_int(&q, request);
	st = db_query_sql(in->control, &q, &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		*count = db_int(s, 0);
		*after = db_int(s, 1);
	}
	db_done(s);
	sql_release(&q);
	return st;
}

/* Inside a write transaction: count one more, before it is known how it ends,
 * so that many at once are one after the other. */
static enum status count_one(struct installation *in, const struct counted *c,
    int64_t request, int64_t now)
{
	struct sql q = SQL_INIT;
	int64_t count = 0, after = 0;
	enum status st = read_count(in, c, request, &count, &after);

	if (st == ST_OK && after > now)
		return fail(ST_BUSY, "it is too soon: wait %lld seconds",
		    (long long)(after - now));
	if (st != ST_OK)
		return st;
	sql_add(&q, "UPDATE request_door SET ");
	sql_name(&q, c->count);
	sql_add(&q, " = ");
	sql_bind_int(&q, count + 1);
	sql_add(&q, ", ");
	sql_name(&q, c->after);
	sql_add(&q, " = ");
	sql_bind_int(&q, now + door_wait(count + 1));
	sql_add(&q, " WHERE request = ");
	sql_bind_int(&q, request);
	st = db_exec_sql(in->control, &q, NULL);
	sql_release(&q);
	return st;
}

static enum status finish(struct installation *in, enum status st)
{
	if (st == ST_OK)
		return db_commit(in->control);
	db_rollback(in->control);
	return st;
}

/* ---- one-time codes ---- */

enum status door_ask(struct installation *in, int64_t request, int64_t now)
{
	enum status st = db_begin(in->control, DB_WRITE);

	if (st == ST_OK)
		st = count_one(in, &sends, request, now);
	if (st == ST_OK)
		st = db_exec(in->control,
		    "UPDATE request_door SET asked_at = $2 WHERE request = $1",
		    ARGS(INT(request), INT(now)));
	return finish(in, st);
}

/* The first that is asked for behind ${*after}.  ST_NOTFOUND: none. */
static enum status next_asked(
    struct installation *in, int64_t *after, char id[BOOK_ID])
{
	struct stmt *s = NULL;
	enum status st = db_query(in->control,
	    "SELECT d.request, r.id FROM request_door AS d"
	    " JOIN request AS r ON r.number = d.request"
	    " WHERE d.asked_at IS NOT NULL AND d.request > $1"
	    " ORDER BY d.request LIMIT 1",
	    ARGS(INT(*after)), &s);

	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		*after = db_int(s, 0);
		(void)snprintf(id, BOOK_ID, "%s", db_text(s, 1));
	}
	db_done(s);
	return st;
}

/* A case that has gone on needs none any more.  Killed in between, another code
 * is sent, and counts. */
static enum status send_one(
    struct installation *in, int64_t request, const char *id, int64_t now)
{
	const struct rights_actor by = door_actor(now);
	json_t *o = NULL;
	enum status st = rights_send_code(in, &by, id, &o);

	json_decref(o);
	if (st == ST_DENIED)
		status_clear();
	else if (st != ST_OK)
		return st;
	return db_exec(in->control,
	    "UPDATE request_door SET asked_at = NULL WHERE request = $1",
	    ARGS(INT(request)));
}

enum status door_send(struct installation *in, int64_t now, int64_t *count)
{
	char id[BOOK_ID];
	int64_t after = 0;
	enum status st = installation_open_control(in);

	*count = 0;
	while (st == ST_OK && (st = next_asked(in, &after, id)) == ST_OK) {
		st = send_one(in, after, id, now);
		++*count;
	}
	return st == ST_NOTFOUND ? ST_OK : st;
}

enum status door_try(struct installation *in, struct door_session *s,
    const char *code, int64_t now)
{
	const struct rights_actor by = door_actor(now);
	json_t *o = NULL;
	enum status st = db_begin(in->control, DB_WRITE);

	if (st == ST_OK)
		st = count_one(in, &tries, s->request, now);
	if ((st = finish(in, st)) != ST_OK)
		return st;
	st = rights_try_code(in, &by, s->id, code, &o);
	json_decref(o);
	/* Killed before this, the request goes on, and is answered by letter.
	 */
	if (st == ST_OK)
		st = db_exec(in->control,
		    "UPDATE request_door SET proven_at = $2"
		    " WHERE request = $1",
		    ARGS(INT(s->request), INT(now)));
	s->proven = s->proven || st == ST_OK;
	return st;
}

/* ---- the case ---- */

static int is_one_of(const char *state, const char *const *list)
{
	while (*list && strcmp(*list, state) != 0)
		list++;
	return *list != NULL;
}

static enum status case_json(const json_t *all, int proven, json_t *letters,
    json_t *questions, json_t **out)
{
	static const char *const provable[] = { "received", "awaiting_identity",
		NULL };
	static const char *const open[] = { "received", "awaiting_identity",
		"in_progress", "awaiting_approval", NULL };
	const char *state = json_text(all, "state");

	return json_make(out,
	    "{s:s, s:s, s:s, s:s, s:O, s:b, s:O, s:O, s:O, s:O, s:b, s:b}",
	    "id", json_text(all, "id"), "type", json_text(all, "type"),
	    "progress", state, "receipt_date", json_text(all, "receipt_date"),
	    "closed_date", json_object_get(all, "closed_date"), "verified",
	    proven, "due_date",
	    proven ? json_object_get(all, "due_date") : json_null(), "extended",
	    proven ? json_object_get(all, "extended") : json_false(), "letters",
	    letters, "questions", questions, "may_prove",
	    !proven && is_one_of(state, provable), "may_withdraw",
	    is_one_of(state, open));
}

enum status door_case(struct installation *in, const struct door_session *s,
    int64_t now, json_t **out)
{
	json_t *all = NULL, *letters = NULL, *questions = NULL;
	enum status st = rights_show(in, s->id, now, &all);

	if (st == ST_OK)
		st = s->proven ? letter_list(in, s->request, &letters)
			       : json_made(json_array(), &letters);
	if (st == ST_OK)
		st = s->proven ? question_list(in, s->request, &questions)
			       : json_made(json_array(), &questions);
	if (st == ST_OK)
		st = case_json(all, s->proven, letters, questions, out);
	json_decref(all);
	json_decref(letters);
	json_decref(questions);
	return st;
}
