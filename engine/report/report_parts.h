#ifndef REPORT_REPORT_PARTS_H
#define REPORT_REPORT_PARTS_H

#include "engine/report/aggregate.h"
#include "engine/report/ledger.h"
#include "engine/report/report.h"

/* A report being made, between report.c (what is asked for, and that it may be)
 * and report_numbers.c (what is counted, and shown of it). */

struct report_number {
	struct suppress_number n;
	int64_t last_at;
};
/* A set of fields that reports of the collection may show. */
struct report_set {
	struct cut cuts[LATTICE_FIELDS];
	struct aggregate counts;
};
struct report {
	struct installation *in;
	const struct report_request *request;
	int64_t now;
	int64_t min;
	const struct policy *policy;
	const struct policy_cluster *cluster;
	struct installation_store *store;
	const struct collection *collection;
	const struct db_table *table;
	char *name; /* "crm.customers" */
	struct person person;
	struct ledger ledger;
	struct report_set *sets;
	struct lattice *lattices;
	size_t set_count;
	json_t *cells; /* what each number is called: its place below */
	struct report_number **numbers;
	size_t number_count;
	size_t number_size;
	int64_t withheld;
	int64_t shown;
};

/* Count all that the collection is reported by, once the ledger has it, from
 * one state of the store; and decide what of it is shown. */
enum status report_count(struct report *r) MUST_CHECK;

/* The page by the fields ${by}, as report.h has it; what is shown of today is
 * kept in the ledger. */
enum status report_page(
    struct report *r, const json_t *by, json_t **out) MUST_CHECK;

/* How many people's records are left out because they are restricted, as
 * {"count","as_of"}; null where fewer than the minimum are.  Before the
 * ledger's transaction ends. */
enum status report_restricted(struct report *r, json_t **out) MUST_CHECK;

#endif /* !REPORT_REPORT_PARTS_H */
