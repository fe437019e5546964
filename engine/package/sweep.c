/* How packages and snapshots end. */
#include <stdio.h>
#include <stdlib.h>

#include "engine/package/exports.h"

/* The two tables of sealed files are alike in what their end needs. */
enum kind { PACKAGE, SNAPSHOT };

/* One that goes. */
struct doomed {
	enum kind kind;
	int64_t number;
	char id[BOOK_ID];
	char name[EXPORTS_NAME];
};
struct doomed_list {
	struct doomed *items;
	size_t count;
};

static enum status add(struct stmt *s, struct doomed_list *list)
{
	struct doomed *more =
	    reallocarray(list->items, list->count + 1, sizeof(*list->items));

	if (more == NULL)
		return fail(ST_NOMEM, "out of memory");
	list->items = more;
	more[list->count].kind = db_int(s, 3) ? SNAPSHOT : PACKAGE;
	more[list->count].number = db_int(s, 0);
	(void)snprintf(
	    more[list->count].id, sizeof(more->id), "%s", db_text(s, 1));
	(void)snprintf(
	    more[list->count].name, sizeof(more->name), "%s", db_text(s, 2));
	list->count++;
	return ST_OK;
}

static enum status gather(
    enum status st, struct stmt *s, struct doomed_list *list)
{
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = add(s, list);
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

/* ---- the end of one ---- */

static enum status tell(struct installation *in, const struct rights_actor *by,
    const struct doomed *d, const char *why)
{
	const char *what = d->kind == SNAPSHOT ? "snapshot" : "package";
	json_t *details = NULL;
	enum status st = json_make(&details, "{s:s, s:s, s:s, s:s}", "object",
	    what, "id", d->id, what, d->name, "reason", why);

	if (st == ST_OK)
		st = audit_append(in->audit, by->now, by->name,
		    d->kind == SNAPSHOT ? "snapshot_deleted"
					: "package_deleted",
		    details);
	json_decref(details);
	return st;
}

/* Destroyed, told, noted: whoever is killed between is followed by somebody
 * who does it again, at worst with a second entry. */
static enum status destroy(struct installation *in,
    const struct rights_actor *by, const struct doomed *d, const char *why)
{
	enum status st = exports_destroy(in, d->name);

	if (st == ST_OK)
		st = tell(in, by, d, why);
	if (st != ST_OK)
		return st;
	if (d->kind == SNAPSHOT)
		return db_exec(in->control,
		    "UPDATE snapshot SET deleted_at = $1, why = $2"
		    " WHERE number = $3",
		    ARGS(INT(by->now), TEXT(why), INT(d->number)));
	return db_exec(in->control,
	    "UPDATE package SET deleted_at = $1, why = $2 WHERE number = $3",
	    ARGS(INT(by->now), TEXT(why), INT(d->number)));
}

static enum status destroy_all(struct installation *in,
    const struct rights_actor *by, struct doomed_list *list, const char *why,
    int64_t *done)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < list->count; i++) {
		st = destroy(in, by, &list->items[i], why);
		*done += st == ST_OK;
	}
	free(list->items);
	return st;
}

static enum status ready(struct installation *in)
{
	enum status st = installation_unlock(in);

	return st == ST_OK ? installation_open_audit(in) : st;
}

/* ---- which ---- */

/* ${why} follows from which statement found them. */
static enum status end_all(struct installation *in,
    const struct rights_actor *by, enum status st, struct stmt *s,
    const char *why, int64_t *deleted)
{
	struct doomed_list list = { NULL, 0 };

	st = gather(st, s, &list);
	if (st == ST_OK)
		return destroy_all(in, by, &list, why, deleted);
	free(list.items);
	return st;
}

static enum status expire(
    struct installation *in, const struct rights_actor *by, int64_t *deleted)
{
	struct stmt *s = NULL;
	enum status st = db_query(in->control,
	    "SELECT p.number, r.id, p.name, 0 FROM package AS p"
	    " JOIN request AS r ON r.number = p.request"
	    " WHERE p.deleted_at IS NULL AND p.expires_at <= $1"
	    " UNION ALL SELECT p.number, r.id, p.name, 1 FROM snapshot AS p"
	    " JOIN request AS r ON r.number = p.request"
	    " WHERE p.deleted_at IS NULL AND p.name IS NOT NULL"
	    " AND p.expires_at <= $1"
	    " ORDER BY 4, 1",
	    ARGS(INT(by->now)), &s);

	return end_all(in, by, st, s, "expired", deleted);
}

/* What was revoked, and what belongs to requests that no copy may be taken of
 * any more. */
static enum status follow(
    struct installation *in, const struct rights_actor *by, int64_t *deleted)
{
	struct stmt *s = NULL;
	enum status st = db_query(in->control,
	    "SELECT p.number, r.id, p.name, 0 FROM package AS p"
	    " JOIN request AS r ON r.number = p.request"
	    " WHERE p.deleted_at IS NULL AND (p.revoked_at IS NOT NULL"
	    " OR r.state NOT IN ('in_progress', 'awaiting_approval',"
	    " 'fulfilled', 'partly_fulfilled'))"
	    " UNION ALL SELECT p.number, r.id, p.name, 1 FROM snapshot AS p"
	    " JOIN request AS r ON r.number = p.request"
	    " WHERE p.deleted_at IS NULL AND p.revoked_at IS NOT NULL"
	    " AND p.name IS NOT NULL ORDER BY 4, 1",
	    NOARGS, &s);

	return end_all(in, by, st, s, "revoked", deleted);
}

/* What was kept aside was for the answer. */
static enum status answered(
    struct installation *in, const struct rights_actor *by, int64_t *deleted)
{
	struct stmt *s = NULL;
	enum status st = db_query(in->control,
	    "SELECT p.number, r.id, p.name, 1 FROM snapshot AS p"
	    " JOIN request AS r ON r.number = p.request"
	    " WHERE p.deleted_at IS NULL AND p.name IS NOT NULL"
	    " AND r.closed_day IS NOT NULL ORDER BY p.number",
	    NOARGS, &s);

	return end_all(in, by, st, s, "closed", deleted);
}

enum status package_sweep(
    struct installation *in, const struct rights_actor *by, int64_t *deleted)
{
	struct exports e;
	enum status st = ready(in);

	*deleted = 0;
	if (st != ST_OK)
		return st;
	st = expire(in, by, deleted);
	if (st == ST_OK)
		st = follow(in, by, deleted);
	if (st == ST_OK)
		st = answered(in, by, deleted);
	if (st != ST_OK)
		return st;
	st = exports_open(&e, in, EXPORTS_TO_CLEAN);
	if (st == ST_OK)
		st = exports_orphans(&e);
	exports_close(&e);
	/* Somebody builds: the next run cleans up. */
	if (st == ST_BUSY) {
		status_clear();
		st = ST_OK;
	}
	return st;
}
