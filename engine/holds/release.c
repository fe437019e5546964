/*
 * Releasing a suspension: what it alone kept is judged anew at once.  Which
 * records those are is noted before its rows go; how many of them are due is
 * asked afterwards, by the conditions of the purge itself.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/utf8.h"
#include "engine/holds/carry.h"
#include "engine/holds/entries.h"
#include "engine/holds/holds.h"
#include "engine/holds/refresh.h"
#include "engine/holds/registry.h"
#include "engine/installation/units.h"
#include "engine/plan/keys.h"
#include "engine/plan/rule.h"
#include "engine/plan/suspension.h"

/* ---- what is freed ---- */

static enum status empty_tables(struct db *db)
{
	enum status st = db_exec(db, "DELETE FROM lethe_freed", NOARGS);

	if (st == ST_OK)
		st = db_exec(db, "DELETE FROM lethe_freed_cluster", NOARGS);
	if (st == ST_OK)
		st = db_exec(db, "DELETE FROM lethe_freed_in", NOARGS);
	if (st == ST_OK)
		st = db_exec(db, "DELETE FROM lethe_freed_cluster_in", NOARGS);
	return st;
}

static enum status make_tables(struct db *db)
{
	enum status st;

	st = db_exec(db,
	    "CREATE TEMP TABLE IF NOT EXISTS lethe_freed ("
	    " collection TEXT NOT NULL, cluster TEXT NOT NULL,"
	    " k1 NOT NULL, k2 NOT NULL, k3 NOT NULL, k4 NOT NULL)",
	    NOARGS);
	if (st == ST_OK)
		st = db_exec(db,
		    "CREATE TEMP TABLE IF NOT EXISTS lethe_freed_cluster ("
		    " collection TEXT NOT NULL, cluster TEXT NOT NULL)",
		    NOARGS);
	if (st == ST_OK)
		st = db_exec(db,
		    "CREATE TEMP TABLE IF NOT EXISTS lethe_freed_in ("
		    " collection TEXT NOT NULL, cluster TEXT NOT NULL,"
		    " k1 NOT NULL, k2 NOT NULL, k3 NOT NULL, k4 NOT NULL,"
		    " segment TEXT NOT NULL)",
		    NOARGS);
	if (st == ST_OK)
		st = db_exec(db,
		    "CREATE TEMP TABLE IF NOT EXISTS lethe_freed_cluster_in ("
		    " collection TEXT NOT NULL, cluster TEXT NOT NULL,"
		    " segment TEXT NOT NULL)",
		    NOARGS);
	if (st == ST_OK)
		st = empty_tables(db);
	return st;
}

/* Parts that nothing else suspends. */
static enum status note_store(struct db *db, const char *id)
{
	enum status st;

	if ((st = make_tables(db)) != ST_OK)
		return st;
	st = db_exec(db,
	    "INSERT INTO lethe_freed"
	    " SELECT s.collection, s.cluster, s.k1, s.k2, s.k3, s.k4"
	    " FROM lethe_suspension AS s WHERE s.suspension = $1"
	    " AND NOT EXISTS (SELECT 1 FROM lethe_suspension AS o"
	    "  WHERE o.collection = s.collection AND o.cluster = s.cluster"
	    "  AND o.k1 = s.k1 AND o.k2 = s.k2 AND o.k3 = s.k3"
	    "  AND o.k4 = s.k4 AND o.suspension <> s.suspension)"
	    " AND NOT EXISTS (SELECT 1 FROM lethe_suspended_cluster AS c"
	    "  WHERE c.collection = s.collection AND c.cluster = s.cluster"
	    "  AND c.suspension <> s.suspension)",
	    ARGS(TEXT(id)));
	if (st == ST_OK)
		st = db_exec(db,
		    "INSERT INTO lethe_freed_cluster"
		    " SELECT s.collection, s.cluster"
		    " FROM lethe_suspended_cluster AS s"
		    " WHERE s.suspension = $1"
		    " AND NOT EXISTS (SELECT 1"
		    "  FROM lethe_suspended_cluster AS c"
		    "  WHERE c.collection = s.collection"
		    "  AND c.cluster = s.cluster"
		    "  AND c.suspension <> s.suspension)",
		    ARGS(TEXT(id)));
	return st;
}

