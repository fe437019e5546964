/* The customers' door: a request is filed, and followed. */
#include <string.h>

#include "engine/web/door_pages.h"
#include "engine/web/guard.h"
#include "engine/web/pages.h"
#include "engine/web/site.h"

#define FILING 6 /* of RATE_MOST: ten requests in ten minutes */

enum status door_rate(struct exchange *x, int cost)
{
	enum status st = rate_take(x->site->rate, x->address, cost, x->now);

	if (st == ST_BUSY)
		x->status = 429;
	return st;
}

enum status page_door(struct exchange *x) { return json_make(&x->data, "{}"); }

/* ---- to file ---- */

enum status page_door_file(struct exchange *x)
{
	const char *types[REQUEST_TYPE__MAX + 1] = { NULL };
	json_t *list = NULL;
	enum status st;

	for (int i = 0; i < REQUEST_TYPE__MAX; i++)
		types[i] = request_type_name((enum request_type)i);
	st = page_choices("type", types, NULL, &list);
	if (st == ST_OK)
		st = json_make(&x->data, "{s:o}", "types", list);
	return st == ST_OK ? page_identities(x) : st;
}

enum status do_door_file(struct exchange *x)
{
	const char *type = exchange_field(x, "type");
	struct rights_order o = { .channel = REQUEST_PORTAL,
		.identity = exchange_field(x, "identity"),
		.value = exchange_field(x, "value"),
		.received_at = x->now,
		.words = exchange_field(x, "words") };
	char code[DOOR_CODE] = "";
	enum status st = door_rate(x, FILING);

	if (st == ST_OK && (o.identity == NULL || o.value == NULL))
		return fail(ST_USAGE, "give `type`, `identity` and `value`");
	if (st == ST_OK)
		st = request_type_parse(type ? type : "", &o.type);
	if (st == ST_OK)
		st = request_law_parse(x->in->config.requests.law, &o.law);
	if (st == ST_OK)
		st = door_file(x->in, &o, x->now, code, &x->door);
	if (st == ST_OK)
		st = guard_door_cookie(x, x->door.token);
	if (st == ST_OK)
		st = json_make(&x->data, "{s:s, s:s, s:s}", "id", x->door.id,
		    "case_code", code, "csrf", x->door.csrf);
	explicit_bzero(code, sizeof(code));
	return st;
}

/* ---- in and out ---- */

enum status page_door_enter(struct exchange *x)
{
	return json_make(&x->data, "{s:b}", "wrong", 0);
}

enum status do_door_enter(struct exchange *x)
{
	const char *code = exchange_field(x, "case_code");
	enum status st = door_rate(x, 1);

	if (st == ST_OK && code == NULL)
		return fail(ST_USAGE, "give `case_code`");
	if (st == ST_OK)
		st = door_enter(x->in, code, x->now, &x->door);
	if (st == ST_DENIED) {
		x->status = 403;
		if (x->wants_json)
			return st;
		return json_make(&x->data, "{s:b}", "wrong", 1);
	}
	if (st == ST_OK)
		st = guard_door_cookie(x, x->door.token);
	if (st == ST_OK)
		st = exchange_go(x, "/door/case");
	return st == ST_OK ? json_make(&x->data, "{s:s, s:s}", "id", x->door.id,
				 "csrf", x->door.csrf)
			   : st;
}

enum status do_door_leave(struct exchange *x)
{
	enum status st = door_leave(x->in, &x->door);

	if (st == ST_OK)
		st = guard_door_cookie(x, "");
	return st == ST_OK ? exchange_go(x, "/door") : st;
}
