/*
 * Releasing a suspension: what it alone kept is judged anew at once.  Which
 * records those are is noted before its rows go; how many of them are due is
 * asked afterwards, by the conditions of the purge itself.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/utf8.h"
#include "engine/holds/entries.h"
#include "engine/holds/holds.h"
#include "engine/holds/refresh.h"
#include "engine/holds/registry.h"
#include "engine/plan/keys.h"
#include "engine/plan/rule.h"
#include "engine/plan/suspension.h"

/* ---- what is freed ---- */

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
		st = db_exec(db, "DELETE FROM lethe_freed", NOARGS);
	if (st == ST_OK)
		st = db_exec(db, "DELETE FROM lethe_freed_cluster", NOARGS);
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

static enum status note_freed(struct installation *in, const char *id)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < in->store_count; i++) {
		st = installation_open_store(in, &in->stores[i]);
		if (st == ST_OK)
			st = note_store(in->stores[i].db, id);
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
	keys_find(r->keys, r->key_count, "s", q);
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

static enum status freed_json(const struct freed *f, json_t **out)
{
	static const enum rule_class classes[] = { RULE_DUE, RULE_UNDECIDED,
		RULE_ACTIVE };
	int64_t n[3] = { 0, 0, 0 }, all = 0, overdue = 0;
	enum status st = count(f, NULL, f->now, &all);
	size_t i;

	for (i = 0; st == ST_OK && i < 3; i++)
		st = count(f, &classes[i], f->now, &n[i]);
	if (st == ST_OK)
		st = count(f, &classes[0], f->overdue_at, &overdue);
	if (st != ST_OK)
		return st;
	return json_make(out, "{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I}",
	    "store", f->rule->store->config->name, "collection",
	    f->rule->collection->name, "cluster", f->rule->terms.cluster->name,
	    "records", (json_int_t)all, "due", (json_int_t)n[0], "overdue",
	    (json_int_t)overdue, "undecided", (json_int_t)n[1], "active",
	    (json_int_t)n[2], "retain", (json_int_t)(all - n[0] - n[1] - n[2]));
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

static enum status judge_rule(const struct schedule *s, const struct rule *r,
    json_t *list, int64_t *records)
{
	const struct period *window = &s->installation->config.purge.window;
	struct freed f = { r, when_now(), 0, 0 };
	json_t *one = NULL;
	enum status st;
	int freed = 0;

	f.overdue_at = f.now - 1 - window->seconds -
		       (int64_t)window->days * CIVIL_DAY_SECONDS;
	if ((st = is_freed(r, &freed, &f.whole)) != ST_OK || !freed)
		return st;
	/* One state for all the counts. */
	if ((st = db_begin(r->store->db, DB_READ)) != ST_OK)
		return st;
	st = freed_json(&f, &one);
	db_rollback(r->store->db);
	if (st == ST_OK)
		*records += json_int(one, "records");
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

enum status holds_release(struct installation *in, const char *id,
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
