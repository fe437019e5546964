/* Suspensions in the audit log. */
#include "engine/holds/entries.h"

#include <string.h>

#include "engine/audit/log.h"
#include "engine/base/buf.h"
#include "engine/subjects/subjects.h"

enum status entries_note(struct installation *in, const char *id,
    const char *action, const char *actor, int64_t now)
{
	return db_exec(in->control,
	    "INSERT INTO suspension_entry (suspension, action, at, actor)"
	    " VALUES ($1, $2, $3, $4)",
	    ARGS(TEXT(id), TEXT(action), INT(now), TEXT(actor)));
}

enum status entries_count(struct installation *in, const char *id,
    const char *action, int64_t records)
{
	return db_exec(in->control,
	    "UPDATE suspension_entry SET records = $3"
	    " WHERE suspension = $1 AND action = $2 AND logged = 0",
	    ARGS(TEXT(id), TEXT(action), INT(records)));
}

/* "subject", "subject in cluster x", "record of crm.contracts", "cluster x". */
static char *scope_words(struct stmt *s)
{
	const char *cluster = db_text(s, 8);

	if (db_text(s, 5))
		return str_format(
		    cluster ? "subject in cluster %s" : "subject", cluster);
	if (db_text(s, 6))
		return str_format(
		    "record of %s.%s", db_text(s, 6), db_text(s, 7));
	return str_format("cluster %s", cluster);
}

struct search {
	const char *id;
	int found;
};

static enum status compare(void *ctx, const char *body)
{
	json_t *o = json_loads(body, 0, NULL);
	struct search *w = ctx;

	w->found |= strcmp(json_text(o, "id"), w->id) == 0;
	json_decref(o);
	return ST_OK;
}

/* The log itself knows what it was told before somebody was killed. */
static enum status was_told(
    struct audit *audit, const char *action, const char *id, int *out)
{
	const struct audit_filter f = { .action = action };
	struct search w = { id, 0 };
	enum status st = audit_list(audit, &f, compare, &w);

	*out = w.found;
	return st;
}

static enum status tell(void *ctx, struct stmt *s)
{
	struct installation *in = ctx;
	char *scope = scope_words(s), subject[SUBJECT_TEXT] = "";
	json_t *details = NULL;
	enum status st = ST_OK;
	int told = 0;

	if (scope == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = was_told(in->audit, db_text(s, 1), db_text(s, 0), &told);
	if (st == ST_OK && !told && db_text(s, 11))
		st = subjects_pseudonym(in, db_int(s, 11), subject);
	if (st == ST_OK && !told) {
		st = json_make(&details, "{s:s, s:s, s:s, s:s, s:s, s:s?, s:o}",
		    "object", db_text(s, 0), "id", db_text(s, 0), "kind",
		    db_text(s, 4), "scope", scope, "reason", db_text(s, 9),
		    "subject", *subject ? subject : NULL, "records",
		    db_text(s, 10) ? json_integer(db_int(s, 10)) : json_null());
		if (st == ST_OK)
			st = audit_append(in->audit, db_int(s, 2),
			    db_text(s, 3), db_text(s, 1), details);
	}
	json_decref(details);
	free(scope);
	return st;
}

static enum status ship(struct installation *in)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT e.suspension, e.action, e.at, e.actor, s.kind, s.identity,"
	    " s.store, s.collection, s.cluster, s.reason, e.records, s.subject"
	    " FROM suspension_entry AS e"
	    " JOIN suspension AS s ON s.id = e.suspension"
	    " WHERE e.logged = 0 ORDER BY e.at, e.action, e.suspension",
	    NOARGS, &s);
	if (st == ST_OK)
		st = db_each(s, tell, in);
	if (st != ST_OK)
		return st;
	return db_exec(in->control,
	    "UPDATE suspension_entry SET logged = 1 WHERE logged = 0", NOARGS);
}

/* Under the write lock, so that two processes do not both tell it. */
enum status entries_ship(struct installation *in)
{
	int64_t open = 0;
	enum status st;

	st = db_one_int(in->control,
	    "SELECT 1 FROM suspension_entry WHERE logged = 0 LIMIT 1", NOARGS,
	    0, &open);
	if (st != ST_OK || !open)
		return st;
	if ((st = installation_open_audit(in)) != ST_OK)
		return st;
	if ((st = db_begin(in->control, DB_WRITE)) != ST_OK)
		return st;
	st = ship(in);
	if (st == ST_OK)
		st = db_commit(in->control);
	if (st != ST_OK)
		db_rollback(in->control);
	return st;
}
