#ifndef DEMO_DEMO_H
#define DEMO_DEMO_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/status.h"

/*
 * An installation to try Lethe with: lethe.yml, schemas, the policy and files
 * of made-up customers, whose records lie on both sides of every cut-off of
 * the policy.  The same number of customers and the same instant give the
 * same bytes.
 */

/* One file to ingest. */
struct demo_file {
	const char *store;
	const char *collection;
	const char *path; /* inside the folder */
	int64_t records;
};
#define DEMO_FILES 27
#define DEMO_MOST  400000

struct demo_report {
	struct demo_file files[DEMO_FILES]; /* parents before children */
};

/*
 * Write the installation into ${folder}, which must be empty or missing
 * (ST_CONFLICT).  The records are as a store would hold them at ${as_of}; a
 * purge then finds something in every cluster and nothing UNDECIDED.  At most
 * DEMO_MOST customers; memory does not grow with them.
 */
enum status demo_write(const char *folder, int customers, int64_t as_of,
    struct demo_report *out) MUST_CHECK;

#endif /* !DEMO_DEMO_H */
