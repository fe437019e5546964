/*
 * Statements.  Those that ended wait, reset and without values, for the next
 * call with the same words: preparing costs more than most of them do.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/store/sqlite.h"

struct sqlite_stmt {
	struct stmt stmt;
	sqlite3_stmt *handle;
	int started;
	int ended;    /* no more rows: SQLite would start over */
	int nomem;    /* a text could not be had; shows at the next row */
	int places[]; /* SQLite's number of $1, $2 ... */
};

static struct sqlite_stmt *of(struct stmt *s)
{
	return (struct sqlite_stmt *)s;
}

static const struct sqlite_stmt *of_const(const struct stmt *s)
{
	return (const struct sqlite_stmt *)s;
}

static struct sqlite_stmt *take_idle(struct sqlite *s, const char *text)
{
	struct sqlite_stmt *found;
	size_t i;

	for (i = 0; i < SQLITE_IDLE && s->idle[i]; i++) {
		if (strcmp(sqlite3_sql(s->idle[i]->handle), text) != 0)
			continue;
		found = s->idle[i];
		for (; i + 1 < SQLITE_IDLE; i++)
			s->idle[i] = s->idle[i + 1];
		s->idle[SQLITE_IDLE - 1] = NULL;
		return found;
	}
	return NULL;
}

static void end(struct sqlite_stmt *stmt)
{
	if (stmt == NULL)
		return;
	(void)sqlite3_finalize(stmt->handle);
	free(stmt);
}

static void keep_idle(struct sqlite *s, struct sqlite_stmt *stmt)
{
	(void)sqlite3_reset(stmt->handle);
	(void)sqlite3_clear_bindings(stmt->handle);
	stmt->started = stmt->ended = stmt->nomem = 0;
	end(s->idle[SQLITE_IDLE - 1]);
	memmove(s->idle + 1, s->idle, (SQLITE_IDLE - 1) * sizeof(*s->idle));
	s->idle[0] = stmt;
}

void sqlite_forget_idle(struct sqlite *s)
{
	size_t i;

	for (i = 0; i < SQLITE_IDLE; i++) {
		end(s->idle[i]);
		s->idle[i] = NULL;
	}
}

/* Where SQLite, which numbers by first appearance, has each $n. */
static enum status find_places(struct sqlite *s, struct sqlite_stmt *stmt)
{
	int i, count = sqlite3_bind_parameter_count(stmt->handle);

	for (i = 1; i <= count; i++) {
		const char *name = sqlite3_bind_parameter_name(stmt->handle, i);
		long n = name ? strtol(name + 1, NULL, 10) : 0;

		if (n >= 1 && n <= count)
			stmt->places[n - 1] = i;
	}
	for (i = 0; i < count; i++)
		if (stmt->places[i] == 0)
			return fail(ST_DB,
			    "%s: parameter $%d is missing in: %.200s",
			    s->db.name, i + 1, sqlite3_sql(stmt->handle));
	return ST_OK;
}

static enum status prepare(
    struct sqlite *s, const char *text, struct sqlite_stmt **out)
{
	sqlite3_stmt *handle = NULL;
	struct sqlite_stmt *stmt;
	enum status st;
	int rc = sqlite3_prepare_v2(s->handle, text, -1, &handle, NULL);

	if (rc != SQLITE_OK)
		return sqlite_fail_words(s, rc, text);
	if (handle == NULL)
		return fail(ST_DB, "%s: an empty statement", s->db.name);
	stmt = calloc(
	    1, sizeof(*stmt) +
		   (size_t)sqlite3_bind_parameter_count(handle) * sizeof(int));
	if (stmt == NULL) {
		(void)sqlite3_finalize(handle);
		return fail(ST_NOMEM, "out of memory");
	}
	stmt->stmt.db = &s->db;
	stmt->handle = handle;
	if ((st = find_places(s, stmt)) != ST_OK)
		end(stmt);
	else
		*out = stmt;
	return st;
}

enum status sqlite_prepare(struct db *db, const char *text, struct stmt **out)
{
	struct sqlite *s = sqlite_of(db);
	struct sqlite_stmt *stmt = take_idle(s, text);
	enum status st = stmt ? ST_OK : prepare(s, text, &stmt);

	if (st == ST_OK)
		*out = &stmt->stmt;
	return st;
}

static int bind_one(
    sqlite3_stmt *h, int place, const struct val *v, enum bind_life life)
{
	sqlite3_destructor_type kept =
	    life == BIND_KEPT ? SQLITE_STATIC : SQLITE_TRANSIENT;
	const void *p = v->n ? v->p : "";

	switch (v->type) {
	case VAL_END:
	case VAL_NULL: return sqlite3_bind_null(h, place);
	case VAL_INT: return sqlite3_bind_int64(h, place, v->i);
	case VAL_REAL: return sqlite3_bind_double(h, place, v->r);
	case VAL_TEXT:
		return sqlite3_bind_text64(
		    h, place, p, v->n, kept, SQLITE_UTF8);
	case VAL_BLOB: return sqlite3_bind_blob64(h, place, p, v->n, kept);
	}
	return SQLITE_MISUSE;
}

