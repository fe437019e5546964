/* The registry of suspensions, in the control database. */
#include "engine/holds/registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/zone.h"
#include "engine/crypto/random.h"
#include "engine/holds/entries.h"
#include "engine/subjects/subjects.h"

/* ---- read ---- */

static enum status put_instant(
    json_t *o, const char *name, struct stmt *s, int col)
{
	char text[INSTANT_TEXT];

	if (db_text(s, col) == NULL)
		return json_put(o, name, json_null());
	civil_format_instant(db_int(s, col), text);
	return json_put(o, name, json_string(text));
}

/* Of a subject who is forgotten the value is null. */
static enum status put_subject(
    struct installation *in, json_t *o, struct stmt *s)
{
	json_t *subject = NULL;
	char *value = NULL;
	enum status st;

	if (db_text(s, 2) == NULL)
		return json_put(o, "subject", json_null());
	if (db_text(s, 3) == NULL)
		return fail(ST_DB,
		    "control: %s is not yet what this version keeps: run "
		    "`lethe init`",
		    db_text(s, 0));
	st = subjects_value(in, db_int(s, 3), &value);
	if (st == ST_NOTFOUND && db_text(s, 17) == NULL)
		return fail(ST_INTEGRITY,
		    "control: %s is active and its subject is gone: restore "
		    "the control database from a backup",
		    db_text(s, 0));
	if (st == ST_OK || st == ST_NOTFOUND)
		st = json_make(&subject, "{s:s, s:s?}", "identity",
		    db_text(s, 2), "value", value);
	free(value);
	return st == ST_OK ? json_put(o, "subject", subject) : st;
}

static enum status put_record(json_t *o, struct stmt *s)
{
	json_t *record = NULL, *key;
	enum status st;

	if (db_text(s, 4) == NULL)
		return json_put(o, "record", json_null());
	key = json_loads(db_text(s, 6), 0, NULL);
	if (!json_is_array(key)) {
		json_decref(key);
		return fail(ST_DB,
		    "control: the suspension %s has no readable key: correct "
		    "the control database",
		    db_text(s, 0));
	}
	st = json_make(&record, "{s:s, s:s, s:o}", "store", db_text(s, 4),
	    "collection", db_text(s, 5), "key", key);
	return st == ST_OK ? json_put(o, "record", record) : st;
}

static const char *state(struct stmt *s)
{
	if (db_text(s, 17))
		return "released";
	return db_text(s, 15) ? "release_asked" : "active";
}

static const char *scope(struct stmt *s)
{
	if (db_text(s, 2))
		return "subject";
	return db_text(s, 4) ? "record" : "cluster";
}

static enum status put_times(json_t *o, struct stmt *s)
{
	enum status st = put_instant(o, "placed_at", s, 12);

	if (st == ST_OK)
		st = put_instant(o, "release_asked_at", s, 15);
	return st == ST_OK ? put_instant(o, "released_at", s, 17) : st;
}

/* The columns as registry_read() selects them. */
static enum status row_json(
    struct installation *in, struct stmt *s, const char *today, json_t **out)
{
	json_t *o = NULL;
	enum status st;

	st = json_make(&o,
	    "{s:s, s:s, s:s, s:s, s:s?, s:s, s:s?, s:s?, s:s, s:s, s:b, s:s, "
	    "s:s?, s:s?, s:s?, s:s?}",
	    "id", db_text(s, 0), "kind", db_text(s, 1), "state", state(s),
	    "scope", scope(s), "cluster", db_text(s, 7), "reason",
	    db_text(s, 8), "authority", db_text(s, 9), "note", db_text(s, 10),
	    "owner", db_text(s, 11), "review", db_text(s, 19), "review_overdue",
	    db_text(s, 17) == NULL && strcmp(db_text(s, 19), today) < 0,
	    "placed_by", db_text(s, 13), "release_reason", db_text(s, 14),
	    "release_asked_by", db_text(s, 16), "released_by", db_text(s, 18),
	    "request", db_text(s, 20));
	if (st == ST_OK)
		st = put_subject(in, o, s);
	if (st == ST_OK)
		st = put_record(o, s);
	if (st == ST_OK)
		st = put_times(o, s);
	if (st == ST_OK)
		*out = o;
	else
		json_decref(o);
	return st;
}

