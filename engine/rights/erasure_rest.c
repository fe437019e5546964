/* What an erasure kept, once the rules have ended it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/plan/asked_left.h"
#include "engine/rights/erasure.h"
#include "engine/rights/erasure_book.h"
#include "engine/rights/letter.h"

/* ---- what is still there ---- */

static enum status look(struct installation *in, const struct buf *keys,
    int64_t done_at, struct asked *left)
{
	struct asked kept = { .lists = NULL }, l = { .lists = NULL };
	enum status st = asked_read(in, keys->data, keys->len, &kept);
	size_t i;

	for (i = 0; st == ST_OK && i < kept.count; i++)
		st = asked_left(in, &kept.lists[i], done_at, &l);
	asked_release(&kept);
	if (st == ST_OK)
		*left = l;
	else
		asked_release(&l);
	return st;
}

/* ---- told ---- */

static enum status send(struct step *s, const struct erasure *e)
{
	const char *language = s->in->config.requests.language;
	struct letter l = { NULL, NULL };
	enum status st;

	if (e->tell == NULL)
		return ST_OK;
	st = letter_make(
	    s->in, &s->r, LETTER_REST_ERASED, language, s->by->now, &l);
	if (st == ST_OK)
		st = letter_keep(s, LETTER_REST_ERASED, language, &l, e->tell);
	letter_release(&l);
	return st;
}

static void wipe(struct buf *b)
{
	if (b->data)
		explicit_bzero(b->data, b->size);
	buf_release(b);
}

static struct val bytes_of(const struct buf *b)
{
	return b->len > 0 ? BLOB(b->data, b->len) : NIL;
}

static enum status write_left(struct step *s, const struct asked *left)
{
	struct buf all = BUF_INIT, one = BUF_INIT;
	struct asked first = { .lists = NULL };
	enum status st = asked_write(left, &all);

	if (st == ST_OK)
		st = asked_first(left, &first);
	if (st == ST_OK)
		st = asked_write(&first, &one);
	if (st == ST_OK)
		st = db_exec(s->in->control,
		    "UPDATE request_plan SET kept = $2, witness = $3,"
		    " tell = CASE WHEN $2 IS NULL THEN NULL ELSE tell END"
		    " WHERE request = $1",
		    ARGS(INT(s->r.number), bytes_of(&all), bytes_of(&one)));
	wipe(&all);
	wipe(&one);
	asked_release(&first);
	return st;
}

/* Looked at in the transaction that tells it, so that it is told once. */
static enum status settle(struct step *s, int *gone)
{
	struct erasure e = { .targets = BUF_INIT, .kept = BUF_INIT };
	struct asked left = { .lists = NULL };
	enum status st = erasure_read(s->in, s->r.number, &e);

	if (st == ST_OK && e.kept.len > 0)
		st = look(s->in, &e.kept, e.done_at, &left);
	if (st == ST_OK && e.kept.len > 0)
		st = write_left(s, &left);
	*gone = st == ST_OK && e.kept.len > 0 && left.count == 0;
	if (*gone)
		st = events_note(s, REQUEST_ERASE_REST, s->r.state, NULL, NULL);
	if (st == ST_OK && *gone)
		st = send(s, &e);
	asked_release(&left);
	erasure_release(&e);
	return st;
}

/* A request that keeps something. */
struct keeper {
	int64_t number;
	char id[BOOK_ID];
	struct buf witness;
	int64_t done_at;
};

/* The next one behind ${k->number}. */
static enum status next(struct installation *in, struct keeper *k)
{
	struct stmt *s = NULL;
	struct val v;
	enum status st;

	buf_clear(&k->witness);
	st = db_query(in->control,
	    "SELECT r.number, r.id, p.witness, p.done_at FROM request_plan AS p"
	    " JOIN request AS r ON r.number = p.request"
	    " WHERE p.kept IS NOT NULL AND p.done_at IS NOT NULL"
	    " AND p.request > $1 ORDER BY p.request LIMIT 1",
	    ARGS(INT(k->number)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		k->number = db_int(s, 0);
		(void)snprintf(k->id, BOOK_ID, "%s", db_text(s, 1));
		k->done_at = db_int(s, 3);
		v = db_val(s, 2);
		if (v.type == VAL_BLOB)
			buf_add(&k->witness, v.p, v.n);
		st = buf_status(&k->witness);
	}
	db_done(s);
	return st;
}

/* One record that is there is enough to know that it is not complete: so that
 * a purge costs nothing for all the others. */
static enum status waits(
    struct installation *in, const struct keeper *k, int *yes)
{
	struct asked left = { .lists = NULL };
	enum status st = ST_OK;

	if (k->witness.len > 0)
		st = look(in, &k->witness, k->done_at, &left);
	*yes = st == ST_OK && left.count > 0;
	asked_release(&left);
	return st;
}

static enum status settle_one(struct installation *in,
    const struct rights_actor *by, const char *id, int64_t *requests)
{
	struct step s = { 0 };
	int gone = 0;
	enum status st = step_begin(&s, in, by, id);

	if (st == ST_OK)
		st = settle(&s, &gone);
	st = step_end(&s, st, NULL);
	*requests += st == ST_OK && gone;
	return st;
}

enum status rights_erase_rest(
    struct installation *in, const struct rights_actor *by, int64_t *requests)
{
	struct keeper k = { .witness = BUF_INIT };
	enum status st = installation_open_control(in);
	int yes = 0;

	*requests = 0;
	while (st == ST_OK && (st = next(in, &k)) == ST_OK) {
		st = waits(in, &k, &yes);
		if (st == ST_OK && !yes)
			st = settle_one(in, by, k.id, requests);
	}
	wipe(&k.witness);
	return st == ST_NOTFOUND ? ST_OK : st;
}

/* ---- holds that ended ---- */

enum status rights_erase_freed(struct installation *in, json_t **out)
{
	struct stmt *s = NULL;
	json_t *list = NULL;
	enum status st = installation_open_control(in);

	if (st == ST_OK)
		st = json_made(json_array(), &list);
	if (st == ST_OK)
		st = db_query(in->control,
		    "SELECT r.id FROM request_plan AS p JOIN request AS r"
		    " ON r.number = p.request WHERE p.kept IS NOT NULL"
		    " AND p.done_at IS NOT NULL"
		    " AND r.state = 'partly_fulfilled' AND EXISTS (SELECT 1"
		    " FROM json_each(p.body, '$.kept') AS k WHERE"
		    " json_array_length(k.value, '$.suspensions') > 0"
		    " AND NOT EXISTS (SELECT 1"
		    "  FROM json_each(k.value, '$.suspensions') AS x"
		    "  JOIN suspension AS h"
		    "  ON h.id = json_extract(x.value, '$.id')"
		    "  WHERE h.released_at IS NULL)) ORDER BY r.number",
		    NOARGS, &s);
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
