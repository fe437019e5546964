/* Consent given, refused, withdrawn. */
#include "engine/consent/add.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/utf8.h"
#include "engine/base/zone.h"
#include "engine/consent/deed.h"
#include "engine/consent/ends.h"
#include "engine/consent/history.h"
#include "engine/consent/notice.h"
#include "engine/crypto/random.h"
#include "engine/subjects/subjects.h"

/* ---- what is asked for ---- */

static enum status unknown_notice(
    const struct installation *in, const char *id, int64_t version)
{
	const char *names[65], *near;
	size_t n = 0;

	for (; n < in->consents.notice_count && n < 64; n++)
		names[n] = in->consents.notices[n].id;
	names[n] = NULL;
	if (consents_notice(&in->consents, id, 0))
		return fail(ST_USAGE, "the notice `%s` has no version %lld", id,
		    (long long)version);
	near = diag_nearest(id, names);
	return fail(ST_USAGE, "there is no such notice%s%s%s%s",
	    near ? ", did you mean `" : "", near ? near : "", near ? "`?" : "",
	    n ? "" : ": `consents:` in lethe.yml names the file of notices");
}

static int has_language(const struct consent_notice *n, const char *language)
{
	for (size_t i = 0; i < n->text.count; i++)
		if (*n->text.items[i].language == '\0' ||
		    strcmp(n->text.items[i].language, language) == 0)
			return 1;
	return 0;
}

/* In which language was it shown? */
static enum status pick_language(const struct consent_notice *n,
    const struct consent_order *o, const char **out)
{
	const char *only = n->text.count ? n->text.items[0].language : "";

	if (o->language && has_language(n, o->language)) {
		*out = o->language;
		return ST_OK;
	}
	if (o->language == NULL && n->text.count == 1) {
		*out = *only ? only : "en";
		return ST_OK;
	}
	return fail(ST_USAGE,
	    o->language ? "the notice `%s` was never shown in that language"
			: "in which language was the notice `%s` shown?",
	    n->id);
}

static int is_hash(const char *text)
{
	return strlen(text) == SHA256_TEXT - 1 &&
	       text[strspn(text, "0123456789abcdef")] == '\0';
}

static enum status check(
    const struct rights_actor *by, const struct consent_order *o)
{
	static const char *const channels[] = { "portal", "app", "vehicle",
		"email", "phone", "letter", "dealer", NULL };
	static const char *const methods[] = { "form", "call", "document",
		"in_person", "interface", NULL };
	enum status st = deed_word("channel", o->channel, channels);

	if (st == ST_OK)
		st = deed_word("method", o->method, methods);
	if (st != ST_OK)
		return st;
	if (o->notice == NULL)
		return fail(ST_USAGE, "which notice? give its id");
	if (o->at > by->now)
		return fail(ST_USAGE, "nobody can have agreed later than now");
	if (o->evidence && !utf8_valid(o->evidence, strlen(o->evidence)))
		return fail(ST_USAGE, "the evidence is not UTF-8");
	if (o->evidence_sha256 && !is_hash(o->evidence_sha256))
		return fail(ST_USAGE,
		    "the hash of the evidence is no SHA-256: 64 digits, "
		    "lower case");
	return ST_OK;
}

/* Counted as every period is; the day on which it was given is not. */
static enum status expiry(const struct installation *in,
    const struct consent_notice *n, const struct consent_order *o,
    struct val *out)
{
	struct calendar c = { .zone = in->zone };
	struct when at = { WHEN_INSTANT, 0, o->at };
	enum status st =
	    calendar_rule_parse(in->config.requests.calendar_rule, &c.rule);

	*out = NIL;
	if (st != ST_OK || o->kind != CONSENT_GIVEN ||
	    !(n->valid.months || n->valid.days || n->valid.seconds))
		return st;
	*out = INT(
	    calendar_end(&c, at, CALENDAR_FROM_EVENT, n->valid).deletable_from);
	return ST_OK;
}

/* A random UUID (RFC 9562, version 4). */
static enum status new_id(char out[CONSENT_ID])
{
	uint8_t b[16];
	enum status st = random_bytes(b, sizeof(b));

