/* One record from one file of a store to another. */
#include "engine/store/record_move.h"

#include <stdlib.h>

#define KEYS 4 /* that our own tables have */

static void add_where(
    struct sql *q, const char *const *keys, size_t count, const struct val *key)
{
	size_t i;

	sql_add(q, " WHERE TRUE");
	for (i = 0; i < count; i++) {
		sql_add(q, " AND ");
		sql_name(q, keys[i]);
		sql_add(q, " = ");
		sql_bind(q, key[i]);
	}
}

/* The row that ${s} stands on, by ${ins}. */
static enum status copy_row(struct stmt *s, struct db_insert *ins, size_t count)
{
	struct val *vals = calloc(count + 1, sizeof(*vals));
	enum status st;
	size_t i;

	if (vals == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; i < count; i++)
		vals[i] = db_val(s, (int)i);
	st = db_insert_row(ins, vals);
	free(vals);
	return st;
}

static enum status copy_record(struct db *from, struct db *to,
    const struct db_table *table, const char *const *keys, size_t key_count,
    const struct val *key)
{
	const char **names = calloc(table->column_count + 1, sizeof(*names));
	struct db_insert *ins = NULL;
	struct sql q = SQL_INIT;
	struct stmt *s = NULL;
	enum status st = ST_OK;
	size_t n = 0, i;

	if (names == NULL)
		return fail(ST_NOMEM, "out of memory");
	sql_add(&q, "SELECT ");
	for (i = 0; i < table->column_count; i++) {
		if (table->columns[i].generated)
			continue;
		if (n)
			sql_add(&q, ", ");
		sql_name(&q, table->columns[i].name);
		names[n++] = table->columns[i].name;
	}
	sql_add(&q, " FROM ");
	sql_name(&q, table->name);
	add_where(&q, keys, key_count, key);
	st = db_insert_open(to, table, names, n, DB_INSERT, &ins);
	if (st == ST_OK)
		st = db_query_sql(from, &q, &s);
	if (st == ST_OK)
		st = db_row(s);
	if (st == ST_OK)
		st = copy_row(s, ins, n);
	db_done(s);
	db_insert_close(ins);
	sql_release(&q);
	free(names);
	return st;
}

static void fill_key(const struct val *key, size_t count, struct val k[KEYS])
{
	size_t i;

	for (i = 0; i < KEYS; i++)
		k[i] = i < count ? key[i] : TEXT("");
}

static enum status copy_suspensions(
    struct db *from, struct db *to, const char *table, const struct val k[KEYS])
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(from,
	    "SELECT cluster, suspension, kind FROM lethe_suspension"
	    " WHERE collection = $1 AND k1 = $2 AND k2 = $3 AND k3 = $4"
	    " AND k4 = $5",
	    ARGS(TEXT(table), k[0], k[1], k[2], k[3]), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = db_exec(to,
		    "INSERT INTO lethe_suspension (collection, k1, k2, k3, k4,"
		    " cluster, suspension, kind)"
		    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
		    " ON CONFLICT DO NOTHING",
		    ARGS(TEXT(table), k[0], k[1], k[2], k[3], db_val(s, 0),
			db_val(s, 1), db_val(s, 2)));
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status copy_reduced(
    struct db *from, struct db *to, const char *table, const struct val k[KEYS])
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(from,
	    "SELECT cluster, at FROM lethe_reduced"
	    " WHERE collection = $1 AND k1 = $2 AND k2 = $3 AND k3 = $4"
	    " AND k4 = $5",
	    ARGS(TEXT(table), k[0], k[1], k[2], k[3]), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = db_exec(to,
		    "INSERT INTO lethe_reduced (collection, k1, k2, k3, k4,"
		    " cluster, at) VALUES ($1, $2, $3, $4, $5, $6, $7)"
		    " ON CONFLICT DO NOTHING",
		    ARGS(TEXT(table), k[0], k[1], k[2], k[3], db_val(s, 0),
			db_val(s, 1)));
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status remove_record(struct db *from, const struct db_table *table,
    const char *const *keys, size_t key_count, const struct val *key,
    const struct val k[KEYS])
{
	struct sql q = SQL_INIT;
	enum status st;

	sql_add(&q, "DELETE FROM ");
	sql_name(&q, table->name);
	add_where(&q, keys, key_count, key);
	st = db_exec_sql(from, &q, NULL);
	sql_release(&q);
	if (st == ST_OK)
		st = db_exec(from,
		    "DELETE FROM lethe_suspension WHERE collection = $1"
		    " AND k1 = $2 AND k2 = $3 AND k3 = $4 AND k4 = $5",
		    ARGS(TEXT(table->name), k[0], k[1], k[2], k[3]));
	if (st == ST_OK)
		st = db_exec(from,
		    "DELETE FROM lethe_reduced WHERE collection = $1"
		    " AND k1 = $2 AND k2 = $3 AND k3 = $4 AND k4 = $5",
		    ARGS(TEXT(table->name), k[0], k[1], k[2], k[3]));
	return st;
}

enum status record_move(struct db *from, struct db *to,
    const struct db_table *table, const char *const *keys, size_t key_count,
    const struct val *key)
{
	struct val k[KEYS];
	enum status st;

	if (key_count > KEYS)
		return fail(ST_LIMIT,
		    "table %s has a key of %zu columns: %d is the most",
		    table->name, key_count, KEYS);
	fill_key(key, key_count, k);
	st = copy_record(from, to, table, keys, key_count, key);
	if (st == ST_OK)
		st = copy_suspensions(from, to, table->name, k);
	if (st == ST_OK)
		st = copy_reduced(from, to, table->name, k);
	return st == ST_OK ? remove_record(from, table, keys, key_count, key, k)
			   : st;
}
