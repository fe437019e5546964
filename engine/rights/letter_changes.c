/* What was corrected, in a letter. */
#include <stdlib.h>
#include <string.h>

#include "engine/rights/letter_parts.h"
#include "engine/rights/rectify_book.h"

enum status letter_as_text(json_t *list)
{
	enum status st = ST_OK;
	json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		const json_t *v = json_object_get(one, "value");
		char *text;

		if (json_is_string(v) || json_is_null(v))
			continue;
		text = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);
		if (st == ST_OK)
			st = json_put(one, "value", json_string(text));
		free(text);
	}
	return st;
}

static enum status add_done(const json_t *all, json_t *list)
{
	const json_t *one;
	enum status st = ST_OK;
	json_t *line = NULL;
	size_t i;

	json_array_foreach(all, i, one)
	{
		if (st != ST_OK || strcmp(json_text(one, "state"), "done") != 0)
			continue;
		st = json_make(&line, "{s:s, s:O}", "field",
		    json_text(one, "field"), "value",
		    json_object_get(one, "new"));
		if (st == ST_OK)
			st = json_push(list, line);
	}
	return st == ST_OK ? letter_as_text(list) : st;
}

enum status letter_put_changes(
    struct installation *in, const struct request *r, json_t *o)
{
	json_t *all = NULL, *list = NULL, *changed = NULL;
	enum status st;

	if (r->type != REQUEST_RECTIFICATION)
		return json_put(o, "changed", json_null());
	st = json_made(json_array(), &list);
	if (st == ST_OK)
		st = change_list(in, r->number, CHANGE_ALL, &all);
	if (st == ST_OK)
		st = add_done(all, list);
	if (st == ST_OK && json_array_size(list) > 0)
		st = json_make(&changed, "{s:O}", "list", list);
	json_decref(all);
	json_decref(list);
	if (st != ST_OK)
		return st;
	return json_put(o, "changed", changed ? changed : json_null());
}
