/*
 * Marks of records that were reduced.  A record is looked up in its own table,
 * because only that knows whether two keys are one (a collation, a number as
 * text); what it holds is then what the mark does (db_add_key()).
 */
#include "engine/store/reduced.h"

enum status reduced_any(struct db *db, const char *collection, int *any)
{
	int64_t found = 0;
	enum status st;

	st = db_one_int(db,
	    "SELECT 1 FROM lethe_reduced WHERE collection = $1 LIMIT 1",
	    ARGS(TEXT(collection)), 0, &found);
	*any = found != 0;
	return st;
}

/*
 * The clusters that have marks, one after the other along the index: a mark is
 * then found by that index, and not among all of the collection's.
 */
static void add_clusters(struct sql *q, const char *collection)
{
	sql_add(q, "WITH RECURSIVE c (name) AS (SELECT min(cluster)"
		   " FROM lethe_reduced WHERE collection = ");
	sql_bind_text(q, collection);
	sql_add(q, " UNION ALL SELECT (SELECT min(cluster) FROM lethe_reduced"
		   " WHERE collection = ");
	sql_bind_text(q, collection);
	sql_add(q, " AND cluster > c.name) FROM c WHERE c.name IS NOT NULL)"
		   " SELECT name FROM c");
}

/* (k1, k2) = (SELECT t."a", t."b" FROM ... WHERE t."a" = ...) */
static void add_key(struct db *db, struct sql *q, const struct db_table *table,
    const char *const *keys, size_t key_count, const struct val *key)
{
	sql_add(q, "(k1");
	if (key_count > 1)
		sql_add(q, ", k2");
	if (key_count > 2)
		sql_add(q, ", k3");
	if (key_count > 3)
		sql_add(q, ", k4");
	sql_add(q, ") = (SELECT ");
	for (size_t i = 0; i < key_count; i++) {
		if (i)
			sql_add(q, ", ");
		db_add_key(db, q, db_table_column(table, keys[i]), "t");
	}
	sql_add(q, " FROM ");
	sql_name(q, table->name);
	sql_add(q, " AS t WHERE ");
	for (size_t i = 0; i < key_count; i++) {
		if (i)
			sql_add(q, " AND ");
		sql_column(q, "t", keys[i]);
		sql_add(q, " = ");
		sql_bind(q, key[i]);
	}
	sql_add(q, ")");
}

enum status reduced_forget(struct db *db, const struct db_table *table,
    const char *const *keys, size_t key_count, const struct val *key)
{
	struct sql q = SQL_INIT;
	enum status st;

	sql_add(&q, "DELETE FROM lethe_reduced WHERE collection = ");
	sql_bind_text(&q, table->name);
	sql_add(&q, " AND cluster IN (");
	add_clusters(&q, table->name);
	sql_add(&q, ") AND ");
	add_key(db, &q, table, keys, key_count, key);
	st = db_exec_sql(db, &q, NULL);
	sql_release(&q);
	return st;
}
