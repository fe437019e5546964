/*
 * Statements.  The server prepares each once and says what types its
 * parameters have: a value is then sent as that type reads it.  A result is
 * fetched whole at the first row, so that other statements may run before the
 * last.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/postgres.h"

struct postgres_stmt {
	struct stmt stmt;
	struct postgres_prepared *prepared;
	uint64_t number;  /* of it: the place may be another's by now */
	struct buf bytes; /* the parameters' text, one after the other */
	char **vals;      /* into bytes, once it has stopped growing */
	size_t *places;
	PGresult *result; /* NULL: not yet started */
	int row;
	int rows;
	int64_t changes;
	struct buf *room; /* one for each column, for val() */
	int columns;
};

static struct postgres_stmt *of(struct stmt *s)
{
	return (struct postgres_stmt *)s;
}

static const struct postgres_stmt *of_const(const struct stmt *s)
{
	return (const struct postgres_stmt *)s;
}

/* ---- prepared ---- */

static void forget(struct postgres_prepared *p)
{
	free(p->text);
	free(p->types);
	p->text = NULL;
	p->types = NULL;
	p->users = 0;
	p->number = 0;
}

void postgres_forget_prepared(struct postgres *pg)
{
	size_t i;

	for (i = 0; i < POSTGRES_PREPARED; i++)
		forget(&pg->prepared[i]);
}

static void deallocate(struct postgres *pg, struct postgres_prepared *p)
{
	char words[64];

	(void)snprintf(words, sizeof(words), "DEALLOCATE %s", p->name);
	PQclear(PQexec(pg->conn, words));
	forget(p);
}

void postgres_prepare_anew(struct postgres *pg)
{
	size_t i;

	for (i = 0; i < POSTGRES_PREPARED; i++)
		if (pg->prepared[i].text && pg->prepared[i].users == 0)
			deallocate(pg, &pg->prepared[i]);
}

static struct postgres_prepared *find(struct postgres *pg, const char *text)
{
	size_t i;

	for (i = 0; i < POSTGRES_PREPARED; i++)
		if (pg->prepared[i].text &&
		    strcmp(pg->prepared[i].text, text) == 0)
			return &pg->prepared[i];
	return NULL;
}

/* A free place, or that of the statement whose last use is longest ago. */
static struct postgres_prepared *make_place(struct postgres *pg)
{
	struct postgres_prepared *oldest = NULL;
	size_t i;

	for (i = 0; i < POSTGRES_PREPARED; i++) {
		struct postgres_prepared *p = &pg->prepared[i];

		if (p->text == NULL)
			return p;
		if (p->users == 0 && (!oldest || p->used < oldest->used))
			oldest = p;
	}
	if (oldest == NULL)
		return NULL;
	deallocate(pg, oldest);
	return oldest;
}

/* ${text} as we know it, ${words} as the server gets it. */
static enum status ask_server(struct postgres *pg, struct postgres_prepared *p,
    const char *text, const char *words)
{
	PGresult *res;
	enum status st = ST_OK;
	int i;

	p->number = ++pg->clock;
	(void)snprintf(p->name, sizeof(p->name), "lethe_%llu",
	    (unsigned long long)p->number);
	res = PQprepare(pg->conn, p->name, words, 0, NULL);
	if (PQresultStatus(res) != PGRES_COMMAND_OK)
		st = postgres_fail(pg, res, words);
	PQclear(res);
	if (st != ST_OK)
		return st;
	res = PQdescribePrepared(pg->conn, p->name);
	if (PQresultStatus(res) != PGRES_COMMAND_OK)
		st = postgres_fail(pg, res, words);
	p->count = st == ST_OK ? PQnparams(res) : 0;
	p->types = calloc((size_t)p->count + 1, sizeof(*p->types));
	p->text = strdup(text);
	if (st == ST_OK && (p->types == NULL || p->text == NULL))
		st = fail(ST_NOMEM, "out of memory");
	for (i = 0; st == ST_OK && i < p->count; i++)
		p->types[i] = PQparamtype(res, i);
	PQclear(res);
	if (st != ST_OK)
		forget(p);
	return st;
}

static enum status prepare(
    struct postgres *pg, const char *text, struct postgres_prepared **out)
{
	struct postgres_prepared *p = find(pg, text);
	struct buf words = BUF_INIT;
	enum status st = ST_OK;

	if (p == NULL) {
		if ((p = make_place(pg)) == NULL)
			return fail(ST_LIMIT,
			    "%s: %d statements are open at once", pg->db.name,
			    POSTGRES_PREPARED);
		if (strncmp(text, "CREATE ", 7) == 0)
			st = postgres_words(text, &words);
		if (st == ST_OK)
			st = ask_server(
			    pg, p, text, words.len ? buf_text(&words) : text);
		buf_release(&words);
		if (st != ST_OK)
			return st;
		p->selects = strncmp(text, "SELECT ", 7) == 0;
	}
	p->used = ++pg->clock;
	*out = p;
	return ST_OK;
}

enum status postgres_prepare(struct db *db, const char *text, struct stmt **out)
{
	struct postgres *pg = postgres_of(db);
	struct postgres_prepared *p = NULL;
	struct postgres_stmt *s;
	enum status st;

