/* Introspection, by the system catalogs: of one schema, the first of the
 * search path.  A partitioned table is one table. */
#include <stdlib.h>
#include <string.h>

#include "engine/store/postgres.h"

/* Tables with people's data, and what partitions them. */
#define TABLES                                                   \
	" c.relkind IN ('r', 'p', 'f') AND NOT c.relispartition" \
	" AND c.relnamespace = (SELECT oid FROM pg_namespace"    \
	"  WHERE nspname = current_schema())"                    \
	" AND c.relname NOT LIKE 'lethe\\_%'"

/* Names of types that would be taken for something else by their parts. */
#define TYPE_NAME                                                     \
	"CASE WHEN b.typcategory = 'A' THEN 'array'"                  \
	" WHEN b.typtype = 'e' THEN 'enum' WHEN b.typtype = 'c' THEN" \
	" 'composite' WHEN b.typtype IN ('r', 'm') THEN 'range'"      \
	" ELSE format_type(b.oid, CASE WHEN t.typtype = 'd'"          \
	"  THEN t.typtypmod ELSE a.atttypmod END) END"

/* Call ${each} for every row of ${words}, the first column of which names one
 * of the tables. */
static enum status for_rows(struct db *db, const char *words,
    struct db_schema *schema,
    enum status (*each)(struct stmt *s, struct db_table *t))
{
	struct stmt *s = NULL;
	enum status st;
	size_t i = 0;

