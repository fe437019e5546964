/* The live log as a source. */
#include <inttypes.h>
#include <string.h>

#include "engine/audit/log_internal.h"
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

/* The columns that lists are filtered by say what the text says: who changes
 * one hides an entry from whoever looks for it. */
#define FOUND_BY                                                           \
	"CASE WHEN json_valid(body) THEN"                                  \
	" action IS body ->> '$.action' AND actor IS body ->> '$.actor'"   \
	" AND run IS body ->> '$.run' AND subject IS body ->> '$.subject'" \
	" AND request IS " AUDIT_REQUEST                                   \
	" AND (source IS NULL OR (source = body ->> '$.source'"            \
	" AND evidence = body ->> '$.evidence'))"                          \
	" ELSE 0 END"

static enum status check_row(struct stmt *s)
{
	char when[INSTANT_TEXT];
	const char *at = db_text(s, 4);

	civil_format_instant(db_int(s, 1), when);
	if (db_int(s, 3) && at && strcmp(at, when) == 0)
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
	    "SELECT seq, at, body, " FOUND_BY ","
	    " CASE WHEN json_valid(body) THEN body ->> '$.at' END FROM entry"
	    " WHERE seq >= $1 AND seq < $2 ORDER BY seq",
	    ARGS(INT(next), INT(end)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		if (db_int(s, 0) != next || db_text(s, 2) == NULL)
			break;
		body = db_val(s, 2);
		if ((st = check_row(s)) == ST_OK)
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
