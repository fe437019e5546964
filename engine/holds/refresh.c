/*
 * The stores brought to what the registry says.  What differs is looked for
 * first, so that nothing is written, and no lock taken, where nothing changed;
 * then one write transaction adds and drops, so that no reader sees a moment
 * without a row that stays.
 *
 * Only two things are dropped: rows of suspensions that the registry calls
 * released, and rows of records that are gone.  A suspension that another
 * process placed a moment ago is therefore never touched, and a record that
 * the references do not reach any more stays suspended.
 */
#include "engine/holds/refresh.h"

#include <stdlib.h>
#include <string.h>

#include "engine/holds/entries.h"
#include "engine/holds/holds.h"
#include "engine/holds/reached.h"
#include "engine/holds/registry.h"
#include "engine/installation/units.h"
#include "engine/plan/keys.h"
#include "engine/plan/suspension.h"

/* ---- what differs, as SQL ---- */

/* Rows to add: what is reached, and what is suspended already (a part may be
 * new), in every part that the suspension is about. */
static void missing_records(struct sql *q)
{
	sql_add(q, "SELECT r.collection, p.cluster, r.k1, r.k2, r.k3, r.k4,"
		   " r.suspension, a.kind"
		   " FROM (SELECT collection, k1, k2, k3, k4, suspension"
		   "  FROM lethe_reached"
		   "  UNION SELECT collection, k1, k2, k3, k4, suspension"
		   "  FROM lethe_suspension) AS r"
		   " JOIN lethe_part AS p ON p.collection = r.collection"
		   " JOIN lethe_active AS a ON a.suspension = r.suspension"
		   "  AND (a.cluster IS NULL OR a.cluster = p.cluster)"
		   " EXCEPT SELECT collection, cluster, k1, k2, k3, k4,"
		   "  suspension, kind FROM lethe_suspension");
}

static void missing_clusters(struct sql *q)
{
	sql_add(q, "SELECT p.collection, p.cluster, a.suspension, a.kind"
		   " FROM lethe_active AS a"
		   " JOIN lethe_part AS p ON p.cluster = a.cluster"
		   " WHERE a.whole = 1"
		   " EXCEPT SELECT collection, cluster, suspension, kind"
		   " FROM lethe_suspended_cluster");
}

/* The condition that the record of s, in ${t}, is gone. */
static void is_gone(struct db *db, const struct db_table *t,
    const char *const *keys, size_t key_count, struct sql *q)
{
	sql_add(q, "s.collection = ");
	sql_bind_text(q, t->name);
	sql_add(q, " AND NOT EXISTS (SELECT 1 FROM ");
	sql_name(q, t->name);
	sql_add(q, " AS t WHERE TRUE");
	keys_find(db, t, keys, key_count, "s", q);
	sql_add(q, ")");
}

/* ---- one store ---- */

enum act { ACT_LOOK, ACT_WRITE };
struct step {
	struct installation *in;
	struct installation_store *store;
	enum act act;
	int64_t rows; /* that differ, or were changed */
};

/* Count the rows of ${select}, or insert them by ${into}. */
static enum status add_rows(struct step *w, const struct sql *into,
    void (*select)(struct sql *q), int64_t *rows)
{
	struct sql q = SQL_INIT;
	enum status st;

	if (w->act == ACT_LOOK) {
		sql_add(&q, "SELECT count(*) FROM (");
		select(&q);
		sql_add(&q, ") AS x");
		st = db_one_int_sql(w->store->db, &q, 0, rows);
	} else {
		sql_join(&q, into);
		select(&q);
		st = db_exec_sql(w->store->db, &q, rows);
	}
	sql_release(&q);
	return st;
}

static enum status add(struct step *w)
{
	struct sql records = SQL_INIT, clusters = SQL_INIT;
	int64_t n = 0, m = 0;
	enum status st;

	sql_add(&records, "INSERT INTO lethe_suspension (collection, cluster,"
			  " k1, k2, k3, k4, suspension, kind) ");
	sql_add(&clusters, "INSERT INTO lethe_suspended_cluster"
			   " (collection, cluster, suspension, kind) ");
	st = add_rows(w, &records, missing_records, &n);
	if (st == ST_OK)
		st = add_rows(w, &clusters, missing_clusters, &m);
	w->rows += n + m;
	sql_release(&records);
	sql_release(&clusters);
	return st;
}

