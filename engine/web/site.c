/* One exchange from its route to its last header. */
#include "engine/web/site.h"

#include <stdio.h>
#include <string.h>

#include "engine/rights/message.h"
#include "engine/web/files.h"
#include "engine/web/guard.h"
#include "engine/web/problem.h"
#include "engine/web/view.h"

/*
 * Nothing but this site's own files, no frame, no form to elsewhere; nothing
 * inline, so that text that came in as markup would do nothing.
 */
const struct site_header site_headers[] = {
	{ "Content-Security-Policy",
	    "default-src 'none'; style-src 'self'; form-action 'self'; "
	    "frame-ancestors 'none'; base-uri 'none'" },
	{ "X-Content-Type-Options", "nosniff" },
	{ "X-Frame-Options", "DENY" },
	{ "Referrer-Policy", "same-origin" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
	{ "Cross-Origin-Resource-Policy", "same-origin" },
	{ "Permissions-Policy",
	    "camera=(), geolocation=(), microphone=(), payment=()" },
	{ "Vary", "Accept, Accept-Language, Cookie" },
	{ NULL, NULL },
};

/* Letters leave by themselves where there is a way. */
static int sends(const struct installation *in)
{
	const char *sender;
	enum status st = message_sender(in, &sender);

	status_clear();
	return st == ST_OK;
}

enum status site_init(
    struct site *s, const struct installation *in, const struct web_auth *auth)
{
	enum status st;

	s->auth = auth;
	st = words_load(&s->words);
	if (st == ST_OK)
		st = files_templates(&s->templates);
	if (st == ST_OK)
		st = board_new(&s->board);
	if (st == ST_OK)
		st = errands_new(in, &s->errands);
	if (st == ST_OK && in->config.web.door)
		st = rate_new(&s->rate);
	if (st == ST_OK && (in->config.web.door || sends(in)))
		st = courier_start(in, &s->courier);
	return st == ST_OK ? pulse_start(in, &s->pulse) : st;
}

void site_release(struct site *s)
{
	courier_stop(s->courier);
	rate_free(s->rate);
	pulse_stop(s->pulse);
	errands_free(s->errands);
	board_free(s->board);
	mustache_set_free(s->templates);
	words_free(s->words);
	*s = (struct site){ .words = NULL };
}

/* ---- what is wanted ---- */

static const char *language_of(const struct exchange *x)
{
	const char *chosen = fields_get(&x->cookies, "language");
	const char *best = words_languages[0];
	int most = 0, wanted;

	for (size_t i = 0; words_languages[i]; i++) {
		if (chosen && strcmp(chosen, words_languages[i]) == 0)
			return words_languages[i];
		wanted = fields_wanted(x->accept_language, words_languages[i]);
		if (wanted > most) {
			most = wanted;
			best = words_languages[i];
		}
	}
	return best;
}

static int wants_json(const struct exchange *x)
{
	return fields_wanted(x->accept, "application/json") >
	       fields_wanted(x->accept, "text/html");
}

/* ---- what goes out ---- */

static enum status write_json(struct exchange *x)
{
	char *text = json_dumps(x->data, JSON_COMPACT);

	if (text == NULL)
		return fail(ST_NOMEM, "out of memory");
	buf_adds(&x->body, text);
	free(text);
	x->type = "application/json";
	return buf_status(&x->body);
}

/* The page after a form: 303, so that it is got and not sent again. */
static enum status write_answer(struct exchange *x, const struct route *route)
{
	const char *template = x->template ? x->template : route->template;

	if (x->type) /* an asset is its own body */
		return ST_OK;
	if (x->wants_json) {
		if (x->data == NULL)
			return json_make(&x->data, "{}") == ST_OK
				   ? write_json(x)
				   : ST_NOMEM;
		return write_json(x);
	}
	if (x->location) {
		x->status = 303;
		x->type = "text/html; charset=utf-8";
		return ST_OK;
	}
	return view_page(x, template);
}

static enum status answer(struct exchange *x)
{
	const struct route *route;
	unsigned int methods;
	enum status st;

	route = route_find(x->method, x->path, x->id, &methods);
	if (route_is_door(x->path) && !x->in->config.web.door) {
		route = NULL;
		methods = 0;
	}
	if (route == NULL) {
		x->status = methods ? 405 : 404;
		x->allow = methods & (1U << WEB_GET) ? "GET, HEAD" : "POST";
		return fail(ST_NOTFOUND,
		    methods ? "not with this method" : "there is no such page");
	}
	st = guard_session(x);
	if (st == ST_OK)
		st = guard_check(x, route);
	if (st == ST_OK)
		st = route->answer(x);
	return st == ST_OK ? write_answer(x, route) : st;
}

void site_refuse(struct exchange *x, enum status why)
{
	x->path = x->path ? x->path : "/";
	x->allow = "GET, HEAD, POST";
	x->language = language_of(x);
	x->wants_json = wants_json(x);
	problem_answer(x, why);
}

void site_answer(struct exchange *x)
{
	enum status st;

	x->status = 200;
	x->language = language_of(x);
	x->wants_json = wants_json(x);
	status_clear();
	st = answer(x);
	if (st != ST_OK)
		problem_answer(x, st);
}
