/*
 * One clock as SQL.  The values of its starting point are a set S(t): one
 * column of the record itself, or what the reference path reaches and what
 * records that are gone have left behind.  Every class is a statement about
 * S(t) that says the same as verdict_judge().
 */
#include "engine/plan/rule_clock.h"

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
	const struct rule_clock *clock;
	struct db *db;
	const struct db_schema *schema;
	int64_t now;
	enum db_effort effort; /* for what finds records by a value */
	enum clock_side side;
	struct sql *q;
	enum status st; /* the first failure sticks */
};

static struct calendar_cutoff begun(const struct question *w)
{
	struct calendar_cutoff c;

	c.last_day = zone_day(w->clock->terms.rule.calendar.zone, w->now);
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
	struct calendar_cutoff c = begun(w);
	const struct db_column none = { .name = NULL };
	enum db_effort effort = w->effort;
	struct db *db = w->db;

	/* Few are left behind, and nobody vouches for them. */
	if (type == NULL) {
		type = &none;
		effort = DB_EVERY;
	}
	switch (ask) {
	case ASK_ANY: sql_add(w->q, "TRUE"); break;
	case ASK_NULL:
		sql_column(w->q, alias, column);
		sql_add(w->q, " IS NULL");
		break;
	case ASK_UNREADABLE:
		take(w, db_add_unreadable(db, w->q, type, alias, column,
			    DB_NULL_NOT, effort));
		break;
	case ASK_NO_TIME:
		take(w, db_add_unreadable(db, w->q, type, alias, column,
			    DB_NULL_TOO, effort));
		break;
	case ASK_NOT_DUE:
	case ASK_DUE:
		c = verdict_cutoff(&w->clock->terms, w->now);
		sql_add(w->q, "(");
		take(w, db_add_due(db, w->q, type, alias, column, c.last_day,
			    c.before, effort));
		sql_add(w->q, ")");
		if (ask == ASK_NOT_DUE)
			sql_add(w->q, " IS NOT TRUE");
		break;
	case ASK_LATER:
		take(w, db_add_later(db, w->q, type, alias, column, c.last_day,
			    c.before, effort));
		break;
	case ASK_BEGUN:
		take(w, db_add_due(db, w->q, type, alias, column, c.last_day,
			    c.before, effort));
		break;
	}
}

/* ---- the values of a starting point ---- */

static void remembered(struct question *w, enum ask ask, size_t hop)
{
	sql_add(w->q, "EXISTS (SELECT 1 FROM ");
	rule_path_memory(w->clock, 0, hop, w->q);
	sql_add(w->q, " WHERE ");
	rule_path_memory_links(w->clock, 0, hop, w->q);
	ask_value(w, ask, "m", "value", NULL);
	sql_add(w->q, ")");
}

