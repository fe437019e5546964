/* Receipts of consent. */
#include "engine/consent/receipt.h"

#include <stdlib.h>
#include <string.h>

#include "engine/audit/log.h"
#include "engine/base/civil.h"
#include "engine/consent/deed.h"
#include "engine/consent/history.h"
#include "engine/consent/notice.h"
#include "engine/subjects/subjects.h"

/* ---- made of ---- */

static json_t *terms(const json_t *names)
{
	json_t *list = json_array(), *term;
	const json_t *n;
	size_t i;

	json_array_foreach(names, i, n)
	{
		term = json_sprintf("dpv:%s", json_string_value(n));
		if (json_array_append_new(list, term) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *context(void)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "dpv", "https://w3id.org/dpv#",
	    "eu-gdpr", "https://w3id.org/dpv/legal/eu/gdpr#", "dct",
	    "http://purl.org/dc/terms/", "iso27560",
	    "https://w3id.org/dpv/schema/dpv-27560#");
}

static const char *basis_of(const json_t *body)
{
	return strcmp(json_text(body, "legal_basis"), "explicit_consent") == 0
		   ? "eu-gdpr:A6-1-a-explicit-consent"
		   : "eu-gdpr:A6-1-a";
}

static const char *status_of(const char *state)
{
	static const struct {
		const char *state;
		const char *term;
	} words[] = {
		{ "given", "dpv:ConsentGiven" },
		{ "refused", "dpv:ConsentRefused" },
		{ "withdrawn", "dpv:ConsentWithdrawn" },
		{ "expired", "dpv:ConsentExpired" },
		{ "superseded", "dpv:ConsentInvalidated" },
	};
	const char *term = "dpv:ConsentUnknown";

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(words[i].state, state) == 0)
			term = words[i].term;
	return term;
}

static json_t *processing(
    const json_t *row, const json_t *body, const char *sha256)
{
	const char *language = json_text(row, "language");

	return json_pack(
	    "{s:{s:s, s:s, s:I, s:s}, s:s, s:O, s:o, s:s, s:{s:s, s:s}, s:s,"
	    " s:O, s:s}",
	    "privacy_notice", "id", json_text(row, "notice"), "title",
	    notice_words(body, "title", language), "version",
	    (json_int_t)json_int(row, "version"), "sha256", sha256, "language",
	    language, "purpose", json_object_get(body, "purposes"),
	    "purpose_type", terms(json_object_get(body, "dpv")), "lawful_basis",
	    basis_of(body), "pii_controller", "party_role",
	    "dpv:DataController", "party_name",
	    notice_words(body, "controller", language), "collection_method",
	    json_text(row, "channel"), "recipient_third_parties",
	    json_object_get(body, "recipients"), "withdrawal_method",
	    notice_words(body, "withdrawal", language));
}

static json_t *event(const json_t *row, const json_t *body)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:O?, s:O?}", "event_time",
	    json_text(row, "at"), "event_type", "dpv:ConsentControl",
	    "event_state", status_of(json_text(row, "kind")), "method",
	    json_text(row, "method"), "validity_duration",
	    json_object_get(body, "valid"), "expires_at",
	    json_object_get(row, "expires_at"));
}

static enum status make(const json_t *row, const json_t *body,
    const char *sha256, const struct reach_subject *who, json_t **out)
{
	const char *language = json_text(row, "language");

	return json_make(out,
	    "{s:o, s:s, s:s, s:s, s:s, s:s, s:{s:s, s:s}, s:o, s:s, s:o}",
	    "@context", context(), "format", RECEIPT_FORMAT, "@type",
	    "dpv:ConsentReceipt", "dct:conformsTo",
	    "https://w3id.org/dpv/schema/dpv-27560#receipt-eu-gdpr",
	    "schema_version", "ISO/IEC TS 27560:2023", "record_id",
	    json_text(row, "id"), "pii_principal_id", "identity", who->identity,
	    "value", who->value, "pii_processing",
	    processing(row, body, sha256), "notice_text",
	    notice_words(body, "text", language), "event", event(row, body));
}

/* ---- the record ---- */

struct found {
	int64_t subject;
	char *identity;
	char *value;
	char *notice;
};

static void found_release(struct found *f)
{
	free(f->identity);
	free(f->value);
	free(f->notice);
}

