/* The suspensions of one record, with what the registry says of each. */
#include "engine/plan/suspension.h"

#include "engine/base/civil.h"
#include "engine/plan/keys.h"

/* ${row}: id, kind. */
static enum status one_json(
    struct installation *in, struct stmt *row, json_t **out)
{
	char placed[INSTANT_TEXT] = "";
	struct stmt *s = NULL;
	enum status st;
	int known;

	st = db_query(in->control,
	    "SELECT reason, authority, owner, review, placed_at"
	    " FROM suspension WHERE id = $1",
	    ARGS(TEXT(db_text(row, 0))), &s);
	if (st == ST_OK)
		st = db_row(s);
	known = st == ST_OK;
	if (known)
		civil_format_instant(db_int(s, 4), placed);
	if (known || st == ST_NOTFOUND)
		st = json_make(out, "{s:s, s:s, s:s?, s:s?, s:s?, s:s?, s:s?}",
		    "id", db_text(row, 0), "kind", db_text(row, 1), "reason",
		    known ? db_text(s, 0) : NULL, "authority",
		    known ? db_text(s, 1) : NULL, "owner",
		    known ? db_text(s, 2) : NULL, "review",
		    known ? db_text(s, 3) : NULL, "placed_at",
		    known ? placed : NULL);
	db_done(s);
	return st;
}

/* Holds before restrictions, as verdicts do. */
static enum status ask(
    const struct rule *r, const struct val *key, struct stmt **out)
{
	struct val k[KEYS_MOST];

	keys_fill(key, r->key_count, k);
	return db_query(r->store->db,
	    "SELECT suspension, kind FROM lethe_suspension"
	    " WHERE collection = $1 AND cluster = $2"
	    " AND k1 = $3 AND k2 = $4 AND k3 = $5 AND k4 = $6"
	    " UNION SELECT suspension, kind FROM lethe_suspended_cluster"
	    " WHERE collection = $1 AND cluster = $2"
	    " ORDER BY kind, suspension",
	    ARGS(TEXT(r->table->name), TEXT(r->terms.cluster->name), k[0], k[1],
		k[2], k[3]),
	    out);
}

enum status suspensions_json(struct installation *in, const struct rule *r,
    const struct val *key, json_t **out)
{
	json_t *list = json_array(), *one = NULL;
	struct stmt *s = NULL;
	enum status st = list ? ST_OK : fail(ST_NOMEM, "out of memory");

	if (st == ST_OK)
		st = installation_open_control(in);
	if (st == ST_OK)
		st = ask(r, key, &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		st = one_json(in, s, &one);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	db_done(s);
	if (st == ST_NOTFOUND) {
		*out = list;
		return ST_OK;
	}
	json_decref(list);
	return st;
}
