/* What people do with their own account: where they signed in, and with what
 * password. */
#include <string.h>

#include "engine/accounts/accounts.h"
#include "engine/web/guard.h"
#include "engine/web/pages.h"

#define ROWS 50

/* The session's user; ST_DENIED for another kind of actor. */
static enum status own_name(const struct exchange *x, const char **out)
{
	static const char kind[] = "user:";

	if (strncmp(x->session.user, kind, sizeof(kind) - 1) != 0)
		return fail(ST_DENIED, "this is for users with an account");
	*out = x->session.user + sizeof(kind) - 1;
	return ST_OK;
}

/* ---- sign-ins ---- */

enum status page_sign_ins(struct exchange *x)
{
	const char *name = NULL;
	enum status st = own_name(x, &name);

	return st == ST_OK ? accounts_sign_ins(x->in, name, ROWS, &x->data)
			   : st;
}

/* This browser's too; its session is over with the answer. */
enum status do_end_sessions(struct exchange *x)
{
	const struct rights_actor by = page_actor(x);
	const char *name = NULL;
	enum status st = own_name(x, &name);

	if (st == ST_OK)
		st = accounts_end_sessions(x->in, &by, name, &x->data);
	if (st == ST_OK)
		st = guard_cookie(x, "");
	return st == ST_OK ? exchange_go(x, "/sign-in") : st;
}

/* ---- the password ---- */

static enum status form(struct exchange *x, const char *problem)
{
	json_decref(x->data);
	x->data = NULL;
	return json_make(&x->data, "{s:i, s:s?}", "least",
	    x->in->config.accounts.password_length, "problem", problem);
}

enum status page_password(struct exchange *x) { return form(x, NULL); }

/* The form once more, with what was wrong of it. */
static enum status once_more(
    struct exchange *x, unsigned int status, const char *problem)
{
	x->status = status;
	if (x->wants_json)
		return ST_USAGE;
	status_clear();
	return form(x, problem);
}

static enum status prove(struct exchange *x, const char *name)
{
	struct accounts_try t = { .name = name,
		.password = fields_get(&x->form, "old"),
		.device = guard_device(x),
		.now = x->now };
	enum status st;

	if (t.password == NULL)
		return fail(ST_USAGE, "give `old`: your password now");
	st = accounts_address(x->in, x->address, t.address);
	if (st == ST_OK)
		st = accounts_prove(x->in, &t, &x->retry_after);
	if (st == ST_BUSY && x->retry_after > 0)
		x->status = 429;
	return st;
}

static enum status change(
    struct exchange *x, const char *name, const char *password)
{
	const struct rights_actor by = page_actor(x);
	enum status st =
	    accounts_set_password(x->in, &by, name, password, &x->data);

	if (st == ST_USAGE)
		return once_more(x, 400, "weak");
	if (st == ST_OK)
		st = guard_cookie(x, "");
	return st == ST_OK ? exchange_go(x, "/sign-in") : st;
}

/* All sessions end: who changes the password may do so because of one. */
enum status do_password(struct exchange *x)
{
	const char *password = fields_get(&x->form, "password");
	const char *again = fields_get(&x->form, "again");
	const char *name = NULL;
	enum status st = own_name(x, &name);

	if (st != ST_OK)
		return st;
	if (password == NULL || again == NULL)
		return fail(ST_USAGE, "give `old`, `password` and `again`");
	if (strcmp(password, again) != 0) {
		(void)fail(ST_USAGE,
		    "`again` is not what `password` is: type it once more");
		return once_more(x, 400, "differ");
	}
	st = prove(x, name);
	if (st == ST_DENIED)
		return once_more(x, 403, "wrong");
	return st == ST_OK ? change(x, name, password) : st;
}

/* ---- the device that makes codes ---- */

enum status page_device(struct exchange *x) { return form(x, NULL); }

/* A stranger at an open session has no password: no new device either. */
enum status do_device(struct exchange *x)
{
	const char *name = NULL;
	enum status st = own_name(x, &name);

	if (st == ST_OK)
		st = prove(x, name);
	if (st == ST_DENIED)
		return once_more(x, 403, "wrong");
	return st == ST_OK ? accounts_offer_device(x->in, name, &x->data) : st;
}

enum status do_confirm_device(struct exchange *x)
{
	const struct rights_actor by = page_actor(x);
	const char *code = exchange_field(x, "code");
	const char *name = NULL;
	enum status st = own_name(x, &name);

	if (st == ST_OK && code == NULL)
		st = fail(ST_USAGE, "give `code`");
	if (st == ST_OK)
		st = accounts_take_device(x->in, &by, name, code, &x->data);
	if (st == ST_DENIED)
		return once_more(x, 403, "code");
	/* Its session is over; the answer shows the recovery codes. */
	if (st != ST_OK)
		return st;
	x->signed_in = 0;
	return guard_cookie(x, "");
}
