/* Copies of data that is about to be erased. */
#include "engine/rights/copies.h"

#include "engine/rights/person.h"

static enum status add_if_same(struct installation *in,
    const struct reach_subject *who, struct stmt *s, json_t *ids)
{
	const struct reach_subject other = { db_text(s, 1), db_text(s, 2) };
	int same = 0;
	enum status st = person_same(in, who, &other, &same);

	return st == ST_OK && same ? json_push(ids, json_string(db_text(s, 0)))
				   : st;
}

enum status copies_of(
    struct installation *in, const struct reach_subject *who, json_t **ids)
{
	json_t *list = NULL;
	struct stmt *s = NULL;
	enum status st = json_made(json_array(), &list);

	if (st == ST_OK)
		st = db_query(in->control,
		    "SELECT r.id, w.identity, w.value FROM request AS r"
		    " JOIN request_person AS w ON w.request = r.number"
		    " WHERE r.number IN (SELECT request FROM package"
		    " WHERE deleted_at IS NULL AND revoked_at IS NULL"
		    " UNION SELECT request FROM snapshot"
		    " WHERE deleted_at IS NULL AND revoked_at IS NULL"
		    " AND name IS NOT NULL)"
		    " ORDER BY r.number",
		    NOARGS, &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = add_if_same(in, who, s, list);
	db_done(s);
	if (st == ST_NOTFOUND) {
		*ids = list;
		return ST_OK;
	}
	json_decref(list);
	return st;
}

enum status copies_revoke(
    struct installation *in, const json_t *ids, int64_t now)
{
	const json_t *id;
	enum status st = ST_OK;
	size_t i;

	json_array_foreach(ids, i, id)
	{
		st = db_exec(in->control,
		    "UPDATE package SET revoked_at = $2 WHERE request ="
		    " (SELECT number FROM request WHERE id = $1)"
		    " AND deleted_at IS NULL AND revoked_at IS NULL",
		    ARGS(TEXT(json_string_value(id)), INT(now)));
		if (st == ST_OK)
			st = db_exec(in->control,
			    "UPDATE snapshot SET revoked_at = $2"
			    " WHERE request = (SELECT number FROM request"
			    " WHERE id = $1) AND deleted_at IS NULL"
			    " AND revoked_at IS NULL AND name IS NOT NULL",
			    ARGS(TEXT(json_string_value(id)), INT(now)));
		if (st != ST_OK)
			break;
	}
	return st;
}

enum status copies_overtaken(struct installation *in, int64_t since, int *begun)
{
	int64_t n = 0;
	enum status st = db_one_int(in->control,
	    "SELECT count(*) FROM request_plan WHERE begun_at >= $1",
	    ARGS(INT(since)), 0, &n);

	*begun = n > 0;
	return st;
}
