#ifndef STORE_DB_DRIVER_H
#define STORE_DB_DRIVER_H

#include "engine/store/db.h"

/*
 * What a driver offers to db.c; callers above include db.h alone.  A driver's
 * own connection and statement begin with these structures.
 */
struct driver;
struct db_bulk;
struct db {
	const struct driver *driver;
	char *name; /* owned */
	int in_transaction;
	enum db_access access; /* of the open transaction */
};
struct stmt {
	struct db *db;
};

/* How long the bytes of bound values live. */
enum bind_life {
	BIND_COPY, /* until the call returns: the driver keeps a copy */
	BIND_KEPT, /* until the statement is bound anew or ended */
};

struct driver {
	/* Frees all but ${name}, which db_close() frees. */
	void (*close)(struct db *db);

	enum status (*prepare)(
	    struct db *db, const char *text, struct stmt **out);
	/* Starts over; the count is the statement's, or it fails. */
	enum status (*bind)(struct stmt *s, const struct val *vals,
	    size_t count, enum bind_life life);
	enum status (*row)(struct stmt *s);
	void (*done)(struct stmt *s);
	/* Rows changed by the statement that just ended. */
	int64_t (*changes)(struct stmt *s);

	int (*columns)(const struct stmt *s);
	const char *(*column_name)(const struct stmt *s, int col);
	struct val (*val)(struct stmt *s, int col);
	int64_t (*integer)(struct stmt *s, int col);
	const char *(*text)(struct stmt *s, int col);

	int is_shared; /* others write to the database as well */
	enum status (*begin)(struct db *db, enum db_access access);
	enum status (*commit)(struct db *db);
	void (*rollback)(struct db *db);
	/* Was what failed undone because of others?  NULL: never. */
	int (*undone)(const struct db *db);
	enum status (*version)(struct db *db, int64_t *out);
	/* Several statements, inside the open transaction. */
	enum status (*script)(struct db *db, const char *text);

	enum status (*introspect)(struct db *db, struct db_schema *out);
	void (*add_type)(struct sql *q, const struct db_column *column);
	void (*add_key)(
	    struct sql *q, const struct db_column *column, const char *table);
	void (*add_kept)(
	    struct sql *q, const struct db_column *column, const char *table);
	int (*add_key_form)(struct sql *q, const struct db_column *column,
	    const char *table, const char *kept, int form);
	enum status (*add_due)(struct db *db, struct sql *q,
	    const struct db_column *type, const char *table, const char *column,
	    int32_t last_day, int64_t before, enum db_effort effort);
	enum status (*add_later)(struct db *db, struct sql *q,
	    const struct db_column *type, const char *table, const char *column,
	    int32_t last_day, int64_t before, enum db_effort effort);
	enum status (*add_unreadable)(struct db *db, struct sql *q,
	    const struct db_column *type, const char *table, const char *column,
	    enum db_null null, enum db_effort effort);
	enum status (*delete_batch)(
	    struct db *db, const struct db_batch *b, int64_t *deleted);
	enum status (*change_batch)(
	    struct db *db, const struct db_change *c, int64_t *changed);
	/* NULL: the database has no partitions. */
	enum status (*partitions)(struct db *db, const char *table,
	    const char *column, struct db_partitions *out);
	enum status (*partition_lock)(
	    struct db *db, const struct db_partition *p);
	enum status (*partition_drop)(struct db *db, const struct db_table *t,
	    const struct db_partition *p, const struct sql *stays);
	/* NULL: records are added by INSERT alone. */
	enum status (*bulk_open)(struct db *db, const struct db_table *table,
	    const char *const *columns, size_t count, struct db_bulk **out);
	/* Kept back; ${*full}: flush it now. */
	enum status (*bulk_row)(struct db_bulk *bulk, const struct val *vals,
	    size_t count, int *full);
	/* ${*row}: the one that was refused, from 1; 0 where nobody knows. */
	enum status (*bulk_flush)(struct db_bulk *bulk, int64_t *row);
	void (*bulk_close)(struct db_bulk *bulk);
	enum status (*scrub)(struct db *db);
	enum status (*integrity)(struct db *db, int64_t *pages);
	/* NULL: the database is ours. */
	enum status (*grants)(struct db *db, const char *const *tables,
	    size_t count, struct buf *out);
};

/* Introspection, for the drivers (db_schema.c): one more element of ${size} at
 * the end of the array that ${items} points to, zeroed (NULL: out of memory);
 * a copy of a column's text, NULL as ""; the same as one more of some names,
 * NULL as NULL; a pair of columns of a foreign key. */
void *db_schema_append(void *items, size_t *count, size_t size);
enum status db_schema_copy(struct stmt *s, int col, char **out) MUST_CHECK;
enum status db_schema_name(
    struct stmt *s, int col, char ***names, size_t *n) MUST_CHECK;
enum status db_schema_pair(
    struct stmt *s, int from, int to, struct db_foreign_key *f) MUST_CHECK;

/* db_query_() with a driver's choice of lifetime. */
enum status db_prepare(
    struct db *db, const char *text, struct stmt **out) MUST_CHECK;

#endif /* !STORE_DB_DRIVER_H */
