/* Introspection, by SQLite's table-valued pragmas. */
#include <stdlib.h>
#include <string.h>

#include "engine/store/sqlite.h"

/* Call ${each} for every row of ${words} about ${name}. */
static enum status for_rows(struct db *db, const char *words, const char *name,
    enum status (*each)(struct stmt *s, void *ctx), void *ctx)
{
	struct stmt *s;
	enum status st;

	st = db_query_(db, words, ARGS(TEXT(name)), &s);
	if (st != ST_OK)
		return st;
	while ((st = db_row(s)) == ST_OK)
		if ((st = each(s, ctx)) != ST_OK)
			break;
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status read_column(struct stmt *s, void *ctx)
{
	struct db_table *t = ctx;
	struct db_column *c;
	enum status st;

	c = db_schema_append(&t->columns, &t->column_count, sizeof(*c));
	if (c == NULL)
		return fail(ST_NOMEM, "out of memory");
	if ((st = db_schema_copy(s, 0, &c->name)) != ST_OK)
		return st;
	c->not_null = db_int(s, 2) != 0;
	c->has_default = db_int(s, 3) != 0;
	c->key = (int)db_int(s, 4);
	c->generated = db_int(s, 5) != 0;
	return db_schema_copy(s, 1, &c->type);
}

/* The words of the table's CREATE TABLE. */
static enum status read_checks(struct stmt *s, void *ctx)
{
	struct db_table *t = ctx;
	const char *create = db_text(s, 0);
	size_t i;

	for (i = 0; create && i < t->column_count; i++)
		t->columns[i].checked =
		    sqlite_check_mentions(create, t->columns[i].name);
	return ST_OK;
}

static enum status read_foreign_key(struct stmt *s, void *ctx)
{
	struct db_table *t = ctx;
	struct db_foreign_key *f;
	enum status st;

	if (db_int(s, 0) == 0) { /* the first column of a new one */
		f = db_schema_append(
		    &t->foreign_keys, &t->foreign_key_count, sizeof(*f));
		if (f == NULL)
			return fail(ST_NOMEM, "out of memory");
		if ((st = db_schema_copy(s, 1, &f->table)) != ST_OK ||
		    (st = db_schema_copy(s, 4, &f->on_delete)) != ST_OK)
			return st;
	}
	f = &t->foreign_keys[t->foreign_key_count - 1];
	return db_schema_pair(s, 2, 3, f);
}

static enum status read_index_column(struct stmt *s, void *ctx)
{
	struct db_index *i = ctx;

	return db_schema_name(s, 0, &i->columns, &i->count);
}

static enum status read_index(struct stmt *s, void *ctx)
{
	struct db_table *t = ctx;
	struct db_index *i;
	enum status st;

	i = db_schema_append(&t->indexes, &t->index_count, sizeof(*i));
	if (i == NULL)
		return fail(ST_NOMEM, "out of memory");
	i->unique = db_int(s, 1) != 0;
	i->partial = db_int(s, 2) != 0;
	if ((st = db_schema_copy(s, 0, &i->name)) != ST_OK)
		return st;
	return for_rows(s->db,
	    "SELECT name FROM pragma_index_xinfo($1)"
	    " WHERE key ORDER BY seqno",
	    i->name, read_index_column, i);
}

static enum status read_table(struct stmt *s, void *ctx)
{
	struct db_schema *schema = ctx;
	struct db_table *t;
	enum status st;

	t = db_schema_append(&schema->tables, &schema->count, sizeof(*t));
	if (t == NULL)
		return fail(ST_NOMEM, "out of memory");
	if ((st = db_schema_copy(s, 0, &t->name)) != ST_OK)
		return st;
	/* Nobody need give a value for a generated column (hidden 2, 3). */
	st = for_rows(s->db,
	    "SELECT name, type, \"notnull\","
	    " dflt_value IS NOT NULL OR hidden <> 0, pk, hidden <> 0"
	    " FROM pragma_table_xinfo($1) ORDER BY cid",
	    t->name, read_column, t);
	if (st == ST_OK)
		st = for_rows(s->db,
		    "SELECT sql FROM sqlite_schema"
		    " WHERE type = 'table' AND name = $1",
		    t->name, read_checks, t);
	/* SQLite numbers foreign keys from the last to the first; one that
	 * names no columns means the other table's primary key. */
	if (st == ST_OK)
		st = for_rows(s->db,
		    "SELECT f.seq, f.\"table\", f.\"from\","
		    " coalesce(f.\"to\", (SELECT name"
		    "  FROM pragma_table_info(f.\"table\")"
		    "  WHERE pk = f.seq + 1)), f.on_delete"
		    " FROM pragma_foreign_key_list($1) AS f"
		    " ORDER BY f.id DESC, f.seq",
		    t->name, read_foreign_key, t);
	if (st == ST_OK)
		st = for_rows(s->db,
		    "SELECT name, \"unique\", partial"
		    " FROM pragma_index_list($1) ORDER BY name",
		    t->name, read_index, t);
	return st;
}

enum status sqlite_introspect(struct db *db, struct db_schema *out)
{
	struct db_schema schema = { NULL, 0 };
	enum status st;

	st = for_rows(db,
	    "SELECT name FROM pragma_table_list"
	    " WHERE schema = $1 AND type = 'table'"
	    " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
	    " AND name NOT LIKE 'lethe\\_%' ESCAPE '\\'"
	    " ORDER BY name",
	    "main", read_table, &schema);
	if (st != ST_OK)
		db_schema_release(&schema);
	else
		*out = schema;
	return st;
}
