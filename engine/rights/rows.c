/* Rows of a table as JSON. */
#include "engine/rights/rows.h"

struct rows {
	enum status (*one)(struct stmt *s, json_t **out);
	json_t *list;
};

static enum status add(void *ctx, struct stmt *s)
{
	const struct rows *r = ctx;
	json_t *o = NULL;
	enum status st = r->one(s, &o);

	return st == ST_OK ? json_push(r->list, o) : st;
}

enum status rows_json(struct stmt *s,
    enum status (*one)(struct stmt *s, json_t **out), json_t **out)
{
	struct rows r = { one, json_array() };
	enum status st;

	if (r.list == NULL) {
		db_done(s);
		return fail(ST_NOMEM, "out of memory");
	}
	st = db_each(s, add, &r);
	if (st == ST_OK)
		*out = r.list;
	else
		json_decref(r.list);
	return st;
}
