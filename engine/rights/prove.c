/* Identity by a one-time code to the address on file. */
#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/zone.h"
#include "engine/rights/code.h"
#include "engine/rights/message.h"
#include "engine/rights/outbox.h"
#include "engine/rights/step.h"

/* In the three languages of our people, since whose it is is not known yet. */
static char *body_of(const char *id, const char *code, const char *until)
{
	return str_format(
	    "%s\n\nCode: %s\n\n"
	    "This code confirms that the request above is "
	    "yours. It is valid until %s. If you made no "
	    "request, do nothing.\n\n"
	    "Dieser Code bestätigt, dass der Antrag oben von "
	    "Ihnen stammt. Er gilt bis %s. Haben Sie nichts "
	    "beantragt, brauchen Sie nichts zu tun.\n\n"
	    "このコードは、上記の請求がご本人によるものであることを"
	    "確認するためのものです。有効期限は %s です。"
	    "請求された覚えがない場合は、何もなさらないでください。"
	    "\n",
	    id, code, until, until, until);
}

/* Whoever has no address on file gets nothing, and no other answer; what would
 * have been sent is written all the same, and taken back, so that the time it
 * takes tells little. */
static enum status send(
    struct step *s, const char *to, const char *code, int64_t expires_at)
{
	struct outbox_message m = { OUTBOX_MAIL, s->r.number, to,
		"Your code / Ihr Code", NULL, s->by->now };
	char until[ZONE_TEXT], *body;
	const char *sender;
	int64_t number = 0;
	enum status st = message_sender(s->in, &sender);

	if (st != ST_OK)
		return st;
	zone_format(s->in->zone, expires_at, until);
	if ((body = body_of(s->r.id, code, until)) == NULL)
		return fail(ST_NOMEM, "out of memory");
	m.body = body;
	m.to = to ? to : sender;
	st = outbox_add(s->in, &m, &number);
	if (st == ST_OK)
		st = db_exec(s->in->control,
		    "DELETE FROM outbox WHERE number = $1 AND $2",
		    ARGS(INT(number), INT(to == NULL)));
	explicit_bzero(body, strlen(body));
	free(body);
	return st;
}

static int64_t expiry(const struct installation *in, int64_t now)
{
	struct period p = in->config.requests.code.valid;

	return now + p.seconds +
	       (p.days + p.months * INT64_C(30)) * CIVIL_DAY_SECONDS;
}

/* Nothing was asked of whom nothing was sent to: then the clock goes on. */
static enum status begin_stop(
    struct step *s, const char *to, int64_t expires_at)
{
	int32_t today = zone_day(s->in->zone, s->by->now);
	enum status st;

	st = book_stop_end(s->in, s->r.number, BOOK_IDENTITY, today);
	if (st != ST_OK || to == NULL)
		return st;
	return book_stop_begin(s->in, s->r.number, BOOK_IDENTITY, today,
	    zone_day(s->in->zone, expires_at));
}

/* Before the transaction: reach goes through all stores, and nobody else
 * should wait for that. */
static enum status find_address(
    struct installation *in, const char *id, char **to)
{
	struct request r = { 0 };
	enum status st = book_read(in, id, &r);

	if (st == ST_OK)
		st = message_address(in, r.identity, r.value, to);
	request_release(&r);
	return st;
}

enum status rights_send_code(struct installation *in,
    const struct rights_actor *by, const char *id, json_t **out)
{
	int64_t expires_at = expiry(in, by->now);
	char code[CODE_TEXT] = "", until[INSTANT_TEXT], *to = NULL;
	struct step s = { 0 };
	enum status st;

	if ((st = find_address(in, id, &to)) != ST_OK)
		return st;
	st = step_begin(&s, in, by, id);
	if (st == ST_OK)
		st = step_go(&s, REQUEST_ASK_IDENTITY, "code", NULL);
	if (st == ST_OK)
		st = code_make(in, s.r.number, expires_at,
		    in->config.requests.code.attempts, code);
	if (st == ST_OK)
		st = begin_stop(&s, to, expires_at);
	if (st == ST_OK)
		st = send(&s, to, code, expires_at);
	explicit_bzero(code, sizeof(code));
	free(to);
	st = step_end(&s, st, NULL);
	if (st != ST_OK)
		return st;
	civil_format_instant(expires_at, until);
	return json_make(out, "{s:s, s:s, s:s}", "id", id, "state",
	    request_state_name(REQUEST_AWAITING_IDENTITY), "expires_at", until);
}

static enum status accept_code(struct step *s)
{
	int32_t today = zone_day(s->in->zone, s->by->now);
	enum status st = step_go(s, REQUEST_VERIFY, "code", NULL);

	s->r.verified_at = s->by->now;
	if (st == ST_OK)
		st = step_set(&s->r.verified_how, "code");
	if (st == ST_OK)
		st = step_set(&s->r.verified_by, s->by->name);
	if (st == ST_OK)
		st = book_stop_end(s->in, s->r.number, BOOK_IDENTITY, today);
	return st;
}

/* After the last attempt it is our turn, and the clock runs. */
static enum status spend(struct step *s)
{
	enum status st = step_go(s, REQUEST_CODE_SPENT, NULL, NULL);

	if (st != ST_OK)
		return st;
	return book_stop_end(s->in, s->r.number, BOOK_IDENTITY,
	    zone_day(s->in->zone, s->by->now));
}

enum status rights_try_code(struct installation *in,
    const struct rights_actor *by, const char *id, const char *code,
    json_t **out)
{
	enum code_answer answer = CODE_WRONG;
	struct step s = { 0 };
	enum status st;

	st = step_begin(&s, in, by, id);
	if (st == ST_OK)
		st = code_try(in, s.r.number, code, by->now, &answer);
	if (st == ST_OK && answer == CODE_RIGHT)
		st = accept_code(&s);
	else if (st == ST_OK && answer == CODE_SPENT)
		st = spend(&s);
	else if (st == ST_OK)
		st = step_go(&s, REQUEST_TRY_CODE, NULL, NULL);
	st = step_end(&s, st, answer == CODE_RIGHT ? out : NULL);
	if (st != ST_OK || answer == CODE_RIGHT)
		return st;
	return fail(ST_DENIED,
	    "this is not the code, or it is no longer valid: ask for a new one");
}
