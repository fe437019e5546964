/* Restrictions, from the side of the records. */
#include "engine/store/restricted.h"

static const char *const names[] = { "k1", "k2", "k3", "k4" };
#define NAMES (sizeof(names) / sizeof(names[0]))

/* Add "EXISTS (...)": a suspension that names t.  What has no key cannot be
 * named one by one. */
static void named(struct db *db, const struct restricted *r, struct sql *q)
{
	sql_add(q, "EXISTS (SELECT 1 FROM lethe_suspension AS s"
		   " WHERE s.kind = 'restriction' AND s.collection = ");
	sql_bind_text(q, r->table->name);
	for (size_t i = 0; i < r->key_count && i < NAMES; i++) {
		sql_add(q, " AND ");
		sql_column(q, "s", names[i]);
		sql_add(q, " = ");
		db_add_key(db, q, db_table_column(r->table, r->keys[i]), "t");
	}
	sql_add(q, ")");
}

static void whole(
    const struct restricted *r, const char *cluster, struct sql *q)
{
	sql_add(q, "EXISTS (SELECT 1 FROM lethe_suspended_cluster AS c"
		   " WHERE c.kind = 'restriction' AND c.collection = ");
	sql_bind_text(q, r->table->name);
	if (cluster) {
		sql_add(q, " AND c.cluster = ");
		sql_bind_text(q, cluster);
	}
	sql_add(q, ")");
}

void restricted_where(struct db *db, const struct restricted *r,
    const char *cluster, struct sql *q)
{
	sql_add(q, " AND (");
	whole(r, cluster, q);
	if (r->key_count > 0) {
		sql_add(q, " OR ");
		named(db, r, q);
	}
	sql_add(q, ")");
}

void restricted_where_not(struct db *db, const struct restricted *r,
    const char *cluster, struct sql *q)
{
	sql_add(q, " AND NOT (TRUE");
	restricted_where(db, r, cluster, q);
	sql_add(q, ")");
}

enum status restricted_reach(
    struct db *db, const char *collection, enum restricted_reach *out)
{
	int64_t n = 0;
	enum status st;

	st = db_one_int(db,
	    "SELECT CASE WHEN EXISTS (SELECT 1 FROM lethe_suspended_cluster"
	    "  WHERE collection = $1 AND kind = 'restriction') THEN 2"
	    " WHEN EXISTS (SELECT 1 FROM lethe_suspension"
	    "  WHERE collection = $1 AND kind = 'restriction') THEN 1"
	    " ELSE 0 END",
	    ARGS(TEXT(collection)), 0, &n);
	if (st == ST_OK)
		*out = (enum restricted_reach)n;
	return st;
}

enum status restricted_count(
    struct db *db, const struct restricted *r, int64_t *records)
{
	enum restricted_reach reach = RESTRICTED_NONE;
	struct sql q = SQL_INIT;
	enum status st = restricted_reach(db, r->table->name, &reach);

	*records = 0;
	if (st != ST_OK || reach == RESTRICTED_NONE)
		return st;
	sql_add(&q, "SELECT count(*) FROM ");
	sql_name(&q, r->table->name);
	sql_add(&q, " AS t WHERE ");
	if (reach == RESTRICTED_WHOLE)
		sql_add(&q, "TRUE");
	else
		named(db, r, &q);
	st = db_one_int_sql(db, &q, 0, records);
	sql_release(&q);
	return st;
}

enum status restricted_has(
    struct db *db, const struct restricted *r, const struct val *key, int *out)
{
	struct sql q = SQL_INIT;
	int64_t n = 0;
	enum status st;

	sql_add(&q, "SELECT 1 FROM ");
	sql_name(&q, r->table->name);
	sql_add(&q, " AS t WHERE TRUE");
	restricted_where(db, r, NULL, &q);
	for (size_t i = 0; i < r->key_count; i++) {
		sql_add(&q, " AND ");
		sql_column(&q, "t", r->keys[i]);
		sql_add(&q, " = ");
		sql_bind(&q, key[i]);
	}
	st = db_one_int_sql(db, &q, 0, &n);
	sql_release(&q);
	*out = n != 0;
	return st;
}
