#ifndef RIGHTS_RIGHTS_H
#define RIGHTS_RIGHTS_H

#include <stdint.h>

#include "engine/base/json.h"
#include "engine/installation/installation.h"
#include "engine/rights/request.h"
#include "engine/rights/transition.h"

/*
 * Requests of data subjects, from receipt to decision.  Every verb is one
 * transaction of the control database with the event that it is; the audit
 * log is told afterwards, exactly once, whoever is killed when.  The log has
 * type, states, codes and the case's id, nothing of the person.
 *
 * ST_USAGE: no such request, a word that is none, what is missing.  ST_DENIED:
 * the table of transitions (transition.h) says no.
 *
 * ${*out} is the request as rights_show() gives it, the caller's.
 */
struct rights_actor {
	const char *name;   /* "os:ada" */
	unsigned int roles; /* bits of enum request_role */
	int64_t now;        /* Unix seconds */
};

/* ---- receipt ---- */

/* ST_USAGE: no dataset has a field that bears the identity ${identity}. */
enum status rights_identity_check(
    const struct installation *in, const char *identity) MUST_CHECK;

struct rights_order {
	enum request_type type;
	enum request_law law;
	enum request_channel channel;
	const char *identity; /* a `fides_meta.identity` of some dataset ... */
	const char *value;    /* ... and whose it is; need not be known */
	int64_t received_at;  /* when it reached the controller; not later */
	const char *words;    /* what was asked for, or NULL */
};
enum status rights_open(struct installation *in, const struct rights_actor *by,
    const struct rights_order *o, json_t **out) MUST_CHECK;

/*
 * {"id","type","state","law","channel","received_at","receipt_date",
 * "target_date","due_date","notice_due","extended","extension_void",
 * "extension_reason","suspended","standing","stood_days","resumed_due_date",
 * "restarted_due_date","holidays_missing","verified","verified_how",
 * "verified_at","verified_by","outcome","reason","authority","decided_by",
 * "approved_by","closed_date","duplicate_of","subject":{"identity","value"},
 * "words","others":[ids of the same person's],"duplicate_candidates":[those
 * of them that are open and of this type],"restrictions":[as
 * restriction.h's parts, without "records"],"lifting":null|{"reason",
 * "announced_at","lifts_at","lifted_at"},"history":[{"at","action","from",
 * "state","actor","reason","note"}]}, the clock as of ${as_of}.
 */
enum status rights_show(struct installation *in, const char *id, int64_t as_of,
    json_t **out) MUST_CHECK;

/* Of what type is it? */
enum status rights_type(
    struct installation *in, const char *id, enum request_type *out) MUST_CHECK;

/* ---- identity ---- */

/*
 * Put a one-time code to the e-mail address on file into the outbox
 * (outbox.h), in the same transaction.  ${*out} is {"id","state","expires_at"}
 * whether an address is known or not, and says nothing of it; without one
 * nothing was asked, so the clock goes on.  A code before it is worth nothing
 * any more.
 */
enum status rights_send_code(struct installation *in,
    const struct rights_actor *by, const char *id, json_t **out) MUST_CHECK;

/* Try ${code}.  ST_DENIED for a wrong one, one that has expired or was never
 * sent, all in the same words; it counts as an attempt.  Constant time. */
enum status rights_try_code(struct installation *in,
    const struct rights_actor *by, const char *id, const char *code,
    json_t **out) MUST_CHECK;

/* The person was asked at ${at} in another way; ${note} says for what, as
 * where the person is identified in part only (Art. 11(2)). */
enum status rights_ask(struct installation *in, const struct rights_actor *by,
    const char *id, int64_t at, const char *note, json_t **out) MUST_CHECK;

/* An officer checked at ${at} by ${method}: "login", "code", "call_back",
 * "document_seen", "in_person", "representative".  Of a document nothing is
 * kept but that it was seen. */
enum status rights_verify(struct installation *in,
    const struct rights_actor *by, const char *id, const char *method,
    int64_t at, json_t **out) MUST_CHECK;
enum status rights_fail_identity(struct installation *in,
    const struct rights_actor *by, const char *id, const char *note,
    json_t **out) MUST_CHECK;

/* ---- the clock ---- */

/* Clarification was asked for at ${at}, and is there at ${at}. */
enum status rights_suspend(struct installation *in,
    const struct rights_actor *by, const char *id, int64_t at, const char *note,
    json_t **out) MUST_CHECK;
enum status rights_resume(struct installation *in,
    const struct rights_actor *by, const char *id, int64_t at,
    json_t **out) MUST_CHECK;
/* The notice was sent at ${at}: too late, and the extension is void, and
 * stays the only one. */
enum status rights_extend(struct installation *in,
    const struct rights_actor *by, const char *id, const char *reason,
    int64_t at, json_t **out) MUST_CHECK;

/* ---- decision ---- */

struct rights_decision {
	enum request_outcome outcome;
	const char *reason;    /* needed to refuse, in whole or in part */
	const char *authority; /* to complain to; NULL: lethe.yml's */
	const char *note;      /* the reason in words, for the person */
};
/*
 * Where two people must stand for it (erasure, by `requests: {approvals: 2}`;
 * a refusal for abuse, always), it awaits approval; else it is approved at
 * once.  What is approved and needs nothing carried out (a refusal, nothing
 * found) closes the request.
 */
enum status rights_decide(struct installation *in,
    const struct rights_actor *by, const char *id,
    const struct rights_decision *d, json_t **out) MUST_CHECK;
enum status rights_approve(struct installation *in,
    const struct rights_actor *by, const char *id, json_t **out) MUST_CHECK;
enum status rights_return(struct installation *in,
    const struct rights_actor *by, const char *id, const char *note,
    json_t **out) MUST_CHECK;
/* What was decided and approved has been carried out and answered. */
enum status rights_fulfil(struct installation *in,
    const struct rights_actor *by, const char *id, const char *note,
    json_t **out) MUST_CHECK;

/* ---- the end, and after ---- */

enum status rights_withdraw(struct installation *in,
    const struct rights_actor *by, const char *id, const char *note,
    json_t **out) MUST_CHECK;
/* The same person's request ${of}, open and of the same type, goes on for
 * both; it was received no later. */
enum status rights_mark_duplicate(struct installation *in,
    const struct rights_actor *by, const char *id, const char *of,
    json_t **out) MUST_CHECK;
/* The clock has never stopped then. */
enum status rights_reopen(struct installation *in,
    const struct rights_actor *by, const char *id, const char *note,
    json_t **out) MUST_CHECK;

#endif /* !RIGHTS_RIGHTS_H */