static enum status drop_gone(
    struct step *w, const struct collection *c, const struct db_table *t)
{
	struct db *db = w->store->db;
	struct sql q = SQL_INIT;
	const char **keys = NULL;
	size_t key_count = 0;
	int64_t n = 0;
	enum status st;

	if ((st = keys_of(c, t, &keys, &key_count)) != ST_OK)
		return st;
	if (w->act == ACT_LOOK) {
		sql_add(&q, "SELECT count(*) FROM lethe_suspension AS s"
			    " WHERE ");
		is_gone(db, t, keys, key_count, &q);
		st = db_one_int_sql(db, &q, 0, &n);
	} else {
		sql_add(&q, "DELETE FROM lethe_suspension AS s WHERE ");
		is_gone(db, t, keys, key_count, &q);
		st = db_exec_sql(db, &q, &n);
	}
	w->rows += n;
	sql_release(&q);
	free(keys);
	return st;
}

/* The first column of ${s}, all rows of it; ends the statement. */
static enum status texts(struct stmt *s, json_t **out)
{
	json_t *list = json_array();
	enum status st = list ? ST_OK : fail(ST_NOMEM, "out of memory");

	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = json_push(list, json_string(db_text(s, 0)));
	db_done(s);
	if (st == ST_NOTFOUND) {
		*out = list;
		return ST_OK;
	}
	json_decref(list);
	return st;
}

/* Of a collection that nothing describes any more nobody deletes either: its
 * rows stay as they are. */
static enum status drop_all_gone(struct step *w)
{
	struct stmt *s = NULL;
	json_t *list = NULL;
	const json_t *name;
	enum status st;
	size_t i;

	st = db_query(w->store->db,
	    "SELECT DISTINCT collection FROM lethe_suspension", NOARGS, &s);
	if (st == ST_OK)
		st = texts(s, &list);
	json_array_foreach(list, i, name)
	{
		const char *text = json_string_value(name);
		const struct collection *c =
		    dataset_collection(w->store->dataset, text);
		const struct db_table *t =
		    db_schema_table(&w->store->schema, text);

		if (st == ST_OK && c && t)
			st = drop_gone(w, c, t);
	}
	json_decref(list);
	return st;
}

static enum status drop_one(struct step *w, const char *id)
{
	int64_t n = 0;
	enum status st;
	int released = 0;

	st = registry_released(w->in, id, &released);
	if (st != ST_OK || !released)
		return st;
	st = db_one_int(w->store->db,
	    "SELECT (SELECT count(*) FROM lethe_suspension"
	    "  WHERE suspension = $1)"
	    " + (SELECT count(*) FROM lethe_suspended_cluster"
	    "  WHERE suspension = $1)",
	    ARGS(TEXT(id)), 0, &n);
	if (st == ST_OK && w->act == ACT_WRITE)
		st = suspension_clear(w->store->db, id);
	w->rows += n;
	return st;
}

static enum status drop_released(struct step *w)
{
	struct stmt *s = NULL;
	json_t *list = NULL;
	const json_t *id;
	enum status st;
	size_t i;

	st = db_query(w->store->db,
	    "SELECT suspension FROM lethe_suspension"
	    " UNION SELECT suspension FROM lethe_suspended_cluster",
	    NOARGS, &s);
	if (st == ST_OK)
		st = texts(s, &list);
	json_array_foreach(list, i, id)
	{
		if (st == ST_OK)
			st = drop_one(w, json_string_value(id));
	}
	json_decref(list);
	return st;
}

/* In this order: what was released, or went, since it was looked for is
 * dropped again. */
static enum status steps(struct step *w)
{
	enum status st = add(w);

	if (st == ST_OK)
		st = drop_released(w);
	return st == ST_OK ? drop_all_gone(w) : st;
}

static enum status act(struct step *w, enum act act)
{
	struct db *db = w->store->db;
	enum status st;

	w->act = act;
	w->rows = 0;
	st = db_begin(db, act == ACT_WRITE ? DB_WRITE : DB_READ);
	if (st == ST_OK)
		st = steps(w);
	if (st == ST_OK && act == ACT_WRITE)
		st = db_commit(db);
	if (st != ST_OK || act == ACT_LOOK)
		db_rollback(db);
	return st;
}

static enum status one_store(struct installation *in,
    struct installation_store *store, const json_t *active, enum act most,
    int64_t *rows)
{
	enum status st = ST_OK;
	size_t u;

	for (u = 0; st == ST_OK && u < units_count(store); u++) {
		struct step w = { in, store, ACT_LOOK, 0 };

		st = units_use(store, u);
		if (st == ST_OK && units_segment(store))
			st = reached_carry(in, store, active);
		if (st == ST_OK)
			st = act(&w, ACT_LOOK);
		if (st == ST_OK && w.rows && most == ACT_WRITE)
			st = act(&w, ACT_WRITE);
		*rows += w.rows;
	}
	units_rest(store);
	return st;
}

