/* Taking a store that was restored for the newest there is. */
#include "engine/installation/seals.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/when.h"
#include "engine/crypto/hash.h"
#include "engine/installation/seals_log.h"
#include "engine/installation/units.h"

const char *const seals_reasons[] = { "backup", "move", "repair", "rehearsal",
	NULL };

struct acceptance {
	struct installation *in;
	json_t *marks; /* {"NAME": "mark that it had"} */
	json_t *list;
};

/* ---- before ---- */

static enum status keep_mark(void *ctx, const struct seals_file *file)
{
	struct acceptance *a = ctx;
	char mark[2 * DB_MARK + 1];
	struct db_seal s;
	enum status st = file->db ? db_seal_read(file->db, &s) : ST_INTEGRITY;

	if (st == ST_NOTFOUND)
		return ST_OK;
	if (st != ST_OK)
		return st;
	seals_hex(s.mark, DB_MARK, mark);
	return json_put(a->marks, file->name, json_string(mark));
}

/* What state it is in, where that can be told: its files may not even open as
 * they are.  An installation of its own, because it has to be closed again. */
static enum status look(struct acceptance *a, const char *store)
{
	struct installation first;
	enum status st;

	st = installation_load(a->in->config.path, &first);
	if (st == ST_OK && installation_unlock(&first) == ST_OK &&
	    seals_each(&first, store, keep_mark, a) != ST_OK)
		status_clear();
	installation_release(&first);
	return st;
}

/* ---- the files ---- */

static enum status reseal(struct installation *in, const char *store)
{
	struct installation_store *s;
	enum status st;
	size_t i;

	if ((st = installation_reseal(in, store)) != ST_OK ||
	    strcmp(store, "control") == 0)
		return st;
	if ((st = installation_find_store(in, store, &s)) == ST_OK)
		st = installation_open_store(in, s);
	for (i = 0; st == ST_OK && i + 1 < units_count(s); i++)
		st = segments_reseal(s->segments, segments_at(s->segments, i));
	return st;
}

/* ---- what was deleted since ---- */

/*
 * Evidence is numbered within its store, and the log takes higher numbers than
 * it has: those that the store will give out again, it would take for old.
 */
static enum status go_on_after(struct db *db, int64_t last)
{
	uint8_t digest[SHA256_LEN];
	int64_t here = 0;
	enum status st;

	st = db_one_int(
	    db, "SELECT max(id) FROM lethe_evidence", NOARGS, 0, &here);
	if (st != ST_OK || here >= last)
		return st;
	sha256("", 0, digest);
	if ((st = db_begin(db, DB_WRITE)) != ST_OK)
		return st;
	st = db_exec(db,
	    "INSERT INTO lethe_evidence (id, run, at, policy, cluster,"
	    " collection, action, rule_set, cutoff, records, digest)"
	    " VALUES ($1, '', $2, '', '', '', 'restore', '', '', 0, $3)",
	    ARGS(INT(last + 1), INT(when_now()), BLOB(digest, sizeof(digest))));
	if (st == ST_OK)
		st = db_commit(db);
	db_rollback(db);
	return st;
}

struct since {
	int64_t seq;
	int64_t deletions;
	int64_t records;
	int64_t last; /* number of evidence */
};

static enum status count_since(
    struct audit *a, const char *key, struct since *n)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(audit_db(a),
	    "SELECT count(*),"
	    " coalesce(sum(json_extract(body, '$.records')), 0)"
	    " FROM entry WHERE source = $1 AND seq > $2",
	    ARGS(TEXT(key), INT(n->seq)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		n->deletions = db_int(s, 0);
		n->records = db_int(s, 1);
	}
	db_done(s);
	if (st == ST_OK)
		st = audit_shipped(a, key, &n->last);
	return st;
}

static enum status account(void *ctx, const struct seals_file *file)
{
	struct acceptance *a = ctx;
	const char *mark =
	    json_string_value(json_object_get(a->marks, file->name));
	struct since n = { .seq = -1 };
	json_t *one = NULL;
	char *at = NULL;
	enum status st = file->db ? ST_OK : ST_INTEGRITY;

	if (st == ST_OK && mark)
		st = seals_find(a->in, file->name, mark, &n.seq, &at);
	if (st == ST_NOTFOUND)
		st = ST_OK;
	if (st == ST_OK)
		st = count_since(a->in->audit, file->key, &n);
	if (st == ST_OK && strcmp(file->name, "control") != 0)
		st = go_on_after(file->db, n.last);
	if (st == ST_OK)
		st = json_make(&one, "{s:s, s:s?, s:I, s:I}", "file",
		    file->name, "restored_to", at, "deletions",
		    (json_int_t)n.deletions, "records", (json_int_t)n.records);
	free(at);
	return st == ST_OK ? json_push(a->list, one) : st;
}

/* ---- all ---- */

static enum status tell(
    struct acceptance *a, const char *store, const char *reason)
{
	json_t *details = NULL;
	char *actor = NULL;
	enum status st;

	st = json_make(&details, "{s:s, s:s, s:O}", "object", store, "reason",
	    reason, "files", a->list);
	if (st == ST_OK)
		st = audit_actor(&actor);
	if (st == ST_OK)
		st = audit_append(a->in->audit, when_now(), actor,
		    "restore_accepted", details);
	free(actor);
	json_decref(details);
	return st;
}

static enum status accept(
    struct acceptance *a, const char *store, const char *reason)
{
	json_t *files = NULL;
	enum status st;

	if ((st = look(a, store)) != ST_OK ||
	    (st = reseal(a->in, store)) != ST_OK ||
	    (st = installation_open_audit(a->in)) != ST_OK ||
	    (st = seals_each(a->in, store, account, a)) != ST_OK ||
	    (st = tell(a, store, reason)) != ST_OK ||
	    (st = seals_read(a->in, &files)) != ST_OK)
		return st;
	st = seals_each(a->in, store, seals_seal, files);
	if (st == ST_OK)
		st = seals_write(a->in, NULL, files);
	json_decref(files);
	return st;
}

enum status seals_accept(struct installation *in, const char *store,
    const char *reason, json_t **out)
{
	struct acceptance a = { in, json_object(), json_array() };
	enum status st;

	if (a.marks == NULL || a.list == NULL)
		st = fail(ST_NOMEM, "out of memory");
	else
		st = accept(&a, store, reason);
	if (st == ST_OK)
		*out = json_incref(a.list);
	json_decref(a.marks);
	json_decref(a.list);
	return st;
}
