/* Requests in the control database. */
#include "engine/rights/book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/zone.h"
#include "engine/crypto/random.h"

/* ---- read ---- */

/* A column's text in ${*out}; NULL for NULL. */
static enum status copy(struct stmt *s, int col, char **out)
{
	const char *text = db_text(s, col);

	if (text && (*out = strdup(text)) == NULL)
		return fail(ST_NOMEM, "out of memory");
	return ST_OK;
}

static int32_t day_of(struct stmt *s, int col)
{
	return db_val(s, col).type == VAL_NULL ? CLOCK_NO_DAY
					       : (int32_t)db_int(s, col);
}

static enum status words_of(struct stmt *s, struct request *r)
{
	enum status st = request_type_parse(db_text(s, 1), &r->type);

	if (st == ST_OK)
		st = request_state_parse(db_text(s, 2), &r->state);
	if (st == ST_OK)
		st = request_law_parse(db_text(s, 3), &r->law);
	if (st == ST_OK)
		st = request_channel_parse(db_text(s, 4), &r->channel);
	if (st == ST_OK && db_text(s, 12))
		st = request_outcome_parse(db_text(s, 12), &r->outcome);
	return st;
}

static enum status texts_of(struct stmt *s, struct request *r)
{
	char **const to[] = { &r->verified_how, &r->verified_by,
		&r->extension_reason, &r->reason, &r->authority, &r->decided_by,
		&r->approved_by, &r->duplicate_of, &r->identity, &r->value,
		&r->words };
	static const int from[] = { 8, 9, 11, 13, 14, 15, 16, 18, 19, 20, 21 };
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < sizeof(from) / sizeof(*from); i++)
		st = copy(s, from[i], to[i]);
	return st;
}

static enum status row_of(struct stmt *s, struct request *r)
{
	enum status st = words_of(s, r);

	r->number = db_int(s, 0);
	r->received_at = db_int(s, 5);
	r->received_day = (int32_t)db_int(s, 6);
	r->verified_at = db_int(s, 7);
	r->notice_day = day_of(s, 10);
	r->closed_day = day_of(s, 17);
	return st == ST_OK ? texts_of(s, r) : st;
}

static enum status read_stops(struct installation *in, struct request *r)
{
	struct stmt *s = NULL;
	struct clock_stop *more;
	enum status st;

