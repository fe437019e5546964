/* What would fall due before the answer is kept aside. */
#include "engine/package/snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/when.h"
#include "engine/base/zone.h"
#include "engine/package/exports.h"
#include "engine/package/kept.h"
#include "engine/package/kept_aside.h"
#include "engine/rights/copies.h"

/* How far one looks ahead for a request whose time is over. */
#define LATE_SECONDS (30 * CIVIL_DAY_SECONDS)

struct taking {
	struct installation *in;
	const struct rights_actor *by;
	const char *id;
	int64_t until;
	int all;   /* of the person's records, not only what falls due */
	int leads; /* something that falls due leads on to others */
	int64_t records;
	struct sealed *file;
	char name[EXPORTS_NAME];
	int named;
};

/* ---- which ---- */

static int falls_due(const struct taking *t, const json_t *kept)
{
	const json_t *x;
	struct when from;
	size_t i;

	json_array_foreach(kept, i, x)
	{
		const char *text = json_text(x, "deletable_from");

		if (when_parse(text, strlen(text), &from) != ST_OK)
			status_clear();
		else if (from.kind == WHEN_INSTANT && from.seconds < t->until)
			return 1;
	}
	return 0;
}

static int refers_to(const struct field *f, const struct collected *c)
{
	for (size_t i = 0; i < f->reference_count; i++)
		if (strcmp(f->references[i].dataset, c->dataset->key) == 0 &&
		    strcmp(f->references[i].collection, c->collection->name) ==
			0)
			return 1;
	return 0;
}

static int refers_up(const struct field *f)
{
	for (size_t i = 0; i < f->reference_count; i++)
		if (f->references[i].direction != DATASET_FROM)
			return 1;
	return 0;
}

/* Are there records that are found by way of those of ${c} alone? */
static int leads_on(const struct installation *in, const struct collected *c)
{
	for (size_t i = 0; i < c->collection->field_count; i++)
		if (refers_up(&c->collection->fields[i]))
			return 1;
	for (size_t d = 0; d < in->dataset_count; d++)
		for (size_t k = 0; k < in->datasets[d].collection_count; k++) {
			const struct collection *other =
			    &in->datasets[d].collections[k];

			for (size_t f = 0; f < other->field_count; f++)
				if (refers_to(&other->fields[f], c))
					return 1;
		}
	return 0;
}

/* ---- the walk ---- */

static enum status keep(void *ctx, struct collected *c, const struct val *row,
    int shared, const struct kept *kept)
{
	struct taking *t = ctx;
	int due = falls_due(t, kept->list);
	enum status st;

	t->leads |= due && leads_on(t->in, c);
	if (!due && !t->all)
		return ST_OK;
	st = aside_write(t->file, c, row, shared, kept);
	t->records += st == ST_OK;
	return st;
}

static enum status walk(struct taking *t, const struct exports *e,
    const struct reach_subject *who, const struct schedule *schedule)
{
	char as_of[ZONE_TEXT];
	struct collection_set set = { .in = t->in,
		.folder = e->folder,
		.as_of = as_of,
		.now = t->by->now,
		.language = "en",
		.schedule = schedule,
		.keep = keep,
		.keep_for = t };
	const struct secret_key *key = NULL;
	enum status st;

	zone_format(t->in->zone, t->by->now, as_of);
	sealed_free(t->file);
	t->file = NULL;
	t->records = 0;
	st = exports_key(t->in, t->name, &key);
	if (st == ST_OK)
		st = sealed_new_with(e->folder, key, &t->file);
	if (st == ST_OK)
		st = collect_person(&set, who);
	collection_set_release(&set);
	return st;
}

static enum status write_file(struct taking *t)
{
	char *path = exports_path(t->in, t->name);
	enum status st = path ? ST_OK : fail(ST_NOMEM, "out of memory");

	if (st == ST_OK)
		st = sealed_keep(t->file, path);
	free(path);
	return st;
}

static enum status collect(
    struct taking *t, struct exports *e, const struct reach_subject *who)
{
	struct schedule schedule;
	enum status st;

	st = schedule_init(&schedule, t->in, NULL, &t->in->diag);
	if (st != ST_OK)
		return st;
	if ((st = exports_new(e, t->name)) == ST_OK) {
		t->named = 1;
		st = walk(t, e, who, &schedule);
	}
	if (st == ST_OK && t->leads) {
		t->all = 1;
		st = walk(t, e, who, &schedule);
	}
	if (st == ST_OK && t->records > 0)
		st = write_file(t);
	schedule_release(&schedule);
	return st;
}

/* ---- the row ---- */

static enum status tell(const struct taking *t, const char *until)
{
	json_t *details = NULL;
	enum status st = json_make(&details, "{s:s, s:s, s:I, s:s}", "object",
	    t->id, "request", t->id, "records", (json_int_t)t->records, "until",
	    until);

	if (st == ST_OK)
		st = audit_append(t->in->audit, t->by->now, t->by->name,
		    "snapshot_taken", details);
	json_decref(details);
	return st;
}

static int64_t expiry(const struct taking *t)
{
	struct period p = t->in->config.requests.snapshot_retention;

	return t->by->now + p.seconds +
	       (p.days + p.months * INT64_C(30)) * CIVIL_DAY_SECONDS;
}

