#ifndef PURGE_DROP_H
#define PURGE_DROP_H

#include "engine/purge/hand.h"

/*
 * Segments of the store in hand that die whole.  A segment is dropped when
 *every record that it could hold has ended: by its bounds, for every clock of
 *every cluster of every collection that has records in it, and all of them are
 *clusters of this run that delete.  A cluster that is suspended whole keeps it.
 *An empty one goes as soon as its period is over.
 *
 * In this order, so that a crash between any two steps loses nothing, doubles
 * nothing and is finished by the next run:
 *
 *	1. the segment's own evidence is in the audit log
 *	2. one commit of the rest: what stays (suspended records, and what
 *	   cannot be read) moved into it, one evidence row for each collection,
 *	   the mark that the segment is dead; nobody else writes to either file
 *	   meanwhile
 *	3. its key destroyed, its files removed, the mark taken away
 *
 * What is due in other segments goes record by record.
 */
enum status drop_segments(struct hand *h) MUST_CHECK;

/* Step 3 of what an earlier run left undone, and what an ingest that was
 * stopped left of segments that never came to be. */
enum status drop_finish(struct run *r) MUST_CHECK;

#endif /* !PURGE_DROP_H */
