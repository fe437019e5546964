/* Sessions: from a sign-in on, until time, a change or somebody ends them. */
#include "engine/accounts/session.h"

#include <stdio.h>
#include <string.h>

#include "engine/accounts/throttle.h"
#include "engine/crypto/secret.h"

struct found {
	int64_t number;
	int64_t used_at;
};

int session_is_over(
    const struct config *c, int64_t made_at, int64_t used_at, int64_t now)
{
	return now < used_at - SESSION_SLACK || now < made_at - SESSION_SLACK ||
	       now - used_at >= c->accounts.idle ||
	       now - made_at >= c->accounts.absolute;
}

static enum status refuse(void)
{
	return fail(ST_DENIED, "nobody is signed in here, or not any more: "
			       "sign in");
}

/* Whoever has the token can make it, and nobody else. */
static enum status make_csrf(struct accounts_session *s)
{
	static const char label[] = "csrf";
	uint8_t sum[SHA256_LEN];
	enum status st = hmac_sha256(
	    s->token, TOKEN_TEXT - 1, label, sizeof(label) - 1, sum);

	for (size_t i = 0; st == ST_OK && i < sizeof(sum); i++)
		(void)snprintf(s->csrf + 2 * i, 3, "%02x", sum[i]);
	return st;
}

int accounts_csrf_right(const struct accounts_session *s, const char *given)
{
	return strlen(given) == TOKEN_TEXT - 1 &&
	       secret_equal(s->csrf, given, TOKEN_TEXT - 1);
}

struct rights_actor accounts_actor(const struct account *a, int64_t now)
{
	return (struct rights_actor){ a->actor, role_rights(a->roles), now };
}

/* ---- rows ---- */

static void copy_row(
    struct stmt *s, const struct config *c, struct accounts_session *out)
{
	struct account *a = &out->who;

	out->made_at = db_int(s, 2);
	out->ends_at = out->made_at + c->accounts.absolute;
	a->number = db_int(s, 4);
	(void)snprintf(a->name, sizeof(a->name), "%s", db_text(s, 5));
	(void)snprintf(a->actor, sizeof(a->actor), "user:%s", a->name);
	a->roles = (unsigned int)db_int(s, 6) & ACCOUNT_ROLE_BITS;
}

static enum status find(struct installation *in, const char *token,
    struct found *f, struct accounts_session *out)
{
	struct token_hash hash;
	struct stmt *s = NULL;
	struct val proof;
	enum status st;
	int right = 0;

	if (strlen(token) != TOKEN_TEXT - 1)
		return refuse();
	token_hash(token, &hash);
	st = db_query(in->control,
	    "SELECT s.number, s.proof, s.made_at, s.used_at, a.number, a.name,"
	    " a.roles FROM account_session AS s"
	    " JOIN account AS a ON a.number = s.account"
	    " WHERE s.selector = $1 AND a.disabled_at IS NULL"
	    " AND a.removed_at IS NULL",
	    ARGS(BLOB(hash.selector, TOKEN_HALF)), &s);
	while (st == ST_OK && !right && (st = db_row(s)) == ST_OK) {
		proof = db_val(s, 1);
		if ((right = token_proves(&hash, proof.p, proof.n)) != 0) {
			*f = (struct found){ db_int(s, 0), db_int(s, 3) };
			copy_row(s, &in->config, out);
			memcpy(out->token, token, TOKEN_TEXT);
		}
	}
	db_done(s);
	return st == ST_NOTFOUND ? refuse() : st;
}

/* ---- verbs ---- */

enum status session_new(struct installation *in,
    const uint8_t address[ACCOUNTS_ADDRESS], int64_t now,
    struct accounts_session *out)
{
	struct token_hash hash;
	enum status st = token_new(out->token);

	if (st != ST_OK)
		return st;
	token_hash(out->token, &hash);
	out->made_at = now;
	out->ends_at = now + in->config.accounts.absolute;
	st = db_exec(in->control,
	    "INSERT INTO account_session (account, selector, proof, address,"
	    " made_at, used_at) VALUES ($1, $2, $3, $4, $5, $5)",
	    ARGS(INT(out->who.number), BLOB(hash.selector, TOKEN_HALF),
		BLOB(hash.proof, TOKEN_HALF), BLOB(address, ACCOUNTS_ADDRESS),
		INT(now)));
	if (st == ST_OK)
		st = db_exec(in->control,
		    "DELETE FROM account_session WHERE account = $1"
		    " AND number NOT IN (SELECT number FROM account_session"
		    " WHERE account = $1 ORDER BY number DESC LIMIT $2)",
		    ARGS(INT(out->who.number),
			INT(in->config.accounts.sessions)));
	return st == ST_OK ? make_csrf(out) : st;
}

