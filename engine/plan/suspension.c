/*
 * Suspensions beside the records.  They are asked in the transaction that
 * would delete, so that one placed a moment before is seen, and by index in
 * both directions, so that they cost nothing where there are none.
 */
#include "engine/plan/suspension.h"

#include "engine/plan/keys.h"
#include "engine/store/count.h"

const char *suspension_kind_name(enum suspension_kind kind)
{
	switch (kind) {
	case SUSPENSION_HOLD: return "hold";
	case SUSPENSION_RESTRICTION: return "restriction";
	}
	return "";
}

/* ---- written ---- */

static enum status add_record(struct db *db,
    const struct suspension_place *place, const struct val key[KEYS_MOST],
    const char *id, const char *kind)
{
	return db_exec(db,
	    "INSERT INTO lethe_suspension"
	    " (collection, cluster, k1, k2, k3, k4, suspension, kind)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
	    " ON CONFLICT DO NOTHING",
	    ARGS(TEXT(place->collection), TEXT(place->cluster), key[0], key[1],
		key[2], key[3], TEXT(id), TEXT(kind)));
}

enum status suspension_add(struct db *db, const struct suspension_place *place,
    const struct val *key, size_t key_count, const char *id,
    enum suspension_kind kind)
{
	struct val all[KEYS_MOST];
	size_t i;

	if (key == NULL)
		return db_exec(db,
		    "INSERT INTO lethe_suspended_cluster"
		    " (collection, cluster, suspension, kind)"
		    " VALUES ($1, $2, $3, $4)"
		    " ON CONFLICT DO NOTHING",
		    ARGS(TEXT(place->collection), TEXT(place->cluster),
			TEXT(id), TEXT(suspension_kind_name(kind))));
	keys_fill(key, key_count, all);
	/* NULL equals nothing: such a record cannot be found again. */
	for (i = 0; i < KEYS_MOST; i++) {
		if (all[i].type == VAL_NULL)
			return fail(ST_INVALID,
			    "a record of %s.%s has an empty column in its "
			    "key, so it cannot be suspended: give it a key, "
			    "or suspend the cluster %s",
			    db_name(db), place->collection, place->cluster);
	}
	return add_record(db, place, all, id, suspension_kind_name(kind));
}

enum status suspension_clear(struct db *db, const char *id)
{
	enum status st;

	st = db_exec(db, "DELETE FROM lethe_suspension WHERE suspension = $1",
	    ARGS(TEXT(id)));
	if (st == ST_OK)
		st = db_exec(db,
		    "DELETE FROM lethe_suspended_cluster WHERE suspension = $1",
		    ARGS(TEXT(id)));
	return st;
}

/* ---- asked ---- */

enum status suspension_read(const struct rule *r, struct suspensions *out)
{
	const char *cluster = r->terms.cluster->name;
	struct suspensions found = { 0, 0, 0 };
	struct stmt *s = NULL;
	enum status st;

	st = db_query(r->store->db,
	    "SELECT EXISTS (SELECT 1 FROM lethe_suspension"
	    "  WHERE collection = $1 AND cluster = $2),"
	    " EXISTS (SELECT 1 FROM lethe_suspended_cluster"
	    "  WHERE collection = $1 AND cluster = $2 AND kind = 'hold'),"
	    " EXISTS (SELECT 1 FROM lethe_suspended_cluster"
	    "  WHERE collection = $1 AND cluster = $2 AND kind = 'restriction')",
	    ARGS(TEXT(r->table->name), TEXT(cluster)), &s);
	if (st == ST_OK)
		st = db_row(s);
	if (st == ST_OK) {
		found.records = db_int(s, 0) != 0;
		found.held = db_int(s, 1) != 0;
		found.restricted = db_int(s, 2) != 0;
		*out = found;
	}
	db_done(s);
	return st;
}

/* The rows of the rule's part of its collection. */
static void where_part(const struct rule *r, struct sql *q)
{
	sql_add(q, "s.collection = ");
	sql_bind_text(q, r->table->name);
	sql_add(q, " AND s.cluster = ");
	sql_bind_text(q, r->terms.cluster->name);
}

void suspension_where_not(
    const struct rule *r, const struct suspensions *s, struct sql *q)
{
	if (s->held || s->restricted) {
		sql_add(q, " AND FALSE");
		return;
	}
	if (!s->records)
		return;
	sql_add(q, " AND NOT EXISTS (SELECT 1 FROM lethe_suspension AS s"
		   " WHERE ");
	where_part(r, q);
	keys_match(r->store->db, r->table, r->keys, r->key_count, "s", q);
	sql_add(q, ")");
}

void suspension_from(const struct rule *r, struct sql *q)
{
	sql_add(q, "(SELECT s.k1, s.k2, s.k3, s.k4, min(s.kind) AS kind"
		   " FROM lethe_suspension AS s WHERE ");
	where_part(r, q);
	/* CROSS: in this order, whatever the planner knows of the sizes. */
	sql_add(q, " GROUP BY s.k1, s.k2, s.k3, s.k4) AS s CROSS JOIN ");
	rule_from(r, q);
	sql_add(q, " WHERE TRUE");
	keys_find(r->store->db, r->table, r->keys, r->key_count, "s", q);
}

static enum status count_kind(
    const struct rule *r, enum suspension_kind kind, int64_t *records)
{
	struct sql q = SQL_INIT;
	enum status st;

	sql_add(&q, "SELECT count(*) FROM ");
	suspension_from(r, &q);
	sql_add(&q, " AND s.kind = ");
	sql_bind_text(&q, suspension_kind_name(kind));
	st = db_one_int_sql(r->store->db, &q, 0, records);
	sql_release(&q);
	return st;
}

enum status suspension_count(const struct rule *r, const struct suspensions *s,
    int64_t *held, int64_t *restricted)
{
	int64_t all = 0, h = 0, x = 0;
	enum status st = ST_OK;

	if (s->held || s->restricted)
		st = count_get(r->store->db, r->table->name, &all);
	if (st == ST_OK && s->records && !s->held)
		st = count_kind(r, SUSPENSION_HOLD, &h);
	if (st == ST_OK && s->records && !s->held && !s->restricted)
		st = count_kind(r, SUSPENSION_RESTRICTION, &x);
	if (st != ST_OK)
		return st;
	*held = s->held ? all : h;
	*restricted = s->held ? 0 : s->restricted ? all - h : x;
	return ST_OK;
}
