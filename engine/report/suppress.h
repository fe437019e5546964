#ifndef REPORT_SUPPRESS_H
#define REPORT_SUPPRESS_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/status.h"

/*
 * Which numbers of a table may be shown.  Pure: counts in, decisions out.
 *
 * What is promised of a number that is not shown, against whoever has every
 * number that is, and adds and subtracts:
 *
 *   - a count below ${min} (0 too) could just as well be ${min} or more;
 *   - a count that has changed by fewer than ${min} since it was released
 *     could just as well have changed by ${min}.
 *
 * So neither is determined, and neither is bounded to what gives it away.
 *
 * A table is a network: its sums are nodes, its numbers arcs (a cell from its
 * row to its column, a total from the whole to its parts).  All tables that
 * agree with what is shown differ from the true one by what flows in cycles of
 * arcs that are not shown, and whole numbers suffice (Cox, Network models for
 * complementary cell suppression, JASA 90, 1995).  A number is safe if as much
 * as it needs goes round such cycles; where it does not, the cheapest cycle
 * through shown numbers is found, and those are withheld too.
 */
enum suppress_state {
	SUPPRESS_SHOWN,
	SUPPRESS_HIDDEN, /* today's count must not be known */
};
struct suppress_number {
	int64_t count; /* today */
	int64_t last;  /* as last released; -1: never */
	enum suppress_state state;
	int known;    /* released before and the same: cannot be unsaid */
	int64_t need; /* what it must be able to be; 0: nothing */
	int dear;     /* a total, withheld only where no cell helps */
};

struct suppress_arc {
	struct suppress_number *number;
	size_t from; /* nodes */
	size_t to;
	int64_t flow;
};
struct suppress_net {
	struct suppress_arc *arcs;
	size_t count;
	size_t nodes;
};

/* What ${n}, of which ${count} and ${last} are set, is without the others. */
void suppress_begin(struct suppress_number *n, int64_t min);

/*
 * Withhold what protects those of ${net} that need it.  ${*changed} is set
 * where one was withheld, ${*failed} where nothing protects one, because of
 * what was released before.
 */
struct suppress_result {
	int changed;
	int failed;
};
enum status suppress_net(const struct suppress_net *net, int64_t min,
    struct suppress_result *result) MUST_CHECK;

/*
 * What to print for a number: as last released where it has changed by fewer
 * than ${min} or not at all, else its count today; -1: withheld.
 */
int64_t suppress_display(const struct suppress_number *n, int64_t min);

#endif /* !REPORT_SUPPRESS_H */
