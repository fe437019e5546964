#ifndef CERTIFICATE_EVIDENCE_SUMS_H
#define CERTIFICATE_EVIDENCE_SUMS_H

#include "engine/base/json.h"

/*
 * Put "rules" and "evidence" into ${facts}: of ${entries} each rule_applied,
 * and beside it the evidence of its deletions, {"entries","records","segments",
 * "sha256"}, the last over their digests, a line each; evidence without such a
 * rule (of a run that was killed) makes one of what it says.  "evidence" has
 * the sums, and "agrees": is it of as many records as the rules say?  null
 * where there are no rules to say it.
 */
enum status evidence_sums(const json_t *entries, json_t *facts) MUST_CHECK;

#endif /* !CERTIFICATE_EVIDENCE_SUMS_H */
