/* People change the device that makes their codes.  The old one counts until
 * the new one has shown that it makes the right ones. */
#include <string.h>

#include "engine/accounts/recovery.h"
#include "engine/accounts/row.h"
#include "engine/accounts/totp.h"
#include "engine/crypto/random.h"

static enum status offer(
    struct installation *in, const struct account_row *a, json_t **out)
{
	struct buf uri = BUF_INIT, text = BUF_INIT;
	uint8_t secret[TOTP_SECRET];
	enum status st = random_bytes(secret, sizeof(secret));

	if (st == ST_OK)
		st = db_exec(in->control,
		    "UPDATE account SET totp_offer = $2 WHERE number = $1",
		    ARGS(INT(a->who.number), BLOB(secret, sizeof(secret))));
	if (st == ST_OK) {
		totp_base32(&text, secret, sizeof(secret));
		totp_uri(&uri, in->config.installation, a->who.name, secret);
		if ((st = buf_status(&text)) == ST_OK)
			st = buf_status(&uri);
	}
	if (st == ST_OK)
		st = json_make(out, "{s:s, s:s, s:s}", "user", a->who.name,
		    "secret", buf_text(&text), "uri", buf_text(&uri));
	explicit_bzero(secret, sizeof(secret));
	buf_release(&uri);
	buf_release(&text);
	return st;
}

enum status accounts_offer_device(
    struct installation *in, const char *name, json_t **out)
{
	struct account_row a = { 0 };
	json_t *made = NULL;
	enum status st = row_begin(in, name, &a);

	if (st == ST_OK)
		st = offer(in, &a, &made);
	row_release(&a);
	st = row_end(in, st);
	if (st == ST_OK)
		*out = made;
	else
		json_decref(made);
	return st;
}

/* Which step of the offered secret ${code} is of; 0: none. */
static enum status find_step(struct installation *in,
    const struct account_row *a, const char *code, int64_t now, int64_t *step)
{
	struct stmt *s = NULL;
	struct val secret;
	enum status st = db_query(in->control,
	    "SELECT totp_offer FROM account WHERE number = $1",
	    ARGS(INT(a->who.number)), &s);

	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		secret = db_val(s, 0);
		if (secret.n == TOTP_SECRET)
			st = totp_find(secret.p, code, now, 0, step);
		else
			st = fail(ST_CONFLICT,
			    "no device was begun: begin once more");
	}
	db_done(s);
	return st;
}

static enum status take(struct installation *in, const struct rights_actor *by,
    const struct account_row *a, const char *code, json_t **codes)
{
	int64_t step = 0;
	enum status st = find_step(in, a, code, by->now, &step);

	if (st == ST_OK && step == 0)
		st = fail(ST_DENIED,
		    "that is not the code of now: is the device's clock "
		    "right? Try the next one");
	if (st == ST_OK)
		st = db_exec(in->control,
		    "UPDATE account SET totp = totp_offer, totp_offer = NULL,"
		    " totp_step = $2 WHERE number = $1",
		    ARGS(INT(a->who.number), INT(step)));
	if (st == ST_OK)
		st = recovery_make(in, a->who.number, codes);
	if (st == ST_OK)
		st = row_end_sessions(in, a->who.number);
	if (st == ST_OK)
		st = row_note(in, by->name, by->now, "user_totp_enrolled",
		    a->who.name, NULL);
	return st;
}

enum status accounts_take_device(struct installation *in,
    const struct rights_actor *by, const char *name, const char *code,
    json_t **out)
{
	struct account_row a = { 0 };
	json_t *codes = NULL;
	enum status st = row_begin(in, name, &a);

	if (st == ST_OK)
		st = take(in, by, &a, code, &codes);
	row_release(&a);
	st = row_end(in, st);
	if (st == ST_OK)
		st = json_make(
		    out, "{s:s, s:O}", "user", name, "recovery", codes);
	json_decref(codes);
	return st;
}
