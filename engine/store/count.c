/* Record counts that cost nothing to read. */
#include "engine/store/count.h"

static enum status count_rows(
    struct db *db, const char *collection, int64_t *records)
{
	struct sql q = SQL_INIT;
	enum status st;

	sql_add(&q, "SELECT count(*) FROM ");
	sql_name(&q, collection);
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
	if ((st = count_rows(db, collection, &records)) != ST_OK)
		return st;
	return db_exec(db,
	    "INSERT INTO lethe_count (collection, records) VALUES ($1, $2)"
	    " ON CONFLICT (collection) DO UPDATE SET records = $2",
	    ARGS(TEXT(collection), INT(records)));
}

enum status count_add(struct db *db, const char *collection, int64_t records)
{
	int64_t changes = 0;
	enum status st;

	if (db_is_shared(db))
		return ST_OK;
	st = db_exec_(db,
	    "UPDATE lethe_count SET records = records + $2"
	    " WHERE collection = $1",
	    ARGS(TEXT(collection), INT(records)), &changes);
	if (st == ST_OK && changes == 0)
		st = count_anew(db, collection);
	return st;
}

enum status count_get(struct db *db, const char *collection, int64_t *records)
{
	int64_t kept = -1;
	enum status st;

	if (db_is_shared(db))
		return count_rows(db, collection, records);
	st = db_one_int(db,
	    "SELECT records FROM lethe_count WHERE collection = $1",
	    ARGS(TEXT(collection)), -1, &kept);
	if (st == ST_OK && kept < 0)
		return count_rows(db, collection, records);
	if (st == ST_OK)
		*records = kept;
	return st;
}
