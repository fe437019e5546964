/* Record counts that cost nothing to read. */
#include "engine/store/count.h"

static enum status count_rows(struct db *db, const char *collection,
    const struct db_part *part, int64_t *records)
{
	struct sql q = SQL_INIT;
	enum status st;

	sql_add(&q, "SELECT count(*) FROM ");
	db_add_from(&q, collection, part);
	st = db_one_int_sql(db, &q, 0, records);
	sql_release(&q);
	return st;
}

enum status count_anew(struct db *db, const char *collection)
{
	int64_t records = 0;
	enum status st;

	if (db_is_shared(db))
		return ST_OK;
	if ((st = count_rows(db, collection, NULL, &records)) != ST_OK)
		return st;
	return db_exec(db,
	    "INSERT INTO lethe_count (collection, records) VALUES ($1, $2)"
	    " ON CONFLICT (collection) DO UPDATE SET records = $2",
	    ARGS(TEXT(collection), INT(records)));
}

enum status count_part(
    struct db *db, const struct db_part *part, int64_t *records)
{
	return count_rows(db, NULL, part, records);
}

static enum status add(
    struct db *db, const char *collection, int64_t records, int64_t *changes)
{
	return db_exec_(db,
	    "UPDATE lethe_count SET records = records + $2"
	    " WHERE collection = $1",
	    ARGS(TEXT(collection), INT(records)), changes);
}

enum status count_add_kept(
    struct db *db, const char *collection, int64_t records)
{
	return db_is_shared(db) ? ST_OK : add(db, collection, records, NULL);
}

enum status count_add(struct db *db, const char *collection, int64_t records)
{
	int64_t changes = 0;
	enum status st;

	if (db_is_shared(db))
		return ST_OK;
	st = add(db, collection, records, &changes);
	if (st == ST_OK && changes == 0)
		st = count_anew(db, collection);
	return st;
}

enum status count_get(struct db *db, const char *collection, int64_t *records)
{
	int64_t kept = -1;
	enum status st;

	if (db_is_shared(db))
		return count_rows(db, collection, NULL, records);
	st = db_one_int(db,
	    "SELECT records FROM lethe_count WHERE collection = $1",
	    ARGS(TEXT(collection)), -1, &kept);
	if (st == ST_OK && kept < 0)
		return count_rows(db, collection, NULL, records);
	if (st == ST_OK)
		*records = kept;
	return st;
}
