/* Statements of the walk, and the intervals of references. */
#include "engine/plan/reach_query.h"

#include <stdlib.h>
#include <string.h>

#include "engine/installation/units.h"
#include "engine/plan/identity.h"
#include "engine/plan/value.h"

/* ---- statements ---- */

static enum status rows_init(struct reach_rows *rows, struct reach_node *n)
{
	memset(rows, 0, sizeof(*rows));
	rows->node = n;
	rows->vals = calloc(n->column_count, sizeof(*rows->vals));
	return rows->vals ? ST_OK : fail(ST_NOMEM, "out of memory");
}

/* "SELECT columns FROM table AS t WHERE " */
static void add_select(const struct reach_node *n, struct sql *q)
{
	size_t i;

	sql_add(q, "SELECT ");
	for (i = 0; i < n->column_count; i++) {
		if (i)
			sql_add(q, ", ");
		sql_column(q, "t", n->columns[i]->name);
	}
	sql_add(q, " FROM ");
	sql_name(q, n->table->name);
	sql_add(q, " AS t WHERE ");
}

/* In the order of their keys where a server would give its own, which is
 * another one after an update: whoever asks twice gets the same. */
static void add_order(const struct reach_node *n, struct sql *q)
{
	size_t i;

	if (!db_is_shared(n->store->db))
		return;
	sql_add(q, " ORDER BY ");
	for (i = 0; i < n->key_count; i++) {
		if (i)
			sql_add(q, ", ");
		sql_column(q, "t", n->columns[i]->name);
	}
}

enum status reach_rows_by_identity(struct reach_rows *rows,
    struct reach_node *n, const char *column, const char *kind,
    const char *value)
{
	const struct db_column *c = db_table_column(n->table, column);
	struct sql q = SQL_INIT;
	enum status st;

	if ((st = rows_init(rows, n)) != ST_OK)
		return st;
	if (c == NULL)
		return fail(ST_INVALID,
		    "the store `%s` has no column %s.%s: run `lethe check`",
		    n->store->config->name, n->collection->name, column);
	add_select(n, &q);
	st = identity_where(kind, c, value, &q);
	add_order(n, &q);
	if (st == ST_OK && n->store->segments)
		sql_join(&rows->each, &q);
	else if (st == ST_OK)
		st = db_query_sql(n->store->db, &q, &rows->stmt);
	sql_release(&q);
	return st;
}

/* t's columns are the values ${args}: "c1 = $1 AND c2 IN ($2, $3)". */
static void add_step(const struct reach_node *n, const size_t *columns,
    size_t count, const struct val *args, struct sql *q)
{
	size_t i;

	add_select(n, q);
	for (i = 0; i < count; i++) {
		const struct db_column *c = n->columns[columns[i]];

		if (i)
			sql_add(q, " AND ");
		sql_column(q, "t", c->name);
		sql_add(q, " IN (");
		sql_bind(q, *args++);
		if (value_column_keeps_types(c)) {
			sql_add(q, ", ");
			sql_bind(q, *args++);
		}
		sql_add(q, ")");
	}
	add_order(n, q);
}

static enum status prepare(const struct reach_node *n, const size_t *columns,
    size_t count, const struct val *args, struct stmt **out)
{
	struct sql q = SQL_INIT;
	enum status st;

	add_step(n, columns, count, args, &q);
	st = db_query_sql(n->store->db, &q, out);
	sql_release(&q);
	return st;
}

/* A whole number that came as 12.0 is the key 12. */
static struct val plain(struct val v)
{
	char text[VALUE_TEXT];
	struct val other;

	if (v.type != VAL_REAL)
		return v;
	other = value_other_form(v, text);
	other = value_other_form(other, text);
	return other.type == VAL_INT ? other : v;
}

/* The columns of ${columns} equal those ${by} of ${row}.  NULL matches
 * nothing: then there is no statement. */
