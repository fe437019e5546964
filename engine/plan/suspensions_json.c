/* The suspensions of one record, with what the registry says of each. */
#include "engine/base/civil.h"
#include "engine/plan/suspension.h"

/* Add a member from a column; null where ${s} has no row. */
static enum status put(
    json_t *one, const char *name, struct stmt *s, int known, int col)
{
	if (!known || db_text(s, col) == NULL)
		return json_put(one, name, json_null());
	return json_put(one, name, json_string(db_text(s, col)));
}

static enum status put_placed(json_t *one, struct stmt *s, int known)
{
	char text[INSTANT_TEXT];

	if (!known)
		return json_put(one, "placed_at", json_null());
	civil_format_instant(db_int(s, 4), text);
	return json_put(one, "placed_at", json_string(text));
}

static enum status describe(struct installation *in, json_t *one)
{
	static const char *const names[] = { "reason", "authority", "owner",
		"review" };
	struct stmt *s = NULL;
	enum status st;
	int known, i;

	st = db_query(in->control,
	    "SELECT reason, authority, owner, review, placed_at"
	    " FROM suspension WHERE id = $1",
	    ARGS(TEXT(json_text(one, "id"))), &s);
	if (st == ST_OK)
		st = db_row(s);
	known = st == ST_OK;
	if (st == ST_NOTFOUND)
		st = ST_OK;
	for (i = 0; st == ST_OK && i < 4; i++)
		st = put(one, names[i], s, known, i);
	if (st == ST_OK)
		st = put_placed(one, s, known);
	db_done(s);
	return st;
}

enum status suspensions_json(struct installation *in, const struct rule *r,
    const char *const *key, json_t **out)
{
	json_t *list = NULL, *one;
	enum status st;
	size_t i;

	if ((st = installation_open_control(in)) != ST_OK)
		return st;
	st = suspension_list(r, key, &list);
	json_array_foreach(list, i, one)
	{
		if (st == ST_OK)
			st = describe(in, one);
	}
	if (st == ST_OK)
		*out = list;
	else
		json_decref(list);
	return st;
}