	if ((st = db_query_(db, words, NOARGS, &s)) != ST_OK)
		return st;
	while ((st = db_row(s)) == ST_OK) {
		/* In the order of the tables, which are sorted by it. */
		while (i < schema->count &&
		       strcmp(schema->tables[i].name, db_text(s, 0)) != 0)
			i++;
		if (i == schema->count)
			break; /* made a moment ago */
		if ((st = each(s, &schema->tables[i])) != ST_OK)
			break;
	}
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status read_tables(struct db *db, struct db_schema *schema)
{
	struct db_table *t;
	struct stmt *s = NULL;
	enum status st;

	st = db_query(db,
	    "SELECT c.relname FROM pg_class AS c WHERE" TABLES
	    " ORDER BY c.relname",
	    NOARGS, &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		t = db_schema_append(
		    &schema->tables, &schema->count, sizeof(*t));
		if (t == NULL)
			st = fail(ST_NOMEM, "out of memory");
		else
			st = db_schema_copy(s, 0, &t->name);
	}
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status read_column(struct stmt *s, struct db_table *t)
{
	struct db_column *c;
	enum status st;

	c = db_schema_append(&t->columns, &t->column_count, sizeof(*c));
	if (c == NULL)
		return fail(ST_NOMEM, "out of memory");
	if ((st = db_schema_copy(s, 1, &c->name)) != ST_OK)
		return st;
	c->not_null = db_int(s, 3) != 0;
	c->has_default = db_int(s, 4) != 0;
	c->key = (int)db_int(s, 5);
	c->generated = db_int(s, 6) != 0;
	c->checked = db_int(s, 7) != 0;
	c->by_language = db_int(s, 8) != 0;
	c->computed = db_int(s, 9) != 0;
	return db_schema_copy(s, 2, &c->type);
}

static const char columns[] =
    "SELECT c.relname, a.attname, " TYPE_NAME ", a.attnotnull OR t.typnotnull,"
    " a.atthasdef OR a.attidentity <> '' OR t.typdefault IS NOT NULL,"
    " coalesce(array_position(p.conkey, a.attnum), 0),"
    " a.attgenerated <> '' OR a.attidentity = 'a',"
    " EXISTS (SELECT 1 FROM pg_constraint AS k WHERE k.conrelid = c.oid"
    "  AND k.contype = 'c' AND a.attnum = ANY (k.conkey)),"
    /* 100: the database's own */
    " a.attcollation NOT IN (0, 100) AND o.collname NOT IN"
    "  ('C', 'POSIX', 'C.UTF-8', 'C.utf8', 'ucs_basic'),"
    " a.attgenerated <> ''"
    " FROM pg_class AS c"
    " JOIN pg_attribute AS a ON a.attrelid = c.oid"
    " JOIN pg_type AS t ON t.oid = a.atttypid"
    " JOIN pg_type AS b ON b.oid = CASE WHEN t.typtype = 'd'"
    "  THEN t.typbasetype ELSE t.oid END"
    " LEFT JOIN pg_constraint AS p ON p.conrelid = c.oid AND p.contype = 'p'"
    " LEFT JOIN pg_collation AS o ON o.oid = a.attcollation"
    " WHERE a.attnum > 0 AND NOT a.attisdropped AND" TABLES
    " ORDER BY c.relname, a.attnum";

/* A row for each column of the key. */
static enum status read_foreign_key(struct stmt *s, struct db_table *t)
{
	struct db_foreign_key *f;
	enum status st;

	if (db_int(s, 1) == 1) { /* the first column of a new one */
		f = db_schema_append(
		    &t->foreign_keys, &t->foreign_key_count, sizeof(*f));
		if (f == NULL)
			return fail(ST_NOMEM, "out of memory");
		if ((st = db_schema_copy(s, 2, &f->table)) != ST_OK ||
		    (st = db_schema_copy(s, 5, &f->on_delete)) != ST_OK)
			return st;
	}
	f = &t->foreign_keys[t->foreign_key_count - 1];
	return db_schema_pair(s, 3, 4, f);
}

static const char foreign_keys[] =
    "SELECT c.relname, n.place, r.relname, x.attname, y.attname,"
    " CASE k.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL'"
    "  WHEN 'd' THEN 'SET DEFAULT' WHEN 'r' THEN 'RESTRICT'"
    "  ELSE 'NO ACTION' END"
    " FROM pg_class AS c"
    " JOIN pg_constraint AS k ON k.conrelid = c.oid AND k.contype = 'f'"
    "  AND k.conparentid = 0"
    " JOIN pg_class AS r ON r.oid = k.confrelid"
    " CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY"
    "  AS n (here, there, place)"
    " JOIN pg_attribute AS x ON x.attrelid = c.oid AND x.attnum = n.here"
    " JOIN pg_attribute AS y ON y.attrelid = r.oid AND y.attnum = n.there"
    " WHERE" TABLES " ORDER BY c.relname, k.conname, k.oid, n.place";

/* A row for each column of the index. */
static enum status read_index(struct stmt *s, struct db_table *t)
{
	struct db_index *i;
	enum status st;

	if (db_int(s, 1) == 1) {
		i = db_schema_append(&t->indexes, &t->index_count, sizeof(*i));
		if (i == NULL)
			return fail(ST_NOMEM, "out of memory");
		i->unique = db_int(s, 3) != 0;
		i->partial = db_int(s, 4) != 0;
		if ((st = db_schema_copy(s, 2, &i->name)) != ST_OK)
			return st;
	}
	i = &t->indexes[t->index_count - 1];
	return db_schema_name(s, 5, &i->columns, &i->count);
}

static const char indexes[] =
    "SELECT c.relname, k.place, i.relname, x.indisunique,"
    " x.indpred IS NOT NULL, a.attname"
    " FROM pg_class AS c"
    " JOIN pg_index AS x ON x.indrelid = c.oid AND x.indisvalid"
    " JOIN pg_class AS i ON i.oid = x.indexrelid"
    " CROSS JOIN LATERAL generate_series(1, x.indnkeyatts) AS k (place)"
    " LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid"
    "  AND a.attnum = x.indkey[k.place - 1] AND a.attnum > 0"
    " WHERE" TABLES " ORDER BY c.relname, i.relname, k.place";

enum status postgres_introspect(struct db *db, struct db_schema *out)
{
	struct db_schema schema = { NULL, 0 };
	int own = !db_in_transaction(db);
	enum status st = ST_OK;

	/* One state for the four questions. */
	if (own)
		st = db_begin(db, DB_READ);
	if (st == ST_OK)
		st = read_tables(db, &schema);
	if (st == ST_OK)
		st = for_rows(db, columns, &schema, read_column);
	if (st == ST_OK)
		st = for_rows(db, foreign_keys, &schema, read_foreign_key);
	if (st == ST_OK)
		st = for_rows(db, indexes, &schema, read_index);
	if (own)
		db_rollback(db);
	if (st != ST_OK)
		db_schema_release(&schema);
	else
		*out = schema;
	return st;
}
