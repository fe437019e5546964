/* What an admin does with accounts. */
#include <stdlib.h>
#include <string.h>

#include "engine/accounts/password.h"
#include "engine/accounts/recovery.h"
#include "engine/accounts/row.h"
#include "engine/accounts/throttle.h"
#include "engine/accounts/totp.h"
#include "engine/crypto/random.h"

/* ---- adding ---- */

static enum status check_name(const char *name)
{
	size_t len = strlen(name);

	if (len == 0 || len > ACCOUNTS_NAME || *name < 'a' || *name > 'z' ||
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") != len)
		return fail(ST_USAGE,
		    "a user's name is a small letter and up to %d more of "
		    "`a` to `z`, digits, `.`, `_`, `-`",
		    ACCOUNTS_NAME - 1);
	return ST_OK;
}

static json_t *roles_more(unsigned int roles)
{
	struct buf text = BUF_INIT;
	json_t *o;

	role_add(&text, roles);
	o = json_pack("{s:s}", "roles", buf_text(&text));
	buf_release(&text);
	return o;
}

static enum status insert(struct installation *in,
    const struct rights_actor *by, const char *name, unsigned int roles,
    const char *hash)
{
	enum status st = db_exec(in->control,
	    "INSERT INTO account (name, roles, password, password_at, made_at)"
	    " VALUES ($1, $2, $3, $4, $4)",
	    ARGS(TEXT(name), INT(roles), TEXT(hash), INT(by->now)));

	if (st == ST_CONFLICT)
		return fail(ST_CONFLICT,
		    "there is, or was, a user called `%s`: take another name, "
		    "which the log never means two people by",
		    name);
	if (st == ST_OK)
		st = row_note(in, by->name, by->now, "user_added", name,
		    roles_more(roles));
	return st;
}

enum status accounts_add(struct installation *in, const struct rights_actor *by,
    const char *name, unsigned int roles, const char *password, json_t **out)
{
	struct buf hash = BUF_INIT;
	enum status st;

	if ((st = check_name(name)) != ST_OK ||
	    (st = password_check(&in->config, name, password)) != ST_OK)
		return st;
	st = password_hash(&in->config, password, &hash);
	if (st == ST_OK)
		st = installation_open_control(in);
	if (st == ST_OK && (st = db_begin(in->control, DB_WRITE)) == ST_OK)
		st = row_end(in, insert(in, by, name, roles, buf_text(&hash)));
	buf_release(&hash);
	return st == ST_OK ? accounts_show(in, name, out) : st;
}

/* ---- changing ---- */

/* ${st} so far of a change of ${a}, which ends its sessions. */
static enum status finish(struct installation *in,
    const struct rights_actor *by, struct account_row *a, enum status st,
    const char *action, json_t *more)
{
	if (st == ST_OK)
		st = row_end_sessions(in, a->who.number);
	if (st == ST_OK)
		st = row_note(in, by->name, by->now, action, a->who.name, more);
	else
		json_decref(more);
	row_release(a);
	return row_end(in, st);
}

enum status accounts_set_roles(struct installation *in,
    const struct rights_actor *by, const char *name, unsigned int roles,
    json_t **out)
{
	struct account_row a = { 0 };
	enum status st = row_begin(in, name, &a);

	if (st == ST_OK)
		st = db_exec(in->control,
		    "UPDATE account SET roles = $2 WHERE number = $1",
		    ARGS(INT(a.who.number), INT(roles)));
	st = finish(in, by, &a, st, "user_roles_changed", roles_more(roles));
	return st == ST_OK ? accounts_show(in, name, out) : st;
}

enum status accounts_set_password(struct installation *in,
    const struct rights_actor *by, const char *name, const char *password,
    json_t **out)
{
	struct account_row a = { 0 };
	struct buf hash = BUF_INIT;
	enum status st = password_check(&in->config, name, password);

	if (st == ST_OK)
		st = password_hash(&in->config, password, &hash);
	if (st == ST_OK) {
		st = row_begin(in, name, &a);
		if (st == ST_OK)
			st = db_exec(in->control,
			    "UPDATE account SET password = $2,"
			    " password_at = $3 WHERE number = $1",
			    ARGS(INT(a.who.number), TEXT(buf_text(&hash)),
				INT(by->now)));
		st = finish(in, by, &a, st, "user_password_changed", NULL);
	}
	buf_release(&hash);
	return st == ST_OK ? accounts_show(in, name, out) : st;
}

enum status accounts_disable(struct installation *in,
    const struct rights_actor *by, const char *name, json_t **out)
{
	struct account_row a = { 0 };
	enum status st = row_begin(in, name, &a);

	if (st == ST_OK)
		st = db_exec(in->control,
		    "UPDATE account SET disabled_at = $2 WHERE number = $1",
		    ARGS(INT(a.who.number), INT(by->now)));
	st = finish(in, by, &a, st, "user_disabled", NULL);
	return st == ST_OK ? accounts_show(in, name, out) : st;
}

enum status accounts_enable(struct installation *in,
    const struct rights_actor *by, const char *name, json_t **out)
{
	struct account_row a = { 0 };
	enum status st = row_begin(in, name, &a);

	if (st == ST_OK)
		st = db_exec(in->control,
		    "UPDATE account SET disabled_at = NULL WHERE number = $1",
		    ARGS(INT(a.who.number)));
	st = finish(in, by, &a, st, "user_enabled", NULL);
	return st == ST_OK ? accounts_show(in, name, out) : st;
}

enum status accounts_remove(
    struct installation *in, const struct rights_actor *by, const char *name)
{
	struct account_row a = { 0 };
	enum status st = row_begin(in, name, &a);