/* ${only} NULL: all of them. */
static enum status some_stores(struct installation *in,
    const struct installation_store *only, const char *id, enum act most,
    int64_t *rows)
{
	json_t *active = NULL;
	enum status st;
	size_t i;

	st = registry_read(in, REGISTRY_ACTIVE, id, when_now(), &active);
	if (st == ST_OK)
		st = reached_fill(in, active);
	for (i = 0; st == ST_OK && i < in->store_count; i++) {
		if (only == NULL || only == &in->stores[i])
			st = one_store(in, &in->stores[i], active, most, rows);
	}
	json_decref(active);
	return st;
}

/* ---- what the databases were at ---- */

static enum status version_at(
    struct installation *in, size_t i, int64_t *version)
{
	enum status st;

	if (i == in->store_count) {
		st = installation_open_control(in);
		return st == ST_OK ? db_version(in->control, version) : st;
	}
	st = installation_open_store(in, &in->stores[i]);
	return st == ST_OK ? db_version(in->stores[i].db, version) : st;
}

/* Sets ${*changed} where one is not what ${w} says, and makes it so. */
static enum status look_at_versions(
    struct installation *in, struct holds_watch *w, int *changed)
{
	enum status st = ST_OK;
	int64_t version = 0;
	size_t i;

	*changed = w->versions == NULL;
	if (w->versions == NULL) {
		w->count = in->store_count + 1;
		w->versions = calloc(w->count, sizeof(*w->versions));
		if (w->versions == NULL)
			return fail(ST_NOMEM, "out of memory");
	}
	for (i = 0; st == ST_OK && i < w->count; i++) {
		st = version_at(in, i, &version);
		if (st == ST_OK && version != w->versions[i])
			*changed = 1;
		w->versions[i] = version;
	}
	return st;
}

enum status holds_watch_copy(
    struct holds_watch *to, const struct holds_watch *from)
{
	*to = (struct holds_watch){ NULL, 0 };
	if (from->versions == NULL)
		return ST_OK;
	to->versions = calloc(from->count, sizeof(*to->versions));
	if (to->versions == NULL)
		return fail(ST_NOMEM, "out of memory");
	memcpy(
	    to->versions, from->versions, from->count * sizeof(*to->versions));
	to->count = from->count;
	return ST_OK;
}

void holds_watch_release(struct holds_watch *w)
{
	free(w->versions);
	memset(w, 0, sizeof(*w));
}

/* ---- all of it ---- */

enum status refresh_stores(struct installation *in, const char *id)
{
	int64_t rows = 0;
	enum status st;
	int any = 0;

	if ((st = registry_any(in, &any)) != ST_OK || !any)
		return st;
	return some_stores(in, NULL, id, ACT_WRITE, &rows);
}

static enum status refresh(struct installation *in)
{
	enum status st = refresh_stores(in, NULL);

	return st == ST_OK ? entries_ship(in) : st;
}

enum status holds_refresh(struct installation *in, struct holds_watch *w)
{
	enum status st = ST_OK;
	int changed;

	/* The versions first: what comes in meanwhile is then seen later. */
	if (w)
		st = look_at_versions(in, w, &changed);
	return st == ST_OK ? refresh(in) : st;
}

enum status holds_keep_fresh(struct installation *in,
    const struct installation_store *store, struct holds_watch *w)
{
	int64_t rows = 0;
	enum status st;
	int any = 0, changed = 0;

	/* Where nothing was ever suspended no other store need be opened. */
	if ((st = registry_any(in, &any)) != ST_OK || !any)
		return st;
	st = look_at_versions(in, w, &changed);
	if (st == ST_OK && changed)
		st = some_stores(in, store, NULL, ACT_WRITE, &rows);
	/* What failed is tried again. */
	if (st != ST_OK)
		holds_watch_release(w);
	return st;
}

enum status holds_behind(struct installation *in, int64_t *rows)
{
	int64_t n = 0;
	enum status st;
	int any = 0;

	if ((st = registry_any(in, &any)) != ST_OK)
		return st;
	if (any)
		st = some_stores(in, NULL, NULL, ACT_LOOK, &n);
	if (st == ST_OK)
		*rows = n;
	return st;
}
