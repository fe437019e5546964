/* What SQLite's results mean, in words that hold no value of any record. */
#include <errno.h>
#include <string.h>

#include "engine/store/sqlite.h"

/* "UNIQUE constraint failed: person.email" names columns; what a trigger or a
 * function of the schema says may hold anything. */
static enum status fail_constraint(struct sqlite *s, int rc)
{
	static const char foreign[] = "FOREIGN KEY constraint failed";
	const char *text = sqlite3_errmsg(s->handle);

	/* RESTRICT works by a trigger of SQLite's own. */
	if (strcmp(text, foreign) == 0)
		return fail(ST_CONFLICT,
		    "%s: %s: a record refers to one that is not there, or is "
		    "still referred to",
		    s->db.name, foreign);
	if (rc == SQLITE_CONSTRAINT_TRIGGER ||
	    rc == SQLITE_CONSTRAINT_FUNCTION || rc == SQLITE_CONSTRAINT_VTAB)
		text = "the schema refused a change";
	return fail(ST_CONFLICT, "%s: %s", s->db.name, text);
}

/* The VFS has said what is wrong, by the name of the file. */
static enum status as_said(struct sqlite *s, enum status st)
{
	size_t n = strlen(s->db.name);

	if (strncmp(status_text(), s->db.name, n) != 0 ||
	    status_text()[n] != ':')
		status_prefix("%s: ", s->db.name);
	return st;
}

static enum status fail_file(struct sqlite *s, int rc)
{
	int e = sqlite3_system_errno(s->handle);

	if (rc == SQLITE_IOERR_NOMEM)
		return fail(ST_NOMEM, "out of memory");
	if (rc == SQLITE_IOERR_DATA)
		return as_said(s, ST_INTEGRITY);
	if (rc == SQLITE_CANTOPEN && *status_text())
		return as_said(s, ST_IO);
	if (e == ENOSPC || e == EDQUOT)
		return fail(ST_FULL, "%s: disk full: make room, then repeat",
		    s->db.name);
	return fail(ST_IO, "%s: %s (SQLite %d)", s->db.name,
	    e ? strerror(e) : sqlite3_errstr(rc), rc);
}

enum status sqlite_fail(struct sqlite *s, int rc)
{
	const char *name = s->db.name;

	switch (rc & 0xff) {
	case SQLITE_NOMEM: return fail(ST_NOMEM, "out of memory");
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
		return fail(
		    ST_BUSY, "%s: somebody else is writing: try again", name);
	case SQLITE_FULL:
		return fail(
		    ST_FULL, "%s: disk full: make room, then repeat", name);
	case SQLITE_CONSTRAINT: return fail_constraint(s, rc);
	case SQLITE_MISMATCH:
		return fail(ST_CONFLICT,
		    "%s: a key that must be a whole number is none", name);
	case SQLITE_TOOBIG:
		return fail(ST_LIMIT,
		    "%s: a value is larger than a record may be", name);
	case SQLITE_CORRUPT:
		return fail(ST_INTEGRITY,
		    "%s: the structure of the file is damaged: restore it "
		    "from a backup",
		    name);
	case SQLITE_NOTADB:
		return fail(
		    ST_INTEGRITY, "%s: not a store, or the key is wrong", name);
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_READONLY: return fail_file(s, rc);
	default:
		/* errmsg may quote values: a JSON path, a MATCH pattern. */
		return fail(
		    ST_DB, "%s: %s (SQLite %d)", name, sqlite3_errstr(rc), rc);
	}
}

enum status sqlite_fail_words(struct sqlite *s, int rc, const char *words)
{
	enum status st = sqlite_fail(s, rc);

	/* Nothing is bound yet: errmsg can quote only the words. */
	if (st == ST_DB)
		return fail(ST_DB, "%s: %s in: %.200s", s->db.name,
		    sqlite3_errmsg(s->handle), words);
	return st;
}
