/*
 * A rule as SQL.  The values of a starting point are a set S(t): one column of
 * the record itself, or what the reference path reaches and what records that
 * are gone have left behind.  Every class is a statement about S(t) that says
 * the same as verdict_judge().
 */
#include "engine/plan/rule.h"

#include <string.h>

#include "engine/base/zone.h"
#include "engine/plan/rule_path.h"
#include "engine/store/times.h"

/* What is asked of a value in S(t). */
enum ask {
	ASK_ANY,
	ASK_NULL,
	ASK_UNREADABLE,
	ASK_NO_TIME, /* NULL or unreadable */
	ASK_DUE,
	ASK_NOT_DUE, /* anything else: NULL, unreadable, running, ahead */
	ASK_LATER,   /* begins after now */
	ASK_BEGUN,   /* readable, and not after now */
};

struct question {
	const struct rule *rule;
	int64_t now;
	enum db_effort effort;
	struct sql *q;
	enum status st; /* the first failure sticks */
};

static struct calendar_cutoff begun(const struct question *w)
{
	struct calendar_cutoff c;

	c.last_day = zone_day(w->rule->terms.calendar.zone, w->now);
	c.before = w->now + 1;
	return c;
}

static void take(struct question *w, enum status st)
{
	if (w->st == ST_OK)
		w->st = st;
}

/* The question about alias.column; ${type} NULL: a value left behind. */
static void ask_value(struct question *w, enum ask ask, const char *alias,
    const char *column, const struct db_column *type)
{
	struct db *db = w->rule->store->db;
	struct calendar_cutoff c = begun(w);
	const struct db_column none = { .name = NULL };

	if (type == NULL)
		type = &none;
	switch (ask) {
	case ASK_ANY: sql_add(w->q, "TRUE"); break;
	case ASK_NULL:
		sql_column(w->q, alias, column);
		sql_add(w->q, " IS NULL");
		break;
	case ASK_UNREADABLE:
		take(w, db_add_unreadable(db, w->q, type, alias, column,
			    DB_NULL_NOT, w->effort));
		break;
	case ASK_NO_TIME:
		take(w, db_add_unreadable(db, w->q, type, alias, column,
			    DB_NULL_TOO, w->effort));
		break;
	case ASK_NOT_DUE:
	case ASK_DUE:
		c = verdict_cutoff(&w->rule->terms, w->now);
		sql_add(w->q, "(");
		take(w, db_add_due(db, w->q, type, alias, column, c.last_day,
			    c.before, w->effort));
		sql_add(w->q, ")");
		if (ask == ASK_NOT_DUE)
			sql_add(w->q, " IS NOT TRUE");
		break;
	case ASK_LATER:
		take(w, db_add_later(db, w->q, type, alias, column, c.last_day,
			    c.before, w->effort));
		break;
	case ASK_BEGUN:
		take(w, db_add_due(db, w->q, type, alias, column, c.last_day,
			    c.before, w->effort));
		break;
	}
}

/* ---- the values of a starting point ---- */

static void remembered(struct question *w, enum ask ask, size_t hop)
{
	sql_add(w->q, "EXISTS (SELECT 1 FROM ");
	rule_path_memory(w->rule, 0, hop, w->q);
	sql_add(w->q, " WHERE ");
	rule_path_memory_links(w->rule, 0, hop, w->q);
	ask_value(w, ask, "m", "value", NULL);
	sql_add(w->q, ")");
}

/* There is a value in S(t) of which ${ask} holds. */
static void exists(struct question *w, enum ask ask)
{
	const struct rule *r = w->rule;
	size_t n = r->path.count, i;
	struct sql *q = w->q;

	if (n == 0) {
		ask_value(w, ask, "t", r->terms.start->field, r->value);
		return;
	}
	sql_add(q, "(EXISTS (SELECT 1 FROM ");
	rule_path_tables(r, 0, n, q);
	sql_add(q, " WHERE ");
	rule_path_links(r, 0, n, q);
	ask_value(w, ask, rule_path_alias(n), r->terms.start->field, r->value);
	sql_add(q, ")");
	for (i = 0; i < n; i++) {
		sql_add(q, " OR ");
		remembered(w, ask, i);
	}
	sql_add(q, ")");
}

static void exists_not(struct question *w, enum ask ask)
{
	sql_add(w->q, "NOT ");
	exists(w, ask);
}

static void add_columns(
    const char *alias, const char **columns, size_t count, struct sql *q)
{
	size_t k;

	for (k = 0; k < count; k++) {
		if (k)
			sql_add(q, ", ");
		sql_column(q, alias, columns[k]);
	}
}

