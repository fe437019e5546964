/* What suspensions reach: subjects by their references, records by their key.
 */
#include "engine/holds/reached.h"

#include <stdlib.h>
#include <string.h>

#include "engine/holds/carry.h"
#include "engine/installation/units.h"
#include "engine/plan/keys.h"
#include "engine/plan/reach.h"

/* ---- the temporary tables ---- */

static enum status make_tables(struct db *db)
{
	enum status st;

	st = db_exec(db,
	    "CREATE TEMP TABLE IF NOT EXISTS lethe_part ("
	    " collection TEXT NOT NULL, cluster TEXT NOT NULL,"
	    " PRIMARY KEY (collection, cluster))",
	    NOARGS);
	if (st == ST_OK)
		st = db_exec(db,
		    "CREATE TEMP TABLE IF NOT EXISTS lethe_active ("
		    " suspension TEXT NOT NULL PRIMARY KEY,"
		    " kind TEXT NOT NULL, cluster TEXT,"
		    " whole INTEGER NOT NULL)",
		    NOARGS);
	if (st == ST_OK)
		st = db_exec(db,
		    "CREATE TEMP TABLE IF NOT EXISTS lethe_reached ("
		    " collection TEXT NOT NULL, k1 NOT NULL, k2 NOT NULL,"
		    " k3 NOT NULL, k4 NOT NULL, suspension TEXT NOT NULL,"
		    " PRIMARY KEY (collection, k1, k2, k3, k4, suspension))",
		    NOARGS);
	if (st == ST_OK)
		st = db_exec(db,
		    "CREATE TEMP TABLE IF NOT EXISTS lethe_reached_in ("
		    " collection TEXT NOT NULL, k1 NOT NULL, k2 NOT NULL,"
		    " k3 NOT NULL, k4 NOT NULL, suspension TEXT NOT NULL,"
		    " segment TEXT NOT NULL, PRIMARY KEY (segment, collection,"
		    " k1, k2, k3, k4, suspension))",
		    NOARGS);
	return st;
}

static enum status empty_tables(struct db *db)
{
	enum status st = db_exec(db, "DELETE FROM lethe_part", NOARGS);

	if (st == ST_OK)
		st = db_exec(db, "DELETE FROM lethe_active", NOARGS);
	if (st == ST_OK)
		st = db_exec(db, "DELETE FROM lethe_reached", NOARGS);
	if (st == ST_OK)
		st = db_exec(db, "DELETE FROM lethe_reached_in", NOARGS);
	return st;
}

/* ---- parts ---- */

static enum status add_part(const struct installation_store *s,
    const struct policy *p, const struct collection *c, const char *field)
{
	const struct policy_cluster *cluster;
	enum status st;

	st = policy_cluster_of(p, s->dataset->key, c->name, field, &cluster);
	if (st == ST_NOTFOUND) {
		status_clear();
		return ST_OK;
	}
	if (st != ST_OK)
		return st;
	return db_exec(s->db,
	    "INSERT INTO lethe_part (collection, cluster)"
	    " VALUES ($1, $2) ON CONFLICT DO NOTHING",
	    ARGS(TEXT(c->name), TEXT(cluster->name)));
}

/* The cluster of the records as such, and those of single fields. */
static enum status add_parts(
    const struct installation *in, const struct installation_store *s)
{
	enum status st = ST_OK;
	size_t i, k, f;

	for (i = 0; i < in->policy_count; i++) {
		for (k = 0; k < s->dataset->collection_count; k++) {
			const struct collection *c =
			    &s->dataset->collections[k];

			st = add_part(s, &in->policies[i], c, NULL);
			for (f = 0; st == ST_OK && f < c->field_count; f++)
				st = add_part(
				    s, &in->policies[i], c, c->fields[f].name);
			if (st != ST_OK)
				return st;
		}
	}
	return ST_OK;
}

/* ---- suspensions ---- */

static struct val text_of(const json_t *o, const char *name)
{
	return val_text(json_string_value(json_object_get(o, name)));
}

static int is_whole(const json_t *row)
{
	return json_is_null(json_object_get(row, "subject")) &&
	       json_is_null(json_object_get(row, "record"));
}

static enum status add_active(
    const struct installation_store *s, const json_t *active)
{
	enum status st = ST_OK;
	const json_t *row;
	size_t i;

	json_array_foreach(active, i, row)
	{
		st = db_exec(s->db,
		    "INSERT INTO lethe_active"
		    " (suspension, kind, cluster, whole)"
		    " VALUES ($1, $2, $3, $4)",
		    ARGS(text_of(row, "id"), text_of(row, "kind"),
			text_of(row, "cluster"), INT(is_whole(row))));
		if (st != ST_OK)
			break;
	}
	return st;
}

