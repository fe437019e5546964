/*
 * A rule as SQL.  The values of a starting point are a set S(t): one column of
 * the record itself, or what the reference path reaches and what records that
 * are gone have left behind.  Every class is a statement about S(t) that says
 * the same as verdict_judge().
 */
#include "engine/plan/rule.h"

#include <string.h>

#include "engine/base/zone.h"

/* What is asked of a value in S(t). */
enum ask {
	ASK_ANY,
	ASK_NULL,
	ASK_UNREADABLE,
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
		take(w, db_add_unreadable(
			    db, w->q, type, alias, column, w->effort));
		break;
	case ASK_NOT_DUE:
	case ASK_DUE:
		c = verdict_cutoff(&w->rule->terms, w->now);
		sql_add(w->q, "(");
		take(w, db_add_due(db, w->q, type, alias, column, c.last_day,
			    c.before));
		sql_add(w->q, ")");
		if (ask == ASK_NOT_DUE)
			sql_add(w->q, " IS NOT TRUE");
		break;
	case ASK_LATER:
		take(w, db_add_later(db, w->q, type, alias, column, c.last_day,
			    c.before));
		break;
	case ASK_BEGUN:
		take(w, db_add_due(db, w->q, type, alias, column, c.last_day,
			    c.before));
		break;
	}
}

/* ---- reference paths ---- */

/* t, a1, a2 ... along the path */
static const char *alias_at(size_t hop)
{
	static const char *const names[] = { "t", "a1", "a2", "a3", "a4", "a5",
		"a6", "a7" };

	return names[hop < 7 ? hop : 7];
}

/* What hops ${first} up to, not including, ${hops} lead to. */
static void add_tables(
    const struct rule *r, size_t first, size_t hops, struct sql *q)
{
	size_t i;

	for (i = first; i < hops; i++) {
		if (i > first)
			sql_add(q, ", ");
		sql_name(q, r->path.hops[i].to->name);
		sql_add(q, " AS ");
		sql_name(q, alias_at(i + 1));
	}
}

/* The joins from hop ${first} (0: from t) up to, not including, ${hops}. */
static void add_links(
    const struct rule *r, size_t first, size_t hops, struct sql *q)
{
	size_t i, k;

	for (i = first; i < hops; i++) {
		const struct path_hop *h = &r->path.hops[i];

		for (k = 0; k < h->count; k++) {
			sql_column(q, alias_at(i + 1), h->to_columns[k]);
			sql_add(q, " = ");
			sql_column(q, alias_at(i), h->from_columns[k]);
			sql_add(q, " AND ");
		}
	}
}

/*
 * What a record left behind that hop ${hop} led to, is kept under the key that
 * the hop matched, as text: a number and its digits are the same key, as they
 * are to the comparison of two columns (see purge/remember.c, which writes it).
 */
static void add_memory_key(const struct rule *r, size_t hop, struct sql *q)
{
	const struct path_hop *h = &r->path.hops[hop];
	size_t k;

	for (k = 0; k < h->count; k++) {
		if (k)
			sql_add(q, " || ");
		if (h->count > 1) {
			sql_add(q, "length(CAST(");
			sql_column(q, alias_at(hop), h->from_columns[k]);
			sql_add(q, " AS TEXT)) || ':' || ");
		}
		sql_add(q, "CAST(");
		sql_column(q, alias_at(hop), h->from_columns[k]);
		sql_add(q, " AS TEXT)");
	}
}

static void add_memory_table(
    const struct rule *r, size_t first, size_t hop, struct sql *q)
{
	add_tables(r, first, hop, q);
	if (hop > first)
		sql_add(q, ", ");
	sql_add(q, "lethe_starting_point AS m");
}

static void add_memory_name(const struct rule *r, size_t hop, struct sql *q)
{
	sql_add(q, "m.name = ");
	sql_bind_text(q, r->memory[hop]);
	sql_add(q, " AND ");
}

/* The joins from ${first} on, and the one to what hop ${hop} led to. */
static void add_memory_links(
    const struct rule *r, size_t first, size_t hop, struct sql *q)
{
	add_links(r, first, hop, q);
	add_memory_name(r, hop, q);
	sql_add(q, "m.key = ");
	add_memory_key(r, hop, q);
	sql_add(q, " AND ");
}

