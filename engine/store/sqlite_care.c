/* Scrubbing, sealing, and checking that a file is whole. */
#include <string.h>

#include "engine/store/sqlite.h"
#include "engine/store/vfs.h"
#include "engine/store/vfs_seal.h"

/* A checkpoint syncs the file it writes, not the journal that it empties:
 * without this, a power cut could bring the journal's old bytes back. */
static int sync_journal(struct sqlite *s)
{
	sqlite3_file *file = NULL;
	int rc;

	rc = sqlite3_file_control(
	    s->handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
	if (rc == SQLITE_OK && file && file->pMethods)
		rc = file->pMethods->xSync(file, SQLITE_SYNC_FULL);
	return rc;
}

enum status sqlite_scrub(struct db *db)
{
	struct sqlite *s = sqlite_of(db);
	enum status st;
	int rc;

	if ((st = sqlite_expect(s, "PRAGMA secure_delete", "1")) != ST_OK)
		return st;
	rc = sqlite3_wal_checkpoint_v2(
	    s->handle, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	if ((rc & 0xff) == SQLITE_BUSY || (rc & 0xff) == SQLITE_LOCKED)
		return fail(ST_BUSY,
		    "%s: deleted, not yet scrubbed: somebody still reads an "
		    "older state: scrub again later",
		    db->name);
	if (rc == SQLITE_OK)
		rc = sync_journal(s);
	return rc == SQLITE_OK ? ST_OK : sqlite_fail(s, rc);
}

/* "row 4711 missing from index i": the number may be somebody's. */
static void add_finding(struct buf *b, const char *text)
{
	const char *p = strstr(text, "row ");

	if (p == NULL) {
		buf_adds(b, text);
		return;
	}
	p += strlen("row ");
	buf_add(b, text, (size_t)(p - text));
	p += strspn(p, "-0123456789");
	buf_adds(b, p);
}

static enum status check_structure(struct sqlite *s)
{
	struct buf answer = BUF_INIT, finding = BUF_INIT;
	enum status st;

	st = sqlite_ask(s, "PRAGMA integrity_check(1)", &answer);
	if (st == ST_OK && strcmp(buf_text(&answer), "ok") != 0) {
		add_finding(&finding, buf_text(&answer));
		st = fail(ST_INTEGRITY,
		    "%s: the structure is damaged (%s): restore it from a "
		    "backup",
		    s->db.name, buf_text(&finding));
	}
	buf_release(&answer);
	buf_release(&finding);
	return st;
}

static enum status check_references(struct db *db)
{
	struct stmt *s;
	enum status st;

	st = db_query(db,
	    "SELECT \"table\", parent FROM pragma_foreign_key_check LIMIT 1",
	    NOARGS, &s);
	if (st != ST_OK)
		return st;
	st = db_row(s);
	if (st == ST_OK)
		st = fail(ST_INTEGRITY,
		    "%s: records of %s refer to records of %s that are not "
		    "there",
		    db->name, db_text(s, 0), db_text(s, 1));
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

enum status sqlite_integrity(struct db *db, int64_t *pages)
{
	struct sqlite *s = sqlite_of(db);
	enum status st;

	st = vfs_verify(s->handle, pages);
	if (st == ST_DB && sqlite3_errcode(s->handle) == SQLITE_NOMEM)
		return fail(ST_NOMEM, "out of memory");
	if (st != ST_OK) {
		status_prefix("%s: ", db->name);
		return st;
	}
	if ((st = check_structure(s)) != ST_OK)
		return st;
	return check_references(db);
}

/* ---- sealing ---- */

static enum status named(struct db *db, enum status st)
{
	if (st != ST_OK && st != ST_NOTFOUND)
		status_prefix("%s: ", db->name);
	return st;
}

enum status sqlite_seal_begin(struct db *db)
{
	return named(db, vfs_seal_begin(sqlite_of(db)->handle));
}

enum status sqlite_seal_read(struct db *db, struct db_seal *out)
{
	return named(db, vfs_seal_read(sqlite_of(db)->handle, out));
}

enum status sqlite_seal_set(
    struct db *db, const uint8_t before[DB_MARK], struct db_seal *out)
{
	return named(db, vfs_seal_set(sqlite_of(db)->handle, before, out));
}

enum status sqlite_seal_check(struct db *db, int64_t first, int64_t count)
{
	return named(db, vfs_seal_check(sqlite_of(db)->handle, first, count));
}
