#ifndef REPORT_CUT_H
#define REPORT_CUT_H

#include "engine/base/buf.h"
#include "engine/base/civil.h"
#include "engine/base/zone.h"
#include "engine/model/dataset.h"
#include "engine/store/db.h"

/*
 * One field of a report, and into what categories its values fall: each value
 * its own ("prefecture"), the month, year or decade of a time
 * ("booked_on:month"), the first characters of a text ("postal_code:3"), or
 * ranges of a number ("price_jpy:10000").
 */
enum cut_kind {
	CUT_NONE,
	CUT_MONTH,
	CUT_YEAR,
	CUT_DECADE,
	CUT_CHARACTERS,
	CUT_RANGE
};
struct cut {
	char *spec; /* as given */
	const struct field *field;
	const struct db_column *column;
	enum cut_kind kind;
	int64_t amount;
};

/*
 * Read ${spec} for a collection.  ST_USAGE: no such field or cut, or one that
 * identifies people.
 */
enum status cut_init(struct cut *c, const char *spec,
    const struct collection *collection,
    const struct db_table *table) MUST_CHECK;
void cut_release(struct cut *c);

/* The category of ${v}, into ${out}; 0 where it is none: NULL, or not what the
 * cut is of. */
int cut_label(
    const struct cut *c, const struct zone *z, struct val v, struct buf *out);

#endif /* !REPORT_CUT_H */