static enum status find(
    struct installation *in, const char *id, struct found *f)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT c.subject, c.notice, s.identity FROM consent_record AS c"
	    " JOIN subject AS s ON s.id = c.subject WHERE c.id = $1",
	    ARGS(TEXT(id)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		f->subject = db_int(s, 0);
		f->notice = strdup(db_text(s, 1));
		f->identity = strdup(db_text(s, 2));
		if (!f->notice || !f->identity)
			st = fail(ST_NOMEM, "out of memory");
	}
	db_done(s);
	if (st == ST_NOTFOUND)
		return fail(ST_USAGE,
		    "there is no record `%.40s`: `lethe consent show` lists a "
		    "person's",
		    id);
	return st == ST_OK ? subjects_value(in, f->subject, &f->value) : st;
}

static enum status receipt_of(struct installation *in, const struct found *f,
    const char *id, json_t **out)
{
	const struct reach_subject who = { f->identity, f->value };
	char sha256[SHA256_TEXT];
	struct history h = { 0 };
	json_t *body = NULL;
	enum status st = history_read(in, f->subject, f->notice, &h);

	for (size_t i = 0; st == ST_OK && i < h.count; i++) {
		if (strcmp(json_text(h.rows[i], "id"), id) != 0)
			continue;
		st = notice_kept(
		    in, f->notice, h.events[i].version, &body, sha256);
		if (st == ST_OK)
			st = make(h.rows[i], body, sha256, &who, out);
		break;
	}
	json_decref(body);
	history_release(&h);
	return st;
}

static enum status sign(
    struct installation *in, const json_t *receipt, json_t **out)
{
	struct buf text = BUF_INIT, note = BUF_INIT;
	char *line = NULL;
	enum status st = json_canonical(receipt, &line);

	if (st == ST_OK) {
		buf_addf(&text, "%s\n", line);
		st = buf_status(&text);
	}
	if (st == ST_OK)
		st = audit_sign(in->audit, buf_text(&text), &note);
	if (st == ST_OK)
		st = json_make(out, "{s:O, s:s}", "receipt", receipt, "note",
		    buf_text(&note));
	free(line);
	buf_release(&text);
	buf_release(&note);
	return st;
}

enum status receipt_make(struct installation *in, const struct rights_actor *by,
    const char *id, json_t **out)
{
	struct found f = { 0 };
	json_t *receipt = NULL;
	enum status st = deed_begin(in);

	if (st == ST_OK)
		st = find(in, id, &f);
	if (st == ST_OK)
		st = receipt_of(in, &f, id, &receipt);
	if (st == ST_OK)
		st = deed_note(in, by, "consent_receipt_made",
		    json_pack("{s:s, s:s}", "object", f.notice, "record", id));
	st = deed_end(in, st);
	if (st == ST_OK)
		st = sign(in, receipt, out);
	json_decref(receipt);
	found_release(&f);
	return st;
}

/* ---- checked ---- */

static enum status check_note(
    const struct note_key *key, const char *note, size_t len, json_t **receipt)
{
	size_t text = 0;
	json_t *o;
	enum status st = note_open(key, note, len, &text);

	if (st == ST_INVALID)
		return fail(ST_INTEGRITY, "that is no receipt of consent");
	if (st != ST_OK)
		return st;
	o = json_loadb(note, text, 0, NULL);
	if (strcmp(json_text(o, "format"), RECEIPT_FORMAT) != 0) {
		json_decref(o);
		return fail(
		    ST_INTEGRITY, "what was signed is no receipt of consent");
	}
	*receipt = o;
	return ST_OK;
}

enum status receipt_check(
    const struct note_key *key, const char *bytes, size_t len, json_t **receipt)
{
	json_t *both = json_loadb(bytes, len, 0, NULL), *own = NULL;
	const char *note = json_text(both, "note");
	enum status st;

	if (both == NULL)
		return check_note(key, bytes, len, receipt);
	st = check_note(key, note, strlen(note), &own);
	if (st == ST_OK && !json_equal(own, json_object_get(both, "receipt")))
		st = fail(
		    ST_INTEGRITY, "the receipt does not say what was signed");
	json_decref(both);
	if (st == ST_OK)
		*receipt = own;
	else
		json_decref(own);
	return st;
}
