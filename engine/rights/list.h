#ifndef RIGHTS_LIST_H
#define RIGHTS_LIST_H

#include <stdint.h>

#include "engine/base/json.h"
#include "engine/installation/installation.h"
#include "engine/rights/clock.h"
#include "engine/rights/request.h"

/*
 * Many requests at once: due dates are computed for all of them, and only the
 * page that is asked for is read whole.
 */
enum list_sort { LIST_BY_DUE, LIST_BY_RECEIPT, LIST_SORT__MAX };
enum list_which { LIST_OPEN, LIST_ALL };
struct list_filter {
	enum list_which which;
	const char *type;     /* a name, or NULL */
	const char *state;    /* a name, or NULL: then LIST_OPEN matters */
	const char *standing; /* a clock's, or NULL */
	enum list_sort sort;  /* the earliest first */
	int64_t offset;
	int64_t limit;
};

/*
 * {"requests":[{"id","type","state","law","received_at","receipt_date",
 * "target_date","due_date","standing","extended","suspended"}],"total",
 * "offset"} as of ${as_of}; "total" is how many there are without the page.
 * No person is named.  ST_USAGE for a name that is none.
 */
enum status list_json(struct installation *in, const struct list_filter *f,
    int64_t as_of, json_t **out) MUST_CHECK;

/*
 * {"open","suspended","at_risk","overdue","holidays_missing","next_due_date",
 * "states":{STATE: how many}}: open requests by how their clock stands.
 */
enum status list_summary(
    struct installation *in, int64_t as_of, json_t **out) MUST_CHECK;

#endif /* !RIGHTS_LIST_H */
