/* The end of requests' own data. */
#include "engine/rights/retention.h"

#include <stdlib.h>
#include <string.h>

#include "engine/audit/log.h"
#include "engine/base/civil.h"
#include "engine/crypto/hash.h"
#include "engine/crypto/pseudonym.h"
#include "engine/holds/registry.h"
#include "engine/rights/held.h"
#include "engine/rights/step.h"

#define BATCH 500

struct retention {
	struct installation *in;
	const char *actor;
	int64_t now;
	int32_t cutoff;   /* the last day */
	int64_t seen;     /* how many suspensions were ever placed */
	json_t *holds;    /* active ones */
	int64_t *numbers; /* of requests that may go, the latest first */
	size_t count;
	size_t size;
	int64_t due;
	int64_t held;
	int64_t deleted;
};

/* ---- which ---- */

static enum status add(struct retention *r, int64_t number)
{
	size_t size = r->size * 2 + 64;
	int64_t *more;

	if (r->count == r->size) {
		more = reallocarray(r->numbers, size, sizeof(*more));
		if (more == NULL)
			return fail(ST_NOMEM, "out of memory");
		r->numbers = more;
		r->size = size;
	}
	r->numbers[r->count++] = number;
	return ST_OK;
}

static enum status look_at(struct retention *r, struct stmt *s)
{
	const struct reach_subject who = { db_text(s, 1), db_text(s, 2) };
	int held = 0;
	enum status st = held_person(r->in, r->holds, &who, &held);

	r->due++;
	r->held += held;
	return st == ST_OK && !held ? add(r, db_int(s, 0)) : st;
}

/* The latest first: a duplicate comes after the one that it names. */
static enum status find(struct retention *r)
{
	struct stmt *s = NULL;
	enum status st = registry_placed(r->in, &r->seen);

