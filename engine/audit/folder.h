#ifndef AUDIT_FOLDER_H
#define AUDIT_FOLDER_H

#include "engine/audit/log.h"

/* The log as files that any web server can serve (C2SP tlog-tiles). */

/*
 * Write the log into the folder ${path}: checkpoint, tiles and bundles of
 * entries.  Into a folder that has an earlier state of the same log, what is
 * new, and what was pruned since stays there; ST_CONFLICT where a file there is
 * another one than the log's.  Who reads at the same time finds each
 * checkpoint's files whole.
 */
enum status folder_export(
    struct audit *a, const char *path, struct checkpoint *out) MUST_CHECK;

#endif /* !AUDIT_FOLDER_H */
