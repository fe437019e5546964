#ifndef PURGE_RUN_RULES_H
#define PURGE_RUN_RULES_H

#include "engine/purge/run.h"

/*
 * What a run says of its rules in the log, so that years later its
 * certificate can be made of the log alone.  Names, periods and numbers; never
 * a value of a record.
 */

/*
 * Put into the entry of a run that begins: "store" and "cluster" that it is
 * restricted to, or null; "files" of the rules with their SHA-256, in the order
 * of the rule set's hash; "stores" with driver and cipher.
 */
enum status run_rules_begin(struct run *r, json_t *details) MUST_CHECK;

/*
 * Log how it ended, with ${details}, which get the sums of its counts, and
 * before that each of its rules as it was applied (rule_applied), in one
 * transaction.  Of a run that was stopped before it began there is none.
 */
enum status run_rules_end(
    struct run *r, const char *action, json_t *details) MUST_CHECK;

#endif /* !PURGE_RUN_RULES_H */