static const char *value_column(const struct rule *r)
{
	return r->terms.start->field;
}

static void remembered(struct question *w, enum ask ask, size_t hop)
{
	sql_add(w->q, "EXISTS (SELECT 1 FROM ");
	add_memory_table(w->rule, 0, hop, w->q);
	sql_add(w->q, " WHERE ");
	add_memory_links(w->rule, 0, hop, w->q);
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
		ask_value(w, ask, "t", value_column(r), r->value);
		return;
	}
	sql_add(q, "(EXISTS (SELECT 1 FROM ");
	add_tables(r, 0, n, q);
	sql_add(q, " WHERE ");
	add_links(r, 0, n, q);
	ask_value(w, ask, alias_at(n), value_column(r), r->value);
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
	add_memory_table(w->rule, 0, hop, q);
	sql_add(q, " WHERE ");
	add_memory_links(w->rule, 1, hop, q);
	ask_value(w, ASK_DUE, "m", "value", NULL);
	sql_add(q, " UNION ALL ");
}

/* ... at the first hop itself: the key as text, and the number that it may
 * be, for columns without a type, which convert neither. */
static void remembered_keys(struct question *w)
{
	struct sql *q = w->q;

	sql_add(q, "SELECT m.key FROM lethe_starting_point AS m WHERE ");
	add_memory_name(w->rule, 0, q);
	ask_value(w, ASK_DUE, "m", "value", NULL);
	sql_add(q, " UNION ALL SELECT CAST(m.key AS NUMERIC)"
		   " FROM lethe_starting_point AS m WHERE ");
	add_memory_name(w->rule, 0, q);
	sql_add(q, "CAST(CAST(m.key AS NUMERIC) AS TEXT) = m.key AND ");
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
	add_tables(r, 0, n, q);
	sql_add(q, " WHERE ");
	add_links(r, 1, n, q);
	ask_value(w, ASK_DUE, alias_at(n), value_column(r), r->value);
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
		exists(w, ASK_NULL);
		sql_add(w->q, " OR ");
		exists(w, ASK_UNREADABLE);
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

void rule_from(const struct rule *r, struct sql *q)
{
	sql_name(q, r->table->name);
	sql_add(q, " AS t");
}

enum status rule_count(const struct rule *r, enum rule_class class, int64_t now,
    enum db_effort effort, int64_t *records)
{
	struct sql q = SQL_INIT;
	enum status st;

	sql_add(&q, "SELECT count(*) FROM ");
	rule_from(r, &q);
	sql_add(&q, " WHERE ");
	st = rule_where(r, class, now, effort, &q);
	if (st == ST_OK)
		st = db_one_int_sql(r->store->db, &q, 0, records);
	sql_release(&q);
	return st;
}

/* ---- single records ---- */

void rule_where_key(const struct rule *r, const char *const *key, struct sql *q)
{
	size_t i;

	for (i = 0; i < r->key_count; i++) {
		if (i)
			sql_add(q, " AND ");
		sql_column(q, "t", r->keys[i]);
		sql_add(q, " = ");
		sql_bind_text(q, key[i]);
	}
}

/* The values that are left behind where hops ${first} and following led. */
static void select_remembered(
    const struct rule *r, size_t first, size_t hop, struct sql *q)
{
	sql_add(q, " UNION ALL SELECT m.value, 'memory' FROM ");
	if (first == 0) {
		rule_from(r, q);
		sql_add(q, ", ");
	}
	add_memory_table(r, first ? first - 1 : 0, hop, q);
	sql_add(q, " WHERE ");
	add_memory_links(r, first, hop, q);
}

enum status rule_select_values(
    const struct rule *r, const char *const *key, struct sql *q)
{
	size_t n = r->path.count, i;

	sql_add(q, "SELECT ");
	sql_column(q, alias_at(n), value_column(r));
	if (n == 0) {
		sql_add(q, ", 'record' FROM ");
		rule_from(r, q);
		sql_add(q, " WHERE ");
		rule_where_key(r, key, q);
		return ST_OK;
	}
	sql_add(q, ", 'reference' FROM ");
	rule_from(r, q);
	sql_add(q, ", ");
	add_tables(r, 0, n, q);
	sql_add(q, " WHERE ");
	add_links(r, 0, n, q);
	rule_where_key(r, key, q);
	for (i = 0; i < n; i++) {
		select_remembered(r, 0, i, q);
		rule_where_key(r, key, q);
	}
	return ST_OK;
}

/* ${passed} is the rule of the collection itself: it knows the key. */
static void add_passed(
    size_t hop, const struct rule *passed, const struct val *key, struct sql *q)
{
	size_t k;

	for (k = 0; k < passed->key_count; k++) {
		if (k)
			sql_add(q, " AND ");
		sql_column(q, alias_at(hop + 1), passed->keys[k]);
		sql_add(q, " = ");
		sql_bind(q, key[k]);
	}
}

void rule_select_reached(const struct rule *r, size_t hop,
    const struct rule *passed, const struct val *key, struct sql *q)
{
	size_t n = r->path.count, i;

	sql_add(q, "SELECT ");
	sql_column(q, alias_at(n), value_column(r));
	sql_add(q, ", 'reference' FROM ");
	add_tables(r, hop, n, q);
	sql_add(q, " WHERE ");
	add_links(r, hop + 1, n, q);
	add_passed(hop, passed, key, q);
	for (i = hop + 1; i < n; i++) {
		select_remembered(r, hop + 1, i, q);
		add_passed(hop, passed, key, q);
	}
}

/* ---- references ---- */

static void add_referencing(const struct db_table *child,
    const struct db_foreign_key *fk, const struct rule *r, struct sql *q)
{
	size_t k;

	sql_add(q, " AND NOT EXISTS (SELECT 1 FROM ");
	sql_name(q, child->name);
	sql_add(q, " AS f WHERE ");
	for (k = 0; k < fk->count; k++) {
		if (k)
			sql_add(q, " AND ");
		sql_column(q, "f", fk->from[k]);
		sql_add(q, " = ");
		sql_column(q, "t", fk->to[k]);
	}
	/* A record that refers to itself does not keep itself. */
	if (child == r->table) {
		sql_add(q, " AND NOT (");
		for (k = 0; k < r->key_count; k++) {
			if (k)
				sql_add(q, " AND ");
			sql_column(q, "f", r->keys[k]);
			sql_add(q, " = ");
			sql_column(q, "t", r->keys[k]);
		}
		sql_add(q, ")");
	}
	sql_add(q, ")");
}

void rule_unreferenced(const struct rule *r, struct sql *q)
{
	const struct db_schema *schema = &r->store->schema;
	size_t i, k;

	for (i = 0; i < schema->count; i++) {
		const struct db_table *child = &schema->tables[i];

		for (k = 0; k < child->foreign_key_count; k++) {
			const struct db_foreign_key *fk =
			    &child->foreign_keys[k];

			if (strcmp(fk->table, r->table->name) == 0)
				add_referencing(child, fk, r, q);
		}
	}
}

/* ---- what records that are gone left behind ---- */

/* Is ${other} in need of what is kept under ${name} and the key in m? */
static void add_needed(
    const struct rule *other, const char *name, struct sql *q)
{
	size_t i;

	for (i = 0; i < other->path.count; i++) {
		if (strcmp(other->memory[i], name) != 0)
			continue;
		sql_add(q, " AND NOT EXISTS (SELECT 1 FROM ");
		rule_from(other, q);
		if (i > 0)
			sql_add(q, ", ");
		add_tables(other, 0, i, q);
		sql_add(q, " WHERE ");
		add_links(other, 0, i, q);
		sql_add(q, "m.key = ");
		add_memory_key(other, i, q);
		sql_add(q, ")");
	}
}

static enum status forget(
    const struct schedule *s, const struct rule *r, const char *name)
{
	struct sql q = SQL_INIT;
	enum status st;
	size_t i;

	sql_add(&q, "DELETE FROM lethe_starting_point AS m WHERE m.name = ");
	sql_bind_text(&q, name);
	for (i = 0; i < s->count; i++) {
		if (s->rules[i].store == r->store)
			add_needed(&s->rules[i], name, &q);
	}
	st = db_exec_sql(r->store->db, &q, NULL);
	sql_release(&q);
	return st;
}

enum status rule_forget(const struct schedule *s, const struct rule *r)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < r->path.count; i++)
		st = forget(s, r, r->memory[i]);
	return st;
}