	st = db_query(in->control,
	    "SELECT asked_day, ended_day, lapses_day, kind FROM request_stop"
	    " WHERE request = $1 ORDER BY number",
	    ARGS(INT(r->number)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		more = reallocarray(r->stops, r->stop_count + 1, sizeof(*more));
		if (more == NULL) {
			st = fail(ST_NOMEM, "out of memory");
			break;
		}
		r->stops = more;
		more += r->stop_count++;
		*more = (struct clock_stop){ day_of(s, 0), day_of(s, 1),
			day_of(s, 2) };
		r->clarifying |= more->ended == CLOCK_NO_DAY &&
				 strcmp(db_text(s, 3), "clarification") == 0;
	}
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

enum status book_read(
    struct installation *in, const char *id, struct request *out)
{
	struct request r = { 0 };
	struct stmt *s = NULL;
	enum status st = installation_open_control(in);

	if (st == ST_OK)
		st = db_query(in->control,
		    "SELECT r.number, type, state, law, channel, received_at,"
		    " received_day, verified_at, verified_how, verified_by,"
		    " notice_day, extension_reason, outcome, reason, authority,"
		    " decided_by, approved_by, closed_day, duplicate_of,"
		    " identity, value, words"
		    " FROM request AS r"
		    " JOIN request_person AS p ON p.request = r.number"
		    " WHERE id = $1",
		    ARGS(TEXT(id)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_NOTFOUND)
		st = fail(ST_USAGE,
		    "no request is called `%s`: `lethe request list --all` "
		    "lists them",
		    id);
	if (st == ST_OK)
		st = row_of(s, &r);
	db_done(s);
	if (st == ST_OK)
		st = read_stops(in, &r);
	(void)snprintf(r.id, sizeof(r.id), "%s", id);
	if (st == ST_OK)
		*out = r;
	else
		request_release(&r);
	return st;
}

void request_release(struct request *r)
{
	free(r->verified_how);
	free(r->verified_by);
	free(r->extension_reason);
	free(r->reason);
	free(r->authority);
	free(r->decided_by);
	free(r->approved_by);
	free(r->duplicate_of);
	free(r->identity);
	free(r->value);
	free(r->words);
	free(r->stops);
	*r = (struct request){ 0 };
}

/* ---- written ---- */

static struct val day_val(int32_t day)
{
	return day == CLOCK_NO_DAY ? NIL : INT(day);
}

/* "Q-20261122-7f3a91c2": its day, and enough that nobody guesses another's. */
static enum status new_id(struct installation *in, struct request *r)
{
	struct civil c = civil_date(r->received_day);
	int64_t found = 1;
	uint8_t tail[4];
	enum status st = ST_OK;

	while (st == ST_OK && found) {
		if ((st = random_bytes(tail, sizeof(tail))) != ST_OK)
			break;
		(void)snprintf(r->id, BOOK_ID,
		    "Q-%04d%02d%02d-%02x%02x%02x%02x", c.year % 10000, c.month,
		    c.day, tail[0], tail[1], tail[2], tail[3]);
		st = db_one_int(in->control,
		    "SELECT 1 FROM request WHERE id = $1", ARGS(TEXT(r->id)), 0,
		    &found);
	}
	return st;
}

enum status book_add(struct installation *in, struct request *r)
{
	enum status st = new_id(in, r);

	if (st == ST_OK)
		st = db_one_int(in->control,
		    "INSERT INTO request (id, type, state, law, channel,"
		    " received_at, received_day)"
		    " VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING number",
		    ARGS(TEXT(r->id), TEXT(request_type_name(r->type)),
			TEXT(request_state_name(r->state)),
			TEXT(request_law_name(r->law)),
			TEXT(request_channel_name(r->channel)),
			INT(r->received_at), INT(r->received_day)),
		    0, &r->number);
	if (st == ST_OK)
		st = db_exec(in->control,
		    "INSERT INTO request_person (request, identity, value,"
		    " words) VALUES ($1, $2, $3, $4)",
		    ARGS(INT(r->number), TEXT(r->identity), TEXT(r->value),
			TEXT(r->words)));
	return st;
}

enum status book_write(struct installation *in, const struct request *r)
{
	return db_exec(in->control,
	    "UPDATE request SET state = $2, verified_at = $3,"
	    " verified_how = $4, verified_by = $5, notice_day = $6,"
	    " extension_reason = $7, outcome = $8, reason = $9,"
	    " authority = $10, decided_by = $11, approved_by = $12,"
	    " closed_day = $13, duplicate_of = $14 WHERE number = $1",
	    ARGS(INT(r->number), TEXT(request_state_name(r->state)),
		r->verified_at ? INT(r->verified_at) : NIL,
		TEXT(r->verified_how), TEXT(r->verified_by),
		day_val(r->notice_day), TEXT(r->extension_reason),
		r->outcome ? TEXT(request_outcome_name(r->outcome)) : NIL,
		TEXT(r->reason), TEXT(r->authority), TEXT(r->decided_by),
		TEXT(r->approved_by), day_val(r->closed_day),
		TEXT(r->duplicate_of)));
}

static const char *stop_name(enum book_stop kind)
{
	return kind == BOOK_IDENTITY ? "identity" : "clarification";
}

enum status book_stop_begin(struct installation *in, int64_t request,
    enum book_stop kind, int32_t day, int32_t lapses)
{
	return db_exec(in->control,
	    "INSERT INTO request_stop (request, number, kind, asked_day,"
	    " lapses_day) VALUES ($1, (SELECT count(*) FROM request_stop"
	    " WHERE request = $1), $2, $3, $4)",
	    ARGS(INT(request), TEXT(stop_name(kind)), INT(day),
		day_val(lapses)));
}

enum status book_stop_end(
    struct installation *in, int64_t request, enum book_stop kind, int32_t day)
{
	return db_exec(in->control,
	    "UPDATE request_stop SET ended_day ="
	    " CASE WHEN asked_day > $3 THEN asked_day ELSE $3 END"
	    " WHERE request = $1 AND kind = $2 AND ended_day IS NULL",
	    ARGS(INT(request), TEXT(stop_name(kind)), INT(day)));
}