	if (st == ST_OK)
		st = db_exec(in->control,
		    "UPDATE account SET removed_at = $2, roles = 0,"
		    " password = '', totp = NULL, totp_offer = NULL WHERE number = $1",
		    ARGS(INT(a.who.number), INT(by->now)));
	if (st == ST_OK)
		st = db_exec(in->control,
		    "DELETE FROM account_recovery WHERE account = $1",
		    ARGS(INT(a.who.number)));
	return finish(in, by, &a, st, "user_removed", NULL);
}

enum status accounts_end_sessions(struct installation *in,
    const struct rights_actor *by, const char *name, json_t **out)
{
	struct account_row a = { 0 };
	enum status st = row_begin(in, name, &a);

	st = finish(in, by, &a, st, "user_sessions_ended", NULL);
	return st == ST_OK ? accounts_show(in, name, out) : st;
}

enum status accounts_unlock(struct installation *in,
    const struct rights_actor *by, const char *name, json_t **out)
{
	struct account_row a = { 0 };
	uint8_t who[SHA256_LEN];
	enum status st = row_begin(in, name, &a);

	if (st == ST_OK)
		st = throttle_who(in, name, who);
	if (st == ST_OK)
		st = db_exec(in->control,
		    "DELETE FROM account_throttle WHERE who = $1",
		    ARGS(BLOB(who, sizeof(who))));
	if (st == ST_OK)
		st = row_note(
		    in, by->name, by->now, "user_unlocked", name, NULL);
	row_release(&a);
	st = row_end(in, st);
	return st == ST_OK ? accounts_show(in, name, out) : st;
}

/* ---- codes of a device ---- */

static enum status enrol(
    struct installation *in, const struct account_row *a, json_t **out)
{
	struct buf uri = BUF_INIT, text = BUF_INIT;
	uint8_t secret[TOTP_SECRET];
	json_t *codes = NULL;
	enum status st = random_bytes(secret, sizeof(secret));

	if (st == ST_OK)
		st = db_exec(in->control,
		    "UPDATE account SET totp = $2, totp_step = 0"
		    " WHERE number = $1",
		    ARGS(INT(a->who.number), BLOB(secret, sizeof(secret))));
	if (st == ST_OK)
		st = recovery_make(in, a->who.number, &codes);
	if (st == ST_OK) {
		totp_base32(&text, secret, sizeof(secret));
		totp_uri(&uri, in->config.installation, a->who.name, secret);
		if ((st = buf_status(&text)) == ST_OK)
			st = buf_status(&uri);
	}
	if (st == ST_OK)
		st = json_make(out, "{s:s, s:s, s:s, s:O}", "user", a->who.name,
		    "secret", buf_text(&text), "uri", buf_text(&uri),
		    "recovery", codes);
	json_decref(codes);
	buf_release(&uri);
	buf_release(&text);
	explicit_bzero(secret, sizeof(secret));
	return st;
}

enum status accounts_enrol(struct installation *in,
    const struct rights_actor *by, const char *name, json_t **out)
{
	struct account_row a = { 0 };
	json_t *made = NULL;
	enum status st = row_begin(in, name, &a);

	if (st == ST_OK)
		st = enrol(in, &a, &made);
	st = finish(in, by, &a, st, "user_totp_enrolled", NULL);
	if (st == ST_OK)
		*out = made;
	else
		json_decref(made);
	return st;
}
