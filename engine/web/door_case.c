/* The customers' door: one case, and what can be done with it. */
#include <string.h>

#include "engine/package/package.h"
#include "engine/rights/question.h"
#include "engine/web/door_pages.h"
#include "engine/web/pages.h"
#include "engine/web/site.h"

/* Whom to write to, and whom to complain to. */
static enum status put_controllers(struct exchange *x)
{
	const struct config *c = &x->in->config;
	json_t *list = NULL, *one = NULL;
	enum status st = json_made(json_array(), &list);

	for (size_t i = 0; st == ST_OK && i < c->controller_count; i++) {
		const struct config_controller *k = &c->controllers[i];

		st = json_make(&one, "{s:s, s:s, s:s}", "title",
		    text_in(&k->title, x->language), "contact",
		    text_in(&k->contact, x->language), "authority",
		    text_in(&k->authority, x->language));
		if (st == ST_OK)
			st = json_push(list, one);
	}
	if (st == ST_OK)
		return json_put(x->data, "controllers", list);
	json_decref(list);
	return st;
}

/* The copy of the data, for who has proven whose request it is; null where
 * there is none (yet). */
static enum status put_package(struct exchange *x)
{
	const char *type = json_text(x->data, "type");
	int may =
	    json_is_true(json_object_get(x->data, "verified")) &&
	    (strcmp(type, "access") == 0 || strcmp(type, "portability") == 0);
	json_t *package = NULL;
	enum status st = json_put(x->data, "may_fetch", json_boolean(may));

	if (st == ST_OK && may)
		st = package_waiting(x->in, x->door.id, x->now, &package);
	else if (st == ST_OK)
		st = json_made(json_null(), &package);
	return st == ST_OK ? json_put(x->data, "package", package) : st;
}

/* Somebody else than who is inside was found to be the person, or the same in
 * another way. */
static int is_under_way(const json_t *o)
{
	const char *progress = json_text(o, "progress");

	return strcmp(progress, "in_progress") == 0 ||
	       strcmp(progress, "awaiting_approval") == 0;
}

static enum status show(struct exchange *x, int wrong)
{
	enum status st = door_case(x->in, &x->door, x->now, &x->data);

	if (st == ST_OK)
		st = json_put(x->data, "wrong", json_boolean(wrong));
	if (st == ST_OK)
		st = json_put(x->data, "elsewhere",
		    json_boolean(!x->door.proven && is_under_way(x->data)));
	if (st == ST_OK)
		st = put_package(x);
	return st == ST_OK ? put_controllers(x) : st;
}

enum status page_door_case(struct exchange *x) { return show(x, 0); }

/* The same whether there is an address: it is looked up afterwards. */
enum status do_door_ask(struct exchange *x)
{
	enum status st = door_rate(x, 1);

	if (st == ST_OK &&
	    (st = door_ask(x->in, x->door.request, x->now)) == ST_BUSY)
		x->status = 429;
	if (st != ST_OK)
		return st;
	courier_wake(x->site->courier);
	st = exchange_go(x, "/door/case");
	return st == ST_OK ? show(x, 0) : st;
}

enum status do_door_prove(struct exchange *x)
{
	const char *code = exchange_field(x, "code");
	enum status st = door_rate(x, 1);

	if (st == ST_OK && code == NULL)
		return fail(ST_USAGE, "give `code`");
	if (st == ST_OK &&
	    (st = door_try(x->in, &x->door, code, x->now)) == ST_BUSY)
		x->status = 429;
	if (st == ST_DENIED && !x->wants_json) {
		status_clear();
		x->status = 409;
		return show(x, 1);
	}
	if (st == ST_OK)
		st = exchange_go(x, "/door/case");
	return st == ST_OK ? show(x, 0) : st;
}

/* Streamed; the log has it before the first byte goes out.  Who may not, by the
 * table of transitions, is not told why not. */
enum status do_door_package(struct exchange *x)
{
	const struct rights_actor by = door_actor(x->now);
	json_t *o = NULL;
	enum status st = door_rate(x, 1);

	if (st == ST_OK && !x->door.proven)
		st = fail(ST_DENIED, "there is no copy to be had here");
	if (st == ST_OK)
		st = package_take_of(x->in, &by, x->door.id, &x->stream, &o);
	json_decref(o);
	if (st != ST_OK)
		return st;
	x->type = "application/zip";
	x->file = str_format("lethe-%s.zip", x->door.id);
	return x->file ? ST_OK : fail(ST_NOMEM, "out of memory");
}

/* What is asked is shown to who has proven it, and so answered by nobody
 * else. */
enum status do_door_answer(struct exchange *x)
{
	const struct rights_actor by = door_actor(x->now);
	json_t *o = NULL;
	enum status st = door_rate(x, 1);

	if (st == ST_OK && !x->door.proven)
		st = fail(ST_DENIED, "no question is open (any more)");
	if (st == ST_OK)
		st = rights_answer(
		    x->in, &by, x->door.id, exchange_field(x, "words"), &o);
	json_decref(o);
	if (st != ST_OK)
		return st;
	st = exchange_go(x, "/door/case");
	return st == ST_OK ? show(x, 0) : st;
}

enum status do_door_withdraw(struct exchange *x)
{
	const struct rights_actor by = door_actor(x->now);
	json_t *o = NULL;
	enum status st = door_rate(x, 1);

	if (st == ST_OK)
		st = rights_withdraw(x->in, &by, x->door.id, NULL, &o);
	json_decref(o);
	if (st == ST_OK)
		st = exchange_go(x, "/door/case");
	return st == ST_OK ? show(x, 0) : st;
}
