/* The SQLite driver: opening a file the one safe way, and transactions. */
#include "engine/store/sqlite.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/buf.h"
#include "engine/store/vfs.h"

#define PATIENCE_NS INT64_C(10000000000)
#define NAP_NS      2000000
#define CACHE_BYTES (INT64_C(64) << 20)
/*
 * Pages in the journal that call for a checkpoint, 32 MiB.  A purge changes
 * the same index pages over and over: between SQLite's 1,000 and 16,000 it
 * gained 13 % (2M records, two indexes, half of them deleted by batches of
 * 100 ms), but a checkpoint holds up writers for as long as it takes.
 */
#define JOURNAL_PAGES "8192"
#define JOURNAL_BYTES "33554432"

enum status sqlite_run(struct sqlite *s, const char *words)
{
	int rc = sqlite3_exec(s->handle, words, NULL, NULL, NULL);

	return rc == SQLITE_OK ? ST_OK : sqlite_fail(s, rc);
}

enum status sqlite_ask(struct sqlite *s, const char *words, struct buf *out)
{
	sqlite3_stmt *h = NULL;
	const char *text;
	int rc;

	rc = sqlite3_prepare_v2(s->handle, words, -1, &h, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(h);
	if (rc == SQLITE_ROW) {
		text = (const char *)sqlite3_column_text(h, 0);
		buf_adds(out, text ? text : "");
		rc = sqlite3_step(h);
	}
	if (rc == SQLITE_DONE)
		rc = sqlite3_finalize(h);
	else
		(void)sqlite3_finalize(h);
	return rc == SQLITE_OK ? buf_status(out) : sqlite_fail(s, rc);
}

enum status sqlite_expect(struct sqlite *s, const char *words, const char *want)
{
	struct buf answer = BUF_INIT;
	enum status st;

	st = sqlite_ask(s, words, &answer);
	if (st == ST_OK && strcmp(buf_text(&answer), want) != 0)
		st = fail(ST_DB, "%s: %s gave %s, not %s", s->db.name, words,
		    buf_text(&answer), want);
	buf_release(&answer);
	return st;
}

/* ---- opening ---- */

static int64_t now_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* Everybody naps equally long, so that who waits longest is not the one who
 * looks least often. */
static int wait_turn(void *ctx, int times)
{
	struct sqlite *s = ctx;
	struct timespec nap = { 0, NAP_NS };

	if (times == 0)
		s->waiting_since = now_ns();
	if (now_ns() - s->waiting_since > s->patience_ns)
		return 0;
	(void)nanosleep(&nap, NULL);
	return 1;
}

/*
 * Not the first line of defence: every statement is a literal or built by
 * sql.c.  It keeps a mistake, or a schema of somebody's, from reaching files
 * outside the store or undoing what open_safely() set.
 */
static int authorize(void *ctx, int action, const char *a, const char *b,
    const char *c, const char *d)
{
	const struct sqlite *s = ctx;

	(void)a;
	(void)b;
	(void)c;
	(void)d;
	switch (action) {
	case SQLITE_ATTACH:
	case SQLITE_DETACH:
	case SQLITE_CREATE_VTABLE: /* may keep copies of what is deleted */
		return SQLITE_DENY;
	case SQLITE_PRAGMA:
	case SQLITE_TRANSACTION:
	case SQLITE_SAVEPOINT: return s->guarded ? SQLITE_DENY : SQLITE_OK;
	default: return SQLITE_OK;
	}
}

static enum status configure(struct sqlite *s)
{
	static const struct {
		int option, on;
	} options[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_ENABLE_FKEY, 1 },
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
		{ SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },
		{ SQLITE_DBCONFIG_DQS_DDL, 0 },
	};
	size_t i;
	int is, rc = SQLITE_OK;

	for (i = 0; i < sizeof(options) / sizeof(*options); i++) {
		rc = sqlite3_db_config(
		    s->handle, options[i].option, options[i].on, &is);
		if (rc != SQLITE_OK || is != options[i].on)
			return fail(ST_DB, "%s: SQLite lacks option %d",
			    s->db.name, options[i].option);
	}
	(void)sqlite3_limit(s->handle, SQLITE_LIMIT_ATTACHED, 0);
	rc = sqlite3_set_authorizer(s->handle, authorize, s);
	if (rc == SQLITE_OK)
		rc = sqlite3_busy_handler(s->handle, wait_turn, s);
	return rc == SQLITE_OK ? ST_OK : sqlite_fail(s, rc);
}

