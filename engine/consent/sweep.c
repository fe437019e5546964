/* The end of consents and preferences themselves. */
#include "engine/consent/sweep.h"

#include <stdlib.h>
#include <string.h>

#include "engine/consent/deed.h"
#include "engine/consent/ends.h"
#include "engine/consent/history.h"
#include "engine/holds/registry.h"
#include "engine/rights/held.h"
#include "engine/rights/notification.h"
#include "engine/rights/step.h"
#include "engine/subjects/subjects.h"

struct sweep {
	struct installation *in;
	const struct rights_actor *by;
	enum sweep_mode mode;
	int64_t before; /* what ended before it may go */
	int64_t now;
	json_t *holds;
	struct buf ids; /* of the records that went: they say nothing */
	int64_t due;
	int64_t held;
	int64_t deleted;
	int64_t preferences;
};

/* A person, as far as that was asked. */
struct person {
	int64_t id;
	struct reach_subject who;
	int has_records;
	int is_held;
};

/* ---- consents ---- */

static int64_t end_of(const struct sweep *w, const struct person *p,
    const struct history *h, size_t from, size_t count)
{
	int64_t end = consent_end(&h->events[from], count, w->now);

	if (end == CONSENT_NO_END && !p->has_records)
		end = h->events[from + count - 1].at;
	return end;
}

static enum status delete_group(struct sweep *w, const struct person *p,
    const struct history *h, size_t from, size_t count)
{
	int64_t n = 0;
	enum status st;

	for (size_t i = from; i < from + count; i++)
		buf_addf(&w->ids, "%s\n", json_text(h->rows[i], "id"));
	st = db_exec_(w->in->control,
	    "DELETE FROM consent_record WHERE subject = $1 AND notice = $2",
	    ARGS(INT(p->id), TEXT(history_notice(h, from))), &n);
	w->deleted += n;
	return st;
}

static enum status sweep_consents(struct sweep *w, const struct person *p)
{
	struct history h = { 0 };
	enum status st = history_read(w->in, p->id, NULL, &h);

	for (size_t i = 0, n; st == ST_OK && i < h.count; i += n) {
		n = history_span(&h, i);
		if (end_of(w, p, &h, i, n) >= w->before)
			continue;
		w->due++;
		w->held += p->is_held;
		if (w->mode == SWEEP_DELETE && !p->is_held)
			st = delete_group(w, p, &h, i, n);
	}
	history_release(&h);
	return st;
}

/* ---- preferences ---- */

/* Nobody is told any more what will be forgotten. */
static enum status end_notifications(struct sweep *w, const struct person *p)
{
	int64_t change = 0;
	enum status st;

	do {
		change = 0;
		st = db_one_int(w->in->control,
		    "SELECT c.number FROM preference_change AS c"
		    " JOIN recipient_notification AS n"
		    " ON n.preference = c.number AND n.state = 'open'"
		    " WHERE c.subject = $1 AND c.at < $2"
		    " AND (c.superseded = 1 OR $3 = 0) LIMIT 1",
		    ARGS(INT(p->id), INT(w->before), INT(p->has_records)), 0,
		    &change);
		if (st == ST_OK && change)
			st = notification_end_setting(w->in, change,
			    "retention_over", w->by->name, w->now);
	} while (st == ST_OK && change);
	return st;
}

static enum status sweep_preferences(struct sweep *w, const struct person *p)
{
	int64_t n = 0;
	enum status st = ST_OK;

	if (w->mode == SWEEP_DELETE && !p->is_held)
		st = end_notifications(w, p);
	if (st == ST_OK && w->mode == SWEEP_DELETE && !p->is_held)
		st = db_exec_(w->in->control,
		    "DELETE FROM preference_change WHERE subject = $1"
		    " AND at < $2 AND (superseded = 1 OR $3 = 0)",
		    ARGS(INT(p->id), INT(w->before), INT(p->has_records)), &n);
	w->preferences += n;
	return st;
}

/* ---- people ---- */

static enum status look_at(struct sweep *w, int64_t id, const char *identity)
{
	struct person p = { .id = id, .who = { identity, NULL } };
	char *value = NULL;
	enum status st = subjects_value(w->in, id, &value);

