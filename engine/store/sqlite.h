#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include <stdint.h>

#include <sqlite3.h>

#include "engine/crypto/aead.h"
#include "engine/crypto/secret.h"
#include "engine/store/db_driver.h"

/* The SQLite driver: shared by sqlite*.c, and by store.c to open. */

struct sqlite_spec {
	const char *name; /* for messages */
	const char *path; /* the file */
	const struct secret_key *key;
	uint8_t id[16];
	enum aead_algorithm algorithm;
	int64_t cache_bytes; /* 0: 64 MiB */
	int unsealed;        /* do not look at its seal file */
};
enum sqlite_mode { SQLITE_MODE_OPEN, SQLITE_MODE_CREATE };

/* Open a file that exists (ST_NOTFOUND where it does not, or is empty), or make
 * one (ST_CONFLICT where one stands that is not empty). */
enum status sqlite_open(const struct sqlite_spec *spec, enum sqlite_mode mode,
    struct db **out) MUST_CHECK;

/* ---- among sqlite*.c ---- */

#define SQLITE_IDLE 16 /* statements kept for the next time */

struct sqlite {
	struct db db;
	sqlite3 *handle;
	struct sqlite_stmt *idle[SQLITE_IDLE]; /* the latest used first */
	int guarded; /* a script runs: no PRAGMA, BEGIN or COMMIT in it */
	int64_t patience_ns;   /* to wait for a lock */
	int64_t waiting_since; /* CLOCK_MONOTONIC, ns */
};

static inline struct sqlite *sqlite_of(struct db *db)
{
	return (struct sqlite *)db;
}

/* The status of SQLite's result ${rc}, with its sentence. */
enum status sqlite_fail(struct sqlite *s, int rc);
/* The same where ${words} could not be prepared: names what is wrong. */
enum status sqlite_fail_words(struct sqlite *s, int rc, const char *words);
/* Statements of ours without values, their rows unread. */
enum status sqlite_run(struct sqlite *s, const char *words) MUST_CHECK;
/* Append the first column of the first row to ${out}. */
enum status sqlite_ask(
    struct sqlite *s, const char *words, struct buf *out) MUST_CHECK;
/* Ask, and fail where the answer is not ${want}. */
enum status sqlite_expect(
    struct sqlite *s, const char *words, const char *want) MUST_CHECK;

/* sqlite_stmt.c */
enum status sqlite_prepare(
    struct db *db, const char *text, struct stmt **out) MUST_CHECK;
enum status sqlite_bind(struct stmt *stmt, const struct val *vals, size_t count,
    enum bind_life life) MUST_CHECK;
enum status sqlite_row(struct stmt *stmt) MUST_CHECK;
void sqlite_done(struct stmt *stmt);
int64_t sqlite_changes(struct stmt *stmt);
int sqlite_columns(const struct stmt *stmt);
const char *sqlite_column_name(const struct stmt *stmt, int col);
struct val sqlite_val(struct stmt *stmt, int col);
int64_t sqlite_integer(struct stmt *stmt, int col);
const char *sqlite_text(struct stmt *stmt, int col);
void sqlite_forget_idle(struct sqlite *s);

/* sqlite_schema.c */
enum status sqlite_introspect(struct db *db, struct db_schema *out) MUST_CHECK;

/* sqlite_check.c: 1 if a CHECK in ${create} (a table's CREATE TABLE) speaks of
 * ${column}. */
int sqlite_check_mentions(const char *create, const char *column);

/* sqlite_type.c */
void sqlite_add_type(struct sql *q, const struct db_column *column);
void sqlite_add_key(
    struct sql *q, const struct db_column *column, const char *table);
void sqlite_add_kept(
    struct sql *q, const struct db_column *column, const char *table);
int sqlite_add_key_form(struct sql *q, const struct db_column *column,
    const char *table, const char *kept, int form);

/* sqlite_time.c */
enum status sqlite_time_register(struct sqlite *s) MUST_CHECK;
enum status sqlite_add_due(struct db *db, struct sql *q,
    const struct db_column *type, const char *table, const char *column,
    int32_t last_day, int64_t before, enum db_effort effort) MUST_CHECK;
enum status sqlite_add_later(struct db *db, struct sql *q,
    const struct db_column *type, const char *table, const char *column,
    int32_t last_day, int64_t before, enum db_effort effort) MUST_CHECK;
enum status sqlite_add_unreadable(struct db *db, struct sql *q,
    const struct db_column *type, const char *table, const char *column,
    enum db_null null, enum db_effort effort) MUST_CHECK;

/* sqlite_delete.c */
enum status sqlite_delete_batch(
    struct db *db, const struct db_batch *b, int64_t *deleted) MUST_CHECK;

/* sqlite_change.c */
enum status sqlite_change_batch(
    struct db *db, const struct db_change *c, int64_t *changed) MUST_CHECK;

/* sqlite_care.c */
enum status sqlite_scrub(struct db *db) MUST_CHECK;
enum status sqlite_integrity(struct db *db, int64_t *pages) MUST_CHECK;
enum status sqlite_seal_begin(struct db *db) MUST_CHECK;
enum status sqlite_seal_read(struct db *db, struct db_seal *out) MUST_CHECK;
enum status sqlite_seal_set(struct db *db, const uint8_t before[DB_MARK],
    struct db_seal *out) MUST_CHECK;
enum status sqlite_seal_check(
    struct db *db, int64_t first, int64_t count) MUST_CHECK;

#endif /* !STORE_SQLITE_H */
