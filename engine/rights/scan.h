#ifndef RIGHTS_SCAN_H
#define RIGHTS_SCAN_H

#include <stdint.h>

#include "engine/rights/list.h"
#include "engine/store/sql.h"

/*
 * The clocks of very many requests.  Dates are computed once for each law and
 * day of receipt and shared, as most requests have neither stops nor an
 * extension; what is kept for each is small, because there are so many.
 */
struct scan_row {
	int64_t key; /* what is sorted by: a day, or an instant */
	int64_t number;
	uint32_t clock; /* in ${clocks}; of its standing see the next */
	enum clock_standing standing;
};
struct scan {
	struct scan_row *rows;
	size_t count;
	size_t size;
	struct clock *clocks;
	size_t clock_count;
	size_t clock_size;
};

/* Those that ${f} lets through (its page aside), in no order, as of
 * ${as_of}.  Opens the control database. */
enum status scan_read(struct installation *in, const struct list_filter *f,
    int64_t as_of, struct scan *out) MUST_CHECK;
/* Put the first ${most} of them in order, in front of the others. */
void scan_sort(struct scan *s, size_t most);
void scan_release(struct scan *s);

/* ---- in a transaction, for whoever keeps the rows (list.c) ---- */

/* ST_USAGE for a name that is none. */
enum status list_check(const struct list_filter *f) MUST_CHECK;
/* list_json() of ${all}, in order as far as the page of ${f} goes. */
enum status list_page_json(struct installation *in, const struct list_filter *f,
    const struct scan *all, json_t **out) MUST_CHECK;
/* list_summary() of the ${open} ones. */
enum status list_summary_json(
    struct installation *in, const struct scan *open, json_t **out) MUST_CHECK;

#endif /* !RIGHTS_SCAN_H */