/* With the rest, what was noted of a segment. */
static enum status keep_note(const struct installation_store *s)
{
	const char *name = units_segment(s)->name;
	struct db *rest = segments_rest(s->segments);
	enum status st;

	st = carry(s->db,
	    "SELECT collection, cluster, k1, k2, k3, k4 FROM lethe_freed",
	    NOARGS, rest,
	    "INSERT INTO lethe_freed_in (collection, cluster, k1, k2, k3, k4,"
	    " segment) VALUES ($1, $2, $3, $4, $5, $6, $7)",
	    name);
	if (st == ST_OK)
		st = carry(s->db,
		    "SELECT collection, cluster FROM lethe_freed_cluster",
		    NOARGS, rest,
		    "INSERT INTO lethe_freed_cluster_in (collection, cluster,"
		    " segment) VALUES ($1, $2, $3)",
		    name);
	return st;
}

/* The other way round: for the segment that is in use. */
static enum status take_note(const struct installation_store *s)
{
	struct val name = TEXT(units_segment(s)->name);
	struct db *rest = segments_rest(s->segments);
	enum status st = make_tables(s->db);

	if (st == ST_OK)
		st = carry(rest,
		    "SELECT collection, cluster, k1, k2, k3, k4"
		    " FROM lethe_freed_in WHERE segment = $1",
		    ARGS(name), s->db,
		    "INSERT INTO lethe_freed (collection, cluster, k1, k2, k3,"
		    " k4) VALUES ($1, $2, $3, $4, $5, $6)",
		    NULL);
	if (st == ST_OK)
		st = carry(rest,
		    "SELECT collection, cluster FROM lethe_freed_cluster_in"
		    " WHERE segment = $1",
		    ARGS(name), s->db,
		    "INSERT INTO lethe_freed_cluster (collection, cluster)"
		    " VALUES ($1, $2)",
		    NULL);
	return st;
}

static enum status note_units(struct installation_store *s, const char *id)
{
	enum status st = ST_OK;
	size_t u;

	for (u = 0; st == ST_OK && u < units_count(s); u++) {
		if ((st = units_use(s, u)) == ST_OK)
			st = note_store(s->db, id);
		if (st == ST_OK && units_segment(s))
			st = keep_note(s);
	}
	units_rest(s);
	return st;
}

static enum status note_freed(struct installation *in, const char *id)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < in->store_count; i++) {
		st = installation_open_store(in, &in->stores[i]);
		if (st == ST_OK)
			st = note_units(&in->stores[i], id);
	}
	return st;
}

/* ---- judged anew ---- */

/* The records of one rule that are free now. */
struct freed {
	const struct rule *rule;
	int64_t now;
	int64_t overdue_at;
	int whole; /* the cluster was suspended, all of it */
};

/* "FROM ... WHERE ...", to go on with " AND ...". */
static enum status add_from(const struct freed *f, struct sql *q)
{
	const struct rule *r = f->rule;
	struct suspensions left;
	enum status st;

	if (f->whole) {
		sql_add(q, " FROM ");
		rule_from(r, q);
		sql_add(q, " WHERE TRUE");
		if ((st = suspension_read(r, &left)) != ST_OK)
			return st;
		suspension_where_not(r, &left, q);
		return ST_OK;
	}
	sql_add(q, " FROM lethe_freed AS s CROSS JOIN ");
	rule_from(r, q);
	sql_add(q, " WHERE s.collection = ");
	sql_bind_text(q, r->table->name);
	sql_add(q, " AND s.cluster = ");
	sql_bind_text(q, r->terms.cluster->name);
	keys_find(r->store->db, r->table, r->keys, r->key_count, "s", q);
	return ST_OK;
}

