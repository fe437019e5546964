/* All records of a person. */
#include "engine/consent/history.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/zone.h"

static enum consent_kind kind_of(const char *name)
{
	int k = 0;

	while (k + 1 < CONSENT_KIND__MAX &&
	       strcmp(consent_kind_name((enum consent_kind)k), name) != 0)
		k++;
	return (enum consent_kind)k;
}

/* Local where the record's zone is still the installation's. */
static void time_of(const struct installation *in, const char *zone, int64_t at,
    char out[ZONE_TEXT])
{
	if (strcmp(zone, zone_name(in->zone)) == 0)
		zone_format(in->zone, at, out);
	else
		civil_format_instant(at, out);
}

static enum status row_json(
    const struct installation *in, struct stmt *s, json_t **out)
{
	char at[ZONE_TEXT], until[INSTANT_TEXT], made[INSTANT_TEXT];
	int ends = db_val(s, 7).type != VAL_NULL;

	time_of(in, db_text(s, 6), db_int(s, 5), at);
	civil_format_instant(db_int(s, 7), until);
	civil_format_instant(db_int(s, 14), made);
	return json_make(out,
	    "{s:s, s:s, s:I, s:s, s:s, s:s, s:s?, s:s, s:s, s:s, s:s?, s:s?,"
	    " s:s?, s:s, s:s}",
	    "id", db_text(s, 1), "notice", db_text(s, 2), "version",
	    (json_int_t)db_int(s, 3), "kind", db_text(s, 4), "at", at, "zone",
	    db_text(s, 6), "expires_at", ends ? until : NULL, "language",
	    db_text(s, 8), "channel", db_text(s, 9), "method", db_text(s, 10),
	    "evidence", db_text(s, 11), "evidence_sha256", db_text(s, 12),
	    "request", db_text(s, 13), "recorded_at", made, "recorded_by",
	    db_text(s, 15));
}

static enum status add(
    const struct installation *in, struct history *h, struct stmt *s)
{
	struct consent_event *events =
	    reallocarray(h->events, h->count + 1, sizeof(*events));
	json_t **rows;
	enum status st;

	if (events == NULL)
		return fail(ST_NOMEM, "out of memory");
	h->events = events;
	rows = reallocarray(h->rows, h->count + 1, sizeof(json_t *));
	if (rows == NULL)
		return fail(ST_NOMEM, "out of memory");
	h->rows = rows;
	if ((st = row_json(in, s, &rows[h->count])) != ST_OK)
		return st;
	events[h->count++] = (struct consent_event){
		.at = db_int(s, 5),
		.expires_at = db_val(s, 7).type == VAL_NULL ? CONSENT_NO_END
							    : db_int(s, 7),
		.number = db_int(s, 0),
		.version = db_int(s, 3),
		.kind = kind_of(db_text(s, 4)),
	};
	return ST_OK;
}

enum status history_read(struct installation *in, int64_t subject,
    const char *notice, struct history *out)
{
	struct history h = { 0 };
	struct stmt *s = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT number, id, notice, version, kind, at, zone, expires_at,"
	    " language, channel, method, evidence, evidence_sha256, request,"
	    " recorded_at, recorded_by FROM consent_record"
	    " WHERE subject = $1 AND notice = coalesce($2, notice)"
	    " ORDER BY notice, at, kind <> 'given', number",
	    ARGS(INT(subject), TEXT(notice)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = add(in, &h, s);
	db_done(s);
	if (st == ST_NOTFOUND) {
		*out = h;
		return ST_OK;
	}
	history_release(&h);
	return st;
}

void history_release(struct history *h)
{
	for (size_t i = 0; i < h->count; i++)
		json_decref(h->rows[i]);
	free(h->rows);
	free(h->events);
	*h = (struct history){ 0 };
}

const char *history_notice(const struct history *h, size_t i)
{
	return json_text(h->rows[i], "notice");
}

size_t history_span(const struct history *h, size_t from)
{
	size_t n = 1;

	while (from + n < h->count && strcmp(history_notice(h, from),
					  history_notice(h, from + n)) == 0)
		n++;
	return n;
}
