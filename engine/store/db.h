#ifndef STORE_DB_H
#define STORE_DB_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/status.h"
#include "engine/base/when.h"
#include "engine/store/sql.h"

/*
 * The connection interface: all that stands above the drivers sees of a
 * database.  SQL is the portable subset ($1 parameters, RETURNING, ON
 * CONFLICT); what differs between databases is a function here.
 */

/* An open database.  One thread at a time. */
struct db;
/* A statement being stepped.  Belongs to its db; end it with db_done(). */
struct stmt;

#define INT(v)       ((struct val){ .type = VAL_INT, .i = (v) })
#define REAL(v)      ((struct val){ .type = VAL_REAL, .r = (v) })
#define TEXT(s)      val_text(s)
#define BLOB(b, len) ((struct val){ .type = VAL_BLOB, .p = (b), .n = (len) })
#define NIL          ((struct val){ .type = VAL_NULL })
#define ARGS(...)    ((const struct val[]){ __VA_ARGS__, { .type = VAL_END } })
#define NOARGS       ((const struct val[]){ { .type = VAL_END } })

/* Text up to its NUL; NULL gives the NULL value. */
struct val val_text(const char *s);

void db_close(struct db *db);

/* What messages call it: the store's name, never a path with a secret. */
const char *db_name(const struct db *db);

/*
 * SQL is a literal.  The number of values must equal the number of
 * parameters, or the call fails.  db_exec() sets ${*changes} (may be NULL) to
 * the rows changed.  Errors: ST_CONFLICT for a constraint, ST_BUSY for a lock
 * not had in time, ST_FULL, ST_INTEGRITY, else ST_DB; each keeps a sentence.
 */
#define db_query(db, words, args, out) db_query_(db, "" words, args, out)
#define db_exec(db, words, args)       db_exec_(db, "" words, args, NULL)
enum status db_query_(struct db *db, const char *words, const struct val *args,
    struct stmt **out) MUST_CHECK;
enum status db_exec_(struct db *db, const char *words, const struct val *args,
    int64_t *changes) MUST_CHECK;
enum status db_query_sql(
    struct db *db, const struct sql *q, struct stmt **out) MUST_CHECK;
enum status db_exec_sql(
    struct db *db, const struct sql *q, int64_t *changes) MUST_CHECK;

/* Advance.  ST_OK: a row is ready.  ST_NOTFOUND: no more rows. */
enum status db_row(struct stmt *s) MUST_CHECK;
/* End a statement; NULL is fine.  Bind anew and start over: db_again(). */
void db_done(struct stmt *s);
enum status db_again(struct stmt *s, const struct val *args) MUST_CHECK;
/* Call ${each} for every row left, and end the statement in any case; what it
 * returns other than ST_OK is the last. */
enum status db_each(struct stmt *s,
    enum status (*each)(void *ctx, struct stmt *s), void *ctx) MUST_CHECK;

int db_columns(const struct stmt *s);
const char *db_column_name(const struct stmt *s, int col);
/* The value as stored; text and blobs are valid until the next db_row(),
 * db_again() or db_done() on ${s}. */
struct val db_val(struct stmt *s, int col);
int64_t db_int(struct stmt *s, int col);
const char *db_text(struct stmt *s, int col); /* NULL for NULL */

/* One integer, ${missing} where no row comes back or it is NULL. */
#define db_one_int(db, words, args, missing, out) \
	db_one_int_(db, "" words, args, missing, out)
enum status db_one_int_(struct db *db, const char *words,
    const struct val *args, int64_t missing, int64_t *out) MUST_CHECK;
enum status db_one_int_sql(struct db *db, const struct sql *q, int64_t missing,
    int64_t *out) MUST_CHECK;

/* Transactions do not nest.  A write transaction waits for its turn (up to
 * 10 s, then ST_BUSY) before anything is read.  db_rollback() of nothing is
 * fine, so that it can stand on every error path. */
enum db_access { DB_READ, DB_WRITE };
enum status db_begin(struct db *db, enum db_access access) MUST_CHECK;
enum status db_commit(struct db *db) MUST_CHECK;
void db_rollback(struct db *db);
/* After a failure with ST_BUSY or ST_UNREACHABLE: 1 where the database has
 * undone the transaction because it met another one, or because the connection
 * was lost before its commit, so that all of it can be repeated at once. */
int db_undone(const struct db *db);
/* 1 where the connection is gone: the whole store does not answer.  The next
 * transaction connects anew. */
