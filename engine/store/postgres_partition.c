/*
 * Partitions that go whole.  What is dropped is first taken out of its table,
 * which locks everybody out of that table for a moment: so all that takes time
 * is done before, and nobody is kept waiting for that lock longer than a tenth
 * of a second.
 */
#include <stdlib.h>

#include "engine/store/postgres.h"

/*
 * Ordinary tables that are partitions of ${1} by ranges of the one column ${2},
 * which this user may drop, and whose deletion nobody watches by a trigger or
 * relies on by a foreign key.
 */
static const char list[] =
    "SELECT format('%I.%I', n.nspname, p.relname), p.relname,"
    " CAST(p.oid AS text),"
    " substring(b.bound from '^FOR VALUES FROM \\(''([^'']*)''\\)'),"
    " substring(b.bound from ' TO \\(''([^'']*)''\\)$')"
    " FROM pg_class AS c"
    " JOIN pg_partitioned_table AS k ON k.partrelid = c.oid"
    " JOIN pg_attribute AS a ON a.attrelid = c.oid"
    "  AND a.attnum = k.partattrs[0]"
    " JOIN pg_inherits AS i ON i.inhparent = c.oid"
    " JOIN pg_class AS p ON p.oid = i.inhrelid"
    " JOIN pg_namespace AS n ON n.oid = p.relnamespace"
    " CROSS JOIN LATERAL (SELECT pg_get_expr(p.relpartbound, p.oid) AS bound)"
    "  AS b"
    " WHERE c.relnamespace = (SELECT oid FROM pg_namespace"
    "  WHERE nspname = current_schema())"
    " AND c.relname = $1 AND a.attname = $2"
    " AND k.partstrat = 'r' AND k.partnatts = 1 AND p.relkind = 'r'"
    " AND NOT i.inhdetachpending"
    " AND pg_has_role(c.relowner, 'USAGE')"
    " AND pg_has_role(p.relowner, 'USAGE')"
    " AND NOT EXISTS (SELECT 1 FROM pg_constraint AS f"
    "  WHERE f.contype = 'f' AND f.confrelid IN (c.oid, p.oid))"
    " AND NOT EXISTS (SELECT 1 FROM pg_trigger AS t WHERE t.tgrelid = p.oid"
    "  AND NOT t.tgisinternal AND t.tgtype & 8 <> 0)"
    " ORDER BY p.oid";

static enum status read_one(struct stmt *s, struct db_partitions *out)
{
	struct db_partition *p;
	enum status st;

	p = db_schema_append(&out->list, &out->count, sizeof(*p));
	if (p == NULL)
		return fail(ST_NOMEM, "out of memory");
	if ((st = db_schema_copy(s, 0, &p->words)) != ST_OK ||
	    (st = db_schema_copy(s, 1, &p->name)) != ST_OK ||
	    (st = db_schema_copy(s, 2, &p->id)) != ST_OK ||
	    (st = db_schema_copy(s, 3, &p->from)) != ST_OK)
		return st;
	return db_schema_copy(s, 4, &p->before);
}

enum status postgres_partitions(struct db *db, const char *table,
    const char *column, struct db_partitions *out)
{
	struct db_partitions all = { NULL, 0 };
	struct stmt *s = NULL;
	enum status st;

	st = db_query_(db, list, ARGS(TEXT(table), TEXT(column)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = read_one(s, &all);
	db_done(s);
	if (st == ST_NOTFOUND)
		st = ST_OK;
	if (st == ST_OK)
		*out = all;
	else
		db_partitions_release(&all);
	return st;
}

static enum status run_on(struct db *db, const char *before,
    const struct db_partition *p, const char *behind)
{
	char *words = str_format("%s%s%s", before, p->words, behind);
	enum status st = fail(ST_NOMEM, "out of memory");

	if (words)
		st = postgres_run(postgres_of(db), words);
	free(words);
	return st;
}

enum status postgres_partition_lock(struct db *db, const struct db_partition *p)
{
	enum status st;

	st = postgres_run(postgres_of(db), "SET LOCAL lock_timeout = '1s'");
	return st == ST_OK ? run_on(db, "LOCK TABLE ", p,
				 " IN SHARE ROW EXCLUSIVE MODE")
			   : st;
}

/* The columns that somebody can write. */
static void add_columns(struct sql *q, const struct db_table *t)
{
	size_t i, n = 0;

	for (i = 0; i < t->column_count; i++) {
		if (t->columns[i].computed)
			continue;
		if (n++)
			sql_add(q, ", ");
		sql_name(q, t->columns[i].name);
	}
}

static enum status keep(struct db *db, const struct sql *stays, int64_t *kept)
{
	struct sql q = SQL_INIT;
	enum status st;

	sql_add(&q, "CREATE TEMPORARY TABLE lethe_stay ON COMMIT DROP AS"
		    " SELECT t.* FROM ");
	sql_join(&q, stays);
	st = db_exec_sql(db, &q, kept);
	sql_release(&q);
	return st;
}

/* Into the default partition, since none is left for their time. */
static enum status put_back(
    struct db *db, const struct db_table *t, int64_t kept)
{
	struct sql q = SQL_INIT;
	int64_t put = 0;
	enum status st;

	sql_add(&q, "INSERT INTO ");
	sql_name(&q, t->name);
	sql_add(&q, " (");
	add_columns(&q, t);
	sql_add(&q, ") OVERRIDING SYSTEM VALUE SELECT ");
	add_columns(&q, t);
	sql_add(&q, " FROM lethe_stay");
	st = db_exec_sql(db, &q, &put);
	sql_release(&q);
	if (st == ST_OK && put != kept)
		st = fail(ST_CONFLICT, "%s: a trigger of %s keeps records out",
		    db->name, t->name);
	return st;
}

static enum status detach(
    struct db *db, const struct db_table *t, const struct db_partition *p)
{
	struct sql q = SQL_INIT;
	enum status st;

	sql_add(&q, "ALTER TABLE ");
	sql_name(&q, t->name);
	sql_add(&q, " DETACH PARTITION ");
	if ((st = buf_status(&q.text)) == ST_OK)
		st = run_on(db, buf_text(&q.text), p, "");
	sql_release(&q);
	return st;
}

enum status postgres_partition_drop(struct db *db, const struct db_table *t,
    const struct db_partition *p, const struct sql *stays)
{
	struct postgres *pg = postgres_of(db);
	int64_t kept = 0;
	enum status st = ST_OK;

	if (stays)
		st = keep(db, stays, &kept);
	if (st == ST_OK)
		st = postgres_run(pg, "SET LOCAL lock_timeout = '100ms'");
	if (st == ST_OK)
		st = detach(db, t, p);
	if (st == ST_OK && kept)
		st = put_back(db, t, kept);
	return st == ST_OK ? run_on(db, "DROP TABLE ", p, "") : st;
}