enum status sqlite_bind(struct stmt *base, const struct val *vals, size_t count,
    enum bind_life life)
{
	struct sqlite_stmt *stmt = of(base);
	struct sqlite *s = sqlite_of(base->db);
	size_t i, want = (size_t)sqlite3_bind_parameter_count(stmt->handle);
	int rc = SQLITE_OK;

	if (stmt->started)
		(void)sqlite3_reset(stmt->handle);
	stmt->started = stmt->ended = stmt->nomem = 0;
	if (count != want)
		return fail(ST_DB,
		    "%s: %zu values for %zu parameters in: %.200s", s->db.name,
		    count, want, sqlite3_sql(stmt->handle));
	for (i = 0; i < count && rc == SQLITE_OK; i++)
		rc = bind_one(stmt->handle, stmt->places[i], &vals[i], life);
	return rc == SQLITE_OK ? ST_OK : sqlite_fail(s, rc);
}

/* Before the first step: what the open transaction does not allow. */
static enum status check_transaction(struct sqlite *s, sqlite3_stmt *handle)
{
	if (!s->db.in_transaction)
		return ST_OK;
	/* A full disk, for one, ends a transaction.  What was meant to be
	 * part of it must not be written alone. */
	if (sqlite3_get_autocommit(s->handle))
		return fail(ST_DB,
		    "%s: the transaction was rolled back: begin it anew",
		    s->db.name);
	if (s->db.access == DB_READ && !sqlite3_stmt_readonly(handle))
		return fail(ST_DB,
		    "%s: the open transaction only reads, this writes: %.200s",
		    s->db.name, sqlite3_sql(handle));
	return ST_OK;
}

enum status sqlite_row(struct stmt *base)
{
	struct sqlite_stmt *stmt = of(base);
	struct sqlite *s = sqlite_of(base->db);
	enum status st;
	int rc;

	if (stmt->nomem)
		return fail(ST_NOMEM, "out of memory");
	if (stmt->ended)
		return ST_NOTFOUND;
	if (!stmt->started &&
	    (st = check_transaction(s, stmt->handle)) != ST_OK)
		return st;
	stmt->started = 1;
	rc = sqlite3_step(stmt->handle);
	if (rc == SQLITE_ROW)
		return ST_OK;
	stmt->ended = 1;
	if (rc == SQLITE_DONE)
		return ST_NOTFOUND;
	return sqlite_fail(s, rc);
}

void sqlite_done(struct stmt *base)
{
	keep_idle(sqlite_of(base->db), of(base));
}

int64_t sqlite_changes(struct stmt *base)
{
	struct sqlite_stmt *stmt = of(base);

	/* SQLite's counter is that of the last statement that changed any. */
	if (sqlite3_stmt_readonly(stmt->handle))
		return 0;
	return sqlite3_changes64(sqlite_of(base->db)->handle);
}

int sqlite_columns(const struct stmt *base)
{
	return sqlite3_column_count(of_const(base)->handle);
}

const char *sqlite_column_name(const struct stmt *base, int col)
{
	const char *name = sqlite3_column_name(of_const(base)->handle, col);

	return name ? name : ""; /* out of memory */
}

/*
 * Text is had as a blob: the same bytes, and SQLite needs no memory to put a
 * NUL behind them, so this cannot fail.
 */
struct val sqlite_val(struct stmt *base, int col)
{
	sqlite3_stmt *h = of(base)->handle;
	struct val v = { .type = VAL_NULL };

	switch (sqlite3_column_type(h, col)) {
	case SQLITE_INTEGER:
		v.type = VAL_INT;
		v.i = sqlite3_column_int64(h, col);
		return v;
	case SQLITE_FLOAT:
		v.type = VAL_REAL;
		v.r = sqlite3_column_double(h, col);
		return v;
	case SQLITE_TEXT: v.type = VAL_TEXT; break;
	case SQLITE_BLOB: v.type = VAL_BLOB; break;
	default: return v;
	}
	v.p = sqlite3_column_blob(h, col);
	v.n = (size_t)sqlite3_column_bytes(h, col);
	if (v.p == NULL)
		v.p = "";
	return v;
}

int64_t sqlite_integer(struct stmt *base, int col)
{
	return sqlite3_column_int64(of(base)->handle, col);
}

const char *sqlite_text(struct stmt *base, int col)
{
	struct sqlite_stmt *stmt = of(base);
	int null = sqlite3_column_type(stmt->handle, col) == SQLITE_NULL;
	const char *text = (const char *)sqlite3_column_text(stmt->handle, col);

	if (text == NULL && !null)
		stmt->nomem = 1;
	return text;
}