int db_lost(const struct db *db);
/* 1 while a transaction is open, whoever began it. */
int db_in_transaction(const struct db *db);

/* 1 where applications write to it too: what was counted or checked a while
 * ago holds no longer. */
int db_is_shared(const struct db *db);

/* A number that is another one once another connection has committed.  It may
 * be another one besides: on a server for transactions of anybody, our own
 * too.  Outside of a transaction: inside, nothing changes. */
enum status db_version(struct db *db, int64_t *out) MUST_CHECK;

/* Run a file of several statements (a schema), in one transaction. */
enum status db_script(struct db *db, const char *words) MUST_CHECK;

/* ---- introspection ---- */

struct db_column {
	char *name;
	char *type; /* as declared; "" if none */
	int not_null;
	int has_default;
	int key;       /* place in the primary key from 1; 0: not part of it */
	int generated; /* computed from others, or numbered: not to be written
			*/
	int computed;  /* from others: nobody can write it at all */
	int checked;   /* a CHECK of the table speaks of it */
	int by_language; /* text compares by a language's rules */
};
struct db_foreign_key {
	char *table; /* referenced */
	char **from; /* own columns */
	char **to;   /* referenced columns, same order */
	size_t count;
	char *on_delete; /* "NO ACTION", "CASCADE", "SET NULL", ... */
};
struct db_index {
	char *name;
	char **columns; /* leading plain columns; NULL for an expression */
	size_t count;
	int unique;
	int partial;
};
/* A leaf partition: a place of its own for some of a table's records. */
struct db_part {
	char *schema;
	char *name;
	char *server; /* that it is on; NULL: the database's own */
};
struct db_table {
	char *name;
	struct db_column *columns;
	size_t column_count;
	struct db_foreign_key *foreign_keys;
	size_t foreign_key_count;
	struct db_index *indexes;
	size_t index_count;
	/* all of them where some are on other servers; else none */
	struct db_part *parts;
	size_t part_count;
	/* the one that is asked alone at present (rule_narrow()); or NULL */
	const struct db_part *only;
};
/* Tables of the people's data: our own (lethe_*) are left out. */
struct db_schema {
	struct db_table *tables;
	size_t count;
};
enum status db_introspect(struct db *db, struct db_schema *out) MUST_CHECK;
void db_schema_release(struct db_schema *schema);
const struct db_table *db_schema_table(
    const struct db_schema *schema, const char *name);
const struct db_column *db_table_column(
    const struct db_table *table, const char *name);
/* Add `"table" AS t`, or the part ${part} of it. */
void db_add_from(struct sql *q, const char *table, const struct db_part *part);
/* Add to the end of a SELECT from t in a write transaction that it waits for
 * whoever changes its records, and keeps them as they are. */
void db_add_lock(struct db *db, struct sql *q);

/* ---- what differs between databases ---- */

/*
 * People's columns in tables of our own (lethe_*), whose CREATE statements are
 * written once, in SQLite's words (INTEGER for 64 bits, columns without a type
 * for whatever comes, WITHOUT ROWID); a driver makes its own of them.
 */

/* Add the type of a column of ours that holds the values of ${column}. */
void db_add_type(struct db *db, struct sql *q, const struct db_column *column);
/* Add ${table}.${column} as our tables hold it as part of a key (k1 to k4). */
void db_add_key(struct db *db, struct sql *q, const struct db_column *column,
    const char *table);
/* The same as they hold a value (a column called value), type and all. */
void db_add_kept(struct db *db, struct sql *q, const struct db_column *column,
    const char *table);
/*
 * Add ${table}.${kept}, a key that is kept as text, as values of ${column} may
 * have it: in which form, ${form} tells from 0 on; 0 once there are no more.
 * Text in a form that it cannot have is NULL.
 */
int db_add_key_form(struct db *db, struct sql *q,
    const struct db_column *column, const char *table, const char *kept,
    int form);

enum db_effort { DB_BY_INDEX, DB_EVERY };

/*
 * Add the test that the time in ${table}.${column} has come: a civil date not
 * later than ${last_day} (days since 1970-01-01), an instant before ${before}
 * (Unix seconds, UTC).  Understood are dates, RFC 3339, 'YYYY-MM-DD HH:MM:SS'
 * (UTC) as text, Unix seconds as numbers, and native types.  No time is what
 * does not sort as one: digits as text, and text in a column of integers
 * (ingest makes instants of the one and seconds of the other).
 * It is never true for what is not a time or lies before 1900, and it can use
 * an index on the column: with DB_BY_INDEX, which is right where ingest vouches
 * for the column (times.h), a range that holds hardly anything else; else one
 * that is a day longer, for whatever offsets the text may have.
 */
