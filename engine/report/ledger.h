#ifndef REPORT_LEDGER_H
#define REPORT_LEDGER_H

#include <stdint.h>

#include "engine/base/json.h"
#include "engine/store/db.h"

/*
 * What has been reported of a collection (schemas/control/0004-reports.sql):
 * whoever asks for the next report is taken to have all of it.
 */
struct ledger {
	struct db *control;
	char *collection; /* "crm.customers" */
	json_t *sets;     /* [["prefecture","language"], ...] */
	json_t *numbers;  /* {cell: [count, at]} */
};

/* Read it, inside a write transaction of ${control} that lasts until what is
 * shown has been kept. */
enum status ledger_init(
    struct ledger *l, struct db *control, const char *collection) MUST_CHECK;
void ledger_release(struct ledger *l);

/*
 * May the collection be reported by ${by} too?  Then ${l->sets} has it, alone
 * or as part of a larger set, sets that are part of it are gone, and of three
 * fields the first is the one that the pairs reported before share.
 *
 * ST_DENIED, with a sentence, where small groups could be worked out from all
 * reports together, whatever each of them withholds:
 *   - a field that was cut differently before: categories that overlap;
 *   - sets of fields that form a ring (A and B, B and C, C and A), or that
 *     share two fields without one being part of the other: from the tables of
 *     three pairs a cell of all three fields may follow.  Sets without a ring,
 *     sharing one field each, have nothing in common but the reports by that
 *     field, which both protect; any tables that agree with them are the
 *     tables of some population.
 */
enum status ledger_admit(struct ledger *l, const json_t *by) MUST_CHECK;

/* Keep the sets as they now are. */
enum status ledger_keep_sets(const struct ledger *l, int64_t now) MUST_CHECK;
/* Keep a number that is shown for the first time, or anew. */
enum status ledger_keep_number(const struct ledger *l, const char *cell,
    int64_t count, int64_t now) MUST_CHECK;

#endif /* !REPORT_LEDGER_H */