/* SELECT t's side of the first hop for due values that were left behind... */
static void reached_by_remembered(struct question *w, size_t hop)
{
	const struct path_hop *h = &w->rule->path.hops[0];
	struct sql *q = w->q;

	sql_add(q, "SELECT ");
	add_columns("a1", h->to_columns, h->count, q);
	sql_add(q, " FROM ");
	rule_path_memory(w->rule, 0, hop, q);
	sql_add(q, " WHERE ");
	rule_path_memory_links(w->rule, 1, hop, q);
	ask_value(w, ASK_DUE, "m", "value", NULL);
	sql_add(q, " UNION ALL ");
}

/* ... at the first hop itself: the key as text, and the number or the bytes
 * that it may be, for columns without a type, which convert neither. */
static void remembered_keys(struct question *w)
{
	struct sql *q = w->q;

	sql_add(q, "SELECT m.key FROM lethe_starting_point AS m WHERE ");
	rule_path_memory_name(w->rule, 0, q);
	ask_value(w, ASK_DUE, "m", "value", NULL);
	sql_add(q, " UNION ALL SELECT CAST(m.key AS NUMERIC)"
		   " FROM lethe_starting_point AS m WHERE ");
	rule_path_memory_name(w->rule, 0, q);
	sql_add(q, "CAST(CAST(m.key AS NUMERIC) AS TEXT) = m.key AND ");
	ask_value(w, ASK_DUE, "m", "value", NULL);
	sql_add(q, " UNION ALL SELECT CAST(m.key AS BLOB)"
		   " FROM lethe_starting_point AS m WHERE ");
	rule_path_memory_name(w->rule, 0, q);
	ask_value(w, ASK_DUE, "m", "value", NULL);
	sql_add(q, " UNION ALL ");
}

/*
 * The records that a due value reaches, found from the values' side so that
 * the cost is that of what is due, not of what is stored.  The column itself
 * stands last: by the last SELECT SQLite decides how IN compares, and whether
 * an index serves.
 */
static void reached_by_due(struct question *w)
{
	const struct rule *r = w->rule;
	const struct path_hop *h = &r->path.hops[0];
	size_t n = r->path.count, i;
	struct sql *q = w->q;

	sql_add(q, "((");
	add_columns("t", h->from_columns, h->count, q);
	sql_add(q, ") IN (");
	if (h->count == 1)
		remembered_keys(w);
	for (i = 1; i < n; i++)
		reached_by_remembered(w, i);
	sql_add(q, "SELECT ");
	add_columns("a1", h->to_columns, h->count, q);
	sql_add(q, " FROM ");
	rule_path_tables(r, 0, n, q);
	sql_add(q, " WHERE ");
	rule_path_links(r, 1, n, q);
	ask_value(
	    w, ASK_DUE, rule_path_alias(n), r->terms.start->field, r->value);
	sql_add(q, ")");
	/* A remembered tuple does not come apart again. */
	if (h->count > 1) {
		sql_add(q, " OR ");
		remembered(w, ASK_DUE, 0);
	}
	sql_add(q, ")");
}

/* ---- the classes ---- */

static void undecided(struct question *w)
{
	const struct policy_starting_point *s = w->rule->terms.start;

	sql_add(w->q, "(");
	if (s->null_means == POLICY_NULL_OPEN) {
		exists(w, ASK_UNREADABLE);
		if (s->pick == POLICY_LATEST && w->rule->path.count) {
			sql_add(w->q, " AND ");
			exists_not(w, ASK_NULL);
		}
	} else {
		exists(w, ASK_NO_TIME);
		if (w->rule->path.count) {
			sql_add(w->q, " OR ");
			exists_not(w, ASK_ANY);
		}
	}
	sql_add(w->q, ")");
}

/* Of a column of the record itself: empty and open, or ahead. */
static void active_by_itself(struct question *w)
{
	if (w->rule->terms.start->null_means == POLICY_NULL_OPEN) {
		exists(w, ASK_NULL);
		sql_add(w->q, " OR ");
	}
	exists(w, ASK_LATER);
}

