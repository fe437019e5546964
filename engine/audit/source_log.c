/* The live log as a source. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "engine/audit/source.h"
#include "engine/audit/stored.h"
#include "engine/base/civil.h"

static enum status read_checkpoint(void *ctx, struct buf *out)
{
	enum status st = stored_checkpoint(audit_db(ctx), out);

	if (st == ST_NOTFOUND)
		st = fail(ST_INTEGRITY,
		    "the audit log has no checkpoint: it was put back from "
		    "before its beginning, or `lethe init` has not been run");
	return st;
}

static enum status read_tile(void *ctx, unsigned int level, uint64_t n,
    unsigned int width, struct tile *out)
{
	return stored_read(audit_db(ctx), level, n, width, out);
}

/* What stands behind ${key}, "\"run\":\"" and the like, in canonical JSON;
 * NULL: it has none.  No text in it can look so: its quotes would be escaped.
 */
static const char *value(const char *body, const char *key)
{
	const char *p = strstr(body, key);

	return p ? p + strlen(key) : NULL;
}

static int has(const char *body, const char *key, const char *text)
{
	const char *p = value(body, key);
	size_t n = strlen(text);

	return p && strncmp(p, text, n) == 0 && p[n] == '"';
}

static int has_or_lacks(const char *body, const char *key, const char *text)
{
	return text ? has(body, key, text) : value(body, key) == NULL;
}

static int has_int(const char *body, const char *key, int64_t n)
{
	const char *p = value(body, key);

	return p && strtoll(p, NULL, 10) == n;
}

/* The columns that lists are filtered by say what the text says. */
static enum status check_row(struct stmt *s, const char *body)
{
	const char *action = db_text(s, 2), *source = db_text(s, 3);
	const char *run = db_text(s, 5), *subject = db_text(s, 7);
	char when[INSTANT_TEXT];

	civil_format_instant(db_int(s, 1), when);
	if (has(body, "\"at\":\"", when) &&
	    has(body, "\"action\":\"", action) &&
	    (source == NULL ||
		(has(body, "\"source\":\"", source) &&
		    has_int(body, "\"evidence\":", db_int(s, 4)))) &&
	    has_or_lacks(body, "\"run\":\"", run) &&
	    has_or_lacks(body, "\"subject\":\"", subject))
		return ST_OK;
	return fail(ST_INTEGRITY,
	    "entry %" PRId64
	    " was changed: what it is found by is not what it says",
	    db_int(s, 0));
}

static enum status read_entries(void *ctx, uint64_t n, unsigned int width,
    enum status (*each)(void *to, const char *body, size_t len), void *to)
{
	int64_t next = (int64_t)(n * TILE_WIDTH), end = next + width;
	struct stmt *s = NULL;
	enum status st;
	struct val body;

	st = db_query(audit_db(ctx),
	    "SELECT seq, at, action, source, evidence, run, body, subject"
	    " FROM entry"
	    " WHERE seq >= $1 AND seq < $2 ORDER BY seq",
	    ARGS(INT(next), INT(end)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		if (db_int(s, 0) != next || db_text(s, 6) == NULL)
			break;
		body = db_val(s, 6);
		if ((st = check_row(s, body.p)) == ST_OK)
			st = each(to, body.p, body.n);
		next++;
	}
	db_done(s);
	if (st != ST_OK && st != ST_NOTFOUND)
		return st;
	return next == end
		   ? ST_OK
		   : fail(ST_NOTFOUND, "entry %" PRId64 " is missing", next);
}

struct audit_source source_of_log(struct audit *a)
{
	return (
	    struct audit_source){ read_checkpoint, read_entries, read_tile, a };
}
