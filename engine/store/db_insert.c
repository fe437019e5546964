/*
 * Many records.  INSERT ... ON CONFLICT is understood by every database that
 * has a driver; a driver with a faster way to add many records offers that for
 * plain insertions, and keeps them back until they are many.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/store/db_driver.h"

struct db_insert {
	struct db *db;
	struct stmt *stmt;    /* or else */
	struct db_bulk *bulk; /* the driver's own way */
	int64_t mark;         /* of the record to come */
	int64_t *marks;       /* of those that are kept back */
	size_t kept;
	size_t room;
	int64_t refused;
	char *table;
	size_t count;
};

static void add_columns(struct sql *q, const char *const *columns, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (i)
			sql_add(q, ", ");
		sql_name(q, columns[i]);
	}
}

static int is_key(const struct db_table *table, const char *column)
{
	const struct db_column *c = db_table_column(table, column);

	return c && c->key;
}

/* " ON CONFLICT (key) DO UPDATE SET other = excluded.other, ..." */
static enum status add_upsert(struct sql *q, const struct db_table *table,
    const char *const *columns, size_t count)
{
	size_t i, n = 0;

	sql_add(q, " ON CONFLICT (");
	for (i = 0; i < table->column_count; i++) {
		if (!table->columns[i].key)
			continue;
		if (n++)
			sql_add(q, ", ");
		sql_name(q, table->columns[i].name);
	}
	if (n == 0)
		return fail(ST_DB,
		    "table %s has no primary key: records can be added to it, "
		    "not replaced",
		    table->name);
	sql_add(q, ") DO ");
	for (i = 0, n = 0; i < count; i++) {
		if (is_key(table, columns[i]))
			continue;
		if (n++)
			sql_add(q, ", ");
		else
			sql_add(q, "UPDATE SET ");
		sql_name(q, columns[i]);
		sql_add(q, " = ");
		sql_column(q, "excluded", columns[i]);
	}
	if (n == 0)
		sql_add(q, "NOTHING");
	return ST_OK;
}

static enum status build(struct sql *q, const struct db_table *table,
    const char *const *columns, size_t count, enum db_insert_mode mode)
{
	enum status st = ST_OK;
	size_t i;

	sql_add(q, "INSERT INTO ");
	sql_name(q, table->name);
	sql_add(q, " (");
	add_columns(q, columns, count);
	sql_add(q, ") VALUES (");
	for (i = 0; i < count; i++) {
		if (i)
			sql_add(q, ", ");
		sql_bind(q, NIL);
	}
	sql_add(q, ")");
	if (mode == DB_UPSERT)
		st = add_upsert(q, table, columns, count);
	return st == ST_OK ? buf_status(&q->text) : st;
}

enum status db_insert_open(struct db *db, const struct db_table *table,
    const char *const *columns, size_t count, enum db_insert_mode mode,
    struct db_insert **out)
{
	struct sql q = SQL_INIT;
	struct db_insert *ins;
	enum status st;

	if ((ins = calloc(1, sizeof(*ins))) == NULL ||
	    (ins->table = strdup(table->name)) == NULL) {
		db_insert_close(ins);
		return fail(ST_NOMEM, "out of memory");
	}
	ins->db = db;
	ins->count = count;
	if (mode == DB_INSERT && db->driver->bulk_open) {
		st = db->driver->bulk_open(
		    db, table, columns, count, &ins->bulk);
	} else {
		st = build(&q, table, columns, count, mode);
		if (st == ST_OK)
			st = db_prepare(db, buf_text(&q.text), &ins->stmt);
		sql_release(&q);
	}
	if (st != ST_OK)
		db_insert_close(ins);
	else
		*out = ins;
	return st;
}

/* "FOREIGN KEY constraint failed" does not say where. */
static void name_table(const struct db_insert *ins)
{
	const char *db = ins->db->name, *said = status_text();
	size_t n = strlen(db);

	if (strstr(said + n, ins->table) == NULL)
		status_say("%s: table %s%s", db, ins->table, said + n);
}

void db_insert_mark(struct db_insert *ins, int64_t mark) { ins->mark = mark; }

int64_t db_insert_refused(const struct db_insert *ins) { return ins->refused; }

/* ---- kept back ---- */

static enum status keep_mark(struct db_insert *ins)
{
	size_t room = ins->room ? 2 * ins->room : 1024;
	int64_t *more;

	if (ins->kept == ins->room) {
		more = reallocarray(ins->marks, room, sizeof(*more));
		if (more == NULL)
			return fail(ST_NOMEM, "out of memory");
		ins->marks = more;
		ins->room = room;
	}
	ins->marks[ins->kept++] = ins->mark;
	return ST_OK;
}

enum status db_insert_flush(struct db_insert *ins)
{
	int64_t row = 0;
	enum status st;

	if (ins->bulk == NULL)
		return ST_OK;
	st = ins->db->driver->bulk_flush(ins->bulk, &row);
	if (st == ST_CONFLICT) {
		ins->refused = 0;
		if (row > 0 && (size_t)row <= ins->kept)
			ins->refused = ins->marks[row - 1];
		name_table(ins);
	}
	ins->kept = 0;
	return st;
}

static enum status keep_back(struct db_insert *ins, const struct val *vals)
{
	enum status st;
	int full = 0;

	if ((st = keep_mark(ins)) != ST_OK)
		return st;
	st = ins->db->driver->bulk_row(ins->bulk, vals, ins->count, &full);
	if (st == ST_CONFLICT)
		ins->refused = ins->mark;
	return st == ST_OK && full ? db_insert_flush(ins) : st;
}

enum status db_insert_row(struct db_insert *ins, const struct val *vals)
{
	const struct driver *driver = ins->db->driver;
	enum status st;

	if (ins->bulk)
		return keep_back(ins, vals);
	st = driver->bind(ins->stmt, vals, ins->count, BIND_KEPT);
	if (st == ST_OK)
		st = driver->row(ins->stmt);
	if (st == ST_CONFLICT) {
		ins->refused = ins->mark;
		name_table(ins);
	}
	return st == ST_NOTFOUND ? ST_OK : st;
}

void db_insert_close(struct db_insert *ins)
{
	if (ins == NULL)
		return;
	db_done(ins->stmt);
	if (ins->bulk)
		ins->db->driver->bulk_close(ins->bulk);
	free(ins->marks);
	free(ins->table);
	free(ins);
}
