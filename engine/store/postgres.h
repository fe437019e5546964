#ifndef STORE_POSTGRES_H
#define STORE_POSTGRES_H

#include <stdint.h>

#include <libpq-fe.h>

#include "engine/store/db_driver.h"

/*
 * The PostgreSQL driver, for databases that are not ours: shared by
 * postgres*.c, and by store.c to open.
 *
 * A read transaction is REPEATABLE READ: one state for all the counts of a
 * plan.  A write transaction is READ COMMITTED behind one advisory lock for
 * each schema: the writers of Lethe wait for each other, as on SQLite, and see
 * what the one before has committed; the applications' writers go on, and a
 * record that one of them changed meanwhile is judged again as it is now, by
 * the FOR UPDATE that every batch begins with.
 */
struct postgres_spec {
	const char *name; /* for messages */
	const char *url;
	const char *password_file; /* or NULL: as libpq finds one */
};

/*
 * Connect.  ST_INVALID for a URL that is wrong or gives up the verification
 * of a host that is not this machine; ST_UNREACHABLE where nobody answers;
 * ST_DENIED where the server refuses.
 */
enum status postgres_open(
    const struct postgres_spec *spec, struct db **out) MUST_CHECK;
/* Are our own tables there? */
enum status postgres_is_initialised(struct db *db, int *out) MUST_CHECK;

/* ---- among postgres*.c ---- */

#define POSTGRES_PREPARED 64 /* statements that the server keeps for us */

/* One that the server has prepared. */
struct postgres_prepared {
	char *text;      /* NULL: a free place */
	uint64_t number; /* another one for each */
	char name[32];
	int selects;   /* it begins with SELECT */
	int count;     /* of parameters */
	Oid *types;    /* of parameters */
	int users;     /* statements that hold it */
	uint64_t used; /* when, for the one to give up */
};

struct postgres {
	struct db db;
	PGconn *conn;
	char *where;  /* "database billing on db.example", for messages */
	char *schema; /* of the URL, or NULL */
	int by_bytes; /* the database's own collation compares text so */
	int is_open;  /* a transaction, here */
	int undone;   /* by others: to repeat it makes sense */
	uint64_t clock;
	struct postgres_prepared prepared[POSTGRES_PREPARED];
	int64_t batch_rows; /* what a batch of 100 ms holds, as far as known */
};

static inline struct postgres *postgres_of(struct db *db)
{
	return (struct postgres *)db;
}

/* Types of the catalog that values are treated by. */
enum {
	PG_BOOL = 16,
	PG_BYTEA = 17,
	PG_NAME = 19,
	PG_INT8 = 20,
	PG_INT2 = 21,
	PG_INT4 = 23,
	PG_OID = 26,
	PG_FLOAT4 = 700,
	PG_FLOAT8 = 701,
	PG_BPCHAR = 1042,
	PG_TIMESTAMPTZ = 1184,
	PG_NUMERIC = 1700,
	PG_UUID = 2950,
	PG_JSONB = 3802,
};

/* postgres_url.c: the URL, as libpq takes it. */
struct postgres_url {
	char **keywords; /* ended by NULL */
	char **values;
	char *where;
	char *schema; /* or NULL */
};
enum status postgres_url_read(
    const struct postgres_spec *spec, struct postgres_url *out) MUST_CHECK;
void postgres_url_release(struct postgres_url *u);

/* postgres_fail.c: the status of a result that is none, with a sentence that
 * holds no value of any record.  ${words} (may be NULL) is the statement. */
enum status postgres_fail(
    struct postgres *pg, const PGresult *res, const char *words);

/* Statements without values, their rows unread. */
enum status postgres_run(struct postgres *pg, const char *words) MUST_CHECK;
/* Where nothing is half done, connect anew if the connection was lost. */
enum status postgres_wake(struct postgres *pg) MUST_CHECK;

/* postgres_words.c: our own CREATE statements, written once in SQLite's words,
 * in PostgreSQL's. */
enum status postgres_words(const char *text, struct buf *out) MUST_CHECK;

/* postgres_val.c */

/* ${v} as text for a parameter of ${type}, appended to ${out} with a NUL;
 * ${*is_null} where it is NULL, or equals no value of that type and
 * ${selects}. */