/* How many; ${class} NULL: all of them. */
static enum status count(const struct freed *f, const enum rule_class *class,
    int64_t at, int64_t *records)
{
	struct sql q = SQL_INIT;
	enum status st;

	sql_add(&q, "SELECT count(*)");
	st = add_from(f, &q);
	if (st == ST_OK && class) {
		sql_add(&q, " AND ");
		st = f->whole ? rule_where(f->rule, *class, at, DB_BY_INDEX, &q)
			      : rule_where_one(f->rule, *class, at, &q);
	}
	if (st == ST_OK)
		st = db_one_int_sql(f->rule->store->db, &q, 0, records);
	sql_release(&q);
	return st;
}

/* How many, as judged now. */
struct freed_counts {
	int64_t all;
	int64_t overdue;
	int64_t classes[3]; /* due, undecided, active */
};

static enum status count_freed(const struct freed *f, struct freed_counts *sum)
{
	static const enum rule_class classes[] = { RULE_DUE, RULE_UNDECIDED,
		RULE_ACTIVE };
	int64_t n = 0;
	enum status st = count(f, NULL, f->now, &n);
	size_t i;

	sum->all += n;
	for (i = 0; st == ST_OK && i < 3; i++) {
		st = count(f, &classes[i], f->now, &n);
		sum->classes[i] += n;
	}
	if (st == ST_OK)
		st = count(f, &classes[0], f->overdue_at, &n);
	sum->overdue += n;
	return st;
}

static enum status freed_json(
    const struct rule *r, const struct freed_counts *c, json_t **out)
{
	const int64_t *n = c->classes;

	return json_make(out, "{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I}",
	    "store", r->store->config->name, "collection", r->collection->name,
	    "cluster", r->terms.cluster->name, "records", (json_int_t)c->all,
	    "due", (json_int_t)n[0], "overdue", (json_int_t)c->overdue,
	    "undecided", (json_int_t)n[1], "active", (json_int_t)n[2], "retain",
	    (json_int_t)(c->all - n[0] - n[1] - n[2]));
}

/* Was anything of the rule freed, and was it the whole cluster? */
static enum status is_freed(const struct rule *r, int *freed, int *whole)
{
	struct db *db = r->store->db;
	struct val collection = TEXT(r->table->name);
	struct val cluster = TEXT(r->terms.cluster->name);
	int64_t records = 0, clusters = 0;
	enum status st;

	st = db_one_int(db,
	    "SELECT 1 FROM lethe_freed"
	    " WHERE collection = $1 AND cluster = $2 LIMIT 1",
	    ARGS(collection, cluster), 0, &records);
	if (st == ST_OK)
		st = db_one_int(db,
		    "SELECT 1 FROM lethe_freed_cluster"
		    " WHERE collection = $1 AND cluster = $2",
		    ARGS(collection, cluster), 0, &clusters);
	*freed = records || clusters;
	*whole = clusters != 0;
	return st;
}

/* In the file that is in use. */
static enum status judge_here(
    struct freed *f, struct freed_counts *sum, int *any)
{
	struct db *db = f->rule->store->db;
	enum status st = ST_OK;
	int freed = 0;

	if (units_segment(f->rule->store))
		st = take_note(f->rule->store);
	if (st == ST_OK)
		st = is_freed(f->rule, &freed, &f->whole);
	if (st != ST_OK || !freed)
		return st;
	*any = 1;
	/* One state for all the counts. */
	if ((st = db_begin(db, DB_READ)) != ST_OK)
		return st;
	st = count_freed(f, sum);
	db_rollback(db);
	return st;
}