/* There is a value in S(t) of which ${ask} holds. */
static void exists(struct question *w, enum ask ask)
{
	const struct rule_clock *c = w->clock;
	size_t n = c->path.count, i;
	enum db_effort effort = w->effort;
	struct sql *q = w->q;

	if (n == 0) {
		ask_value(w, ask, "t", c->terms.start->field, c->value);
		return;
	}
	/* Few values are reached for one record: read them all. */
	w->effort = DB_EVERY;
	sql_add(q, "(EXISTS (SELECT 1 FROM ");
	rule_path_tables(c, 0, n, q);
	sql_add(q, " WHERE ");
	rule_path_links(c, 0, n, q);
	ask_value(w, ask, rule_path_alias(n), c->terms.start->field, c->value);
	sql_add(q, ")");
	for (i = 0; i < n; i++) {
		sql_add(q, " OR ");
		remembered(w, ask, i);
	}
	sql_add(q, ")");
	w->effort = effort;
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

/* SELECT t's side of the first hop for values that were left behind... */
static void reached_by_remembered(struct question *w, enum ask ask, size_t hop)
{
	const struct path_hop *h = &w->clock->path.hops[0];
	struct sql *q = w->q;

	sql_add(q, "SELECT ");
	add_columns("a1", h->to_columns, h->count, q);
	sql_add(q, " FROM ");
	rule_path_memory(w->clock, 0, hop, q);
	sql_add(q, " WHERE ");
	rule_path_memory_links(w->clock, 1, hop, q);
	ask_value(w, ask, "m", "value", NULL);
	sql_add(q, " UNION ALL ");
}

/* ... at the first hop itself, in every form that the column may have. */
static void remembered_keys(struct question *w, enum ask ask)
{
	const struct db_column *to = rule_path_target(w->schema, w->clock, 0);
	struct sql *q = w->q;
	int form = 0, more = 1;

	while (more) {
		struct sql one = SQL_INIT;

		more = db_add_key_form(w->db, &one, to, "m", "key", form++);
		if (more) {
			sql_add(q, "SELECT ");
			sql_join(q, &one);
			sql_add(q, " FROM lethe_starting_point AS m WHERE ");
			rule_path_memory_name(w->clock, 0, q);
			ask_value(w, ask, "m", "value", NULL);
			sql_add(q, " UNION ALL ");
		}
		sql_release(&one);
	}
}

/*
 * The records that a value reaches of which ${ask} holds, found from the
 * values' side so that the cost is that of what is found, not of what is
 * stored.  The column itself
 * stands last: by the last SELECT SQLite decides how IN compares, and whether
 * an index serves.
 */
static void reached_by(struct question *w, enum ask ask)
{
	const struct rule_clock *c = w->clock;
	const struct path_hop *h = &c->path.hops[0];
	size_t n = c->path.count, i;
	struct sql *q = w->q;

	sql_add(q, "((");
	add_columns("t", h->from_columns, h->count, q);
	sql_add(q, ") IN (");
	if (h->count == 1)
		remembered_keys(w, ask);
	for (i = 1; i < n; i++)
		reached_by_remembered(w, ask, i);
	sql_add(q, "SELECT ");
	add_columns("a1", h->to_columns, h->count, q);
	sql_add(q, " FROM ");
	rule_path_tables(c, 0, n, q);
	sql_add(q, " WHERE ");
	rule_path_links(c, 1, n, q);
	ask_value(w, ask, rule_path_alias(n), c->terms.start->field, c->value);
	sql_add(q, ")");
	/* A remembered tuple does not come apart again. */
	if (h->count > 1) {
		sql_add(q, " OR ");
		remembered(w, ask, 0);
	}
	sql_add(q, ")");
}

/*
 * Where a value of which ${ask} holds reaches t, by the side that is asked.  IN
 * compares keys alone: whether the first step holds at the time of t is then
 * asked of each.
 */
static void reached(struct question *w, enum ask ask)
{
	const struct path *p = &w->clock->path;

	if (p->count == 0 || w->side != CLOCK_FROM_VALUES) {
		exists(w, ask);
		return;
	}
	reached_by(w, ask);
	if (p->hops[0].interval_count) {
		sql_add(w->q, " AND ");
		exists(w, ask);
	}
}

/* ---- the classes ---- */

static void undecided(struct question *w)
{
	const struct policy_starting_point *s = w->clock->terms.start;

	sql_add(w->q, "(");
	if (s->null_means == POLICY_NULL_OPEN) {
		reached(w, ASK_UNREADABLE);
		if (s->pick == POLICY_LATEST && w->clock->path.count) {
			sql_add(w->q, " AND ");
			exists_not(w, ASK_NULL);
		}
	} else {
		exists(w, ASK_NO_TIME);
		if (w->clock->path.count) {
			sql_add(w->q, " OR ");
			exists_not(w, ASK_ANY);
		}
	}
	sql_add(w->q, ")");
}

/* Of a column of the record itself: empty and open, or ahead. */
static void active_by_itself(struct question *w)
{
	if (w->clock->terms.start->null_means == POLICY_NULL_OPEN) {
		exists(w, ASK_NULL);
		sql_add(w->q, " OR ");
	}
	exists(w, ASK_LATER);
}

/* Asked of each record: a NOT around an IN would lose what is NULL. */
static void active(struct question *w)
{
	const struct policy_starting_point *s = w->clock->terms.start;

	w->side = CLOCK_FROM_RECORD;
	sql_add(w->q, "(");
	if (w->clock->path.count == 0) {
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

/* A value that has ended reaches t: does nothing else that does speak against
 * it? */
static void nothing_against(struct question *w)
{
	const struct policy_starting_point *s = w->clock->terms.start;

	if (s->pick == POLICY_LATEST) {
		exists_not(w, ASK_NOT_DUE);
		return;
	}
	exists_not(w, ASK_UNREADABLE);
	if (s->null_means != POLICY_NULL_OPEN) {
		sql_add(w->q, " AND ");
		exists_not(w, ASK_NULL);
	}
}

static void ended(struct question *w)
{
	sql_add(w->q, "(");
	reached(w, ASK_DUE);
	if (w->clock->path.count) {
		sql_add(w->q, " AND ");
		nothing_against(w);
	}
	sql_add(w->q, ")");
}

static enum status begin(const struct clock_question *w,
    const struct rule_clock *c, struct sql *q, struct question *out)
{
	struct installation_store *store = w->rule->store;
	struct question x = { c, store->db, &store->schema, w->now, DB_EVERY,
		w->side, q, ST_OK };

	if (w->effort == DB_BY_INDEX)
		x.st = times_effort(
		    x.db, c->table, c->terms.start->field, &x.effort);
	*out = x;
	return x.st;
}

enum status clock_where(const struct clock_question *w,
    const struct rule_clock *c, enum clock_class class, struct sql *q)
{
	struct question x;
	enum status st;

	if ((st = begin(w, c, q, &x)) != ST_OK)
		return st;
	switch (class) {
	case CLOCK_ENDED: ended(&x); break;
	case CLOCK_UNDECIDED: undecided(&x); break;
	case CLOCK_ACTIVE: active(&x); break;
	}
	return x.st;
}

/* Asked in one, "empty, or in this range" would walk a whole index: two
 * counts cost what they find. */
enum status clock_where_apart(const struct clock_question *w,
    const struct rule_clock *c, enum clock_class class, struct sql q[2],
    int *parts)
{
	int open = c->terms.start->null_means == POLICY_NULL_OPEN;
	struct question x;
	enum status st;

	*parts = 1;
	if (c->path.count || !((class == CLOCK_ACTIVE && open) ||
				 (class == CLOCK_UNDECIDED && !open)))
		return clock_where(w, c, class, &q[0]);
	if ((st = begin(w, c, &q[0], &x)) != ST_OK)
		return st;
	if (!c->value->not_null) {
		exists(&x, ASK_NULL);
		x.q = &q[(*parts)++];
	}
	exists(&x, class == CLOCK_ACTIVE ? ASK_LATER : ASK_UNREADABLE);
	return x.st;
}