/* Written now and then, not with each page: an idle session may end that much
 * sooner, never later. */
static int worth_writing(
    const struct config *c, const struct found *f, int64_t now)
{
	return now - f->used_at >= c->accounts.idle / 15;
}

static enum status touch(
    struct installation *in, const struct found *f, int64_t now)
{
	/* Another thread may have seen a later clock. */
	return db_exec(in->control,
	    "UPDATE account_session SET used_at = max(used_at, $2)"
	    " WHERE number = $1",
	    ARGS(INT(f->number), INT(now)));
}

enum status accounts_session(struct installation *in, const char *token,
    int64_t now, struct accounts_session *out)
{
	struct accounts_session s = { 0 };
	struct found f = { 0 };
	enum status st = installation_open_control(in);

	if (st == ST_OK)
		st = find(in, token, &f, &s);
	if (st != ST_OK)
		return st;
	if (session_is_over(&in->config, s.made_at, f.used_at, now)) {
		st = db_exec(in->control,
		    "DELETE FROM account_session WHERE number = $1",
		    ARGS(INT(f.number)));
		return st == ST_OK ? refuse() : st;
	}
	if (worth_writing(&in->config, &f, now))
		st = touch(in, &f, now);
	if (st == ST_OK)
		st = make_csrf(&s);
	if (st == ST_OK)
		*out = s;
	return st;
}

enum status accounts_rotate(struct installation *in, const char *token,
    int64_t now, struct accounts_session *out)
{
	struct accounts_session s = { 0 };
	struct token_hash old, hash;
	int64_t changes = 0;
	enum status st = accounts_session(in, token, now, &s);

	if (st == ST_OK)
		st = token_new(s.token);
	if (st != ST_OK)
		return st;
	token_hash(token, &old);
	token_hash(s.token, &hash);
	st = db_exec_(in->control,
	    "UPDATE account_session SET selector = $3, proof = $4"
	    " WHERE selector = $1 AND proof = $2",
	    ARGS(BLOB(old.selector, TOKEN_HALF), BLOB(old.proof, TOKEN_HALF),
		BLOB(hash.selector, TOKEN_HALF), BLOB(hash.proof, TOKEN_HALF)),
	    &changes);
	if (st == ST_OK && changes == 0)
		return refuse(); /* somebody else was first */
	if (st == ST_OK)
		st = make_csrf(&s);
	if (st == ST_OK)
		*out = s;
	return st;
}

enum status accounts_sign_out(
    struct installation *in, const char *token, int64_t now)
{
	struct accounts_session s = { 0 };
	struct found f = { 0 };
	enum status st;

	if ((st = installation_open_control(in)) != ST_OK ||
	    (st = db_begin(in->control, DB_WRITE)) != ST_OK)
		return st;
	st = find(in, token, &f, &s);
	if (st == ST_DENIED) {
		status_clear();
		db_rollback(in->control);
		return ST_OK;
	}
	if (st == ST_OK)
		st = db_exec(in->control,
		    "DELETE FROM account_session WHERE number = $1",
		    ARGS(INT(f.number)));
	if (st == ST_OK)
		st = row_note(
		    in, s.who.actor, now, "signed_out", s.who.name, NULL);
	return row_end(in, st);
}

enum status accounts_sweep(struct installation *in, int64_t now)
{
	const struct config *c = &in->config;
	struct period keep = c->accounts.sign_ins;
	int64_t old = now - keep.seconds -
		      (keep.days + keep.months * INT64_C(30)) * 86400;
	enum status st;

	if ((st = installation_open_control(in)) != ST_OK ||
	    (st = db_begin(in->control, DB_WRITE)) != ST_OK)
		return st;
	st = db_exec(in->control,
	    "DELETE FROM account_session WHERE used_at <= $1 OR made_at <= $2",
	    ARGS(INT(now - c->accounts.idle), INT(now - c->accounts.absolute)));
	if (st == ST_OK)
		st = db_exec(in->control,
		    "DELETE FROM account_sign_in WHERE at < $1",
		    ARGS(INT(old)));
	if (st == ST_OK)
		st = db_exec(in->control,
		    "DELETE FROM account_throttle WHERE last_at <= $1",
		    ARGS(INT(now - THROTTLE_FORGET)));
	if (st == ST_OK)
		st = db_exec(in->control,
		    "DELETE FROM account_look WHERE at <= $1",
		    ARGS(INT(now - c->accounts.looks.window)));
	return row_end(in, st);
}