static enum status start(struct reach_rows *rows, struct stmt **kept,
    const size_t *columns, const size_t *by, size_t count,
    const struct val *row)
{
	struct val args[2 * REACH_TUPLE + 1];
	char text[REACH_TUPLE][VALUE_TEXT];
	const struct reach_node *n = rows->node;
	enum status st;
	size_t i, k = 0;

	for (i = 0; i < count; i++) {
		struct val v = plain(row[by[i]]);

		if (v.type == VAL_NULL)
			return ST_OK;
		args[k++] = v;
		if (value_column_keeps_types(n->columns[columns[i]]))
			args[k++] = value_other_form(v, text[i]);
	}
	args[k].type = VAL_END;
	if (n->store->segments) {
		add_step(n, columns, count, args, &rows->each);
		return ST_OK;
	}
	if (*kept == NULL) {
		st = prepare(n, columns, count, args, kept);
		if (st != ST_OK)
			return st;
	}
	rows->kept = kept;
	rows->stmt = *kept;
	return db_again(rows->stmt, args);
}

enum status reach_rows_onwards(
    struct reach_rows *rows, struct reach_step *s, const struct val *from)
{
	enum status st = rows_init(rows, s->to);

	return st != ST_OK ? st
			   : start(rows, &s->onwards, s->to_columns,
				 s->from_columns, s->count, from);
}

enum status reach_rows_back(
    struct reach_rows *rows, struct reach_step *s, const struct val *to)
{
	enum status st = rows_init(rows, s->from);

	return st != ST_OK ? st
			   : start(rows, &s->back, s->from_columns,
				 s->to_columns, s->count, to);
}

/* Ask the next file. */
static enum status next_unit(struct reach_rows *rows)
{
	struct installation_store *store = rows->node->store;
	enum status st;

	db_done(rows->stmt);
	rows->stmt = NULL;
	if (rows->each.text.len == 0 || rows->unit == units_count(store))
		return ST_NOTFOUND;
	if ((st = units_use(store, rows->unit++)) != ST_OK)
		return st;
	return db_query_sql(store->db, &rows->each, &rows->stmt);
}

enum status reach_rows_next(struct reach_rows *rows)
{
	enum status st = ST_NOTFOUND;
	size_t i;

	if (rows->stmt)
		st = db_row(rows->stmt);
	while (st == ST_NOTFOUND && rows->kept == NULL) {
		if ((st = next_unit(rows)) != ST_OK)
			break;
		st = db_row(rows->stmt);
	}
	for (i = 0; st == ST_OK && i < rows->node->column_count; i++)
		rows->vals[i] = db_val(rows->stmt, (int)i);
	if (st == ST_NOTFOUND && rows->kept)
		rows->stmt = NULL; /* it waits to be started again */
	return st;
}

void reach_rows_release(struct reach_rows *rows)
{
	if (rows->stmt && rows->kept)
		*rows->kept = NULL;
	db_done(rows->stmt);
	if (rows->each.text.len)
		units_rest(rows->node->store);
	sql_release(&rows->each);
	free(rows->vals);
	memset(rows, 0, sizeof(*rows));
}

/* ---- intervals ---- */

static struct when time_of(
    const struct reach_node *n, size_t column, const struct val *row)
{
	return db_when(n->columns[column], row[column]);
}

static int64_t first_instant(const struct zone *zone, const struct when *w)
{
	return w->kind == WHEN_DATE ? zone_midnight(zone, w->day) : w->seconds;
}

int reach_step_holds(const struct reach_step *s, const struct zone *zone,
    const struct val *from, const struct val *to)
{
	int down = s->way == REACH_DOWN;
	const struct reach_node *bearer = down ? s->to : s->from;
	const struct reach_node *named = down ? s->from : s->to;
	const struct val *b = down ? to : from, *n = down ? from : to;
	size_t i;

	for (i = 0; i < s->interval_count; i++) {
		const struct reach_interval *v = &s->intervals[i];
		struct when at = time_of(bearer, v->at, b);
		struct when begin = time_of(named, v->from, n);
		struct when end = time_of(named, v->until, n);

		/* What cannot be read gives nobody anything. */
		if (at.kind == WHEN_NONE)
			return 0;
		if (n[v->from].type != VAL_NULL &&
		    (begin.kind == WHEN_NONE ||
			first_instant(zone, &at) < first_instant(zone, &begin)))
			return 0;
		if (n[v->until].type != VAL_NULL &&
		    (end.kind == WHEN_NONE ||
			first_instant(zone, &at) >= first_instant(zone, &end)))
			return 0;
	}
	return 1;
}
