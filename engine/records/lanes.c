/* The files that the records of one ingest go into. */
#include "engine/records/lanes.h"

#include <stdlib.h>
#include <string.h>

#include "engine/store/count.h"
#include "engine/store/record_move.h"
#include "engine/store/reduced.h"

/* ---- bounds ---- */

static enum status bound_set(struct lane_bound *b, struct val v)
{
	b->v = v;
	if (v.type != VAL_TEXT && v.type != VAL_BLOB)
		return ST_OK;
	buf_clear(&b->bytes);
	buf_add(&b->bytes, v.p, v.n);
	b->v.p = buf_text(&b->bytes);
	return buf_status(&b->bytes);
}

static int rank(struct val v)
{
	switch (v.type) {
	case VAL_END:
	case VAL_NULL: return 0;
	case VAL_INT:
	case VAL_REAL: return 1;
	case VAL_TEXT: return 2;
	case VAL_BLOB: return 3;
	}
	return 0;
}

/* As the database sorts them; 0 where that is not quite known. */
static int compare(struct val a, struct val b)
{
	int order;

	if (rank(a) != rank(b))
		return rank(a) < rank(b) ? -1 : 1;
	if (a.type != b.type)
		return 0;
	switch (a.type) {
	case VAL_INT: return a.i < b.i ? -1 : a.i > b.i;
	case VAL_REAL: return a.r < b.r ? -1 : a.r > b.r;
	case VAL_TEXT:
	case VAL_BLOB:
		order = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);
		if (order == 0 && a.n != b.n)
			order = a.n < b.n ? -1 : 1;
		return order;
	case VAL_NULL:
	case VAL_END: break;
	}
	return 0;
}

static int is_between(
    struct val v, const struct lane_bound *least, const struct lane_bound *most)
{
	return least->v.type != VAL_END && compare(v, least->v) >= 0 &&
	       compare(v, most->v) <= 0;
}

static enum status widen(struct lane_bound *least, struct lane_bound *most,
    struct val v, int *widened)
{
	enum status st = ST_OK;

	if (least->v.type == VAL_END || compare(v, least->v) < 0) {
		st = bound_set(least, v);
		*widened = 1;
	}
	if (st == ST_OK &&
	    (most->v.type == VAL_END || compare(v, most->v) > 0)) {
		st = bound_set(most, v);
		*widened = 1;
	}
	return st;
}

/* ---- life ---- */

static enum status set_keys(struct lanes *l)
{
	size_t i;

	l->keys = calloc(l->table->column_count + 1, sizeof(*l->keys));
	if (l->keys == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; i < l->table->column_count; i++) {
		const struct db_column *c = &l->table->columns[i];

		if (c->key == 0)
			continue;
		l->keys[c->key - 1] = c->name;
		l->key_count++;
		l->keyed_by_time |= c == l->time;
	}
	return ST_OK;
}

static enum status add_lane(
    struct lanes *l, struct segment *g, struct lane **out)
{
	struct lane *list;

	list = reallocarray(l->list, l->count + 1, sizeof(*list));
	if (list == NULL)
		return fail(ST_NOMEM, "out of memory");
	l->list = list;
	memset(&list[l->count], 0, sizeof(*list));
	list[l->count].segment = g;
	list[l->count].least.v.type = VAL_END;
	list[l->count].most.v.type = VAL_END;
	*out = &list[l->count++];
	return ST_OK;
}

enum status lanes_init(struct lanes *l, struct db *db,
    struct segments *segments, const struct db_table *table, const char *time)
{
	struct lane *rest;
	enum status st;

	memset(l, 0, sizeof(*l));
	l->db = db;
	l->table = table;
	l->least.v.type = VAL_END;
	l->most.v.type = VAL_END;
	/* What is cut no more may be in segments still, by its keys. */
	l->segments = segments;
	if (segments && time)
		l->time = db_table_column(table, time);
	st = set_keys(l);
	return st == ST_OK ? add_lane(l, NULL, &rest) : st;
}

static void bounds_release(struct lane_bound *least, struct lane_bound *most)
{
	buf_release(&least->bytes);
	buf_release(&most->bytes);
}

void lanes_release(struct lanes *l)
{
	size_t i;

	lanes_rollback(l);
	for (i = 0; i < l->count; i++)
		bounds_release(&l->list[i].least, &l->list[i].most);
	bounds_release(&l->least, &l->most);
	free(l->list);
	free(l->keys);
	memset(l, 0, sizeof(*l));
}

/* ---- beginning ---- */

/* From columns 0 and 1 of ${s}; NULL: it has no records. */
static enum status take_bounds(
    struct lanes *l, struct lane *lane, struct stmt *s)
{
	int widened = 0;
	enum status st;
	int i;

