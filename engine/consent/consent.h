#ifndef CONSENT_CONSENT_H
#define CONSENT_CONSENT_H

#include <stdint.h>

#include "engine/base/buf.h"
#include "engine/base/json.h"
#include "engine/consent/state.h"
#include "engine/installation/installation.h"
#include "engine/plan/reach.h"
#include "engine/rights/rights.h"

/*
 * Consents (GDPR Art. 7): who agreed to what, when, and to which words.
 *
 * A record is something that a person did about a notice: given, refused,
 * withdrawn.  Nothing is overwritten; what is valid follows from the records
 * (state.h).  The notices stand in the file `consents:` of lethe.yml, and each
 * version that was ever used is kept as it was: a text that changed under its
 * version is ST_INVALID, for every verb.
 *
 * A verb is one transaction of the control database.  The audit log is told
 * afterwards, exactly once, whoever is killed when; it has the person as a
 * pseudonym.  A person is one identity in canonical form, as in requests.
 *
 * ST_USAGE: no such notice, person, word; what lies ahead of now.  ${*out} is
 * the caller's.
 */
struct consent_order {
	const char *identity;
	const char *value;
	const char *notice;
	int64_t version; /* 0: the latest */
	enum consent_kind kind;
	const char *language; /* NULL: the only one */
	const char *channel;  /* portal, app, vehicle, email, phone, letter,
				 dealer */
	const char *method;   /* form, call, document, in_person, interface */
	const char *evidence; /* where it can be found, or NULL */
	const char *evidence_sha256; /* or NULL */
	int64_t at;                  /* when the person did it */
	const char *request;         /* that it is done for, or NULL */
};

/* Given or refused.  {"id","notice","version","kind","at","expires_at",
 * "state"}: the state of the notice now. */
enum status consent_record(struct installation *in,
    const struct rights_actor *by, const struct consent_order *o,
    json_t **out) MUST_CHECK;

/*
 * Withdraw what the person has given and is valid at ${o->at}: of
 * ${o->notice}, or of all notices that rest on ${purpose}, or, where both are
 * NULL, everything.  Takes effect at once: the stores are told the end (ends.h)
 * before this returns.  {"withdrawn":[{"id","notice","version"}]}, which is
 * empty where nothing was.
 */
enum status consent_withdraw(struct installation *in,
    const struct rights_actor *by, const struct consent_order *o,
    const char *purpose, json_t **out) MUST_CHECK;

/* The same for the consent_withdrawal request ${id}, whose person has been
 * verified, as of when it was received; then it is fulfilled.  ST_DENIED: it
 * is not that far. */
enum status consent_withdraw_request(struct installation *in,
    const struct rights_actor *by, const char *id, const char *notice,
    const char *purpose, json_t **out) MUST_CHECK;

/*
 * {"consents":[{"notice","title","state","version","since","expires_at",
 * "records":[{...,"state"}]}]}: everything ever recorded about ${who}, and how
 * it stands at ${as_of}.
 */
enum status consent_show(struct installation *in,
    const struct reach_subject *who, int64_t as_of, json_t **out) MUST_CHECK;

/* {"notices":[{"id","version","purposes","sha256","given","refused",
 * "withdrawn"}]}: how many records there are.  Names nobody. */
enum status consent_list(struct installation *in, json_t **out) MUST_CHECK;

/*
 * Was there a valid consent of ${who} for ${purpose} at ${at}?
 * {"valid","purpose","at","consents":[{"notice","version","state","record",
 * "language","sha256","text","purposes", ...}]}: of every notice that rests on
 * the purpose the record that decides, and exactly the words that were shown.
 */
enum status consent_prove(struct installation *in,
    const struct reach_subject *who, const char *purpose, int64_t at,
    json_t **out) MUST_CHECK;

/*
 * Records from a file, CSV with a header or a JSON object a line: identity,
 * value, notice, kind, at, and, where given, version, language, channel,
 * method, evidence, evidence_sha256.  All or nothing: ST_INVALID, and
 * {"errors":[{"line","problem"}]} in ${*out}, where a line is wrong; else
 * {"records"}.
 */
enum consent_format { CONSENT_CSV, CONSENT_JSONL };
enum status consent_import(struct installation *in,
    const struct rights_actor *by, const char *path, enum consent_format format,
    json_t **out) MUST_CHECK;

/* That no notice has changed under its version.  ST_INVALID: one has. */
enum status consent_check(struct installation *in) MUST_CHECK;

#endif /* !CONSENT_CONSENT_H */