	if ((st = postgres_wake(pg)) != ST_OK)
		return st;
	st = prepare(pg, text, &p);
	/* Nothing was asked of it yet: it may be asked again. */
	if (st == ST_IO && !pg->is_open && (st = postgres_wake(pg)) == ST_OK)
		st = prepare(pg, text, &p);
	if (st != ST_OK)
		return st;
	if ((s = calloc(1, sizeof(*s))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	s->stmt.db = db;
	s->prepared = p;
	s->number = p->number;
	p->users++;
	s->vals = calloc((size_t)p->count + 1, sizeof(*s->vals));
	s->places = calloc((size_t)p->count + 1, sizeof(*s->places));
	if (s->vals == NULL || s->places == NULL) {
		postgres_done(&s->stmt);
		return fail(ST_NOMEM, "out of memory");
	}
	*out = &s->stmt;
	return ST_OK;
}

/* ---- stepping ---- */

static void clear(struct postgres_stmt *s)
{
	int i;

	PQclear(s->result);
	for (i = 0; i < s->columns; i++)
		buf_release(&s->room[i]);
	free(s->room);
	s->result = NULL;
	s->room = NULL;
	s->columns = s->rows = 0;
	s->row = -1;
}

/* A new connection knows nothing of what the old one had prepared. */
static enum status check_known(const struct postgres_stmt *s)
{
	const struct postgres *pg = postgres_of(s->stmt.db);

	if (s->prepared->number == s->number)
		return ST_OK;
	return fail(ST_IO,
	    "%s: the connection to %s was lost in the middle of a question: "
	    "try again",
	    pg->db.name, pg->where);
}

enum status postgres_bind(struct stmt *base, const struct val *vals,
    size_t count, enum bind_life life)
{
	struct postgres_stmt *s = of(base);
	struct postgres *pg = postgres_of(base->db);
	struct postgres_prepared *p = s->prepared;
	enum status st;
	size_t i;
	int null;

	(void)life; /* the server gets a copy in any case */
	clear(s);
	buf_clear(&s->bytes);
	if ((st = check_known(s)) != ST_OK)
		return st;
	if (count != (size_t)p->count)
		return fail(ST_DB,
		    "%s: %zu values for %d parameters in: %.200s",
		    base->db->name, count, p->count, p->text);
	for (i = 0; i < count; i++) {
		s->places[i] = s->bytes.len;
		st = postgres_val_encode(
		    pg, vals[i], p->types[i], p->selects, &s->bytes, &null);
		if (st != ST_OK)
			return st;
		s->vals[i] = null ? NULL : s->bytes.data;
	}
	for (i = 0; i < count; i++)
		if (s->vals[i])
			s->vals[i] = s->bytes.data + s->places[i];
	return ST_OK;
}

static enum status run(struct postgres_stmt *s)
{
	struct postgres *pg = postgres_of(s->stmt.db);
	struct postgres_prepared *p = s->prepared;
	ExecStatusType is;
	enum status st;

	if ((st = check_known(s)) != ST_OK)
		return st;
	s->result = PQexecPrepared(pg->conn, p->name, p->count,
	    (const char *const *)s->vals, NULL, NULL, 0);
	is = PQresultStatus(s->result);
	if (is != PGRES_TUPLES_OK && is != PGRES_COMMAND_OK)
		return postgres_fail(pg, s->result, p->text);
	s->rows = PQntuples(s->result);
	s->changes = p->selects ? 0 : strtoll(PQcmdTuples(s->result), NULL, 10);
	s->columns = PQnfields(s->result);
	s->room = calloc((size_t)s->columns + 1, sizeof(*s->room));
	return s->room ? ST_OK : fail(ST_NOMEM, "out of memory");
}

enum status postgres_row(struct stmt *base)
{
	struct postgres_stmt *s = of(base);
	enum status st;

	if (s->result == NULL && (st = run(s)) != ST_OK)
		return st;
	if (s->row + 1 >= s->rows)
		return ST_NOTFOUND;
	s->row++;
	return ST_OK;
}

void postgres_done(struct stmt *base)
{
	struct postgres_stmt *s = of(base);

	if (s->prepared->number == s->number)
		s->prepared->users--;
	clear(s);
	if (s->bytes.data)
		explicit_bzero(s->bytes.data, s->bytes.size);
	buf_release(&s->bytes);
	free(s->vals);
	free(s->places);
	free(s);
}

int64_t postgres_changes(struct stmt *base) { return of(base)->changes; }

/* ---- columns ---- */

int postgres_columns(const struct stmt *base)
{
	return of_const(base)->columns;
}

const char *postgres_column_name(const struct stmt *base, int col)
{
	const char *name = PQfname(of_const(base)->result, col);

	return name ? name : "";
}

static int is_null(const struct postgres_stmt *s, int col)
{
	return PQgetisnull(s->result, s->row, col);
}

struct val postgres_val(struct stmt *base, int col)
{
	struct postgres_stmt *s = of(base);

	if (is_null(s, col))
		return NIL;
	return postgres_val_decode(PQgetvalue(s->result, s->row, col),
	    (size_t)PQgetlength(s->result, s->row, col),
	    PQftype(s->result, col), &s->room[col]);
}

int64_t postgres_integer(struct stmt *base, int col)
{
	struct val v = postgres_val(base, col);

	switch (v.type) {
	case VAL_INT: return v.i;
	case VAL_REAL: return (int64_t)v.r;
	case VAL_TEXT: return strtoll(v.p, NULL, 10);
	case VAL_BLOB:
	case VAL_NULL:
	case VAL_END: break;
	}
	return 0;
}

const char *postgres_text(struct stmt *base, int col)
{
	struct postgres_stmt *s = of(base);
	struct val v = postgres_val(base, col);

	switch (v.type) {
	case VAL_TEXT: /* the server's own NUL, or that of the room */
		if (((const char *)v.p)[v.n] == '\0')
			return v.p;
		buf_add(&s->room[col], v.p, v.n);
		return buf_text(&s->room[col]);
	case VAL_BLOB: return v.p;
	case VAL_INT:
	case VAL_REAL: return PQgetvalue(s->result, s->row, col);
	case VAL_NULL:
	case VAL_END: break;
	}
	return NULL;
}
