#ifndef TESTS_PLAIN_H
#define TESTS_PLAIN_H

#include <sqlite3.h>

#include "engine/demo/demo.h"

/* The records of a demonstration in a plain SQLite, read without Lethe's own
 * readers of CSV and JSON lines. */

/* All files of ${report} in ${folder}, under the schemas beside them.  The
 * caller closes it. */
sqlite3 *plain_open(const char *folder, const struct demo_report *report);

/* What ${sql} answers: one number. */
int64_t plain_number(sqlite3 *db, const char *sql);

#endif /* !TESTS_PLAIN_H */