enum status postgres_val_encode(const struct postgres *pg, struct val v,
    Oid type, int selects, struct buf *out, int *is_null) MUST_CHECK;
/* What came back as text; ${room} keeps what had to be changed. */
struct val postgres_val_decode(
    const char *text, size_t len, Oid type, struct buf *room);

/* postgres_stmt.c */
enum status postgres_prepare(
    struct db *db, const char *text, struct stmt **out) MUST_CHECK;
enum status postgres_bind(struct stmt *stmt, const struct val *vals,
    size_t count, enum bind_life life) MUST_CHECK;
enum status postgres_row(struct stmt *stmt) MUST_CHECK;
void postgres_done(struct stmt *stmt);
int64_t postgres_changes(struct stmt *stmt);
int postgres_columns(const struct stmt *stmt);
const char *postgres_column_name(const struct stmt *stmt, int col);
struct val postgres_val(struct stmt *stmt, int col);
int64_t postgres_integer(struct stmt *stmt, int col);
const char *postgres_text(struct stmt *stmt, int col);
/* The server knows none of them any more. */
void postgres_forget_prepared(struct postgres *pg);
/* Tables may be other ones now: those that nobody holds are prepared anew. */
void postgres_prepare_anew(struct postgres *pg);

/* postgres_schema.c */
enum status postgres_introspect(
    struct db *db, struct db_schema *out) MUST_CHECK;

/* postgres_type.c: keys and values in tables of ours. */
void postgres_add_type(struct sql *q, const struct db_column *column);
void postgres_add_key(
    struct sql *q, const struct db_column *column, const char *table);
void postgres_add_kept(
    struct sql *q, const struct db_column *column, const char *table);
int postgres_add_key_form(struct sql *q, const struct db_column *column,
    const char *table, const char *kept, int form);

/* postgres_time.c */
enum status postgres_add_due(struct db *db, struct sql *q,
    const struct db_column *type, const char *table, const char *column,
    int32_t last_day, int64_t before, enum db_effort effort) MUST_CHECK;
enum status postgres_add_later(struct db *db, struct sql *q,
    const struct db_column *type, const char *table, const char *column,
    int32_t last_day, int64_t before, enum db_effort effort) MUST_CHECK;
enum status postgres_add_unreadable(struct db *db, struct sql *q,
    const struct db_column *type, const char *table, const char *column,
    enum db_null null, enum db_effort effort) MUST_CHECK;

/* postgres_delete.c, postgres_change.c */
void postgres_add_lock(struct sql *q);
enum status postgres_show_batch(
    struct db *db, const struct db_batch *b, int64_t *shown) MUST_CHECK;
enum status postgres_delete_batch(
    struct db *db, const struct db_batch *b, int64_t *deleted) MUST_CHECK;
enum status postgres_change_batch(
    struct db *db, const struct db_change *c, int64_t *changed) MUST_CHECK;

/* postgres_partition.c */
enum status postgres_partitions(struct db *db, const char *table,
    const char *column, struct db_partitions *out) MUST_CHECK;
enum status postgres_partition_lock(
    struct db *db, const struct db_partition *p) MUST_CHECK;
enum status postgres_partition_drop(struct db *db, const struct db_table *t,
    const struct db_partition *p, const struct sql *stays) MUST_CHECK;

/* postgres_copy.c */
struct db_bulk;
enum status postgres_bulk_open(struct db *db, const struct db_table *table,
    const char *const *columns, size_t count, struct db_bulk **out) MUST_CHECK;
enum status postgres_bulk_row(struct db_bulk *bulk, const struct val *vals,
    size_t count, int *full) MUST_CHECK;
enum status postgres_bulk_flush(struct db_bulk *bulk, int64_t *row) MUST_CHECK;
void postgres_bulk_close(struct db_bulk *bulk);

/* postgres_care.c */
enum status postgres_scrub(struct db *db) MUST_CHECK;
enum status postgres_integrity(struct db *db, int64_t *pages) MUST_CHECK;
enum status postgres_grants(struct db *db, const char *const *tables,
    size_t count, struct buf *out) MUST_CHECK;

#endif /* !STORE_POSTGRES_H */