static void active(struct question *w)
{
	const struct policy_starting_point *s = w->rule->terms.start;

	sql_add(w->q, "(");
	if (w->rule->path.count == 0) {
		active_by_itself(w);
	} else if (s->pick == POLICY_EARLIEST) {
		sql_add(w->q, "NOT ");
		undecided(w);
		sql_add(w->q, " AND ");
		exists_not(w, ASK_BEGUN);
	} else if (s->null_means == POLICY_NULL_OPEN) {
		exists(w, ASK_NULL);
		sql_add(w->q, " OR ");
		exists_not(w, ASK_ANY);
		sql_add(w->q, " OR (");
		exists_not(w, ASK_UNREADABLE);
		sql_add(w->q, " AND ");
		exists(w, ASK_LATER);
		sql_add(w->q, ")");
	} else {
		sql_add(w->q, "NOT ");
		undecided(w);
		sql_add(w->q, " AND ");
		exists(w, ASK_LATER);
	}
	sql_add(w->q, ")");
}

static void due(struct question *w)
{
	const struct policy_starting_point *s = w->rule->terms.start;

	sql_add(w->q, "(");
	if (w->rule->path.count == 0) {
		exists(w, ASK_DUE);
	} else {
		reached_by_due(w);
		sql_add(w->q, " AND ");
		if (s->pick == POLICY_LATEST) {
			exists_not(w, ASK_NOT_DUE);
		} else {
			exists_not(w, ASK_UNREADABLE);
			if (s->null_means != POLICY_NULL_OPEN) {
				sql_add(w->q, " AND ");
				exists_not(w, ASK_NULL);
			}
		}
	}
	sql_add(w->q, ")");
}

enum status rule_where(const struct rule *r, enum rule_class class, int64_t now,
    enum db_effort effort, struct sql *q)
{
	struct question w = { r, now, effort, q, ST_OK };

	/* Few values are reached for one record: read them all. */
	if (r->path.count)
		w.effort = DB_EVERY;
	if (r->terms.start == NULL) {
		/* Nothing ends the cluster: ACTIVE, all of it. */
		if (class == RULE_ACTIVE)
			sql_add(q, "TRUE");
		else
			sql_add(q, "FALSE");
		return ST_OK;
	}
	switch (class) {
	case RULE_DUE: due(&w); break;
	case RULE_UNDECIDED: undecided(&w); break;
	case RULE_ACTIVE: active(&w); break;
	}
	return w.st;
}

enum status rule_effort(const struct rule *r, enum db_effort *out)
{
	if (r->terms.start == NULL || r->path.count) {
		*out = DB_EVERY;
		return ST_OK;
	}
	return times_effort(
	    r->store->db, r->table->name, r->terms.start->field, out);
}

void rule_from(const struct rule *r, struct sql *q)
{
	sql_name(q, r->table->name);
	sql_add(q, " AS t");
}

/* A question that stands alone, as a count. */
static enum status count(
    const struct rule *r, const struct sql *where, int64_t *records)
{
	struct sql q = SQL_INIT;
	enum status st;

	sql_add(&q, "SELECT count(*) FROM ");
	rule_from(r, &q);
	sql_add(&q, " WHERE ");
	sql_join(&q, where);
	st = db_one_int_sql(r->store->db, &q, 0, records);
	sql_release(&q);
	return st;
}

/* Asked in one, "empty, or in this range" would walk a whole index: two
 * counts cost what they find. */
static enum status count_apart(const struct rule *r, enum ask ask, int64_t now,
    enum db_effort effort, int64_t *records)
{
	struct sql empty = SQL_INIT, other = SQL_INIT;
	struct question w = { r, now, effort, &empty, ST_OK };
	int64_t more = 0;
	enum status st;

	exists(&w, ASK_NULL);
	w.q = &other;
	exists(&w, ask);
	if ((st = w.st) == ST_OK)
		st = count(r, &empty, records);
	if (st == ST_OK)
		st = count(r, &other, &more);
	if (st == ST_OK)
		*records += more;
	sql_release(&empty);
	sql_release(&other);
	return st;
}

enum status rule_count(const struct rule *r, enum rule_class class, int64_t now,
    enum db_effort effort, int64_t *records)
{
	struct sql where = SQL_INIT;
	enum status st;
	int open;

	if (r->terms.start && r->path.count == 0) {
		open = r->terms.start->null_means == POLICY_NULL_OPEN;
		if (class == RULE_ACTIVE && open)
			return count_apart(r, ASK_LATER, now, effort, records);
		if (class == RULE_UNDECIDED && !open)
			return count_apart(
			    r, ASK_UNREADABLE, now, effort, records);
	}
	st = rule_where(r, class, now, effort, &where);
	if (st == ST_OK)
		st = count(r, &where, records);
	sql_release(&where);
	return st;
}
