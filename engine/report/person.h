#ifndef REPORT_PERSON_H
#define REPORT_PERSON_H

#include "engine/installation/installation.h"
#include "engine/store/sql.h"

/*
 * Whom the records of a collection are about, so that a group of records can
 * be counted as people: an identity in the record, or in the records that its
 * references lead to; or else what it is called in another store.
 */
#define PERSON_HOPS 6

struct person {
	const struct field *field; /* NULL: nothing tells; count records */
	/* the way there: table by table, from the collection's own */
	struct {
		const char *from;
		const char *table;
		const char *to;
	} hops[PERSON_HOPS];
	size_t hop_count;
	const struct collection *collection; /* ${field}'s */
};

void person_find(const struct installation_store *store,
    const struct collection *collection, struct person *out);

/* Add the column that tells, and the FROM clause from table t to it. */
void person_column(const struct person *p, struct sql *q);
void person_from(const struct person *p, const char *table, struct sql *q);

#endif /* !REPORT_PERSON_H */
