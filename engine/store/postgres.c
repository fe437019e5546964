/* The PostgreSQL driver: connecting, transactions. */
#include "engine/store/postgres.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/base/buf.h"

/*
 * How values are written, and how long anybody is kept waiting.  A lock is
 * waited for as long as SQLite's driver waits.  A transaction that we leave
 * idle (stopped, or cut off) lets go by itself.  Custom plans: the cut-off that
 * is bound decides whether an index serves.
 */
static const char settings[] =
    "SET client_encoding = 'UTF8';"
    "SET datestyle = 'ISO, YMD';"
    "SET timezone = 'UTC';"
    "SET bytea_output = 'hex';"
    "SET extra_float_digits = 1;"
    "SET standard_conforming_strings = on;"
    "SET jit = off;"
    "SET lock_timeout = '10s';"
    "SET idle_in_transaction_session_timeout = '10min';"
    "SET default_transaction_isolation = 'read committed';"
    "SET client_min_messages = 'error';";

/* One lock for all writers of Lethe in a schema, "leth" as a number and the
 * schema's: an erasure writes in all stores at once, of which several may be in
 * one database. */
#define WRITER_LOCK \
	"1818588264, pg_catalog.hashtext(coalesce(current_schema(), ''))"

/* After a lost connection: for 3 s, ten times a second. */
#define MOST_TRIES 30

enum status postgres_run(struct postgres *pg, const char *words)
{
	PGresult *res = PQexec(pg->conn, words);
	ExecStatusType is = PQresultStatus(res);
	enum status st = ST_OK;

	if (is != PGRES_COMMAND_OK && is != PGRES_TUPLES_OK)
		st = postgres_fail(pg, res, words);
	PQclear(res);
	return st;
}

/* ---- connecting ---- */

static void ignore(void *ctx, const PGresult *res)
{
	(void)ctx;
	(void)res;
}

/* A server that begins or ends is not there; one that refuses us is. */
static enum status refusal(const char *text)
{
	if (strstr(text, "FATAL:") == NULL || strstr(text, "shutting down") ||
	    strstr(text, "starting up") || strstr(text, "recovery"))
		return ST_UNREACHABLE;
	return ST_DENIED;
}

/* The first line of what libpq says; it holds no password. */
static enum status refused(struct postgres *pg)
{
	const char *text = PQerrorMessage(pg->conn);
	int n = (int)strcspn(text, "\n");

	return fail(refusal(text), "%s: %s cannot be reached: %.*s",
	    pg->db.name, pg->where, n, text);
}

/* A search path may lead nowhere. */
static enum status find_schema(struct postgres *pg)
{
	int64_t there = 0;
	enum status st;

	st = db_one_int(&pg->db, "SELECT 1 WHERE current_schema() = $1",
	    ARGS(TEXT(pg->schema)), 0, &there);
	if (st == ST_OK && !there)
		return fail(ST_NOTFOUND,
		    "%s: %s has no schema `%s` that this user may use: correct "
		    "`schema` in the URL, or let its owner GRANT USAGE on it",
		    pg->db.name, pg->where, pg->schema);
	return st;
}

static enum status use_schema(struct postgres *pg)
{
	char *name =
	    PQescapeIdentifier(pg->conn, pg->schema, strlen(pg->schema));
	char *words = name ? str_format("SET search_path = %s", name) : NULL;
	enum status st = fail(ST_NOMEM, "out of memory");

	if (words)
		st = postgres_run(pg, words);
	PQfreemem(name);
	free(words);
	return st == ST_OK ? find_schema(pg) : st;
}

/* Which text sorts as its bytes do, so that an index on it finds times. */
static enum status ask_collation(struct postgres *pg)
{
	int64_t by_bytes = 0;
	enum status st;

	st = db_one_int(&pg->db,
	    "SELECT 1 FROM pg_database WHERE datname = current_database()"
	    " AND datlocprovider = 'c'"
	    " AND datcollate IN ('C', 'POSIX', 'C.UTF-8', 'C.utf8')",
	    NOARGS, 0, &by_bytes);
	pg->by_bytes = by_bytes != 0;
	return st;
}

