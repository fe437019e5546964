#ifndef REPORT_AGGREGATE_H
#define REPORT_AGGREGATE_H

#include "engine/base/json.h"
#include "engine/report/cut.h"
#include "engine/report/lattice.h"
#include "engine/report/person.h"

/*
 * What is counted: the records of a collection by the categories of up to
 * three fields, as people where something tells whose they are.  One of a
 * person's records or ten in a group are one person.  Records of which nothing
 * tells are together taken for one person's, so that no group seems larger than
 * it is.  A restricted record (GDPR Art. 18) is not counted: processing has
 * stopped for it.
 *
 * A value that fewer than ${min} people have is named nowhere: such values are
 * one category together, with what was named in a report before excepted.
 */
struct aggregate_query {
	struct installation_store *store;
	const struct collection *collection;
	const struct db_table *table;
	const char *cluster;
	const struct zone *zone;
	const struct cut *cuts;
	size_t count;
	const struct person *person;
	int64_t min;
	json_t *named; /* cells of earlier reports: {"f":["Tokyo"]} is a key */
};

/* The categories of a field, each as a JSON list: ["Tokyo"], [null] for no
 * value, [] for all others together. */
struct aggregate {
	size_t fields;
	json_t *categories[LATTICE_FIELDS];
	int64_t *counts[LATTICE_TABLES]; /* as lattice_index() has them */
};

/* The most combinations of categories that a report may have. */
#define AGGREGATE_MOST 4096

/* Inside a read transaction, because it reads twice. */
enum status aggregate_count(
    const struct aggregate_query *q, struct aggregate *out) MUST_CHECK;
void aggregate_release(struct aggregate *a);

/* {"f":[...],"g":[...]}, canonical: what a number is called that counts the
 * fields of ${mask} in these categories.  The caller frees. */
enum status aggregate_cell(const struct aggregate *a, const struct cut *cuts,
    unsigned int mask, const size_t *categories, char **out) MUST_CHECK;

#endif /* !REPORT_AGGREGATE_H */
