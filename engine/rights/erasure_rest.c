/* What an erasure kept, once the rules have ended it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/installation/units.h"
#include "engine/plan/asked.h"
#include "engine/plan/keys.h"
#include "engine/rights/erasure.h"
#include "engine/rights/erasure_book.h"
#include "engine/rights/letter.h"

/* ---- what is still there ---- */

struct looking {
	struct installation *in;
	const struct asked_list *place;
	const struct db_table *table;
	const char **keys;
	size_t key_count;
	int64_t since;
	struct asked left;
};

/* There, and not de-identified or emptied since. */
static enum status ask(
    struct looking *l, const struct val *key, struct stmt **out)
{
	struct db *db = l->place->store->db;
	struct sql q = SQL_INIT;
	enum status st;
	size_t k;

	sql_add(&q, "SELECT 1 FROM ");
	db_add_from(&q, l->table->name, NULL);
	sql_add(&q, " WHERE NOT EXISTS (SELECT 1 FROM lethe_reduced AS d WHERE"
		    " d.collection = ");
	sql_bind_text(&q, l->table->name);
	sql_add(&q, " AND d.at >= ");
	sql_bind_int(&q, l->since);
	keys_match(db, l->table, l->keys, l->key_count, "d", &q);
	sql_add(&q, ")");
	for (k = 0; k < l->key_count; k++) {
		sql_add(&q, " AND ");
		sql_column(&q, "t", l->keys[k]);
		sql_add(&q, " = ");
		sql_bind(&q, key[k]);
	}
	st = db_query_sql(db, &q, out);
	sql_release(&q);
	return st;
}

static enum status look_at(void *ctx, const struct val *key)
{
	struct looking *l = ctx;
	struct stmt *s = NULL;
	enum status st = ask(l, key, &s);

	if (st == ST_OK)
		st = db_row(s);
	db_done(s);
	if (st == ST_NOTFOUND)
		return ST_OK;
	return st == ST_OK ? asked_add(&l->left, l->place, key) : st;
}

static enum status look_in(struct looking *l)
{
	struct installation_store *s = l->place->store;
	enum status st;

	l->table = db_schema_table(&s->schema, l->place->collection->name);
	if (l->table == NULL)
		return ST_OK;
	st = keys_of(l->place->collection, l->table, &l->keys, &l->key_count);
	if (st == ST_OK && l->key_count == l->place->key_count)
		st = asked_each(l->place, look_at, l);
	free(l->keys);
	return st;
}

/* A segment that is gone went with all that was in it. */
static enum status look_at_list(struct looking *l)
{
	struct installation_store *s = l->place->store;
	enum status st = installation_open_store(l->in, s);