	if (st == ST_OK)
		st = registry_read(
		    r->in, REGISTRY_ACTIVE, NULL, r->now, &r->holds);
	if (st == ST_OK)
		st = db_query(r->in->control,
		    "SELECT number, identity, value FROM request AS r"
		    " JOIN request_person AS p ON p.request = r.number"
		    " WHERE closed_day <= $1 ORDER BY number DESC",
		    ARGS(INT(r->cutoff)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = look_at(r, s);
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

/* ---- deleted ---- */

/* All that refers to it, and then itself. */
static enum status delete_one(struct installation *in, int64_t number)
{
	static const char *const tables[] = { "request_question",
		"request_person", "request_event", "request_stop",
		"request_code", "request_plan", "recipient_event",
		"recipient_notification", "request_letter", "outbox", "package",
		"snapshot", "request_restriction", "request_lifting",
		"request_item", "request_change", "request_rectification",
		"door_session", "request_door", NULL };
	enum status st = ST_OK;
	struct sql q;

	for (size_t i = 0; st == ST_OK && tables[i]; i++) {
		q = (struct sql)SQL_INIT;
		sql_add(&q, "DELETE FROM ");
		sql_name(&q, tables[i]);
		sql_add(&q, " WHERE request = ");
		sql_bind_int(&q, number);
		st = db_exec_sql(in->control, &q, NULL);
		sql_release(&q);
	}
	if (st != ST_OK)
		return st;
	return db_exec(in->control, "DELETE FROM request WHERE number = $1",
	    ARGS(INT(number)));
}

/* Unless it was reopened meanwhile, or a duplicate that stays names it; or
 * somebody is still to be told that the rest has gone, or may download a
 * copy; or a restriction has yet to be lifted. */
static enum status take(struct retention *r, int64_t number,
    struct pseudonyms *p, struct buf *hashes)
{
	uint8_t hash[PSEUDONYM_LEN];
	struct stmt *s = NULL;
	enum status st;

	st = db_query(r->in->control,
	    "SELECT id FROM request AS r WHERE number = $1 AND closed_day <= $2"
	    " AND NOT EXISTS (SELECT 1 FROM request AS d"
	    " WHERE d.duplicate_of = r.id)"
	    " AND NOT EXISTS (SELECT 1 FROM request_plan AS p"
	    " WHERE p.request = r.number AND p.tell IS NOT NULL)"
	    " AND NOT EXISTS (SELECT 1 FROM package AS c"
	    " WHERE c.request = r.number AND c.deleted_at IS NULL)"
	    " AND NOT EXISTS (SELECT 1 FROM snapshot AS c"
	    " WHERE c.request = r.number AND c.deleted_at IS NULL"
	    " AND c.name IS NOT NULL)"
	    " AND NOT EXISTS (SELECT 1 FROM suspension AS x"
	    " WHERE x.request = r.id AND x.released_at IS NULL)",
	    ARGS(INT(number), INT(r->cutoff)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK)
		st =
		    pseudonym_of(p, db_text(s, 0), strlen(db_text(s, 0)), hash);
	db_done(s);
	if (st != ST_OK)
		return st == ST_NOTFOUND ? ST_OK : st;
	buf_add(hashes, hash, sizeof(hash));
	return delete_one(r->in, number);
}

static enum status note(struct retention *r, const struct buf *hashes)
{
	int64_t requests = (int64_t)(hashes->len / PSEUDONYM_LEN);
	enum status st = buf_status(hashes);

	if (st != ST_OK || requests == 0)
		return st;
	st = db_exec(r->in->control,
	    "INSERT INTO request_deletion (at, actor, cutoff_day, requests,"
	    " hashes, log_first) VALUES ($1, $2, $3, $4, $5,"
	    " coalesce((SELECT size FROM audit_checkpoint), 0))",
	    ARGS(INT(r->now), TEXT(r->actor), INT(r->cutoff), INT(requests),
		BLOB(hashes->data, hashes->len)));
	r->deleted += st == ST_OK ? requests : 0;
	return st;
}

/* A suspension that came in since may be about one of them. */
static enum status check_holds(struct retention *r)
{
	int64_t latest = 0;
	enum status st = registry_placed(r->in, &latest);

	if (st != ST_OK || latest == r->seen)
		return st;
	return fail(ST_BUSY,
	    "a suspension was placed while closed requests were deleted: the "
	    "next run goes on");
}

static enum status delete_batch(
    struct retention *r, size_t from, struct pseudonyms *p)
{
	struct buf hashes = BUF_INIT;
	enum status st = db_begin(r->in->control, DB_WRITE);

	if (st == ST_OK)
		st = check_holds(r);
	for (size_t i = from; st == ST_OK && i < r->count && i < from + BATCH;
	     i++)
		st = take(r, r->numbers[i], p, &hashes);
	if (st == ST_OK)
		st = note(r, &hashes);
	if (st == ST_OK)
		st = db_commit(r->in->control);
	if (st != ST_OK)
		db_rollback(r->in->control);
	buf_release(&hashes);
	return st;
}

static enum status delete_all(struct retention *r)
{
	static const char place[] = "control/request";
	struct secret_key *own = NULL;
	struct keyring_key key = { 0 };
	struct pseudonyms *p = NULL;
	enum status st = keyring_find(r->in->keys, "evidence", &key);

	if (st == ST_OK)
		st = secret_derive(
		    key.secret, "record", place, strlen(place), &own);
	if (st == ST_OK)
		st = pseudonyms_new(own, &p);
	for (size_t i = 0; st == ST_OK && i < r->count; i += BATCH)
		st = delete_batch(r, i, p);
	pseudonyms_free(p);
	secret_free(own);
	if (st == ST_OK && r->deleted)
		st = db_scrub(r->in->control);
	/* A reader is at it: the next run scrubs. */
	return st == ST_BUSY && r->deleted ? ST_OK : st;
}

/* ---- told ---- */

static enum status tell(void *ctx, struct stmt *s)
{
	struct installation *in = ctx;
	char cutoff[CIVIL_TEXT], digest[SHA256_TEXT];
	struct val hashes = db_val(s, 5);
	json_t *details = NULL;
	enum status st;
	int told = 0;

	st = events_were_told(in, "requests_deleted", "deletion", db_int(s, 0),
	    db_int(s, 6), &told);
	if (st != ST_OK || told)
		return st;
	civil_format((int32_t)db_int(s, 3), cutoff);
	sha256_hex(hashes.p, hashes.n, digest);
	st = json_make(&details, "{s:I, s:s, s:I, s:s, s:s}", "deletion",
	    (json_int_t)db_int(s, 0), "object", "requests", "records",
	    (json_int_t)db_int(s, 4), "cutoff", cutoff, "digest", digest);
	if (st == ST_OK)
		st = audit_append(in->audit, db_int(s, 1), db_text(s, 2),
		    "requests_deleted", details);
	json_decref(details);
	return st;
}

enum status retention_ship(struct installation *in)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT number, at, actor, cutoff_day, requests, hashes, log_first"
	    " FROM request_deletion WHERE logged = 0 ORDER BY number",
	    NOARGS, &s);
	if (st == ST_OK)
		st = db_each(s, tell, in);
	if (st != ST_OK)
		return st;
	return db_exec(in->control,
	    "UPDATE request_deletion SET logged = 1 WHERE logged = 0", NOARGS);
}

/* ---- a run ---- */

/* The last day on which what may go at ${now} was closed. */
static enum status cutoff_of(
    const struct installation *in, int64_t now, int32_t *out)
{
	struct calendar c = { .zone = in->zone };
	enum status st =
	    calendar_rule_parse(in->config.requests.calendar_rule, &c.rule);

	if (st == ST_OK)
		*out = calendar_cutoff(
		    &c, now, CALENDAR_FROM_EVENT, in->config.requests.retention)
			   .last_day;
	return st;
}

static enum status work(struct retention *r, enum retention_mode mode)
{
	enum status st = cutoff_of(r->in, r->now, &r->cutoff);

	if (st == ST_OK)
		st = installation_open_audit(r->in);
	if (st == ST_OK && mode == RETENTION_DELETE)
		st = events_ship(r->in);
	if (st == ST_OK)
		st = find(r);
	if (st == ST_OK && mode == RETENTION_DELETE && r->count)
		st = delete_all(r);
	return st == ST_OK && mode == RETENTION_DELETE ? events_ship(r->in)
						       : st;
}

enum status retention_run(struct installation *in, enum retention_mode mode,
    const char *actor, int64_t as_of, json_t **out)
{
	struct retention r = { .in = in, .actor = actor, .now = as_of };
	struct period p = in->config.requests.retention;
	char period[PERIOD_TEXT], cutoff[CIVIL_TEXT];
	int any = p.months || p.days || p.seconds;
	enum status st = any ? work(&r, mode) : ST_OK;

	period_format(p, period);
	civil_format(r.cutoff, cutoff);
	if (st == ST_OK)
		st = json_make(out, "{s:s?, s:s?, s:I, s:I, s:I}", "retention",
		    any ? period : NULL, "cutoff", any ? cutoff : NULL, "due",
		    (json_int_t)r.due, "deleted", (json_int_t)r.deleted, "held",
		    (json_int_t)r.held);
	json_decref(r.holds);
	free(r.numbers);
	return st;
}