/* ---- records ---- */

/*
 * What a walk finds is kept until it has ended: while it goes on, the stores
 * are only read.  Kept as the statements that will set it out, which wipe
 * their values.
 */
#define BATCH_RECORDS 500
struct batch {
	struct installation_store *store;
	const struct segment *segment; /* or NULL */
	struct sql insert;
	size_t records;
};
struct found {
	const char *id; /* of the suspension */
	struct batch *batches;
	size_t count;
};

static void found_release(struct found *f)
{
	size_t i;

	for (i = 0; i < f->count; i++)
		sql_release(&f->batches[i].insert);
	free(f->batches);
	memset(f, 0, sizeof(*f));
}

static struct batch *batch_new(struct found *f, const struct reach_record *r)
{
	struct batch *more;

	more = reallocarray(f->batches, f->count + 1, sizeof(*more));
	if (more == NULL)
		return NULL;
	f->batches = more;
	more += f->count++;
	*more = (struct batch){ r->store, r->segment, SQL_INIT, 0 };
	return more;
}

/* The last one of the file, if it has room, or a new one. */
static struct batch *batch_for(struct found *f, const struct reach_record *r)
{
	size_t i;

	for (i = f->count; i-- > 0;) {
		if (f->batches[i].store != r->store ||
		    f->batches[i].segment != r->segment)
			continue;
		if (f->batches[i].records < BATCH_RECORDS)
			return &f->batches[i];
		break;
	}
	return batch_new(f, r);
}

static void batch_add(struct batch *b, const struct collection *c,
    const struct val key[KEYS_MOST], const char *id)
{
	size_t i;

	if (b->records++)
		sql_add(&b->insert, ", (");
	else if (b->segment)
		sql_add(&b->insert,
		    "INSERT INTO lethe_reached_in (collection,"
		    " k1, k2, k3, k4, suspension, segment) VALUES (");
	else
		sql_add(&b->insert,
		    "INSERT INTO lethe_reached"
		    " (collection, k1, k2, k3, k4, suspension) VALUES (");
	sql_bind_text(&b->insert, c->name);
	for (i = 0; i < KEYS_MOST; i++) {
		sql_add(&b->insert, ", ");
		sql_bind(&b->insert, key[i]);
	}
	sql_add(&b->insert, ", ");
	sql_bind_text(&b->insert, id);
	if (b->segment) {
		sql_add(&b->insert, ", ");
		sql_bind_text(&b->insert, b->segment->name);
	}
	sql_add(&b->insert, ")");
}

static enum status found_add(void *ctx, const struct reach_record *r)
{
	struct val key[KEYS_MOST];
	struct found *f = ctx;
	struct batch *b;
	size_t i;

	keys_fill(r->key, r->key_count, key);
	/* NULL equals nothing: such a record could not be found again. */
	for (i = 0; i < KEYS_MOST; i++) {
		if (key[i].type == VAL_NULL)
			return fail(ST_INVALID,
			    "a record of %s.%s has an empty column in its "
			    "key, so that nothing can suspend it: give it a "
			    "key, or hold its cluster",
			    r->store->config->name, r->collection->name);
	}
	if ((b = batch_for(f, r)) == NULL)
		return fail(ST_NOMEM, "out of memory");
	batch_add(b, r->collection, key, f->id);
	return ST_OK;
}

static enum status found_set_out(struct found *f)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < f->count; i++) {
		sql_add(&f->batches[i].insert, " ON CONFLICT DO NOTHING");
		st = db_exec_sql(
		    f->batches[i].store->db, &f->batches[i].insert, NULL);
	}
	return st;
}

/* ---- a record by its key ---- */

static enum status find(struct installation_store *s,
    const struct collection *c, const struct db_table *t, const json_t *key,
    reach_each each, void *ctx)
{
	struct val vals[KEYS_MOST];
	struct reach_record r = { s, c, t, units_segment(s), vals, 0, 0 };
	struct sql q = SQL_INIT;
	struct stmt *found = NULL;
	const char **keys = NULL;
	enum status st;
	size_t i;

	if ((st = keys_of(c, t, &keys, &r.key_count)) != ST_OK)
		return st;
	sql_add(&q, "SELECT ");
	for (i = 0; i < r.key_count; i++) {
		if (i)
			sql_add(&q, ", ");
		sql_column(&q, "t", keys[i]);
	}
	sql_add(&q, " FROM ");
	sql_name(&q, t->name);
	sql_add(&q, " AS t WHERE TRUE");
	for (i = 0; i < r.key_count; i++) {
		sql_add(&q, " AND ");
		sql_column(&q, "t", keys[i]);
		sql_add(&q, " = ");
		sql_bind_text(&q, json_string_value(json_array_get(key, i)));
	}
	st = db_query_sql(s->db, &q, &found);
	if (st == ST_OK && (st = db_row(found)) == ST_OK) {
		for (i = 0; i < r.key_count && i < KEYS_MOST; i++)
			vals[i] = db_val(found, (int)i);
		st = each(ctx, &r);
	}
	db_done(found);
	sql_release(&q);
	free(keys);
	return st;
}

