#ifndef STORE_DB_DRIVER_H
#define STORE_DB_DRIVER_H

#include "engine/store/db.h"

/*
 * What a driver offers to db.c; callers above include db.h alone.  A driver's
 * own connection and statement begin with these structures.
 */
struct driver;
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

	enum status (*begin)(struct db *db, enum db_access access);
	enum status (*commit)(struct db *db);
	void (*rollback)(struct db *db);
	enum status (*version)(struct db *db, int64_t *out);
	/* Several statements, inside the open transaction. */
	enum status (*script)(struct db *db, const char *text);

	enum status (*introspect)(struct db *db, struct db_schema *out);
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
	enum status (*scrub)(struct db *db);
	enum status (*integrity)(struct db *db, int64_t *pages);
	/* NULL, as the rest of them, where there is no seal. */
	enum status (*seal_begin)(struct db *db);
	enum status (*seal_read)(struct db *db, struct db_seal *out);
	enum status (*seal_set)(
	    struct db *db, const uint8_t before[DB_MARK], struct db_seal *out);
	enum status (*seal_check)(struct db *db, int64_t first, int64_t count);
};

/* db_query_() with a driver's choice of lifetime. */
enum status db_prepare(
    struct db *db, const char *text, struct stmt **out) MUST_CHECK;

#endif /* !STORE_DB_DRIVER_H */
