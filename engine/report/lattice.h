#ifndef REPORT_LATTICE_H
#define REPORT_LATTICE_H

#include <stddef.h>

#include "engine/report/suppress.h"

/*
 * The tables that one report shows, and which of their numbers may be shown.
 *
 * By one field: its categories and the total.  By two: the cells, and all that
 * the reports by each of them show.  By three: a table of the second and the
 * third for each category of the first; with it go the reports by the first and
 * second and by the first and third, never the one by the second and third:
 * the three tables of pairs together may fix a cell of all three fields,
 * whatever is withheld there.
 *
 * The coarser table decides first, knowing nothing of the finer, so it
 * shows the same whatever it is part of.  The finer then has to protect its
 * cells with all shown totals given, which it always can: with all its cells
 * withheld, each could be as large as the smaller of its two totals.  What
 * stands below a number that is not shown is not shown either; such rows are
 * taken together as one, as whoever subtracts sees them.
 */
#define LATTICE_FIELDS 3
#define LATTICE_TABLES (1 << LATTICE_FIELDS)

struct lattice {
	size_t fields;
	size_t sizes[LATTICE_FIELDS]; /* categories */
	/*
	 * For each set of fields (field i is bit 1 << i) that is shown: the
	 * number of each combination, the first field's category counting
	 * slowest.  NULL for a set that is not.
	 */
	struct suppress_number **tables[LATTICE_TABLES];
};

/* Is the table of ${mask} one that a report by ${fields} shows? */
int lattice_shows(size_t fields, unsigned int mask);
/* How many combinations the table of ${mask} has. */
size_t lattice_size(const struct lattice *l, unsigned int mask);
/* Where the combination ${categories} (of all fields) stands in it. */
size_t lattice_index(
    const struct lattice *l, unsigned int mask, const size_t *categories);

/*
 * Decide about all numbers of all ${lattices}, which share those that they
 * have in common.  They must not overlap but in one field, and not in a ring
 * (ledger.h).
 *
 * What was shown before and is the same, or nearly, is known whatever is shown
 * now, and then the coarser table cannot be decided first: reports by one field
 * and a report by two are one network each.  Other families, and numbers that
 * nothing protects, show nothing new until all that was shown has changed by
 * ${min}.
 */
enum status lattice_decide(
    struct lattice *lattices, size_t count, int64_t min) MUST_CHECK;

/* Free the tables, not the numbers. */
void lattice_release(struct lattice *l);

#endif /* !REPORT_LATTICE_H */
