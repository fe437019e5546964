/* Placing a suspension: what people give is checked, then it takes effect. */
#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/utf8.h"
#include "engine/base/zone.h"
#include "engine/holds/entries.h"
#include "engine/holds/held.h"
#include "engine/holds/holds.h"
#include "engine/holds/reason.h"
#include "engine/holds/refresh.h"
#include "engine/holds/registry.h"
#include "engine/holds/scope.h"

/* ---- what is missing ---- */

static enum status is_text(const char *name, const char *text)
{
	if (text == NULL || utf8_valid(text, strlen(text)))
		return ST_OK;
	return fail(ST_USAGE, "--%s is not UTF-8", name);
}

static enum status check_texts(const struct holds_order *o)
{
	enum status st = is_text("authority", o->authority);

	if (st == ST_OK)
		st = is_text("note", o->note);
	if (st == ST_OK)
		st = is_text("owner", o->owner);
	return st;
}

static enum status check_authority(
    const struct holds_order *o, const struct holds_reason *reason)
{
	if (reason->kind != SUSPENSION_HOLD || (o->authority && *o->authority))
		return ST_OK;
	return fail(ST_USAGE,
	    "a hold names who demands it: give --authority WHO (a court, an "
	    "office, a department)");
}

/* The whole days of ${p} from ${today} on, at least one. */
static int32_t day_after(int32_t today, struct period p)
{
	int32_t day;

	p.days +=
	    (int32_t)((p.seconds + CIVIL_DAY_SECONDS - 1) / CIVIL_DAY_SECONDS);
	day = calendar_last_day(CALENDAR_EU_1182_71, today, p);
	return day > today ? day : today + 1;
}

static enum status set_review(const struct installation *in,
    const struct holds_order *o, int64_t now, char out[CIVIL_TEXT])
{
	int32_t today = zone_day(in->zone, now), day = o->review;

	if (day == HOLDS_NO_DAY)
		day = day_after(today, in->config.holds.review);
	civil_format(day, out);
	if (day > today)
		return ST_OK;
	return fail(ST_USAGE,
	    "the review date %s does not lie ahead: give the day on which "
	    "somebody looks at it again",
	    out);
}

/* ---- the row ---- */

static enum status subject_json(const struct holds_scope *s, json_t **out)
{
	if (s->identity == NULL) {
		*out = json_null();
		return ST_OK;
	}
	return json_make(
	    out, "{s:s, s:s}", "identity", s->identity, "value", s->value);
}

static enum status record_json(const struct holds_scope *s, json_t **out)
{
	json_t *key;
	enum status st = ST_OK;
	size_t i;

	if (s->store == NULL) {
		*out = json_null();
		return ST_OK;
	}
	if ((key = json_array()) == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; st == ST_OK && i < s->key_count; i++)
		st = json_push(key, json_string(s->key[i]));
	if (st == ST_OK)
		st = json_make(out, "{s:s, s:s, s:O}", "store", s->store,
		    "collection", s->collection, "key", key);
	json_decref(key);
	return st;
}

static enum status compose(const struct holds_order *o,
    const struct holds_reason *reason, const char *actor, const char *review,
    json_t **out)
{
	json_t *subject = NULL, *record = NULL;
	enum status st;

	st = subject_json(&o->scope, &subject);
	if (st == ST_OK)
		st = record_json(&o->scope, &record);
	if (st == ST_OK)
		st = json_make(out,
		    "{s:s, s:O, s:O, s:s?, s:s, s:s?, s:s?, s:s, s:s, s:s, "
		    "s:s?, s:I}",
		    "kind", suspension_kind_name(reason->kind), "subject",
		    subject, "record", record, "cluster", o->scope.cluster,
		    "reason", reason->code, "authority", o->authority, "note",
		    o->note, "owner", o->owner ? o->owner : actor, "review",
		    review, "placed_by", actor, "request", o->request, "part",
		    (json_int_t)o->part);
	json_decref(subject);
	json_decref(record);
	return st;
}

/* ---- effect ---- */

static enum status take_effect(
    struct installation *in, const char *id, int64_t now, json_t **out)
{
	json_t *o = NULL, *collections = NULL;
	int64_t records = 0;
	enum status st;

	if ((st = refresh_stores(in, id)) != ST_OK)
		return st;
	st = held_count(in, id, &records);
	if (st == ST_OK)
		st = entries_count(in, id, ENTRIES_PLACED, records);
	if (st == ST_OK)
		st = entries_ship(in);
	if (st == ST_OK)
		st = held_json(in, id, &collections);
	if (st == ST_OK)
		st = registry_get(in, id, now, &o);
	if (st == ST_OK)
		st = json_put(o, "records", json_integer(records));
	if (st == ST_OK)
		st = json_put(o, "collections", json_incref(collections));
	json_decref(collections);
	if (st == ST_OK)
		*out = o;
	else
		json_decref(o);
	return st;
}

enum status holds_place(struct installation *in, const struct holds_order *o,
    const char *actor, json_t **out)
{
	const struct holds_reason *reason = NULL;
	char review[CIVIL_TEXT], id[REGISTRY_ID_TEXT];
	int64_t now = when_now();
	json_t *row = NULL;
	enum status st;

	if ((st = check_texts(o)) != ST_OK)
		return st;
	if ((st = holds_reason_find(o->reason, &reason)) != ST_OK)
		return st;
	if ((st = check_authority(o, reason)) != ST_OK)
		return st;
	if ((st = set_review(in, o, now, review)) != ST_OK)
		return st;
	if ((st = scope_check(in, &o->scope)) != ST_OK)
		return st;
	if ((st = installation_open_control(in)) != ST_OK)
		return st;
	st = compose(o, reason, actor, review, &row);
	if (st == ST_OK)
		st = registry_add(in, row, now, id);
	json_decref(row);
	if (st != ST_OK)
		return st;
	st = take_effect(in, id, now, out);
	if (st != ST_OK)
		status_prefix("%s is placed, but not in every store yet; no "
			      "purge begins before it is: ",
		    id);
	return st;
}
