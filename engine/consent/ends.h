#ifndef CONSENT_ENDS_H
#define CONSENT_ENDS_H

#include "engine/consent/consent.h"

/*
 * What rests on a consent ends with it: `ends:` of a notice names fields of the
 * stores that hold from when on there is none, so that a cluster can have that
 * field as its starting point.  Lethe writes them: when it was withdrawn or
 * refused, when it expires (which may lie ahead), and NULL while it has no end.
 *
 * Each store is one transaction, with an evidence row (action
 * "consent_end_set"); a record stays unmarked until all of them are done, so
 * that whoever comes next goes on after a kill, and writes what is already
 * there once more: the same values, and one more row of evidence at most.
 */
enum status ends_mark(
    struct installation *in, const struct rights_actor *by) MUST_CHECK;

#endif /* !CONSENT_ENDS_H */
