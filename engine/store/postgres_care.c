/* What can be said, and asked, of a database that is somebody else's. */
#include <string.h>

#include "engine/store/postgres.h"

/*
 * Deleted rows lie in the server's files until it vacuums them, and longer in
 * its write-ahead log, its replicas and its backups: none of that is ours to
 * overwrite, so there is nothing to do here.  Its administrator sees to it.
 */
enum status postgres_scrub(struct db *db)
{
	(void)db;
	return ST_OK;
}

/* The server checks its own pages where data_checksums is on; here it answers,
 * and its references hold.  No page is read by us. */
enum status postgres_integrity(struct db *db, int64_t *pages)
{
	int64_t one = 0, invalid = 0;
	enum status st;

	st = db_one_int(db, "SELECT 1", NOARGS, 0, &one);
	if (st == ST_OK)
		st = db_one_int(db,
		    "SELECT count(*) FROM pg_index AS i"
		    " JOIN pg_class AS c ON c.oid = i.indrelid"
		    " JOIN pg_namespace AS n ON n.oid = c.relnamespace"
		    " WHERE n.nspname = current_schema() AND NOT i.indisvalid"
		    " AND c.relkind = 'r'",
		    NOARGS, 0, &invalid);
	if (st == ST_OK && invalid > 0)
		st = fail(ST_INTEGRITY,
		    "%s: %lld indexes are not valid: REINDEX them", db->name,
		    (long long)invalid);
	if (st == ST_OK && pages)
		*pages = 0;
	return st;
}

/* ---- grants ---- */

/* The GRANTs on one table that the user lacks; none where it is not there. */
static enum status table_grants(
    struct db *db, const char *table, struct buf *out)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(db,
	    "SELECT format('GRANT %s ON %I.%I TO %I;',"
	    "  string_agg(p.privilege, ', ' ORDER BY p.place), n.nspname,"
	    "  c.relname, current_user)"
	    " FROM pg_class AS c"
	    " JOIN pg_namespace AS n ON n.oid = c.relnamespace"
	    " CROSS JOIN (VALUES (1, 'SELECT'), (2, 'UPDATE'), (3, 'DELETE'))"
	    "  AS p (place, privilege)"
	    " WHERE c.relname = $1 AND n.nspname = current_schema()"
	    " AND c.relkind IN ('r', 'p', 'f')"
	    " AND NOT has_table_privilege(c.oid, p.privilege)"
	    " GROUP BY n.nspname, c.relname",
	    ARGS(TEXT(table)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		buf_adds(out, db_text(s, 0));
		buf_addc(out, '\n');
	}
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

/* On our own tables, where another user has made them. */
static enum status own_grants(struct db *db, struct buf *out)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(db,
	    "SELECT format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I.%I"
	    " TO %I;', n.nspname, c.relname, current_user)"
	    " FROM pg_class AS c"
	    " JOIN pg_namespace AS n ON n.oid = c.relnamespace"
	    " WHERE c.relname LIKE 'lethe\\_%' AND c.relkind = 'r'"
	    " AND n.nspname = current_schema()"
	    " AND NOT (has_table_privilege(c.oid, 'SELECT')"
	    "  AND has_table_privilege(c.oid, 'INSERT')"
	    "  AND has_table_privilege(c.oid, 'UPDATE')"
	    "  AND has_table_privilege(c.oid, 'DELETE'))"
	    " ORDER BY c.relname",
	    NOARGS, &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		buf_adds(out, db_text(s, 0));
		buf_addc(out, '\n');
	}
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

/* For our own tables; the schema's name is the URL's where the user may not
 * even see it. */
static enum status schema_grants(struct postgres *pg, struct buf *out)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(&pg->db,
	    "SELECT format('GRANT %s ON SCHEMA %I TO %I;',"
	    "  string_agg(p.privilege, ', ' ORDER BY p.place), n.nspname,"
	    "  current_user)"
	    " FROM pg_namespace AS n"
	    " CROSS JOIN (VALUES (1, 'USAGE'), (2, 'CREATE'))"
	    "  AS p (place, privilege)"
	    " WHERE n.nspname = coalesce($1, current_schema(), 'public')"
	    " AND NOT has_schema_privilege(n.oid, p.privilege)"
	    " GROUP BY n.nspname"
	    " UNION ALL SELECT format('GRANT TEMPORARY ON DATABASE %I TO %I;',"
	    "  current_database(), current_user)"
	    " WHERE NOT has_database_privilege(current_database(), 'TEMPORARY')",
	    ARGS(TEXT(pg->schema)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		buf_adds(out, db_text(s, 0));
		buf_addc(out, '\n');
	}
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

enum status postgres_grants(
    struct db *db, const char *const *tables, size_t count, struct buf *out)
{
	enum status st = schema_grants(postgres_of(db), out);
	size_t i;

	if (st == ST_OK)
		st = own_grants(db, out);
	for (i = 0; st == ST_OK && i < count; i++)
		st = table_grants(db, tables[i], out);
	return st == ST_OK ? buf_status(out) : st;
}
