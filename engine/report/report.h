#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stdint.h>

#include "engine/base/json.h"
#include "engine/installation/installation.h"

/*
 * Reports for others: how many people a cluster has records of, by categories
 * that many of them share.  The only way out of the stores for those who must
 * not know the people: no record, no filter, no group below the minimum.
 *
 * All reports of a collection together must not show what one withholds; that
 * is what the ledger (ledger.h) and the lattice (lattice.h) are for.  And time
 * must not: a number that has changed by fewer than the minimum since it was
 * shown is shown as it was, with the day of then, which does not tell whether
 * it has changed at all.
 */
struct report_request {
	const char *cluster;
	const char *collection; /* "customers", "crm.customers"; may be NULL */
	const char *const *by;  /* "prefecture", "created_at:year" */
	size_t by_count;        /* 1 to 3 */
	int64_t min;            /* 0: the installation's; else not below it */
	const char *language;   /* of the title */
};

/*
 * {"cluster","title","collection","by":[...],"unit":"persons"|"records",
 * "counted_by","min","cells":[{"values":[...],"count","as_of"}],
 * "totals":[{"by":[...],"values":[...],"count","as_of"}],"withheld",
 * "restricted":null|{"count","as_of"}}.  A value
 * is text, null (there is none) or {"other":true}; ${count} null: withheld.
 * What is shown is kept in the control database and noted in the audit log
 * before this returns.
 */
enum status report_make(struct installation *in,
    const struct report_request *request, int64_t now, json_t **out) MUST_CHECK;

#endif /* !REPORT_REPORT_H */
