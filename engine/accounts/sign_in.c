/*
 * Signing in.  The failure is counted before anything is computed, and taken
 * back where it was none: so no number of tries at once gets by.
 */
#include <string.h>

#include "engine/accounts/password.h"
#include "engine/accounts/recovery.h"
#include "engine/accounts/session.h"
#include "engine/accounts/throttle.h"
#include "engine/accounts/totp.h"

#define DEVICES 10 /* that are known of one user */

struct sign_in {
	struct installation *in;
	const struct accounts_try *t;
	struct throttle throttle;
	struct account_row row;
	int known; /* there is such a user */
	int64_t device;
	int right;           /* the password */
	int64_t step;        /* of the device's code, or 0 */
	int64_t recovery;    /* the recovery code, or 0 */
	struct buf stronger; /* the password's hash, where it must be new */
};

/* ---- before ---- */

static enum status find_device(struct sign_in *s)
{
	struct token_hash hash;
	struct stmt *q = NULL;
	struct val proof;
	enum status st;

	if (!s->known || s->t->device == NULL)
		return ST_OK;
	token_hash(s->t->device, &hash);
	st = db_query(s->in->control,
	    "SELECT number, proof FROM account_device"
	    " WHERE account = $1 AND selector = $2",
	    ARGS(INT(s->row.who.number), BLOB(hash.selector, TOKEN_HALF)), &q);
	while (st == ST_OK && (st = db_row(q)) == ST_OK) {
		proof = db_val(q, 1);
		if (token_proves(&hash, proof.p, proof.n))
			s->device = db_int(q, 0);
	}
	db_done(q);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status read_row(struct sign_in *s)
{
	enum status st = row_read(s->in, s->t->name, &s->row);

	s->known = st == ST_OK;
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status note_locked(struct sign_in *s)
{
	return row_note(s->in, "system", s->t->now, "sign_in_locked",
	    s->known ? s->row.who.name : NULL, NULL);
}

static enum status count_failure(struct sign_in *s, int64_t *wait)
{
	int locked = 0;
	enum status st;

	if ((st = db_begin(s->in->control, DB_WRITE)) != ST_OK)
		return st;
	if ((st = read_row(s)) == ST_OK && (st = find_device(s)) == ST_OK)
		st = throttle_of(s->in, s->t, s->device, &s->throttle);
	if (st == ST_OK)
		st = throttle_count(
		    s->in, &s->throttle, s->t->now, wait, &locked);
	if (st == ST_OK && locked)
		st = note_locked(s);
	st = row_end(s->in, st);
	if (st == ST_OK && *wait)
		st = fail(ST_BUSY,
		    "too many sign-ins failed: try again in %lld seconds",
		    (long long)*wait);
	return st;
}

/* ---- proofs ---- */

/* Under the lock, on the row as it is then: two that come with one code do not
 * both get in. */
static enum status check_code(struct sign_in *s, int *right)
{
	const struct config *c = &s->in->config;
	int needed = c->accounts.totp_required ||
		     (c->accounts.totp_roles & s->row.who.roles);
	enum status st;

	if (!s->row.has_totp) {
		*right = !needed;
		return ST_OK;
	}
	*right = 0;
	if (s->t->code == NULL)
		return ST_OK;
	st = totp_find(
	    s->row.totp, s->t->code, s->t->now, s->row.totp_step, &s->step);
	if (st == ST_OK && s->step == 0)
		st = recovery_find(
		    s->in, s->row.who.number, s->t->code, &s->recovery);
	*right = s->step || s->recovery;
	return st;
}

/* The row may have changed while the password was computed. */
static enum status look_again(struct sign_in *s, int *let_in)
{
	struct account_row row = { 0 };
	enum status st;
	int code = 0, same;

	*let_in = 0;
	if (!s->known)
		return ST_OK;
	st = row_read(s->in, s->t->name, &row);
	if (st != ST_OK)
		return st == ST_NOTFOUND ? ST_OK : st;
	same = strcmp(row.password, s->row.password) == 0;
	row_release(&s->row);
	s->row = row;
	if ((st = check_code(s, &code)) == ST_OK)
		*let_in = s->right & same & code & !row.disabled;
	return st;
}

/* ---- after ---- */

static enum status spend(struct sign_in *s)
{
	enum status st = db_exec(s->in->control,
	    "UPDATE account SET totp_step = max(totp_step, $2),"
	    " password = coalesce($3, password) WHERE number = $1",
	    ARGS(INT(s->row.who.number), INT(s->step),
		s->stronger.len ? TEXT(buf_text(&s->stronger)) : NIL));

	if (st == ST_OK && s->recovery)
		st = recovery_spend(s->in, s->recovery);
	return st;
}

static enum status know_device(struct sign_in *s, struct accounts_session *out)
{
	struct token_hash hash;
	enum status st = token_new(out->device);

	if (st != ST_OK)
		return st;
	token_hash(out->device, &hash);
	st = db_exec(s->in->control,
	    "DELETE FROM account_device WHERE number = $1",
	    ARGS(INT(s->device)));
	if (st == ST_OK)
		st = db_exec(s->in->control,
		    "INSERT INTO account_device (account, selector, proof,"
		    " used_at) VALUES ($1, $2, $3, $4)",
		    ARGS(INT(s->row.who.number),
			BLOB(hash.selector, TOKEN_HALF),
			BLOB(hash.proof, TOKEN_HALF), INT(s->t->now)));
	if (st == ST_OK)
		st = db_exec(s->in->control,
		    "DELETE FROM account_device WHERE account = $1"
		    " AND number NOT IN (SELECT number FROM account_device"
		    " WHERE account = $1 ORDER BY number DESC LIMIT $2)",
		    ARGS(INT(s->row.who.number), INT(DEVICES)));
	return st;
}

static enum status note(struct sign_in *s, int let_in)
{
	enum status st = db_exec(s->in->control,
	    "INSERT INTO account_sign_in (account, at, address, outcome)"
	    " VALUES ($1, $2, $3, $4)",
	    ARGS(s->known ? INT(s->row.who.number) : NIL, INT(s->t->now),
		BLOB(s->t->address, ACCOUNTS_ADDRESS),
		let_in ? TEXT("signed_in") : TEXT("failed")));

	if (st != ST_OK)
		return st;
	/* What is nobody's name may be a password in the wrong field. */
	if (!let_in)
		return row_note(s->in, "system", s->t->now, "sign_in_failed",
		    s->known ? s->row.who.name : NULL, NULL);
	return row_note(s->in, s->row.who.actor, s->t->now, "signed_in",
	    s->row.who.name,
	    json_pack("{s:b}", "recovery_code", s->recovery != 0));
}

static enum status let(struct sign_in *s, struct accounts_session *out)
{
	enum status st = spend(s);

	out->who = s->row.who;
	if (st == ST_OK)
		st = throttle_undo(s->in, &s->throttle);
	if (st == ST_OK)
		st = know_device(s, out);
	if (st == ST_OK)
		st = session_new(s->in, s->t->address, s->t->now, out);
	return st;
}

static enum status settle(struct sign_in *s, struct accounts_session *out)
{
	int let_in = 0;
	enum status st;

	if ((st = db_begin(s->in->control, DB_WRITE)) != ST_OK)
		return st;
	st = look_again(s, &let_in);
	if (st == ST_OK && let_in)
		st = let(s, out);
	if (st == ST_OK)
		st = note(s, let_in);
	st = row_end(s->in, st);
	if (st == ST_OK && !let_in)
		st = fail(ST_DENIED,
		    "name, password or code is not right: try again");
	return st;
}

static enum status settle_proof(struct sign_in *s)
{
	enum status st = db_begin(s->in->control, DB_WRITE);

	if (st != ST_OK)
		return st;
	st = s->right ? throttle_undo(s->in, &s->throttle) : note(s, 0);
	st = row_end(s->in, st);
	if (st == ST_OK && !s->right)
		st = fail(ST_DENIED, "the password is not right: try again");
	return st;
}

enum status accounts_prove(
    struct installation *in, const struct accounts_try *t, int64_t *wait)
{
	struct sign_in s = { .in = in, .t = t };
	enum status st = installation_open_control(in);
	int weak = 0;

	*wait = 0;
	if (st == ST_OK)
		st = count_failure(&s, wait);
	if (st == ST_OK)
		st = password_verify(&in->config,
		    s.known ? s.row.password : NULL, t->password, &s.right,
		    &weak);
	if (st == ST_OK)
		st = settle_proof(&s);
	row_release(&s.row);
	return st;
}

enum status accounts_sign_in(struct installation *in,
    const struct accounts_try *t, struct accounts_session *out, int64_t *wait)
{
	struct sign_in s = { .in = in, .t = t };
	struct accounts_session made = { 0 };
	enum status st = installation_open_control(in);
	int weak = 0;

	*wait = 0;
	if (st == ST_OK)
		st = count_failure(&s, wait);
	if (st == ST_OK)
		st = password_verify(&in->config,
		    s.known ? s.row.password : NULL, t->password, &s.right,
		    &weak);
	if (st == ST_OK && s.right && weak)
		st = password_hash(&in->config, t->password, &s.stronger);
	if (st == ST_OK)
		st = settle(&s, &made);
	if (st == ST_OK)
		st = accounts_sweep(in, t->now);
	if (st == ST_OK)
		*out = made;
	explicit_bzero(&made, sizeof(made));
	row_release(&s.row);
	buf_release(&s.stronger);
	return st;
}