static enum status begin_session(struct postgres *pg)
{
	enum status st;

	(void)PQsetNoticeReceiver(pg->conn, ignore, NULL);
	if ((st = postgres_run(pg, settings)) == ST_OK && pg->schema)
		st = use_schema(pg);
	return st == ST_OK ? ask_collation(pg) : st;
}

/* Nobody listens yet, or "the database system is starting up". */
static int is_coming(const PGconn *conn)
{
	const char *text = PQerrorMessage(conn);

	return PQstatus(conn) != CONNECTION_OK &&
	       (strstr(text, "FATAL:") == NULL || strstr(text, "starting up") ||
		   strstr(text, "shutting down"));
}

/* A server that starts again takes a moment. */
static void connect_again(struct postgres *pg)
{
	struct timespec pause = { 0, 100000000 };
	int tries;

	PQreset(pg->conn);
	for (tries = 1; tries < MOST_TRIES && is_coming(pg->conn); tries++) {
		(void)nanosleep(&pause, NULL);
		PQreset(pg->conn);
	}
}

enum status postgres_wake(struct postgres *pg)
{
	if (pg->is_open || PQstatus(pg->conn) == CONNECTION_OK)
		return ST_OK;
	connect_again(pg);
	postgres_forget_prepared(pg);
	if (PQstatus(pg->conn) != CONNECTION_OK)
		return refused(pg);
	return begin_session(pg);
}

static void close_connection(struct db *db)
{
	struct postgres *pg = postgres_of(db);

	postgres_forget_prepared(pg);
	PQfinish(pg->conn);
	free(pg->where);
	free(pg->schema);
	free(pg);
}

/* ---- transactions ---- */

/* A connection may have been lost since it was last used. */
static enum status start(struct postgres *pg, const char *words)
{
	enum status st;

	if ((st = postgres_wake(pg)) != ST_OK)
		return st;
	st = postgres_run(pg, words);
	if (st != ST_OK && PQstatus(pg->conn) != CONNECTION_OK &&
	    (st = postgres_wake(pg)) == ST_OK)
		st = postgres_run(pg, words);
	return st;
}

static void rollback(struct db *db)
{
	struct postgres *pg = postgres_of(db);

	/* The sentence of the failure that led here stays. */
	if (PQstatus(pg->conn) == CONNECTION_OK)
		PQclear(PQexec(pg->conn, "ROLLBACK"));
	pg->is_open = 0;
}

static enum status begin(struct db *db, enum db_access access)
{
	struct postgres *pg = postgres_of(db);
	enum status st;

	pg->undone = 0;
	st = start(pg, access == DB_WRITE
			   ? "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
			   : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
	if (st != ST_OK)
		return st;
	pg->is_open = 1;
	/* A statement settles on what it sees. */
	st = postgres_run(pg,
	    access == DB_WRITE ? "SELECT pg_advisory_xact_lock(" WRITER_LOCK ")"
			       : "SELECT 1");
	if (st != ST_OK)
		rollback(db);
	return st;
}

static enum status commit(struct db *db)
{
	struct postgres *pg = postgres_of(db);
	PGresult *res = PQexec(pg->conn, "COMMIT");
	enum status st = ST_OK;

	if (PQresultStatus(res) != PGRES_COMMAND_OK)
		st = postgres_fail(pg, res, NULL);
	else if (strcmp(PQcmdStatus(res), "COMMIT") != 0)
		st = fail(ST_DB,
		    "%s: the transaction was rolled back: begin it anew",
		    db->name);
	if (st == ST_UNREACHABLE) {
		pg->undone = 0; /* perhaps */
		st = fail(ST_UNREACHABLE,
		    "%s: the connection to %s was lost while a transaction "
		    "was committed, which is there as a whole or not at all: "
		    "look at it before you repeat it",
		    db->name, pg->where);
	}
	PQclear(res);
	if (st == ST_OK)
		pg->is_open = 0;
	return st;
}

/*
 * What the server has begun and ended so far.  Transactions of anybody count,
 * our own as well: it says "something may have changed" too often, never too
 * rarely.
 */
static enum status version(struct db *db, int64_t *out)
{
	return db_one_int(db,
	    "SELECT hashtextextended(CAST(pg_current_snapshot() AS TEXT), 0)",
	    NOARGS, 0, out);
}

static enum status script(struct db *db, const char *text)
{
	struct postgres *pg = postgres_of(db);
	struct buf words = BUF_INIT;
	enum status st;

