/* When a person's last record is gone, so is the salt. */
#include <stdlib.h>
#include <string.h>

#include "engine/audit/log.h"
#include "engine/base/when.h"
#include "engine/subjects/subjects.h"

/* Suspensions that are active, and what the log has not been told; consents,
 * preferences and disclosures, which have rules of their own. */
#define KEPT                                                       \
	"(EXISTS (SELECT 1 FROM suspension AS h"                   \
	" WHERE h.subject = subject.id AND (h.released_at IS NULL" \
	" OR EXISTS (SELECT 1 FROM suspension_entry AS e"          \
	" WHERE e.suspension = h.id AND e.logged = 0)))"           \
	" OR EXISTS (SELECT 1 FROM consent_record AS c"            \
	" WHERE c.subject = subject.id)"                           \
	" OR EXISTS (SELECT 1 FROM preference_change AS p"         \
	" WHERE p.subject = subject.id)"                           \
	" OR EXISTS (SELECT 1 FROM disclosure AS d"                \
	" WHERE d.subject = subject.id))"

static enum status first(void *ctx, const struct reach_record *r)
{
	int *found = ctx;

	(void)r;
	*found = 1;
	return ST_DENIED; /* one is enough */
}

/* An identity that no dataset speaks of any more may come back with it. */
enum status subjects_have_records(
    struct installation *in, int64_t id, const char *identity, int *found)
{
	struct reach_subject who = { .identity = identity };
	char *value = NULL;
	enum status st;

	*found = 0;
	if ((st = subjects_value(in, id, &value)) != ST_OK)
		return st;
	who.value = value;
	st = reach_walk(in, &who, first, found);
	if (*found || st == ST_USAGE) {
		*found = 1;
		status_clear();
		st = ST_OK;
	}
	free(value);
	return st;
}

/* ---- those that are gone ---- */

struct ids {
	int64_t *list;
	size_t count;
};

static enum status push(struct ids *ids, int64_t id)
{
	int64_t *list = reallocarray(ids->list, ids->count + 1, sizeof(*list));

	if (list == NULL)
		return fail(ST_NOMEM, "out of memory");
	ids->list = list;
	ids->list[ids->count++] = id;
	return ST_OK;
}

/* The next subject behind ${*id} that nothing keeps; ST_NOTFOUND: none.  The
 * caller frees ${*identity}. */
static enum status next(struct installation *in, int64_t *id, char **identity)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT id, identity FROM subject WHERE id > $1 AND NOT " KEPT
	    " ORDER BY id LIMIT 1",
	    ARGS(INT(*id)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		*id = db_int(s, 0);
		if ((*identity = strdup(db_text(s, 1))) == NULL)
			st = fail(ST_NOMEM, "out of memory");
	}
	db_done(s);
	return st;
}

static enum status collect(struct installation *in, struct ids *ids)
{
	char *identity = NULL;
	int64_t id = 0;
	enum status st;
	int found;

	while ((st = next(in, &id, &identity)) == ST_OK) {
		st = subjects_have_records(in, id, identity, &found);
		if (st == ST_OK && !found)
			st = push(ids, id);
		free(identity);
		identity = NULL;
		if (st != ST_OK && st != ST_NOTFOUND)
			break;
	}
	return st == ST_NOTFOUND ? ST_OK : st;
}

/* ---- destroyed ---- */

static enum status tell(
    struct installation *in, const char *run, const char *actor, int64_t gone)
{
	json_t *details = NULL;
	enum status st;

	st = json_make(&details, "{s:s, s:s, s:I}", "object", "subjects", "run",
	    run, "subjects", (json_int_t)gone);
	if (st == ST_OK)
		st = audit_append(in->audit, when_now(), actor,
		    "subjects_forgotten", details);
	json_decref(details);
	return st;
}

/* A suspension that came meanwhile keeps its subject. */
static enum status destroy(
    struct installation *in, const struct ids *ids, int64_t *gone)
{
	enum status st = ST_OK;
	int64_t n;
	size_t i;

	for (i = 0; st == ST_OK && i < ids->count; i++) {
		n = 0;
		st = db_exec_(in->control,
		    "DELETE FROM subject WHERE id = $1 AND NOT " KEPT,
		    ARGS(INT(ids->list[i])), &n);
		*gone += n;
	}
	return st;
}

/* Of a released suspension nobody needs to know any more which record it was
 * about: its key may be a name. */
static enum status forget_keys(struct installation *in)
{
	return db_exec(in->control,
	    "UPDATE suspension SET record_key = '[]'"
	    " WHERE released_at IS NOT NULL AND record_key <> '[]'",
	    NOARGS);
}

enum status subjects_forget(
    struct installation *in, const char *run, const char *actor, int64_t *gone)
{
	struct ids ids = { 0 };
	enum status st;

	*gone = 0;
	if ((st = installation_open_audit(in)) != ST_OK)
		return st;
	if ((st = forget_keys(in)) == ST_OK)
		st = collect(in, &ids);
	if (st == ST_OK && ids.count > 0)
		st = db_begin(in->control, DB_WRITE);
	if (st == ST_OK && ids.count > 0) {
		st = destroy(in, &ids, gone);
		if (st == ST_OK && *gone > 0)
			st = tell(in, run, actor, *gone);
		if (st == ST_OK)
			st = db_commit(in->control);
		db_rollback(in->control);
	}
	free(ids.list);
	return st;
}