enum status db_add_due(struct db *db, struct sql *q,
    const struct db_column *type, const char *table, const char *column,
    int32_t last_day, int64_t before, enum db_effort effort) MUST_CHECK;

/* The same for a time that lies after the cut-off: readable, and not due. */
enum status db_add_later(struct db *db, struct sql *q,
    const struct db_column *type, const char *table, const char *column,
    int32_t last_day, int64_t before, enum db_effort effort) MUST_CHECK;

/* The time that a value of a column of ${type} (NULL: of none) holds, as
 * db_add_due() sees it; WHEN_NONE for NULL and for what is none.  A fraction
 * of a second is rounded up. */
struct when db_when(const struct db_column *type, struct val v);

/*
 * Add the test that ${table}.${column} is neither NULL nor a time from 1900 on
 * (what a verdict calls UNDECIDED).  Finds by index what sorts outside the
 * years 1900 to 9999; DB_EVERY reads every record.  DB_NULL_TOO adds the
 * NULLs, here and not by an OR around it, which would use no index.
 */
enum db_null { DB_NULL_NOT, DB_NULL_TOO };
enum status db_add_unreadable(struct db *db, struct sql *q,
    const struct db_column *type, const char *table, const char *column,
    enum db_null null, enum db_effort effort) MUST_CHECK;

/*
 * Delete at most ${limit} records of ${table} (alias t in ${where}) that
 * satisfy ${where}, inside the open write transaction.  They are found along
 * the index on ${order} where one is given, so the earliest go first.  ${each}
 * sees the key columns of every record found, in the order given, before it is
 * gone: with ST_NOTFOUND that record stays and does not count, with any other
 * status than ST_OK the batch ends.  Stops early once
 * ${budget_ns} (0: none) is spent, counted from the first record found, but
 * never before 256 records: that much of CPU time, or three times that much by
 * the clock.  By the clock alone a busy
 * machine would make batches small, and each writes the same pages again.
 */
struct db_batch {
	const char *table;
	const struct db_part *part; /* of it alone; NULL: all of it */
	const char *const *keys;
	size_t key_count;
	const struct sql *where;
	const char *order; /* or NULL */
	int64_t limit;
	int64_t budget_ns;
	/* ${each} leaves no record out and asks nothing about it: it may be
	 * called once they are gone, which can be one statement for all */
	int all_go;
	enum status (*each)(void *ctx, const struct val *key);
	void *ctx;
};
enum status db_delete_batch(
    struct db *db, const struct db_batch *b, int64_t *deleted) MUST_CHECK;

/* Show ${b->each} the records that such a batch would find, of a part that is
 * on another server, and leave them as they are. */
enum status db_show_batch(
    struct db *db, const struct db_batch *b, int64_t *shown) MUST_CHECK;

/*
 * Change at most ${limit} records that satisfy ${where}; all of that is as for
 * a deletion.  ${each} sees of every record the values of ${keys}, then those
 * of
 * ${columns} as they are, and fills in the new ones of ${columns}, whose bytes
 * need live until its next call; ST_NOTFOUND leaves the record as it is,
 * anything else but ST_OK ends the batch.  All are read before the first is
 * changed, since a changed key moves its record in the very order in which they
 * are read; so 4096 records are the most that one batch changes.
 */
struct db_change {
	const char *table;
	const struct db_part *part; /* as for a deletion */
	const char *const *keys;
	size_t key_count;
	const char *const *columns;
	size_t column_count; /* at least 1 */
	const struct sql *where;
	const char *order; /* or NULL */
	int64_t limit;
	int64_t budget_ns;
	enum status (*each)(
	    void *ctx, const struct val *row, struct val *changed);
	void *ctx;
};
enum status db_change_batch(
    struct db *db, const struct db_change *c, int64_t *changed) MUST_CHECK;

/*
 * Partitions of ${table} by ranges of the time ${column}, of which this user
 * may drop each whole without anybody else noticing more than its records gone;
 * the others, and those of a database that has none, are not listed.
 */
