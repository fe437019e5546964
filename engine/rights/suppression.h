#ifndef RIGHTS_SUPPRESSION_H
#define RIGHTS_SUPPRESSION_H

#include "engine/rights/rights.h"
#include "engine/rights/step.h"

/*
 * Whom nobody advertises to any more (GDPR Art. 21(2), (3)): keyed hashes of
 * e-mail addresses, phone numbers and the identity that objected, and nothing
 * else of the person.  The list outlives the case and the data, so that
 * marketing does not begin anew with the next file that has the address.
 */

/*
 * Put the person of ${id}, an objection to direct marketing, on the list: at
 * once, for nothing is weighed there.  Every e-mail address and phone number of
 * the records that are the person's alone goes on it.  Twice is once.  ${*out}
 * as rights_show().
 */
enum status rights_suppress(struct installation *in,
    const struct rights_actor *by, const char *id, json_t **out) MUST_CHECK;

/* {"identity","suppressed","since"}: is whoever has ${value} of the kind
 * ${identity} on the list?  Compared in canonical form.  Noted in the log,
 * without the value. */
enum status suppression_check(struct installation *in,
    const struct rights_actor *by, const char *identity, const char *value,
    json_t **out) MUST_CHECK;

/* {"suppressed":[{"identity","hash","since"}]}, "hash" in hexadecimal; noted in
 * the log. */
enum status suppression_list(struct installation *in,
    const struct rights_actor *by, json_t **out) MUST_CHECK;

/* ---- in a step ---- */

/* ST_DENIED: the right is absolute, or the person is not on the list yet. */
enum status suppression_decide(struct step *s) MUST_CHECK;

#endif /* !RIGHTS_SUPPRESSION_H */