/* What an erasure that began meanwhile took was read before it went. */
static enum status add_row(const struct taking *t, const struct request *r)
{
	struct val name = t->records ? TEXT(t->name) : NIL;
	int64_t size = t->records ? sealed_size(t->file) : 0;
	int begun = 0;
	enum status st = db_begin(t->in->control, DB_WRITE);

	if (st == ST_OK)
		st = copies_overtaken(t->in, t->by->now, &begun);
	if (st == ST_OK && begun)
		st = fail(ST_BUSY,
		    "an erasure began while the snapshot was taken: take it "
		    "again with `lethe request snapshot`");
	if (st == ST_OK)
		st = db_exec(t->in->control,
		    "INSERT INTO snapshot (request, name, size, records,"
		    " taken_at, until_at, expires_at)"
		    " VALUES ($1, $2, $3, $4, $5, $6, $7)",
		    ARGS(INT(r->number), name, INT(size), INT(t->records),
			INT(t->by->now), INT(t->until), INT(expiry(t))));
	if (st == ST_OK)
		st = db_commit(t->in->control);
	db_rollback(t->in->control);
	return st;
}

/* Without a row nobody knows of it; what has failed says why. */
static void undo(struct taking *t)
{
	char *why = strdup(status_text());

	if (exports_destroy(t->in, t->name) != ST_OK)
		status_clear();
	if (why)
		status_say("%s", why);
	free(why);
}

/* Told before it is noted: who is killed between takes it again, at worst with
 * a second entry. */
static enum status take(struct taking *t, const struct request *r, json_t **out)
{
	const struct reach_subject who = { r->identity, r->value };
	struct exports e = { .lock = -1 };
	char until[ZONE_TEXT], at[ZONE_TEXT];
	enum status st = installation_open_audit(t->in);

	zone_format(t->in->zone, t->until, until);
	zone_format(t->in->zone, t->by->now, at);
	if (st == ST_OK)
		st = exports_open(&e, t->in, EXPORTS_TO_BUILD);
	if (st == ST_OK)
		st = collect(t, &e, &who);
	if (st == ST_OK)
		st = tell(t, until);
	if (st == ST_OK)
		st = add_row(t, r);
	if (t->named && (st != ST_OK || t->records == 0))
		undo(t);
	if (st == ST_OK)
		st = json_make(out, "{s:s, s:s, s:I}", "taken_at", at, "until",
		    until, "records", (json_int_t)t->records);
	sealed_free(t->file);
	exports_close(&e);
	return st;
}

/* ---- one request ---- */

/* The first instant after it is due; or later, where that is over. */
static enum status find_end(struct taking *t)
{
	json_t *o = NULL;
	int32_t day;
	enum status st = rights_show(t->in, t->id, t->by->now, &o);

	if (st == ST_OK)
		st = civil_parse(json_text(o, "due_date"),
		    strlen(json_text(o, "due_date")), &day);
	if (st == ST_OK) {
		t->until = zone_midnight(t->in->zone, day + 1);
		if (t->until <= t->by->now)
			t->until = t->by->now + LATE_SECONDS;
	}
	json_decref(o);
	return st;
}

static int asks_for_data(const struct request *r)
{
	return (r->type == REQUEST_ACCESS || r->type == REQUEST_PORTABILITY) &&
	       request_is_open(r->state);
}

enum status snapshot_take(struct installation *in,
    const struct rights_actor *by, const char *id, json_t **out)
{
	struct taking t = { .in = in, .by = by, .id = id };
	struct request r = { 0 };
	enum status st = book_read(in, id, &r);

	if (st != ST_OK)
		return st;
	if (!asks_for_data(&r)) {
		st = json_made(json_null(), out);
	} else {
		st = find_end(&t);
		if (st == ST_OK)
			st = take(&t, &r, out);
	}
	request_release(&r);
	return st;
}

/* ---- those that are missing ---- */

static enum status missing(struct installation *in, int64_t as_of, json_t **ids)
{
	json_t *list = NULL;
	struct stmt *s = NULL;
	enum status st = json_made(json_array(), &list);

	if (st == ST_OK)
		st = db_query(in->control,
		    "SELECT r.id FROM request AS r"
		    " WHERE r.type IN ('access', 'portability')"
		    " AND r.closed_day IS NULL AND NOT EXISTS"
		    " (SELECT 1 FROM snapshot AS x WHERE x.request = r.number"
		    " AND x.until_at > $1"
		    " AND (x.why IS NULL OR x.why <> 'closed'))"
		    " ORDER BY r.number",
		    ARGS(INT(as_of)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = json_push(list, json_string(db_text(s, 0)));
	db_done(s);
	if (st == ST_NOTFOUND) {
		*ids = list;
		return ST_OK;
	}
	json_decref(list);
	return st;
}

enum status snapshot_renew(struct installation *in,
    const struct rights_actor *by, int64_t as_of, json_t **out)
{
	json_t *ids = NULL, *one = NULL;
	const json_t *id;
	json_int_t taken = 0, failed = 0;
	enum status st = installation_open_control(in);
	size_t i;

	if (st == ST_OK)
		st = missing(in, as_of, &ids);
	json_array_foreach(ids, i, id)
	{
		if (snapshot_take(in, by, json_string_value(id), &one) ==
		    ST_OK) {
			taken++;
		} else {
			failed++;
			status_clear();
		}
		json_decref(one);
		one = NULL;
	}
	json_decref(ids);
	return st == ST_OK ? json_make(out, "{s:I, s:I}", "taken", taken,
				 "failed", failed)
			   : st;
}