	if (db_val(s, 0).type == VAL_NULL)
		return ST_OK;
	st = widen(&lane->least, &lane->most, db_val(s, 0), &widened);
	if (st == ST_OK)
		st = widen(&lane->least, &lane->most, db_val(s, 1), &widened);
	for (i = 0; st == ST_OK && i < 2; i++)
		st = widen(&l->least, &l->most, db_val(s, i), &widened);
	return st;
}

static enum status bounds_of_rest(struct lanes *l)
{
	struct sql q = SQL_INIT;
	struct stmt *s = NULL;
	enum status st;

	/* Each alone is found at an end of the key's index. */
	sql_add(&q, "SELECT (SELECT min(");
	sql_name(&q, l->keys[0]);
	sql_add(&q, ") FROM ");
	sql_name(&q, l->table->name);
	sql_add(&q, "), (SELECT max(");
	sql_name(&q, l->keys[0]);
	sql_add(&q, ") FROM ");
	sql_name(&q, l->table->name);
	sql_add(&q, ")");
	st = db_query_sql(l->db, &q, &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = take_bounds(l, &l->list[0], s);
	db_done(s);
	sql_release(&q);
	return st;
}

static enum status bounds_of_segment(struct lanes *l, struct lane *lane)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(l->db,
	    "SELECT least, most FROM lethe_segment_key"
	    " WHERE segment = $1 AND collection = $2",
	    ARGS(TEXT(lane->segment->name), TEXT(l->table->name)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = take_bounds(l, lane, s);
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status learn(struct lanes *l)
{
	struct lane *lane;
	enum status st;
	size_t i;

	if ((st = segments_bury(l->segments)) != ST_OK)
		return st;
	if ((st = segments_refresh(l->segments)) != ST_OK)
		return st;
	if (l->key_count)
		st = bounds_of_rest(l);
	for (i = 0; st == ST_OK && i < segments_count(l->segments); i++) {
		st = add_lane(l, segments_at(l->segments, i), &lane);
		if (st == ST_OK)
			st = bounds_of_segment(l, lane);
	}
	return st;
}

enum status lanes_begin(struct lanes *l)
{
	enum status st;

	if (l->list[0].db)
		return ST_OK;
	if ((st = lanes_begin_lane(l, 0)) != ST_OK)
		return st;
	return l->segments ? learn(l) : ST_OK;
}

enum status lanes_begin_lane(struct lanes *l, size_t at)
{
	struct lane *lane = &l->list[at];
	struct db *db = l->db;
	enum status st = ST_OK;

	if (lane->db)
		return ST_OK;
	if (l->begun > SEGMENTS_WRITTEN)
		return fail(ST_LIMIT,
		    "its records belong into more than %d segments: split it "
		    "by time, or make the segments longer",
		    SEGMENTS_WRITTEN);
	if (lane->segment)
		st = segments_open_db(l->segments, lane->segment, &db);
	if (st == ST_OK)
		st = db_begin(db, DB_WRITE);
	if (st != ST_OK)
		return st;
	lane->db = db;
	l->begun++;
	/* Nobody vouches for what others write as well. */
	if (!db_is_shared(db))
		st = count_get(db, l->table->name, &lane->before);
	if (st == ST_OK)
		st = reduced_any(db, l->table->name, &lane->any_reduced);
	if (st == ST_OK)
		st = restricted_reach(db, l->table->name, &lane->restricted);
	return st;
}

/* ---- which lane ---- */

static int has(const struct lane *lane, const struct when *w)
{
	const struct segment *g = lane->segment;

	if (g == NULL)
		return 0;
	if (w->kind == WHEN_DATE)
		return g->first_day <= w->day && w->day <= g->last_day;
	return g->from <= w->seconds && w->seconds < g->before;
}

/* What no rule can judge is looked for in one place. */
static int is_readable(const struct when *w)
{
	switch (w->kind) {
	case WHEN_NONE: return 0;
	case WHEN_DATE: return w->day >= WHEN_FIRST_DAY;
	case WHEN_INSTANT: return w->seconds >= WHEN_FIRST_SECOND;
	}
	return 0;
}

enum status lanes_route(struct lanes *l, struct val v, size_t *lane)
{
	struct when w = db_when(l->time, v);
	struct segment *made = NULL;
	struct lane *added;
	enum status st;
	size_t i;

	*lane = 0;
	if (!is_readable(&w))
		return ST_OK;
	*lane = l->last;
	if (has(&l->list[l->last], &w))
		return ST_OK;
	for (i = l->count; i-- > 1;) {
		if (has(&l->list[i], &w)) {
			*lane = l->last = i;
			return ST_OK;
		}
	}
	*lane = 0;
	st = segments_add(l->segments, &w, &made);
	if (st != ST_OK || made == NULL)
		return st;
	if ((st = add_lane(l, made, &added)) == ST_OK)
		*lane = l->last = l->count - 1;
	return st;
}

/* ---- keys ---- */

static enum status lane_db(struct lanes *l, struct lane *lane, struct db **out)
{
	if (lane->segment && lane->db == NULL)
		return segments_open_db(l->segments, lane->segment, out);
	*out = lane->segment ? lane->db : l->db;
	return ST_OK;
}

static enum status look_up(
    struct lanes *l, struct lane *lane, const struct val *key, int *found)
{
	struct sql q = SQL_INIT;
	struct db *db = NULL;
	int64_t one = 0;
	enum status st;
	size_t i;

	if ((st = lane_db(l, lane, &db)) != ST_OK)
		return st;
	sql_add(&q, "SELECT 1 FROM ");
	sql_name(&q, l->table->name);
	sql_add(&q, " WHERE TRUE");
	for (i = 0; i < l->key_count; i++) {
		sql_add(&q, " AND ");
		sql_name(&q, l->keys[i]);
		sql_add(&q, " = ");
		sql_bind(&q, key[i]);
	}
	st = db_one_int_sql(db, &q, 0, &one);
	sql_release(&q);
	*found = one != 0;
	return st;
}

enum status lanes_find(
    struct lanes *l, const struct val *key, size_t not, size_t *lane)
{
	enum status st = ST_OK;
	int found = 0;
	size_t i;

	*lane = SIZE_MAX;
	if (!is_between(key[0], &l->least, &l->most))
		return ST_OK;
	for (i = 0; st == ST_OK && i < l->count; i++) {
		struct lane *one = &l->list[i];

		if (i == not || !is_between(key[0], &one->least, &one->most))
			continue;
		/* Elsewhere an equal key has an equal time: only what a
		 * segment left behind is in the rest. */
		if (l->keyed_by_time && i > 0 && not != SIZE_MAX)
			continue;
		st = look_up(l, one, key, &found);
		if (found) {
			*lane = i;
			return st;
		}
	}
	return st;
}

/* The records of ${to} that come from ${from} are no better known there. */
static enum status vouch_less(struct db *from, struct db *to, const char *table)
{
	struct sql q = SQL_INIT;
	struct stmt *s = NULL;
	enum status st;

	sql_add(&q, "DELETE FROM lethe_time WHERE collection = ");
	sql_bind_text(&q, table);
	sql_add(&q, " AND name NOT IN (''");
	st = db_query(from, "SELECT name FROM lethe_time WHERE collection = $1",
	    ARGS(TEXT(table)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		sql_add(&q, ", ");
		sql_bind_text(&q, db_text(s, 0));
	}
	db_done(s);
	sql_add(&q, ")");
	if (st == ST_NOTFOUND)
		st = db_exec_sql(to, &q, NULL);
	sql_release(&q);
	return st;
}

enum status lanes_move(
    struct lanes *l, const struct val *key, size_t from, size_t to)
{
	enum status st;

	if ((st = lanes_begin_lane(l, from)) != ST_OK ||
	    (st = lanes_begin_lane(l, to)) != ST_OK)
		return st;
	if (!l->list[to].moved || l->list[from].before == 0)
		st = vouch_less(
		    l->list[from].db, l->list[to].db, l->table->name);
	l->list[to].moved = 1;
	if (st == ST_OK)
		st = record_move(l->list[from].db, l->list[to].db, l->table,
		    l->keys, l->key_count, key);
	return st;
}

enum status lanes_note(struct lanes *l, const struct val *key, size_t at)
{
	struct lane *lane = &l->list[at];
	int any = 0;
	enum status st;

	if (l->segments == NULL || key == NULL)
		return ST_OK;
	st = widen(&lane->least, &lane->most, key[0], &lane->widened);
	return st == ST_OK ? widen(&l->least, &l->most, key[0], &any) : st;
}

/* ---- ending ---- */

static enum status keep_bounds(struct lanes *l)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 1; st == ST_OK && i < l->count; i++) {
		const struct lane *lane = &l->list[i];

		if (lane->widened)
			st = db_exec(l->db,
			    "INSERT INTO lethe_segment_key"
			    " (segment, collection, least, most)"
			    " VALUES ($1, $2, $3, $4)"
			    " ON CONFLICT (segment, collection) DO UPDATE"
			    " SET least = $3, most = $4",
			    ARGS(TEXT(lane->segment->name),
				TEXT(l->table->name), lane->least.v,
				lane->most.v));
	}
	return st;
}

enum status lanes_commit(struct lanes *l)
{
	enum status st = ST_OK;
	size_t i;

	if (l->segments)
		st = segments_changed(l->segments);
	if (st == ST_OK && l->segments)
		st = keep_bounds(l);
	for (i = l->count; st == ST_OK && i-- > 0;) {
		if (l->list[i].db)
			st = db_commit(l->list[i].db);
	}
	return st;
}

void lanes_rollback(struct lanes *l)
{
	size_t i;

	for (i = l->count; i-- > 0;) {
		if (l->list[i].db)
			db_rollback(l->list[i].db);
		l->list[i].db = NULL;
	}
	l->begun = 0;
}
