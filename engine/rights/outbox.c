/* What leaves, and when it is tried again. */
#include "engine/rights/outbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/crypto/random.h"
#include "engine/rights/hook.h"
#include "engine/rights/message.h"
#include "engine/rights/notification.h"
#include "engine/rights/step.h"

/* One on its way. */
struct taken {
	int64_t number;
	int attempts;
	enum outbox_kind kind;
	struct message m;
	char *texts[4]; /* id, recipient, subject, body: owned */
};

struct sums {
	json_int_t sent;
	json_int_t failed;
	json_int_t dead;
};

int64_t outbox_wait(int attempts, unsigned int chance)
{
	const int64_t most = 6 * 3600;
	int64_t wait = attempts > 9 ? most : INT64_C(60) << (attempts - 1);

	if (wait > most)
		wait = most;
	return wait / 2 + wait / 2 * chance / 255;
}

static enum status sendable(
    const struct installation *in, const struct outbox_message *m)
{
	const char *sender;

	if (m->kind == OUTBOX_WEBHOOK)
		return ST_OK;
	if (strpbrk(m->subject, "\r\n"))
		return fail(ST_USAGE, "a subject is one line");
	return message_sender(in, &sender);
}

enum status outbox_add(
    struct installation *in, const struct outbox_message *m, int64_t *number)
{
	static const char *const kinds[] = { "mail", "webhook" };
	uint8_t tail[12];
	char id[2 * sizeof(tail) + 1];
	enum status st;

	if ((st = sendable(in, m)) != ST_OK ||
	    (st = random_bytes(tail, sizeof(tail))) != ST_OK)
		return st;
	for (size_t i = 0; i < sizeof(tail); i++)
		(void)snprintf(id + 2 * i, 3, "%02x", tail[i]);
	return db_one_int(in->control,
	    "INSERT INTO outbox (id, kind, request, recipient, subject, body,"
	    " state, made_at, next_at) VALUES (coalesce((SELECT id FROM request"
	    " WHERE number = $2), 'L') || '-' || $1, $7, $2, $3, $4, $5,"
	    " 'waiting', $6, $6) RETURNING number",
	    ARGS(TEXT(id), m->request ? INT(m->request) : NIL, TEXT(m->to),
		TEXT(m->subject), TEXT(m->body), INT(m->at),
		TEXT(kinds[m->kind])),
	    0, number);
}

/* ---- one message ---- */

static void drop(struct taken *t)
{
	for (size_t i = 0; i < 4; i++) {
		if (t->texts[i])
			explicit_bzero(t->texts[i], strlen(t->texts[i]));
		free(t->texts[i]);
	}
	*t = (struct taken){ 0 };
}

static enum status fill(struct stmt *s, struct taken *t)
{
	t->number = db_int(s, 0);
	t->attempts = (int)db_int(s, 1) + 1;
	t->kind = strcmp(db_text(s, 7), "webhook") == 0 ? OUTBOX_WEBHOOK
							: OUTBOX_MAIL;
	for (int i = 0; i < 4; i++)
		if ((t->texts[i] = strdup(db_text(s, 2 + i))) == NULL)
			return fail(ST_NOMEM, "out of memory");
	t->m = (struct message){ t->texts[1], t->texts[0], t->texts[2],
		t->texts[3], db_int(s, 6) };
	return ST_OK;
}

/* Take the first that is due, so that nobody else does.  ST_NOTFOUND: none. */
static enum status take(
    struct installation *in, int64_t now, int64_t after, struct taken *t)
{
	struct stmt *s = NULL;
	enum status st = db_begin(in->control, DB_WRITE);

