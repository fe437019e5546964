/* Which columns hold nothing but times. */
#include "engine/store/times.h"

enum status times_vouch(struct db *db, const char *collection, int64_t before,
    const char *const *names, size_t count)
{
	struct sql q = SQL_INIT;
	enum status st;
	size_t i;

	if (db_is_shared(db))
		return ST_OK;
	/* What was vouched for and is not checked now holds no longer. */
	sql_add(&q, "DELETE FROM lethe_time WHERE collection = ");
	sql_bind_text(&q, collection);
	sql_add(&q, " AND name NOT IN (''");
	for (i = 0; i < count; i++) {
		sql_add(&q, ", ");
		sql_bind_text(&q, names[i]);
	}
	sql_add(&q, ")");
	st = db_exec_sql(db, &q, NULL);
	sql_release(&q);
	for (i = 0; st == ST_OK && before == 0 && i < count; i++)
		st = db_exec(db,
		    "INSERT INTO lethe_time (collection, name)"
		    " VALUES ($1, $2) ON CONFLICT DO NOTHING",
		    ARGS(TEXT(collection), TEXT(names[i])));
	return st;
}

enum status times_effort(struct db *db, const char *collection,
    const char *column, enum db_effort *out)
{
	int64_t known = 0;
	enum status st = ST_OK;

	if (!db_is_shared(db))
		st = db_one_int(db,
		    "SELECT count(*) FROM lethe_time"
		    " WHERE collection = $1 AND name = $2",
		    ARGS(TEXT(collection), TEXT(column)), 0, &known);
	if (st == ST_OK)
		*out = known ? DB_BY_INDEX : DB_EVERY;
	return st;
}