static enum status judge_rule(const struct schedule *s, const struct rule *r,
    json_t *list, int64_t *records)
{
	const struct period *window = &s->installation->config.purge.window;
	struct freed f = { r, when_now(), 0, 0 };
	struct freed_counts sum = { 0, 0, { 0, 0, 0 } };
	json_t *one = NULL;
	enum status st = ST_OK;
	int any = 0;
	size_t u;

	f.overdue_at = f.now - 1 - window->seconds -
		       (int64_t)window->days * CIVIL_DAY_SECONDS;
	for (u = 0; st == ST_OK && u < units_count(r->store); u++) {
		if ((st = units_use(r->store, u)) == ST_OK)
			st = judge_here(&f, &sum, &any);
	}
	units_rest(r->store);
	if (st != ST_OK || !any)
		return st;
	*records += sum.all;
	st = freed_json(r, &sum, &one);
	return st == ST_OK ? json_push(list, one) : st;
}

static enum status judge(
    const struct schedule *s, json_t *list, int64_t *records)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < s->count; i++)
		st = judge_rule(s, &s->rules[i], list, records);
	return st;
}

/* ---- all of it ---- */

/* The registry has it; now the stores, the counts, the log. */
static enum status carry_out(
    const struct schedule *s, const char *id, json_t *o)
{
	struct installation *in = s->installation;
	json_t *list = json_array();
	int64_t records = 0;
	enum status st = list ? ST_OK : fail(ST_NOMEM, "out of memory");

	if (st == ST_OK)
		st = refresh_stores(in, id);
	if (st == ST_OK)
		st = judge(s, list, &records);
	if (st == ST_OK)
		st = entries_count(in, id, ENTRIES_RELEASED, records);
	if (st == ST_OK)
		st = entries_ship(in);
	if (st == ST_OK)
		st = json_put(o, "records", json_integer(records));
	if (st == ST_OK)
		st = json_put(o, "freed", json_incref(list));
	json_decref(list);
	return st;
}

static enum status release(const struct schedule *s, const char *id,
    const char *actor, const char *reason, json_t **out)
{
	struct installation *in = s->installation;
	int64_t now = when_now();
	json_t *o = NULL;
	enum status st;
	int released = 0;

	if ((st = note_freed(in, id)) != ST_OK)
		return st;
	st = registry_release(in, id, actor, reason, now, &released);
	if (st != ST_OK)
		return st;
	st = registry_get(in, id, now, &o);
	if (st == ST_OK)
		st = released ? carry_out(s, id, o) : entries_ship(in);
	if (st == ST_OK)
		*out = o;
	else
		json_decref(o);
	if (st != ST_OK && released)
		status_prefix("%s is released, but not in every store yet; "
			      "the next purge goes on: ",
		    id);
	return st;
}

enum status holds_lift(struct installation *in, const char *id,
    const char *actor, const char *reason, json_t **out)
{
	struct schedule s;
	enum status st;

	if (reason && !utf8_valid(reason, strlen(reason)))
		return fail(ST_USAGE, "--reason is not UTF-8");
	/* Before anything is decided: without rules nothing can be judged. */
	if ((st = schedule_init(&s, in, NULL, &in->diag)) != ST_OK)
		return st;
	st = release(&s, id, actor, reason, out);
	schedule_release(&s);
	return st;
}

enum status holds_release(struct installation *in, const char *id,
    const char *actor, const char *reason, json_t **out)
{
	json_t *row = NULL;
	enum status st = registry_get(in, id, when_now(), &row);

	if (st == ST_OK && json_is_string(json_object_get(row, "request")))
		st = fail(ST_DENIED,
		    "%s was placed on the request %s, and the person is told "
		    "before it is lifted (GDPR Art. 18(3)): `lethe request "
		    "lift %s`",
		    id, json_text(row, "request"), json_text(row, "request"));
	json_decref(row);
	return st == ST_OK ? holds_lift(in, id, actor, reason, out) : st;
}