	p.who.value = value;
	if (st == ST_OK)
		st = subjects_have_records(w->in, id, identity, &p.has_records);
	if (st == ST_OK)
		st = held_person(w->in, w->holds, &p.who, &p.is_held);
	if (st == ST_OK)
		st = sweep_consents(w, &p);
	if (st == ST_OK)
		st = sweep_preferences(w, &p);
	free(value);
	return st;
}

/* The next person with something old enough. */
static enum status next(struct sweep *w, int64_t *id, char **identity)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(w->in->control,
	    "SELECT id, identity FROM subject WHERE id > $1 AND (EXISTS"
	    " (SELECT 1 FROM consent_record AS c WHERE c.subject = subject.id"
	    " AND c.at < $2) OR EXISTS (SELECT 1 FROM preference_change AS p"
	    " WHERE p.subject = subject.id AND p.at < $2))"
	    " ORDER BY id LIMIT 1",
	    ARGS(INT(*id), INT(w->before)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		*id = db_int(s, 0);
		*identity = strdup(db_text(s, 1));
		if (*identity == NULL)
			st = fail(ST_NOMEM, "out of memory");
	}
	db_done(s);
	return st;
}

static enum status sweep_people(struct sweep *w)
{
	char *identity = NULL;
	int64_t id = 0;
	enum status st;

	while ((st = next(w, &id, &identity)) == ST_OK) {
		st = look_at(w, id, identity);
		free(identity);
		identity = NULL;
		if (st != ST_OK)
			return st;
	}
	free(identity);
	return st == ST_NOTFOUND ? ST_OK : st;
}

/* ---- a run ---- */

static enum status note(struct sweep *w, const struct rights_actor *by)
{
	char digest[SHA256_TEXT];
	enum status st = buf_status(&w->ids);

	if (st != ST_OK || (w->deleted == 0 && w->preferences == 0))
		return st;
	sha256_hex(buf_text(&w->ids), w->ids.len, digest);
	return deed_note(w->in, by, "consents_deleted",
	    json_pack("{s:s, s:I, s:I, s:s}", "object", "consents", "records",
		(json_int_t)w->deleted, "preferences",
		(json_int_t)w->preferences, "digest", digest));
}

/* The holds are read under the lock under which it is deleted. */
static enum status work(struct sweep *w, const struct rights_actor *by)
{
	struct calendar c = { .zone = w->in->zone };
	enum status st =
	    calendar_rule_parse(w->in->config.requests.calendar_rule, &c.rule);

	if (st != ST_OK)
		return st;
	w->before = calendar_cutoff(
	    &c, w->now, CALENDAR_FROM_EVENT, w->in->consents.retention)
			.before;
	/* What is not written yet must be, before it is forgotten. */
	if (w->mode == SWEEP_DELETE && (st = ends_mark(w->in, by)) != ST_OK)
		return st;
	if ((st = deed_begin(w->in)) == ST_OK)
		st = registry_read(
		    w->in, REGISTRY_ACTIVE, NULL, w->now, &w->holds);
	if (st == ST_OK)
		st = sweep_people(w);
	if (st == ST_OK)
		st = note(w, by);
	st = deed_end(w->in, st);
	if (st == ST_OK)
		st = events_ship(w->in);
	if (st == ST_OK && (w->deleted || w->preferences))
		st = db_scrub(w->in->control);
	/* A reader is at it: the next run scrubs. */
	return st == ST_BUSY && w->deleted ? ST_OK : st;
}

enum status consent_sweep(struct installation *in, enum sweep_mode mode,
    const struct rights_actor *by, int64_t as_of, json_t **out)
{
	struct sweep w = {
		.in = in, .by = by, .mode = mode, .now = as_of
	};
	struct period p = in->consents.retention;
	int any = p.months || p.days || p.seconds;
	enum status st = any ? work(&w, by) : ST_OK;
	char period[PERIOD_TEXT];

	period_format(p, period);
	if (st == ST_OK)
		st = json_make(out, "{s:s?, s:I, s:I, s:I, s:I}", "retention",
		    any ? period : NULL, "due", (json_int_t)w.due, "deleted",
		    (json_int_t)w.deleted, "held", (json_int_t)w.held,
		    "preferences", (json_int_t)w.preferences);
	json_decref(w.holds);
	buf_release(&w.ids);
	return st;
}