	if (st == ST_OK)
		st = db_query(in->control,
		    "SELECT number, attempts, id, recipient,"
		    " coalesce(subject, ''), body, made_at, kind FROM outbox"
		    " WHERE state IN ('waiting', 'sending') AND next_at <= $1"
		    " AND number > $2 ORDER BY number LIMIT 1",
		    ARGS(INT(now), INT(after)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = fill(s, t);
	db_done(s);
	if (st == ST_OK)
		st = db_exec(in->control,
		    "UPDATE outbox SET state = 'sending', attempts = $2,"
		    " next_at = $3 WHERE number = $1",
		    ARGS(INT(t->number), INT(t->attempts),
			INT(now + OUTBOX_LOST)));
	if (st == ST_OK)
		st = db_commit(in->control);
	else
		db_rollback(in->control);
	return st;
}

static enum status note_sent(
    struct installation *in, const struct taken *t, int done, int64_t now)
{
	enum status st = db_begin(in->control, DB_WRITE);

	if (st == ST_OK)
		st = db_exec(in->control,
		    "UPDATE outbox SET state = 'sent', sent_at = $2,"
		    " recipient = NULL, subject = NULL, body = NULL,"
		    " problem = NULL WHERE number = $1",
		    ARGS(INT(t->number), INT(now)));
	if (st == ST_OK)
		st = notification_sent(in, t->number, done, now);
	if (st == ST_OK)
		st = db_commit(in->control);
	if (st != ST_OK)
		db_rollback(in->control);
	return st;
}

static enum status note_problem(struct installation *in, const struct taken *t,
    int64_t now, const char *problem, struct sums *sums)
{
	int dead = t->attempts >= OUTBOX_ATTEMPTS;
	uint8_t chance = 0;
	enum status st = random_bytes(&chance, sizeof(chance));

	sums->failed += !dead;
	sums->dead += dead;
	if (st != ST_OK)
		return st;
	return db_exec(in->control,
	    "UPDATE outbox SET state = $2, next_at = $3, problem = $4"
	    " WHERE number = $1",
	    ARGS(INT(t->number), dead ? TEXT("dead") : TEXT("waiting"),
		INT(now + outbox_wait(t->attempts, chance)), TEXT(problem)));
}

static enum status send_one(struct installation *in, const struct taken *t,
    int64_t now, struct sums *sums)
{
	char *problem;
	int done = 0;
	enum status st =
	    t->kind == OUTBOX_WEBHOOK
		? hook_send(in, t->m.to, t->m.id, t->m.body, now, &done)
		: message_send(in, &t->m);

	if (st == ST_OK) {
		sums->sent++;
		return note_sent(in, t, done, now);
	}
	if (st == ST_NOMEM || (problem = strdup(status_text())) == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = note_problem(in, t, now, problem, sums);
	free(problem);
	return st;
}

enum status outbox_send(struct installation *in, int64_t now, json_t **out)
{
	struct sums sums = { 0, 0, 0 };
	struct taken t = { 0 };
	int64_t after = 0;
	enum status st = installation_open_control(in);

	/* Each once in a call, however short its wait. */
	while (st == ST_OK && (st = take(in, now, after, &t)) == ST_OK) {
		after = t.number;
		st = send_one(in, &t, now, &sums);
		drop(&t);
	}
	drop(&t);
	if (st == ST_NOTFOUND)
		st = events_ship(in);
	if (st != ST_OK)
		return st;
	return json_make(out, "{s:I, s:I, s:I}", "sent", sums.sent, "failed",
	    sums.failed, "dead", sums.dead);
}

/* ---- looked at ---- */

static enum status row_json(struct stmt *s, json_t **out)
{
	char made[INSTANT_TEXT], next[INSTANT_TEXT];

	civil_format_instant(db_int(s, 5), made);
	civil_format_instant(db_int(s, 6), next);
	return json_make(out, "{s:I, s:s, s:s?, s:s, s:I, s:s, s:s, s:s?}",
	    "number", (json_int_t)db_int(s, 0), "kind", db_text(s, 1),
	    "request", db_text(s, 2), "state", db_text(s, 3), "attempts",
	    (json_int_t)db_int(s, 4), "made_at", made, "next_at", next,
	    "problem", db_text(s, 7));
}

enum status outbox_list(struct installation *in, json_t **out)
{
	json_t *list = NULL, *one = NULL;
	struct stmt *s = NULL;
	enum status st = installation_open_control(in);

	if (st == ST_OK)
		st = json_made(json_array(), &list);
	if (st == ST_OK)
		st = db_query(in->control,
		    "SELECT o.number, kind, r.id, o.state, attempts, made_at,"
		    " next_at, problem FROM outbox AS o"
		    " LEFT JOIN request AS r ON r.number = o.request"
		    " WHERE o.state <> 'sent' ORDER BY o.number",
		    NOARGS, &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		st = row_json(s, &one);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	db_done(s);
	if (st == ST_NOTFOUND)
		st = json_make(out, "{s:O}", "messages", list);
	json_decref(list);
	return st;
}

enum status outbox_summary(struct installation *in, json_t **out)
{
	int64_t waiting = 0, dead = 0;
	enum status st = installation_open_control(in);

	if (st == ST_OK)
		st = db_one_int(in->control,
		    "SELECT count(*) FROM outbox"
		    " WHERE state IN ('waiting', 'sending')",
		    NOARGS, 0, &waiting);
	if (st == ST_OK)
		st = db_one_int(in->control,
		    "SELECT count(*) FROM outbox WHERE state = 'dead'", NOARGS,
		    0, &dead);
	if (st != ST_OK)
		return st;
	return json_make(out, "{s:I, s:I}", "waiting", (json_int_t)waiting,
	    "dead", (json_int_t)dead);
}

enum status outbox_retry(struct installation *in, int64_t number, int64_t now)
{
	int64_t any = 0;
	enum status st = installation_open_control(in);

	if (st == ST_OK)
		st = db_one_int(in->control,
		    "SELECT count(*) FROM outbox WHERE number = $1"
		    " AND state IN ('waiting', 'dead')",
		    ARGS(INT(number)), 0, &any);
	if (st == ST_OK && number && !any)
		return fail(ST_USAGE,
		    "no message %lld waits or is dead: `lethe outbox list` "
		    "lists them",
		    (long long)number);
	if (st != ST_OK)
		return st;
	return db_exec(in->control,
	    "UPDATE outbox SET state = 'waiting', attempts = 0, next_at = $2"
	    " WHERE state IN ('waiting', 'dead') AND ($1 = 0 OR number = $1)",
	    ARGS(INT(number), INT(now)));
}