static enum status open_safely(
    struct sqlite *s, const struct sqlite_spec *spec, enum sqlite_mode mode)
{
	int64_t cache = spec->cache_bytes ? spec->cache_bytes : CACHE_BYTES;
	enum status st;
	char words[64];

	if ((st = configure(s)) != ST_OK)
		return st;
	if (mode == SQLITE_MODE_CREATE &&
	    (st = vfs_prepare(s->handle)) == ST_DB)
		st = sqlite_fail(s, sqlite3_extended_errcode(s->handle));
	if (st == ST_OK)
		st = sqlite_expect(s, "PRAGMA journal_mode", "wal");
	if (st == ST_OK)
		st = sqlite_expect(s, "PRAGMA secure_delete=ON", "1");
	if (st == ST_OK)
		st = sqlite_run(s, "PRAGMA synchronous=FULL;"
				   "PRAGMA temp_store=MEMORY;"
				   "PRAGMA cell_size_check=ON;"
				   "PRAGMA mmap_size=0;"
				   "PRAGMA wal_autocheckpoint=" JOURNAL_PAGES
				   ";PRAGMA journal_size_limit=" JOURNAL_BYTES);
	(void)sqlite3_snprintf(sizeof(words), words, "PRAGMA cache_size=-%lld",
	    (long long)(cache / 1024));
	if (st == ST_OK)
		st = sqlite_run(s, words);
	if (st == ST_OK)
		st = sqlite_time_register(s);
	return st;
}

static void close_handle(struct db *db)
{
	struct sqlite *s = sqlite_of(db);
	int rc;

	sqlite_forget_idle(s);
	rc = sqlite3_close(s->handle);
	assert(rc == SQLITE_OK); /* every statement was ended */
	(void)rc;
	free(s);
}

static void rollback(struct db *db)
{
	struct sqlite *s = sqlite_of(db);

	/* Some errors have rolled back already.  The sentence of the failure
	 * that led here stays. */
	if (!sqlite3_get_autocommit(s->handle))
		(void)sqlite3_exec(s->handle, "ROLLBACK", NULL, NULL, NULL);
}

static enum status begin(struct db *db, enum db_access access)
{
	enum status st;

	/* A plain BEGIN would settle on a state at the first read only. */
	st = sqlite_run(sqlite_of(db),
	    access == DB_WRITE ? "BEGIN IMMEDIATE"
			       : "BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1");
	if (st != ST_OK)
		rollback(db);
	return st;
}

static enum status commit(struct db *db)
{
	return sqlite_run(sqlite_of(db), "COMMIT");
}

static enum status version(struct db *db, int64_t *out)
{
	struct buf answer = BUF_INIT;
	enum status st;

	st = sqlite_ask(sqlite_of(db), "PRAGMA data_version", &answer);
	if (st == ST_OK)
		st = buf_status(&answer);
	if (st == ST_OK)
		*out = strtoll(buf_text(&answer), NULL, 10);
	buf_release(&answer);
	return st;
}

static enum status script(struct db *db, const char *words)
{
	struct sqlite *s = sqlite_of(db);
	int rc;

	s->guarded = 1;
	rc = sqlite3_exec(s->handle, words, NULL, NULL, NULL);
	s->guarded = 0;
	if (rc == SQLITE_AUTH)
		return fail(ST_DB,
		    "%s: the schema holds PRAGMA, BEGIN, COMMIT, ATTACH or a "
		    "virtual table: remove it",
		    db->name);
	if (rc == SQLITE_ERROR) /* no value was bound */
		return fail(ST_DB, "%s: the schema: %s", db->name,
		    sqlite3_errmsg(s->handle));
	return rc == SQLITE_OK ? ST_OK : sqlite_fail(s, rc);
}

