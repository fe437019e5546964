/* What could not be reached, each place once. */
#include "engine/plan/unreachable.h"

#include <string.h>

static int same(const json_t *a, const json_t *b, const char *key)
{
	return json_equal(json_object_get(a, key), json_object_get(b, key));
}

/* A store that is named whole covers what is in it. */
static int covers(const json_t *a, const json_t *b)
{
	if (!same(a, b, "store"))
		return 0;
	return json_is_null(json_object_get(a, "collection")) ||
	       (same(a, b, "collection") && same(a, b, "partition"));
}

static enum status add(json_t *list, json_t *one)
{
	size_t i;

	for (i = json_array_size(list); i-- > 0;) {
		if (covers(json_array_get(list, i), one)) {
			json_decref(one);
			return ST_OK;
		}
		if (covers(one, json_array_get(list, i)))
			(void)json_array_remove(list, i);
	}
	return json_push(list, one);
}

static enum status note(json_t *list, const char *store, const char *collection,
    const struct db_part *part)
{
	json_t *one = NULL;
	enum status st;

	st = json_make(&one, "{s:s, s:s?, s:s?, s:s?, s:s}", "store", store,
	    "collection", collection, "partition", part ? part->name : NULL,
	    "server", part ? part->server : NULL, "reason", status_text());
	status_clear();
	return st == ST_OK ? add(list, one) : st;
}

enum status unreachable_note(json_t *list, enum status st, const struct rule *r,
    const struct db_part *part)
{
	return unreachable_part(list, st, r->store, r->collection->name, part);
}

enum status unreachable_part(json_t *list, enum status st,
    const struct installation_store *store, const char *collection,
    const struct db_part *part)
{
	if (st != ST_UNREACHABLE)
		return st;
	if (db_lost(store->db))
		return note(list, store->config->name, NULL, NULL);
	return note(list, store->config->name, collection, part);
}

enum status unreachable_store(json_t *list, enum status st, const char *store)
{
	if (st != ST_UNREACHABLE)
		return st;
	return note(list, store, NULL, NULL);
}

enum status unreachable_join(json_t *list, const json_t *more)
{
	enum status st = ST_OK;
	json_t *one;
	size_t i;

	for (i = 0; st == ST_OK && i < json_array_size(more); i++) {
		one = json_deep_copy(json_array_get(more, i));
		if (one == NULL)
			return fail(ST_NOMEM, "out of memory");
		st = add(list, one);
	}
	return st;
}