/* In whichever file it is. */
static enum status find_in_units(struct installation_store *s,
    const struct collection *c, const struct db_table *t, const json_t *key,
    reach_each each, void *ctx)
{
	enum status st = ST_NOTFOUND;
	size_t u;

	for (u = 0; st == ST_NOTFOUND && u < units_count(s); u++) {
		if ((st = units_use(s, u)) == ST_OK)
			st = find(s, c, t, key, each, ctx);
	}
	units_rest(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

/* One that is not described any more is not there: holds_check() says so. */
static enum status find_record(
    struct installation *in, const json_t *record, reach_each each, void *ctx)
{
	const char *collection = json_text(record, "collection");
	struct installation_store *s = NULL;
	const struct collection *c;
	const struct db_table *t;
	enum status st;

	st = installation_find_store(in, json_text(record, "store"), &s);
	if (st == ST_USAGE) {
		status_clear();
		return ST_OK;
	}
	if (st == ST_OK)
		st = installation_open_store(in, s);
	if (st != ST_OK)
		return st;
	c = dataset_collection(s->dataset, collection);
	t = db_schema_table(&s->schema, collection);
	if (c == NULL || t == NULL)
		return ST_OK;
	return find_in_units(
	    s, c, t, json_object_get(record, "key"), each, ctx);
}

/* ---- both ---- */

static enum status walk(
    struct installation *in, const json_t *row, reach_each each, void *ctx)
{
	const json_t *subject = json_object_get(row, "subject");
	const json_t *record = json_object_get(row, "record");
	struct reach_subject who;

	if (json_is_object(record))
		return find_record(in, record, each, ctx);
	if (!json_is_object(subject))
		return ST_OK;
	who.identity = json_text(subject, "identity");
	who.value = json_text(subject, "value");
	return reach_walk(in, &who, each, ctx);
}

static enum status prepare(const struct installation *in,
    const struct installation_store *s, const json_t *active)
{
	enum status st = make_tables(s->db);

	if (st == ST_OK)
		st = empty_tables(s->db);
	if (st == ST_OK)
		st = add_parts(in, s);
	return st == ST_OK ? add_active(s, active) : st;
}

enum status reached_carry(const struct installation *in,
    const struct installation_store *s, const json_t *active)
{
	enum status st = prepare(in, s, active);

	if (st != ST_OK)
		return st;
	return carry(segments_rest(s->segments),
	    "SELECT collection, k1, k2, k3, k4, suspension"
	    " FROM lethe_reached_in WHERE segment = $1",
	    ARGS(TEXT(units_segment(s)->name)), s->db,
	    "INSERT INTO lethe_reached"
	    " (collection, k1, k2, k3, k4, suspension)"
	    " VALUES ($1, $2, $3, $4, $5, $6)",
	    NULL);
}

static enum status fill_one(struct installation *in, const json_t *row)
{
	struct found f = { json_text(row, "id"), NULL, 0 };
	enum status st = walk(in, row, found_add, &f);

	if (st == ST_OK)
		st = found_set_out(&f);
	if (st != ST_OK)
		status_prefix("%s: ", json_text(row, "id"));
	found_release(&f);
	return st;
}

enum status reached_fill(struct installation *in, const json_t *active)
{
	enum status st = ST_OK;
	const json_t *row;
	size_t i;

	for (i = 0; st == ST_OK && i < in->store_count; i++) {
		st = installation_open_store(in, &in->stores[i]);
		if (st == ST_OK)
			st = prepare(in, &in->stores[i], active);
	}
	json_array_foreach(active, i, row)
	{
		if (st == ST_OK)
			st = fill_one(in, row);
	}
	return st;
}

static enum status add_one(void *ctx, const struct reach_record *r)
{
	int64_t *records = ctx;

	(void)r;
	(*records)++;
	return ST_OK;
}

enum status reached_count(
    struct installation *in, const json_t *row, int64_t *records)
{
	*records = 0;
	return walk(in, row, add_one, records);
}