static const struct driver driver = {
	.close = close_handle,
	.prepare = sqlite_prepare,
	.bind = sqlite_bind,
	.row = sqlite_row,
	.done = sqlite_done,
	.changes = sqlite_changes,
	.columns = sqlite_columns,
	.column_name = sqlite_column_name,
	.val = sqlite_val,
	.integer = sqlite_integer,
	.text = sqlite_text,
	.begin = begin,
	.commit = commit,
	.rollback = rollback,
	.version = version,
	.script = script,
	.introspect = sqlite_introspect,
	.add_type = sqlite_add_type,
	.add_key = sqlite_add_key,
	.add_kept = sqlite_add_kept,
	.add_key_form = sqlite_add_key_form,
	.add_due = sqlite_add_due,
	.add_later = sqlite_add_later,
	.add_unreadable = sqlite_add_unreadable,
	.delete_batch = sqlite_delete_batch,
	.change_batch = sqlite_change_batch,
	.scrub = sqlite_scrub,
	.integrity = sqlite_integrity,
	.seal_begin = sqlite_seal_begin,
	.seal_read = sqlite_seal_read,
	.seal_set = sqlite_seal_set,
	.seal_check = sqlite_seal_check,
};

/* "file:PATH?...", the path escaped. */
static void add_uri(
    struct buf *b, const struct sqlite_spec *spec, unsigned int key)
{
	const char *p;

	/* "file://HOST/PATH", without a host: a path may begin with "//". */
	buf_adds(b, *spec->path == '/' ? "file://" : "file:");
	for (p = spec->path; *p; p++) {
		if (strchr("%?#", *p))
			buf_addf(b, "%%%02X", *p);
		else
			buf_addc(b, *p);
	}
	buf_addf(b, "?vfs=" VFS_NAME "&key=%u%s", key,
	    spec->unsealed ? "&seal=off" : "");
}

/* A new file is made by us, so that its mode, which SQLite gives to what
 * stands beside it, does not hang on the umask. */
static enum status make_file(const struct sqlite_spec *spec)
{
	struct stat sb;
	int fd;

	fd = open(spec->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || fstat(fd, &sb) != 0)
		sb.st_size = -1;
	if (fd >= 0)
		(void)close(fd);
	if (sb.st_size < 0)
		return fail(ST_IO, "%s: make %s: %s", spec->name, spec->path,
		    strerror(errno));
	if (sb.st_size > 0)
		return fail(ST_CONFLICT, "%s: %s exists already", spec->name,
		    spec->path);
	return ST_OK;
}

/* Looked at by name only: closing a descriptor of a database file drops the
 * locks of every connection of this process (SQLite, "How To Corrupt"). */
static enum status find_file(const struct sqlite_spec *spec)
{
	struct stat sb;

	if (stat(spec->path, &sb) != 0)
		return fail(errno == ENOENT ? ST_NOTFOUND : ST_IO, "%s: %s: %s",
		    spec->name, spec->path, strerror(errno));
	if (sb.st_size == 0)
		return fail(
		    ST_NOTFOUND, "%s: %s is empty", spec->name, spec->path);
	return ST_OK;
}

static enum status open_handle(
    struct sqlite *s, const struct sqlite_spec *spec, enum sqlite_mode mode)
{
	int rc, flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI |
			SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
			SQLITE_OPEN_EXRESCODE |
			(mode == SQLITE_MODE_CREATE ? SQLITE_OPEN_CREATE : 0);
	struct buf uri = BUF_INIT;
	unsigned int key;
	enum status st;

	if ((st = vfs_register()) != ST_OK)
		return st;
	st = vfs_key_add(spec->key, spec->id, spec->algorithm, &key);
	if (st != ST_OK)
		return st;
	add_uri(&uri, spec, key);
	if ((st = buf_status(&uri)) == ST_OK) {
		status_clear();
		rc = sqlite3_open_v2(buf_text(&uri), &s->handle, flags, NULL);
		st = rc == SQLITE_OK ? open_safely(s, spec, mode)
				     : sqlite_fail(s, rc);
	}
	vfs_key_drop(key); /* the open file has it */
	buf_release(&uri);
	return st;
}

enum status sqlite_open(
    const struct sqlite_spec *spec, enum sqlite_mode mode, struct db **out)
{
	struct sqlite *s;
	enum status st;

	st = mode == SQLITE_MODE_CREATE ? make_file(spec) : find_file(spec);
	if (st != ST_OK)
		return st;
	if ((s = calloc(1, sizeof(*s))) == NULL ||
	    (s->db.name = strdup(spec->name)) == NULL) {
		free(s);
		return fail(ST_NOMEM, "out of memory");
	}
	s->db.driver = &driver;
	s->patience_ns = PATIENCE_NS;
	if ((st = open_handle(s, spec, mode)) != ST_OK)
		db_close(&s->db);
	else
		*out = &s->db;
	return st;
}
