/* Starting points whose records are gone. */
#include "engine/purge/remember.h"

/* The matched values as one text, which plan/rule.c makes of columns. */
static void add_key(
    const struct rule_leaves *l, const struct val *matched, struct sql *q)
{
	size_t i;

	for (i = 0; i < l->column_count; i++) {
		if (i)
			sql_add(q, " || ");
		if (l->column_count > 1) {
			sql_add(q, "length(CAST(");
			sql_bind(q, matched[i]);
			sql_add(q, " AS TEXT)) || ':' || ");
		}
		sql_add(q, "CAST(");
		sql_bind(q, matched[i]);
		sql_add(q, " AS TEXT)");
	}
}

static struct verdict_value judged(struct val v)
{
	struct verdict_value value = { v.type == VAL_NULL, db_when(NULL, v) };

	return value;
}

static int outranks(const struct rule_leaves *l, struct val a, struct val b)
{
	struct verdict_value va = judged(a), vb = judged(b);

	return verdict_outranks(&l->clock->terms, &va, &vb);
}

/* Does ${value} decide over what is kept, or is nothing kept yet? */
static enum status is_news(const struct rule_leaves *l,
    const struct val *matched, struct val value, int *news)
{
	struct sql q = SQL_INIT;
	struct stmt *s = NULL;
	enum status st;

	sql_add(&q, "SELECT value FROM lethe_starting_point WHERE name = ");
	sql_bind_text(&q, l->name);
	sql_add(&q, " AND key = ");
	add_key(l, matched, &q);
	st = db_query_sql(l->for_rule->store->db, &q, &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK)
		*news = outranks(l, db_val(s, 0), value);
	else if (st == ST_NOTFOUND)
		*news = 1;
	db_done(s);
	sql_release(&q);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status keep(
    const struct rule_leaves *l, const struct val *matched, struct val value)
{
	struct sql q = SQL_INIT;
	enum status st;

	sql_add(
	    &q, "INSERT INTO lethe_starting_point (name, key, value) VALUES (");
	sql_bind_text(&q, l->name);
	sql_add(&q, ", ");
	add_key(l, matched, &q);
	sql_add(&q, ", ");
	sql_bind(&q, value);
	sql_add(&q,
	    ") ON CONFLICT (name, key) DO UPDATE SET value = excluded.value");
	st = db_exec_sql(l->for_rule->store->db, &q, NULL);
	sql_release(&q);
	return st;
}

enum status remember(
    const struct rule_leaves *l, const struct val *matched, struct val value)
{
	enum status st;
	int news = 0;
	size_t i;

	/* NULL equals nothing: no record ran from this one. */
	for (i = 0; i < l->column_count; i++) {
		if (matched[i].type == VAL_NULL)
			return ST_OK;
	}
	st = is_news(l, matched, value, &news);
	return st == ST_OK && news ? keep(l, matched, value) : st;
}

/* A copy of the value that decides; ${bytes} holds its text. */
static enum status keep_value(
    struct val value, struct buf *bytes, struct val *best)
{
	*best = value;
	if (value.type != VAL_TEXT && value.type != VAL_BLOB)
		return ST_OK;
	buf_clear(bytes);
	buf_add(bytes, value.p, value.n);
	best->p = buf_text(bytes);
	return buf_status(bytes);
}

enum status remember_reached(const struct rule_leaves *l,
    const struct rule *passed, const struct val *key, const struct val *matched)
{
	const struct rule *r = l->for_rule;
	struct buf bytes = BUF_INIT;
	struct sql q = SQL_INIT;
	struct stmt *s = NULL;
	struct val best = NIL;
	enum status st;
	int any = 0;

	rule_select_reached(l->clock, l->hop, passed, key, &q);
	st = db_query_sql(r->store->db, &q, &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		if (any && !outranks(l, best, db_val(s, 0)))
			continue;
		any = 1;
		st = keep_value(db_val(s, 0), &bytes, &best);
	}
	db_done(s);
	if (st == ST_NOTFOUND)
		st = any ? remember(l, matched, best) : ST_OK;
	sql_release(&q);
	buf_release(&bytes);
	return st;
}
