#ifndef TESTS_STORES_H
#define TESTS_STORES_H

#include "engine/store/sqlite.h"

/* Encrypted stores for tests: one key, one file at a time. */

/* A checked fixture. */
void stores_set_up(void);
void stores_tear_down(void);

/* The file of the store made last. */
const char *stores_path(void);

/* A new one, called crm, in a folder of its own, with ${schema}. */
struct db *stores_new(const char *schema);
/* One more connection to it. */
struct db *stores_again(void);
/* The same, in case it fails. */
enum status stores_open(enum sqlite_mode mode, struct db **out) MUST_CHECK;

/* Run words that must work. */
#define stores_do(db, words) stores_do_(db, "" words)
void stores_do_(struct db *db, const char *words);
/* One number that must be there. */
#define stores_count(db, words) stores_count_(db, "" words)
int64_t stores_count_(struct db *db, const char *words);

/* Whether ${text} is somewhere in the file. */
int stores_file_has(const char *file, const char *text);

/* As test_alloc_fuse(), for SQLite's own memory.  stores_sqlite_fuse_init()
 * comes before anything else of SQLite. */
void stores_sqlite_fuse_init(void);
void stores_sqlite_fuse(long nth);
int stores_sqlite_blown(void);

#endif /* !TESTS_STORES_H */
