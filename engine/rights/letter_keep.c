/* Letters kept with their case, and on their way. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/rights/letter.h"
#include "engine/rights/message.h"
#include "engine/rights/outbox.h"
#include "engine/rights/rows.h"
#include "engine/rights/step.h"

static enum status compose(struct installation *in, const struct request *r,
    const struct letter_order *o, const char *language, int64_t now,
    struct letter *out)
{
	enum status st;

	if (o->text == NULL)
		return letter_make(in, r, o->kind, language, now, out);
	st = letter_parse(o->text, out);
	if (st == ST_INVALID)
		status_prefix("--edit: ");
	return st;
}

static enum status answer(const char *id, const struct letter_order *o,
    const char *language, const struct letter *l, json_t **out)
{
	return json_make(out, "{s:s, s:s, s:s, s:s, s:s, s:b, s:b}", "id", id,
	    "kind", letter_kind_name(o->kind), "language", language, "subject",
	    l->subject, "body", l->body, "kept", o->what != LETTER_PREVIEW,
	    "sent", o->what == LETTER_SEND);
}

enum status letter_keep(struct step *s, enum letter_kind kind,
    const char *language, const struct letter *l, const char *to)
{
	const struct outbox_message mail = { OUTBOX_MAIL, s->r.number, to,
		l->subject, l->body, s->by->now };
	int64_t outbox = 0;
	enum status st = ST_OK;

	if (to)
		st = outbox_add(s->in, &mail, &outbox);
	if (st == ST_OK)
		st = db_exec(s->in->control,
		    "INSERT INTO request_letter (request, kind, language,"
		    " subject, body, made_at, made_by, outbox)"
		    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		    ARGS(INT(s->r.number), TEXT(letter_kind_name(kind)),
			TEXT(language), TEXT(l->subject), TEXT(l->body),
			INT(s->by->now), TEXT(s->by->name),
			to ? INT(outbox) : NIL));
	if (st != ST_OK)
		return st;
	return events_note(
	    s, REQUEST_WRITE_LETTER, s->r.state, letter_kind_name(kind), NULL);
}

/* The address before the transaction: reach goes through all stores. */
static enum status address(
    struct installation *in, const struct request *r, char **to)
{
	enum status st = message_address(in, r->identity, r->value, to);

	if (st != ST_OK || *to)
		return st;
	return fail(ST_USAGE,
	    "no e-mail address is on file: `--keep` keeps the letter with the "
	    "case, to go on paper");
}

enum status rights_letter(struct installation *in,
    const struct rights_actor *by, const char *id, const struct letter_order *o,
    json_t **out)
{
	const char *language =
	    o->language ? o->language : in->config.requests.language;
	struct letter l = { NULL, NULL };
	struct request r = { 0 };
	struct step s = { 0 };
	char *to = NULL;
	enum status st;

	if (o->what != LETTER_PREVIEW &&
	    !(by->roles & (REQUEST_BY_INTAKE | REQUEST_BY_OFFICER)))
		return fail(
		    ST_DENIED, "letters are written by intake or an officer");
	if ((st = book_read(in, id, &r)) != ST_OK)
		return st;
	st = compose(in, &r, o, language, by->now, &l);
	if (st == ST_OK && o->what == LETTER_SEND)
		st = address(in, &r, &to);
	if (st == ST_OK && o->what != LETTER_PREVIEW) {
		st = step_begin(&s, in, by, id);
		if (st == ST_OK)
			st = letter_keep(&s, o->kind, language, &l, to);
		st = step_end(&s, st, NULL);
	}
	if (st == ST_OK)
		st = answer(id, o, language, &l, out);
	request_release(&r);
	letter_release(&l);
	free(to);
	return st;
}

/* ---- read ---- */

static enum status letter_json(struct stmt *s, json_t **out)
{
	char at[INSTANT_TEXT];

	civil_format_instant(db_int(s, 5), at);
	return json_make(out, "{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s}",
	    "number", (json_int_t)db_int(s, 0), "kind", db_text(s, 1),
	    "language", db_text(s, 2), "subject", db_text(s, 3), "body",
	    db_text(s, 4), "made_at", at, "made_by", db_text(s, 6), "state",
	    db_text(s, 7));
}

enum status letter_list(struct installation *in, int64_t request, json_t **out)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT l.number, l.kind, language, l.subject, l.body,"
	    " l.made_at, made_by, coalesce(o.state, 'paper')"
	    " FROM request_letter AS l"
	    " LEFT JOIN outbox AS o ON o.number = l.outbox"
	    " WHERE l.request = $1 ORDER BY l.number",
	    ARGS(INT(request)), &s);
	return st == ST_OK ? rows_json(s, letter_json, out) : st;
}
