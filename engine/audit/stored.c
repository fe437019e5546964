/* Tiles and checkpoints in the databases. */
#include "engine/audit/stored.h"

#include <inttypes.h>
#include <string.h>

/* ---- tiles ---- */

enum status stored_read(void *ctx, unsigned int level, uint64_t n,
    unsigned int width, struct tile *out)
{
	struct db *audit = ctx;
	struct stmt *s = NULL;
	enum status st;
	struct val v;

	st = db_query(audit,
	    "SELECT hashes FROM tile WHERE level = $1 AND n = $2",
	    ARGS(INT(level), INT((int64_t)n)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		v = db_val(s, 0);
		if (v.type == VAL_BLOB && v.n >= (size_t)width * MERKLE_HASH &&
		    v.n <= sizeof(*out))
			memcpy(out, v.p, (size_t)width * MERKLE_HASH);
		else
			st = ST_NOTFOUND;
	}
	db_done(s);
	if (st == ST_NOTFOUND)
		st = fail(ST_INTEGRITY,
		    "%s: hashes of the log are missing: tile %" PRIu64
		    " of level %u",
		    db_name(audit), n, level);
	return st;
}

enum status stored_put(void *ctx, unsigned int level, uint64_t n,
    unsigned int width, const struct tile *t)
{
	return db_exec((struct db *)ctx,
	    "INSERT INTO tile (level, n, hashes) VALUES ($1, $2, $3)"
	    " ON CONFLICT (level, n) DO UPDATE SET hashes = excluded.hashes",
	    ARGS(INT(level), INT((int64_t)n),
		BLOB(t, (size_t)width * MERKLE_HASH)));
}

enum status stored_load(struct db *audit, struct tree *t)
{
	unsigned int level, width;
	int64_t size = 0;
	enum status st;
	uint64_t n;

	st = db_one_int(audit,
	    "SELECT n * 256 + length(hashes) / 32 FROM tile"
	    " WHERE level = 0 ORDER BY n DESC LIMIT 1",
	    NOARGS, 0, &size);
	t->size = (uint64_t)size;
	for (level = 0; st == ST_OK && level < TILE_LEVELS; level++) {
		n = (t->size >> (8 * level)) / TILE_WIDTH;
		width = tile_width(level, n, t->size);
		if (width > 0)
			st = stored_read(
			    audit, level, n, width, &t->last[level]);
	}
	return st;
}

/* ---- checkpoints ---- */

static enum status take_text(enum status st, struct stmt *s, struct buf *out)
{
	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		buf_adds(out, db_text(s, 0));
		st = buf_status(out);
	}
	db_done(s);
	return st;
}

enum status stored_checkpoint(struct db *audit, struct buf *out)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(
	    audit, "SELECT note FROM checkpoint WHERE one = 1", NOARGS, &s);
	return take_text(st, s, out);
}

enum status stored_anchor(struct db *control, struct buf *out)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(control,
	    "SELECT note FROM audit_checkpoint WHERE one = 1", NOARGS, &s);
	return take_text(st, s, out);
}

enum status stored_set_checkpoint(
    struct db *audit, const struct checkpoint *c, const char *note)
{
	return db_exec(audit,
	    "INSERT INTO checkpoint (one, size, note) VALUES (1, $1, $2)"
	    " ON CONFLICT (one) DO UPDATE"
	    " SET size = excluded.size, note = excluded.note",
	    ARGS(INT((int64_t)c->size), TEXT(note)));
}

enum status stored_set_anchor(
    struct db *control, const struct checkpoint *c, const char *note)
{
	return db_exec(control,
	    "INSERT INTO audit_checkpoint (one, size, note) VALUES (1, $1, $2)"
	    " ON CONFLICT (one) DO UPDATE"
	    " SET size = excluded.size, note = excluded.note"
	    " WHERE audit_checkpoint.size < excluded.size",
	    ARGS(INT((int64_t)c->size), TEXT(note)));
}