	if (st == ST_OK && (st = asked_use(l->place)) == ST_OK)
		st = look_in(l);
	units_rest(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status look(
    struct installation *in, const struct erasure *e, struct asked *left)
{
	struct looking l = { .in = in, .since = e->done_at };
	struct asked kept = { .lists = NULL };
	enum status st;
	size_t i;

	st = asked_read(in, e->kept.data, e->kept.len, &kept);
	for (i = 0; st == ST_OK && i < kept.count; i++) {
		l.place = &kept.lists[i];
		st = look_at_list(&l);
	}
	asked_release(&kept);
	*left = l.left;
	return st;
}

/* ---- told ---- */

static enum status send(struct step *s, const struct erasure *e)
{
	const char *language = s->in->config.requests.language;
	struct letter l = { NULL, NULL };
	enum status st;

	if (e->tell == NULL)
		return ST_OK;
	st = letter_make(
	    s->in, &s->r, LETTER_REST_ERASED, language, s->by->now, &l);
	if (st == ST_OK)
		st = letter_keep(s, LETTER_REST_ERASED, language, &l, e->tell);
	letter_release(&l);
	return st;
}

static enum status write_left(struct step *s, const struct asked *left)
{
	struct buf b = BUF_INIT;
	enum status st = asked_write(left, &b);

	if (st == ST_OK)
		st = db_exec(s->in->control,
		    "UPDATE request_plan SET kept = $2,"
		    " tell = CASE WHEN $2 IS NULL THEN NULL ELSE tell END"
		    " WHERE request = $1",
		    ARGS(INT(s->r.number),
			b.len > 0 ? BLOB(b.data, b.len) : NIL));
	if (b.data)
		explicit_bzero(b.data, b.size);
	buf_release(&b);
	return st;
}

/* Looked at in the transaction that tells it, so that it is told once. */
static enum status settle(struct step *s, int *gone)
{
	struct erasure e = { .targets = BUF_INIT, .kept = BUF_INIT };
	struct asked left = { .lists = NULL };
	enum status st = erasure_read(s->in, s->r.number, &e);

	if (st == ST_OK && e.kept.len > 0)
		st = look(s->in, &e, &left);
	if (st == ST_OK && e.kept.len > 0)
		st = write_left(s, &left);
	*gone = st == ST_OK && e.kept.len > 0 && left.count == 0;
	if (*gone)
		st = events_note(s, REQUEST_ERASE_REST, s->r.state, NULL, NULL);
	if (st == ST_OK && *gone)
		st = send(s, &e);
	asked_release(&left);
	erasure_release(&e);
	return st;
}

/* The next request behind ${*number} that keeps something. */
static enum status next(
    struct installation *in, int64_t *number, char id[BOOK_ID])
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT r.number, r.id FROM request_plan AS p"
	    " JOIN request AS r ON r.number = p.request"
	    " WHERE p.kept IS NOT NULL AND p.done_at IS NOT NULL"
	    " AND p.request > $1 ORDER BY p.request LIMIT 1",
	    ARGS(INT(*number)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		*number = db_int(s, 0);
		(void)snprintf(id, BOOK_ID, "%s", db_text(s, 1));
	}
	db_done(s);
	return st;
}

enum status rights_erase_rest(
    struct installation *in, const struct rights_actor *by, int64_t *requests)
{
	char id[BOOK_ID];
	int64_t number = 0;
	struct step s;
	enum status st = installation_open_control(in);
	int gone = 0;

	*requests = 0;
	while (st == ST_OK && (st = next(in, &number, id)) == ST_OK) {
		s = (struct step){ 0 };
		gone = 0;
		st = step_begin(&s, in, by, id);
		if (st == ST_OK)
			st = settle(&s, &gone);
		st = step_end(&s, st, NULL);
		*requests += st == ST_OK && gone;
	}
	return st == ST_NOTFOUND ? ST_OK : st;
}

/* ---- holds that ended ---- */

enum status rights_erase_freed(struct installation *in, json_t **out)
{
	struct stmt *s = NULL;
	json_t *list = NULL;
	enum status st = installation_open_control(in);

	if (st == ST_OK)
		st = json_made(json_array(), &list);
	if (st == ST_OK)
		st = db_query(in->control,
		    "SELECT r.id FROM request_plan AS p JOIN request AS r"
		    " ON r.number = p.request WHERE p.kept IS NOT NULL"
		    " AND p.done_at IS NOT NULL"
		    " AND r.state = 'partly_fulfilled' AND EXISTS (SELECT 1"
		    " FROM json_each(p.body, '$.kept') AS k WHERE"
		    " json_array_length(k.value, '$.suspensions') > 0"
		    " AND NOT EXISTS (SELECT 1"
		    "  FROM json_each(k.value, '$.suspensions') AS x"
		    "  JOIN suspension AS h"
		    "  ON h.id = json_extract(x.value, '$.id')"
		    "  WHERE h.released_at IS NULL)) ORDER BY r.number",
		    NOARGS, &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = json_push(list, json_string(db_text(s, 0)));
	db_done(s);
	if (st == ST_NOTFOUND) {
		*out = list;
		return ST_OK;
	}
	json_decref(list);
	return st;
}
