/* One transaction, and what the audit log hears of it. */
#include "engine/consent/deed.h"

#include <stdlib.h>
#include <string.h>

#include "engine/audit/log.h"
#include "engine/consent/notice.h"
#include "engine/plan/identity.h"
#include "engine/subjects/subjects.h"

#define BATCH 500

enum status deed_begin(struct installation *in)
{
	/* What nobody could prove to have done must not be. */
	enum status st = installation_open_audit(in);

	if (st == ST_OK)
		st = deed_ship(in);
	if (st == ST_OK)
		st = db_begin(in->control, DB_WRITE);
	return st == ST_OK ? notice_keep_all(in) : st;
}

enum status deed_note(struct installation *in, const struct rights_actor *by,
    const char *action, json_t *details)
{
	char *text = NULL;
	enum status st;

	if (details == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = json_canonical(details, &text);
	if (st == ST_OK)
		st = db_exec(in->control,
		    "INSERT INTO consent_entry (action, details, at, actor,"
		    " log_first) VALUES ($1, $2, $3, $4,"
		    " coalesce((SELECT size FROM audit_checkpoint), 0))",
		    ARGS(TEXT(action), TEXT(text), INT(by->now),
			TEXT(by->name)));
	free(text);
	json_decref(details);
	return st;
}

enum status deed_end(struct installation *in, enum status st)
{
	if (st == ST_OK)
		st = db_commit(in->control);
	if (st != ST_OK) {
		if (in->control)
			db_rollback(in->control);
		return st;
	}
	if ((st = deed_ship(in)) != ST_OK)
		status_prefix("it is done, but the audit log does not have it "
			      "yet; the next command tells it: ");
	return st;
}

/* ---- the log ---- */

/* The last of ours that the log has: it was told them in order. */
static enum status look(void *ctx, const char *body)
{
	json_t *o = json_loads(body, 0, NULL);
	int64_t *last = ctx;

	if (json_int(o, "consent_entry") > *last)
		*last = json_int(o, "consent_entry");
	json_decref(o);
	return ST_OK;
}

static enum status last_told(struct installation *in, int64_t *out)
{
	struct audit_filter f = { 0 };
	enum status st;

	st = db_one_int(in->control, "SELECT min(log_first) FROM consent_entry",
	    NOARGS, 0, &f.first);
	*out = 0;
	return st == ST_OK ? audit_list(in->audit, &f, look, out) : st;
}

struct telling {
	struct audit_item items[BATCH];
	char *actions[BATCH]; /* what they point to */
	json_t *details[BATCH];
	size_t count;
	int64_t at;
	char *actor;
	int64_t last;
};

static void telling_clear(struct telling *t)
{
	for (size_t i = 0; i < t->count; i++) {
		free(t->actions[i]);
		json_decref(t->details[i]);
	}
	free(t->actor);
	t->actor = NULL;
	t->count = 0;
}

static enum status add(struct telling *t, struct stmt *s)
{
	json_t *o = json_loads(db_text(s, 2), 0, NULL);
	char *action = strdup(db_text(s, 1));
	enum status st = ST_OK;

	if (o == NULL || action == NULL ||
	    json_object_set_new(
		o, "consent_entry", json_integer(db_int(s, 0))) != 0)
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_OK && t->count == 0) {
		t->at = db_int(s, 3);
		t->actor = strdup(db_text(s, 4));
		if (t->actor == NULL)
			st = fail(ST_NOMEM, "out of memory");
	}
	if (st != ST_OK) {
		json_decref(o);
		free(action);
		return st;
	}
	t->actions[t->count] = action;
	t->details[t->count] = o;
	t->items[t->count++] = (struct audit_item){ action, o };
	t->last = db_int(s, 0);
	return ST_OK;
}

/* As many as somebody did in one second. */
static enum status collect(
    struct installation *in, int64_t after, struct telling *t)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT number, action, details, at, actor FROM consent_entry"
	    " WHERE number > $1 ORDER BY number LIMIT 500",
	    ARGS(INT(after)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		if (t->count && (t->at != db_int(s, 3) ||
				    strcmp(t->actor, db_text(s, 4)) != 0))
			break;
		st = add(t, s);
	}
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status tell_all(struct installation *in)
{
	struct telling *t = calloc(1, sizeof(*t));
	enum status st;

	if (t == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = last_told(in, &t->last);
	while (st == ST_OK) {
		st = collect(in, t->last, t);
		if (st != ST_OK || t->count == 0)
			break;
		st = audit_append_all(
		    in->audit, t->at, t->actor, t->items, t->count);
		telling_clear(t);
	}
	telling_clear(t);
	free(t);
	return st == ST_OK
		   ? db_exec(in->control, "DELETE FROM consent_entry", NOARGS)
		   : st;
}

/* Under the write lock, so that two processes do not both tell it. */
enum status deed_ship(struct installation *in)
{
	int64_t open = 0;
	enum status st = db_one_int(in->control,
	    "SELECT EXISTS (SELECT 1 FROM consent_entry)", NOARGS, 0, &open);

	if (st != ST_OK || !open)
		return st;
	if ((st = installation_open_audit(in)) != ST_OK)
		return st;
	if ((st = db_begin(in->control, DB_WRITE)) != ST_OK)
		return st;
	st = tell_all(in);
	if (st == ST_OK)
		st = db_commit(in->control);
	if (st != ST_OK)
		db_rollback(in->control);
	return st;
}

/* ---- who, and words ---- */

enum status deed_subject(struct installation *in, const char *identity,
    const char *value, int64_t *id, char pseudonym[33])
{
	struct reach_subject who = { identity, NULL };
	struct buf canonical = BUF_INIT;
	enum status st;

	if (identity == NULL || value == NULL || *value == '\0')
		return fail(ST_USAGE, "whose is it? give KIND=VALUE");
	if ((st = rights_identity_check(in, identity)) != ST_OK)
		return st;
	st = identity_canonical(identity, value, strlen(value), &canonical);
	who.value = buf_text(&canonical);
	if (st == ST_OK)
		st = subjects_need(in, &who, id);
	if (st == ST_OK)
		st = subjects_pseudonym(in, *id, pseudonym);
	buf_release(&canonical);
	return st;
}

enum status deed_find_subject(
    struct installation *in, const struct reach_subject *who, int64_t *id)
{
	struct reach_subject own = { who->identity, NULL };
	struct buf canonical = BUF_INIT;
	enum status st = rights_identity_check(in, who->identity);

	if (st == ST_OK)
		st = identity_canonical(
		    who->identity, who->value, strlen(who->value), &canonical);
	own.value = buf_text(&canonical);
	if (st == ST_OK)
		st = subjects_find(in, &own, id);
	buf_release(&canonical);
	return st;
}

/* The word itself stays unsaid: in a file whose columns are shifted it is
 * somebody's address. */
enum status deed_word(
    const char *what, const char *word, const char *const *words)
{
	const char *near;

	if (word == NULL)
		return fail(
		    ST_USAGE, "%s is missing: such as `%s`", what, words[0]);
	for (size_t i = 0; words[i]; i++)
		if (strcmp(words[i], word) == 0)
			return ST_OK;
	near = diag_nearest(word, words);
	return fail(ST_USAGE, "unknown %s%s%s%s", what,
	    near ? ", did you mean `" : ": such as `", near ? near : words[0],
	    near ? "`?" : "`");
}
