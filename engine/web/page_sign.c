/* Signing in and out, the session, the language. */
#include <string.h>

#include "engine/web/guard.h"
#include "engine/web/pages.h"
#include "engine/web/route.h"
#include "engine/web/site.h"

enum status page_sign_in(struct exchange *x)
{
	const char *back = route_back(exchange_asked(x, "back"));

	return json_make(
	    &x->data, "{s:s, s:b, s:s}", "back", back, "wrong", 0, "user", "");
}

/* The form again; what was wrong of it nobody is told. */
static enum status once_more(struct exchange *x, const char *back)
{
	const char *user = exchange_field(x, "user");

	if (x->wants_json) {
		x->status = 401;
		return ST_DENIED;
	}
	x->status = 401;
	return json_make(&x->data, "{s:s, s:b, s:s}", "back", back, "wrong", 1,
	    "user", user ? user : "");
}

enum status do_sign_in(struct exchange *x)
{
	const struct web_auth *auth = x->site->auth;
	const char *back = route_back(exchange_field(x, "back"));
	struct web_credentials c = { exchange_field(x, "user"),
		fields_get(&x->form, "password"), exchange_field(x, "code"),
		x->address, guard_token(x), guard_device(x) };
	enum status st;

	if (c.user == NULL || c.password == NULL)
		return fail(ST_USAGE, "give `user` and `password`");
	c.code = c.code ? c.code : "";
	st = auth->sign_in(
	    auth->ctx, x->in, &c, x->now, &x->session, &x->retry_after);
	if (st == ST_BUSY && x->retry_after > 0)
		x->status = 429;
	if (st == ST_DENIED)
		return once_more(x, back);
	if (st != ST_OK)
		return st;
	x->signed_in = 1;
	st = guard_cookie(x, x->session.token);
	if (st == ST_OK && *x->session.device)
		st = guard_know(x, x->session.device);
	if (st == ST_OK)
		st = exchange_go(x, strcmp(back, "/sign-in") == 0 ? "/" : back);
	return st == ST_OK ? page_session(x) : st;
}

enum status do_sign_out(struct exchange *x)
{
	const struct web_auth *auth = x->site->auth;
	enum status st;

	st = auth->sign_out(auth->ctx, x->in, guard_token(x), x->now);
	if (st == ST_OK)
		st = guard_cookie(x, "");
	return st == ST_OK ? exchange_go(x, "/sign-in") : st;
}

enum status page_session(struct exchange *x)
{
	static const char *const names[] = { "intake", "officer", "approver",
		"auditor", "admin" };
	json_t *roles, *one = NULL;
	enum status st;

	st = json_make(&x->data, "{s:s, s:s, s:[]}", "user", x->session.user,
	    "csrf", x->session.csrf, "roles");
	roles = json_object_get(x->data, "roles");
	for (unsigned int i = 0; st == ST_OK && i < 5; i++) {
		if (!(x->session.roles & (1U << i)))
			continue;
		st = json_make(&one, "{s:s}", "role", names[i]);
		if (st == ST_OK)
			st = json_push(roles, one);
	}
	return st;
}

/* It tells nothing of anybody, so that any page may ask for it. */
enum status do_language(struct exchange *x)
{
	const char *wanted = exchange_field(x, "language");

	for (size_t i = 0; wanted && words_languages[i]; i++) {
		if (strcmp(wanted, words_languages[i]) != 0)
			continue;
		x->language_cookie = str_format(
		    "language=%s; Path=/; HttpOnly; SameSite=Strict; "
		    "Max-Age=31536000%s",
		    wanted, x->secure ? "; Secure" : "");
		if (x->language_cookie == NULL)
			return fail(ST_NOMEM, "out of memory");
		return exchange_go(x, route_back(exchange_field(x, "back")));
	}
	return fail(ST_USAGE, "`language` is en, ja or de");
}
