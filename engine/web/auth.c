/* The one place where accounts are plugged in. */
#include "engine/web/auth.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/accounts/accounts.h"

static_assert((int)WEB_INTAKE == (int)ACCOUNT_INTAKE &&
		  (int)WEB_OFFICER == (int)ACCOUNT_OFFICER &&
		  (int)WEB_APPROVER == (int)ACCOUNT_APPROVER &&
		  (int)WEB_AUDITOR == (int)ACCOUNT_AUDITOR &&
		  (int)WEB_ADMIN == (int)ACCOUNT_ADMIN,
    "roles");
static_assert(TOKEN_TEXT <= WEB_TOKEN && ACCOUNTS_ACTOR <= WEB_USER, "texts");

static enum status ready(void *ctx, struct installation *in)
{
	json_t *list = NULL;
	enum status st = accounts_list(in, &list);

	(void)ctx;
	if (st == ST_OK && json_array_size(json_object_get(list, "users")) == 0)
		st = fail(ST_NOTFOUND,
		    "nobody could sign in: `lethe user add NAME --role admin` "
		    "makes the first user");
	json_decref(list);
	return st;
}

static void fill(const struct accounts_session *s, struct web_session *out)
{
	(void)snprintf(out->user, sizeof(out->user), "%s", s->who.actor);
	(void)snprintf(out->csrf, sizeof(out->csrf), "%s", s->csrf);
	(void)snprintf(out->token, sizeof(out->token), "%s", s->token);
	(void)snprintf(out->device, sizeof(out->device), "%s", s->device);
	out->account = s->who.number;
	out->roles = s->who.roles;
}

static enum status sign_in(void *ctx, struct installation *in,
    const struct web_credentials *c, int64_t now, struct web_session *out,
    int64_t *wait)
{
	struct accounts_try t = { .name = c->user,
		.password = c->password,
		.code = *c->code ? c->code : NULL,
		.device = c->device,
		.now = now };
	struct accounts_session s = { 0 };
	enum status st = accounts_address(in, c->address, t.address);

	(void)ctx;
	if (st == ST_OK)
		st = accounts_sign_in(in, &t, &s, wait);
	if (st == ST_OK && c->before)
		st = accounts_sign_out(in, c->before, now);
	if (st == ST_OK)
		fill(&s, out);
	return st;
}

static enum status session(void *ctx, struct installation *in,
    const char *token, int64_t now, struct web_session *out)
{
	struct accounts_session s = { 0 };
	enum status st = accounts_session(in, token, now, &s);

	(void)ctx;
	if (st == ST_DENIED) {
		status_clear();
		return ST_NOTFOUND;
	}
	if (st != ST_OK)
		return st;
	fill(&s, out);
	*out->token = '\0'; /* it is the cookie's */
	return ST_OK;
}

static enum status look(void *ctx, struct installation *in,
    const struct web_session *who, const char *request, int64_t records,
    int64_t now)
{
	struct account a = { .number = who->account, .roles = who->roles };
	const char *name = strchr(who->user, ':');

	(void)ctx;
	(void)snprintf(
	    a.actor, sizeof(a.actor), "%.*s", ACCOUNTS_ACTOR - 1, who->user);
	(void)snprintf(a.name, sizeof(a.name), "%.*s", ACCOUNTS_NAME,
	    name ? name + 1 : "");
	return accounts_note_look(in, &a, request, records, now);
}

static enum status sign_out(
    void *ctx, struct installation *in, const char *token, int64_t now)
{
	(void)ctx;
	return token ? accounts_sign_out(in, token, now) : ST_OK;
}

const struct web_auth *web_auth_accounts(void)
{
	static const struct web_auth auth = { NULL, ready, sign_in, session,
		look, sign_out };

	return &auth;
}
