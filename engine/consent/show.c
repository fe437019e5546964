/* How consents stand, and what they rested on. */
#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/consent/deed.h"
#include "engine/consent/history.h"
#include "engine/consent/notice.h"

/* ---- one person ---- */

static enum status records_json(const struct history *h, size_t from,
    size_t count, int64_t as_of, json_t **out)
{
	json_t *list = json_array();
	enum status st = list ? ST_OK : fail(ST_NOMEM, "out of memory");

	for (size_t i = 0; st == ST_OK && i < count; i++) {
		enum consent_state s =
		    consent_state_of(&h->events[from], count, i, as_of);

		st = json_put(h->rows[from + i], "state",
		    json_string(consent_state_name(s)));
		if (st == ST_OK)
			st = json_push(list, json_incref(h->rows[from + i]));
	}
	if (st == ST_OK)
		*out = list;
	else
		json_decref(list);
	return st;
}

static enum status notice_json(struct installation *in, const struct history *h,
    size_t from, size_t count, int64_t as_of, json_t **out)
{
	const struct consent_event *e = &h->events[from];
	size_t k = consent_deciding(e, count, as_of);
	size_t latest = k == count ? count - 1 : k;
	const json_t *row = h->rows[from + latest];
	json_t *body = NULL, *records = NULL;
	enum status st = notice_kept(
	    in, history_notice(h, from), e[latest].version, &body, NULL);

	if (st == ST_OK)
		st = records_json(h, from, count, as_of, &records);
	if (st == ST_OK)
		st =
		    json_make(out, "{s:s, s:O, s:s, s:I, s:s?, s:O?, s:O, s:O}",
			"notice", history_notice(h, from), "title",
			json_object_get(body, "title"), "state",
			consent_state_name(consent_state_at(e, count, as_of)),
			"version", (json_int_t)e[latest].version, "since",
			k == count ? NULL : json_text(row, "at"), "expires_at",
			json_object_get(row, "expires_at"), "text",
			json_object_get(body, "text"), "records", records);
	json_decref(records);
	json_decref(body);
	return st;
}

enum status consent_show(struct installation *in,
    const struct reach_subject *who, int64_t as_of, json_t **out)
{
	json_t *list = json_array(), *one = NULL;
	struct history h = { 0 };
	int64_t subject = 0;
	enum status st;

	if (list == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = installation_open_control(in);
	if (st == ST_OK)
		st = deed_find_subject(in, who, &subject);
	if (st == ST_OK)
		st = history_read(in, subject, NULL, &h);
	else if (st == ST_NOTFOUND)
		st = ST_OK;
	for (size_t i = 0, n; st == ST_OK && i < h.count; i += n) {
		n = history_span(&h, i);
		st = notice_json(in, &h, i, n, as_of, &one);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	history_release(&h);
	if (st == ST_OK)
		st = json_make(out, "{s:O}", "consents", list);
	json_decref(list);
	return st;
}

/* ---- all notices ---- */

static enum status count_json(struct stmt *s, json_t **out)
{
	json_t *body = json_loads(db_text(s, 3), 0, NULL);
	enum status st;

	st = json_make(out, "{s:s, s:I, s:s, s:O, s:I, s:I, s:I}", "id",
	    db_text(s, 0), "version", (json_int_t)db_int(s, 1), "sha256",
	    db_text(s, 2), "purposes", json_object_get(body, "purposes"),
	    "given", (json_int_t)db_int(s, 4), "refused",
	    (json_int_t)db_int(s, 5), "withdrawn", (json_int_t)db_int(s, 6));
	json_decref(body);
	return st;
}

enum status consent_list(struct installation *in, json_t **out)
{
	json_t *list = json_array(), *one = NULL;
	struct stmt *s = NULL;
	enum status st;

	if (list == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = deed_end(in, deed_begin(in));
	if (st == ST_OK)
		st = db_query(in->control,
		    "SELECT n.id, n.version, n.sha256, n.body,"
		    " sum(r.kind = 'given'), sum(r.kind = 'refused'),"
		    " sum(r.kind = 'withdrawn') FROM consent_notice AS n"
		    " LEFT JOIN consent_record AS r ON r.notice = n.id"
		    " AND r.version = n.version GROUP BY n.id, n.version"
		    " ORDER BY n.id, n.version",
		    NOARGS, &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		st = count_json(s, &one);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	db_done(s);
	if (st == ST_NOTFOUND)
		st = json_make(out, "{s:O}", "notices", list);
	json_decref(list);
	return st;
}
