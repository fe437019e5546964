/* What a suspension keeps. */
#include "engine/holds/held.h"

#include <string.h>

#include "engine/installation/units.h"
#include "engine/store/count.h"

/* Those of its whole clusters. */
static enum status count_clusters(struct db *db, const char *id, int64_t *sum)
{
	struct stmt *s = NULL;
	int64_t n = 0;
	enum status st;

	st = db_query(db,
	    "SELECT DISTINCT collection FROM lethe_suspended_cluster"
	    " WHERE suspension = $1",
	    ARGS(TEXT(id)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		st = count_get(db, db_text(s, 0), &n);
		*sum += n;
	}
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status count_store(struct db *db, const char *id, int64_t *sum)
{
	int64_t n = 0;
	enum status st;

	st = db_one_int(db,
	    "SELECT count(*) FROM (SELECT DISTINCT collection, k1, k2, k3, k4"
	    " FROM lethe_suspension WHERE suspension = $1) AS x",
	    ARGS(TEXT(id)), 0, &n);
	*sum += n;
	return st == ST_OK ? count_clusters(db, id, sum) : st;
}

static enum status count_units(
    struct installation_store *s, const char *id, int64_t *sum)
{
	enum status st = ST_OK;
	size_t u;

	for (u = 0; st == ST_OK && u < units_count(s); u++) {
		if ((st = units_use(s, u)) == ST_OK)
			st = count_store(s->db, id, sum);
	}
	units_rest(s);
	return st;
}

enum status held_count(
    struct installation *in, const char *id, int64_t *records)
{
	enum status st = ST_OK;
	int64_t sum = 0;
	size_t i;

	for (i = 0; st == ST_OK && i < in->store_count; i++) {
		st = installation_open_store(in, &in->stores[i]);
		if (st == ST_OK)
			st = count_units(&in->stores[i], id, &sum);
	}
	if (st == ST_OK)
		*records = sum;
	return st;
}

/* What is there of the collection's cluster already, from another file. */
static json_t *listed(const json_t *list, const char *store, struct stmt *s)
{
	json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		if (strcmp(json_text(one, "store"), store) == 0 &&
		    strcmp(json_text(one, "collection"), db_text(s, 0)) == 0 &&
		    strcmp(json_text(one, "cluster"), db_text(s, 1)) == 0)
			return one;
	}
	return NULL;
}

static enum status push(
    json_t *list, const char *store, struct stmt *s, int64_t records)
{
	json_t *one = listed(list, store, s);
	enum status st;

	if (one)
		return json_put(one, "records",
		    json_integer(json_int(one, "records") + records));
	st = json_make(&one, "{s:s, s:s, s:s, s:I}", "store", store,
	    "collection", db_text(s, 0), "cluster", db_text(s, 1), "records",
	    (json_int_t)records);
	return st == ST_OK ? json_push(list, one) : st;
}

static enum status store_json(
    const struct installation_store *store, const char *id, json_t *list)
{
	const char *name = store->config->name;
	struct stmt *s = NULL;
	int64_t n = 0;
	enum status st;

	st = db_query(store->db,
	    "SELECT collection, cluster, count(*) FROM lethe_suspension"
	    " WHERE suspension = $1 GROUP BY collection, cluster"
	    " ORDER BY collection, cluster",
	    ARGS(TEXT(id)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = push(list, name, s, db_int(s, 2));
	db_done(s);
	if (st != ST_NOTFOUND)
		return st;
	s = NULL;
	st = db_query(store->db,
	    "SELECT collection, cluster FROM lethe_suspended_cluster"
	    " WHERE suspension = $1 ORDER BY collection",
	    ARGS(TEXT(id)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		st = count_get(store->db, db_text(s, 0), &n);
		if (st == ST_OK)
			st = push(list, name, s, n);
	}
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status units_json(
    struct installation_store *s, const char *id, json_t *list)
{
	enum status st = ST_OK;
	size_t u;

	for (u = 0; st == ST_OK && u < units_count(s); u++) {
		if ((st = units_use(s, u)) == ST_OK)
			st = store_json(s, id, list);
	}
	units_rest(s);
	return st;
}

enum status held_json(struct installation *in, const char *id, json_t **out)
{
	json_t *list = json_array();
	enum status st = list ? ST_OK : fail(ST_NOMEM, "out of memory");
	size_t i;

	for (i = 0; st == ST_OK && i < in->store_count; i++) {
		st = installation_open_store(in, &in->stores[i]);
		if (st == ST_OK)
			st = units_json(&in->stores[i], id, list);
	}
	if (st == ST_OK)
		*out = list;
	else
		json_decref(list);
	return st;
}
