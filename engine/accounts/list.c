/* Users and their sign-ins, for people. */
#include <stdio.h>
#include <stdlib.h>

#include "engine/accounts/accounts.h"
#include "engine/accounts/throttle.h"
#include "engine/base/civil.h"

static json_t *instant(struct stmt *s, int col)
{
	char at[INSTANT_TEXT];

	if (db_val(s, col).type == VAL_NULL)
		return json_null();
	civil_format_instant(db_int(s, col), at);
	return json_string(at);
}

static enum status roles_json(unsigned int roles, json_t **out)
{
	json_t *list = json_array();
	enum status st = list ? ST_OK : fail(ST_NOMEM, "out of memory");

	for (unsigned int i = 0; st == ST_OK && config_roles[i]; i++)
		if (roles & 1u << i)
			st = json_push(list, json_string(config_roles[i]));
	if (st == ST_OK)
		*out = list;
	else
		json_decref(list);
	return st;
}

static enum status failures(
    struct installation *in, const char *name, int64_t *out)
{
	uint8_t who[SHA256_LEN];
	enum status st = throttle_who(in, name, who);

	if (st == ST_OK)
		st = db_one_int(in->control,
		    "SELECT sum(failures) FROM account_throttle"
		    " WHERE who = $1",
		    ARGS(BLOB(who, sizeof(who))), 0, out);
	return st;
}

static enum status user_json(
    struct installation *in, struct stmt *s, json_t **out)
{
	const struct config *c = &in->config;
	unsigned int roles = (unsigned int)db_int(s, 1);
	int needed =
	    c->accounts.totp_required || (c->accounts.totp_roles & roles) != 0;
	json_t *list = NULL;
	int64_t failed = 0;
	enum status st = roles_json(roles, &list);

	if (st == ST_OK)
		st = failures(in, db_text(s, 0), &failed);
	if (st != ST_OK) {
		json_decref(list);
		return st;
	}
	return json_make(out,
	    "{s:s, s:o, s:s, s:b, s:b, s:I, s:o, s:o, s:o, s:I, s:I}", "name",
	    db_text(s, 0), "roles", list, "state",
	    db_int(s, 2) ? "disabled" : "active", "totp", (int)db_int(s, 3),
	    "totp_needed", needed, "recovery_codes", (json_int_t)db_int(s, 4),
	    "made_at", instant(s, 5), "password_at", instant(s, 6),
	    "last_sign_in_at", instant(s, 7), "sessions",
	    (json_int_t)db_int(s, 8), "failures", (json_int_t)failed);
}

/* ${name} NULL: everybody. */
static enum status users(
    struct installation *in, const char *name, json_t **out)
{
	json_t *list = json_array(), *one = NULL;
	struct stmt *s = NULL;
	enum status st = list ? ST_OK : fail(ST_NOMEM, "out of memory");

	if (st == ST_OK)
		st = installation_open_control(in);

	if (st == ST_OK)
		st = db_query(in->control,
		    "SELECT name, roles, disabled_at IS NOT NULL,"
		    " totp IS NOT NULL,"
		    " (SELECT count(*) FROM account_recovery AS r"
		    " WHERE r.account = a.number), made_at, password_at,"
		    " (SELECT max(i.at) FROM account_sign_in AS i"
		    " WHERE i.account = a.number"
		    " AND i.outcome = 'signed_in'),"
		    " (SELECT count(*) FROM account_session AS s"
		    " WHERE s.account = a.number) FROM account AS a"
		    " WHERE removed_at IS NULL AND name = coalesce($1, name)"
		    " ORDER BY name",
		    ARGS(TEXT(name)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		if ((st = user_json(in, s, &one)) == ST_OK)
			st = json_push(list, one);
	db_done(s);
	if (st == ST_NOTFOUND)
		*out = list;
	else
		json_decref(list);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status unknown(const char *name)
{
	return fail(ST_USAGE,
	    "no user is called `%s`: `lethe user list` names them", name);
}

enum status accounts_show(
    struct installation *in, const char *name, json_t **out)
{
	json_t *list = NULL;
	enum status st = users(in, name, &list);

	if (st == ST_OK && json_array_size(list) == 0)
		st = unknown(name);
	if (st == ST_OK)
		*out = json_incref(json_array_get(list, 0));
	json_decref(list);
	return st;
}

enum status accounts_list(struct installation *in, json_t **out)
{
	json_t *list = NULL;
	enum status st = users(in, NULL, &list);

	return st == ST_OK ? json_make(out, "{s:o}", "users", list) : st;
}

/* ---- sign-ins ---- */

/* Enough of the hash to tell one place from another. */
static json_t *address(struct stmt *s, int col)
{
	struct val v = db_val(s, col);
	const uint8_t *p = v.p;
	char text[13];

	if (v.n < 6)
		return json_null();
	(void)snprintf(text, sizeof(text), "%02x%02x%02x%02x%02x%02x", p[0],
	    p[1], p[2], p[3], p[4], p[5]);
	return json_string(text);
}

static enum status sign_ins(
    struct installation *in, const char *name, int64_t most, json_t *list)
{
	struct stmt *s = NULL;
	json_t *one = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT i.at, i.address, i.outcome FROM account_sign_in AS i"
	    " JOIN account AS a ON a.number = i.account WHERE a.name = $1"
	    " ORDER BY i.number DESC LIMIT $2",
	    ARGS(TEXT(name), INT(most)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		st = json_make(&one, "{s:o, s:o, s:s}", "at", instant(s, 0),
		    "address", address(s, 1), "outcome", db_text(s, 2));
		if (st == ST_OK)
			st = json_push(list, one);
	}
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status sessions(
    struct installation *in, const char *name, json_t *list)
{
	struct stmt *s = NULL;
	json_t *one = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT s.made_at, s.used_at, s.address FROM account_session AS s"
	    " JOIN account AS a ON a.number = s.account WHERE a.name = $1"
	    " ORDER BY s.number DESC",
	    ARGS(TEXT(name)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		st =
		    json_make(&one, "{s:o, s:o, s:o}", "made_at", instant(s, 0),
			"used_at", instant(s, 1), "address", address(s, 2));
		if (st == ST_OK)
			st = json_push(list, one);
	}
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

enum status accounts_sign_ins(
    struct installation *in, const char *name, int64_t most, json_t **out)
{
	json_t *user = NULL, *list = json_array(), *open = json_array();
	enum status st = ST_OK;

	if (list == NULL || open == NULL)
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_OK)
		st = accounts_show(in, name, &user);
	if (st == ST_OK)
		st = sign_ins(in, name, most, list);
	if (st == ST_OK)
		st = sessions(in, name, open);
	if (st == ST_OK)
		st = json_make(out, "{s:s, s:O, s:O}", "user", name, "sign_ins",
		    list, "sessions", open);
	json_decref(user);
	json_decref(list);
	json_decref(open);
	return st;
}
