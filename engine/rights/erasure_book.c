/* Plans of erasure as they stand in the control database. */
#include "engine/rights/erasure_book.h"

#include <stdlib.h>
#include <string.h>

static enum status copy(struct stmt *s, int column, char **out)
{
	const char *text = db_text(s, column);

	if (text && (*out = strdup(text)) == NULL)
		return fail(ST_NOMEM, "out of memory");
	return ST_OK;
}

static enum status copy_bytes(struct stmt *s, int column, struct buf *out)
{
	struct val v = db_val(s, column);

	if (v.type == VAL_BLOB)
		buf_add(out, v.p, v.n);
	return buf_status(out);
}

static enum status row_of(struct stmt *s, struct erasure *e)
{
	enum status st;

	e->body = json_loads(db_text(s, 1), 0, NULL);
	e->done_at = db_int(s, 6);
	if (e->body == NULL)
		return fail(ST_INTEGRITY, "the plan of a request is not JSON");
	if ((st = copy(s, 0, &e->hash)) != ST_OK ||
	    (st = copy(s, 2, &e->decided)) != ST_OK ||
	    (st = copy(s, 3, &e->approved)) != ST_OK ||
	    (st = copy(s, 4, &e->run)) != ST_OK ||
	    (st = copy_bytes(s, 5, &e->targets)) != ST_OK ||
	    (st = copy_bytes(s, 7, &e->kept)) != ST_OK)
		return st;
	if ((st = copy(s, 8, &e->tell)) != ST_OK ||
	    (st = copy(s, 10, &e->made_by)) != ST_OK)
		return st;
	e->made_at = db_int(s, 9);
	if (db_text(s, 11) == NULL)
		return ST_OK;
	e->report = json_loads(db_text(s, 11), 0, NULL);
	return e->report
		   ? ST_OK
		   : fail(ST_INTEGRITY, "the report of an erasure is not JSON");
}

enum status erasure_read(
    struct installation *in, int64_t request, struct erasure *out)
{
	struct erasure e = { .targets = BUF_INIT, .kept = BUF_INIT };
	struct stmt *s = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT hash, body, decided_hash, approved_hash, run, targets,"
	    " coalesce(done_at, 0), kept, tell, made_at, made_by,"
	    " report FROM request_plan"
	    " WHERE request = $1",
	    ARGS(INT(request)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = row_of(s, &e);
	db_done(s);
	if (st == ST_OK)
		*out = e;
	else
		erasure_release(&e);
	return st;
}

static void wipe(struct buf *b)
{
	if (b->data)
		explicit_bzero(b->data, b->size);
	buf_release(b);
}

void erasure_release(struct erasure *e)
{
	free(e->hash);
	json_decref(e->body);
	free(e->decided);
	free(e->approved);
	free(e->run);
	wipe(&e->targets);
	wipe(&e->kept);
	free(e->tell);
	free(e->made_by);
	json_decref(e->report);
	*e = (struct erasure){ .targets = BUF_INIT, .kept = BUF_INIT };
}

/* What is at work stays so: its run goes on with the new plan. */
enum status erasure_write(struct step *s, const json_t *plan)
{
	char *text = NULL;
	enum status st = json_canonical(plan, &text);

	if (st == ST_OK)
		st = db_exec(s->in->control,
		    "INSERT INTO request_plan (request, hash, body, made_at,"
		    " made_by) VALUES ($1, $2, $3, $4, $5)"
		    " ON CONFLICT (request) DO UPDATE SET hash = $2,"
		    " body = $3, made_at = $4, made_by = $5,"
		    " decided_hash = NULL, approved_hash = NULL,"
		    " run = CASE WHEN targets IS NULL THEN NULL ELSE run END,"
		    " done_at = NULL, report = NULL",
		    ARGS(INT(s->r.number), TEXT(json_text(plan, "hash")),
			TEXT(text), INT(s->by->now), TEXT(s->by->name)));
	free(text);
	return st;
}

enum status erasure_begin(struct installation *in, int64_t request,
    const char *run, const struct buf *targets, int64_t now)
{
	int64_t n = 0;
	enum status st;

	st = db_exec_(in->control,
	    "UPDATE request_plan SET run = $2, targets = $3,"
	    " begun_at = coalesce(begun_at, $4)"
	    " WHERE request = $1 AND done_at IS NULL"
	    " AND (run IS NULL OR run = $2)"
	    " AND approved_hash = hash",
	    ARGS(INT(request), TEXT(run), BLOB(targets->data, targets->len),
		INT(now)),
	    &n);
	if (st == ST_OK && n == 0)
		return fail(ST_CONFLICT,
		    "somebody else has carried this request out or planned it "
		    "anew meanwhile: `lethe request show` says how it stands");
	return st;
}