	if (st != ST_OK)
		return st;
	b[6] = (uint8_t)((b[6] & 0x0f) | 0x40);
	b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
	for (size_t i = 0, at = 0; i < sizeof(b); i++, at += 2) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			out[at++] = '-';
		(void)snprintf(out + at, 3, "%02x", b[i]);
	}
	return ST_OK;
}

/* ---- written down ---- */

static enum status note(struct installation *in, const struct rights_actor *by,
    const struct consent_order *o, int64_t version, const char *id,
    const char *subject)
{
	static const char *const actions[CONSENT_KIND__MAX] = {
		[CONSENT_GIVEN] = "consent_given",
		[CONSENT_REFUSED] = "consent_refused",
		[CONSENT_WITHDRAWN] = "consent_withdrawn",
	};
	char at[INSTANT_TEXT];

	civil_format_instant(o->at, at);
	return deed_note(in, by, actions[o->kind],
	    json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:s, s:s?}", "object",
		o->notice, "subject", subject, "record", id, "version",
		(json_int_t)version, "on", at, "channel", o->channel, "method",
		o->method, "request", o->request));
}

static enum status insert(struct installation *in,
    const struct rights_actor *by, const struct consent_order *o,
    const struct consent_notice *n, const char *language, const char *id,
    int64_t subject)
{
	struct val until;
	enum status st = expiry(in, n, o, &until);

	if (st != ST_OK)
		return st;
	return db_exec(in->control,
	    "INSERT INTO consent_record (id, subject, notice, version, kind,"
	    " at, zone, expires_at, language, channel, method, evidence,"
	    " evidence_sha256, request, recorded_at, recorded_by) VALUES ($1,"
	    " $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,"
	    " $16)",
	    ARGS(TEXT(id), INT(subject), TEXT(n->id), INT(n->version),
		TEXT(consent_kind_name(o->kind)), INT(o->at),
		TEXT(zone_name(in->zone)), until, TEXT(language),
		TEXT(o->channel), TEXT(o->method), TEXT(o->evidence),
		TEXT(o->evidence_sha256), TEXT(o->request), INT(by->now),
		TEXT(by->name)));
}

enum status consent_add(struct installation *in, const struct rights_actor *by,
    const struct consent_order *o, int64_t *subject, char id[CONSENT_ID])
{
	const struct consent_notice *n;
	char pseudonym[SUBJECT_TEXT], own[CONSENT_ID];
	const char *language = NULL;
	enum status st = check(by, o);

	if (st != ST_OK)
		return st;
	n = consents_notice(&in->consents, o->notice, o->version);
	if (n == NULL)
		return unknown_notice(in, o->notice, o->version);
	st = pick_language(n, o, &language);
	if (st == ST_OK)
		st = new_id(own);
	if (st == ST_OK)
		st =
		    deed_subject(in, o->identity, o->value, subject, pseudonym);
	if (st == ST_OK)
		st = insert(in, by, o, n, language, own, *subject);
	if (st == ST_OK)
		st = note(in, by, o, n->version, own, pseudonym);
	if (st == ST_OK && id)
		memcpy(id, own, sizeof(own));
	return st;
}

/* What the record ${id} says, and how its notice stands at ${now}. */
static enum status answer(struct installation *in, int64_t subject,
    const char *notice, const char *id, int64_t now, json_t **out)
{
	struct history h = { 0 };
	enum status st = history_read(in, subject, notice, &h);
	enum consent_state state = consent_state_at(h.events, h.count, now);

	for (size_t i = 0; st == ST_OK && i < h.count; i++)
		if (strcmp(json_text(h.rows[i], "id"), id) == 0)
			*out = json_incref(h.rows[i]);
	if (st == ST_OK)
		st = json_put(
		    *out, "state", json_string(consent_state_name(state)));
	history_release(&h);
	return st;
}

enum status consent_record(struct installation *in,
    const struct rights_actor *by, const struct consent_order *o, json_t **out)
{
	char id[CONSENT_ID];
	int64_t subject = 0;
	enum status st = deed_begin(in);

	if (st == ST_OK)
		st = consent_add(in, by, o, &subject, id);
	st = deed_end(in, st);
	if (st == ST_OK)
		st = ends_mark(in, by);
	return st == ST_OK ? answer(in, subject, o->notice, id, by->now, out)
			   : st;
}
