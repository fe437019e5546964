#ifndef MODEL_HOLIDAYS_H
#define MODEL_HOLIDAYS_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/status.h"
#include "engine/model/diag.h"

/*
 * Public holidays, from a CSV file with a header: a column `date`
 * (YYYY-MM-DD), and where it has a column `calendar`, of one calendar.  Other
 * columns are for people.  Fields have no quotes.
 *
 * A year without a single holiday in the file is not a year without holidays:
 * holidays_know() says so, and whoever counts must not go on as if.
 */
struct holidays {
	int32_t *days; /* in order, each once; days since 1970-01-01 */
	size_t count;
};

/* Everything that is wrong goes to ${d}; ST_INVALID then.  ${calendar} NULL:
 * the file must have one calendar only. */
enum status holidays_parse(const char *path, const char *bytes, size_t len,
    const char *calendar, struct diag *d, struct holidays *out) MUST_CHECK;
enum status holidays_load(const char *path, const char *calendar,
    struct diag *d, struct holidays *out) MUST_CHECK;
void holidays_release(struct holidays *h);

int holidays_has(const struct holidays *h, int32_t day);
int holidays_know(const struct holidays *h, int year);

#endif /* !MODEL_HOLIDAYS_H */
