/* Evidence, from the stores' outboxes into the log. */
#include "engine/audit/log_internal.h"

static void add_hex(struct buf *b, struct val v)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *p = v.p;
	size_t i;

	for (i = 0; i < v.n; i++) {
		buf_addc(b, digits[p[i] >> 4]);
		buf_addc(b, digits[p[i] & 15]);
	}
}

/* One evidence row, columns as audit_ship() selects them. */
static enum status ship_row(struct audit *a, struct stmt *s, const char *source,
    const char *name, const char *actor)
{
	struct buf digest = BUF_INIT;
	json_t *entry = NULL;
	enum status st;

	add_hex(&digest, db_val(s, 9));
	st = buf_status(&digest);
	if (st == ST_OK)
		st = json_make(&entry,
		    "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:I, s:s, "
		    "s:s}",
		    "object", db_text(s, 5), "run", db_text(s, 1), "policy",
		    db_text(s, 3), "cluster", db_text(s, 4), "collection",
		    db_text(s, 5), "rule_set", db_text(s, 6), "cutoff",
		    db_text(s, 7), "records", (json_int_t)db_int(s, 8),
		    "digest", buf_text(&digest), "evidence",
		    (json_int_t)db_int(s, 0), "source", source, "store", name);
	if (st == ST_OK && db_text(s, 11))
		st = json_put(entry, "segment", json_string(db_text(s, 11)));
	if (st == ST_OK)
		st = audit_insert(a, db_int(s, 2), actor, db_text(s, 10),
		    source, db_int(s, 0), entry);
	json_decref(entry);
	buf_release(&digest);
	return st;
}

enum status audit_shipped(struct audit *a, const char *source, int64_t *last)
{
	return db_one_int(a->db,
	    "SELECT max(evidence) FROM"
	    " (SELECT max(evidence) AS evidence FROM entry WHERE source = $1"
	    " UNION ALL SELECT evidence FROM shipped WHERE source = $1)",
	    ARGS(TEXT(source)), 0, last);
}

enum status audit_ship(struct audit *a, struct db *store, const char *source,
    const char *name, const char *actor, int64_t *entries)
{
	struct stmt *s = NULL;
	int64_t have = 0, n = 0;
	enum status st;

	if ((st = audit_enter(a)) != ST_OK)
		return st;
	st = audit_shipped(a, source, &have);
	if (st == ST_OK)
		st = db_query(store,
		    "SELECT id, run, at, policy, cluster, collection,"
		    " rule_set, cutoff, records, digest, action, segment"
		    " FROM lethe_evidence WHERE id > $1 ORDER BY id",
		    ARGS(INT(have)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		st = ship_row(a, s, source, name, actor);
		n++;
	}
	if (st == ST_NOTFOUND)
		st = n > 0 ? audit_commit(a) : ST_OK;
	db_done(s);
	audit_leave(a);
	if (st == ST_OK && entries)
		*entries = n;
	return st;
}
