#ifndef PLAN_ASKED_LEFT_H
#define PLAN_ASKED_LEFT_H

#include "engine/plan/asked.h"

/* Add to ${left} what is still there of ${l}'s records, in the file that they
 * were found in; a segment that is gone went with all that was in it.  One
 * statement for many keys: it costs what ${l} has, whatever else the store
 * holds.  What was de-identified or emptied at ${reduced_since} (Unix seconds)
 * or later counts as gone; INT64_MAX: nothing does. */
enum status asked_left(struct installation *in, const struct asked_list *l,
    int64_t reduced_since, struct asked *left) MUST_CHECK;

/* The first record of ${a} alone: as good as all of them for whoever asks
 * whether any is left.  Nothing of nothing. */
enum status asked_first(const struct asked *a, struct asked *out) MUST_CHECK;

/* How many records of ${a} are not in ${without}, where both are of the same
 * lists. */
enum status asked_more(const struct asked *a, const struct asked *without,
    size_t *count) MUST_CHECK;

#endif /* !PLAN_ASKED_LEFT_H */
