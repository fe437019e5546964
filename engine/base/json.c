/* Short cuts over jansson. */
#include "engine/base/json.h"

enum status json_made(json_t *value, json_t **out)
{
	if (value == NULL)
		return fail(ST_NOMEM, "out of memory for a JSON value");
	*out = value;
	return ST_OK;
}

enum status json_push(json_t *array, json_t *value)
{
	if (value == NULL || json_array_append_new(array, value) != 0)
		return fail(ST_NOMEM, "out of memory for a JSON value");
	return ST_OK;
}

enum status json_put(json_t *object, const char *key, json_t *value)
{
	if (value == NULL || json_object_set_new(object, key, value) != 0)
		return fail(ST_NOMEM, "out of memory for a JSON value");
	return ST_OK;
}

const char *json_text(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s ? s : "";
}

long long json_int(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

enum status json_canonical(const json_t *value, char **out)
{
	char *text =
	    json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);

	if (text == NULL)
		return fail(ST_NOMEM, "out of memory for JSON text");
	*out = text;
	return ST_OK;
}
