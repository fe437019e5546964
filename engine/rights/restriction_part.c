/* Parts of restrictions. */
#include "engine/rights/restriction_part.h"

#include <stdlib.h>

#include "engine/rights/rows.h"

static enum status key_text(const struct holds_scope *s, char **out)
{
	json_t *key = json_array();
	enum status st = key ? ST_OK : fail(ST_NOMEM, "out of memory");

	for (size_t i = 0; st == ST_OK && i < s->key_count; i++)
		st = json_push(key, json_string(s->key[i]));
	if (st == ST_OK && s->store)
		st = json_canonical(key, out);
	json_decref(key);
	return st;
}

enum status part_add(struct step *s, const struct rights_restriction *what)
{
	const struct holds_scope *scope = &what->scope;
	char *key = NULL;
	enum status st = key_text(scope, &key);

	if (st == ST_OK)
		st = db_exec(s->in->control,
		    "INSERT INTO request_restriction (request, part, ground,"
		    " store, collection, record_key, cluster)"
		    " SELECT $1, 1 + coalesce((SELECT max(part)"
		    "  FROM request_restriction WHERE request = $1), 0),"
		    " $2, $3, $4, $5, $6"
		    " WHERE NOT EXISTS (SELECT 1 FROM request_restriction"
		    "  WHERE request = $1 AND store IS $3"
		    "  AND collection IS $4 AND record_key IS $5"
		    "  AND cluster IS $6)",
		    ARGS(INT(s->r.number), TEXT(what->ground),
			TEXT(scope->store), TEXT(scope->collection), TEXT(key),
			TEXT(scope->cluster)));
	free(key);
	return st;
}

/* Of several restrictions of one part the last counts: those before it were
 * released, and the case was reopened. */
static enum status one_json(struct stmt *s, json_t **out)
{
	const char *id = db_text(s, 6);
	const char *state = id == NULL      ? "planned"
			    : db_text(s, 8) ? "released"
			    : db_text(s, 7) ? "release_asked"
					    : "active";
	json_t *key = json_null();
	enum status st;

	if (db_text(s, 4) && (key = json_loads(db_text(s, 4), 0, NULL)) == NULL)
		return fail(ST_INTEGRITY, "the key of a request is not JSON");
	st = json_make(out, "{s:I, s:s, s:s?, s:s?, s:O, s:s?, s:s?, s:s}",
	    "part", (json_int_t)db_int(s, 0), "ground", db_text(s, 1), "store",
	    db_text(s, 2), "collection", db_text(s, 3), "key", key, "cluster",
	    db_text(s, 5), "restriction", id, "state", state);
	json_decref(key);
	return st;
}

enum status part_list(
    struct installation *in, int64_t request, const char *id, json_t **out)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT p.part, p.ground, p.store, p.collection,"
	    " p.record_key, p.cluster, x.id, x.asked_at, x.released_at"
	    " FROM request_restriction AS p LEFT JOIN suspension AS x"
	    " ON x.id = (SELECT y.id FROM suspension AS y"
	    "  WHERE y.request = $2 AND y.request_part = p.part"
	    "  ORDER BY y.released_at IS NULL DESC, y.placed_at DESC"
	    "  LIMIT 1)"
	    " WHERE p.request = $1 ORDER BY p.part",
	    ARGS(INT(request), TEXT(id)), &s);
	return st == ST_OK ? rows_json(s, one_json, out) : st;
}

enum status part_count(struct installation *in, int64_t request, const char *id,
    int64_t *parts, int64_t *open)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (SELECT 1"
	    " FROM suspension AS x WHERE x.request = $2"
	    " AND x.request_part = p.part AND x.released_at IS NULL))"
	    " FROM request_restriction AS p WHERE p.request = $1",
	    ARGS(INT(request), TEXT(id)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		*parts = db_int(s, 0);
		*open = db_int(s, 1);
	}
	db_done(s);
	return st;
}

void part_scope(const json_t *part, const struct request *r,
    const char *key[KEYS_MOST], struct holds_scope *out)
{
	const json_t *list = json_object_get(part, "key");
	struct holds_scope s = { .cluster = json_string_value(
				     json_object_get(part, "cluster")) };

	if (json_is_array(list)) {
		s.store = json_text(part, "store");
		s.collection = json_text(part, "collection");
		for (size_t i = 0; i < json_array_size(list) && i < KEYS_MOST;
		     i++)
			key[s.key_count++] =
			    json_string_value(json_array_get(list, i));
		s.key = key;
	} else {
		s.identity = r->identity;
		s.value = r->value;
	}
	*out = s;
}

enum status part_row(const json_t *part, const struct request *r, json_t **out)
{
	return json_make(out, "{s:s, s:n, s:{s:s, s:s, s:O}, s:n}", "id", r->id,
	    "subject", "record", "store", json_text(part, "store"),
	    "collection", json_text(part, "collection"), "key",
	    json_object_get(part, "key"), "cluster");
}
