#ifndef INSTALLATION_SEALS_H
#define INSTALLATION_SEALS_H

#include "engine/installation/installation.h"

/*
 * The seals of the stores in the audit log: that each file is the newest there
 * is, and none that was put back (engine/store/vfs_seal.h has how).
 *
 * At its end a run draws a new mark in each file that has changed, and logs
 * `stores_sealed`:
 * {"object":"stores","run","part","parts","files":[{"file","key","at",
 * "generation","pages","mark","digest","looked"}, {"file","sealed":false}]}.
 * "file" is the name of its key ("store/crm", "store/telemetry/2026-11",
 * "control"), "key" that key's id, "looked" the page that the next run looks at
 * first.  The entries of the last run that has all parts name every file.
 */

/* ${SEALS_MARKS}: marks, which waits for no writer.  ${SEALS_LIST}: also the
 * lists of pages, and some pages; those of every run are others.
 * ${SEALS_PAGES}: every page. */
enum seals_depth { SEALS_MARKS, SEALS_LIST, SEALS_PAGES };
/* Pages of each file that a run looks at. */
#define SEALS_LOOK 4096

/*
 * Compare the files of ${name}, a store or "control" (NULL: of all), with what
 * the log says of them.  ${*out} (may be NULL) gets [{"file","sealed_at",
 * "generation","pages","problem"}] for each, "problem" being a sentence or
 * null, "sealed_at" null where it was never sealed.  ST_INTEGRITY with the
 * first one's sentence; ${*out} is there then too.
 */
enum status seals_check(struct installation *in, const char *name,
    enum seals_depth depth, json_t **out) MUST_CHECK;

/* The first entry of the log that seals_check() needs; left as it is where the
 * log has none. */
enum status seals_first(struct installation *in, int64_t *first) MUST_CHECK;

/* Seal those of ${store} (NULL: of all) and the control database, after the run
 * ${run}. */
enum status seals_set(
    struct installation *in, const char *store, const char *run) MUST_CHECK;

/*
 * The files of ${store} are older ones, or not whole as a set, because they
 * were restored: from now on they are the newest.  The log gets
 * `restore_accepted` with ${reason}, a word of seals_reasons.  ${*out}:
 * [{"file","restored_to","deletions","records"}]: when that state was sealed
 * (null: not known), and what the log says was deleted since.  No other process
 * may have the store open.
 */
extern const char *const seals_reasons[];
enum status seals_accept(struct installation *in, const char *store,
    const char *reason, json_t **out) MUST_CHECK;

#endif /* !INSTALLATION_SEALS_H */
