/* Sessions, roles, and where a form comes from. */
#include "engine/web/guard.h"

#include <string.h>

#include "engine/web/site.h"

/*
 * A name that begins with __Host- is sent by browsers to this very host alone,
 * and cannot be set by another one or without TLS (RFC 6265bis, 4.1.3.2).
 */
static const char *cookie_name(const struct exchange *x)
{
	return x->secure ? "__Host-lethe" : "lethe";
}

const char *guard_token(const struct exchange *x)
{
	return fields_get(&x->cookies, cookie_name(x));
}

enum status guard_cookie(struct exchange *x, const char *token)
{
	free(x->cookie);
	x->cookie = str_format("%s=%s; Path=/; HttpOnly; SameSite=Strict%s%s",
	    cookie_name(x), token, x->secure ? "; Secure" : "",
	    *token ? "" : "; Max-Age=0");
	return x->cookie ? ST_OK : fail(ST_NOMEM, "out of memory");
}

static const char *device_name(const struct exchange *x)
{
	return x->secure ? "__Host-lethe-device" : "lethe-device";
}

const char *guard_device(const struct exchange *x)
{
	const char *device = fields_get(&x->cookies, device_name(x));

	return device && strlen(device) < WEB_TOKEN ? device : NULL;
}

enum status guard_know(struct exchange *x, const char *device)
{
	free(x->device_cookie);
	x->device_cookie = str_format(
	    "%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000%s",
	    device_name(x), device, x->secure ? "; Secure" : "");
	return x->device_cookie ? ST_OK : fail(ST_NOMEM, "out of memory");
}

/* ---- the customers' door ---- */

/* It goes to the door alone; a name with __Host- would go everywhere. */
static const char *door_cookie_name(const struct exchange *x)
{
	return x->secure ? "__Secure-lethe-door" : "lethe-door";
}

enum status guard_door_cookie(struct exchange *x, const char *token)
{
	free(x->cookie);
	x->cookie = str_format(
	    "%s=%s; Path=/door; HttpOnly; SameSite=Strict; Max-Age=%d%s",
	    door_cookie_name(x), token, *token ? DOOR_SECONDS : 0,
	    x->secure ? "; Secure" : "");
	return x->cookie ? ST_OK : fail(ST_NOMEM, "out of memory");
}

static enum status door_of(struct exchange *x)
{
	const char *token = fields_get(&x->cookies, door_cookie_name(x));
	enum status st;

	if (token == NULL)
		return ST_OK;
	st = door_session(x->in, token, x->now, &x->door);
	if (st != ST_NOTFOUND)
		return st;
	status_clear();
	x->door = (struct door_session){ .request = 0 };
	return ST_OK;
}

/* ---- sessions ---- */

enum status guard_session(struct exchange *x)
{
	const struct web_auth *auth = x->site->auth;
	const char *token = guard_token(x);
	enum status st;

	if (route_is_door(x->path))
		return door_of(x);
	if (token == NULL || *token == '\0' || strlen(token) >= WEB_TOKEN)
		return ST_OK;
	st = auth->session(auth->ctx, x->in, token, x->now, &x->session);
	if (st == ST_NOTFOUND) {
		status_clear();
		x->session = (struct web_session){ .roles = 0 };
		return ST_OK;
	}
	if (st != ST_OK)
		return st;
	x->signed_in = 1;
	return *x->session.token ? guard_cookie(x, x->session.token) : ST_OK;
}

/* ---- forms ---- */

/*
 * Browsers say where a form comes from, and a page cannot make them say
 * something else: Sec-Fetch-Site, or, in older ones and in other programs,
 * Origin.  What says neither is refused.
 */
static int is_same_origin(const struct exchange *x)
{
	const char *scheme = x->secure ? "https://" : "http://";
	size_t len = strlen(scheme);

	if (x->fetch_site && strcmp(x->fetch_site, "same-origin") != 0)
		return 0;
	if (x->origin == NULL)
		return x->fetch_site != NULL;
	return x->host && strncmp(x->origin, scheme, len) == 0 &&
	       strcmp(x->origin + len, x->host) == 0;
}

/* In the same time, wherever they differ. */
static int is_secret(const char *given, const char *secret)
{
	size_t len = strlen(secret);
	unsigned char differ = 0;

	if (given == NULL || len == 0 || strlen(given) != len)
		return 0;
	for (size_t i = 0; i < len; i++)
		differ = (unsigned char)(differ | (given[i] ^ secret[i]));
	return differ == 0;
}

static enum status refuse(
    struct exchange *x, unsigned int status, const char *why)
{
	x->status = status;
	return fail(ST_DENIED, "%s", why);
}

static enum status check_form(struct exchange *x, const struct route *route)
{
	const char *token = x->csrf ? x->csrf : fields_get(&x->form, "csrf");

	if (!is_same_origin(x))
		return refuse(x, 403,
		    "the form does not come from a page of this site: open "
		    "the page here and send it again");
	if ((route->kind == ROUTE_FORM && !is_secret(token, x->session.csrf)) ||
	    (route->kind == ROUTE_DOOR_FORM && !is_secret(token, x->door.csrf)))
		return refuse(x, 403,
		    "the form is not of this session: open the page again and "
		    "send it from there");
	return ST_OK;
}

enum status guard_check(struct exchange *x, const struct route *route)
{
	if (route->roles && !x->signed_in)
		return refuse(x, 401, "you are not signed in: sign in");
	if (route->roles && !(route->roles & x->session.roles))
		return refuse(x, 403,
		    "your role does not allow this: ask somebody whose role "
		    "does");
	if ((route->kind == ROUTE_DOOR_PAGE ||
		route->kind == ROUTE_DOOR_FORM) &&
	    x->door.request == 0)
		return refuse(x, 401,
		    "this needs the case code: enter it at /door/enter");
	return x->method == WEB_POST ? check_form(x, route) : ST_OK;
}
