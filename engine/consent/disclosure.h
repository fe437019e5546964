#ifndef CONSENT_DISCLOSURE_H
#define CONSENT_DISCLOSURE_H

#include <stdint.h>

#include "engine/base/json.h"
#include "engine/consent/sweep.h"
#include "engine/installation/installation.h"
#include "engine/plan/reach.h"
#include "engine/rights/rights.h"

/*
 * Disclosures: to whom what of a person was given, when, and on what basis
 * (GDPR Art. 15(1)(c), C-154/21; APPI 29 and 30).  They stand in access
 * packages, and outlast the person's erasure: their own retention (`requests:
 * {disclosure_retention: P3Y}`, APPI rules 21 and 25) ends them.
 *
 * A person is one identity in canonical form, as in consents.  Each is told to
 * the audit log, which has the person as a pseudonym.
 *
 * ST_USAGE: no such identity, what is missing, what lies ahead of now.
 */
struct disclosure {
	const char *identity;
	const char *value;
	const char *recipient; /* a code: [a-z0-9_-] */
	const char *name;      /* NULL: the code */
	const char *items;     /* what was disclosed */
	const char *basis;     /* vital_interests, legal_obligation, ... */
	const char *acquired;  /* or NULL */
	int64_t at;
	int64_t secret_until; /* 0: the person may know */
};
/* {"disclosure","recipient","at"} */
enum status disclosure_add(struct installation *in,
    const struct rights_actor *by, const struct disclosure *d,
    json_t **out) MUST_CHECK;

/*
 * A CSV file with the header identity, value, recipient, items, basis, at, and
 * where given name, acquired, secret_until; times as RFC 3339 or dates.  All
 * or nothing: ST_INVALID, and {"errors":[{"line","problem"}]} in ${*out}, where
 * a line is wrong; else {"records"}.
 */
enum status disclosure_import(struct installation *in,
    const struct rights_actor *by, const char *path, json_t **out) MUST_CHECK;

/*
 * {"disclosures":[{"recipient","name","items","basis","acquired","at",
 * "secret_until","recorded_at","recorded_by"}]}, the oldest first.  For the
 * person, what may not be told at ${as_of} is not there.
 */
enum disclosure_for { DISCLOSURE_FOR_PERSON, DISCLOSURE_FOR_OFFICER };
enum status disclosure_list(struct installation *in,
    const struct reach_subject *who, enum disclosure_for whom, int64_t as_of,
    json_t **out) MUST_CHECK;

/* Delete those whose retention is over at ${as_of}, unless a hold keeps their
 * person: {"due","deleted","held"}. */
enum status disclosure_sweep(struct installation *in, enum sweep_mode mode,
    const struct rights_actor *by, int64_t as_of, json_t **out) MUST_CHECK;

/* ---- for disclosure_import.c ---- */

/* Inside the transaction that is open. */
enum status disclosure_insert(struct installation *in,
    const struct rights_actor *by, const struct disclosure *d,
    int64_t *number) MUST_CHECK;

#endif /* !CONSENT_DISCLOSURE_H */