	if ((st = postgres_words(text, &words)) == ST_OK)
		st = postgres_run(pg, buf_text(&words));
	if (st == ST_OK)
		postgres_prepare_anew(pg);
	buf_release(&words);
	return st;
}

static int undone(const struct db *db)
{
	return ((const struct postgres *)db)->undone;
}

static int lost(const struct db *db)
{
	const struct postgres *pg = (const struct postgres *)db;

	return PQstatus(pg->conn) != CONNECTION_OK;
}

static const struct driver driver = {
	.close = close_connection,
	.prepare = postgres_prepare,
	.bind = postgres_bind,
	.row = postgres_row,
	.done = postgres_done,
	.changes = postgres_changes,
	.columns = postgres_columns,
	.column_name = postgres_column_name,
	.val = postgres_val,
	.integer = postgres_integer,
	.text = postgres_text,
	.is_shared = 1,
	.begin = begin,
	.commit = commit,
	.rollback = rollback,
	.undone = undone,
	.lost = lost,
	.version = version,
	.script = script,
	.introspect = postgres_introspect,
	.add_type = postgres_add_type,
	.add_key = postgres_add_key,
	.add_kept = postgres_add_kept,
	.add_key_form = postgres_add_key_form,
	.add_due = postgres_add_due,
	.add_later = postgres_add_later,
	.add_unreadable = postgres_add_unreadable,
	.add_lock = postgres_add_lock,
	.show_batch = postgres_show_batch,
	.delete_batch = postgres_delete_batch,
	.change_batch = postgres_change_batch,
	.partitions = postgres_partitions,
	.partition_lock = postgres_partition_lock,
	.partition_drop = postgres_partition_drop,
	.bulk_open = postgres_bulk_open,
	.bulk_row = postgres_bulk_row,
	.bulk_flush = postgres_bulk_flush,
	.bulk_close = postgres_bulk_close,
	.scrub = postgres_scrub,
	.integrity = postgres_integrity,
	.grants = postgres_grants,
};

/* ---- opening ---- */

static enum status connect_to(
    struct postgres *pg, const struct postgres_url *url)
{
	pg->conn = PQconnectdbParams((const char *const *)url->keywords,
	    (const char *const *)url->values, 0);
	if (pg->conn == NULL)
		return fail(ST_NOMEM, "out of memory");
	if (PQstatus(pg->conn) != CONNECTION_OK)
		return refused(pg);
	return begin_session(pg);
}

enum status postgres_open(const struct postgres_spec *spec, struct db **out)
{
	struct postgres_url url;
	struct postgres *pg;
	enum status st;

	if ((st = postgres_url_read(spec, &url)) != ST_OK)
		return st;
	if ((pg = calloc(1, sizeof(*pg))) == NULL ||
	    (pg->db.name = strdup(spec->name)) == NULL) {
		free(pg);
		postgres_url_release(&url);
		return fail(ST_NOMEM, "out of memory");
	}
	pg->db.driver = &driver;
	pg->where = url.where;
	pg->schema = url.schema;
	url.where = url.schema = NULL;
	st = connect_to(pg, &url);
	postgres_url_release(&url);
	if (st != ST_OK)
		db_close(&pg->db);
	else
		*out = &pg->db;
	return st;
}

enum status postgres_is_initialised(struct db *db, int *out)
{
	int64_t there = 0;
	enum status st;

	st = db_one_int(db,
	    "SELECT 1 FROM pg_class AS c"
	    " WHERE c.relname = 'lethe_migration'"
	    " AND c.relnamespace = (SELECT oid FROM pg_namespace"
	    "  WHERE nspname = current_schema())",
	    NOARGS, 0, &there);
	if (st == ST_OK)
		*out = there != 0;
	return st;
}