enum status registry_read(struct installation *in, enum registry_which which,
    const char *id, int64_t now, json_t **list)
{
	char today[CIVIL_TEXT];
	json_t *rows = json_array(), *one = NULL;
	struct stmt *s = NULL;
	enum status st;

	civil_format(zone_day(in->zone, now), today);
	if (rows == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = installation_open_control(in);
	if (st == ST_OK)
		st = db_query(in->control,
		    "SELECT id, kind, identity, subject, store, collection,"
		    " record_key, cluster, reason, authority, note, owner,"
		    " placed_at, placed_by, release_reason, asked_at, asked_by,"
		    " released_at, released_by, review, request"
		    " FROM suspension"
		    " WHERE ($1 OR released_at IS NULL)"
		    " AND ($2 IS NULL OR id = $2)"
		    " ORDER BY placed_at, id",
		    ARGS(INT(which == REGISTRY_ALL), TEXT(id)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		st = row_json(in, s, today, &one);
		if (st == ST_OK)
			st = json_push(rows, one);
	}
	db_done(s);
	if (st == ST_NOTFOUND) {
		*list = rows;
		return ST_OK;
	}
	json_decref(rows);
	return st;
}

static enum status unknown(const char *id)
{
	return fail(ST_USAGE,
	    "no hold or restriction is called `%s`: `lethe hold list --all` "
	    "lists them",
	    id);
}

enum status registry_get(
    struct installation *in, const char *id, int64_t now, json_t **out)
{
	json_t *list = NULL;
	enum status st = registry_read(in, REGISTRY_ALL, id, now, &list);

	if (st == ST_OK && json_array_size(list) == 0)
		st = unknown(id);
	if (st == ST_OK)
		*out = json_incref(json_array_get(list, 0));
	json_decref(list);
	return st;
}

enum status registry_any(struct installation *in, int *any)
{
	int64_t found = 0;
	enum status st = installation_open_control(in);

	if (st == ST_OK)
		st = db_one_int(in->control, "SELECT 1 FROM suspension LIMIT 1",
		    NOARGS, 0, &found);
	if (st == ST_OK)
		*any = found != 0;
	return st;
}

enum status registry_released(struct installation *in, const char *id, int *out)
{
	int64_t found = 0;
	enum status st;

	st = db_one_int(in->control,
	    "SELECT 1 FROM suspension"
	    " WHERE id = $1 AND released_at IS NOT NULL",
	    ARGS(TEXT(id)), 0, &found);
	if (st == ST_OK)
		*out = found != 0;
	return st;
}

/* ---- written ---- */

/* "H-20261122-7f3a": short enough to be typed, and sorts by its day. */
static enum status new_id(struct installation *in, const char *kind,
    int64_t now, char id[REGISTRY_ID_TEXT])
{
	struct civil c = civil_date(zone_day(in->zone, now));
	uint8_t tail[2];
	enum status st = random_bytes(tail, sizeof(tail));

	if (st == ST_OK)
		(void)snprintf(id, REGISTRY_ID_TEXT, "%c-%04d%02d%02d-%02x%02x",
		    *kind == 'h' ? 'H' : 'R', c.year % 10000, c.month, c.day,
		    tail[0], tail[1]);
	return st;
}

static enum status is_new(struct installation *in, const char *id, int *out)
{
	int64_t found = 0;
	enum status st;

	st = db_one_int(in->control, "SELECT 1 FROM suspension WHERE id = $1",
	    ARGS(TEXT(id)), 0, &found);
	if (st == ST_OK)
		*out = found == 0;
	return st;
}

/* NULL where it is not text. */
static struct val text_of(const json_t *o, const char *name)
{
	return val_text(json_string_value(json_object_get(o, name)));
}

/* NULL for a scope that is no person. */
static enum status subject_number(
    struct installation *in, const json_t *subject, struct val *out)
{
	struct reach_subject who = { json_text(subject, "identity"),
		json_text(subject, "value") };
	int64_t id = 0;
	enum status st;

	if (!json_is_object(subject))
		return ST_OK;
	if ((st = subjects_need(in, &who, &id)) == ST_OK)
		*out = INT(id);
	return st;
}

static enum status insert(
    struct installation *in, const json_t *row, int64_t now, const char *id)
{
	const json_t *subject = json_object_get(row, "subject");
	const json_t *record = json_object_get(row, "record");
	struct val number = NIL;
	char *key = NULL;
	enum status st;

	st = subject_number(in, subject, &number);
	if (st == ST_OK && json_is_object(record))
		st = json_canonical(json_object_get(record, "key"), &key);
	if (st == ST_OK)
		st = db_exec(in->control,
		    "INSERT INTO suspension (id, kind, identity, subject, store,"
		    " collection, record_key, cluster, reason, authority, note,"
		    " owner, review, placed_at, placed_by, request,"
		    " request_part) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,"
		    " $10, $11, $12, $13, $14, $15, $16, $17)",
		    ARGS(TEXT(id), text_of(row, "kind"),
			text_of(subject, "identity"), number,
			text_of(record, "store"), text_of(record, "collection"),
			TEXT(key), text_of(row, "cluster"),
			text_of(row, "reason"), text_of(row, "authority"),
			text_of(row, "note"), text_of(row, "owner"),
			text_of(row, "review"), INT(now),
			text_of(row, "placed_by"), text_of(row, "request"),
			text_of(row, "request").type == VAL_NULL
			    ? NIL
			    : INT(json_int(row, "part"))));
	free(key);
	return st;
}

enum status registry_add(struct installation *in, const json_t *row,
    int64_t now, char id[REGISTRY_ID_TEXT])
{
	enum status st = db_begin(in->control, DB_WRITE);
	int fresh = 0;

	while (st == ST_OK && !fresh) {
		st = new_id(in, json_text(row, "kind"), now, id);
		if (st == ST_OK)
			st = is_new(in, id, &fresh);
	}
	if (st == ST_OK)
		st = insert(in, row, now, id);
	if (st == ST_OK)
		st = entries_note(
		    in, id, ENTRIES_PLACED, json_text(row, "placed_by"), now);
	if (st == ST_OK)
		st = db_commit(in->control);
	if (st != ST_OK)
		db_rollback(in->control);
	return st;
}

static enum status ask(struct installation *in, const char *id,
    const char *actor, const char *reason, int64_t now)
{
	enum status st;

	st = db_exec(in->control,
	    "UPDATE suspension SET asked_at = $2, asked_by = $3,"
	    " release_reason = $4 WHERE id = $1",
	    ARGS(TEXT(id), INT(now), TEXT(actor), TEXT(reason)));
	return st == ST_OK ? entries_note(in, id, ENTRIES_ASKED, actor, now)
			   : st;
}

static enum status release(struct installation *in, const char *id,
    const char *actor, const char *reason, int64_t now)
{
	enum status st;

	st = db_exec(in->control,
	    "UPDATE suspension SET released_at = $2, released_by = $3,"
	    " release_reason = coalesce(release_reason, $4) WHERE id = $1",
	    ARGS(TEXT(id), INT(now), TEXT(actor), TEXT(reason)));
	return st == ST_OK ? entries_note(in, id, ENTRIES_RELEASED, actor, now)
			   : st;
}

/* What stands in the way of ${actor}. */
static enum status may_release(const struct installation *in, const json_t *row,
    const char *actor, const char *reason)
{
	const char *asked_by = json_text(row, "release_asked_by");
	int asked = strcmp(json_text(row, "state"), "release_asked") == 0;

	if (strcmp(json_text(row, "state"), "released") == 0)
		return fail(ST_USAGE, "%s was released already, on %s",
		    json_text(row, "id"), json_text(row, "released_at"));
	if (!asked && (reason == NULL || *reason == '\0'))
		return fail(ST_USAGE,
		    "a release says why: give --reason TEXT (no personal "
		    "data)");
	if (in->config.holds.approvals > 1 && asked &&
	    strcmp(asked_by, actor) == 0)
		return fail(ST_DENIED,
		    "%s asked for the release of %s: somebody else must carry "
		    "it out (`holds: {approvals: 2}`)",
		    actor, json_text(row, "id"));
	return ST_OK;
}

enum status registry_release(struct installation *in, const char *id,
    const char *actor, const char *reason, int64_t now, int *released)
{
	json_t *row = NULL;
	enum status st = installation_open_control(in);
	int first = 0;

	if (st == ST_OK)
		st = db_begin(in->control, DB_WRITE);
	if (st == ST_OK)
		st = registry_get(in, id, now, &row);
	if (st == ST_OK)
		st = may_release(in, row, actor, reason);
	if (st == ST_OK) {
		first = in->config.holds.approvals > 1 &&
			strcmp(json_text(row, "state"), "active") == 0;
		st = first ? ask(in, id, actor, reason, now)
			   : release(in, id, actor, reason, now);
	}
	if (st == ST_OK)
		st = db_commit(in->control);
	if (st != ST_OK)
		db_rollback(in->control);
	else
		*released = !first;
	json_decref(row);
	return st;
}
