#ifndef TESTS_VFS_SUPPORT_H
#define TESTS_VFS_SUPPORT_H

#include <sqlite3.h>
#include <stdint.h>

#include "engine/store/vfs.h"
#include "tests/suites.h"

/* What the suites of the encrypting VFS share. */

/* crypto and VFS ready. */
void vt_setup(void);

/* A handle for the key and store id that ${seed} stands for. */
unsigned int vt_key(uint8_t seed, enum aead_algorithm alg);

/* Open as the product does; aborts the test where that fails. */
sqlite3 *vt_create(const char *path, unsigned int key);
sqlite3 *vt_open(const char *path, unsigned int key);
/* SQLite's code instead; ${*db} is to be closed in any case. */
int vt_try_open(const char *vfs, const char *path, unsigned int key,
    const char *more, sqlite3 **db);
/* Pragmas of a connection: synchronous=FULL and so on. */
void vt_pragmas(sqlite3 *db);

void vt_run(sqlite3 *db, const char *sql);
/* The extended code. */
int vt_try(sqlite3 *db, const char *sql);
int64_t vt_int(sqlite3 *db, const char *sql);
/* Copied into a buffer of the caller's. */
void vt_text(sqlite3 *db, const char *sql, char out[200]);
void vt_check_integrity(sqlite3 *db);

/* A table of ${rows} rows with a text of ${word} in each. */
void vt_fill(sqlite3 *db, int rows, const char *word);

/*
 * Files, handled by other processes: closing a descriptor here would drop the
 * locks that SQLite has in this one.
 */
void vt_copy_store(const char *from, const char *to);
void vt_turn_bit(const char *path, int64_t offset);
void vt_cut(const char *path, int64_t size);
int64_t vt_size(const char *path);
/* Whether any file of the store holds ${word}. */
int vt_shows(const char *path, const char *word);

#endif /* !TESTS_VFS_SUPPORT_H */