struct db_partition {
	char *words;  /* its name, as SQL writes it */
	char *name;   /* for people */
	char *id;     /* what no other table has */
	char *from;   /* the first time that can be in it; "": open */
	char *before; /* the first one that is too late for it; "": open */
};
struct db_partitions {
	struct db_partition *list;
	size_t count;
};
enum status db_partitions(struct db *db, const char *table, const char *column,
    struct db_partitions *out) MUST_CHECK;
void db_partitions_release(struct db_partitions *p);

/* Inside a write transaction: from now on readers only.  ST_BUSY where others
 * write to it for longer than a second. */
enum status db_partition_lock(
    struct db *db, const struct db_partition *p) MUST_CHECK;

/*
 * Inside that transaction: drop it.  ${stays} (NULL: nothing) is what its table
 * is selected from, alias t, for the records that are kept, in the default
 * partition.  ST_BUSY where others use the table, ST_CONFLICT where something
 * depends on the partition or the records cannot stay: roll back then.
 */
enum status db_partition_drop(struct db *db, const struct db_table *table,
    const struct db_partition *p, const struct sql *stays) MUST_CHECK;

/*
 * Add many records.  One statement, bound again and again; ${columns} in the
 * order of the values.  DB_UPSERT replaces the other columns of a record
 * whose primary key is there already.
 */
struct db_insert;
enum db_insert_mode { DB_INSERT, DB_UPSERT };
enum status db_insert_open(struct db *db, const struct db_table *table,
    const char *const *columns, size_t count, enum db_insert_mode mode,
    struct db_insert **out) MUST_CHECK;
enum status db_insert_row(
    struct db_insert *ins, const struct val *vals) MUST_CHECK;
/* Records may be kept back until they are many: before anything else is asked
 * of the table, and before the commit, add those. */
enum status db_insert_flush(struct db_insert *ins) MUST_CHECK;
/* Call the records to come ${mark}; after ST_CONFLICT, what the one was called
 * that was refused (0: nobody knows). */
void db_insert_mark(struct db_insert *ins, int64_t mark);
int64_t db_insert_refused(const struct db_insert *ins);
void db_insert_close(struct db_insert *ins);

/*
 * Make what was deleted unreadable: checkpoint the whole journal into the
 * file, truncate it, sync.  ST_BUSY while a reader still holds an older state
 * ("deleted, not yet scrubbed").  Fails where overwriting is not on.  Nothing
 * in a database that is not ours: its server's VACUUM, logs and backups decide
 * how long what was deleted can still be read.
 */
enum status db_scrub(struct db *db) MUST_CHECK;

/* Read and authenticate every page of every file, and check the structure.
 * ${*pages} (may be NULL) gets how many were read: of a database that is not
 * ours none, whose server answers for them. */
enum status db_integrity(struct db *db, int64_t *pages) MUST_CHECK;

/*
 * That a store is the newest one there is, and not an older one put back in
 * part or as a whole (vfs_seal.h).  Those of other people's servers cannot be
 * sealed: ST_NOTFOUND.  ST_INTEGRITY: it is not the newest.
 */
#define DB_MARK   8
#define DB_DIGEST 32
struct db_seal {
	int64_t generation; /* grows with every change */
	int64_t pages;
	int journal; /* what it does not count may be in the journal */
	uint8_t mark[DB_MARK];   /* drawn when it was sealed last; */
	uint8_t before[DB_MARK]; /* and what that was told */
	uint8_t digest[DB_DIGEST];
};
/* Keep account of the pages from now on; reads each, where that is new. */
enum status db_seal_begin(struct db *db) MUST_CHECK;
/* Waits for no writer.  ST_NOTFOUND, without a sentence: no account is kept. */
enum status db_seal_read(struct db *db, struct db_seal *out) MUST_CHECK;
/* Draw a new mark; ${before} is the one that the log has. */
enum status db_seal_set(struct db *db, const uint8_t before[DB_MARK],
    struct db_seal *out) MUST_CHECK;
/* Read ${count} pages from ${first} (0 ...) on, round and round, and look
 * whether they are the newest; and the account itself. */
enum status db_seal_check(
    struct db *db, int64_t first, int64_t count) MUST_CHECK;

/* Append to ${out} what Lethe may not do with ${tables} and for its own, as
 * SQL that grants it, a line each; nothing where the database is ours. */
enum status db_grants(struct db *db, const char *const *tables, size_t count,
    struct buf *out) MUST_CHECK;

#endif /* !STORE_DB_H */
