/* The live log as a source. */
#include <inttypes.h>
#include <stdio.h>
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

/* Is "${key}":${value} in ${body}?  Canonical JSON has it in one form only,
 * and no text in it can look so, whose quotes would be escaped. */
static int has(
    const char *body, const char *key, const char *quote, const char *value)
{
	char want[256];
	int n;

	n = snprintf(want, sizeof(want), "\"%s\":%s%s%s", key, quote,
	    value ? value : "", quote);
	return n > 0 && (size_t)n < sizeof(want) && strstr(body, want) != NULL;
}

static int has_int(const char *body, const char *key, int64_t value)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%" PRId64, value);
	return has(body, key, "", text);
}

/* The columns that lists are filtered by say what the text says. */
static enum status check_row(struct stmt *s, const char *body)
{
	char when[INSTANT_TEXT];

	civil_format_instant(db_int(s, 1), when);
	if (has(body, "at", "\"", when) &&
	    has(body, "action", "\"", db_text(s, 2)) &&
	    (db_text(s, 3) == NULL ||
		(has(body, "source", "\"", db_text(s, 3)) &&
		    has_int(body, "evidence", db_int(s, 4)))) &&
	    (db_text(s, 5) ? has(body, "run", "\"", db_text(s, 5))
			   : strstr(body, "\"run\":\"") == NULL))
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
	    "SELECT seq, at, action, source, evidence, run, body FROM entry"
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
