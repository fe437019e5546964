/* Consent withdrawn: as easily as it was given (GDPR Art. 7(3)). */
#include <string.h>

#include "engine/consent/add.h"
#include "engine/consent/deed.h"
#include "engine/consent/ends.h"
#include "engine/consent/history.h"
#include "engine/consent/notice.h"
#include "engine/consent/tell.h"
#include "engine/rights/book.h"
#include "engine/rights/step.h"

/* Does that version of the notice rest on ${purpose}? */
static enum status rests_on(struct installation *in, const char *notice,
    int64_t version, const char *purpose, int *out)
{
	const json_t *p;
	json_t *body = NULL;
	enum status st;
	size_t i;

	*out = purpose == NULL;
	if (purpose == NULL)
		return ST_OK;
	st = notice_kept(in, notice, version, &body, NULL);
	json_array_foreach(json_object_get(body, "purposes"), i, p) *out |=
	    strcmp(json_string_value(p), purpose) == 0;
	json_decref(body);
	return st;
}

/* The notice of ${h} from ${i} on, ${n} records, if it is valid. */
static enum status withdraw_one(struct installation *in,
    const struct rights_actor *by, const struct consent_order *o,
    const char *purpose, const struct history *h, size_t i, size_t n,
    json_t *list)
{
	size_t k = consent_deciding(&h->events[i], n, o->at);
	struct consent_order own = *o;
	char id[CONSENT_ID];
	int64_t subject;
	enum status st;
	int rests = 0;

	if (consent_state_at(&h->events[i], n, o->at) != CONSENT_STATE_GIVEN)
		return ST_OK;
	own.kind = CONSENT_WITHDRAWN;
	own.notice = history_notice(h, i);
	own.version = h->events[i + k].version;
	own.language = json_text(h->rows[i + k], "language");
	st = rests_on(in, own.notice, own.version, purpose, &rests);
	if (st != ST_OK || !rests)
		return st;
	st = consent_add(in, by, &own, &subject, id);
	return st == ST_OK
		   ? json_push(list,
			 json_pack("{s:s, s:s, s:I}", "id", id, "notice",
			     own.notice, "version", (json_int_t)own.version))
		   : st;
}

static enum status withdraw_all(struct installation *in,
    const struct rights_actor *by, const struct consent_order *o,
    const char *purpose, json_t *list)
{
	const struct reach_subject who = { o->identity, o->value };
	struct history h = { 0 };
	int64_t subject = 0;
	enum status st = deed_find_subject(in, &who, &subject);

	if (st == ST_OK)
		st = history_read(in, subject, o->notice, &h);
	for (size_t i = 0, n; st == ST_OK && i < h.count; i += n) {
		n = history_span(&h, i);
		st = withdraw_one(in, by, o, purpose, &h, i, n, list);
	}
	history_release(&h);
	return st == ST_NOTFOUND ? ST_OK : st;
}

enum status consent_withdraw(struct installation *in,
    const struct rights_actor *by, const struct consent_order *o,
    const char *purpose, json_t **out)
{
	const struct reach_subject who = { o->identity, o->value };
	json_t *list = json_array(), *reach = NULL;
	enum status st;

	if (list == NULL)
		return fail(ST_NOMEM, "out of memory");
	if (o->at > by->now)
		st = fail(ST_USAGE, "that time lies ahead");
	else
		st = notification_reach(in, &who, &reach);
	if (st == ST_OK)
		st = deed_begin(in);
	if (st == ST_OK)
		st = withdraw_all(in, by, o, purpose, list);
	if (st == ST_OK && json_array_size(list) > 0)
		st = consent_tell(in, by, &who, reach, list);
	json_decref(reach);
	if (in->control && db_in_transaction(in->control))
		st = deed_end(in, st);
	if (st == ST_OK)
		st = events_ship(in);
	if (st == ST_OK)
		st = ends_mark(in, by);
	if (st == ST_OK)
		st = json_make(out, "{s:O}", "withdrawn", list);
	json_decref(list);
	return st;
}

/* ---- on request ---- */

static enum status check_request(const struct request *r)
{
	if (r->type != REQUEST_CONSENT_WITHDRAWAL)
		return fail(ST_DENIED,
		    "%s is no withdrawal of consent but `%s`", r->id,
		    request_type_name(r->type));
	if (r->state != REQUEST_IN_PROGRESS || !r->verified_at)
		return fail(ST_DENIED,
		    "%s is `%s`: who asks is verified first, with `lethe "
		    "request verify`",
		    r->id, request_state_name(r->state));
	return ST_OK;
}

static enum status fulfil(struct installation *in,
    const struct rights_actor *by, const struct request *r)
{
	const struct rights_decision yes = { .outcome = REQUEST_TO_FULFIL };
	json_t *o = NULL;
	enum status st = ST_OK;

	if (r->decided_by == NULL)
		st = rights_decide(in, by, r->id, &yes, &o);
	json_decref(o);
	o = NULL;
	if (st == ST_OK)
		st = rights_fulfil(in, by, r->id, NULL, &o);
	json_decref(o);
	return st;
}

/* Killed between the two it is done again: what is withdrawn stays so. */
enum status consent_withdraw_request(struct installation *in,
    const struct rights_actor *by, const char *id, const char *notice,
    const char *purpose, json_t **out)
{
	struct consent_order o = { .notice = notice, .method = "form" };
	struct request r = { 0 };
	json_t *done = NULL;
	enum status st = book_read(in, id, &r);

	if (st == ST_OK)
		st = check_request(&r);
	o.identity = r.identity;
	o.value = r.value;
	o.at = r.received_at;
	o.channel = request_channel_name(r.channel);
	o.request = r.id;
	if (st == ST_OK)
		st = consent_withdraw(in, by, &o, purpose, &done);
	if (st == ST_OK)
		st = fulfil(in, by, &r);
	request_release(&r);
	if (st == ST_OK)
		*out = done;
	else
		json_decref(done);
	return st;
}
