/* The audit log: entries, and the evidence that comes in from the stores. */
#include "engine/audit/log.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/buf.h"
#include "engine/base/civil.h"

static enum status insert(struct db *audit, int64_t at, const char *actor,
    const char *action, const char *source, int64_t evidence, json_t *entry)
{
	char when[INSTANT_TEXT], *body = NULL;
	int64_t seq = 0;
	enum status st;

	st = db_one_int(
	    audit, "SELECT max(seq) + 1 FROM entry", NOARGS, 0, &seq);
	civil_format_instant(at, when);
	if (st == ST_OK)
		st = json_put(entry, "seq", json_integer(seq));
	if (st == ST_OK)
		st = json_put(entry, "at", json_string(when));
	if (st == ST_OK)
		st = json_put(entry, "actor", json_string(actor));
	if (st == ST_OK)
		st = json_put(entry, "action", json_string(action));
	if (st == ST_OK)
		st = json_canonical(entry, &body);
	if (st == ST_OK)
		st = db_exec(audit,
		    "INSERT INTO entry"
		    " (seq, at, action, source, evidence, body)"
		    " VALUES ($1, $2, $3, $4, $5, $6)",
		    ARGS(INT(seq), INT(at), TEXT(action), TEXT(source),
			source ? INT(evidence) : NIL, TEXT(body)));
	free(body);
	return st;
}

enum status audit_append(struct db *audit, int64_t at, const char *actor,
    const char *action, const json_t *details)
{
	json_t *entry =
	    details ? json_copy((json_t *)(uintptr_t)details) : json_object();
	enum status st;

	if (entry == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = db_begin(audit, DB_WRITE);
	if (st == ST_OK)
		st = insert(audit, at, actor, action, NULL, 0, entry);
	if (st == ST_OK)
		st = db_commit(audit);
	if (st != ST_OK)
		db_rollback(audit);
	json_decref(entry);
	return st;
}

static void add_hex(struct buf *b, struct val v)
{
	const unsigned char *p = v.p;
	size_t i;

	for (i = 0; i < v.n; i++)
		buf_addf(b, "%02x", (unsigned int)p[i]);
}

/* One evidence row, columns as audit_ship() selects them. */
static enum status ship_row(
    struct db *audit, struct stmt *s, const char *source, const char *actor)
{
	struct buf digest = BUF_INIT;
	json_t *entry = NULL;
	enum status st;

	add_hex(&digest, db_val(s, 9));
	st = buf_status(&digest);
	if (st == ST_OK)
		st = json_make(&entry,
		    "{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:I, s:s}", "run",
		    db_text(s, 1), "policy", db_text(s, 3), "cluster",
		    db_text(s, 4), "collection", db_text(s, 5), "rule_set",
		    db_text(s, 6), "cutoff", db_text(s, 7), "records",
		    (json_int_t)db_int(s, 8), "digest", buf_text(&digest),
		    "evidence", (json_int_t)db_int(s, 0), "source", source);
	if (st == ST_OK && db_text(s, 11))
		st = json_put(entry, "segment", json_string(db_text(s, 11)));
	if (st == ST_OK)
		st = insert(audit, db_int(s, 2), actor, db_text(s, 10), source,
		    db_int(s, 0), entry);
	json_decref(entry);
	buf_release(&digest);
	return st;
}

enum status audit_ship(struct db *audit, struct db *store, const char *source,
    const char *actor, int64_t *entries)
{
	struct stmt *s = NULL;
	int64_t have = 0, n = 0;
	enum status st;

	if ((st = db_begin(audit, DB_WRITE)) != ST_OK)
		return st;
	st = db_one_int(audit,
	    "SELECT max(evidence) FROM entry WHERE source = $1",
	    ARGS(TEXT(source)), 0, &have);
	if (st == ST_OK)
		st = db_query(store,
		    "SELECT id, run, at, policy, cluster, collection,"
		    " rule_set, cutoff, records, digest, action, segment"
		    " FROM lethe_evidence WHERE id > $1 ORDER BY id",
		    ARGS(INT(have)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		st = ship_row(audit, s, source, actor);
		n++;
	}
	if (st == ST_NOTFOUND)
		st = ST_OK;
	db_done(s);
	if (st == ST_OK)
		st = db_commit(audit);
	if (st != ST_OK)
		db_rollback(audit);
	else if (entries)
		*entries = n;
	return st;
}

enum status audit_list(struct db *audit, int64_t first, int64_t limit,
    const char *action, enum status (*each)(void *ctx, const char *body),
    void *ctx)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(audit,
	    "SELECT body FROM entry"
	    " WHERE seq >= $1 AND ($2 IS NULL OR action = $2)"
	    " ORDER BY seq LIMIT $3",
	    ARGS(INT(first), TEXT(action), INT(limit > 0 ? limit : -1)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = each(ctx, db_text(s, 0));
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

enum status audit_writable(struct db *audit)
{
	enum status st = db_begin(audit, DB_WRITE);

	db_rollback(audit);
	if (st != ST_OK)
		status_prefix("the audit log cannot be written: ");
	return st;
}

enum status audit_actor(char **out)
{
	struct passwd pw, *found = NULL;
	char space[4096];
	char *name;

	if (getpwuid_r(getuid(), &pw, space, sizeof(space), &found) == 0 &&
	    found)
		name = str_format("os:%s", found->pw_name);
	else
		name = str_format("os:%lu", (unsigned long)getuid());
	if (name == NULL)
		return fail(ST_NOMEM, "out of memory");
	*out = name;
	return ST_OK;
}
